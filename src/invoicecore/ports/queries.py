"""The queries port: lists and sums of a front end, which a store may answer itself.

It is optional for a host: `invoicecore.desk.generic_queries` computes all of it from the reads of a unit of work. A
faster store adds a method `queries` to its transactions; the conformance kit compares both.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import CoverPart
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import WorkSession
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.explain import ExplanationData
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort
from invoicecore.queries.owed import Aged, AgingRow, AgingSort, UnbilledRow, UnbilledSort
from invoicecore.queries.paging import ListTotals, PageRequest
from invoicecore.queries.people import PersonRow, PersonSort
from invoicecore.queries.projects import ProjectRow, ProjectSort
from invoicecore.queries.transactions import EntrySource, TransactionSort
from invoicecore.queries.visibility import EVERYTHING, NamedRef, Visibility
from invoicecore.queries.work import WorkSort
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId
from invoicecore.values.money import Money
from invoicecore.vocabulary import ChargeKind, Role, Status


@frozen(kw_only=True)
class ClientsQuery:
    """Which clients; `archived` None is both."""

    visibility: Visibility = EVERYTHING
    archived: bool | None = False
    search: frozenset[str] = frozenset()


@frozen(kw_only=True)
class PeopleQuery:
    """Which people: of these roles, of one client or of any."""

    roles: frozenset[Role]
    id: PersonId | None = None
    client_id: ClientId | None = None
    archived: bool | None = False
    search: frozenset[str] = frozenset()


@frozen(kw_only=True)
class ProjectsQuery:
    """Which projects. `now` is the instant whose rate is shown."""

    now: datetime
    visibility: Visibility = EVERYTHING
    id: ProjectId | None = None
    client_id: ClientId | None = None
    archived: bool | None = False
    search: frozenset[str] = frozenset()


@frozen(kw_only=True)
class WorkQuery:
    """Which sessions, of those that were not removed. A session is of a `period` if its day in `zone` is; `locked` asks
    for those that an invoice holds, or that none does."""

    zone: str
    visibility: Visibility = EVERYTHING
    client_id: ClientId | None = None
    project_id: ProjectId | None = None
    person_id: PersonId | None = None
    period: Period | None = None
    locked: bool | None = None
    search: frozenset[str] = frozenset()


@frozen(kw_only=True)
class ChargesQuery:
    """Which charges, of those that were not removed: of these kinds, with their day in a `period`; `locked` asks for
    those that an invoice holds, or that none does."""

    kinds: frozenset[ChargeKind]
    visibility: Visibility = EVERYTHING
    client_id: ClientId | None = None
    project_id: ProjectId | None = None
    period: Period | None = None
    locked: bool | None = None
    search: frozenset[str] = frozenset()


@frozen(kw_only=True)
class InvoicesQuery:
    """Which invoices: in one of these statuses, issued in a `period`, and, if only those are asked for that are
    `overdue`, with at least one day overdue on `today`."""

    today: date
    statuses: frozenset[Status]
    visibility: Visibility = EVERYTHING
    client_id: ClientId | None = None
    period: Period | None = None
    overdue: bool = False
    search: frozenset[str] = frozenset()


ListQuery = ClientsQuery | PeopleQuery | ProjectsQuery | WorkQuery | ChargesQuery | InvoicesQuery
"""A list that can be searched and counted: `search` has the needles of `invoicecore.queries.paging.needles`, one of
which is in the name of a client, in name or e-mail of a person, in the names of a project and its client, in the note
of a session or a charge or the names around it, or in the number of an invoice or its client's name."""


@frozen(kw_only=True)
class MovementsQuery:
    """Whose movements: all of them, what was `booked` from one instant up to another, or that of which the day of the
    work or of the receipt is in `days`."""

    client_id: ClientId
    booked: tuple[datetime, datetime] | None = None
    days: Period | None = None

    def includes(self, entry: LedgerEntry) -> bool:
        """Whether an entry is among them."""
        is_booked = self.booked is None or self.booked[0] <= entry.booked_at < self.booked[1]
        return is_booked and (self.days is None or entry.work_day in self.days)


def day_bounds(days: Period) -> tuple[tuple[date], tuple[date]]:
    """What stands before and after the days of a period in an index by day."""
    return (days.first,), (days.last + timedelta(days=1),)


@frozen(kw_only=True)
class OwedQuery:
    """Whose debts, and as of which day. A day before `today` is asked as it was then, so that what was booked since is
    left out; today and later days as it is now."""

    as_of: date
    today: date
    client_id: ClientId | None = None

    @property
    def booked_until(self) -> date:
        """What was booked after this day is left out."""
        return self.as_of if self.as_of < self.today else date.max

    def leaves_out(self, change: ReceivableChange) -> bool:
        """Whether a change was booked too late, or is money that was received after the day."""
        is_receipt = change.counts_from > change.booked_on
        return change.counts_from > self.as_of and (is_receipt or change.booked_on > self.booked_until)


@frozen(kw_only=True)
class SessionRecord:
    """A session, what is around it called now, and the invoice that holds it with its number."""

    session: WorkSession
    client: NamedRef
    project: NamedRef
    person: NamedRef
    locked_by: InvoiceId | None
    invoice_number: str | None


@frozen(kw_only=True)
class ChargeRecord:
    """A charge, what is around it called now, and the invoice that holds it with its number."""

    charge: Charge
    client: NamedRef
    project: NamedRef | None
    person: NamedRef
    locked_by: InvoiceId | None
    invoice_number: str | None


@frozen
class LedgerMovement:
    """A ledger entry, what caused it, and who booked it."""

    entry: LedgerEntry
    cause: EntrySource
    by: NamedRef


class Queries(Protocol):
    """The lists and sums of a front end, of the firm of one unit of work; nothing is changed by asking.

    A list gives at most `page.limit` rows after `page.after`, in the order of `page.sort.key_of(row)`, or in the
    opposite one if `page.descending`. Texts are in the order of their code points. Amounts are whole, whoever asks:
    what a viewer may not see is left out by `Visibility` and removed by the Desk. How many requests a method makes of
    the store does not depend on how much is stored, unless it is the generic one. May raise the storage errors."""

    def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
        """Clients, each with their standing."""

    def people(self, wanted: PeopleQuery, page: PageRequest[PersonSort]) -> Sequence[PersonRow]:
        """People. The projects of a row are in the order of their names, then ids."""

    def projects(self, wanted: ProjectsQuery, page: PageRequest[ProjectSort]) -> Sequence[ProjectRow]:
        """Projects with what was worked on them; within what a worker may see, by that worker."""

    def work(self, wanted: WorkQuery, page: PageRequest[WorkSort]) -> Sequence[SessionRecord]:
        """Sessions; they are sorted by start and id."""

    def charges(self, wanted: ChargesQuery, page: PageRequest[ChargeSort]) -> Sequence[ChargeRecord]:
        """Expenses, fees and discounts."""

    def invoices(self, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
        """Invoices."""

    def movements(self, wanted: MovementsQuery, page: PageRequest[TransactionSort]) -> Sequence[LedgerMovement]:
        """A client's ledger, all of it or a part."""

    def moved_since(self, client_id: ClientId, day: date) -> int:
        """What moved a client's balance on a day of work or receipt or after it, in minor units."""

    def unbilled(
        self, visibility: Visibility, client_id: ClientId | None, page: PageRequest[UnbilledSort]
    ) -> Sequence[UnbilledRow]:
        """A row for each client and project (None: charges without one) that has any: the sessions and the charges that
        ask for something, were not removed, and no invoice holds."""

    def aging(self, wanted: OwedQuery, page: PageRequest[AgingSort]) -> Sequence[AgingRow]:
        """For each client who owes anything, what they owe as of a day, as `invoicecore.queries.owed.Aging` has it:
        what is left to pay now, less every change that the query leaves out."""

    def owed(self, wanted: OwedQuery) -> Sequence[Aged]:
        """All that `aging` lists, added up for each currency, in the order of currencies."""

    def totals(self, wanted: ListQuery) -> ListTotals:
        """How many rows a list has in all; of work their time and cost, of charges what they
        ask for, of invoices totals and what is left to pay."""

    def invoiced(self, client_id: ClientId, period: Period) -> Money:
        """What a client's invoices ask for in all that were issued in a period and are not void."""

    def cover_sources(self, client_id: ClientId) -> Sequence[CoverPart]:
        """A client's live refills and manual invoices that deposit, as they were made, each with what is left of it to
        cover work: its total, or of an uncollectible one what was paid, less what live invoices took off. Those with
        nothing left are not among them."""

    def reverted_drafts(self, client_id: ClientId) -> Sequence[InvoiceId]:
        """The ids of a client's drafts that keep a number, as they were made."""

    def worked(self, client_id: ClientId, since: datetime, until: datetime) -> int:
        """What a client's sessions cost that begin from one instant up to another and were not removed, in minor
        units."""

    def grounds(self, client_id: ClientId, level_minor: int | None, today: date) -> ExplanationData:
        """What a client's figures rest on; without a level, nothing crosses it."""

    def names(
        self,
        projects: Iterable[ProjectId],
        people: Iterable[PersonId],
        clients: Iterable[ClientId] = (),
        invoices: Iterable[InvoiceId] = (),
    ) -> Mapping[str, str]:
        """What projects, people and clients are called now, and the numbers of invoices, by their ids; invoices that
        are not there or have no number are left out."""


@runtime_checkable
class HasQueries(Protocol):
    """A `StoreTransaction` of a store that answers queries by its own means."""

    def queries(self) -> Queries:
        """The store's own queries, of what the transaction reads."""
