"""In its own transactions too the library leaves a host's database and process as it found them."""

import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from typing import Any

import pytest
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine, StaticPool, create_engine, event, text

from invoicecore import Billing, Firm, Terms
from invoicecore.errors import BalanceLimitReached, StorageUnavailable
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.connections import PooledConnection
from tests.databases import NewUrl
from tests.hosts.hosts import REPLACE, engine_of
from tests.world import World, new_world, terms

PRAGMAS = ("busy_timeout", "foreign_keys", "synchronous", "cache_size", "temp_store", "recursive_triggers")
SETTINGS = "SELECT name, setting FROM pg_settings WHERE name NOT LIKE 'plpgsql.%' ORDER BY name"


def state(engine: Engine) -> Mapping[str, object]:
    """How a host's connection is set."""
    with closing(engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        names = ("autocommit", "isolation_level", "prepare_threshold", "row_factory", "text_factory", "read_only")
        found = {name: getattr(driver, name) for name in names if hasattr(driver, name)}
        cursor = driver.cursor()
        if engine.dialect.name == "sqlite":
            found |= {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
        else:
            found |= dict(cursor.execute(SETTINGS).fetchall())
    if found["isolation_level"] is not None and "READ_COMMITTED" in str(found["isolation_level"]):
        found["isolation_level"] = None  # the server's default, to which SQLAlchemy itself resets by name
    return found


def in_memory(engine_settings: Mapping[str, Any]) -> Engine:
    """A database in memory, whose one connection is the host's and the library's."""
    return create_engine("sqlite://", poolclass=StaticPool, **engine_settings)


MANNERS: Mapping[str, Mapping[str, Any]] = {
    "as it is": {},
    "AUTOCOMMIT": {"isolation_level": "AUTOCOMMIT"},
    "SERIALIZABLE": {"isolation_level": "SERIALIZABLE"},
    "one connection": {"pool_size": 1, "max_overflow": 0},
}


@pytest.fixture(params=[*MANNERS, "in memory"])
def engine(request: pytest.FixtureRequest, new_url: NewUrl) -> Iterator[Engine]:
    """A host's engine, of several manners."""
    url = new_url()
    if request.param == "in memory":
        made = in_memory({}) if url.startswith("sqlite") else create_engine(url, pool_pre_ping=True)
    else:
        made = create_engine(url, **MANNERS[request.param])
    yield made
    made.dispose()


class TestNothingIsChanged:
    def test_on_the_connection(self, engine: Engine) -> None:
        """Neither by making the tables nor by commands, refused ones, and an error in the middle."""
        before, pool = state(engine), engine.pool
        storage = SqlStorage(engine)
        storage.upgrade()
        assert before == state(engine)
        world = new_world(terms("-10", None), storage=storage)
        world.log(1)
        with pytest.raises(BalanceLimitReached):
            world.log(1)
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(PooledConnection, "write", _fails)
            with suppress(StorageUnavailable):
                world.client("Half")
        assert before == state(engine)
        assert pool is engine.pool
        storage.close()
        assert pool is engine.pool
        assert () == world.billing.verify().findings

    def test_of_the_pool(self, new_sqlite_url: NewUrl) -> None:
        """On a file the library has a pool of its own, so a host's pool of one can be all in use."""
        with engine_of(new_sqlite_url(), pool_size=1, max_overflow=0, pool_timeout=0.1) as engine:
            SqlStorage(engine).upgrade()
            with engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
                world = new_world(storage=SqlStorage(engine))
            assert {"Acme"} == {it.name for it in world.maria.clients.all()}
            assert 0 == engine.pool.checkedout()  # type: ignore[attr-defined]

    def test_of_logging(self, new_sqlite_url: NewUrl) -> None:
        """No handler, level or filter is set."""
        names = ("", "alembic", "alembic.runtime.migration", "sqlalchemy", "sqlalchemy.engine", "invoicecore")

        def loggers() -> list[tuple[object, ...]]:
            several = map(logging.getLogger, names)
            return [(it.level, [*it.handlers], [*it.filters], it.disabled, it.propagate) for it in several]

        before = loggers()
        with engine_of(new_sqlite_url()) as engine:
            SqlStorage(engine).upgrade()
            new_world(storage=SqlStorage(engine))
        assert before == loggers()


def _fails(*arguments: object) -> int:
    raise StorageUnavailable("The disk is full.")


def _commands(engine: Engine, world: World, *, joined: bool) -> None:
    """A command and a query, in the library's own transactions or in one of the host's."""
    if not joined:
        _command(world.billing)
        return
    with engine.begin() as connection:
        _command(world.billing.joined(connection))


def _command(billing: Billing) -> None:
    billing.as_owner().clients.add(name="Seen", terms=Terms.unlimited())
    billing.as_owner().pages.clients()


def _told(statements: list[str]) -> set[str]:
    """What must be among the statements: each kind of writing, by itself or with others in one."""
    text = "\n".join(statements).lower()
    return {it for it in ("insert into ic_clients", "insert into ic_accounts", "insert into ic_audit") if it in text}


@pytest.mark.parametrize("joined", [False, True])
class TestTracing:
    """The host's tracing sees what is done, in both modes."""

    @pytest.fixture
    def engine(self, database_url: str) -> Iterator[Engine]:
        """A host's engine, on which the tables are."""
        with engine_of(database_url) as made:
            SqlStorage(made).upgrade()
            yield made

    def raw(self, engine: Engine, world: World, *, joined: bool) -> list[str]:
        """The statements that the drivers' cursors are given."""
        from invoicecore.storage.sql.connections import SqlConnection

        seen: list[str] = []
        do = SqlConnection._do

        def noted(connection: Any, sql: str, *how: Any) -> Any:
            seen.append(sql)
            return do(connection, sql, *how)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(SqlConnection, "_do", noted)
            _commands(engine, world, joined=joined)
        return seen

    @pytest.mark.parametrize("kind", ["before_cursor_execute", "after_cursor_execute"])
    def test_events(self, engine: Engine, joined: bool, kind: str) -> None:
        """Of SQLAlchemy: each statement, in its order, and none once nobody listens."""
        world = new_world(storage=SqlStorage(engine))
        seen: list[str] = []

        def heard(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
            seen.append(statement)

        event.listen(engine, kind, heard)
        sent = self.raw(engine, world, joined=joined)
        assert sent == seen
        assert 3 == len(_told(seen))
        event.remove(engine, kind, heard)
        seen.clear()
        _commands(engine, world, joined=joined)
        assert [] == seen
        assert () == world.billing.verify().findings

    def test_echo(self, engine: Engine, joined: bool, caplog: pytest.LogCaptureFixture) -> None:
        """The log of the engine has each statement."""
        world = new_world(storage=SqlStorage(engine))
        engine.echo = True
        with caplog.at_level(logging.INFO, "sqlalchemy.engine.Engine"):
            sent = self.raw(engine, world, joined=joined)
        engine.echo = False
        logged = [it.getMessage() for it in caplog.records]
        assert [] == [it for it in sent if it not in logged]

    def test_opentelemetry(self, engine: Engine, joined: bool) -> None:
        """Each statement is a span, with its text."""
        world = new_world(storage=SqlStorage(engine))
        exporter, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=provider, skip_dep_check=True)
        try:
            sent = self.raw(engine, world, joined=joined)
        finally:
            SQLAlchemyInstrumentor().uninstrument()
        spans = [(it.attributes or {}).get("db.statement") for it in exporter.get_finished_spans()]
        assert sent == [it for it in spans if it is not None]


class TestDjangoTracing:
    def test_execute_wrapper(self, database_url: str) -> None:
        """What a host has Django call around each statement sees those of the library."""
        from tests.hosts.django_host import atomic

        with engine_of(database_url) as engine:
            SqlStorage(engine).upgrade()
            world = new_world(storage=SqlStorage(engine))
            seen: list[str] = []

            def around(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
                seen.append(sql)
                return execute(sql, values, many, context)

            with atomic(database_url, use_tz=True) as connection, connection.execute_wrapper(around):
                _command(world.billing.joined(connection))
        assert 3 == len(_told(seen))


class TestSelfDeadlock:
    """On SQLite a thread that holds the write lock is told that it would wait for itself."""

    @pytest.fixture
    def engine(self, sqlite_url: str) -> Iterator[Engine]:
        """A host's engine, with a table of its own."""
        with engine_of(sqlite_url) as made, made.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE host (number integer)")
            connection.commit()
            SqlStorage(made).upgrade()
            yield made

    def test_refused_at_once(self, engine: Engine) -> None:
        """And the words name `joined`. The host's transaction goes on."""
        world = new_world(storage=SqlStorage(engine))
        began = time.monotonic()
        with engine.begin() as connection:
            connection.execute(text(REPLACE))
            with pytest.raises(StorageUnavailable, match="joined"):
                world.client("Waits")
            assert time.monotonic() - began < 1
            world.billing.joined(connection).as_owner().clients.add(name="Joined", terms=Terms.unlimited())
        world.client("Afterwards")
        assert {"Acme", "Joined", "Afterwards"} == {it.name for it in world.maria.clients.all()}

    def test_nothing_was_written(self, engine: Engine) -> None:
        """Nor need the host have written: it holds the lock as soon as it says BEGIN IMMEDIATE."""
        world = new_world(storage=SqlStorage(engine))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        began = time.monotonic()
        with engine.begin() as connection:
            with pytest.raises(StorageUnavailable, match="joined"):
                world.client("Waits")
            assert time.monotonic() - began < 1
            world.billing.joined(connection).as_owner().clients.add(name="Joined", terms=Terms.unlimited())
        assert {"Acme", "Joined"} == {it.name for it in world.maria.clients.all()}

    def test_what_is_not_the_file(self, engine: Engine) -> None:
        """A table of the connection alone has no lock that anybody waits for."""
        world = new_world(storage=SqlStorage(engine))
        with engine.begin() as connection:
            connection.execute(text("CREATE TEMP TABLE mine (number integer)"))
            connection.execute(text("INSERT INTO mine VALUES (1)"))
            world.client("Beside")
        assert {"Acme", "Beside"} == {it.name for it in world.maria.clients.all()}

    def test_beside_joined_work(self, engine: Engine) -> None:
        """A plain call while a transaction is joined, of whatever host."""
        world = new_world(storage=SqlStorage(engine))
        began = time.monotonic()
        with closing(sqlite3.connect(str(engine.url.database))) as connection:
            joined = world.billing.joined(connection)
            with pytest.raises(StorageUnavailable, match="joined"):
                world.client("Waits")
            joined.as_owner().clients.add(name="Joined", terms=Terms.unlimited())
            connection.commit()
        assert time.monotonic() - began < 1
        assert {"Acme", "Joined"} == {it.name for it in world.maria.clients.all()}

    def test_a_reader_is_unharmed(self, engine: Engine) -> None:
        """Nor is one that wrote before and committed."""
        world = new_world(storage=SqlStorage(engine))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO host VALUES (1), (2)"))
            connection.commit()
            half = connection.execute(text("SELECT * FROM host"))
            assert (1,) == half.fetchone()
            world.client("Beside")
            assert (2,) == half.fetchone()
            assert [("Acme",)] == connection.execute(text("SELECT name FROM ic_clients")).all()
        assert {"Acme", "Beside"} == {it.name for it in world.maria.clients.all()}

    def test_another_thread_waits(self, engine: Engine) -> None:
        """For who is only slow, as it did."""
        from concurrent.futures import ThreadPoolExecutor

        world = new_world(storage=SqlStorage(engine))
        with ThreadPoolExecutor(1) as pool:
            with engine.begin() as connection:
                connection.execute(text(REPLACE))
                waiting = pool.submit(world.client, "Waited")
                time.sleep(1)
                assert not waiting.done()
            assert "Waited" == waiting.result(20).name


def test_firm_of_a_host_engine(sqlite_url: str) -> None:
    """Several storages on one engine are one house: they write in turn."""
    with engine_of(sqlite_url) as engine:
        SqlStorage(engine).upgrade()
        billing = Billing.create(SqlStorage(engine), Firm(name="Ten", currency="USD", timezone="UTC"))
        assert billing.firm_id == Billing.open(SqlStorage(engine)).firm_id
        assert SqlStorage(engine)._source is SqlStorage(engine)._source
