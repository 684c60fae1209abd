"""How a write set is written: in one transaction, which checks again everything that the unit of work went by.

An entity is changed only where it still has the version that was seen, a reservation only where its owner is still the
one seen. The account comes before other things, so that two commands on one client meet there, and counters come last,
so that nobody waits long for a number.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from invoicecore import codec
from invoicecore.errors import ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.ports.store import Fact, IdempotencyRecord, Replaced, UniqueKind, Versioned, WriteSet
from invoicecore.storage.sql.connections import Connection
from invoicecore.storage.sql.statements import EntityStatements, Statement, Statements
from invoicecore.values.ids import FirmId

_Given = Mapping[str, Any]


class Flush:
    """The writing part of one transaction."""

    def __init__(self, connection: Connection, statements: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._statements = statements
        self._firm_id = firm_id

    def everything(self, writes: WriteSet) -> None:
        """Write a whole write set."""
        self.entities(writes.entities)
        self.facts(writes.facts)
        self.reservations(writes.reservations)
        self.outbox(writes)
        self.idempotency_records(writes.idempotency_records.values())
        self.counters(writes.counters)

    def entities(self, writes: Mapping[tuple[type[Any], str], Replaced[Versioned[Any] | None]]) -> None:
        """Entities as they are to be, each where it still is as it was seen; what is None is removed."""
        for kind, of_kind in self._statements.entities.items():
            changed = {id: it for (of, id), it in sorted(writes.items(), key=_id_of_write) if of is kind}
            if changed:
                self._entities_of(of_kind, changed)

    def _entities_of(self, of_kind: EntityStatements, changed: Mapping[str, Replaced[Versioned[Any] | None]]) -> None:
        otherwise = f"another {of_kind.shape.kind.__name__} is there than the one that was seen"
        add: list[_Given] = []
        change: list[_Given] = []
        remove: list[_Given] = []
        for id, it in changed.items():
            before, entity = it.seen.version if it.seen else 0, it.wanted.entity if it.wanted else None
            way = remove if entity is None else change if before else add
            if before or entity is not None:
                way.append(of_kind.given(self._firm_id, id, before, entity))
        self._write(of_kind.add, add, otherwise)
        self._write(of_kind.change, change, otherwise)
        for part in of_kind.parts:
            moved = {
                id: it
                for id, it in changed.items()
                if it.seen is None
                or it.wanted is None
                or part.part.of(it.seen.entity) != part.part.of(it.wanted.entity)
            }
            self._clear(part.remove, [{"firm_id": self._firm_id, "id": id} for id, it in moved.items() if it.seen])
            rows = [
                part.given(self._firm_id, id, row)
                for id, it in moved.items()
                if it.wanted is not None
                for row in part.part.rows(part.part.of(it.wanted.entity))
            ]
            self._write(part.add, rows, otherwise)
        self._write(of_kind.remove, remove, otherwise)

    def facts(self, appended: Sequence[Fact]) -> None:
        """Facts, each of which must be new in its stream."""
        for kind, of_kind in self._statements.facts.items():
            facts = [of_kind.given(self._firm_id, fact) for fact in appended if type(fact) is kind]
            self._write(of_kind.add, facts, f"another {kind.__name__} was appended meanwhile")

    def reservations(self, reservations: Mapping[tuple[UniqueKind, str], Replaced[str | None]]) -> None:
        """Reservations, each where it still has the owner that was seen."""
        statements, otherwise = self._statements.claims, "a reservation has another owner than was seen"
        add: list[_Given] = []
        change: list[_Given] = []
        remove: list[_Given] = []
        for (kind, key), it in reservations.items():
            given = {"firm_id": self._firm_id, "scope": kind.value, "key": key, "seen": it.seen, "holder": it.wanted}
            if it.seen is None and it.wanted is not None:
                add.append(given)
            elif it.seen is not None:
                (remove if it.wanted is None else change).append(given)
        for statement, some in ((statements.remove, remove), (statements.change, change), (statements.add, add)):
            self._write(statement, some, otherwise, UniqueViolation)

    def outbox(self, writes: WriteSet) -> None:
        """Messages that are to go out, and those that were leased or handed over."""
        statements, language = self._statements.outbox, self._statements.language
        new = []
        for message in writes.sent:
            at, event, _ = statements.spelling.into((message.at, codec.dump_any(message.event), None))
            new.append({"firm_id": self._firm_id, "id": message.id, "at": at, "event": event})
        self._write(statements.add, new, "a message is there already")
        leased = [
            {
                "firm_id": self._firm_id,
                "id": id,
                "seen": language.instant(it.seen),
                "until": language.instant(it.wanted),
            }
            for id, it in writes.leased.items()
        ]
        self._write(statements.lease, leased, "a message was handed over meanwhile")
        for statement, ids in ((statements.nack, writes.nacked), (statements.acknowledge, writes.acknowledged)):
            self._clear(statement, [{"firm_id": self._firm_id, "id": id} for id in sorted(ids)])

    def idempotency_records(self, records: Iterable[IdempotencyRecord]) -> None:
        """What idempotency keys stand for, each of them new."""
        given = [
            {
                "firm_id": self._firm_id,
                "key": it.key,
                "request": it.request,
                "result": json.dumps(codec.dump_any(it.result)),
            }
            for it in records
        ]
        self._write(self._statements.save_idempotency_record, given, "an idempotency key was used meanwhile")

    def counters(self, counters: Mapping[str, Replaced[int]]) -> None:
        """Counters as they are to go on, each where it still stands as it was seen."""
        for name, it in counters.items():
            given = {"firm_id": self._firm_id, "name": name, "seen": it.seen, "to": it.wanted, "next_value": it.wanted}
            moved = self._clear(self._statements.advance_to, [given])
            if not moved and it.seen == 1:  # it was perhaps never taken from
                moved = self._clear(self._statements.begin_counter, [given])
            if not moved:
                raise ConcurrencyConflict(f"The counter {name} moved meanwhile.")

    def _clear(self, statement: Statement, given: Sequence[_Given]) -> int:
        """Write, and say how many rows there were to write."""
        return self._connection.write(statement.sql, [statement.placed(it) for it in given]) if given else 0

    def _write(
        self,
        statement: Statement,
        given: Sequence[_Given],
        otherwise: str,
        taken: type[StorageError] = ConcurrencyConflict,
    ) -> None:
        """Write rows, each of which must be there to be written; otherwise it is a `taken`."""
        if not given:
            return
        count = self._connection.write(statement.sql, [statement.placed(it) for it in given], taken)
        if count != len(given):
            raise taken(f"Nothing was written: {otherwise}.")


def _id_of_write(item: tuple[tuple[type[Any], str], object]) -> str:
    return item[0][1]
