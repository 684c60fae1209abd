"""Clients: balance and utilization, the five tabs of each, and their balance terms."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import Connection

from examples.web.forms import Form
from examples.web.pages.paper import pdf_paper
from examples.web.pages.people import added
from examples.web.routing import button, post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Advance, ClientSort, Desk, Refill, Role, Terms
from invoicecore.documents import account_statement, statement

router = APIRouter(include_in_schema=False)
HERE = "/clients/{client_id}"


@router.get("/clients")
def clients(
    visitor: Visiting, find: str = "", sort: ClientSort = ClientSort.NAME, after: str | None = None
) -> Response:
    page = visitor.desk.pages.clients(search=find, sort=sort, after=after, archived=None)
    return visitor.page("clients/list.html", page=page, find=find, sort=sort)


@router.get("/clients/new")
def new_client(visitor: Visiting) -> Response:
    visitor.need(Action.ADD_CLIENT)
    return visitor.page("clients/edit.html", client=None, terms=None, currency=visitor.desk.firm.settings().currency)


@post(router, "/clients/new", new_client)
def add_client(visitor: Visitor, form: Form) -> str:
    client = visitor.desk.clients.add(
        name=form.text("name"),
        terms=form.made("terms", lambda: terms(form, visitor.desk.firm.settings().currency)),
        billing_address=form.text("billing_address"),
        idempotency_key=form.text("key"),
    )
    return f"/clients/{client.id}"


def terms(form: Form, currency: str, before: Terms | None = None) -> Terms:
    """Allowed balance, refill balance, refill rate and quantity; blank ones mean that there is none. Whether an advance
    is taxed stays as before."""
    allowed, threshold = form.money("allowed_balance", currency), form.money("refill_balance", currency)
    if threshold is None:
        return Terms(allowed_balance=allowed)
    rate, hours = form.rate("refill_rate", currency, required=True), form.decimal("refill_hours", required=True)
    advance = before.refill.advance if before and before.refill else Advance.TAXED
    return Terms(allowed_balance=allowed, refill=Refill(threshold=threshold, rate=rate, hours=hours, advance=advance))


@router.get(HERE)
def summary(visitor: Visiting, client_id: str) -> Response:
    page, pages = visitor.desk.pages.client(client_id), visitor.desk.pages
    forecast = pages.forecast(client_id) if page.standing else None
    why = pages.explain(client_id) if page.standing else None
    return visitor.page("clients/summary.html", page=page, client=page.client, forecast=forecast, why=why)


@router.get(f"{HERE}/contacts")
def contacts(visitor: Visiting, client_id: str, after: str | None = None) -> Response:
    client, page = visitor.desk.clients.get(client_id), visitor.desk.pages.contacts(client_id, after=after)
    projects = visitor.desk.pages.projects(client_id=client_id).rows
    return visitor.page("clients/contacts.html", page=page, client=client, projects=projects)


@post(router, f"{HERE}/contacts", contacts)
def add_contact(visitor: Visitor, form: Form, client_id: str) -> str:
    added(visitor, form, Role.CONTACT, client_id)
    return f"/clients/{client_id}/contacts"


@router.get(f"{HERE}/projects")
def projects(visitor: Visiting, client_id: str, after: str | None = None) -> Response:
    page = visitor.desk.pages.projects(client_id=client_id, archived=None, after=after)
    return visitor.page("clients/projects.html", page=page, client=visitor.desk.clients.get(client_id))


@router.get(f"{HERE}/invoices")
def invoices(visitor: Visiting, client_id: str, after: str | None = None) -> Response:
    page = visitor.desk.pages.invoices(client_id=client_id, descending=True, after=after)
    return visitor.page("clients/invoices.html", page=page, client=visitor.desk.clients.get(client_id))


@router.get(f"{HERE}/transactions")
def transactions(visitor: Visiting, client_id: str, after: str | None = None) -> Response:
    page = visitor.desk.pages.transactions(client_id, descending=True, after=after)
    return visitor.page("clients/transactions.html", page=page, client=visitor.desk.clients.get(client_id))


@post(router, f"{HERE}/transactions", transactions)
def adjust(visitor: Visitor, form: Form, client_id: str) -> str:
    amount = form.money("amount", visitor.desk.clients.get(client_id).currency, required=True)
    visitor.desk.accounts.adjust(client_id, amount, reason=form.text("reason"), idempotency_key=form.text("key"))
    return f"/clients/{client_id}/transactions"


@router.get(f"{HERE}/statement")
def statement_pdf(visitor: Visiting, client_id: str) -> Response:
    return pdf_paper(account_statement(visitor.desk.accounts.printable_account_statement(client_id)))


@router.get(f"{HERE}/movements")
def movements_pdf(visitor: Visiting, client_id: str) -> Response:
    return pdf_paper(statement(visitor.desk.accounts.printable_statement(client_id)))


@router.get(f"{HERE}/edit")
def edit_client(visitor: Visiting, client_id: str) -> Response:
    client = visitor.desk.clients.get(client_id)
    visitor.need(Action.CHANGE_CLIENT)
    terms = visitor.desk.accounts.standing(client_id).terms
    return visitor.page("clients/edit.html", client=client, terms=terms, currency=client.currency)


@post(router, f"{HERE}/edit", edit_client)
def change_client(visitor: Visitor, form: Form, client_id: str) -> str:
    """Name, address and terms, in one transaction."""
    currency = visitor.desk.clients.get(client_id).currency
    before = visitor.desk.accounts.standing(client_id).terms
    wanted = form.made("terms", lambda: terms(form, currency, before))

    def act(desk: Desk, connection: Connection) -> None:
        desk.clients.change(client_id, name=form.text("name"), billing_address=form.text("billing_address"))
        desk.clients.set_terms(client_id, wanted, idempotency_key=form.text("key"))

    visitor.house.together(visitor.person_id, act)
    return f"/clients/{client_id}"


button(router, f"{HERE}/archive", edit_client, HERE, lambda desk, form, id: desk.clients.archive(id))
button(router, f"{HERE}/restore", edit_client, HERE, lambda desk, form, id: desk.clients.restore(id))
button(router, f"{HERE}/refill", summary, f"{HERE}/invoices", lambda desk, form, id: desk.accounts.request_refill(
    id, idempotency_key=form.text("key")))  # fmt: skip
