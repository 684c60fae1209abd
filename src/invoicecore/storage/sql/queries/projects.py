"""The query for the list of projects, with their billed and unbilled work."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from typing import Any

from attrs import evolve
from sqlalchemy import CTE, Select, and_, select, true

from invoicecore.model.project import Project
from invoicecore.ports.queries import ProjectsQuery
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.projects import BilledTotals, ProjectRow, ProjectSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.queries.billed import lock_of, values_of
from invoicecore.storage.sql.queries.paged_query import (
    PagedQuery,
    SubjectQueries,
    ids_of,
    join_on,
    name_of,
    of_firm,
    total,
)
from invoicecore.storage.sql.schema import accounts, assignments, clients, projects, reservations, sessions
from invoicecore.storage.sql.statements import Statements, given, is_given
from invoicecore.values.money import Money


class ProjectQueries(SubjectQueries):
    """Projects with the work on them: of everybody, or of one worker alone."""

    def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
        rows = self._page(_list_of(wanted), page, _values(wanted))
        return [self._project(row, wanted.now) for row in rows]

    def _projects_in_all(self, wanted: ProjectsQuery) -> ListTotals:
        return ListTotals(self._count(_list_of(wanted), _values(wanted))[0][0])

    def _project(self, row: Sequence[Any], now: datetime) -> ProjectRow:
        *read, client, currency, client_is_archived, is_stopped, work = row
        worked, billed, billed_minor, unbilled, unbilled_minor = self._statements.dialect.of_json(work)
        project = self._statements.entities[Project].built(read).entity
        return ProjectRow(
            project=evolve(project, archived=project.archived or bool(client_is_archived)),
            client=NamedRef(project.client_id, client),
            rate=project.rate_at(now),
            worked=timedelta(microseconds=worked),
            billed=BilledTotals(timedelta(microseconds=billed), Money(minor=billed_minor, currency=currency)),
            unbilled=BilledTotals(timedelta(microseconds=unbilled), Money(minor=unbilled_minor, currency=currency)),
            stopped=bool(is_stopped),
        )


def _list_of(wanted: ProjectsQuery) -> Callable[[Statements], PagedQuery[ProjectSort]]:
    return _of_everybody if wanted.visibility.worker is None else _of_worker


def _values(wanted: ProjectsQuery) -> Mapping[str, Any]:
    return {
        **values_of(wanted.visibility),
        "id": wanted.id,
        "client": wanted.client_id,
        "archived": wanted.archived,
        "search": wanted.search or None,
    }


def _projects(counted: Any, statements: Statements) -> PagedQuery[ProjectSort]:
    """The list, if these sessions count as the work on a project."""
    dialect, time, minor = statements.dialect, sessions.c.duration_us, sessions.c.minor
    on_project = join_on(sessions, projects, project_id="id")
    mine, locked = (on_project, ~sessions.c.removed), reservations.c.key.is_not(None)
    worked = select(total(time, counted)).where(*mine).scalar_subquery().label("worked")
    billed, unbilled = (and_(counted, minor > 0, which) for which in (locked, ~locked))
    sums = [total(time, counted), *(total(it, which) for which, it in product((billed, unbilled), (time, minor)))]
    work = select(dialect.row_as_json(sums)).where(*mine).outerjoin(reservations, lock_of(sessions)).scalar_subquery()
    assigned = select(assignments.c.project_id).where(of_firm(assignments), is_given(assignments.c.person_id, "worker"))

    is_stopped = accounts.c.balance_minor <= accounts.c.allowed_balance_minor
    of_client = clients.c.name, clients.c.currency, clients.c.archived, is_stopped
    client_is_archived = select(clients.c.archived).where(join_on(clients, projects, id="client_id"))
    with_client = projects.c.archived | client_is_archived.scalar_subquery()

    def shown(page: CTE) -> Select[Any]:
        return (
            select(*statements.entities[Project].read, *of_client, work)
            .select_from(page)
            .outerjoin(projects, join_on(projects, page, id="id"))
            .outerjoin(clients, join_on(clients, projects, id="client_id"))
            .outerjoin(accounts, join_on(accounts, projects, client_id="client_id"))
        )

    return PagedQuery(
        dialect,
        found=ids_of(projects),
        conditions={
            "visible_client": is_given(projects.c.client_id, "visible_client"),
            "visible_projects": dialect.among(projects.c.id, "visible_projects"),
            "worker": projects.c.id.in_(assigned),
            "id": is_given(projects.c.id),
            "client": is_given(projects.c.client_id, "client"),
            "archived": with_client == given("archived", projects.c.archived.type),
            "search": dialect.has_one("search", projects.c.name, name_of(clients, projects.c.client_id)),
        },
        orders={
            ProjectSort.NAME: (projects.c.name, projects.c.id),
            ProjectSort.WORKED: (worked, projects.c.id),
            ProjectSort.ADDED: (projects.c.id,),
        },
        shown=shown,
    )


_of_everybody = partial(_projects, true())
_of_worker = partial(_projects, is_given(sessions.c.person_id, "worker"))
