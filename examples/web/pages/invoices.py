"""Invoices: the list with its menus, drafts, statuses, payments, and the printed page."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from examples.web.forms import Form
from examples.web.pages.paper import html_paper, pdf_paper
from examples.web.routing import post
from examples.web.visitor import Visiting, Visitor
from invoicecore import Action, Cover, Debt, Deposit, InvoiceSort, OnVoid, Overpayment, Period, Status
from invoicecore.documents import Document, invoice, preview

router = APIRouter(include_in_schema=False)


@router.get("/invoices")
def invoices(
    visitor: Visiting,
    find: str = "",
    status: Status | None = None,
    sort: InvoiceSort = InvoiceSort.MADE,
    after: str | None = None,
) -> Response:
    """All invoices, the latest first, each with what may be done with it now."""
    page = visitor.desk.pages.invoices(
        search=find, statuses=[status] if status else None, sort=sort, descending=True, after=after, totals=True
    )
    return visitor.page("invoices/list.html", page=page, find=find, sort=sort, status=status)


@router.get("/overview")
def overview(visitor: Visiting) -> Response:
    """What is owed by age, what was not billed yet, and whose work is stopped."""
    pages = visitor.desk.pages
    clients = [row for row in pages.clients(limit=200).rows if row.stopped]
    return visitor.page("overview.html", aging=pages.aging(), unbilled=pages.unbilled(), stopped=clients, timers=pages.timers())


# making


@router.get("/invoices/new")
def new_invoice(visitor: Visiting, client: str = "") -> Response:
    """An invoice of an amount."""
    visitor.need(Action.MAKE_MANUAL_INVOICE)
    return visitor.page("invoices/new.html", clients=visitor.desk.clients.all(), client_id=client)


@post(router, "/invoices/new", new_invoice)
def make(visitor: Visitor, form: Form) -> str:
    """It is generated at once."""
    client_id = form.text("client_id")
    made = visitor.desk.invoices.manual(
        client_id,
        form.money("amount", visitor.desk.clients.get(client_id).currency, required=True),
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
    """The work of a client in a period."""
    visitor.need(Action.DRAFT_INVOICE)
    period = (visitor.today - timedelta(days=30), visitor.today)
    clients = visitor.desk.clients.all()
    return visitor.page("invoices/new_draft.html", clients=clients, client_id=client, period=period)


@post(router, "/invoices/draft", new_draft)
def draft(visitor: Visitor, form: Form) -> str:
    """A snapshot of it."""
    period = Period(form.day("first", required=True), form.day("last", required=True))
    cover, key = form.choice("cover", Cover), form.text("key")
    made = visitor.desk.invoices.draft(
        form.text("client_id"), period, cover=cover, notes=form.text("notes"), idempotency_key=key
    )
    return f"/invoices/{made.id}"


# one invoice


@router.get("/invoices/{invoice_id}")
def one(visitor: Visiting, invoice_id: str) -> Response:
    """A finished invoice; a draft as it would be generated now, with what moved since it was saved."""
    page = visitor.desk.pages.invoice(invoice_id)
    if page.invoice.status is Status.DRAFT:
        return visitor.page("invoices/draft.html", page=page, draft=visitor.desk.invoices.peek(invoice_id))
    return visitor.page("invoices/one.html", page=page)


@router.get("/invoices/{invoice_id}/moved")
def moved(visitor: Visiting, invoice_id: str, seen: str) -> Response:
    """For a draft that lies open: a warning, if its work is no longer what was seen."""
    now = visitor.desk.invoices.peek(invoice_id)
    return visitor.page("invoices/moved.html", moved=now.revision != seen)


@post(router, "/invoices/{invoice_id}", one)
def save(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """Save a draft with the latest work."""
    found, given = visitor.desk.invoices.get(invoice_id), {"notes": form.text("notes")}
    if found.selection is not None:
        period = Period(form.day("first", required=True), form.day("last", required=True))
        cover, left_out = form.choice("cover", Cover), set(form.several("exclude"))
        left_out |= found.selection.left_out if form.flag("stay_out") else set()
        visitor.desk.invoices.save(invoice_id, period=period, cover=cover, exclude=left_out, **given)
    else:
        visitor.desk.invoices.save(invoice_id, description=form.text("description"), **given)
    return f"/invoices/{invoice_id}"


@post(router, "/invoices/{invoice_id}/generate", one)
def generate(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """Bill what was seen and nothing else: DraftMoved says what has changed meanwhile."""
    visitor.desk.invoices.generate(
        invoice_id, use_latest=True, if_revision=form.text("revision"), idempotency_key=form.text("key")
    )
    return f"/invoices/{invoice_id}"


@post(router, "/invoices/{invoice_id}/delete", one)
def delete(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """Throw a draft away; one with a number becomes void."""
    visitor.desk.invoices.delete(invoice_id, note=form.optional("note"), idempotency_key=form.text("key"))
    return "/invoices"


@post(router, "/invoices/{invoice_id}/revert", one)
def revert(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """Back to draft; its sessions are free."""
    visitor.desk.invoices.revert(invoice_id, idempotency_key=form.text("key"))
    return f"/invoices/{invoice_id}"


@router.get("/invoices/{invoice_id}/status")
def status_dialog(visitor: Visiting, invoice_id: str) -> Response:
    """Due, paid, overdue or uncollectible."""
    page = visitor.desk.pages.invoice(invoice_id)
    visitor.need(Action.SET_DUE)
    return visitor.page("invoices/status.html", page=page)


@post(router, "/invoices/{invoice_id}/status", status_dialog)
def set_status(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """Set it."""
    desk, key, action = visitor.desk.invoices, form.text("key"), form.text("action")
    if action == Action.SET_UNCOLLECTIBLE:
        desk.set_uncollectible(invoice_id, debt=form.choice("debt", Debt), idempotency_key=key)
    else:
        setters = {Action.SET_DUE: desk.set_due, Action.SET_PAID: desk.set_paid, Action.SET_OVERDUE: desk.set_overdue}
        setters[form.choice("action", Action)](invoice_id, idempotency_key=key)
    return f"/invoices/{invoice_id}"


@router.get("/invoices/{invoice_id}/void")
def void_dialog(visitor: Visiting, invoice_id: str) -> Response:
    """The note that says why."""
    page = visitor.desk.pages.invoice(invoice_id)
    visitor.need(Action.VOID)
    return visitor.page("invoices/void.html", page=page)


@post(router, "/invoices/{invoice_id}/void", void_dialog)
def void(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """It stays on record; its sessions are free."""
    payments, key = form.choice("payments", OnVoid), form.text("key")
    visitor.desk.invoices.void(invoice_id, note=form.text("note"), payments=payments, idempotency_key=key)
    return f"/invoices/{invoice_id}"


@router.get("/invoices/{invoice_id}/payment")
def payment_dialog(visitor: Visiting, invoice_id: str) -> Response:
    """What is left to pay, ready to be recorded."""
    page = visitor.desk.pages.invoice(invoice_id)
    visitor.need(Action.RECORD_PAYMENT)
    return visitor.page("invoices/payment.html", page=page)


@post(router, "/invoices/{invoice_id}/payment", payment_dialog)
def record_payment(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """All of it, or a part."""
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


@post(router, "/invoices/{invoice_id}/credit", one)
def apply_credit(visitor: Visitor, form: Form, invoice_id: str) -> str:
    """Pay it with the client's credit."""
    visitor.desk.payments.apply_credit(invoice_id, idempotency_key=form.text("key"))
    return f"/invoices/{invoice_id}"


@post(router, "/invoices/{invoice_id}/payments/{payment_id}/reverse", one)
def reverse_payment(visitor: Visitor, form: Form, invoice_id: str, payment_id: str) -> str:
    """Take a payment back that was mistyped or bounced."""
    visitor.desk.payments.reverse(payment_id, note=form.text("note"), idempotency_key=form.text("key"))
    return f"/invoices/{invoice_id}"


# on paper


@router.get("/invoices/{invoice_id}/print")
def print_page(visitor: Visiting, invoice_id: str) -> Response:
    """The printed page in a frame."""
    return visitor.page("invoices/print.html", invoice=visitor.desk.invoices.get(invoice_id))


@router.get("/invoices/{invoice_id}/paper")
def paper(visitor: Visiting, invoice_id: str) -> Response:
    """The printed page."""
    return html_paper(_document(visitor, invoice_id))


@router.get("/invoices/{invoice_id}/pdf")
def pdf(visitor: Visiting, invoice_id: str) -> Response:
    """The same as PDF."""
    return pdf_paper(_document(visitor, invoice_id))


def _document(visitor: Visitor, invoice_id: str) -> Document:
    printable = visitor.desk.invoices.printable(invoice_id)
    return preview(printable) if printable.is_preview else invoice(printable)
