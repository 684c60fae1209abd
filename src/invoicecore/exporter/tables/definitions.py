"""The tables of the books: their columns, and how their rows are read.

The table of work sessions has the columns that importers of timesheets ask for: person, client, project, start,
duration and rate.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.errors import NotFound
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.tables.cells import Value, decimal_hours
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.model.client import Client
from invoicecore.model.permissions import may
from invoicecore.queries.audit import AuditRow
from invoicecore.queries.charges import ChargeRow
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.dues import AccountStatement
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.queries.owed import AgingRow, UnbilledRow
from invoicecore.queries.transactions import TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.settlement.payment import Payment
from invoicecore.values.calendar import Period
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action, InvoiceKind, Status

R = TypeVar("R")


@frozen
class TableColumn(Generic[R]):
    """A column: its name and its value for a row. Columns of money are left out for those who may not see money, and
    columns of taxes in a firm without taxes."""

    name: str
    of: Callable[[R], Value]
    is_money: bool = False
    is_tax: bool = False


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
        TableColumn("end", lambda it: it.row.session.start + it.row.session.duration),
        TableColumn("day", lambda it: it.row.session.day),
        TableColumn("duration", lambda it: it.row.session.duration),
        TableColumn("hours", lambda it: decimal_hours(it.row.session.duration)),
        TableColumn("billable", lambda it: it.row.session.billable),
        TableColumn("note", lambda it: it.row.session.note),
        TableColumn("rate", lambda it: it.row.session.rate, is_money=True),
        TableColumn("amount", lambda it: it.row.session.amount, is_money=True),
        TableColumn("currency", lambda it: it.row.session.amount and it.row.session.amount.currency, is_money=True),
        TableColumn("invoice", lambda it: it.row.invoice_number, is_money=True),
        TableColumn("cut", lambda it: it.row.session.cut, is_money=True),
    ),
)
"""Every session that the viewer may see, by its start."""


def _charges(desk: Desk, progress: Progress | None) -> Iterator[ChargeRow]:
    return iter_rows(partial(desk.pages.charges, descending=False), progress)


CHARGES = TableDefinition(
    action=Action.VIEW_INVOICES,
    rows=_charges,
    columns=(
        TableColumn("id", lambda it: it.charge.id),
        TableColumn("kind", lambda it: it.charge.kind),
        TableColumn("client", lambda it: it.client.name),
        TableColumn("project", lambda it: None if it.project is None else it.project.name),
        TableColumn("person", lambda it: it.person.name),
        TableColumn("day", lambda it: it.charge.day),
        TableColumn("note", lambda it: it.charge.note),
        TableColumn("billable", lambda it: it.charge.billable),
        TableColumn("cost", lambda it: it.charge.cost),
        TableColumn("receipt", lambda it: it.charge.receipt),
        TableColumn("amount", lambda it: it.charge.amount),
        TableColumn("currency", lambda it: it.charge.amount and it.charge.amount.currency),
        TableColumn("tax", lambda it: it.charge.tax, is_tax=True),
        TableColumn("invoice", lambda it: it.invoice_number),
    ),
)
"""Every expense, fee and discount that the viewer may see, by its day."""


def _clients(desk: Desk) -> Iterator[Client]:
    """The clients whose accounts the viewer may see."""
    for row in iter_rows(partial(desk.pages.clients, archived=None, sort=ClientSort.ADDED)):
        if row.standing is not None:
            yield row.client


@frozen
class _OfClient(Generic[R]):
    """A row with the client whose it is."""

    client: Client
    row: R


def _transactions(desk: Desk, progress: Progress | None) -> Iterator[_OfClient[TransactionRow]]:
    for client in _clients(desk):
        for row in iter_rows(partial(desk.pages.transactions, client.id), progress):
            yield _OfClient(client, row)


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
    """A payment with its client, and the numbers of invoices by their ids."""

    client: Client
    payment: Payment
    numbers: Mapping[InvoiceId, str | None]

    def money(self, minor: int) -> Money:
        """An amount in the currency of the payment."""
        return Money(minor=minor, currency=self.payment.currency)

    @property
    def applied_minor(self) -> int:
        """The part that pays for invoices."""
        return sum(part.minor for part in self.payment.applied)

    @property
    def invoices(self) -> str:
        """The numbers of the invoices that it pays for, each with its part."""
        return " ".join(
            f"{self.numbers.get(part.invoice_id) or part.invoice_id}={self.money(part.minor).amount:f}"
            for part in self.payment.applied
        )


def _payments(desk: Desk, progress: Progress | None) -> Iterator[_ClientPayment]:
    for client in _clients(desk):
        payments = desk.payments.of(client.id)
        numbers = {row.id: row.number for row in iter_rows(partial(desk.pages.invoices, client_id=client.id))}
        yield from (_ClientPayment(client, payment, numbers) for payment in payments)
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
        TableColumn("reversed_on", lambda it: it.payment.reversed_on),
        TableColumn("currency", lambda it: it.payment.currency),
        TableColumn("method", lambda it: it.payment.method),
        TableColumn("reference", lambda it: it.payment.reference),
        TableColumn("origin", lambda it: it.payment.origin),
        TableColumn("invoices", lambda it: it.invoices),
        TableColumn("invoice_ids", lambda it: " ".join(part.invoice_id for part in it.payment.applied)),
    ),
)
"""Every payment: client after client, in the order of recording."""


def _of_statements(
    parts: Callable[[AccountStatement], Sequence[R]], desk: Desk, progress: Progress | None
) -> Iterator[_OfClient[R]]:
    """Some parts of each client's statement of account."""
    for client in _clients(desk):
        found = parts(desk.accounts.account_statement(client.id))
        yield from (_OfClient(client, part) for part in found)
        if progress is not None:
            progress(len(found))


OPEN_ITEMS = TableDefinition(
    action=Action.VIEW_ACCOUNT,
    rows=partial(_of_statements, lambda statement: statement.open_items),
    columns=(
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("number", lambda it: it.row.name),
        TableColumn("issued_on", lambda it: it.row.issued_on),
        TableColumn("due_on", lambda it: it.row.due_on),
        TableColumn("days_overdue", lambda it: it.row.days_overdue),
        TableColumn("asked", lambda it: it.row.amount),
        TableColumn("amount_due", lambda it: it.row.amount_due),
        TableColumn("currency", lambda it: it.row.amount.currency),
    ),
)
"""Every invoice with something left to pay: client after client, in the order of issue."""


STATEMENTS = TableDefinition(
    action=Action.VIEW_ACCOUNT,
    rows=partial(_of_statements, lambda statement: statement.rows),
    columns=(
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("day", lambda it: it.row.day),
        TableColumn("kind", lambda it: it.row.kind),
        TableColumn("invoice", lambda it: it.row.name),
        TableColumn("method", lambda it: it.row.method),
        TableColumn("reference", lambda it: it.row.reference),
        TableColumn("amount", lambda it: it.row.amount),
        TableColumn("balance_due", lambda it: it.row.balance),
        TableColumn("currency", lambda it: it.row.amount.currency),
    ),
)
"""What each client was invoiced and paid, with the balance due after each: client after client, day by day."""


def _aging(desk: Desk, progress: Progress | None) -> Iterator[AgingRow]:
    return iter_rows(lambda **page: desk.pages.aging(**page).clients, progress)


AGING = TableDefinition(
    action=Action.VIEW_ACCOUNT,
    rows=_aging,
    columns=(
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("not_due", lambda it: it.amounts[0]),
        TableColumn("days_1_to_30", lambda it: it.amounts[1]),
        TableColumn("days_31_to_60", lambda it: it.amounts[2]),
        TableColumn("days_61_to_90", lambda it: it.amounts[3]),
        TableColumn("older", lambda it: it.amounts[4]),
        TableColumn("total", lambda it: it.total),
        TableColumn("currency", lambda it: it.total.currency),
    ),
)
"""What each client owes today, by how late it is."""


def _unbilled(desk: Desk, progress: Progress | None) -> Iterator[UnbilledRow]:
    return iter_rows(desk.pages.unbilled, progress)


UNBILLED = TableDefinition(
    action=Action.VIEW_ACCOUNT,
    rows=_unbilled,
    columns=(
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("project", lambda it: None if it.project is None else it.project.name),
        TableColumn("project_id", lambda it: None if it.project is None else it.project.id),
        TableColumn("sessions", lambda it: it.sessions),
        TableColumn("duration", lambda it: it.time),
        TableColumn("hours", lambda it: decimal_hours(it.time)),
        TableColumn("work", lambda it: it.work),
        TableColumn("expenses", lambda it: it.expenses),
        TableColumn("fees", lambda it: it.fees),
        TableColumn("discounts", lambda it: it.discounts),
        TableColumn("amount", lambda it: it.amount),
        TableColumn("currency", lambda it: it.amount.currency),
    ),
)
"""The work that is on no invoice, project by project."""


def _audit(desk: Desk, progress: Progress | None) -> Iterator[AuditRow]:
    return iter_rows(partial(desk.pages.audit, descending=False), progress)


AUDIT = TableDefinition(
    action=Action.VIEW_AUDIT,
    rows=_audit,
    columns=(
        TableColumn("position", lambda it: it.position),
        TableColumn("at", lambda it: it.at),
        TableColumn("by", lambda it: it.by.name),
        TableColumn("action", lambda it: it.action),
        TableColumn("reason", lambda it: it.reason),
        TableColumn("about", lambda it: ", ".join(named.name for named in it.names)),
        TableColumn("changed", lambda it: " ".join(f"{change.kind}:{change.id}" for change in it.changes)),
    ),
)
"""Who did what, when and why, in the order of the commits."""


def _name(thing: NamedRef | None) -> str | None:
    return None if thing is None else thing.name


def _invoices(desk: Desk, progress: Progress | None) -> Iterator[InvoiceRow]:
    return iter_rows(desk.pages.invoices, progress)


@frozen
class _InvoiceWithReason:
    """An invoice with the period of its work, and the reason of a void, which Managers see."""

    row: InvoiceRow
    service: Period | None
    reason: str


def _invoices_with_reasons(desk: Desk, progress: Progress | None) -> Iterator[_InvoiceWithReason]:
    """Invoice by invoice; only time invoices and void ones are looked at more closely."""
    for row in _invoices(desk, progress):
        service, reason = None, ""
        if row.kind is InvoiceKind.TIME or row.status is Status.VOID:
            with suppress(NotFound):  # a draft that is deleted meanwhile
                page = desk.pages.invoice(row.id)
                service = None if page.invoice.selection is None else page.invoice.selection.period
                reason = page.history[-1].note if row.status is Status.VOID and page.history else ""
        yield _InvoiceWithReason(row, service, reason)


INVOICES = TableDefinition(
    action=Action.VIEW_INVOICES,
    rows=_invoices_with_reasons,
    columns=(
        TableColumn("id", lambda it: it.row.id),
        TableColumn("number", lambda it: it.row.number),
        TableColumn("client", lambda it: it.row.client.name),
        TableColumn("client_id", lambda it: it.row.client.id),
        TableColumn("kind", lambda it: it.row.kind),
        TableColumn("status", lambda it: it.row.status),
        TableColumn("display_status", lambda it: it.row.display_status),
        TableColumn("issued_on", lambda it: it.row.issued_on),
        TableColumn("due_on", lambda it: it.row.due_on),
        TableColumn("service_from", lambda it: None if it.service is None else it.service.first),
        TableColumn("service_to", lambda it: None if it.service is None else it.service.last),
        TableColumn("ended_on", lambda it: it.row.ended_on),
        TableColumn("void_reason", lambda it: it.reason),
        TableColumn("net", lambda it: it.row.net, is_tax=True),
        TableColumn("tax", lambda it: it.row.tax, is_tax=True),
        TableColumn("total", lambda it: it.row.total),
        TableColumn("covered", lambda it: it.row.covered),
        TableColumn("amount_paid", lambda it: it.row.amount_paid),
        TableColumn("amount_due", lambda it: it.row.amount_due),
        TableColumn("currency", lambda it: it.row.total.currency),
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


def _percents(line: Line) -> str | None:
    """The percentage of a line's tax; of several components, each."""
    return None if line.tax is None else " ".join(f"{it:f}" for it in line.tax.percents)


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
        TableColumn("hours", lambda it: None if it.line.duration is None else decimal_hours(it.line.duration)),
        TableColumn("rate", lambda it: it.line.rate),
        TableColumn("blocks", lambda it: it.line.blocks),
        TableColumn("amount", lambda it: Money(minor=it.line.minor, currency=it.invoice.currency)),
        TableColumn("tax", lambda it: None if it.line.tax is None else it.line.tax.code, is_tax=True),
        TableColumn("percent", lambda it: _percents(it.line), is_tax=True),
        TableColumn("currency", lambda it: it.invoice.currency),
        TableColumn("session_id", lambda it: it.line.session_id),
        TableColumn("charge_id", lambda it: it.line.charge_id),
        TableColumn("charge_kind", lambda it: it.line.kind),
    ),
)
"""Every line of every invoice that the viewer may see."""
