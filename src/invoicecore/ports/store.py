"""The storage port: the stored data, and the ten methods of a store.

`Storage` begins a `StoreTransaction` on one firm. It reads, and it commits a `WriteSet`. A host with its own store
writes these two classes; `invoicecore.storage.unit_of_work.UnitOfWork` does everything else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from math import inf
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar, runtime_checkable

from attrs import Factory, converters, field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Change, Message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.values import inputs
from invoicecore.values.calendar import instant
from invoicecore.values.ids import FirmId, PersonId
from invoicecore.values.logo import Logo
from invoicecore.values.receipt_file import ReceiptFile
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import AWAITED, Action, ChargeKind, DocumentedEnum


@frozen(weakref_slot=False)
class AuditRecord:
    """Who did what, when, and why, and everything it changed. There is one for every command that changed anything.

    `position` counts the records of a firm from 1, without gaps, in the order of their commits. The store gives it, at
    the commit or when a record is first read: who has read the records up to a position has missed none before it.
    """

    id: str
    at: datetime
    by: PersonId
    action: Action
    changes: tuple[Change, ...]
    reason: str = ""
    position: int | None = field(default=None, eq=False)

    def __repr__(self) -> str:
        return f"<AuditRecord {self.at:%Y-%m-%d %H:%M} UTC: {self.action}, {len(self.changes)} changes>"


unchecked_audit_record: Final = unchecked(AuditRecord)


@frozen
class IdempotencyRecord:
    """What an idempotency key stands for: a digest of the request and the result it had, which is one of the
    library's values, a tuple of them, or None."""

    key: str
    request: str
    result: object


Entity = (
    Firm
    | Logo
    | Person
    | Login
    | Client
    | Account
    | Project
    | WorkSession
    | Timer
    | ReceiptFile
    | Charge
    | Invoice
    | Payment
)
"""What is stored under an id and may change: each has a version that storage counts from 1."""

Fact = LedgerEntry | StatusChange | ReceivableChange | AuditRecord
"""What is appended once and never changes."""

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)
T = TypeVar("T")


def id_of(entity: Entity) -> str:
    """The id under which an entity is stored; an account has that of its client, a login that of its person."""
    if isinstance(entity, Account):
        return entity.client_id
    return entity.person_id if isinstance(entity, Login) else entity.id


def stream_of(fact: LedgerEntry | StatusChange | ReceivableChange) -> str:
    """The id of the client or the invoice whose facts of that kind have one sequence: an invoice's history; a client's
    ledger, or the record of what they owe."""
    return fact.invoice_id if isinstance(fact, StatusChange) else fact.client_id


@frozen(weakref_slot=False)
class Versioned(Generic[E]):
    """An entity as it is stored, and its version."""

    entity: E
    version: int


unchecked_versioned: Final = unchecked(Versioned)


@frozen
class Index(Generic[S]):
    """A way to list what is stored: everything of a kind for which `keys` gives the key, ordered by the fields that
    `order` names. Those of any two things under one key differ.

    A store may follow both, or know each index by its name and answer by its own means.
    """

    name: str
    of: type[S]
    keys: Callable[[S], tuple[str, ...]] = field(eq=False)
    order: tuple[str, ...] = field(eq=False)
    place: Callable[[S], tuple[Any, ...]] = field(
        init=False, eq=False, repr=False, default=Factory(lambda self: placing(self.order), takes_self=True)
    )
    """The fields of a thing by which it is ordered."""


def placing(order: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """The function that gives those fields of a thing. One field alone may be None, and comes last then, as an audit
    record without a position does."""
    fields = attrgetter(*order)
    return fields if len(order) > 1 else lambda thing: (inf if (value := fields(thing)) is None else value,)


ALL = ""
"""The one key of an index that lists everything of a kind."""

PEOPLE = Index("people", Person, lambda it: (ALL,), ("id",))
CLIENTS = Index("clients", Client, lambda it: (ALL,), ("id",))
PROJECTS = Index("projects", Project, lambda it: (ALL,), ("id",))
PROJECTS_OF_CLIENT = Index("projects_of_client", Project, lambda it: (it.client_id,), ("id",))
SESSIONS = Index("sessions", WorkSession, lambda it: (ALL,), ("start", "id"))
SESSIONS_OF_CLIENT = Index("sessions_of_client", WorkSession, lambda it: (it.client_id,), ("start", "id"))
SESSIONS_OF_PROJECT = Index("sessions_of_project", WorkSession, lambda it: (it.project_id,), ("start", "id"))
SESSIONS_OF_PERSON = Index("sessions_of_person", WorkSession, lambda it: (it.person_id,), ("start", "id"))
TIMERS = Index("timers", Timer, lambda it: (ALL,), ("start", "id"))
CHARGES = Index("charges", Charge, lambda it: (ALL,), ("day", "id"))
CHARGES_OF_CLIENT = Index("charges_of_client", Charge, lambda it: (it.client_id,), ("day", "id"))
CHARGES_OF_PERSON = Index("charges_of_person", Charge, lambda it: (it.person_id,), ("day", "id"))
DISCOUNTS_OF_CLIENT = Index(
    "discounts_of_client",
    Charge,
    lambda it: (it.client_id,) if it.kind is ChargeKind.ALLOWANCE and it.minor else (),
    ("day", "id"),
)
INVOICES = Index("invoices", Invoice, lambda it: (ALL,), ("id",))
INVOICES_OF_CLIENT = Index("invoices_of_client", Invoice, lambda it: (it.client_id,), ("id",))
INVOICES_IN_STATUS = Index("invoices_in_status", Invoice, lambda it: (it.status,), ("id",))
PAYMENTS_OF_CLIENT = Index("payments_of_client", Payment, lambda it: (it.client_id,), ("id",))
PAYMENTS_ON_INVOICE = Index(
    "payments_on_invoice", Payment, lambda it: tuple(part.invoice_id for part in it.applied), ("id",)
)
PAYMENTS_BY_DAY = Index("payments_by_day", Payment, lambda it: (ALL,), ("received_on", "id"))
CREDIT_OF_CLIENT = Index("credit_of_client", Payment, lambda it: (it.client_id,) if it.unapplied_minor else (), ("id",))
ENTRIES_OF_CLIENT = Index("entries_of_client", LedgerEntry, lambda it: (it.client_id,), ("sequence",))
ENTRIES_BY_TIME = Index("entries_by_time", LedgerEntry, lambda it: (it.client_id,), ("booked_at", "sequence"))
ENTRIES_BY_WORK_DAY = Index("entries_by_work_day", LedgerEntry, lambda it: (it.client_id,), ("work_day", "sequence"))
HISTORY_OF_INVOICE = Index("history_of_invoice", StatusChange, lambda it: (it.invoice_id,), ("sequence",))
RECEIVABLES = Index("receivables", ReceivableChange, lambda it: (ALL,), ("counts_from", "client_id", "sequence"))
RECEIVABLES_OF_CLIENT = Index(
    "receivables_of_client", ReceivableChange, lambda it: (it.client_id,), ("counts_from", "sequence")
)
AUDIT = Index("audit", AuditRecord, lambda it: (ALL,), ("position",))
AUDIT_BY_ID = Index("audit_by_id", AuditRecord, lambda it: (it.id,), ("position",))
AUDIT_OF_ACTION = Index("audit_of_action", AuditRecord, lambda it: (it.action,), ("position",))
AUDIT_OF_ENTITY = Index(
    "audit_of_entity", AuditRecord, lambda it: tuple({change.id for change in it.changes}), ("position",)
)

INDEXES: tuple[Index[Any], ...] = tuple(it for it in [*globals().values()] if isinstance(it, Index))
"""Every way in which the library lists anything: all indexes above."""


@frozen
class IndexQuery(Generic[S]):
    """Which part of an index is read: what it holds under `key`, between the bounds, at most `limit` of it from the
    beginning, or from the end if `descending`.

    `after` and `before` are exclusive bounds on the order tuple, compared as tuples are, so that a leading part of it
    is a bound too.
    """

    index: Index[S]
    key: str
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None
    limit: int | None = None
    descending: bool = False

    def includes(self, thing: S) -> bool:
        """Whether a thing of the index's kind stands under the key and between the bounds."""
        order = self.index.place(thing)
        return (
            self.key in self.index.keys(thing)
            and (self.after is None or order > self.after)
            and (self.before is None or order < self.before)
        )


unchecked_index_query: Final = unchecked(IndexQuery)


class UniqueKind(DocumentedEnum):
    """The kinds of keys of which each can be reserved once."""

    NUMBER = "number", "An invoice number; reserved for ever."
    CHARGE = "charge", "A work session or a charge; reserved by the invoice that holds it, until reverted or voided."
    EMAIL = "email", "An e-mail address; reserved by the person who signs in with it."
    TIMER = "timer", "A person; reserved by the timer that they run."
    IMPORT = "import", "The source id of an imported row; reserved for ever by the session or the charge it became."


AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a new message is due: before every other, whatever the clock said when it was written."""


@frozen
class WaitingMessage:
    """A message in the outbox. It may be handed over once it is `due`, which a lease and a failure put off; without
    that it rests, because it failed too often. `error` names the kind of the last failure of the `attempts`."""

    message: Message
    due: datetime | None = AT_ONCE
    attempts: int = 0
    error: str = ""


unchecked_waiting_message: Final = unchecked(WaitingMessage)


@frozen
class Replaced(Generic[T]):
    """A change of one stored value: `seen` is what the unit of work read, and must still be stored; `wanted` is the new
    value."""

    seen: T
    wanted: T


unchecked_replaced: Final = unchecked(Replaced)


_EMPTY: Mapping[Any, Any] = MappingProxyType({})


@frozen
class WriteSet:
    """Everything that one unit of work writes, with everything that must still hold when it is written.

    Each part may be empty. A store checks all of it and writes all of it in one step, or writes nothing and raises:

    - `entities`, by kind and id: what is stored must still have the version that was `seen`, None if nothing was
      stored. `wanted` has the next version, 1 for a new entity; None removes it. Otherwise ConcurrencyConflict.
    - `facts`: the sequence of a fact must be new among those of its kind for its client or invoice (see `stream_of`).
      Otherwise ConcurrencyConflict. An audit record is always new, and the store gives it its position.
    - `reservations`, by kind, then key: the owner must still be the one seen; None is nobody. Otherwise
      UniqueViolation.
    - `counters`, by name: the next value must still be the one seen. Otherwise ConcurrencyConflict.
    - `idempotency_records`, by key: no key of them may be there. Otherwise ConcurrencyConflict.
    - `sent` are new messages in the outbox, due `AT_ONCE`.
    - `rescheduled`, by the id of the message: it must be there, due as it was seen. Otherwise ConcurrencyConflict.
    - `acknowledged` are messages that go out of the outbox. An id that is not there is left out.
    """

    entities: Mapping[tuple[type[Any], str], Replaced[Versioned[Any] | None]] = _EMPTY
    facts: Sequence[Fact] = ()
    reservations: Mapping[UniqueKind, Mapping[str, Replaced[str | None]]] = _EMPTY
    counters: Mapping[str, Replaced[int]] = _EMPTY
    idempotency_records: Mapping[str, IdempotencyRecord] = _EMPTY
    sent: Sequence[Message] = ()
    rescheduled: Mapping[str, Replaced[WaitingMessage]] = _EMPTY
    acknowledged: Sequence[str] = ()


unchecked_write_set: Final = unchecked(WriteSet)


class StoreTransaction(Protocol):
    """What one unit of work asks of a store, on one firm; nothing is written before `commit`.

    What it reads may be one moment's snapshot, or always the latest that was committed; never what was not committed.
    Values come back equal, in value and in type. What it returns belongs to the caller. Any method may raise
    ConcurrencyConflict, UniqueViolation, StorageUnavailable or CommitUnknown, and no other error; inside a host's
    transaction also TransactionConflict. A conflict may come at any call, and which of two units of work is refused is
    the store's choice. A store that lets one wait for another gives up after a while, with ConcurrencyConflict.
    """

    def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
        """The entity with its version, or None."""

    def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
        """The part of an index, in its order; texts are in the order of their code points. Of an index of entities
        each with its version, as `Versioned`; of an index of facts the facts."""

    def read_owners(self, kind: UniqueKind, keys: Collection[str]) -> Mapping[str, str]:
        """Who owns which of the keys; those that are free are not in it."""

    def read_counter(self, name: str) -> int:
        """The next value of a counter; 1 for one that nothing was taken from."""

    def read_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        """What was saved under an idempotency key, or None."""

    def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
        """Messages that are due at `now`, those that are due first before the others, then the oldest; without `now`,
        those that rest, the oldest first. So many at most."""

    def commit(self, writes: WriteSet) -> None:
        """Check and write all of it at once, as `WriteSet` says. CommitUnknown if the answer was lost."""

    def close(self) -> None:
        """The end of the unit of work, whether it was committed or not."""


@runtime_checkable
class HasClock(Protocol):
    """A `StoreTransaction` of a store that has a clock of its own, which is not that of the machine of each writer."""

    def is_ahead(self, at: datetime, by: timedelta) -> bool:
        """Whether an instant is further ahead of the store's clock than that."""


_MANY = 2**31  # firms; more than any store has


class FirmTask(DocumentedEnum):
    """What a job finds to do in a firm."""

    MAIL = "mail", "Hand over a message that is due."
    REFILLS = "refills", "Ask for a refill that is due."
    OVERDUE = "overdue", "Mark an invoice that was due before today, wherever it is latest."


def _task(value: FirmTask) -> FirmTask:
    return inputs.instance("task", value, FirmTask)


def _now(value: datetime) -> datetime:
    return instant("now", value)


def _after(value: FirmId) -> FirmId:
    return FirmId(inputs.id("after", value))


def _limit(value: int | None) -> int | None:
    if value is not None and (type(value) is not int or not 0 < value < _MANY):
        raise InvalidInput(f"limit must be a whole number above zero, not {inputs.short_repr(value)}.", field="limit")
    return value


@frozen(kw_only=True)
class FirmsQuery:
    """Which firms of a store are asked for, in the order of their ids: those with the `task` at `now`, or all if it is
    None; at most `limit` of them, with ids above `after`. InvalidInput for a task without `now`."""

    task: FirmTask | None = field(default=None, converter=converters.optional(_task))
    now: datetime = field(default=AT_ONCE, converter=_now)
    after: FirmId | None = field(default=None, converter=converters.optional(_after))
    limit: int | None = field(default=None, converter=_limit)

    def __attrs_post_init__(self) -> None:
        if self.task is not None and self.now == AT_ONCE:
            raise InvalidInput("Say when: which firms have a task is asked for an instant.", field="now")

    @property
    def latest_day(self) -> date:
        """The day where it is latest on Earth."""
        return (self.now + timedelta(hours=14)).date()

    def among(self, firms: Iterable[FirmId], begin: Callable[[FirmId], StoreTransaction]) -> tuple[FirmId, ...]:
        """The answer of a store that looks at its firms one by one."""
        after = self.after or ""
        found = (it for it in sorted(firms) if it > after and (self.task is None or self._is_found(begin(it))))
        return tuple(islice(found, self.limit))

    def _is_found(self, transaction: StoreTransaction) -> bool:
        """Whether there is something to do in the firm of a transaction."""
        with closing(transaction):
            if self.task is FirmTask.MAIL:
                return bool(transaction.read_outbox(self.now, 1))
            if self.task is FirmTask.REFILLS:
                clients = transaction.read_index(IndexQuery(CLIENTS, ALL))
                accounts = (transaction.read_entity(Account, it.entity.id) for it in clients)
                return any(it is not None and it.entity.blocks_due for it in accounts)
            asked = (transaction.read_index(IndexQuery(INVOICES_IN_STATUS, it)) for it in AWAITED)
            return any(it.entity.is_late(self.latest_day) for several in asked for it in several)


ALL_FIRMS: Final = FirmsQuery()


class Storage(Protocol):
    """A place where the books of firms are stored. No firm can read or change the data of another one."""

    def begin(self, firm_id: FirmId) -> StoreTransaction:
        """A transaction on one firm. The firm comes into being when its Firm entity is committed."""

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> Sequence[FirmId]:
        """The firms that are stored here, in the order of their ids, and perhaps only those with a task; one request to
        the store answers for all of them."""


class Replica(Protocol):
    """A copy of a storage that follows it, and may be behind. It is only read."""

    def begin(self, firm_id: FirmId) -> StoreTransaction:
        """A transaction on one firm, in which nothing is committed."""

    def as_of(self) -> datetime:
        """The instant of the last commit that has arrived here. All that was committed before it has arrived too."""


@runtime_checkable
class HasReplica(Protocol):
    """A `Storage` that may have a replica, which then answers queries."""

    @property
    def replica(self) -> Replica | None:
        """The replica, None if there is none."""


@runtime_checkable
class Joins(Protocol):
    """A `Storage` that can work inside a transaction which a host began on a connection of its own."""

    def joined(self, connection: object) -> Storage:
        """The same data inside the open transaction of a connection. Units of work that are committed there stand when
        the host commits. A conflict that cannot be settled inside is TransactionConflict; InvalidState if there is no
        transaction, and afterwards when it has ended."""


@runtime_checkable
class IsJoined(Protocol):
    """A `Storage` inside a host's transaction."""

    def check_joined(self) -> None:
        """InvalidState unless that transaction goes on."""
