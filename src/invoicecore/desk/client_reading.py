"""The filter for contacts, to whom an invoice that was written off is shown as unpaid.

Everything that a contact asks for is computed from what they may read here, so all their figures agree.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, cast

from attrs import evolve

from invoicecore.desk.visibility import sees_account
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange, display_status, net_share
from invoicecore.lifecycle.table import judged, unchecked_facts
from invoicecore.model.person import Person
from invoicecore.ports.queries import (
    ClientsQuery,
    InvoicesQuery,
    LedgerMovement,
    ListQuery,
    MovementsQuery,
    OwedQuery,
    Queries,
)
from invoicecore.ports.store import ALL, RECEIVABLES_OF_CLIENT, E, Index
from invoicecore.queries.clients import ClientRow, ClientSort
from invoicecore.queries.explain import ExplanationData, KindTotal
from invoicecore.queries.invoices import InvoiceRow, InvoiceSort, days_overdue
from invoicecore.queries.owed import Age, Aged, AgingRow, AgingSort, age, aged
from invoicecore.queries.paging import ListTotals, PageRequest, part_of
from invoicecore.queries.transactions import EntrySource, TransactionSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.settlement.account import Account, Standing
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.ids import ClientId
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action, Deposit, DueKind, EntryKind, Status

_ALL = 2**31
_UNPAID: Final = Status.DUE
"""How an invoice reads that was given up."""
_WRITE_OFFS: Final = {EntryKind.WRITE_OFF, EntryKind.WRITE_OFF_REVERSED}


def read_changes(changes: Iterable[ReceivableChange]) -> list[ReceivableChange]:
    """What a client owes: nothing of it is given up."""
    return [it for it in changes if it.kind is not DueKind.WRITE_OFF]


def _invoice(invoice: Invoice) -> Invoice:
    if invoice.status is not Status.UNCOLLECTIBLE:
        return invoice
    return evolve(invoice, status=_UNPAID, ended_on=None, forgiven_minor=0)


def _entry(entry: LedgerEntry) -> LedgerEntry:
    """A debt that was forgiven is an adjustment; nothing says of which invoice."""
    if entry.kind not in _WRITE_OFFS:
        return entry
    return evolve(entry, kind=EntryKind.ADJUSTMENT, cause=entry.client_id, invoice_id=None)


def _history(steps: Iterable[StatusChange]) -> list[StatusChange]:
    read: list[StatusChange] = []
    for it in steps:
        before, after = (_UNPAID if status is Status.UNCOLLECTIBLE else status for status in (it.before, it.after))
        if before is not after and after is not None:
            action = Action.SET_DUE if it.action is Action.SET_UNCOLLECTIBLE else it.action
            read.append(evolve(it, sequence=len(read) + 1, action=action, before=before, after=after))
    return read


class ContactUnitOfWork:
    """A unit of work, of which a contact reads what a client reads."""

    def __init__(self, uow: UnitOfWork, queries: "ContactQueries", contact: Person) -> None:
        self._uow = uow
        self._queries = queries
        self._contact = contact

    def __getattr__(self, name: str) -> Any:
        return getattr(self._uow, name)

    def get(self, kind: type[E], id: str) -> E | None:
        """As that of the unit of work."""
        found: Any = self._uow.get(kind, id)
        if isinstance(found, Invoice):
            found = _invoice(found)
        if isinstance(found, Account) and sees_account(self._contact, found.client_id):
            found = self._queries.account(found)
        return cast(E | None, found)

    def find(self, index: Index[Any], key: str = ALL, **bounds: Any) -> list[Any]:
        """As that of the unit of work."""
        found: list[Any] = self._uow.find(index, key, **bounds)
        if index.of is Invoice:
            return [_invoice(it) for it in found]
        if index.of is LedgerEntry:
            return [_entry(it) for it in found]
        if index.of is StatusChange:
            return _history(found)
        return read_changes(found) if index.of is ReceivableChange else found


def as_client(uow: UnitOfWork, queries: Queries, contact: Person) -> tuple[UnitOfWork, Queries]:
    """A unit of work and its queries, of which a contact reads what a client reads."""
    read = ContactQueries(uow, queries)
    return cast(UnitOfWork, ContactUnitOfWork(uow, read, contact)), cast(Queries, read)


class ContactQueries:
    """The lists and sums of a contact."""

    def __init__(self, uow: UnitOfWork, queries: Queries) -> None:
        self._uow = uow
        self._queries = queries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queries, name)

    def account(self, account: Account) -> Account:
        """An account by which everything is asked for that was given up."""
        wanted = InvoicesQuery(
            today=account.receivables.booked_on,
            statuses=frozenset({Status.UNCOLLECTIBLE}),
            client_id=account.client_id,
        )
        given_up = self._queries.invoices(wanted, PageRequest(InvoiceSort.MADE, limit=_ALL))
        asked = sum(_net_due_minor(it) for it in given_up if it.deposit is Deposit.TO_BALANCE)
        return evolve(account, outstanding_minor=account.outstanding_minor + asked, uncollectible_minor=0)

    def clients(self, wanted: ClientsQuery, page: PageRequest[ClientSort]) -> Sequence[ClientRow]:
        """Clients."""
        rows = self._queries.clients(wanted, page)
        return [
            row if row.standing is None else evolve(row, standing=Standing(self.account(row.standing.account)))
            for row in rows
        ]

    def invoices(self, wanted: InvoicesQuery, page: PageRequest[InvoiceSort]) -> Sequence[InvoiceRow]:
        """Invoices."""
        of = _as_stored(wanted)
        if not wanted.overdue:
            return [_row(it, wanted) for it in self._queries.invoices(of, page)]
        every = self._queries.invoices(evolve(of, overdue=False), PageRequest(InvoiceSort.MADE, limit=_ALL))
        return part_of((row for it in every if (row := _row(it, wanted)).days_overdue), page)

    def totals(self, wanted: ListQuery) -> ListTotals:
        """The totals of a list."""
        if not isinstance(wanted, InvoicesQuery):
            return self._queries.totals(wanted)
        if not wanted.overdue:
            return self._queries.totals(_as_stored(wanted))
        rows = self.invoices(wanted, PageRequest(InvoiceSort.MADE, limit=_ALL))
        of = [(Money.total(it, it[0].currency),) for it in _money_of(rows) if it]
        return ListTotals(len(rows), None, *(of or ((), ())))

    def movements(self, wanted: MovementsQuery, page: PageRequest[TransactionSort]) -> Sequence[LedgerMovement]:
        """A client's ledger."""
        if page.sort is not TransactionSort.KIND:
            return [read_movement(it) for it in self._queries.movements(wanted, page)]
        every = self._queries.movements(wanted, PageRequest(TransactionSort.BOOKED, limit=_ALL))
        return part_of(map(read_movement, every), page)

    def aging(self, wanted: OwedQuery, page: PageRequest[AgingSort]) -> Sequence[AgingRow]:
        """What the one client owes as of a day."""
        owed, currency = Counter[Age](), ""
        client_id = ClientId(str(wanted.client_id))  # a contact asks of one
        for it in read_changes(self._uow.find(RECEIVABLES_OF_CLIENT, client_id)):
            if it.due_on is not None and not wanted.leaves_out(it):
                owed[age(it.due_on, wanted.as_of)] += it.minor
                currency = it.currency
        if not owed.total():
            return []
        named = NamedRef(client_id, self._queries.names((), (), [client_id])[client_id])
        return part_of([AgingRow(named, aged(owed, currency))], page)

    def owed(self, wanted: OwedQuery) -> Sequence[Aged]:
        """All that they owe."""
        return [it.amounts for it in self.aging(wanted, PageRequest(AgingSort.CLIENT, limit=1))]

    def grounds(self, client_id: ClientId, level_minor: int | None, today: date) -> ExplanationData:
        """What a client's figures rest on."""
        data = self._queries.grounds(client_id, level_minor, today)
        wanted = InvoicesQuery(today=today, statuses=frozenset({Status.UNCOLLECTIBLE}), client_id=client_id)
        given_up = self._queries.invoices(wanted, PageRequest(InvoiceSort.MADE, limit=_ALL))
        asked = [*data.asked, *(_row(it, wanted) for it in given_up if it.deposit is Deposit.TO_BALANCE)]
        sums: dict[EntryKind, KindTotal] = {}
        for it in data.totals:
            kind = EntryKind.ADJUSTMENT if it.kind in _WRITE_OFFS else it.kind
            before = sums.get(kind, KindTotal(kind, 0, 0))
            sums[kind] = KindTotal(kind, before.count + it.count, before.minor + it.minor)
        return ExplanationData(
            totals=tuple(sums[kind] for kind in sorted(sums)),
            deposit=data.deposit,
            crossing=None if data.crossing is None else _entry(data.crossing),
            asked=tuple(sorted(asked, key=lambda it: it.id)),
        )


def _as_stored(wanted: InvoicesQuery) -> InvoicesQuery:
    """What is stored of what a client asks for by its status."""
    given_up = {Status.UNCOLLECTIBLE} if _UNPAID in wanted.statuses else set[Status]()
    return evolve(wanted, statuses=wanted.statuses - {Status.UNCOLLECTIBLE} | given_up)


def _row(row: InvoiceRow, wanted: InvoicesQuery) -> InvoiceRow:
    if row.status is not Status.UNCOLLECTIBLE:
        return row
    known = unchecked_facts(_UNPAID, True, row.total.minor, row.amount_paid.minor, 0)
    return evolve(
        row,
        status=_UNPAID,
        display_status=display_status(_UNPAID, is_covered=False),
        ended_on=None,
        days_overdue=days_overdue(_UNPAID, row.due_on, row.amount_due.minor, wanted.today),
        actions=judged(known),
    )


def read_movement(movement: LedgerMovement) -> LedgerMovement:
    """A movement of the balance, of which nothing says that it was a write-off."""
    entry = _entry(movement.entry)
    return movement if entry is movement.entry else LedgerMovement(entry, EntrySource(), movement.by)


def _net_due_minor(row: InvoiceRow) -> int:
    asked, net = (row.total - row.covered).minor, (row.net - row.covered_net).minor
    return net - net_share(row.amount_paid.minor, asked, net)


def _money_of(rows: Sequence[InvoiceRow]) -> tuple[list[Money], list[Money]]:
    return [row.total for row in rows], [row.amount_due for row in rows]
