"""The queries for unpaid invoices by age, and for unbilled work and charges."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    GenerativeSelect,
    Label,
    Select,
    Subquery,
    Table,
    and_,
    column,
    func,
    literal,
    or_,
    select,
    table,
    union_all,
)

from invoicecore.ports.queries import OwedQuery
from invoicecore.ports.store import UniqueKind
from invoicecore.queries.owed import Age, Aged, AgingRow, AgingSort, UnbilledRow, UnbilledSort, aged, unbilled_row
from invoicecore.queries.paging import PageRequest, part_of
from invoicecore.queries.visibility import NamedRef, Visibility
from invoicecore.storage.sql.column_types import DAY
from invoicecore.storage.sql.queries.billed import is_locked, is_visible, values_of
from invoicecore.storage.sql.queries.invoices import ASKED
from invoicecore.storage.sql.queries.paged_query import (
    ALL_ROWS,
    Conditions,
    PagedQuery,
    SubjectQueries,
    join_on,
    named,
    of_firm,
    total,
    whole,
)
from invoicecore.storage.sql.schema import charges, clients, invoices, projects, receivables, reservations, sessions
from invoicecore.storage.sql.statements import SqlStatement, Statements, given, is_given
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import UNPAID, ChargeKind

_SUMS = "sums"
_WORK = "work"
_PARTS = (_WORK, *(it.value for it in ChargeKind))
"""What unbilled amounts are of."""
_AGES = tuple(f"age_{number}" for number in range(len(Age)))


class OwedQueries(SubjectQueries):
    """What is owed as of a day, by how late it is, and the work and charges that no invoice holds."""

    def aging(self, wanted: OwedQuery, page: PageRequest[AgingSort]) -> Sequence[AgingRow]:
        if page.sort is AgingSort.AMOUNT_DUE:  # the sum of the ages, which come one by one
            return part_of(self.aging(wanted, PageRequest(AgingSort.CLIENT, limit=ALL_ROWS)), page)
        rows = self._page(_aging, page, {"client": wanted.client_id, **_days(wanted)})
        if rows:
            self._in_all = wanted, self._statements.dialect.rows_of_json(rows[0][0])
        return [AgingRow(NamedRef(id, name), _aged(minors, currency)) for _, id, name, currency, *minors in rows]

    _in_all: tuple[OwedQuery, Sequence[Sequence[Any]]] | None = None
    """What was asked for last, and what is owed in all, which a page brings along: both add up the same."""

    def owed(self, wanted: OwedQuery) -> Sequence[Aged]:
        if self._in_all is not None and self._in_all[0] == wanted:
            rows = self._in_all[1]
        else:
            query = _owed_by_all if wanted.client_id is None else _owed_by_one
            rows = self._rows(query, client=wanted.client_id, **_days(wanted))
        return [_aged(minors, currency) for currency, *minors in sorted(map(tuple, rows))]

    def unbilled(
        self, visibility: Visibility, client_id: ClientId | None, page: PageRequest[UnbilledSort]
    ) -> Sequence[UnbilledRow]:
        rows = self._page(_unbilled, page, {**values_of(visibility), "client": client_id})
        return list(map(_unbilled_row, rows))


# what was asked for and is not paid


def _aging(statements: Statements) -> PagedQuery[AgingSort]:
    def found(conditions: Conditions) -> Select[Any]:
        owed = _owed(of_one=any(True for _ in conditions))
        sums = _added_up(owed, owed.c.client_id, owed.c.currency).cte(_SUMS).prefix_with("MATERIALIZED")
        wanted = sums.c.currency, *(sums.c[age] for age in _AGES)
        return select(*wanted).outerjoin(clients, join_on(clients, sums, id="client_id"))

    def shown(page: CTE) -> Select[Any]:
        sums = table(_SUMS, column("currency"), *map(column, _AGES))
        of_currency = select(sums.c.currency, *(total(sums.c[age]).label(age) for age in _AGES))
        in_all = of_currency.group_by(sums.c.currency).subquery("in_all")
        totals = statements.dialect.rows_as_json([*in_all.c]).select_from(in_all).scalar_subquery()
        name, id = page.c.place_0, page.c.place_1
        return select(totals, id, name, page.c.currency, *(whole(page.c[age]) for age in _AGES)).select_from(page)

    return PagedQuery(
        statements.dialect,
        found=found,
        conditions={"client": is_given(invoices.c.client_id, "client")},
        orders={AgingSort.CLIENT: (clients.c.name, clients.c.id)},
        shown=shown,
    )


def _owed_in_all(of_one: bool, statements: Statements) -> SqlStatement:
    """All that is owed, for each currency."""
    owed = _owed(of_one=of_one)
    sums = _added_up(owed, owed.c.currency).subquery(_SUMS)
    return statements.dialect.statement(select(sums.c.currency, *(whole(sums.c[age]) for age in _AGES)))


_owed_by_one, _owed_by_all = partial(_owed_in_all, True), partial(_owed_in_all, False)


def _owed(*, of_one: bool) -> Subquery:
    """What is left to pay now, and every change since the day taken back. By one client, or by all."""

    def columns(of: Table, minor: ColumnElement[int]) -> Select[Any]:
        whose = [is_given(of.c.client_id, "client")] if of_one else []
        return select(of.c.client_id, of.c.currency, of.c.due_on, minor.label("minor")).where(of_firm(of), *whose)

    change = receivables.c
    now = columns(invoices, ASKED - invoices.c.paid_minor).where(invoices.c.status.in_(sorted(UNPAID)))
    since = columns(receivables, -change.minor).where(
        change.due_on.is_not(None),  # credit is not due
        change.counts_from > given("as_of", DAY),
        or_(change.counts_from > change.booked_on, change.booked_on > given("booked_until", DAY)),
    )
    return union_all(now.where(invoices.c.paid_minor < ASKED), since).subquery("owed")


def _added_up(owed: Subquery, *by: ColumnElement[Any]) -> Select[Any]:
    """For each client or currency the sums of all ages, where anything is owed."""
    return select(*by, *_by_age(owed)).group_by(*by).having(func.sum(owed.c.minor) != 0)


def _by_age(owed: Subquery) -> list[Label[int]]:
    """A sum for each age, in their order; of a case instead of a filter PostgreSQL would begin every sum for everybody,
    which takes it twice the memory."""
    firsts = [given(f"due_since_{age}", DAY) for age in (*Age,)[:-1]]
    ranges = zip([*firsts, None], [None, *firsts], strict=True)
    return [
        func.sum(owed.c.minor).filter(_is_between(owed.c.due_on, since, until)).label(age)
        for age, (since, until) in zip(_AGES, ranges, strict=True)
    ]


def _is_between(day: ColumnElement[Any], since: Any, until: Any) -> ColumnElement[bool]:
    bounds = ([] if since is None else [day >= since]) + ([] if until is None else [day < until])
    return and_(*bounds)


def _days(wanted: OwedQuery) -> Mapping[str, date]:
    """The days of a query, and for each age but the last the first day on which something of it was due."""
    ordinal = wanted.as_of.toordinal()
    first = {f"due_since_{age}": date.fromordinal(max(ordinal - age, 1)) for age in (*Age,)[:-1]}
    return {"as_of": wanted.as_of, "booked_until": wanted.booked_until, **first}


def _aged(minors: Iterable[int], currency: str) -> Aged:
    return aged(dict(zip(Age, minors, strict=True)), currency)


# the work and the charges that are on no invoice


def _unbilled(statements: Statements) -> PagedQuery[UnbilledSort]:
    dialect = statements.dialect
    of_work = {**is_visible(dialect, sessions), "client": is_given(sessions.c.client_id, "client")}
    of_charges = {**is_visible(dialect, charges), "client": is_given(charges.c.client_id, "client")}

    def found(conditions: Conditions) -> Select[Any]:
        conditions = list(conditions)
        same = [of_charges[name] for name, it in of_work.items() if any(it is other for other in conditions)]
        work = select(*_whose(sessions), literal(_WORK).label("kind"), sessions.c.duration_us, sessions.c.minor)
        if dialect.is_sqlite and not conditions:
            # All sessions are looked through, and nearly all are locked: two indexes are read side by side instead.
            free = _free().cte("free")
            work = work.select_from(free).outerjoin(sessions, join_on(sessions, free, id="id"))
        else:
            work = work.where(of_firm(sessions), *conditions, ~is_locked(sessions))
        charged = select(*_whose(charges), charges.c.kind, literal(0).label("duration_us"), charges.c.minor)
        charged = charged.where(of_firm(charges), *same, ~is_locked(charges), ~charges.c.removed, charges.c.minor != 0)
        both = union_all(work.where(~sessions.c.removed, sessions.c.minor > 0), charged)
        billed = both.cte("billed").prefix_with("MATERIALIZED")  # so that it is not searched in the order of projects
        sums = (
            func.count().filter(billed.c.kind == _WORK).label("count"),
            total(billed.c.duration_us).label("duration_us"),
            *(total(billed.c.minor, billed.c.kind == it).label(it) for it in _PARTS),
        )
        of_project = select(*_whose(billed), *sums).group_by(*_whose(billed)).subquery("of_project")
        return _with_names(of_project, *of_project.c)

    def shown(page: CTE) -> Select[Any]:
        around = (clients.c.id, clients.c.name, clients.c.currency, projects.c.id, projects.c.name)
        return _with_names(page, *around, page.c.count, page.c.duration_us, *(page.c[it] for it in _PARTS))

    project = (func.coalesce(projects.c.name, ""), func.coalesce(projects.c.id, ""))
    return PagedQuery(
        dialect,
        found=found,
        conditions=of_work,
        orders={UnbilledSort.CLIENT: (clients.c.name, clients.c.id, *project)},
        shown=shown,
    )


def _whose(rows: FromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    return rows.c.client_id, rows.c.project_id


def _with_names(rows: Subquery | CTE, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of rows that name a client and perhaps a project, and of these."""
    return (
        select(*columns)
        .select_from(rows)
        .outerjoin(projects, join_on(projects, rows, id="project_id"))
        .outerjoin(clients, join_on(clients, rows, id="client_id"))
    )


def _free() -> GenerativeSelect:
    """The sessions that no invoice locks. With a limit SQLite follows the order, and reads both indexes at once."""
    locked = select(reservations.c.key).where(of_firm(reservations), reservations.c.kind == UniqueKind.CHARGE.value)
    return select(sessions.c.id).where(of_firm(sessions)).except_(locked).order_by("id").limit(-1)


def _unbilled_row(row: Sequence[Any]) -> UnbilledRow:
    client_id, client, currency, project_id, project, count, micros, work, *charged = row
    return unbilled_row(
        NamedRef(client_id, client),
        named(project_id, project),
        currency,
        count,
        timedelta(microseconds=micros),
        work,
        dict(zip(ChargeKind, charged, strict=True)),
    )
