"""The JSON beside the pages: what the same calls return, by `view`, and described by `json_schema`."""

from datetime import date
from typing import Annotated, Any, get_type_hints

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from examples.web.visitor import Visiting, Visitor
from invoicecore import Money, Receipt, WorkSessionView, json_schema, view
from invoicecore.desk.pages import Pages
from invoicecore.errors import InvoicecoreError

router = APIRouter(prefix="/api")
LISTS = {"employees": "people"} | {it: it for it in ("clients", "projects", "work", "charges", "invoices")}
SINGLE = {
    "clients/{id}": "client",
    "clients/{id}/contacts": "contacts",
    "clients/{id}/transactions": "transactions",
    "clients/{id}/explanation": "explain",
    "clients/{id}/forecast": "forecast",
    "employees/{id}": "person",
    "projects/{id}": "project",
    "invoices/{id}": "invoice",
}
WHOLE = {"timers": "timers", "unbilled": "unbilled", "aging": "aging"}


def answers(form: Any) -> dict[int | str, dict[str, Any]]:
    """What an address answers with: the view of a type, or of an error."""
    forms: dict[int | str, Any] = {200: form, "default": InvoicecoreError}
    return {
        status: {"description": "", "content": {"application/json": {"schema": json_schema(it)}}}
        for status, it in forms.items()
    }


def shown(visitor: Visitor, value: object) -> JSONResponse:
    """The view of a value, with labels in the language of the one who asks."""
    return JSONResponse(view(value, visitor.words.locale))


def read(path: str, name: str) -> None:
    """Answer an address with one call of `desk.pages`, whose result is described as the library declares it."""

    def a_list(visitor: Visiting, search: str = "", after: str | None = None) -> JSONResponse:
        return shown(visitor, getattr(visitor.desk.pages, name)(search=search, after=after))

    def one(visitor: Visiting, id: str) -> JSONResponse:
        return shown(visitor, getattr(visitor.desk.pages, name)(id))

    def whole(visitor: Visiting) -> JSONResponse:
        return shown(visitor, getattr(visitor.desk.pages, name)())

    call = getattr(Pages, name)
    endpoint = a_list if path in LISTS else one if path in SINGLE else whole
    described = answers(get_type_hints(getattr(call, "__wrapped__", call))["return"])
    router.get(f"/{path}", responses=described, name=name, description=call.__doc__)(endpoint)


for path, name in (LISTS | SINGLE | WHOLE).items():
    read(path, name)


class NewWork(BaseModel):
    """A session of one's own: so many hours, as a decimal text, on a day."""

    project_id: str
    day: date
    hours: str
    note: str = ""


class NewPayment(BaseModel):
    """A payment of an invoice: an amount as a decimal text; null is all that is left."""

    amount: str | None = None
    method: str = ""
    reference: str = ""


def once(visitor: Visiting, x_csrf_token: Annotated[str, Header()], idempotency_key: Annotated[str, Header()]) -> str:
    """The key of a command; 403 if no page of ours sent it: the token stands in the head of each page."""
    if not visitor.sent(x_csrf_token):
        raise HTTPException(403, "This form is too old. Load the page again.")
    return idempotency_key


@router.post("/work", responses=answers(WorkSessionView))
def log(visitor: Visiting, given: NewWork, key: Annotated[str, Depends(once)]) -> JSONResponse:
    """Record work of one's own."""
    return shown(visitor, visitor.desk.work.log(**given.model_dump(), idempotency_key=key))


@router.post("/invoices/{id}/payments", responses=answers(Receipt))
def pay(visitor: Visiting, id: str, given: NewPayment, key: Annotated[str, Depends(once)]) -> JSONResponse:
    """Record a payment of an invoice."""
    desk, money = visitor.desk, None
    if given.amount is not None:
        money = Money.of(given.amount, desk.invoices.get(id).currency)
    return shown(
        visitor,
        desk.payments.record(id, money, method=given.method, reference=given.reference, idempotency_key=key),
    )
