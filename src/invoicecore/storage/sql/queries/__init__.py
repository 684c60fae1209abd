"""The queries of a SQL store, a few statements for each, independent of the size of the books.

There is a class for each subject. A unit of work queries in its own transaction, so that every result is of one moment.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, assert_never

from sqlalchemy import Column, Select, select, union_all

from invoicecore.ports import queries as port
from invoicecore.queries.explain import ExplanationData
from invoicecore.queries.paging import ListTotals
from invoicecore.storage.sql import schema
from invoicecore.storage.sql.queries.charges import ChargeQueries
from invoicecore.storage.sql.queries.clients import ClientQueries
from invoicecore.storage.sql.queries.invoices import InvoiceQueries
from invoicecore.storage.sql.queries.movements import MovementQueries
from invoicecore.storage.sql.queries.owed import OwedQueries
from invoicecore.storage.sql.queries.paged_query import of_firm
from invoicecore.storage.sql.queries.people import PeopleQueries
from invoicecore.storage.sql.queries.projects import ProjectQueries
from invoicecore.storage.sql.queries.work import WorkQueries
from invoicecore.storage.sql.statements import SqlStatement, Statements
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId


class SqlQueries(
    ClientQueries,
    PeopleQueries,
    ProjectQueries,
    WorkQueries,
    ChargeQueries,
    InvoiceQueries,
    MovementQueries,
    OwedQueries,
):
    """The queries of one firm; `invoicecore.ports.queries.Queries` says what each of them returns."""

    def grounds(self, client_id: ClientId, level_minor: int | None, today: date) -> ExplanationData:
        return ExplanationData(
            totals=self._totals(client_id),
            deposit=self._deposit(client_id),
            crossing=None if level_minor is None else self._crossing(client_id, level_minor),
            asked=tuple(self._asked(client_id, today)),
        )

    def totals(self, wanted: port.ListQuery) -> ListTotals:
        match wanted:
            case port.ClientsQuery():
                return self._clients_in_all(wanted)
            case port.PeopleQuery():
                return self._people_in_all(wanted)
            case port.ProjectsQuery():
                return self._projects_in_all(wanted)
            case port.WorkQuery():
                return self._work_in_all(wanted)
            case port.ChargesQuery():
                return self._charges_in_all(wanted)
            case port.InvoicesQuery():
                return self._invoices_in_all(wanted)
            case _:
                assert_never(wanted)

    def names(
        self,
        projects: Iterable[ProjectId],
        people: Iterable[PersonId],
        clients: Iterable[ClientId] = (),
        invoices: Iterable[InvoiceId] = (),
    ) -> Mapping[str, str]:
        several = self._statements.dialect.several
        given = {"projects": projects, "people": people, "clients": clients, "invoices": invoices}
        rows = self._rows(_names, **{kind: several(ids) for kind, ids in given.items()})
        return {id: name for id, name in rows if name is not None}


def _names(statements: Statements) -> SqlStatement:
    def names(name: Column[Any], ids: str) -> Select[Any]:
        table = name.table
        return select(table.c.id, name).where(of_firm(table), statements.dialect.among(table.c.id, ids))

    named = (
        names(schema.projects.c.name, "projects"),
        names(schema.people.c.name, "people"),
        names(schema.clients.c.name, "clients"),
        names(schema.invoices.c.number, "invoices"),
    )
    return statements.dialect.statement(union_all(*named))
