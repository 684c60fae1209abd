"""Everything that a store keeps of a firm, for comparing two moments.

It is read through the storage port alone, so it works on any store.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from attrs import frozen

from invoicecore.desk.issuing import next_value
from invoicecore.errors import NotFound
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.lifecycle.numbering import INVOICE_COUNTER
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import (
    AUDIT,
    CHARGES,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    INVOICES,
    PAYMENTS_OF_CLIENT,
    PEOPLE,
    PROJECTS,
    RECEIVABLES_OF_CLIENT,
    SESSIONS,
    TIMERS,
    AuditRecord,
    Entity,
    Storage,
    UniqueKind,
    id_of,
)
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.ids import FirmId
from invoicecore.values.logo import Logo
from invoicecore.values.receipt_file import ReceiptFile

SOURCES = tuple(f"tracker:{number}" for number in range(24))
"""What imported work is called in the proof: a store need not list what is reserved, so it is asked for these."""

_FAR = datetime(9999, 1, 1, tzinfo=UTC)  # when every lease of a message has ended

E = TypeVar("E", bound=Entity)


@frozen(kw_only=True)
class Books:
    """All that is kept of one firm; equal books are the same state.

    Everything stands under its id, an account under that of its client, a login under that of its person; `entries` and
    `receivables` are by client, `history` by invoice. `locks` are the invoices that hold sessions and charges,
    `numbers` those that hold numbers, `imports` the sessions that hold one of `SOURCES`. `outbox` is all that was not
    delivered yet, in the order in which it would be.
    """

    firm: Firm
    logos: Mapping[str, Logo]
    people: Mapping[str, Person]
    logins: Mapping[str, Login]
    clients: Mapping[str, Client]
    accounts: Mapping[str, Account]
    projects: Mapping[str, Project]
    sessions: Mapping[str, WorkSession]
    timers: Mapping[str, Timer]
    receipts: Mapping[str, ReceiptFile]
    charges: Mapping[str, Charge]
    invoices: Mapping[str, Invoice]
    payments: Mapping[str, Payment]
    entries: Mapping[str, tuple[LedgerEntry, ...]]
    history: Mapping[str, tuple[StatusChange, ...]]
    receivables: Mapping[str, tuple[ReceivableChange, ...]]
    audit: tuple[AuditRecord, ...]
    locks: Mapping[str, str]
    numbers: Mapping[str, str]
    imports: Mapping[str, str]
    next_number: int
    highest_number: int
    outbox: tuple[Message, ...]


def books(storage: Storage, firm_id: FirmId) -> Books:
    """The books as they now stand. NotFound if the store keeps no such firm."""
    with UnitOfWork(storage, firm_id) as uow:
        firm = uow.get(Firm, firm_id)
        if firm is None:
            raise NotFound("firm", firm_id)
        clients, invoices = _by_id(uow.find(CLIENTS)), _by_id(uow.find(INVOICES))
        sessions, charges = _by_id(uow.find(SESSIONS)), _by_id(uow.find(CHARGES))
        people, audit = _by_id(uow.find(PEOPLE)), tuple(uow.find(AUDIT))
        kept = {
            kind: dict.fromkeys(it.id for record in audit for it in record.changes if it.kind == kind.__name__)
            for kind in (Logo, ReceiptFile)
        }
        return Books(
            firm=firm,
            logos=_got(uow, Logo, kept[Logo]),
            people=people,
            logins=_got(uow, Login, people),
            clients=clients,
            accounts=_got(uow, Account, clients),
            projects=_by_id(uow.find(PROJECTS)),
            sessions=sessions,
            timers=_by_id(uow.find(TIMERS)),
            receipts=_got(uow, ReceiptFile, kept[ReceiptFile]),
            charges=charges,
            invoices=invoices,
            payments=_by_id(it for id in clients for it in uow.find(PAYMENTS_OF_CLIENT, id)),
            entries={id: tuple(uow.find(ENTRIES_OF_CLIENT, id)) for id in clients},
            history={id: tuple(uow.find(HISTORY_OF_INVOICE, id)) for id in invoices},
            receivables={
                id: tuple(sorted(uow.find(RECEIVABLES_OF_CLIENT, id), key=lambda it: it.sequence)) for id in clients
            },
            audit=audit,
            locks=dict(uow.owners(UniqueKind.CHARGE, [*sessions, *charges])),
            numbers=dict(
                uow.owners(UniqueKind.NUMBER, [it.number for it in invoices.values() if it.number is not None])
            ),
            imports=dict(uow.owners(UniqueKind.IMPORT, SOURCES)),
            next_number=next_value(uow, firm),
            highest_number=uow.peek(INVOICE_COUNTER) - 1,
            outbox=tuple(
                sorted(
                    (it.message for now in (_FAR, None) for it in uow.waiting(now, 1_000_000)),
                    key=lambda it: (it.at, it.id),
                )
            ),
        )


def _got(uow: UnitOfWork, kind: type[E], ids: Iterable[str]) -> dict[str, E]:
    return _by_id(entity for id in ids if (entity := uow.get(kind, id)) is not None)


def _by_id(entities: Iterable[E]) -> dict[str, E]:
    return {id_of(entity): entity for entity in entities}
