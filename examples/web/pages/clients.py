"""Clients: balance and utilization, the five tabs of each, and their balance terms."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from examples.web.forms import Form
from examples.web.pages.people import added
from examples.web.pages.paper import html_paper, pdf_paper
from examples.web.routing import post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, ClientSort, Desk, Refill, Role, Terms
from invoicecore.documents import statement

router = APIRouter(include_in_schema=False)


@router.get("/clients")
def clients(visitor: Visiting, find: str = "", sort: ClientSort = ClientSort.NAME, after: str | None = None) -> Response:
    """Each client with balance and utilization."""
    page = visitor.desk.pages.clients(search=find, sort=sort, after=after, archived=None)
    return visitor.page("clients/list.html", page=page, find=find, sort=sort)


@router.get("/clients/new")
def new_client(visitor: Visiting) -> Response:
    """An empty form."""
    visitor.need(Action.ADD_CLIENT)
    return visitor.page("clients/new.html", currency=visitor.desk.firm.settings().currency)


@post(router, "/clients/new", new_client)
def add_client(visitor: Visitor, form: Form) -> str:
    """A client with their balance terms."""
    client = visitor.desk.clients.add(
        name=form.text("name"),
        terms=terms(form, visitor.desk.firm.settings().currency),
        billing_address=form.text("billing_address"),
        idempotency_key=form.text("key"),
    )
    return f"/clients/{client.id}"


def terms(form: Form, currency: str) -> Terms:
    """Allowed balance, refill balance, refill rate and quantity; blank ones mean that there is none."""
    allowed, threshold = form.money("allowed_balance", currency), form.money("refill_balance", currency)
    if threshold is None:
        return Terms(allowed_balance=allowed)
    rate, hours = form.rate("refill_rate", currency, required=True), form.decimal("refill_hours")
    return Terms(allowed_balance=allowed, refill=Refill(threshold=threshold, rate=rate, hours=hours))


# the tabs of one client


@router.get("/clients/{client_id}")
def summary(visitor: Visiting, client_id: str) -> Response:
    """Active projects, balance, what was invoiced this week, and how the balance will go on."""
    page, pages = visitor.desk.pages.client(client_id), visitor.desk.pages
    forecast = pages.forecast(client_id) if page.standing else None
    why = pages.explain(client_id) if page.standing else None
    return visitor.page("clients/summary.html", page=page, client=page.client, forecast=forecast, why=why)


@router.get("/clients/{client_id}/contacts")
def contacts(visitor: Visiting, client_id: str) -> Response:
    """The client's logins, and the form for another one."""
    client, page = visitor.desk.clients.get(client_id), visitor.desk.pages.contacts(client_id)
    projects = visitor.desk.pages.projects(client_id=client_id).rows
    return visitor.page("clients/contacts.html", page=page, client=client, projects=projects)


@post(router, "/clients/{client_id}/contacts", contacts)
def add_contact(visitor: Visitor, form: Form, client_id: str) -> str:
    """A login for the client, which reads and changes nothing."""
    added(visitor, form, Role.CONTACT, client_id)
    return f"/clients/{client_id}/contacts"


@router.get("/clients/{client_id}/projects")
def projects(visitor: Visiting, client_id: str) -> Response:
    """The client's projects, rates and time worked."""
    client, page = visitor.desk.clients.get(client_id), visitor.desk.pages.projects(client_id=client_id, archived=None)
    return visitor.page("clients/projects.html", page=page, client=client)


@router.get("/clients/{client_id}/invoices")
def invoices(visitor: Visiting, client_id: str, after: str | None = None) -> Response:
    """The client's invoices, paid or unpaid."""
    page = visitor.desk.pages.invoices(client_id=client_id, descending=True, after=after)
    return visitor.page("clients/invoices.html", page=page, client=visitor.desk.clients.get(client_id))


@router.get("/clients/{client_id}/transactions")
def transactions(visitor: Visiting, client_id: str, after: str | None = None) -> Response:
    """Everything that moved the balance, the latest first, and the form that adjusts it."""
    page = visitor.desk.pages.transactions(client_id, descending=True, after=after)
    return visitor.page("clients/transactions.html", page=page, client=visitor.desk.clients.get(client_id))


@post(router, "/clients/{client_id}/transactions", transactions)
def adjust(visitor: Visitor, form: Form, client_id: str) -> str:
    """Credit the client, or take away."""
    amount = form.money("amount", visitor.desk.clients.get(client_id).currency, required=True)
    visitor.desk.accounts.adjust(client_id, amount, reason=form.text("reason"), idempotency_key=form.text("key"))
    return f"/clients/{client_id}/transactions"


@router.get("/clients/{client_id}/statement")
def statement_paper(visitor: Visiting, client_id: str) -> Response:
    """The statement of account, printed."""
    return html_paper(statement(visitor.desk.accounts.printable_statement(client_id)))


@router.get("/clients/{client_id}/statement.pdf")
def statement_pdf(visitor: Visiting, client_id: str) -> Response:
    """The same as PDF."""
    return pdf_paper(statement(visitor.desk.accounts.printable_statement(client_id)))


@router.get("/clients/{client_id}/edit")
def edit_client(visitor: Visiting, client_id: str) -> Response:
    """Name, address and balance terms, as they are."""
    client = visitor.desk.clients.get(client_id)
    visitor.need(Action.CHANGE_CLIENT)
    return visitor.page("clients/edit.html", client=client, terms=visitor.desk.accounts.standing(client_id).terms)


@post(router, "/clients/{client_id}/edit", edit_client)
def change_client(visitor: Visitor, form: Form, client_id: str) -> str:
    """Change them in one transaction."""
    wanted = terms(form, visitor.desk.clients.get(client_id).currency)

    def act(desk: Desk, connection: Connection) -> None:
        desk.clients.change(client_id, name=form.text("name"), billing_address=form.text("billing_address"))
        desk.clients.set_terms(client_id, wanted)

    visitor.house.together(visitor.person_id, act)
    return f"/clients/{client_id}"


@post(router, "/clients/{client_id}/archive", edit_client)
def archive_client(visitor: Visitor, form: Form, client_id: str) -> str:
    """No more work is accepted."""
    visitor.desk.clients.archive(client_id)
    return f"/clients/{client_id}"


@post(router, "/clients/{client_id}/restore", edit_client)
def restore_client(visitor: Visitor, form: Form, client_id: str) -> str:
    """Work goes on."""
    visitor.desk.clients.restore(client_id)
    return f"/clients/{client_id}"


@post(router, "/clients/{client_id}/refill", summary)
def request_refill(visitor: Visitor, form: Form, client_id: str) -> str:
    """Ask for the refill that is due."""
    return f"/invoices/{visitor.desk.accounts.request_refill(client_id, idempotency_key=form.text('key')).id}"
