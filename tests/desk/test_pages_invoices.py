"""The pages of invoices, and what each role sees of them."""

from datetime import date, datetime

import attrs
import pytest
from attrs import evolve

from invoicecore import Action, Deposit, InvoiceSort, OnVoid, Overpayment, Period, Role, Status, utc, view
from invoicecore.errors import InvalidInput, NotFound, NotPermitted
from tests.world import UNLIMITED, World, new_world, usd

MARCH = Period.month(2026, 3)
MONDAY = utc(2026, 3, 2, 18)


def bill(world: World, amount: int, moment: datetime = MONDAY, client: str | None = None) -> str:
    """The id of an invoice that is issued at an instant, and due two weeks later."""
    world.clock.set(moment)
    return world.maria.invoices.manual(client or world.acme.id, usd(amount), deposit=Deposit.NOT_DEPOSITED).id


def one_of_each(world: World) -> dict[Status, str]:
    """An invoice in each status, all of Acme, of $1, $2, $3 … in the order in which the statuses are defined; $1 of
    the one that is due is paid. They are due on 16 March."""
    world.log("0.02")
    ids: dict[Status, str] = {Status.DRAFT: world.maria.invoices.draft(world.acme.id, MARCH).id}
    for amount, status in enumerate(Status, start=1):
        if status is not Status.DRAFT:
            ids[status] = bill(world, amount)
    invoices = world.maria.invoices
    invoices.set_due(ids[Status.DUE])
    world.maria.payments.record(ids[Status.DUE], usd(1))
    world.maria.payments.record(ids[Status.PAID])
    invoices.set_overdue(ids[Status.OVERDUE])
    invoices.set_uncollectible(ids[Status.UNCOLLECTIBLE])
    invoices.void(ids[Status.VOID], note="No.")
    return ids


class TestTheList:
    """Invoices, each in a row."""

    @pytest.mark.req("A50", "A64", "A69", "A76")
    def test_paid_and_unpaid(self) -> None:
        """On 20 March, what was due on the 16th and is unpaid is 4 days overdue, whether or not somebody said so."""
        world = new_world(UNLIMITED)
        ids = one_of_each(world)
        world.clock.set(utc(2026, 3, 20, 18))
        rows = world.maria.pages.invoices().rows
        assert list(ids.values()) == [row.id for row in rows]
        assert [
            ("draft", usd(1), usd(1), 0),
            ("unpaid", usd(2), usd(2), 4),
            ("unpaid", usd(3), usd(2), 4),
            ("paid", usd(4), usd(0), 0),
            ("unpaid", usd(5), usd(5), 4),
            ("unpaid", usd(6), usd(6), 0),
            ("void", usd(7), usd(0), 0),
        ] == [(row.display_status, row.total, row.amount_due, row.days_overdue) for row in rows]
        part = rows[2]
        assert (usd(1), "Acme", "INV-2026-0002", date(2026, 3, 2), date(2026, 3, 16), Status.DUE) == (
            part.amount_paid,
            part.client.name,
            part.number,
            part.issued_on,
            part.due_on,
            part.status,
        )
        assert (None, None, None) == (rows[0].number, rows[0].issued_on, rows[0].due_on)

    def test_from_when_on_it_is_overdue(self) -> None:
        """Not on the day on which it is due, by the firm's calendar: 05:00 UTC on 17 March is midnight in Chicago."""
        world = new_world(UNLIMITED)
        bill(world, 1)
        for moment, expected in ((utc(2026, 3, 17, 4), 0), (utc(2026, 3, 17, 5), 1), (utc(2026, 4, 16, 18), 31)):
            world.clock.set(moment)
            assert [expected] == [row.days_overdue for row in world.maria.pages.invoices().rows]
            assert bool(expected) == bool(world.maria.pages.invoices(overdue=True).rows)

    @pytest.mark.req("A64")
    def test_choices(self) -> None:
        """Of a client, in some statuses, issued in a period, overdue, and several at once."""
        world = new_world(UNLIMITED)
        ids = one_of_each(world)
        beta = world.client("Beta").id
        late, other = bill(world, 70, utc(2026, 4, 1, 4), beta), bill(world, 80, utc(2026, 4, 1, 5), beta)
        world.clock.set(utc(2026, 4, 20, 18))
        pages = world.maria.pages

        def shown(**asked: object) -> list[str]:
            return [row.id for row in pages.invoices(**asked).rows]  # type: ignore[arg-type]

        assert [late, other] == shown(client_id=beta)
        assert [ids[Status.DUE], ids[Status.PAID]] == shown(statuses=[Status.PAID, Status.DUE])
        assert [] == shown(statuses=[])
        assert [late] == shown(client_id=beta, period=MARCH)  # 04:00 UTC on 1 April is 31 March in Chicago
        assert [other] == shown(period=Period.month(2026, 4))
        unpaid = [ids[status] for status in (Status.GENERATED, Status.DUE, Status.OVERDUE)]
        assert [*unpaid, late, other] == shown(overdue=True)
        assert [ids[Status.DUE]] == shown(overdue=True, statuses={Status.DUE}, client_id=world.acme.id)

    @pytest.mark.req("A64")
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            (InvoiceSort.MADE, "draft five nine seven"),
            (InvoiceSort.NUMBER, "draft five nine seven"),
            (InvoiceSort.ISSUED, "draft nine five seven"),
            (InvoiceSort.DUE, "draft nine five seven"),
            (InvoiceSort.CLIENT, "draft five seven nine"),
            (InvoiceSort.TOTAL, "draft five seven nine"),
            (InvoiceSort.AMOUNT_DUE, "nine draft five seven"),
        ],
    )
    def test_orders(self, sort: InvoiceSort, expected: str) -> None:
        """A draft of $1 goes first where there is no number or day. Beta's $9 are of an earlier day, and paid."""
        world = new_world(UNLIMITED)
        world.log("0.02")
        draft = world.maria.invoices.draft(world.acme.id, MARCH).id
        five = bill(world, 5)
        nine = bill(world, 9, utc(2026, 3, 1, 18), world.client("Beta").id)
        seven = bill(world, 7, utc(2026, 3, 5, 18))
        world.maria.payments.record(nine)
        names = {draft: "draft", five: "five", nine: "nine", seven: "seven"}
        forth = [names[row.id] for row in world.maria.pages.invoices(sort=sort).rows]
        back = [names[row.id] for row in world.maria.pages.invoices(sort=sort, descending=True).rows]
        assert (expected.split(), expected.split()[::-1]) == (forth, back)

    @pytest.mark.req("A20", "A21")
    def test_to_whom(self) -> None:
        """A contact sees their client's but drafts, also those with a number; who is limited those of which all lines
        are theirs; employees but Managers none."""
        world = new_world(UNLIMITED)
        ids = one_of_each(world)
        bill(world, 5, client=world.client("Beta").id)
        world.maria.invoices.revert(ids[Status.GENERATED])
        hidden = {Status.DRAFT, Status.GENERATED}
        assert [ids[it] for it in Status if it not in hidden] == [row.id for row in world.cleo.pages.invoices().rows]
        assert () == world.cleo.pages.invoices(statuses=[Status.DRAFT]).rows
        assert [ids[Status.DUE]] == [row.id for row in world.cleo.pages.invoices(limit=1).rows]
        world.maria.invoices.generate(ids[Status.DRAFT])
        lia = world.maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
        rows = world.billing.acting_as(lia.id).pages.invoices().rows
        assert [ids[Status.DRAFT]] == [row.id for row in rows]
        for desk in (world.sam, world.lee):
            with pytest.raises(NotPermitted):
                desk.pages.invoices()
        with pytest.raises(NotFound):
            world.lee.pages.invoices(client_id=world.acme.id)

    @pytest.mark.parametrize(
        "asked",
        [{"statuses": "due"}, {"statuses": ["due"]}, {"statuses": 5}, {"overdue": 1}, {"period": 3}, {"sort": "made"}],
    )
    def test_questions_that_are_none(self, asked: dict[str, object]) -> None:
        """They are malformed, to whomever."""
        world = new_world()
        for desk in (world.maria, world.lee):
            with pytest.raises(InvalidInput):
                desk.pages.invoices(**asked)  # type: ignore[arg-type]


class TestTheInvoice:
    """An invoice by itself."""

    @pytest.mark.req("A50", "A64")
    def test_lines_payments_history_and_acts(self) -> None:
        """$100 of work, $30 by wire and $20 of credit: what is left is $50, and it is due."""
        world = new_world(UNLIMITED)
        maria = world.maria
        world.log(2)
        id = maria.invoices.draft(world.acme.id, MARCH).id
        maria.invoices.generate(id)
        maria.payments.record(id, usd(30), method="wire", reference="TX-1", received_on=date(2026, 3, 1))
        other = bill(world, 1)
        maria.payments.record(other, usd(21), overpayment=Overpayment.TO_CREDIT)
        maria.payments.apply_credit(id)
        it = maria.pages.invoice(id)
        assert (maria.invoices.get(id), "Acme", usd(50)) == (it.invoice, it.client.name, it.invoice.amount_due)
        assert [(world.site.id, "Website"), (world.lee.person_id, "Lee")] == [(name.id, name.name) for name in it.names]
        assert [(usd(30), "wire", "TX-1", date(2026, 3, 1)), (usd(20), "", "", date(2026, 3, 2))] == [
            (part.amount, part.method, part.reference, part.received_on) for part in it.payments
        ]
        assert [payment.id for payment in maria.payments.of(world.acme.id)] == [part.payment_id for part in it.payments]
        assert [Action.DRAFT_INVOICE, Action.GENERATE, Action.RECORD_PAYMENT] == [step.action for step in it.history]
        assert maria.invoices.available_actions(id) == it.actions
        allowed = {action.action for action in it.actions if action.allowed}
        assert Action.VOID in allowed
        assert Action.REVERT not in allowed
        world.clock.set(utc(2026, 3, 20, 18))
        assert 4 == maria.pages.invoice(id).days_overdue

    @pytest.mark.req("B27")
    @pytest.mark.parametrize("on_void", OnVoid)
    def test_payments_of_a_void_one(self, on_void: OnVoid) -> None:
        """They stay visible as they were, each with what became of it, whatever becomes of the money later; what was
        taken back before was none of its payments."""
        world = new_world(UNLIMITED)
        maria = world.maria
        world.log(2)
        id = bill(world, 100)
        first, second, third = (
            maria.payments.record(id, usd(amount), method=way, reference=f"TX-{amount}").payment
            for amount, way in ((30, "wire"), (20, "cash"), (10, "wire"))
        )
        maria.payments.reverse(third.id, note="It bounced.")
        before = maria.pages.invoice(id).payments
        assert [None, None] == [part.on_void for part in before]
        maria.invoices.void(id, note="By mistake.", payments=on_void)
        after = [evolve(part, on_void=on_void) for part in before]
        assert after == [*maria.pages.invoice(id).payments] == [*world.cleo.pages.invoice(id).payments]
        if on_void is OnVoid.KEEP:
            other = bill(world, 45)
            maria.payments.apply_credit(other)
            assert [(first.id, None), (second.id, None)] == [
                (part.payment_id, part.on_void) for part in maria.pages.invoice(other).payments
            ]
        assert after == [*maria.pages.invoice(id).payments]
        shown = view(maria.pages.invoice(id), "de")
        assert [{"amount": "30.00", "currency": "USD"}, {"amount": "20.00", "currency": "USD"}] == [
            part["amount"] for part in shown["payments"]
        ]
        label = {OnVoid.KEEP: "Als Guthaben behalten", OnVoid.REVERSE: "Zurückgenommen"}[on_void]
        assert {label} == {part["on_void_label"] for part in (*shown["payments"], *shown["invoice"]["released"])}
        assert () == world.billing.verify().findings

    def test_names_as_printed_or_as_they_are(self) -> None:
        """A draft shows what things are called now, a generated invoice what they were called."""
        world = new_world(UNLIMITED)
        world.log(2)
        id = world.maria.invoices.draft(world.acme.id, MARCH).id
        world.maria.projects.change(world.site.id, name="Home")
        assert ["Home", "Lee"] == [name.name for name in world.maria.pages.invoice(id).names]
        world.maria.invoices.generate(id)
        world.maria.projects.change(world.site.id, name="Front")
        assert ["Home", "Lee"] == [name.name for name in world.maria.pages.invoice(id).names]

    @pytest.mark.req("A20", "A21", "B25")
    def test_to_whom(self) -> None:
        """A contact sees no draft, no act but printing and no void note; who is limited not of which payment it is."""
        world = new_world(UNLIMITED)
        world.log(2)
        id = world.maria.invoices.draft(world.acme.id, MARCH).id
        lia = world.maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
        desks = (world.cleo, world.billing.acting_as(lia.id))
        for desk in (*desks, world.sam, world.lee):
            with pytest.raises(NotFound):
                desk.pages.invoice(id)
        world.maria.invoices.generate(id)
        payment = world.maria.payments.record(id, usd(30), method="wire", reference="TX-1").payment
        hers, theirs = (desk.pages.invoice(id) for desk in desks)
        assert [(payment.id, "TX-1", usd(30)), (None, None, usd(30))] == [
            (part.payment_id, part.reference, part.amount) for it in (hers, theirs) for part in it.payments
        ]
        assert [Action.PRINT] == [action.action for action in hers.actions if action.allowed]
        world.maria.invoices.void(id, note="They never pay.")
        theirs = desks[1].pages.invoice(id)
        assert [(None, None, usd(30), OnVoid.KEEP)] == [
            (part.payment_id, part.reference, part.amount, part.on_void) for part in theirs.payments
        ]
        assert payment.id not in str(attrs.astuple(theirs))
        assert "never pay" in str(attrs.astuple(world.maria.pages.invoice(id)))
        assert "never pay" not in str([attrs.astuple(desk.pages.invoice(id)) for desk in desks])
