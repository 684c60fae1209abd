"""Entries that take others back and book them again: the balances on the way, and what cannot pass for such a one."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position, post
from invoicecore.ledger.rebooking import in_force, latest_in_force, rebook
from invoicecore.ledger.verify import verify_ledger
from invoicecore.values.calendar import utc
from invoicecore.values.ids import ClientId, PersonId
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import EntryKind

NOON = utc(2036, 3, 2, 12)
MARIA = PersonId("maria")
MONEY = (EntryKind.PAYMENT, EntryKind.PAYMENT_REVERSED, EntryKind.ADJUSTMENT)


def ledger(*movements: tuple[EntryKind, int]) -> tuple[list[LedgerEntry], Position]:
    """A ledger with an entry each hour, and its position."""
    entries, position = [], Position("USD")
    for hour, (kind, minor) in enumerate(movements):
        stamp = CommandStamp(NOON + timedelta(hours=hour), PersonId("lee"), "UTC")
        entry, position = post(
            position, ClientId("acme"), kind, minor, stamp, work_day=date(2036, 3, 2), cause=f"cause {hour}"
        )
        entries.append(entry)
    return entries, position


def corrected(
    entries: Sequence[LedgerEntry], position: Position, count: int, days: int = 3653
) -> tuple[list[LedgerEntry], Position]:
    """The ledger with its latest entries booked again so many days earlier."""
    wrong = in_force(entries)[-count:]
    earlier = timedelta(days=days)
    made, after = rebook(position, wrong, [it.booked_at - earlier for it in wrong], lambda day: day - earlier, MARIA)
    return [*entries, *made], after


MOVEMENTS = st.lists(st.tuples(st.sampled_from(MONEY), st.integers(-500, 500).filter(bool)), min_size=1, max_size=6)


class TestRebook:
    """The latest entries taken back, and booked again."""

    @given(MOVEMENTS)
    @settings(max_examples=60)
    def test_every_balance_on_the_way_was_there_before(self, movements: list[tuple[EntryKind, int]]) -> None:
        """So it crosses no level that was not crossed, and ends where it began; utilization is counted as before."""
        entries, position = ledger(*movements)
        ledger_then, after = corrected(entries, position, len(entries))
        balances = {0, *(it.balance_minor for it in entries)}
        assert balances >= {it.balance_minor for it in ledger_then}
        assert evolve(position, sequence=after.sequence, booked_at=after.booked_at) == after
        assert () == verify_ledger(ledger_then, after)
        assert [(it.kind, it.minor, it.cause) for it in entries] == [
            (it.kind, it.minor, it.cause) for it in in_force(ledger_then)
        ]
        assert () == verify_ledger(*corrected(ledger_then, after, len(entries), days=1))

    def test_the_latest_in_force(self) -> None:
        """It is found behind what was taken back, read from the end."""
        entries, _ = corrected(*ledger((EntryKind.ADJUSTMENT, 1), (EntryKind.ADJUSTMENT, 2)), 1)
        by_time = sorted(entries, key=lambda it: (it.booked_at, it.sequence))
        latest = latest_in_force(reversed(by_time))
        assert latest is not None
        assert (1, [1, 4]) == (latest.sequence, [it.sequence for it in in_force(entries)])
        assert latest_in_force([]) is None


class TestVerify:
    """What the law of ledgers finds in a correction that is none."""

    @pytest.mark.parametrize(
        ("place", "changes"),
        [
            (2, {"takes_back": 1}),
            (2, {"takes_back": None}),
            (2, {"booked_at": NOON}),
            (2, {"work_day": date(2026, 3, 2)}),
            (2, {"kind": EntryKind.PAYMENT}),
            (2, {"books_again": 2}),
            (4, {"books_again": 2}),
            (4, {"books_again": None}),
            (4, {"cause": "another"}),
            (4, {"takes_back": 3}),
            (5, {"note": "Another"}),
        ],
    )
    def test_a_changed_correction(self, place: int, changes: Any) -> None:
        """An entry that takes back anything but the latest, or books again anything but the next, is found."""
        entries, position = corrected(*ledger((EntryKind.ADJUSTMENT, 1), (EntryKind.ADJUSTMENT, 1)), 2)
        assert () == verify_ledger(entries, position)
        entries[place] = evolve(entries[place], **changes)
        assert "is not the entry that a correction of booking days has here" in {
            fault.what for fault in verify_ledger(entries, position)
        }

    def test_half_a_correction(self) -> None:
        """What was taken back and not booked again is found at the end."""
        entries, position = corrected(*ledger((EntryKind.ADJUSTMENT, 1), (EntryKind.ADJUSTMENT, 1)), 2)
        whats = [fault.what for fault in verify_ledger(entries[:-1], position)]
        assert "is the end; an entry that was taken back is not booked again" in whats
        stray = evolve(entries[0], takes_back=7)
        assert "correction of booking days" in verify_ledger([stray])[0].what
