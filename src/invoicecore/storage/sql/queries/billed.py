"""What the lists of sessions and of charges have in common: who sees them, which invoice holds them, and names."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Table, and_, exists, literal_column, select

from invoicecore.ports.queries import ChargesQuery, WorkQuery
from invoicecore.ports.store import UniqueKind
from invoicecore.queries.visibility import Visibility
from invoicecore.storage.sql.queries.paged_query import join_on, name_of
from invoicecore.storage.sql.schema import clients, invoices, people, projects, reservations
from invoicecore.storage.sql.statements import SqlDialect, is_given


def lock_of(table: Table) -> ColumnElement[bool]:
    """The reservation by which an invoice locks a session or a charge."""
    return and_(join_on(reservations, table, key="id"), reservations.c.kind == UniqueKind.CHARGE.value)


def is_locked(table: Table) -> ColumnElement[bool]:
    """Whether an invoice locks a session or a charge."""
    return exists().where(lock_of(table))


def is_free_now(table: Table) -> Mapping[str, ColumnElement[bool]]:
    """The condition that no invoice locks a session or a charge, which PostgreSQL looks up for each row by itself: it
    makes no join of what has an offset."""
    locks = select(1).select_from(reservations).where(lock_of(table)).correlate(table)
    return {"free": ~exists(locks.offset(literal_column("0")))}


def is_visible(dialect: SqlDialect, table: Table) -> Mapping[str, ColumnElement[bool]]:
    """The conditions for sessions, or for charges, to be within a visibility."""
    return {
        "visible_client": is_given(table.c.client_id, "visible_client"),
        "visible_projects": dialect.among(table.c.project_id, "visible_projects"),
        "worker": is_given(table.c.person_id, "worker"),
    }


def values_of(visibility: Visibility) -> Mapping[str, Any]:
    """The values for the conditions of a visibility."""
    return {
        "visible_client": visibility.client_id,
        "visible_projects": visibility.projects,
        "worker": visibility.worker,
    }


def conditions_on(dialect: SqlDialect, table: Table) -> Mapping[str, ColumnElement[bool]]:
    """The conditions that both lists have."""
    return {
        **is_visible(dialect, table),
        "client": is_given(table.c.client_id, "client"),
        "project": is_given(table.c.project_id, "project"),
        "locked": is_locked(table),
        "free": ~is_locked(table),
        "search": dialect.has_one(
            "search",
            table.c.note,
            name_of(clients, table.c.client_id),
            name_of(projects, table.c.project_id),
            name_of(people, table.c.person_id),
        ),
    }


def wanted_values(wanted: WorkQuery | ChargesQuery) -> Mapping[str, Any]:
    """The values for them."""
    return {
        **values_of(wanted.visibility),
        "client": wanted.client_id,
        "project": wanted.project_id,
        "locked": wanted.locked or None,
        "free": wanted.locked is False or None,
        "search": wanted.search or None,
    }


def with_names(read: tuple[ColumnElement[Any], ...], table: Table, page: CTE) -> Select[Any]:
    """The rows of a page, each with the names of its client, project and person, and with its invoice."""
    return (
        select(*read, clients.c.name, projects.c.name, people.c.name, invoices.c.id, invoices.c.number)
        .select_from(page)
        .outerjoin(table, join_on(table, page, id="id"))
        .outerjoin(clients, join_on(clients, table, id="client_id"))
        .outerjoin(projects, join_on(projects, table, id="project_id"))
        .outerjoin(people, join_on(people, table, id="person_id"))
        .outerjoin(reservations, lock_of(table))
        .outerjoin(invoices, join_on(invoices, reservations, id="owner"))
    )
