"""What must a store of any kind promise, so that money can be kept in it?

`Storage` has one door, `begin`, which opens a `UnitOfWork` on one firm. Everything the library does goes through the
few methods below; a host that brings its own store writes those and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Generic, Protocol, Self, TypeVar

from attrs import field, frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.model.client import Client
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.values.ids import FirmId, PersonId
from invoicecore.values.logo import Logo
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import Action, DocumentedEnum


@frozen
class Change:
    """One thing that a command changed: of which kind, which one, and its version before and after. Version 0 is
    before it was made; an `after` of 0 says that it is gone."""

    kind: str
    id: str
    before: int
    after: int


unchecked_change: Final = unchecked(Change)


@frozen
class AuditRecord:
    """Who did what, when, and why, and everything it changed. There is one for every command that changed anything."""

    id: str
    at: datetime
    by: PersonId
    action: Action
    changes: tuple[Change, ...]
    reason: str = ""


unchecked_audit_record: Final = unchecked(AuditRecord)


@frozen
class IdempotencyRecord:
    """What an idempotency key stands for: a digest of the request and the result it had, which is one of the
    library's values, a tuple of them, or None."""

    key: str
    request: str
    result: object


Entity = Firm | Logo | Person | Login | Client | Account | Project | WorkSession | Timer | Invoice | Payment
"""What is stored under an id and may change: each has a version that storage counts from 1."""

Fact = LedgerEntry | StatusChange | AuditRecord
"""What is appended once and never changes."""

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)


def id_of(entity: Entity) -> str:
    """The id under which an entity is stored; an account has that of its client, a login that of its person."""
    if isinstance(entity, Account):
        return entity.client_id
    return entity.person_id if isinstance(entity, Login) else entity.id


@frozen
class Index(Generic[S]):
    """A way to list what is stored: everything of a kind for which `keys` gives the key, in the order of `order`.

    `order` gives a tuple that is different for any two things under one key. A store may follow the two functions, or
    know each index by its name and answer by its own means.
    """

    name: str
    of: type[S]
    keys: Callable[[S], tuple[str, ...]] = field(eq=False)
    order: Callable[[S], tuple[Any, ...]] = field(eq=False)


ALL = ""
"""The one key of an index that lists everything of a kind."""


def _by_id(thing: Any) -> tuple[Any, ...]:
    return (thing.id,)


def _by_start(thing: Any) -> tuple[Any, ...]:
    return (thing.start, thing.id)


PEOPLE = Index("people", Person, lambda it: (ALL,), _by_id)
CLIENTS = Index("clients", Client, lambda it: (ALL,), _by_id)
PROJECTS = Index("projects", Project, lambda it: (ALL,), _by_id)
PROJECTS_OF_CLIENT = Index("projects_of_client", Project, lambda it: (it.client_id,), _by_id)
SESSIONS = Index("sessions", WorkSession, lambda it: (ALL,), _by_start)
SESSIONS_OF_CLIENT = Index("sessions_of_client", WorkSession, lambda it: (it.client_id,), _by_start)
SESSIONS_OF_PROJECT = Index("sessions_of_project", WorkSession, lambda it: (it.project_id,), _by_start)
SESSIONS_OF_PERSON = Index("sessions_of_person", WorkSession, lambda it: (it.person_id,), _by_start)
TIMERS = Index("timers", Timer, lambda it: (ALL,), _by_start)
INVOICES = Index("invoices", Invoice, lambda it: (ALL,), _by_id)
INVOICES_OF_CLIENT = Index("invoices_of_client", Invoice, lambda it: (it.client_id,), _by_id)
INVOICES_IN_STATUS = Index("invoices_in_status", Invoice, lambda it: (it.status,), _by_id)
PAYMENTS_OF_CLIENT = Index("payments_of_client", Payment, lambda it: (it.client_id,), _by_id)
PAYMENTS_ON_INVOICE = Index(
    "payments_on_invoice", Payment, lambda it: tuple(part.invoice_id for part in it.applied), _by_id
)
CREDIT_OF_CLIENT = Index(
    "credit_of_client", Payment, lambda it: (it.client_id,) if it.unapplied_minor else (), lambda it: (it.id,)
)
ENTRIES_OF_CLIENT = Index(
    "entries_of_client", LedgerEntry, lambda it: (it.client_id,), lambda it: (it.booked_at, it.sequence)
)
HISTORY_OF_INVOICE = Index("history_of_invoice", StatusChange, lambda it: (it.invoice_id,), lambda it: (it.sequence,))
AUDIT = Index("audit", AuditRecord, lambda it: (ALL,), _by_id)

INDEXES: tuple[Index[Any], ...] = (
    PEOPLE,
    CLIENTS,
    PROJECTS,
    PROJECTS_OF_CLIENT,
    SESSIONS,
    SESSIONS_OF_CLIENT,
    SESSIONS_OF_PROJECT,
    SESSIONS_OF_PERSON,
    TIMERS,
    INVOICES,
    INVOICES_OF_CLIENT,
    INVOICES_IN_STATUS,
    PAYMENTS_OF_CLIENT,
    PAYMENTS_ON_INVOICE,
    CREDIT_OF_CLIENT,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    AUDIT,
)
"""Every way in which the library lists anything."""


class UniqueKind(DocumentedEnum):
    """What can be claimed once."""

    NUMBER = "number", "An invoice number; claimed for ever."
    SESSION = "session", "A work session; claimed by the invoice that holds it, until reverted or voided."
    EMAIL = "email", "An e-mail address; claimed by the person who signs in with it."
    TIMER = "timer", "A person; claimed by the timer that they run."
    IMPORT = "import", "What an entry is called where it comes from; claimed for ever by the session it became."


class UnitOfWork(Protocol):
    """All or nothing, on one firm: a context manager; leaving it without `commit` leaves nothing.

    It reads its own writes; others see them only after commit. What it hands out is private to whoever asked. Any
    method may raise one of the four storage errors and no other. A conflict may come at any call, and which of two
    units is refused is the store's choice; one that lets a unit wait for another gives up after a while, with
    ConcurrencyConflict.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def get(self, kind: type[E], id: str) -> E | None:
        """The entity, or None. Its version is remembered: if somebody else changes the entity before this unit
        commits a `put` of it, the commit raises ConcurrencyConflict."""

    def put(self, entity: Entity) -> Change:
        """Store an entity as it now is. One that this unit did not get must not exist yet."""

    def remove(self, kind: type[E], id: str) -> Change:
        """Forget an entity that this unit got: a draft thrown away, a timer that ended. Its id never comes again."""

    def append(self, fact: Fact) -> None:
        """Add to a stream. There is no way to change or remove what was appended. Two units that append an entry of
        one client with the same sequence, or a step of one invoice, never both commit."""

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

        `after` and `before` are exclusive bounds on the order tuple, compared as tuples are, so that a leading part
        of it is a bound too. Texts are in the order of their code points.
        """

    def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
        """Claim keys for a holder. UniqueViolation, now or at commit, if another holds one of them."""

    def release(self, scope: UniqueKind, keys: Iterable[str]) -> None:
        """Give claims up."""

    def holders(self, scope: UniqueKind, keys: Iterable[str]) -> Mapping[str, str]:
        """Who holds which of the keys; those that are free are not in it."""

    def take(self, counter: str) -> int:
        """The next value of a counter that starts at 1. It is taken when this unit commits: no value is lost by one
        that does not, and no two units get the same."""

    def peek(self, counter: str) -> int:
        """The value that `take` would give, without taking it."""

    def advance_to(self, counter: str, to: int) -> None:
        """Let the counter go on at a value that is not below its next."""

    def remember(self, remembered: IdempotencyRecord) -> None:
        """Keep what an idempotency key stands for. If another unit kept the key meanwhile, the commit raises
        ConcurrencyConflict."""

    def recall(self, key: str) -> IdempotencyRecord | None:
        """What an idempotency key stands for, with a result equal to the one remembered."""

    def send(self, message: Message) -> None:
        """Put a message in the outbox; it is there exactly when this unit is committed."""

    def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
        """Messages to hand over, the oldest first: not leased by anybody else at `now`, and then leased `until`. Two
        units that lease at once share them out, or one of them conflicts."""

    def acknowledge(self, message_id: str) -> None:
        """Take a message out of the outbox: it was handed over."""

    def nack(self, message_id: str) -> None:
        """End the lease of a message that could not be handed over."""

    def commit(self) -> None:
        """Make all of it stand, at once. CommitUnknown if the answer was lost."""


class Storage(Protocol):
    """A place where firms keep their books. A firm's data cannot be reached from another's."""

    def begin(self, firm_id: FirmId) -> UnitOfWork:
        """A unit of work on one firm. The firm comes into being by committing its Firm entity."""

    def firms(self) -> Sequence[FirmId]:
        """The firms that are kept here."""
