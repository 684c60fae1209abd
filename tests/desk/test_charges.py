"""Expenses, fees and discounts: each moves the balance once, and is on one invoice at most."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from invoicecore import (
    BillingState,
    ChargeKind,
    ChargeSort,
    Desk,
    EntryKind,
    ListTotals,
    Money,
    NewExpense,
    OnVoid,
    Period,
    ReceiptFile,
    Role,
    Status,
    utc,
)
from invoicecore.errors import (
    BatchRefused,
    ChargeLocked,
    CurrencyMismatch,
    IdempotencyKeyReused,
    InvalidInput,
    InvalidState,
    MoneyRuleViolation,
    NotFound,
    NotPermitted,
)
from invoicecore.model.charge import ChargeView
from invoicecore.model.events import RefillRequested, WorkStopped
from invoicecore.ports.store import Storage
from invoicecore.testing.pictures import png
from tests.world import UNLIMITED, World, new_world, terms, usd

MARCH, APRIL = Period.month(2026, 3), Period.month(2026, 4)
DAY = date(2026, 3, 2)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def any_world(empty_storage: Storage) -> World:
    """The firm on every store; Acme may owe as much as it likes."""
    return new_world(UNLIMITED, empty_storage)


@pytest.fixture
def world() -> World:
    """The firm in memory; Acme may owe as much as it likes."""
    return new_world(UNLIMITED)


def train(world: World, price: str | None = "80", day: date = DAY) -> ChargeView:
    """A train ticket."""
    asked = None if price is None else usd(price)
    return world.maria.charges.expense(world.acme.id, day, price=asked, cost="72.30 EUR", note="Train to Lyon")


def listed(desk: Desk, **asked: Any) -> list[ChargeView]:
    """The charges that somebody is shown."""
    return [row.charge for row in desk.pages.charges(**asked).rows]


def moved(world: World) -> list[tuple[EntryKind, str]]:
    """What moved Acme's balance."""
    entries = world.maria.accounts.entries(world.acme.id)
    return [(it.kind, f"{it.minor / 100:.2f}") for it in entries]


def figures(world: World) -> tuple[Money, Money, Money]:
    """Balance, what is asked for, and what is unbilled."""
    standing = world.maria.accounts.standing(world.acme.id)
    return standing.balance, standing.outstanding, standing.unbilled


def check(world: World) -> None:
    """The books are sound, and nobody owes what nothing asks for."""
    assert world.billing.verify().findings == ()
    assert world.maria.accounts.standing(world.acme.id).shortfall == usd(0)


class TestStory:
    """What the page of capabilities works out, on every store."""

    def test_a_month_with_everything(self, any_world: World) -> None:
        """8 h at $50, a train ticket of $80, a fee of $1,500 and 10 % off are $1,782 that the client pays."""
        world = any_world
        work = world.log(8)
        ticket = train(world)
        fee = world.maria.charges.fee(world.acme.id, DAY, usd(1500), note="Milestone 2", project_id=world.site.id)
        (discount,) = world.maria.charges.allow(world.acme.id, percent="10", period=MARCH, note="Loyal since 2020")
        assert (usd("-198"), ChargeKind.ALLOWANCE, DAY) == (discount.amount, discount.kind, discount.day)
        assert (usd("-1782"), usd(0), usd(1782)) == figures(world)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert [work, ticket.id, fee.id, discount.id] == [it.billed_id for it in draft.invoice.lines]
        assert [None, *ChargeKind] == [it.kind for it in draft.invoice.lines]
        invoice = world.maria.invoices.generate(draft.id)
        assert (usd(1782), usd(0)) == (invoice.total, invoice.covered)
        assert (usd("-1782"), usd(1782), usd(0)) == figures(world)
        check(world)
        assert world.maria.charges.get(ticket.id).locked_by == invoice.id
        world.maria.payments.record(invoice.id)
        assert (usd(0), usd(0), usd(0)) == figures(world)
        check(world)
        rows = world.maria.pages.transactions(world.acme.id).rows
        assert [(EntryKind.WORK, invoice.id), (EntryKind.EXPENSE, invoice.id), (EntryKind.FEE, invoice.id)] == [
            (it.movement.kind, it.cause.invoice.id) for it in rows[:3] if it.cause.invoice is not None
        ]
        assert (None, world.site.id) == (rows[1].cause.project, rows[2].cause.project and rows[2].cause.project.id)

    def test_a_discount_is_paid_once(self, any_world: World) -> None:
        """250 of work, 10 % off: the balance rises by 25, the invoice asks for 225, and once it is paid all is zero."""
        world = any_world
        world.log(5)
        world.maria.charges.allow(world.acme.id, percent=10, period=MARCH)
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        assert usd(225) == invoice.total
        world.maria.payments.record(invoice.id)
        assert [(EntryKind.WORK, "-250.00"), (EntryKind.ALLOWANCE, "25.00"), (EntryKind.PAYMENT, "225.00")] == moved(
            world
        )
        assert usd(0) == world.balance()
        check(world)

    def test_a_percentage_is_rounded_once(self, world: World) -> None:
        """405.84 → 40.58."""
        world.maria.charges.fee(world.acme.id, DAY, usd("405.84"))
        (discount,) = world.maria.charges.allow(world.acme.id, percent="10", period=MARCH)
        assert discount.amount == usd("-40.58")

    def test_what_is_more_waits(self, any_world: World) -> None:
        """A discount of 100 is as large on a draft as what it stands against: 80 of work, then 10 more of a fee."""
        world = any_world
        world.log("1.6")
        world.maria.charges.allow(world.acme.id, amount=usd(100), note="Sorry")
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert usd(0) == draft.invoice.total
        world.maria.charges.fee(world.acme.id, DAY, usd(10))
        opened = world.maria.invoices.open(draft.id)
        assert [usd(80), usd(10), usd("-90")] == [it.amount("USD") for it in opened.invoice.lines]

    def test_the_rest_is_on_the_next_invoice(self, any_world: World) -> None:
        """A discount of 100 for one project, whose work is 50 in March and 150 in April."""
        world = any_world
        shop = world.project(name="Shop")
        world.log(1, shop)
        world.log(1)
        world.maria.charges.allow(world.acme.id, amount=usd(100), project_id=shop.id, note="Sorry")
        first = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        assert [usd(50), usd(50), usd("-50")] == [it.amount("USD") for it in first.lines]
        assert (usd(0), usd(50), usd("-50")) == figures(world)
        check(world)
        world.clock.set(utc(2026, 4, 3, 12))
        world.log(3, shop)
        second = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, APRIL).id)
        assert [usd(150), usd("-50")] == [it.amount("USD") for it in second.lines]
        assert (usd("-150"), usd(150), usd(0)) == figures(world)
        check(world)
        world.maria.invoices.void(second.id, note="Wrong")
        world.maria.invoices.revert(first.id)
        again = world.maria.invoices.open(first.id)
        assert usd(50) == again.invoice.total
        check(world)
        period = Period(date(2026, 3, 1), date(2026, 4, 30))
        both = world.maria.invoices.draft(world.acme.id, period)
        assert usd(150) == both.invoice.total
        check(world)
        world.maria.invoices.generate(both.id)
        check(world)
        assert () == world.maria.invoices.get(first.id).lines


class TestBalance:
    """Every charge moves the balance once."""

    def test_an_expense_that_waits_for_its_price_is_unbilled(self, world: World) -> None:
        """It is not free: somebody still has to say what it costs."""
        maria = world.maria
        waits = train(world, None)
        maria.charges.expense(world.acme.id, DAY, billable=False)
        states = [(it.state, it.charges) for it in maria.accounts.reconcile(world.acme.id).parts]
        assert [(BillingState.UNBILLED, 1), (BillingState.FREE, 1)] == states
        assert () == world.cleo.accounts.reconcile(world.acme.id).parts  # who is told of neither
        maria.charges.edit(waits.id, billable=False)
        assert [BillingState.FREE] == [it.state for it in maria.accounts.reconcile(world.acme.id).parts]

    def test_edit_and_delete(self, any_world: World) -> None:
        """An edit of the amount gives the former one back; a deletion gives all of it back."""
        world = any_world
        charges, ticket = world.maria.charges, train(world)
        assert usd("90.5") == charges.edit(ticket.id, amount=usd("90.50")).amount
        assert "Train" == charges.edit(ticket.id, note="Train").note
        fee = charges.fee(world.acme.id, DAY, usd(10))
        charges.edit(fee.id, amount=usd(12), day=date(2026, 3, 1))
        charges.delete(fee.id)
        (discount,) = charges.allow(world.acme.id, amount=usd(5))
        assert usd("-7") == charges.edit(discount.id, amount=usd(7)).amount
        charges.delete(discount.id)
        assert usd(0) == charges.edit(ticket.id, amount=None).amount
        assert [
            (EntryKind.EXPENSE, "-80.00"),
            (EntryKind.EXPENSE_REVERSED, "80.00"),
            (EntryKind.EXPENSE, "-90.50"),
            (EntryKind.FEE, "-10.00"),
            (EntryKind.FEE_REVERSED, "10.00"),
            (EntryKind.FEE, "-12.00"),
            (EntryKind.FEE_REVERSED, "12.00"),
            (EntryKind.ALLOWANCE, "5.00"),
            (EntryKind.ALLOWANCE_REVERSED, "-5.00"),
            (EntryKind.ALLOWANCE, "7.00"),
            (EntryKind.ALLOWANCE_REVERSED, "-7.00"),
            (EntryKind.EXPENSE_REVERSED, "90.50"),
        ] == moved(world)
        assert (usd(0), usd(0), usd(0)) == figures(world)
        check(world)
        with pytest.raises(NotFound, match="There is no charge"):
            charges.get(fee.id)

    def test_an_expense_is_never_stopped(self) -> None:
        """It was spent. It asks for a refill when one is due, and may itself stop the work."""
        world = new_world(terms(allowed="-100", refill_at="-50"))
        train(world)
        train(world)
        assert usd(-160) == world.balance()
        train(world)
        assert {WorkStopped.__name__, RefillRequested.__name__} <= set(world.told())
        assert world.maria.accounts.standing(world.acme.id).stopped
        check(world)

    def test_not_billable(self, world: World) -> None:
        """It is kept as a record, and asks for nothing."""
        bought = world.maria.charges.expense(world.acme.id, DAY, cost="¥500", billable=False)
        assert (usd(0), False, "¥500") == (bought.amount, bought.billable, bought.cost)
        with pytest.raises(InvalidInput, match="not billable has no price"):
            world.maria.charges.expense(world.acme.id, DAY, price=usd(1), billable=False)
        ticket = train(world)
        world.maria.charges.edit(ticket.id, billable=False)
        assert (usd(0), usd(0), usd(0)) == figures(world)
        check(world)

    def test_cover(self, any_world: World) -> None:
        """What is prepaid covers expenses and fees like work, and a discount leaves it as it is."""
        world = any_world
        world.maria.accounts.adjust(world.acme.id, usd(100), reason="Paid ahead")
        world.log(1)
        train(world)
        world.maria.charges.allow(world.acme.id, amount=usd(10))
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert (usd(120), usd(100), usd(20)) == (draft.invoice.total, draft.invoice.covered, draft.invoice.amount_due)
        invoice = world.maria.invoices.generate(draft.id)
        assert usd(20) == invoice.amount_due
        check(world)

    def test_cover_goes_to_the_oldest_first(self, any_world: World) -> None:
        """An expense of February takes 80 of the 100 that are prepaid; a discount of February waits for March."""
        world = any_world
        world.maria.accounts.adjust(world.acme.id, usd(100))
        train(world, day=date(2026, 2, 3))
        world.maria.charges.allow(world.acme.id, amount=usd(10), day=date(2026, 2, 4))
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert (usd(90), usd(20)) == (draft.invoice.total, draft.invoice.covered)
        world.maria.invoices.generate(draft.id)
        check(world)
        older = world.maria.invoices.draft(world.acme.id, Period.month(2026, 2)).invoice
        assert (usd(80), usd(80)) == (older.total, older.covered)


class TestOnInvoices:
    """A charge is on at most one live invoice, and locked while it is."""

    def test_locked(self, any_world: World) -> None:
        """It is neither edited nor deleted, on no other draft, and free once the invoice is voided or reverted."""
        world = any_world
        ticket = train(world)
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        with pytest.raises(ChargeLocked, match="locked by invoice INV-2026-0001"):
            world.maria.charges.edit(ticket.id, amount=usd(1))
        with pytest.raises(ChargeLocked, match="locked by invoice INV-2026-0001"):
            world.maria.charges.delete(ticket.id)
        assert () == world.maria.invoices.draft(world.acme.id, MARCH).invoice.lines
        world.maria.invoices.revert(invoice.id)
        assert not world.maria.charges.get(ticket.id).locked
        world.maria.charges.edit(ticket.id, amount=usd(90))
        assert usd(90) == world.maria.invoices.generate(invoice.id).total
        world.maria.invoices.void(invoice.id, note="Wrong", payments=OnVoid.KEEP)
        assert not world.maria.charges.get(ticket.id).locked
        check(world)

    def test_difference(self, world: World) -> None:
        """A draft is a snapshot; what moved since is told."""
        ticket = train(world)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        fee = world.maria.charges.fee(world.acme.id, DAY, usd(5))
        world.maria.charges.edit(ticket.id, amount=usd(70))
        moved = world.maria.invoices.open(draft.id).difference
        assert [fee.id] == [it.charge_id for it in moved.added]
        assert [(usd(80), usd(70))] == [tuple(it.amount("USD") for it in pair) for pair in moved.changed]
        world.maria.charges.delete(fee.id)
        assert [fee.id] == [it.charge_id for it in world.maria.invoices.open(draft.id).difference.removed]

    def test_choice(self, world: World) -> None:
        """Charges are left out by their ids; with projects named, only their charges are taken."""
        ticket = train(world)
        fee = world.maria.charges.fee(world.acme.id, DAY, usd(5), project_id=world.site.id)
        drafted = world.maria.invoices.draft(world.acme.id, MARCH, exclude=[ticket.id]).invoice
        assert [fee.id] == [it.charge_id for it in drafted.lines]
        drafted = world.maria.invoices.draft(world.acme.id, MARCH, projects=[world.site.id]).invoice
        assert [fee.id] == [it.charge_id for it in drafted.lines]
        other = world.client()
        with pytest.raises(NotFound):
            world.maria.invoices.draft(other.id, MARCH, exclude=[ticket.id])
        assert () == world.maria.invoices.draft(world.acme.id, APRIL).invoice.lines

    def test_two_drafts(self, any_world: World) -> None:
        """The second draft with the same discount is refused with the difference, or goes without it."""
        world = any_world
        world.log(1)
        world.maria.charges.allow(world.acme.id, amount=usd(5))
        one, two = (world.maria.invoices.draft(world.acme.id, MARCH) for _ in range(2))
        world.maria.invoices.generate(one.id)
        assert () == world.maria.invoices.open(two.id).invoice.lines
        check(world)

    def test_a_reverted_draft_lets_go(self, any_world: World) -> None:
        """Where another invoice takes the work, the discount of a reverted draft stands against nothing there."""
        world = any_world
        work = world.log(1)
        (discount,) = world.maria.charges.allow(world.acme.id, amount=usd(20))
        first = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        world.maria.invoices.revert(first.id)
        second = world.maria.invoices.draft(world.acme.id, MARCH, exclude=[discount.id])
        world.maria.invoices.generate(second.id)
        left = world.maria.invoices.get(first.id)
        assert ((), usd(0), Status.DRAFT) == (left.lines, left.total, left.status)
        assert work
        check(world)


class TestList:
    def test_chosen(self, any_world: World) -> None:
        """By client, project, kind and period, in the order of days, without those that were deleted."""
        world, charges = any_world, any_world.maria.charges
        other = world.maria.clients.add(name="Globex", terms=UNLIMITED)
        fee = charges.fee(world.acme.id, date(2026, 4, 2), usd(60))
        train = charges.expense(world.acme.id, DAY, price=usd(80), project_id=world.site.id)
        theirs = charges.fee(other.id, DAY, usd(5))
        charges.delete(charges.fee(world.acme.id, DAY, usd(9)).id)

        def listed(**wanted: object) -> list[str]:
            return [it.id for it in charges.list(**wanted)]  # type: ignore[arg-type]  # by name

        assert {fee.id, train.id, theirs.id} == set(listed())
        assert [train.id, fee.id] == listed(client_id=world.acme.id)
        assert [train.id] == listed(project_id=world.site.id)
        assert [train.id] == listed(client_id=world.acme.id, kind=ChargeKind.EXPENSE)
        assert {train.id, theirs.id} == set(listed(period=Period.month(2026, 3)))

    def test_of_whom(self, world: World) -> None:
        """A worker is shown their own expenses, without their price."""
        theirs = world.lee.charges.expense(world.acme.id, DAY, project_id=world.site.id)
        world.maria.charges.expense(world.acme.id, DAY, price=usd(80), project_id=world.site.id)
        world.maria.charges.edit(theirs.id, amount=usd(90))
        assert [(theirs.id, None)] == [(it.id, it.amount) for it in world.lee.charges.list()]


class TestWho:
    """Workers record their own expenses without a price; the price is a Manager's."""

    def test_a_worker(self, world: World) -> None:
        """Lee records a ticket with its receipt on one of their projects, and Maria prices it."""
        ticket = world.lee.charges.expense(
            world.acme.id, DAY, cost="72.30 EUR", note="Train", project_id=world.site.id, receipt=PDF
        )
        assert (None, "72.30 EUR", world.lee.person_id) == (ticket.amount, ticket.cost, ticket.person_id)
        assert usd(0) == world.balance()
        with pytest.raises(NotPermitted):
            world.lee.charges.expense(world.acme.id, DAY, price=usd(1), project_id=world.site.id)
        with pytest.raises(NotFound, match="There is no client"):
            world.lee.charges.expense(world.acme.id, DAY)
        with pytest.raises(NotPermitted):
            world.lee.charges.edit(ticket.id, note="Mine")
        priced = world.maria.charges.edit(ticket.id, amount=usd(80))
        assert usd(80) == priced.amount
        assert usd(-80) == world.balance()
        assert [(ticket.id, None)] == [(it.id, it.amount) for it in listed(world.lee)]
        found = world.lee.charges.receipt(ticket.id)
        assert (PDF, "application/pdf") == (found and found.content, found and found.media_type)
        assert listed(world.sam)[0].cost is None
        with pytest.raises(NotFound):
            world.sam.charges.receipt(ticket.id)
        assert "Trip" == world.sam.charges.edit(ticket.id, note="Trip").note
        with pytest.raises(NotPermitted):
            world.sam.charges.edit(ticket.id, amount=usd(1))
        check(world)

    def test_others(self, world: World) -> None:
        """Supervisors see expenses, workers their own; nobody who sees no money sees a fee. A contact sees what the
        client is asked for, and not what it cost."""
        ticket = train(world)
        waits = train(world, None)
        fee = world.maria.charges.fee(world.acme.id, DAY, usd(5), project_id=world.site.id)
        (discount,) = world.maria.charges.allow(world.acme.id, amount=usd(1))
        assert {ticket.id, waits.id} == {it.id for it in listed(world.sam, client_id=world.acme.id)}
        assert [] == listed(world.lee)
        seen = listed(world.cleo, client_id=world.acme.id)
        assert {ticket.id, fee.id, discount.id} == {it.id for it in seen}
        assert {None} == {it.cost for it in seen}
        limited = world.maria.people.add(
            name="Limo", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id]
        )
        assert [fee.id] == [it.id for it in listed(world.billing.acting_as(limited.id))]
        for id in (fee.id, discount.id):
            with pytest.raises(NotFound):
                world.sam.charges.get(id)
            with pytest.raises(NotFound):
                world.lee.charges.delete(id)


class TestRefused:
    """What cannot be."""

    def test_currency(self, world: World) -> None:
        """The client pays in dollars."""
        euro = Money.of(5, "EUR")
        calls: tuple[Callable[[], object], ...] = (
            lambda: world.maria.charges.fee(world.acme.id, DAY, euro),
            lambda: world.maria.charges.expense(world.acme.id, DAY, price=euro),
            lambda: world.maria.charges.allow(world.acme.id, amount=euro),
            lambda: world.maria.charges.edit(train(world).id, amount=euro),
        )
        for call in calls:
            with pytest.raises(CurrencyMismatch):
                call()

    @pytest.mark.parametrize("percent", ["0", "-1", "100.5", "0.0000001", 1.5, True, "ten"])
    def test_percentages(self, world: World, percent: object) -> None:
        """More than 0, at most 100, exact."""
        with pytest.raises(InvalidInput, match="percent"):
            world.maria.charges.allow(world.acme.id, percent=percent, period=MARCH)  # type: ignore[arg-type]

    def test_a_discount_needs_something(self, world: World) -> None:
        """An amount, or a percentage of something that is there."""
        several: tuple[dict[str, Any], ...] = (
            {},
            {"percent": 10},
            {"percent": 10, "amount": usd(1), "period": MARCH},
            {"on": ["x"]},
        )
        for given in several:
            with pytest.raises(InvalidInput):
                world.maria.charges.allow(world.acme.id, **given)
        with pytest.raises(MoneyRuleViolation, match="nothing to give a discount on"):
            world.maria.charges.allow(world.acme.id, percent=10, period=MARCH)

    def test_of_named_charges(self, world: World) -> None:
        """Half of one session and one ticket."""
        one, two = world.log(1), world.log(1)
        ticket = train(world)
        (discount,) = world.maria.charges.allow(world.acme.id, percent=50, on=[one, ticket.id])
        assert (usd(-65), True) == (discount.amount, bool(two))
        with pytest.raises(NotFound):
            world.maria.charges.allow(world.client().id, percent=50, on=[one])

    def test_days(self, world: World) -> None:
        """From 1970 on, and at most a year ahead."""
        with pytest.raises(InvalidInput):
            world.maria.charges.fee(world.acme.id, date(1969, 12, 31), usd(1))
        with pytest.raises(InvalidState, match="more than a year ahead"):
            world.maria.charges.fee(world.acme.id, date(2028, 1, 1), usd(1))

    def test_archived(self, world: World) -> None:
        """An archived project or client takes no more charges."""
        world.maria.projects.archive(world.site.id)
        with pytest.raises(InvalidState, match="archived"):
            world.maria.charges.fee(world.acme.id, DAY, usd(1), project_id=world.site.id)

    def test_other_projects(self, world: World) -> None:
        """A project of another client is absent."""
        job = world.project(world.client())
        with pytest.raises(NotFound):
            world.maria.charges.fee(world.acme.id, DAY, usd(1), project_id=job.id)
        with pytest.raises(NotFound):
            world.maria.charges.edit(train(world).id, project_id=job.id)

    def test_only_expenses_have_a_cost(self, world: World) -> None:
        """A fee has none, and is never without a price."""
        fee = world.maria.charges.fee(world.acme.id, DAY, usd(1))
        several: tuple[dict[str, Any], ...] = (
            {"cost": "1 EUR"},
            {"amount": None},
            {"billable": False},
            {"receipt": PDF},
        )
        for given in several:
            with pytest.raises(InvalidState, match="Only an expense"):
                world.maria.charges.edit(fee.id, **given)

    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.4", png()[:-20], "text", b"%PDF" + bytes(5_242_880)])
    def test_receipts(self, world: World, content: bytes) -> None:
        """PNG, JPEG or PDF by content, whole, at most 5 MiB."""
        with pytest.raises(InvalidInput, match="A receipt m"):
            world.maria.charges.expense(world.acme.id, DAY, receipt=content)

    def test_idempotency(self, world: World) -> None:
        """The same key again gives the same charge; another request is refused."""
        say = world.maria.charges
        one, two = (
            say.allow(world.acme.id, amount=usd(5), note="x", idempotency_key="k"),
            say.allow(world.acme.id, amount=usd(5), note="x", idempotency_key="k"),
        )
        assert one == two
        assert 1 == len(listed(world.maria))
        with pytest.raises(IdempotencyKeyReused):
            say.allow(world.acme.id, amount=usd(6), note="x", idempotency_key="k")


class TestImport:
    """Many expenses in one unit of work."""

    def test_all_or_none(self, any_world: World) -> None:
        """Each moves the balance; a row that is refused is named, and then none is recorded."""
        world = any_world
        one, two = (NewExpense(client_id=world.acme.id, day=DAY, price=usd(it), cost="9 €") for it in (5, 6))
        bad = NewExpense(client_id=world.acme.id, day=DAY, price=Money.of(1, "EUR"))
        with pytest.raises(BatchRefused, match="Row 2 of the batch"):
            world.maria.charges.import_many([one, two, bad])
        assert [] == listed(world.maria)
        made = world.maria.charges.import_many([one, two])
        assert ([usd(5), usd(6)], usd(-11)) == ([it.amount for it in made], world.balance())
        check(world)

    def test_a_source_is_recorded_once(self, any_world: World) -> None:
        """In one batch, and in a later one that says something else."""
        world, charges = any_world, any_world.maria.charges
        first = NewExpense(client_id=world.acme.id, day=DAY, price=usd(5), source="card:1")
        assert 1 == len({it.id for it in charges.import_many([first, first])})
        [again] = charges.import_many([evolve(first, price=usd(9))])
        assert (usd(5), usd(-5)) == (again.amount, world.balance())
        check(world)

    def test_one_refill(self) -> None:
        """It is asked for once, at the end."""
        world = new_world(terms(allowed="-9000", refill_at="-100"))
        row = NewExpense(client_id=world.acme.id, day=DAY, price=usd(60))
        world.maria.charges.import_many([row, row, row])
        assert 1 == len(world.maria.invoices.of(world.acme.id))
        check(world)


class TestReceipts:
    """Receipts are kept once, by their content."""

    def test_kept_once(self, any_world: World) -> None:
        """Two expenses share one file; it can be taken from an expense, and stays in the books."""
        world, charges = any_world, any_world.maria.charges
        one = charges.expense(world.acme.id, DAY, receipt=png())
        two = charges.expense(world.acme.id, DAY, receipt=png())
        assert one.receipt == two.receipt == ReceiptFile(png()).id
        assert charges.edit(one.id, receipt=None).receipt is None
        assert charges.receipt(one.id) is None
        assert ReceiptFile(png()) == charges.receipt(two.id)
        check(world)

    def test_what_an_expense_may_be_without(self, world: World) -> None:
        """A price, a project and a receipt are taken away with None."""
        charges = world.maria.charges
        ticket = charges.expense(world.acme.id, DAY, price=usd(80), project_id=world.site.id, receipt=PDF)
        assert None not in (ticket.project_id, ticket.receipt)
        bare = charges.edit(ticket.id, amount=None, project_id=None, receipt=None)
        assert (usd(0), None, None) == (bare.amount, bare.project_id, bare.receipt)
        assert usd(0) == world.balance()

    def test_list(self, any_world: World) -> None:
        """By client, project, kind and period, billed or not, in the order of days or kinds, with names and totals."""
        world, charges = any_world, any_world.maria.charges
        late, early = train(world), train(world, day=date(2026, 2, 1))
        fee = charges.fee(world.acme.id, DAY, usd(5), project_id=world.site.id, note="Hosting")

        def ids(desk: Desk = world.maria, **asked: Any) -> list[str]:
            return [row.charge.id for row in desk.pages.charges(**asked).rows]

        assert [fee.id, late.id, early.id] == ids()
        assert [late.id, fee.id] == ids(period=MARCH, descending=False)
        assert [early.id, late.id, fee.id] == ids(sort=ChargeSort.KIND, descending=False)
        assert [fee.id] == ids(kind=ChargeKind.FEE) == ids(project_id=world.site.id) == ids(search="host")
        assert [] == ids(client_id=world.client().id) == ids(client_id=world.client().id, project_id=world.site.id)
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        assert [fee.id, late.id] == ids(billed=True)
        assert [early.id] == ids(billed=False)
        page = world.maria.pages.charges(limit=1, totals=True)
        [row] = page.rows
        assert ("Acme", "Website", "Maria", invoice.number) == (
            row.client.name,
            row.project and row.project.name,
            row.person.name,
            row.invoice_number,
        )
        assert page.totals == ListTotals(3, None, (usd(165),))
        assert [late.id] == ids(after=page.next_cursor, limit=1)
        seen = world.sam.pages.charges(totals=True)
        assert {(None, None)} == {(it.invoice_number, it.charge.amount) for it in seen.rows}
        assert seen.totals == ListTotals(2)
        with pytest.raises(InvalidInput, match="kind"):
            world.maria.pages.charges(kind="fee")  # type: ignore[arg-type]
