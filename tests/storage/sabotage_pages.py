"""Stores that bring pages with one thing wrong."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from invoicecore.desk.generic_queries import GenericQueries
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import (
    ChargeRecord,
    ChargesQuery,
    ClientsQuery,
    InvoicesQuery,
    OwedQuery,
    PeopleQuery,
    ProjectsQuery,
    SessionRecord,
    WorkQuery,
)
from invoicecore.ports.store import ALL, INVOICES_OF_CLIENT, SESSIONS, Index, StoreTransaction
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort
from invoicecore.queries.owed import AgingRow
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.people import PersonRow, PersonSort
from invoicecore.queries.projects import ProjectRow, ProjectSort
from invoicecore.queries.visibility import EVERYTHING
from invoicecore.queries.work import WorkSort
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, FirmId
from invoicecore.values.money import Money
from tests.storage.sabotage import Passing, Sabotaged


def bringing(kind: type[GenericQueries]) -> type[Passing]:
    """Transactions that bring such queries."""

    class Transaction(Passing):
        def queries(self) -> GenericQueries:
            return kind(UnitOfWork(_Begun(self), FirmId("any")))

    return Transaction


class _Begun(MemoryStorage):
    """A storage that begins this one transaction."""

    def __init__(self, transaction: Passing) -> None:
        super().__init__()
        self._transaction = transaction

    def begin(self, firm_id: FirmId) -> StoreTransaction:  # type: ignore[override]  # another transaction
        return self._transaction


class ForgetsRemoved(Sabotaged):
    """Does not ask whether a session was removed."""

    class Pages(GenericQueries):
        def _sessions(self, *asked: Any, **named: Any) -> Sequence[WorkSession]:
            removed = [session for session in self._uow.find(SESSIONS) if session.removed]
            return [*super()._sessions(*asked, **named), *removed]

    Transaction = bringing(Pages)


class LockedIsUnbilled(Sabotaged):
    """Does not ask whether an invoice holds a session."""

    class Pages(GenericQueries):
        def _owners(self, sessions: Iterable[WorkSession | Charge]) -> Mapping[str, str]:
            return {}

    Transaction = bringing(Pages)


class OrdersById(Sabotaged):
    """Orders people as they were added, whatever is asked for."""

    class Pages(GenericQueries):
        def people(self, wanted: PeopleQuery, page: PageRequest[PersonSort]) -> Sequence[PersonRow]:
            return super().people(wanted, evolve(page, sort=PersonSort.ADDED))

    Transaction = bringing(Pages)


class OrdersWithoutIds(Sabotaged):
    """Goes on after a name, and leaves out the others of that name."""

    class Pages(GenericQueries):
        def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
            rows = super().clients(wanted, page)
            if page.sort is not ClientSort.NAME or page.after is None:
                return rows
            return [row for row in rows if row.client.name != page.after[0]]

    Transaction = bringing(Pages)


class NeverStopped(Sabotaged):
    """Does not tell whose work is stopped."""

    class Pages(GenericQueries):
        def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
            return [evolve(row, stopped=False) for row in super().clients(wanted, page)]

        def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
            return [evolve(row, stopped=False) for row in super().projects(wanted, page)]

    Transaction = bringing(Pages)


class IgnoresReach(Sabotaged):
    """Lists projects whoever asks."""

    class Pages(GenericQueries):
        def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
            return super().projects(evolve(wanted, visibility=EVERYTHING), page)

    Transaction = bringing(Pages)


class InvoicesByClientAlone(Sabotaged):
    """Shows a contact who is limited to projects every invoice of the client."""

    class Pages(GenericQueries):
        def invoices(self, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
            return super().invoices(evolve(wanted, visibility=evolve(wanted.visibility, projects=None)), page)

    Transaction = bringing(Pages)


class ChargesForNothing(Sabotaged):
    """Shows a contact the expenses that still wait for their price."""

    class Pages(GenericQueries):
        def charges(self, wanted: ChargesQuery, page: PageRequest[ChargeSort]) -> Sequence[ChargeRecord]:
            client_id = wanted.visibility.client_id
            if client_id is None or wanted.client_id is not None:
                return super().charges(wanted, page)
            everything = evolve(wanted.visibility, client_id=None)
            return super().charges(evolve(wanted, client_id=client_id, visibility=everything), page)

    Transaction = bringing(Pages)


class DaysOfTheStore(Sabotaged):
    """Takes the days of a period for those of its own zone."""

    class Pages(GenericQueries):
        def work(self, wanted: WorkQuery, page: PageRequest[WorkSort]) -> Sequence[SessionRecord]:
            return super().work(evolve(wanted, zone="UTC"), page)

    Transaction = bringing(Pages)


class LatestRate(Sabotaged):
    """Shows the rate that was set last, though it does not hold yet."""

    class Pages(GenericQueries):
        def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
            rows = super().projects(wanted, page)
            return [evolve(row, rate=row.project.rates[-1].rate) for row in rows]

    Transaction = bringing(Pages)


class OwedByNow(Sabotaged):
    """Takes a past day for one that is asked on that day."""

    class Pages(GenericQueries):
        def _aged(self, wanted: OwedQuery) -> list[AgingRow]:
            return super()._aged(evolve(wanted, today=wanted.as_of))

    Transaction = bringing(Pages)


class ReceivedByNow(Sabotaged):
    """Takes off what is owed all money that was recorded, also what is received later."""

    class Pages(GenericQueries):
        def _aged(self, wanted: OwedQuery) -> list[AgingRow]:
            early = GenericQueries(_Early(self._uow))  # type: ignore[arg-type]
            return early._aged(wanted)

    Transaction = bringing(Pages)


class _Early:
    """A unit of work by which money counts from its booking on."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def find(self, index: Index[Any], key: str = ALL, **bounds: Any) -> list[Any]:
        found = self._uow.find(index, key)
        changes = [evolve(it, counts_from=it.booked_on) for it in found if isinstance(it, ReceivableChange)]
        return changes or found


class VoidCounts(Sabotaged):
    """Counts what was cancelled among what was invoiced."""

    class Pages(GenericQueries):
        def invoiced(self, client_id: ClientId, period: Period) -> Money:
            invoices = self._uow.find(INVOICES_OF_CLIENT, client_id)
            issued = (it.total for it in invoices if it.issued_on is not None and it.issued_on in period)
            return Money.total(issued, super().invoiced(client_id, period).currency)

    Transaction = bringing(Pages)
