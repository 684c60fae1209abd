"""A replica of PostgreSQL: a standby that replays what the primary commits, and answers queries."""

from contextlib import closing
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Engine

from invoicecore.errors import ConcurrencyConflict, SchemaMismatch, StorageError, StorageUnavailable
from invoicecore.ports.store import Entity, Versioned, WriteSet
from invoicecore.storage.sql import migrations
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.sql.driver_errors import READ_ONLY, translate
from invoicecore.storage.sql.sources import source_of
from invoicecore.storage.sql.statements import Statements
from invoicecore.storage.sql.transaction import SqlTransaction
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)

_AS_OF = """
SELECT CASE WHEN pg_is_in_recovery()
            THEN coalesce(pg_last_xact_replay_timestamp(), (SELECT checkpoint_time FROM pg_control_checkpoint()))
            ELSE clock_timestamp() END
"""
_WAY_OUT = "Commands do not need it, and desk.fresh() asks the primary."
_CONFLICT = (
    "The replica broke a query off, because the primary has removed rows that it still reads. Set hot_standby_feedback "
    "or a longer max_standby_streaming_delay there."
)


class SqlReplica:
    """The tables on a standby, which may be behind the primary. Safe under threads and processes."""

    def __init__(self, engine: Engine, statements: Statements, schema: str | None) -> None:
        self.engine = engine
        self._source = source_of(engine)
        self._statements = statements
        self._schema = schema
        self._checked = False

    def begin(self, firm_id: FirmId) -> "ReplicaTransaction":
        """A transaction on one firm, in which nothing is committed."""
        return ReplicaTransaction(self._connection(), self._statements, firm_id)

    def as_of(self) -> datetime:
        """The instant of the last commit that was replayed; after a start without any, that of the last checkpoint. Of
        a server that has become a primary it is now."""
        with closing(_ReplicaConnection(self._source)) as connection:
            [(instant,)] = connection.read(_AS_OF, ())
            assert isinstance(instant, datetime)
            return instant.astimezone(UTC)

    def _connection(self) -> "_ReplicaConnection":
        """A connection to tables that this library works with; checked until they are."""
        connection = _ReplicaConnection(self._source)
        if not self._checked:
            try:
                _check(migrations.found(connection, self._schema))
            except BaseException:
                connection.close()
                raise
            self._checked = True
        return connection


class ReplicaTransaction(SqlTransaction):
    """A transaction on one firm that only reads."""

    def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
        try:
            return super().read_entity(kind, id)
        except SchemaMismatch as other:
            raise _behind(other.found) from other

    def commit(self, writes: WriteSet) -> None:
        raise StorageUnavailable(READ_ONLY)

    def _number_audit(self) -> None:
        """The primary numbers the audit records."""


class _ReplicaConnection(PooledConnection):
    """A connection to a standby, whose errors say so."""

    def _raise_meant(self, trouble: Exception, taken: type[StorageError] = ConcurrencyConflict) -> None:
        meant = translate(trouble, taken)
        state = str(getattr(getattr(trouble, "orig", trouble), "sqlstate", None) or "")
        if state == "40001":  # nothing else conflicts with who only reads
            raise StorageUnavailable(f"{_CONFLICT} {_WAY_OUT}") from trouble
        if state.startswith("42") and state != "42501":
            raise _behind(None) from trouble
        if meant is not None:
            raise StorageUnavailable(f"The replica does not answer. {meant} {_WAY_OUT}") from trouble


def _check(there: str | None) -> None:
    if there != migrations.newest():
        raise _behind(there)


def _behind(there: str | None) -> SchemaMismatch:
    what = "lacks the tables of this invoicecore" if there is None else f"has tables of version {there}"
    return SchemaMismatch(
        f"The replica {what}, and the primary those of version {migrations.newest()}: it has not replayed the upgrade "
        f"yet, or follows another database. {_WAY_OUT}",
        there,
    )
