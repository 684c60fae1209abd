"""A list with conditions, in one of its orders, read one page at a time.

Each form of a query is compiled once. An inner query finds the rows of the page by conditions, order and cursor only.
The outer query reads the displayed data of these rows by left joins, whose order no query planner changes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic

from sqlalchemy import CTE, Column, ColumnElement, FromClause, Label, Select, and_, cast, func, select

from invoicecore.queries.paging import PageRequest, SortT
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.column_types import ID, WHOLE
from invoicecore.storage.sql.statements import SqlDialect, SqlStatement, Statements, given, place_and_bound

Rows = Sequence[Sequence[Any]]

Ask = Callable[[SqlStatement, Mapping[str, Any]], Rows]
"""Gives a statement to the database, for one firm, with the other values by their names; returns the rows it found."""

ALL_ROWS = 2**31
"""More rows than any list has."""

Conditions = Iterable[ColumnElement[bool]]


class PagedQuery(Generic[SortT]):
    """A list. `found` selects what names each thing in it, under some conditions; `conditions` are those that may be
    set, each by the name of the value it goes by; `orders` gives the parts of a place, and `joined` what an order
    by the column of another table joins: a table to that one, and how; and `shown` selects what is read of the things
    on a page. `late` are conditions that only the last rows of the first order fulfil, as a rule, in the form in which
    they are looked up row by row from the last one on. A part of a place that is slow to compute has a label: it is
    computed once, and the page has it by that name."""

    def __init__(
        self,
        dialect: SqlDialect,
        *,
        found: Callable[[Conditions], Select[Any]],
        conditions: Mapping[str, ColumnElement[bool]],
        orders: Mapping[SortT, Sequence[ColumnElement[Any]]],
        shown: Callable[[CTE], Select[Any]],
        late: Mapping[str, ColumnElement[bool]] | None = None,
        joined: Mapping[SortT, tuple[FromClause, FromClause, ColumnElement[bool]]] | None = None,
    ) -> None:
        self._dialect = dialect
        self._found = found
        self._conditions = conditions
        self._orders = orders
        self._shown = shown
        self._late = late or {}
        self._joined = joined or {}
        self._statements: dict[tuple[Any, ...], SqlStatement] = {}

    def rows(self, ask: Ask, page: PageRequest[SortT], values: Mapping[str, Any]) -> Rows:
        """What is on a part of the list, in its order. Conditions whose value is None are not set."""
        parameters = {name: self._dialect.encoded(value) for name, value in values.items() if value is not None}
        parameters |= {f"after_{number}": self._dialect.encoded(part) for number, part in enumerate(page.after or ())}
        names = tuple(name for name in self._conditions if name in parameters)
        form = (page.sort, page.descending, page.after is None, names)
        if form not in self._statements:
            self._statements[form] = self._dialect.statement(self._put(page, names))
        return ask(self._statements[form], {**parameters, "most": page.limit})

    def totals(
        self, ask: Ask, values: Mapping[str, Any], of: Mapping[str, ColumnElement[Any]], currency: Column[Any] | None
    ) -> Rows:
        """The number of rows that fulfil the conditions, and sums over them, for each currency if there is one."""
        parameters = {name: self._dialect.encoded(value) for name, value in values.items() if value is not None}
        names = tuple(name for name in self._conditions if name in parameters)
        form = ("totals", names)
        if form not in self._statements:
            each = [] if currency is None else [currency]
            found = self._found(self._conditions[name] for name in names)
            sums: list[ColumnElement[Any]] = [func.count(), *map(total, of.values()), *each]
            query = found.with_only_columns(*sums, maintain_column_froms=True).group_by(*each).order_by(*each)
            self._statements[form] = self._dialect.statement(query)
        return ask(self._statements[form], parameters)

    def _put(self, page: PageRequest[SortT], names: Iterable[str]) -> Select[Any]:
        order = self._orders[page.sort]
        parts = [it if isinstance(it, Label) else it.label(f"place_{number}") for number, it in enumerate(order)]
        # PostgreSQL cannot tell how many rows are late, nor where: it reads all for none, or all that come before.
        is_by_time = not self._dialect.is_sqlite and page.sort is next(iter(self._orders))
        is_late = is_by_time and not self._late.keys().isdisjoint(names)
        is_there = page.descending or page.after is not None  # or many come first that are not late
        conditions = {**self._conditions, **(self._late if is_late and is_there else {})}
        query = self._found(conditions[name] for name in names).add_columns(*parts)
        if page.sort in self._joined:
            query = query.join_from(*self._joined[page.sort])
        is_slow = any(isinstance(part, Label) for part in order) or (is_late and not is_there)
        found = query.cte("found").prefix_with("MATERIALIZED") if is_slow else query.subquery("found")
        place = [found.c[part.name] for part in parts]
        rows = select(found)
        if page.after is not None:
            here, there = place_and_bound(place, "after", len(place))
            rows = rows.where(here < there if page.descending else here > there)
        part = rows.order_by(*_directed(place, page)).limit(given("most", WHOLE)).cte("page")
        return self._shown(part).order_by(*_directed([part.c[it.name] for it in place], page))


def _directed(place: Iterable[ColumnElement[Any]], page: PageRequest[Any]) -> list[ColumnElement[Any]]:
    return [part.desc() if page.descending else part for part in place]


class SubjectQueries:
    """The queries of one subject, asked in the transaction of one firm. Statements are built when they are first
    needed, once for all transactions."""

    def __init__(self, statements: Statements, ask: Ask) -> None:
        self._statements = statements
        self._ask = ask

    def _page(
        self,
        list_of: Callable[[Statements], PagedQuery[SortT]],
        page: PageRequest[SortT],
        values: Mapping[str, Any],
    ) -> Rows:
        """What is on a part of a list."""
        return self._statements.once(list_of).rows(self._ask, page, values)

    def _count(
        self,
        list_of: Callable[[Statements], PagedQuery[SortT]],
        values: Mapping[str, Any],
        currency: Column[Any] | None = None,
        **of: ColumnElement[Any],
    ) -> Rows:
        """The totals of a list."""
        return self._statements.once(list_of).totals(self._ask, values, of, currency)

    def _rows(self, query: Callable[[Statements], SqlStatement], **values: Any) -> Rows:
        """What a statement finds."""
        encoded = self._statements.dialect.encoded
        return self._ask(self._statements.once(query), {name: encoded(value) for name, value in values.items()})


def of_firm(table: FromClause) -> ColumnElement[bool]:
    """The rows of the firm that asks."""
    return table.c.firm_id == given("firm_id", ID)


def ids_of(table: FromClause, *always: ColumnElement[bool]) -> Callable[[Conditions], Select[Any]]:
    """Selects the ids of a firm's rows of a table, under conditions that are always set and some more."""
    return lambda conditions: select(table.c.id).where(of_firm(table), *always, *conditions)


def join_on(table: FromClause, other: FromClause, **columns: str) -> ColumnElement[bool]:
    """The rows of a table of the firm that asks where each column equals the named column of another table."""
    return and_(of_firm(table), *(table.c[mine] == other.c[theirs] for mine, theirs in columns.items()))


def name_of(table: FromClause, id: Column[Any]) -> ColumnElement[Any]:
    """The name of what a column refers to."""
    return select(table.c.name).where(of_firm(table), table.c.id == id).correlate(id.table).scalar_subquery()


def total(amount: ColumnElement[Any], counted: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """The sum of whole numbers, in all rows or in those that are counted; 0 of none."""
    return whole(func.sum(amount) if counted is None else func.sum(amount).filter(counted))


def whole(amount: ColumnElement[Any]) -> ColumnElement[int]:
    """A sum of whole numbers as one; 0 if there is none."""
    return cast(func.coalesce(amount, 0), WHOLE)


def named(id: Any, name: Any) -> NamedRef | None:
    """Something by its id and name; None where there is nothing."""
    return None if id is None else NamedRef(id, name)
