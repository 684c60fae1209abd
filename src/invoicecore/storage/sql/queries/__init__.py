"""The queries of a SQL store, a few statements for each, independent of the size of the books.

There is a class for each subject. A unit of work queries in its own transaction, so that every result is of one moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from invoicecore.ports.queries import (
    ClientsQuery,
    InvoicesQuery,
    LedgerMovement,
    PeopleQuery,
    ProjectsQuery,
    SessionRecord,
    WorkQuery,
)
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.explain import ExplanationData
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort
from invoicecore.queries.owed import Aged, AgingRow, AgingSort, UnbilledRow, UnbilledSort
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.people import PersonRow, PersonSort
from invoicecore.queries.projects import ProjectRow, ProjectSort
from invoicecore.queries.transactions import TransactionSort
from invoicecore.queries.visibility import Visibility
from invoicecore.queries.work import WorkSort
from invoicecore.storage.sql.queries.aging import AgingPages
from invoicecore.storage.sql.queries.clients import ClientPages
from invoicecore.storage.sql.queries.invoices import InvoicePages
from invoicecore.storage.sql.queries.movements import MovementPages
from invoicecore.storage.sql.queries.names import NamePages
from invoicecore.storage.sql.queries.paged_query import Ask
from invoicecore.storage.sql.queries.people import PeoplePages
from invoicecore.storage.sql.queries.projects import ProjectPages
from invoicecore.storage.sql.queries.unbilled import UnbilledPages
from invoicecore.storage.sql.queries.work import WorkPages
from invoicecore.storage.sql.statements import SqlStatement, Statements
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, FirmId, PersonId, ProjectId
from invoicecore.values.money import Money


class QuerySet:
    """The queries of each subject, made when one of them is first asked."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    @cached_property
    def clients(self) -> ClientPages:
        """Of clients."""
        return ClientPages(self._statements)

    @cached_property
    def people(self) -> PeoplePages:
        """Of people."""
        return PeoplePages(self._statements)

    @cached_property
    def projects(self) -> ProjectPages:
        """Of projects."""
        return ProjectPages(self._statements)

    @cached_property
    def work(self) -> WorkPages:
        """Of sessions."""
        return WorkPages(self._statements)

    @cached_property
    def invoices(self) -> InvoicePages:
        """Of invoices."""
        return InvoicePages(self._statements)

    @cached_property
    def movements(self) -> MovementPages:
        """Of ledgers."""
        return MovementPages(self._statements)

    @cached_property
    def unbilled(self) -> UnbilledPages:
        """Of work that no invoice holds."""
        return UnbilledPages(self._statements)

    @cached_property
    def aging(self) -> AgingPages:
        """Of what is owed."""
        return AgingPages(self._statements)

    @cached_property
    def names(self) -> NamePages:
        """Of names."""
        return NamePages(self._statements)


class SqlQueries:
    """The pages of one firm; see `invoicecore.ports.queries.Queries` for what each of them holds."""

    def __init__(self, queries: QuerySet, ask: Ask, firm_id: FirmId) -> None:
        self._queries = queries
        self._of_any_firm = ask
        self._firm_id = firm_id

    def _ask(self, statement: SqlStatement, given: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        return self._of_any_firm(statement, {**given, "firm_id": self._firm_id})

    def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
        return self._queries.clients.rows(self._ask, wanted, page)

    def people(self, wanted: PeopleQuery, page: PageRequest[PersonSort]) -> Sequence[PersonRow]:
        return self._queries.people.rows(self._ask, wanted, page)

    def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
        return self._queries.projects.rows(self._ask, wanted, page)

    def work(self, wanted: WorkQuery, page: PageRequest[WorkSort]) -> Sequence[SessionRecord]:
        return self._queries.work.rows(self._ask, wanted, page)

    def invoices(self, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
        return self._queries.invoices.rows(self._ask, wanted, page)

    def movements(
        self, client_id: ClientId, booked: tuple[datetime, datetime] | None, page: PageRequest[TransactionSort]
    ) -> Sequence[LedgerMovement]:
        return self._queries.movements.rows(self._ask, client_id, booked, page)

    def unbilled(
        self, visibility: Visibility, client_id: ClientId | None, page: PageRequest[UnbilledSort]
    ) -> Sequence[UnbilledRow]:
        return self._queries.unbilled.rows(self._ask, visibility, client_id, page)

    def aging(self, client_id: ClientId | None, as_of: date, page: PageRequest[AgingSort]) -> Sequence[AgingRow]:
        return self._queries.aging.rows(self._ask, client_id, as_of, page)

    def owed(self, client_id: ClientId | None, as_of: date) -> Sequence[Aged]:
        return self._queries.aging.owed(self._ask, client_id, as_of)

    def invoiced(self, client_id: ClientId, period: Period) -> Money:
        return self._queries.invoices.invoiced(self._ask, client_id, period)

    def worked(self, client_id: ClientId, since: datetime, until: datetime) -> int:
        return self._queries.work.cost(self._ask, client_id, since, until)

    def grounds(self, client_id: ClientId, level_minor: int | None, today: date) -> ExplanationData:
        ledger = self._queries.movements
        return ExplanationData(
            totals=ledger.totals(self._ask, client_id),
            deposit=ledger.deposit(self._ask, client_id),
            crossing=None if level_minor is None else ledger.crossing(self._ask, client_id, level_minor),
            asked=tuple(self._queries.invoices.asked(self._ask, client_id, today)),
        )

    def names(self, projects: Iterable[ProjectId], people: Iterable[PersonId]) -> Mapping[str, str]:
        return self._queries.names.of(self._ask, projects, people)
