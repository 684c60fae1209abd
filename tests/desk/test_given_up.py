"""A client does not read that they were written off, in any answer that their contact can have."""

import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import attrs
import pytest

from invoicecore import Debt, Deposit, Desk, LedgerDay, Money, Period, Status, documents, view
from invoicecore.codec import dump_any
from invoicecore.errors import InvoicecoreError
from invoicecore.exporter import JournalBasis, write_journal, write_tables
from invoicecore.ports.store import Storage
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.transactions import TransactionSort
from invoicecore.values.calendar import utc
from tests.world import UNLIMITED, World, new_world, usd

YEAR = Period.year(2026)
WORDS = ("uncollectible", "write_off", "write-off", "written off", "writeoff", "bad-debts", "ausgebucht", "forgive")


@pytest.fixture(params=[*Debt], ids=[*Debt])
def world(empty_storage: Storage, request: pytest.FixtureRequest) -> World:
    """Acme was asked for $400 of work and for $50 that do not deposit, paid $100 of the work, and both were given up;
    so was an invoice that is due again."""
    world = new_world(UNLIMITED, storage=empty_storage, now=utc(2026, 3, 2, 18))
    maria, acme = world.maria, world.acme.id
    world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=8)
    bill = maria.invoices.generate(maria.invoices.draft(acme, Period.month(2026, 3)).id)
    maria.payments.record(bill.id, usd(100))
    setup, again = (maria.invoices.manual(acme, usd(it), deposit=Deposit.NOT_DEPOSITED) for it in (50, 60))
    refill = maria.invoices.manual(acme, usd(70), deposit=Deposit.TO_BALANCE)
    world.clock.set(utc(2026, 5, 4, 18))
    maria.invoices.sweep_overdue()
    for it in (bill, setup, again, refill):
        maria.invoices.set_uncollectible(it.id, debt=request.param)
    maria.payments.record(refill.id, usd(10))
    maria.invoices.set_due(again.id)
    return world


def answers(desk: Desk, acme: str, folder: Path) -> Iterator[tuple[str, object]]:
    """Everything that a contact can ask, by its name."""
    accounts, pages, invoices = desk.accounts, desk.pages, desk.invoices
    bills = invoices.of(acme)
    yield "invoices.of", bills
    yield "invoices.all", invoices.all()
    for bill in bills:
        yield "invoices.get", invoices.get(bill.id)
        yield "invoices.by_number", invoices.by_number(bill.number or "")
        yield "invoices.history", invoices.history(bill.id)
        yield "invoices.available_actions", invoices.available_actions(bill.id)
        yield "pages.invoice", pages.invoice(bill.id)
        printable = invoices.printable(bill.id)
        yield "invoices.printable", printable
        yield "documents.invoice", documents.invoice(printable).html
        yield "documents.reminder", documents.reminder(printable, as_of=date(2026, 8, 1)).html
    for sort in InvoiceSort:
        yield f"pages.invoices by {sort}", pages.invoices(sort=sort, limit=2, totals=True)
    yield "pages.invoices overdue", pages.invoices(overdue=True, totals=True)
    for status in Status:
        if status is not Status.UNCOLLECTIBLE:
            yield f"pages.invoices {status}", pages.invoices(statuses=[status], totals=True)
    for order in TransactionSort:
        for descending in (True, False):
            part = pages.transactions(acme, sort=order, limit=2, descending=descending)
            yield f"pages.transactions by {order}", part
            while part.next_cursor is not None:
                part = pages.transactions(acme, sort=order, limit=2, descending=descending, after=part.next_cursor)
                yield f"pages.transactions by {order}", part
    for name in ("client", "forecast", "explain"):
        yield f"pages.{name}", getattr(pages, name)(acme)
    yield "pages.clients", pages.clients()
    yield "pages.aging", pages.aging()
    yield "pages.aging of a day", pages.aging(as_of=date(2026, 4, 1), client_id=acme)
    yield "clients.all", desk.clients.all()
    yield "payments.of", desk.payments.of(acme)
    yield "accounts.standing", accounts.standing(acme)
    yield "accounts.entries", accounts.entries(acme)
    for by in LedgerDay:
        yield "accounts.statement", accounts.statement(acme, by=by)
        yield "accounts.dues", accounts.dues(acme, by=by)
        yield "accounts.account_statement", accounts.account_statement(acme, YEAR, by=by)
        yield from printed(desk, acme, by)
    for basis in JournalBasis:
        write_journal(desk, journal := StringIO(), basis=basis)
        yield f"journal by {basis}", journal.getvalue()
    write_tables(desk, folder)
    for file in folder.glob("*.csv"):
        yield f"table {file.name}", file.read_text(encoding="utf-8")


def printed(desk: Desk, acme: str, by: LedgerDay) -> Iterator[tuple[str, object]]:
    """Both statements, as plain data and on paper."""
    paper, account = desk.accounts.printable_statement(acme, by=by), desk.accounts.printable_account_statement(acme)
    yield from (("printable_statement", paper), ("printable_account_statement", account))
    yield "documents.statement", documents.statement(paper).html
    yield "documents.account_statement", documents.account_statement(account).html


def texts(answer: Any) -> Iterator[str]:
    """All that an answer says: itself, as JSON, and each field of the values in it."""
    yield repr(answer)
    if isinstance(answer, str):
        yield answer
    elif attrs.has(type(answer)):
        for field in attrs.fields(type(answer)):
            yield from texts(getattr(answer, field.name))
    elif isinstance(answer, tuple | list | frozenset):
        for it in answer:
            yield from texts(it)
    if attrs.has(type(answer)):
        try:
            shown: Any = view(answer)
        except InvoicecoreError:
            shown = dump_any(answer)
        yield str(shown)


class TestContact:
    """What Cleo can have."""

    def test_no_answer_says_it(self, world: World, tmp_path: Path) -> None:
        """No word of it in any answer, row, cursor, table, journal or page."""
        said = [
            (name, word, text[max(0, text.lower().find(word) - 150) :][:300])
            for name, answer in answers(world.cleo, world.acme.id, tmp_path)
            for text in texts(answer)
            for word in WORDS
            if word in _without_names(text)
        ]
        assert [] == said

    def test_all_of_it_is_unpaid(self, world: World) -> None:
        """Each of the four invoices, also as overdue, and everything adds up."""
        cleo, acme = world.cleo, world.acme.id
        rows = cleo.pages.invoices(totals=True)
        assert {"unpaid"} == {row.display_status.value for row in rows.rows}
        assert 4 == len(cleo.pages.invoices(overdue=True).rows)
        assert 4 == len(cleo.pages.invoices(statuses=[Status.DUE]).rows)
        assert () == cleo.pages.invoices(statuses=[Status.UNCOLLECTIBLE]).rows
        due = Money.total((row.amount_due for row in rows.rows), "USD")
        [total] = cleo.pages.aging().totals
        account = cleo.accounts.account_statement(acme)
        assert due == usd(300 + 50 + 60 + 60) == Money.total(total, "USD") == account.closing
        assert usd(360) == cleo.accounts.standing(acme).outstanding
        explained = cleo.pages.explain(acme).refill
        assert explained.outstanding == Money.total((it.amount_due for it in explained.invoices), "USD")
        [figures] = cleo.accounts.close(YEAR).totals
        assert (usd(0), due) == (figures.written_off, figures.due)
        assert cleo.accounts.dues(acme).prepaid == figures.prepaid
        assert world.maria.accounts.standing(acme).balance == cleo.accounts.standing(acme).balance

    def test_the_history_leads_where_it_stands(self, world: World) -> None:
        """Its steps follow each other up to the status that is read."""
        for bill in world.cleo.invoices.of(world.acme.id):
            steps = world.cleo.invoices.history(bill.id)
            assert [it.after for it in steps[:-1]] == [it.before for it in steps[1:]]
            assert bill.status is steps[-1].after
            assert [*range(1, len(steps) + 1)] == [it.sequence for it in steps]

    def test_the_paper_of_a_manager(self, world: World) -> None:
        """What Maria prints is for the client."""
        for name, answer in printed(world.maria, world.acme.id, LedgerDay.BOOKED):
            assert not [word for word in WORDS for text in texts(answer) if word in text.lower()], name


class TestManager:
    def test_reads_it(self, world: World) -> None:
        """For the firm it is what it is."""
        assert 3 == len(world.maria.pages.invoices(statuses=[Status.UNCOLLECTIBLE]).rows)
        [figures] = world.maria.accounts.close(YEAR).totals
        assert usd(-410) == figures.written_off


_NAMES = re.compile(r"'(forgiven|written_off|forgiven_minor|uncollectible_minor)\w*':|(forgiven|uncollectible)_minor=0")
"""The names of fields, which are there for every invoice and every account."""
_MENU = re.compile(r"(<action\.)?set_uncollectible(: 'set_uncollectible'>)?|set (it )?uncollectible")
"""The action that every invoice names, and that no contact may take."""


def _without_names(text: str) -> str:
    return _MENU.sub("", _NAMES.sub("", text.lower()))
