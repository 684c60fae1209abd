"""A page takes the same number of statements however much is stored, and an index serves each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from attrs import frozen

from invoicecore import Billing, CountingIds, Deposit, Desk, Firm, NewWorkSession, Period, Role, SettableClock
from invoicecore.desk.pages import Pages as DeskPages
from invoicecore.ports.queries import (
    ChargesQuery,
    ClientsQuery,
    HasQueries,
    InvoicesQuery,
    MovementsQuery,
    OwedQuery,
    PeopleQuery,
    ProjectsQuery,
    Queries,
    WorkQuery,
)
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.owed import AgingSort, UnbilledSort
from invoicecore.queries.paging import PageRequest, needles
from invoicecore.queries.people import PersonSort
from invoicecore.queries.projects import ProjectSort
from invoicecore.queries.transactions import TransactionSort
from invoicecore.queries.visibility import EVERYTHING
from invoicecore.queries.work import WorkSort
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.vocabulary import ChargeKind, Status
from tests.databases import schemas
from tests.world import NOON, UNLIMITED, hourly, usd

MARCH = Period.month(2026, 3)
TODAY = date(2026, 3, 31)
TIMES = 50
EVERYBODY = PeopleQuery(roles=frozenset(Role))
OWED = OwedQuery(as_of=TODAY, today=TODAY)
ALL = InvoicesQuery(today=TODAY, statuses=frozenset(Status))


@frozen
class Grown:
    """A firm in which there is so much of everything, and one of each to ask for."""

    storage: SqlStorage
    billing: Billing
    desk: Desk
    client: Any
    project: Any
    person: Any
    invoice: Any


def grown(storage: SqlStorage, ids: CountingIds, times: int) -> Grown:
    """So many clients, projects, people and contacts, and of one client so many sessions, invoices and payments."""
    firm = Firm(name="Northwind", currency="USD", timezone="UTC")
    billing = Billing.create(storage, firm, clock=SettableClock(NOON), ids=ids)
    desk = billing.as_owner()
    for _ in range(times):
        client = desk.clients.add(name="Acme", terms=UNLIMITED)
        project = desk.projects.add(client_id=client.id, name="Website", rate=hourly(50))
        person = desk.people.add(name="Lee", role=Role.WORKER)
        desk.projects.assign(project.id, person.id)
        desk.people.add(name="Cleo", role=Role.CONTACT, client_id=client.id, limited_to=[project.id])
    rows = [
        NewWorkSession(project_id=project.id, person_id=person.id, start=NOON - timedelta(hours=number), hours=1)
        for number in range(2 * times)
    ]
    desk.work.import_many(rows)
    for _ in range(times):
        desk.charges.expense(client.id, TODAY, price=usd(5), project_id=project.id)
        desk.charges.fee(client.id, TODAY, usd(5))
    first = [session.id for session in desk.work.sessions(client_id=client.id)][:times]
    invoice = desk.invoices.generate(desk.invoices.draft(client.id, MARCH, exclude=first).id)
    for _ in range(times):
        asked = desk.invoices.manual(client.id, usd(30), deposit=Deposit.TO_BALANCE)
        desk.payments.record(asked.id, usd(10))
        desk.payments.record(invoice.id, usd("0.10"))
    return Grown(storage, billing, desk, client.id, project.id, person.id, invoice.id)


CHARGES = ChargesQuery(kinds=frozenset(ChargeKind))
WORK = WorkQuery(zone="UTC", search=needles("lee"))

ASKED: Mapping[str, Callable[[Grown, Queries], object]] = {
    "clients": lambda firm, pages: pages.clients(ClientsQuery(), PageRequest(ClientSort.NAME)),
    "people": lambda firm, pages: pages.people(EVERYBODY, PageRequest(PersonSort.WORKED)),
    "projects": lambda firm, pages: pages.projects(ProjectsQuery(now=NOON), PageRequest(ProjectSort.NAME)),
    "work": lambda firm, pages: pages.work(WorkQuery(zone="UTC"), PageRequest(WorkSort.START)),
    "charges": lambda firm, pages: pages.charges(CHARGES, PageRequest(ChargeSort.DAY)),
    "invoices": lambda firm, pages: pages.invoices(ALL, PageRequest(InvoiceSort.CLIENT)),
    "movements": lambda firm, pages: pages.movements(
        MovementsQuery(client_id=firm.client), PageRequest(TransactionSort.BOOKED)
    ),
    "unbilled": lambda firm, pages: pages.unbilled(EVERYTHING, None, PageRequest(UnbilledSort.CLIENT)),
    "aging": lambda firm, pages: pages.aging(OWED, PageRequest(AgingSort.CLIENT)),
    "owed": lambda firm, pages: pages.owed(OWED),
    "invoiced": lambda firm, pages: pages.invoiced(firm.client, MARCH),
    "cover_sources": lambda firm, pages: pages.cover_sources(firm.client),
    "reverted_drafts": lambda firm, pages: pages.reverted_drafts(firm.client),
    "moved_since": lambda firm, pages: pages.moved_since(firm.client, TODAY),
    "worked": lambda firm, pages: pages.worked(firm.client, NOON, NOON + timedelta(days=1)),
    "grounds": lambda firm, pages: pages.grounds(firm.client, 0, TODAY),
    "names": lambda firm, pages: pages.names([firm.project], [firm.person], [firm.client], [firm.invoice]),
    "totals": lambda firm, pages: [pages.totals(wanted) for wanted in (WORK, CHARGES, ALL)],
}
"""A question for each of the pages."""

ONE = dict.fromkeys(ASKED, 1) | {"grounds": 4, "totals": 3}
"""How many statements each of them takes."""

SHOWN: Mapping[str, Callable[[Grown], object]] = {
    "clients": lambda firm: firm.desk.pages.clients(),
    "client": lambda firm: firm.desk.pages.client(firm.client),
    "contacts": lambda firm: firm.desk.pages.contacts(firm.client),
    "transactions": lambda firm: firm.desk.pages.transactions(firm.client),
    "projects": lambda firm: firm.desk.pages.projects(client_id=firm.client),
    "project": lambda firm: firm.desk.pages.project(firm.project),
    "work": lambda firm: firm.desk.pages.work(person_id=firm.person),
    "charges": lambda firm: firm.desk.pages.charges(),
    "invoices": lambda firm: firm.desk.pages.invoices(),
    "invoice": lambda firm: firm.desk.pages.invoice(firm.invoice),
    "people": lambda firm: firm.desk.pages.people(),
    "person": lambda firm: firm.desk.pages.person(firm.person),
    "unbilled": lambda firm: firm.desk.pages.unbilled(),
    "aging": lambda firm: firm.desk.pages.aging(),
    "forecast": lambda firm: firm.desk.pages.forecast(firm.client),
    "explain": lambda firm: firm.desk.pages.explain(firm.client),
    "timers": lambda firm: firm.desk.pages.timers(),
    "audit": lambda firm: firm.desk.pages.audit(),
    "taxes": lambda firm: firm.desk.pages.taxes(MARCH),
    "as_of": lambda firm: firm.desk.pages.as_of,
}
"""Each page of the Desk."""


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Grown, Grown]]:
    """A small firm, and one that is fifty times as large, in a file."""
    yield from both(f"sqlite:///{tmp_path_factory.mktemp('books') / 'books.db'}")


@pytest.fixture(scope="module")
def postgres(postgres_server: str) -> Iterator[tuple[Grown, Grown]]:
    """The same on a server."""
    with schemas(postgres_server) as new:
        yield from both(new())


def both(url: str) -> Iterator[tuple[Grown, Grown]]:
    storage, ids = SqlStorage.at(url), CountingIds()
    storage.upgrade()
    yield grown(storage, ids, 1), grown(storage, ids, TIMES)
    storage.close()


@pytest.fixture(params=["sqlite", "postgres"])
def firms(request: pytest.FixtureRequest) -> tuple[Grown, Grown]:
    made: tuple[Grown, Grown] = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Sequence[Any]]]:
    """Every statement that is given to the database from now on, with its values."""
    statements: list[tuple[str, Sequence[Any]]] = []
    read = PooledConnection.read

    def noted(self: PooledConnection, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        statements.append((sql, values))
        return read(self, sql, values)

    monkeypatch.setattr(PooledConnection, "read", noted)
    return statements


def ask(firm: Grown, name: str) -> object:
    """One of the pages, in a unit of work of its own."""
    with UnitOfWork(firm.storage, firm.billing.firm_id) as uow:
        assert isinstance(uow, HasQueries)
        return ASKED[name](firm, uow.queries())


class TestRequests:
    @pytest.mark.parametrize("name", ASKED)
    def test_a_page_takes_as_many_statements_however_much_is_kept(
        self, firms: tuple[Grown, Grown], said: list[Any], name: str
    ) -> None:
        """One for each, the roster too; the four parts of what figures rest on take one each."""
        counts = []
        for firm in firms:
            said.clear()
            ask(firm, name)
            counts.append(len(said))
        assert [ONE[name]] * 2 == counts

    @pytest.mark.parametrize("name", SHOWN)
    def test_a_page_of_the_desk_takes_as_many_statements_however_much_is_kept(
        self, firms: tuple[Grown, Grown], said: list[Any], name: str
    ) -> None:
        """Who asks, the firm, and what the page shows, but nothing row by row."""
        counts = []
        for firm in firms:
            said.clear()
            SHOWN[name](firm)
            counts.append(len(said))
        small, large = counts
        assert small == large
        assert large <= 12

    @pytest.mark.parametrize("limit", [1, 100])
    def test_aging_adds_up_once(self, firms: tuple[Grown, Grown], said: list[Any], limit: int) -> None:
        """What is owed in all comes with the page, whatever is on it, and is what is answered without one."""
        for firm in firms:
            with UnitOfWork(firm.storage, firm.billing.firm_id) as uow:
                assert isinstance(uow, HasQueries)
                pages, other = uow.queries(), uow.queries()
                assert pages is not None
                assert other is not None
                said.clear()
                rows = pages.aging(OWED, PageRequest(AgingSort.CLIENT, limit=limit))
                in_all = pages.owed(OWED)
                assert len(said) == 1
                assert rows
                assert in_all == other.owed(OWED)
                assert len(said) == 2

    def test_no_page_is_left_out(self) -> None:
        """Each of the port's, and each of the Desk's."""
        assert public(Queries) == ASKED.keys()
        assert public(DeskPages) == SHOWN.keys()


def public(kind: type[Any]) -> set[str]:
    """What can be asked of it."""
    return {name for name in vars(kind) if not name.startswith("_")}


class TestPlans:
    @pytest.mark.parametrize("name", ASKED)
    def test_no_table_is_gone_through(self, sqlite: tuple[Grown, Grown], said: list[Any], name: str) -> None:
        """SQLite finds all rows of the firm by indexes that are there, without making one or a filter first."""
        _, firm = sqlite
        ask(firm, name)
        with firm.storage.engine.connect() as connection:
            steps = [
                step
                for sql, values in said
                for *_, step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", tuple(values))
            ]
        assert any(step.startswith("SEARCH ic_") for step in steps)
        assert [] == [it for it in steps if it.startswith(("SCAN ic_", "BLOOM")) or "AUTOMATIC" in it]
