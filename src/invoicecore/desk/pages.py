"""What does each screen of a front end show to the one who looks at it?"""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from attrs import evolve

from invoicecore.desk import redaction, visibility
from invoicecore.desk.context import Unit
from invoicecore.desk.executor import Office
from invoicecore.desk.invoices import acts_on, history_of
from invoicecore.errors import ConcurrencyConflict, Malformed, NotFound
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.ports.queries import ClientsWanted, InvoicesWanted, PeopleWanted, ProjectsWanted, WorkWanted
from invoicecore.ports.store import PAYMENTS_ON_INVOICE
from invoicecore.queries import forecast as expectation
from invoicecore.queries.clients import ClientRow, ClientSort, ClientSummary
from invoicecore.queries.explain import Explanation, explain
from invoicecore.queries.forecast import Outlook
from invoicecore.queries.invoices import InvoicePage, InvoiceRow, InvoiceSort, days_overdue
from invoicecore.queries.owed import Aging, AgingSort, UnbilledRow, UnbilledSort
from invoicecore.queries.paging import Cut, Page, cut
from invoicecore.queries.people import PersonPage, PersonRow, PersonSort
from invoicecore.queries.projects import ProjectPage, ProjectRow, ProjectSort
from invoicecore.queries.transactions import TransactionRow, TransactionSort
from invoicecore.queries.visibility import Named
from invoicecore.queries.work import WorkRow, WorkSort
from invoicecore.settlement.account import Standing
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import Act, Role, Status

R = TypeVar("R")


class Pages:
    """What the screens of a front end show, each with one call and cut down to what one may see.

    A list comes page by page: `after` is the `next` of the page before, asked for in the same order and of the same
    things; `limit` is at most 1000. `archived` False leaves out what was put away, True shows nothing else, None shows
    both. What somebody may not see is None, or not there.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    # clients

    def clients(
        self,
        *,
        archived: bool | None = False,
        sort: ClientSort = ClientSort.NAME,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[ClientRow]:
        """Clients with balance, terms, utilization, and whether work is stopped. Only those who see client-wide money
        sort by it."""
        part = cut(sort, ClientSort, descending=descending, after=after, limit=limit)
        _check_archived(archived)

        def query(unit: Unit) -> Page[ClientRow]:
            unit.permit(Act.VIEW_CLIENTS)
            if sort is ClientSort.BALANCE:
                _permit_money(unit)
            wanted = ClientsWanted(reach=visibility.reach(unit.actor), archived=archived)
            found = unit.pages.clients(wanted, part.with_one_more)
            return redaction.page(part, found, lambda row: row.place(sort), lambda row: redaction.client(unit, row))

        return self._office.read(query)

    def client(self, id: str) -> ClientSummary:
        """A client: active projects, standing, and what was invoiced this week."""

        def query(unit: Unit) -> ClientSummary:
            client = unit.client(id)
            unit.permit(Act.VIEW_CLIENTS)
            week, sees_account = Period.week_of(unit.stamp.today), visibility.sees_account(unit.actor, client.id)
            return ClientSummary(
                client=client,
                projects=_projects(unit, client.id, False, Cut(ProjectSort.NAME)),
                standing=Standing(unit.account(client.id)) if sees_account else None,
                week=week,
                invoiced=unit.pages.invoiced(client.id, week) if sees_account else None,
            )

        return self._office.read(query)

    def contacts(
        self,
        client: str,
        *,
        archived: bool | None = False,
        sort: PersonSort = PersonSort.NAME,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[PersonRow]:
        """A client's contacts, each with the projects that they are limited to, none if they are not. Nobody but a
        Manager sees any."""
        part = cut(sort, PersonSort, descending=descending, after=after, limit=limit)
        _check_archived(archived)

        def query(unit: Unit) -> Page[PersonRow]:
            id = unit.client(client).id
            unit.permit(Act.VIEW_PEOPLE)
            return _people(unit, frozenset({Role.CONTACT}), id, archived, part)

        return self._office.read(query)

    def transactions(
        self,
        client: str,
        *,
        period: Period | None = None,
        sort: TransactionSort = TransactionSort.BOOKED,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[TransactionRow]:
        """Everything that moved a client's balance, ever or booked in a period, each with what caused it and the
        balance that it left."""
        part = cut(sort, TransactionSort, descending=descending, after=after, limit=limit)
        _check_period(period)

        def query(unit: Unit) -> Page[TransactionRow]:
            account = unit.account_seen(client)
            booked = None if period is None else period.bounds(unit.firm.timezone)
            found = unit.pages.movements(account.client_id, booked, part.with_one_more)
            return redaction.page(
                part,
                found,
                lambda it: (it.entry.booked_at, it.entry.sequence),
                lambda it: redaction.transaction(unit, it, account.currency),
            )

        return self._office.read(query)

    # projects and work

    def projects(
        self,
        *,
        client: str | None = None,
        archived: bool | None = False,
        sort: ProjectSort = ProjectSort.NAME,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[ProjectRow]:
        """Projects with their rate in force, the time worked, and what of it is billed and not. A worker is told of
        their own time."""
        part = cut(sort, ProjectSort, descending=descending, after=after, limit=limit)
        _check_archived(archived)

        def query(unit: Unit) -> Page[ProjectRow]:
            id = None if client is None else unit.client(client).id
            unit.permit(Act.VIEW_PROJECTS)
            return _projects(unit, id, archived, part)

        return self._office.read(query)

    def project(self, id: str) -> ProjectPage:
        """A project: what was worked on it, who is assigned, as far as one may know, and its latest sessions, which
        go on in `work(project=id)`."""

        def query(unit: Unit) -> ProjectPage:
            project = unit.project(id)
            unit.permit(Act.VIEW_PROJECTS)
            reach = visibility.reach(unit.actor)
            wanted = ProjectsWanted(now=unit.stamp.at, reach=reach, id=project.id, archived=None)
            rows = unit.pages.projects(wanted, Cut(ProjectSort.ADDED, limit=1))
            row = _only((redaction.project(unit, row) for row in rows), "project", id)
            names = unit.pages.names((), row.project.assigned)
            sessions = WorkWanted(zone=unit.firm.timezone, reach=reach, project_id=project.id)
            return ProjectPage(
                row,
                tuple(sorted((Named(id, name) for id, name in names.items()), key=lambda it: (it.name, it.id))),
                _work(unit, sessions, Cut(WorkSort.START, descending=True)),
            )

        return self._office.read(query)

    def work(
        self,
        *,
        client: str | None = None,
        project: str | None = None,
        person: str | None = None,
        period: Period | None = None,
        billed: bool | None = None,
        sort: WorkSort = WorkSort.START,
        descending: bool = True,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[WorkRow]:
        """Sessions, the latest first: of the whole firm, or of a client, project, person or period, and only those that
        an invoice holds, or none does."""
        part = cut(sort, WorkSort, descending=descending, after=after, limit=limit)
        _check_period(period)
        inputs.optional(billed, lambda it: inputs.yes_or_no("billed", it))

        def query(unit: Unit) -> Page[WorkRow]:
            wanted = WorkWanted(
                zone=unit.firm.timezone,
                reach=visibility.reach(unit.actor),
                client_id=None if client is None else unit.client(client).id,
                project_id=None if project is None else unit.project(project).id,
                person_id=None if person is None else unit.person(person).id,
                period=period,
                locked=billed,
            )
            unit.permit(Act.VIEW_WORK)
            return _work(unit, wanted, part)

        return self._office.read(query)

    # invoices

    def invoices(
        self,
        *,
        client: str | None = None,
        statuses: Iterable[Status] | None = None,
        period: Period | None = None,
        overdue: bool = False,
        sort: InvoiceSort = InvoiceSort.MADE,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[InvoiceRow]:
        """Invoices, paid or unpaid, with what is left to pay and how late they are: all of them, or those of a client,
        in one of some statuses, issued in a period, or past the day on which they were due."""
        part = cut(sort, InvoiceSort, descending=descending, after=after, limit=limit)
        chosen = frozenset(Status) if statuses is None else inputs.several("statuses", statuses, Status)
        _check_period(period)
        inputs.yes_or_no("overdue", overdue)

        def query(unit: Unit) -> Page[InvoiceRow]:
            id = None if client is None else unit.client(client).id
            unit.permit(Act.VIEW_INVOICES)
            wanted = InvoicesWanted(
                today=unit.stamp.today,
                statuses=chosen & visibility.statuses_seen(unit.actor),
                reach=visibility.reach(unit.actor),
                client_id=id,
                period=period,
                overdue=overdue,
            )
            found = unit.pages.invoices(wanted, part.with_one_more)
            return redaction.page(part, found, lambda row: row.place(sort), lambda row: redaction.invoice(unit, row))

        return self._office.read(query)

    def invoice(self, id: str) -> InvoicePage:
        """An invoice with its lines, payments and history, and what may be done with it now."""

        def query(unit: Unit) -> InvoicePage:
            invoice = unit.invoice(id)
            client = unit.client(invoice.client_id)
            return InvoicePage(
                invoice=invoice,
                client=Named(client.id, client.name),
                names=_names_on(unit, invoice),
                payments=tuple(
                    redaction.paid_part(unit, payment, invoice)
                    for payment in unit.uow.find(PAYMENTS_ON_INVOICE, invoice.id)
                ),
                history=history_of(unit, invoice),
                acts=acts_on(unit, invoice),
                days_overdue=days_overdue(invoice.status, invoice.due_on, invoice.open_minor, unit.stamp.today),
            )

        return self._office.read(query)

    # people

    def people(
        self,
        *,
        role: Role | None = None,
        archived: bool | None = False,
        sort: PersonSort = PersonSort.NAME,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[PersonRow]:
        """The employees, of all roles or of one: how long each of them worked, when they last signed in, and the
        projects that they are assigned to."""
        part = cut(sort, PersonSort, descending=descending, after=after, limit=limit)
        _check_archived(archived)
        if inputs.optional(role, lambda it: inputs.instance("role", it, Role)) is Role.CONTACT:
            raise Malformed("Contacts are no employees; they are listed for each client by pages.contacts.")

        def query(unit: Unit) -> Page[PersonRow]:
            unit.permit(Act.VIEW_PEOPLE)
            roles = frozenset(Role) - {Role.CONTACT} if role is None else frozenset({role})
            return _people(unit, roles, None, archived, part)

        return self._office.read(query)

    def person(self, id: str) -> PersonPage:
        """Somebody whom one may see, and how they sign in."""

        def query(unit: Unit) -> PersonPage:
            wanted = PeopleWanted(roles=frozenset(Role), id=unit.person(id).id, archived=None)
            rows = unit.pages.people(wanted, Cut(PersonSort.ADDED, limit=1))
            return redaction.person_page(unit, _only((redaction.person(unit, row) for row in rows), "person", id))

        return self._office.read(query)

    # what is owed, and what is to be expected

    def unbilled(
        self,
        *,
        client: str | None = None,
        sort: UnbilledSort = UnbilledSort.CLIENT,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[UnbilledRow]:
        """What time invoices would take now, project by project: of all clients or of one."""
        part = cut(sort, UnbilledSort, descending=descending, after=after, limit=limit)

        def query(unit: Unit) -> Page[UnbilledRow]:
            id = None if client is None else unit.client(client).id
            unit.permit(Act.VIEW_INVOICES)
            found = unit.pages.unbilled(visibility.reach(unit.actor), id, part.with_one_more)
            return redaction.page(part, found, lambda row: row.place(sort), lambda row: redaction.unbilled(unit, row))

        return self._office.read(query)

    def aging(
        self,
        *,
        client: str | None = None,
        as_of: date | None = None,
        sort: AgingSort = AgingSort.CLIENT,
        descending: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> Aging:
        """What is owed as of a day (None: today) by how late it is: in all, and client by client."""
        part = cut(sort, AgingSort, descending=descending, after=after, limit=limit)
        inputs.optional(as_of, lambda it: inputs.day("as_of", it))

        def query(unit: Unit) -> Aging:
            day, whose = as_of or unit.stamp.today, unit.actor.client_id
            if client is not None:
                whose = unit.account_seen(client).client_id
            unit.permit(Act.VIEW_ACCOUNT)
            if whose is not None and not visibility.sees_account(unit.actor, whose):
                return Aging(day, (), Page((), None))
            found = unit.pages.aging(whose, day, part.with_one_more)
            clients = redaction.page(part, found, lambda row: row.place(sort), lambda row: redaction.aging(unit, row))
            return Aging(day, tuple(unit.pages.owed(whose, day)), clients)

        return self._office.read(query)

    def outlook(self, client: str) -> Outlook:
        """When a client will be asked for the next refill, and when their work will stop, if it goes on as in the last
        four weeks and nothing is paid."""

        def query(unit: Unit) -> Outlook:
            account, today = unit.account_seen(client), unit.stamp.today
            since, until = expectation.window(today).bounds(unit.firm.timezone)
            return expectation.outlook(account, unit.pages.worked(account.client_id, since, until), today)

        return self._office.read(query)

    def explain(self, client: str) -> Explanation:
        """Why a client's balance, utilization, stop and next refill are what they are."""

        def query(unit: Unit) -> Explanation:
            account = unit.account_seen(client)
            allowed = account.terms.allowed_balance
            level = None if allowed is None else allowed.minor
            grounds = unit.pages.grounds(account.client_id, level, unit.stamp.today)
            if sum(it.minor for it in grounds.totals) != account.position.balance_minor:
                raise ConcurrencyConflict("The balance moved while it was explained.")  # so it is looked at again
            asked = tuple(row for row in grounds.asked if redaction.invoice(unit, row) is not None)
            return explain(account, evolve(grounds, asked=asked), unit.firm.timezone)

        return self._office.read(query)


def _check_archived(archived: object) -> None:
    if archived is not None:
        inputs.yes_or_no("archived", archived)


def _check_period(period: object) -> None:
    if period is not None:
        inputs.instance("period", period, Period)


def _permit_money(unit: Unit) -> None:
    """An order by money tells about money."""
    unit.permit(Act.VIEW_ACCOUNT)
    own = unit.actor.client_id
    if own is not None and not visibility.sees_account(unit.actor, own):
        raise NotFound("account of client", own)


def _only(rows: Iterable[R | None], what: str, id: str) -> R:
    """The one row that there is to see."""
    for row in rows:
        if row is not None:
            return row
    raise NotFound(what, id)


def _people(
    unit: Unit, roles: frozenset[Role], client_id: ClientId | None, archived: bool | None, part: Cut[PersonSort]
) -> Page[PersonRow]:
    wanted = PeopleWanted(roles=roles & visibility.roles_seen(unit.actor), client_id=client_id, archived=archived)
    found = unit.pages.people(wanted, part.with_one_more)
    return redaction.page(part, found, lambda row: row.place(part.by), lambda row: redaction.person(unit, row))


def _projects(
    unit: Unit, client_id: ClientId | None, archived: bool | None, part: Cut[ProjectSort]
) -> Page[ProjectRow]:
    reach = visibility.reach(unit.actor)
    wanted = ProjectsWanted(now=unit.stamp.at, reach=reach, client_id=client_id, archived=archived)
    found = unit.pages.projects(wanted, part.with_one_more)
    return redaction.page(part, found, lambda row: row.place(part.by), lambda row: redaction.project(unit, row))


def _work(unit: Unit, wanted: WorkWanted, part: Cut[WorkSort]) -> Page[WorkRow]:
    found = unit.pages.work(wanted, part.with_one_more)
    return redaction.page(
        part, found, lambda it: (it.session.start, it.session.id), lambda it: redaction.work(unit, it)
    )


def _names_on(unit: Unit, invoice: Invoice) -> tuple[Named, ...]:
    """What the projects and people on the lines are called: as printed, or on a draft as they are called now."""
    if invoice.letterhead is not None:
        return tuple(Named(id, name) for id, name in invoice.letterhead.names)
    projects = dict.fromkeys(line.project_id for line in invoice.lines if line.project_id is not None)
    people = dict.fromkeys(line.person_id for line in invoice.lines if line.person_id is not None)
    names = unit.pages.names(projects, people)
    return tuple(Named(id, names[id]) for id in (*projects, *people))
