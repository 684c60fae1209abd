"""The laws of the record of what clients owe: it leads to what each invoice asks for now."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from attrs import evolve

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState
from invoicecore.settlement.receivables import ReceivableChange, ReceivablesPosition


class ReceivablesCheck:
    """The changes of every client, one client after the other."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._last: dict[str, ReceivablesPosition] = {}  # by client
        self._recorded = Counter[tuple[str, date]]()  # by invoice and due date
        self._changes: dict[tuple[str, int], ReceivableChange] = {}  # by client and number
        self.looks: Looks = {ReceivableChange: self._of_change}

    def _of_change(self, change: ReceivableChange) -> Iterator[Finding]:
        seen, what = self._seen, f"change {change.sequence} of what {change.client_id!r} owes"
        before = self._last.get(change.client_id, ReceivablesPosition())
        self._last[change.client_id] = ReceivablesPosition(change.sequence, change.booked_on)
        self._recorded[change.invoice_id, change.due_on] += change.minor
        invoice = seen.invoices.get(change.invoice_id)
        if invoice is None or invoice.client_id != change.client_id:
            yield _finding(Law.REFERENCES, change.client_id, f"{what} is on no invoice of theirs.")
        if seen.currencies.get(change.client_id) != change.currency:
            yield _finding(Law.CURRENCY, change.client_id, f"{what} is in another currency than theirs.")
        follows = change.sequence == before.sequence + 1 and change.booked_on <= change.counts_from
        self._changes[change.client_id, change.sequence] = change
        if change.takes_back is not None:
            taken = self._changes.get((change.client_id, change.takes_back))
            opposite = evolve(change, sequence=change.takes_back, minor=-change.minor, takes_back=None)
            follows = follows and taken == opposite
        if not follows or not change.minor:
            yield _finding(Law.RECEIVABLES, change.client_id, f"{what} cannot follow what was before.")

    def end(self) -> Iterator[Finding]:
        """What the changes of each invoice add up to, and where those of each client lead."""
        owed = Counter(
            {
                (id, invoice.due_on): invoice.owed_minor
                for id, invoice in self._seen.invoices.items()
                if invoice.due_on is not None
            }
        )
        owed.subtract(self._recorded)
        for (id, due_on), minor in owed.items():
            if minor:
                what = f"what is owed on the invoice {id!r}, due {due_on}, is not what was recorded of it."
                yield Finding(Law.RECEIVABLES, "Invoice", id, what)
        for client_id, account in self._seen.accounts.items():
            if account.receivables != self._last.get(client_id, ReceivablesPosition()):
                what = f"the record of what {client_id!r} owes does not end where their account says."
                yield _finding(Law.RECEIVABLES, client_id, what)


def _finding(law: Law, client_id: str, what: str) -> Finding:
    return Finding(law, "Account", client_id, what)
