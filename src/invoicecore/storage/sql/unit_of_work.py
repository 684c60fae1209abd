"""How does a unit of work read tables, and note what is to change?

It reads from one moment's picture of the books and takes no lock. What it is to write is noted, seen by itself alone,
and written at `commit`; see `invoicecore.storage.sql.flush`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar

from invoicecore.errors import UniqueViolation
from invoicecore.model.events import Message
from invoicecore.ports.store import (
    ALL,
    Change,
    Entity,
    Fact,
    IdempotencyRecord,
    Index,
    UniqueKind,
    id_of,
    unchecked_change,
)
from invoicecore.storage.sql.connections import Connection
from invoicecore.storage.sql.flush import ABSENT, EntityKey, Post, Stored, Writing
from invoicecore.storage.sql.queries import Rooms, SqlPages
from invoicecore.storage.sql.schema import listing_of
from invoicecore.storage.sql.statements import EntityStatements, Statement, Statements
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)


class SqlUnitOfWork:
    """A unit of work on one firm's books; see `invoicecore.ports.store.UnitOfWork` for what it promises."""

    def __init__(self, connection: Connection, statements: Statements, rooms: Rooms, firm_id: FirmId) -> None:
        self._connection = connection
        self._said = statements
        self._rooms = rooms
        self._firm_id = firm_id
        self._seen: dict[EntityKey, Stored] = {}
        self._written: dict[EntityKey, Entity | None] = {}
        self._appended: list[Fact] = []
        self._holders_seen: dict[tuple[UniqueKind, str], str | None] = {}
        self._holders: dict[tuple[UniqueKind, str], str | None] = {}
        self._counters: dict[str, tuple[int, int]] = {}  # as seen, as it is to be
        self._remembered: dict[str, IdempotencyRecord] = {}
        self._sent: dict[str, Message] = {}
        self._posts: dict[str, Post] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """What was not committed is given up, and the connection given back."""
        self._connection.close()

    # entities

    def get(self, kind: type[E], id: str) -> E | None:
        place = (kind, id)
        if place in self._written:
            return self._written[place]  # type: ignore[return-value]  # stored under its own type
        if place not in self._seen:
            self._seen[place] = self._load(self._said.entities[kind], id)
        return self._seen[place][0]  # type: ignore[no-any-return]

    def _load(self, said: EntityStatements, id: str) -> Stored:
        rows = self._read(said.get, {"firm_id": self._firm_id, "id": id})
        if not rows or (said.mapping.id == "firm_id" and id != self._firm_id):
            return ABSENT
        return said.built(rows[0])

    def put(self, entity: Entity) -> Change:
        place = (type(entity), id_of(entity))
        before = self._seen.setdefault(place, ABSENT)[1]
        self._written[place] = entity
        return unchecked_change(place[0].__name__, place[1], before, before + 1)

    def remove(self, kind: type[E], id: str) -> Change:
        place = (kind, id)
        before = self._seen.setdefault(place, ABSENT)[1]
        self._written[place] = None
        return unchecked_change(kind.__name__, id, before, 0)

    def append(self, fact: Fact) -> None:
        self._appended.append(fact)

    # lists

    def find(
        self,
        index: Index[S],
        key: str = ALL,
        *,
        after: Sequence[Any] | None = None,
        before: Sequence[Any] | None = None,
        limit: int | None = None,
        descending: bool = False,
    ) -> list[S]:
        kind, order_of = index.of, index.order
        overwritten = {place[1] for place in self._written if place[0] is kind}
        own = [
            thing
            for thing in (*self._written.values(), *self._appended)
            if type(thing) is kind and key in index.keys(thing)
        ]
        within = None if overwritten or own else limit
        found: list[S] = self._list(index, key, after, before, within, descending)
        if overwritten or own:
            found = [thing for thing in found if isinstance(thing, Fact) or id_of(thing) not in overwritten]
            found += [
                thing
                for thing in own
                if (after is None or order_of(thing) > tuple(after))
                and (before is None or order_of(thing) < tuple(before))
            ]
            found.sort(key=order_of, reverse=descending)
        return found if limit is None else found[:limit]

    def _list(
        self,
        index: Index[Any],
        key: str,
        after: Sequence[Any] | None,
        before: Sequence[Any] | None,
        limit: int | None,
        descending: bool,
    ) -> list[Any]:
        after, before, listing = after or (), before or (), listing_of(index)
        said = self._said.listing(listing, len(after), len(before), limited=limit is not None, descending=descending)
        given = {"firm_id": self._firm_id, "key": key, "most": limit}
        for name, bound in (("after", after), ("before", before)):
            codec = self._said.language.row_codec(listing.order[: len(bound)])
            given |= {f"{name}_{place}": it for place, it in enumerate(codec.encode(bound))}
        rows = self._read(said, given)
        if index.of in self._said.facts:
            facts = self._said.facts[index.of]
            return [facts.built(row) for row in rows]
        entities = self._said.entities[index.of]
        found = []
        for row in rows:
            place = (index.of, row[0])
            if place not in self._seen:
                self._seen[place] = entities.built(row)
            found.append(self._seen[place][0])
        return found

    # pages

    def pages(self) -> SqlPages:
        """Its own pages: of the same moment as all that it reads, and without what it noted."""
        return SqlPages(self._rooms, self._read, self._firm_id)

    # claims

    def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
        keys = tuple(keys)
        now = self.holders(scope, keys)
        for key in keys:
            if now.get(key, holder) != holder:
                raise UniqueViolation(f"The {scope} {key!r} is held by {now[key]!r}.")
            self._holders[scope, key] = holder

    def release(self, scope: UniqueKind, keys: Iterable[str]) -> None:
        keys = tuple(keys)
        self.holders(scope, keys)
        for key in keys:
            self._holders[scope, key] = None

    def holders(self, scope: UniqueKind, keys: Iterable[str]) -> Mapping[str, str]:
        keys = tuple(keys)
        unknown = [key for key in keys if (scope, key) not in self._holders_seen]
        if unknown:
            given = {
                "firm_id": self._firm_id,
                "scope": scope.value,
                "keys": self._said.language.several(unknown),
            }
            found: dict[str, str] = {row[0]: row[1] for row in self._read(self._said.claims.get, given)}
            self._holders_seen.update(((scope, key), found.get(key)) for key in unknown)
        now = {key: self._holders.get((scope, key), self._holders_seen[scope, key]) for key in keys}
        return {key: holder for key, holder in now.items() if holder is not None}

    # counters

    def take(self, counter: str) -> int:
        value = self.peek(counter)
        self.advance_to(counter, value + 1)
        return value

    def peek(self, counter: str) -> int:
        if counter not in self._counters:
            rows = self._read(self._said.peek, {"firm_id": self._firm_id, "name": counter})
            seen = rows[0][0] if rows else 1
            self._counters[counter] = (seen, seen)
        return self._counters[counter][1]

    def advance_to(self, counter: str, to: int) -> None:
        self.peek(counter)
        self._counters[counter] = (self._counters[counter][0], to)

    # idempotency keys

    def remember(self, remembered: IdempotencyRecord) -> None:
        self._remembered[remembered.key] = remembered

    def recall(self, key: str) -> IdempotencyRecord | None:
        if key in self._remembered:
            return self._remembered[key]
        rows = self._read(self._said.recall, {"firm_id": self._firm_id, "key": key})
        records = self._said.records[IdempotencyRecord]
        return records.built(rows[0]) if rows else None

    # the outbox

    def send(self, message: Message) -> None:
        self._sent[message.id] = message

    def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
        rows = self._read(
            self._said.outbox.free,
            {"firm_id": self._firm_id, "now": self._said.language.instant(now), "most": limit + len(self._posts)},
        )
        leased: list[Message] = []
        for leased_until, id, *more in rows:
            if len(leased) < limit and id not in self._posts:
                [seen] = self._said.outbox.codec.decode([leased_until])
                self._posts[id] = Post(seen, until)
                leased.append(self._said.records[Message].built([id, *more]))
        return leased

    def acknowledge(self, message_id: str) -> None:
        self._settle(message_id, gone=True)

    def nack(self, message_id: str) -> None:
        self._settle(message_id, gone=False)

    def _settle(self, message_id: str, *, gone: bool) -> None:
        rows = self._read(self._said.outbox.get, {"firm_id": self._firm_id, "id": message_id})
        for leased_until, *_ in rows:
            [seen] = self._said.outbox.codec.decode([leased_until])
            self._posts[message_id] = Post(seen, None, gone)

    # all at once

    def commit(self) -> None:
        with self._connection.writing():
            write = Writing(self._connection, self._said, self._firm_id)
            write.entities(self._written, self._seen)
            write.facts(self._appended)
            write.claims(self._holders, self._holders_seen)
            write.outbox(self._sent.values(), self._posts)
            write.keys(self._remembered.values())
            write.counters(self._counters)

    def _read(self, statement: Statement, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        return self._connection.read(statement.sql, statement.placed(given))
