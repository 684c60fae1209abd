"""Bill for time: prepaid balances, refills, and invoices that lock the work they hold.

A name is loaded from its module when it is first asked for, so that who needs little loads little.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from invoicecore.login import LoginView
    from invoicecore.logo import Logo
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
else:  # the same at run time
    _HOMES = {
        name: module
        for module, names in {
            "adapters.clock": "SettableClock SystemClock",
            "adapters.memory": "MemoryStorage",
            "adapters.notifier": "RememberingNotifier SilentNotifier",
            "billing": "Billing Delivery",
            "calendar": "PaymentTerms Period local_instant utc",
            "clients": "Client",
            "desk": "Desk",
            "firm": "Firm",
            "ids": "CountingIds TimeOrderedIds",
            "ledger.check": "check",
            "ledger.entries": "Entry",
            "ledger.statement": "Statement StatementRow",
            "ledger.terms": "Refill Terms",
            "lifecycle.drafts": "Difference DraftMoved",
            "lifecycle.invoice": "Invoice Line StatusChange",
            "lifecycle.table": "Availability",
            "login": "LoginView",
            "logo": "Logo",
            "money": "Money Rate",
            "people": "Person",
            "projects": "Project",
            "settlement.account": "Standing",
            "settlement.draft": "Draft",
            "settlement.paper": "Paper",
            "settlement.payment": "Payment Receipt",
            "vocabulary": "Act Deposit EntryKind InvoiceKind OnVoid Overpayment PaymentOrigin Role Status",
            "work": "NewSession SessionView TimerView",
        }.items()
        for name in names.split()
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


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
    "LoginView",
    "Logo",
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
