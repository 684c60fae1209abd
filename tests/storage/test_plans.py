"""PostgreSQL answers the pages of a large firm by indexes, and each statement names the firm that it is about."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property, partial
from importlib import import_module
from inspect import signature
from itertools import product
from pkgutil import iter_modules
from time import perf_counter
from types import FunctionType
from typing import Any

import pytest
from sqlalchemy import make_url

from benchmarks.crowd import NOW, Crowd, crowd
from invoicecore import Billing, ChargeKind, Desk, Period, SettableClock
from invoicecore.model.events import Message, WorkStopped
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.owed import AgingSort, UnbilledSort
from invoicecore.queries.paging import PageRequest, Sort
from invoicecore.queries.people import PersonSort
from invoicecore.queries.projects import ProjectSort
from invoicecore.queries.transactions import TransactionSort
from invoicecore.queries.work import WorkSort
from invoicecore.storage.sql import queries
from invoicecore.storage.sql.archive import Archive
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.sql.queries.paged_query import PagedQuery
from invoicecore.storage.sql.schema import LISTINGS
from invoicecore.storage.sql.statements import SqlDialect, Statements
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import Status
from tests.databases import schemas
from tests.world import usd

CLIENTS, SESSIONS, CHARGES = 1_000, 100_000, 100_000
LARGE = 5_000
"""The most rows of a table that are to be read for a page."""
PAGE = 51
"""The rows of a page, and one more to know whether there are others."""

MONTH = Period.month(2024, 2)
CLIENT, PROJECT, WORKER, INVOICE = (
    f"{number:012d}-7000-8000-{kind}00000000000" for number, kind in ((333, "c"), (666, "d"), (7, "e"), (11, "2"))
)


SORTED_BY: Mapping[str, type[Sort]] = {
    "clients": ClientSort,
    "projects": ProjectSort,
    "work": WorkSort,
    "invoices": InvoiceSort,
    "people": PersonSort,
    "aging": AgingSort,
    "charges": ChargeSort,
}
PAGES: Mapping[str, tuple[str, tuple[str, ...], Mapping[str, Any]]] = {
    **{f"{page} by {it}": (page, (), {"sort": it}) for page, orders in SORTED_BY.items() for it in orders},
    **{f"transactions by {it}": ("transactions", (CLIENT,), {"sort": it}) for it in TransactionSort},
    "a client": ("client", (CLIENT,), {}),
    "contacts": ("contacts", (CLIENT,), {}),
    "projects of a client": ("projects", (), {"client_id": CLIENT}),
    "a project": ("project", (PROJECT,), {}),
    "work for a client": ("work", (), {"client_id": CLIENT}),
    "work on a project": ("work", (), {"project_id": PROJECT}),
    "work of a person": ("work", (), {"person_id": WORKER}),
    "work in a month": ("work", (), {"period": MONTH}),
    "unbilled work, the latest first": ("work", (), {"billed": False}),
    "unbilled work, the oldest first": ("work", (), {"billed": False, "descending": False}),
    "billed work, the latest first": ("work", (), {"billed": True}),
    "billed work, the oldest first": ("work", (), {"billed": True, "descending": False}),
    "charges of a client": ("charges", (), {"client_id": CLIENT}),
    "charges of a project": ("charges", (), {"project_id": PROJECT}),
    "charges in a month": ("charges", (), {"period": MONTH}),
    "discounts": ("charges", (), {"kind": ChargeKind.ALLOWANCE}),
    "unbilled charges, the latest first": ("charges", (), {"billed": False}),
    "unbilled charges, the oldest first": ("charges", (), {"billed": False, "descending": False}),
    "billed charges, the latest first": ("charges", (), {"billed": True}),
    "unbilled charges of a client": ("charges", (), {"billed": False, "client_id": CLIENT}),
    "all charges of a client": ("charges.list", (), {"client_id": CLIENT}),
    "all charges of a project": ("charges.list", (), {"project_id": PROJECT}),
    "reconciliation": ("accounts.reconcile", (CLIENT,), {}),
    "invoices of a client": ("invoices", (), {"client_id": CLIENT}),
    "invoices that are due": ("invoices", (), {"statuses": [Status.DUE]}),
    "an invoice": ("invoice", (INVOICE,), {}),
    "a person": ("person", (WORKER,), {}),
    "timers": ("timers", (), {}),
    "audit": ("audit", (), {}),
    "unbilled work of a client": ("unbilled", (), {"client_id": CLIENT}),
    "unbilled work by project": ("unbilled", (), {}),
    "forecast": ("forecast", (CLIENT,), {}),
    "explanation": ("explain", (CLIENT,), {}),
}
"""Pages of the Desk, and some of its other queries, by what is asked for: each by its name, with what it is given."""

ADDED_UP = {
    "projects by worked",
    "unbilled work by project",
    *(f"aging by {it}" for it in AgingSort),
    *(f"people by {it}" for it in PersonSort),
}
"""What adds up all that there is before it can be put in order."""
OF_ALL = {
    "clients by balance",
    "clients by utilization",
    "transactions by kind",
    "work by hours",
    "unbilled work, the oldest first",
    "unbilled charges, the oldest first",
    "billed work, the latest first",  # which comes after a tenth that is not billed
    "billed charges, the latest first",
    "charges by kind",
    *(f"invoices by {it}" for it in InvoiceSort if it not in (InvoiceSort.MADE, InvoiceSort.CLIENT)),
}
"""What is asked for seldom, and of which no index is kept: each would slow every write down."""


def id_of(kind: str, number: str) -> str:
    return f"lpad(({number})::text, 12, '0') || '-7000-8000-{kind}00000000000'"


def crowd_with_charges(clients: int, sessions: int, charges: int, url: str) -> Crowd:
    """The firm with charges: as many for each client, of all kinds, and but for the last tenth on invoices. No balance
    and no total knows of them; that is for plans alone."""
    made = crowd(clients, sessions, url)
    with made.storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "INSERT INTO ic_charges (firm_id, id, version, client_id, kind, day, currency, minor, person_id,"
            f" project_id, note, cost, billable, removed) SELECT %s, {id_of('4', 'n')}, 1, {id_of('c', 'n %% %s')},"
            " CASE WHEN n %% 10 < 7 THEN 'expense' WHEN n %% 10 < 9 THEN 'fee' ELSE 'allowance' END,"
            " date '2024-01-01' + n / %s, 'USD', CASE n %% 10 WHEN 9 THEN -2000 ELSE 5000 END,"
            f" {id_of('e', 'n %% 50')}, {id_of('d', '2 * (n %% %s)')}, 'Train', '', true, false"
            " FROM generate_series(0, %s - 1) n",
            (made.firm_id, clients, charges // 100, clients, charges),
        )
        connection.exec_driver_sql(
            "INSERT INTO ic_reservations (firm_id, kind, key, owner)"
            f" SELECT %s, 'charge', {id_of('4', 'n')}, {id_of('2', 'n %% %s')} FROM generate_series(0, %s - 1) n",
            (made.firm_id, clients, charges * 9 // 10),
        )
        connection.exec_driver_sql("VACUUM ANALYZE")
    return made


def asking(desk: Desk, name: str) -> Callable[..., Any]:
    """What asks for a page of that name."""
    page, given, more = PAGES[name]
    subject, _, query = page.rpartition(".")
    return partial(getattr(getattr(desk, subject or "pages"), query), *given, **more)


@pytest.fixture(scope="module")
def firm(postgres_server: str) -> Iterator[Crowd]:
    with schemas(postgres_server) as new:
        made = crowd_with_charges(CLIENTS, SESSIONS, CHARGES, new())
        yield made
        made.storage.close()


@pytest.fixture(scope="module")
def desk(firm: Crowd) -> Desk:
    return Billing.open(firm.storage, firm.firm_id, clock=SettableClock(NOW)).as_owner()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Sequence[Any]]]:
    """Every statement that is given to the database from now on, with its values."""
    statements: list[tuple[str, Sequence[Any]]] = []
    read = PooledConnection.read

    def noted(self: PooledConnection, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        statements.append((sql, values))
        return read(self, sql, values)

    monkeypatch.setattr(PooledConnection, "read", noted)
    return statements


def steps(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from steps(part)


def much_done(firm: Crowd, statements: Sequence[tuple[str, Sequence[Any]]], large: int = LARGE) -> list[str]:
    """The steps of some statements that read more rows of a table than that, or sort more than is shown."""
    found = []
    with firm.storage.engine.connect() as connection:
        for sql, values in statements:
            [(told,)] = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", tuple(values))
            for step in steps(told[0]["Plan"]):
                read = (step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"]
                if "Relation Name" in step and read > large:
                    found.append(f"reads {read} rows of {step['Relation Name']} by a {step['Node Type']}")
                if step["Node Type"] == "Sort" and step["Plans"][0]["Actual Rows"] > PAGE:
                    found.append(f"sorts {step['Plans'][0]['Actual Rows']} rows by {step['Sort Key']}")
    return found


class TestPlans:
    @pytest.mark.parametrize("name", PAGES)
    def test_an_index_serves_a_page_and_the_next_one(
        self, firm: Crowd, desk: Desk, asked: list[tuple[str, Sequence[Any]]], name: str
    ) -> None:
        """Few rows are read, and no more are sorted than are shown, but for what is named above."""
        ask = asking(desk, name)
        cursor = getattr(ask(), "next_cursor", None)
        if cursor:
            ask(after=cursor)
        much = much_done(firm, asked)
        assert bool(much) == (name in ADDED_UP | OF_ALL), much

    @pytest.mark.parametrize("what", ["work", "charges"])
    def test_an_index_serves_what_comes_after_the_oldest_that_is_unbilled(
        self, firm: Crowd, desk: Desk, asked: list[tuple[str, Sequence[Any]]], what: str
    ) -> None:
        ask = asking(desk, f"unbilled {what}, the oldest first")
        cursor = ask().next_cursor
        asked.clear()
        ask(after=cursor)
        assert [] == much_done(firm, asked)

    def test_all_texts_have_one_collation(self, firm: Crowd) -> None:
        """PostgreSQL uses no index for the comparison of columns whose texts are compared in different ways."""
        with firm.storage.engine.connect() as connection:
            texts = connection.exec_driver_sql(
                "SELECT DISTINCT o.collname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                " JOIN pg_collation o ON o.oid = a.attcollation WHERE c.relnamespace = current_schema()::regnamespace"
                " AND c.relkind = 'r' AND c.relname LIKE 'ic!_%%' ESCAPE '!' AND c.relname <> 'ic_schema_version'"
            )
            assert [("C",)] == list(map(tuple, texts))


OVER_ALL_FIRMS = ("SELECT DISTINCT ", "SELECT ic_removals.firm_id")
"""How statements begin that are about all firms."""


def unnamed(sql: str) -> list[str]:
    """The tables of a statement of which it does not say with a value of which firm its rows are."""
    sql = re.sub(r"\bic_schema_version\b", "versions", sql)
    named: dict[str, int] = {}
    for list_of_tables in re.findall(r"\b(?:FROM|JOIN|UPDATE|DELETE FROM) +((?:ic_\w+(?: AS \w+)?(?:, )?)+)", sql):
        for each in list_of_tables.strip(", ").split(", "):
            name = each.split()[-1]
            named[name] = named.get(name, 0) + 1
    return [name for name, times in named.items() if len(re.findall(rf"\b{name}\.firm_id = (?:%s|\?)", sql)) < times]


def everything(url: str) -> None:
    """Compile every statement there is for a kind of database."""
    statements = Statements(make_url(url).get_dialect()())
    archive = Archive(statements)
    assert archive._readings
    assert archive._looks
    for made in [*statements.records.values(), statements]:
        for name, it in vars(type(made)).items():
            if isinstance(it, cached_property):
                getattr(made, name)
    for listing in LISTINGS.values():
        for after, before, limited in product((0, 1), (0, 1), (True, False)):
            statements.listing(listing, after, before, limited=limited, descending=limited)
    modules = [import_module(f"{queries.__name__}.{it.name}") for it in iter_modules(queries.__path__)]
    for make in (it for module in [queries, *modules] for it in vars(module).values()):
        if isinstance(make, FunctionType | partial) and list(signature(make).parameters) == ["statements"]:
            made = make(statements)
            if isinstance(made, PagedQuery):
                compile_list(made)


def compile_list(made: PagedQuery[Any]) -> None:
    """Compile a list in all of its orders, without conditions and with all of them."""
    for values in ({}, dict.fromkeys(made._conditions, "x")):
        for order, places in made._orders.items():
            for after, descending in product((None, ("x",) * len(places)), (False, True)):
                made.rows(lambda statement, given: (), PageRequest(order, descending, after), values)
        if not {type(it) for it in made._orders} & {TransactionSort, UnbilledSort, AgingSort}:  # which have none
            made.totals(lambda statement, given: (), values, {}, None)


class TestFirmOfStatements:
    @pytest.mark.parametrize("url", ["sqlite://", "postgresql+psycopg://"])
    def test_the_firm_is_given_to_every_table(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """As a value, and never by comparing two columns: so a database that is spread over machines sends each
        statement to the one that has the firm."""
        compiled: list[str] = []
        statement = SqlDialect.statement

        def noted(self: SqlDialect, *given: Any) -> Any:
            made = statement(self, *given)
            compiled.append(made.sql[:6].upper() + made.sql[6:])
            return made

        monkeypatch.setattr(SqlDialect, "statement", noted)
        everything(url)
        assert len(compiled) > 300
        for sql in compiled:
            assert not re.search(r"firm_id = \w+\.firm_id", sql), sql
            if not sql.startswith("INSERT") and not sql.startswith(OVER_ALL_FIRMS):
                assert unnamed(sql) == [], sql


MESSAGES = 100_000


class TestOutbox:
    def test_messages_are_leased_at_once_however_many_wait(
        self, firm: Crowd, asked: list[tuple[str, Sequence[Any]]]
    ) -> None:
        """Of 100,000 messages of one firm an index gives the first, and the next, in 5 ms."""
        with UnitOfWork(firm.storage, firm.firm_id) as uow:
            stopped = WorkStopped(client_id=ClientId(CLIENT), balance=usd(-20), allowed_balance=usd(-20))
            uow.send(Message("a", NOW, stopped, firm.firm_id))
            uow.commit()
        with firm.storage.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO ic_outbox (firm_id, id, at, event, due)"
                " SELECT firm_id, lpad(n::text, 12, '0'), now() - n * interval '1 s', event, '1970-01-01Z'"
                " FROM (SELECT * FROM ic_outbox LIMIT 1) one, generate_series(1, %s) n",
                (MESSAGES,),
            )
        with closing(firm.storage.begin(firm.firm_id)) as transaction:
            took, until = [1.0], perf_counter() + 10  # others may have the machine for a while
            while min(took) >= 0.005 and perf_counter() < until:
                begun = perf_counter()
                assert 100 == len(transaction.read_outbox(NOW, 100))
                took.append(perf_counter() - begun)
        assert min(took) < 0.005
        assert [] == much_done(firm, asked[:2])
