"""The queries for the movements of a client's balance, and for the entries behind their figures."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, case, func, select

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ports.queries import LedgerMovement, MovementsQuery
from invoicecore.ports.store import UniqueKind
from invoicecore.queries.explain import KindTotal
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.transactions import EntrySource, TransactionSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.storage.sql.column_types import DAY
from invoicecore.storage.sql.queries.paged_query import (
    Conditions,
    PagedQuery,
    Rows,
    SubjectQueries,
    join_on,
    named,
    of_firm,
    total,
)
from invoicecore.storage.sql.schema import (
    charges,
    entries,
    invoices,
    payments,
    people,
    projects,
    reservations,
    sessions,
)
from invoicecore.storage.sql.statements import SqlStatement, Statements, given, is_given
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import EntryKind

_MINE = (of_firm(entries), is_given(entries.c.client_id, "client"))
_SINCE = entries.c.work_day >= given("first", DAY)
_BY = people.alias("booked_by")


class MovementQueries(SubjectQueries):
    """Ledger entries with what caused them."""

    def movements(self, wanted: MovementsQuery, page: PageRequest[TransactionSort]) -> Sequence[LedgerMovement]:
        since, until = wanted.booked or (None, None)
        first, last = (None, None) if wanted.days is None else (wanted.days.first, wanted.days.last)
        values = {"client": wanted.client_id, "since": since, "until": until, "first": first, "last": last}
        return [self._movement(row) for row in self._page(_movements, page, values)]

    def _movement(self, row: Sequence[Any]) -> LedgerMovement:
        built = self._statements.records[LedgerEntry]
        width = len(built.columns)
        entry: LedgerEntry = built.built(row[:width])
        by, method, reference, project, person, invoice_id, number, charged_on = row[width:]
        invoice = named(invoice_id, number)
        if entry.work is None:
            charged = named(charged_on, project)
            cause = EntrySource(project=charged, method=method or "", reference=reference or "", invoice=invoice)
        else:
            cause = EntrySource(
                project=NamedRef(entry.work.project_id, project),
                person=NamedRef(entry.work.person_id, person),
                duration=entry.work.duration,
                rate=entry.work.rate,
                note=entry.work.note,
                invoice=invoice,
            )
        return LedgerMovement(entry, cause, NamedRef(entry.by, by))

    def moved_since(self, client_id: ClientId, day: date) -> int:
        [(minor,)] = self._rows(_moved_since, client=client_id, first=day)
        return int(minor)

    def _totals(self, client_id: ClientId) -> tuple[KindTotal, ...]:
        """A client's entries by kind, in the order of the kinds' names."""
        rows = self._rows(_by_kind, client=client_id)
        return tuple(KindTotal(EntryKind(kind), count, minor) for kind, count, minor in sorted(map(tuple, rows)))

    def _deposit(self, client_id: ClientId) -> LedgerEntry | None:
        """The latest payment that was deposited."""
        return self._only(self._rows(_latest_deposit, client=client_id))

    def _crossing(self, client_id: ClientId, level_minor: int) -> LedgerEntry | None:
        """The latest entry that brought the balance from above a level to it or below."""
        return self._only(self._rows(_latest_crossing, client=client_id, level=level_minor))

    def _only(self, rows: Rows) -> LedgerEntry | None:
        return self._statements.records[LedgerEntry].built(rows[0]) if rows else None


def _movements(statements: Statements) -> PagedQuery[TransactionSort]:
    moment = entries.c.booked_at

    def found(conditions: Conditions) -> Select[Any]:
        return select(entries.c.client_id, entries.c.sequence).where(*_MINE, *conditions)

    def shown(page: CTE) -> Select[Any]:
        around = (projects.c.name, people.c.name, invoices.c.id, invoices.c.number, charges.c.project_id)
        costs_now = sessions.c.minor == -entries.c.minor
        asks_now = case((charges.c.minor == -entries.c.minor, charges.c.id))
        lock = (reservations.c.key == func.coalesce(sessions.c.id, asks_now)) & of_firm(reservations)
        project_id = func.coalesce(entries.c.work_project_id, charges.c.project_id)
        booked_for = func.coalesce(entries.c.invoice_id, reservations.c.owner)
        return (
            select(
                *statements.records[LedgerEntry].columns, _BY.c.name, payments.c.method, payments.c.reference, *around
            )
            .select_from(page)
            .outerjoin(entries, join_on(entries, page, client_id="client_id", sequence="sequence"))
            .outerjoin(_BY, join_on(_BY, entries, id="by"))
            .outerjoin(charges, join_on(charges, entries, id="cause"))
            .outerjoin(projects, of_firm(projects) & (projects.c.id == project_id))
            .outerjoin(people, join_on(people, entries, id="work_person_id"))
            .outerjoin(sessions, join_on(sessions, entries, id="cause") & costs_now)
            .outerjoin(reservations, lock & (reservations.c.kind == UniqueKind.CHARGE.value))
            .outerjoin(payments, join_on(payments, entries, id="cause"))
            .outerjoin(invoices, of_firm(invoices) & (invoices.c.id == booked_for))
        )

    return PagedQuery(
        statements.dialect,
        found=found,
        conditions={
            "since": moment >= given("since", moment.type),
            "until": moment < given("until", moment.type),
            "first": _SINCE,
            "last": entries.c.work_day <= given("last", DAY),
        },
        orders={
            TransactionSort.BOOKED: (entries.c.sequence,),
            TransactionSort.KIND: (entries.c.kind, entries.c.sequence),
            TransactionSort.DAY: (moment, entries.c.sequence),
            TransactionSort.WORK_DAY: (entries.c.work_day, entries.c.sequence),
        },
        shown=shown,
    )


def _moved_since(statements: Statements) -> SqlStatement:
    return statements.dialect.statement(select(total(entries.c.minor)).where(*_MINE, _SINCE))


def _by_kind(statements: Statements) -> SqlStatement:
    kind = entries.c.kind
    query = select(kind, func.count(), total(entries.c.minor)).where(*_MINE).group_by(kind)
    return statements.dialect.statement(query)


def _latest_deposit(statements: Statements) -> SqlStatement:
    return _latest(statements, entries.c.kind == EntryKind.PAYMENT.value)


def _latest_crossing(statements: Statements) -> SqlStatement:
    balance, level = entries.c.balance_minor, given("level", entries.c.balance_minor.type)
    return _latest(statements, (balance <= level) & (balance - entries.c.minor > level))


def _latest(statements: Statements, condition: ColumnElement[bool]) -> SqlStatement:
    columns = statements.records[LedgerEntry].columns
    query = select(*columns).where(*_MINE, condition).order_by(entries.c.sequence.desc()).limit(1)
    return statements.dialect.statement(query)
