"""The verification of ledger entries.

A host runs it on stored entries, like an auditor: it trusts no balance and adds everything up again.
"""

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import BEGINNING, Position, utilization_base_after
from invoicecore.ledger.rebooking import booked_again, taken_back
from invoicecore.values import inputs


@frozen
class LedgerFault:
    """Something that cannot be, at entry number `sequence`."""

    sequence: int
    what: str


class LedgerVerifier:
    """Checks the entries of one client in their order: call `after` for each, and then `end`."""

    def __init__(self) -> None:
        self._place = self._balance = self._anchor = 0
        self._last: LedgerEntry | None = None
        self._in_force: list[LedgerEntry] = []
        self._taken_back: list[LedgerEntry] = []  # and not booked again yet

    def after(self, entry: LedgerEntry) -> Sequence[LedgerFault]:
        """What is wrong with the entry that comes next."""
        found = list[LedgerFault]()
        inputs.instance("An entry", entry, LedgerEntry)
        last, self._last = self._last, entry
        self._place += 1
        self._balance += entry.minor
        if not entry.is_rebooking:
            self._anchor = utilization_base_after(self._anchor, entry.kind, entry.minor, self._balance)
        if entry.sequence != self._place:
            found.append(LedgerFault(entry.sequence, f"stands in place {self._place}"))
        if entry.balance_minor != self._balance:
            what = f"says a balance of {entry.balance_minor}; the sum is {self._balance}"
            found.append(LedgerFault(entry.sequence, what))
        if last is not None and entry.client_id != last.client_id:
            found.append(LedgerFault(entry.sequence, f"belongs to client {entry.client_id}, not {last.client_id}"))
        if not self._is_next(entry):
            what = "is not the entry that a correction of booking days has here"
            found.append(LedgerFault(entry.sequence, what))
        if entry.takes_back is None:
            if self._in_force and entry.booked_at < self._in_force[-1].booked_at:
                found.append(LedgerFault(entry.sequence, "was booked before the entry that precedes it"))
            self._in_force.append(entry)
        return found

    def _is_next(self, entry: LedgerEntry) -> bool:
        """Whether an entry takes back the latest one that is in force, books the next one again that was taken back,
        or is a new one while none is missing."""
        stated = entry.sequence, entry.balance_minor, entry.by
        if entry.takes_back is not None:
            if not self._in_force:
                return False
            self._taken_back.append(self._in_force.pop())
            return entry == taken_back(self._taken_back[-1], *stated)
        if not self._taken_back:
            return entry.books_again is None
        return entry == booked_again(self._taken_back.pop(), *stated, entry.booked_at, entry.work_day)

    def end(self, position: Position) -> Iterator[LedgerFault]:
        """What is wrong with the stored position, after the last entry."""
        inputs.instance("position", position, Position)
        last = self._last
        sequence = 0 if last is None else last.sequence
        booked_at = self._in_force[-1].booked_at if self._in_force else BEGINNING
        if self._taken_back:
            yield LedgerFault(sequence, "is the end; an entry that was taken back is not booked again")
        for what, stored, found in (
            ("sequence", position.sequence, sequence),
            ("balance", position.balance_minor, self._balance),
            ("utilization base", position.utilization_base_minor, self._anchor),
            ("time of booking", position.booked_at, booked_at),
        ):
            if stored != found:
                yield LedgerFault(sequence, f"is the end; the stored {what} is {stored}, not {found}")


def verify_ledger(entries: Iterable[LedgerEntry], position: Position | None = None) -> tuple[LedgerFault, ...]:
    """The faults in all entries of one client, in their order; empty when they can be believed.

    Checked are: one client, sequence numbers from 1 without gaps, each balance equal to the sum so far, times of
    booking that never step back but where booking days were corrected, and, when given, that the stored position is the
    one the entries lead to.
    """
    following = LedgerVerifier()
    faults = [fault for entry in entries for fault in following.after(entry)]
    if position is not None:
        faults += following.end(position)
    return tuple(faults)
