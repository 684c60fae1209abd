"""The query for the list of sessions, with the invoice of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, or_, select

from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import SessionRecord, WorkQuery
from invoicecore.ports.store import UniqueKind
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.visibility import NamedRef, Visibility
from invoicecore.queries.work import WorkSort
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm, total
from invoicecore.storage.sql.schema import clients, invoices, people, projects, reservations, sessions
from invoicecore.storage.sql.statements import SqlDialect, SqlStatement, Statements, given, is_given
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId

HELD = and_(join_on(reservations, sessions, key="id"), reservations.c.kind == UniqueKind.SESSION.value)
"""What a session is held by: the reservation on it."""
IS_FREE = ~exists().where(HELD)
"""Whether no invoice holds a session."""


class WorkPages:
    """Sessions that were not removed."""

    def __init__(self, statements: Statements) -> None:
        self._dialect = statements.dialect
        self._session = statements.entities[WorkSession]
        self._paged = PagedQuery(
            statements.dialect,
            found=_found,
            conditions={
                **within_reach(statements.dialect),
                "client": is_given(sessions.c.client_id, "client"),
                "project": is_given(sessions.c.project_id, "project"),
                "person": is_given(sessions.c.person_id, "person"),
                "period": _is_of_period(),
                "held": ~IS_FREE,
                "free": IS_FREE,
            },
            orders={WorkSort.START: (sessions.c.start, sessions.c.id)},
            shown=self._shown,
        )

    def _shown(self, page: CTE) -> Select[Any]:
        around = (clients.c.name, projects.c.name, people.c.name, invoices.c.id, invoices.c.number)
        return (
            select(*self._session.read, *around)
            .select_from(page)
            .outerjoin(sessions, join_on(sessions, page, id="id"))
            .outerjoin(clients, join_on(clients, sessions, id="client_id"))
            .outerjoin(projects, join_on(projects, sessions, id="project_id"))
            .outerjoin(people, join_on(people, sessions, id="person_id"))
            .outerjoin(reservations, HELD)
            .outerjoin(invoices, join_on(invoices, reservations, id="owner"))
        )

    def rows(self, ask: Ask, wanted: WorkQuery, page: PageRequest[WorkSort]) -> Sequence[SessionRecord]:
        """Sessions with what is around them."""
        values = {
            **bounds_of(wanted.visibility),
            "client": wanted.client_id,
            "project": wanted.project_id,
            "person": wanted.person_id,
            "held": wanted.locked or None,
            "free": wanted.locked is False or None,
            **(_days(wanted.period, wanted.zone) if wanted.period is not None else {}),
        }
        return [self._row(row) for row in self._paged.rows(ask, page, values)]

    def _row(self, row: Sequence[Any]) -> SessionRecord:
        *read, client, project, person, invoice_id, number = row
        session, _ = self._session.built(read)
        return SessionRecord(
            session=session,
            client=NamedRef(session.client_id, client),
            project=NamedRef(session.project_id, project),
            person=NamedRef(session.person_id, person),
            locked_by=None if invoice_id is None else InvoiceId(invoice_id),
            invoice_number=number,
        )

    def cost(self, ask: Ask, client_id: ClientId, since: datetime, until: datetime) -> int:
        """What a client's sessions cost that begin from one instant up to another, in minor units."""
        instant = self._dialect.instant
        [(minor,)] = ask(self._cost, {"client": client_id, "since": instant(since), "until": instant(until)})
        return int(minor)

    @cached_property
    def _cost(self) -> SqlStatement:
        mine = (of_firm(sessions), is_given(sessions.c.client_id, "client"), ~sessions.c.removed)
        return self._dialect.statement(select(total(sessions.c.minor)).where(*mine, _begins_between()))


def within_reach(dialect: SqlDialect) -> Mapping[str, ColumnElement[bool]]:
    """The conditions for sessions to be within a visibility."""
    return {
        "reach_client": is_given(sessions.c.client_id, "reach_client"),
        "reach_projects": dialect.among(sessions.c.project_id, "reach_projects"),
        "worker": is_given(sessions.c.person_id, "worker"),
    }


def bounds_of(visibility: Visibility) -> Mapping[str, Any]:
    """The values for those conditions."""
    return {"reach_client": visibility.client_id, "reach_projects": visibility.projects, "worker": visibility.worker}


def _found(conditions: Conditions) -> Select[Any]:
    return select(sessions.c.id).where(of_firm(sessions), ~sessions.c.removed, *conditions)


def _is_of_period() -> ColumnElement[bool]:
    """Whether a session belongs to a period. It starts near to its day, and by its start an index finds it."""
    start, day = sessions.c.start, sessions.c.stated_day
    is_near = (start >= given("near_since", start.type)) & (start < given("near_until", start.type))
    is_stated = day.between(given("first", day.type), given("last", day.type))
    return is_near & or_(is_stated, day.is_(None) & _begins_between())


def _days(period: Period, zone: str) -> Mapping[str, Any]:
    """The values by which that is found."""
    since, until = period.bounds(zone)
    near_since, near_until = period.near
    return {
        "period": period,
        "first": period.first,
        "last": period.last,
        "since": since,
        "until": until,
        "near_since": near_since,
        "near_until": near_until,
    }


def _begins_between() -> ColumnElement[bool]:
    start = sessions.c.start
    return and_(start >= given("since", start.type), start < given("until", start.type))
