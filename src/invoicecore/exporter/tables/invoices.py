"""The tables of invoices and of their lines."""

from collections.abc import Iterator
from contextlib import suppress

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.errors import NotFound
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.tables.columns import TableColumn, TableDefinition
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action


def _invoices(desk: Desk, progress: Progress | None) -> Iterator[InvoiceRow]:
    return iter_rows(desk.pages.invoices, progress)


INVOICES = TableDefinition(
    action=Action.VIEW_INVOICES,
    rows=_invoices,
    columns=(
        TableColumn("id", lambda it: it.id),
        TableColumn("number", lambda it: it.number),
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("kind", lambda it: it.kind),
        TableColumn("status", lambda it: it.status),
        TableColumn("display_status", lambda it: it.display_status),
        TableColumn("issued_on", lambda it: it.issued_on),
        TableColumn("due_on", lambda it: it.due_on),
        TableColumn("total", lambda it: it.total),
        TableColumn("covered", lambda it: it.covered),
        TableColumn("amount_paid", lambda it: it.amount_paid),
        TableColumn("amount_due", lambda it: it.amount_due),
        TableColumn("currency", lambda it: it.total.currency),
    ),
)
"""Every invoice that the viewer may see, in the order of creation."""


@frozen
class _InvoiceLine:
    """A line of an invoice; `names` are those of the projects and people on it, by id."""

    invoice: Invoice
    names: dict[str, str]
    number: int
    line: Line


def _lines(desk: Desk, progress: Progress | None) -> Iterator[_InvoiceLine]:
    """Line by line; a draft that is deleted meanwhile is skipped."""
    for row in _invoices(desk, progress):
        with suppress(NotFound):
            page = desk.pages.invoice(row.id)
            names = {named.id: named.name for named in page.names}
            for number, line in enumerate(page.invoice.lines, start=1):
                yield _InvoiceLine(page.invoice, names, number, line)


LINES = TableDefinition(
    action=Action.VIEW_INVOICES,
    rows=_lines,
    columns=(
        TableColumn("invoice_id", lambda it: it.invoice.id),
        TableColumn("invoice", lambda it: it.invoice.number),
        TableColumn("line", lambda it: it.number),
        TableColumn("description", lambda it: it.line.description),
        TableColumn("project", lambda it: it.names.get(it.line.project_id or "")),
        TableColumn("person", lambda it: it.names.get(it.line.person_id or "")),
        TableColumn("day", lambda it: it.line.day),
        TableColumn("duration", lambda it: it.line.duration),
        TableColumn("rate", lambda it: it.line.rate),
        TableColumn("blocks", lambda it: it.line.blocks),
        TableColumn("amount", lambda it: Money(it.line.minor, it.invoice.currency)),
        TableColumn("currency", lambda it: it.invoice.currency),
        TableColumn("session_id", lambda it: it.line.session_id),
    ),
)
"""Every line of every invoice that the viewer may see."""
