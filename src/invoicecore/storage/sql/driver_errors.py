"""The translation of database errors into storage errors.

Each error of a driver becomes one of storage's four errors, by the code of the database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import exc

from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageError, StorageUnavailable, UniqueViolation

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CONSTRAINT = sqlite3.SQLITE_CONSTRAINT
# SQLSTATE: serialization failure, deadlock
_LOST_RACE = ("40001", "40P01")
_INTEGRITY = "23"
_UNIQUE = "23505"


def translate(trouble: BaseException, taken: type[StorageError] = ConcurrencyConflict) -> StorageError | None:
    """The storage error that says what a driver's error means; None if it is none of a database's.

    Where something is there already that was to be new, it is a `taken`: another unit was quicker.
    """
    if isinstance(trouble, exc.DBAPIError) and trouble.orig is not None:
        trouble = trouble.orig
    message = f"{type(trouble).__name__}: {str(trouble).strip()}"
    if isinstance(trouble, exc.TimeoutError):
        return StorageUnavailable(f"No connection came free. {message}")
    if isinstance(trouble, sqlite3.Error):
        return _of_sqlite(trouble, taken, message)
    state = getattr(trouble, "sqlstate", None)
    if _is_psycopg(trouble):
        if state in _LOST_RACE:
            return ConcurrencyConflict(message)
        if state == _UNIQUE:
            return taken(message)
        if state is not None and state.startswith(_INTEGRITY):
            return ConcurrencyConflict(message)
        return StorageUnavailable(message)
    return None


def _of_sqlite(trouble: sqlite3.Error, taken: type[StorageError], message: str) -> StorageError:
    code = getattr(trouble, "sqlite_errorcode", 0)
    if code in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE):
        return taken(message)
    if code & 0xFF == _CONSTRAINT:
        return ConcurrencyConflict(message)
    if code & 0xFF in _BUSY:
        return StorageUnavailable(f"The database was busy for too long. {message}")
    return StorageUnavailable(message)


def _is_psycopg(trouble: BaseException) -> bool:
    return any(
        kind.__module__.split(".")[0] == "psycopg" and kind.__name__ == "Error" for kind in type(trouble).__mro__
    )


@contextmanager
def translated(taken: type[StorageError] = ConcurrencyConflict) -> Iterator[None]:
    """Raises a database's errors as storage's; any other error passes."""
    try:
        yield
    except Exception as trouble:
        meant = translate(trouble, taken)
        if meant is None:
            raise
        raise meant from trouble


def after_commit_failed(trouble: BaseException, connection: Any) -> StorageError | None:
    """What a commit that failed means. Where the database still has the transaction open, or says that it gave it up,
    nothing was written; otherwise nobody knows."""
    meant = translate(trouble)
    if meant is None or isinstance(meant, ConcurrencyConflict | UniqueViolation):
        return meant
    if isinstance(trouble, sqlite3.Error):
        full = getattr(trouble, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        return meant if full or connection.in_transaction else CommitUnknown(str(meant))
    state = getattr(trouble, "sqlstate", None)
    # Only an error that the server itself sent says that the transaction is gone; a lost connection says nothing.
    if state is not None and not state.startswith(("08", "57P")) and not connection.closed:
        return meant
    return CommitUnknown(str(meant))
