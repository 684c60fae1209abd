"""What is everything that a store keeps of a firm, so that two moments can be compared?"""

from datetime import timedelta

from attrs import frozen

from invoicecore import Entry, Invoice, Payment, StatusChange
from invoicecore.desk.unit import INVOICE_COUNTER
from invoicecore.events import Message
from invoicecore.ids import FirmId
from invoicecore.ports.storage import (
    AUDIT,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    INVOICES,
    PAYMENTS_OF_CLIENT,
    PEOPLE,
    PROJECTS,
    SESSIONS,
    TIMERS,
    AuditRecord,
    Entity,
    Scope,
    Storage,
)
from invoicecore.settlement.account import Account
from invoicecore.work import Session
from tests.world import NOON


@frozen
class Books:
    """All that is kept of one firm. Equal books are the same state."""

    entities: tuple[Entity, ...]
    accounts: tuple[Account, ...]
    sessions: tuple[Session, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    entries: tuple[Entry, ...]
    history: tuple[StatusChange, ...]
    audit: tuple[AuditRecord, ...]
    locks: tuple[tuple[str, str], ...]
    next_number: int
    outbox: tuple[Message, ...]


def books(storage: Storage, firm_id: FirmId) -> Books:
    """The books as they now stand."""
    far = NOON + timedelta(days=36500)
    with storage.begin(firm_id) as uow:
        clients, invoices, sessions = uow.find(CLIENTS), uow.find(INVOICES), uow.find(SESSIONS)
        accounts = [uow.get(Account, client.id) for client in clients]
        return Books(
            entities=(*uow.find(PEOPLE), *clients, *uow.find(PROJECTS), *uow.find(TIMERS)),
            accounts=tuple(account for account in accounts if account is not None),
            sessions=tuple(sessions),
            invoices=tuple(invoices),
            payments=tuple(it for client in clients for it in uow.find(PAYMENTS_OF_CLIENT, client.id)),
            entries=tuple(it for client in clients for it in uow.find(ENTRIES_OF_CLIENT, client.id)),
            history=tuple(it for invoice in invoices for it in uow.find(HISTORY_OF_INVOICE, invoice.id)),
            audit=tuple(uow.find(AUDIT)),
            locks=tuple(sorted(uow.holders(Scope.SESSION, [session.id for session in sessions]).items())),
            next_number=uow.next_of(INVOICE_COUNTER),
            outbox=tuple(uow.lease(1_000_000, far, far)),  # left without commit, so nothing stays leased
        )
