"""Every command that writes, and a prepared firm in which each is accepted."""

import inspect
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from types import CodeType
from typing import Any
from unittest.mock import patch

from attrs import evolve, frozen

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.desk import Desk, executor
from invoicecore.desk.executor import Executor
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.charge import NewExpense
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.model.work_session import NewWorkSession
from invoicecore.ports.store import Storage
from invoicecore.storage import memory
from invoicecore.storage.memory import MemoryStorage
from invoicecore.testing import QuickPasswords
from invoicecore.testing.instrumented_storage import BEGIN, COMMIT
from invoicecore.testing.pictures import png
from invoicecore.values.calendar import Period, utc
from invoicecore.values.ids import ClientId, CountingIds, FirmId, IdSource, PersonId, ProjectId
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Cover, Debt, Deposit, Overpayment, Role, TaxCategory
from tests.books import SOURCES
from tests.world import subjects

_NOON = utc(2026, 3, 2, 12)
_NEXT_RATE = utc(2027, 1, 1)
_ONE = utc(2026, 3, 2, 13)
_MARCH = Period.month(2026, 3)
_EARLIER = date(2026, 2, 20)
_SECRET = "as long as it is secret"


def _usd(amount: int) -> Money:
    return Money.of(amount, "USD")


def _hourly(amount: int) -> Rate:
    return Rate.hourly(amount, "USD")


def _terms(allowed: int, refill_at: int) -> Terms:
    return Terms(allowed_balance=_usd(allowed), refill=Refill(threshold=_usd(refill_at), rate=_hourly(50), hours=20))


@frozen
class StorageKind:
    """Where the firm of the scene is kept: how an empty storage is made, and how one with the same books, on which
    nothing is done meanwhile."""

    new: Callable[[], Storage]
    copied: Callable[[Any], Storage]


@frozen(kw_only=True)
class PreparedFirm:
    """A firm in which every command can be given, and the ids of what they are given on.

    Acme is stopped at −$1,500 and asked for $1,000 at −$1,000. It stands at −$1,350, so the next four hours are the
    last; a refill is due, because the one that was asked for was voided; and $50 of credit is in hand.
    """

    storage_kind: StorageKind
    storage: Storage
    firm: FirmId
    clock: SettableClock
    maria: PersonId  # who gives the commands; a manager, as Mona is
    mona: PersonId
    lee: PersonId  # a worker on the site
    kim: PersonId  # a worker
    cleo: PersonId  # who reads for Acme
    acme: str
    site: str
    session: str  # eight hours on the site, which no invoice holds
    draft: str  # shows the session
    invoice: str  # generated, of $100, for two hours of work that it holds
    late: str  # of $100, due, past its due date, $40 of it paid
    payment: str  # those $40
    timer: str  # has run for two hours
    expense: str  # waits for its price
    number: str  # what the next invoice will be called

    def desk(self, storage: Storage, ids: IdSource) -> Desk:
        """Maria's desk, on a storage that keeps this firm."""
        return Desk(Executor(storage, self.firm, self.maria, self.clock, ids, QuickPasswords()))

    def sourced(self, source: str) -> NewWorkSession:
        """An hour of Lee's work that comes from elsewhere."""
        return NewWorkSession(project_id=ProjectId(self.site), person_id=self.lee, start=_NOON, hours=1, source=source)

    def copied(self) -> "PreparedFirm":
        """The same firm in a storage of its own."""
        return evolve(self, storage=self.storage_kind.copied(self.storage))


@cache
def _scene(storage_kind: StorageKind) -> PreparedFirm:
    """The firm as it is before any command; only ever copied."""
    storage, clock, ids = storage_kind.new(), SettableClock(_NOON), CountingIds()
    firm = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago", contact="1 Main St")
    owner, passwords = Person(name="Maria", role=Role.MANAGER), QuickPasswords()
    billing = Billing.create(storage, firm, owner, clock=clock, ids=ids, passwords=passwords)
    maria = billing.as_owner()
    mona = maria.people.add(name="Mona", role=Role.MANAGER).id
    lee = maria.people.add(name="Lee", role=Role.WORKER, email="lee@northwind.example", password=_SECRET).id
    maria.people.set_password(maria.person_id, _SECRET)
    kim = maria.people.add(name="Kim", role=Role.WORKER).id
    acme = maria.clients.add(name="Acme", terms=_terms(-1500, -1000)).id
    cleo = maria.people.add(name="Cleo", role=Role.CONTACT, client_id=acme).id
    site = maria.projects.add(client_id=acme, name="Website", rate=_hourly(50)).id
    maria.projects.set_rate(site, _hourly(60), since=_NEXT_RATE)
    maria.projects.assign(site, lee)
    timer = billing.acting_as(lee).work.start(site).id

    paid = maria.invoices.manual(acme, _usd(100), deposit=Deposit.TO_BALANCE).id
    maria.payments.record(paid, _usd(150), overpayment=Overpayment.TO_CREDIT)
    maria.work.log(site, start=_NOON, hours=2)
    invoice = maria.invoices.generate(maria.invoices.draft(acme, _MARCH, cover=Cover.NOTHING).id).id
    before: dict[str, Any] = {"issued_on": _EARLIER, "due_on": _EARLIER, "out_of_order": True}
    late = maria.invoices.manual(acme, _usd(100), deposit=Deposit.NOT_DEPOSITED, **before).id
    payment = maria.payments.record(late, _usd(40)).payment.id
    session = maria.work.log(site, start=_NOON, hours=8).id
    maria.accounts.adjust(acme, _usd(-1000), reason="From the old system")
    refill = maria.invoices.of(acme)[-1].id
    maria.invoices.void(refill, note="Asked too early")
    draft = maria.invoices.draft(acme, _MARCH).id
    clock.advance(timedelta(hours=2))
    return PreparedFirm(
        storage_kind=storage_kind,
        storage=storage,
        firm=billing.firm_id,
        clock=clock,
        maria=maria.person_id,
        mona=mona,
        lee=lee,
        kim=kim,
        cleo=cleo,
        acme=acme,
        site=site,
        session=session,
        draft=draft,
        invoice=invoice,
        late=late,
        payment=payment,
        timer=timer,
        expense=maria.charges.expense(acme, date(2026, 3, 2), note="Train").id,
        number=f"INV-2026-{maria.firm.next_number():04}",
    )


class AttemptIds:
    """Ids by which attempts of one command can be compared: those of an attempt that was not committed come again in
    the next, so what stands in the end has the same ids whatever came in between."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept = 0
        self._count = 0

    def __call__(self) -> str:
        """The next id of this attempt."""
        self._count += 1
        return f"{self._name}{self._count:03}"

    def observe(self, call: str) -> None:
        """Take note of a call to storage that was made."""
        if call == BEGIN:
            self._count = self._kept
        elif call == COMMIT:
            self._kept = self._count


Key = Mapping[str, Any]
"""An idempotency key as an argument, or no argument at all."""


@frozen
class Command:
    """A command of the Desk with arguments with which it is accepted in the scene, once `before` was done there."""

    name: str
    give: Callable[[Desk, PreparedFirm, Key], object]
    before: Callable[[Desk, PreparedFirm], object] | None = None
    how: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.how})" if self.how else self.name

    @property
    def takes_key(self) -> bool:
        """Whether it can be given with an idempotency key."""
        subject, method = self.name.split(".")
        return "idempotency_key" in inspect.signature(getattr(subjects(Desk(_NO_EXECUTOR))[subject], method)).parameters

    def given(self, desk: Desk, scene: PreparedFirm, key: str | None = None) -> object:
        """What the command gives."""
        return self.give(desk, scene, {} if key is None else {"idempotency_key": key})


_NO_EXECUTOR: Any = type("NoOffice", (), {"actor_id": ""})()  # enough to look at a desk


@contextmanager
def without_backoff() -> Iterator[None]:
    """A command that has to run again does so at once."""
    with patch.object(executor, "_LONGEST_PAUSE", 0):
        yield


def prepared(*commands: Command, storage_kind: StorageKind | None = None) -> PreparedFirm:
    """The scene in which the commands can be given, kept in memory if nothing else is said."""
    scene = _scene(storage_kind or IN_MEMORY).copied()
    ids = CountingIds()
    for before in dict.fromkeys(command.before for command in commands):
        if before is not None:
            before(scene.desk(scene.storage, lambda: f"x{ids()}"), scene)
    return scene


COMMANDS = (
    Command("work.log", lambda desk, at, key: desk.work.log(at.site, start=_NOON, hours=4, **key)),
    Command(
        "work.import_many",
        lambda desk, at, key: desk.work.import_many(
            [
                NewWorkSession(project_id=ProjectId(at.site), person_id=person, start=_NOON, hours=1)
                for person in (at.lee, at.kim)
            ],
            **key,
        ),
    ),
    Command(
        "work.import_many",
        lambda desk, at, key: desk.work.import_many([at.sourced(SOURCES[0]), at.sourced(SOURCES[1])], **key),
        lambda desk, at: desk.work.import_many([at.sourced(SOURCES[0])]),
        how="partly known",
    ),
    Command(
        "work.import_many",
        lambda desk, at, key: desk.work.import_many(
            [evolve(at.sourced(SOURCES[0]), hours=2), at.sourced(SOURCES[1])], update=True, **key
        ),
        lambda desk, at: desk.work.import_many([at.sourced(SOURCES[0])]),
        how="changed since",
    ),
    Command("work.start", lambda desk, at, key: desk.work.start(at.site, **key)),
    Command("work.stop", lambda desk, at, key: desk.work.stop(at.timer, **key)),
    Command("work.discard", lambda desk, at, key: desk.work.discard(at.timer, **key)),
    Command("work.edit", lambda desk, at, key: desk.work.edit(at.session, hours=10, **key)),
    Command("work.edit", lambda desk, at, key: desk.work.edit(at.session, start=_ONE, **key), how="moved"),
    Command("work.delete", lambda desk, at, key: desk.work.delete(at.session, **key)),
    Command(
        "charges.expense",
        lambda desk, at, key: desk.charges.expense(at.acme, date(2026, 3, 2), price=_usd(80), receipt=png(), **key),
    ),
    Command(
        "charges.import_many",
        lambda desk, at, key: desk.charges.import_many(
            [NewExpense(client_id=ClientId(at.acme), day=date(2026, 3, 2), price=_usd(80), source="card:1")], **key
        ),
    ),
    Command("charges.fee", lambda desk, at, key: desk.charges.fee(at.acme, date(2026, 3, 2), _usd(70), **key)),
    Command("charges.allow", lambda desk, at, key: desk.charges.allow(at.acme, percent=10, period=_MARCH, **key)),
    Command("charges.edit", lambda desk, at, key: desk.charges.edit(at.expense, amount=_usd(90), **key)),
    Command("charges.delete", lambda desk, at, key: desk.charges.delete(at.expense, **key)),
    Command("clients.add", lambda desk, at, key: desk.clients.add(name="Globex", terms=_terms(-100, 0), **key)),
    Command("clients.change", lambda desk, at, key: desk.clients.change(at.acme, name="Acme Ltd")),
    Command("clients.set_terms", lambda desk, at, key: desk.clients.set_terms(at.acme, _terms(-1350, -500), **key)),
    Command("clients.archive", lambda desk, at, key: desk.clients.archive(at.acme)),
    Command(
        "clients.restore",
        lambda desk, at, key: desk.clients.restore(at.acme),
        lambda desk, at: desk.clients.archive(at.acme),
    ),
    Command("accounts.adjust", lambda desk, at, key: desk.accounts.adjust(at.acme, _usd(-200), reason="Fee", **key)),
    Command(
        "accounts.correct_booking_days",
        lambda desk, at, key: desk.accounts.correct_booking_days(
            at.acme, _MARCH, right_day=date(2026, 3, 1), reason="A wrong clock", **key
        ),
    ),
    Command("accounts.request_refill", lambda desk, at, key: desk.accounts.request_refill(at.acme, **key)),
    Command("accounts.sweep_refills", lambda desk, at, key: desk.accounts.sweep_refills()),
    Command("invoices.draft", lambda desk, at, key: desk.invoices.draft(at.acme, _MARCH, **key)),
    Command(
        "invoices.manual",
        lambda desk, at, key: desk.invoices.manual(
            at.acme, _usd(70), deposit=Deposit.TO_BALANCE, number=at.number, **key
        ),
    ),
    Command("invoices.open", lambda desk, at, key: desk.invoices.open(at.draft)),
    Command("invoices.save", lambda desk, at, key: desk.invoices.save(at.draft, period=Period.month(2026, 4), **key)),
    Command("invoices.delete", lambda desk, at, key: desk.invoices.delete(at.draft, **key)),
    Command(
        "invoices.delete",
        lambda desk, at, key: desk.invoices.delete(at.invoice, note="Wrong", **key),
        lambda desk, at: desk.invoices.revert(at.invoice),
        how="with a number",
    ),
    Command("invoices.generate", lambda desk, at, key: desk.invoices.generate(at.draft, **key)),
    Command(
        "invoices.generate",
        lambda desk, at, key: desk.invoices.generate(at.draft, use_latest=True, **key),
        how="use_latest",
    ),
    Command("invoices.revert", lambda desk, at, key: desk.invoices.revert(at.invoice, **key)),
    Command("invoices.set_due", lambda desk, at, key: desk.invoices.set_due(at.invoice, **key)),
    Command("invoices.set_overdue", lambda desk, at, key: desk.invoices.set_overdue(at.late, **key)),
    Command(
        "invoices.set_uncollectible",
        lambda desk, at, key: desk.invoices.set_uncollectible(at.invoice, debt=Debt.FORGIVE, **key),
        how="forgiven",
    ),
    Command("invoices.set_uncollectible", lambda desk, at, key: desk.invoices.set_uncollectible(at.late, **key)),
    Command("invoices.set_paid", lambda desk, at, key: desk.invoices.set_paid(at.invoice, **key)),
    Command("invoices.void", lambda desk, at, key: desk.invoices.void(at.invoice, note="Wrong", **key)),
    Command("invoices.void", lambda desk, at, key: desk.invoices.void(at.late, note="Wrong", **key), how="part paid"),
    Command(
        "invoices.sweep_overdue",  # of one invoice, for each is a unit of work of its own
        lambda desk, at, key: desk.invoices.sweep_overdue(),
    ),
    Command("payments.record", lambda desk, at, key: desk.payments.record(at.invoice, _usd(60), **key)),
    Command("payments.record", lambda desk, at, key: desk.payments.record(at.late, **key), how="the rest"),
    Command("payments.apply_credit", lambda desk, at, key: desk.payments.apply_credit(at.invoice, _usd(50), **key)),
    Command("payments.reverse", lambda desk, at, key: desk.payments.reverse(at.payment, note="Mistyped", **key)),
    Command(
        "people.add",
        lambda desk, at, key: desk.people.add(name="Ann", role=Role.WORKER, email="ann@northwind.example", **key),
    ),
    Command("people.change", lambda desk, at, key: desk.people.change(at.lee, email="ann@northwind.example")),
    Command("people.change", lambda desk, at, key: desk.people.change(at.maria, role=Role.WORKER), how="demote"),
    Command(
        "people.add",
        lambda desk, at, key: desk.people.add(
            name="Bo", role=Role.WORKER, email="bo@northwind.example", admitted_from=["10.0.0.0/8"], **key
        ),
        how="who is admitted",
    ),
    Command("people.change_me", lambda desk, at, key: desk.people.change_me(timezone="Asia/Tokyo")),
    Command("people.restrict_to_projects", lambda desk, at, key: desk.people.restrict_to_projects(at.cleo, [at.site])),
    Command("people.set_password", lambda desk, at, key: desk.people.set_password(at.lee, "another one")),
    Command(
        "people.set_password", lambda desk, at, key: desk.people.set_password(at.kim, "her first one"), how="the first"
    ),
    Command(
        "people.change_my_password",
        lambda desk, at, key: desk.people.change_my_password(current=_SECRET, new="another one"),
    ),
    Command(
        "people.set_allowed_addresses",
        lambda desk, at, key: desk.people.set_allowed_addresses(at.lee, ["10.0.0.0/8", "::1"]),
    ),
    Command("people.archive", lambda desk, at, key: desk.people.archive(at.mona)),
    Command(
        "people.restore",
        lambda desk, at, key: desk.people.restore(at.kim),
        lambda desk, at: desk.people.archive(at.kim),
    ),
    Command(
        "projects.add", lambda desk, at, key: desk.projects.add(client_id=at.acme, name="Shop", rate=_hourly(60), **key)
    ),
    Command("projects.change", lambda desk, at, key: desk.projects.change(at.site, name="Web shop")),
    Command("projects.cancel_rate", lambda desk, at, key: desk.projects.cancel_rate(at.site, _NEXT_RATE)),
    Command("projects.set_rate", lambda desk, at, key: desk.projects.set_rate(at.site, _hourly(80), since=_NOON)),
    Command("projects.assign", lambda desk, at, key: desk.projects.assign(at.site, at.kim)),
    Command("projects.unassign", lambda desk, at, key: desk.projects.unassign(at.site, at.lee)),
    Command("projects.archive", lambda desk, at, key: desk.projects.archive(at.site)),
    Command(
        "projects.restore",
        lambda desk, at, key: desk.projects.restore(at.site),
        lambda desk, at: desk.projects.archive(at.site),
    ),
    Command(
        "firm.change",
        lambda desk, at, key: desk.firm.change(name="Southwind", timezone="Europe/Berlin", number_pattern="S{seq}"),
    ),
    Command(
        "firm.set_tax",
        lambda desk, at, key: desk.firm.set_tax("VAT", category=TaxCategory.STANDARD, percent="19"),
    ),
    Command("firm.set_logo", lambda desk, at, key: desk.firm.set_logo(png())),
    Command(
        "firm.set_logo",
        lambda desk, at, key: desk.firm.set_logo(None),
        lambda desk, at: desk.firm.set_logo(png()),
        how="to none",
    ),
    Command("firm.set_next_number", lambda desk, at, key: desk.firm.set_next_number(100)),
)
"""Every writing command of the Desk, some of them in two ways."""


def writing_commands() -> frozenset[str]:
    """Every writing command of the Desk, found in its code: a public method from which `Executor.write` is reached."""
    desk = Desk(_NO_EXECUTOR)
    return frozenset(
        f"{subject}.{name}"
        for subject, group in subjects(desk).items()
        for name, method in inspect.getmembers(type(group), inspect.isfunction)
        if not name.startswith("_") and _reaches_write(type(group), method.__code__)
    )


def _reaches_write(group: type[Any], code: CodeType) -> bool:
    if "write" in code.co_names:
        return True
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    shared = {name: getattr(group, name, None) for name in code.co_names if name.startswith("_")}
    called = [method.__code__ for method in shared.values() if inspect.isfunction(method)]
    return any(_reaches_write(group, other) for other in (*inner, *called))


def _copied(storage: MemoryStorage) -> MemoryStorage:
    """A storage of its own with the same books. Values are immutable and shared; only what holds them is copied."""
    copy = _copy(storage, {})
    assert isinstance(copy, MemoryStorage)
    return copy


def _copy(thing: Any, copies: dict[int, Any]) -> Any:
    """A copy of a part of a storage in memory: of containers, of locks, and of whatever the adapter itself made of
    them; everything else is a value. `copies` are those of the parts that were met before."""
    copy = copies.get(id(thing))
    if copy is not None or not _holds(thing):
        return thing if copy is None else copy
    if isinstance(thing, dict):
        copy = copies[id(thing)] = thing.copy()
        if _holds(next(iter(thing.values()), None)):  # all values of one are alike
            copy.update((key, _copy(value, copies)) for key, value in thing.items())
    elif isinstance(thing, list):
        copy = [_copy(part, copies) for part in thing] if thing and _holds(thing[0]) else thing.copy()
        copies[id(thing)] = copy
    elif isinstance(thing, set):
        copy = copies[id(thing)] = thing.copy()
    elif isinstance(thing, tuple):
        copy = tuple(_copy(part, copies) for part in thing)
    elif isinstance(thing, _LOCK):
        copy = threading.Lock()
    else:
        copy = copies[id(thing)] = object.__new__(type(thing))
        for name in getattr(thing, "__slots__", None) or vars(thing):
            setattr(copy, name, _copy(getattr(thing, name), copies))
    return copy


_LOCK = type(threading.Lock())


def _holds(thing: Any) -> bool:
    """Whether it is, or holds, something that changes."""
    kind = type(thing)
    if issubclass(kind, tuple):
        return any(map(_holds, thing))
    return kind in (dict, list, set, defaultdict, _LOCK) or kind.__module__ == memory.__name__


IN_MEMORY = StorageKind(MemoryStorage, _copied)
