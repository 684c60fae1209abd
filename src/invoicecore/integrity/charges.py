"""The laws of charges: their amount, project and receipt."""

from collections.abc import Iterator

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenCharge, SeenState
from invoicecore.integrity.work import unequal_entries
from invoicecore.model.charge import Charge
from invoicecore.values.stamp import DAY, YEAR
from invoicecore.vocabulary import ChargeKind


class ChargesCheck:
    """Expenses, fees and discounts."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self.looks: Looks = {Charge: self._of_charge}

    def _of_charge(self, charge: Charge) -> Iterator[Finding]:
        seen = self._seen
        seen.charges[charge.id] = SeenCharge(charge, -charge.minor)
        seen.sums[charge.client_id]["unbilled_minor"] += charge.minor
        for law, what in self._faults(charge):
            yield Finding(law, "Charge", charge.id, f"the charge {charge.id!r} {what}")

    def _faults(self, charge: Charge) -> Iterator[tuple[Law, str]]:
        seen = self._seen
        if seen.currencies.get(charge.client_id) != charge.currency:
            yield Law.CURRENCY, "has no client of its currency."
        if charge.project_id is not None and seen.clients_of.get(charge.project_id) != charge.client_id:
            yield Law.REFERENCES, "is on no project of its client."
        if charge.person_id not in seen.people:
            yield Law.REFERENCES, "was recorded by somebody who is not there."
        if charge.receipt is not None and charge.receipt not in seen.receipts:
            yield Law.REFERENCES, "has a receipt that is not there."
        if charge.tax not in seen.tax_codes:
            yield Law.REFERENCES, f"has the tax code {charge.tax!r}, which is not there."
        is_discount = charge.kind is ChargeKind.ALLOWANCE
        is_nothing = charge.removed or not charge.billable
        if (is_nothing and charge.minor) or (charge.minor > 0 if is_discount else charge.minor < 0):
            yield Law.CHARGE_AMOUNT, f"is {charge.kind} and asks for {charge.minor}."

    def end(self) -> Iterator[Finding]:
        """Whether the entries of each charge add up to its amount, and whether its day is long after its last
        change."""
        for id, seen in self._seen.charges.items():
            if seen.rest:
                yield unequal_entries("Charge", id)
            changed_at = self._seen.changed_at("Charge", id)
            if changed_at is not None and seen.charge.day > changed_at.date() + YEAR + DAY:  # in whichever zone
                what = f"the charge {id!r} is of {seen.charge.day}, more than a year after it was recorded."
                yield Finding(Law.PLAUSIBLE, "Charge", id, what)
