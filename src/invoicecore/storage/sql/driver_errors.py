"""The translation of database errors into storage errors.

Each error of a driver becomes one of storage's four errors, by the code of the database; the driver's own is its cause.
"""

import sqlite3
from typing import Any

from sqlalchemy import exc

from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageError, StorageUnavailable, UniqueViolation

_CONSTRAINT = sqlite3.SQLITE_CONSTRAINT
_TAKEN = "Something that was to be new is there already."
_MOVED = "Something else is stored than the command has read."
_TABLES = (
    "The tables in this database are not those that this invoicecore works with; see `storage.schema_version()` and "
    "`storage.upgrade()`."
)
READ_ONLY = "The database can only be read through this engine; to write, give an engine that may."
_UNTRUSTED = (
    "PRAGMA trusted_schema is off on this connection, and SQLite of this version then checks no JSON; leave it on."
)
_POOLER = (
    "There is a connection pooler before the server that does not work with this engine's settings. Say "
    "SqlStorage.at(url, pooled=True), or give an engine with connect_args={'prepare_threshold': None} and without "
    "'options', and set timeouts for the role: ALTER ROLE … SET lock_timeout = '10s'."
)
# What an error means, by its code, or by what its code begins with; the driver's own words are in its `__cause__`.
_SQLITE_MEANINGS = {
    sqlite3.SQLITE_BUSY: "The database was busy for too long.",
    sqlite3.SQLITE_LOCKED: "The database was busy for too long.",
    sqlite3.SQLITE_FULL: "The disk is full.",
    sqlite3.SQLITE_IOERR: "The disk cannot be read or written.",
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "The file of the database cannot be opened; see that its folder is there.",
    sqlite3.SQLITE_NOTADB: "The file is no database of SQLite.",
    sqlite3.SQLITE_CORRUPT: "The file of the database is damaged.",
    sqlite3.SQLITE_ERROR: _TABLES,
    sqlite3.SQLITE_SCHEMA: _TABLES,
    0: "A connection of SQLite was used in a thread that may not use it, or after it was closed.",
}
_POSTGRES_MEANINGS = {
    "40001": _MOVED,
    "40P01": "Two commands waited for each other.",
    "23505": _TAKEN,
    "23": _MOVED,
    "25006": READ_ONLY,
    "26000": _POOLER,
    "42P05": _POOLER,
    "08P01": _POOLER,
    "28": "The server refused the user or the password.",
    "3D000": "The server has no database of this name.",
    "3F000": "The schema for the tables is not there; make it first.",
    "42501": "The user of the database lacks a permission on the tables of invoicecore.",
    "42": _TABLES,
    "53": "The server has too many connections, or no room left.",
    "55P03": "A lock did not come free in time.",
    "57014": "A statement took too long.",
    "57P": "The server is stopping or starting.",
}
_CONFLICTS = ("40001", "40P01", "23")


def translate(trouble: BaseException, taken: type[StorageError] = ConcurrencyConflict) -> StorageError | None:
    """The storage error that says what a driver's error means, in words without its own, which may show values and
    statements; None if it is none of a database's.

    Where something is there already that was to be new, it is a `taken`: another unit was quicker.
    """
    if isinstance(trouble, exc.DBAPIError) and trouble.orig is not None:
        trouble = trouble.orig
    if isinstance(trouble, exc.TimeoutError):
        return StorageUnavailable("No connection came free in time; let the engine's pool give more.")
    if isinstance(trouble, sqlite3.Error):
        if "unsafe use of" in str(trouble):
            return StorageUnavailable(_UNTRUSTED)
        return _of_sqlite(getattr(trouble, "sqlite_errorcode", 0), taken)
    if _is_psycopg(trouble):
        return _of_postgres(getattr(trouble, "sqlstate", None), str(trouble), taken)
    if isinstance(trouble, exc.SQLAlchemyError):
        return StorageUnavailable("The engine cannot do what books need; see the cause of this error.")
    return None


def _of_sqlite(code: int, taken: type[StorageError]) -> StorageError:
    if code in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE):
        return taken(_TAKEN)
    if code & 0xFF == _CONSTRAINT:
        return ConcurrencyConflict(_MOVED)
    meaning = _SQLITE_MEANINGS.get(code & 0xFF, "The database failed.")
    return StorageUnavailable(meaning)


def _of_postgres(state: str | None, message: str, taken: type[StorageError]) -> StorageError:
    if state is None:
        # A refusal to connect has no code of its own.
        known = [text for words, text in _REFUSALS.items() if words in message]
        return StorageUnavailable(known[0] if known else "The server cannot be reached, or the connection was lost.")
    meaning = next(
        (_POSTGRES_MEANINGS[state[:length]] for length in (5, 3, 2) if state[:length] in _POSTGRES_MEANINGS),
        f"The server refused (SQLSTATE {state}).",
    )
    if meaning is _TAKEN:
        return taken(meaning)
    return (ConcurrencyConflict if state.startswith(_CONFLICTS) else StorageUnavailable)(meaning)


_REFUSALS = {
    "unsupported startup parameter": _POOLER,
    "password authentication failed": _POSTGRES_MEANINGS["28"],
    "no password supplied": _POSTGRES_MEANINGS["28"],
    "does not exist": _POSTGRES_MEANINGS["3D000"],
    "too many": _POSTGRES_MEANINGS["53"],
    "starting up": _POSTGRES_MEANINGS["57P"],
    "shutting down": _POSTGRES_MEANINGS["57P"],
}


def _is_psycopg(trouble: BaseException) -> bool:
    return any(
        kind.__module__.split(".")[0] == "psycopg" and kind.__name__ == "Error" for kind in type(trouble).__mro__
    )


class Translated:
    """Raises a database's errors as storage's; any other error passes."""

    __slots__ = ("_taken",)

    def __init__(self, taken: type[StorageError] = ConcurrencyConflict) -> None:
        self._taken = taken

    def __enter__(self) -> None:
        """From here on."""

    def __exit__(self, kind: object, trouble: BaseException | None, traceback: object) -> None:
        if isinstance(trouble, Exception):
            meant = translate(trouble, self._taken)
            if meant is not None:
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
