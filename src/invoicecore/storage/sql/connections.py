"""The connection of a transaction: from the pool to the commit.

A connection is taken from the engine's pool at the first read and returned, with its former settings, when the unit
ends. All reads see one snapshot. On SQLite reading takes no lock, and writing has a separate transaction, one at a
time; on PostgreSQL both are one transaction at REPEATABLE READ.

Every cursor is closed where it was opened. Otherwise the traceback of an error could keep it until the garbage
collector closes it in another thread, which may cause a deadlock: that thread would wait for a connection that waits
for a lock.
"""

import random
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from threading import Lock
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection

from invoicecore.errors import ConcurrencyConflict, StorageError, StorageUnavailable
from invoicecore.storage.sql.column_types import POSTGRES, SQLITE
from invoicecore.storage.sql.driver_errors import after_commit_failed, translated

BUSY_SECONDS = 30
"""How long SQLite waits for another writer before it gives up."""

_FEW_ROWS = 100
_READY = "invoicecore"  # marks a pooled connection that was made ready

# Each with what the connection must say it is afterwards. FULL is 2.
_SQLITE_SETTINGS = (
    ("busy_timeout", str(BUSY_SECONDS * 1000), (BUSY_SECONDS * 1000,)),
    ("journal_mode", "WAL", ("wal", "memory")),  # a database in memory has no journal on disk
    ("synchronous", "FULL", (2,)),
    ("foreign_keys", "ON", (1,)),
)


class Connection:
    """A connection of the pool while a unit of work lasts."""

    def __init__(self, engine: Engine, writers: Lock) -> None:
        self._engine = engine
        self._writers = writers
        self._pooled: PoolProxiedConnection | None = None
        self._driver: Any = None
        self._isolation: Any = None

    def read(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows that a statement finds."""
        fresh = self._pooled is None
        with translated():
            try:
                return self._fetched(sql, values)
            except Exception:
                if not (fresh and getattr(self._driver, "closed", False)):
                    raise
                # The server had ended this connection while it lay in the pool, and so perhaps the others there.
                self.close()
                self._engine.dispose()
                return self._fetched(sql, values)

    def stream(self, sql: str, values: Sequence[Any]) -> Generator[Sequence[Any], None, None]:
        """The rows that a statement finds, of which there may be many: a few are in memory at a time."""
        with translated(), closing(self._cursor_for_many()) as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(_FEW_ROWS):
                yield from rows

    def _cursor_for_many(self) -> Any:
        driver = self._open()
        return driver.cursor() if self._engine.dialect.name == SQLITE else driver.cursor(name=_READY)

    def _fetched(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        with closing(self._open().cursor()) as cursor:
            cursor.execute(sql, values)
            rows: Sequence[Sequence[Any]] = cursor.fetchall()
            return rows

    def write(self, sql: str, several: Sequence[Sequence[Any]], taken: type[StorageError] = ConcurrencyConflict) -> int:
        """Do a statement for each of several values; how many rows it changed in all."""
        with translated(taken), closing(self._driver.cursor()) as cursor:
            if len(several) == 1:
                cursor.execute(sql, several[0])
            else:
                cursor.executemany(sql, several)
            count: int = cursor.rowcount
            return count

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction in which to write; committed at the end, and given up at any error."""
        with translated():
            driver = self._open()
        with self._turn() if self._engine.dialect.name == SQLITE else nullcontext():
            try:
                if self._engine.dialect.name == SQLITE:
                    with translated():
                        driver.execute("COMMIT")  # of what was only read
                        driver.execute("BEGIN IMMEDIATE")
                yield
                self._commit(driver)
            except BaseException:
                self._give_up()
                raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """The threads of a process write in turn, because SQLite is unfair to those who wait."""
        if not self._writers.acquire(timeout=BUSY_SECONDS):
            raise StorageUnavailable("The database was busy for too long with other threads' writing.")
        try:
            yield
        finally:
            self._writers.release()

    def _commit(self, driver: Any) -> None:
        try:
            driver.execute("COMMIT") if self._engine.dialect.name == SQLITE else driver.commit()
        except Exception as trouble:
            meant = after_commit_failed(trouble, driver)
            if meant is None:
                raise
            raise meant from trouble

    def close(self) -> None:
        """Give up what was not committed, and give the connection back as it was."""
        if self._pooled is not None:
            pooled, self._pooled = self._pooled, None
            self._give_up()
            try:
                self._driver.isolation_level = self._isolation
            except Exception:  # it is broken, and the pool is to throw it away, if it does not know yet
                if pooled.is_valid:
                    pooled.invalidate()
            pooled.close()

    def _give_up(self) -> None:
        try:
            if self._engine.dialect.name != SQLITE:
                self._driver.rollback()
            elif self._driver.in_transaction:
                self._driver.execute("ROLLBACK")
        except Exception:
            if self._pooled is not None:
                self._pooled.invalidate()

    def _open(self) -> Any:
        """The driver's connection, in a transaction."""
        if self._pooled is None:
            self._pooled = pooled = self._engine.raw_connection()
            self._driver = pooled.driver_connection
            self._isolation = self._driver.isolation_level
            if self._engine.dialect.name == SQLITE:
                self._driver.isolation_level = None  # no transaction that is not begun here
                if _READY not in pooled.info:
                    make_ready(self._driver)
            elif self._engine.dialect.name == POSTGRES:
                self._driver.isolation_level = _repeatable_read()
            pooled.info[_READY] = True
        if self._engine.dialect.name == SQLITE and not self._driver.in_transaction:
            self._driver.execute("BEGIN")
        return self._driver


def make_ready(driver: sqlite3.Connection) -> None:
    """Set what money needs of a connection to SQLite, and see that it is so. StorageUnavailable if it cannot be."""
    for name, value, good in _SQLITE_SETTINGS:
        _patiently(driver, f"PRAGMA {name} = {value}")
        [(now,)] = driver.execute(f"PRAGMA {name}").fetchall()
        if now not in good:
            raise StorageUnavailable(f"SQLite does not take {name} = {value} here, but stays at {now}.")


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


def _repeatable_read() -> Any:
    from psycopg import IsolationLevel

    return IsolationLevel.REPEATABLE_READ
