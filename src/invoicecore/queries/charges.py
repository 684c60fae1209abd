"""Rows of the list of charges."""

from datetime import date

from attrs import frozen

from invoicecore.model.charge import ChargeView
from invoicecore.queries.paging import Sort
from invoicecore.queries.visibility import NamedRef


class ChargeSort(Sort):
    """The orders in which charges are listed."""

    DAY = "day", "By their day.", ("charge.day", date), ("charge.id", str)
    KIND = "kind", "By their kind, then by their day.", ("charge.kind", str), ("charge.day", date), ("charge.id", str)


@frozen(kw_only=True)
class ChargeRow:
    """A charge as a person sees it, with the present names of its client, project and person. `project` is None for a
    charge without one, and `invoice_number`, that of the invoice that holds it, for those who may not see invoices."""

    charge: ChargeView
    client: NamedRef
    project: NamedRef | None
    person: NamedRef
    invoice_number: str | None
