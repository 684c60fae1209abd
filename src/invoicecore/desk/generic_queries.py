"""Lists and sums for any store, computed from what every unit of work can read.

They read everything that may be on a page and add it up. This is fast enough in memory and for small books; a faster
store has queries of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar, assert_never

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import CoverPart, Invoice, facts
from invoicecore.lifecycle.table import judged
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import (
    ChargeRecord,
    ChargesQuery,
    ClientsQuery,
    InvoicesQuery,
    LedgerMovement,
    ListQuery,
    MovementsQuery,
    OwedQuery,
    PeopleQuery,
    ProjectsQuery,
    SessionRecord,
    WorkQuery,
    day_bounds,
)
from invoicecore.ports.store import (
    ALL,
    CHARGES,
    CHARGES_OF_CLIENT,
    CHARGES_OF_PERSON,
    CLIENTS,
    ENTRIES_BY_TIME,
    ENTRIES_BY_WORK_DAY,
    ENTRIES_OF_CLIENT,
    INVOICES,
    INVOICES_OF_CLIENT,
    PEOPLE,
    PROJECTS,
    PROJECTS_OF_CLIENT,
    RECEIVABLES,
    RECEIVABLES_OF_CLIENT,
    SESSIONS,
    SESSIONS_OF_CLIENT,
    SESSIONS_OF_PERSON,
    SESSIONS_OF_PROJECT,
    E,
    Index,
    UniqueKind,
)
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.explain import ExplanationData, KindTotal
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort, days_overdue
from invoicecore.queries.owed import Age, Aged, AgingRow, AgingSort, UnbilledRow, UnbilledSort, age, aged, unbilled_row
from invoicecore.queries.paging import ListTotals, PageRequest, is_found, part_of
from invoicecore.queries.people import PersonRow, PersonSort
from invoicecore.queries.projects import BilledTotals, ProjectRow, ProjectSort
from invoicecore.queries.transactions import EntrySource, TransactionSort
from invoicecore.queries.visibility import NamedRef, Visibility
from invoicecore.queries.work import WorkSort
from invoicecore.settlement.account import Account, Standing
from invoicecore.settlement.cover import sources
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import owed_minor
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId
from invoicecore.values.money import Money
from invoicecore.vocabulary import BILLED_ENTRIES, ChargeKind, EntryKind, Role, Status

T = TypeVar("T")

_ENTRIES = {
    TransactionSort.BOOKED: ENTRIES_OF_CLIENT,
    TransactionSort.DAY: ENTRIES_BY_TIME,
    TransactionSort.WORK_DAY: ENTRIES_BY_WORK_DAY,
}
"""The index that has a client's entries in an order."""
_FROM_THE_FIRST = PageRequest(WorkSort.START)
_ALL_ROWS = 2**31
_Whose = tuple[ClientId, ProjectId | None]


class GenericQueries:
    """The lists and sums of one unit of work, computed from what it reads; see `invoicecore.ports.queries.Queries` for
    what each of them holds."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    # lists

    def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
        rows = (
            _client_row(client, self._got(Account, client.id))
            for client in self._uow.find(CLIENTS)
            if wanted.visibility.has_client(client.id)
            and wanted.archived in (None, client.archived)
            and is_found(wanted.search, client.name)
        )
        return part_of(rows, page)

    def people(self, wanted: PeopleQuery, page: PageRequest[PersonSort]) -> Sequence[PersonRow]:
        people = [
            person
            for person in self._uow.find(PEOPLE)
            if person.role in wanted.roles
            and wanted.id in (None, person.id)
            and wanted.client_id in (None, person.client_id)
            and wanted.archived in (None, person.archived)
            and is_found(wanted.search, person.name, person.email)
        ]
        worked: dict[PersonId, timedelta] = defaultdict(timedelta)
        for session in self._sessions():
            worked[session.person_id] += session.duration
        projects = sorted(self._uow.find(PROJECTS), key=lambda project: (project.name, project.id))
        rows = (
            PersonRow(
                person=person,
                worked=worked[person.id],
                last_sign_in=self._last_sign_in(person.id),
                projects=tuple(_named(project) for project in projects if _belongs(person, project)),
            )
            for person in people
        )
        return part_of(rows, page)

    def _last_sign_in(self, person_id: PersonId) -> datetime | None:
        login = self._uow.get(Login, person_id)
        return None if login is None else login.last_sign_in

    def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
        every = self._projects(wanted.client_id)
        clients = self._clients()
        projects = [
            evolve(project, archived=archived)
            for project in every
            if wanted.visibility.has_project(project)
            and wanted.id in (None, project.id)
            and wanted.archived in (None, archived := project.archived or clients[project.client_id].archived)
            and is_found(wanted.search, project.name, clients[project.client_id].name)
        ]
        work = defaultdict[ProjectId, list[WorkSession]](list)
        for session in self._sessions(client=wanted.client_id, project=wanted.id):
            if wanted.visibility.has_work(session):
                work[session.project_id].append(session)
        rows = (
            self._project_row(project, clients[project.client_id], work[project.id], wanted.now) for project in projects
        )
        return part_of(rows, page)

    def _project_row(
        self, project: Project, client: Client, sessions: Sequence[WorkSession], now: datetime
    ) -> ProjectRow:
        locked, cost = self._owners(sessions), [session for session in sessions if session.minor]
        billed, unbilled = ([it for it in cost if (it.id in locked) is billed] for billed in (True, False))
        return ProjectRow(
            project=project,
            client=_named(client),
            rate=project.rate_at(now),
            worked=_time(sessions),
            billed=BilledTotals(_time(billed), _cost(billed, client.currency)),
            unbilled=BilledTotals(_time(unbilled), _cost(unbilled, client.currency)),
            stopped=self._got(Account, client.id).is_stopped,
        )

    def work(self, wanted: WorkQuery, page: PageRequest[WorkSort]) -> Sequence[SessionRecord]:
        is_by_start = page.sort is WorkSort.START
        part = page if is_by_start else _FROM_THE_FIRST
        sessions = self._sessions(wanted.client_id, wanted.project_id, wanted.person_id, part)
        found = [
            session
            for session in sessions
            if wanted.visibility.has_work(session)
            and (wanted.period is None or session.day(wanted.zone) in wanted.period)
            and (not wanted.search or is_found(wanted.search, session.note, *self._around(session)))
        ]
        if wanted.locked is not None:
            locked = self._owners(found)
            found = [session for session in found if (session.id in locked) is wanted.locked]
        if is_by_start:
            found = found[: page.limit]
        owners = self._owners(found)
        rows = [self._session_found(session, owners.get(session.id)) for session in found]
        return rows if is_by_start else part_of(rows, page)

    def _around(self, session: WorkSession) -> tuple[str, ...]:
        """What is around a session called now."""
        client, project = self._got(Client, session.client_id), self._got(Project, session.project_id)
        return client.name, project.name, self._got(Person, session.person_id).name

    def _session_found(self, session: WorkSession, owner: str | None) -> SessionRecord:
        return SessionRecord(
            session=session,
            client=_named(self._got(Client, session.client_id)),
            project=_named(self._got(Project, session.project_id)),
            person=_named(self._got(Person, session.person_id)),
            locked_by=None if owner is None else InvoiceId(owner),
            invoice_number=None if owner is None else self._got(Invoice, owner).number,
        )

    def charges(self, wanted: ChargesQuery, page: PageRequest[ChargeSort]) -> Sequence[ChargeRecord]:
        found = [
            charge
            for charge in self._charges(wanted.client_id, wanted.visibility.worker)
            if wanted.visibility.has_charge(charge)
            and wanted.project_id in (None, charge.project_id)
            and charge.kind in wanted.kinds
            and (wanted.period is None or charge.day in wanted.period)
        ]
        owners = self._owners(found)
        rows = [
            self._charge_found(charge, owners.get(charge.id))
            for charge in found
            if wanted.locked is None or (charge.id in owners) is wanted.locked
        ]
        return part_of((row for row in rows if is_found(wanted.search, *_texts_of(row))), page)

    def _charge_found(self, charge: Charge, owner: str | None) -> ChargeRecord:
        return ChargeRecord(
            charge=charge,
            client=_named(self._got(Client, charge.client_id)),
            project=None if charge.project_id is None else _named(self._got(Project, charge.project_id)),
            person=_named(self._got(Person, charge.person_id)),
            locked_by=None if owner is None else InvoiceId(owner),
            invoice_number=None if owner is None else self._got(Invoice, owner).number,
        )

    def invoices(self, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
        period = wanted.period
        invoices = [
            invoice
            for invoice in self._invoices(wanted.client_id)
            if wanted.visibility.has_invoice(invoice)
            and invoice.status in wanted.statuses
            and (period is None or (invoice.issued_on is not None and invoice.issued_on in period))
        ]
        clients = self._clients()
        rows = [
            self._invoice_row(invoice, clients[invoice.client_id], wanted.today)
            for invoice in invoices
            if is_found(wanted.search, invoice.number, clients[invoice.client_id].name)
        ]
        if wanted.overdue:
            rows = [row for row in rows if row.days_overdue]
        return part_of(rows, page)

    def _invoice_row(self, invoice: Invoice, client: Client, today: date) -> InvoiceRow:
        return InvoiceRow(
            id=invoice.id,
            client=_named(client),
            kind=invoice.kind,
            deposit=invoice.deposit,
            status=invoice.status,
            display_status=invoice.display_status,
            number=invoice.number,
            total=invoice.total,
            covered=invoice.covered,
            amount_paid=invoice.amount_paid,
            amount_due=invoice.amount_due,
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            ended_on=invoice.ended_on,
            days_overdue=days_overdue(invoice.status, invoice.due_on, invoice.amount_due_minor, today),
            actions=judged(facts(invoice, self._got(Account, client.id).credit_minor)),
            tax=invoice.tax,
            covered_tax=Money(minor=invoice.covered_tax_minor, currency=invoice.currency),
        )

    def movements(self, wanted: MovementsQuery, page: PageRequest[TransactionSort]) -> Sequence[LedgerMovement]:
        if page.sort is TransactionSort.KIND:
            every = PageRequest(TransactionSort.BOOKED, limit=_ALL_ROWS)
            return part_of(self.movements(wanted, every), page)
        index = _ENTRIES[page.sort]
        after, before = (None, page.after) if page.descending else (page.after, None)
        if index is ENTRIES_BY_TIME and wanted.booked is not None:
            first, last = ((at,) for at in wanted.booked)
            after, before = max(first, after or first), min(last, before or last)
        if index is ENTRIES_BY_WORK_DAY and wanted.days is not None:
            since, until = day_bounds(wanted.days)
            after, before = max(since, after or since), min(until, before or until)
        limit = page.limit if wanted.booked is None and wanted.days is None else None
        found = self._uow.find(
            index, wanted.client_id, after=after, before=before, limit=limit, descending=page.descending
        )
        found = [entry for entry in found if wanted.includes(entry)][: page.limit]
        return [LedgerMovement(entry, self._cause(entry), _named(self._got(Person, entry.by))) for entry in found]

    def moved_since(self, client_id: ClientId, day: date) -> int:
        return sum(entry.minor for entry in self._uow.find(ENTRIES_BY_WORK_DAY, client_id, after=(day,)))

    def _cause(self, entry: LedgerEntry) -> EntrySource:
        if entry.work is not None:
            return EntrySource(
                project=_named(self._got(Project, entry.work.project_id)),
                person=_named(self._got(Person, entry.work.person_id)),
                duration=entry.work.duration,
                rate=entry.work.rate,
                note=entry.work.note,
                invoice=self._numbered(self._lock_of(self._got(WorkSession, entry.cause), entry)),
            )
        if entry.kind is EntryKind.ADJUSTMENT:
            return EntrySource()
        if entry.kind in BILLED_ENTRIES:
            charge = self._got(Charge, entry.cause)
            project = None if charge.project_id is None else _named(self._got(Project, charge.project_id))
            return EntrySource(project=project, invoice=self._numbered(self._lock_of(charge, entry)))
        if entry.cause == entry.invoice_id:  # a write-off
            return EntrySource(invoice=self._numbered(entry.invoice_id))
        payment = self._got(Payment, entry.cause)
        return EntrySource(method=payment.method, reference=payment.reference, invoice=self._numbered(entry.invoice_id))

    def _lock_of(self, billed: WorkSession | Charge, entry: LedgerEntry) -> InvoiceId | None:
        """The invoice that locks a session or a charge, if the entry is what it comes to now."""
        owner = self._owners([billed]).get(billed.id) if billed.minor == -entry.minor else None
        return None if owner is None else InvoiceId(owner)

    def _numbered(self, invoice_id: InvoiceId | None) -> NamedRef | None:
        return None if invoice_id is None else NamedRef(invoice_id, self._got(Invoice, invoice_id).label)

    # what is owed

    def unbilled(
        self, visibility: Visibility, client_id: ClientId | None, page: PageRequest[UnbilledSort]
    ) -> Sequence[UnbilledRow]:
        sessions = [it for it in self._sessions(client=client_id) if visibility.has_work(it)]
        charges = [it for it in self._charges(client=client_id) if visibility.has_charge(it)]
        billed: list[WorkSession | Charge] = [*sessions, *charges]
        locked, free = self._owners(billed), defaultdict[_Whose, list[WorkSession | Charge]](list)
        for it in billed:
            if it.minor and it.id not in locked:
                free[it.client_id, it.project_id].append(it)
        return part_of((self._unbilled_row(*whose, rows) for whose, rows in free.items()), page)

    def _unbilled_row(
        self, client_id: ClientId, project_id: ProjectId | None, billed: Sequence[WorkSession | Charge]
    ) -> UnbilledRow:
        client = self._got(Client, client_id)
        sessions, charged = [it for it in billed if isinstance(it, WorkSession)], Counter[ChargeKind]()
        for it in billed:
            if isinstance(it, Charge):
                charged[it.kind] += it.minor
        return unbilled_row(
            _named(client),
            None if project_id is None else _named(self._got(Project, project_id)),
            client.currency,
            len(sessions),
            _time(sessions),
            sum(session.minor for session in sessions),
            charged,
        )

    def aging(self, wanted: OwedQuery, page: PageRequest[AgingSort]) -> Sequence[AgingRow]:
        return part_of(self._aged(wanted), page)

    def owed(self, wanted: OwedQuery) -> Sequence[Aged]:
        totals: dict[str, Counter[Age]] = defaultdict(Counter)
        for row in self._aged(wanted):
            totals[row.total.currency].update({age: part.minor for age, part in zip(Age, row.amounts, strict=True)})
        return [aged(minors, currency) for currency, minors in sorted(totals.items())]

    def _aged(self, wanted: OwedQuery) -> list[AgingRow]:
        client_id, as_of = wanted.client_id, wanted.as_of
        owed: dict[ClientId, Counter[Age]] = defaultdict(Counter)
        for invoice in self._invoices(client_id):
            if invoice.due_on is not None:
                owed[invoice.client_id][age(invoice.due_on, as_of)] += owed_minor(invoice)
        index, key = (RECEIVABLES, ALL) if client_id is None else (RECEIVABLES_OF_CLIENT, client_id)
        for change in self._uow.find(index, key, after=(as_of,)):
            if change.due_on is not None and wanted.leaves_out(change):
                owed[change.client_id][age(change.due_on, as_of)] -= change.minor
        clients = self._clients()
        return [
            AgingRow(_named(clients[id]), aged(minors, clients[id].currency))
            for id, minors in owed.items()
            if minors.total()
        ]

    # sums

    def totals(self, wanted: ListQuery) -> ListTotals:
        match wanted:
            case WorkQuery():
                sessions = [it.session for it in self.work(wanted, PageRequest(WorkSort.START, limit=_ALL_ROWS))]
                cost = ((it.rate.currency, it.minor) for it in sessions)
                return ListTotals(len(sessions), _time(sessions), _by_currency(cost))
            case ChargesQuery():
                charges = [it.charge for it in self.charges(wanted, PageRequest(ChargeSort.DAY, limit=_ALL_ROWS))]
                return ListTotals(len(charges), None, _by_currency((it.currency, it.minor) for it in charges))
            case InvoicesQuery():
                invoices = self.invoices(wanted, PageRequest(InvoiceSort.MADE, limit=_ALL_ROWS))
                asked, due = ([(it.currency, it.minor) for it in amounts] for amounts in _money_of(invoices))
                return ListTotals(len(invoices), None, _by_currency(asked), _by_currency(due))
            case ClientsQuery():
                return ListTotals(len(self.clients(wanted, PageRequest(ClientSort.ADDED, limit=_ALL_ROWS))))
            case PeopleQuery():
                return ListTotals(len(self.people(wanted, PageRequest(PersonSort.ADDED, limit=_ALL_ROWS))))
            case ProjectsQuery():
                return ListTotals(len(self.projects(wanted, PageRequest(ProjectSort.ADDED, limit=_ALL_ROWS))))
            case _:
                assert_never(wanted)

    def invoiced(self, client_id: ClientId, period: Period) -> Money:
        issued = (
            invoice.total - invoice.covered
            for invoice in self._invoices(client_id)
            if invoice.status is not Status.VOID and invoice.issued_on is not None and invoice.issued_on in period
        )
        return Money.total(issued, self._got(Client, client_id).currency)

    def cover_sources(self, client_id: ClientId) -> Sequence[CoverPart]:
        return list(sources(self._invoices(client_id)))

    def reverted_drafts(self, client_id: ClientId) -> Sequence[InvoiceId]:
        drafts = (it for it in self._invoices(client_id) if it.status is Status.DRAFT)
        return [it.id for it in drafts if it.number is not None]

    def worked(self, client_id: ClientId, since: datetime, until: datetime) -> int:
        sessions = self._uow.find(SESSIONS_OF_CLIENT, client_id, after=(since,), before=(until,))
        return sum(session.minor for session in sessions)  # what was removed costs nothing

    def grounds(self, client_id: ClientId, level_minor: int | None, today: date) -> ExplanationData:
        entries = self._uow.find(ENTRIES_OF_CLIENT, client_id)
        count, minor = Counter[EntryKind](), Counter[EntryKind]()
        deposit = crossing = None
        for entry in entries:
            count[entry.kind] += 1
            minor[entry.kind] += entry.minor
            if entry.kind is EntryKind.PAYMENT:
                deposit = entry
            if level_minor is not None and entry.balance_minor <= level_minor < entry.balance_minor - entry.minor:
                crossing = entry
        client = self._got(Client, client_id)
        return ExplanationData(
            totals=tuple(KindTotal(kind, count[kind], minor[kind]) for kind in sorted(count)),
            deposit=deposit,
            crossing=crossing,
            asked=tuple(self._invoice_row(it, client, today) for it in self._invoices(client_id) if it.is_outstanding),
        )

    def names(
        self,
        projects: Iterable[ProjectId],
        people: Iterable[PersonId],
        clients: Iterable[ClientId] = (),
        invoices: Iterable[InvoiceId] = (),
    ) -> Mapping[str, str]:
        kinds: tuple[tuple[type[Project | Person | Client], Iterable[str]], ...] = (
            (Project, projects),
            (Person, people),
            (Client, clients),
        )
        named = {id: self._got(kind, id).name for kind, ids in kinds for id in ids}
        found = (self._uow.get(Invoice, id) for id in invoices)
        return named | {it.id: it.number for it in found if it is not None and it.number is not None}

    # what they are made of

    def _got(self, kind: type[E], id: str) -> E:
        """An entity that must exist, because a stored one names it."""
        entity = self._uow.get(kind, id)
        if entity is None:
            raise LookupError(f"The books refer to a {kind.__name__} {id!r} that is not there.")
        return entity

    def _clients(self) -> Mapping[ClientId, Client]:
        """Every client; asked for after what names them, since in some stores others come meanwhile."""
        return {client.id: client for client in self._uow.find(CLIENTS)}

    def _projects(self, client_id: ClientId | None) -> Sequence[Project]:
        return self._uow.find(PROJECTS) if client_id is None else self._uow.find(PROJECTS_OF_CLIENT, client_id)

    def _invoices(self, client_id: ClientId | None) -> Sequence[Invoice]:
        return self._uow.find(INVOICES) if client_id is None else self._uow.find(INVOICES_OF_CLIENT, client_id)

    def _sessions(
        self,
        client: ClientId | None = None,
        project: ProjectId | None = None,
        person: PersonId | None = None,
        page: PageRequest[WorkSort] = _FROM_THE_FIRST,
    ) -> Sequence[WorkSession]:
        """The sessions of a client, project and person, as far as they are named, that were not removed: all that come
        after the place of a page, in its order."""
        after, before = (None, page.after) if page.descending else (page.after, None)
        index, key = narrowest_index(client, project, person)
        return [
            session
            for session in self._uow.find(index, key, after=after, before=before, descending=page.descending)
            if not session.removed
            and client in (None, session.client_id)
            and project in (None, session.project_id)
            and person in (None, session.person_id)
        ]

    def _charges(self, client: ClientId | None = None, person: PersonId | None = None) -> Sequence[Charge]:
        """The charges of a client and person, as far as they are named, that were not removed."""
        index, key = (CHARGES, ALL) if client is None else (CHARGES_OF_CLIENT, client)
        if person is not None:
            index, key = CHARGES_OF_PERSON, person
        found = self._uow.find(index, key)
        return [it for it in found if not it.removed and client in (None, it.client_id)]

    def _owners(self, billed: Iterable[WorkSession | Charge]) -> Mapping[str, str]:
        return self._uow.owners(UniqueKind.CHARGE, [it.id for it in billed])


def narrowest_index(client: str | None, project: str | None, person: str | None) -> tuple[Index[WorkSession], str]:
    """The index with the fewest sessions that holds all of a client, project and person, as far as they are named."""
    if project is not None:
        return SESSIONS_OF_PROJECT, project
    if person is not None:
        return SESSIONS_OF_PERSON, person
    return (SESSIONS, ALL) if client is None else (SESSIONS_OF_CLIENT, client)


def _money_of(rows: Sequence[InvoiceRow]) -> tuple[list[Money], list[Money]]:
    return [row.total for row in rows], [row.amount_due for row in rows]


def _by_currency(amounts: Iterable[tuple[str, int]]) -> tuple[Money, ...]:
    """The sums of amounts, in the order of their currencies."""
    sums = Counter[str]()
    for currency, minor in amounts:
        sums[currency] += minor
    return tuple(Money(minor=minor, currency=currency) for currency, minor in sorted(sums.items()))


def _texts_of(row: ChargeRecord) -> tuple[str | None, ...]:
    """Where a charge is searched: its note, and the names around it."""
    project = None if row.project is None else row.project.name
    return row.charge.note, row.client.name, project, row.person.name


def _named(thing: Client | Project | Person) -> NamedRef:
    return NamedRef(thing.id, thing.name)


def _belongs(person: Person, project: Project) -> bool:
    """Whether the roster names the project beside the person."""
    if person.role is Role.CONTACT:
        return person.limited_to is not None and project.id in person.limited_to
    return person.id in project.assigned


def _time(sessions: Iterable[WorkSession]) -> timedelta:
    return sum((session.duration for session in sessions), timedelta(0))


def _cost(sessions: Iterable[WorkSession], currency: str) -> Money:
    return Money(minor=sum(session.minor for session in sessions), currency=currency)


def _client_row(client: Client, account: Account) -> ClientRow:
    return ClientRow(client, Standing(account), account.is_stopped)
