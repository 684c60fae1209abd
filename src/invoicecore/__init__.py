"""Bill for time: prepaid balances, refills, and invoices that lock the work they hold."""

from invoicecore.adapters.clock import SettableClock, SystemClock
from invoicecore.adapters.memory import MemoryStorage
from invoicecore.adapters.notifier import RememberingNotifier, SilentNotifier
from invoicecore.billing import Billing, Delivery
from invoicecore.calendar import PaymentTerms, Period, local_instant, utc
from invoicecore.clients import Client
from invoicecore.desk import Desk
from invoicecore.firm import Firm
from invoicecore.ids import CountingIds, TimeOrderedIds
from invoicecore.ledger.check import check
from invoicecore.ledger.entries import Entry
from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.lifecycle.drafts import Difference, DraftMoved
from invoicecore.lifecycle.invoice import Invoice, Line, StatusChange
from invoicecore.lifecycle.table import Availability
from invoicecore.money import Money, Rate
from invoicecore.people import Person
from invoicecore.projects import Project
from invoicecore.settlement.account import Standing
from invoicecore.settlement.draft import Draft
from invoicecore.settlement.paper import Paper
from invoicecore.settlement.payment import Payment, Receipt
from invoicecore.vocabulary import (
    Act,
    Deposit,
    EntryKind,
    InvoiceKind,
    OnVoid,
    Overpayment,
    PaymentOrigin,
    Role,
    Status,
)
from invoicecore.work import NewSession, SessionView, TimerView

__all__ = [
    "Act",
    "Availability",
    "Billing",
    "Client",
    "CountingIds",
    "Delivery",
    "Deposit",
    "Desk",
    "Difference",
    "Draft",
    "DraftMoved",
    "Entry",
    "EntryKind",
    "Firm",
    "Invoice",
    "InvoiceKind",
    "Line",
    "MemoryStorage",
    "Money",
    "NewSession",
    "OnVoid",
    "Overpayment",
    "Paper",
    "Payment",
    "PaymentOrigin",
    "PaymentTerms",
    "Period",
    "Person",
    "Project",
    "Rate",
    "Receipt",
    "Refill",
    "RememberingNotifier",
    "Role",
    "SessionView",
    "SettableClock",
    "SilentNotifier",
    "Standing",
    "Statement",
    "StatementRow",
    "Status",
    "StatusChange",
    "SystemClock",
    "Terms",
    "TimeOrderedIds",
    "TimerView",
    "check",
    "local_instant",
    "utc",
]
