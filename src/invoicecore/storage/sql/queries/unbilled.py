"""The query for unbilled work."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CTE, GenerativeSelect, Select, func, select

from invoicecore.ports.store import UniqueKind
from invoicecore.queries.owed import UnbilledRow, UnbilledSort
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.visibility import NamedRef, Visibility
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm, total
from invoicecore.storage.sql.queries.work import IS_FREE, bounds_of, within_reach
from invoicecore.storage.sql.schema import clients, projects, reservations, sessions
from invoicecore.storage.sql.statements import Statements, is_given
from invoicecore.values.ids import ClientId
from invoicecore.values.money import Money


class UnbilledPages:
    """The work of each project that a time invoice would take now."""

    def __init__(self, statements: Statements) -> None:
        self._dialect = dialect = statements.dialect
        letters = dialect.letters
        self._paged = PagedQuery(
            dialect,
            found=self._found,
            conditions={**within_reach(dialect), "client": is_given(sessions.c.client_id, "client")},
            orders={
                UnbilledSort.CLIENT: (letters(clients.c.name), clients.c.id, letters(projects.c.name), projects.c.id)
            },
            shown=_of_projects,
        )

    def _found(self, conditions: Conditions) -> Select[Any]:
        conditions = list(conditions)
        query = select(sessions.c.project_id, sessions.c.duration_us, sessions.c.minor)
        if self._dialect.is_sqlite and not conditions:
            # All sessions are looked through, and nearly all are held: two indexes are read side by side instead.
            free = _free().cte("free")
            query = query.select_from(free).outerjoin(sessions, join_on(sessions, free, id="id"))
        else:
            query = query.where(of_firm(sessions), *conditions, IS_FREE)
        query = query.where(~sessions.c.removed, sessions.c.minor > 0)
        work = query.cte("work").prefix_with("MATERIALIZED")  # lest it be looked for in the order of projects
        sums = (func.count().label("count"), *(total(work.c[it]).label(it) for it in ("duration_us", "minor")))
        of_project = select(work.c.project_id, *sums).group_by(work.c.project_id).subquery("of_project")
        return (
            select(*of_project.c)
            .outerjoin(projects, join_on(projects, of_project, id="project_id"))
            .outerjoin(clients, join_on(clients, projects, id="client_id"))
        )

    def rows(
        self, ask: Ask, visibility: Visibility, client_id: ClientId | None, page: PageRequest[UnbilledSort]
    ) -> Sequence[UnbilledRow]:
        """Projects with work that no invoice holds."""
        return list(map(_row, self._paged.rows(ask, page, {**bounds_of(visibility), "client": client_id})))


def _free() -> GenerativeSelect:
    """The sessions that no invoice holds. A limit makes SQLite keep to the order, by which both indexes are read at
    once."""
    held = select(reservations.c.key).where(of_firm(reservations), reservations.c.kind == UniqueKind.SESSION.value)
    return select(sessions.c.id).where(of_firm(sessions)).except_(held).order_by("id").limit(-1)


def _of_projects(page: CTE) -> Select[Any]:
    named = (clients.c.id, clients.c.name, clients.c.currency, projects.c.id, projects.c.name)
    return (
        select(*named, page.c.count, page.c.duration_us, page.c.minor)
        .select_from(page)
        .outerjoin(projects, join_on(projects, page, id="project_id"))
        .outerjoin(clients, join_on(clients, projects, id="client_id"))
    )


def _row(row: Sequence[Any]) -> UnbilledRow:
    client_id, client, currency, project_id, project, count, micros, minor = row
    return UnbilledRow(
        client=NamedRef(client_id, client),
        project=NamedRef(project_id, project),
        sessions=count,
        time=timedelta(microseconds=micros),
        amount=Money(minor, currency),
    )
