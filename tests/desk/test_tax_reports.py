"""What is told of taxes: reports by issue and by receipt, journals, tables and printed pages, tied to the invoices."""

import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from invoicecore import (
    Advance,
    Cover,
    Deposit,
    Desk,
    Invoice,
    Money,
    Overpayment,
    Period,
    TaxCategory,
    TaxComponent,
    TaxSum,
    documents,
)
from invoicecore.errors import InvalidInput
from invoicecore.exporter import Dialect, ExportTable, JournalBasis, write_journal, write_table
from invoicecore.exporter.journal.account_names import ACCOUNTS
from tests.exporter.programs import balances, bean_check, hledger
from tests.settlement.test_taxes import MARCH, STANDARD, billed, refilled, taxed_world, worked
from tests.world import World, usd

FEBRUARY = Period.month(2026, 2)


@pytest.fixture
def world() -> World:
    """Books with a refill, work of $1,200 at 19 %, an invoice that does not deposit, and one in two taxes."""
    world = taxed_world(refilled())
    maria, acme = world.maria, world.acme.id
    [refill] = maria.invoices.of(acme)
    maria.payments.record(refill.id, usd(400), received_on=date(2026, 2, 27))
    maria.payments.record(refill.id, usd(840), overpayment=Overpayment.TO_CREDIT)
    worked(world, 1200)
    bill = maria.invoices.generate(maria.invoices.draft(acme, MARCH, cover=Cover.NOTHING).id)
    maria.payments.apply_credit(bill.id)
    maria.payments.record(bill.id, usd(700))
    beside = maria.invoices.manual(acme, usd(100), deposit=Deposit.NOT_DEPOSITED)
    maria.payments.record(beside.id, usd(50))
    maria.payments.record(beside.id)
    components = [TaxComponent("GST", "5"), TaxComponent("QST", "9.975")]
    maria.firm.set_tax("QC", category=STANDARD, components=components)
    maria.clients.change(acme, tax="QC")
    two = maria.invoices.manual(acme, usd(100), deposit=Deposit.TO_BALANCE)
    maria.payments.record(two.id)
    void = maria.invoices.manual(acme, usd(100), deposit=Deposit.TO_BALANCE)
    maria.payments.record(void.id, usd(60))
    maria.invoices.void(void.id, note="Wrong")
    return world


def invoices(world: World) -> list[Invoice]:
    """All that was issued and not voided."""
    return [it for it in world.maria.invoices.all() if it.is_live]


def summed(rows: tuple[TaxSum, ...]) -> dict[str, Money]:
    """The tax of each code."""
    found: dict[str, Money] = {}
    for row in rows:
        found[row.code] = found.get(row.code, usd(0)) + row.tax
    return found


class TestReport:
    def test_by_issue(self, world: World) -> None:
        """Base and tax of each code and rate, as the invoices say."""
        issued = world.maria.pages.taxes(MARCH).issued
        expected = [("QC", "5"), ("QC", "9.975"), ("VAT", "19")]
        assert expected == [(row.code, str(row.percent)) for row in issued]
        assert Money.total((row.tax for row in issued), "USD") == Money.total((it.tax for it in invoices(world)), "USD")

    def test_by_receipt(self, world: World) -> None:
        """With the net share of the same money it is what was paid, to the cent, however it was parted."""
        february, march = (world.maria.pages.taxes(it).received for it in (FEBRUARY, MARCH))
        assert {"VAT": usd("63.87")} == summed(february)
        paid = Money.total((it.amount_paid for it in invoices(world)), "USD")
        net = sum(it.net_of(it.paid_minor) for it in invoices(world))
        taxes = Money.total((row.tax for row in (*february, *march)), "USD")
        assert paid.minor == net + taxes.minor

    def test_without_taxes(self) -> None:
        """There is nothing to tell."""
        assert ((), ()) == (
            (report := taxed_world(percent="19").maria.pages.taxes(MARCH)).issued,
            report.received,
        )


class TestJournals:
    @pytest.mark.parametrize("basis", JournalBasis)
    def test_programs_agree(self, world: World, basis: JournalBasis, tmp_path: Path) -> None:
        """hledger and beancount find every balance as it is asserted, and the tax of each code is what was received, or
        what was issued."""
        for dialect, check in ((Dialect.HLEDGER, hledger), (Dialect.BEANCOUNT, bean_check)):
            path = tmp_path / f"books.{dialect}"
            write_journal(world.maria, path, basis=basis, dialect=dialect)
            assert "" == check(path)
        text = StringIO()
        write_journal(world.maria, text, basis=basis)
        report = world.maria.pages.taxes(MARCH)
        told = summed(report.issued)
        if basis is JournalBasis.WORK:
            told = summed((*world.maria.pages.taxes(FEBRUARY).received, *report.received))
        for code, tax in told.items():
            posted = re.findall(rf"^ +Liabilities:Tax:{code}  (-?[\d.]+) USD$", text.getvalue(), re.MULTILINE)
            assert -tax == Money.total((Money.of(it, "USD") for it in posted), "USD")

    @pytest.mark.parametrize("basis", JournalBasis)
    def test_other_names(self, world: World, basis: JournalBasis, tmp_path: Path) -> None:
        """Every account of a journal can have another name, those of charges and of tax too."""
        maria, acme, day = world.maria, world.acme.id, date(2026, 3, 2)
        maria.charges.expense(acme, day, price=usd(80))
        maria.charges.fee(acme, day, usd(70))
        maria.charges.allow(acme, amount=usd(10), note="Sorry")
        maria.invoices.generate(maria.invoices.draft(acme, MARCH, cover=Cover.NOTHING).id)
        names = {it: f"{place}000 {it.replace(':', ' ')}" for place, it in enumerate(ACCOUNTS, 1)}
        path, ours = tmp_path / "books.journal", tmp_path / "ours.journal"
        write_journal(maria, path, basis=basis, accounts=names)
        write_journal(maria, ours, basis=basis)
        assert "" == hledger(path)
        text = path.read_text(encoding="utf-8")
        assert [] == re.findall(r"^ +(?:Assets|Liabilities|Income|Equity|Expenses):.*", text, re.MULTILINE)
        for own in ("Liabilities:Tax", "Income:Expenses", "Income:Fees", "Income:Discounts"):
            renamed = {it.replace(own, names[own]): amount for it, amount in balances(ours, own).items()}
            assert renamed == balances(path, names[own])
        with pytest.raises(InvalidInput):
            write_journal(maria, path, basis=basis, accounts={"Income:Rent": "8000 Rent"})


def table(desk: Desk, which: ExportTable) -> list[list[str]]:
    """The cells of a table."""
    stream = StringIO()
    write_table(desk, stream, which)
    return [line.split(",") for line in stream.getvalue().splitlines()]


class TestTables:
    def test_they_have_columns_of_taxes(self, world: World) -> None:
        """In a firm with taxes."""
        head, *rows = table(world.maria, ExportTable.INVOICES)
        for row, invoice in zip(rows, world.maria.invoices.all(), strict=True):
            cells = dict(zip(head, row, strict=False))
            assert [str(it.amount) for it in (invoice.net, invoice.tax, invoice.total)] == [
                cells[name] for name in ("net", "tax", "total")
            ]
        head, first, *_ = table(world.maria, ExportTable.LINES)
        cells = dict(zip(head, first, strict=False))
        assert ("VAT", "19") == (cells["tax"], cells["percent"])


def shown(world: World, invoice: Invoice) -> str:
    """The text of the sums of a printed invoice."""
    page = documents.invoice(world.maria.invoices.printable(invoice.id)).html
    [sums] = re.findall(r'<table class="sums".*?</table>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", sums).replace("\N{MINUS SIGN}", "-").split())


class TestPaper:
    def test_a_tax_table(self) -> None:
        """Net amount, the tax on it, and what is to pay."""
        world = taxed_world()
        worked(world, 1200)
        assert "Net amount $1,200.00 VAT 19% $1,200.00 $228.00 Amount due $1,428.00" == shown(world, billed(world))

    def test_advances_and_money_in_hand(self) -> None:
        """An advance is taken off with its tax and its number; other money after tax."""
        world = taxed_world()
        world.maria.invoices.manual(world.acme.id, usd(1000), deposit=Deposit.TO_BALANCE)
        world.maria.accounts.adjust(world.acme.id, usd(100), reason="Opening")
        worked(world, 1200)
        invoice = billed(world)
        assert (
            "Net amount $1,200.00 Invoiced in advance INV-2026-0001 -$1,000.00 VAT 19% $200.00 $38.00 Total $238.00 "
            "Credited to your account -$100.00 Amount due $138.00"
        ) == shown(world, invoice)

    def test_items_say_their_tax_where_it_differs(self) -> None:
        """So that a reader knows which amount belongs to which row of the table."""
        world = taxed_world()
        worked(world, 100)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert "Website · 19%" not in documents.preview(world.maria.invoices.printable(draft.id)).html
        world.maria.firm.set_tax("AE", category=TaxCategory.REVERSE_CHARGE)
        other = world.project(name="Abroad")
        world.maria.projects.change(other.id, tax="AE")
        world.log(1, other)
        draft = world.maria.invoices.open(draft.id)
        page = documents.preview(world.maria.invoices.printable(draft.id)).html
        assert "Website · 19%" in page
        assert "Abroad · Reverse charge" in page

    def test_reverse_charge(self) -> None:
        """The reason stands instead of rate and amount, in the language of the client."""
        world = taxed_world()
        world.maria.firm.set_tax("AE", category=TaxCategory.REVERSE_CHARGE)
        world.maria.clients.change(world.acme.id, tax="AE", locale="de")
        worked(world, 100)
        text = shown(world, billed(world))
        assert "Steuerschuldnerschaft des Leistungsempfängers 100,00 $" in text
        assert "%" not in text

    def test_what_is_outside_has_no_tax_id(self) -> None:
        """None may stand on it."""
        world = taxed_world()
        world.maria.firm.change(tax_id="DE 123")
        world.maria.firm.set_tax("O", category=TaxCategory.OUTSIDE)
        worked(world, 100)
        first = world.maria.invoices.draft(world.acme.id, MARCH)
        assert "DE 123" in documents.preview(world.maria.invoices.printable(first.id)).html
        world.maria.clients.change(world.acme.id, tax="O")
        first = world.maria.invoices.open(first.id)
        assert "DE 123" not in documents.preview(world.maria.invoices.printable(first.id)).html

    def test_an_untaxed_advance(self) -> None:
        """Looks as it does without taxes."""
        world = taxed_world(refilled(Advance.UNTAXED))
        [refill] = world.maria.invoices.of(world.acme.id)
        assert "Amount due $1,000.00" == shown(world, refill)

    def test_a_statement_says_that_it_is_net(self) -> None:
        """Where the client is taxed."""
        world = taxed_world()
        assert "without tax" in documents.statement(world.maria.accounts.printable_statement(world.acme.id)).html
        world.maria.firm.change(tax=None)
        assert "without tax" not in documents.statement(world.maria.accounts.printable_statement(world.acme.id)).html
