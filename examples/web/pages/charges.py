"""Charges: the list of all expenses, fees and discounts."""

from fastapi import APIRouter
from fastapi.responses import Response

from examples.web.visitor import Visiting
from invoicecore import ChargeKind

router = APIRouter(include_in_schema=False)


@router.get("/charges")
def charges(visitor: Visiting, find: str = "", kind: str = "", after: str | None = None) -> Response:
    only = next((it for it in ChargeKind if it == kind), None)
    page = visitor.desk.pages.charges(search=find, kind=only, after=after, totals=True)
    return visitor.page("charges/list.html", page=page, find=find, kind=kind, kinds=list(ChargeKind))
