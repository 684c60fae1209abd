"""The laws of the record of what clients owe: it leads to what each invoice asks for now, and to what payments pay."""

from collections import Counter
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
        self._owed = Counter[tuple[str, date]]()  # by invoice and due date
        self._asked = Counter[tuple[str, date]]()
        self._covered = Counter[tuple[str, date]]()
        self._taxes = Counter[tuple[str, date]]()
        self._changes: dict[tuple[str, int], ReceivableChange] = {}  # by client and number
        self.looks: Looks = {ReceivableChange: self._of_change}

    def _of_change(self, change: ReceivableChange) -> Iterator[Finding]:
        seen, what = self._seen, f"change {change.sequence} of what {change.client_id!r} owes"
        before = self._last.get(change.client_id, ReceivablesPosition())
        self._last[change.client_id] = ReceivablesPosition(change.sequence, change.booked_on)
        if change.invoice_id is not None:
            invoice = seen.invoices.get(change.invoice_id)
            if invoice is None or invoice.client_id != change.client_id:
                yield _finding(Law.REFERENCES, change.client_id, f"{what} is on no invoice of theirs.")
        if change.payment_id is not None:
            payment = seen.payments.get(change.payment_id)
            if payment is None or payment.client_id != change.client_id:
                yield _finding(Law.REFERENCES, change.client_id, f"{what} is by no payment of theirs.")
        if seen.currencies.get(change.client_id) != change.currency:
            yield _finding(Law.CURRENCY, change.client_id, f"{what} is in another currency than theirs.")
        is_next = change.sequence == before.sequence + 1
        self._changes[change.client_id, change.sequence] = change
        if not is_next or not self._is_taken_back(change) or not self._counted(change):
            yield _finding(Law.RECEIVABLES, change.client_id, f"{what} cannot follow what was before.")

    def _is_taken_back(self, change: ReceivableChange) -> bool:
        if change.takes_back is None:
            return True
        taken = self._changes.get((change.client_id, change.takes_back))
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
        self._owed[change.invoice_id, change.due_on] += minor
        if of_money or change.kind is DueKind.WRITE_OFF:
            return not covered
        self._asked[change.invoice_id, change.due_on] += minor
        self._covered[change.invoice_id, change.due_on] += covered
        self._taxes[change.invoice_id, change.due_on] += change.tax_minor
        return True

    def end(self) -> Iterator[Finding]:
        """Whether the changes of each invoice and payment, and those of each client, add up to the stored figures."""
        for id, invoice in self._seen.invoices.items():
            if invoice.due_on is not None:
                asked, covered, tax = invoice.asked_minors
                self._owed[id, invoice.due_on] -= invoice.owed_minor
                self._asked[id, invoice.due_on] -= asked
                self._covered[id, invoice.due_on] -= covered
                self._taxes[id, invoice.due_on] -= tax
        recorded = (self._owed, self._asked, self._covered, self._taxes)
        for id, due_on in dict.fromkeys(place for sums in recorded for place, minor in sums.items() if minor):
            what = f"what is owed on the invoice {id!r}, due {due_on}, is not what was recorded of it."
            yield Finding(Law.RECEIVABLES, "Invoice", id, what)
        moved = dict.fromkeys(id for (id, _), minor in self._seen.pays.items() if minor)
        for id in moved | dict.fromkeys(id for id, minor in self._seen.went_back.items() if minor):
            what = f"what became of the payment {id!r} is not what was recorded of it."
            yield Finding(Law.RECEIVABLES, "Payment", id, what)
        for client_id, account in self._seen.accounts.items():
            if account.receivables != self._last.get(client_id, ReceivablesPosition()):
                what = f"the record of what {client_id!r} owes does not end where their account says."
                yield _finding(Law.RECEIVABLES, client_id, what)


def _finding(law: Law, client_id: str, what: str) -> Finding:
    return Finding(law, "Account", client_id, what)
