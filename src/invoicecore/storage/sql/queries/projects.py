"""The query for the list of projects, with their billed and unbilled work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, select, true

from invoicecore.model.project import Project
from invoicecore.ports.queries import ProjectsQuery
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.projects import BilledTotals, ProjectRow, ProjectSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm, total
from invoicecore.storage.sql.queries.work import HELD
from invoicecore.storage.sql.schema import assignments, clients, projects, reservations, sessions
from invoicecore.storage.sql.statements import Statements, is_given
from invoicecore.values.money import Money


class ProjectPages:
    """Projects with the work on them: of everybody, or of one worker alone."""

    def __init__(self, statements: Statements) -> None:
        self._dialect = statements.dialect
        self._project = statements.entities[Project]
        self._of_everybody = self._paged(statements, true())
        self._of_worker = self._paged(statements, is_given(sessions.c.person_id, "worker"))

    def _paged(self, statements: Statements, counted: ColumnElement[bool]) -> PagedQuery[ProjectSort]:
        """What is asked, if of the work on a project these sessions count."""
        dialect, time, minor = statements.dialect, sessions.c.duration_us, sessions.c.minor
        on_project = and_(sessions.c.firm_id == projects.c.firm_id, sessions.c.project_id == projects.c.id)
        mine, held = (on_project, ~sessions.c.removed), reservations.c.key.is_not(None)
        worked = select(total(case((counted, time)))).where(*mine).scalar_subquery().label("worked")
        billed, unbilled = (and_(counted, minor > 0, which) for which in (held, ~held))
        sums = [total(case(it)) for it in ((counted, time), *product((billed, unbilled), (time, minor)))]
        work = select(dialect.row_as_json(sums)).where(*mine).outerjoin(reservations, HELD).scalar_subquery()
        assigned = select(assignments.c.project_id).where(
            of_firm(assignments), is_given(assignments.c.person_id, "worker")
        )
        return PagedQuery(
            dialect,
            found=_found,
            conditions={
                "reach_client": is_given(projects.c.client_id, "reach_client"),
                "reach_projects": dialect.among(projects.c.id, "reach_projects"),
                "worker": projects.c.id.in_(assigned),
                "id": is_given(projects.c.id),
                "client": is_given(projects.c.client_id, "client"),
                "archived": is_given(projects.c.archived),
            },
            orders={
                ProjectSort.NAME: (dialect.letters(projects.c.name), projects.c.id),
                ProjectSort.WORKED: (worked, projects.c.id),
                ProjectSort.ADDED: (projects.c.id,),
            },
            shown=lambda page: self._shown(page, work),
        )

    def _shown(self, page: CTE, work: ColumnElement[Any]) -> Select[Any]:
        return (
            select(*self._project.read, clients.c.name, clients.c.currency, work)
            .select_from(page)
            .outerjoin(projects, join_on(projects, page, id="id"))
            .outerjoin(clients, join_on(clients, projects, id="client_id"))
        )

    def rows(self, ask: Ask, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
        """Projects."""
        question = self._of_everybody if wanted.visibility.worker is None else self._of_worker
        values = {
            "reach_client": wanted.visibility.client_id,
            "reach_projects": wanted.visibility.projects,
            "worker": wanted.visibility.worker,
            "id": wanted.id,
            "client": wanted.client_id,
            "archived": wanted.archived,
        }
        return [self._row(row, wanted.now) for row in question.rows(ask, page, values)]

    def _row(self, row: Sequence[Any], now: datetime) -> ProjectRow:
        *read, client, currency, work = row
        worked, billed, billed_minor, unbilled, unbilled_minor = self._dialect.of_json(work)
        project, _ = self._project.built(read)
        return ProjectRow(
            project=project,
            client=NamedRef(project.client_id, client),
            rate=project.rate_at(now),
            worked=timedelta(microseconds=worked),
            billed=BilledTotals(timedelta(microseconds=billed), Money(billed_minor, currency)),
            unbilled=BilledTotals(timedelta(microseconds=unbilled), Money(unbilled_minor, currency)),
        )


def _found(conditions: Conditions) -> Select[Any]:
    return select(projects.c.id).where(of_firm(projects), *conditions)
