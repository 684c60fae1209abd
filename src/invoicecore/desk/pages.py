"""The calls for the screens of a front end, one for each screen."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from attrs import evolve

from invoicecore.desk import redaction, visibility
from invoicecore.desk.accounts import movements_query, permit_money
from invoicecore.desk.charges import charges_query
from invoicecore.desk.context import CommandContext
from invoicecore.desk.firm import audit_records
from invoicecore.desk.invoices import acts_on, history_of, payments_on
from invoicecore.desk.subject import Subject, primary_query, query
from invoicecore.desk.work_entry import timer_shown
from invoicecore.errors import ConcurrencyConflict, InvalidInput, NotFound
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.permissions import may
from invoicecore.ports.queries import (
    ClientsQuery,
    InvoicesQuery,
    ListQuery,
    MovementsQuery,
    OwedQuery,
    PeopleQuery,
    ProjectsQuery,
    WorkQuery,
)
from invoicecore.ports.store import ALL, RECEIVABLES, RECEIVABLES_OF_CLIENT, TIMERS
from invoicecore.queries import forecast as expectation
from invoicecore.queries.audit import AuditRow, AuditSort
from invoicecore.queries.charges import ChargeRow, ChargeSort
from invoicecore.queries.clients import ClientRow, ClientSort, ClientSummary
from invoicecore.queries.explain import Explanation, explain
from invoicecore.queries.forecast import Forecast
from invoicecore.queries.invoices import HistoryRow, InvoicePage, InvoiceRow, InvoiceSort, days_overdue
from invoicecore.queries.owed import Aging, AgingSort, UnbilledRow, UnbilledSort
from invoicecore.queries.paging import ListTotals, Page, PageRequest, needles, page_request
from invoicecore.queries.people import PersonPage, PersonRow, PersonSort
from invoicecore.queries.projects import ProjectPage, ProjectRow, ProjectSort
from invoicecore.queries.taxes import TaxReport, of_issued, of_payments, paid_in
from invoicecore.queries.transactions import TransactionRow, TransactionSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import TimerRow, WorkRow, WorkSort
from invoicecore.settlement.account import Account, Standing
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.vocabulary import LIVE, Action, ChargeKind, LedgerDay, Role, Status

R = TypeVar("R")

_EVERY_INVOICE = PageRequest(InvoiceSort.MADE, limit=2**31)
_NAMED = {
    "Account": "clients",
    "Client": "clients",
    "Invoice": "invoices",
    "Login": "people",
    "Person": "people",
    "Project": "projects",
}
"""As what the things are named that a command changed, by their kinds."""


class Pages(Subject):
    """What the screens of a front end show, each with one call and filtered to what the viewer may see.

    Lists come page by page, forward and back: `after` is the `next_cursor` of a page, `before` its `previous_cursor`,
    in the same order and with the same filters; `limit` is at most 1000. `search` is a part of a name or a number (A to
    Z in either case). `totals` asks for the number of all rows and their sums. `archived=False` leaves out archived
    things, True shows only these, None shows both. Fields that the viewer may not see are None, and rows that they may
    not see are left out.

    If the storage has a replica, it answers; `as_of` says up to when, and `desk.fresh().pages` asks the primary
    instead. `audit` always asks the primary.
    """

    @property
    def as_of(self) -> datetime:
        """The answers contain everything that was committed before this instant. With a replica it is the instant of
        the last commit that has arrived there, which may be long ago if nothing is written; otherwise it is now. Ask
        for it before the page."""
        return self._executor.as_of()

    # clients

    @query
    def clients(
        self,
        context: CommandContext,
        *,
        archived: bool | None = False,
        search: str = "",
        sort: ClientSort = ClientSort.NAME,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[ClientRow]:
        """Clients with balance, terms, utilization, and whether work is stopped. Only people who see client-wide money
        can sort by it."""
        part = page_request(sort, ClientSort, descending=descending, after=after, before=before, limit=limit)
        context.permit(Action.VIEW_CLIENTS)
        if sort in (ClientSort.BALANCE, ClientSort.UTILIZATION):
            permit_money(context)
        wanted = ClientsQuery(visibility=visibility.of(context.actor), archived=archived, search=needles(search))
        found = context.pages.clients(wanted, part.with_one_more)
        return redaction.page(context, part, found, redaction.client, _totals(context, wanted, totals))

    @query
    def client(self, context: CommandContext, client_id: str) -> ClientSummary:
        """A client: active projects, standing, and what was invoiced this week."""
        client = context.client(client_id)
        context.permit(Action.VIEW_CLIENTS)
        week, sees_account = Period.week_of(context.stamp.today), visibility.sees_account(context.actor, client.id)
        account = context.account(client.id)
        return ClientSummary(
            client=client,
            projects=_projects(context, client.id, False, PageRequest(ProjectSort.NAME)),
            standing=Standing(account) if sees_account else None,
            week=week,
            invoiced=context.pages.invoiced(client.id, week) if sees_account else None,
            stopped=account.is_stopped if visibility.sees_stop(context.actor, client.id) else None,
        )

    @query
    def contacts(
        self,
        context: CommandContext,
        client_id: str,
        *,
        archived: bool | None = False,
        search: str = "",
        sort: PersonSort = PersonSort.NAME,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[PersonRow]:
        """A client's contacts, each with the projects that they are limited to (none: not limited). Only Managers see
        any."""
        part = page_request(sort, PersonSort, descending=descending, after=after, before=before, limit=limit)
        id = context.client(client_id).id
        context.permit(Action.VIEW_PEOPLE)
        wanted = PeopleQuery(
            roles=frozenset({Role.CONTACT}) & visibility.roles_seen(context.actor),
            client_id=id,
            archived=archived,
            search=needles(search),
        )
        return _people(context, wanted, part, totals)

    @query
    def transactions(
        self,
        context: CommandContext,
        client_id: str,
        *,
        period: Period | None = None,
        by: LedgerDay | None = None,
        sort: TransactionSort = TransactionSort.BOOKED,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Page[TransactionRow]:
        """Every movement of a client's balance, ever or in a period by the day of `accounts.statement`, each with its
        cause and the balance after it was booked."""
        part = page_request(sort, TransactionSort, descending=descending, after=after, before=before, limit=limit)
        account = context.visible_account(client_id)
        wanted = movements_query(context, account, period, by or account.ledger_day)
        found = context.pages.movements(wanted, part.with_one_more)
        return redaction.page(context, part, found, partial(redaction.transaction, currency=account.currency))

    # projects and work

    @query
    def projects(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        archived: bool | None = False,
        search: str = "",
        sort: ProjectSort = ProjectSort.NAME,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[ProjectRow]:
        """Projects with their present rate, the time worked, and how much of it is billed and unbilled. A Worker sees
        only their own time."""
        part = page_request(sort, ProjectSort, descending=descending, after=after, before=before, limit=limit)
        id = None if client_id is None else context.client(client_id).id
        context.permit(Action.VIEW_PROJECTS)
        return _projects(context, id, archived, part, search, totals)

    @query
    def project(self, context: CommandContext, project_id: str) -> ProjectPage:
        """A project: the work on it, who is assigned as far as the viewer may know, and its latest sessions;
        `work(project_id=…)` lists the others."""
        project = context.project(project_id)
        context.permit(Action.VIEW_PROJECTS)
        seen = visibility.of(context.actor)
        wanted = ProjectsQuery(now=context.stamp.at, visibility=seen, id=project.id, archived=None)
        rows = context.pages.projects(wanted, PageRequest(ProjectSort.ADDED, limit=1))
        row = _only((redaction.project(context, row) for row in rows), "project", project_id)
        names = context.pages.names((), row.project.assigned)
        sessions = WorkQuery(zone=context.firm.timezone, visibility=seen, project_id=project.id)
        return ProjectPage(
            row,
            tuple(sorted((NamedRef(id, name) for id, name in names.items()), key=lambda it: (it.name, it.id))),
            _work(context, sessions, PageRequest(WorkSort.START, descending=True)),
        )

    @query
    def work(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        project_id: str | None = None,
        person_id: str | None = None,
        period: Period | None = None,
        billed: bool | None = None,
        search: str = "",
        sort: WorkSort = WorkSort.START,
        descending: bool = True,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[WorkRow]:
        """Sessions, the latest first: of the whole firm, or of a client, project, person or period; all of them, or
        only those that a live invoice bills, or that none bills."""
        part = page_request(sort, WorkSort, descending=descending, after=after, before=before, limit=limit)
        wanted = WorkQuery(
            zone=context.firm.timezone,
            visibility=visibility.of(context.actor),
            client_id=None if client_id is None else context.client(client_id).id,
            project_id=None if project_id is None else context.project(project_id).id,
            person_id=None if person_id is None else context.person(person_id).id,
            period=period,
            locked=billed,
            search=needles(search),
        )
        context.permit(Action.VIEW_WORK)
        return _work(context, wanted, part, totals)

    @query
    def charges(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        project_id: str | None = None,
        kind: ChargeKind | None = None,
        period: Period | None = None,
        billed: bool | None = None,
        search: str = "",
        sort: ChargeSort = ChargeSort.DAY,
        descending: bool = True,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[ChargeRow]:
        """Expenses, fees and discounts, the latest first: of the whole firm, or of a client, project, kind or period;
        all of them, or only those that a live invoice bills, or that none bills. Supervisors see expenses, Workers
        their own, and contacts what their client is asked to pay."""
        part = page_request(sort, ChargeSort, descending=descending, after=after, before=before, limit=limit)
        wanted = charges_query(context, client_id, project_id, kind, period, locked=billed, search=needles(search))
        found = context.pages.charges(wanted, part.with_one_more)
        return redaction.page(context, part, found, redaction.charge, _totals(context, wanted, totals))

    # invoices

    def invoices(
        self,
        *,
        client_id: str | None = None,
        statuses: Iterable[Status] | None = None,
        period: Period | None = None,
        overdue: bool = False,
        search: str = "",
        sort: InvoiceSort = InvoiceSort.MADE,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[InvoiceRow]:
        """Invoices, paid or unpaid, with what is left to pay and how late they are: all of them, or those of a client,
        in some statuses, issued in a period, or past their due date."""
        part = page_request(sort, InvoiceSort, descending=descending, after=after, before=before, limit=limit)
        inputs.optional(period, lambda it: inputs.instance("period", it, Period))
        chosen = frozenset(Status) if statuses is None else inputs.set_of("statuses", statuses, Status)
        inputs.yes_or_no("overdue", overdue)
        inputs.yes_or_no("totals", totals)
        sought = needles(search)

        def run(context: CommandContext) -> Page[InvoiceRow]:
            id = None if client_id is None else context.client(client_id).id
            context.permit(Action.VIEW_INVOICES)
            wanted = InvoicesQuery(
                today=context.stamp.today,
                statuses=chosen & visibility.statuses_seen(context.actor),
                visibility=visibility.of(context.actor),
                client_id=id,
                period=period,
                overdue=overdue,
                search=sought,
            )
            found = context.pages.invoices(wanted, part.with_one_more)
            return redaction.page(context, part, found, redaction.invoice, _totals(context, wanted, totals))

        return self._executor.read(run)

    @query
    def invoice(self, context: CommandContext, invoice_id: str) -> InvoicePage:
        """An invoice with its lines, payments, history and available actions. A void invoice shows the payments that it
        had, each with what became of it."""
        invoice = context.shown_invoice(invoice_id)
        client = context.client(invoice.client_id)
        return InvoicePage(
            invoice=invoice,
            client=NamedRef(client.id, client.name),
            names=_names_on(context, invoice),
            payments=tuple(
                redaction.paid_part(context, payment, amount, on_void)
                for payment, amount, on_void in payments_on(context, context.invoice(invoice.id))
            ),
            history=_history(context, invoice),
            actions=acts_on(context, invoice),
            days_overdue=days_overdue(invoice.status, invoice.due_on, invoice.amount_due_minor, context.stamp.today),
        )

    @query
    def timers(self, context: CommandContext) -> tuple[TimerRow, ...]:
        """The running timers that the caller may see, the earliest first, each with what it is for: also a Worker's own
        timer on a project that they are no longer assigned to."""
        context.permit(Action.VIEW_WORK)
        timers = [it for it in context.uow.find(TIMERS) if visibility.sees_work(context.actor, it)]
        projects, people, clients = (
            {getattr(timer, name) for timer in timers} for name in ("project_id", "person_id", "client_id")
        )
        names = context.pages.names(projects, people, clients) if timers else {}
        return tuple(
            TimerRow(
                timer=timer_shown(context, it),
                client=NamedRef(it.client_id, names[it.client_id]),
                project=NamedRef(it.project_id, names[it.project_id]),
                person=NamedRef(it.person_id, names[it.person_id]),
            )
            for it in timers
        )

    # people

    def people(
        self,
        *,
        role: Role | None = None,
        archived: bool | None = False,
        search: str = "",
        sort: PersonSort = PersonSort.NAME,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
        totals: bool = False,
    ) -> Page[PersonRow]:
        """The employees, of all roles or of one: how long each of them worked, when they last signed in, and the
        projects that they are assigned to."""
        part = page_request(sort, PersonSort, descending=descending, after=after, before=before, limit=limit)
        inputs.optional(archived, lambda it: inputs.yes_or_no("archived", it))
        inputs.yes_or_no("totals", totals)
        sought = needles(search)
        if inputs.optional(role, lambda it: inputs.instance("role", it, Role)) is Role.CONTACT:
            raise InvalidInput("A contact is not an employee; pages.contacts lists those of a client.")

        def run(context: CommandContext) -> Page[PersonRow]:
            context.permit(Action.VIEW_PEOPLE)
            roles = frozenset(Role) - {Role.CONTACT} if role is None else frozenset({role})
            seen = roles & visibility.roles_seen(context.actor)
            return _people(context, PeopleQuery(roles=seen, archived=archived, search=sought), part, totals)

        return self._executor.read(run)

    @query
    def person(self, context: CommandContext, person_id: str) -> PersonPage:
        """A person whom the viewer may see, and their sign-in data."""
        wanted = PeopleQuery(roles=frozenset(Role), id=context.person(person_id).id, archived=None)
        rows = context.pages.people(wanted, PageRequest(PersonSort.ADDED, limit=1))
        row = _only((redaction.person(context, row) for row in rows), "person", person_id)
        sees_login = row.person.id == context.actor.id or may(context.actor.role, Action.VIEW_LOGIN)
        login = context.login(row.person).view() if sees_login else None
        return PersonPage(row, row.person.timezone or context.firm.timezone, login)

    @primary_query
    def audit(
        self,
        context: CommandContext,
        *,
        action: Action | None = None,
        entity_id: str | None = None,
        sort: AuditSort = AuditSort.COMMITTED,
        descending: bool = True,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Page[AuditRow]:
        """Who changed what, the newest first, each with the names of what was changed: everything, or what an action
        did, or what changed the thing with that id."""
        part = page_request(sort, AuditSort, descending=descending, after=after, before=before, limit=limit)
        inputs.optional(action, lambda it: inputs.instance("action", it, Action))
        entity_id = inputs.optional(entity_id, lambda it: inputs.id("entity_id", it))
        context.permit(Action.VIEW_AUDIT)
        request = part.with_one_more
        records = audit_records(
            context, action, entity_id, request.after, request.limit, newest_first=request.descending
        )
        ids: dict[str, set[str]] = {kind: set() for kind in _NAMED.values()}
        for record in records:
            ids["people"].add(record.by)
            for change in record.changes:
                if change.kind in _NAMED:
                    ids[_NAMED[change.kind]].add(change.id)
        names = context.pages.names(**ids) if records else {}  # type: ignore[arg-type]  # they are what their kind says
        return redaction.page(context, part, records, partial(redaction.audit, names=names))

    # what is owed, and what is to be expected

    @query
    def unbilled(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        sort: UnbilledSort = UnbilledSort.CLIENT,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Page[UnbilledRow]:
        """The work and the charges that are on no live invoice, project by project: of all clients or of one."""
        part = page_request(sort, UnbilledSort, descending=descending, after=after, before=before, limit=limit)
        id = None if client_id is None else context.client(client_id).id
        context.permit(Action.VIEW_INVOICES)
        found = context.pages.unbilled(visibility.of(context.actor), id, part.with_one_more)
        return redaction.page(context, part, found, redaction.unbilled)

    @query
    def aging(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        as_of: date | None = None,
        sort: AgingSort = AgingSort.CLIENT,
        descending: bool = False,
        after: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Aging:
        """What is owed as of a day (None: today) by how late it is: in all, and client by client. The answer for a past
        day stays, whatever is booked afterwards."""
        part = page_request(sort, AgingSort, descending=descending, after=after, before=before, limit=limit)
        day, whose = as_of or context.stamp.today, context.actor.client_id
        if client_id is not None:
            whose = context.visible_account(client_id).client_id
        context.permit(Action.VIEW_ACCOUNT)
        if whose is not None and not visibility.sees_account(context.actor, whose):
            return Aging(day, (), Page((), None))
        wanted = OwedQuery(as_of=day, today=context.stamp.today, client_id=whose)
        pages = context.pages
        found = pages.aging(wanted, part.with_one_more)
        clients = redaction.page(context, part, found, redaction.aging)
        return Aging(day, tuple(pages.owed(wanted)), clients)

    @query
    def taxes(self, context: CommandContext, period: Period | None = None) -> TaxReport:
        """The taxes of a period (None: this month), of the clients whose accounts the viewer may see: by the day of
        issue of invoices, and by the day of the receipt of payments. A void counts on its own day, and so do money that
        goes back and credit that is applied."""
        permit_money(context)
        today = context.stamp.today
        period = period or Period.month(today.year, today.month)
        if not context.firm.taxes:
            return TaxReport(period, (), ())
        query = partial(InvoicesQuery, visibility=visibility.of(context.actor), today=today)
        rows = context.pages.invoices(query(statuses=LIVE | {Status.VOID}, period=period), _EVERY_INVOICE)
        void = context.pages.invoices(query(statuses=frozenset({Status.VOID})), _EVERY_INVOICE)
        voided = [row for row in void if row.ended_on is not None and row.ended_on in period]
        whose = context.actor.client_id
        index, key = (RECEIVABLES, ALL) if whose is None else (RECEIVABLES_OF_CLIENT, whose)
        paid = paid_in(period, context.uow.find(index, key, after=(period.first,)))

        def seen(ids: Iterable[InvoiceId]) -> list[Invoice]:
            found = (context.uow.get(Invoice, id) for id in ids)
            return [it for it in found if it is not None and visibility.sees_account(context.actor, it.client_id)]

        return TaxReport(
            period,
            of_issued(seen(row.id for row in rows), seen(row.id for row in voided)),
            of_payments(seen(paid), paid),
        )

    @query
    def forecast(self, context: CommandContext, client_id: str) -> Forecast:
        """When the next refill of a client will be requested, and when their work will stop, if work goes on as in the
        last four weeks and nothing is paid."""
        account, today = context.visible_account(client_id), context.stamp.today
        since, until = expectation.window(today).bounds(context.firm.timezone)
        return expectation.forecast(account, context.pages.worked(account.client_id, since, until), today)

    @query
    def explain(self, context: CommandContext, client_id: str) -> Explanation:
        """Why a client's balance, utilization, stop and next refill are what they are."""
        account = context.visible_account(client_id)
        allowed = account.terms.allowed_balance
        level = None if allowed is None else allowed.minor
        grounds = context.pages.grounds(account.client_id, level, context.stamp.today)
        if sum(it.minor for it in grounds.totals) != account.position.balance_minor:
            raise ConcurrencyConflict("The balance moved while it was explained.")  # so it is looked at again
        asked = tuple(row for it in grounds.asked if (row := redaction.invoice(context, it)) is not None)
        deposit, crossing = (_transaction(context, account, it) for it in (grounds.deposit, grounds.crossing))
        return explain(account, evolve(grounds, asked=asked), deposit, crossing)


def _only(rows: Iterable[R | None], what: str, id: str) -> R:
    """The one row that there is to see."""
    for row in rows:
        if row is not None:
            return row
    raise NotFound(what, id)


def _people(
    context: CommandContext, wanted: PeopleQuery, part: PageRequest[PersonSort], totals: bool
) -> Page[PersonRow]:
    found = context.pages.people(wanted, part.with_one_more)
    return redaction.page(context, part, found, redaction.person, _totals(context, wanted, totals))


def _totals(context: CommandContext, wanted: ListQuery, asked: bool) -> ListTotals | None:
    """The totals of a list if they are asked for, without amounts for those who see no money."""
    if not asked:
        return None
    whole = context.pages.totals(wanted)
    return whole if context.sees_money else evolve(whole, amounts=(), amounts_due=())


def _projects(
    context: CommandContext,
    client_id: ClientId | None,
    archived: bool | None,
    part: PageRequest[ProjectSort],
    search: str = "",
    totals: bool = False,
) -> Page[ProjectRow]:
    seen, sought = visibility.of(context.actor), needles(search)
    now = context.stamp.at
    wanted = ProjectsQuery(now=now, visibility=seen, client_id=client_id, archived=archived, search=sought)
    found = context.pages.projects(wanted, part.with_one_more)
    return redaction.page(context, part, found, redaction.project, _totals(context, wanted, totals))


def _work(
    context: CommandContext, wanted: WorkQuery, part: PageRequest[WorkSort], totals: bool = False
) -> Page[WorkRow]:
    found = context.pages.work(wanted, part.with_one_more)
    return redaction.page(context, part, found, redaction.work, _totals(context, wanted, totals))


def _transaction(context: CommandContext, account: Account, entry: LedgerEntry | None) -> TransactionRow | None:
    """An entry with what caused it and who booked it."""
    if entry is None:
        return None
    before = PageRequest(TransactionSort.BOOKED, after=(entry.sequence - 1,), limit=1)
    [movement] = context.pages.movements(MovementsQuery(client_id=account.client_id), before)
    return redaction.transaction(context, movement, account.currency)


def _history(context: CommandContext, invoice: Invoice) -> tuple[HistoryRow, ...]:
    """The steps of an invoice's life, with the names of who took them."""
    steps = history_of(context, invoice)
    names = context.pages.names((), {step.by for step in steps})
    return tuple(
        HistoryRow(
            sequence=it.sequence,
            at=it.at,
            by=NamedRef(it.by, names[it.by]),
            action=it.action,
            before=it.before,
            after=it.after,
            note=it.note,
        )
        for it in steps
    )


def _names_on(context: CommandContext, invoice: Invoice) -> tuple[NamedRef, ...]:
    """What the projects and people on the lines are called: as printed, or on a draft as they are called now."""
    if invoice.parties is not None:
        return tuple(NamedRef(id, name) for id, name in invoice.parties.names)
    projects = dict.fromkeys(line.project_id for line in invoice.lines if line.project_id is not None)
    people = dict.fromkeys(line.person_id for line in invoice.lines if line.person_id is not None)
    names = context.pages.names(projects, people)
    return tuple(NamedRef(id, names[id]) for id in (*projects, *people))
