"""A closed month ties out: with the ledger, the statement of account, and the journals on either basis."""

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from invoicecore import (
    CloseFigures,
    Deposit,
    Desk,
    InvoiceKind,
    LedgerDay,
    Money,
    NewWorkSession,
    Period,
    utc,
    view,
)
from invoicecore.errors import NotPermitted
from invoicecore.exporter import JournalBasis
from invoicecore.ports.store import Storage
from invoicecore.vocabulary import BILLED_ENTRIES
from tests.exporter.test_journal_basis import journal
from tests.exporter.test_journal_proof import HISTORIES, history
from tests.world import UNLIMITED, World, new_world, usd

_POSTING = re.compile(r"^    ([A-Z][\w:-]+)  (-?[0-9.]+) ([A-Z]{3})")


def posted(text: str, last: date) -> Counter[tuple[str, str]]:
    """What the accounts of a journal hold in each currency at the end of a day, the clients' own parts left out."""
    held: Counter[tuple[str, str]] = Counter()
    day = date.min
    for line in text.splitlines():
        if line[:4].isdigit():
            day = date.fromisoformat(line[:10])
        elif (found := _POSTING.match(line)) and day <= last:
            account, amount, currency = found.groups()
            held[":".join(account.split(":")[:2]), currency] += Money.of(Decimal(amount), currency).minor
    return held


@pytest.fixture(scope="module", params=range(HISTORIES))
def desk(request: pytest.FixtureRequest) -> Desk:
    """Each of some histories at random in turn."""
    return history(request.param)


def periods(desk: Desk, by: LedgerDay) -> list[Period]:
    """Three parts of the time in which something happened, the last of which has not ended."""
    days = sorted(row.day(by) for it in desk.clients.all() for row in desk.accounts.statement(it.id, by=by).rows)
    first, last = days[0], days[-1]
    third = timedelta(days=(last - first).days // 3)
    return [Period(first, first + third), Period(first + third, last - third), Period(last - third, date(2040, 1, 1))]


@pytest.mark.parametrize("by", LedgerDay)
class TestTiesOut:
    def test_with_the_statements_of_each_client(self, desk: Desk, by: LedgerDay) -> None:
        """Balances are those of the ledger statement, what is due that of the statement of account."""
        for period in periods(desk, by):
            for it in desk.accounts.close(period, by=by).clients:
                statement = desk.accounts.statement(it.client.id, period, by=by)
                figures, due = it.figures, desk.accounts.account_statement(it.client.id, period, by=by)
                assert (figures.opening, figures.closing) == (statement.opening, statement.closing)
                assert figures.opening + figures.worked + figures.deposited + figures.adjusted == figures.closing
                assert (figures.due_before, figures.due) == (due.opening, due.closing)
                changes = figures.invoiced + figures.voided + figures.written_off + figures.received
                assert figures.due_before + changes == figures.due
                assert figures.open - figures.credit == figures.due
                assert (figures.open, figures.credit) == (
                    Money.total((item.amount_due for item in due.open_items), figures.due.currency),
                    due.credit,
                )
                assert figures.credit.minor >= 0

    def test_with_the_journals(self, desk: Desk, by: LedgerDay) -> None:
        """Added up to the last day, the journals have the same balances, dues and prepaid money."""
        texts = [journal(desk, by=by, basis=basis) for basis in JournalBasis]
        for period in periods(desk, by):
            work, invoices = (posted(text, period.last) for text in texts)
            for total in desk.accounts.close(period, by=by).totals:
                currency = total.closing.currency
                assert -total.closing.minor == work["Liabilities:Clients", currency]
                assert total.due.minor == invoices["Assets:Receivable", currency]
                assert -total.prepaid.minor == invoices["Liabilities:Clients", currency]

    def test_unbilled_is_work_less_what_invoices_took(self, desk: Desk, by: LedgerDay) -> None:
        """Counted from the first day on, it is the same as counted back from now."""
        for period in periods(desk, by):
            for it in desk.accounts.close(period, by=by).clients:
                rows = desk.accounts.statement(it.client.id, by=by).rows
                worked = -sum(
                    row.amount.minor for row in rows if row.kind in BILLED_ENTRIES and row.day(by) <= period.last
                )
                taken = sum(
                    event.billed_minor
                    for event in desk.accounts.dues(it.client.id, by=by).events
                    if event.day <= period.last
                )
                assert it.figures.unbilled.minor == worked - taken


@pytest.fixture
def world(empty_storage: Storage) -> World:
    """Acme prepays $100 in August; eight hours of September and four of October are imported in November, and September
    is invoiced and partly paid on 5 October. On each kind of store."""
    world = new_world(UNLIMITED, storage=empty_storage, now=utc(2025, 8, 3, 18))
    ahead = world.maria.invoices.manual(world.acme.id, usd(100), deposit=Deposit.TO_BALANCE)
    world.maria.payments.record(ahead.id, method="wire")
    world.clock.set(utc(2025, 10, 5, 18))
    _imported(world, date(2025, 9, 9), 8)
    draft = world.maria.invoices.draft(world.acme.id, Period.month(2025, 9))
    world.maria.payments.record(world.maria.invoices.generate(draft.id).id, usd(50), method="wire")
    world.clock.set(utc(2025, 11, 5, 18))
    _imported(world, date(2025, 10, 9), 4)
    return world


def _imported(world: World, day: date, hours: int) -> None:
    lee = world.lee.people.me().id
    row = NewWorkSession(project_id=world.site.id, person_id=lee, day=day, hours=hours, source=str(day))
    world.maria.work.import_many([row])


class TestClose:
    def test_figures(self, world: World) -> None:
        """By hand: what each month has."""
        names = ("opening", "worked", "deposited", "closing", "invoiced", "received", "due", "unbilled", "prepaid")
        assert [
            (0, 0, 100, 100, 100, -100, 0, 0, 100),
            (100, -400, 0, -300, 0, 0, 0, 400, 100),
            (-300, -200, 50, -450, 300, -50, 250, 200, 0),
            (-450, 0, 0, -450, 0, 0, 250, 200, 0),
        ] == [tuple(int(getattr(self._acme(world, month), it).amount) for it in names) for month in (8, 9, 10, 11)]

    def test_asked_later_it_is_the_same(self, world: World) -> None:
        """What comes later changes no month that is over."""
        september = Period.month(2025, 9)
        before = world.maria.accounts.close(september)
        world.clock.set(utc(2026, 2, 1, 18))
        _imported(world, date(2026, 1, 9), 4)
        world.maria.accounts.adjust(world.acme.id, usd(-7))
        world.maria.invoices.sweep_overdue()
        assert before == world.maria.accounts.close(september)

    def test_as_json(self, world: World) -> None:
        """A view has all of it as plain data."""
        shown = view(world.maria.accounts.close(Period.month(2025, 10)))
        assert "Acme" == shown["clients"][0]["client"]["name"]
        assert "250.00" in str(shown["totals"][0]["due"])

    def test_who_sees_it(self, world: World) -> None:
        """A contact sees their client; who sees no money sees nothing."""
        [row] = world.cleo.accounts.close(Period.month(2025, 10)).clients
        assert "Acme" == row.client.name
        for desk in (world.sam, world.lee):
            with pytest.raises(NotPermitted):
                desk.accounts.close(Period.month(2025, 10))

    @staticmethod
    def _acme(world: World, month: int) -> CloseFigures:
        closed = world.maria.accounts.close(Period.month(2025, month))
        [total] = closed.totals
        assert [total] == [it.figures for it in closed.clients]
        return total


def test_every_kind_of_invoice_is_there() -> None:
    """The histories have each kind of invoice, or nothing would be proven."""
    kinds = {row.kind for seed in range(HISTORIES) for row in history(seed).pages.invoices(limit=1000).rows}
    assert set(InvoiceKind) == kinds
