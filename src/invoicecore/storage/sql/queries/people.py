"""The query for the list of people, with their time and projects, in one statement."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Table, func, literal, select

from invoicecore.model.person import Person
from invoicecore.ports.queries import PeopleQuery
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.people import PersonRow, PersonSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.column_types import INSTANT
from invoicecore.storage.sql.queries.paged_query import Ask, Conditions, PagedQuery, join_on, of_firm, total
from invoicecore.storage.sql.schema import assignments, contact_projects, logins, people, projects, sessions
from invoicecore.storage.sql.statements import SqlDialect, Statements, is_given
from invoicecore.vocabulary import Role

_NEVER = datetime.min.replace(tzinfo=UTC)


class PeoplePages:
    """People with their work, their latest sign-in and their projects."""

    def __init__(self, statements: Statements) -> None:
        dialect = self._dialect = statements.dialect
        self._person = statements.entities[Person]
        self._sign_in = dialect.row_codec([logins.c.last_sign_in])
        self._worked = (
            select(total(sessions.c.duration_us))
            .where(sessions.c.firm_id == people.c.firm_id, sessions.c.person_id == people.c.id, ~sessions.c.removed)
            .scalar_subquery()
            .label("worked")
        )
        self._signed_in = (
            select(logins.c.last_sign_in)
            .where(logins.c.firm_id == people.c.firm_id, logins.c.person_id == people.c.id)
            .scalar_subquery()
        )
        never = literal(dialect.instant(_NEVER), INSTANT)
        self._paged = PagedQuery(
            dialect,
            found=_found,
            conditions={
                "id": is_given(people.c.id),
                "roles": dialect.among(people.c.role, "roles"),
                "client": is_given(people.c.client_id, "client"),
                "archived": is_given(people.c.archived),
            },
            orders={
                PersonSort.NAME: (dialect.letters(people.c.name), people.c.id),
                PersonSort.EMAIL: (dialect.letters(func.coalesce(people.c.email, "")), people.c.id),
                PersonSort.ROLE: (dialect.letters(people.c.role), people.c.id),
                PersonSort.WORKED: (self._worked, people.c.id),
                PersonSort.SIGNED_IN: (func.coalesce(self._signed_in, never), people.c.id),
                PersonSort.ADDED: (people.c.id,),
            },
            shown=self._shown,
        )

    def _shown(self, page: CTE) -> Select[Any]:
        projects_of = (_projects(self._dialect, link) for link in (assignments, contact_projects))
        worked = page.c.worked if "worked" in page.c else self._worked
        return (
            select(*self._person.read, worked, self._signed_in, *projects_of)
            .select_from(page)
            .outerjoin(people, join_on(people, page, id="id"))
        )

    def rows(self, ask: Ask, wanted: PeopleQuery, page: PageRequest[PersonSort]) -> Sequence[PersonRow]:
        """People."""
        values = {
            "id": wanted.id,
            "roles": wanted.roles,
            "client": wanted.client_id,
            "archived": wanted.archived,
        }
        return [self._row(row) for row in self._paged.rows(ask, page, values)]

    def _row(self, row: Sequence[Any]) -> PersonRow:
        *read, worked, signed_in, assigned, limited_to = row
        person, _ = self._person.built(read)
        [last_sign_in] = self._sign_in.decode([signed_in])
        projects = self._dialect.rows_of_json(limited_to if person.role is Role.CONTACT else assigned)
        return PersonRow(
            person=person,
            worked=timedelta(microseconds=worked),
            last_sign_in=last_sign_in,
            projects=tuple(NamedRef(id, name) for name, id in sorted(map(tuple, projects))),
        )


def _found(conditions: Conditions) -> Select[Any]:
    return select(people.c.id).where(of_firm(people), *conditions)


def _projects(dialect: SqlDialect, link: Table) -> ColumnElement[Any]:
    """The projects that a table links to a person, as JSON."""
    return (
        dialect.rows_as_json([projects.c.name, projects.c.id])
        .select_from(link)
        .outerjoin(projects, join_on(projects, link, id="project_id"))
        .where(link.c.firm_id == people.c.firm_id, link.c.person_id == people.c.id)
        .correlate(people)
        .scalar_subquery()
    )
