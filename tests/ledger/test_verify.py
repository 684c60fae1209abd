"""Every fault in a stored ledger is found, and none where there is none."""

from datetime import timedelta
from typing import Any

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import LedgerEntry, utc, verify_ledger
from invoicecore.ledger.position import Position
from invoicecore.ledger.verify import LedgerFault
from invoicecore.values.ids import ClientId
from tests.ledger.history import booked
from tests.world import World, usd

HISTORY = """
    day | kind    | amount
    2   | work    |   -400
    3   | work    |   -400
    4   | payment |   1000
    5   | work    |   -250
"""


def clean() -> list[LedgerEntry]:
    """Four entries that can be believed; the balance is −$50."""
    return [line.entry for line in booked(HISTORY)]


def stored() -> Position:
    """The position after them."""
    return booked(HISTORY)[-1].position


class TestClean:
    def test_no_fault(self) -> None:
        """A ledger as it was booked has no fault, with or without its position."""
        assert () == verify_ledger(clean())
        assert () == verify_ledger(clean(), stored())
        assert () == verify_ledger(iter(clean()), stored())

    def test_empty(self) -> None:
        """Neither has one in which nothing was booked yet."""
        assert () == verify_ledger([])
        assert () == verify_ledger([], Position("USD"))

    def test_at_the_desk(self, world: World) -> None:
        """What the desk booked can be believed."""
        session = world.log(8)
        world.maria.work.edit(session, hours=5)
        world.maria.accounts.adjust(world.acme.id, usd("-20"), reason="A fee")
        entries = world.maria.accounts.entries(world.acme.id)
        assert 4 == len(entries)
        assert () == verify_ledger(entries)


class TestFaults:
    def test_missing(self) -> None:
        """A missing entry shows in the sequence and in every balance after it."""
        first, _, *rest = clean()
        assert (
            LedgerFault(3, "stands in place 2"),
            LedgerFault(3, "says a balance of 20000; the sum is 60000"),
            LedgerFault(4, "stands in place 3"),
            LedgerFault(4, "says a balance of -5000; the sum is 35000"),
        ) == verify_ledger([first, *rest])

    def test_last_missing(self) -> None:
        """A missing last entry shows where the stored position is given."""
        assert () == verify_ledger(clean()[:3])
        assert (
            LedgerFault(3, "is the end; the stored sequence is 4, not 3"),
            LedgerFault(3, "is the end; the stored balance is -5000, not 20000"),
        ) == verify_ledger(clean()[:3], stored())[:2]

    def test_all_missing(self) -> None:
        """So does a ledger that is gone."""
        assert (
            LedgerFault(0, "is the end; the stored sequence is 4, not 0"),
            LedgerFault(0, "is the end; the stored balance is -5000, not 0"),
            LedgerFault(0, "is the end; the stored utilization base is 20000, not 0"),
        ) == verify_ledger([], stored())[:3]

    def test_doubled(self) -> None:
        """An entry that stands there twice is found."""
        entries = clean()
        faults = verify_ledger([*entries, entries[-1]])
        assert (
            LedgerFault(4, "stands in place 5"),
            LedgerFault(4, "says a balance of -5000; the sum is -30000"),
        ) == faults

    def test_amount(self) -> None:
        """A changed amount shows from there on."""
        entries = clean()
        entries[2] = evolve(entries[2], minor=999_99)
        assert (
            LedgerFault(3, "says a balance of 20000; the sum is 19999"),
            LedgerFault(4, "says a balance of -5000; the sum is -5001"),
        ) == verify_ledger(entries)

    def test_balance(self) -> None:
        """A changed balance is found where it stands, and only there."""
        entries = clean()
        entries[1] = evolve(entries[1], balance_minor=-799_99)
        assert (LedgerFault(2, "says a balance of -79999; the sum is -80000"),) == verify_ledger(entries, stored())

    def test_sequence(self) -> None:
        """A sequence number that was changed is found."""
        entries = clean()
        entries[0] = evolve(entries[0], sequence=0)
        assert (LedgerFault(0, "stands in place 1"),) == verify_ledger(entries, stored())

    def test_swapped(self) -> None:
        """Two entries in the wrong order show in sequence, balance and time."""
        first, second, third, fourth = clean()
        assert (
            LedgerFault(3, "stands in place 2"),
            LedgerFault(3, "says a balance of 20000; the sum is 60000"),
            LedgerFault(2, "stands in place 3"),
            LedgerFault(2, "says a balance of -80000; the sum is 20000"),
            LedgerFault(2, "was booked before the entry that precedes it"),
        ) == verify_ledger([first, third, second, fourth])

    def test_client(self) -> None:
        """An entry of another client is found, and where the first client goes on."""
        entries = clean()
        entries[1] = evolve(entries[1], client_id=ClientId("other"))
        assert (
            LedgerFault(2, "belongs to client other, not acme"),
            LedgerFault(3, "belongs to client acme, not other"),
        ) == verify_ledger(entries)

    def test_time(self) -> None:
        """An entry that was booked before the one that precedes it is found; two at one instant are no fault."""
        entries = clean()
        entries[3] = evolve(entries[3], booked_at=entries[2].booked_at)
        assert () == verify_ledger(entries)
        entries[3] = evolve(entries[3], booked_at=utc(2026, 3, 1))
        assert (LedgerFault(4, "was booked before the entry that precedes it"),) == verify_ledger(entries)

    def test_position(self) -> None:
        """A stored position that says anything else than the entries lead to is found."""
        later = stored().booked_at + timedelta(hours=1)
        for wrong, what in (
            ({"balance_minor": -50_01}, "balance is -5001, not -5000"),
            ({"sequence": 5}, "sequence is 5, not 4"),
            ({"utilization_base_minor": 0}, "utilization base is 0, not 20000"),
            ({"booked_at": later}, f"time of booking is {later}, not {stored().booked_at}"),
        ):
            changed: Any = wrong
            assert (LedgerFault(4, f"is the end; the stored {what}"),) == verify_ledger(
                clean(), evolve(stored(), **changed)
            )

    @given(
        place=st.integers(0, 3),
        by=st.integers(-(10**6), 10**6).filter(bool),
        what=st.sampled_from(["minor", "balance_minor", "sequence"]),
    )
    @settings(max_examples=50, deadline=None)
    def test_any_number(self, place: int, by: int, what: str) -> None:
        """No single number of an entry can be changed without a fault at that entry."""
        entries = clean()
        changed = evolve(entries[place], **{what: getattr(entries[place], what) + by})
        entries[place] = changed
        assert changed.sequence in {fault.sequence for fault in verify_ledger(entries, stored())}
