"""The query for the list of invoices, with what is left to pay on each, but without their lines."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import CTE, Column, ColumnElement, Select, and_, case, exists, func, literal, or_, select

from invoicecore.lifecycle.invoice import CoverPart, display_status, net_share
from invoicecore.lifecycle.table import Facts, judged
from invoicecore.ports.queries import InvoicesQuery
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort, days_overdue
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.column_types import DAY
from invoicecore.storage.sql.mapping import tax_of
from invoicecore.storage.sql.queries.paged_query import (
    PagedQuery,
    SubjectQueries,
    ids_of,
    join_on,
    name_of,
    of_firm,
    total,
)
from invoicecore.storage.sql.schema import accounts, clients, covers, invoices, lines
from invoicecore.storage.sql.statements import RowCodec, SqlDialect, SqlStatement, Statements, given, is_given
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import Money
from invoicecore.vocabulary import LIVE, UNPAID, Deposit, InvoiceKind, Status

_NAMES = (
    *("id", "client_id", "kind", "deposit", "currency", "status", "total_minor", "covered_minor", "paid_minor"),
    *("number", "issued_on", "due_on", "ended_on", "tax_minor", "covered_tax_minor"),
)
_READ: tuple[Column[Any], ...] = tuple(invoices.c[name] for name in _NAMES)

ASKED = invoices.c.total_minor - invoices.c.covered_minor
"""What an invoice asks for in all."""
OPEN = case((invoices.c.status == Status.VOID.value, 0), else_=ASKED - invoices.c.paid_minor)
"""What is left to pay; nothing on a void invoice."""


class InvoiceQueries(SubjectQueries):
    """Invoices."""

    def invoices(self, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
        if wanted.visibility.worker is not None:
            return ()
        return [self._invoice(row, wanted.today) for row in self._page(_invoices, page, self._values(wanted))]

    def _invoices_in_all(self, wanted: InvoicesQuery) -> ListTotals:
        if wanted.visibility.worker is not None:
            return ListTotals(0)
        rows = self._count(
            _invoices, self._values(wanted), invoices.c.currency, total=invoices.c.total_minor, open=OPEN
        )
        return ListTotals(
            count=sum(count for count, _, _, _ in rows),
            amounts=tuple(Money(minor=minor, currency=currency) for _, minor, _, currency in rows),
            amounts_due=tuple(Money(minor=open, currency=currency) for _, _, open, currency in rows),
        )

    def _values(self, wanted: InvoicesQuery) -> Mapping[str, Any]:
        period, all_statuses = wanted.period, wanted.statuses == frozenset(Status)
        # Of one status an index gives the invoices in their order.
        one = next(iter(wanted.statuses)).value if len(wanted.statuses) == 1 else None
        return {
            "visible_client": wanted.visibility.client_id,
            "visible_projects": wanted.visibility.projects,
            "client": wanted.client_id,
            "status": one,
            "statuses": None if all_statuses or one else wanted.statuses,
            "overdue": wanted.overdue or None,
            "today": wanted.today,
            "search": wanted.search or None,
            **({} if period is None else {"period": period, "first": period.first, "last": period.last}),
        }

    def _invoice(self, row: Sequence[Any], today: date) -> InvoiceRow:
        *read, client, credit = row
        decoded = self._statements.once(_codec).decode(read)
        id, client_id, kind, deposit, currency, word, total, covered, paid, *others = decoded
        number, issued_on, due_on, ended_on, tax, covered_tax = others
        status = Status(word)
        open = 0 if status is Status.VOID else total - covered - paid
        return InvoiceRow(
            id=InvoiceId(id),
            client=NamedRef(client_id, client),
            kind=InvoiceKind(kind),
            deposit=Deposit(deposit),
            status=status,
            display_status=display_status(status, is_covered=0 < total == covered),
            number=number,
            total=Money(minor=total, currency=currency),
            covered=Money(minor=covered, currency=currency),
            amount_paid=Money(minor=paid, currency=currency),
            amount_due=Money(minor=open, currency=currency),
            issued_on=issued_on,
            due_on=due_on,
            ended_on=ended_on,
            days_overdue=days_overdue(status, due_on, open, today),
            actions=judged(Facts(status, number is not None, total, paid, credit)),
            tax=Money(minor=tax, currency=currency),
            covered_tax=Money(minor=covered_tax, currency=currency),
        )

    def _asked(self, client_id: ClientId, today: date) -> Sequence[InvoiceRow]:
        """A client's numbered invoices that deposit, are neither void nor uncollectible, and have something left to
        pay, as they were made."""
        return [self._invoice(row, today) for row in self._rows(_asking, client=client_id)]

    def invoiced(self, client_id: ClientId, period: Period) -> Money:
        [(minor, currency)] = self._rows(_total, id=client_id, first=period.first, last=period.last)
        return Money(minor=minor, currency=currency)

    def cover_sources(self, client_id: ClientId) -> Sequence[CoverPart]:
        found = []
        for id, word, gross, tax, paid, of_first, taken in self._rows(_sources, client=client_id):
            net = gross - tax
            whole = net_share(paid, gross, net) if word == Status.UNCOLLECTIBLE.value else net
            if whole > taken:
                found.append(CoverPart(InvoiceId(id), whole - taken, None if of_first is None else tax_of(of_first)))
        return found

    def reverted_drafts(self, client_id: ClientId) -> Sequence[InvoiceId]:
        return [InvoiceId(id) for (id,) in self._rows(_reverted, client=client_id)]


def _codec(statements: Statements) -> RowCodec:
    return statements.dialect.row_codec(_READ)


def _invoices(statements: Statements) -> PagedQuery[InvoiceSort]:
    dialect = statements.dialect
    no_day = literal(dialect.encoded(date.min), DAY)
    id, currency = invoices.c.id, invoices.c.currency
    return PagedQuery(
        dialect,
        found=ids_of(invoices),
        conditions={
            "visible_client": is_given(invoices.c.client_id, "visible_client"),
            "visible_projects": _lies_within(dialect),
            "client": is_given(invoices.c.client_id, "client"),
            "status": is_given(invoices.c.status),
            "statuses": dialect.among(invoices.c.status, "statuses"),
            "period": _issued_in_period(),
            "overdue": _is_overdue(),
            "search": dialect.has_one("search", invoices.c.number, name_of(clients, invoices.c.client_id)),
        },
        orders={
            InvoiceSort.MADE: (id,),
            InvoiceSort.NUMBER: (func.coalesce(invoices.c.number, ""), id),
            InvoiceSort.ISSUED: (func.coalesce(invoices.c.issued_on, no_day), id),
            InvoiceSort.DUE: (func.coalesce(invoices.c.due_on, no_day), id),
            InvoiceSort.KIND: (invoices.c.kind, id),
            InvoiceSort.CLIENT: (clients.c.name, id),
            InvoiceSort.TOTAL: (currency, invoices.c.total_minor, id),
            InvoiceSort.AMOUNT_DUE: (currency, OPEN, id),
        },
        shown=_shown,
        joined={InvoiceSort.CLIENT: (invoices, clients, join_on(clients, invoices, id="client_id"))},
    )


def _sources(statements: Statements) -> SqlStatement:
    """Refills and manual invoices that deposit, with what their first line is taxed with, and what live invoices took
    off already."""
    covered = invoices.alias("covered")
    live = [status.value for status in LIVE]
    taken = (
        select(total(covers.c.minor))
        .select_from(covers)
        .join(covered, join_on(covered, covers, id="invoice_id"))
        .where(join_on(covers, invoices, source_id="id"))
        .where(covered.c.status.in_(live))
        .scalar_subquery()
    )
    first = (
        select(lines.c.tax).where(join_on(lines, invoices, invoice_id="id")).where(lines.c.place == 0).scalar_subquery()
    )
    amounts = (invoices.c.total_minor, invoices.c.tax_minor, invoices.c.paid_minor)
    covering = (
        is_given(invoices.c.client_id, "client"),
        invoices.c.kind != InvoiceKind.TIME.value,
        invoices.c.deposit == Deposit.TO_BALANCE.value,
        invoices.c.status.in_(live),
    )
    query = select(invoices.c.id, invoices.c.status, *amounts, first, taken).where(of_firm(invoices), *covering)
    return statements.dialect.statement(query.order_by(invoices.c.id))


def _reverted(statements: Statements) -> SqlStatement:
    query = select(invoices.c.id).where(
        of_firm(invoices),
        is_given(invoices.c.client_id, "client"),
        invoices.c.status == Status.DRAFT.value,
        invoices.c.number.is_not(None),
    )
    return statements.dialect.statement(query.order_by(invoices.c.id))


def _shown(page: CTE) -> Select[Any]:
    return (
        select(*_READ, clients.c.name, accounts.c.credit_minor)
        .select_from(page)
        .outerjoin(invoices, join_on(invoices, page, id="id"))
        .outerjoin(clients, join_on(clients, invoices, id="client_id"))
        .outerjoin(accounts, join_on(accounts, invoices, client_id="client_id"))
    )


def _asking(statements: Statements) -> SqlStatement:
    asks = (
        is_given(invoices.c.client_id, "client"),
        invoices.c.number.is_not(None),
        invoices.c.deposit == Deposit.TO_BALANCE.value,
        invoices.c.status != Status.UNCOLLECTIBLE.value,
        OPEN > 0,
    )
    around = select(*_READ, clients.c.name, accounts.c.credit_minor)
    query = around.outerjoin(clients, join_on(clients, invoices, id="client_id"))
    query = query.outerjoin(accounts, join_on(accounts, invoices, client_id="client_id"))
    return statements.dialect.statement(query.where(of_firm(invoices), *asks).order_by(invoices.c.id))


def _total(statements: Statements) -> SqlStatement:
    issued = (
        select(total(ASKED))
        .where(join_on(invoices, clients, client_id="id"))
        .where(_issued_in_period(), invoices.c.status != Status.VOID.value)
        .scalar_subquery()
    )
    query = select(issued, clients.c.currency).where(of_firm(clients), is_given(clients.c.id))
    return statements.dialect.statement(query)


def _lies_within(dialect: SqlDialect) -> ColumnElement[bool]:
    """Whether an invoice has lines, and all of them are of some projects."""
    mine = join_on(lines, invoices, invoice_id="id")
    outside = or_(lines.c.project_id.is_(None), ~dialect.among(lines.c.project_id, "visible_projects"))
    return exists().where(mine) & ~exists().where(mine, outside)


def _issued_in_period() -> ColumnElement[bool]:
    day = invoices.c.issued_on
    return day.between(given("first", day.type), given("last", day.type))


def _is_overdue() -> ColumnElement[bool]:
    """Whether an unpaid invoice was due before today."""
    due = invoices.c.due_on
    return and_(invoices.c.status.in_(sorted(UNPAID)), due < given("today", due.type), OPEN > 0)
