"""What do the tables of invoices and of their lines say?"""

from collections.abc import Iterator
from contextlib import suppress

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.errors import NotFound
from invoicecore.exporter.iter_pages import PAGE, Progress, rows
from invoicecore.exporter.tables.columns import Column, Layout
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action


def _invoices(desk: Desk, progress: Progress | None) -> Iterator[InvoiceRow]:
    return rows(lambda after: desk.pages.invoices(after=after, limit=PAGE), progress)


INVOICES = Layout(
    action=Action.VIEW_INVOICES,
    rows=_invoices,
    columns=(
        Column("id", lambda it: it.id),
        Column("number", lambda it: it.number),
        Column("client", lambda it: it.client.name),
        Column("client_id", lambda it: it.client.id),
        Column("kind", lambda it: it.kind),
        Column("status", lambda it: it.status),
        Column("display_status", lambda it: it.display_status),
        Column("issued_on", lambda it: it.issued_on),
        Column("due_on", lambda it: it.due_on),
        Column("total", lambda it: it.total),
        Column("amount_paid", lambda it: it.amount_paid),
        Column("amount_due", lambda it: it.amount_due),
        Column("currency", lambda it: it.total.currency),
    ),
)
"""Every invoice that one may see, as they were made."""


@frozen
class _Printed:
    """A line of an invoice; `called` says what projects and people on it are called."""

    invoice: Invoice
    called: dict[str, str]
    number: int
    line: Line


def _lines(desk: Desk, progress: Progress | None) -> Iterator[_Printed]:
    """Line by line; a draft that was thrown away meanwhile is passed over."""
    for row in _invoices(desk, progress):
        with suppress(NotFound):
            page = desk.pages.invoice(row.id)
            called = {named.id: named.name for named in page.names}
            for number, line in enumerate(page.invoice.lines, start=1):
                yield _Printed(page.invoice, called, number, line)


LINES = Layout(
    action=Action.VIEW_INVOICES,
    rows=_lines,
    columns=(
        Column("invoice_id", lambda it: it.invoice.id),
        Column("invoice", lambda it: it.invoice.number),
        Column("line", lambda it: it.number),
        Column("description", lambda it: it.line.description),
        Column("project", lambda it: it.called.get(it.line.project_id or "")),
        Column("person", lambda it: it.called.get(it.line.person_id or "")),
        Column("day", lambda it: it.line.day),
        Column("duration", lambda it: it.line.duration),
        Column("rate", lambda it: it.line.rate),
        Column("blocks", lambda it: it.line.blocks),
        Column("amount", lambda it: Money(it.line.minor, it.invoice.currency)),
        Column("currency", lambda it: it.invoice.currency),
        Column("session_id", lambda it: it.line.session_id),
    ),
)
"""Every line of every invoice that one may see."""
