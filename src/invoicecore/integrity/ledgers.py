"""The laws of the ledgers: every balance follows from its entries, and every entry from its cause."""

from collections.abc import Container, Iterator

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.ledger.verify import LedgerVerifier
from invoicecore.vocabulary import BILLED_ENTRIES, ENTRIES_OF_CHARGES, WORK_ENTRIES, EntryKind

_WRITE_OFFS = frozenset({EntryKind.WRITE_OFF, EntryKind.WRITE_OFF_REVERSED})
_CHARGES = BILLED_ENTRIES - WORK_ENTRIES


class LedgersCheck:
    """The entries of every client, each ledger after the other."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self._client_id: str | None = None
        self._verifier = LedgerVerifier()
        self._adds_up = True  # so far; only the first fault of a ledger is reported; the others follow from it
        self._moved: set[str] = set()  # clients whose entries came
        self._adjusted: set[str] = set()
        self.looks: Looks = {LedgerEntry: self._of_entry}

    def _of_entry(self, entry: LedgerEntry) -> list[Finding]:
        seen, found = self._seen, list[Finding]()
        if entry.client_id != self._client_id:
            found += self._ended()
            self._client_id, self._verifier, self._adds_up = entry.client_id, LedgerVerifier(), True
            self._moved.add(entry.client_id)
        for fault in self._verifier.after(entry):
            if self._adds_up:
                found.append(_finding(Law.LEDGER_SUM, entry, f"{fault.what}."))
            self._adds_up = False
        if entry.client_id not in seen.accounts or entry.by not in seen.people:
            found.append(_finding(Law.REFERENCES, entry, "has no account, or is by somebody who is not there."))
        if entry.invoice_id is not None and entry.invoice_id not in seen.invoices:
            found.append(_finding(Law.REFERENCES, entry, "speaks of an invoice that is not there."))
        work = entry.work
        if work is not None and not (
            seen.clients_of.get(work.project_id) == entry.client_id and work.person_id in seen.people
        ):
            found.append(_finding(Law.REFERENCES, entry, "is of work on no project of its client, or by nobody."))
        if not self._has_cause(entry):
            found.append(_finding(Law.ENTRY_CAUSE, entry, "has no cause that fits."))
        if not _is_its_work(entry, self._seen.caps_left):
            found.append(_finding(Law.ENTRY_WORK, entry, "is not what the work cost that it stands for."))
        return found

    def _has_cause(self, entry: LedgerEntry) -> bool:
        """Whether the cause of an entry is of its kind and client; its amount is counted towards that cause."""
        sessions, cause = self._seen.sessions, entry.cause
        row, payment, charged = sessions.rows.get(cause), self._seen.payments.get(cause), self._seen.charges.get(cause)
        if row is not None:
            sessions.rest[row] -= entry.minor
        elif payment is not None:
            payment.rest -= entry.minor
            payment.moved += entry.minor
        elif charged is not None:
            charged.rest -= entry.minor
        if entry.kind is EntryKind.ADJUSTMENT:
            is_own = (
                row is None and payment is None and charged is None and (cause in self._adjusted) == entry.is_rebooking
            )
            self._adjusted.add(cause)
            return is_own
        if entry.kind in _WRITE_OFFS:
            invoice = self._seen.invoices.get(cause)
            if invoice is not None:
                invoice.written_off -= entry.minor
            return invoice is not None and (cause, invoice.client_id) == (entry.invoice_id, entry.client_id)
        if entry.kind in _CHARGES:
            is_its = charged is not None and entry.kind in ENTRIES_OF_CHARGES[charged.charge.kind]
            return is_its and charged is not None and charged.charge.client_id == entry.client_id
        if entry.kind in WORK_ENTRIES:
            return row is not None and sessions.client[row] == self._seen.client_row(entry.client_id)
        return payment is not None and payment.client_id == entry.client_id

    def _ended(self) -> Iterator[Finding]:
        account = self._seen.accounts.get(self._client_id or "")
        if account is None or not self._adds_up:
            return
        for fault in self._verifier.end(account.position):
            what = f"entry {fault.sequence} of {account.client_id!r} {fault.what}."
            yield Finding(Law.LEDGER_POSITION, "Account", account.client_id, what)

    def end(self) -> Iterator[Finding]:
        """Whether the last ledger leads to the stored balance, and that clients without entries have a balance of
        zero."""
        yield from self._ended()
        for client_id, account in self._seen.accounts.items():
            if client_id not in self._moved and account.position != Position(account.currency):
                what = f"the account of {client_id!r} has a balance and no entries."
                yield Finding(Law.LEDGER_POSITION, "Account", client_id, what)


def _finding(law: Law, entry: LedgerEntry, what: str) -> Finding:
    return Finding(
        law, "Account", entry.client_id, f"entry {entry.sequence} of {entry.client_id!r} {what}", entry.booked_at
    )


def _is_its_work(entry: LedgerEntry, capped: Container[str]) -> bool:
    """Whether an entry of work, and no other, stands for some, and moves the balance by its cost; or by less, on the
    projects that are or were capped."""
    if entry.kind not in WORK_ENTRIES or entry.work is None:
        return entry.kind not in WORK_ENTRIES and entry.work is None
    cost = entry.work.rate.minor_for(entry.work.duration)
    is_drawn = (entry.kind is EntryKind.WORK) == (entry.takes_back is None)
    booked = -entry.minor if is_drawn else entry.minor
    return booked == cost or (0 < booked < cost and entry.work.project_id in capped)
