"""What do the tables of transactions and payments say?"""

from collections.abc import Iterator

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.exporter.iter_pages import PAGE, Progress, rows
from invoicecore.exporter.tables.columns import Column, Layout
from invoicecore.model.client import Client
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.transactions import TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action


def _clients(desk: Desk) -> Iterator[Client]:
    """The clients whose accounts one may see."""
    for row in rows(lambda after: desk.pages.clients(archived=None, sort=ClientSort.ADDED, after=after, limit=PAGE)):
        if row.standing is not None:
            yield row.client


@frozen
class _Moved:
    """A transaction, and whose it is."""

    client: Client
    row: TransactionRow


def _transactions(desk: Desk, progress: Progress | None) -> Iterator[_Moved]:
    for client in _clients(desk):
        for row in _of_client(desk, client, progress):
            yield _Moved(client, row)


def _of_client(desk: Desk, client: Client, progress: Progress | None) -> Iterator[TransactionRow]:
    return rows(lambda after: desk.pages.transactions(client.id, after=after, limit=PAGE), progress)


TRANSACTIONS = Layout(
    action=Action.VIEW_ACCOUNT,
    rows=_transactions,
    columns=(
        Column("client", lambda it: it.client.name),
        Column("client_id", lambda it: it.client.id),
        Column("entry", lambda it: it.row.movement.sequence),
        Column("booked_on", lambda it: it.row.movement.booked_on),
        Column("booked_at", lambda it: it.row.movement.booked_at),
        Column("booked_by", lambda it: it.row.by.name),
        Column("work_day", lambda it: it.row.movement.work_day),
        Column("kind", lambda it: it.row.movement.kind),
        Column("amount", lambda it: it.row.movement.amount),
        Column("balance", lambda it: it.row.movement.balance),
        Column("currency", lambda it: it.row.movement.amount.currency),
        Column("project", lambda it: _name(it.row.cause.project)),
        Column("person", lambda it: _name(it.row.cause.person)),
        Column("invoice", lambda it: _name(it.row.cause.invoice)),
        Column("method", lambda it: it.row.cause.method),
        Column("reference", lambda it: it.row.cause.reference),
        Column("work_note", lambda it: it.row.cause.note),
        Column("entry_note", lambda it: it.row.movement.note),
        Column("cause", lambda it: it.row.movement.cause),
    ),
)
"""Everything that moved the balance of a client, client after client, as it was booked."""


@frozen
class _Paid:
    """A payment, and whose it is."""

    client: Client
    payment: Payment

    def money(self, minor: int) -> Money:
        """So much in its currency."""
        return Money(minor, self.payment.currency)

    @property
    def applied_minor(self) -> int:
        """What of it pays for invoices."""
        return sum(part.minor for part in self.payment.applied)

    @property
    def invoices(self) -> str:
        """The invoices that it pays for, each with how much of it."""
        return " ".join(f"{part.invoice_id}={self.money(part.minor).amount:f}" for part in self.payment.applied)


def _payments(desk: Desk, progress: Progress | None) -> Iterator[_Paid]:
    for client in _clients(desk):
        payments = desk.payments.of(client.id)
        yield from (_Paid(client, payment) for payment in payments)
        if progress is not None:
            progress(len(payments))


PAYMENTS = Layout(
    action=Action.VIEW_PAYMENTS,
    rows=_payments,
    columns=(
        Column("id", lambda it: it.payment.id),
        Column("client", lambda it: it.client.name),
        Column("client_id", lambda it: it.client.id),
        Column("received_on", lambda it: it.payment.received_on),
        Column("recorded_at", lambda it: it.payment.recorded_at),
        Column("amount", lambda it: it.payment.amount),
        Column("applied", lambda it: it.money(it.applied_minor)),
        Column("unapplied", lambda it: it.payment.unapplied),
        Column("reversed", lambda it: it.money(it.payment.reversed_minor)),
        Column("currency", lambda it: it.payment.currency),
        Column("method", lambda it: it.payment.method),
        Column("reference", lambda it: it.payment.reference),
        Column("origin", lambda it: it.payment.origin),
        Column("invoices", lambda it: it.invoices),
    ),
)
"""Every payment, client after client, as they were recorded."""


def _name(thing: NamedRef | None) -> str | None:
    return None if thing is None else thing.name
