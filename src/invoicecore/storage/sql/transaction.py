"""The transaction of the SQL store, which reads the tables for a unit of work.

It reads a snapshot and takes no lock. It reads no row twice. `invoicecore.storage.sql.flush` writes the write set.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from invoicecore.errors import ConcurrencyConflict
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.archive import Counter
from invoicecore.ports.queries import Queries
from invoicecore.ports.store import (
    AuditRecord,
    Entity,
    IdempotencyRecord,
    IndexQuery,
    UniqueKind,
    Versioned,
    WaitingMessage,
    WriteSet,
)
from invoicecore.settlement.account import Account
from invoicecore.storage.sql.connections import PooledConnection, SqlConnection
from invoicecore.storage.sql.flush import Flush
from invoicecore.storage.sql.joined_connection import JoinedConnection
from invoicecore.storage.sql.migrations import check_version
from invoicecore.storage.sql.queries import SqlQueries
from invoicecore.storage.sql.schema import LISTINGS
from invoicecore.storage.sql.statements import SqlStatement, Statements
from invoicecore.storage.sql.turns import FEW, Turns, number_of
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
R = TypeVar("R")


class SqlTransaction:
    """A transaction on one firm; see `invoicecore.ports.store.StoreTransaction` for what it promises."""

    def __init__(self, connection: SqlConnection, statements: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._statements = statements
        self._firm_id = firm_id
        self._entities: dict[tuple[type[Any], str], Versioned[Any] | None] = {}
        self._owners: dict[tuple[UniqueKind, str], str | None] = {}
        self._numbered = False  # whether audit records were numbered, and that is not committed yet

    def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
        place = (kind, id)
        if place not in self._entities:
            of_kind = self._statements.entities[kind]
            is_other_firm = of_kind.mapping.id == "firm_id" and id != self._firm_id
            rows = () if is_other_firm else self._read(of_kind.get, {"id": id})
            if kind is Firm or (rows and kind is Person):
                check_version((rows or self._read(self._statements.version, {}))[0][-1])
            if rows:
                for there, value in of_kind.got(rows[0]):
                    self._entities.setdefault(there, value)  # what is known already stays as it is
            self._entities.setdefault(place, None)
        return self._entities[place]

    def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
        if query.index.of is AuditRecord and not self._statements.dialect.is_sqlite:
            self._number_audit()
        kind, listing, bounds = query.index.of, LISTINGS[query.index.name], (query.after or (), query.before or ())
        statement = self._statements.listing(
            listing, *map(len, bounds), limited=query.limit is not None, descending=query.descending
        )
        given: dict[str, Any] = {"key": query.key, "most": query.limit}
        encoded = self._statements.dialect.encoded
        for name, bound in zip(("after", "before"), bounds, strict=True):
            given |= {f"{name}_{place}": encoded(it) for place, it in enumerate(bound)}
        rows = self._read(statement, given)
        if kind in self._statements.records:
            facts = self._statements.records[kind]
            return [facts.built(row) for row in rows]
        entities = self._statements.entities[kind]
        found = []
        for row in rows:
            versioned = self._entities.get((kind, row[0]))
            if versioned is None:
                versioned = self._entities[kind, row[0]] = entities.built(row)
            found.append(versioned)
        return found

    def _number_audit(self) -> None:
        """Number the audit records that were committed since somebody last read them: a record that is committed later
        comes after them. It stands when this transaction ends, and conflicts with who numbers the same."""
        given = {"firm_id": self._firm_id}
        unnumbered, number = self._statements.unnumbered, self._statements.number_audit
        if self._connection.read(unnumbered.sql, unnumbered.placed(given)):
            self._connection.write(number.sql, [number.placed(given)])
            self._numbered = True

    def read_owners(self, kind: UniqueKind, keys: Collection[str]) -> Mapping[str, str]:
        unknown = [key for key in keys if (kind, key) not in self._owners]
        if unknown:
            given = {"kind": kind.value, "keys": self._statements.dialect.several(unknown)}
            found: dict[str, str] = dict(self._read(self._statements.reservations.get, given))  # type: ignore[arg-type]
            self._owners.update(((kind, key), found.get(key)) for key in unknown)
        return {key: owner for key in keys if (owner := self._owners[kind, key]) is not None}

    def read_counter(self, name: str) -> int:
        counter = self._record(Counter, name=name)
        return 1 if counter is None else counter.next

    def read_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        return self._record(IdempotencyRecord, key=key)

    def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
        self.read_entity(Firm, self._firm_id)  # with which the version of the tables is looked at
        outbox, messages = self._statements.outbox, self._statements.records[Message]
        statement = outbox.resting if now is None else outbox.due
        rows = self._read(statement, {"now": self._statements.dialect.encoded(now), "most": limit})
        return [WaitingMessage(messages.built(row[3:]), *outbox.codec.decode(row[:3])) for row in rows]

    def is_ahead(self, at: datetime, by: timedelta) -> bool:
        """On PostgreSQL, whose server has a clock for everybody; a file of SQLite has none."""
        return not self._statements.dialect.is_sqlite and self._connection.is_ahead(at - by)

    def queries(self) -> Queries:
        """The store's own queries: of the same moment as everything that it reads."""
        return SqlQueries(self._statements, self._read)

    def commit(self, writes: WriteSet) -> None:
        self._numbered = False
        with self._connection.writing():
            Flush(self._connection, self._statements, self._firm_id).everything(writes)

    def close(self) -> None:
        """What was not committed is given up, and the connection given back. ConcurrencyConflict if the positions of
        audit records, which were read, could not be kept."""
        try:
            if self._numbered:
                with self._connection.writing():
                    pass
        finally:
            self._connection.close()

    def _record(self, kind: type[R], **key: str) -> R | None:
        of_kind = self._statements.records[kind]
        rows = self._read(of_kind.get, key)
        return of_kind.built(rows[0]) if rows else None

    def _read(self, statement: SqlStatement, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        return self._connection.read(statement.sql, statement.placed({"firm_id": self._firm_id, **given}))


class QueuedTransaction(SqlTransaction):
    """A transaction of the library's own, before which a thread that has lost a few times in a row waits for its
    turn."""

    def __init__(self, connection: PooledConnection, statements: Statements, firm_id: FirmId, turns: Turns) -> None:
        super().__init__(connection, statements, firm_id)
        self._turns = turns
        self._before = turns.taken(firm_id)
        if self._before.times >= FEW:
            try:
                self._wait(connection, self._before.accounts)
            except BaseException as failed:
                if isinstance(failed, ConcurrencyConflict):
                    turns.lost(firm_id, self._before, self._before.accounts)
                connection.close()
                raise

    def _wait(self, connection: PooledConnection, accounts: Sequence[str]) -> None:
        if connection.wait_for_turn([number_of(self._firm_id, it) for it in accounts]):
            self._read(self._statements.lock_accounts, {"accounts": self._statements.dialect.several(accounts)})

    def commit(self, writes: WriteSet) -> None:
        try:
            super().commit(writes)
        except ConcurrencyConflict:
            accounts = [id for (kind, id), it in writes.entities.items() if kind is Account and it.seen]
            self._turns.lost(self._firm_id, self._before, accounts)
            raise


class JoinedTransaction(SqlTransaction):
    """A unit of work inside a host's transaction, whose commit is a savepoint.

    Hosts work at READ COMMITTED, where each statement sees another moment. So the accounts that are to be written are
    locked first, in the order of their ids, and then all reads are done again: if they give the same, all of it was
    so at one moment, and nobody can change those accounts afterwards.
    """

    def __init__(self, connection: JoinedConnection, statements: Statements, firm_id: FirmId) -> None:
        super().__init__(connection, statements, firm_id)
        self._joined = connection
        self._reads: list[tuple[SqlStatement, Mapping[str, Any], Sequence[Sequence[Any]]]] = []

    def commit(self, writes: WriteSet) -> None:
        with self._joined.writing():
            if not self._joined.is_sqlite and not self._joined.keeps_snapshot:
                self._lock([id for (kind, id), it in writes.entities.items() if kind is Account and it.seen])
                self._read_again()
            Flush(self._joined, self._statements, self._firm_id).everything(writes)

    def close(self) -> None:
        """The transaction goes on, and ends when the host ends it."""

    def _lock(self, accounts: Collection[str]) -> None:
        if accounts:
            several = self._statements.dialect.several(sorted(accounts))
            super()._read(self._statements.lock_accounts, {"accounts": several})

    def _read_again(self) -> None:
        for statement, given, rows in self._reads:
            if super()._read(statement, given) != rows:
                raise ConcurrencyConflict("Something that the command has read was changed meanwhile.")

    def _number_audit(self) -> None:
        with self._joined.writing():
            super()._number_audit()

    def _read(self, statement: SqlStatement, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        rows = super()._read(statement, given)
        self._reads.append((statement, given, rows))
        return rows
