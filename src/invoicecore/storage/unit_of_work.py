"""The unit of work: all reads and writes of one command on one firm, committed at once.

It is the same for every store. It sees its own writes, notes the versions that it read, and passes one `WriteSet` to
the store at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from invoicecore.errors import ConcurrencyConflict, UniqueViolation, WrongClock
from invoicecore.model.events import Change, Message, unchecked_change
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.store import (
    ALL,
    Entity,
    Fact,
    IdempotencyRecord,
    Index,
    Replaced,
    Replica,
    Storage,
    UniqueKind,
    Versioned,
    WaitingMessage,
    id_of,
    unchecked_index_query,
    unchecked_replaced,
    unchecked_versioned,
    unchecked_write_set,
)
from invoicecore.values.ids import FirmId, PersonId

if TYPE_CHECKING:
    from invoicecore.ports.queries import Queries

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)


AHEAD = timedelta(minutes=5)
"""How far the clock of a command may be ahead of the store's."""


class _Noted:
    """What a unit of work is to write besides entities and facts, as `WriteSet` has it."""

    __slots__ = (
        "acknowledged",
        "counters",
        "idempotency_records",
        "peeked",
        "rescheduled",
        "reservations",
        "sent",
    )

    def __init__(self) -> None:
        self.reservations: dict[UniqueKind, dict[str, Replaced[str | None]]] = {}
        self.peeked: dict[str, int] = {}  # counters that were looked at, and their next values
        self.counters: dict[str, Replaced[int]] = {}
        self.idempotency_records: dict[str, IdempotencyRecord] = {}
        self.sent: list[Message] = []
        self.rescheduled: dict[str, Replaced[WaitingMessage]] = {}
        self.acknowledged: list[str] = []


class UnitOfWork:
    """All or nothing, on one firm: a context manager; leaving it without `commit` leaves nothing.

    It reads its own writes; others see them only after commit. What it hands out is private to whoever asked. Any
    method may raise one of the four storage errors and no other.
    """

    __slots__ = ("_appended", "_listed", "_noted", "_read_entity", "_seen", "_transaction", "_written")

    def __init__(self, storage: Storage | Replica, firm_id: FirmId) -> None:
        self._transaction = transaction = storage.begin(firm_id)
        self._read_entity = transaction.read_entity
        self._seen: dict[tuple[type[Any], str], Versioned[Any] | None] = {}
        self._listed: dict[type[Any], list[Versioned[Any]]] = {}  # seen as well, and not noted in `_seen` yet
        self._written: dict[tuple[type[Any], str], Replaced[Versioned[Any] | None]] = {}
        self._appended: list[Fact] = []
        self._noted: _Noted | None = None  # everything else

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """The end, whether it was committed or not."""
        self._transaction.close()

    # entities and facts

    def get(self, kind: type[E], id: str) -> E | None:
        """The entity, or None. Its version is remembered: if somebody else changes the entity before this unit
        commits a `put` of it, the commit raises ConcurrencyConflict."""
        place = (kind, id)
        if self._written and place in self._written:
            stored = self._written[place].wanted
        else:
            stored = self._read_entity(kind, id)
            self._seen.setdefault(place, stored)
        return None if stored is None else stored.entity

    def firm_and_person(self, firm_id: FirmId, person_id: PersonId) -> tuple[Firm | None, Person | None]:
        """The firm, and a person as they are after it was read, whose version a demotion changes: what a unit reads
        first. Their versions are remembered as by `get`."""
        read, seen = self._read_entity, self._seen
        read(Person, person_id)  # a store may read the firm with them
        seen[Firm, firm_id] = firm = read(Firm, firm_id)
        seen[Person, person_id] = person = read(Person, person_id)
        return None if firm is None else firm.entity, None if person is None else person.entity

    def put(self, entity: Entity) -> Change:
        """Store an entity as it now is. One that this unit did not get must not exist yet."""
        place = kind, id = type(entity), id_of(entity)
        if self._listed:
            self._note_listed(kind)
        seen = self._seen.get(place)
        before = 0 if seen is None else seen.version
        version = before + 1
        self._written[place] = unchecked_replaced(seen, unchecked_versioned(entity, version))
        return unchecked_change(kind.__name__, id, before, version)

    def remove(self, kind: type[E], id: str) -> Change:
        """Forget an entity that this unit got: a draft thrown away, a timer that ended. Its id never comes again."""
        self._note_listed(kind)
        seen = self._seen.get((kind, id))
        self._written[kind, id] = unchecked_replaced(seen, None)
        return unchecked_change(kind.__name__, id, 0 if seen is None else seen.version, 0)

    def _note_listed(self, kind: type[Any]) -> None:
        """Note the versions that lists showed. Most of what is listed is only looked at, so this waits until something
        of the kind is written."""
        for row in self._listed.pop(kind, ()):
            id = id_of(row.entity)
            known = self._seen.setdefault((kind, id), row)
            if known is None or known.version != row.version:
                raise ConcurrencyConflict(f"{kind.__name__} {id} was changed between two looks at it.")

    def append(self, fact: Fact) -> None:
        """Add to a stream. There is no way to change or remove what was appended. Two units that append an entry of
        one client with the same sequence, or a status change of one invoice, never both commit."""
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
        """What an index holds under a key, in its order; versions of entities are remembered as by `get`.

        `after`, `before`, `limit` and `descending` are those of `IndexQuery`.
        """
        kind = index.of
        after = None if after is None else tuple(after)
        before = None if before is None else tuple(before)
        written = {id: it.wanted for (of, id), it in self._written.items() if of is kind}
        own = [fact for fact in self._appended if type(fact) is kind]
        query = unchecked_index_query(index, key, after, before, None if written or own else limit, descending)
        rows = self._transaction.read_index(query)
        if rows and isinstance(rows[0], Versioned):
            self._listed.setdefault(kind, []).extend(rows)
            found = [row.entity for row in rows]
        else:
            found = list(rows)
        if written:
            found = [thing for thing in found if id_of(thing) not in written]
            own = [it.entity for it in written.values() if it is not None]
        if written or own:
            found += [thing for thing in own if query.includes(thing)]
            found.sort(key=index.place, reverse=descending)
        return found if limit is None else found[:limit]

    def queries(self) -> "Queries | None":
        """The store's own queries, if it has any; they see nothing that this unit is about to write."""
        from invoicecore.ports.queries import HasQueries

        return self._transaction.queries() if isinstance(self._transaction, HasQueries) else None

    # everything else

    @property
    def _rest(self) -> _Noted:
        """What is noted besides entities and facts; made when it is first needed, which is seldom."""
        if self._noted is None:
            self._noted = _Noted()
        return self._noted

    def reserve(self, kind: UniqueKind, keys: Iterable[str], owner: str) -> None:
        """Reserve keys for an owner. UniqueViolation, now or at commit, if another owns one of them."""
        self._note_owner(kind, tuple(keys), owner)

    def release(self, kind: UniqueKind, keys: Iterable[str]) -> None:
        """Give reservations up."""
        self._note_owner(kind, tuple(keys), None)

    def _note_owner(self, kind: UniqueKind, keys: Sequence[str], owner: str | None) -> None:
        """Note who is to own some keys; None is nobody."""
        noted = self._rest.reservations.setdefault(kind, {})
        owners = self._transaction.read_owners(kind, [key for key in keys if key not in noted] if noted else keys)
        write = unchecked_replaced(None, owner)  # usually the same for all of them
        if not noted and not owners:
            noted.update(dict.fromkeys(keys, write))
            return
        for key in keys:
            known = noted.get(key)
            seen = owners.get(key) if known is None else known.seen
            present = seen if known is None else known.wanted
            if owner is not None and present is not None and present != owner:
                raise UniqueViolation(f"The {kind} {key!r} is reserved by {present!r}.")
            if write.seen != seen:
                write = unchecked_replaced(seen, owner)
            noted[key] = write

    def owners(self, kind: UniqueKind, keys: Iterable[str]) -> Mapping[str, str]:
        """Who owns which of the keys; those that are free are not in it."""
        keys = tuple(keys)
        noted = {} if self._noted is None else self._noted.reservations.get(kind, {})
        if not noted:
            return self._transaction.read_owners(kind, keys)
        owners = self._transaction.read_owners(kind, [key for key in keys if key not in noted])
        own = {key: owner for key in keys if key in noted and (owner := noted[key].wanted) is not None}
        return {**owners, **own}

    def next_value(self, counter: str) -> int:
        """Take the next value of a counter that starts at 1. It is taken when this unit commits: no value is lost by
        one that does not, and no two units get the same."""
        value = self.peek(counter)
        self.advance_to(counter, value + 1)
        return value

    def peek(self, counter: str) -> int:
        """The value that `next_value` would give, without taking it."""
        rest = self._rest
        if counter in rest.counters:
            return rest.counters[counter].wanted
        if counter not in rest.peeked:
            rest.peeked[counter] = self._transaction.read_counter(counter)
        return rest.peeked[counter]

    def advance_to(self, counter: str, value: int) -> None:
        """Let the counter go on at a value that is not below its next."""
        if value != self.peek(counter):  # what is next now must still be next when this unit commits
            self._rest.counters[counter] = unchecked_replaced(self._rest.peeked[counter], value)

    def save_idempotency_record(self, record: IdempotencyRecord) -> None:
        """Keep what an idempotency key stands for. If another unit kept the key meanwhile, the commit raises
        ConcurrencyConflict."""
        self._rest.idempotency_records[record.key] = record

    def find_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        """What an idempotency key stands for, with a result equal to the one saved."""
        return self._rest.idempotency_records.get(key) or self._transaction.read_idempotency_record(key)

    def send(self, message: Message) -> None:
        """Put a message in the outbox; it is there exactly when this unit is committed."""
        self._rest.sent.append(message)

    def waiting(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
        """Messages that are due at `now`, or without it those that rest, as `read_outbox` gives them."""
        return self._transaction.read_outbox(now, limit)

    def reschedule(self, seen: WaitingMessage, wanted: WaitingMessage) -> None:
        """Put a message off: lease it, let it wait after a failure, let it rest, or send it again. Of two units that
        do so with one that they saw alike, only one commits."""
        self._rest.rescheduled[seen.message.id] = unchecked_replaced(seen, wanted)

    def acknowledge(self, message_id: str) -> None:
        """Take a message out of the outbox: it was handed over."""
        self._rest.acknowledged.append(message_id)

    def check_clock(self, at: datetime) -> None:
        """WrongClock if an instant is ahead of the store's own clock, where it has one."""
        is_ahead = getattr(self._transaction, "is_ahead", None)  # as `HasClock` has it; to ask for that takes long
        if is_ahead is not None and is_ahead(at, AHEAD):
            raise WrongClock(
                f"The clock of this command says {at:%Y-%m-%d %H:%M} UTC, which is more than five minutes ahead of the "
                f"clock of the database; nothing was written. Set the clock of this machine right."
            )

    def commit(self) -> None:
        """Make all of it stand, at once. CommitUnknown if the answer was lost."""
        rest = self._noted
        if rest is None:
            writes = unchecked_write_set(self._written, self._appended)
        else:
            writes = unchecked_write_set(
                self._written,
                self._appended,
                rest.reservations,
                rest.counters,
                rest.idempotency_records,
                rest.sent,
                rest.rescheduled,
                rest.acknowledged,
            )
        self._transaction.commit(writes)
