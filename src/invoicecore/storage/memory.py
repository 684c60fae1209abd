"""How are books kept in memory, with every promise of the storage port but durability?

Units of work run side by side without locks and are checked when they commit: what a unit got must still have the
version it read, and what it claims must still be free. Every value is immutable, so it is shared, never copied.
"""

import threading
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, Self, TypeVar, get_args

from invoicecore.errors import ConcurrencyConflict, UniqueViolation
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import StatusChange
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.ports.archive import ArchiveItem
from invoicecore.ports.store import (
    ALL,
    INDEXES,
    AuditRecord,
    Change,
    Entity,
    Fact,
    IdempotencyRecord,
    Index,
    UniqueKind,
    id_of,
    unchecked_change,
)
from invoicecore.storage.memory_archive import all_of, fill
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)

_Place = tuple[type[Any], str]
_Post = tuple[Message, datetime | None]  # a message, and until when it is leased
_Order = Callable[[Any], tuple[Any, ...]]
_Keys = Callable[[Any], tuple[str, ...]]
_Holders = dict[str, str | None]  # by what is claimed; None for what is free
_Stored = tuple[Entity | None, int]  # an entity and its version
_ABSENT: _Stored = (None, 0)
_OUTDATED: _Stored = (None, -1)  # what is never stored


class _Gone:
    """What is no longer so, where it waits to be taken off its shelves."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing


class _Shelf:
    """What one index holds under one key: the things in their order, and beside each its order tuple."""

    __slots__ = ("orders", "things")

    def __init__(self) -> None:
        self.orders: list[tuple[Any, ...]] = []
        self.things: list[Any] = []

    def add(self, order: tuple[Any, ...], thing: Any) -> None:
        orders = self.orders
        if not orders or order > orders[-1]:  # nearly always the latest
            orders.append(order)
            self.things.append(thing)
            return
        place = bisect_left(orders, order)
        orders.insert(place, order)
        self.things.insert(place, thing)

    def drop(self, order: tuple[Any, ...]) -> None:
        place = bisect_left(self.orders, order)
        del self.orders[place], self.things[place]


class _Books:
    """One firm's books. Only touched under `lock`, and by a commit that has checked everything first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entities: dict[type[Any], dict[str, _Stored]] = {kind: {} for kind in get_args(Entity)}
        self.last: dict[str, int] = {}  # the latest sequence of each numbered stream
        self.shelves: dict[str, dict[str, _Shelf]] = {index.name: {} for index in INDEXES}
        self.claims: dict[UniqueKind, dict[str, str]] = {scope: {} for scope in UniqueKind}
        self.counters: dict[str, int] = {}
        self.remembered: dict[str, IdempotencyRecord] = {}
        self.outbox: dict[str, _Post] = {}
        # What was committed and is not on its shelves yet, or no longer so and on them still, in the order in which it
        # came: much more is written than is listed, so things are shelved when a list of their kind is next asked for.
        self.unshelved: dict[type[Any], list[Any]] = {index.of: [] for index in INDEXES}
        # For each kind of thing, where it is to be shelved: by which order, and under which keys.
        self._plan: dict[type[Any], list[tuple[_Order, _Keys, dict[str, _Shelf]]]] = defaultdict(list)
        for index in INDEXES:
            self._plan[index.of].append((index.order, index.keys, self.shelves[index.name]))

    def between(
        self,
        index: Index[Any],
        key: str,
        after: Sequence[Any] | None,
        before: Sequence[Any] | None,
        limit: int | None,
        descending: bool,
    ) -> list[Any]:
        """What an index holds between two bounds, at most `limit` of it from the near end."""
        with self.lock:
            self._shelve(index.of)
            shelf = self.shelves[index.name].get(key)
            if shelf is None:
                return []
            low = 0 if after is None else bisect_right(shelf.orders, tuple(after))
            high = len(shelf.orders) if before is None else bisect_left(shelf.orders, tuple(before))
            if limit is not None and high - low > limit:
                low, high = (high - limit, high) if descending else (low, low + limit)
            found = shelf.things[low:high]
        return found[::-1] if descending else found

    def whole(self, index: Index[Any]) -> list[Any]:
        """All that an index holds, under any key; asked for under `lock`."""
        self._shelve(index.of)
        return [thing for shelf in self.shelves[index.name].values() for thing in shelf.things]

    def become(self, other: "_Books") -> None:
        """Hold what other books hold, which nobody else knows; done under `lock`."""
        vars(self).update({name: value for name, value in vars(other).items() if name != "lock"})

    def add(self, facts: Iterable[Fact]) -> None:
        """Add to the streams."""
        for fact in facts:
            self.unshelved[type(fact)].append(fact)
            if not isinstance(fact, AuditRecord):
                self.last[_stream_of(fact)] = fact.sequence

    def post(self, id: str, post: _Post) -> None:
        """Put a message in the outbox, or another lease of it, so that the oldest stays first."""
        outbox = self.outbox
        is_late = outbox and id not in outbox and post[0].at < outbox[next(reversed(outbox))][0].at
        outbox[id] = post
        if is_late:  # the clock stepped back, or somebody who began earlier came later
            self.outbox = dict(sorted(outbox.items(), key=lambda item: item[1][0].at))

    def _shelve(self, kind: type[Any]) -> None:
        waiting, self.unshelved[kind] = self.unshelved[kind], []
        for thing in waiting:
            gone = thing.thing if isinstance(thing, _Gone) else None
            for order_of, keys_of, shelves in self._plan[kind]:
                if gone is not None:
                    order = order_of(gone)
                    for key in keys_of(gone):
                        shelves[key].drop(order)
                else:
                    order = order_of(thing)
                    for key in keys_of(thing):
                        shelf = shelves.get(key)
                        if shelf is None:
                            shelf = shelves[key] = _Shelf()
                        shelf.add(order, thing)


def _stream_of(fact: LedgerEntry | StatusChange) -> str:
    """The stream in which the fact's sequence is unique: a client's ledger, an invoice's history."""
    return fact.client_id if isinstance(fact, LedgerEntry) else fact.invoice_id


class MemoryUnitOfWork:
    """A unit of work on one firm's books; see `invoicecore.ports.store.UnitOfWork` for what it promises.

    Nothing it does reaches the books before `commit`. For whatever it looked at in order to decide, it remembers what
    it saw, and commits only if that still holds.
    """

    __slots__ = (
        "_appended",
        "_books",
        "_claims",
        "_counters",
        "_found",
        "_outbox",
        "_remembered",
        "_seen",
        "_written",
    )

    def __init__(self, books: _Books) -> None:
        self._books = books
        self._seen: dict[_Place, _Stored] = {}
        self._found: dict[type[Any], list[Entity]] = {}  # seen as well, and still to be noted as it is stored
        self._written: dict[_Place, tuple[_Stored, Entity | None]] = {}  # as seen, as it is to be
        self._appended: list[Fact] = []
        self._claims: dict[UniqueKind, tuple[_Holders, _Holders]] = {}  # as seen, as they are to be
        self._counters: dict[str, tuple[int, int]] = {}  # as seen, as it is to be
        self._remembered: dict[str, IdempotencyRecord] = {}
        self._outbox: dict[str, tuple[_Post | None, _Post | None]] = {}  # as seen, as it is to be

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """What was not committed is dropped with this object."""

    def get(self, kind: type[E], id: str) -> E | None:
        place = (kind, id)
        if self._written and place in self._written:
            return self._written[place][1]  # type: ignore[return-value]  # stored under its own type
        stored = self._books.entities[kind].get(id, _ABSENT)
        self._seen.setdefault(place, stored)
        return stored[0]  # type: ignore[return-value]

    def put(self, entity: Entity) -> Change:
        kind, id = type(entity), id_of(entity)
        before = self._write(kind, id, entity)
        return unchecked_change(kind.__name__, id, before, before + 1)

    def remove(self, kind: type[E], id: str) -> Change:
        return Change(kind.__name__, id, self._write(kind, id, None), 0)

    def _write(self, kind: type[Any], id: str, entity: Entity | None) -> int:
        """Note what an entity is to be; the version that was seen of it."""
        place = (kind, id)
        if self._found:
            self._note_found(kind)
        seen = self._seen.setdefault(place, _ABSENT)
        self._written[place] = (seen, entity)
        return seen[1]

    def _note_found(self, kind: type[Any]) -> None:
        """Note what was found of a kind as it is stored. Most of what is found is only looked at, so that is put off
        until something of the kind is written; what is not the same then, or was not when it was asked for, is
        outdated."""
        for thing in self._found.pop(kind, ()):
            place = (kind, id_of(thing))
            seen = self._seen.setdefault(place, self._books.entities[kind].get(place[1], _ABSENT))
            if seen[0] is not thing:
                self._seen[place] = _OUTDATED

    def append(self, fact: Fact) -> None:
        self._appended.append(fact)

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
        written = (entity for _, entity in self._written.values())
        own = [thing for thing in (*written, *self._appended) if type(thing) is kind and key in index.keys(thing)]
        within = None if overwritten or own else limit
        found: list[S] = self._books.between(index, key, after, before, within, descending)
        if found and isinstance(found[0], Entity):
            self._found.setdefault(kind, []).extend(found)  # type: ignore[arg-type]  # entities all, as the first is
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

    def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
        base, (seen, own) = self._books.claims[scope], self._claims.setdefault(scope, ({}, {}))
        for key in keys:
            if key in own:
                now = own[key]
            else:
                now = seen[key] = base.get(key)
            if now is not None and now != holder:
                raise UniqueViolation(f"The {scope} {key!r} is held by {now!r}.")
            own[key] = holder

    def release(self, scope: UniqueKind, keys: Iterable[str]) -> None:
        base, (seen, own) = self._books.claims[scope], self._claims.setdefault(scope, ({}, {}))
        for key in keys:
            if key not in own:
                seen[key] = base.get(key)
            own[key] = None

    def holders(self, scope: UniqueKind, keys: Iterable[str]) -> Mapping[str, str]:
        base, (_, own) = self._books.claims[scope], self._claims.get(scope, ({}, {}))
        return {key: holder for key in keys if (holder := (own if key in own else base).get(key)) is not None}

    def take(self, counter: str) -> int:
        value = self.peek(counter)
        self.advance_to(counter, value + 1)
        return value

    def peek(self, counter: str) -> int:
        seen = self._books.counters.get(counter, 1)
        return self._counters.setdefault(counter, (seen, seen))[1]

    def advance_to(self, counter: str, to: int) -> None:
        self.peek(counter)  # what is next now must still be next when this unit commits
        self._counters[counter] = (self._counters[counter][0], to)

    def remember(self, remembered: IdempotencyRecord) -> None:
        self._remembered[remembered.key] = remembered

    def recall(self, key: str) -> IdempotencyRecord | None:
        return self._remembered.get(key) or self._books.remembered.get(key)

    def send(self, message: Message) -> None:
        self._outbox[message.id] = (None, (message, None))

    def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
        leased: list[Message] = []
        with self._books.lock:
            for id, (message, taken_until) in self._books.outbox.items():
                if len(leased) == limit:
                    break
                if id not in self._outbox and (taken_until is None or taken_until <= now):
                    self._outbox[id] = ((message, taken_until), (message, until))
                    leased.append(message)
        return leased

    def acknowledge(self, message_id: str) -> None:
        post = self._books.outbox.get(message_id)
        self._outbox[message_id] = (post, None)

    def nack(self, message_id: str) -> None:
        post = self._books.outbox.get(message_id)
        if post is not None:
            self._outbox[message_id] = (post, (post[0], None))

    def commit(self) -> None:
        with self._books.lock:
            self._check()
            self._apply()

    def _check(self) -> None:
        """Raise unless everything this unit goes by is still so."""
        books = self._books
        for (kind, id), (stored, _) in self._written.items():
            if books.entities[kind].get(id, _ABSENT) is not stored:
                raise ConcurrencyConflict(f"{kind.__name__} {id} was changed meanwhile.")
        last: dict[str, int] = {}
        for fact in self._appended:
            if isinstance(fact, AuditRecord):
                continue
            stream = _stream_of(fact)
            if fact.sequence <= last.get(stream, books.last.get(stream, 0)):
                raise ConcurrencyConflict(f"Another {type(fact).__name__} was appended meanwhile.")
            last[stream] = fact.sequence
        if not (self._claims or self._counters or self._remembered or self._outbox):
            return  # as nearly always
        for scope, (seen, own) in self._claims.items():
            base = books.claims[scope]
            for key in own:
                if base.get(key) != seen[key]:
                    raise UniqueViolation(f"The {scope} {key!r} was claimed meanwhile.")
        for counter, (value, _) in self._counters.items():
            if books.counters.get(counter, 1) != value:
                raise ConcurrencyConflict(f"The counter {counter} moved meanwhile.")
        if not self._remembered.keys().isdisjoint(books.remembered):
            raise ConcurrencyConflict("An idempotency key was used meanwhile.")
        for id, (post, _) in self._outbox.items():
            if books.outbox.get(id) != post:
                raise ConcurrencyConflict(f"Message {id} was handed over meanwhile.")

    def _apply(self) -> None:
        books = self._books
        for (kind, id), (_, entity) in self._written.items():
            stored, unshelved = books.entities[kind], books.unshelved.get(kind)
            before, version = stored.get(id, _ABSENT)
            if entity is None:
                stored.pop(id, None)
            else:
                stored[id] = (entity, version + 1)
            if unshelved is not None:
                if before is not None:
                    unshelved.append(_Gone(before))
                if entity is not None:
                    unshelved.append(entity)
        books.add(self._appended)
        if not (self._claims or self._counters or self._remembered or self._outbox):
            return  # as nearly always
        for scope, (_, own) in self._claims.items():
            base = books.claims[scope]
            for key, holder in own.items():
                if holder is None:
                    base.pop(key, None)
                else:
                    base[key] = holder
        for counter, (_, value) in self._counters.items():
            books.counters[counter] = value
        books.remembered.update(self._remembered)
        for id, (_, post) in self._outbox.items():
            if post is None:
                books.outbox.pop(id, None)
            else:
                books.post(id, post)


class MemoryStorage:
    """Keeps firms in memory for as long as it lives. Safe under threads."""

    def __init__(self) -> None:
        self._books: dict[FirmId, _Books] = {}
        self._lock = threading.Lock()

    def begin(self, firm_id: FirmId) -> MemoryUnitOfWork:
        """A unit of work on one firm, which need not exist yet."""
        return MemoryUnitOfWork(self._books.get(firm_id) or self._of(firm_id))

    def _of(self, firm_id: FirmId) -> _Books:
        """The firm's books, new ones if it has none yet."""
        with self._lock:
            return self._books.setdefault(firm_id, _Books())

    def firms(self) -> tuple[FirmId, ...]:
        """The firms that were committed here."""
        with self._lock:
            return tuple(id for id, books in self._books.items() if id in books.entities[Firm])

    def everything(self, firm_id: FirmId) -> AbstractContextManager[Iterator[ArchiveItem]]:
        if firm_id not in self.firms():
            return nullcontext(iter(()))
        books = self._of(firm_id)
        with books.lock:
            return nullcontext(iter(all_of(books)))

    def restore(self, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        books, restored = self._of(firm_id), _Books()
        with books.lock:
            _refuse_if_any(books, firm_id)
        fill(restored, kept)
        with books.lock:
            _refuse_if_any(books, firm_id)
            books.become(restored)


def _refuse_if_any(books: _Books, firm_id: FirmId) -> None:
    if all_of(books):
        raise UniqueViolation(f"The firm {firm_id!r} is kept here already.")
