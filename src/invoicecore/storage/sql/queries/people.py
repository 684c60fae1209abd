"""The query for the list of people, with their time and projects, in one statement."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CTE, Select, Table, func, literal, select

from invoicecore.model.person import Person
from invoicecore.ports.queries import PeopleQuery
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.people import PersonRow, PersonSort
from invoicecore.queries.visibility import unchecked_named_ref
from invoicecore.storage.sql.column_types import INSTANT
from invoicecore.storage.sql.queries.paged_query import PagedQuery, SubjectQueries, ids_of, join_on, of_firm, total
from invoicecore.storage.sql.schema import assignments, contact_projects, logins, people, projects, sessions
from invoicecore.storage.sql.statements import RowCodec, SqlDialect, Statements, is_given
from invoicecore.vocabulary import Role

_NEVER = datetime.min.replace(tzinfo=UTC)


class PeopleQueries(SubjectQueries):
    """People with their work, their latest sign-in and their projects."""

    def people(self, wanted: PeopleQuery, page: PageRequest[PersonSort]) -> Sequence[PersonRow]:
        return [self._person(row) for row in self._page(_people, page, _values(wanted))]

    def _people_in_all(self, wanted: PeopleQuery) -> ListTotals:
        return ListTotals(self._count(_people, _values(wanted))[0][0])

    def _person(self, row: Sequence[Any]) -> PersonRow:
        *read, worked, signed_in, assigned, limited_to = row
        dialect = self._statements.dialect
        person = self._statements.entities[Person].built(read).entity
        [last_sign_in] = self._statements.once(_sign_in_codec).decode([signed_in])
        projects = dialect.of_json(limited_to if person.role is Role.CONTACT else assigned)
        return PersonRow(
            person=person,
            worked=timedelta(microseconds=worked),
            last_sign_in=last_sign_in,
            projects=tuple(unchecked_named_ref(id, name) for name, id in sorted(projects)),
        )


def _values(wanted: PeopleQuery) -> Mapping[str, Any]:
    return {
        "id": wanted.id,
        "roles": wanted.roles,
        "client": wanted.client_id,
        "archived": wanted.archived,
        "search": wanted.search or None,
    }


def _sign_in_codec(statements: Statements) -> RowCodec:
    return statements.dialect.row_codec([logins.c.last_sign_in])


def _people(statements: Statements) -> PagedQuery[PersonSort]:
    dialect = statements.dialect
    worked = (
        select(total(sessions.c.duration_us))
        .where(join_on(sessions, people, person_id="id"), ~sessions.c.removed)
        .scalar_subquery()
        .label("worked")
    )
    signed_in = select(logins.c.last_sign_in).where(join_on(logins, people, person_id="id")).scalar_subquery()
    never = literal(dialect.encoded(_NEVER), INSTANT)

    def shown(page: CTE) -> Select[Any]:
        time = page.c.worked if "worked" in page.c else worked
        query: Select[Any] = select(*statements.entities[Person].read, time, signed_in).select_from(page)
        query = query.outerjoin(people, join_on(people, page, id="id"))
        for link in (assignments, contact_projects):
            query = _with_projects(dialect, query, link, page)
        return query

    return PagedQuery(
        dialect,
        found=ids_of(people),
        conditions={
            "id": is_given(people.c.id),
            "roles": dialect.among(people.c.role, "roles"),
            "client": is_given(people.c.client_id, "client"),
            "archived": is_given(people.c.archived),
            "search": dialect.has_one("search", people.c.name, people.c.email),
        },
        orders={
            PersonSort.NAME: (people.c.name, people.c.id),
            PersonSort.EMAIL: (func.coalesce(people.c.email, ""), people.c.id),
            PersonSort.ROLE: (people.c.role, people.c.id),
            PersonSort.WORKED: (worked, people.c.id),
            PersonSort.SIGNED_IN: (func.coalesce(signed_in, never), people.c.id),
            PersonSort.ADDED: (people.c.id,),
        },
        shown=shown,
    )


def _with_projects(dialect: SqlDialect, query: Select[Any], link: Table, page: CTE) -> Select[Any]:
    """With the projects that a table links to each person on a page, as JSON. PostgreSQL finds them for all people at
    once, because many have many; SQLite has no quicker way than one by one."""
    rows = dialect.rows_as_json([projects.c.name, link.c.project_id]).select_from(link)
    rows = rows.join(projects, join_on(projects, link, id="project_id"))
    if dialect.is_sqlite:
        of_person = rows.where(join_on(link, people, person_id="id")).correlate(people)
        return query.add_columns(of_person.scalar_subquery())
    on_page = rows.add_columns(link.c.person_id).where(of_firm(link), link.c.person_id.in_(select(page.c.id)))
    of_page = on_page.group_by(link.c.person_id).subquery(f"of_{link.name}")
    return query.add_columns(of_page.c[0]).outerjoin(of_page, of_page.c.person_id == page.c.id)
