"""A wrong clock books on wrong days: later commands are refused, and a Manager sets the days right by entries."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import (
    Billing,
    Debt,
    Deposit,
    Firm,
    Money,
    NewWorkSession,
    Period,
    Refill,
    Status,
    Terms,
    TransactionSort,
    documents,
    exporter,
    utc,
    verify_ledger,
)
from invoicecore.archive import restore, write_archive
from invoicecore.errors import InvalidInput, InvalidState, NotFound, NotPermitted, WrongClock
from invoicecore.ledger.statement import Statement
from invoicecore.ports.store import Storage
from invoicecore.settlement.account import Account, Standing
from invoicecore.storage.memory import MemoryStorage
from invoicecore.vocabulary import Action, EntryKind
from tests.exporter.programs import hledger
from tests.world import UNLIMITED, World, hourly, new_world, usd

MARCH, APRIL, WRONG = Period.month(2006, 3), Period.month(2006, 4), Period.year(2016)
NOON = utc(2006, 3, 2, 12)
"""So long ago that ten years later is not ahead of the clock that PostgreSQL has."""
WHY = "The clock of the office stood in 2016."


@pytest.fixture
def world(empty_storage: Storage) -> World:
    """The firm on 2 March 2006 in each kind of store; its client has no limit."""
    return new_world(UNLIMITED, storage=empty_storage, now=NOON)


def booked(shown: Statement) -> list[tuple[EntryKind, int, int]]:
    """The kind of each row of a statement, its amount and the balance after it, in whole dollars."""
    return [(row.kind, row.amount.minor // 100, row.balance.minor // 100) for row in shown.rows]


def correct(world: World, right_day: date = date(2006, 3, 3), period: Period = WRONG) -> Standing:
    """Maria says on which day what was booked in the period really was."""
    return world.maria.accounts.correct_booking_days(world.acme.id, period, right_day=right_day, reason=WHY)


def spoil(world: World) -> None:
    """On 2 March two hours of work; on 3 March, by a clock in 2016, an invoice, money for it, and an hour more."""
    world.log(2)
    world.clock.set(utc(2016, 3, 3, 15))
    invoice = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
    world.maria.payments.record(invoice.id, usd(40))
    world.lee.work.log(world.site.id, day=date(2006, 3, 3), hours=1)
    world.clock.set(utc(2006, 3, 3, 18))


def without_days(account: Account) -> object:
    """All of an account but where its books end."""
    position = account.position
    return (
        (position.currency, position.balance_minor, position.utilization_base_minor, account.terms),
        (account.outstanding_minor, account.credit_minor, account.unbilled_minor, account.reverted_minor),
        account.uncollectible_minor,
    )


def state_of(world: World) -> object:
    """How Acme stands, besides days."""
    return without_days(world.maria.accounts.standing(world.acme.id).account)


class TestBehind:
    """A clock more than a day behind what is booked on a client."""

    def test_later_commands_are_refused_with_the_way_out(self, world: World) -> None:
        """Nothing is written, and the words name the command that mends it."""
        spoil(world)
        before = world.maria.firm.audit(), world.maria.accounts.entries(world.acme.id)
        with pytest.raises(WrongClock, match=r"2006-03-03.*2016-03-03.*accounts\.correct_booking_days"):
            world.log(1)
        assert before == (world.maria.firm.audit(), world.maria.accounts.entries(world.acme.id))

    def test_every_door_that_books(self, world: World) -> None:
        """Work, timers, imports, invoices, payments, adjustments, refills and terms."""
        maria, acme, site, lee = world.maria, world.acme.id, world.site.id, world.lee.person_id
        session = world.log(2)
        draft = maria.invoices.draft(acme, MARCH).id
        timer = world.lee.work.start(site).id
        world.clock.advance(timedelta(hours=1))
        generated, due, other = (maria.invoices.manual(acme, usd(50), deposit=Deposit.TO_BALANCE).id for _ in range(3))
        maria.invoices.set_due(due)
        payment = maria.payments.record(other, usd(10)).payment.id
        maria.accounts.adjust(acme, usd(-1))
        world.clock.set(utc(1999, 3, 2, 12))
        row = NewWorkSession(project_id=site, person_id=lee, day=date(1999, 3, 1), hours=1)
        for door in (
            lambda: world.lee.work.log(site, day=date(1999, 3, 1), hours=1),
            lambda: world.lee.work.stop(timer),
            lambda: maria.work.edit(session, hours=3),
            lambda: maria.work.delete(session),
            lambda: maria.work.import_many([row]),
            lambda: maria.invoices.generate(draft, use_latest=True),
            lambda: maria.invoices.manual(acme, usd(1), deposit=Deposit.TO_BALANCE),
            lambda: maria.invoices.revert(generated),
            lambda: maria.invoices.void(due, note="Mistake"),
            lambda: maria.invoices.set_paid(due),
            lambda: maria.invoices.set_uncollectible(due, debt=Debt.FORGIVE),
            lambda: maria.payments.record(due),
            lambda: maria.payments.reverse(payment, note="Bounced"),
            lambda: maria.accounts.adjust(acme, usd(1)),
            lambda: maria.clients.set_terms(acme, Terms(allowed_balance=usd(-5))),
        ):
            before = world.maria.firm.audit()
            with pytest.raises(WrongClock):
                door()
            assert before == world.maria.firm.audit()
        world.clock.set(utc(2006, 3, 2, 16))
        world.lee.work.stop(timer)

    def test_what_books_nothing_is_taken(self, world: World) -> None:
        """Drafts and steps in the life of an invoice move no account, so a sweep leaves nothing that is late."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(50), deposit=Deposit.TO_BALANCE)
        world.log(2)
        world.clock.set(utc(1999, 3, 2, 12))
        world.maria.invoices.draft(world.acme.id, MARCH)
        world.maria.invoices.set_due(invoice.id)
        with pytest.raises(InvalidState, match="would be ahead"):  # by that clock
            world.maria.invoices.sweep_overdue(date(2006, 12, 31))
        world.clock.set(utc(2006, 12, 31, 12))
        [swept] = world.maria.invoices.sweep_overdue()
        assert Status.OVERDUE == swept.status

    def test_a_sweep_goes_on_with_the_others(self, world: World) -> None:
        """A client on whom a wrong clock has booked holds up no other, and is asked when that is set right."""
        refill = Refill(threshold=usd(0), rate=hourly(50), hours=20)
        ahead = Terms(allowed_balance=None, refill=refill)
        clients = [world.client("One", ahead), world.client("Two", ahead)]
        for client in clients:
            [asked] = world.maria.invoices.of(client.id)
            world.maria.invoices.void(asked.id, note="By hand")
        world.clock.set(utc(2016, 3, 3, 15))
        world.maria.invoices.manual(clients[0].id, usd(1), deposit=Deposit.NOT_DEPOSITED)
        world.clock.set(utc(2006, 3, 3, 15))
        assert [clients[1].id] == [it.client_id for it in world.maria.accounts.sweep_refills()]
        world.maria.accounts.correct_booking_days(clients[0].id, WRONG, right_day=date(2006, 3, 3), reason=WHY)
        assert [clients[0].id] == [it.client_id for it in world.maria.accounts.sweep_refills()]

    def test_a_day_is_no_wrong_clock(self, world: World) -> None:
        """Machines set their clocks right; what is booked then takes the latest booking time."""
        world.log(2)
        world.clock.advance(-timedelta(days=1))
        world.lee.work.log(world.site.id, start=utc(2006, 3, 1, 8), hours=1)
        assert 1 == len({entry.booked_at for entry in world.maria.accounts.entries(world.acme.id)})
        world.clock.advance(-timedelta(microseconds=1))
        with pytest.raises(WrongClock):
            world.lee.work.log(world.site.id, start=utc(2006, 3, 1, 8), hours=1)

    def test_an_invoice_alone_is_a_booking(self, world: World) -> None:
        """It moves no balance, but what is owed."""
        world.clock.set(utc(2016, 3, 3, 15))
        world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.NOT_DEPOSITED)
        world.clock.set(utc(2006, 3, 3, 15))
        with pytest.raises(WrongClock):
            world.log(1)
        correct(world)
        world.log(1)

    def test_the_other_clients_go_on(self, world: World) -> None:
        """One wrong client holds up no other; what is stored under a key is given back."""
        other = world.project(world.client())
        spoil(world)
        world.log(1, project=other)
        with pytest.raises(WrongClock):
            world.maria.accounts.adjust(world.acme.id, usd(1), idempotency_key="k")
        correct(world)
        first = world.maria.accounts.adjust(world.acme.id, usd(1), idempotency_key="k")
        world.clock.set(utc(1999, 3, 3))
        assert first == world.maria.accounts.adjust(world.acme.id, usd(1), idempotency_key="k")


class TestCorrection:
    """What a wrong clock booked is taken back on the wrong day and booked again on the right one."""

    def test_statements_say_the_right_days(self, world: World) -> None:
        """March has all its movements; 2016 has them too, and takes them back."""
        spoil(world)
        assert 1 == len(world.maria.accounts.statement(world.acme.id, MARCH).rows)
        correct(world)
        world.clock.set(utc(2006, 3, 4, 15))
        world.log(1)
        work, payment = EntryKind.WORK, EntryKind.PAYMENT
        march, wrong = (world.maria.accounts.statement(world.acme.id, it) for it in (MARCH, WRONG))
        assert [(work, -100, -100), (payment, 40, -60), (work, -50, -110), (work, -50, -160)] == booked(march)
        assert [2, 3, 3, 4] == [row.booked_on.day for row in march.rows]
        assert [(payment, 40, -120), (work, -50, -170), (work, 50, -120), (payment, -40, -160)] == booked(wrong)
        assert (march.closing, usd(-160)) == (wrong.opening, wrong.closing)
        assert [None, 2, 3, None] == [row.books_again for row in march.rows]
        assert [None, None, 3, 2] == [row.takes_back for row in wrong.rows]

    def test_nothing_but_days_moves(self, world: World) -> None:
        """Neither balance nor what is asked, nor utilization, and nobody is told of anything."""
        spoil(world)
        before, told = state_of(world), world.told()
        standing = correct(world)
        assert (before, before) == (without_days(standing.account), state_of(world))
        assert [] == world.told() != told
        record = world.maria.firm.audit()[-1]
        assert (Action.CORRECT_BOOKING_DAYS, WHY) == (record.action, record.reason)

    def test_the_books_are_sound(self, world: World, tmp_path: Path) -> None:
        """By the law of ledgers, by verification of what is stored, and after a move in an archive."""
        spoil(world)
        correct(world)
        entries = world.maria.accounts.entries(world.acme.id)
        position = world.maria.accounts.standing(world.acme.id).account.position
        assert ((), date(2006, 3, 3)) == (verify_ledger(entries, position), position.booked_at.date())
        assert () == world.billing.verify().findings
        write_archive(world.billing, tmp_path / "books.jsonl")
        moved = MemoryStorage()
        restore(tmp_path / "books.jsonl", moved)
        maria = Billing.open(moved, clock=world.clock).acting_as(world.maria.person_id)
        assert entries == maria.accounts.entries(world.acme.id)
        assert () == Billing.open(moved).verify().findings

    def test_what_was_owed_as_of_a_day(self, world: World) -> None:
        """Invoice and payment count on the day on which they were really booked."""
        spoil(world)
        world.clock.set(utc(2006, 3, 31, 15))

        def owed(day: int) -> list[Money]:
            return [total[0] for total in world.maria.pages.aging(as_of=date(2006, 3, day)).totals]

        assert ([], []) == (owed(2), owed(3))
        correct(world)
        assert ([], [usd(60)], [usd(60)]) == (owed(2), owed(3), owed(30))

    def test_twice(self, world: World) -> None:
        """There is nothing left to set right; another mistake of the same clock is one more correction."""
        spoil(world)
        correct(world)
        before = world.maria.accounts.entries(world.acme.id)
        with pytest.raises(InvalidState, match="Nothing is booked for this client from 2016-01-01 to 2016-12-31"):
            correct(world)
        assert before == world.maria.accounts.entries(world.acme.id)
        correct(world, date(2006, 3, 2), Period(date(2006, 3, 3), date(2006, 3, 3)))
        march = world.maria.accounts.statement(world.acme.id, MARCH)
        assert [2, 2, 2, 3, 3, 3, 3] == [row.booked_on.day for row in march.rows]
        world.clock.set(utc(2016, 3, 4, 15))
        world.maria.accounts.adjust(world.acme.id, usd(-1))
        world.clock.set(utc(2006, 3, 4, 15))
        correct(world, date(2006, 3, 4))
        assert usd(-111) == world.maria.accounts.statement(world.acme.id, MARCH).closing
        assert () == world.billing.verify().findings

    def test_over_the_end_of_a_month(self, world: World) -> None:
        """Days of the wrong clock are as far from each other as the right ones."""
        for day in (date(2016, 3, 30), date(2016, 3, 31), date(2016, 4, 2)):
            world.clock.set(utc(day.year, day.month, day.day, 15))
            world.maria.accounts.adjust(world.acme.id, usd(-day.day))
        world.clock.set(utc(2006, 4, 3, 15))
        correct(world, date(2006, 3, 30))
        march, april = (world.maria.accounts.statement(world.acme.id, it) for it in (MARCH, APRIL))
        assert [30, 31, 2] == [row.booked_on.day for row in (*march.rows, *april.rows)]
        assert [30, 31, 2] == [row.work_day.day for row in (*march.rows, *april.rows)]
        assert (usd(-61), usd(-61), usd(-63)) == (march.closing, april.opening, april.closing)

    def test_a_clock_that_was_behind(self, world: World) -> None:
        """What is booked before others are, because the clock stood in 1999, is corrected though others follow."""
        world.clock.set(utc(1999, 3, 2, 15))
        world.maria.accounts.adjust(world.acme.id, usd(-1))
        invoice = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
        world.clock.set(utc(2006, 3, 5, 15))
        world.maria.accounts.adjust(world.acme.id, usd(-2))
        world.maria.payments.record(invoice.id, usd(10))
        before = state_of(world)
        correct(world, date(2006, 3, 2), Period.year(1999))
        assert before == state_of(world)
        assert usd(0) == world.maria.accounts.statement(world.acme.id, Period.year(1999)).closing
        march = world.maria.accounts.statement(world.acme.id, Period(date(2006, 3, 1), date(2006, 3, 4)))
        assert ([(EntryKind.ADJUSTMENT, -1, -1)], usd(-1)) == (booked(march), march.closing)
        assert usd(7) == world.maria.accounts.statement(world.acme.id, MARCH).closing
        assert () == world.billing.verify().findings

    def test_on_a_stopped_client_with_a_refill(self, world: World) -> None:
        """Work stays stopped, as of the right day, and no refill is asked for a second time."""
        world.log(1)
        refill = Refill(threshold=usd(-100), rate=hourly(50), hours=20)
        world.maria.clients.set_terms(world.acme.id, Terms(allowed_balance=usd(-100), refill=refill))
        world.clock.set(utc(2016, 3, 3, 15))
        world.maria.accounts.adjust(world.acme.id, usd(-1000))
        world.clock.set(utc(2006, 3, 3, 15))
        before, invoices, _ = state_of(world), world.maria.invoices.of(world.acme.id), world.told()
        standing = correct(world)
        assert standing.stopped
        stopped_by = world.maria.pages.explain(world.acme.id).stop.stopped_by
        assert stopped_by is not None
        assert date(2006, 3, 3) == stopped_by.movement.booked_on
        assert (before, invoices, []) == (state_of(world), world.maria.invoices.of(world.acme.id), world.told())

    def test_utilization_is_counted_from_the_same_payment(self, world: World) -> None:
        """Also where the wrong clock booked that a payment was taken back, and another."""
        first = world.maria.invoices.manual(world.acme.id, usd(500), deposit=Deposit.TO_BALANCE)
        one = world.maria.payments.record(first.id, usd(300))
        world.log(2)
        world.clock.set(utc(2016, 3, 3, 15))
        world.maria.payments.reverse(one.payment.id, amount=usd(100), note="Bounced")
        before = state_of(world)
        world.clock.set(utc(2006, 3, 3, 15))
        correct(world)
        assert before == state_of(world)
        world.clock.set(utc(2016, 3, 4, 15))
        two = world.maria.payments.record(first.id, usd(50))
        world.maria.payments.reverse(two.payment.id, amount=usd(20), note="Bounced")
        before = state_of(world)
        world.clock.set(utc(2006, 3, 4, 15))
        correct(world, date(2006, 3, 4))
        assert before == state_of(world)
        assert () == world.billing.verify().findings

    def test_invoices_keep_their_dates(self, world: World) -> None:
        """Number, issue date and due date were printed; voided and generated again, they are right."""
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        world.clock.set(utc(2016, 3, 3, 15))
        invoice = world.maria.invoices.generate(draft.id)
        world.clock.set(utc(2006, 3, 31, 15))
        correct(world)
        assert invoice == world.maria.invoices.get(invoice.id)
        assert (date(2016, 3, 3), "INV-2016-0001") == (invoice.issued_on, invoice.number)
        world.maria.invoices.void(invoice.id, note="Issued by a wrong clock")
        again = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        assert (date(2006, 3, 31), "INV-2006-0002", Status.GENERATED) == (again.issued_on, again.number, again.status)
        [total] = world.maria.pages.aging(as_of=date(2006, 3, 30)).totals
        assert usd(100) == total[0]  # which the wrong clock asked for on the 3rd

    def test_what_comes_afterwards_counts_at_once(self, world: World) -> None:
        """Money for an invoice that a wrong clock gave up, and money that it recorded and that is taken back, count on
        the day of the command, not in 2016."""
        pay, elsewhere = world.maria.payments, Deposit.NOT_DEPOSITED
        lost, paid = (world.maria.invoices.manual(world.acme.id, usd(it), deposit=elsewhere) for it in (70, 30))
        world.clock.set(utc(2016, 3, 3, 15))
        world.maria.invoices.set_uncollectible(lost.id)
        mistyped = pay.record(paid.id).payment
        world.clock.set(utc(2006, 3, 31, 15))
        correct(world)
        pay.record(lost.id, usd(50))
        pay.reverse(mistyped.id, note="Mistyped.")
        world.clock.set(utc(2006, 4, 2, 15))
        [total] = world.maria.pages.aging(as_of=date(2006, 4, 1)).totals
        assert usd(30) == sum(total[1:], total[0])
        assert usd(30) == world.maria.accounts.account_statement(world.acme.id, MARCH).closing
        assert () == world.billing.verify().findings

    def test_transactions_and_paper(self, world: World) -> None:
        """The list has every movement in the order of booking with the balance that it left, page after page; the
        printed statement goes by days."""
        spoil(world)
        correct(world)
        shown = world.maria.pages.transactions(world.acme.id, limit=3)
        rest = world.maria.pages.transactions(world.acme.id, limit=9, after=shown.next_cursor)
        movements = [row.movement for row in (*shown.rows, *rest.rows)]
        assert [1, 2, 3, 4, 5, 6, 7] == [it.sequence for it in movements]
        assert [-100, -60, -110, -60, -100, -60, -110] == [it.balance.minor // 100 for it in movements]
        part = world.maria.pages.transactions(world.acme.id, period=MARCH, descending=True)
        assert [7, 6, 1] == [row.movement.sequence for row in part.rows]
        by_day = world.maria.pages.transactions(world.acme.id, sort=TransactionSort.DAY)
        assert [1, 6, 7, 2, 3, 4, 5] == [row.movement.sequence for row in by_day.rows]
        printed = world.maria.accounts.printable_statement(world.acme.id, MARCH)
        assert world.maria.accounts.statement(world.acme.id, MARCH) == printed.statement
        assert "110.00" in documents.statement(printed).html

    def test_a_journal(self, world: World, tmp_path: Path) -> None:
        """Each movement stands on its booking day, and every balance that is asserted is that of the day."""
        spoil(world)
        correct(world)
        world.clock.set(utc(2006, 3, 4, 15))
        world.log(1)
        path = tmp_path / "books.journal"
        exporter.write_journal(world.maria, path)
        assert "" == hledger(path)
        text = path.read_text(encoding="utf-8")
        assert "takes-back: 3" in text
        assert "books-again: 2" in text


class TestRefused:
    """What cannot be set right so."""

    @pytest.mark.parametrize(
        ("right_day", "period", "words"),
        [
            (date(2006, 3, 4), WRONG, "after today"),
            (date(2006, 3, 1), WRONG, "entries stay in their order"),
            (date(2006, 3, 3), Period.year(2015), "Nothing is booked"),
            (date(2016, 3, 3), WRONG, "begins on 2016-03-03 already"),
        ],
    )
    def test_days_that_cannot_be(self, world: World, right_day: date, period: Period, words: str) -> None:
        """A booking day lies neither after today nor before that of an earlier entry; nothing is written."""
        spoil(world)
        before = world.maria.firm.audit()
        with pytest.raises(InvalidState, match=words):
            correct(world, right_day, period)
        assert before == world.maria.firm.audit()

    @pytest.mark.parametrize(
        "given",
        [
            {"reason": "\u200b"},
            {"period": date(2016, 3, 3)},
            {"right_day": datetime(2006, 3, 3)},
            {"right_day": "2006-03-03"},
            {"right_day": date.min},
            {"right_day": date.max},
        ],
    )
    def test_malformed(self, world: World, given: dict[str, object]) -> None:
        """Before anything else is looked at."""
        stated: dict[str, object] = {"period": WRONG, "right_day": date(2006, 3, 3), "reason": WHY, **given}
        with pytest.raises(InvalidInput):
            world.sam.accounts.correct_booking_days("nobody", **stated)  # type: ignore[arg-type]

    def test_by_a_manager_alone(self, world: World) -> None:
        """A Supervisor may not; for a Worker the client is not there."""
        spoil(world)
        for desk, error in ((world.sam, NotPermitted), (world.cleo, NotPermitted), (world.lee, NotFound)):
            with pytest.raises(error):
                desk.accounts.correct_booking_days(world.acme.id, WRONG, right_day=date(2006, 3, 3), reason=WHY)

    def test_far_days(self, world: World) -> None:
        """The ends of the calendar are no exception to anything."""
        spoil(world)
        whole = Period(date(1000, 1, 1), date(9990, 12, 31))
        before = state_of(world)
        correct(world, date(1000, 1, 1), whole)
        assert before == state_of(world)
        assert () == world.billing.verify().findings


@frozen
class Day:
    """What is booked on one day: by how much the clock is wrong, and the dollars of each adjustment."""

    wrong_by: int
    dollars: tuple[int, ...]


DAYS = st.lists(
    st.builds(
        Day,
        st.sampled_from([0, 0, 3653, 40]),
        st.lists(st.integers(-99, 99).filter(bool), min_size=1, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


@given(DAYS)
@settings(max_examples=40)
def test_as_if_the_clock_had_been_right(days: list[Day]) -> None:
    """However often the clock is wrong, with the days set right every statement opens and closes as in books whose
    clock was right, and no entry of before has changed."""
    wrong, right = new_world(UNLIMITED, now=NOON), new_world(UNLIMITED, now=NOON)
    for number, day in enumerate(days):
        now = utc(2006, 3, 2, 15) + timedelta(days=number)
        for world, ahead in ((wrong, day.wrong_by), (right, 0)):
            world.clock.set(now + timedelta(days=ahead))
            for dollars in day.dollars:
                world.maria.accounts.adjust(world.acme.id, usd(dollars))
            world.clock.set(now + timedelta(hours=1))
        if day.wrong_by:
            entries = wrong.maria.accounts.entries(wrong.acme.id)
            there = (now + timedelta(days=day.wrong_by)).date()
            correct(wrong, now.date(), Period(there, there))
            assert entries == wrong.maria.accounts.entries(wrong.acme.id)[: len(entries)]
    for first, last in _periods():
        period = Period(first, last)
        one, other = (world.maria.accounts.statement(world.acme.id, period) for world in (wrong, right))
        assert (other.opening, other.closing) == (one.opening, one.closing)
        assert one.opening + Money.total([row.amount for row in one.rows], "USD") == one.closing
        if period.last < date(2006, 4, 10):
            assert booked(other) == booked(one)
    assert () == wrong.billing.verify().findings


def _periods() -> Iterator[tuple[date, date]]:
    days = [date(2006, 3, 1) + timedelta(days=many) for many in range(12)]
    yield from ((first, last) for first in days for last in days if first <= last)
    yield from ((first, date(2020, 1, 1)) for first in days)


@pytest.mark.parametrize("now", [datetime(2026, 3, 2, 12), "noon", None])
def test_a_clock_that_gives_no_instant(now: object) -> None:
    """Nothing is booked by it, and no firm is made."""

    class HostsClock:
        def now(self) -> Any:
            return now

    with pytest.raises(InvalidInput, match="The clock must give an instant, as datetime"):
        Billing.in_memory(Firm(name="N", currency="USD", timezone="UTC"), clock=HostsClock())


def test_a_clock_of_another_zone() -> None:
    """The instant is the same, also in the hour that the clock of the zone shows twice."""

    class HostsClock:
        def now(self) -> datetime:
            return datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York"))

    billing = Billing.in_memory(Firm(name="N", currency="USD", timezone="UTC"), clock=HostsClock())
    [record] = billing.as_owner().firm.audit()
    assert (utc(2026, 11, 1, 6, 30), UTC) == (record.at, record.at.tzinfo)
