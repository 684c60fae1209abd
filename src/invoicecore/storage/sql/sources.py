"""Where connections come from: the pool of a host's engine, or on files of SQLite a pool of the library's own.

SQLite's pragmas hold for a connection. To set them and put them back in every unit of work would make SQLite prepare
all statements again, so the library has connections of its own, made as the engine makes them. A database in memory has
one connection, which is shared.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import cached_property
from os import stat
from threading import Lock, get_ident
from typing import Any, Final
from weakref import WeakSet

from sqlalchemy import Engine, Pool, event

from invoicecore.storage.sql.column_types import SQLITE
from invoicecore.storage.sql.turns import Turns

WAITS_FOR_ITSELF = (
    "This thread holds the write lock of the same file in a transaction of its own, so this command would wait for "
    "itself; "
    "nothing was written. Work inside that transaction with billing.joined(connection), or end it first."
)
LEFT_OPEN = (
    "The engine's pool gave a connection in which a transaction has begun already; nothing was written. Set "
    "pool_reset_on_return='rollback', let handlers of its events 'connect' and 'checkout' commit what they do, and "
    "call the library when no transaction is open on a connection that it shares."
)
_OF_ENGINE = "_invoicecore_source"
_making = Lock()


JOINED: WeakSet[Any] = WeakSet()
"""The connections of SQLite on which transactions were joined."""


LOG_BYTES = 16 * 2**20
"""So long the write-ahead log of a file of SQLite may become before somebody shortens it."""
_LOG_WAIT = 500
"""For so many milliseconds who shortens it waits for those who read."""


class WriteAheadLog:
    """The write-ahead log of a file of SQLite, in which every commit is written before it is moved to the file.

    SQLite begins it anew only at a moment at which nobody reads, and with a few readers there may be none. So who has
    written waits for such a moment once the log is long, and when it has grown by as much again.
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._longest = LOG_BYTES

    def limit(self, driver: sqlite3.Connection) -> None:
        """Let this connection leave no more of the log than that, when it begins it anew."""
        driver.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")

    def keep_short(self, driver: sqlite3.Connection) -> None:
        """Shorten the log after a commit, if it is time for that. Nothing that goes wrong here concerns the commit."""
        with suppress(sqlite3.Error, OSError):
            if self._path is None:
                self._path = f"{driver.execute('PRAGMA database_list').fetchall()[0][2]}-wal"
            length = stat(self._path).st_size
            if length < self._longest:
                return
            self._longest = length + LOG_BYTES
            [(patience,)] = driver.execute("PRAGMA busy_timeout").fetchall()
            driver.execute(f"PRAGMA busy_timeout = {_LOG_WAIT}")
            try:
                [(busy, _, _)] = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                driver.execute(f"PRAGMA busy_timeout = {patience}")
            if not busy:
                self._longest = LOG_BYTES


class ConnectionSource:
    """The connections to one database, for all storages on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine: Final = engine
        self.is_sqlite: Final = engine.dialect.name == SQLITE
        self.is_own: Final = self.is_sqlite and _is_file(engine)
        self.writers: Final = Lock()
        self.log: Final = WriteAheadLog()
        self.set_in_transaction: Mapping[str, str] = {}
        """What is set at the beginning of each transaction, for nothing that is set before it would last."""
        self.turns: Final = Turns()
        self._taken: dict[int, tuple[int | None, sqlite3.Connection]] = {}

    @cached_property
    def _own(self) -> Pool:
        own = self.engine.pool.recreate()  # before anybody listens to that one
        event.listen(self.engine, "checkout", self._take)
        event.listen(self.engine, "checkin", self._give_back)
        return own

    @property
    def pool(self) -> Pool:
        """The pool that the library takes its connections from."""
        return self._own if self.is_own else self.engine.pool

    def close(self) -> None:
        """Let go of all connections of the library's own that no unit of work uses."""
        if self.is_own and "_own" in vars(self):
            self._own.dispose()

    def blocker(self) -> str:
        """Why a command of this thread would wait for ever for the write lock of the file, if it would: the host holds
        it in a transaction of this thread, or in one that was left open in the pool."""
        if not self._taken and not JOINED:
            return ""
        with suppress(sqlite3.ProgrammingError):  # of a connection that was closed
            for thread, driver in [*self._taken.values()]:
                if thread in (get_ident(), None) and driver.in_transaction and _holds_write_lock(driver):
                    return LEFT_OPEN if thread is None else WAITS_FOR_ITSELF
        return WAITS_FOR_ITSELF if any(it.holds_write_lock() for it in JOINED) else ""

    def _take(self, driver: Any, record: object, pooled: object) -> None:
        self._taken[id(record)] = (get_ident(), driver)

    def _give_back(self, driver: Any, record: object) -> None:
        self._taken.pop(id(record), None)
        if driver is not None and driver.in_transaction:
            self._taken[id(record)] = (None, driver)


class _BrokenOff(Exception):
    """A backup has told what it was begun for."""


def _holds_write_lock(driver: sqlite3.Connection) -> bool:
    """Whether a transaction holds the write lock of its file. The first step of a backup says so: SQLite refuses it as
    busy then, and a transaction that only reads is left as it is. It takes some 30 µs."""
    told = []

    def break_off(status: int, remaining: int, total: int) -> None:
        told.append(status)
        raise _BrokenOff

    with closing(sqlite3.connect(":memory:")) as nowhere, suppress(_BrokenOff):
        driver.backup(nowhere, pages=1, progress=break_off)
    return told == [sqlite3.SQLITE_BUSY]


def source_of(engine: Engine) -> ConnectionSource:
    """The source of an engine, which lives as long as the engine does."""
    with _making:
        if _OF_ENGINE not in vars(engine):
            vars(engine)[_OF_ENGINE] = ConnectionSource(engine)
        source: ConnectionSource = vars(engine)[_OF_ENGINE]
        return source


def _is_file(engine: Engine) -> bool:
    file = engine.url.database
    return bool(file) and ":memory:" not in str(file) and engine.url.query.get("mode") != "memory"
