"""Billing for time: prepaid balances, refills, and invoices that lock their work sessions.

This module lists the public names. A name is loaded from its module when it is first used, so `import invoicecore` is
fast and loads no extra.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
    from invoicecore.adapters.clock import SettableClock as SettableClock
    from invoicecore.adapters.clock import SystemClock as SystemClock
    from invoicecore.adapters.notifier import NullNotifier as NullNotifier
    from invoicecore.adapters.notifier import RecordingNotifier as RecordingNotifier
    from invoicecore.billing import Billing as Billing
    from invoicecore.billing import deliver_all as deliver_all
    from invoicecore.billing import retry_transaction as retry_transaction
    from invoicecore.delivery import Delivery as Delivery
    from invoicecore.desk import Desk as Desk
    from invoicecore.integrity.laws import Finding as Finding
    from invoicecore.integrity.laws import IntegrityReport as IntegrityReport
    from invoicecore.integrity.laws import Law as Law
    from invoicecore.ledger.entries import BookedWork as BookedWork
    from invoicecore.ledger.entries import LedgerEntry as LedgerEntry
    from invoicecore.ledger.remarks import Sentence as Sentence
    from invoicecore.ledger.statement import Statement as Statement
    from invoicecore.ledger.statement import StatementRow as StatementRow
    from invoicecore.ledger.terms import Refill as Refill
    from invoicecore.ledger.terms import Terms as Terms
    from invoicecore.ledger.verify import verify_ledger as verify_ledger
    from invoicecore.lifecycle.drafts import Difference as Difference
    from invoicecore.lifecycle.drafts import DraftMoved as DraftMoved
    from invoicecore.lifecycle.invoice import Invoice as Invoice
    from invoicecore.lifecycle.invoice import Line as Line
    from invoicecore.lifecycle.invoice import StatusChange as StatusChange
    from invoicecore.lifecycle.table import Availability as Availability
    from invoicecore.model.charge import ChargeView as ChargeView
    from invoicecore.model.charge import NewExpense as NewExpense
    from invoicecore.model.client import Client as Client
    from invoicecore.model.firm import Firm as Firm
    from invoicecore.model.login import LoginView as LoginView
    from invoicecore.model.person import Person as Person
    from invoicecore.model.project import Project as Project
    from invoicecore.model.work_session import NewWorkSession as NewWorkSession
    from invoicecore.model.work_session import TimerView as TimerView
    from invoicecore.model.work_session import WorkSessionView as WorkSessionView
    from invoicecore.queries.audit import AuditRow as AuditRow
    from invoicecore.queries.audit import AuditSort as AuditSort
    from invoicecore.queries.audit import FirmProfile as FirmProfile
    from invoicecore.queries.charges import ChargeRow as ChargeRow
    from invoicecore.queries.charges import ChargeSort as ChargeSort
    from invoicecore.queries.clients import ClientRow as ClientRow
    from invoicecore.queries.clients import ClientSort as ClientSort
    from invoicecore.queries.clients import ClientSummary as ClientSummary
    from invoicecore.queries.close import ClientClose as ClientClose
    from invoicecore.queries.close import CloseFigures as CloseFigures
    from invoicecore.queries.close import MonthClose as MonthClose
    from invoicecore.queries.dues import AccountStatement as AccountStatement
    from invoicecore.queries.dues import DueEvent as DueEvent
    from invoicecore.queries.dues import DueRow as DueRow
    from invoicecore.queries.dues import Dues as Dues
    from invoicecore.queries.dues import OpenItem as OpenItem
    from invoicecore.queries.explain import Explanation as Explanation
    from invoicecore.queries.forecast import Forecast as Forecast
    from invoicecore.queries.invoices import HistoryRow as HistoryRow
    from invoicecore.queries.invoices import InvoicePage as InvoicePage
    from invoicecore.queries.invoices import InvoiceRow as InvoiceRow
    from invoicecore.queries.invoices import InvoiceSort as InvoiceSort
    from invoicecore.queries.invoices import PaidPart as PaidPart
    from invoicecore.queries.owed import Age as Age
    from invoicecore.queries.owed import Aging as Aging
    from invoicecore.queries.owed import AgingRow as AgingRow
    from invoicecore.queries.owed import AgingSort as AgingSort
    from invoicecore.queries.owed import UnbilledRow as UnbilledRow
    from invoicecore.queries.owed import UnbilledSort as UnbilledSort
    from invoicecore.queries.paging import ListTotals as ListTotals
    from invoicecore.queries.paging import Page as Page
    from invoicecore.queries.people import PersonPage as PersonPage
    from invoicecore.queries.people import PersonRow as PersonRow
    from invoicecore.queries.people import PersonSort as PersonSort
    from invoicecore.queries.printable import PrintableInvoice as PrintableInvoice
    from invoicecore.queries.projects import BilledTotals as BilledTotals
    from invoicecore.queries.projects import ProjectPage as ProjectPage
    from invoicecore.queries.projects import ProjectRow as ProjectRow
    from invoicecore.queries.projects import ProjectSort as ProjectSort
    from invoicecore.queries.reconcile import ReconciledPart as ReconciledPart
    from invoicecore.queries.reconcile import Reconciliation as Reconciliation
    from invoicecore.queries.taxes import TaxReport as TaxReport
    from invoicecore.queries.transactions import EntrySource as EntrySource
    from invoicecore.queries.transactions import TransactionRow as TransactionRow
    from invoicecore.queries.transactions import TransactionSort as TransactionSort
    from invoicecore.queries.visibility import NamedRef as NamedRef
    from invoicecore.queries.work import TimerRow as TimerRow
    from invoicecore.queries.work import WorkRow as WorkRow
    from invoicecore.queries.work import WorkSort as WorkSort
    from invoicecore.settlement.account import Standing as Standing
    from invoicecore.settlement.generate import Draft as Draft
    from invoicecore.settlement.payment import Payment as Payment
    from invoicecore.settlement.payment import Receipt as Receipt
    from invoicecore.storage.memory import MemoryStorage as MemoryStorage
    from invoicecore.values.calendar import PaymentTerms as PaymentTerms
    from invoicecore.values.calendar import Period as Period
    from invoicecore.values.calendar import local_instant as local_instant
    from invoicecore.values.calendar import parse_hours as parse_hours
    from invoicecore.values.calendar import utc as utc
    from invoicecore.values.ids import CountingIds as CountingIds
    from invoicecore.values.ids import TimeOrderedIds as TimeOrderedIds
    from invoicecore.values.logo import Logo as Logo
    from invoicecore.values.money import Money as Money
    from invoicecore.values.money import Rate as Rate
    from invoicecore.values.party import Party as Party
    from invoicecore.values.receipt_file import ReceiptFile as ReceiptFile
    from invoicecore.values.tax import Tax as Tax
    from invoicecore.values.tax import TaxComponent as TaxComponent
    from invoicecore.values.tax import TaxSum as TaxSum
    from invoicecore.values.unset import UNSET as UNSET
    from invoicecore.values.unset import Unset as Unset
    from invoicecore.views import json_schema as json_schema
    from invoicecore.views import view as view
    from invoicecore.views import with_components as with_components
    from invoicecore.vocabulary import Action as Action
    from invoicecore.vocabulary import Advance as Advance
    from invoicecore.vocabulary import BillingState as BillingState
    from invoicecore.vocabulary import ChargeKind as ChargeKind
    from invoicecore.vocabulary import Cover as Cover
    from invoicecore.vocabulary import Debt as Debt
    from invoicecore.vocabulary import Deposit as Deposit
    from invoicecore.vocabulary import DisplayStatus as DisplayStatus
    from invoicecore.vocabulary import DueKind as DueKind
    from invoicecore.vocabulary import EntryKind as EntryKind
    from invoicecore.vocabulary import EventScope as EventScope
    from invoicecore.vocabulary import InvoiceKind as InvoiceKind
    from invoicecore.vocabulary import LedgerDay as LedgerDay
    from invoicecore.vocabulary import OnVoid as OnVoid
    from invoicecore.vocabulary import Overpayment as Overpayment
    from invoicecore.vocabulary import PaymentOrigin as PaymentOrigin
    from invoicecore.vocabulary import ProjectBilling as ProjectBilling
    from invoicecore.vocabulary import Role as Role
    from invoicecore.vocabulary import Status as Status
    from invoicecore.vocabulary import TaxCategory as TaxCategory
    from invoicecore.words import label as label
    from invoicecore.words import say as say
    from invoicecore.worker import Worker as Worker
    from invoicecore.worker import WorkerRound as WorkerRound
else:
    from functools import cache
    from importlib import import_module

    @cache
    def _modules() -> dict[str, str]:
        """The module of each public name, as the compiled import statements above have it."""
        from dis import get_instructions  # needs a millisecond, so only when a name is asked for

        modules, module = {}, ""
        for instruction in get_instructions(__spec__.loader.get_code(__name__)):
            match instruction.opname:
                case "IMPORT_NAME":
                    module = instruction.argval
                case "IMPORT_FROM" if module.startswith(__name__):
                    modules[instruction.argval] = module
        return modules

    def __getattr__(name: str) -> object:
        if name == "__all__":
            return sorted(_modules())
        if name == "__version__":
            from importlib.metadata import version

            return version(__name__)
        module = None if name.startswith("_") else _modules().get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(module), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_modules()})
