"""The decision of a command: all its changes, as plain values."""

from typing import Final

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.model.charge import Charge
from invoicecore.model.events import Event
from invoicecore.model.work_session import WorkSession
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.values.ids import ChargeId, InvoiceId, ProjectId, SessionId
from invoicecore.values.unchecked import unchecked


@frozen
class ChargeLocks:
    """The sessions and charges that an invoice locks, or unlocks."""

    invoice_id: InvoiceId
    billed_ids: tuple[SessionId | ChargeId, ...]


@frozen(kw_only=True)
class Decision:
    """Everything that changes together, as plain values: the account afterwards, new entries, things to store, sessions
    and charges to lock and to unlock, and events. `costs` says how much more the sessions of a project cost, for its
    cap."""

    account: Account
    entries: tuple[LedgerEntry, ...] = ()
    sessions: tuple[WorkSession, ...] = ()
    costs: tuple[tuple[ProjectId, int], ...] = ()
    charges: tuple[Charge, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    history: tuple[StatusChange, ...] = ()
    receivables: tuple[ReceivableChange, ...] = ()
    lock: ChargeLocks | None = None
    unlock: ChargeLocks | None = None
    events: tuple[Event, ...] = ()


unchecked_decision: Final = unchecked(Decision)
