"""Stores that break one promise each, as real ones have.

Every one is storage in memory with one thing wrong. The class says what; the kit must notice.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any, ClassVar, TypeVar

from attrs import evolve

from invoicecore import Invoice, LedgerEntry, MemoryStorage, Payment, Person, StatusChange
from invoicecore.errors import ConcurrencyConflict
from invoicecore.model.events import Message
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.store import ALL, Change, Entity, Fact, IdempotencyRecord, Index, UniqueKind, id_of
from invoicecore.settlement.account import Account
from invoicecore.storage.memory import _ABSENT, MemoryUnitOfWork
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)


class Sabotaged(MemoryStorage):
    """Storage in memory whose units of work are of another class."""

    Unit: ClassVar[type[MemoryUnitOfWork]]

    def begin(self, firm_id: FirmId) -> MemoryUnitOfWork:
        return self.Unit(super().begin(firm_id)._books)


# versions


def _there(unit: MemoryUnitOfWork, place: tuple[type[Any], str]) -> tuple[Entity | None, int]:
    """What is stored now, whatever the unit saw."""
    kind, id = place
    return unit._books.entities[kind].get(id, _ABSENT)


class NoVersionCheck(Sabotaged):
    """Writes without looking whether anybody else did: the last one wins."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            for place, (_, entity) in self._written.items():
                self._written[place] = (_there(self, place), entity)
            super().commit()


class NothingChecked(Sabotaged):
    """Writes whatever it is given, without looking at anything that others did meanwhile."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            with self._books.lock:
                self._apply()


class LockWithoutBump(Sabotaged):
    """Reads the account for update, and leaves its version as it is when its value is the same."""

    class Unit(MemoryUnitOfWork):
        def put(self, entity: Entity) -> Change:
            change = super().put(entity)
            if isinstance(entity, Account) and self._seen[Account, entity.client_id][0] == entity:
                del self._written[Account, entity.client_id]
            return change


class LateReader(Sabotaged):
    """Begins its transaction with the first write, and goes by the versions that it finds then: what was read before
    is not read again."""

    class Unit(MemoryUnitOfWork):
        def put(self, entity: Entity) -> Change:
            self._begin_late((type(entity), id_of(entity)))
            return super().put(entity)

        def remove(self, kind: type[E], id: str) -> Change:
            self._begin_late((kind, id))
            return super().remove(kind, id)

        def _begin_late(self, place: tuple[type[Any], str]) -> None:
            self._note_found(place[0])
            if place in self._seen:
                self._seen[place] = _there(self, place)


class ListsWithoutVersions(Sabotaged):
    """Knows the version of what was got, but takes what was listed as it is when it is written."""

    class Unit(MemoryUnitOfWork):
        def put(self, entity: Entity) -> Change:
            self._found.clear()
            place = (type(entity), id_of(entity))
            self._seen.setdefault(place, _there(self, place))
            return super().put(entity)


class SwallowedConflict(Sabotaged):
    """Logs a conflict instead of raising it, so that what was refused looks done."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            with suppress(ConcurrencyConflict):
                super().commit()


class ForeignError(Sabotaged):
    """Lets the error of its driver through."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            try:
                super().commit()
            except ConcurrencyConflict as conflict:
                raise OSError("database is locked") from conflict


# all or nothing


class Autocommit(Sabotaged):
    """Writes entities at once, each in a transaction of its own."""

    class Unit(MemoryUnitOfWork):
        def put(self, entity: Entity) -> Change:
            change = super().put(entity)
            later, self._appended = self._appended, []
            self.commit()
            self._appended = later
            place = (type(entity), id_of(entity))
            self._seen[place] = _there(self, place)
            del self._written[place]
            return change


class CommitOnLeaving(Sabotaged):
    """Commits whenever a unit of work is left without an error."""

    class Unit(MemoryUnitOfWork):
        def __exit__(self, *exc: object) -> None:
            if exc[0] is None and not self.__dict__.get("committed"):
                self.commit()

        def commit(self) -> None:
            super().commit()
            self.__dict__["committed"] = True


class CommitOnInterrupt(Sabotaged):
    """Rolls back on errors and commits otherwise; an interrupt is no error."""

    class Unit(MemoryUnitOfWork):
        def __exit__(self, *exc: object) -> None:
            if exc[0] is not None and not isinstance(exc[1], Exception):
                self.commit()


class TornCommit(Sabotaged):
    """Writes the facts before it looks whether the entities may be written."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            facts = MemoryUnitOfWork(self._books)
            for fact in self._appended:
                facts.append(fact)
            facts.commit()
            self._appended.clear()
            super().commit()


class OutboxOutside(Sabotaged):
    """Hands messages to a queue at once, outside the unit of work."""

    class Unit(MemoryUnitOfWork):
        def send(self, message: Message) -> None:
            self._books.outbox[message.id] = (message, None)


class KeyAfterCommit(Sabotaged):
    """Keeps the idempotency key when the commit is through."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            keys, self._remembered = self._remembered, {}
            super().commit()
            self._books.remembered.update(keys)


class VisibleClaims(Sabotaged):
    """Lets others see a claim before it is committed, and takes it back if it is not."""

    class Unit(MemoryUnitOfWork):
        def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
            asked = tuple(keys)
            super().claim(scope, asked, holder)
            self._books.claims[scope].update(dict.fromkeys(asked, holder))

        def __exit__(self, *exc: object) -> None:
            for scope, (seen, own) in self._claims.items():
                for key in own.keys() & self._books.claims[scope].keys():
                    if seen.get(key) is None:
                        del self._books.claims[scope][key]

        def commit(self) -> None:
            for scope, (seen, own) in self._claims.items():
                for key in own:
                    if seen[key] is None:
                        self._books.claims[scope].pop(key, None)
            super().commit()
            self._claims.clear()


class BlindToItself(Sabotaged):
    """Lists what is committed, without what the unit itself is about to write."""

    class Unit(MemoryUnitOfWork):
        def find(self, index: Index[S], key: str = ALL, **bounds: Any) -> list[S]:
            return MemoryUnitOfWork(self._books).find(index, key, **bounds)


# numbers


class SequenceNumbers(Sabotaged):
    """Takes numbers from a sequence of the database, which does not go back."""

    class Unit(MemoryUnitOfWork):
        def take(self, counter: str) -> int:
            value = self.peek(counter)
            self._books.counters[counter] = value + 1
            self._counters[counter] = (value + 1, value + 1)
            return value


class MaxPlusOne(Sabotaged):
    """The next number is one more than the highest there is."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            self._counters = {
                counter: (self._books.counters.get(counter, 1), value) for counter, (_, value) in self._counters.items()
            }
            super().commit()


class SequencesTwice(Sabotaged):
    """Appends whatever it is given: nothing keeps a sequence from being used twice."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            facts, self._appended = self._appended, []
            super().commit()
            for fact in facts:
                self._books.unshelved[type(fact)].append((None, fact))


# claims


class NeverReleased(Sabotaged):
    """Keeps claims for good."""

    class Unit(MemoryUnitOfWork):
        def release(self, scope: UniqueKind, keys: Iterable[str]) -> None:
            return None


class ClaimsUnchecked(Sabotaged):
    """Looks whether a key is free, and then claims it: nothing holds it in between."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            for scope, (seen, own) in self._claims.items():
                seen.update({key: self._books.claims[scope].get(key) for key in own})
            super().commit()


class CaselessKeys(Sabotaged):
    """Compares keys as the collation of its database does."""

    class Unit(MemoryUnitOfWork):
        def remember(self, remembered: IdempotencyRecord) -> None:
            super().remember(evolve(remembered, key=remembered.key.casefold()))

        def recall(self, key: str) -> IdempotencyRecord | None:
            found = super().recall(key.casefold())
            return None if found is None else evolve(found, key=key)


# outbox


class SharedLeases(Sabotaged):
    """Two may lease a message at the same moment."""

    class Unit(MemoryUnitOfWork):
        def commit(self) -> None:
            now = self._books.outbox
            self._outbox = {id: (now.get(id), to_be) for id, (_, to_be) in self._outbox.items()}
            super().commit()


class EndlessLeases(Sabotaged):
    """A lease never ends, so what was leased by a program that died is never told."""

    class Unit(MemoryUnitOfWork):
        def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
            return super().lease(limit, datetime.min.replace(tzinfo=now.tzinfo), until)


# lists


class OneListForAll(Sabotaged):
    """Keeps the list that it gave, and gives it again."""

    class Unit(MemoryUnitOfWork):
        def find(self, index: Index[S], key: str = ALL, **bounds: Any) -> list[S]:
            kept = self.__dict__.setdefault("_lists", {})
            asked = (index.name, key, len(self._written), len(self._appended), repr(bounds))
            found: list[S] = kept.setdefault(asked, super().find(index, key, **bounds))
            return found


class KeysKept(Sabotaged):
    """Keeps the keys that are claimed as they were given, and looks at them again when it commits."""

    class Unit(MemoryUnitOfWork):
        def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
            kept = keys if isinstance(keys, Sequence) else tuple(keys)
            super().claim(scope, kept, holder)
            again: list[Callable[[], None]] = self.__dict__.setdefault("_again", [])
            again.append(lambda: MemoryUnitOfWork.claim(self, scope, kept, holder))

        def commit(self) -> None:
            for claim in self.__dict__.get("_again", []):
                claim()
            super().commit()


class OrderOfInsertion(Sabotaged):
    """Lists things in the order in which they were first stored."""

    class Unit(MemoryUnitOfWork):
        def find(self, index: Index[S], key: str = ALL, *, descending: bool = False, **bounds: Any) -> list[S]:
            found = super().find(index, key, descending=descending, **bounds)
            kept = ((kind, id) for kind, of_kind in self._books.entities.items() for id in of_kind)
            stored = [*kept, *self._written]
            if found and isinstance(found[0], Entity):
                found.sort(key=lambda it: stored.index((type(it), id_of(it))), reverse=descending)  # type: ignore[arg-type]
            return found


class LimitBeforeOrder(Sabotaged):
    """Takes so many from the beginning, and then turns them round."""

    class Unit(MemoryUnitOfWork):
        def find(self, index: Index[S], key: str = ALL, *, descending: bool = False, **bounds: Any) -> list[S]:
            found = super().find(index, key, **bounds)
            return found[::-1] if descending else found


class PagesByCount(Sabotaged):
    """Goes on after the last one seen by the number of those that were before it."""

    class Unit(MemoryUnitOfWork):
        def find(
            self, index: Index[S], key: str = ALL, *, after: Sequence[Any] | None = None, **bounds: Any
        ) -> list[S]:
            offsets: dict[tuple[Any, ...], int] = self._books.__dict__.setdefault("offsets", {})
            skipped = 0 if after is None else offsets.get((index.name, key, *after), 0)
            limit = bounds.pop("limit", None)
            found = super().find(index, key, **bounds)[skipped:]
            found = found if limit is None else found[:limit]
            for place, thing in enumerate(found, skipped + 1):
                offsets[index.name, key, *index.order(thing)] = place
            return found


class OrderOfLanguage(Sabotaged):
    """Orders people as people do, not as characters are numbered."""

    class Unit(MemoryUnitOfWork):
        def find(self, index: Index[S], key: str = ALL, **bounds: Any) -> list[S]:
            found = super().find(index, key, **bounds)
            return sorted(found, key=lambda it: it.id.casefold()) if index.of is Person else found  # type: ignore[union-attr]


# values


def storing(alter: Callable[[Any], Any]) -> type[MemoryUnitOfWork]:
    """Units of work that store things altered."""

    class Altering(MemoryUnitOfWork):
        def put(self, entity: Entity) -> Change:
            return super().put(alter(entity))

        def append(self, fact: Fact) -> None:
            super().append(alter(fact))

    return Altering


def _altering(kinds: tuple[type[Any], ...], **fields: Callable[[Any], Any]) -> type[MemoryUnitOfWork]:
    """Units of work that alter some fields of things of some kinds."""

    def alter(thing: Any) -> Any:
        if not isinstance(thing, kinds):
            return thing
        return evolve(thing, **{name: change(getattr(thing, name)) for name, change in fields.items()})

    return storing(alter)


class FloatMoney(Sabotaged):
    """Keeps amounts as floating-point numbers, which are exact up to sixteen digits only."""

    Unit = _altering((LedgerEntry,), minor=lambda minor: int(float(minor)))


class AmountsAsFloats(Sabotaged):
    """Keeps amounts exactly, but hands them out as floats, which are equal to whole numbers while they are small."""

    Unit = _altering((WorkSession, Payment), minor=lambda minor: float(minor) if abs(minor) < 2**53 else minor)


class TruncatedText(Sabotaged):
    """Cuts a long text where its column ends."""

    Unit = _altering((WorkSession, StatusChange), note=lambda note: note[:255])


class EmptyIsNothing(Sabotaged):
    """Does not tell an empty text from none."""

    Unit = _altering((WorkSession,), note=lambda note: note or None)


class EmptySetIsNothing(Sabotaged):
    """Keeps a set as rows of a table, of which an empty one and none look the same."""

    Unit = _altering((Person,), limited_to=lambda limited: limited or None)


class LostMicroseconds(Sabotaged):
    """Keeps instants to the millisecond."""

    Unit = _altering((WorkSession,), start=lambda start: start.replace(microsecond=start.microsecond // 1000 * 1000))


class LocalTime(Sabotaged):
    """Hands instants out in the zone of the machine."""

    Unit = _altering((WorkSession,), start=lambda start: start.astimezone(timezone(timedelta(hours=1))))


class NormalizedText(Sabotaged):
    """Composes combining characters, so that texts that were different are the same."""

    Unit = _altering((WorkSession,), note=lambda note: unicodedata.normalize("NFC", note))


class WordsAsTexts(Sabotaged):
    """Hands words of the library out as plain texts."""

    Unit = _altering((LedgerEntry,), kind=str.__str__)


class LeftoverLines(Sabotaged):
    """Writes the lines that an invoice has, and leaves those that it had."""

    class Unit(MemoryUnitOfWork):
        def put(self, entity: Entity) -> Change:
            if isinstance(entity, Invoice):
                former = self.get(Invoice, entity.id)
                left = former.lines[len(entity.lines) :] if former is not None else ()
                entity = evolve(entity, lines=(*entity.lines, *left))
            return super().put(entity)


# firms


class SharedCounters(Sabotaged):
    """Keeps one counter of a name for all firms."""

    Unit = MemoryUnitOfWork

    def __init__(self) -> None:
        super().__init__()
        self._counters: dict[str, int] = {}

    def begin(self, firm_id: FirmId) -> MemoryUnitOfWork:
        unit = super().begin(firm_id)
        unit._books.counters = self._counters
        return unit


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

    Unit = MemoryUnitOfWork

    def __init__(self) -> None:
        super().__init__()
        self._all: dict[str, str] = {}

    def begin(self, firm_id: FirmId) -> MemoryUnitOfWork:
        unit = super().begin(firm_id)
        unit._books.claims = {scope: _Joined(self._all, f"{scope}/{firm_id}") for scope in UniqueKind}
        return unit


class FirmsTooEarly(Sabotaged):
    """Counts a firm among the firms as soon as somebody began a unit of work on it."""

    Unit = MemoryUnitOfWork

    def firms(self) -> tuple[FirmId, ...]:
        return tuple(self._books)


# reopening


class Kept(MemoryStorage):
    """Storage in memory that can be opened once more, with the same books."""

    def reopened(self) -> "Kept":
        """What another program would open."""
        again = type(self)()
        again._books, again._lock = self._books, self._lock
        return again


class ForgottenKeys(Kept):
    """Keeps idempotency keys as long as the program runs."""

    def reopened(self) -> Kept:
        for books in self._books.values():
            books.remembered = {}
        return super().reopened()


class ForgottenLeases(Kept):
    """Keeps leases as long as the program runs."""

    def reopened(self) -> Kept:
        for books in self._books.values():
            books.outbox = {id: (message, None) for id, (message, _) in books.outbox.items()}
        return super().reopened()


class Cached(Kept):
    """Keeps entities at hand once they were read, and does not hear of what another program writes."""

    class Unit(MemoryUnitOfWork):
        cache: dict[tuple[type[Any], str], Entity | None]

        def get(self, kind: type[E], id: str) -> E | None:
            found = super().get(kind, id)
            if (kind, id) in self._written:
                return found
            return self.cache.setdefault((kind, id), found)  # type: ignore[return-value]  # kept under its own type

        def commit(self) -> None:
            super().commit()
            self.cache.update((place, entity) for place, (_, entity) in self._written.items())

    def __init__(self) -> None:
        super().__init__()
        self._caches: dict[FirmId, dict[tuple[type[Any], str], Entity | None]] = {}

    def begin(self, firm_id: FirmId) -> MemoryUnitOfWork:
        unit = self.Unit(super().begin(firm_id)._books)
        unit.cache = self._caches.setdefault(firm_id, {})
        return unit
