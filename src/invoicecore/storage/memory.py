"""Storage in memory, with every promise of the storage port but durability.

Transactions run at the same time without locks, read the latest committed data, and are checked when they commit. Every
value is immutable, so it is shared, never copied.
"""

import threading
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar, get_args

from attrs import evolve

from invoicecore.errors import ConcurrencyConflict, UniqueViolation
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.ports.archive import PLACES, ArchiveItem, Counter, Removal, Reservation, kind_of
from invoicecore.ports.store import (
    ALL_FIRMS,
    AT_ONCE,
    AUDIT,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    INDEXES,
    RECEIVABLES,
    AuditRecord,
    Entity,
    FirmsQuery,
    IdempotencyRecord,
    Index,
    IndexQuery,
    UniqueKind,
    Versioned,
    WaitingMessage,
    WriteSet,
    id_of,
    placing,
    stream_of,
    unchecked_waiting_message,
)
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)

_Order = Callable[[Any], tuple[Any, ...]]
_Keys = Callable[[Any], tuple[str, ...]]
_Stream = tuple[type[Any], str]

# by which every fact is found, each once
_STREAMS: tuple[Index[Any], ...] = (ENTRIES_OF_CLIENT, HISTORY_OF_INVOICE, RECEIVABLES, AUDIT)


class _Removed:
    """A row that is to be taken out of its indexes."""

    __slots__ = ("row",)

    def __init__(self, row: Any) -> None:
        self.row = row


def _add(rows: list[Any], row: Any, order_of: _Order) -> None:
    """Put a row among others, which are in their order."""
    if not rows or order_of(row) > order_of(rows[-1]):  # nearly always the latest
        rows.append(row)
    else:
        insort(rows, row, key=order_of)


def _drop(rows: list[Any], row: Any, order_of: _Order) -> None:
    """Take a row out of others, which are in their order."""
    del rows[bisect_left(rows, order_of(row), key=order_of)]


def _order_of_rows(index: Index[Any]) -> _Order:
    """The order of the rows of an index: of entities or facts."""
    is_entity = issubclass(index.of, get_args(Entity))
    return placing([f"entity.{it}" for it in index.order]) if is_entity else index.place


_ORDERS: Mapping[str, _Order] = {index.name: _order_of_rows(index) for index in INDEXES}


class _FirmState:
    """Everything of one firm. It is its own transaction, because what a transaction reads is the latest.

    A row is an entity with its version, or a fact. An index has, for each key, a list of rows in their order. The order
    of a row is found by the row whenever it is needed, which is cheaper than to keep it.
    """

    def __init__(self) -> None:
        self.lock: Final = threading.Lock()
        self.entities: dict[type[Any], dict[str, Versioned[Any]]] = {kind: {} for kind in get_args(Entity)}
        self.last: dict[_Stream, int] = {}  # the latest sequence of each
        self.audited: int = 0  # the latest position that an audit record was given
        self.indexes: dict[str, dict[str, list[Any]]] = {index.name: {} for index in INDEXES}
        self.owners: dict[UniqueKind, dict[str, str]] = {kind: {} for kind in UniqueKind}
        self.counters: dict[str, int] = {}
        self.idempotency_records: dict[str, IdempotencyRecord] = {}
        self.outbox: dict[str, WaitingMessage] = {}
        self.due: list[WaitingMessage] = []  # those that do not rest, in their turn
        # Rows that are not in their indexes yet, or still are and no longer should be, in the order in which they came:
        # much more is written than is listed, so indexes follow when one of that kind is next read.
        self.unindexed: dict[type[Any], list[Any]] = {index.of: [] for index in INDEXES}
        # For each kind, the indexes of its things: by which order, and under which keys.
        self._plan: dict[type[Any], list[tuple[_Order, _Keys, dict[str, list[Any]]]]] = defaultdict(list)
        for index in INDEXES:
            self._plan[index.of].append((_ORDERS[index.name], index.keys, self.indexes[index.name]))

    # reading

    def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
        return self.entities[kind].get(id)

    def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
        with self.lock:
            self._bring_up_to_date(query.index.of)
            rows, order_of = self.indexes[query.index.name].get(query.key, []), _ORDERS[query.index.name]
            low = 0 if query.after is None else bisect_right(rows, query.after, key=order_of)
            high = len(rows) if query.before is None else bisect_left(rows, query.before, key=order_of)
            limit = query.limit
            if limit is not None and high - low > limit:
                low, high = (high - limit, high) if query.descending else (low, low + limit)
            found = rows[low:high]
        return found[::-1] if query.descending else found

    def read_owners(self, kind: UniqueKind, keys: Collection[str]) -> Mapping[str, str]:
        owners = self.owners[kind]
        return {key: owner for key in keys if (owner := owners.get(key)) is not None}

    def read_counter(self, name: str) -> int:
        return self.counters.get(name, 1)

    def read_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        return self.idempotency_records.get(key)

    def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
        with self.lock:
            if now is None:
                return sorted((it for it in self.outbox.values() if it.due is None), key=_turn)[:limit]
            return self.due[: min(bisect_right(self.due, now, key=attrgetter("due")), limit)]

    def close(self) -> None:
        """A transaction holds nothing that is to be given back."""

    # writing

    def commit(self, writes: WriteSet) -> None:
        more = (  # which is seldom
            writes.reservations
            or writes.counters
            or writes.idempotency_records
            or writes.sent
            or writes.rescheduled
            or writes.acknowledged
        )
        with self.lock:
            last = self._check(writes)
            if more:
                self._check_more(writes)
            self._apply(writes, last)
            if more:
                self._apply_more(writes)

    def _check(self, writes: WriteSet) -> Mapping[_Stream, int]:
        """Raise unless entities and facts can be written; the latest sequences of their streams then."""
        for (kind, id), write in writes.entities.items():
            if self.entities[kind].get(id) is not write.seen:
                raise ConcurrencyConflict(f"{kind.__name__} {id} was changed meanwhile.")
        last: dict[_Stream, int] = {}
        for fact in writes.facts:
            if not isinstance(fact, AuditRecord):
                stream = (type(fact), stream_of(fact))
                if fact.sequence <= (last.get(stream) or self.last.get(stream, 0)):
                    raise ConcurrencyConflict(f"Another {type(fact).__name__} was appended meanwhile.")
                last[stream] = fact.sequence
        return last

    def _check_more(self, writes: WriteSet) -> None:
        """Raise unless everything else can be written."""
        for unique, reservations in writes.reservations.items():
            owners = self.owners[unique]
            for key, owner in reservations.items():
                if owners.get(key) != owner.seen:
                    raise UniqueViolation(f"The {unique} {key!r} was reserved or released meanwhile.")
        for name, value in writes.counters.items():
            if self.counters.get(name, 1) != value.seen:
                raise ConcurrencyConflict(f"The counter {name} moved meanwhile.")
        if not self.idempotency_records.keys().isdisjoint(writes.idempotency_records):
            raise ConcurrencyConflict("An idempotency key was used meanwhile.")
        for id, moved in writes.rescheduled.items():
            if id not in self.outbox or self.outbox[id].due != moved.seen.due:
                raise ConcurrencyConflict(f"Message {id} was handed over meanwhile.")

    def _apply(self, writes: WriteSet, last: Mapping[_Stream, int]) -> None:
        for (kind, id), write in writes.entities.items():
            stored, unindexed, row = self.entities[kind], self.unindexed.get(kind), write.wanted
            if unindexed is not None:
                if id in stored:
                    unindexed.append(_Removed(stored[id]))
                if row is not None:
                    unindexed.append(row)
            if row is None:
                stored.pop(id, None)
            else:
                stored[id] = row
        for fact in writes.facts:
            self.unindexed[type(fact)].append(fact)
        self.last.update(last)

    def _apply_more(self, writes: WriteSet) -> None:
        for unique, reservations in writes.reservations.items():
            owners = self.owners[unique]
            for key, owner in reservations.items():
                if owner.wanted is None:
                    owners.pop(key, None)
                else:
                    owners[key] = owner.wanted
        for name, value in writes.counters.items():
            self.counters[name] = value.wanted
        self.idempotency_records.update(writes.idempotency_records)
        for message in writes.sent:
            self.post(unchecked_waiting_message(message))
        for id, moved in writes.rescheduled.items():
            self._take_out(id)
            self.post(moved.wanted)
        for id in writes.acknowledged:
            self._take_out(id)

    def post(self, waiting: WaitingMessage) -> None:
        """Put a message in the outbox."""
        self.outbox[waiting.message.id] = waiting
        if waiting.due is not None:
            _add(self.due, waiting, _turn)

    def _take_out(self, id: str) -> None:
        """Take a message out of the outbox, if it is there."""
        waiting = self.outbox.pop(id, None)
        if waiting is not None and waiting.due is not None:
            _drop(self.due, waiting, _turn)

    def _bring_up_to_date(self, kind: type[Any]) -> None:
        """Let the indexes of a kind follow what was written."""
        waiting, self.unindexed[kind] = self.unindexed[kind], []
        for row in waiting:
            removed = isinstance(row, _Removed)
            stored = row.row if removed else row
            if kind is AuditRecord and stored.position is None:
                self.audited += 1
                stored = evolve(stored, position=self.audited)
            thing = stored.entity if isinstance(stored, Versioned) else stored
            for order_of, keys_of, indexes in self._plan[kind]:
                for key in keys_of(thing):
                    if removed:
                        _drop(indexes[key], stored, order_of)
                    elif key in indexes:
                        _add(indexes[key], stored, order_of)
                    else:
                        indexes[key] = [stored]

    # archives

    def whole(self, index: Index[Any]) -> list[Any]:
        """All that an index holds, under any key; asked for under `lock`."""
        self._bring_up_to_date(index.of)
        return [row for rows in self.indexes[index.name].values() for row in rows]

    def become(self, other: "_FirmState") -> None:
        """Hold what another state holds, which nobody else knows; done under `lock`."""
        vars(self).update({name: value for name, value in vars(other).items() if name != "lock"})


class MemoryStorage:
    """Stores firms in memory for as long as it lives. Safe under threads."""

    def __init__(self) -> None:
        self._firms: dict[FirmId, _FirmState] = {}
        self._removals: list[Removal] = []
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "MemoryStorage()"

    def begin(self, firm_id: FirmId) -> _FirmState:
        """A transaction on one firm, which need not exist yet."""
        return self._firms.get(firm_id) or self._of(firm_id)

    def _of(self, firm_id: FirmId) -> _FirmState:
        """The firm's state, a new one if it has none yet."""
        with self._lock:
            return self._firms.setdefault(firm_id, _FirmState())

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        """The firms that were committed here."""
        with self._lock:
            firms = [id for id, state in self._firms.items() if id in state.entities[Firm]]
        return query.among(firms, self.begin)

    def everything(self, firm_id: FirmId) -> AbstractContextManager[Iterator[ArchiveItem]]:
        if firm_id not in self.firms():
            return nullcontext(iter(()))
        state = self._of(firm_id)
        with state.lock:
            return nullcontext(iter(_all_of(state)))

    def remove(self, removal: Removal, audited: int) -> None:
        state = self._of(removal.firm_id)
        with state.lock:
            if len(state.whole(AUDIT)) != audited:
                raise ConcurrencyConflict("The firm was changed meanwhile.")
            state.become(_FirmState())  # in which whatever goes on finds nothing that it has seen
            self._removals.append(removal)

    def removals(self) -> Sequence[Removal]:
        return tuple(self._removals)

    def restore(self, firm_id: FirmId, items: Iterable[ArchiveItem]) -> None:
        state, restored = self._of(firm_id), _FirmState()
        with state.lock:
            _refuse_if_any(state, firm_id)
        fill(restored, items)
        with state.lock:
            _refuse_if_any(state, firm_id)
            state.become(restored)


def _turn(waiting: WaitingMessage) -> tuple[Any, ...]:
    return (waiting.due or AT_ONCE, waiting.message.at, waiting.message.id)


def _refuse_if_any(state: _FirmState, firm_id: FirmId) -> None:
    if _all_of(state):
        raise UniqueViolation(f"The firm {firm_id!r} is kept here already.")


def _all_of(state: _FirmState) -> list[ArchiveItem]:
    """Everything in the state at this moment, in the order of `PLACES`; asked for under its lock."""
    items: list[ArchiveItem] = [
        *(versioned for of_kind in state.entities.values() for versioned in of_kind.values()),
        *(fact for index in _STREAMS for fact in state.whole(index)),
        *(Reservation(kind, key, owner) for kind, owners in state.owners.items() for key, owner in owners.items()),
        # One from which nothing was taken is as one that was never asked for.
        *(Counter(name, value) for name, value in state.counters.items() if value > 1),
        *state.idempotency_records.values(),
        *(it.message for it in state.outbox.values()),
    ]
    order = {kind: place for place, kind in enumerate(PLACES)}
    items.sort(key=lambda it: (order[kind_of(it)], PLACES[kind_of(it)](it)))
    return items


def fill(state: _FirmState, items: Iterable[ArchiveItem]) -> None:
    """Put all of this into a state that is empty and that nobody else knows yet."""
    for it in items:
        match it:
            case Versioned(entity):
                state.entities[type(entity)][id_of(entity)] = it
                if type(entity) in state.unindexed:
                    state.unindexed[type(entity)].append(it)
            case Reservation(kind, key, owner):
                state.owners[kind][key] = owner
            case Counter(name, value):
                state.counters[name] = value
            case IdempotencyRecord():
                state.idempotency_records[it.key] = it
            case Message():
                state.post(WaitingMessage(it))
            case fact:
                state.unindexed[type(fact)].append(fact)
                if isinstance(fact, AuditRecord):
                    state.audited = fact.position or 0
                else:
                    state.last[type(fact), stream_of(fact)] = fact.sequence
