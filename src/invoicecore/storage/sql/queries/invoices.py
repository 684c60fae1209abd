"""The query for the list of invoices, with what is left to pay on each, but without their lines."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, Select, and_, case, exists, func, literal, or_, select

from invoicecore.lifecycle.invoice import display_status
from invoicecore.ports.queries import InvoicesQuery
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort, days_overdue
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.column_types import DAY
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm, total
from invoicecore.storage.sql.schema import clients, invoices, lines
from invoicecore.storage.sql.statements import SqlDialect, SqlStatement, Statements, given, is_given
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import Money
from invoicecore.vocabulary import UNPAID, Deposit, InvoiceKind, Status

_READ: tuple[Column[Any], ...] = tuple(
    invoices.c[name]
    for name in (
        "id",
        "client_id",
        "kind",
        "currency",
        "status",
        "total_minor",
        "covered_minor",
        "paid_minor",
        "number",
        "issued_on",
        "due_on",
    )
)

ASKED = invoices.c.total_minor - invoices.c.covered_minor
"""What an invoice asks for in all."""
OPEN = case((invoices.c.status == Status.VOID.value, 0), else_=ASKED - invoices.c.paid_minor)
"""What is left to pay; nothing on a void invoice."""


class InvoicePages:
    """Invoices."""

    def __init__(self, statements: Statements) -> None:
        dialect = self._dialect = statements.dialect
        self._codec = dialect.row_codec(_READ)
        client = (
            select(dialect.letters(clients.c.name))
            .where(clients.c.firm_id == invoices.c.firm_id, clients.c.id == invoices.c.client_id)
            .scalar_subquery()
        )
        no_day = literal(dialect.encoded(date.min), DAY)
        id, currency = invoices.c.id, dialect.letters(invoices.c.currency)
        self._paged = PagedQuery(
            dialect,
            found=_found,
            conditions={
                "reach_client": is_given(invoices.c.client_id, "reach_client"),
                "reach_projects": _lies_within(dialect),
                "client": is_given(invoices.c.client_id, "client"),
                "statuses": dialect.among(invoices.c.status, "statuses"),
                "period": _issued_in_period(),
                "overdue": _is_overdue(),
            },
            orders={
                InvoiceSort.MADE: (id,),
                InvoiceSort.NUMBER: (dialect.letters(func.coalesce(invoices.c.number, "")), id),
                InvoiceSort.ISSUED: (func.coalesce(invoices.c.issued_on, no_day), id),
                InvoiceSort.DUE: (func.coalesce(invoices.c.due_on, no_day), id),
                InvoiceSort.CLIENT: (client, id),
                InvoiceSort.TOTAL: (currency, invoices.c.total_minor, id),
                InvoiceSort.AMOUNT_DUE: (currency, OPEN, id),
            },
            shown=_shown,
        )

    def rows(self, ask: Ask, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
        """Invoices."""
        if wanted.visibility.worker is not None:
            return ()
        period = wanted.period
        values = {
            "reach_client": wanted.visibility.client_id,
            "reach_projects": wanted.visibility.projects,
            "client": wanted.client_id,
            "statuses": None if wanted.statuses == frozenset(Status) else wanted.statuses,
            "overdue": wanted.overdue or None,
            "today": wanted.today,
            **({} if period is None else {"period": period, "first": period.first, "last": period.last}),
        }
        return [self._row(row, wanted.today) for row in self._paged.rows(ask, page, values)]

    def _row(self, row: Sequence[Any], today: date) -> InvoiceRow:
        *read, client = row
        id, client_id, kind, currency, word, total, covered, paid, number, issued_on, due_on = self._codec.decode(read)
        status = Status(word)
        open = 0 if status is Status.VOID else total - covered - paid
        return InvoiceRow(
            id=InvoiceId(id),
            client=NamedRef(client_id, client),
            kind=InvoiceKind(kind),
            status=status,
            display_status=display_status(status, is_covered=0 < total == covered),
            number=number,
            total=Money(total, currency),
            covered=Money(covered, currency),
            amount_paid=Money(paid, currency),
            amount_due=Money(open, currency),
            issued_on=issued_on,
            due_on=due_on,
            days_overdue=days_overdue(status, due_on, open, today),
        )

    def asked(self, ask: Ask, client_id: ClientId, today: date) -> Sequence[InvoiceRow]:
        """A client's numbered invoices that deposit, are neither void nor uncollectible, and have something left to
        pay, as they were made."""
        return [self._row(row, today) for row in ask(self._asked, {"client": client_id})]

    @cached_property
    def _asked(self) -> SqlStatement:
        asks = (
            is_given(invoices.c.client_id, "client"),
            invoices.c.number.is_not(None),
            invoices.c.deposit == Deposit.TO_BALANCE.value,
            invoices.c.status != Status.UNCOLLECTIBLE.value,
            OPEN > 0,
        )
        query = select(*_READ, clients.c.name).outerjoin(clients, join_on(clients, invoices, id="client_id"))
        return self._dialect.statement(query.where(of_firm(invoices), *asks).order_by(invoices.c.id))

    def invoiced(self, ask: Ask, client_id: ClientId, period: Period) -> Money:
        """What a client's invoices ask for in all that were issued in a period and are not void."""
        values = {"id": client_id, "first": period.first, "last": period.last}
        given = {name: self._dialect.encoded(value) for name, value in values.items()}
        [(minor, currency)] = ask(self._invoiced, given)
        return Money(minor, currency)

    @cached_property
    def _invoiced(self) -> SqlStatement:
        issued = (
            select(total(ASKED))
            .where(invoices.c.firm_id == clients.c.firm_id, invoices.c.client_id == clients.c.id)
            .where(_issued_in_period(), invoices.c.status != Status.VOID.value)
            .scalar_subquery()
        )
        query = select(issued, clients.c.currency).where(of_firm(clients), is_given(clients.c.id))
        return self._dialect.statement(query)


def _found(conditions: Conditions) -> Select[Any]:
    return select(invoices.c.id).where(of_firm(invoices), *conditions)


def _shown(page: CTE) -> Select[Any]:
    return (
        select(*_READ, clients.c.name)
        .select_from(page)
        .outerjoin(invoices, join_on(invoices, page, id="id"))
        .outerjoin(clients, join_on(clients, invoices, id="client_id"))
    )


def _lies_within(dialect: SqlDialect) -> ColumnElement[bool]:
    """Whether an invoice has lines, and all of them are of some projects."""
    mine = and_(lines.c.firm_id == invoices.c.firm_id, lines.c.invoice_id == invoices.c.id)
    outside = or_(lines.c.project_id.is_(None), ~dialect.among(lines.c.project_id, "reach_projects"))
    return exists().where(mine) & ~exists().where(mine, outside)


def _issued_in_period() -> ColumnElement[bool]:
    day = invoices.c.issued_on
    return day.between(given("first", day.type), given("last", day.type))


def _is_overdue() -> ColumnElement[bool]:
    """Whether an unpaid invoice was due before today."""
    due = invoices.c.due_on
    return and_(invoices.c.status.in_(sorted(UNPAID)), due < given("today", due.type), OPEN > 0)
