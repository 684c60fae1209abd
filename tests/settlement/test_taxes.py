"""The balance is net, and tax is rounded once for each code: worked figures, on every store."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from invoicecore import (
    Advance,
    Billing,
    Client,
    Cover,
    Debt,
    Deposit,
    Desk,
    Firm,
    Invoice,
    Money,
    OnVoid,
    Overpayment,
    Period,
    Project,
    Refill,
    SettableClock,
    Status,
    TaxCategory,
    TaxComponent,
    Terms,
    utc,
)
from invoicecore.errors import InvalidInput, InvalidState, InvoicecoreError, MoneyRuleViolation, NotFound, NotPermitted
from invoicecore.lifecycle.invoice import net_share
from invoicecore.ports.store import Storage
from invoicecore.values.tax import Tax, half_up, tax_minor, tax_rows
from tests.world import UNLIMITED, World, hourly, new_world, usd

MARCH = Period.month(2026, 3)
STANDARD = TaxCategory.STANDARD


def taxed_world(agreed: Terms = UNLIMITED, storage: Storage | None = None, percent: str = "19") -> World:
    """Acme's books, where everything is taxed alike."""
    world = new_world(UNLIMITED, storage)
    world.maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent=percent)
    world.maria.firm.change(tax="VAT")
    world.maria.clients.set_terms(world.acme.id, agreed)
    return world


def refilled(advance: Advance = Advance.TAXED, threshold: int = 0) -> Terms:
    """20 hours at $50 are asked for whenever the projected balance falls to the threshold."""
    return Terms(allowed_balance=None, refill=Refill(usd(threshold), hourly(50), 20, advance))


def worked(world: World, dollars: str | int, day: date = date(2026, 3, 2), project: str | None = None) -> str:
    """Work of a day that costs so much; the id of the session."""
    rate = world.maria.projects.get(project or world.site.id).rates[-1].rate
    duration = timedelta(hours=1) * Money.of(dollars, "USD").minor / (rate.digits * 100)
    return world.maria.work.log(
        project or world.site.id,
        start=utc(day.year, day.month, day.day, 12),
        hours=duration,
        person_id=world.lee.person_id,
        allow_over_24h=True,
    ).id


def billed(
    world: World, period: Period = MARCH, cover: Cover = Cover.AVAILABLE, projects: Sequence[str] = ()
) -> Invoice:
    """The work of March, generated."""
    draft = world.maria.invoices.draft(world.acme.id, MARCH, projects=projects or None)
    return world.maria.invoices.generate(draft.id)


def moved(world: World) -> list[tuple[str, str]]:
    """The kinds of the entries of Acme and what they moved."""
    entries = world.maria.accounts.entries(world.acme.id)
    return [(str(it.kind), str(Money(minor=it.minor, currency="USD").amount)) for it in entries]


class TestRounding:
    """Half up, away from zero, once for each code on the sum of its lines."""

    @pytest.mark.parametrize(
        ("lines", "percent", "expected"),
        [
            ((7612_50,), "19", 1446_38),
            ((787_50,), "19", 149_63),
            ((55_55, 11_11), "23", 15_33),
            ((10_10, 10_10, 10_10), "15", 4_55),
            ((19935_66,), "15", 2990_35),
            ((68_33, 68_33, 57_50, 85_00), "20", 55_83),
            ((299_97,), "25", 74_99),
            ((16_76,), "19", 3_18),
            ((28_68,), "6", 1_72),
            ((58_72,), "19", 11_16),
        ],
    )
    def test_public_cases(self, lines: tuple[int, ...], percent: str, expected: int) -> None:
        """Figures that people published when their systems were a cent off; a credit mirrors each."""
        tax = Tax("VAT", STANDARD, [TaxComponent("VAT", percent)])
        assert expected == tax_minor({tax: sum(lines)}) == -tax_minor({tax: -sum(lines)})

    def test_components_are_rounded_by_themselves(self) -> None:
        """GST and QST on $100, side by side and on top of each other."""
        beside = Tax("QC", STANDARD, [TaxComponent("GST", "5"), TaxComponent("QST", "9.975")])
        on_top = Tax("QC", STANDARD, [TaxComponent("GST", "5"), TaxComponent("QST", "9.5", on_top=True)])
        assert [5_00, 9_98] == [it.tax_minor for it in tax_rows({beside: 100_00})]
        assert [(100_00, 5_00), (105_00, 9_98)] == [(it.base_minor, it.tax_minor) for it in tax_rows({on_top: 100_00})]

    def test_other_minor_units(self) -> None:
        """JPY has none, KWD three digits."""
        assert 100 == tax_minor({Tax("JP", STANDARD, [TaxComponent("", "10")]): 1000})
        assert 50 == tax_minor({Tax("KW", STANDARD, [TaxComponent("", "5")]): 1000})

    def test_a_half_goes_away_from_zero(self) -> None:
        """On both sides."""
        assert [3, -3, 2, -2, 0] == [half_up(5, 2), half_up(-5, 2), half_up(9, 4), half_up(-9, 4), half_up(0, 7)]

    def test_net_share(self) -> None:
        """All that is paid is all of the net amount; nothing is nothing; without tax, it is what is paid."""
        assert 336_13 == net_share(400_00, 1190_00, 1000_00)
        assert (0, 1000_00) == (net_share(0, 1190_00, 1000_00), net_share(1190_00, 1190_00, 1000_00))
        assert 7 == net_share(7, 10, 10)
        assert 0 == net_share(0, 0, 5)


class TestNetBalance:
    """A refill of 20 hours at $50: $1,000 net, $1,190 with tax."""

    @pytest.fixture
    def world(self, empty_storage: Storage) -> World:
        """Books with one refill that is asked for."""
        return taxed_world(refilled(), empty_storage)

    def refill(self, world: World) -> Invoice:
        """The latest refill."""
        return world.maria.invoices.of(world.acme.id)[-1]

    def pay(self, world: World, *amounts: str, over: Overpayment = Overpayment.REFUSE) -> list[str]:
        """The balance after each part."""
        balances = []
        for amount in amounts:
            world.maria.payments.record(self.refill(world).id, usd(amount), overpayment=over)
            balances.append(str(world.balance().amount))
        return balances

    @pytest.fixture(autouse=True)
    def _sound(self, world: World) -> Any:
        """Every story leaves books that meet all laws."""
        first = self.refill(world)
        assert (usd(1000), usd(190), usd(1190)) == (first.net, first.tax, first.total)
        assert (usd(0), usd(1000)) == (world.balance(), world.maria.accounts.standing(world.acme.id).outstanding)
        yield
        report = world.billing.verify()
        assert report.is_sound, report.findings

    def test_in_two_parts(self, world: World) -> None:
        """336.13, and then the rest."""
        assert ["336.13", "1000.00"] == self.pay(world, "400", "790")
        assert [("payment", "336.13"), ("payment", "663.87")] == moved(world)

    def test_in_thirds(self, world: World) -> None:
        """Parts never drift: the last one takes what is left."""
        self.pay(world, "396.67", "396.67", "396.66")
        assert ["333.34", "333.33", "333.33"] == [minor for _, minor in moved(world)]
        assert (usd(1000), usd(0)) == (world.balance(), world.maria.accounts.standing(world.acme.id).outstanding)

    def test_too_much_is_credit_at_its_face(self, world: World) -> None:
        """No tax is due on it until it is applied; then its tax leaves the balance."""
        assert ["1050.00"] == self.pay(world, "1240", over=Overpayment.TO_CREDIT)
        world.maria.clients.set_terms(world.acme.id, refilled(threshold=1050))
        second = self.refill(world)
        world.maria.payments.apply_credit(second.id)
        assert usd("1042.02") == world.balance()
        assert ("credit_applied", "-7.98") == moved(world)[-1]
        world.maria.payments.record(second.id)
        assert ("payment", "957.98") == moved(world)[-1]
        assert usd(2000) == world.balance()

    def test_void_keeps_the_money(self, world: World) -> None:
        """The tax in it rejoins the balance."""
        self.pay(world, "400")
        world.maria.invoices.void(self.refill(world).id, note="Wrong")
        assert usd(400) == world.balance() == world.maria.accounts.standing(world.acme.id).credit
        assert ("credit_released", "63.87") == moved(world)[-1]

    def test_void_sends_the_money_back(self, world: World) -> None:
        """What had been deposited leaves."""
        self.pay(world, "400")
        world.maria.invoices.void(self.refill(world).id, note="Wrong", payments=OnVoid.REVERSE)
        assert usd(0) == world.balance()
        assert ("payment_reversed", "-336.13") == moved(world)[-1]

    def test_parts_are_taken_back(self, world: World) -> None:
        """In any order; what is left is the net share of what is left."""
        self.pay(world, "396.67", "396.67", "396.66")
        first, second, third = world.maria.payments.of(world.acme.id)
        for payment, left in ((first, "666.66"), (third, "333.34"), (second, "0.00")):
            world.maria.payments.reverse(payment.id, note="Bounced")
            assert usd(left) == world.balance()

    def test_a_debt_is_forgiven_net(self, world: World) -> None:
        """And comes back as money comes in."""
        self.pay(world, "400")
        refill = world.maria.invoices.set_uncollectible(self.refill(world).id, debt=Debt.FORGIVE)
        assert usd(1000) == world.balance()
        assert 663_87 == refill.forgiven_minor
        self.pay(world, "300")
        assert usd(1000) == world.balance()
        world.maria.invoices.set_due(refill.id)
        assert usd("588.24") == world.balance()


class TestWork:
    """Time invoices carry the tax of the day of the work."""

    @pytest.fixture
    def world(self, empty_storage: Storage) -> World:
        """Books in which work is taxed at 19 %."""
        return taxed_world(storage=empty_storage)

    def test_a_month(self, world: World) -> None:
        """24 hours at $50: 1200.00 and 228.00; paid, the balance is zero."""
        world.log(24)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert (usd(1200), usd(228), usd(1428)) == (draft.invoice.net, draft.invoice.tax, draft.invoice.total)
        invoice = world.maria.invoices.generate(draft.id)
        [row] = invoice.taxes
        assert ("VAT", "19", usd(1200), usd(228)) == (row.code, str(row.percent), row.base, row.tax)
        assert usd(-1200) == world.balance()
        for amount in (None, "1000.01"):
            world.maria.payments.record(invoice.id, usd(amount) if amount else usd("0.01"))
        world.maria.payments.record(invoice.id)
        assert (usd(0), Status.PAID) == (world.balance(), world.maria.invoices.get(invoice.id).status)
        assert world.billing.verify().is_sound

    def test_the_code_of_the_project_goes_first(self, world: World) -> None:
        """Then that of the client, then that of the firm; an invoice may carry several."""
        maria = world.maria
        for code, percent in (("DE7", "7"), ("DE5", "5")):
            maria.firm.set_tax(code, category=STANDARD, percent=percent)
        book = world.project(name="Book")
        maria.projects.change(book.id, tax="DE7")
        world.log(10)
        world.log(2, book)
        invoice = maria.invoices.draft(world.acme.id, MARCH).invoice
        assert [("DE7", usd(100), usd(7)), ("VAT", usd(500), usd(95))] == [
            (it.code, it.base, it.tax) for it in invoice.taxes
        ]
        maria.clients.change(world.acme.id, tax="DE5")
        assert ["DE5", "DE7"] == [it.code for it in maria.invoices.open(invoice.id).invoice.taxes]
        maria.projects.change(book.id, tax=None)
        assert usd(30) == maria.invoices.open(invoice.id).invoice.tax

    def test_discounts_lower_the_base_of_their_tax(self, world: World) -> None:
        """500 at 19 % and a book of 100 at 7 %, with 10 % off what was done until then, and a ticket that is passed
        through: 450.00 and 90.00, with tax 631.80, and the ticket beside them."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.firm.set_tax("DE7", category=STANDARD, percent="7")
        maria.firm.set_tax("PASS", category=TaxCategory.DISBURSEMENT)
        world.log(10)
        maria.charges.expense(acme, day, price=usd(100), note="Print", tax="DE7")
        off = maria.charges.allow(acme, percent=10, period=MARCH, note="Loyal")
        assert [("DE7", usd(-10)), (None, usd(-50))] == sorted(((it.tax, it.amount) for it in off), key=str)
        maria.charges.expense(acme, day, price=usd(80), note="Train", tax="PASS")
        invoice = billed(world)
        expected = [("DE7", usd(90), usd("6.30")), ("PASS", usd(80), usd(0)), ("VAT", usd(450), usd("85.50"))]
        assert expected == [(it.code, it.base, it.tax) for it in invoice.taxes]
        assert (usd(620), usd("711.80")) == (invoice.net, invoice.total)
        for part in ("237.27", "237.27", "237.26"):
            maria.payments.record(invoice.id, usd(part))
        assert (usd(0), Status.PAID) == (world.balance(), maria.invoices.get(invoice.id).status)
        assert world.billing.verify().is_sound

    def test_a_charge_may_have_a_code_of_its_own(self, world: World) -> None:
        """It goes before that of the project and of the firm; None takes it away. Only a Manager gives it, and the firm
        must have it."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.firm.set_tax("DE7", category=STANDARD, percent="7")
        maria.projects.change(world.site.id, tax="VAT")
        book = maria.charges.fee(acme, day, usd(100), tax="DE7", project_id=world.site.id)
        draft = maria.invoices.draft(acme, MARCH)
        assert usd(7) == draft.invoice.tax
        assert maria.charges.edit(book.id, tax=None).tax is None
        assert usd(19) == maria.invoices.open(draft.id).invoice.tax
        unknown: tuple[Callable[[], object], ...] = (
            lambda: maria.charges.fee(acme, day, usd(5), tax="DE9"),
            lambda: maria.charges.edit(book.id, tax="DE9"),
            lambda: maria.charges.allow(acme, amount=usd(5), tax="DE9"),
        )
        for refused in unknown:
            with pytest.raises(NotFound):
                refused()
        own = world.lee.charges.expense(acme, day, project_id=world.site.id, note="Train")
        with pytest.raises(NotPermitted):
            world.lee.charges.expense(acme, day, project_id=world.site.id, tax="DE7")
        with pytest.raises(NotPermitted):
            world.lee.charges.edit(own.id, tax="DE7")
        with pytest.raises(InvalidInput, match="each tax code by itself"):
            maria.charges.allow(acme, percent=10, period=MARCH, tax="DE7")

    def test_a_fee_has_the_rate_of_its_day_of_issue(self, world: World) -> None:
        """An expense has that of its own day."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent="16", since=date(2026, 3, 20))
        maria.charges.fee(acme, day, usd(100))
        maria.charges.expense(acme, day, price=usd(100))
        draft = maria.invoices.draft(acme, MARCH)
        assert usd(38) == draft.invoice.tax
        world.clock.set(utc(2026, 3, 21, 12))
        assert usd(35) == maria.invoices.open(draft.id).invoice.tax

    def test_a_percentage_follows_a_change_of_rate(self, world: World) -> None:
        """10 % of 900 at 19 % and of 50 at 21 % are two discounts, each of its own rate, and nothing is left."""
        maria, acme = world.maria, world.acme.id
        maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent="21", since=date(2026, 3, 16))
        world.clock.set(utc(2026, 3, 31, 12))
        worked(world, 900, date(2026, 3, 5))
        worked(world, 50, date(2026, 3, 20))
        maria.charges.allow(acme, percent=10, period=MARCH)
        invoice = billed(world)
        expected = [("19", usd(810), usd("153.90")), ("21", usd(45), usd("9.45"))]
        assert expected == [(str(it.percent), it.base, it.tax) for it in invoice.taxes]
        maria.payments.record(invoice.id)
        assert usd(0) == world.balance()
        assert world.billing.verify().is_sound

    def test_a_discount_does_not_wait_for_a_rate_that_is_gone(self, world: World) -> None:
        """Where more of it fits against another rate of its code, it stands against that: what was given before a
        change, and what is taken off a fee that is invoiced after it."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.charges.fee(acme, day, usd(100))
        maria.charges.allow(acme, percent=10, period=MARCH)
        maria.charges.allow(acme, amount=usd(200), day=day)
        maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent="21", since=date(2026, 3, 16))
        world.clock.set(utc(2026, 3, 31, 12))
        worked(world, 300, date(2026, 3, 20))
        worked(world, 40, day)
        draft = maria.invoices.draft(acme, MARCH)
        expected = [("19", usd(30), usd("5.70")), ("21", usd(200), usd(42))]
        assert expected == [(str(it.percent), it.base, it.tax) for it in draft.invoice.taxes]
        maria.invoices.generate(draft.id)
        assert world.billing.verify().is_sound

    def test_a_percentage_leaves_disbursements_as_they_are(self, world: World) -> None:
        """They are no turnover; one that is named is taken off all the same."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.firm.set_tax("PASS", category=TaxCategory.DISBURSEMENT)
        ticket = maria.charges.expense(acme, day, price=usd(80), note="Train", tax="PASS")
        with pytest.raises(MoneyRuleViolation):
            maria.charges.allow(acme, percent=10, period=MARCH)
        world.log(10)
        assert [usd(-50)] == [it.amount for it in maria.charges.allow(acme, percent=10, period=MARCH)]
        assert [usd(-8)] == [it.amount for it in maria.charges.allow(acme, percent=10, on=[ticket.id])]

    def test_a_discount_stands_against_its_own_tax(self, world: World) -> None:
        """What is more than that waits, so that no base is below zero."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.firm.set_tax("DE7", category=STANDARD, percent="7")
        book = maria.projects.add(client_id=acme, name="Book", rate=hourly(50), tax="DE7")
        maria.charges.expense(acme, day, price=usd(100), note="Print", project_id=book.id)
        maria.charges.allow(acme, amount=usd(30), day=day)
        first = billed(world)
        assert usd(107) == first.total
        world.log(1)
        assert usd("23.80") == billed(world).total
        assert world.billing.verify().is_sound

    def test_rates_change_by_the_day(self, world: World) -> None:
        """Work before the day has the former rate, and each rate is a row of its own; generated invoices stay."""
        worked(world, 100, date(2026, 3, 2))
        first = billed(world)
        world.maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent="16", since=date(2026, 3, 2))
        worked(world, 100, date(2026, 3, 1))
        worked(world, 200, date(2026, 3, 2))
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert [("16", usd(200), usd(32)), ("19", usd(100), usd(19))] == [
            (str(it.percent), it.base, it.tax) for it in draft.invoice.taxes
        ]
        world.maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent="20")
        assert usd(19) == world.maria.invoices.get(first.id).tax
        assert usd(52) == world.maria.invoices.open(draft.id).invoice.tax
        assert world.billing.verify().is_sound

    def test_the_revision_covers_the_tax(self, world: World) -> None:
        """A draft of which the tax moved is not generated unseen."""
        world.log(1)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        world.maria.clients.change(world.acme.id, tax=None)
        assert draft.revision == world.maria.invoices.open(draft.id).revision
        world.maria.firm.set_tax("VAT", category=STANDARD, percent="20")
        assert draft.revision != world.maria.invoices.peek(draft.id).revision
        with pytest.raises(InvoicecoreError, match=r"1 changed, 0\.50 USD in all"):
            world.maria.invoices.generate(draft.id)

    def test_an_invoice_that_does_not_deposit(self, world: World) -> None:
        """Its tax is asked for, and credit pays all of it out of the balance."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.NOT_DEPOSITED)
        assert usd(119) == invoice.total
        world.maria.payments.record(invoice.id, usd(169), overpayment=Overpayment.TO_CREDIT)
        assert usd(50) == world.balance()
        again = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.NOT_DEPOSITED)
        world.maria.payments.apply_credit(again.id)
        assert usd(0) == world.balance()
        assert world.billing.verify().is_sound

    def test_reverse_charge_asks_for_none(self, world: World) -> None:
        """It is a category of its own, and no rate of zero."""
        world.maria.firm.set_tax("AE", category=TaxCategory.REVERSE_CHARGE)
        world.maria.clients.change(world.acme.id, tax="AE")
        world.log(2)
        [row] = billed(world).taxes
        assert (TaxCategory.REVERSE_CHARGE, usd(100), usd(0)) == (row.category, row.base, row.tax)

    def test_what_is_outside_stands_alone(self, world: World) -> None:
        """Nothing else may stand on its invoice."""
        world.maria.firm.set_tax("O", category=TaxCategory.OUTSIDE)
        other = world.project(name="Abroad")
        world.maria.projects.change(other.id, tax="O")
        world.log(1)
        world.log(1, other)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        with pytest.raises(InvalidState, match="outside the scope"):
            world.maria.invoices.generate(draft.id)
        assert usd(50) == billed(world, projects=[other.id]).total


class TestAdvances:
    """What was taxed when it was asked for in advance is taken off with its own tax."""

    def test_rates_that_differ_keep_their_own(self, empty_storage: Storage) -> None:
        """2000 at 16 % less 1000 at 19 %: 1000 and 320 less 190 are 1130."""
        world = taxed_world(storage=empty_storage)
        advance = world.maria.invoices.manual(world.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(advance.id)
        world.maria.firm.set_tax("VAT", category=STANDARD, name="VAT", percent="16", since=date(2026, 3, 2))
        worked(world, 2000)
        invoice = billed(world)
        assert (usd(2320), usd(1190), usd(1130)) == (invoice.total, invoice.covered, invoice.amount_due)
        assert [("16", usd(2000), usd(320)), ("19", usd(-1000), usd(-190))] == [
            (str(it.percent), it.base, it.tax) for it in invoice.taxes_due
        ]
        [part] = invoice.covered_by
        assert (advance.id, 1000_00, "19") == (
            part.source_id,
            part.minor,
            str(part.tax.percents[0]) if part.tax else "",
        )
        world.maria.payments.record(invoice.id)
        assert usd(0) == world.balance()
        assert world.billing.verify().is_sound

    def test_money_in_hand_has_no_tax(self, empty_storage: Storage) -> None:
        """Five paid refills for 5000 of older work on no invoice, 600 of adjustment: 352 of this month are left."""
        world = taxed_world(refilled(threshold=-1), empty_storage)
        for _ in range(5):
            worked(world, 1000, date(2026, 1, 2))
        for invoice in world.maria.invoices.of(world.acme.id):
            world.maria.payments.record(invoice.id)
        world.maria.clients.set_terms(world.acme.id, UNLIMITED)
        world.maria.accounts.adjust(world.acme.id, usd(600) - world.balance(), reason="Opening")
        worked(world, 800)
        invoice = billed(world)
        assert (usd(952), usd(600), usd(352)) == (invoice.total, invoice.covered, invoice.amount_due)
        assert world.billing.verify().is_sound

    def test_work_that_is_all_covered_is_paid_at_once(self, empty_storage: Storage) -> None:
        """Its tax was asked for in advance."""
        world = taxed_world(storage=empty_storage)
        advance = world.maria.invoices.manual(world.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
        worked(world, 800)
        invoice = billed(world)
        assert (Status.PAID, usd(952), usd(0)) == (invoice.status, invoice.covered, invoice.amount_due)
        world.maria.invoices.void(invoice.id, note="Wrong month")
        worked(world, 50)
        again = billed(world)
        assert (usd("1011.50"), usd(0)) == (again.covered, again.amount_due)
        world.maria.payments.record(advance.id)
        assert usd(150) == world.balance()
        assert world.billing.verify().is_sound

    def test_an_untaxed_advance(self, empty_storage: Storage) -> None:
        """It asks for no tax; the invoice for the work asks for all of it, also where the work is covered."""
        world = taxed_world(refilled(Advance.UNTAXED), empty_storage)
        worked(world, 1200)
        [first, *_] = world.maria.invoices.of(world.acme.id)
        assert usd(1000) == first.total == first.net
        world.maria.payments.record(first.id)
        worked(world, 800)
        invoice = billed(world)
        assert (usd(2380), usd(2000), usd(380)) == (invoice.total, invoice.covered, invoice.amount_due)
        world.maria.payments.record(invoice.id)
        assert usd(-1000) == world.balance()
        assert world.billing.verify().is_sound

    def test_an_advance_beside_what_is_outside(self, empty_storage: Storage) -> None:
        """The two cannot stand on one invoice; whoever reads the error knows what to do."""
        world = taxed_world(storage=empty_storage)
        maria, acme = world.maria, world.acme.id
        maria.invoices.manual(acme, usd(100), deposit=Deposit.TO_BALANCE)
        maria.firm.set_tax("O", category=TaxCategory.OUTSIDE)
        maria.clients.change(acme, tax="O")
        worked(world, 1000)
        draft = maria.invoices.draft(acme, MARCH)
        with pytest.raises(InvalidState, match="take nothing off"):
            maria.invoices.generate(draft.id)
        draft = maria.invoices.draft(acme, MARCH, cover=Cover.NOTHING)
        assert usd(1000) == maria.invoices.generate(draft.id).total

    def test_an_advance_that_was_taxed_higher_than_the_work(self, empty_storage: Storage) -> None:
        """Less than nothing is asked for by no invoice; both ways out are named."""
        world = taxed_world(storage=empty_storage)
        world.maria.invoices.manual(world.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
        world.maria.firm.set_tax("VAT", category=STANDARD, percent="7", since=date(2026, 3, 2))
        worked(world, 1000)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert usd(-120) == draft.invoice.amount_due
        with pytest.raises(MoneyRuleViolation, match=r"Void the advance, or .*Cover\.NOTHING"):
            world.maria.invoices.generate(draft.id)
        world.maria.invoices.save(draft.id, cover=Cover.NOTHING)
        assert usd(1070) == world.maria.invoices.generate(draft.id).amount_due
        assert world.billing.verify().is_sound


class TestCodes:
    """Tax codes are checked when they are set, and never disappear."""

    @pytest.mark.parametrize(
        "given",
        [
            {"category": STANDARD},
            {"category": STANDARD, "percent": "1000"},
            {"category": STANDARD, "percent": "-1"},
            {"category": STANDARD, "percent": "1.0000001"},
            {"category": STANDARD, "percent": "19", "reason": "Because"},
            {"category": STANDARD, "percent": 19.0},
            {"category": TaxCategory.ZERO, "percent": "1"},
            {"category": TaxCategory.EXEMPT},
            {"category": "standard", "percent": "19"},
            {"category": STANDARD, "percent": "19", "since": "2026-01-01"},
            {"category": STANDARD, "components": ["GST"]},
            {"category": TaxCategory.ZERO, "components": [TaxComponent("a", 0), TaxComponent("b", 0)]},
        ],
    )
    def test_are_checked(self, world: World, given: dict[str, Any]) -> None:
        """Each category by its own rules."""
        with pytest.raises(InvalidInput):
            world.maria.firm.set_tax("X", **given)

    @pytest.mark.parametrize("given", [{"percent": 19}, {"name": "VAT"}])
    def test_have_a_percentage_or_components(self, world: World, given: dict[str, Any]) -> None:
        """Of both, one would be lost without a word."""
        with pytest.raises(InvalidInput, match="leave one out"):
            world.maria.firm.set_tax("X", category=STANDARD, components=[TaxComponent("GST", "5")], **given)

    @pytest.mark.parametrize("code", ["", "a b", "DE19=19", 19, "x" * 31])
    def test_have_a_plain_name(self, world: World, code: Any) -> None:
        """One that can be typed on a command line."""
        with pytest.raises(InvalidInput):
            world.maria.firm.set_tax(code, category=TaxCategory.ZERO)

    def test_must_be_there(self, world: World) -> None:
        """Whoever names one that was never set is refused."""
        maria = world.maria
        for change in (
            lambda: maria.firm.change(tax="DE19"),
            lambda: maria.clients.change(world.acme.id, tax="DE19"),
            lambda: maria.clients.add(name="B", terms=UNLIMITED, tax="DE19"),
            lambda: maria.projects.change(world.site.id, tax="DE19"),
            lambda: maria.projects.add(client_id=world.acme.id, name="P", rate=hourly(1), tax="DE19"),
        ):
            with pytest.raises(NotFound, match="DE19"):
                change()

    def test_are_dated(self, world: World) -> None:
        """Before its first day, a code taxes nothing; the same day again replaces what was set."""
        maria = world.maria
        for percent, since in (("20", date(2026, 7, 1)), ("19", date(2026, 1, 1)), ("16", date(2026, 7, 1))):
            maria.firm.set_tax("DE", category=STANDARD, percent=percent, since=since)
        firm = maria.firm.settings()
        found = [firm.tax_on("DE", date(2026, month, day)) for month, day in ((1, 1), (6, 30), (7, 1))]
        assert ["19", "19", "16"] == [str(it.percents[0]) for it in found if it is not None]
        assert firm.tax_on("DE", date(2025, 12, 31)) is None
        assert [date(2026, 1, 1), date(2026, 7, 1)] == [it.since for it in firm.taxes]


def test_other_currencies_foot() -> None:
    """Lines, tax and total of a yen invoice and of one in dinars."""
    world = taxed_world(percent="10")
    for currency, net, tax in (("JPY", "1000", "100"), ("KWD", "1.000", "0.100")):
        client = world.maria.clients.add(name=currency, terms=UNLIMITED, currency=currency)
        invoice = world.maria.invoices.manual(client.id, Money.of(net, currency), deposit=Deposit.TO_BALANCE)
        assert (Money.of(net, currency), Money.of(tax, currency)) == (invoice.net, invoice.tax)
        assert invoice.total == invoice.net + invoice.tax


class TestDecider:
    """A host that asks a service which tax applies."""

    def decided(self, codes: dict[str | None, Any]) -> tuple[Desk, str, str]:
        """Acme's books by a host that knows a code for projects by their names, and for what has none."""

        class Known:
            def tax_code(self, client: Client, project: Project | None, day: date) -> str | None:
                return codes.get(None if project is None else project.name)

        clock = SettableClock(utc(2026, 3, 2, 15))
        firm = Firm(name="Ten", currency="USD", timezone="UTC")
        maria = Billing.in_memory(firm, clock=clock, tax_decider=Known()).as_owner()
        maria.firm.set_tax("VAT", category=STANDARD, percent="19")
        maria.firm.set_tax("LOW", category=STANDARD, percent="7")
        acme = maria.clients.add(name="Acme", terms=UNLIMITED)
        site = maria.projects.add(client_id=acme.id, name="Site", rate=hourly(50), tax="VAT")
        return maria, acme.id, site.id

    def test_it_goes_before_project_client_and_firm(self) -> None:
        """And after the code of a charge; refills are what has no project."""
        maria, acme, site = self.decided({"Site": "LOW", None: "VAT"})
        maria.clients.set_terms(acme, refilled())
        maria.work.log(site, day=date(2026, 3, 2), hours=2)
        maria.charges.fee(acme, date(2026, 3, 2), usd(100), project_id=site, tax="VAT")
        [refill] = maria.invoices.of(acme)
        assert (usd(1000), usd(190)) == (refill.net, refill.tax)
        draft = maria.invoices.draft(acme, MARCH, cover=Cover.NOTHING).invoice
        assert [("LOW", usd(7)), ("VAT", usd(19))] == [(it.code, it.tax) for it in draft.taxes]

    def test_what_it_leaves_open_is_as_without_it(self) -> None:
        """None is that of the project."""
        maria, acme, site = self.decided({})
        maria.work.log(site, day=date(2026, 3, 2), hours=2)
        assert usd(19) == maria.invoices.draft(acme, MARCH, cover=Cover.NOTHING).invoice.tax

    @pytest.mark.parametrize(("code", "error"), [("GONE", NotFound), (7, InvalidInput), ("a b", InvalidInput)])
    def test_a_code_that_is_none_refuses_the_command(self, code: Any, error: type[Exception]) -> None:
        """Nothing is written."""
        maria, acme, _ = self.decided({None: code})
        with pytest.raises(error):
            maria.invoices.manual(acme, usd(5), deposit=Deposit.NOT_DEPOSITED)
        assert () == maria.invoices.of(acme)
