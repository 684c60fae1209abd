"""The laws of the record of what clients owe: it leads to what each invoice asks for now, and to what payments pay."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState
from invoicecore.settlement.receivables import OF_MONEY, ReceivableChange, ReceivablesPosition
from invoicecore.vocabulary import DueKind


class ReceivablesCheck:
    """The changes of what clients owe, one client after another."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._last: dict[str, ReceivablesPosition] = {}  # by client
        # By invoice and due date: what is owed, what was asked, what was covered, and the tax in it.
        self._sums: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        self._changes: dict[int, ReceivableChange] = {}  # of the client who is looked at, by number
        self.looks: Looks = {ReceivableChange: self._of_change}

    def _of_change(self, change: ReceivableChange) -> Iterator[Finding]:
        seen = self._seen
        before = self._last.get(change.client_id)
        if before is None:
            before = ReceivablesPosition()
            self._changes.clear()
        self._last[change.client_id] = ReceivablesPosition(change.sequence, change.booked_on)
        if change.invoice_id is not None:
            invoice = seen.invoices.get(change.invoice_id)
            if invoice is None or invoice.client_id != change.client_id:
                yield _of_change(Law.REFERENCES, change, "is on no invoice of theirs.")
        if change.payment_id is not None:
            payment = seen.payments.get(change.payment_id)
            if payment is None or payment.client_id != change.client_id:
                yield _of_change(Law.REFERENCES, change, "is by no payment of theirs.")
        if seen.currencies.get(change.client_id) != change.currency:
            yield _of_change(Law.CURRENCY, change, "is in another currency than theirs.")
        is_next = change.sequence == before.sequence + 1
        self._changes[change.sequence] = change
        if not is_next or not self._is_taken_back(change) or not self._counted(change):
            yield _of_change(Law.RECEIVABLES, change, "cannot follow what was before.")

    def _is_taken_back(self, change: ReceivableChange) -> bool:
        if change.takes_back is None:
            return True
        taken = self._changes.get(change.takes_back)
        return taken is not None and taken.takes_back is None and taken.taken_back(change.sequence) == change

    def _counted(self, change: ReceivableChange) -> bool:
        """Whether it says what one of its kind says, which is counted then."""
        of_money, minor, covered = change.kind in OF_MONEY, change.minor, change.covered_minor
        if change.counts_from != max(change.booked_on, change.work_day) or not (minor or covered or change.tax_minor):
            return False
        if (change.payment_id is not None) != of_money or (change.invoice_id is None and not of_money):
            return False
        if change.payment_id is not None:
            self._seen.pays[change.payment_id, change.invoice_id] += minor
            self._seen.went_back[change.payment_id] -= minor if change.kind is DueKind.REFUND else 0
        if change.invoice_id is None or change.due_on is None:
            return change.invoice_id is None and change.due_on is None and not covered
        asks = not of_money and change.kind is not DueKind.WRITE_OFF
        self._count(change.invoice_id, change.due_on, minor, *((minor, covered, change.tax_minor) if asks else ()))
        return asks or not covered

    def _count(self, invoice_id: str, due_on: date, *minors: int) -> None:
        sums = self._sums[invoice_id, due_on]
        for place, minor in enumerate(minors):
            sums[place] += minor

    def end(self) -> Iterator[Finding]:
        """Whether the changes of each invoice and payment, and those of each client, add up to the stored figures."""
        for id, invoice in self._seen.invoices.items():
            if invoice.due_on is not None:
                self._count(id, invoice.due_on, *(-minor for minor in (invoice.owed_minor, *invoice.asked_minors)))
        for id, due_on in (place for place, sums in self._sums.items() if any(sums)):
            what = f"what is owed on the invoice {id!r}, due {due_on}, is not what was recorded of it."
            yield Finding(Law.RECEIVABLES, "Invoice", id, what)
        moved = dict.fromkeys(id for (id, _), minor in self._seen.pays.items() if minor)
        for id in moved | dict.fromkeys(id for id, minor in self._seen.went_back.items() if minor):
            what = f"what became of the payment {id!r} is not what was recorded of it."
            yield Finding(Law.RECEIVABLES, "Payment", id, what)
        for client_id, account in self._seen.accounts.items():
            if account.receivables != self._last.get(client_id, ReceivablesPosition()):
                what = f"the record of what {client_id!r} owes does not end where their account says."
                yield Finding(Law.RECEIVABLES, "Account", client_id, what)


def _of_change(law: Law, change: ReceivableChange, what: str) -> Finding:
    told = f"change {change.sequence} of what {change.client_id!r} owes {what}"
    return Finding(law, "Account", change.client_id, told)
