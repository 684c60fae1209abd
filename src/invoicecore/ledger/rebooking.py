"""Booking days that came from a wrong clock, set right by entries.

The latest entries are taken back, the last one first, and booked again in their order on the right days. So every
balance on the way is one that was there before, and those after it stay as they were.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.values.ids import PersonId


class _Numbered(Protocol):
    @property
    def sequence(self) -> int: ...

    @property
    def takes_back(self) -> int | None: ...


N = TypeVar("N", bound=_Numbered)


def in_force(booked: Iterable[N]) -> list[N]:
    """What was booked, in the order of its numbers, without what was taken back and what took it back."""
    ordered = sorted(booked, key=lambda it: it.sequence)
    gone = {it.takes_back for it in ordered}
    return [it for it in ordered if it.takes_back is None and it.sequence not in gone]


def latest_in_force(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """The latest entry that is in force, of entries in the opposite order of booking times. It reads no further than it
    must, because an entry is taken back at its own booking time."""
    gone = set[int]()
    for entry in entries:
        if entry.takes_back is not None:
            gone.add(entry.takes_back)
        elif entry.sequence not in gone:
            return entry
    return None


def taken_back(entry: LedgerEntry, sequence: int, balance_minor: int, by: PersonId) -> LedgerEntry:
    """The entry that takes another back, at the same booking time."""
    return evolve(
        entry,
        sequence=sequence,
        minor=-entry.minor,
        balance_minor=balance_minor,
        by=by,
        takes_back=entry.sequence,
        books_again=None,
    )


def booked_again(
    entry: LedgerEntry, sequence: int, balance_minor: int, by: PersonId, booked_at: datetime, work_day: date
) -> LedgerEntry:
    """The entry that books another one again, at another time."""
    return evolve(
        entry,
        sequence=sequence,
        balance_minor=balance_minor,
        by=by,
        booked_at=booked_at,
        work_day=work_day,
        takes_back=None,
        books_again=entry.sequence,
    )


def rebook(
    position: Position,
    entries: Sequence[LedgerEntry],
    booked_at: Sequence[datetime],
    right: Callable[[date], date],
    by: PersonId,
) -> tuple[tuple[LedgerEntry, ...], Position]:
    """The entries that correct the latest entries in force, and the position after them. The entries are given in their
    order, with the times at which they are booked again; `right` gives the right day for a day of work or receipt."""
    sequence, balance = position.sequence, position.balance_minor
    made = []
    for entry in reversed(entries):
        sequence, balance = sequence + 1, balance - entry.minor
        made.append(taken_back(entry, sequence, balance, by))
    for entry, at in zip(entries, booked_at, strict=True):
        sequence, balance = sequence + 1, balance + entry.minor
        made.append(booked_again(entry, sequence, balance, by, at, right(entry.work_day)))
    return tuple(made), evolve(position, sequence=sequence, booked_at=made[-1].booked_at)
