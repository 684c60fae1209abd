"""The removal of fields that the viewer may not see.

Stores return full rows. Fields that the viewer may not see are removed here; a row that they may not see at all becomes
None.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from attrs import evolve

from invoicecore.desk import charges, projects, visibility, work_entry
from invoicecore.desk.context import CommandContext
from invoicecore.ledger.statement import row
from invoicecore.lifecycle.table import permitted
from invoicecore.ports.queries import ChargeRecord, LedgerMovement, SessionRecord
from invoicecore.ports.store import AuditRecord
from invoicecore.queries.audit import AuditRow
from invoicecore.queries.charges import ChargeRow
from invoicecore.queries.clients import ClientRow
from invoicecore.queries.invoices import InvoiceRow, PaidPart
from invoicecore.queries.owed import AgingRow, UnbilledRow
from invoicecore.queries.paging import ListTotals, Page, PageRequest, SortT, cursor
from invoicecore.queries.people import PersonRow
from invoicecore.queries.projects import BilledTotals, ProjectRow
from invoicecore.queries.transactions import TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import OnVoid

F = TypeVar("F")
R = TypeVar("R")


def page(
    context: CommandContext,
    request: PageRequest[SortT],
    found: Sequence[F],
    shown: Callable[[CommandContext, F], R | None],
    totals: ListTotals | None = None,
) -> Page[R]:
    """The page with the rows that were found, one more than requested where the list goes on in that direction."""
    rows, goes_on = found[: request.limit], len(found) > request.limit
    if request.backwards:
        rows = rows[::-1]
    first, last = (cursor(request, request.sort.key_of(it)) for it in (rows[0], rows[-1])) if rows else (None, None)
    came_from = request.after is not None
    follows, precedes = (came_from, goes_on) if request.backwards else (goes_on, came_from)
    return Page(
        rows=tuple(row for each in rows if (row := shown(context, each)) is not None),
        next_cursor=last if follows else None,
        previous_cursor=first if precedes else None,
        totals=totals,
    )


def client(context: CommandContext, row: ClientRow) -> ClientRow | None:
    """A client, with their standing for those who see client-wide money."""
    viewer, id = context.actor, row.client.id
    if not visibility.sees_client(viewer, id):
        return None
    standing = row.standing if visibility.sees_account(viewer, id) else None
    return ClientRow(row.client, standing, row.stopped if visibility.sees_stop(viewer, id) else None)


def person(context: CommandContext, row: PersonRow) -> PersonRow | None:
    """A person."""
    return row if visibility.sees_person(context.actor, row.person) else None


def project(context: CommandContext, row: ProjectRow) -> ProjectRow | None:
    """A project, with rate and amounts for those who see money."""
    if not visibility.sees_project(context.actor, row.project):
        return None
    stopped = row.stopped if visibility.sees_stop(context.actor, row.client.id) else None
    row = evolve(row, project=projects.shown(context, row.project), stopped=stopped)
    if context.sees_money:
        return row
    return evolve(
        row, rate=None, billed=BilledTotals(row.billed.time, None), unbilled=BilledTotals(row.unbilled.time, None)
    )


def work(context: CommandContext, found: SessionRecord) -> WorkRow | None:
    """A session, with its invoice for those who see that one."""
    if not visibility.sees_work(context.actor, found.session):
        return None
    view = work_entry.shown(context, found.session, found.session.day(context.firm.timezone), found.locked_by)
    return WorkRow(
        session=view,
        client=found.client,
        project=found.project,
        person=found.person,
        invoice_number=found.invoice_number if view.locked_by is not None else None,
    )


def charge(context: CommandContext, found: ChargeRecord) -> ChargeRow | None:
    """A charge, with its invoice for those who see that one."""
    if not visibility.sees_charge(context.actor, found.charge):
        return None
    view = charges.shown(context, found.charge, found.locked_by)
    return ChargeRow(
        charge=view,
        client=found.client,
        project=found.project,
        person=found.person,
        invoice_number=found.invoice_number if view.locked_by is not None else None,
    )


def invoice(context: CommandContext, row: InvoiceRow) -> InvoiceRow | None:
    """An invoice. Whether its lines lie within the projects that they are limited to, only the query has looked at."""
    if not visibility.sees_invoices(context.actor, row.client.id, row.status):
        return None
    return evolve(row, actions=permitted(context.actor.role, row.actions))


def paid_part(context: CommandContext, payment: Payment, amount: Money, on_void: OnVoid | None) -> PaidPart:
    """What a payment pays of an invoice, or had paid. The payment itself is client-wide money."""
    whole = visibility.sees_account(context.actor, payment.client_id)
    return PaidPart(
        payment_id=payment.id if whole else None,
        received_on=payment.received_on,
        method=payment.method,
        reference=payment.reference if whole else None,
        amount=amount,
        on_void=on_void,
    )


def unbilled(context: CommandContext, row: UnbilledRow) -> UnbilledRow | None:
    """Work that is not invoiced, for those who see the client. Whether the project is theirs, the query has looked
    at."""
    return row if visibility.sees_client(context.actor, row.client.id) else None


def aging(context: CommandContext, row: AgingRow) -> AgingRow | None:
    """What a client owes, for those who see client-wide money."""
    return row if visibility.sees_account(context.actor, row.client.id) else None


def audit(context: CommandContext, record: AuditRecord, names: Mapping[str, str]) -> AuditRow:
    """A record of the audit, for those who see all of it."""
    assert record.position is not None  # whoever reads it has it from a store, which gave one
    changed = dict.fromkeys(change.id for change in record.changes if change.id in names)
    return AuditRow(
        id=record.id,
        position=record.position,
        at=record.at,
        by=NamedRef(record.by, names[record.by]),
        action=record.action,
        reason=record.reason,
        changes=record.changes,
        names=tuple(NamedRef(id, names[id]) for id in changed),
    )


def transaction(context: CommandContext, movement: LedgerMovement, currency: str) -> TransactionRow:
    """A movement of the balance of a client whose account is seen."""
    entry = movement.entry
    return TransactionRow(row(entry, context.firm.booking_day(entry.booked_at), currency), movement.cause, movement.by)
