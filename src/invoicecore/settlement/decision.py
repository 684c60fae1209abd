"""What does a command change?"""

from attrs import frozen

from invoicecore.ledger.entries import Entry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.model.events import Event
from invoicecore.model.work_session import Session
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.values.ids import InvoiceId, SessionId
from invoicecore.values.unchecked import maker


@frozen
class Hold:
    """The sessions that an invoice takes hold of, or lets go."""

    invoice_id: InvoiceId
    session_ids: tuple[SessionId, ...]


@frozen(kw_only=True)
class Decision:
    """Everything that changes together, as plain values: the account afterwards, entries to append, things to store
    as they now are, sessions to lock and to unlock, and what to tell."""

    account: Account
    entries: tuple[Entry, ...] = ()
    sessions: tuple[Session, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    history: tuple[StatusChange, ...] = ()
    lock: Hold | None = None
    unlock: Hold | None = None
    events: tuple[Event, ...] = ()


make_decision = maker(Decision)
