"""Stores that break one promise each, as real ones have."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, TypeVar

from attrs import evolve

from invoicecore import Invoice, LedgerEntry, MemoryStorage, Payment, Person, StatusChange
from invoicecore.errors import ConcurrencyConflict
from invoicecore.model.events import Change
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.store import (
    ALL,
    ALL_FIRMS,
    AT_ONCE,
    AUDIT,
    Entity,
    Fact,
    FirmsQuery,
    FirmTask,
    IdempotencyRecord,
    Index,
    IndexQuery,
    Replaced,
    StoreTransaction,
    UniqueKind,
    Versioned,
    WaitingMessage,
    WriteSet,
    id_of,
)
from invoicecore.settlement.account import Account
from invoicecore.storage.memory import _FirmState
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.instrumented_storage import WatchedTransaction, unwatched
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)


class Passing(WatchedTransaction):
    """A transaction in memory, to be overridden in one point. `_inner` is the state of the firm."""

    _inner: _FirmState

    def __init__(self, state: _FirmState) -> None:
        super().__init__(state, unwatched)


class Sabotaged(MemoryStorage):
    """Storage in memory whose transactions are of another class, or the unit of work on it."""

    Transaction: ClassVar[type[Passing]] = Passing
    Unit: ClassVar[type[UnitOfWork]] = UnitOfWork

    def begin(self, firm_id: FirmId) -> StoreTransaction:  # type: ignore[override]  # another transaction
        return self.Transaction(super().begin(firm_id))


# versions


Entities = Mapping[tuple[type[Any], str], Replaced[Versioned[Any] | None]]


def _as_there(state: _FirmState, writes: Entities) -> Entities:
    """Writes that go by what is stored now, whatever the unit of work saw."""
    return {place: evolve(it, seen=state.read_entity(*place)) for place, it in writes.items()}


class NoVersionCheck(Sabotaged):
    """Writes without looking whether anybody else did: the last one wins."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(evolve(writes, entities=_as_there(self._inner, writes.entities)))


class NothingChecked(Sabotaged):
    """Writes whatever it is given, without looking at anything that others did meanwhile."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            with self._inner.lock:
                self._inner._apply(writes, {})
                self._inner._apply_more(writes)


class LockWithoutBump(Sabotaged):
    """Reads the account for update, and leaves its version as it is when its value is the same."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(evolve(writes, entities=dict(filter(self._is_changed, writes.entities.items()))))

        def _is_changed(self, item: tuple[tuple[type[Any], str], Replaced[Versioned[Any] | None]]) -> bool:
            (kind, _), it = item
            return kind is not Account or it.seen is None or it.wanted is None or it.seen.entity != it.wanted.entity


class ListsWithoutVersions(Sabotaged):
    """Knows the version of what was read by its id, but takes what was listed as it is when it is written."""

    class Transaction(Passing):
        def __init__(self, state: _FirmState) -> None:
            super().__init__(state)
            self._read: set[tuple[type[Any], str]] = set()

        def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
            self._read.add((kind, id))
            return super().read_entity(kind, id)

        def commit(self, writes: WriteSet) -> None:
            read = {place: it for place, it in writes.entities.items() if place in self._read}
            super().commit(evolve(writes, entities={**_as_there(self._inner, writes.entities), **read}))


class SwallowedConflict(Sabotaged):
    """Logs a conflict instead of raising it, so that what was refused looks done."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            with suppress(ConcurrencyConflict):
                super().commit(writes)


class ForeignError(Sabotaged):
    """Lets the error of its driver through."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            try:
                super().commit(writes)
            except ConcurrencyConflict as conflict:
                raise OSError("database is locked") from conflict


# all or nothing


class Autocommit(Sabotaged):
    """Writes each entity in a transaction of its own."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            for place, it in writes.entities.items():
                super().commit(WriteSet(entities={place: it}))
            super().commit(evolve(writes, entities={}))


class TornCommit(Sabotaged):
    """Writes the facts before it looks whether the entities may be written."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(WriteSet(facts=writes.facts))
            super().commit(evolve(writes, facts=()))


class OutboxOutside(Sabotaged):
    """Hands messages to a queue, whether or not the rest can be committed."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(WriteSet(sent=writes.sent))
            super().commit(evolve(writes, sent=()))


class KeyAfterCommit(Sabotaged):
    """Keeps the idempotency key when the commit is through."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(evolve(writes, idempotency_records={}))
            self._inner.idempotency_records.update(writes.idempotency_records)


# numbers


class SequenceNumbers(Sabotaged):
    """Takes numbers from a sequence of the database, which does not go back."""

    class Transaction(Passing):
        def read_counter(self, name: str) -> int:
            value = super().read_counter(name)
            self._inner.counters[name] = value + 1
            return value

        def commit(self, writes: WriteSet) -> None:
            super().commit(evolve(writes, counters={}))


class MaxPlusOne(Sabotaged):
    """The next number is one more than the highest there is."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            now = self._inner.read_counter
            super().commit(
                evolve(writes, counters={name: Replaced(now(name), it.wanted) for name, it in writes.counters.items()})
            )


class SequencesTwice(Sabotaged):
    """Appends whatever it is given: nothing keeps a sequence from being used twice."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(evolve(writes, facts=()))
            self._inner._apply(WriteSet(facts=writes.facts), {})


# reservations and keys


class NeverReleased(Sabotaged):
    """Keeps reservations for good."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            kept = {
                kind: {key: it for key, it in reservations.items() if it.wanted is not None}
                for kind, reservations in writes.reservations.items()
            }
            super().commit(evolve(writes, reservations=kept))


class ReservationsUnchecked(Sabotaged):
    """Looks whether a key is free, and then reserves it: nothing holds it in between."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            there = {
                kind: {key: Replaced(self._inner.owners[kind].get(key), it.wanted) for key, it in reservations.items()}
                for kind, reservations in writes.reservations.items()
            }
            super().commit(evolve(writes, reservations=there))


class CaselessKeys(Sabotaged):
    """Compares keys as the collation of its database does."""

    class Transaction(Passing):
        def read_idempotency_record(self, key: str) -> IdempotencyRecord | None:
            found = super().read_idempotency_record(key.casefold())
            return None if found is None else evolve(found, key=key)

        def commit(self, writes: WriteSet) -> None:
            folded = [evolve(it, key=it.key.casefold()) for it in writes.idempotency_records.values()]
            super().commit(evolve(writes, idempotency_records={it.key: it for it in folded}))


# outbox


class SharedLeases(Sabotaged):
    """Two may lease a message at the same moment."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            now = self._inner.outbox
            there = {id: Replaced(now[id], it.wanted) for id, it in writes.rescheduled.items() if id in now}
            super().commit(evolve(writes, rescheduled=there))


class EndlessLeases(Sabotaged):
    """A lease never ends, so what was leased by a program that died is never told."""

    class Transaction(Passing):
        def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
            return super().read_outbox(now and AT_ONCE, limit)


class OldestFirst(Sabotaged):
    """Messages come by their age alone, so that those that fail come before those that are new."""

    class Transaction(Passing):
        def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
            return sorted(super().read_outbox(now, 1000), key=lambda it: it.message.at)[:limit]


class ForgottenTries(Sabotaged):
    """Puts messages off without what is noted of them."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            bare = {
                id: Replaced(it.seen, WaitingMessage(it.wanted.message, it.wanted.due))
                for id, it in writes.rescheduled.items()
            }
            super().commit(evolve(writes, rescheduled=bare))


class NoRest(Sabotaged):
    """What failed too often comes again and again."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            ever = {
                id: Replaced(it.seen, evolve(it.wanted, due=it.wanted.due or AT_ONCE))
                for id, it in writes.rescheduled.items()
            }
            super().commit(evolve(writes, rescheduled=ever))


# lists


class OrderOfInsertion(Sabotaged):
    """Lists things in the order in which they were first stored."""

    class Transaction(Passing):
        def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
            found = super().read_index(query)
            stored = [id for of_kind in self._inner.entities.values() for id in of_kind]
            if found and isinstance(found[0], Versioned):
                return sorted(found, key=lambda it: stored.index(id_of(it.entity)), reverse=query.descending)
            return found


class AuditById(Sabotaged):
    """Lists the audit by the ids of its records, which are made when their commands begin."""

    class Transaction(Passing):
        def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
            if query.index is not AUDIT:
                return super().read_index(query)
            whole = super().read_index(evolve(query, after=None, before=None, limit=None, descending=False))
            placed = [evolve(it, position=place) for place, it in enumerate(sorted(whole, key=lambda it: it.id), 1)]
            found = [it for it in placed if query.includes(it)]
            return (found[::-1] if query.descending else found)[: query.limit]


class LimitBeforeOrder(Sabotaged):
    """Takes so many from the beginning, and then turns them round."""

    class Transaction(Passing):
        def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
            found = super().read_index(evolve(query, descending=False))
            return found[::-1] if query.descending else found


class PagesByCount(Sabotaged):
    """Goes on after the last one seen by the number of those that were before it."""

    class Transaction(Passing):
        def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
            offsets: dict[tuple[Any, ...], int] = self._inner.__dict__.setdefault("offsets", {})
            asked = (query.index.name, query.key)
            skipped = 0 if query.after is None else offsets.get((*asked, *query.after), 0)
            found = super().read_index(evolve(query, after=None, limit=None))[skipped:][: query.limit]
            for place, row in enumerate(found, skipped + 1):
                offsets[*asked, *query.index.place(row.entity if isinstance(row, Versioned) else row)] = place
            return found


class OrderOfLanguage(Sabotaged):
    """Orders people as people do, not as characters are numbered."""

    class Transaction(Passing):
        def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
            found = super().read_index(query)
            return sorted(found, key=lambda it: it.entity.id.casefold()) if query.index.of is Person else found


# values


def _altered(writes: Entities, alter: Callable[[Any], Callable[[Any], Any]]) -> Entities:
    """Writes of entities that are altered, each in a way that depends on what was seen."""

    def wanted(it: Replaced[Versioned[Any] | None]) -> Versioned[Any] | None:
        return None if it.wanted is None else evolve(it.wanted, entity=alter(it.seen)(it.wanted.entity))

    return {place: evolve(it, wanted=wanted(it)) for place, it in writes.items()}


def storing(alter: Callable[[Any], Any]) -> type[Passing]:
    """Transactions that store things altered."""

    class Altering(Passing):
        def commit(self, writes: WriteSet) -> None:
            facts = [alter(it) for it in writes.facts]
            super().commit(evolve(writes, entities=_altered(writes.entities, lambda seen: alter), facts=facts))

    return Altering


def _altering(kinds: tuple[type[Any], ...], **fields: Callable[[Any], Any]) -> type[Passing]:
    """Transactions that alter some fields of things of some kinds."""

    def alter(thing: Any) -> Any:
        if not isinstance(thing, kinds):
            return thing
        return evolve(thing, **{name: change(getattr(thing, name)) for name, change in fields.items()})

    return storing(alter)


class FloatMoney(Sabotaged):
    """Keeps amounts as floating-point numbers, which are exact up to sixteen digits only."""

    Transaction = _altering((LedgerEntry,), minor=lambda minor: int(float(minor)))


class AmountsAsFloats(Sabotaged):
    """Keeps amounts exactly, but hands them out as floats, which are equal to whole numbers while they are small."""

    Transaction = _altering((WorkSession, Payment), minor=lambda minor: float(minor) if abs(minor) < 2**53 else minor)


class TruncatedText(Sabotaged):
    """Cuts a long text where its column ends."""

    Transaction = _altering((WorkSession, StatusChange), note=lambda note: note[:255])


class EmptyIsNothing(Sabotaged):
    """Does not tell an empty text from none."""

    Transaction = _altering((WorkSession,), note=lambda note: note or None)


class EmptySetIsNothing(Sabotaged):
    """Keeps a set as rows of a table, of which an empty one and none look the same."""

    Transaction = _altering((Person,), limited_to=lambda limited: limited or None)


class LostMicroseconds(Sabotaged):
    """Keeps instants to the millisecond."""

    Transaction = _altering(
        (WorkSession,), start=lambda start: start.replace(microsecond=start.microsecond // 1000 * 1000)
    )


class LocalTime(Sabotaged):
    """Hands instants out in the zone of the machine."""

    Transaction = _altering((WorkSession,), start=lambda start: start.astimezone(timezone(timedelta(hours=1))))


class NormalizedText(Sabotaged):
    """Composes combining characters, so that texts that were different are the same."""

    Transaction = _altering((WorkSession,), note=lambda note: unicodedata.normalize("NFC", note))


class WordsAsTexts(Sabotaged):
    """Hands words of the library out as plain texts."""

    Transaction = _altering((LedgerEntry,), kind=str.__str__)


class LeftoverLines(Sabotaged):
    """Writes the lines that an invoice has, and leaves those that it had."""

    class Transaction(Passing):
        def commit(self, writes: WriteSet) -> None:
            super().commit(evolve(writes, entities=_altered(writes.entities, self._with_lines_of)))

        def _with_lines_of(self, seen: Versioned[Any] | None) -> Callable[[Any], Any]:
            def alter(entity: Any) -> Any:
                if seen is None or not isinstance(entity, Invoice):
                    return entity
                return evolve(entity, lines=(*entity.lines, *seen.entity.lines[len(entity.lines) :]))

            return alter


# firms


class SharedCounters(Sabotaged):
    """Keeps one counter of a name for all firms."""

    def __init__(self) -> None:
        super().__init__()
        self._counters: dict[str, int] = {}

    def _of(self, firm_id: FirmId) -> _FirmState:
        state = super()._of(firm_id)
        state.counters = self._counters
        return state


class _Joined(dict[str, str]):
    """A part of another dict: the keys that begin with a prefix, without it."""

    def __init__(self, whole: dict[str, str], prefix: str) -> None:
        super().__init__()
        self._whole, self._prefix = whole, prefix

    def get(self, key: str, default: Any = None) -> Any:
        return self._whole.get(self._prefix + key, default)

    def pop(self, key: str, default: Any = None) -> Any:
        return self._whole.pop(self._prefix + key, default)

    def __setitem__(self, key: str, value: str) -> None:
        self._whole[self._prefix + key] = value


class JoinedKeys(Sabotaged):
    """Joins firm and key to one text without anything between that neither can hold."""

    def __init__(self) -> None:
        super().__init__()
        self._all: dict[str, str] = {}

    def _of(self, firm_id: FirmId) -> _FirmState:
        state = super()._of(firm_id)
        state.owners = {kind: _Joined(self._all, f"{kind}/{firm_id}") for kind in UniqueKind}
        return state


class FirmsTooEarly(Sabotaged):
    """Counts a firm among the firms as soon as somebody began a transaction on it."""

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        return tuple(self._firms)


# reopening


class Kept(MemoryStorage):
    """Storage in memory that can be opened once more, with the same books."""

    def reopened(self) -> "Kept":
        """What another program would open."""
        again = type(self)()
        again._firms, again._lock = self._firms, self._lock
        return again


class ForgottenKeys(Kept):
    """Keeps idempotency keys as long as the program runs."""

    def reopened(self) -> Kept:
        for state in self._firms.values():
            state.idempotency_records = {}
        return super().reopened()


class ForgottenLeases(Kept):
    """Keeps leases as long as the program runs."""

    def reopened(self) -> Kept:
        for state in self._firms.values():
            messages, state.outbox, state.due = state.outbox.values(), {}, type(state.due)()
            for it in messages:
                state.post(evolve(it, due=AT_ONCE))
        return super().reopened()


class Cached(Kept):
    """Keeps entities at hand once they were read, and does not hear of what another program writes."""

    class Transaction(Passing):
        def __init__(self, state: _FirmState, cache: dict[tuple[type[Any], str], Versioned[Any] | None]) -> None:
            super().__init__(state)
            self._cache = cache

        def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
            return self._cache.setdefault((kind, id), super().read_entity(kind, id))

        def commit(self, writes: WriteSet) -> None:
            super().commit(writes)
            self._cache.update((place, it.wanted) for place, it in writes.entities.items())

    def __init__(self) -> None:
        super().__init__()
        self._caches: dict[FirmId, dict[tuple[type[Any], str], Versioned[Any] | None]] = {}

    def begin(self, firm_id: FirmId) -> StoreTransaction:  # type: ignore[override]  # another transaction
        return self.Transaction(super().begin(firm_id), self._caches.setdefault(firm_id, {}))


# the library's own unit of work


class LateReader(Sabotaged):
    """Goes by the versions that it finds when it first writes: what was read before is not read again."""

    class Unit(UnitOfWork):
        def put(self, entity: Entity) -> Change:
            self._listed.pop(type(entity), None)
            place = (type(entity), id_of(entity))
            self._seen[place] = self._read_entity(*place)
            return super().put(entity)


class CommitOnLeaving(Sabotaged):
    """Commits whenever a unit of work is left without an error."""

    class Unit(UnitOfWork):
        def __exit__(self, *exc: object) -> None:
            if exc[0] is None:
                with suppress(ConcurrencyConflict):  # it was committed already
                    self.commit()


class CommitOnInterrupt(Sabotaged):
    """Rolls back on errors and commits otherwise; an interrupt is no error."""

    class Unit(UnitOfWork):
        def __exit__(self, *exc: object) -> None:
            if exc[0] is not None and not isinstance(exc[1], Exception):
                self.commit()


class ReservesAtOnce(Sabotaged):
    """Lets others see a reservation before it is committed, and takes it back if it is not."""

    class Unit(UnitOfWork):
        def reserve(self, kind: UniqueKind, keys: Iterable[str], owner: str) -> None:
            asked = tuple(keys)
            super().reserve(kind, asked, owner)
            self._state.owners[kind].update(dict.fromkeys(asked, owner))

        @property
        def _state(self) -> _FirmState:
            assert isinstance(self._transaction, Passing)
            return self._transaction._inner

        def commit(self) -> None:
            for kind, reservations in self._rest.reservations.items():
                for key, it in reservations.items():
                    if it.seen is None:
                        self._state.owners[kind].pop(key, None)
            super().commit()


class BlindToItself(Sabotaged):
    """Lists what is committed, without what the unit itself is about to write."""

    class Unit(UnitOfWork):
        def find(self, index: Index[S], key: str = ALL, **bounds: Any) -> list[S]:
            written, appended, self._written, self._appended = self._written, self._appended, {}, []
            try:
                return super().find(index, key, **bounds)
            finally:
                self._written, self._appended = written, appended


class OneListForAll(Sabotaged):
    """Keeps the list that it gave, and gives it again."""

    class Unit(UnitOfWork):
        def find(self, index: Index[S], key: str = ALL, **bounds: Any) -> list[S]:
            kept = self.__dict__.setdefault("_lists", {})
            asked = (index.name, key, len(self._written), len(self._appended), repr(bounds))
            found: list[S] = kept.setdefault(asked, super().find(index, key, **bounds))
            return found


class KeysKept(Sabotaged):
    """Keeps the keys that are reserved as they were given, and looks at them again when it commits."""

    class Unit(UnitOfWork):
        def reserve(self, kind: UniqueKind, keys: Iterable[str], owner: str) -> None:
            kept = keys if isinstance(keys, Sequence) else tuple(keys)
            super().reserve(kind, kept, owner)
            again: list[Callable[[], None]] = self.__dict__.setdefault("_again", [])
            again.append(lambda: UnitOfWork.reserve(self, kind, kept, owner))

        def commit(self) -> None:
            for reserve in self.__dict__.get("_again", []):
                reserve()
            super().commit()


class FirmsBackwards(Sabotaged):
    """Lists firms backwards."""

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        return super().firms(query)[::-1]


class OverdueEverywhere(Sabotaged):
    """Finds an invoice to mark in every firm."""

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        return super().firms(evolve(query, task=None if query.task is FirmTask.OVERDUE else query.task))


class MailEverywhere(Kept):
    """Takes every firm for one that has mail."""

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        return super().firms(evolve(query, task=None))
