"""Does every balance follow from the entries, and every entry from what caused it?"""

from collections.abc import Iterator

from invoicecore.archive.integrity.seen_state import Known, Looks
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.ledger.verify import LedgerVerifier
from invoicecore.vocabulary import EntryKind

_WORK = frozenset({EntryKind.WORK, EntryKind.WORK_REVERSED})


class Ledgers:
    """The entries of every client, each ledger after the other."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._client_id: str | None = None
        self._following = LedgerVerifier()
        self._moved: set[str] = set()  # clients whose entries came
        self._adjusted: set[str] = set()
        self.looks: Looks = {LedgerEntry: self._of_entry}

    def _of_entry(self, entry: LedgerEntry) -> Iterator[str]:
        known, what = self._known, f"entry {entry.sequence} of {entry.client_id!r}"
        if entry.client_id != self._client_id:
            yield from self._ended()
            self._client_id, self._following = entry.client_id, LedgerVerifier()
            self._moved.add(entry.client_id)
        for fault in self._following.after(entry):
            yield f"{what} {fault.what}."
        if entry.client_id not in known.accounts or entry.by not in known.people:
            yield f"{what} has no account, or is by somebody who is not there."
        if entry.invoice_id is not None and entry.invoice_id not in known.invoices:
            yield f"{what} speaks of an invoice that is not there."
        if not self._has_cause(entry):
            yield f"{what} has no cause that fits."
        if entry.cause in known.rest:
            known.rest[entry.cause] -= entry.minor

    def _has_cause(self, entry: LedgerEntry) -> bool:
        known = self._known
        if entry.kind is EntryKind.ADJUSTMENT:
            is_own = entry.cause not in known.rest and entry.cause not in self._adjusted and bool(entry.note)
            self._adjusted.add(entry.cause)
            return is_own
        if entry.kind in _WORK:
            return entry.cause in known.sessions and known.sessions[entry.cause].client_id == entry.client_id
        return known.payments.get(entry.cause) == entry.client_id

    def _ended(self) -> Iterator[str]:
        account = self._known.accounts.get(self._client_id or "")
        if account is not None:
            for fault in self._following.end(account.position):
                yield f"entry {fault.sequence} of {account.client_id!r} {fault.what}."

    def end(self) -> Iterator[str]:
        """Where the last ledger leads, that those without entries lead nowhere, and what each cause adds up to."""
        yield from self._ended()
        for client_id, account in self._known.accounts.items():
            if client_id not in self._moved and account.position != Position(account.currency):
                yield f"the account of {client_id!r} has a balance and no entries."
        for cause, minor in self._known.rest.items():
            if minor:
                yield f"the entries that {cause!r} caused do not add up to what it is."
