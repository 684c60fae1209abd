"""How is everything that a unit of work noted written at once?

In one transaction, in which all that the unit went by is checked again: an entity is changed only where it still has
the version that was seen, a claim only where it is still held as it was. The account comes before other things, so that
two commands on one client meet there, and counters come last, so that nobody waits long for a number.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from invoicecore.errors import ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.model.events import Message
from invoicecore.ports.archive import Claim, Counter
from invoicecore.ports.store import Entity, Fact, IdempotencyRecord, UniqueKind
from invoicecore.storage.sql.connections import Connection
from invoicecore.storage.sql.statements import EntityStatements, Statement, Statements
from invoicecore.values.ids import FirmId

EntityKey = tuple[type[Any], str]
"""Where an entity is stored: its kind and its id."""
Stored = tuple[Any, int]
"""An entity, or None, and its version."""
ABSENT: Stored = (None, 0)

_Claims = Mapping[tuple[UniqueKind, str], str | None]
_Given = Mapping[str, Any]


@frozen
class Post:
    """A message in the outbox: until when it was leased when it was seen, and is to be; or it is to be gone."""

    seen: datetime | None
    until: datetime | None
    gone: bool = False


class Writing:
    """The writing part of one transaction."""

    def __init__(self, connection: Connection, statements: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._said = statements
        self._firm_id = firm_id

    def entities(self, written: Mapping[EntityKey, Entity | None], seen: Mapping[EntityKey, Stored]) -> None:
        """Entities as they are to be, each where it still is as it was seen; what is None is removed."""
        for kind, said in self._said.entities.items():
            changed = [
                (place[1], seen[place], entity)
                for place, entity in sorted(written.items(), key=_id_first)
                if place[0] is kind
            ]
            if changed:
                self._entities_of(said, changed)

    def _entities_of(self, said: EntityStatements, changed: Sequence[tuple[str, Stored, Entity | None]]) -> None:
        otherwise = f"another {said.mapping.kind.__name__} is there than the one that was seen"
        add: list[_Given] = []
        change: list[_Given] = []
        remove: list[_Given] = []
        for id, (_, version), entity in changed:
            way = remove if entity is None else change if version else add
            if version or entity is not None:
                way.append(said.given(self._firm_id, id, version, entity))
        self._write(said.add, add, otherwise)
        self._write(said.change, change, otherwise)
        for child in said.children:
            moved = [
                (id, before, entity)
                for id, (before, _), entity in changed
                if before is None or entity is None or child.mapping.of(before) != child.mapping.of(entity)
            ]
            self._clear(child.remove, [{"firm_id": self._firm_id, "id": id} for id, before, _ in moved if before])
            rows = [
                child.given(self._firm_id, id, row)
                for id, _, entity in moved
                if entity is not None
                for row in child.mapping.rows(child.mapping.of(entity))
            ]
            self._write(child.add, rows, otherwise)
        self._write(said.remove, remove, otherwise)

    def facts(self, appended: Sequence[Fact]) -> None:
        """Facts, each of which must be new in its stream."""
        for kind, said in self._said.facts.items():
            facts = [said.given(self._firm_id, fact) for fact in appended if type(fact) is kind]
            self._write(said.add, facts, f"another {kind.__name__} was appended meanwhile")

    def claims(self, holders: _Claims, seen: _Claims) -> None:
        """Claims as they are to be held, each where it still is held as it was seen."""
        said, otherwise = self._said.claims, "a claim is held otherwise than was seen"
        add: list[_Given] = []
        change: list[_Given] = []
        remove: list[_Given] = []
        for (scope, key), holder in holders.items():
            before = seen[scope, key]
            given = {"firm_id": self._firm_id, "scope": scope.value, "key": key, "seen": before, "holder": holder}
            if before is None and holder is not None:
                add.append(given)
            elif before is not None:
                (remove if holder is None else change).append(given)
        new = self._said.records[Claim].add
        for statement, some in ((said.remove, remove), (said.change, change), (new, add)):
            self._write(statement, some, otherwise, UniqueViolation)

    def outbox(self, sent: Iterable[Message], posts: Mapping[str, Post]) -> None:
        """Messages that are to go out, and those that were taken or gone out, where they are as they were seen."""
        said, language, otherwise = self._said.outbox, self._said.language, "a message was handed over meanwhile"
        messages = self._said.records[Message]
        self._write(messages.add, [messages.given(self._firm_id, it) for it in sent], otherwise)
        for gone, statement in ((False, said.lease), (True, said.remove)):
            moved = [
                {
                    "firm_id": self._firm_id,
                    "id": id,
                    "seen": language.instant(post.seen),
                    "until": language.instant(post.until),
                }
                for id, post in posts.items()
                if post.gone is gone
            ]
            self._write(statement, moved, otherwise)

    def keys(self, remembered: Iterable[IdempotencyRecord]) -> None:
        """What idempotency keys stand for, each of them new."""
        said = self._said.records[IdempotencyRecord]
        given = [said.given(self._firm_id, it) for it in remembered]
        self._write(said.add, given, "an idempotency key was used meanwhile")

    def counters(self, counters: Mapping[str, tuple[int, int]]) -> None:
        """Counters as they are to go on, each where it still stands as it was seen."""
        for name, (seen, to) in counters.items():
            if to == seen:
                continue
            given = {"firm_id": self._firm_id, "name": name, "seen": seen, "to": to, "next": to}
            moved = self._clear(self._said.advance_to, [given])
            if not moved and seen == 1:  # it was perhaps never taken from
                moved = self._clear(self._said.records[Counter].add, [given])
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


def _id_first(item: tuple[EntityKey, Entity | None]) -> str:
    return item[0][1]
