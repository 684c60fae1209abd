"""Bill for time: prepaid balances, refills, and invoices that lock the work they hold.

A name is loaded from its module when it is first asked for, so that who needs little loads little.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from invoicecore.adapters.clock import SettableClock, SystemClock
    from invoicecore.adapters.notifier import RememberingNotifier, SilentNotifier
    from invoicecore.billing import Billing, Delivery
    from invoicecore.desk import Desk
    from invoicecore.ledger.entries import Entry
    from invoicecore.ledger.statement import Statement, StatementRow
    from invoicecore.ledger.terms import Refill, Terms
    from invoicecore.ledger.verify import check
    from invoicecore.lifecycle.drafts import Difference, DraftMoved
    from invoicecore.lifecycle.invoice import Invoice, Line, StatusChange
    from invoicecore.lifecycle.table import Availability
    from invoicecore.model.client import Client
    from invoicecore.model.firm import Firm
    from invoicecore.model.login import LoginView
    from invoicecore.model.person import Person
    from invoicecore.model.project import Project
    from invoicecore.model.work_session import NewSession, SessionView, TimerView
    from invoicecore.queries.clients import ClientRow, ClientSort, ClientSummary
    from invoicecore.queries.explain import Explanation
    from invoicecore.queries.forecast import Outlook
    from invoicecore.queries.invoices import InvoicePage, InvoiceRow, InvoiceSort, PaidPart
    from invoicecore.queries.owed import Age, Aging, AgingRow, AgingSort, UnbilledRow, UnbilledSort
    from invoicecore.queries.paging import Page
    from invoicecore.queries.people import PersonPage, PersonRow, PersonSort
    from invoicecore.queries.projects import ProjectPage, ProjectRow, ProjectSort, Tally
    from invoicecore.queries.transactions import Cause, TransactionRow, TransactionSort
    from invoicecore.queries.visibility import Named
    from invoicecore.queries.work import WorkRow, WorkSort
    from invoicecore.settlement.account import Standing
    from invoicecore.settlement.draft import Draft
    from invoicecore.settlement.payment import Payment, Receipt
    from invoicecore.settlement.printable import Paper
    from invoicecore.storage.memory import MemoryStorage
    from invoicecore.values.calendar import PaymentTerms, Period, local_instant, utc
    from invoicecore.values.ids import CountingIds, TimeOrderedIds
    from invoicecore.values.logo import Logo
    from invoicecore.values.money import Money, Rate
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
else:  # the same at run time
    _HOMES = {
        name: module
        for module, names in {
            "adapters.clock": "SettableClock SystemClock",
            "storage.memory": "MemoryStorage",
            "adapters.notifier": "RememberingNotifier SilentNotifier",
            "billing": "Billing Delivery",
            "values.calendar": "PaymentTerms Period local_instant utc",
            "model.client": "Client",
            "desk": "Desk",
            "model.firm": "Firm",
            "values.ids": "CountingIds TimeOrderedIds",
            "ledger.verify": "check",
            "ledger.entries": "Entry",
            "ledger.statement": "Statement StatementRow",
            "ledger.terms": "Refill Terms",
            "lifecycle.drafts": "Difference DraftMoved",
            "lifecycle.invoice": "Invoice Line StatusChange",
            "lifecycle.table": "Availability",
            "model.login": "LoginView",
            "values.logo": "Logo",
            "values.money": "Money Rate",
            "queries.clients": "ClientRow ClientSort ClientSummary",
            "queries.explain": "Explanation",
            "queries.invoices": "InvoicePage InvoiceRow InvoiceSort PaidPart",
            "queries.forecast": "Outlook",
            "queries.owed": "Age Aging AgingRow AgingSort UnbilledRow UnbilledSort",
            "queries.paging": "Page",
            "queries.people": "PersonPage PersonRow PersonSort",
            "queries.projects": "ProjectPage ProjectRow ProjectSort Tally",
            "queries.visibility": "Named",
            "queries.transactions": "Cause TransactionRow TransactionSort",
            "queries.work": "WorkRow WorkSort",
            "model.person": "Person",
            "model.project": "Project",
            "settlement.account": "Standing",
            "settlement.draft": "Draft",
            "settlement.printable": "Paper",
            "settlement.payment": "Payment Receipt",
            "vocabulary": "Act Deposit EntryKind InvoiceKind OnVoid Overpayment PaymentOrigin Role Status",
            "model.work_session": "NewSession SessionView TimerView",
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
    "Age",
    "Aging",
    "AgingRow",
    "AgingSort",
    "Availability",
    "Billing",
    "Cause",
    "Client",
    "ClientRow",
    "ClientSort",
    "ClientSummary",
    "CountingIds",
    "Delivery",
    "Deposit",
    "Desk",
    "Difference",
    "Draft",
    "DraftMoved",
    "Entry",
    "EntryKind",
    "Explanation",
    "Firm",
    "Invoice",
    "InvoiceKind",
    "InvoicePage",
    "InvoiceRow",
    "InvoiceSort",
    "Line",
    "LoginView",
    "Logo",
    "MemoryStorage",
    "Money",
    "Named",
    "NewSession",
    "OnVoid",
    "Outlook",
    "Overpayment",
    "Page",
    "PaidPart",
    "Paper",
    "Payment",
    "PaymentOrigin",
    "PaymentTerms",
    "Period",
    "Person",
    "PersonPage",
    "PersonRow",
    "PersonSort",
    "Project",
    "ProjectPage",
    "ProjectRow",
    "ProjectSort",
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
    "Tally",
    "Terms",
    "TimeOrderedIds",
    "TimerView",
    "TransactionRow",
    "TransactionSort",
    "UnbilledRow",
    "UnbilledSort",
    "WorkRow",
    "WorkSort",
    "check",
    "local_instant",
    "utc",
]
