"""The pages of unbilled work, aging, forecast and explanation."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Debt, Deposit, EntryKind, Money, OnVoid, Overpayment, Period, Role, Status, utc
from invoicecore.desk.generic_queries import GenericQueries
from invoicecore.errors import InvoicecoreError, NotFound
from invoicecore.ports.store import Storage
from invoicecore.queries.explain import ExplanationData
from invoicecore.values.ids import ClientId
from tests.world import UNLIMITED, World, new_world, terms, usd

MARCH = Period.month(2026, 3)
DAY = date(2026, 3, 2)
NOTHING = usd(0)


@pytest.fixture
def any_world(empty_storage: Storage) -> World:
    """The firm on every store; Acme may owe as much as it likes."""
    return new_world(UNLIMITED, empty_storage)


def limited(world: World) -> str:
    """The id of a contact of Acme who is limited to the website."""
    lia = world.maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
    return lia.id


class TestUnbilled:
    """The work and the charges that no invoice holds."""

    def test_project_by_project(self) -> None:
        """Free work, work that was taken away and work that an invoice holds are left out; drafts hold nothing.

        On the website 2 h and 3 h at $50 are free to be billed; of the shop's 1 h and 4 h, 1 h is on an invoice.
        """
        world = new_world(UNLIMITED)
        maria, shop = world.maria, world.project(name="Shop")
        beta = world.client("Beta")
        app = world.project(beta, "App", "10")
        world.log(2)
        world.log(3, start=utc(2026, 3, 3, 15))
        world.sam.work.log(world.site.id, start=utc(2026, 3, 4, 12), hours=9, billable=False)
        maria.work.delete(world.log(7, start=utc(2026, 3, 5, 15)))
        world.log(1, shop, start=utc(2026, 3, 6, 15))
        maria.invoices.generate(maria.invoices.draft(world.acme.id, MARCH, projects=[shop.id]).id)
        world.log(4, shop, start=utc(2026, 3, 7, 15))
        world.log("0.5", app)
        maria.invoices.draft(world.acme.id, MARCH)
        assert [
            ("Acme", "Shop", 1, timedelta(hours=4), usd(200)),
            ("Acme", "Website", 2, timedelta(hours=5), usd(250)),
            ("Beta", "App", 1, timedelta(minutes=30), usd(5)),
        ] == [
            (it.client.name, it.project and it.project.name, it.sessions, it.time, it.amount)
            for it in maria.pages.unbilled().rows
        ]
        assert ["App"] == [it.project and it.project.name for it in maria.pages.unbilled(client_id=beta.id).rows]

    def test_it_is_what_a_time_invoice_takes(self) -> None:
        """The amounts of a client's projects add up to the total of a draft over all time."""
        world = new_world(UNLIMITED)
        world.log("1.25")
        world.log("2.5", world.project(name="Shop", rate="33.33"), start=utc(2026, 3, 3, 15))
        draft = world.maria.invoices.draft(world.acme.id, Period.year(2026)).invoice
        rows = world.maria.pages.unbilled(client_id=world.acme.id).rows
        assert draft.total == Money.total((row.amount for row in rows), "USD")
        world.maria.invoices.generate(draft.id)
        assert () == world.maria.pages.unbilled().rows

    def test_charges_count_as_work_does(self, any_world: World) -> None:
        """Each kind by itself, with a project or without one; the rows add up to what is unbilled of the account."""
        world, maria = any_world, any_world.maria
        world.log(2)
        maria.charges.expense(world.acme.id, DAY, price=usd(80), project_id=world.site.id)
        maria.charges.expense(world.acme.id, DAY)
        maria.charges.fee(world.acme.id, DAY, usd(500))
        maria.charges.allow(world.acme.id, amount=usd(30))
        maria.charges.fee(world.client("Beta").id, DAY, usd(7))
        rows = maria.pages.unbilled().rows
        assert [
            ("Acme", None, 0, usd(0), usd(0), usd(500), usd(-30), usd(470)),
            ("Acme", "Website", 1, usd(100), usd(80), usd(0), usd(0), usd(180)),
            ("Beta", None, 0, usd(0), usd(0), usd(7), usd(0), usd(7)),
        ] == [
            (
                it.client.name,
                it.project and it.project.name,
                it.sessions,
                it.work,
                it.expenses,
                it.fees,
                it.discounts,
                it.amount,
            )
            for it in rows
        ]
        first = maria.pages.unbilled(limit=1)
        assert rows == (*first.rows, *maria.pages.unbilled(after=first.next_cursor).rows)
        assert usd(650) == maria.accounts.standing(world.acme.id).unbilled
        lia = world.billing.acting_as(limited(world))
        assert [usd(180)] == [it.amount for it in lia.pages.unbilled().rows]
        maria.invoices.generate(maria.invoices.draft(world.acme.id, MARCH).id)
        assert ["Beta"] == [it.client.name for it in maria.pages.unbilled().rows]

    def test_contacts_see_their_own(self) -> None:
        """A contact sees their client's, one who is limited that of their projects."""
        world = new_world(UNLIMITED)
        world.log(1)
        world.log(1, world.project(name="Shop"), start=utc(2026, 3, 3, 15))
        world.log(1, world.project(world.client("Beta"), "App"), start=utc(2026, 3, 4, 15))
        assert ["Shop", "Website"] == [it.project and it.project.name for it in world.cleo.pages.unbilled().rows]
        lia = world.billing.acting_as(limited(world))
        assert ["Website"] == [it.project and it.project.name for it in lia.pages.unbilled().rows]


def bill(world: World, amount: int, day: date, client: str | None = None) -> str:
    """The id of an invoice that is issued on a day, and due two weeks later."""
    world.clock.set(utc(day.year, day.month, day.day, 18))
    return world.maria.invoices.manual(client or world.acme.id, usd(amount), deposit=Deposit.NOT_DEPOSITED).id


def owed(world: World, *days: int) -> list[int | None]:
    """All that is owed as of days of March 2026, in dollars; None if nothing is."""
    pages = [world.maria.pages.aging(as_of=date(2026, 3, day)) for day in days]
    return [sum(it.minor for it in page.totals[0]) // 100 if page.totals else None for page in pages]


@frozen
class Later:
    """Something that is done to an invoice of $100 on 21 March, and what is owed then. `needs` is done on 2 March."""

    later: int
    done: Callable[[World, str], object]
    needs: Callable[[World, str], object] | None = None


def received(world: World, one: str, dollars: int, on: date | None = None) -> str:
    """The id of a payment of an invoice."""
    return world.maria.payments.record(one, usd(dollars), received_on=on).payment.id


def latest(world: World) -> str:
    """The id of the latest payment."""
    return world.maria.payments.of(world.acme.id)[-1].id


CHANGES: dict[str, Later] = {
    "issued": Later(105, lambda world, one: bill(world, 5, date(2026, 3, 21))),
    "voided": Later(0, lambda world, one: world.maria.invoices.void(one, note="Asked twice")),
    "voided after a payment": Later(
        0,
        lambda world, one: world.maria.invoices.void(one, note="Asked twice"),
        lambda world, one: received(world, one, 40),
    ),
    "voided, paid back": Later(
        0,
        lambda world, one: world.maria.invoices.void(one, note="Asked twice", payments=OnVoid.REVERSE),
        lambda world, one: received(world, one, 100),
    ),
    "voided before a receipt": Later(
        0,
        lambda world, one: world.maria.invoices.void(one, note="Asked twice"),
        lambda world, one: received(world, one, 40, date(2026, 4, 1)),
    ),
    "written off": Later(0, lambda world, one: world.maria.invoices.set_uncollectible(one)),
    "forgiven": Later(0, lambda world, one: world.maria.invoices.set_uncollectible(one, debt=Debt.FORGIVE)),
    "hoped for again": Later(
        100,
        lambda world, one: world.maria.invoices.set_due(one),
        lambda world, one: world.maria.invoices.set_uncollectible(one),
    ),
    "paid though written off": Later(
        0,
        lambda world, one: received(world, one, 30),
        lambda world, one: world.maria.invoices.set_uncollectible(one),
    ),
    "reverted": Later(0, lambda world, one: world.maria.invoices.revert(one)),
    "overdue": Later(100, lambda world, one: world.maria.invoices.sweep_overdue(date(2026, 3, 21))),
    "paid": Later(0, lambda world, one: world.maria.invoices.set_paid(one)),
    "paid in part, received before": Later(60, lambda world, one: received(world, one, 40, date(2026, 3, 9))),
    "paid in part, received later": Later(100, lambda world, one: received(world, one, 40, date(2026, 3, 22))),
    "credit applied": Later(53, lambda world, one: world.maria.payments.apply_credit(one)),
    "credit taken back": Later(
        100,
        lambda world, one: world.maria.payments.reverse(
            world.maria.payments.of(world.acme.id)[0].id, note="Bounced", amount=usd(47)
        ),
        lambda world, one: world.maria.payments.apply_credit(one),
    ),
    "a payment taken back": Later(
        100,
        lambda world, one: world.maria.payments.reverse(latest(world), note="Bounced"),
        lambda world, one: received(world, one, 100),
    ),
    "a part taken back": Later(
        25,
        lambda world, one: world.maria.payments.reverse(latest(world), note="Bounced", amount=usd(25)),
        lambda world, one: received(world, one, 100),
    ),
}
"""What can be done to an invoice after a day."""


class TestAging:
    """What is owed as of a day, by how late it is."""

    def test_by_how_late_it_is(self) -> None:
        """On 30 June: due 30 June, 31 May (30 days), 1 May (60 days), 1 April (90 days) and 31 March (91 days)."""
        world = new_world(UNLIMITED)
        for place, day in enumerate(
            [date(2026, 3, 17), date(2026, 3, 18), date(2026, 4, 17), date(2026, 5, 17), date(2026, 6, 16)]
        ):
            bill(world, 10 ** (4 - place), day)
        page = world.maria.pages.aging(as_of=date(2026, 6, 30))
        assert ((usd(1), usd(10), usd(100), usd(1000), usd(10000)),) == page.totals
        [row] = page.clients.rows
        assert ("Acme", page.totals[0], usd(11111)) == (row.client.name, row.amounts, row.total)

    def test_what_is_not_owed(self) -> None:
        """Void, written off, paid, a draft, and what is issued later ask for nothing; of the rest, what is not paid
        yet: $70 of $100."""
        world = new_world(UNLIMITED)
        maria = world.maria
        void, lost, paid, part = (bill(world, 100, date(2026, 3, 2)) for _ in range(4))
        world.log(1)
        maria.invoices.draft(world.acme.id, MARCH)
        maria.invoices.void(void, note="Asked twice.")
        maria.invoices.set_uncollectible(lost)
        maria.payments.record(paid)
        maria.payments.record(part, usd(30))
        reverted = bill(world, 100, date(2026, 3, 2))
        maria.invoices.revert(reverted)
        bill(world, 100, date(2026, 3, 20))
        assert ((usd(70), *[NOTHING] * 4),) == maria.pages.aging(as_of=date(2026, 3, 16)).totals
        assert ((usd(100), usd(70), *[NOTHING] * 3),) == maria.pages.aging(as_of=date(2026, 3, 20)).totals

    def test_as_of_an_earlier_day(self) -> None:
        """Received on 10 March, recorded on the 20th: before the issue nothing was owed, then $100, from the 20th on
        $60; $7 that come on the 25th are owed until then."""
        world = new_world(UNLIMITED)
        one = bill(world, 100, date(2026, 3, 2))
        world.clock.set(utc(2026, 3, 20, 18))
        world.maria.payments.record(one, usd(40), received_on=date(2026, 3, 10))
        world.maria.payments.record(one, usd(7), received_on=date(2026, 3, 25))
        assert [None, 100, 100, 100, 60, 60, 53] == owed(world, 1, 2, 10, 19, 20, 24, 25)
        today = world.maria.pages.aging()
        assert (date(2026, 3, 20), usd(60)) == (today.as_of, today.totals[0][1])

    @pytest.mark.parametrize("what", CHANGES)
    def test_a_past_day_stays(self, what: str) -> None:
        """What was owed on a day is the same whenever it is asked, whatever was done since."""
        world, change = new_world(UNLIMITED), CHANGES[what]
        world.maria.payments.record(bill(world, 3, date(2026, 3, 1)), usd(50), overpayment=Overpayment.TO_CREDIT)
        one = bill(world, 100, date(2026, 3, 2))
        if change.needs is not None:
            change.needs(world, one)
        world.clock.set(utc(2026, 3, 20, 18))
        before = [world.maria.pages.aging(as_of=date(2026, 3, day)) for day in (1, 2, 9, 10, 20)]
        world.clock.set(utc(2026, 3, 21, 18))
        change.done(world, one)
        later = change.later
        assert (later or None) == owed(world, 21)[0]
        world.clock.set(utc(2027, 1, 1))
        assert before == [world.maria.pages.aging(as_of=page.as_of) for page in before]
        assert (later or None) == owed(world, 21)[0]

    def test_generated_anew_it_is_due_anew(self) -> None:
        """A reverted invoice is owed until it is reverted, by its first due date, and from the new issue by the new."""
        world = new_world(UNLIMITED)
        one = bill(world, 100, date(2026, 3, 2))  # due on the 16th
        world.clock.set(utc(2026, 3, 18, 18))
        world.maria.invoices.revert(one)
        world.clock.set(utc(2026, 3, 21, 18))
        world.maria.invoices.generate(one, use_latest=True)  # due on 4 April
        assert [100, None, None, 100] == owed(world, 17, 18, 20, 21)
        pages = [world.maria.pages.aging(as_of=date(2026, 3, day)).totals[0] for day in (17, 21)]
        assert [1, 0] == [[money.minor > 0 for money in page].index(True) for page in pages]

    def test_a_clock_that_steps_back(self) -> None:
        """A day that was over stays as it was, and today shows what was done today."""
        world = new_world(UNLIMITED)
        one, two = (bill(world, 100, date(2026, 3, 10)) for _ in range(2))
        world.maria.invoices.set_due(one)
        world.maria.payments.record(two)
        world.clock.set(utc(2026, 3, 9, 18))
        assert 100 == owed(world, 9)[0]
        world.maria.invoices.void(one, note="Asked twice")
        assert None is owed(world, 9)[0]
        world.clock.set(utc(2026, 3, 11, 18))
        assert [None, None] == owed(world, 9, 10)

    def test_currencies_and_clients(self) -> None:
        """Totals are told for each currency, and clients by name; who owes nothing is not listed."""
        world = new_world(UNLIMITED)
        maria = world.maria
        maria.payments.record(bill(world, 7, date(2026, 3, 2), world.client("Even").id))
        beta, yen = world.client("Beta"), maria.clients.add(name="Chiyo", terms=UNLIMITED, currency="JPY")
        bill(world, 5, date(2026, 3, 2), beta.id)
        bill(world, 3, date(2026, 3, 2))
        maria.invoices.manual(yen.id, Money.of(900, "JPY"), deposit=Deposit.TO_BALANCE)
        page = maria.pages.aging()
        assert ["Acme", "Beta", "Chiyo"] == [row.client.name for row in page.clients.rows]
        assert [Money.of(900, "JPY"), usd(8)] == [total[0] for total in page.totals]
        first = maria.pages.aging(limit=1)
        assert (page.totals, ["Acme"]) == (first.totals, [row.client.name for row in first.clients.rows])
        only = maria.pages.aging(client_id=beta.id)
        assert ([usd(5)], ["Beta"]) == ([it[0] for it in only.totals], [row.client.name for row in only.clients.rows])

    def test_for_those_who_see_client_wide_money(self) -> None:
        """A contact is told of their client; one who is limited of nobody, and by the client's id of no account."""
        world = new_world(UNLIMITED)
        bill(world, 5, date(2026, 3, 2), world.client("Beta").id)
        bill(world, 3, date(2026, 3, 2))
        assert [usd(3)] == [total[0] for total in world.cleo.pages.aging().totals]
        lia = world.billing.acting_as(limited(world)).pages
        assert ((), ()) == (lia.aging().totals, lia.aging().clients.rows)
        with pytest.raises(NotFound, match="account of client"):
            lia.aging(client_id=world.acme.id)


class TestOutlook:
    """When it will stop, from the work of the last four weeks."""

    def test_from_the_last_four_weeks(self) -> None:
        """On 30 March the window is 2 to 29 March in Chicago. 8 h on the 2nd and 20 h in all count, $1,400 with what
        was taken away left out, as are 1 h on the 1st and 1 h today: $50 a day, and a balance of −$1,500."""
        world = new_world(terms(allowed="-2500", refill_at="-2000"))
        world.log(8, start=utc(2026, 3, 2, 6))  # the first instant of the window, midnight in Chicago
        world.log(20, start=utc(2026, 3, 16, 15))
        world.log(1, start=utc(2026, 3, 2, 5))
        world.maria.work.delete(world.log(5, start=utc(2026, 3, 17, 15)))
        world.clock.set(utc(2026, 3, 30, 15))
        world.log(1)
        it = world.maria.pages.forecast(world.acme.id)
        assert (Period(date(2026, 3, 2), date(2026, 3, 29)), usd(1400)) == (it.window, it.worked)
        assert (usd(-1500), Fraction(5000)) == (it.balance, it.pace)
        assert (date(2026, 4, 9), date(2026, 4, 19)) == (it.refill_on, it.stops_on)  # 10 and 20 days on
        assert it == world.cleo.pages.forecast(world.acme.id)

    def test_days_are_the_firms(self) -> None:
        """An evening of 29 March in Chicago is 30 March in UTC; it is part of the window all the same."""
        world = new_world(UNLIMITED)
        world.log(1, start=utc(2026, 3, 30, 4))  # 23:00 of the 29th, by summer time
        world.log(1, start=utc(2026, 3, 30, 5))  # midnight: the 30th
        world.clock.set(utc(2026, 3, 30, 15))
        assert usd(50) == world.maria.pages.forecast(world.acme.id).worked


class TestExplain:
    """Why balance, utilization, stop and refill are what they are."""

    def test_a_story(self) -> None:
        """Acme pays $1,000 ahead, of which $100 go back; works for $2,100, of which $50 are taken away; and is given
        $20. That leaves −$1,230, above the stop. $200 of the first invoice and a refill of $1,000 are asked for."""
        world = new_world(UNLIMITED)
        maria, acme = world.maria, world.acme.id
        ahead = maria.invoices.manual(acme, usd(1000), deposit=Deposit.TO_BALANCE)
        payment = maria.payments.record(ahead.id, usd(900)).payment
        maria.payments.reverse(payment.id, note="Mistyped.", amount=usd(100))
        maria.clients.set_terms(acme, terms())
        world.log(20)
        world.log(21, start=utc(2026, 3, 3, 15))
        maria.work.delete(world.log(1, start=utc(2026, 3, 4, 15)))
        maria.accounts.adjust(acme, usd(20), reason="Goodwill.")
        it = maria.pages.explain(acme)
        assert [
            (EntryKind.ADJUSTMENT, 1, usd(20)),
            (EntryKind.PAYMENT, 1, usd(900)),
            (EntryKind.PAYMENT_REVERSED, 1, usd(-100)),
            (EntryKind.WORK, 3, usd(-2100)),
            (EntryKind.WORK_REVERSED, 1, usd(50)),
        ] == [(part.kind, part.count, part.amount) for part in it.balance.parts]
        assert usd(-1230) == it.balance.amount
        assert it.utilization.deposit is not None
        assert (usd(900), usd(100), usd(800), usd(-1000)) == (
            it.utilization.deposit.movement.balance,
            it.utilization.taken_back,
            it.utilization.utilization_base,
            it.utilization.refill_at,
        )
        assert Fraction(2030, 1800) == it.utilization.ratio
        assert (False, usd(-1500), None) == (it.stop.stopped, it.stop.allowed_balance, it.stop.stopped_by)
        assert (usd(1200), usd(-30), 0) == (it.refill.outstanding, it.refill.projected_balance, it.refill.blocks_due)
        assert [usd(200), usd(1000)] == [row.amount_due for row in it.refill.invoices]

    @pytest.mark.parametrize(
        ("agreed", "hours", "said"),
        [
            (UNLIMITED, 0, ["no refill balance is set", "Work never stops", "No refill is ever asked for"]),
            (
                terms(),
                16,
                [
                    "now -800.00 USD, has come on its way from 0.00 USD, after the latest payment, down to the refill "
                    "balance of -1000.00 USD",
                    "while the balance, now -800.00 USD, is above the allowed balance of -1500.00 USD",
                    "A refill of 1000.00 USD is asked for when the balance with all that was asked for, now -800.00 "
                    "USD, falls to the refill balance of -1000.00 USD",
                ],
            ),
            (
                terms(refill_at="0"),
                30,
                [
                    "from 1000.00 USD, one block above the refill balance, down to the refill balance of 0.00 USD",
                    "the balance of -1500.00 USD is not above the allowed balance of -1500.00 USD",
                    "now 500.00 USD",
                ],
            ),
        ],
    )
    def test_the_sentences(self, agreed: object, hours: int, said: list[str]) -> None:
        """Each rule is said with the figures of the case."""
        world = new_world(agreed)  # type: ignore[arg-type]
        if hours:
            world.clock.set(utc(2026, 3, 3, 15))
            world.lee.work.log(world.site.id, start=utc(2026, 3, 3, 15), hours=hours, allow_over_24h=True)
        it = world.maria.pages.explain(world.acme.id)
        rules = [str(rule) for rule in (it.utilization.rule, it.stop.rule, it.refill.rule)]
        assert [True] * 3 == [part in rule for part, rule in zip(said, rules, strict=True)], rules

    def test_what_stopped_the_work(self) -> None:
        """The entry that brought the balance down to the allowed one, not a later one; and a payment lifts it."""
        world = new_world(terms(allowed="-100", refill_at=None))
        for hours in (1, 1):
            world.log(hours)
        world.maria.accounts.adjust(world.acme.id, usd(-50), reason="A fee.")
        stop = world.maria.pages.explain(world.acme.id).stop
        assert stop.stopped
        assert stop.stopped_by is not None
        assert (2, usd(-100), date(2026, 3, 2)) == (
            stop.stopped_by.movement.sequence,
            stop.stopped_by.movement.balance,
            stop.stopped_by.movement.booked_on,
        )
        world.maria.accounts.adjust(world.acme.id, usd(51), reason="Half of it.")
        assert world.maria.pages.explain(world.acme.id).stop.stopped_by is None

    def test_a_refill_that_is_due(self) -> None:
        """After a void, one block is due and is not asked for by itself; by hand it is."""
        world = new_world()
        world.log(20)
        [refill] = world.maria.invoices.all()
        assert [refill.id] == [row.id for row in world.maria.pages.explain(world.acme.id).refill.invoices]
        world.maria.invoices.void(refill.id, note="Not now.")
        it = world.maria.pages.explain(world.acme.id).refill
        assert (1, (), usd(0)) == (it.blocks_due, it.invoices, it.outstanding)
        assert "A refill of 1000.00 USD is due" in str(it.rule)

    def test_what_is_covered(self) -> None:
        """$1,200 of work with a refill of $1,000 out: $1,000 is covered; after the invoice and a void of the refill,
        $1,000 is owed and asked for nowhere."""
        world = new_world()
        world.log(24)
        [refill] = world.maria.invoices.all()
        cover = world.maria.pages.explain(world.acme.id).cover
        assert (usd(1200), usd(1000), usd(0)) == (cover.unbilled, cover.covered, cover.shortfall)
        assert "it covers 1000.00 USD of that work" in str(cover.rule)
        world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
        world.maria.invoices.void(refill.id, note="Not agreed.")
        cover = world.maria.pages.explain(world.acme.id).cover
        assert (usd(0), usd(0), usd(1000)) == (cover.unbilled, cover.covered, cover.shortfall)
        assert "1000.00 USD is owed and asked for nowhere" in str(cover.rule)

    def test_a_contact_is_told_the_same_but_for_drafts(self) -> None:
        """What a reverted invoice asks for counts for both; that it is a draft again, only a Manager sees."""
        world = new_world(UNLIMITED)
        one = world.maria.invoices.manual(world.acme.id, usd(30), deposit=Deposit.TO_BALANCE)
        marias, hers = (desk.pages.explain(world.acme.id) for desk in (world.maria, world.cleo))
        assert (marias.balance, marias.stop, marias.cover) == (hers.balance, hers.stop, hers.cover)
        assert [it.id for it in marias.refill.invoices] == [it.id for it in hers.refill.invoices]
        world.maria.invoices.revert(one.id)
        left, all = (desk.pages.explain(world.acme.id).refill for desk in (world.cleo, world.maria))
        assert (usd(30), usd(30)) == (left.outstanding, all.outstanding)
        assert ([], [Status.DRAFT]) == ([it.status for it in left.invoices], [it.status for it in all.invoices])

    def test_of_one_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """If somebody works between two looks into the books, they are looked into again."""
        world = new_world(UNLIMITED)
        world.log(1)
        whole, looks = GenericQueries.grounds, 0

        def late(pages: GenericQueries, client_id: ClientId, level: int | None, today: date) -> ExplanationData:
            nonlocal looks
            looks += 1
            if looks == 1:
                world.log(2, start=utc(2026, 3, 3, 15))
            return whole(pages, client_id, level, today)

        monkeypatch.setattr(GenericQueries, "grounds", late)
        it = world.maria.pages.explain(world.acme.id).balance
        assert (2, usd(-150), usd(-150)) == (looks, it.amount, it.parts[0].amount)

    @settings(max_examples=60)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=25))
    def test_any_history_adds_up(self, steps: list[tuple[int, int]]) -> None:
        """Whatever happened: the parts make the balance, the deposit less what went back the base, if that is a block
        above the refill balance; the invoices what is asked; and what stopped the work brought the balance down for
        good."""
        world = new_world(terms(refill_at="-300", hours="5"))
        for what, which in steps:
            with suppress(InvoicecoreError):
                do(world, what, which)
        acme = world.acme.id
        standing, it = world.maria.accounts.standing(acme), world.maria.pages.explain(acme)
        entries = world.maria.accounts.entries(acme)
        assert standing.balance == it.balance.amount == Money.total((part.amount for part in it.balance.parts), "USD")
        assert len(entries) == sum(part.count for part in it.balance.parts)
        left = usd(0) if it.utilization.deposit is None else it.utilization.deposit.movement.balance
        base = max(left - it.utilization.taken_back, usd(-50), key=lambda money: money.minor)
        assert standing.utilization_base == it.utilization.utilization_base == base
        assert (
            standing.outstanding
            == it.refill.outstanding
            == Money.total((row.amount_due for row in it.refill.invoices), "USD")
        )
        assert (standing.projected_balance, standing.utilization) == (it.refill.projected_balance, it.utilization.ratio)
        assert standing.stopped is it.stop.stopped is (it.stop.stopped_by is not None)
        if it.stop.stopped_by is not None:
            by = it.stop.stopped_by.movement
            assert by.balance <= usd(-1500) < by.balance - by.amount
            assert all(entry.balance_minor <= -150_000 for entry in entries[by.sequence - 1 :])


def do(world: World, what: int, which: int) -> None:
    """One of ten things that happen to a client, to one of what there is."""
    maria, acme = world.maria, world.acme.id
    sessions, invoices, payments = maria.work.sessions(), maria.invoices.all(), maria.payments.of(acme)
    match what:
        case 0 | 1:
            day = utc(2026, 3, 3 + which, 15)
            maria.work.log(world.site.id, start=day, hours=5 + which, over_limit=True, reason="Done.")
        case 2:
            maria.work.delete(sessions[which].id if which < len(sessions) else "none")
        case 3:
            maria.invoices.manual(acme, usd(100 + which), deposit=list(Deposit)[which % 2])
        case 4:
            maria.payments.record(invoices[which].id if which < len(invoices) else "none", usd(90 + which))
        case 5:
            open_one = invoices[which].id if which < len(invoices) else "none"
            maria.payments.record(open_one, usd(2000), overpayment=Overpayment.TO_CREDIT)
        case 6:
            maria.payments.reverse(payments[which].id if which < len(payments) else "none", note="Back.")
        case 7:
            maria.invoices.void(
                invoices[which].id if which < len(invoices) else "none", note="No.", payments=list(OnVoid)[which % 2]
            )
        case 8:
            maria.accounts.adjust(acme, usd(which * 40 - 110), reason="Agreed.")
        case _:
            maria.payments.apply_credit(invoices[which].id if which < len(invoices) else "none")
