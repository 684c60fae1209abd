"""A connection on which a host began a transaction: work inside it, which the host commits or gives up.

Nothing is begun, committed, rolled back or set, but for two things: writes stand in a savepoint, so that a refused
command leaves the host's work usable; and on SQLite the write lock is taken before the first read, because SQLite
refuses at once to write after a read that is out of date.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from threading import get_ident
from time import monotonic
from typing import Any

from sqlalchemy import Connection

from invoicecore.errors import (
    ConcurrencyConflict,
    InvalidInput,
    InvalidState,
    StorageError,
    TransactionConflict,
    UniqueViolation,
)
from invoicecore.storage.conflicts import asks_to_run_again
from invoicecore.storage.sql.connections import SqlConnection, T, check_session, count, is_listened, rows
from invoicecore.storage.sql.driver_errors import Translated
from invoicecore.storage.sql.sources import JOINED

_ENDED = "The transaction that was joined has ended; join the next one."
_FAILED = "The transaction that was to be worked in has failed; roll it back, or back to a savepoint, first."
_NONE = "This connection commits each statement by itself, so there is no transaction to join; begin one first."
_CLOSED = "This connection is closed; join a transaction on one that is open."
_PIPELINE = "This connection is in a pipeline, where no answer comes at once; join a transaction outside of it."
_AGAIN = "Nothing of this command was written, and it cannot be settled here: run the whole transaction again."
_BEGIN_IMMEDIATE = (
    "The database lets nobody write in this transaction, because something was read in it before another one wrote, or "
    "another one was writing for too long. Begin it with BEGIN IMMEDIATE, or join it before its first statement, and "
    "run the whole transaction again."
)
_KINDS = (
    "Join a transaction on a Connection or Session of SQLAlchemy, on a connection of sqlite3 or psycopg 3, or on "
    "Django's connection, not on {}."
)
_ASYNCHRONOUS = "{} is asynchronous. Run the whole transaction on an ordinary connection, in a worker thread."


class JoinedConnection(SqlConnection):
    """A host's connection, in the transaction that was joined. The next transaction on it is told from that one where
    this can be done: by SQLAlchemy's own object, and on PostgreSQL by the moment at which it began."""

    def __init__(self, connection: object) -> None:
        self.sqlalchemy: Connection | None = _of_sqlalchemy(connection)
        self._django: Any = connection if hasattr(connection, "ensure_connection") else None
        self._driver = self._reach(connection)
        super().__init__(is_sqlite=isinstance(self._driver, sqlite3.Connection))
        self._thread = get_ident()
        self._began: object = None
        self._isolation = ""
        self._clock: tuple[datetime, float] | None = None
        self._join()

    @property
    def keeps_snapshot(self) -> bool:
        """Whether the transaction sees one moment, so that no conflict can be settled inside it."""
        return self._isolation not in ("", "read committed")

    def check(self) -> None:
        """InvalidState unless the transaction that was joined goes on."""
        if self._status() not in ("INTRANS", "INERROR"):
            raise InvalidState(_ENDED)
        self._check_failed()
        with Translated():
            if not self._is_same():
                raise InvalidState(_ENDED)
        self._listen()

    def is_ahead(self, at: datetime) -> bool:
        """Whether an instant lies ahead of the server's clock, as it was when the transaction was joined."""
        assert self._clock is not None
        then, measured = self._clock
        return at > then + timedelta(seconds=monotonic() - measured)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A savepoint in which to write; given up at any error."""
        try:
            self.write("SAVEPOINT invoicecore", [()])
            try:
                yield
                self.write("RELEASE SAVEPOINT invoicecore", [()])
            except BaseException:
                with suppress(Exception):  # where the connection is lost, so is the transaction
                    self.write("ROLLBACK TO SAVEPOINT invoicecore", [()])
                    self.write("RELEASE SAVEPOINT invoicecore", [()])
                raise
        except (ConcurrencyConflict, UniqueViolation) as conflict:
            if self.keeps_snapshot:
                raise TransactionConflict(f"{conflict} {_AGAIN}") from conflict
            raise

    def close(self) -> None:
        """Nothing is open that was not open before."""

    def holds_write_lock(self) -> bool:
        """Whether the thread that asks holds the write lock of a file of SQLite by this transaction."""
        return self._thread == get_ident() and self._status() == "INTRANS"

    @contextmanager
    def as_sqlalchemy(self) -> Iterator[Connection]:
        if self.sqlalchemy is not None:
            yield self.sqlalchemy
            return
        with super().as_sqlalchemy() as connection:
            yield connection

    def _reach(self, connection: object) -> Any:
        """The driver's connection."""
        driver: Any = connection
        if self.sqlalchemy is not None:
            if self.sqlalchemy.closed:
                raise InvalidState(_CLOSED)
            driver = self.sqlalchemy.connection.driver_connection
        elif self._django is not None:
            self._django.ensure_connection()
            driver = self._django.connection
        psycopg = sys.modules.get("psycopg")  # whoever has a connection of it has imported it
        if not isinstance(driver, (sqlite3.Connection, *([psycopg.Connection] if psycopg else []))):
            kind = f"{type(connection).__module__}.{type(connection).__qualname__}"
            if "async" in kind.lower() or "aio" in kind or "Async" in type(driver).__name__:
                raise InvalidInput(_ASYNCHRONOUS.format(kind))
            raise InvalidInput(_KINDS.format(kind if driver is connection else type(driver).__module__))
        return driver

    def _join(self) -> None:
        if self._status() == "UNKNOWN":
            raise InvalidState(_CLOSED)
        self._check_failed()
        if self.sqlalchemy is not None and not self.sqlalchemy.in_transaction():
            self.sqlalchemy.begin()  # as the host's own first statement would
        self._listen()
        with Translated():
            if self.is_sqlite:
                self._take_write_lock()
            else:
                self._look_round()
        if self.sqlalchemy is not None:
            self._began = self.sqlalchemy.get_transaction()

    def _listen(self) -> None:
        heard = self.sqlalchemy is not None and is_listened(self.sqlalchemy, self.sqlalchemy.engine)
        self._listened = self.sqlalchemy if heard else None

    def _take_write_lock(self) -> None:
        driver = self._driver
        commits_itself = driver.isolation_level is None or getattr(driver, "autocommit", None) is True
        if commits_itself and not driver.in_transaction:
            raise InvalidState(_NONE)
        lock = "DELETE FROM ic_schema_version WHERE 0" if driver.in_transaction else "BEGIN IMMEDIATE"
        try:
            self._execute(lock, (), count)
        except Exception as trouble:
            if asks_to_run_again(trouble):
                raise TransactionConflict(_BEGIN_IMMEDIATE) from trouble
            if "no such table" not in str(trouble):  # which is told when the version is looked at
                raise
        JOINED.add(self)

    def _look_round(self) -> None:
        if self._driver.info.pipeline_status.name != "OFF":
            raise InvalidState(_PIPELINE)
        check_session(self._driver)
        if self._status() == "IDLE" and self._driver.autocommit:
            raise InvalidState(_NONE)
        facts = "SELECT now(), current_setting('transaction_isolation'), clock_timestamp()"
        [(self._began, self._isolation, now)] = self._execute(facts, (), rows)
        self._clock = now, monotonic()

    def _check_failed(self) -> None:
        if self._status() == "INERROR" or (self._django is not None and self._django.needs_rollback):
            raise InvalidState(_FAILED)

    def _status(self) -> str:
        """The state of the connection, as libpq calls it."""
        if not self.is_sqlite:
            return str(self._driver.info.transaction_status.name)
        try:
            return "INTRANS" if self._driver.in_transaction else "IDLE"
        except sqlite3.ProgrammingError:  # it is closed
            return "UNKNOWN"

    def _is_same(self) -> bool:
        if self.sqlalchemy is not None:
            return self._began is self.sqlalchemy.get_transaction()
        return self.is_sqlite or self._execute("SELECT now()", (), rows) == [(self._began,)]

    def _open(self) -> Any:
        return self._driver

    def _execute(self, sql: str, values: Sequence[Any], wanted: Callable[[Any], T], many: bool = False) -> T:
        text = getattr(self._driver, "text_factory", str)
        if text is not str:
            self._driver.text_factory = str
        try:
            return self._do(sql, values, wanted, many)
        finally:
            if text is not str:
                self._driver.text_factory = text

    def _cursor(self, driver: Any, name: str | None = None) -> Any:
        cursor = super()._cursor(driver, name)
        wrappers = getattr(self._django, "execute_wrappers", ())
        return _WatchedCursor(cursor, self._django) if wrappers else cursor

    def _raise_meant(self, trouble: Exception, taken: type[StorageError] = ConcurrencyConflict) -> None:
        try:
            super()._raise_meant(trouble, taken)
        except StorageError as failed:
            if asks_to_run_again(trouble):
                raise TransactionConflict(f"{failed} {_AGAIN}") from trouble
            raise


class _WatchedCursor:
    """A cursor whose statements go through the functions that a host has Django call around each statement."""

    def __init__(self, cursor: Any, django: Any) -> None:
        self._cursor = cursor
        self._context = {"connection": django, "cursor": cursor}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, sql: str, values: Any) -> Any:
        return self._run(sql, values, many=False)

    def executemany(self, sql: str, values: Any) -> Any:
        return self._run(sql, values, many=True)

    def _run(self, sql: str, values: Any, *, many: bool) -> Any:
        def run(sql: str, values: Any, many: bool, context: Any) -> Any:
            return (self._cursor.executemany if many else self._cursor.execute)(sql, values)

        for wrapper in reversed(self._context["connection"].execute_wrappers):
            run = partial(wrapper, run)
        return run(sql, values, many, self._context)


def _of_sqlalchemy(connection: Any) -> Connection | None:
    if hasattr(connection, "get_bind") and not type(connection).__name__.lower().startswith("async"):
        connection = connection.connection()  # of a Session
    return connection if isinstance(connection, Connection) else None
