"""The tables of the books: their columns, and how their rows are read.

The table of work sessions has the columns that importers of timesheets ask for: person, client, project, start,
duration and rate.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.errors import NotFound
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.tables.cells import Value
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.model.client import Client
from invoicecore.model.permissions import may
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.queries.transactions import TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action

R = TypeVar("R")


@frozen
class TableColumn(Generic[R]):
    """A column: its name and its value for a row. Columns of money are left out for those who may not see money."""

    name: str
    of: Callable[[R], Value]
    is_money: bool = False


@frozen(kw_only=True)
class TableDefinition(Generic[R]):
    """A table: the action that it takes to read it, its columns, and a function that reads its rows from a desk."""

    action: Action
    columns: tuple[TableColumn[R], ...]
    rows: Callable[[Desk, Progress | None], Iterator[R]]


@frozen
class _SessionWithEmail:
    """A session with the e-mail of its person."""

    row: WorkRow
    email: str | None


def _sessions(desk: Desk, progress: Progress | None) -> Iterator[_SessionWithEmail]:
    """Sessions, earliest first. E-mails are those of the people whom the viewer may see, or the viewer's own."""
    me = desk.people.me()
    known = desk.people.all() if may(me.role, Action.VIEW_PEOPLE) else (me,)
    emails = {person.id: person.email for person in known}
    for row in iter_rows(partial(desk.pages.work, descending=False), progress):
        yield _SessionWithEmail(row, emails.get(row.session.person_id))


SESSIONS = TableDefinition(
    action=Action.VIEW_WORK,
    rows=_sessions,
    columns=(
        TableColumn("id", lambda it: it.row.session.id),
        TableColumn("person", lambda it: it.row.person.name),
        TableColumn("email", lambda it: it.email),
        TableColumn("client", lambda it: it.row.client.name),
        TableColumn("project", lambda it: it.row.project.name),
        TableColumn("start", lambda it: it.row.session.start),
        TableColumn("day", lambda it: it.row.session.day),
        TableColumn("duration", lambda it: it.row.session.duration),
        TableColumn("billable", lambda it: it.row.session.billable),
        TableColumn("note", lambda it: it.row.session.note),
        TableColumn("rate", lambda it: it.row.session.rate, is_money=True),
        TableColumn("amount", lambda it: it.row.session.amount, is_money=True),
        TableColumn("currency", lambda it: it.row.session.amount and it.row.session.amount.currency, is_money=True),
        TableColumn("invoice", lambda it: it.row.invoice_number, is_money=True),
    ),
)
"""Every session that the viewer may see, by its start."""


def _clients(desk: Desk) -> Iterator[Client]:
    """The clients whose accounts the viewer may see."""
    for row in iter_rows(partial(desk.pages.clients, archived=None, sort=ClientSort.ADDED)):
        if row.standing is not None:
            yield row.client


@frozen
class _ClientTransaction:
    """A transaction with its client."""

    client: Client
    row: TransactionRow


def _transactions(desk: Desk, progress: Progress | None) -> Iterator[_ClientTransaction]:
    for client in _clients(desk):
        for row in iter_rows(partial(desk.pages.transactions, client.id), progress):
            yield _ClientTransaction(client, row)


TRANSACTIONS = TableDefinition(
    action=Action.VIEW_ACCOUNT,
    rows=_transactions,
    columns=(
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("entry", lambda it: it.row.movement.sequence),
        TableColumn("booked_on", lambda it: it.row.movement.booked_on),
        TableColumn("booked_at", lambda it: it.row.movement.booked_at),
        TableColumn("booked_by", lambda it: it.row.by.name),
        TableColumn("work_day", lambda it: it.row.movement.work_day),
        TableColumn("kind", lambda it: it.row.movement.kind),
        TableColumn("amount", lambda it: it.row.movement.amount),
        TableColumn("balance", lambda it: it.row.movement.balance),
        TableColumn("currency", lambda it: it.row.movement.amount.currency),
        TableColumn("project", lambda it: _name(it.row.cause.project)),
        TableColumn("person", lambda it: _name(it.row.cause.person)),
        TableColumn("invoice", lambda it: _name(it.row.cause.invoice)),
        TableColumn("method", lambda it: it.row.cause.method),
        TableColumn("reference", lambda it: it.row.cause.reference),
        TableColumn("work_note", lambda it: it.row.cause.note),
        TableColumn("entry_note", lambda it: it.row.movement.note),
        TableColumn("takes_back", lambda it: it.row.movement.takes_back),
        TableColumn("books_again", lambda it: it.row.movement.books_again),
        TableColumn("cause", lambda it: it.row.movement.cause),
    ),
)
"""Everything that moved the balance of a client: client after client, in the order of booking."""


@frozen
class _ClientPayment:
    """A payment with its client."""

    client: Client
    payment: Payment

    def money(self, minor: int) -> Money:
        """An amount in the currency of the payment."""
        return Money(minor=minor, currency=self.payment.currency)

    @property
    def applied_minor(self) -> int:
        """The part that pays for invoices."""
        return sum(part.minor for part in self.payment.applied)

    @property
    def invoices(self) -> str:
        """The invoices that it pays for, each with its part."""
        return " ".join(f"{part.invoice_id}={self.money(part.minor).amount:f}" for part in self.payment.applied)


def _payments(desk: Desk, progress: Progress | None) -> Iterator[_ClientPayment]:
    for client in _clients(desk):
        payments = desk.payments.of(client.id)
        yield from (_ClientPayment(client, payment) for payment in payments)
        if progress is not None:
            progress(len(payments))


PAYMENTS = TableDefinition(
    action=Action.VIEW_PAYMENTS,
    rows=_payments,
    columns=(
        TableColumn("id", lambda it: it.payment.id),
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("received_on", lambda it: it.payment.received_on),
        TableColumn("recorded_at", lambda it: it.payment.recorded_at),
        TableColumn("amount", lambda it: it.payment.amount),
        TableColumn("applied", lambda it: it.money(it.applied_minor)),
        TableColumn("unapplied", lambda it: it.payment.unapplied),
        TableColumn("reversed", lambda it: it.money(it.payment.reversed_minor)),
        TableColumn("currency", lambda it: it.payment.currency),
        TableColumn("method", lambda it: it.payment.method),
        TableColumn("reference", lambda it: it.payment.reference),
        TableColumn("origin", lambda it: it.payment.origin),
        TableColumn("invoices", lambda it: it.invoices),
    ),
)
"""Every payment: client after client, in the order of recording."""


def _name(thing: NamedRef | None) -> str | None:
    return None if thing is None else thing.name


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
        TableColumn("amount", lambda it: Money(minor=it.line.minor, currency=it.invoice.currency)),
        TableColumn("currency", lambda it: it.invoice.currency),
        TableColumn("session_id", lambda it: it.line.session_id),
    ),
)
"""Every line of every invoice that the viewer may see."""
