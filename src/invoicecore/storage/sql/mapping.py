"""How does each thing lie in its table, and what is made of its row?

A row is a tuple of plain Python values, in the order of the table's columns after the firm. What the database spells in
another way is spelled so by `invoicecore.storage.sql.statements`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from attrs import frozen
from sqlalchemy import Column, ColumnElement, Table

from invoicecore import codec
from invoicecore.ledger.entries import LedgerEntry, unchecked_entry
from invoicecore.ledger.position import unchecked_position
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot, Selection, StatusChange
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project, RateFrom
from invoicecore.model.work_session import Timer, WorkSession, unchecked_session
from invoicecore.ports import store
from invoicecore.ports.store import AuditRecord, Entity, Fact, Index, unchecked_audit_record, unchecked_change
from invoicecore.settlement.account import Account, unchecked_account
from invoicecore.settlement.payment import Application, Payment
from invoicecore.storage.sql import schema
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Action, Deposit, EntryKind, InvoiceKind, PaymentOrigin, Role, Status

E = TypeVar("E", bound=Entity)
F = TypeVar("F", bound=Fact)

Row = tuple[Any, ...]
Rows = list[Row]

_MICROSECOND = timedelta(microseconds=1)


@frozen
class Part(Generic[E]):
    """What an entity holds several of, as `of` gives it, and the rows of another table in which it lies: those whose
    `owner` column has its id, in the order of the table's key."""

    table: Table
    owner: str
    of: Callable[[E], Any]
    rows: Callable[[Any], Rows]


@frozen
class Shape(Generic[E]):
    """An entity: a row of a table, named by the column `id`, and the rows of its parts. `row` leaves out firm, id and
    version; `entity` is given the id, the row, and a list of rows for each part."""

    kind: type[E]
    table: Table
    row: Callable[[E], Row]
    entity: Callable[..., E]
    id: str = "id"
    parts: tuple[Part[E], ...] = ()


@frozen
class FactShape(Generic[F]):
    """A fact: a whole row."""

    kind: type[F]
    table: Table
    row: Callable[[F], Row]
    fact: Callable[..., F]


@frozen
class Listing:
    """How an index is answered: the rows whose `key` column has the key, in the order of some columns."""

    table: Table
    key: Column[Any] | None
    order: tuple[Column[Any], ...]
    only: ColumnElement[bool] | None = None


# what several have in common


@lru_cache(maxsize=4096)
def rate_of(text: str, currency: str) -> Rate:
    """The rate that is written as this text."""
    return Rate.hourly(text, currency)


@lru_cache(maxsize=4096)
def _spelled(rate: Rate) -> str:
    return format(rate.per_hour, "f")


def _micros(duration: timedelta) -> int:
    return duration // _MICROSECOND


def _duration(micros: int) -> timedelta:
    return timedelta(microseconds=micros)


def _terms_row(terms: PaymentTerms | None) -> Row:
    return (None, None, None) if terms is None else (terms.days, terms.months, terms.end_of_month)


def _terms(days: int | None, months: int | None, end_of_month: bool | None) -> PaymentTerms | None:
    if days is None or months is None or end_of_month is None:
        return None
    return PaymentTerms(days, months, end_of_month)


# the entities


def _firm_row(firm: Firm) -> Row:
    terms = _terms_row(firm.payment_terms)
    named = (firm.name, firm.currency, firm.timezone, firm.contact, firm.theme)
    later = (firm.locale, firm.logo, firm.tax_id, firm.payment_instructions)
    return (*named, *terms, firm.number_pattern, firm.owner_id, *later)


def _firm(id: Any, row: Row) -> Firm:
    name, currency, timezone, contact, theme, days, months, end_of_month, pattern, owner_id, *later = row
    locale, logo, tax_id, payment_instructions = later
    return Firm(
        id=id,
        name=name,
        currency=currency,
        timezone=timezone,
        contact=contact,
        theme=theme,
        payment_terms=PaymentTerms(days, months, end_of_month),
        number_pattern=pattern,
        owner_id=owner_id,
        locale=locale,
        logo=logo,
        tax_id=tax_id,
        payment_instructions=payment_instructions,
    )


def _logo_row(logo: Logo) -> Row:
    return (logo.media_type, logo.width, logo.height, logo.content)


def _logo(id: Any, row: Row) -> Logo:
    *_, content = row
    return Logo(content)


def _client_row(client: Client) -> Row:
    terms = _terms_row(client.payment_terms)
    return (client.name, client.currency, client.billing_address, *terms, client.archived, client.locale)


def _client(id: Any, row: Row) -> Client:
    name, currency, address, days, months, end_of_month, archived, locale = row
    return Client(
        id=id,
        name=name,
        currency=currency,
        billing_address=address,
        payment_terms=_terms(days, months, end_of_month),
        locale=locale,
        archived=archived,
    )


def _person_row(person: Person) -> Row:
    limited = person.limited_to is not None
    return (person.name, person.role.value, person.email, person.timezone, person.client_id, limited, person.archived)


def _person(id: Any, row: Row, projects: Rows) -> Person:
    name, role, email, timezone, client_id, limited, archived = row
    return Person(
        id=id,
        name=name,
        role=Role(role),
        email=email,
        timezone=timezone,
        client_id=client_id,
        limited_to=frozenset(project for (project,) in projects) if limited else None,
        archived=archived,
    )


def _login_row(login: Login) -> Row:
    return (login.password_hash, list(login.admitted_from), login.last_sign_in)


def _login(id: Any, row: Row) -> Login:
    password_hash, admitted_from, last_sign_in = row
    admitted = tuple(admitted_from)
    return Login(person_id=id, password_hash=password_hash, admitted_from=admitted, last_sign_in=last_sign_in)


def _project_row(project: Project) -> Row:
    return (project.client_id, project.name, project.starts_on, project.notes, project.archived)


def _project(id: Any, row: Row, rates: Rows, assigned: Rows) -> Project:
    client_id, name, starts_on, notes, archived = row
    return Project(
        id=id,
        client_id=client_id,
        name=name,
        rates=tuple(RateFrom(rate_of(rate, currency), since) for _, rate, currency, since in rates),
        starts_on=starts_on,
        notes=notes,
        assigned=frozenset(person for (person,) in assigned),
        archived=archived,
    )


def _rate_rows(rates: Iterable[RateFrom]) -> Rows:
    return [(place, _spelled(it.rate), it.rate.currency, it.since) for place, it in enumerate(rates)]


def _id_rows(ids: Iterable[str] | None) -> Rows:
    return [(id,) for id in sorted(ids or ())]


def _account_row(account: Account) -> Row:
    position, allowed, refill = account.position, account.terms.allowed_balance, account.terms.refill
    return (
        position.currency,
        position.sequence,
        position.balance_minor,
        position.utilization_base_minor,
        position.booked_at,
        account.outstanding_minor,
        account.credit_minor,
        None if allowed is None else allowed.minor,
        *(
            (None, None, None)
            if refill is None
            else (refill.threshold.minor, _spelled(refill.rate), format(refill.hours, "f"))
        ),
    )


@lru_cache(maxsize=4096)
def _account_terms(
    currency: str, allowed: int | None, refill_at: int | None, rate: str | None, hours: str | None
) -> Terms:
    refill = None
    if refill_at is not None and rate is not None and hours is not None:
        refill = Refill(threshold=Money(refill_at, currency), rate=rate_of(rate, currency), hours=hours)
    return Terms(allowed_balance=None if allowed is None else Money(allowed, currency), refill=refill)


def _account(id: Any, row: Row) -> Account:
    currency, sequence, balance, utilization_base, booked_at, asked, credit, *terms = row
    position = unchecked_position(currency, sequence, balance, utilization_base, booked_at)
    return unchecked_account(id, position, _account_terms(currency, *terms), asked, credit)


def _session_row(session: WorkSession) -> Row:
    return (
        session.client_id,
        session.project_id,
        session.person_id,
        session.start,
        _micros(session.duration),
        _spelled(session.rate),
        session.rate.currency,
        session.minor,
        session.billable,
        session.note,
        session.stated_day,
        session.over_limit,
        session.removed,
    )


def _session(id: Any, row: Row) -> WorkSession:
    (
        client_id,
        project_id,
        person_id,
        start,
        micros,
        rate,
        currency,
        minor,
        billable,
        note,
        stated_day,
        over_limit,
        removed,
    ) = row
    return unchecked_session(
        id=id,
        client_id=client_id,
        project_id=project_id,
        person_id=person_id,
        start=start,
        duration=_duration(micros),
        rate=rate_of(rate, currency),
        minor=minor,
        billable=billable,
        note=note,
        stated_day=stated_day,
        over_limit=over_limit,
        removed=removed,
    )


def _timer_row(timer: Timer) -> Row:
    rate = (_spelled(timer.rate), timer.rate.currency)
    return (timer.client_id, timer.project_id, timer.person_id, timer.start, *rate, timer.billable, timer.note)


def _timer(id: Any, row: Row) -> Timer:
    client_id, project_id, person_id, start, rate, currency, billable, note = row
    return Timer(
        id=id,
        client_id=client_id,
        project_id=project_id,
        person_id=person_id,
        start=start,
        rate=rate_of(rate, currency),
        billable=billable,
        note=note,
    )


def _invoice_row(invoice: Invoice) -> Row:
    return (
        invoice.client_id,
        invoice.kind.value,
        invoice.deposit.value,
        invoice.currency,
        invoice.status.value,
        invoice.revision,
        invoice.total_minor,
        invoice.paid_minor,
        invoice.number,
        invoice.issued_on,
        invoice.due_on,
        invoice.status_version,
        None if invoice.selection is None else codec.dump(invoice.selection),
        None if invoice.parties is None else codec.dump(invoice.parties),
        invoice.notes,
    )


def _invoice(id: Any, row: Row, lines: Rows) -> Invoice:
    client_id, kind, deposit, currency, status, revision, total, paid, number, issued_on, due_on, steps, *plain = row
    selection, parties, notes = plain
    return Invoice(
        id=id,
        client_id=client_id,
        kind=InvoiceKind(kind),
        deposit=Deposit(deposit),
        currency=currency,
        status=Status(status),
        lines=tuple(_line(line) for line in lines),
        revision=revision,
        total_minor=total,
        paid_minor=paid,
        number=number,
        selection=None if selection is None else codec.load(Selection, selection),
        issued_on=issued_on,
        due_on=due_on,
        parties=None if parties is None else codec.load(PartySnapshot, parties),
        status_version=steps,
        notes=notes,
    )


def _line_rows(lines: Iterable[Line]) -> Rows:
    return [
        (
            place,
            line.description,
            line.minor,
            line.session_id,
            line.project_id,
            line.person_id,
            line.day,
            None if line.duration is None else _micros(line.duration),
            *((None, None) if line.rate is None else (_spelled(line.rate), line.rate.currency)),
            line.blocks,
        )
        for place, line in enumerate(lines)
    ]


def _line(row: Row) -> Line:
    _, description, minor, session_id, project_id, person_id, day, micros, rate, currency, blocks = row
    return Line(
        description,
        minor,
        session_id,
        project_id,
        person_id,
        None if micros is None else _duration(micros),
        None if rate is None else rate_of(rate, currency),
        day,
        blocks,
    )


def _payment_row(payment: Payment) -> Row:
    return (
        payment.client_id,
        payment.currency,
        payment.minor,
        payment.received_on,
        payment.recorded_at,
        payment.by,
        payment.method,
        payment.reference,
        payment.origin.value,
        payment.reversed_minor,
        payment.unapplied_minor,
    )


def _payment(id: Any, row: Row, applications: Rows) -> Payment:
    client_id, currency, minor, received_on, recorded_at, by, method, reference, origin, reversed_minor, _ = row
    return Payment(
        id=id,
        client_id=client_id,
        currency=currency,
        minor=minor,
        received_on=received_on,
        recorded_at=recorded_at,
        by=by,
        method=method,
        reference=reference,
        origin=PaymentOrigin(origin),
        applied=tuple(Application(invoice_id, part) for _, invoice_id, part in applications),
        reversed_minor=reversed_minor,
    )


def _application_rows(applied: Iterable[Application]) -> Rows:
    return [(place, part.invoice_id, part.minor) for place, part in enumerate(applied)]


SHAPES: tuple[Shape[Any], ...] = (
    Shape(Firm, schema.firms, _firm_row, _firm, id="firm_id"),
    Shape(Logo, schema.logos, _logo_row, _logo),
    Shape(Client, schema.clients, _client_row, _client),
    Shape(Account, schema.accounts, _account_row, _account, id="client_id"),
    Shape(
        Project,
        schema.projects,
        _project_row,
        _project,
        parts=(
            Part(schema.rates, "project_id", attrgetter("rates"), _rate_rows),
            Part(schema.assignments, "project_id", attrgetter("assigned"), _id_rows),
        ),
    ),
    Shape(
        Person,
        schema.people,
        _person_row,
        _person,
        parts=(Part(schema.contact_projects, "person_id", attrgetter("limited_to"), _id_rows),),
    ),
    Shape(Login, schema.logins, _login_row, _login, id="person_id"),
    Shape(WorkSession, schema.sessions, _session_row, _session),
    Shape(Timer, schema.timers, _timer_row, _timer),
    Shape(
        Invoice,
        schema.invoices,
        _invoice_row,
        _invoice,
        parts=(Part(schema.lines, "invoice_id", attrgetter("lines"), _line_rows),),
    ),
    Shape(
        Payment,
        schema.payments,
        _payment_row,
        _payment,
        parts=(Part(schema.applications, "payment_id", attrgetter("applied"), _application_rows),),
    ),
)
"""Every kind of entity, each after those that it refers to, and the account as early as can be: what is written in this
order meets another command on the same client before anything else."""


# the facts


def _entry_row(entry: LedgerEntry) -> Row:
    return (
        entry.client_id,
        entry.sequence,
        entry.kind.value,
        entry.minor,
        entry.balance_minor,
        entry.booked_at,
        entry.work_day,
        entry.cause,
        entry.by,
        entry.invoice_id,
        entry.note,
    )


def _entry(client_id: Any, sequence: int, kind: str, *rest: Any) -> LedgerEntry:
    return unchecked_entry(client_id, sequence, EntryKind(kind), *rest)


def _status_change_row(change: StatusChange) -> Row:
    return (
        change.invoice_id,
        change.sequence,
        change.at,
        change.by,
        change.action.value,
        None if change.before is None else change.before.value,
        change.after.value,
        change.note,
    )


def _status_change(
    invoice_id: Any, sequence: int, at: Any, by: Any, action: str, before: str | None, after: str, note: str
) -> StatusChange:
    former = None if before is None else Status(before)
    return StatusChange(invoice_id, sequence, at, by, Action(action), former, Status(after), note)


def _audit_row(record: AuditRecord) -> Row:
    changes = [[it.kind, it.id, it.before, it.after] for it in record.changes]
    return (record.id, record.at, record.by, record.action.value, changes, record.reason)


def _audit(id: Any, at: Any, by: Any, action: str, changes: Sequence[Sequence[Any]], reason: str) -> AuditRecord:
    return unchecked_audit_record(id, at, by, Action(action), tuple(unchecked_change(*it) for it in changes), reason)


FACTS: tuple[FactShape[Any], ...] = (
    FactShape(LedgerEntry, schema.entries, _entry_row, _entry),
    FactShape(StatusChange, schema.status_changes, _status_change_row, _status_change),
    FactShape(AuditRecord, schema.audit, _audit_row, _audit),
)
"""Every kind of fact."""


# the indexes


def _listing(table: Table, key: str | None, *order: str, only: ColumnElement[bool] | None = None) -> Listing:
    return Listing(table, None if key is None else table.c[key], tuple(table.c[name] for name in order), only)


LISTINGS: dict[str, Listing] = {
    store.PEOPLE.name: _listing(schema.people, None, "id"),
    store.CLIENTS.name: _listing(schema.clients, None, "id"),
    store.PROJECTS.name: _listing(schema.projects, None, "id"),
    store.PROJECTS_OF_CLIENT.name: _listing(schema.projects, "client_id", "id"),
    store.SESSIONS.name: _listing(schema.sessions, None, "start_at", "id"),
    store.SESSIONS_OF_CLIENT.name: _listing(schema.sessions, "client_id", "start_at", "id"),
    store.SESSIONS_OF_PROJECT.name: _listing(schema.sessions, "project_id", "start_at", "id"),
    store.SESSIONS_OF_PERSON.name: _listing(schema.sessions, "person_id", "start_at", "id"),
    store.TIMERS.name: _listing(schema.timers, None, "start_at", "id"),
    store.INVOICES.name: _listing(schema.invoices, None, "id"),
    store.INVOICES_OF_CLIENT.name: _listing(schema.invoices, "client_id", "id"),
    store.INVOICES_IN_STATUS.name: _listing(schema.invoices, "status", "id"),
    store.PAYMENTS_OF_CLIENT.name: _listing(schema.payments, "client_id", "id"),
    store.PAYMENTS_ON_INVOICE.name: Listing(schema.payments, schema.applications.c.invoice_id, (schema.payments.c.id,)),
    store.CREDIT_OF_CLIENT.name: _listing(
        schema.payments, "client_id", "id", only=schema.payments.c.unapplied_minor > 0
    ),
    store.ENTRIES_OF_CLIENT.name: _listing(schema.entries, "client_id", "booked_at", "sequence"),
    store.HISTORY_OF_INVOICE.name: _listing(schema.status_changes, "invoice_id", "sequence"),
    store.AUDIT.name: _listing(schema.audit, None, "id"),
}
"""How each index of the port is answered, by its name."""


def listing_of(index: Index[Any]) -> Listing:
    """How that index is answered."""
    return LISTINGS[index.name]
