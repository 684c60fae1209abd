"""Invoices: the list with its menus, drafts, statuses, payments, and the printed page."""

from collections.abc import Callable
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from examples.web.forms import Form
from examples.web.pages.paper import html_paper, pdf_paper
from examples.web.routing import button, post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Cover, Debt, Deposit, OnVoid, Overpayment, Period, Status
from invoicecore.documents import Document, invoice, preview

router = APIRouter(include_in_schema=False)
HERE = "/invoices/{invoice_id}"


@router.get("/overview")
def overview(visitor: Visiting) -> Response:
    pages = visitor.desk.pages
    stopped = [row for row in pages.clients(limit=200).rows if row.stopped]
    owed = {"aging": pages.aging(), "unbilled": pages.unbilled()}
    return visitor.page("overview.html", **owed, stopped=stopped, timers=pages.timers())


@router.get("/invoices")
def invoices(visitor: Visiting, find: str = "", status: str = "", after: str | None = None) -> Response:
    only = [it for it in Status if it == status] or None
    page = visitor.desk.pages.invoices(search=find, statuses=only, descending=True, after=after, totals=True)
    return visitor.page("invoices/list.html", page=page, find=find, status=status)


@router.get("/invoices/new")
def new_invoice(visitor: Visiting, client: str = "") -> Response:
    visitor.need(Action.MAKE_MANUAL_INVOICE)
    return visitor.page("invoices/new.html", clients=visitor.clients, client_id=client)


@post(router, "/invoices/new", new_invoice)
def make(visitor: Visitor, form: Form) -> str:
    client = visitor.desk.clients.get(form.text("client_id"))
    made = visitor.desk.invoices.manual(
        client.id,
        form.money("amount", client.currency, required=True),
        deposit=form.choice("deposit", Deposit),
        description=form.text("description"),
        number=form.optional("number"),
        due_on=form.day("due_on"),
        notes=form.text("notes"),
        idempotency_key=form.text("key"),
    )
    return f"/invoices/{made.id}"


@router.get("/invoices/draft")
def new_draft(visitor: Visiting, client: str = "") -> Response:
    visitor.need(Action.DRAFT_INVOICE)
    days = (visitor.today - timedelta(days=30), visitor.today)
    return visitor.page("invoices/new_draft.html", clients=visitor.clients, client_id=client, days=days)


@post(router, "/invoices/draft", new_draft)
def draft(visitor: Visitor, form: Form) -> str:
    client_id, cover, key = form.text("client_id"), form.choice("cover", Cover), form.text("key")
    notes, draft = form.text("notes"), visitor.desk.invoices.draft
    return f"/invoices/{draft(client_id, period(form), cover=cover, notes=notes, idempotency_key=key).id}"


def period(form: Form) -> Period:
    """The days from which work is taken."""
    days = [form.day(name, required=True) for name in ("first", "last")]
    made: Period = form.made("period", lambda: Period(*days))
    return made


@router.get(HERE)
def one(visitor: Visiting, invoice_id: str) -> Response:
    """A finished invoice; a draft as it would be generated now, with what moved since it was saved."""
    page = visitor.desk.pages.invoice(invoice_id)
    if page.invoice.status is Status.DRAFT:
        return visitor.page("invoices/draft.html", page=page, draft=visitor.desk.invoices.peek(invoice_id))
    return visitor.page("invoices/one.html", page=page)


@router.get(f"{HERE}/moved")
def moved(visitor: Visiting, invoice_id: str, seen: str = "") -> Response:
    """For a draft that lies open: a warning, if its work is no longer what was seen."""
    return visitor.page("invoices/moved.html", moved=visitor.desk.invoices.peek(invoice_id).revision != seen)


@post(router, HERE, one)
def save(visitor: Visitor, form: Form, invoice_id: str) -> str:
    found, save = visitor.desk.invoices.get(invoice_id), visitor.desk.invoices.save
    if found.selection is None:
        save(invoice_id, description=form.text("description"), notes=form.text("notes"))
    else:
        left_out = {*form.several("exclude"), *(found.selection.left_out if form.flag("stay_out") else ())}
        notes, cover = form.text("notes"), form.choice("cover", Cover)
        save(invoice_id, notes=notes, period=period(form), cover=cover, exclude=left_out)
    return f"/invoices/{invoice_id}"


def dialog(name: str, action: Action) -> Callable[..., Response]:
    """A form about an invoice, which htmx shows as a dialog and everybody else as a page."""

    def page(visitor: Visiting, invoice_id: str) -> Response:
        found = visitor.desk.pages.invoice(invoice_id)
        visitor.need(action)
        return visitor.page(f"invoices/{name}.html", page=found)

    router.get(f"{HERE}/{name}")(page)
    return page


status_dialog, void_dialog = dialog("status", Action.SET_DUE), dialog("void", Action.VOID)
payment_dialog = dialog("payment", Action.RECORD_PAYMENT)


@post(router, f"{HERE}/status", status_dialog)
def set_status(visitor: Visitor, form: Form, invoice_id: str) -> str:
    desk, key, action = visitor.desk.invoices, form.text("key"), form.choice("action", Action)
    if action is Action.SET_UNCOLLECTIBLE:
        desk.set_uncollectible(invoice_id, debt=form.choice("debt", Debt), idempotency_key=key)
    else:
        form.check()
        setters = {Action.SET_PAID: desk.set_paid, Action.SET_OVERDUE: desk.set_overdue}
        setters.get(action, desk.set_due)(invoice_id, idempotency_key=key)
    return f"/invoices/{invoice_id}"


@post(router, f"{HERE}/payment", payment_dialog)
def record_payment(visitor: Visitor, form: Form, invoice_id: str) -> str:
    visitor.desk.payments.record(
        invoice_id,
        form.money("amount", visitor.desk.invoices.get(invoice_id).currency),
        method=form.text("method"),
        reference=form.text("reference"),
        received_on=form.day("received_on"),
        overpayment=Overpayment.TO_CREDIT if form.flag("overpayment") else Overpayment.REFUSE,
        duplicate=form.flag("duplicate"),
        idempotency_key=form.text("key"),
    )
    return f"/invoices/{invoice_id}"


# fmt: off
button(router, f"{HERE}/generate", one, HERE, lambda desk, form, id: desk.invoices.generate(  # what was seen
    id, use_latest=True, if_revision=form.text("revision"), idempotency_key=form.text("key")))
button(router, f"{HERE}/delete", one, "/invoices", lambda desk, form, id: desk.invoices.delete(
    id, note=form.optional("note"), idempotency_key=form.text("key")))
button(router, f"{HERE}/revert", one, HERE, lambda desk, form, id: desk.invoices.revert(
    id, idempotency_key=form.text("key")))
button(router, f"{HERE}/void", void_dialog, HERE, lambda desk, form, id: desk.invoices.void(
    id, note=form.text("note"), payments=form.choice("payments", OnVoid), idempotency_key=form.text("key")))
button(router, f"{HERE}/credit", one, HERE, lambda desk, form, id: desk.payments.apply_credit(
    id, idempotency_key=form.text("key")))
button(router, f"{HERE}/payments/{{payment_id}}/reverse", one, HERE, lambda desk, form, id: desk.payments.reverse(
    id, note=form.text("note"), idempotency_key=form.text("key")))
# fmt: on


@router.get(f"{HERE}/print")
def print_page(visitor: Visiting, invoice_id: str) -> Response:
    return visitor.page("invoices/print.html", invoice=visitor.desk.invoices.get(invoice_id))


@router.get(f"{HERE}/paper")
def paper(visitor: Visiting, invoice_id: str) -> Response:
    return html_paper(_document(visitor, invoice_id))


@router.get(f"{HERE}/pdf")
def pdf(visitor: Visiting, invoice_id: str) -> Response:
    return pdf_paper(_document(visitor, invoice_id))


def _document(visitor: Visitor, invoice_id: str) -> Document:
    printable = visitor.desk.invoices.printable(invoice_id)
    return preview(printable) if printable.is_preview else invoice(printable)
