"""A statement shows everything that moved the balance, from the opening balance to the closing one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import (
    Deposit,
    EntryKind,
    Firm,
    LedgerDay,
    LedgerEntry,
    NewWorkSession,
    Period,
    Statement,
    TransactionSort,
    utc,
)
from invoicecore.ledger.statement import statement
from invoicecore.model.firm import FormerZone
from invoicecore.ports.store import Storage
from tests.ledger.history import ACME, booked
from tests.world import World, new_world, terms, usd

HISTORY = """
    day | kind       | amount | balance
    2   | work       |   -400 |    -400
    3   | work       |   -400 |    -800
    3   | payment    |   1000 |     200
    6   | adjustment |    500 |     700
    6   | adjustment |   -200 |     500
"""


def dated(entries: list[LedgerEntry]) -> list[tuple[LedgerEntry, date]]:
    """Entries with the day of their booking, which here is that of their work."""
    return [(entry, entry.work_day) for entry in entries]


def march(first: int, last: int) -> Period:
    """Days of March 2026."""
    return Period(date(2026, 3, first), date(2026, 3, last))


def spelled(shown: Statement) -> list[str]:
    """The rows as a reader sees them."""
    return [f"{row.booked_on:%d} {row.kind} {row.amount.amount} {row.balance.amount}" for row in shown.rows]


class TestStatement:
    def test_rows(self) -> None:
        """Each row shows one movement and the balance it left."""
        entries = [line.entry for line in booked(HISTORY)]
        shown = statement(ACME, None, 0, dated(entries), "USD")
        assert [
            "02 work -400.00 -400.00",
            "03 work -400.00 -800.00",
            "03 payment 1000.00 200.00",
            "06 adjustment 500.00 700.00",
            "06 adjustment -200.00 500.00",
        ] == spelled(shown)
        assert (usd(0), usd("500")) == (shown.opening, shown.closing)

    def test_part(self) -> None:
        """A statement of a part opens with the balance before it."""
        entries = [line.entry for line in booked(HISTORY)][2:4]
        shown = statement(ACME, march(3, 6), -800_00, dated(entries), "USD")
        assert (usd("-800"), usd("700")) == (shown.opening, shown.closing)

    def test_nothing_moved(self) -> None:
        """Where nothing moved, it closes as it opened."""
        shown = statement(ACME, march(4, 5), 200_00, [], "USD")
        assert ((), usd("200"), usd("200")) == (shown.rows, shown.opening, shown.closing)

    def test_all_of_an_entry(self) -> None:
        """A row keeps what the entry says: its cause, who booked it and when."""
        [line, *_] = booked(HISTORY)
        [row] = statement(ACME, None, 0, [(line.entry, date(2026, 3, 9))], "USD").rows
        assert (1, date(2026, 3, 9), date(2026, 3, 2)) == (row.sequence, row.booked_on, row.work_day)
        assert ("cause 1", "maria", utc(2026, 3, 2, 18)) == (row.cause, row.by, row.booked_at)
        assert (None, "") == (row.invoice_id, row.note)


NINTH = Period.month(2025, 9)


@pytest.fixture
def late(empty_storage: Storage) -> World:
    """A firm that imported the work of September in March, on each kind of store."""
    world = new_world(terms(allowed=None, refill_at=None), storage=empty_storage)
    lee = world.lee.people.me().id
    rows = [
        NewWorkSession(
            project_id=world.site.id, person_id=lee, day=date(2025, month, day), hours=hours, source=f"it:{month}-{day}"
        )
        for month, day, hours in ((10, 2, 3), (9, 30, 2), (9, 1, 1))
    ]
    world.maria.work.import_many(rows)
    return world


class TestByWorkDay:
    def test_what_was_imported_late_stands_in_its_month(self, late: World) -> None:
        """The statement of September shows the work of September, in the order of its days."""
        shown = late.maria.accounts.statement(late.acme.id, NINTH)
        assert LedgerDay.WORK is shown.by
        assert [(1, usd(-50), usd(-50)), (30, usd(-100), usd(-150))] == [
            (row.work_day.day, row.amount, row.balance) for row in shown.rows
        ]
        assert (usd(0), usd(-150)) == (shown.opening, shown.closing)
        printed = late.maria.accounts.printable_statement(late.acme.id, NINTH)
        assert (shown, 2) == (printed.statement, len(printed.causes))
        page = late.maria.pages.transactions(late.acme.id, period=NINTH, sort=TransactionSort.WORK_DAY)
        assert [row.sequence for row in shown.rows] == [row.movement.sequence for row in page.rows]

    def test_either_day_can_be_stated(self, late: World) -> None:
        """By the day of the booking all of it is in March; another client goes by that day unless one says."""
        show = late.maria.accounts.statement
        assert () == show(late.acme.id, NINTH, by=LedgerDay.BOOKED).rows
        assert 3 == len(show(late.acme.id, Period.month(2026, 3), by=LedgerDay.BOOKED).rows)
        other = late.maria.clients.add(name="Beta", terms=terms(allowed=None, refill_at=None))
        site = late.maria.projects.add(client_id=other.id, name="Other", rate=late.site.rate_at(late.clock.now()))
        late.maria.work.log(site.id, day=date(2025, 9, 2), hours=1)
        assert ((), LedgerDay.BOOKED) == ((shown := show(other.id, NINTH)).rows, shown.by)
        assert 1 == len(show(other.id, NINTH, by=LedgerDay.WORK).rows)

    def test_the_day_of_the_receipt(self, late: World) -> None:
        """A payment that was received in September and entered in March is a payment of September."""
        bill = late.maria.invoices.manual(late.acme.id, usd(200), deposit=Deposit.TO_BALANCE)
        late.maria.payments.record(bill.id, received_on=date(2025, 9, 15))
        shown = late.maria.accounts.statement(late.acme.id, NINTH)
        assert [EntryKind.WORK, EntryKind.PAYMENT, EntryKind.WORK] == [row.kind for row in shown.rows]
        assert usd(50) == shown.closing

    def test_a_clock_that_stepped_back_between_two_moves(self) -> None:
        """A day begins with the first instant that is booked on it, however the firm moved."""
        former = (
            FormerZone("America/Chicago", utc(2015, 10, 30, 22, 53)),
            FormerZone("America/New_York", utc(2015, 10, 28, 2, 19)),
        )
        firm = Firm(name="Studio", currency="USD", timezone="Pacific/Apia", former_zones=former)
        day = date(2015, 10, 31)
        begins, _ = firm.booked_in(Period(day, day))
        assert [day - timedelta(days=1), day] == [
            firm.booking_day(it) for it in (begins - timedelta(microseconds=1), begins)
        ]

    @given(st.lists(st.datetimes(utc(2026, 2, 25).replace(tzinfo=None), utc(2026, 3, 15).replace(tzinfo=None))))
    def test_days_of_bookings(self, moments: list[datetime]) -> None:
        """Days that are computed together are those of each by itself, also where the firm moved."""
        former = (FormerZone("Pacific/Auckland", utc(2026, 3, 1, 12)), FormerZone("America/Chicago", utc(2026, 3, 9)))
        firm = Firm(name="Studio", currency="USD", timezone="Asia/Tokyo", former_zones=former)
        given = [moment.replace(tzinfo=UTC) for moment in moments]
        for several in (given, sorted(given)):
            assert [*firm.booking_days(several)] == [firm.booking_day(moment) for moment in several]

    @given(
        moves=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 9)), max_size=9),
        cut=st.integers(1, 60),
    )
    @settings(max_examples=25, deadline=None)
    def test_closing_is_next_opening(self, moves: list[tuple[int, int, int]], cut: int) -> None:
        """Whenever it was done and booked, each statement opens with the closing balance of the one before."""
        world, first = new_world(terms(allowed=None, refill_at=None)), date(2026, 3, 2)
        for later, earlier, hours in sorted(moves):
            world.clock.set(utc(2026, 3, 2, 18) + timedelta(days=later))
            world.maria.work.log(world.site.id, day=first + timedelta(days=later - earlier), hours=hours)
        show, middle = world.maria.accounts.statement, first + timedelta(days=cut)
        parts = (Period(date(2025, 1, 1), middle), Period(middle + timedelta(days=1), date(2027, 1, 1)))
        before, after = (show(world.acme.id, part, by=LedgerDay.WORK) for part in parts)
        ever = show(world.acme.id, by=LedgerDay.WORK)
        assert (usd(0), before.closing, ever.closing) == (before.opening, after.opening, after.closing)
        assert ever.rows == before.rows + after.rows
        assert world.balance() == ever.closing
        assert all(
            row.work_day in part for part, shown in zip(parts, (before, after), strict=True) for row in shown.rows
        )


class TestAtTheDesk:
    @pytest.mark.req("A51")
    def test_everything_that_moved_it(self, world: World) -> None:
        """Work, payments and adjustments all stand on it, in the order in which they were booked."""
        for _ in range(3):
            world.log(8)
        [refill] = world.maria.invoices.of(world.acme.id)
        world.maria.payments.record(refill.id, usd("400"), reference="TX-1", received_on=date(2026, 2, 27))
        world.maria.accounts.adjust(world.acme.id, usd("500"), reason="A present")
        shown = world.maria.accounts.statement(world.acme.id)
        assert [
            "02 work -400.00 -400.00",
            "02 work -400.00 -800.00",
            "02 work -400.00 -1200.00",
            "02 payment 400.00 -800.00",
            "02 adjustment 500.00 -300.00",
        ] == spelled(shown)
        payment, adjustment = shown.rows[3:]
        assert (date(2026, 2, 27), "TX-1", refill.id) == (payment.work_day, payment.note, payment.invoice_id)
        assert ("A present", None) == (adjustment.note, adjustment.invoice_id)

    def test_booking_day_decides(self, world: World) -> None:
        """Work of February that is logged in March stands on the statement of March, with its own day."""
        world.log(8, start=utc(2026, 2, 27, 15))
        assert () == world.maria.accounts.statement(world.acme.id, Period.month(2026, 2)).rows
        [row] = world.maria.accounts.statement(world.acme.id, Period.month(2026, 3)).rows
        assert (date(2026, 2, 27), date(2026, 3, 2)) == (row.work_day, row.booked_on)

    def test_day_of_the_firm(self, world: World) -> None:
        """The days are days of the firm's zone: 4 a.m. of 3 March in UTC is still 2 March in Chicago."""
        world.clock.set(utc(2026, 3, 3, 4))
        world.log(1)
        assert 1 == len(world.maria.accounts.statement(world.acme.id, march(2, 2)).rows)
        assert () == world.maria.accounts.statement(world.acme.id, march(3, 3)).rows

    @given(
        moves=st.lists(st.tuples(st.integers(1, 100), st.integers(-500, 500).filter(bool)), max_size=8),
        cut=st.integers(3, 20),
    )
    @settings(max_examples=25, deadline=None)
    def test_closing_is_next_opening(self, moves: list[tuple[int, int]], cut: int) -> None:
        """Each statement opens with the closing balance of the one before, and its rows lead from one to the other,
        also where the clock steps back within a day."""
        world = new_world(terms(allowed=None, refill_at=None))
        for hours, dollars in sorted(moves, key=lambda it: it[0] // 5):
            world.clock.set(utc(2026, 3, 2).replace(day=2 + hours // 5, hour=hours % 24))
            world.maria.accounts.adjust(world.acme.id, usd(dollars), reason="So it is")
        show = world.maria.accounts.statement
        before, after, ever = (
            show(world.acme.id, march(1, cut)),
            show(world.acme.id, march(cut + 1, 31)),
            show(world.acme.id),
        )
        assert before.closing == after.opening
        assert (ever.opening, ever.closing) == (before.opening, after.closing)
        assert ever.rows == before.rows + after.rows
        for shown in (before, after, ever):
            balance = shown.opening
            for row in shown.rows:
                balance += row.amount
                assert balance == row.balance
            assert balance == shown.closing
        assert sum(dollars for _, dollars in moves) * 100 == ever.closing.minor

    def test_every_kind_has_a_word(self) -> None:
        """Each kind of movement can be read aloud."""
        assert all(kind.meaning.endswith(".") for kind in EntryKind)
