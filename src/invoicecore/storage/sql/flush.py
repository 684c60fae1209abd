"""The writing of a write set: in one transaction, which checks again everything that the unit of work has read.

An entity is changed only if it still has the version that was read, a reservation only if its owner is the same. The
account is written before other things, so that a conflict on one client is found early, and counters last, so that they
are locked only briefly.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from invoicecore.errors import ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.model.events import Message
from invoicecore.ports.archive import Counter, Reservation
from invoicecore.ports.store import Fact, IdempotencyRecord, Replaced, UniqueKind, Versioned, WriteSet
from invoicecore.storage.sql.connections import SqlConnection
from invoicecore.storage.sql.statements import EntityStatements, SqlStatement, Statements
from invoicecore.values.ids import FirmId

_Row = Sequence[Any]
_Named = Mapping[str, Any]
_Change = tuple[str, Replaced[Versioned[Any] | None]]
"""An entity by its id."""
_id = itemgetter(0)


class _Step(NamedTuple):
    """A statement and the rows that it writes. Where each must be there to be written, `otherwise` says what is true if
    it is not, and `taken` is the error then."""

    sql: str
    rows: Sequence[_Row]
    otherwise: str
    taken: type[StorageError]

    @property
    def joins(self) -> bool:
        """Whether it may be done as one with its neighbours, none of which sees what another one writes: it writes one
        row, which no other one writes, and any trouble is a conflict."""
        return len(self.rows) == 1 and self.otherwise != "" and self.taken is ConcurrencyConflict


class Flush:
    """The writing part of one transaction."""

    def __init__(self, connection: SqlConnection, statements: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._statements = statements
        self._firm_id = firm_id
        self._steps: list[_Step] = []

    def everything(self, writes: WriteSet) -> None:
        """Write a whole write set. All statements are made ready before the first is done, since the database is
        quicker when nothing else is done between them."""
        self.entities(writes.entities)
        self.facts(writes.facts)
        if writes.reservations:
            self.reservations(writes.reservations)
        if writes.sent or writes.rescheduled or writes.acknowledged:
            self.outbox(writes)
        if writes.idempotency_records:
            self.idempotency_records(writes.idempotency_records.values())
        self._do()
        if writes.counters:
            self.counters(writes.counters)

    def entities(self, writes: Mapping[tuple[type[Any], str], Replaced[Versioned[Any] | None]]) -> None:
        """Entities as they are to be, each where it still is as it was seen; what is None is removed."""
        changed: dict[type[Any], list[_Change]] = {}
        for (kind, id), it in writes.items():
            changed.setdefault(kind, []).append((id, it))
        for kind in sorted(changed, key=self._statements.place_of):
            changed[kind].sort(key=_id)
            self._entities_of(self._statements.entities[kind], changed[kind])

    def _entities_of(self, of_kind: EntityStatements, changed: Sequence[_Change]) -> None:
        otherwise = f"another {of_kind.mapping.kind.__name__} is there than the one that was seen"
        add: list[_Row] = []
        change: list[_Row] = []
        remove: list[_Row] = []
        for id, it in changed:
            seen, wanted = it.seen, it.wanted
            if wanted is None:
                if seen is not None:
                    remove.append(of_kind.remove.placed(self._firm_id, id, seen.version))
            elif seen is None:
                add.append(of_kind.add.placed(self._firm_id, id, 0, wanted.entity))
            else:
                change.append(of_kind.change.placed(self._firm_id, id, seen.version, wanted.entity))
        self._write(of_kind.add, add, otherwise)
        self._write(of_kind.change, change, otherwise)
        for child in of_kind.children:
            moved = [
                (id, it)
                for id, it in changed
                if it.seen is None
                or it.wanted is None
                or child.mapping.of(it.seen.entity) != child.mapping.of(it.wanted.entity)
            ]
            self._clear(child.remove, [{"firm_id": self._firm_id, "id": id} for id, it in moved if it.seen])
            there = [(id, it.wanted.entity) for id, it in moved if it.wanted]
            self._write(child.add, [row for it in there for row in child.given(self._firm_id, *it)], otherwise)
        self._write(of_kind.remove, remove, otherwise)

    def facts(self, appended: Sequence[Fact]) -> None:
        """Facts, each of which must be new in its stream."""
        records = self._statements.records
        rows: dict[type[Any], list[_Row]] = {}
        for fact in appended:
            kind = type(fact)
            rows.setdefault(kind, []).append(records[kind].add.placed(self._firm_id, fact))
        for kind in sorted(rows, key=self._statements.place_of):
            self._write(records[kind].add, rows[kind], f"another {kind.__name__} was appended meanwhile")

    def reservations(self, reservations: Mapping[UniqueKind, Mapping[str, Replaced[str | None]]]) -> None:
        """Reservations, each where it still has the owner that was seen."""
        statements, otherwise = self._statements.reservations, "a reservation has another owner than was seen"
        add: list[Reservation] = []
        change: list[_Named] = []
        remove: list[_Named] = []
        for kind, key, it in ((kind, *item) for kind, of_kind in reservations.items() for item in of_kind.items()):
            given = {"firm_id": self._firm_id, "kind": kind.value, "key": key, "seen": it.seen, "owner": it.wanted}
            if it.seen is None and it.wanted is not None:
                add.append(Reservation(kind, key, it.wanted))
            elif it.seen is not None:
                (remove if it.wanted is None else change).append(given)
        self._write(statements.remove, [statements.remove.placed(it) for it in remove], otherwise, UniqueViolation)
        self._write(statements.change, [statements.change.placed(it) for it in change], otherwise, UniqueViolation)
        self._add(Reservation, add, otherwise, UniqueViolation)

    def outbox(self, writes: WriteSet) -> None:
        """Messages that are to go out, that are put off, and that were handed over."""
        statements, dialect = self._statements.outbox, self._statements.dialect
        self._add(Message, writes.sent, "a message is there already")
        rescheduled = [
            statements.reschedule.placed(
                {
                    "firm_id": self._firm_id,
                    "id": id,
                    "seen": dialect.encoded(it.seen.due),
                    **statements.state(it.wanted),
                }
            )
            for id, it in sorted(writes.rescheduled.items())
        ]
        self._write(statements.reschedule, rescheduled, "a message was handed over meanwhile")
        acknowledged = sorted(writes.acknowledged)
        self._clear(statements.acknowledge, [{"firm_id": self._firm_id, "id": id} for id in acknowledged])

    def idempotency_records(self, records: Iterable[IdempotencyRecord]) -> None:
        """What idempotency keys stand for, each of them new."""
        self._add(IdempotencyRecord, records, "an idempotency key was used meanwhile")

    def counters(self, counters: Mapping[str, Replaced[int]]) -> None:
        """Counters as they are to go on, each where it still stands as it was seen."""
        for name, it in counters.items():
            advance, otherwise = self._statements.advance_to, f"the counter {name} moved meanwhile"
            row = advance.placed({"firm_id": self._firm_id, "name": name, "seen": it.seen, "to": it.wanted})
            if self._connection.write(advance.sql, [row]):
                continue
            if it.seen != 1:
                raise ConcurrencyConflict(f"Nothing was written: {otherwise}.")
            self._add(Counter, [Counter(name, it.wanted)], otherwise)  # it was perhaps never taken from
            self._do()

    def _add(
        self,
        kind: type[Any],
        records: Iterable[Any],
        otherwise: str,
        taken: type[StorageError] = ConcurrencyConflict,
    ) -> None:
        """Write records, each of which must be new; otherwise it is a `taken`."""
        of_kind = self._statements.records[kind]
        self._write(of_kind.add, [of_kind.add.placed(self._firm_id, it) for it in records], otherwise, taken)

    def _clear(self, statement: SqlStatement, given: Sequence[_Named]) -> None:
        """Write rows, however many of them are there to be written."""
        if given:
            self._steps.append(_Step(statement.sql, [statement.placed(it) for it in given], "", ConcurrencyConflict))

    def _write(
        self,
        statement: SqlStatement,
        rows: Sequence[_Row],
        otherwise: str,
        taken: type[StorageError] = ConcurrencyConflict,
    ) -> None:
        """Write rows, each of which must be there to be written; otherwise it is a `taken`."""
        if rows:
            self._steps.append(_Step(statement.sql, rows, otherwise, taken))

    def _do(self) -> None:
        """Do what was made ready; on PostgreSQL as few statements as can be, since each is a way there and back."""
        steps, self._steps = self._steps, []
        if self._connection.is_sqlite:
            for step in steps:
                self._check(step, self._connection.write(step.sql, step.rows, step.taken))
            return
        for joins, some in groupby(steps, lambda step: step.joins):
            group = list(some)
            if joins and len(group) > 1:
                values = tuple(value for step in group for value in step.rows[0])
                [written] = self._connection.read(_together(tuple(step.sql for step in group)), values)
                for step, count in zip(group, written, strict=True):
                    self._check(step, count)
            else:
                for step in group:
                    self._check(step, self._connection.write(step.sql, step.rows, step.taken))

    def _check(self, step: _Step, count: int) -> None:
        """See that a step wrote each of its rows, before the next is done."""
        if count != len(step.rows) and step.otherwise:
            raise step.taken(f"Nothing was written: {step.otherwise}.")


@lru_cache(maxsize=1024)
def _together(statements: tuple[str, ...]) -> str:
    """Several statements of PostgreSQL as one, which does them in that order and finds how many rows each wrote."""
    parts = ", ".join(f"s{place} AS ({sql} RETURNING 1)" for place, sql in enumerate(statements))
    return f"WITH {parts} SELECT {', '.join(f'(SELECT count(*) FROM s{place})' for place in range(len(statements)))}"
