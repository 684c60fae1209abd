"""Standing, statements, adjustments and refills by hand."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from invoicecore import (
    Deposit,
    EntryKind,
    EntrySource,
    Money,
    NamedRef,
    OnVoid,
    Overpayment,
    Period,
    Statement,
    utc,
)
from invoicecore.errors import CurrencyMismatch, InvalidInput, InvalidState, NotPermitted
from invoicecore.values.inputs import duration
from tests.books import books
from tests.world import NOON, World, hourly, terms, usd


def hours(given: int | str) -> timedelta:
    return duration("hours", given)


MARCH, APRIL = Period.month(2026, 3), Period.month(2026, 4)


class TestStanding:
    @pytest.mark.req("A41", "A42", "A46")
    def test_it_says_all_that_follows_from_the_account(self, world: World) -> None:
        """After three days of work and $400 of the refill: −$800, of which $600 is still asked for."""
        for _ in range(3):
            world.log(8)
        [refill] = world.maria.invoices.of(world.acme.id)
        world.maria.payments.record(refill.id, usd(400))
        standing = world.maria.accounts.standing(world.acme.id)
        assert world.acme.id == standing.client_id
        assert usd(-800) == standing.balance
        assert usd(0) == standing.utilization_base  # one block above the refill balance
        assert Fraction(4, 5) == standing.utilization
        assert usd(600) == standing.outstanding
        assert usd(-200) == standing.projected_balance
        assert usd(0) == standing.credit
        assert (usd(1200), usd(0)) == (standing.unbilled, standing.shortfall)
        assert not standing.stopped
        assert not standing.refill_due
        assert terms() == standing.terms

    @pytest.mark.req("A42")
    def test_utilization_is_an_exact_ratio_and_not_clamped(self, world: World) -> None:
        """A third of the way at −$333.33…, past the end at −$1,200, before the start after a credit."""

        def utilization() -> Fraction | None:
            return world.maria.accounts.standing(world.acme.id).utilization

        world.log("6.6666")  # $333.33
        assert Fraction(33333, 100000) == utilization()
        world.maria.accounts.adjust(world.acme.id, usd("-866.67"), reason="Old system")
        assert Fraction(12, 10) == utilization()
        world.maria.accounts.adjust(world.acme.id, usd(1450), reason="Discount")
        assert Fraction(-25, 100) == utilization()

    def test_credit_lies_in_the_balance(self, world: World) -> None:
        """A payment of $1,500 for an invoice of $1,000 leaves $500 of credit."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(invoice.id, usd(1500), overpayment=Overpayment.TO_CREDIT)
        standing = world.maria.accounts.standing(world.acme.id)
        assert (usd(1500), usd(500), usd(0)) == (standing.balance, standing.credit, standing.outstanding)

    def test_an_invoice_by_itself_moves_no_balance(self, world: World) -> None:
        """It asks; what does not deposit is not even counted as asked for."""
        world.maria.invoices.manual(world.acme.id, usd(300), deposit=Deposit.TO_BALANCE)
        world.maria.invoices.manual(world.acme.id, usd(70), deposit=Deposit.NOT_DEPOSITED)
        standing = world.maria.accounts.standing(world.acme.id)
        assert (usd(0), usd(300), usd(300)) == (standing.balance, standing.outstanding, standing.projected_balance)


class TestAdjust:
    @pytest.mark.req("A52")
    def test_plus_credits_and_minus_takes_away(self, world: World) -> None:
        """+$500 and then −$200 leave $300."""
        assert usd(500) == world.maria.accounts.adjust(world.acme.id, usd(500), reason="Goodwill").balance
        assert usd(300) == world.maria.accounts.adjust(world.acme.id, usd(-200), reason="Mistake").balance
        rows = world.maria.accounts.statement(world.acme.id).rows
        assert [
            (EntryKind.ADJUSTMENT, usd(500), usd(500), "Goodwill"),
            (EntryKind.ADJUSTMENT, usd(-200), usd(300), "Mistake"),
        ] == [(row.kind, row.amount, row.balance, row.note) for row in rows]
        assert 2 == len({row.cause for row in rows})

    def test_a_reason_is_optional(self, world: World) -> None:
        """An adjustment without one is in the ledger with an empty note; blanks are none."""
        world.maria.accounts.adjust(world.acme.id, usd(500))
        world.maria.accounts.adjust(world.acme.id, usd(-200), reason="  ")
        rows = world.maria.accounts.statement(world.acme.id).rows
        assert [(usd(500), ""), (usd(-200), "")] == [(row.amount, row.note) for row in rows]

    def test_it_needs_an_amount(self, world: World) -> None:
        """Zero moves nothing, a number is no money, and None is no text."""
        wrong: list[tuple[Any, Any]] = [
            (usd(1), None),
            (usd(0), "Why"),
            (500, "Why"),
            ("500", "Why"),
            (None, "Why"),
        ]
        before = books(world.storage, world.billing.firm_id)
        for amount, reason in wrong:
            with pytest.raises(InvalidInput):
                world.maria.accounts.adjust(world.acme.id, amount, reason=reason)
        with pytest.raises(CurrencyMismatch):
            world.maria.accounts.adjust(world.acme.id, Money.of(1, "EUR"), reason="Why")
        assert before == books(world.storage, world.billing.firm_id)


@pytest.fixture
def quarter(world: World) -> World:
    """Work in March and April, some of it booked later than it was done, and a payment."""
    world.lee.work.log(world.site.id, day=date(2026, 2, 27), hours=8)  # booked on 2 March
    world.clock.set(utc(2026, 4, 1, 4, 30))  # 31 March, 23:30 in Chicago
    world.log(4)
    world.clock.set(utc(2026, 4, 1, 5, 30))  # 1 April, 00:30 in Chicago
    world.lee.work.log(world.site.id, day=date(2026, 3, 31), hours=2)
    invoice = world.maria.invoices.manual(world.acme.id, usd(900), deposit=Deposit.TO_BALANCE)
    world.maria.payments.record(invoice.id, usd(900), reference="TX-1", received_on=date(2026, 3, 30))
    return world


def lines(statement: Statement) -> list[tuple[str, str, EntryKind, int, int]]:
    """Booked on, day of the work, why, amount and balance in cents."""
    return [
        (str(row.booked_on), str(row.work_day), row.kind, row.amount.minor, row.balance.minor) for row in statement.rows
    ]


class TestStatement:
    @pytest.mark.req("A51")
    def test_it_lists_what_moved_the_balance_in_a_period(self, quarter: World) -> None:
        """By the firm's day of the booking; each row also shows the day of the work or the receipt."""
        march = quarter.maria.accounts.statement(quarter.acme.id, MARCH)
        assert [
            ("2026-03-02", "2026-02-27", EntryKind.WORK, -400_00, -400_00),
            ("2026-03-31", "2026-03-31", EntryKind.WORK, -200_00, -600_00),
        ] == lines(march)
        april = quarter.maria.accounts.statement(quarter.acme.id, APRIL)
        assert [
            ("2026-04-01", "2026-03-31", EntryKind.WORK, -100_00, -700_00),
            ("2026-04-01", "2026-03-30", EntryKind.PAYMENT, 900_00, 200_00),
        ] == lines(april)
        assert "TX-1" == april.rows[-1].note

    @pytest.mark.req("A51")
    def test_one_closes_where_the_next_opens(self, quarter: World) -> None:
        """Before the first booking it is zero, after the last one the balance; in between nothing is lost."""
        statement = quarter.maria.accounts.statement
        february, march, april, may = (statement(quarter.acme.id, Period.month(2026, month)) for month in (2, 3, 4, 5))
        assert [usd(0), usd(0), usd(-600), usd(200)] == [it.opening for it in (february, march, april, may)]
        assert [usd(0), usd(-600), usd(200), usd(200)] == [it.closing for it in (february, march, april, may)]
        assert ((), ()) == (february.rows, may.rows)
        for one in (february, march, april, may):
            assert one.closing == one.opening + Money.total((row.amount for row in one.rows), "USD")

    def test_without_a_period_it_is_everything(self, quarter: World) -> None:
        """From zero to the balance."""
        everything = quarter.maria.accounts.statement(quarter.acme.id)
        assert (None, usd(0), usd(200), 4) == (
            everything.period,
            everything.opening,
            everything.closing,
            len(everything.rows),
        )
        assert [1, 2, 3, 4] == [row.sequence for row in everything.rows]

    @pytest.mark.req("A7")
    def test_the_firms_zone_decides(self, quarter: World) -> None:
        """What is booked at 04:30 on 1 May belongs to April in Chicago, and to May once the zone is UTC."""
        maria, acme = quarter.maria, quarter.acme.id
        quarter.clock.set(utc(2026, 5, 1, 4, 30))
        maria.accounts.adjust(acme, usd(1), reason="In Chicago")
        maria.firm.change(timezone="UTC")
        quarter.clock.advance(timedelta(microseconds=1))
        maria.accounts.adjust(acme, usd(2), reason="In London")
        april, may = (maria.accounts.statement(acme, Period.month(2026, month)) for month in (4, 5))
        assert (date(2026, 4, 30), "In Chicago") == (april.rows[-1].booked_on, april.rows[-1].note)
        assert [(date(2026, 5, 1), "In London")] == [(row.booked_on, row.note) for row in may.rows]
        assert april.closing == may.opening

    @pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Paris"])
    def test_a_past_period_stays(self, quarter: World, zone: str) -> None:
        """Whatever happens afterwards: late work and receipts, corrections, voids, and another zone of the firm."""
        maria, acme = quarter.maria, quarter.acme.id
        days = [Period(day, day) for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2))]

        def told() -> list[object]:
            pages = [maria.pages.transactions(acme, period=period) for period in (MARCH, *days)]
            statements = [maria.accounts.statement(acme, period) for period in (MARCH, *days)]
            return [*statements, *([row.movement for row in page.rows] for page in pages)]

        before = told()
        quarter.clock.set(utc(2026, 4, 20, 4, 30))
        quarter.log(2, start=utc(2026, 3, 9, 15))
        one = maria.invoices.manual(acme, usd(70), deposit=Deposit.TO_BALANCE).id
        maria.payments.record(one, received_on=date(2026, 3, 30))
        for session in maria.work.sessions(client_id=acme)[:1]:
            maria.work.edit(session.id, hours=7)
        maria.invoices.void(one, note="Asked twice", payments=OnVoid.REVERSE)
        assert before == told()
        for step in (zone, "America/Chicago", zone):
            quarter.clock.advance(timedelta(minutes=1))
            maria.firm.change(timezone=step)
            quarter.log(1, start=utc(2026, 3, 9, 15))
            assert before == told()
        rows = maria.accounts.statement(acme).rows
        assert [row.booked_on for row in rows] == sorted(row.booked_on for row in rows)
        months = [maria.accounts.statement(acme, Period.month(2026, month)).rows for month in range(1, 7)]
        assert rows == tuple(row for month in months for row in month)

    def test_another_clients_movements_are_not_in_it(self, quarter: World) -> None:
        """Each client has a ledger of their own."""
        other = quarter.client("Globex")
        quarter.log(1, quarter.project(other))
        assert 1 == len(quarter.maria.accounts.statement(other.id).rows)
        assert 4 == len(quarter.maria.accounts.statement(quarter.acme.id).rows)

    @pytest.mark.req("A21")
    def test_the_contact_reads_it(self, quarter: World) -> None:
        """As the Manager does; a supervisor does not."""
        assert quarter.maria.accounts.statement(quarter.acme.id) == quarter.cleo.accounts.statement(quarter.acme.id)
        with pytest.raises(NotPermitted):
            quarter.sam.accounts.statement(quarter.acme.id)

    def test_a_period_is_a_period(self, world: World) -> None:
        """A month as a text is none."""
        wrong: Any = "2026-03"
        with pytest.raises(InvalidInput):
            world.maria.accounts.statement(world.acme.id, wrong)

    def test_a_clock_that_steps_back_keeps_the_booking_order(self, world: World) -> None:
        """What is booked next stands next, at the same instant as the one before."""
        world.log(8)
        world.clock.advance(-timedelta(hours=20))
        world.log(4)
        rows = world.maria.accounts.statement(world.acme.id).rows
        assert [(1, NOON, usd(-400)), (2, NOON, usd(-600))] == [
            (row.sequence, row.booked_at, row.balance) for row in rows
        ]
        assert usd(-600) == world.maria.accounts.statement(world.acme.id, MARCH).closing


class TestWhatAnEntryStoodFor:
    def test_each_row_says_what_it_was_booked_for(self, world: World) -> None:
        """2 h, then 8 h on the shop by Maria at $80, then taken away: five rows, each with its own time, rate, note,
        project and person, on the page and on paper."""
        shop = world.project(name="Shop", rate="80")
        id = world.lee.work.log(world.site.id, start=NOON, hours=2, note="Menu").id
        maria = world.maria
        maria.work.edit(id, hours=8, project_id=shop.id, person_id=maria.person_id, note="Cart")
        maria.work.edit(id, note="Basket", start=NOON - timedelta(hours=1))  # moves no money
        maria.work.delete(id)
        rows = maria.pages.transactions(world.acme.id).rows
        menu = ("Website", "Lee", hours("2"), hourly(50), "Menu")
        cart = ("Shop", "Maria", hours("8"), hourly(80), "Cart")
        basket = ("Shop", "Maria", hours("8"), hourly(80), "Basket")
        assert [(usd(-100), *menu), (usd(100), *menu), (usd(-640), *cart), (usd(640), *basket)] == [
            (
                row.movement.amount,
                named(row.cause.project),
                named(row.cause.person),
                row.cause.duration,
                row.cause.rate,
                row.cause.note,
            )
            for row in rows
        ]
        assert tuple(row.cause for row in rows) == maria.accounts.printable_statement(world.acme.id).causes

    def test_the_invoice_stands_beside_what_it_bills(self, world: World) -> None:
        """Of the rows of a session, the one that it costs now names the invoice that holds it."""
        id = world.log(2)
        world.maria.work.edit(id, hours=8)
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        rows = world.maria.pages.transactions(world.acme.id).rows
        assert [None, None, invoice.number] == [named(row.cause.invoice) for row in rows]


def named(it: NamedRef | None) -> str | None:
    return None if it is None else it.name


class TestStatementPaper:
    def test_what_caused_each_row(self, world: World) -> None:
        """Of work the project, who, how long, what an hour costs and the note; of money how it came and what for."""
        world.maria.work.log(world.site.id, start=NOON, hours="1.5", note="Wireframes")
        bill = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
        fee = world.maria.invoices.manual(world.acme.id, usd(30), deposit=Deposit.NOT_DEPOSITED)
        world.maria.payments.record(
            bill.id, usd(120), method="wire", reference="TX-1", overpayment=Overpayment.TO_CREDIT
        )
        world.maria.payments.apply_credit(fee.id)
        world.maria.accounts.adjust(world.acme.id, usd(5), reason="Goodwill")
        paper = world.maria.accounts.printable_statement(world.acme.id, MARCH)
        assert (
            EntrySource(
                project=NamedRef(world.site.id, "Website"),
                person=NamedRef(world.maria.person_id, "Maria"),
                duration=hours("1.5"),
                rate=hourly(50),
                note="Wireframes",
            ),
            EntrySource(invoice=NamedRef(bill.id, "INV-2026-0001"), method="wire", reference="TX-1"),
            EntrySource(invoice=NamedRef(fee.id, "INV-2026-0002"), method="wire", reference="TX-1"),
            EntrySource(),
        ) == paper.causes
        assert "Goodwill" == paper.statement.rows[-1].note
        assert paper.rows == tuple(zip(paper.statement.rows, paper.causes, strict=True))

    def test_it_is_the_statement(self, world: World) -> None:
        """Of each month and of all of them, whole however long, with the causes that the pages show."""
        world.maria.clients.set_terms(world.acme.id, terms(allowed=None, refill_at=None))
        for moment in (NOON, utc(2026, 4, 2, 18)):
            world.clock.set(moment)
            world.log(1)
            for _ in range(60):
                world.maria.accounts.adjust(world.acme.id, usd(1), reason="Goodwill")
        for period, length in ((MARCH, 61), (APRIL, 61), (Period.month(2026, 5), 0), (None, 122)):
            paper = world.maria.accounts.printable_statement(world.acme.id, period)
            assert paper.statement == world.maria.accounts.statement(world.acme.id, period)
            shown = world.maria.pages.transactions(world.acme.id, period=period, limit=1000).rows
            assert (tuple(row.cause for row in shown), length) == (paper.causes, len(paper.causes))
        beta = world.maria.clients.add(name="Beta", terms=terms())
        assert () == world.maria.accounts.printable_statement(beta.id).rows

    def test_the_head(self, world: World) -> None:
        """As things are called now, on the firm's day."""
        world.maria.firm.change(name="Southwind", tax_id="DE 1")
        paper = world.maria.accounts.printable_statement(world.acme.id)
        head = paper.parties
        assert ("Southwind", "DE 1", "Acme", ()) == (head.firm_name, head.tax_id, head.client_name, head.names)
        assert (date(2026, 3, 2), None) == (paper.issued_on, paper.logo)

    @pytest.mark.req("A21")
    def test_the_contact_reads_it(self, world: World) -> None:
        """As the Manager does; a supervisor does not."""
        world.log(1)
        read = world.cleo.accounts.printable_statement
        assert world.maria.accounts.printable_statement(world.acme.id) == read(world.acme.id)
        with pytest.raises(NotPermitted):
            world.sam.accounts.printable_statement(world.acme.id)

    def test_a_period_is_a_period(self, world: World) -> None:
        """A month as a text is none."""
        wrong: Any = "2026-03"
        with pytest.raises(InvalidInput):
            world.maria.accounts.printable_statement(world.acme.id, wrong)


class TestEntries:
    def test_everyone_is_signed(self, world: World) -> None:
        """An entry says by whom and when it was booked."""
        world.log(8)
        [entry] = world.maria.accounts.entries(world.acme.id)
        assert (world.lee.person_id, NOON) == (entry.by, entry.booked_at)


class TestAskRefill:
    def test_what_is_not_due_is_not_asked_for(self, world: World) -> None:
        """Neither above the refill balance, nor twice, nor where there is no refill."""
        with pytest.raises(InvalidState, match="above the refill balance"):
            world.maria.accounts.request_refill(world.acme.id)
        world.log(20)
        with pytest.raises(InvalidState, match=r"everything asked for is 0\.00 USD"):
            world.maria.accounts.request_refill(world.acme.id)
        with pytest.raises(InvalidState, match="no refill is set"):
            world.maria.accounts.request_refill(world.client().id)
