"""The query for the list of sessions, with the invoice of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import SessionRecord, WorkQuery
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkSort
from invoicecore.storage.sql.queries.billed import conditions_on, is_free_now, wanted_values, with_names
from invoicecore.storage.sql.queries.paged_query import (
    PagedQuery,
    SubjectQueries,
    ids_of,
    of_firm,
    total,
)
from invoicecore.storage.sql.schema import sessions
from invoicecore.storage.sql.statements import SqlStatement, Statements, given, is_given
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import Money


class WorkQueries(SubjectQueries):
    """Sessions that were not removed."""

    def work(self, wanted: WorkQuery, page: PageRequest[WorkSort]) -> Sequence[SessionRecord]:
        return [self._session(row) for row in self._page(_sessions, page, _values(wanted))]

    def _work_in_all(self, wanted: WorkQuery) -> ListTotals:
        rows = self._count(
            _sessions, _values(wanted), sessions.c.rate_currency, time=sessions.c.duration_us, minor=sessions.c.minor
        )
        return ListTotals(
            count=sum(count for count, _, _, _ in rows),
            time=timedelta(microseconds=sum(micros for _, micros, _, _ in rows)),
            amounts=tuple(Money(minor=minor, currency=currency) for _, _, minor, currency in rows),
        )

    def _session(self, row: Sequence[Any]) -> SessionRecord:
        *read, client, project, person, invoice_id, number = row
        session = self._statements.entities[WorkSession].built(read).entity
        return SessionRecord(
            session=session,
            client=NamedRef(session.client_id, client),
            project=NamedRef(session.project_id, project),
            person=NamedRef(session.person_id, person),
            locked_by=None if invoice_id is None else InvoiceId(invoice_id),
            invoice_number=number,
        )

    def worked(self, client_id: ClientId, since: datetime, until: datetime) -> int:
        [(minor,)] = self._rows(_cost, client=client_id, since=since, until=until)
        return int(minor)


def _values(wanted: WorkQuery) -> Mapping[str, Any]:
    days = {} if wanted.period is None else _days(wanted.period, wanted.zone)
    return {**wanted_values(wanted), "person": wanted.person_id, **days}


def _sessions(statements: Statements) -> PagedQuery[WorkSort]:
    return PagedQuery(
        statements.dialect,
        found=ids_of(sessions, ~sessions.c.removed),
        conditions={
            **conditions_on(statements.dialect, sessions),
            "person": is_given(sessions.c.person_id, "person"),
            "period": _is_of_period(),
        },
        orders={
            WorkSort.START: (sessions.c.start, sessions.c.id),
            WorkSort.HOURS: (sessions.c.duration_us, sessions.c.id),
        },
        shown=partial(with_names, statements.entities[WorkSession].read, sessions),
        late=is_free_now(sessions),
    )


def _cost(statements: Statements) -> SqlStatement:
    mine = (of_firm(sessions), is_given(sessions.c.client_id, "client"), ~sessions.c.removed)
    return statements.dialect.statement(select(total(sessions.c.minor)).where(*mine, _begins_between()))


def _is_of_period() -> ColumnElement[bool]:
    """Whether a session belongs to a period. It starts near to its day, and by its start an index finds it."""
    start, day = sessions.c.start, sessions.c.stated_day
    is_near = (start >= given("near_since", start.type)) & (start < given("near_until", start.type))
    is_stated = day.between(given("first", day.type), given("last", day.type))
    return is_near & or_(is_stated, day.is_(None) & _begins_between())


def _days(period: Period, zone: str) -> Mapping[str, Any]:
    """The values for that condition."""
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
