"""The JSON beside the pages: what the same calls return, by `view`, and described by `json_schema`."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from examples.web.visitor import Visiting
from invoicecore import (
    Aging,
    ClientRow,
    ClientSummary,
    Explanation,
    Forecast,
    InvoicePage,
    InvoiceRow,
    Money,
    Page,
    PersonPage,
    PersonRow,
    ProjectPage,
    ProjectRow,
    Receipt,
    TimerRow,
    TransactionRow,
    UnbilledRow,
    WorkRow,
    WorkSessionView,
    json_schema,
    view,
)
from invoicecore.errors import InvoicecoreError

router = APIRouter(prefix="/api")
Endpoint = Callable[..., Any]
After = str | None


def answers(method: Callable[..., Any], path: str, form: Any) -> Callable[[Endpoint], Endpoint]:
    """Answer an address with the view of what a function returns, which is of this type."""
    schemas = {200: json_schema(form), "default": json_schema(InvoicecoreError)}
    responses = {
        status: {"description": "", "content": {"application/json": {"schema": schema}}}
        for status, schema in schemas.items()
    }

    def decorate(endpoint: Endpoint) -> Endpoint:
        @wraps(endpoint)
        def answer(*given: Any, visitor: Visiting, **named: Any) -> JSONResponse:
            return JSONResponse(view(endpoint(*given, visitor=visitor, **named), visitor.words.locale))

        method(path, responses=responses, response_model=None)(answer)
        return endpoint

    return decorate


def is_ours(visitor: Visiting, x_csrf_token: Annotated[str, Header()]) -> None:
    """403 for a command that no page of ours sent: the token stands in the head of each page."""
    if not visitor.sent(x_csrf_token):
        raise HTTPException(403, "This form is too old. Load the page again.")


@answers(router.get, "/clients", Page[ClientRow])
def clients(visitor: Visiting, search: str = "", after: After = None) -> Page[ClientRow]:
    """Clients with balance and utilization."""
    return visitor.desk.pages.clients(search=search, after=after)


@answers(router.get, "/clients/{id}", ClientSummary)
def client(visitor: Visiting, id: str) -> ClientSummary:
    """The summary of a client."""
    return visitor.desk.pages.client(id)


@answers(router.get, "/clients/{id}/contacts", Page[PersonRow])
def contacts(visitor: Visiting, id: str) -> Page[PersonRow]:
    """The logins of a client."""
    return visitor.desk.pages.contacts(id)


@answers(router.get, "/clients/{id}/transactions", Page[TransactionRow])
def transactions(visitor: Visiting, id: str, after: After = None) -> Page[TransactionRow]:
    """What moved a balance."""
    return visitor.desk.pages.transactions(id, after=after)


@answers(router.get, "/clients/{id}/explanation", Explanation)
def explain(visitor: Visiting, id: str) -> Explanation:
    """Why the figures of a client are what they are."""
    return visitor.desk.pages.explain(id)


@answers(router.get, "/clients/{id}/forecast", Forecast)
def forecast(visitor: Visiting, id: str) -> Forecast:
    """When work will stop."""
    return visitor.desk.pages.forecast(id)


@answers(router.get, "/employees", Page[PersonRow])
def people(visitor: Visiting, search: str = "", after: After = None) -> Page[PersonRow]:
    """Everybody who works for the firm."""
    return visitor.desk.pages.people(search=search, after=after)


@answers(router.get, "/employees/{id}", PersonPage)
def person(visitor: Visiting, id: str) -> PersonPage:
    """A person."""
    return visitor.desk.pages.person(id)


@answers(router.get, "/projects", Page[ProjectRow])
def projects(visitor: Visiting, search: str = "", after: After = None) -> Page[ProjectRow]:
    """Projects."""
    return visitor.desk.pages.projects(search=search, after=after)


@answers(router.get, "/projects/{id}", ProjectPage)
def project(visitor: Visiting, id: str) -> ProjectPage:
    """A project and its latest sessions."""
    return visitor.desk.pages.project(id)


@answers(router.get, "/work", Page[WorkRow])
def work(visitor: Visiting, search: str = "", after: After = None) -> Page[WorkRow]:
    """Sessions, the latest first."""
    return visitor.desk.pages.work(search=search, after=after)


@answers(router.get, "/timers", tuple[TimerRow, ...])
def timers(visitor: Visiting) -> tuple[TimerRow, ...]:
    """The timers that run."""
    return visitor.desk.pages.timers()


@answers(router.get, "/invoices", Page[InvoiceRow])
def invoices(visitor: Visiting, search: str = "", after: After = None) -> Page[InvoiceRow]:
    """Invoices, each with what may be done with it."""
    return visitor.desk.pages.invoices(search=search, after=after)


@answers(router.get, "/invoices/{id}", InvoicePage)
def invoice(visitor: Visiting, id: str) -> InvoicePage:
    """An invoice."""
    return visitor.desk.pages.invoice(id)


@answers(router.get, "/unbilled", Page[UnbilledRow])
def unbilled(visitor: Visiting) -> Page[UnbilledRow]:
    """Work that is on no invoice."""
    return visitor.desk.pages.unbilled()


@answers(router.get, "/aging", Aging)
def aging(visitor: Visiting) -> Aging:
    """What is owed, by how late it is."""
    return visitor.desk.pages.aging()


# commands


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


IdempotencyKey = Annotated[str | None, Header()]


@answers(router.post, "/work", WorkSessionView)
def log(
    visitor: Visiting, given: NewWork, ours: Annotated[None, Depends(is_ours)], idempotency_key: IdempotencyKey = None
) -> WorkSessionView:
    """Record work of one's own."""
    return visitor.desk.work.log(
        given.project_id, day=given.day, hours=given.hours, note=given.note, idempotency_key=idempotency_key
    )


@answers(router.post, "/invoices/{id}/payments", Receipt)
def pay(
    visitor: Visiting,
    id: str,
    given: NewPayment,
    ours: Annotated[None, Depends(is_ours)],
    idempotency_key: IdempotencyKey = None,
) -> Receipt:
    """Record a payment of an invoice."""
    currency, text = visitor.desk.invoices.get(id).currency, given.amount
    amount = None if text is None else Money.of(text, currency)
    return visitor.desk.payments.record(
        id, amount, method=given.method, reference=given.reference, idempotency_key=idempotency_key
    )
