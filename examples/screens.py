"""The calls that a front end makes for each screen, and what each of the four roles sees.

    python -m examples.screens              # every screen for everybody
    python -m examples.screens contact      # for one role

Each screen is a function that makes one call at somebody's desk and spells the answer as a plain table. None of them
asks who is looking: what they may not see is None or not there, and what they may not do is refused. The firm that
they show lives in memory.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from textwrap import fill
from zoneinfo import ZoneInfo

from examples.studio import Links, new_studio, usd
from examples.tables import card, said, table
from invoicecore import Age, Deposit, Desk, InvoiceSort, Money, Page, Rate, Refill, Role, Terms, TransactionRow, WorkRow
from invoicecore.errors import InvoicecoreError
from invoicecore.model.permissions import GRANTABLE_ROLES


def at(desk: Desk, moment: datetime | None) -> datetime | None:
    """An instant in the zone in which the one who looks wants to see it."""
    return moment and moment.astimezone(ZoneInfo(desk.pages.person(desk.person_id).timezone))


# The firm and oneself


def firm_settings(desk: Desk, of: Links) -> str:
    """Firm settings."""
    return card(
        desk.firm.settings(),
        {
            "Name": lambda it: it.name,
            "Contact": lambda it: it.contact,
            "Next invoice": lambda it: desk.firm.next_number(),
            "Logo": lambda it: it.logo,
            "Theme": lambda it: it.theme,
            "Zone": lambda it: it.timezone,
            "Days to pay": lambda it: it.payment_terms.days,
            "Locale": lambda it: it.locale,
            "Currency": lambda it: it.currency,
        },
    )


def my_profile(desk: Desk, of: Links) -> str:
    """My profile."""
    return card(
        desk.pages.person(desk.person_id),
        {
            "Name": lambda it: it.row.person.name,
            "E-mail": lambda it: it.row.person.email,
            "Role": lambda it: it.row.person.role,
            "Zone": lambda it: it.timezone,
            "Password": lambda it: it.login is not None and it.login.has_password,
            "Last sign-in": lambda it: at(desk, it.row.last_sign_in),
            "Time worked": lambda it: it.row.worked,
        },
    )


# Employees


def employees(desk: Desk, of: Links) -> str:
    """Employees."""
    return table(
        desk.pages.people().rows,
        {
            "Name": lambda it: it.person.name,
            "E-mail": lambda it: it.person.email,
            "Role": lambda it: it.person.role,
            "Worked": lambda it: it.worked,
            "Last sign-in": lambda it: at(desk, it.last_sign_in),
            "Projects": lambda it: it.projects,
        },
    )


def create_an_employee(desk: Desk, of: Links) -> str:
    """Create an employee."""
    added = desk.people.add(
        name="Nora",
        email="nora@northwind.example",
        password="incorrect horse",
        role=Role.WORKER,
        timezone="Europe/Berlin",
        admitted_from=["10.0.0.0/8"],
    )
    return card(
        desk.pages.person(added.id),
        {
            "Name": lambda it: it.row.person.name,
            "Role": lambda it: it.row.person.role,
            "Signs in from": lambda it: it.login is not None and it.login.admitted_from,
            "Roles to choose": lambda it: tuple(sorted(GRANTABLE_ROLES[Role.MANAGER])),
        },
    )


# Clients, and the pages of one


def clients(desk: Desk, of: Links) -> str:
    """Clients."""
    return table(
        desk.pages.clients().rows,
        {
            "Name": lambda it: it.client.name,
            "Balance": lambda it: it.standing and it.standing.balance,
            "Work stops at": lambda it: it.standing and it.standing.terms.allowed_balance,
            "Refill at": lambda it: it.standing and it.standing.terms.refill and it.standing.terms.refill.threshold,
            "Utilization": lambda it: it.standing and it.standing.utilization,
            "Stopped": lambda it: it.standing and it.standing.stopped,
        },
    )


def create_a_client(desk: Desk, of: Links) -> str:
    """Create a client."""
    refill = Refill(threshold=usd(-1000), rate=Rate.hourly(10, "USD"), hours=100)
    made = desk.clients.add(name="Initech", terms=Terms(allowed_balance=usd(-80), refill=refill))
    return card(made, {"Name": lambda it: it.name, "Currency": lambda it: it.currency})


def client_summary(desk: Desk, of: Links) -> str:
    """Client: summary."""
    return card(
        desk.pages.client(of.client),
        {
            "Client": lambda it: it.client.name,
            "Active projects": lambda it: tuple(row.project.name for row in it.projects.rows),
            "Balance": lambda it: it.standing and it.standing.balance,
            "This week": lambda it: it.week,
            "Invoiced": lambda it: it.invoiced,
        },
    )


def client_contacts(desk: Desk, of: Links) -> str:
    """Client: contacts."""
    return table(
        desk.pages.contacts(of.client).rows,
        {
            "Name": lambda it: it.person.name,
            "E-mail": lambda it: it.person.email,
            "Last sign-in": lambda it: at(desk, it.last_sign_in),
            "Sees": lambda it: it.projects or "all projects",
        },
    )


def client_projects(desk: Desk, of: Links) -> str:
    """Client: projects."""
    return projects_of(desk, of.client)


def client_invoices(desk: Desk, of: Links) -> str:
    """Client: invoices."""
    return invoices_of(desk, of.client)


def client_transactions(desk: Desk, of: Links) -> str:
    """Client: transactions."""
    return table(
        desk.pages.transactions(of.client).rows,
        {
            "Booked": lambda it: it.movement.booked_on,
            "What": lambda it: it.movement.kind,
            "Comes from": comes_from,
            "Amount": lambda it: it.movement.amount,
            "Balance": lambda it: it.movement.balance,
        },
    )


def comes_from(row: TransactionRow) -> tuple[object, ...]:
    """What caused a movement, as far as there is something to say."""
    cause = row.cause
    work = (cause.person, cause.project, cause.duration)
    money = (cause.method, cause.reference, cause.invoice)
    return tuple(part for part in (*work, *money, cause.note) if part) or (row.movement.note,)


def adjustment(desk: Desk, of: Links) -> str:
    """Client: adjust the balance by +$500."""
    return card(desk.accounts.adjust(of.client, usd(500), reason="Goodwill"), {"Balance": lambda it: it.balance})


# Projects and work


def projects(desk: Desk, of: Links) -> str:
    """Projects."""
    return projects_of(desk, None)


def projects_of(desk: Desk, client: str | None) -> str:
    """Projects of all clients or of one."""
    return table(
        desk.pages.projects(client_id=client).rows,
        {
            "Client": lambda it: it.client,
            "Project": lambda it: it.project.name,
            "Rate": lambda it: it.rate,
            "Worked": lambda it: it.worked,
            "Billed": lambda it: it.billed.time,
            "Billed for": lambda it: it.billed.amount,
            "Unbilled": lambda it: it.unbilled.time,
            "Unbilled for": lambda it: it.unbilled.amount,
        },
    )


def create_a_project(desk: Desk, of: Links) -> str:
    """Create a project."""
    made = desk.projects.add(
        client_id=of.client,
        name="Shop",
        rate=Rate.hourly(70, "USD"),
        starts_on=date(2026, 4, 6),
        notes="After the site.",
    )
    return card(
        desk.pages.project(made.id).row,
        {
            "Client": lambda it: it.client,
            "Project": lambda it: it.project.name,
            "Starts": lambda it: it.project.starts_on,
            "Rate": lambda it: it.rate,
            "Notes": lambda it: it.project.notes,
        },
    )


def project(desk: Desk, of: Links) -> str:
    """A project: who works on it, and all of its sessions."""
    page = desk.pages.project(of.project)
    above = card(
        page,
        {
            "Project": lambda it: it.row.project.name,
            "Rate": lambda it: it.row.rate,
            "Assigned": lambda it: it.assigned,
            "Notes": lambda it: it.row.project.notes,
        },
    )
    return f"{above}\n\n{sessions(desk, page.sessions)}"


def assign(desk: Desk, of: Links) -> str:
    """A project: assign somebody."""
    somebody = next(row.person for row in desk.pages.people().rows if row.person.name == "Ole")
    desk.projects.assign(of.project, somebody.id)
    return card(desk.pages.project(of.project), {"Assigned": lambda it: it.assigned})


def work(desk: Desk, of: Links) -> str:
    """Work."""
    return sessions(desk, desk.pages.work(limit=5))


def sessions(desk: Desk, page: Page[WorkRow]) -> str:
    """A page of sessions, and whether there is another."""
    rows = table(
        page.rows,
        {
            "Start": lambda it: at(desk, it.session.start),
            "Who": lambda it: it.person,
            "Client": lambda it: it.client,
            "Project": lambda it: it.project,
            "Time": lambda it: it.session.duration,
            "Amount": lambda it: it.session.amount,
            "Note": lambda it: it.session.note,
            "Locked": lambda it: it.invoice_number or it.session.locked,
        },
    )
    return f"{rows}\n… and more" if page.next_cursor else rows


def log_work(desk: Desk, of: Links) -> str:
    """Work: enter a session."""
    logged = desk.work.log(of.project, day=date(2026, 4, 1), hours="1.5", note="Footer")
    return card(logged, {"Day": lambda it: it.day, "Time": lambda it: it.duration, "Amount": lambda it: it.amount})


def edit_work(desk: Desk, of: Links) -> str:
    """Work: edit a session."""
    edited = desk.work.edit(of.session, hours=4)
    return card(edited, {"Day": lambda it: it.day, "Time": lambda it: it.duration, "Amount": lambda it: it.amount})


# Invoices and payments


def invoices(desk: Desk, of: Links) -> str:
    """Invoices."""
    return invoices_of(desk, None)


def invoices_of(desk: Desk, client: str | None) -> str:
    """Invoices of all clients or of one."""
    return table(
        desk.pages.invoices(client_id=client, sort=InvoiceSort.ISSUED).rows,
        {
            "Number": lambda it: it.number,
            "Client": lambda it: it.client,
            "Kind": lambda it: it.kind,
            "Reads": lambda it: it.display_status,
            "Status": lambda it: it.status,
            "Total": lambda it: it.total,
            "Open": lambda it: it.amount_due,
            "Due": lambda it: it.due_on,
            "Days overdue": lambda it: it.days_overdue,
        },
    )


def invoice(desk: Desk, of: Links) -> str:
    """An invoice: lines, payments, history, and what may be done now."""
    page = desk.pages.invoice(of.invoice)
    above = card(
        page,
        {
            "Invoice": lambda it: it.invoice.number,
            "Client": lambda it: it.client,
            "Status": lambda it: it.invoice.status,
            "Left to pay": lambda it: it.invoice.amount_due,
            "Buttons": lambda it: tuple(action.action for action in it.actions if action.allowed),
        },
    )
    lines = table(
        page.invoice.lines,
        {"Line": lambda it: it.description, "Amount": lambda it: Money(minor=it.minor, currency=page.invoice.currency)},
    )
    payments = table(
        page.payments,
        {
            "Received": lambda it: it.received_on,
            "Method": lambda it: it.method,
            "Transaction": lambda it: it.reference,
            "Amount": lambda it: it.amount,
        },
    )
    history = table(
        page.history, {"When": lambda it: at(desk, it.at), "Act": lambda it: it.action, "Status": lambda it: it.after}
    )
    return "\n\n".join((above, lines, payments, history))


def record_payment(desk: Desk, of: Links) -> str:
    """Record a payment."""
    offered = desk.pages.invoice(of.invoice).invoice.amount_due
    receipt = desk.payments.record(of.invoice, usd(250), method="wire", reference="TX-3")
    return card(
        receipt,
        {
            "Offered": lambda it: offered,
            "Recorded": lambda it: it.payment.amount,
            "Left to pay": lambda it: it.invoice.amount_due,
            "Reads": lambda it: it.invoice.display_status,
        },
    )


def manual_invoice(desk: Desk, of: Links) -> str:
    """Create an invoice by hand."""
    made = desk.invoices.manual(of.client, usd(300), deposit=Deposit.NOT_DEPOSITED, description="A bonus", number="B-1")
    return card(
        made,
        {
            "Number": lambda it: it.number,
            "Total": lambda it: it.total,
            "Payments go": lambda it: it.deposit,
            "Reads": lambda it: it.display_status,
        },
    )


# Beyond the texts


def unbilled(desk: Desk, of: Links) -> str:
    """Unbilled work."""
    return table(
        desk.pages.unbilled().rows,
        {
            "Client": lambda it: it.client,
            "Project": lambda it: it.project,
            "Sessions": lambda it: it.sessions,
            "Time": lambda it: it.time,
            "Work": lambda it: it.work,
            "Charges": lambda it: it.expenses + it.fees + it.discounts,
            "Amount": lambda it: it.amount,
        },
    )


def aging(desk: Desk, of: Links) -> str:
    """What is owed, by how late it is."""
    ages = {said(age.name.lower()): age for age in Age}
    columns = {name: lambda it, n=n: it.amounts[n] for n, name in enumerate(ages)}
    return table(desk.pages.aging().clients.rows, {"Client": lambda it: it.client, **columns})


def forecast(desk: Desk, of: Links) -> str:
    """When it will stop."""
    return card(
        desk.pages.forecast(of.client),
        {
            "Balance": lambda it: it.balance,
            "Worked": lambda it: (it.worked, it.window),
            "Refill": lambda it: (it.refill_at, it.refill_on),
            "Stop": lambda it: (it.allowed_balance, it.stops_on),
        },
    )


def explain(desk: Desk, of: Links) -> str:
    """Why the figures are what they are."""
    why = desk.pages.explain(of.client)
    parts = table(
        why.balance.parts, {"Kind": lambda it: it.kind, "Entries": lambda it: it.count, "Amount": lambda it: it.amount}
    )
    rules = (why.balance.rule, why.utilization.rule, why.stop.rule, why.refill.rule)
    return "\n\n".join((parts, *(fill(str(rule), 100) for rule in rules)))


SCREENS: tuple[Callable[[Desk, Links], str], ...] = (
    firm_settings,
    my_profile,
    employees,
    create_an_employee,
    clients,
    create_a_client,
    client_summary,
    client_contacts,
    client_projects,
    client_invoices,
    client_transactions,
    adjustment,
    projects,
    create_a_project,
    project,
    assign,
    work,
    log_work,
    edit_work,
    invoices,
    invoice,
    record_payment,
    manual_invoice,
    unbilled,
    aging,
    forecast,
    explain,
)


def shown(role: Role) -> Iterator[tuple[str, str]]:
    """Every screen as somebody in that role sees it: what it is called, and what is on it."""
    for screen in SCREENS:
        studio = new_studio()  # made anew, so that no screen shows what another one did
        try:
            text = screen(studio.desk(role), studio.links)
        except InvoicecoreError as refused:
            text = f"({refused})"
        yield (screen.__doc__ or "").rstrip("."), text


def main(roles: Sequence[str]) -> None:
    """Print every screen for each of some roles, or of all."""
    for role in map(Role, roles or Role):
        print(f"\n{f' As a {role} ':═^100}")
        for title, text in shown(role):
            print(f"\n── {title}\n\n{text}")


if __name__ == "__main__":
    main(sys.argv[1:])
