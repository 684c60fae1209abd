"""The rules of money, in figures."""

from datetime import timedelta
from fractions import Fraction

import pytest

from invoicecore import (
    Deposit,
    EntryKind,
    Invoice,
    InvoiceKind,
    Money,
    OnVoid,
    Overpayment,
    PaymentOrigin,
    Period,
    Standing,
    Status,
    utc,
)
from invoicecore.errors import ActionNotAllowed, AmountTooLarge, InvalidState, NumberTaken
from tests.world import UNLIMITED, World, hourly, new_world, terms, usd

MARCH = Period.month(2026, 3)


def standing(world: World) -> Standing:
    """How Acme stands."""
    return world.maria.accounts.standing(world.acme.id)


def movements(world: World) -> list[tuple[EntryKind, Money]]:
    """What moved Acme's balance, in order."""
    return [(row.kind, row.amount) for row in world.maria.accounts.statement(world.acme.id).rows]


def manual(world: World, amount: int, deposit: Deposit = Deposit.TO_BALANCE) -> Invoice:
    """An amount that is asked for by hand."""
    return world.maria.invoices.manual(world.acme.id, usd(amount), deposit=deposit)


def time_invoice(world: World) -> Invoice:
    """All work of March, generated."""
    return world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)


def refills(world: World) -> list[Money]:
    """The totals of all refill invoices, in the order in which they were made."""
    return [it.total for it in world.maria.invoices.of(world.acme.id) if it.kind is InvoiceKind.REFILL]


class TestOneMoneyRule:
    """Reading 1: work draws once, deposited money comes in once, an invoice by itself moves nothing."""

    @pytest.mark.req("A31", "A51", "A52")
    def test_nothing_counts_twice(self) -> None:
        """−$400 for 8 h at $50; a time invoice of $400 over them leaves that; its payment brings it to $0; an
        adjustment of +$500 to $500, and one of −$200 to $300."""
        world = new_world(UNLIMITED)
        world.log(8)
        assert usd(-400) == world.balance()
        invoice = time_invoice(world)
        assert (usd(400), usd(-400)) == (invoice.total, world.balance())
        world.maria.payments.record(invoice.id)
        assert usd(0) == world.balance()
        world.maria.accounts.adjust(world.acme.id, usd(500), reason="Goodwill.")
        assert usd(500) == world.balance()
        world.maria.accounts.adjust(world.acme.id, usd(-200), reason="Too much.")
        assert usd(300) == world.balance()
        assert movements(world) == [
            (EntryKind.WORK, usd(-400)),
            (EntryKind.PAYMENT, usd(400)),
            (EntryKind.ADJUSTMENT, usd(500)),
            (EntryKind.ADJUSTMENT, usd(-200)),
        ]

    def test_every_kind_of_invoice_is_a_request(self) -> None:
        """Work of $1,200 asks for a refill of $1,000, so a time invoice of it asks for $200; a manual one asks for $50
        on top: the balance is −$1,200 all the while, and $1,250 are asked for, all of which would leave +$50."""
        world = new_world(terms(allowed=None))
        world.log(24)
        time_invoice(world)
        manual(world, 50)
        assert [(EntryKind.WORK, usd(-1200))] == movements(world)
        stand = standing(world)
        assert (usd(-1200), usd(1250), usd(50)) == (stand.balance, stand.outstanding, stand.projected_balance)


class TestRefill:
    """Reading 4: what was asked for counts; the least whole number of blocks; once for each crossing."""

    @pytest.mark.req("A36", "A38", "A39", "A40")
    def test_a_hundred_hours_at_ten(self) -> None:
        """99 h at $10 leave −$990 and nothing asked; the hundredth reaches −$1,000, and $10 × 100 h are asked for."""
        world = new_world(terms(allowed=None, refill_at="-1000", rate="10", hours="100"))
        job = world.project(rate="10")
        world.maria.work.log(job.id, start=utc(2026, 3, 2), hours=99, allow_over_24h=True)
        assert [] == refills(world)
        world.log(1, job)
        [refill] = world.maria.invoices.of(world.acme.id)
        assert (usd(-1000), usd(1000)) == (world.balance(), refill.total)
        assert ("unpaid", Status.GENERATED) == (refill.display_status, refill.status)
        assert timedelta(hours=100) == refill.lines[0].duration

    def test_once_while_it_is_unpaid(self) -> None:
        """From −$1,000 with $1,000 asked the projected balance is $0; each 8 h take $400 of it. After −$1,800 it is
        −$800: nothing more. At −$2,000 it is −$1,000, the refill balance: $1,000 more."""
        world = new_world(terms(allowed=None))
        world.log(20)
        assert [usd(1000)] == refills(world)
        for hours in (8, 8):
            world.log(hours)
        assert [usd(1000)] == refills(world)
        assert (usd(-1800), usd(-800)) == (standing(world).balance, standing(world).projected_balance)
        world.log(4)
        assert [usd(1000), usd(1000)] == refills(world)
        assert (usd(-2000), usd(0)) == (standing(world).balance, standing(world).projected_balance)

    def test_whole_blocks_in_one_invoice(self) -> None:
        """−$3,500 at once: two blocks give −$1,500, which is not above −$1,000; three give −$500. One invoice of
        $3,000. At exactly −$3,000, two give −$1,000, which is not above either, so it is three again."""
        for hours, left in ((70, "-500"), (60, "0")):
            world = new_world(terms(allowed=None))
            world.maria.work.log(world.site.id, start=utc(2026, 3, 2), hours=hours, allow_over_24h=True)
            assert [usd(3000)] == refills(world)
            assert usd(left) == standing(world).projected_balance

    def test_other_requests_count_as_asked(self) -> None:
        """With a manual invoice of $500 out, −$1,200 is projected to −$700 and asks for nothing; one that does not
        deposit brings nothing, so with it alone the refill is asked for."""
        world = new_world(terms(allowed=None))
        manual(world, 500)
        world.log(24)
        assert (usd(-700), []) == (standing(world).projected_balance, refills(world))
        world = new_world(terms(allowed=None))
        manual(world, 500, Deposit.NOT_DEPOSITED)
        world.log(24)
        assert [usd(1000)] == refills(world)

    def test_new_terms_ask_at_once(self) -> None:
        """At −$400, a refill balance of −$300 with blocks of $1,000 asks for one; so does a new client whose refill
        balance is $0: prepaid from the beginning."""
        world = new_world(UNLIMITED)
        world.log(8)
        world.maria.clients.set_terms(world.acme.id, terms(allowed=None, refill_at="-300"))
        assert [usd(1000)] == refills(world)
        prepaid = world.client("Prepaid", terms(allowed="0", refill_at="0"))
        [first] = world.maria.invoices.of(prepaid.id)
        assert (InvoiceKind.REFILL, usd(1000)) == (first.kind, first.total)

    def test_a_void_asks_for_nothing_and_the_next_fall_does(self) -> None:
        """−$1,000 and the refill voided: due, but not asked. By hand it is $1,000; or 1 h more, −$1,050, asks."""
        for by_hand in (True, False):
            world = new_world(terms(allowed=None))
            world.log(20)
            [refill] = world.maria.invoices.of(world.acme.id)
            world.maria.invoices.void(refill.id, note="Lost in the post.")
            assert ([usd(1000)], True) == (refills(world), standing(world).refill_due)
            if by_hand:
                assert usd(1000) == world.maria.accounts.request_refill(world.acme.id).total
            else:
                world.log(1)
            assert ([usd(1000), usd(1000)], False) == (refills(world), standing(world).refill_due)
            with pytest.raises(InvalidState, match="No refill is due"):
                world.maria.accounts.request_refill(world.acme.id)

    def test_written_off_no_longer_counts_as_asked(self) -> None:
        """An uncollectible refill asks for nothing by itself, but it keeps no refill back: −$1,000 is projected, and
        1 h more, −$1,050, asks for $1,000."""
        world = new_world(terms(allowed=None))
        world.log(20)
        world.maria.invoices.set_uncollectible(world.maria.invoices.of(world.acme.id)[0].id)
        assert (usd(-1000), [usd(1000)]) == (standing(world).projected_balance, refills(world))
        world.log(1)
        assert (usd(-50), [usd(1000), usd(1000)]) == (standing(world).projected_balance, refills(world))

    def test_not_withdrawn(self) -> None:
        """When the balance rises by +$5,000, the refill that was asked for stays asked for."""
        world = new_world(terms(allowed=None))
        world.log(20)
        world.maria.accounts.adjust(world.acme.id, usd(5000), reason="A gift.")
        assert (usd(5000), Status.GENERATED) == (
            standing(world).projected_balance,
            world.maria.invoices.of(world.acme.id)[0].status,
        )

    def test_paying_it_asks_for_no_other(self) -> None:
        """A payment moves $1,000 from asked to balance: projected stays $0, and no refill is asked for."""
        world = new_world(terms(allowed=None))
        world.log(20)
        world.maria.payments.record(world.maria.invoices.of(world.acme.id)[0].id)
        stand = standing(world)
        assert (usd(0), usd(0), usd(0), [usd(1000)]) == (
            stand.balance,
            stand.outstanding,
            stand.projected_balance,
            refills(world),
        )

    def test_an_adjustment_can_cross(self) -> None:
        """−$1,000 by adjustment reaches the refill balance as work does."""
        world = new_world(terms(allowed=None))
        world.maria.accounts.adjust(world.acme.id, usd(-1000), reason="Old debts.")
        assert [usd(1000)] == refills(world)

    def test_a_smaller_reverted_invoice_makes_one_due(self) -> None:
        """−$950 and −$600 more are projected to −$450 by a manual invoice of $1,100. Reverted and made $500, it leaves
        −$1,050: a refill is due, but what is done to drafts asks for none."""
        world = new_world(terms(allowed=None))
        invoice = manual(world, 1100)
        world.log(19)
        world.log(12)
        assert (usd(-450), []) == (standing(world).projected_balance, refills(world))
        world.maria.invoices.revert(invoice.id)
        assert usd(-450) == standing(world).projected_balance
        world.maria.invoices.save(invoice.id, amount=usd(500))
        assert ([], True) == (refills(world), standing(world).refill_due)
        world.maria.accounts.request_refill(world.acme.id)
        assert [usd(1000)] == refills(world)
        assert usd(-50) == standing(world).projected_balance

    def test_work_imported_at_once_asks_once(self) -> None:
        """What counts is the end of the command: 50 h at once are −$2,500, and two blocks of $1,000 lift it to
        −$500, in one invoice."""
        world = new_world(terms(allowed=None))
        world.maria.work.log(world.site.id, start=utc(2026, 3, 2), hours=50, allow_over_24h=True)
        assert ([usd(2000)], usd(-500)) == (refills(world), standing(world).projected_balance)


class TestUtilization:
    """Reading 5: how far from the latest deposited payment down to the refill balance."""

    @pytest.mark.req("A42", "A43")
    def test_a_quarter(self) -> None:
        """A payment of $1,000, a refill balance of $0 and a balance of $750: 250 of 1,000, 25 %."""
        world = new_world(terms(allowed=None, refill_at="0"))
        [refill] = world.maria.invoices.of(world.acme.id)
        assert 1 == standing(world).utilization  # nothing is paid yet of the block that they start with
        world.maria.payments.record(refill.id)
        assert 0 == standing(world).utilization
        world.log(5)
        assert (usd(750), Fraction(1, 4)) == (world.balance(), standing(world).utilization)

    def test_settling_a_debt_is_zero(self) -> None:
        """A −$1,000 client stands at 1,000 of 1,000; once they pay $1,000 the anchor is $0, and utilization 0."""
        world = new_world(terms(allowed=None))
        world.log(20)
        assert Fraction(1) == standing(world).utilization
        world.maria.payments.record(world.maria.invoices.of(world.acme.id)[0].id)
        assert (usd(0), Fraction(0)) == (standing(world).utilization_base, standing(world).utilization)

    def test_exact_and_not_clamped(self) -> None:
        """$100 of $1,000 is 1/10; a gift of $200 makes it −1/10; $1,300 of work 6/5."""
        world = new_world(terms(allowed=None))
        world.log(2)
        assert Fraction(1, 10) == standing(world).utilization
        world.maria.accounts.adjust(world.acme.id, usd(200), reason="A gift.")
        assert Fraction(-1, 10) == standing(world).utilization
        world.log(24)
        world.log(2)
        assert Fraction(6, 5) == standing(world).utilization

    def test_what_moves_the_anchor(self) -> None:
        """$600 in: anchor $600. An adjustment of +$50 leaves it. Work of $100 leaves it. $250 in at $550: anchor $800.
        $250 taken back: $550. Credit applied to an invoice leaves it."""
        world = new_world(terms(allowed=None))
        first = manual(world, 600)
        world.maria.payments.record(first.id)
        assert usd(600) == standing(world).utilization_base
        world.maria.accounts.adjust(world.acme.id, usd(50), reason="A gift.")
        world.log(2)
        assert (usd(550), usd(600)) == (standing(world).balance, standing(world).utilization_base)
        second = manual(world, 300)
        payment = world.maria.payments.record(second.id, usd(250)).payment
        assert usd(800) == standing(world).utilization_base
        world.maria.payments.reverse(payment.id, note="Mistyped.")
        assert (usd(550), usd(550)) == (standing(world).balance, standing(world).utilization_base)
        world.maria.invoices.void(first.id, note="Wrong client name.")
        assert usd(600) == standing(world).credit
        world.maria.payments.apply_credit(second.id)
        assert (usd(550), usd(550)) == (standing(world).balance, standing(world).utilization_base)

    def test_none_without_a_refill_balance(self) -> None:
        """Without one there is no way to measure."""
        world = new_world(UNLIMITED)
        world.log(1)
        assert standing(world).utilization is None

    def test_not_deposited_money_is_no_anchor(self) -> None:
        """A payment that leaves the balance alone leaves the anchor alone: $100 of $1,000 is 1/10 before and after."""
        world = new_world(terms(allowed=None))
        world.log(2)
        world.maria.payments.record(manual(world, 70, Deposit.NOT_DEPOSITED).id)
        assert (usd(0), Fraction(1, 10)) == (standing(world).utilization_base, standing(world).utilization)


class TestPaid:
    """Reading 6: paid exactly when nothing is left to pay."""

    @pytest.mark.req("A70", "A71", "A72", "A75", "A76", "B9")
    def test_in_parts(self) -> None:
        """$1,000: $400 leave $600 and it is due, $599.99 leave one cent, and with that it is paid."""
        world = new_world(UNLIMITED)
        invoice = manual(world, 1000)
        for amount, rest, status in (("400", "600", "due"), ("599.99", "0.01", "due"), (None, "0", "paid")):
            receipt = world.maria.payments.record(invoice.id, None if amount is None else usd(amount))
            assert (usd(rest), status) == (receipt.invoice.amount_due, receipt.invoice.status)
        assert [usd(400), usd("599.99"), usd("0.01")] == [it.amount for it in world.maria.payments.of(world.acme.id)]

    @pytest.mark.req("B14")
    def test_from_the_menu(self) -> None:
        """Set paid after $400 of $1,000 records a payment of $600, marked as coming from the menu."""
        world = new_world(UNLIMITED)
        invoice = manual(world, 1000)
        world.maria.payments.record(invoice.id, usd(400))
        assert Status.PAID is world.maria.invoices.set_paid(invoice.id).status
        recorded, menu = world.maria.payments.of(world.acme.id)
        assert (PaymentOrigin.RECORDED, PaymentOrigin.STATUS_MENU) == (recorded.origin, menu.origin)
        assert (usd(600), usd(1000)) == (menu.amount, world.balance())


class TestCredit:
    """Reading 8: what is too much is refused, or said to be credit; credit always lies in the balance."""

    @pytest.mark.req("A72")
    def test_refused_naming_the_rest(self) -> None:
        """$700 for an invoice with $600 left to pay is refused, and the error says 600."""
        world = new_world(UNLIMITED)
        invoice = manual(world, 1000)
        world.maria.payments.record(invoice.id, usd(400))
        with pytest.raises(AmountTooLarge, match=r"600\.00 USD"):
            world.maria.payments.record(invoice.id, usd(700))
        assert usd(400) == world.balance()

    def test_on_an_invoice_that_deposits(self) -> None:
        """$1,200 for $1,000: balance $1,200, credit $200. Applied to the next invoice of $150 it moves no balance and
        leaves $50 of credit."""
        world = new_world(UNLIMITED)
        receipt = world.maria.payments.record(manual(world, 1000).id, usd(1200), overpayment=Overpayment.TO_CREDIT)
        assert (usd(1200), usd(200), usd(200)) == (world.balance(), receipt.credit, receipt.payment.unapplied)
        applied = world.maria.payments.apply_credit(manual(world, 150).id)
        assert (Status.PAID, usd(50), usd(1200)) == (applied.invoice.status, applied.credit, world.balance())
        assert [(EntryKind.PAYMENT, usd(1200))] == movements(world)

    def test_on_an_invoice_that_does_not_deposit(self) -> None:
        """$120 for a bonus of $100 deposits $20 only. $15 of that, applied to another bonus, leave the balance at $5;
        when that one is voided, they come back: $20."""
        world = new_world(UNLIMITED)
        bonus = manual(world, 100, Deposit.NOT_DEPOSITED)
        world.maria.payments.record(bonus.id, usd(120), overpayment=Overpayment.TO_CREDIT)
        assert (usd(20), usd(20)) == (world.balance(), standing(world).credit)
        other = manual(world, 50, Deposit.NOT_DEPOSITED)
        assert usd(35) == world.maria.payments.apply_credit(other.id, usd(15)).invoice.amount_due
        assert (usd(5), usd(5)) == (world.balance(), standing(world).credit)
        world.maria.invoices.void(other.id, note="Not agreed.")
        assert (usd(20), usd(20)) == (world.balance(), standing(world).credit)
        assert movements(world) == [
            (EntryKind.PAYMENT, usd(20)),
            (EntryKind.CREDIT_APPLIED, usd(-15)),
            (EntryKind.CREDIT_RELEASED, usd(15)),
        ]

    def test_the_oldest_first(self) -> None:
        """Credit of $30 and $50; $60 applied takes $30 of the first and $30 of the second."""
        world = new_world(UNLIMITED)
        for excess in (30, 50):
            world.maria.payments.record(manual(world, 10).id, usd(10 + excess), overpayment=Overpayment.TO_CREDIT)
        big = manual(world, 500)
        receipt = world.maria.payments.apply_credit(big.id, usd(60))
        assert (usd(20), usd(440), Status.DUE) == (receipt.credit, receipt.invoice.amount_due, receipt.invoice.status)
        assert [(30_00, 0), (30_00, 20_00)] == [
            (it.applied_to(big.id), it.unapplied_minor) for it in world.maria.payments.of(world.acme.id)
        ]

    def test_never_more_than_there_is(self) -> None:
        """With $20 of credit, $21 are refused naming $20; with an invoice of $5, $6 are refused naming $5."""
        world = new_world(UNLIMITED)
        world.maria.payments.record(manual(world, 10).id, usd(30), overpayment=Overpayment.TO_CREDIT)
        with pytest.raises(AmountTooLarge, match=r"20\.00 USD"):
            world.maria.payments.apply_credit(manual(world, 100).id, usd(21))
        with pytest.raises(AmountTooLarge, match=r"5\.00 USD"):
            world.maria.payments.apply_credit(manual(world, 5).id, usd(6))
        assert usd(20) == standing(world).credit

    def test_spent_credit_can_make_a_refill_due(self) -> None:
        """−$1,700 with an invoice of $900 out is projected to −$800. $400 of credit lie in the balance already, so
        applying them asks for $400 less: −$1,200, and a refill of $1,000."""
        world = new_world(terms(allowed=None))
        world.maria.payments.record(manual(world, 100).id, usd(500), overpayment=Overpayment.TO_CREDIT)
        invoice = manual(world, 900)
        world.log(24)
        world.log(20)
        assert (usd(-1700), usd(-800)) == (standing(world).balance, standing(world).projected_balance)
        world.maria.payments.apply_credit(invoice.id)
        assert ([usd(1000)], usd(-200)) == (refills(world), standing(world).projected_balance)


class TestVoid:
    """Reading 9: money that came in is never lost, and work stays debited."""

    @pytest.mark.req("B12", "B23")
    def test_kept_as_credit(self) -> None:
        """$400 of work, invoiced and paid: balance $0. Voided, it stays $0, and $400 are credit, which pay the next
        invoice over the same work: $0 still."""
        world = new_world(UNLIMITED)
        world.log(8)
        first = time_invoice(world)
        world.maria.payments.record(first.id)
        world.maria.invoices.void(first.id, note="Wrong address.")
        assert (usd(0), usd(400)) == (world.balance(), standing(world).credit)
        second = time_invoice(world)
        assert (usd(400), "INV-2026-0002") == (second.total, second.number)
        assert Status.PAID is world.maria.payments.apply_credit(second.id).invoice.status
        assert (usd(0), usd(0)) == (world.balance(), standing(world).credit)

    def test_reversed(self) -> None:
        """The same, but the money went back: balance −$400, no credit, and the payment says $400 reversed."""
        world = new_world(UNLIMITED)
        world.log(8)
        invoice = time_invoice(world)
        world.maria.payments.record(invoice.id)
        world.maria.invoices.void(invoice.id, note="Sent back.", payments=OnVoid.REVERSE)
        assert (usd(-400), usd(0)) == (world.balance(), standing(world).credit)
        [payment] = world.maria.payments.of(world.acme.id)
        assert (400_00, 0, ()) == (payment.reversed_minor, payment.unapplied_minor, payment.applied)

    def test_reverses_only_what_was_applied(self) -> None:
        """$1,000 for $400: $600 are credit. Voiding with REVERSE takes back the $400; the $600 stay."""
        world = new_world(UNLIMITED)
        invoice = manual(world, 400)
        world.maria.payments.record(invoice.id, usd(1000), overpayment=Overpayment.TO_CREDIT)
        world.maria.invoices.void(invoice.id, note="Sent back.", payments=OnVoid.REVERSE)
        assert (usd(600), usd(600)) == (world.balance(), standing(world).credit)

    @pytest.mark.parametrize(("on_void", "balance"), [(OnVoid.KEEP, 100), (OnVoid.REVERSE, 0)])
    def test_money_that_was_not_deposited(self, on_void: OnVoid, balance: int) -> None:
        """A bonus of $100 left the balance at $0. Kept, its money joins the balance as credit; sent back, not."""
        world = new_world(UNLIMITED)
        bonus = manual(world, 100, Deposit.NOT_DEPOSITED)
        world.maria.payments.record(bonus.id)
        assert usd(0) == world.balance()
        world.maria.invoices.void(bonus.id, note="Not agreed.", payments=on_void)
        assert (usd(balance), usd(balance)) == (world.balance(), standing(world).credit)

    def test_taking_back_a_mistyped_payment(self) -> None:
        """$400 of $1,000 should have been $40: taken back, $1,000 are left to pay, the balance is $0, and the invoice
        stays due. A part of it can be taken back as well."""
        world = new_world(UNLIMITED)
        invoice = manual(world, 1000)
        payment = world.maria.payments.record(invoice.id, usd(400)).payment
        world.maria.payments.reverse(payment.id, note="Should be 40.", amount=usd(360))
        after = world.maria.invoices.get(invoice.id)
        assert (usd(960), usd(40), Status.DUE) == (after.amount_due, world.balance(), after.status)
        world.maria.payments.reverse(payment.id, note="All of it.")
        assert (usd(1000), usd(0)) == (world.maria.invoices.get(invoice.id).amount_due, world.balance())
        with pytest.raises(InvalidState, match="reversed already"):
            world.maria.payments.reverse(payment.id, note="Again.")

    def test_a_bounced_payment_of_a_paid_invoice(self) -> None:
        """$1,200 for $1,000: $200 of credit go back first, then $300 of what paid the invoice, which is due again; its
        number and its sessions stay as they are."""
        world = new_world(UNLIMITED)
        world.log(20)
        invoice = time_invoice(world)
        payment = world.maria.payments.record(invoice.id, usd(1200), overpayment=Overpayment.TO_CREDIT).payment
        world.maria.payments.reverse(payment.id, note="A part bounced.", amount=usd(500))
        after = world.maria.invoices.get(invoice.id)
        assert (usd(-300), usd(0), usd(300)) == (world.balance(), standing(world).credit, after.amount_due)
        assert (Status.DUE, invoice.number) == (after.status, after.number)
        assert invoice.id == world.maria.work.sessions()[0].locked_by
        world.maria.payments.reverse(payment.id, note="All of it.")
        assert (usd(-1000), usd(1000)) == (world.balance(), world.maria.invoices.get(invoice.id).amount_due)


class TestNumbers:
    """Reading 13: given when generated, unique, without gaps, kept for ever."""

    @pytest.mark.req("A5", "A66")
    def test_one_counter(self) -> None:
        """0001 for a manual invoice, 0002 for a refill, an own one beside the counter, 0003 taken by an own one and
        skipped, 0004; a leap to 0100; a void keeps its number."""
        world = new_world(terms(allowed=None))
        maria, acme = world.maria, world.acme.id
        assert "INV-2026-0001" == manual(world, 10).number
        world.log(21)
        *_, refill = maria.invoices.of(acme)
        assert "INV-2026-0002" == refill.number
        for own in ("2025/7", "INV-2026-0003"):
            deposit = Deposit.NOT_DEPOSITED
            assert own == maria.invoices.manual(acme, usd(5), deposit=deposit, number=own).number
        assert "INV-2026-0004" == manual(world, 10).number
        assert 100 == maria.firm.set_next_number(100)
        last = manual(world, 10)
        assert "INV-2026-0100" == last.number
        assert "INV-2026-0100" == maria.invoices.void(last.id, note="Wrong.").number
        with pytest.raises(NumberTaken):
            maria.invoices.manual(acme, usd(5), deposit=Deposit.TO_BALANCE, number="INV-2026-0100")
        assert "INV-2026-0101" == manual(world, 10).number

    def test_no_gap_from_what_was_refused_or_never_generated(self) -> None:
        """A draft that is deleted, an empty one that is refused and an overpayment take no number."""
        world = new_world(UNLIMITED)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        with pytest.raises(ActionNotAllowed):
            world.maria.invoices.generate(draft.id)
        world.maria.invoices.delete(draft.id)
        first = manual(world, 10)
        with pytest.raises(AmountTooLarge):
            world.maria.payments.record(first.id, usd(11))
        assert ["INV-2026-0001", "INV-2026-0002"] == [first.number, manual(world, 10).number]

    def test_emptied_after_a_revert(self) -> None:
        """$400 asked for and reverted; its work deleted, it is generated at $0 under its number and asks for nothing;
        then only printing and voiding are left."""
        world = new_world(UNLIMITED)
        session = world.log(8)
        invoice = time_invoice(world)
        world.maria.invoices.revert(invoice.id)
        assert usd(400) == standing(world).outstanding
        world.maria.work.delete(session)
        again = world.maria.invoices.generate(invoice.id)
        assert (usd(0), invoice.number, usd(0)) == (again.total, again.number, standing(world).outstanding)
        with pytest.raises(ActionNotAllowed):
            world.maria.invoices.revert(invoice.id)
        assert Status.VOID is world.maria.invoices.void(invoice.id, note="Emptied.").status


class TestEditingWork:
    """Reading 17: a changed cost is given back and drawn anew; nothing is rewritten."""

    @pytest.mark.req("A60", "A63")
    def test_longer(self) -> None:
        """8 h become 9 h: −$400, +$400, −$450 — three entries, a balance of −$450."""
        world = new_world(UNLIMITED)
        session = world.log(8)
        [before] = world.maria.accounts.entries(world.acme.id)
        world.maria.work.edit(session, hours=9)
        entries = world.maria.accounts.entries(world.acme.id)
        assert before == entries[0]
        assert [
            (EntryKind.WORK, usd(-400)),
            (EntryKind.WORK_REVERSED, usd(400)),
            (EntryKind.WORK, usd(-450)),
        ] == movements(world)
        assert {session} == {entry.cause for entry in entries}

    def test_the_rate_is_kept_until_the_start_crosses_a_change(self) -> None:
        """At $50 until Tuesday, then $60: made 2 h long on Monday it stays at $50 ($100), moved to Wednesday it costs
        $60 an hour ($120)."""
        world = new_world(UNLIMITED)
        session = world.log(1)
        world.maria.projects.set_rate(world.site.id, hourly(60), since=utc(2026, 3, 3))
        assert usd(100) == world.maria.work.edit(session, hours=2).amount
        world.clock.set(utc(2026, 3, 4, 12))
        moved = world.maria.work.edit(session, start=utc(2026, 3, 4, 12))
        assert (hourly(60), usd(120), usd(-120)) == (moved.rate, moved.amount, world.balance())

    def test_the_refill_is_checked_on_the_net(self) -> None:
        """At −$950, 1 h made 2 h is a net of −$50 more: the refill balance of −$1,000 is reached once. At −$950 a
        session of $400 cut to $350 rises to −$900, and though −$950 − $350 would cross, nothing is asked for."""
        world = new_world(terms(allowed=None))
        one = world.log(1)
        world.log(18)
        world.maria.work.edit(one, hours=2)
        assert ([usd(1000)], usd(-1000)) == (refills(world), world.balance())
        world = new_world(terms(allowed=None))
        eight = world.log(8)
        world.log(11)
        world.maria.work.edit(eight, hours=7)
        assert ([], usd(-900)) == (refills(world), world.balance())
