"""The tables of transactions and payments."""

from collections.abc import Iterator
from functools import partial

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.tables.columns import TableColumn, TableDefinition
from invoicecore.model.client import Client
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.transactions import TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action


def _clients(desk: Desk) -> Iterator[Client]:
    """The clients whose accounts the viewer may see."""
    for row in iter_rows(partial(desk.pages.clients, archived=None, sort=ClientSort.ADDED)):
        if row.standing is not None:
            yield row.client


@frozen
class _ClientTransaction:
    """A transaction with its client."""

    client: Client
    row: TransactionRow


def _transactions(desk: Desk, progress: Progress | None) -> Iterator[_ClientTransaction]:
    for client in _clients(desk):
        for row in iter_rows(partial(desk.pages.transactions, client.id), progress):
            yield _ClientTransaction(client, row)


TRANSACTIONS = TableDefinition(
    action=Action.VIEW_ACCOUNT,
    rows=_transactions,
    columns=(
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("entry", lambda it: it.row.movement.sequence),
        TableColumn("booked_on", lambda it: it.row.movement.booked_on),
        TableColumn("booked_at", lambda it: it.row.movement.booked_at),
        TableColumn("booked_by", lambda it: it.row.by.name),
        TableColumn("work_day", lambda it: it.row.movement.work_day),
        TableColumn("kind", lambda it: it.row.movement.kind),
        TableColumn("amount", lambda it: it.row.movement.amount),
        TableColumn("balance", lambda it: it.row.movement.balance),
        TableColumn("currency", lambda it: it.row.movement.amount.currency),
        TableColumn("project", lambda it: _name(it.row.cause.project)),
        TableColumn("person", lambda it: _name(it.row.cause.person)),
        TableColumn("invoice", lambda it: _name(it.row.cause.invoice)),
        TableColumn("method", lambda it: it.row.cause.method),
        TableColumn("reference", lambda it: it.row.cause.reference),
        TableColumn("work_note", lambda it: it.row.cause.note),
        TableColumn("entry_note", lambda it: it.row.movement.note),
        TableColumn("cause", lambda it: it.row.movement.cause),
    ),
)
"""Everything that moved the balance of a client: client after client, in the order of booking."""


@frozen
class _ClientPayment:
    """A payment with its client."""

    client: Client
    payment: Payment

    def money(self, minor: int) -> Money:
        """An amount in the currency of the payment."""
        return Money(minor, self.payment.currency)

    @property
    def applied_minor(self) -> int:
        """The part that pays for invoices."""
        return sum(part.minor for part in self.payment.applied)

    @property
    def invoices(self) -> str:
        """The invoices that it pays for, each with its part."""
        return " ".join(f"{part.invoice_id}={self.money(part.minor).amount:f}" for part in self.payment.applied)


def _payments(desk: Desk, progress: Progress | None) -> Iterator[_ClientPayment]:
    for client in _clients(desk):
        payments = desk.payments.of(client.id)
        yield from (_ClientPayment(client, payment) for payment in payments)
        if progress is not None:
            progress(len(payments))


PAYMENTS = TableDefinition(
    action=Action.VIEW_PAYMENTS,
    rows=_payments,
    columns=(
        TableColumn("id", lambda it: it.payment.id),
        TableColumn("client", lambda it: it.client.name),
        TableColumn("client_id", lambda it: it.client.id),
        TableColumn("received_on", lambda it: it.payment.received_on),
        TableColumn("recorded_at", lambda it: it.payment.recorded_at),
        TableColumn("amount", lambda it: it.payment.amount),
        TableColumn("applied", lambda it: it.money(it.applied_minor)),
        TableColumn("unapplied", lambda it: it.payment.unapplied),
        TableColumn("reversed", lambda it: it.money(it.payment.reversed_minor)),
        TableColumn("currency", lambda it: it.payment.currency),
        TableColumn("method", lambda it: it.payment.method),
        TableColumn("reference", lambda it: it.payment.reference),
        TableColumn("origin", lambda it: it.payment.origin),
        TableColumn("invoices", lambda it: it.invoices),
    ),
)
"""Every payment: client after client, in the order of recording."""


def _name(thing: NamedRef | None) -> str | None:
    return None if thing is None else thing.name
