"""`Billing`, the entry point of a host: it connects a firm with its ports and makes a `Desk` for each person."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Self, TypeVar
from uuid import UUID, uuid5

from attrs import define, evolve

from invoicecore.adapters.argon2 import Argon2Passwords
from invoicecore.adapters.clock import SystemClock
from invoicecore.delivery import LEASE, Delivery, FirmOutbox, check_arguments, summed
from invoicecore.desk import Desk
from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import Executor, KeyedRequest, keyed, retry
from invoicecore.desk.sign_in import SignIn
from invoicecore.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    InvalidState,
    NotFound,
    StorageUnavailable,
    TransactionConflict,
)
from invoicecore.lifecycle.numbering import known_pattern
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.clock import Clock, time_by
from invoicecore.ports.notifier import Notifier
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.ports.store import (
    AuditRecord,
    FirmsQuery,
    FirmTask,
    IdempotencyRecord,
    IsJoined,
    Joins,
    Storage,
    UniqueKind,
    WaitingMessage,
)
from invoicecore.ports.tax_decider import TaxDecider
from invoicecore.ports.throttle import Throttle
from invoicecore.storage.conflicts import asks_to_run_again
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.emails import mail_address
from invoicecore.values.extras import EXTRAS
from invoicecore.values.ids import FirmId, IdSource, PersonId, TimeOrderedIds
from invoicecore.values.inputs import short_repr
from invoicecore.values.plain_data import digest
from invoicecore.vocabulary import Action, Role

if TYPE_CHECKING:
    from invoicecore.integrity.laws import IntegrityReport
    from invoicecore.storage.sql import SqlStorage

R = TypeVar("R")

_FIRMS_BY_KEY = UUID("6f1c7f5e-6a53-4ea0-9d3a-0c7d0e4b8f21")
_PORTS = 9  # what the makers below give


@define(eq=False, repr=False, slots=False)
class Billing:
    """One firm's billing. Made by `in_memory`, `create` or `open`; safe to share between threads if its ports are."""

    _storage: Storage
    firm_id: FirmId
    _owner_id: PersonId
    _clock: Clock
    _ids: IdSource
    _notifier: Notifier | None
    _passwords: PasswordHasher
    _throttle: Throttle | None
    _tax_decider: TaxDecider | None
    _on_close: Callable[[], None] | None = None

    def __new__(cls, *ports: object, **named: object) -> Self:
        """TypeError for a host that calls the class, which is for the makers below."""
        if len(ports) + len(named) < _PORTS:
            raise TypeError(
                "Make a billing by Billing.in_memory(firm) or Billing.create(storage, firm); open one by "
                "Billing.open(storage)."
            )
        return super().__new__(cls)

    def __repr__(self) -> str:
        return f"<Billing of {self.firm_id} in {self._storage!r}>"

    @classmethod
    def in_memory(
        cls,
        firm: Firm,
        owner: Person | None = None,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        notifier: Notifier | None = None,
        passwords: PasswordHasher | None = None,
        throttle: Throttle | None = None,
        tax_decider: TaxDecider | None = None,
    ) -> Self:
        """A firm whose books last as long as the process: for tests, trials and one-off computations."""
        return cls.create(
            MemoryStorage(),
            firm,
            owner,
            clock=clock,
            ids=ids,
            notifier=notifier,
            passwords=passwords,
            throttle=throttle,
            tax_decider=tax_decider,
        )

    @classmethod
    def create(
        cls,
        storage: Storage | str,
        firm: Firm,
        owner: Person | None = None,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        notifier: Notifier | None = None,
        passwords: PasswordHasher | None = None,
        throttle: Throttle | None = None,
        tax_decider: TaxDecider | None = None,
        idempotency_key: str | None = None,
    ) -> Self:
        """Make a new firm in a store, with its first Manager: `Person(name=…, role=Role.MANAGER)`, or one called Owner.
        Done once; afterwards `open` it. With an `idempotency_key`, the same call again, after its answer was lost,
        opens the firm that was made; another call with that key is IdempotencyKeyReused.

        The store may be given as the URL of a database, such as `sqlite:///books.db`; its tables are made where there
        are none. SchemaMismatch if they are of another version: `upgrade()` them on purpose, because they may hold
        other firms.
        Without `passwords`, Argon2 hashes them (extra `auth`); without `throttle`, attempts to sign in are not limited;
        without `tax_decider`, tax codes are those of projects, clients and the firm.
        """
        clock, ids = clock or SystemClock(), ids or TimeOrderedIds()
        inputs.instance("firm", firm, Firm)
        owner = Person(name="Owner", role=Role.MANAGER) if owner is None else inputs.instance("owner", owner, Person)
        if owner.role is not Role.MANAGER or owner.archived:
            raise InvalidInput("The first person of a firm must be a manager; nobody else could add the others.")
        inputs.optional(owner.email, mail_address)
        known_pattern(firm.number_pattern)
        if firm.tax is not None and not firm.knows_tax(firm.tax):
            raise NotFound("tax code", firm.tax)
        if firm.logo is not None:
            raise InvalidInput("A new firm has no logo yet; give it one by `desk.firm.set_logo`.")
        request = keyed(idempotency_key, cls.create, firm=firm, owner=owner)
        # The same key leads to the same firm, in every storage.
        firm_id = FirmId(ids() if request is None else str(uuid5(_FIRMS_BY_KEY, request.key)))
        storage, on_close = reached(storage, makes_tables=True)
        made = evolve(firm, id=firm_id, owner_id=PersonId(ids()))
        at, audit_id = time_by(clock), ids()
        with _let_go_on_error(on_close):
            owner_id = retry(_create, storage, made, owner, at, audit_id, request, repeatable=request is not None)
        passwords = passwords or Argon2Passwords()
        return cls(storage, firm_id, owner_id, clock, ids, notifier, passwords, throttle, tax_decider, on_close)

    @classmethod
    def open(
        cls,
        storage: Storage | str,
        firm_id: FirmId | None = None,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        notifier: Notifier | None = None,
        passwords: PasswordHasher | None = None,
        throttle: Throttle | None = None,
        tax_decider: TaxDecider | None = None,
    ) -> Self:
        """Open a firm of a store; without `firm_id`, its only one. NotFound if it is not there, InvalidInput if the
        store has several and none is named.

        The store may be given as the URL of a database. SchemaMismatch if its tables are not those of this version.
        """
        storage, on_close = reached(storage)
        with _let_go_on_error(on_close):
            if firm_id is None:
                firm_id = _only(storage.firms())
            looked_up = FirmId(inputs.id("The id of a firm", firm_id))
            with UnitOfWork(storage, looked_up) as uow:
                firm = uow.get(Firm, looked_up)
            if firm is None:
                raise NotFound("firm", firm_id)
        clock, ids = clock or SystemClock(), ids or TimeOrderedIds()
        passwords = passwords or Argon2Passwords()
        return cls(storage, firm.id, firm.owner_id, clock, ids, notifier, passwords, throttle, tax_decider, on_close)

    def joined(self, connection: object) -> Self:
        """The same billing inside the transaction that is open on a connection of the host's: a Connection or Session
        of SQLAlchemy, a connection of sqlite3 or psycopg 3, or Django's. What it writes stands when the host commits,
        and is gone when the host rolls back; it commits nothing itself.

        Of one thread and one transaction: afterwards it raises InvalidState. A conflict that cannot be settled inside
        is TransactionConflict; `retry_transaction` runs the whole transaction again. InvalidState also where the store
        cannot work inside a host's transaction.
        """
        if not isinstance(self._storage, Joins):
            raise InvalidState(
                f"{type(self._storage).__name__} has no transactions of a host; only books in SQLite or PostgreSQL can "
                f"be changed inside one."
            )
        return evolve(self, storage=self._storage.joined(connection), on_close=None)

    @property
    def storage(self) -> Storage:
        """The storage that holds the books."""
        return self._storage

    @property
    def clock(self) -> Clock:
        """The clock that this billing uses."""
        return self._clock

    def close(self) -> None:
        """Close a database that was opened by its URL; it is opened again when it is next used. A storage that was
        given is the host's, and stays as it is. Leaving a `with` block closes as well."""
        if self._on_close is not None:
            self._on_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def as_owner(self) -> Desk:
        """The desk of the Manager who was made with the firm. PersonArchived if they are archived."""
        return self.acting_as(self._owner_id)

    def as_system(self, name: str) -> Desk:
        """The desk of a job of the host, such as "nightly": it may do everything, and what it does is recorded under
        this name. Behind it stands a manager of that name who is archived from the beginning, so that nobody signs in
        as them, and who acts all the same, whoever else is archived."""
        known = inputs.name("The name of a job", name)
        id = PersonId(str(uuid5(_FIRMS_BY_KEY, f"{self.firm_id} {known}")))
        executor = self._executor(id, is_system=True)
        job = Person(id=id, name=known, role=Role.MANAGER, archived=True)
        retry(_add_job, self._storage, self.firm_id, job, self._clock, self._ids, repeatable=True)
        return Desk(executor)

    def acting_as(self, person_id: str, *, signed_in: bool = False) -> Desk:
        """The desk of a person who is signed in with the host. NotFound or PersonArchived if they cannot act.

        With `signed_in=True` the host has just signed them in, which is recorded. Role and assignments are read anew in
        each unit of work, so what changes holds at once.
        """
        looked_up = inputs.id("The id of a person", person_id)
        if looked_up != person_id:
            raise NotFound("person", person_id)
        executor = self._executor(PersonId(looked_up))
        if inputs.yes_or_no("signed_in", signed_in):
            executor.write(Action.SIGN_IN, _record_sign_in)
        else:
            executor.read_primary(lambda unit: None)
        return Desk(executor)

    def sign_in(self, email: str, password: str, *, address: str | None = None) -> Desk:
        """The desk of whoever has this e-mail and password; that they signed in is recorded. `address` is their network
        address, as the host knows it; without it, nobody can sign in who may do so from some addresses only.

        SignInRefused says the same, at the same cost, whatever was wrong. SignInThrottled if the throttle of this
        billing allows no attempt now.
        """
        sign_in = SignIn(self._storage, self.firm_id, self._clock, self._ids, self._passwords, self._throttle)
        return Desk(self._executor(sign_in.person(email, password, address)))

    def _executor(self, person_id: PersonId, *, is_system: bool = False) -> Executor:
        ports = (self._clock, self._ids, self._passwords)
        return Executor(self._storage, self.firm_id, person_id, *ports, is_system, self._tax_decider)

    def deliver(self, limit: int = 1000, *, lease: timedelta = LEASE) -> Delivery:
        """Hand the messages that wait to the notifier, the oldest first; nothing is sent before this is called. Without
        a notifier they go on waiting.

        Each is handed over at least once, always with the same id, and by one process at a time, if the notifier is
        done with it within the `lease`. One that the notifier refuses holds no other up. It comes again after a minute,
        then after two, four and so on; after ten tries it rests in `undelivered`. InvalidState inside a host's
        transaction: deliver after the commit.
        """
        check_arguments(limit, lease)
        _refuse_joined(self._storage)
        if self._notifier is None:
            return Delivery(0, {})
        return summed(self._outbox().deliver(self._notifier, limit, lease))

    def undelivered(self) -> tuple[WaitingMessage, ...]:
        """The messages that were refused ten times and rest, the oldest first, each with the kind of its last error."""
        return self._outbox().resting()

    def redeliver(self, message_id: str) -> None:
        """Let a message of `undelivered` go out with the next delivery. NotFound if none of that id rests."""
        self._outbox().send_again(message_id)

    def _outbox(self) -> FirmOutbox:
        return FirmOutbox(self._storage, self.firm_id, self._clock)

    def verify(self, *, limit: int = 100, progress: Callable[[int], None] | None = None) -> "IntegrityReport":
        """Work out anew everything that is stored of the firm, and say what does not fit; nothing is changed.

        At most `limit` findings are returned, and all are counted. `progress` is called from time to time with the
        number of records checked. Others may work meanwhile: a storage that gives archives is read as of one moment.
        """
        from invoicecore.integrity.verifier import verify_books  # of many modules, which nothing else needs

        if type(limit) is not int or limit < 1:
            raise InvalidInput(f"limit must be a whole number above zero, not {short_repr(limit)}.")
        return verify_books(self._storage, self.firm_id, limit=limit, progress=progress)


def deliver_all(
    storage: Storage | str,
    notifier: Notifier,
    *,
    limit: int = 1000,
    lease: timedelta = LEASE,
    clock: Clock | None = None,
) -> dict[FirmId, Delivery]:
    """Deliver for every firm of a store that has mail, so many messages of each at most; how it went for each of them.

    One question tells which firms these are. They take turns, one message each, so that none waits for another.
    """
    check_arguments(limit, lease)
    if not callable(getattr(notifier, "notify", None)):
        raise InvalidInput(f"A notifier has a method `notify`; {short_repr(notifier)} has none.")
    clock = clock or SystemClock()
    storage, on_close = reached(storage)
    _refuse_joined(storage)
    try:
        firms = storage.firms(FirmsQuery(task=FirmTask.MAIL, now=time_by(clock)))
        outboxes = [FirmOutbox(storage, firm_id, clock).deliver(notifier, limit, lease) for firm_id in firms]
        turns = zip_longest(*outboxes)
        return {firm_id: summed(went) for firm_id, went in zip(firms, zip(*turns, strict=True), strict=False)}
    finally:
        if on_close is not None:
            on_close()


def retry_transaction(transaction: Callable[[], R], *, attempts: int = 10) -> R:
    """Run a function of the host, which begins a transaction, joins it and commits, and return its result. When a
    conflict ends it, TransactionConflict or what the database says at the host's own statements and commit, it is run
    again, at most `attempts` times in all. Then the last error is raised."""
    for attempt in range(1, attempts):
        try:
            return transaction()
        except Exception as conflict:
            if not isinstance(conflict, TransactionConflict) and not asks_to_run_again(conflict):
                raise
        time.sleep(random.uniform(0, 0.01 * 2 ** min(attempt, 5)))
    return transaction()


def _refuse_joined(storage: Storage) -> None:
    if isinstance(storage, IsJoined):
        raise InvalidState(
            "Messages are delivered after the commit, because nobody can take them back. Call deliver() of the billing "
            "that was joined, when the transaction has ended."
        )


def _record_sign_in(context: CommandContext) -> None:
    context.put(evolve(context.login(context.actor), last_sign_in=context.stamp.at))


def database(url: str) -> "SqlStorage":
    """The books in the database at a URL. InvalidInput for what is no such URL, StorageUnavailable where the extra that
    it needs is not installed."""
    try:
        from invoicecore.storage.sql import SqlStorage

        return SqlStorage.at(url)
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library not in EXTRAS:
            raise
        how = f"pip install 'invoicecore[{EXTRAS[library]}]'"
        raise StorageUnavailable(f"Books in this database need {library}; install it with: {how}") from missing


def reached(storage: Storage | str, *, makes_tables: bool = False) -> tuple[Storage, Callable[[], None] | None]:
    """The store, and how to let go of it if it is a database that was opened here, by its URL."""
    if not isinstance(storage, str):
        return storage, None
    opened = database(storage)
    if makes_tables and opened.schema_version() is None:
        opened.upgrade()
    return opened, opened.close


@contextmanager
def _let_go_on_error(on_close: Callable[[], None] | None) -> Iterator[None]:
    """Let go of a database that was opened here, if nobody gets to use it."""
    try:
        yield
    except BaseException:
        if on_close is not None:
            on_close()
        raise


def _only(firms: Sequence[FirmId]) -> FirmId:
    if len(firms) == 1:
        return firms[0]
    if not firms:
        raise NotFound("firm", None)
    raise InvalidInput(f"There are {len(firms)} firms here; say which by its id. `storage.firms()` lists them.")


def _add_job(storage: Storage, firm_id: FirmId, job: Person, clock: Clock, ids: IdSource) -> None:
    with UnitOfWork(storage, firm_id) as uow:
        if uow.get(Person, job.id) is None:
            made, at = uow.put(job), time_by(clock)
            uow.check_clock(at)
            uow.append(AuditRecord(ids(), at, job.id, Action.ADD_PERSON, (made,)))
            uow.commit()


def _create(
    storage: Storage, firm: Firm, owner: Person, at: datetime, audit_id: str, request: KeyedRequest | None
) -> PersonId:
    """Write a new firm and its owner, whose id it names; the id of the owner, who is there already if the same was
    requested before."""
    key = "" if request is None else f"Billing.create {request.key}"
    asked = "" if request is None else digest(1, [key, request.arguments])
    with UnitOfWork(storage, firm.id) as uow:
        there = uow.get(Firm, firm.id)
        if there is not None:
            stored = uow.find_idempotency_record(key)
            if stored is None or stored.request != asked:
                raise IdempotencyKeyReused("The idempotency key was used for another firm; take a new one.")
            return there.owner_id
        uow.check_clock(at)
        made = (uow.put(firm), uow.put(evolve(owner, id=firm.owner_id)))
        if owner.email is not None:
            uow.reserve(UniqueKind.EMAIL, (owner.email,), firm.owner_id)
        uow.append(AuditRecord(audit_id, at, firm.owner_id, Action.CHANGE_FIRM, made))
        if request is not None:
            uow.save_idempotency_record(IdempotencyRecord(key, asked, None))
        uow.commit()
    return firm.owner_id
