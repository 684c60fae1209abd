"""The records that the checks store.

They are sound, because a store may have foreign keys and constraints: named records exist, balances and totals add up,
and sequences begin with 1.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Terms
from invoicecore.lifecycle.invoice import Invoice, Selection, StatusChange
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Message, WorkStopped
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.model.project import Project, RateFrom
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import AuditRecord, Entity
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Application, Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.calendar import Period, utc
from invoicecore.values.ids import ChargeId, ClientId, FirmId, InvoiceId, PaymentId, PersonId, ProjectId, SessionId
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Action, ChargeKind, Deposit, DueKind, EntryKind, InvoiceKind, Role, Status

NOON = utc(2026, 3, 2, 12)
DAY = date(2026, 3, 2)
MARCH = Period.month(2026, 3)

LEE, KIM = PersonId("lee"), PersonId("kim")
ACME, GLOBEX = ClientId("acme"), ClientId("globex")
SITE, SHOP = ProjectId("site"), ProjectId("shop")

SIMILAR = ("key", "KEY", "kéy", "ke\u0301y", "key ", "k ey", "key%", "ke_", "kex", "ß", "ss", "1", "01", "1.0")
"""Different ids and keys that a careless store takes for the same."""

_PROJECTS = {ACME: SITE, GLOBEX: SHOP}


def usd(amount: int | str) -> Money:
    """So many dollars."""
    return Money.of(amount, "USD")


def hourly(amount: str, currency: str = "USD") -> Rate:
    """So much an hour."""
    return Rate.hourly(amount, currency)


def firm(id: FirmId, name: str = "Northwind") -> Firm:
    """A firm, owned by Lee."""
    return Firm(id=id, name=name, currency="USD", timezone="UTC", owner_id=LEE)


def person(id: str, name: str = "Somebody") -> Person:
    """A person who works for the firm."""
    return Person(id=PersonId(id), name=name, role=Role.MANAGER)


def client(id: str, name: str = "A client") -> Client:
    """A client who pays in dollars."""
    return Client(id=ClientId(id), name=name, currency="USD")


def account(client_id: str, outstanding_minor: int = 0) -> Account:
    """A client's account in which nothing was booked."""
    return Account(ClientId(client_id), Position("USD"), Terms.unlimited(), outstanding_minor)


def project(id: str, client_id: ClientId = ACME) -> Project:
    """A project at $50 an hour."""
    return Project(id=ProjectId(id), client_id=client_id, name="Some work", rates=(RateFrom(hourly("50")),))


BEGINNING: tuple[Entity, ...] = (
    person(LEE, "Lee"),
    person(KIM, "Kim"),
    client(ACME, "Acme"),
    account(ACME),
    client(GLOBEX, "Globex"),
    account(GLOBEX),
    project(SITE),
    project(SHOP, GLOBEX),
)
"""What the firm of every trial has from the beginning."""


def session(
    id: str, start: datetime = NOON, client: ClientId = ACME, by: PersonId = LEE, note: str = ""
) -> WorkSession:
    """An hour of work on the client's project."""
    return WorkSession(
        id=SessionId(id),
        client_id=client,
        project_id=_PROJECTS[client],
        person_id=by,
        start=start,
        duration=timedelta(hours=1),
        rate=hourly("50"),
        minor=50_00,
        note=note,
    )


def timer(id: str, by: PersonId = KIM) -> Timer:
    """A running timer."""
    rate = hourly("50")
    return Timer(id=SessionId(id), client_id=ACME, project_id=SITE, person_id=by, start=NOON, rate=rate)


def charge(id: str, day: date = DAY, client: ClientId = ACME, minor: int = 80_00) -> Charge:
    """A fee of eighty dollars, or a discount if its amount is below zero."""
    return Charge(
        id=ChargeId(id),
        client_id=client,
        kind=ChargeKind.FEE if minor >= 0 else ChargeKind.ALLOWANCE,
        day=day,
        currency="USD",
        minor=minor,
        person_id=LEE,
    )


def draft(id: str, client: ClientId = ACME) -> Invoice:
    """A draft with nothing on it."""
    return Invoice(
        id=InvoiceId(id),
        client_id=client,
        kind=InvoiceKind.TIME,
        deposit=Deposit.TO_BALANCE,
        currency="USD",
        status=Status.DRAFT,
        lines=(),
        revision="nothing",
        total_minor=0,
        selection=Selection(MARCH),
    )


def payment(id: str, *applied: Application, minor: int = 100) -> Payment:
    """A payment by Acme."""
    return Payment(
        id=PaymentId(id),
        client_id=ACME,
        currency="USD",
        minor=minor,
        received_on=DAY,
        recorded_at=NOON,
        by=LEE,
        applied=applied,
    )


def entry(sequence: int, client: ClientId = ACME, booked_at: datetime = NOON, work_day: date = DAY) -> LedgerEntry:
    """A client's entry of that sequence; each one takes a cent away."""
    kind, cause = EntryKind.ADJUSTMENT, f"adjustment {sequence} of {client}"
    return LedgerEntry(client, sequence, kind, -1, -sequence, booked_at, work_day, cause, LEE)


def step(sequence: int, invoice: str) -> StatusChange:
    """A step of an invoice that is generated and reverted in turn."""
    if sequence == 1:
        return StatusChange(InvoiceId(invoice), 1, NOON, LEE, Action.DRAFT_INVOICE, None, Status.DRAFT)
    both = (Status.DRAFT, Status.GENERATED) if sequence % 2 == 0 else (Status.GENERATED, Status.DRAFT)
    action = Action.GENERATE if sequence % 2 == 0 else Action.REVERT
    return StatusChange(InvoiceId(invoice), sequence, NOON, LEE, action, *both)


def receivable(sequence: int, invoice: str, client: ClientId = ACME) -> ReceivableChange:
    """A change of what a client owes; with each one a cent more."""
    return ReceivableChange(
        client, sequence, DueKind.INVOICE, InvoiceId(invoice), None, "USD", 1, 0, DAY, DAY, DAY, DAY
    )


def record(id: str) -> AuditRecord:
    """A record that Lee did something."""
    return AuditRecord(id, NOON, LEE, Action.CHANGE_FIRM, ())


def message(id: str, at: datetime = NOON) -> Message:
    """Word that Acme's work was stopped."""
    return Message(
        id, at, WorkStopped(ACME, Money(minor=-1, currency="USD"), Money(minor=0, currency="USD")), FirmId("firm")
    )


def lease(uow: UnitOfWork, now: datetime, until: datetime, limit: int = 10) -> str:
    """Lease the messages that are due; their ids in order."""
    waiting = uow.waiting(now, limit)
    for it in waiting:
        uow.reschedule(it, evolve(it, due=until))
    return "".join(it.message.id for it in waiting)


def ids(things: Iterable[Any]) -> list[str]:
    """The ids of things in their order."""
    return [thing.id for thing in things]
