"""Every public function, and valid arguments for it."""

import enum
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import FunctionType, ModuleType, SimpleNamespace, UnionType
from typing import Any, NewType, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from attrs import evolve, fields, frozen

import invoicecore
from invoicecore import codec
from invoicecore.adapters.clock import SettableClock
from invoicecore.adapters.notifier import RecordingNotifier
from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.desk.executor import Executor
from invoicecore.errors import InvoicecoreError
from invoicecore.integrity.laws import Finding, Law
from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.lifecycle import numbering
from invoicecore.lifecycle.drafts import Difference
from invoicecore.model.charge import NewExpense
from invoicecore.model.events import Change, Message, WorkStopped
from invoicecore.model.firm import Firm
from invoicecore.model.login import LoginView
from invoicecore.model.person import Person
from invoicecore.model.project import RateFrom
from invoicecore.model.work_session import NewWorkSession
from invoicecore.ports.clock import Clock
from invoicecore.ports.notifier import Notifier
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.ports.store import IndexQuery, Storage, StoreTransaction, WriteSet
from invoicecore.ports.throttle import Throttle
from invoicecore.queries.explain import Explanation
from invoicecore.queries.printable import PrintableCover
from invoicecore.settlement.account import Account
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql.schema import ENTITIES, FACTS
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from invoicecore.testing.instrumented_storage import COMMIT, WatchedStorage
from invoicecore.testing.pictures import png
from invoicecore.values import addresses, calendar, inputs, money
from invoicecore.values.calendar import PaymentTerms, Period, utc
from invoicecore.values.ids import (
    ChargeId,
    ClientId,
    CountingIds,
    FirmId,
    InvoiceId,
    PaymentId,
    PersonId,
    ProjectId,
    SessionId,
)
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money, Rate
from invoicecore.values.party import Party
from invoicecore.values.receipt_file import ReceiptFile
from invoicecore.values.tax import Tax, TaxComponent, TaxSum
from invoicecore.vocabulary import Deposit, OnVoid, Role, TaxCategory
from invoicecore.worker import Worker
from tests.conftest import PUBLIC_NAMES
from tests.world import subjects

MODULES: tuple[ModuleType, ...] = (money, calendar, addresses, inputs, codec, numbering)
"""The modules whose public functions are fuzzed, besides the names of the package."""

EXCLUDED: Mapping[str, str] = {
    "Desk": "takes what the library put together for it",
    "Billing": "takes ports; `create` and `open` are its functions",
    "DraftMoved": "an error, made by the library alone",
    "Billing.joined": "takes a connection; the tests of hosts give it wrong ones",
    "Worker.run": "runs until it is stopped; `round` does once what it does",
    "retry_transaction": "takes a function of the host's own",
    "codec.dump_value": "asked by rooms above, with values of their own classes",
    "codec.load_value": "asked by rooms above, for classes of their own; `load` is the function of the same check",
    "inputs.of_fields": "asked inside, with classes of the library",
    "inputs.all_of": "asked inside, with checks of the library",
    "money.in_currency": "asked inside, with amounts that were checked",
    "MemoryStorage.begin": "a port: called by the library alone, with ids that were checked",
    "MemoryStorage.everything": "a port: called by the library alone, with ids that were checked",
    "MemoryStorage.firms": "a port: called by the library alone, with an instant of its clock",
    "MemoryStorage.restore": "a port: called by the library alone, with what was checked",
    "MemoryStorage.remove": "a port: called by the library alone, with what was checked",
}
"""Public functions that are not fuzzed, and why."""

INTERNAL: Mapping[str, str] = {
    "calendar.day_of": "asked for every session on a list, with instants and zones that were checked",
    "calendar.opening": "asked with days and zones that were checked",
    "calendar.first_instant": "asked with days and zones that were checked",
    "numbering.format_number": "asked with the pattern and the counter of the firm",
    "Payment.applied_to": "asked with the id of an invoice that was found",
    "Payment.with_application": "asked for a part of amounts that were checked",
    "Payment.with_reversal": "asked for a part of amounts that were checked",
    "Firm.booking_day": "asked with instants of bookings",
    "Firm.booked_in": "asked with a period that was checked",
    "Invoice.net_of": "asked with what was paid of it",
    "Invoice.deposited_of": "asked with what was paid of it",
    "Project.rates_with": "asked with an instant that was checked",
    "Project.rates_without": "asked with an instant that was checked",
    "Project.changes_rate": "asked with instants of sessions",
    "addresses.visitor": "asked with an address that was checked",
    "inputs.is_blank": "asked with what is a text",
    "inputs.named": "asked with what is a text",
    "inputs.unseen_in": "asked with what is a text",
    "inputs.as_read": "asked with what is a text",
    "inputs.several": "asked with words of the library, by `set_of` and `ids`",
    "Terms.stops_at": "asked with a balance, which is a sum of amounts that were checked",
    "Terms.blocks_due": "asked with a balance, which is a sum of amounts that were checked",
}
"""Functions that only the library calls, and why. Their arguments were checked before: they have the declared type,
times lie within the calendar, and whole numbers are below the largest amount."""

_SECRET = "as long as it is secret"
R = TypeVar("R")

_OPERATORS = frozenset(
    f"__{name}__"
    for name in ("add", "sub", "mul", "rmul", "truediv", "lt", "le", "gt", "ge", "contains", "call", "format")
)
_PORTS = (Storage, StoreTransaction, Clock, Notifier, PasswordHasher, Throttle, Executor)


class CountingStorage(WatchedStorage):
    """A store in memory that counts what is committed, and takes nothing that a database cannot keep. `kept` is where
    it really lies."""

    def __init__(self) -> None:
        self.kept = MemoryStorage()
        self.commits = 0
        super().__init__(self.kept, self._count)

    def _count(self, call: str, make: Callable[[], R]) -> R:
        for given in getattr(make, "args", ()):
            check_keepable(given)
        made = make()
        self.commits += call == COMMIT
        return made


def check_keepable(given: object) -> None:
    """Raise what the driver of a database raises for a text or a number that it cannot take."""
    match given:
        case str():
            if "\0" in given.encode().decode():
                raise ValueError("a text holds a NUL")
        case int():
            if not -(2**63) <= given < 2**63:
                raise OverflowError("a number has more than 64 bits")
        case IndexQuery():
            check_keepable((given.key, given.limit, given.after or (), given.before or ()))
        case WriteSet():
            for it in (write.wanted.entity for write in given.entities.values() if write.wanted is not None):
                check_keepable(_row_of(it))
                for child in getattr(_MAPPED[type(it)], "children", ()):
                    check_keepable(child.rows(child.of(it)))
            for fact in given.facts:
                check_keepable(_row_of(fact))
            check_keepable([(*keys, *(it.wanted for it in keys.values())) for keys in given.reservations.values()])
            check_keepable([(name, it.wanted) for name, it in given.counters.items()])
            check_keepable([record.key for record in given.idempotency_records.values()])
        case Mapping():
            check_keepable([*given.keys(), *given.values()])
        case list() | tuple() | set() | frozenset():
            for each in given:
                check_keepable(each)


_MAPPINGS: tuple[Any, ...] = (*ENTITIES, *FACTS)
_MAPPED: Mapping[type, Any] = {mapping.kind: mapping for mapping in _MAPPINGS}


@cache
def _writer(kind: type) -> Callable[[object], tuple[object, ...]]:
    """What the columns of a row hold, by the expressions of which the statements are made."""
    mapping = _MAPPED[kind]
    made: Callable[[object], tuple[object, ...]] = eval(f"lambda it: ({', '.join(mapping.written)},)", mapping.used)
    return made


def _row_of(it: Any) -> tuple[object, ...]:
    return _writer(it.__class__)(it)


@frozen(kw_only=True)
class FuzzedFirm:
    """A firm in which every command has something to work on, and valid values of every kind."""

    storage: CountingStorage
    billing: Billing
    clock: SettableClock
    desk: Desk
    others: tuple[Desk, ...]
    by_target: Mapping[str, Mapping[str, object]]
    by_name: Mapping[str, object]
    by_type: Mapping[object, object]

    def good(self, target: str, name: str, form: object) -> object:
        """A good value for a parameter. LookupError if none is known."""
        for known, key in ((self.by_target.get(target, {}), name), (self.by_name, name)):
            if key in known:
                return known[key]
        return self._of(form)

    def _of(self, form: object) -> object:
        if isinstance(form, type | NewType) and form in self.by_type:
            return self.by_type[form]
        if isinstance(form, NewType):
            return self._of(form.__supertype__)
        if isinstance(form, TypeVar) or form in (Any, object):
            return "anything"
        origin, args = get_origin(form), get_args(form)
        if origin in self.by_type:
            return self.by_type[origin]
        if origin in (Union, UnionType):
            return self._of(next(arg for arg in args if arg is not type(None)))
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {}
        if isinstance(origin, type) and issubclass(origin, Iterable):
            several = [self._of(args[0])]
            return origin(several) if origin in (tuple, frozenset) else several
        if inspect.isclass(form) and issubclass(form, enum.Enum):
            return next(iter(form))
        raise LookupError(f"{form} is of no kind that this firm has.")


@frozen
class Parameter:
    """A parameter of a function. One that does not `admit` input from outside, such as a port, is always valid."""

    name: str
    form: object
    required: bool
    admits: bool


@frozen
class FuzzTarget:
    """A public function."""

    name: str
    bind: Callable[[FuzzedFirm], Callable[..., object]]
    parameters: tuple[Parameter, ...]

    @property
    def fuzzed_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that take input from outside."""
        return tuple(it for it in self.parameters if it.admits)

    def usual(self, fuzzed_firm: FuzzedFirm) -> dict[str, object]:
        """The arguments of a call that is accepted."""
        wanted = fuzzed_firm.by_target.get(self.name, {})
        return {
            it.name: fuzzed_firm.good(self.name, it.name, it.form)
            for it in self.parameters
            if it.required or it.name in wanted
        }


@cache
def fuzz_targets() -> tuple[FuzzTarget, ...]:
    """Every public function that takes something from outside."""
    found = {
        target.name: target for target in _all_targets() if target.name not in EXCLUDED and target.fuzzed_parameters
    }
    return tuple(found.values())


def _all_targets() -> Iterator[FuzzTarget]:
    for module in MODULES:
        short = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            is_own = getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
            if is_own and callable(value) and not inspect.isclass(value):
                yield _target(f"{short}.{name}", value, _always(value))
    for name in PUBLIC_NAMES:
        value = getattr(invoicecore, name)
        if inspect.isclass(value):
            if not issubclass(value, enum.Enum):
                yield from _targets_of_class(name, value)
        elif callable(value) and value.__module__ not in {module.__name__ for module in MODULES}:
            yield _target(name, value, _always(value))
    for subject, room in subjects(fuzzed_firm().desk).items():
        for name, method in _public(type(room)):
            yield _target(f"{type(room).__name__}.{name}", method, _at_desk(subject, name), of=type(room))


def _targets_of_class(name: str, cls: type) -> Iterator[FuzzTarget]:
    if "__init__" in vars(cls):
        yield _target(name, vars(cls)["__init__"], _always(cls), of=cls)
    for method_name, method in _public(cls):
        full = f"{name}.{method_name}"
        if isinstance(inspect.getattr_static(cls, method_name), classmethod):
            yield _target(full, method, _always(getattr(cls, method_name)), of=cls)
        else:
            yield _target(full, method, _on_sample(cls, method_name), of=cls)


def _public(cls: type) -> Iterator[tuple[str, FunctionType]]:
    for name, value in vars(cls).items():
        function = value.__func__ if isinstance(value, classmethod) else value
        if isinstance(function, FunctionType) and (not name.startswith("_") or name in _OPERATORS):
            yield name, function


def _target(
    name: str, function: Any, bind: Callable[[FuzzedFirm], Callable[..., object]], *, of: type | None = None
) -> FuzzTarget:
    made = inspect.unwrap(function)
    taken = SimpleNamespace(__annotations__={it: form for it, form in made.__annotations__.items() if it != "return"})
    forms = {it: _spelled_out(form, of) for it, form in get_type_hints(taken, made.__globals__).items()}
    given = list(inspect.signature(function).parameters.values())[0 if of is None else 1 :]
    return FuzzTarget(
        name,
        bind,
        tuple(
            Parameter(it.name, forms.get(it.name, object), it.default is it.empty, _admits(it.name, forms.get(it.name)))
            for it in given
        ),
    )


def _spelled_out(form: object, of: type | None) -> object:
    """The form with the class itself where it says Self."""
    if form is Self:
        return of
    return list[of] if get_args(form) == (Self,) else form  # type: ignore[valid-type]  # made while it runs


def _admits(name: str, form: object) -> bool:
    if name in {"what", "longest"}:  # how the library names an argument, and the bound that it sets
        return False
    parts = [form, *get_args(form)]
    return not any(part in _PORTS or get_origin(part) in (Callable, type) or part is _CALLABLE for part in parts)


_CALLABLE = get_origin(Callable[[], None])


def _always(value: Callable[..., object]) -> Callable[[FuzzedFirm], Callable[..., object]]:
    return lambda fuzzed_firm: value


def _at_desk(subject: str, name: str) -> Callable[[FuzzedFirm], Callable[..., object]]:
    def bind(fuzzed_firm: FuzzedFirm) -> Callable[..., object]:
        bound: Callable[..., object] = getattr(getattr(fuzzed_firm.desk, subject), name)
        return bound

    return bind


def _on_sample(cls: type, name: str) -> Callable[[FuzzedFirm], Callable[..., object]]:
    def bind(fuzzed_firm: FuzzedFirm) -> Callable[..., object]:
        bound: Callable[..., object] = getattr(fuzzed_firm.by_type[cls], name)
        return bound

    return bind


def fuzzed_firm() -> FuzzedFirm:
    """A new firm, always the same."""
    storage, noon, later = CountingStorage(), utc(2026, 3, 2, 12), utc(2026, 4, 1, 5)
    clock, notifier = SettableClock(noon - timedelta(days=10)), RecordingNotifier()
    dollar, hourly = Money.of(1, "USD"), Rate.hourly(50, "USD")
    terms = Terms(allowed_balance=dollar * -1500, refill=Refill(threshold=dollar * -1000, rate=hourly, hours=20))
    firm = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago")
    owner = Person(name="Maria", role=Role.MANAGER, email="maria@northwind.example")
    ids, passwords = CountingIds(), QuickPasswords()
    billing = Billing.create(storage, firm, owner, clock=clock, ids=ids, notifier=notifier, passwords=passwords)
    desk = billing.as_owner()
    desk.people.set_password(desk.person_id, _SECRET)
    logo = Logo(png())
    desk.firm.set_logo(logo.content)
    lee = desk.people.add(name="Lee", role=Role.WORKER)
    acme = desk.clients.add(name="Acme", terms=terms)
    site = desk.projects.add(client_id=acme.id, name="Website", rate=hourly)
    desk.projects.set_rate(site.id, hourly, since=later)
    site = desk.projects.assign(site.id, lee.id)
    cleo = desk.people.add(name="Cleo", role=Role.CONTACT, client_id=acme.id)
    february, march = Period.month(2026, 2), Period.month(2026, 3)

    desk.work.log(site.id, day=date(2026, 2, 20), hours=2, note="Layout")
    finished = desk.invoices.generate(desk.invoices.draft(acme.id, february).invoice.id)
    voided = desk.invoices.manual(acme.id, dollar * 80, deposit=Deposit.TO_BALANCE)
    desk.payments.record(voided.id)
    desk.invoices.void(voided.id, note="Asked twice", payments=OnVoid.KEEP)  # leaves credit
    part_paid = desk.invoices.manual(acme.id, dollar * 300, deposit=Deposit.NOT_DEPOSITED)
    receipt = desk.payments.record(part_paid.id, dollar * 100)
    globex = desk.clients.add(name="Globex", terms=Terms(allowed_balance=None, refill=terms.refill))
    job = desk.projects.add(client_id=globex.id, name="Job", rate=hourly)
    desk.work.log(job.id, day=date(2026, 2, 21), hours=24)
    [asked] = desk.invoices.of(globex.id) or [None]
    if asked is not None:
        desk.invoices.void(asked.id, note="To be asked for by hand")
    ticket = desk.charges.expense(acme.id, date(2026, 3, 1), price=dollar * 8, cost="7.20 €", receipt=png())
    clock.set(noon)
    free = desk.work.log(site.id, day=date(2026, 3, 1), hours=3, note="Colours")
    draft = desk.invoices.draft(acme.id, march)
    timer = billing.acting_as(lee.id).work.start(site.id)
    with UnitOfWork(storage, billing.firm_id) as uow:
        [message] = uow.waiting(noon, 1)
        uow.reschedule(message, evolve(message, due=None))
        uow.commit()
    bill = part_paid.id

    tax = Tax("VAT", TaxCategory.STANDARD, [TaxComponent("VAT", "19")])
    return FuzzedFirm(
        storage=storage,
        billing=billing,
        clock=clock,
        desk=desk,
        others=(billing.acting_as(lee.id), billing.acting_as(cleo.id)),
        by_target={
            "json_schema": {"form": Money},
            "calendar.parse_hours": {"text": "2:30"},
            "Money.parse": {"text": "2.50"},
            "Rate.parse": {"text": "2.50"},
            "Money.__format__": {"spec": ">12"},
            "label": {"word": Role.WORKER},
            "say": {"spoken": InvoicecoreError("no")},
            "with_components": {"openapi": {"openapi": "3.1.0"}},
            "Billing.redeliver": {"message_id": message.message.id},
            "FirmSettings.set_next_number": {"number": 500},
            "FirmSettings.change": {"contact": "2 Main St"},
            "People.add": {"role": Role.WORKER},
            "People.change": {"person_id": lee.id, "name": "Lee Ann"},
            "People.get": {"person_id": lee.id},
            "People.by_email": {"email": owner.email},
            "Clients.by_name": {"name": "Acme"},
            "People.by_name": {"name": "Lee"},
            "Projects.by_name": {"name": "Acme/Website"},
            "Invoices.by_number": {"number": finished.number},
            "Invoices.peek": {"invoice_id": draft.invoice.id},
            "People.archive": {"person_id": lee.id},
            "People.restore": {"person_id": lee.id},
            "Person": {"role": Role.WORKER},
            "Clients.change": {"client_id": acme.id, "billing_address": "1 Main St"},
            "Projects.change": {"project_id": site.id, "notes": "New"},
            "Projects.cancel_rate": {"project_id": site.id, "since": later},
            "Project.rates_without": {"since": later},
            "Accounts.request_refill": {"client_id": globex.id},
            "Accounts.correct_booking_days": {"right_day": date(2026, 3, 1)},
            "Work.log": {"start": noon, "hours": "1.5"},
            "Work.import_many": {"rows": [NewWorkSession(project_id=site.id, person_id=lee.id, start=noon, hours=1)]},
            "Charges.import_many": {"rows": [NewExpense(client_id=acme.id, day=date(2026, 3, 1))]},
            "Charges.allow": {"client_id": acme.id, "amount": dollar},
            "Charges.edit": {"charge_id": ticket.id, "note": "Train"},
            "Work.imported": {"sources": ["tracker:1"]},
            "Work.edit": {"hours": 4},
            **{f"People.{name}": {"person_id": lee.id} for name in ("login", "set_allowed_addresses")},
            "People.set_password": {"person_id": lee.id, "password": _SECRET},
            "People.change_my_password": {"current": _SECRET, "new": _SECRET},
            "People.change_me": {"timezone": "Asia/Tokyo"},
            "People.restrict_to_projects": {"person_id": cleo.id, "projects": [site.id]},
            "FirmSettings.set_logo": {"content": logo.content},
            "FirmSettings.set_tax": {"code": "VAT", "category": TaxCategory.STANDARD, "percent": "19"},
            "FirmSettings.logo": {"logo_id": logo.id},
            "addresses.known_ranges": {"texts": ["10.0.0.0/8"]},
            "addresses.admits": {"ranges": ["10.0.0.0/8"], "address": "10.0.0.1"},
            **{f"Clients.{name}": {"client_id": acme.id} for name in ("get", "set_terms", "archive", "restore")},
            **{
                f"Projects.{name}": {"project_id": site.id}
                for name in ("get", "set_rate", "assign", "unassign", "archive", "restore")
            },
            **{f"Invoices.{name}": {"invoice_id": draft.invoice.id} for name in ("open", "save", "delete", "generate")},
            **{f"Invoices.{name}": {"invoice_id": finished.id} for name in ("revert", "get", "printable", "history")},
            **{
                f"Invoices.{name}": {"invoice_id": bill}
                for name in ("set_due", "set_overdue", "set_uncollectible", "set_paid", "void", "available_actions")
            },
            "Invoices.sweep_overdue": {"as_of": date(2026, 3, 2)},
            "Pages.client": {"client_id": acme.id},
            "Pages.project": {"project_id": site.id},
            "Pages.invoice": {"invoice_id": bill},
            "Pages.person": {"person_id": lee.id},
            "Payments.record": {"invoice_id": bill, "amount": dollar},
            "Billing.open": {"firm_id": billing.firm_id},
            "Billing.acting_as": {"person_id": lee.id},
            "Billing.sign_in": {"email": owner.email, "password": _SECRET},
            "TaxComponent": {"percent": "19"},
            "Tax": {"category": TaxCategory.STANDARD},
            "Money": {"minor": 5},
            "Money.of": {"amount": "12.50"},
            "Rate.hourly": {"amount": "12.50"},
            "Rate": {"digits": 5, "scale": 1},
            "Period.month": {"month": 2},
            "calendar.utc": {"month": 2},
            "codec.load": {"cls": Money, "data": {"minor": 5, "currency": "USD"}},
            "codec.load_any": {"data": {"type": "Money", "minor": 5, "currency": "USD"}},
            "codec.dump": {"value": dollar},
            "codec.dump_any": {"value": dollar},
            "inputs.instance": {"value": "x", "kind": str},
            "inputs.optional": {"value": "x", "check": inputs.short_repr},
            "inputs.yes_or_no": {"value": True},
            "inputs.day": {"value": date(2026, 3, 2)},
            "inputs.plausible_day": {"given": date(2026, 3, 2)},
            "inputs.several": {"value": ["x"]},
            "inputs.decimal_parts": {"value": "12.50"},
            "inputs.duration": {"value": "1.5"},
            "inputs.ids": {"value": ["x"]},
            "inputs.set_of": {"value": ["x"], "kind": str},
            "calendar.instant": {"value": noon},
            "calendar.business_day": {"value": date(2026, 3, 2)},
            "calendar.known_zone": {"name": "Europe/Paris"},
            "calendar.local_instant": {"clock": datetime(2026, 3, 2, 12)},
            "local_instant": {"clock": datetime(2026, 3, 2, 12)},
            "SettableClock.advance": {"by": timedelta(hours=1)},
            "Money.__mul__": {"count": 3},
            "Money.__rmul__": {"count": 3},
            "Money.allocate": {"weights": [1, 2]},
        },
        by_name={
            "client_id": acme.id,
            "project_id": site.id,
            "person_id": lee.id,
            "session_id": free.id,
            "charge_id": ticket.id,
            "invoice_id": bill,
            "payment_id": receipt.payments[0].id,
            "timer_id": timer.id,
            "currency": "USD",
            "code": "USD",
            "zone": "America/Chicago",
            "timezone": "America/Chicago",
            "email": "new@northwind.example",
            "locale": "en_US",
            "pattern": "INV-{seq}",
            "number_pattern": "INV-{seq}",
            "year": 2026,
            "what": "It",
            "amount": dollar,
            "idempotency_key": "once",
            "admitted_from": ["10.0.0.0/8"],
            "ranges": ["10.0.0.0/8"],
        },
        by_type={
            **_values(desk, acme.id, finished.id, draft.invoice.id, part_paid.id),
            **_pages(desk, acme.id, site.id, bill, lee.id),
            str: "Anything",
            Change: Change("Client", acme.id, 0, 1),
            PrintableCover: PrintableCover(None, dollar),
            Party: Party(lines=["1 Main St"], city="Springfield", country="US"),
            Tax: tax,
            TaxComponent: tax.components[0],
            TaxSum: TaxSum(tax.code, tax.category, "VAT", tax.percents[0], dollar, dollar),
            bytes: logo.content,
            Logo: logo,
            ReceiptFile: ReceiptFile(png()),
            NewExpense: NewExpense(client_id=acme.id, day=date(2026, 3, 1)),
            type(ticket): ticket,
            LoginView: desk.people.login(lee.id),
            int: 1,
            bool: False,
            date: date(2026, 3, 2),
            datetime: noon,
            timedelta: timedelta(hours=1),
            Decimal: Decimal("1.5"),
            Money: dollar,
            Rate: hourly,
            Period: march,
            PaymentTerms: PaymentTerms.net(14),
            Terms: terms,
            Account: desk.accounts.standing(acme.id).account,
            Refill: terms.refill,
            Firm: firm,
            Person: owner,
            type(site): site,
            type(acme): acme,
            type(free): free,
            type(timer): timer,
            type(receipt): receipt,
            type(draft): draft,
            type(receipt.payments[0]): receipt.payments[0],
            RateFrom: site.rates[0],
            Fraction: Fraction(1, 4),
            Finding: Finding(Law.READABLE, "Client", acme.id, "Something is wrong."),
            NewWorkSession: NewWorkSession(project_id=site.id, person_id=lee.id, start=noon, hours=1),
            Position: Position("USD"),
            Difference: Difference((), (), (), dollar, dollar),
            Message: Message("m", noon, WorkStopped(acme.id, dollar, dollar), billing.firm_id),
            PersonId: lee.id,
            ClientId: acme.id,
            ProjectId: site.id,
            SessionId: free.id,
            ChargeId: ticket.id,
            InvoiceId: bill,
            PaymentId: receipt.payments[0].id,
            FirmId: billing.firm_id,
            Billing: billing,
            Worker: Worker(storage, notifier, clock=clock),
            SettableClock: clock,
            CountingIds: CountingIds(),
            RecordingNotifier: notifier,
            type(invoicecore.NullNotifier()): invoicecore.NullNotifier(),
            Storage: storage,
            Notifier: notifier,
            Clock: clock,
        },
    )


def _values(desk: Desk, client: str, finished: str, draft: str, part_paid: str) -> dict[object, object]:
    """What the desk shows, by its type."""
    invoice, statement = desk.invoices.get(finished), desk.accounts.statement(client)
    dues, account = desk.accounts.dues(client), desk.accounts.account_statement(client)
    shown = (
        invoice,
        invoice.lines[0],
        statement,
        statement.rows[0],
        dues,
        dues.events[0],
        account,
        account.rows[0],
        account.open_items[0],
        desk.accounts.printable_statement(client),
        desk.accounts.printable_account_statement(client),
        desk.accounts.entries(client)[0],
        desk.accounts.standing(client),
        desk.accounts.reconcile(client),
        desk.accounts.reconcile(client).parts[0],
        desk.invoices.history(finished)[0],
        desk.invoices.printable(finished),
        *desk.invoices.printable(part_paid).payments,
        desk.invoices.printable(finished).parties,
        desk.invoices.available_actions(draft)[0],
    )
    return {type(value): value for value in shown}


def _pages(desk: Desk, client: str, project: str, invoice: str, person: str) -> dict[object, object]:
    """What the pages show, by its type."""
    pages = desk.pages
    clients, summary, work = pages.clients(), pages.client(client), pages.project(project)
    bill, aging, [transaction, *_] = pages.invoice(invoice), pages.aging(), pages.transactions(client).rows
    explanation, month = pages.explain(client), desk.accounts.close(Period.year(2026))
    shown = (
        *(clients, clients.rows[0], summary, work, work.row, work.row.billed, work.sessions.rows[0]),
        *(pages.invoices().rows[0], bill, bill.payments[0], bill.client, transaction, transaction.cause),
        *(explanation.stop.rule, bill.history[0], pages.audit().rows[0], desk.firm.profile()),
        *(pages.people().rows[0], pages.person(person), pages.unbilled().rows[0], aging, aging.clients.rows[0]),
        *(month, month.clients[0], month.totals[0], pages.taxes(Period.year(2026))),
        *(pages.forecast(client), explanation, *(getattr(explanation, field.name) for field in fields(Explanation))),
    )
    return {type(value): value for value in shown}


def read_everything(desk: Desk) -> None:
    """Look at everything there is; an InvoicecoreError out of here means that something unfit was stored."""
    for client in desk.clients.all():
        desk.accounts.standing(client.id)
        desk.accounts.statement(client.id)
        desk.accounts.statement(client.id, Period.year(2026))
        _travels(desk.accounts.dues(client.id))
        _travels(desk.accounts.account_statement(client.id, Period.year(2026)))
        faults = invoicecore.verify_ledger(desk.accounts.entries(client.id))
        if faults:
            raise InvoicecoreError(f"The ledger of {client.name}: {faults}")
        desk.payments.of(client.id)
        desk.work.sessions(client_id=client.id, period=Period.year(2026))
        for page in (desk.pages.client, desk.pages.transactions, desk.pages.forecast, desk.pages.explain):
            _travels(page(client.id))
    for invoice in desk.invoices.all():
        for value in (invoice, desk.invoices.printable(invoice.id), *desk.invoices.history(invoice.id)):
            _travels(value)
    for found in (
        *(desk.people.all(), desk.projects.all()),
        *(desk.work.sessions(), desk.work.running(), desk.charges.list()),
    ):
        for value in found:
            _travels(value)
    for person in desk.people.all():
        _travels(desk.people.login(person.id))
    pages = desk.pages
    for listed in (
        pages.clients,
        pages.projects,
        pages.work,
        pages.charges,
        pages.invoices,
        pages.people,
        pages.unbilled,
        pages.aging,
    ):
        _travels(listed())
    for value in (desk.firm.settings(), desk.firm.logo()):
        if value is not None:
            _travels(value)
    for record in desk.firm.audit(limit=10_000):
        _travels(record)


def _travels(value: object) -> None:
    if codec.load(type(value), codec.dump(value)) != value:
        raise InvoicecoreError(f"{value} is not the same after a journey as plain data.")
