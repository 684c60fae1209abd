"""The connection of a transaction: from the pool to the commit.

A connection is taken from the engine's pool at the first read and returned, with its former settings, when the unit
ends. All reads see one snapshot. On SQLite reading takes no lock, and writing has a separate transaction, one at a
time; on PostgreSQL both are one transaction at REPEATABLE READ.

A cursor is closed with its connection, or where it was opened. Otherwise the traceback of an error could keep it until
the garbage collector closes it in another thread, which may cause a deadlock: that thread would wait for a connection
that waits for a lock.
"""

import random
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping, MutableMapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime, timedelta
from logging import INFO
from operator import attrgetter
from selectors import EVENT_READ, DefaultSelector
from threading import Lock, get_ident
from time import monotonic, sleep
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Pool, PoolProxiedConnection, StaticPool, make_url

from invoicecore.errors import ConcurrencyConflict, StorageError, StorageUnavailable
from invoicecore.storage.sql.driver_errors import Translated, after_commit_failed, translate
from invoicecore.storage.sql.sources import LEFT_OPEN, ConnectionSource

T = TypeVar("T")

BUSY_SECONDS = 30
"""How long SQLite waits for another writer before it gives up."""

_FEW_ROWS = 100
_MOST_BROKEN = 100  # connections in a pool that the server has ended
_OWN_WAIT = 300
"""For so many milliseconds SQLite waits where this thread itself may hold the write lock."""
# What is noted of a pooled connection: that it was made ready, that a unit of work uses it, whether there is a pooler
# between it and the server, what the server's clock said when, and how many seconds a statement may take.
_READY, _HELD, _BEHIND_POOLER = "invoicecore", "invoicecore held", "invoicecore behind a pooler"
_CLOCK, _TIMEOUT = "invoicecore clock", "invoicecore timeout"
_OF_SERVER = """
SELECT pg_backend_pid(), clock_timestamp(), extract(epoch FROM current_setting('statement_timeout')::interval)
"""

_IN_USE = (
    "The connection that the engine's pool gives is in use already. Let the pool give each its own (QueuePool or "
    "NullPool), or end the other use first."
)
# Each with what the connection must say it is afterwards. FULL is 2.
_SQLITE_SETTINGS = (
    ("busy_timeout", str(BUSY_SECONDS * 1000), (BUSY_SECONDS * 1000,)),
    ("journal_mode", "WAL", ("wal", "memory")),  # a database in memory has no journal on disk
    ("synchronous", "FULL", (2,)),
    ("foreign_keys", "ON", (1,)),
)


class SqlConnection(ABC):
    """A driver's connection in a transaction.

    Statements go to the driver's own cursor, because SQLAlchemy would take several times as long; they go through
    SQLAlchemy where somebody listens to its statements.
    """

    def __init__(self, *, is_sqlite: bool) -> None:
        self.is_sqlite = is_sqlite
        self._listened: Connection | None = None
        self._kept: Any = None  # a cursor that is closed with the connection

    @abstractmethod
    def _open(self) -> Any:
        """The driver's connection, in a transaction."""

    @abstractmethod
    def is_ahead(self, at: datetime) -> bool:
        """Whether an instant lies ahead of the server's clock."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """A block in which to write; all of it stands at the end, and none at any error."""

    @abstractmethod
    def close(self) -> None:
        """Give up what was not committed."""

    def _raise_meant(self, trouble: Exception, taken: type[StorageError] = ConcurrencyConflict) -> None:
        """Raise what an error means, if it is one of the database's."""
        meant = translate(trouble, taken)
        if meant is not None:
            raise meant from trouble

    def read(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows that a statement finds."""
        try:
            return self._execute(sql, values, rows)
        except Exception as trouble:
            self._raise_meant(trouble)
            raise

    def write(self, sql: str, several: Sequence[Sequence[Any]], taken: type[StorageError] = ConcurrencyConflict) -> int:
        """Do a statement for each of several values; how many rows it changed in all."""
        try:
            if len(several) == 1:
                return self._execute(sql, several[0], count)
            return self._execute(sql, several, count, True)
        except Exception as trouble:
            self._raise_meant(trouble, taken)
            raise

    def stream(self, sql: str, values: Sequence[Any]) -> Generator[Sequence[Any], None, None]:
        """The rows that a statement finds, of which there may be many: a few are in memory at a time."""
        try:
            with closing(self._cursor(self._open(), _READY)) as cursor:
                cursor.execute(sql, values)
                while some := cursor.fetchmany(_FEW_ROWS):
                    yield from some
        except Exception as trouble:
            self._raise_meant(trouble)
            raise

    @contextmanager
    def as_sqlalchemy(self) -> Iterator[Connection]:
        """The connection as one of SQLAlchemy, which begins and ends nothing and sets nothing."""
        driver, url = self._open(), make_url("sqlite://" if self.is_sqlite else "postgresql+psycopg://")
        kind: Any = url.get_dialect()
        pool = StaticPool(lambda: driver, reset_on_return=None)
        with closing(pool.connect()) as pooled:
            yield Connection(Engine(pool, kind(dbapi=kind.import_dbapi()), url), pooled, _allow_autobegin=False)

    @abstractmethod
    def _execute(self, sql: str, values: Sequence[Any], wanted: Callable[[Any], T], many: bool = False) -> T:
        """Do a statement, for one set of values or for many; what is wanted of it, its rows or their number."""

    def _do(self, sql: str, values: Sequence[Any], wanted: Callable[[Any], T], many: bool) -> T:
        driver = self._open()
        if self._listened is not None:
            with self._listened.exec_driver_sql(sql, values or None) as result:
                return wanted(result)
        cursor = self._kept
        if cursor is None:
            with closing(self._cursor(driver)) as cursor:
                (cursor.executemany if many else cursor.execute)(sql, values)
                return wanted(cursor)
        (cursor.executemany if many else cursor.execute)(sql, values)
        return wanted(cursor)

    def _cursor(self, driver: Any, name: str | None = None) -> Any:
        return tuple_cursor(driver, name)


def rows(done: Any) -> Sequence[Sequence[Any]]:
    """The rows that a statement found."""
    return list(map(tuple, done.fetchall()))


count: Callable[[Any], int] = attrgetter("rowcount")
"""How many rows a statement changed."""


def tuple_cursor(driver: Any, name: str | None = None) -> Any:
    """A cursor that gives tuples of plain values, whatever the connection is set to; with a name it leaves the rows on
    the server until they are fetched."""
    if isinstance(driver, sqlite3.Connection):
        cursor = driver.cursor()
        cursor.row_factory = None
        return cursor
    from psycopg.rows import tuple_row

    from invoicecore.storage.sql.psycopg_cursors import PlainCursor, PlainServerCursor

    if name is not None:
        return PlainServerCursor(driver, name, row_factory=tuple_row)
    return PlainCursor(driver, row_factory=tuple_row)


def is_listened(statements: Connection | Engine, engine: Engine) -> bool:
    """Whether somebody listens to statements through SQLAlchemy, or has them logged."""
    events = statements.dispatch
    heard = events.before_cursor_execute or events.after_cursor_execute
    return bool(heard) or engine.logger.isEnabledFor(INFO)


class PooledConnection(SqlConnection):
    """A connection of the pool while a unit of work lasts.

    Whatever transactions the engine itself would begin, such as none with AUTOCOMMIT, here they are the library's own.
    """

    def __init__(self, source: ConnectionSource) -> None:
        super().__init__(is_sqlite=source.is_sqlite)
        self._source = source
        self._pooled: PoolProxiedConnection | None = None
        self._driver: Any = None
        self._turns: Sequence[int] = ()  # whose locks are to be given back
        # Settings that are to be put back: of the driver's connection, and of SQLite.
        self._former: Mapping[str, Any] = {}
        self._pragmas: Mapping[str, Any] = {}
        self._is_to_go = False  # instead of back to the pool

    def _execute(self, sql: str, values: Sequence[Any], wanted: Callable[[Any], T], many: bool = False) -> T:
        if self._pooled is None:
            for _ in range(_MOST_BROKEN):
                try:
                    return self._do(sql, values, wanted, many)
                except Exception:
                    if not getattr(self._driver, "closed", False):
                        raise
                    # The server had ended this connection while it lay in the pool, and so perhaps the others there.
                    self.close()
        return self._do(sql, values, wanted, many)

    def is_ahead(self, at: datetime) -> bool:
        """Whether an instant lies ahead of the server's clock. The server is asked only if that is not known from when
        it was last asked."""
        assert self._pooled is not None  # something was read before
        then, measured = self._pooled.info[_CLOCK]
        if at <= then + timedelta(seconds=monotonic() - measured):
            return False
        [(now,)] = self.read("SELECT clock_timestamp()", ())
        self._pooled.info[_CLOCK] = (now, monotonic())
        return bool(at > now)

    def wait_for_turn(self, numbers: Sequence[int]) -> bool:
        """Wait until nobody else has the turn of any of these numbers; it lasts until the connection is closed. False
        on SQLite, where writers wait anyway, and behind a pooler, where nothing lasts.

        The lock is taken before the transaction begins: whatever is read first in a transaction would be of the moment
        before the wait.
        """
        with Translated():
            driver = self.borrow()
            assert self._pooled is not None
            if self.is_sqlite or self._source.set_in_transaction or self._pooled.info[_BEHIND_POOLER]:
                return False
            self._turns = sorted(numbers)
            self._by_itself("SELECT pg_advisory_lock(%s)", driver)
        return True

    def _by_itself(self, sql: str, driver: Any) -> None:
        """Do a statement for each turn, outside of a transaction."""
        driver.autocommit = True
        try:
            with closing(tuple_cursor(driver)) as cursor:
                for number in self._turns:
                    cursor.execute(sql, (number,))
        finally:
            driver.autocommit = False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which to write; committed at the end, and given up at any error."""
        with Translated():
            driver = self._open()
        # The threads of a process write in turn, because SQLite is unfair to those who wait.
        if self.is_sqlite and not self._source.writers.acquire(timeout=BUSY_SECONDS):
            raise StorageUnavailable("The database was busy for too long with other threads' writing.")
        try:
            if self.is_sqlite:
                with Translated():
                    self._kept.execute("COMMIT")  # of what was only read
                    self._begin_immediate(driver)
            yield
            self._commit(driver)
            if self._source.is_own:
                self._source.log.keep_short(driver)
        except BaseException:
            self._give_up()
            raise
        finally:
            if self.is_sqlite:
                self._source.writers.release()

    @property
    def is_file_of_own(self) -> bool:
        """Whether this is the library's own connection to a file of SQLite."""
        return self._source.is_own

    def copy(self, names: Mapping[str, Sequence[str]], firm_id: str) -> None:
        """Copy a firm's rows of some tables, each with the columns of its key, into temporary tables of SQLite, which
        are read in their place until this connection is closed, and are in the order of the key. It leaves the file
        alone afterwards, so that the write-ahead log does not grow meanwhile."""
        with Translated():
            driver = self._open()
            self._is_to_go = True
            driver.execute("PRAGMA temp.page_size = 65536")  # it is written and read once, from one end to the other
            driver.execute("PRAGMA temp.journal_mode = OFF")
            for name, key in names.items():
                columns = [f'"{it[1]}" {it[2]}' for it in self.read(f"PRAGMA main.table_info({name})", ())]
                order = ", ".join(key)
                driver.execute(f"CREATE TEMP TABLE {name} ({', '.join(columns)}, PRIMARY KEY ({order})) WITHOUT ROWID")
                rows = f"SELECT * FROM main.{name} WHERE firm_id = ? ORDER BY {order}"
                driver.execute(f"INSERT INTO temp.{name} {rows}", (firm_id,))
            driver.execute("COMMIT")

    def _begin_immediate(self, driver: sqlite3.Connection) -> None:
        blocker = self._source.blocker()
        if not blocker:
            self._kept.execute("BEGIN IMMEDIATE")
            return
        driver.execute(f"PRAGMA busy_timeout = {_OWN_WAIT}")
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as busy:
            if busy.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise StorageUnavailable(blocker) from busy
            raise
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")

    def _commit(self, driver: Any) -> None:
        try:
            if self.is_sqlite:
                self._kept.execute("COMMIT")
            else:
                assert self._pooled is not None  # something was written before
                _commit_within(driver, self._pooled.info[_TIMEOUT])
        except Exception as trouble:
            meant = after_commit_failed(trouble, driver)
            if meant is None:
                raise
            raise meant from trouble

    def close(self) -> None:
        """Give up what was not committed, and give the connection back as it was."""
        if self._pooled is not None:
            pooled, self._pooled, pool = self._pooled, None, self._pool
            cursor, self._kept = self._kept, None
            try:
                self._give_up()
                try:
                    cursor.close()
                    if self._turns:
                        self._by_itself("SELECT pg_advisory_unlock(%s)", self._driver)
                        self._turns = ()
                    for name, value in self._pragmas.items():
                        self._driver.execute(f"PRAGMA {name} = {value}")
                    for name, value in self._former.items():
                        setattr(self._driver, name, value)
                    if self._is_to_go:
                        pooled.invalidate()
                except Exception:  # it is broken, and the pool is to throw it away, if it does not know yet
                    if pooled.is_valid:
                        pooled.invalidate()
                pooled.info.pop(_HELD, None)
                pooled.close()
            finally:
                self._listened = None
                _leave(pool)

    def _give_up(self) -> None:
        try:
            if not self.is_sqlite:
                self._driver.rollback()
            elif self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
        except Exception:
            if self._pooled is not None:
                self._pooled.invalidate()

    def _open(self) -> Any:
        """The driver's connection, in a transaction."""
        driver = self._driver if self._pooled is not None else self.borrow()
        if self.is_sqlite and not driver.in_transaction:
            self._kept.execute("BEGIN")
        return driver

    def borrow(self) -> Any:
        """The driver's connection, taken out of the pool. StorageUnavailable if it is in use, or in a transaction."""
        if self._pooled is None:
            self._take()
        return self._driver

    def _take(self) -> None:
        self._pool = pool = self._source.pool
        _enter(pool)
        try:
            pooled = pool.connect()
        except BaseException as failed:
            _leave(pool)
            if isinstance(failed, AssertionError):  # of the pool of this name
                raise StorageUnavailable(_IN_USE) from failed
            raise
        self._driver, info = pooled.dbapi_connection, pooled.info  # the driver's own, as none is asynchronous
        try:
            if info.get(_HELD):
                raise StorageUnavailable(_IN_USE)
            engine = self._source.engine
            if is_listened(engine, engine):
                self._listened = Connection(engine, pooled, _allow_autobegin=False)
            if self.is_sqlite:
                former = _prepare_sqlite(self._driver)
                if self._source.is_own:
                    self._make_own_ready(info)
                else:
                    self._former, self._pragmas = former, make_ready(self._driver)
            else:
                self._former = _prepare_postgres(self._driver, info)
                _set_in_transaction(self._driver, self._source.set_in_transaction)
                if _BEHIND_POOLER not in info:
                    _note_server(self._driver, info)
                    if not self._source.set_in_transaction:
                        self._driver.rollback()  # so that no transaction is open yet
        except BaseException:
            pooled.close()
            _leave(pool)
            raise
        info[_HELD] = True
        self._pooled, self._kept = pooled, tuple_cursor(self._driver)

    def _make_own_ready(self, info: MutableMapping[Any, Any]) -> None:
        """Set what money needs of a connection that nobody shares, where nothing is to be put back."""
        if _READY not in info:
            make_ready(self._driver)
            self._source.log.limit(self._driver)
            info[_READY] = True


def _prepare_sqlite(driver: Any) -> Mapping[str, Any]:
    """Let a connection begin no transaction by itself; what it was set to before."""
    former = {"isolation_level": driver.isolation_level, "text_factory": driver.text_factory}
    if getattr(driver, "autocommit", True) is False:  # Python 3.12 has it; then a transaction is always open
        driver.rollback()
        former["autocommit"], driver.autocommit = False, True
    if driver.in_transaction:
        raise StorageUnavailable(LEFT_OPEN)
    driver.isolation_level, driver.text_factory = None, str
    return former


def _prepare_postgres(driver: Any, info: MutableMapping[Any, Any]) -> Mapping[str, Any]:
    """Let a connection begin a transaction at REPEATABLE READ with the first statement; what it was set to before."""
    from psycopg import IsolationLevel
    from psycopg.pq import TransactionStatus

    if driver.info.transaction_status != TransactionStatus.IDLE:
        raise StorageUnavailable(LEFT_OPEN)
    check_session(driver)
    wanted: dict[str, Any] = {"autocommit": False, "isolation_level": IsolationLevel.REPEATABLE_READ}
    if info.get(_BEHIND_POOLER, True):
        wanted["prepare_threshold"] = None
    former = {name: getattr(driver, name) for name, value in wanted.items() if getattr(driver, name) != value}
    for name in former:
        setattr(driver, name, wanted[name])
    return former


def _note_server(driver: Any, info: MutableMapping[Any, Any]) -> None:
    """Note what is to be known of a server, once for each connection."""
    with closing(tuple_cursor(driver)) as cursor:
        [(process, now, timeout)] = cursor.execute(_OF_SERVER).fetchall()
    info[_CLOCK] = (now, monotonic())
    info[_TIMEOUT] = float(timeout)
    # A pooler gives each transaction another connection to the server, which lacks statements prepared before.
    info[_BEHIND_POOLER] = process != driver.info.backend_pid


def _commit_within(driver: Any, seconds: float) -> None:
    """Commit, and wait for the answer so long at most, or without end for 0. Afterwards the connection is closed, and
    nobody knows whether it stands.

    The statement_timeout of PostgreSQL does not end a commit that waits for a standby. To cancel that wait would make
    the commit stand on this server alone, so the server is left waiting.
    """
    from psycopg import OperationalError
    from psycopg.errors import error_from_result
    from psycopg.pq import ExecStatus, TransactionStatus

    wire = driver.pgconn
    if not seconds or wire.transaction_status == TransactionStatus.IDLE:
        driver.commit()
        return
    until, results = monotonic() + seconds, list[Any]()
    wire.send_query(b"COMMIT")
    with DefaultSelector() as waiting:
        waiting.register(wire.socket, EVENT_READ)
        while True:
            wire.flush()
            wire.consume_input()
            while not wire.is_busy():
                result = wire.get_result()
                if result is None:
                    if results[0].status != ExecStatus.COMMAND_OK:
                        raise error_from_result(results[0], encoding=driver.info.encoding)
                    return
                results.append(result)
            if not waiting.select(max(0.0, until - monotonic())) and monotonic() >= until:
                driver.close()
                raise OperationalError(f"the server has not answered to a commit in {seconds:g} seconds")


def _set_in_transaction(driver: Any, settings: Mapping[str, str]) -> None:
    """Begin a transaction with some settings, which end with it."""
    if settings:
        each = ", ".join(["set_config(%s, %s, true)"] * len(settings))
        with closing(tuple_cursor(driver)) as cursor:
            cursor.execute(f"SELECT {each}", [part for pair in settings.items() for part in pair])


def check_session(driver: Any) -> None:
    """StorageUnavailable unless a connection of psycopg takes every text, and instants are written so that psycopg can
    read them."""
    if driver.info.encoding != "utf-8":
        raise StorageUnavailable("The connections of this engine are not in UTF-8; set client_encoding='utf8' for it.")
    if not str(driver.info.parameter_status("DateStyle")).startswith("ISO"):
        raise StorageUnavailable("The connections of this engine do not write days as ISO 8601; set DateStyle='ISO'.")


# A pool that has one connection for everybody: the turn of each unit of work, and the thread that has it.
_turns: WeakKeyDictionary[Pool, tuple[Lock, list[int]]] = WeakKeyDictionary()
_making_turns = Lock()


def _enter(pool: Pool) -> None:
    """Wait until no other thread uses the connection of a pool that has but one."""
    if isinstance(pool, StaticPool):
        with _making_turns:
            turn, threads = _turns.setdefault(pool, (Lock(), []))
        if threads == [get_ident()]:
            raise StorageUnavailable(_IN_USE)
        if not turn.acquire(timeout=BUSY_SECONDS):
            raise StorageUnavailable("The database was busy for too long with other threads' work.")
        threads.append(get_ident())


def _leave(pool: Pool) -> None:
    if isinstance(pool, StaticPool):
        turn, threads = _turns[pool]
        threads.clear()
        turn.release()


def make_ready(driver: sqlite3.Connection) -> Mapping[str, Any]:
    """Set what money needs of a connection to SQLite, and see that it is so; what was set otherwise before.
    StorageUnavailable if it cannot be."""
    cursor, former = driver.cursor(), {}
    cursor.row_factory = None
    for name, value, good in _SQLITE_SETTINGS:
        [(now,)] = cursor.execute(f"PRAGMA {name}").fetchall()
        if now not in good:
            former[name] = now
            _patiently(driver, f"PRAGMA {name} = {value}")
            [(now,)] = cursor.execute(f"PRAGMA {name}").fetchall()
        if now not in good:
            raise StorageUnavailable(f"SQLite does not take {name} = {value} here, but stays at {now}.")
    return former


def _patiently(driver: sqlite3.Connection, sql: str) -> None:
    """Do a statement for which SQLite does not wait itself: of several that turn a new file to WAL at one moment, all
    but one get the error at once that it is locked."""
    given_up = monotonic() + BUSY_SECONDS
    while True:
        try:
            driver.execute(sql)
            return
        except sqlite3.OperationalError as trouble:
            if trouble.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > given_up:
                raise
            sleep(random.uniform(0.001, 0.01))
