"""On every engine that a host may bring, a command is whole or not at all, or refused before anything is written."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, QueuePool, StaticPool, create_engine, event, make_url
from sqlalchemy.pool import AssertionPool, SingletonThreadPool

from invoicecore import Billing, Deposit, Firm, Terms
from invoicecore.errors import ConcurrencyConflict, InvalidInput, StorageError, StorageUnavailable
from invoicecore.ports.store import Replaced, Versioned, WriteSet
from invoicecore.storage.sql import SqlStorage, connections
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from invoicecore.testing.conformance.things import firm, usd
from invoicecore.values.ids import FirmId
from tests.databases import NewUrl
from tests.proof.sabotaged_sql import without_transactions
from tests.storage.pooler import pooler

Make = Callable[[str], Engine]


def made(**settings: Any) -> Make:
    """What makes an engine with these settings."""
    return lambda url: create_engine(url, **settings)


def on_connect(**settings: Any) -> Make:
    """An engine with a handler that sets something on each new connection of the driver."""

    def make(url: str) -> Engine:
        engine = create_engine(url)

        @event.listens_for(engine, "connect")
        def connected(driver: Any, record: object) -> None:
            for name, value in settings.items():
                setattr(driver, name, value)

        return engine

    return make


def with_options(**options: Any) -> Make:
    """An engine made from another one, with options for its connections."""
    return lambda url: create_engine(url).execution_options(**options)


def resetting(url: str) -> Engine:
    """A reset of the host's own, as SQLAlchemy's handbook shows it."""
    engine = create_engine(url, pool_reset_on_return=None)

    @event.listens_for(engine, "reset")
    def reset(driver: Any, record: object, state: object) -> None:
        driver.rollback()

    return engine


def by_the_handbook(url: str) -> Engine:
    """Transactions of SQLite as SQLAlchemy's handbook shows how to begin them."""
    engine = on_connect(isolation_level=None)(url)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


class AlwaysInTransaction(sqlite3.Connection):
    """A connection as Python 3.12 makes it with autocommit=False."""

    _autocommit = False

    @property
    def autocommit(self) -> bool:
        """Whether no transaction is open by itself."""
        return self._autocommit

    @autocommit.setter
    def autocommit(self, wanted: bool) -> None:
        if self.in_transaction and wanted:
            self.execute("COMMIT")
        self._autocommit = wanted
        self._begin()

    def rollback(self) -> None:
        """Give up, and begin the next."""
        super().rollback()
        self._begin()

    def commit(self) -> None:
        """Commit, and begin the next."""
        super().commit()
        self._begin()

    def _begin(self) -> None:
        if not self._autocommit and not self.in_transaction:
            self.execute("BEGIN")


def always_in_transaction(url: str) -> Engine:
    """An engine of such connections."""
    engine = create_engine(url, connect_args={"factory": AlwaysInTransaction})
    event.listen(engine, "connect", lambda driver, record: driver.rollback())
    return engine


def discarding(url: str) -> Engine:
    """A reset that also drops everything that the session prepared."""
    engine = create_engine(url, pool_reset_on_return=None)

    @event.listens_for(engine, "reset")
    def reset(driver: Any, record: object, state: Any) -> None:
        driver.rollback()
        if not state.terminate_only:
            driver.autocommit = True
            driver.execute("DISCARD ALL")
            driver.autocommit = False

    return engine


BOTH: Mapping[str, Make] = {
    "as it is": made(),
    "AUTOCOMMIT": made(isolation_level="AUTOCOMMIT"),
    "AUTOCOMMIT, no rollback": made(isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True),
    "SERIALIZABLE": made(isolation_level="SERIALIZABLE"),
    "READ UNCOMMITTED": made(isolation_level="READ UNCOMMITTED"),
    "option AUTOCOMMIT": with_options(isolation_level="AUTOCOMMIT"),
    "option SERIALIZABLE": with_options(isolation_level="SERIALIZABLE"),
    "no reset": made(pool_reset_on_return=None),
    "reset by commit": made(pool_reset_on_return="commit"),
    "a reset of its own": resetting,
    "AUTOCOMMIT, no reset": made(isolation_level="AUTOCOMMIT", pool_reset_on_return=None),
    "no pool": made(poolclass=NullPool),
    "a pool of one": made(poolclass=QueuePool, pool_size=1, max_overflow=0),
    "pinged first": made(pool_pre_ping=True, pool_recycle=1, pool_use_lifo=True),
    "one connection for all": made(poolclass=StaticPool, connect_args={}),
}
SQLITE: Mapping[str, Make] = {
    "deferred": made(connect_args={"isolation_level": "DEFERRED"}),
    "immediate": made(connect_args={"isolation_level": "IMMEDIATE"}),
    "exclusive": made(connect_args={"isolation_level": "EXCLUSIVE"}),
    "none": made(connect_args={"isolation_level": None}),
    "rows by name": on_connect(row_factory=sqlite3.Row),
    "begun by the handbook": by_the_handbook,
    "always in a transaction": always_in_transaction,
}


def _psycopg(name: str) -> Any:
    psycopg = pytest.importorskip("psycopg")
    return {
        "named": lambda: psycopg.rows.namedtuple_row,
        "client": lambda: psycopg.ClientCursor,
        "committed": lambda: psycopg.IsolationLevel.READ_COMMITTED,
    }[name]()


POSTGRES: Mapping[str, Make] = {
    "READ COMMITTED": made(isolation_level="READ COMMITTED"),
    "REPEATABLE READ": made(isolation_level="REPEATABLE READ"),
    "the driver's autocommit": made(connect_args={"autocommit": True}),
    "autocommit at connect": on_connect(autocommit=True),
    "level at connect": lambda url: on_connect(isolation_level=_psycopg("committed"))(url),
    "named tuples": lambda url: on_connect(row_factory=_psycopg("named"))(url),
    "client-side binding": lambda url: made(connect_args={"cursor_factory": _psycopg("client")})(url),
    "prepared at once": made(connect_args={"prepare_threshold": 0}),
    "nothing prepared": made(connect_args={"prepare_threshold": None}),
    "all discarded": discarding,
    "deferrable": on_connect(deferrable=True),
    "serializable by the server": made(connect_args={"options": "-c default_transaction_isolation=serializable"}),
}

FIRM = FirmId("firm")


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """One of the engines above, with a new database."""
    make, fixture = request.param
    url = make_url(request.getfixturevalue(fixture))
    if "options" in url.query and "serializable by" in request.node.name:
        both = f"{url.query['options']} -c default_transaction_isolation=serializable"
        url, make = url.set(query={**url.query, "options": both}), made()
    engine = make(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def every_engine() -> list[Any]:
    """All of them, each with its database."""
    sqlite, postgres = {**BOTH, **SQLITE}, {**BOTH, **POSTGRES}
    return [
        *(pytest.param((make, "sqlite_url"), id=f"SQLite, {name}") for name, make in sqlite.items()),
        *(pytest.param((make, "postgres_url"), id=f"PostgreSQL, {name}") for name, make in postgres.items()),
    ]


def manner(engine: Engine) -> Mapping[str, object]:
    """What a connection of the pool is set to."""
    names = ("autocommit", "isolation_level", "prepare_threshold", "row_factory", "read_only", "deferrable")
    with closing(engine.raw_connection()) as pooled:
        driver: Any = pooled.driver_connection
        now = {name: getattr(driver, name) for name in names if hasattr(driver, name)}
    if engine.dialect.name == "postgresql" and now["isolation_level"] == _psycopg("committed"):
        now["isolation_level"] = None  # both are the server's default, to which SQLAlchemy itself resets by name
    return now


def half_is_refused(storage: SqlStorage) -> None:
    """A command whose last statement is in vain leaves nothing of the first ones."""
    entities: Any = {(Firm, FIRM): Replaced(None, Versioned(firm(FIRM), 1))}
    writes = WriteSet(entities, [], {}, {"numbers": Replaced(7, 8)})
    with closing(storage.begin(FIRM)) as transaction, pytest.raises(ConcurrencyConflict):
        transaction.commit(writes)
    with UnitOfWork(storage, FIRM) as uow:
        assert uow.get(Firm, FIRM) is None


def work_of_many(storage: SqlStorage, *, threads: int = 3, each: int = 4) -> None:
    """What was acknowledged is in the books once, and nothing else is; the numbers collide all the time."""
    billing = Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"), passwords=QuickPasswords())
    owner = billing.as_owner()
    clients = [owner.clients.add(name=f"Client {n}", terms=Terms.unlimited()).id for n in range(threads)]
    start = threading.Barrier(threads)

    def ask(client_id: str) -> int:
        start.wait()
        given = 0
        for _ in range(each):
            try:
                owner.invoices.manual(client_id, usd(1), deposit=Deposit.TO_BALANCE)
                given += 1
            except StorageError:  # it is told, and nothing was written
                pass
        return given

    with ThreadPoolExecutor(threads) as pool:
        acknowledged = sum(pool.map(ask, clients))
    numbers = sorted(int(it.number[-4:]) for it in owner.pages.invoices(limit=1000).rows if it.number)
    assert list(range(1, acknowledged + 1)) == numbers
    assert acknowledged > each
    assert () == billing.verify().findings


class TestAnyEngine:
    @pytest.mark.parametrize("engine", every_engine(), indirect=True)
    def test_whole_or_not_at_all(self, engine: Engine) -> None:
        """And the engine's connections are left as they were."""
        storage = SqlStorage(engine)
        before = manner(engine)
        storage.upgrade()
        half_is_refused(storage)
        assert before == manner(engine)
        work_of_many(storage)
        assert before == manner(engine)


class TestControl:
    """I34: a store that leaves transactions to the engine writes half of a command, and is caught."""

    def test_autocommit_of_sqlite(self, sqlite_url: str) -> None:
        storage = SqlStorage(create_engine(sqlite_url, isolation_level="AUTOCOMMIT"))
        storage.upgrade()
        with without_transactions(), pytest.raises(AssertionError):
            half_is_refused(storage)
        storage.engine.dispose()

    def test_autocommit_of_postgresql(self, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        storage = SqlStorage(create_engine(postgres_url, isolation_level="AUTOCOMMIT"))
        storage.upgrade()
        monkeypatch.setattr(connections, "_prepare_postgres", lambda driver, info: {})
        with pytest.raises(AssertionError):
            half_is_refused(storage)
        storage.engine.dispose()


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """It is refused, in these words."""
    with pytest.raises(StorageUnavailable) as failed:
        yield
    for word in words:
        assert word in str(failed.value)


class TestBroken:
    def test_a_turn_ends_also_on_a_connection_that_was_closed(self) -> None:
        """Others have theirs, whatever somebody did to the connection that all share."""
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        storage = SqlStorage(engine)
        storage.upgrade()
        transaction = storage.begin(FirmId("firm"))
        transaction.read_counter("any")
        connection = transaction._connection
        assert isinstance(connection, connections.PooledConnection)
        connection._driver.close()
        transaction.close()
        turn, _ = connections._turns[engine.pool]
        assert turn.acquire(timeout=1)


class TestRefused:
    """What cannot work is refused before anything is written, and the words say what to set."""

    @pytest.fixture
    def url(self, database_url: str) -> str:
        """A database that has its tables."""
        storage = SqlStorage.at(database_url)
        storage.upgrade()
        storage.close()
        return database_url

    def test_a_transaction_left_open(self, url: str) -> None:
        """What lies in it is neither committed nor mixed with the books."""
        engine = create_engine(url, poolclass=QueuePool, pool_size=1, pool_reset_on_return=None)
        storage = SqlStorage(engine)
        storage.firms()
        pooled = engine.raw_connection()
        pooled.cursor().execute("CREATE TABLE mine (a INTEGER)")
        if engine.dialect.name == "sqlite":
            pooled.cursor().execute("REPLACE INTO mine VALUES (1)")  # see tests/hosts/hosts.py
        pooled.close()
        with refused("pool_reset_on_return"):
            Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"))
        with closing(SqlStorage.at(url)) as other:
            assert () == other.firms()
        engine.dispose()

    def test_a_handler_that_leaves_one_open(self, url: str) -> None:
        engine = create_engine(url)

        @event.listens_for(engine, "checkout")
        def checked_out(driver: Any, record: object, proxy: object) -> None:
            if engine.dialect.name == "sqlite":
                driver.execute("BEGIN")
            else:
                driver.execute("SELECT 1")

        with refused("'checkout'"):
            SqlStorage(engine).begin(FIRM).read_counter("numbers")
        engine.dispose()

    def test_one_connection_used_twice_in_a_thread(self, url: str) -> None:
        """At once, and not after half a minute."""
        engine = create_engine(url, poolclass=StaticPool)
        storage = SqlStorage(engine)
        with closing(storage.begin(FIRM)) as first:
            first.read_counter("numbers")
            with closing(storage.begin(FIRM)) as second, refused("NullPool"):
                second.read_counter("numbers")
            assert 1 == first.read_counter("others")
        engine.dispose()

    @pytest.mark.parametrize("pool", [AssertionPool, SingletonThreadPool])
    def test_pools_that_give_one(self, url: str, pool: Any) -> None:
        engine = create_engine(url, poolclass=pool)
        storage = SqlStorage(engine)
        with closing(storage.begin(FIRM)) as first:
            first.read_counter("numbers")
            with closing(storage.begin(FIRM)) as second, refused("QueuePool"):
                second.read_counter("numbers")
            first.commit(WriteSet({}, []))
        with closing(storage.begin(FIRM)) as third:
            assert 1 == third.read_counter("numbers")
        engine.dispose()

    def test_a_connection_of_another_thread(self, sqlite_url: str) -> None:
        engine = create_engine(sqlite_url, poolclass=QueuePool, pool_size=1, connect_args={"check_same_thread": True})
        storage = SqlStorage(engine)
        storage.upgrade()
        with ThreadPoolExecutor(1) as other, refused("thread"):
            other.submit(storage.firms).result()
        engine.dispose()

    def test_only_for_reading(self, postgres_url: str) -> None:
        """Reading is answered; who writes is told."""
        with closing(SqlStorage.at(postgres_url)) as storage:
            storage.upgrade()
        engine = on_connect(read_only=True)(postgres_url)
        storage = SqlStorage(engine)
        assert () == storage.firms()
        with refused("only be read"):
            Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"))
        engine.dispose()

    def test_other_letters(self, postgres_url: str) -> None:
        with closing(SqlStorage.at(postgres_url)) as storage:
            storage.upgrade()
        engine = create_engine(postgres_url, connect_args={"client_encoding": "latin1"})
        with refused("client_encoding"):
            SqlStorage(engine).begin(FIRM).read_counter("numbers")
        engine.dispose()

    def test_days_as_people_write_them(self, postgres_url: str) -> None:
        with closing(SqlStorage.at(postgres_url)) as storage:
            storage.upgrade()
        engine = create_engine(postgres_url)

        @event.listens_for(engine, "connect")
        def write_days(driver: Any, record: object) -> None:
            driver.execute("SET DateStyle = 'SQL, MDY'")
            driver.commit()

        with refused("DateStyle"):
            SqlStorage(engine).begin(FIRM).read_counter("numbers")
        engine.dispose()

    @pytest.mark.parametrize(
        "engine",
        [
            pytest.param(
                lambda: create_engine("mysql+pymysql://", module=SimpleNamespace(paramstyle="format")),
                id="another driver",
            ),
            pytest.param(lambda: "sqlite://", id="a text"),
            pytest.param(lambda: None, id="nothing"),
        ],
    )
    def test_other_engines(self, engine: Callable[[], Any]) -> None:
        with pytest.raises(InvalidInput, match="create_engine"):
            SqlStorage(engine())

    def test_no_pooler_is_before_sqlite(self, sqlite_url: str) -> None:
        with pytest.raises(InvalidInput, match="leave `pooled` out"):
            SqlStorage.at(sqlite_url, pooled=True)
        with pytest.raises(InvalidInput, match="pooled"):
            SqlStorage.at("postgresql://host/books", pooled="yes")  # type: ignore[arg-type]

    def test_a_schema_that_is_not_there(self, postgres_url: str) -> None:
        """Upgrading says so, and makes nothing."""
        engine = create_engine(postgres_url)
        storage = SqlStorage(engine, schema="nowhere")
        with pytest.raises(StorageUnavailable, match="schema for the tables is not there; make it first"):
            storage.upgrade()
        assert storage.schema_version() is None
        engine.dispose()


class TestPooler:
    """Between the host and the server stands a pooler that gives each transaction another connection."""

    def test_commands_are_whole(self, new_postgres_url: NewUrl) -> None:
        url = new_postgres_url()
        with pooler(url, connections=2) as through:
            engine = create_engine(through)
            storage = SqlStorage(engine)
            storage.upgrade()
            half_is_refused(storage)
            work_of_many(storage, each=12)
            engine.dispose()
