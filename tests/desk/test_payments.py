"""Recording money that came in, and taking it back."""

from datetime import date, timedelta

import pytest

from invoicecore import Deposit, EntryKind, Invoice, Money, Overpayment, PaymentOrigin, Period, Status
from invoicecore.errors import (
    ActionNotAllowed,
    AmountTooLarge,
    CurrencyMismatch,
    InvalidInput,
    NotFound,
)
from tests.world import UNLIMITED, World, new_world, usd


@pytest.fixture
def world() -> World:
    """Nothing stops, and no refill comes between."""
    return new_world(UNLIMITED)


def bill(world: World, amount: int = 1000, deposit: Deposit = Deposit.TO_BALANCE) -> Invoice:
    """An invoice over an amount."""
    return world.maria.invoices.manual(world.acme.id, usd(amount), deposit=deposit)


def credit(world: World) -> Money:
    """Acme's unapplied credit."""
    return world.maria.accounts.standing(world.acme.id).credit


class TestRecording:
    """Money comes in for an invoice."""

    @pytest.mark.req("A73", "A74")
    def test_method_and_reference(self, world: World) -> None:
        """Both are kept as they were given, and both are optional."""
        invoice = bill(world)
        given = world.maria.payments.record(invoice.id, usd(1), method=" wire ", reference="TX-1").payment
        bare = world.maria.payments.record(invoice.id, usd(1)).payment
        assert ("wire", "TX-1", "", "") == (given.method, given.reference, bare.method, bare.reference)
        assert given == world.maria.payments.get(given.id)
        [first, _] = world.maria.accounts.statement(world.acme.id).rows
        assert ("TX-1", given.id, invoice.id) == (first.note, first.cause, first.invoice_id)

    def test_the_day_of_the_receipt(self, world: World) -> None:
        """It is today unless said otherwise, and stands beside the day of the booking."""
        invoice = bill(world)
        today = world.maria.payments.record(invoice.id, usd(1)).payment
        friday = world.maria.payments.record(invoice.id, usd(1), received_on=date(2026, 2, 27)).payment
        assert (date(2026, 3, 2), date(2026, 2, 27)) == (today.received_on, friday.received_on)
        assert [(date(2026, 3, 2), date(2026, 3, 2)), (date(2026, 3, 2), date(2026, 2, 27))] == [
            (row.booked_on, row.work_day) for row in world.maria.accounts.statement(world.acme.id).rows
        ]

    def test_who_recorded_it_and_when(self, world: World) -> None:
        """The payment holds both, and where it came from."""
        invoice = bill(world)
        world.clock.advance(timedelta(hours=1))
        payment = world.maria.payments.record(invoice.id).payment
        assert (world.maria.person_id, world.clock.now(), PaymentOrigin.RECORDED) == (
            payment.by,
            payment.recorded_at,
            payment.origin,
        )

    def test_what_is_refused(self, world: World) -> None:
        """Nothing, less, another currency, more than the rest, a bool for the excess, and no such invoice."""
        invoice = bill(world)
        for amount, error in (
            (usd(0), InvalidInput),
            (usd(-1), InvalidInput),
            (Money.of(1, "EUR"), CurrencyMismatch),
            (usd("1000.01"), AmountTooLarge),
        ):
            with pytest.raises(error):
                world.maria.payments.record(invoice.id, amount)
        with pytest.raises(InvalidInput):
            world.maria.payments.record(invoice.id, usd(1), overpayment=True)  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            world.maria.payments.record("nothing", usd(1))
        assert ((), usd(0)) == (world.maria.payments.of(world.acme.id), world.balance())

    @pytest.mark.req("B10")
    def test_a_part_leaves_overdue_overdue(self, world: World) -> None:
        """A part of an overdue invoice does not make it due again; the rest makes it paid."""
        invoice = bill(world)
        world.maria.invoices.set_overdue(invoice.id)
        assert Status.OVERDUE is world.maria.payments.record(invoice.id, usd(1)).invoice.status
        assert Status.PAID is world.maria.payments.record(invoice.id).invoice.status


class TestWhereItGoes:
    """Into the balance, or not."""

    def test_time_and_refill_invoices_deposit(self) -> None:
        """−$1,100, the refill paid: −$100, which the time invoice of the same work asks for: paid as well, $0."""
        world = new_world()
        world.log(22)
        [refill] = world.maria.invoices.all()
        world.maria.payments.record(refill.id)
        assert usd(-100) == world.balance()
        [session] = world.maria.work.sessions()
        draft = world.maria.invoices.draft(world.acme.id, Period(session.day, session.day))
        world.maria.payments.record(world.maria.invoices.generate(draft.id).id)
        assert usd(0) == world.balance()


class TestCredit:
    """What is more than was asked."""

    def test_to_credit_with_nothing_over(self, world: World) -> None:
        """The word alone makes no credit."""
        receipt = world.maria.payments.record(bill(world).id, usd(400), overpayment=Overpayment.TO_CREDIT)
        assert (usd(0), usd(600)) == (receipt.credit, receipt.invoice.amount_due)

    def test_the_last_payment_used(self, world: World) -> None:
        """A receipt of applied credit holds every payment that was used."""
        for _ in range(2):
            world.maria.payments.record(bill(world, 10).id, usd(20), overpayment=Overpayment.TO_CREDIT)
        receipt = world.maria.payments.apply_credit(bill(world, 15).id)
        assert list(world.maria.payments.of(world.acme.id)) == list(receipt.payments)
        assert (receipt.payments[-1], usd(5)) == (receipt.payment, receipt.payment.unapplied)

    def test_only_the_clients_own(self, world: World) -> None:
        """Credit of one client pays for no other."""
        world.maria.payments.record(bill(world, 10).id, usd(110), overpayment=Overpayment.TO_CREDIT)
        theirs = world.maria.invoices.manual(world.client().id, usd(5), deposit=Deposit.TO_BALANCE)
        with pytest.raises(ActionNotAllowed, match="no unapplied credit"):
            world.maria.payments.apply_credit(theirs.id)


class TestTakingBack:
    """A payment was mistyped, or money went back."""

    def test_of_an_unpaid_invoice(self, world: World) -> None:
        """$400 recorded by mistake are taken back: the invoice asks for $1,000 again, and the history of money shows
        both movements."""
        invoice = bill(world)
        payment = world.maria.payments.record(invoice.id, usd(400)).payment
        world.told()
        back = world.maria.payments.reverse(payment.id, note="Wrong client.")
        assert (400_00, ()) == (back.reversed_minor, back.applied)
        assert usd(1000) == world.maria.invoices.get(invoice.id).amount_due
        assert [(EntryKind.PAYMENT, usd(400), ""), (EntryKind.PAYMENT_REVERSED, usd(-400), "Wrong client.")] == [
            (row.kind, row.amount, row.note) for row in world.maria.accounts.statement(world.acme.id).rows
        ]
        assert ["PaymentReversed"] == world.told()
        *_, record = world.maria.firm.audit()
        assert "Wrong client." == record.reason

    def test_of_one_that_two_payments_paid(self, world: World) -> None:
        """Either of two payments that together paid it can be taken back; with the first, it is due again."""
        invoice = bill(world)
        first = world.maria.payments.record(invoice.id, usd(400)).payment
        second = world.maria.payments.record(invoice.id).payment
        for payment, rest in ((first, 400), (second, 1000)):
            world.maria.payments.reverse(payment.id, note="Why.")
            after = world.maria.invoices.get(invoice.id)
            assert (Status.DUE, usd(rest)) == (after.status, after.amount_due)

    def test_what_was_not_deposited(self, world: World) -> None:
        """A mistyped payment of a bonus never was in the balance, so nothing moves there."""
        invoice = bill(world, deposit=Deposit.NOT_DEPOSITED)
        payment = world.maria.payments.record(invoice.id, usd(400)).payment
        world.maria.payments.reverse(payment.id, note="Mistyped.")
        assert () == world.maria.accounts.statement(world.acme.id).rows
        assert usd(1000) == world.maria.invoices.get(invoice.id).amount_due

    def test_what_is_refused(self, world: World) -> None:
        """Without a reason, for nothing, in another currency, more than there is, and no such payment."""
        payment = world.maria.payments.record(bill(world).id, usd(400)).payment
        reverse = world.maria.payments.reverse
        with pytest.raises(InvalidInput):
            reverse(payment.id, note=" ")
        with pytest.raises(InvalidInput):
            reverse(payment.id, note="Why.", amount=usd(0))
        with pytest.raises(CurrencyMismatch):
            reverse(payment.id, note="Why.", amount=Money.of(1, "EUR"))
        with pytest.raises(AmountTooLarge, match=r"400\.00 USD"):
            reverse(payment.id, note="Why.", amount=usd(401))
        with pytest.raises(NotFound):
            reverse("nothing", note="Why.")
        assert usd(400) == world.balance()


class TestLists:
    """What came in from a client, and what for."""

    def test_what_each_was_applied_to(self, world: World) -> None:
        """$1,200 for $1,000, and then $150 of the credit for another invoice: one payment on two invoices, $50 left."""
        first = bill(world)
        world.maria.payments.record(first.id, usd(1200), overpayment=Overpayment.TO_CREDIT)
        second = bill(world, 150)
        world.maria.payments.apply_credit(second.id)
        [payment] = world.maria.payments.of(world.acme.id)
        assert {first.id: 1000_00, second.id: 150_00} == {part.invoice_id: part.minor for part in payment.applied}
        assert usd(50) == payment.unapplied
        assert [usd(150)] == [it.amount for it in world.maria.invoices.printable(second.id).payments]

    def test_in_order_and_of_one_client(self, world: World) -> None:
        """In the order of recording, and only that client's."""
        invoice, other = bill(world), world.client()
        recorded = [world.maria.payments.record(invoice.id, usd(amount)).payment.id for amount in (3, 1, 2)]
        theirs = world.maria.invoices.manual(other.id, usd(9), deposit=Deposit.TO_BALANCE)
        paid = world.maria.payments.record(theirs.id).payment.id
        assert recorded == [it.id for it in world.maria.payments.of(world.acme.id)]
        assert [paid] == [it.id for it in world.maria.payments.of(other.id)]
