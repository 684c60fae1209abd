"""The classes of the values that are stored, returned and shown."""

from collections.abc import Iterable
from typing import Any, get_args, get_origin

from attrs import fields, has, resolve_types

from invoicecore.integrity.laws import IntegrityReport
from invoicecore.ledger.verify import LedgerFault
from invoicecore.model.charge import ChargeView, NewExpense
from invoicecore.model.work_session import NewWorkSession, TimerView
from invoicecore.ports.archive import PLACES
from invoicecore.queries.audit import AuditRow, FirmProfile
from invoicecore.queries.charges import ChargeRow
from invoicecore.queries.clients import ClientRow, ClientSummary
from invoicecore.queries.close import MonthClose
from invoicecore.queries.dues import AccountStatement, Dues
from invoicecore.queries.explain import Explanation
from invoicecore.queries.forecast import Forecast
from invoicecore.queries.invoices import InvoicePage
from invoicecore.queries.owed import Aging, UnbilledRow
from invoicecore.queries.paging import Page
from invoicecore.queries.people import PersonPage
from invoicecore.queries.printable import PrintableAccountStatement, PrintableInvoice, PrintableStatement
from invoicecore.queries.projects import ProjectPage
from invoicecore.queries.reconcile import Reconciliation
from invoicecore.queries.taxes import TaxReport
from invoicecore.queries.transactions import TransactionRow
from invoicecore.queries.work import TimerRow
from invoicecore.settlement.generate import Draft
from invoicecore.settlement.payment import Receipt


def reached(*roots: Any) -> Iterable[type]:
    """Those classes, and all that their fields hold."""
    found: dict[type, None] = {}
    ahead = [*reversed(roots)]
    while ahead:
        form = ahead.pop()
        kind = get_origin(form) or form
        if has(kind) and kind not in found:
            found[kind] = None
            ahead += [it.type for it in fields(resolve_types(kind)) if it.init]
        ahead += get_args(form)
    return found


TYPES: tuple[type, ...] = tuple(
    reached(
        # what is stored
        *PLACES,
        # what is given and what commands return
        NewWorkSession,
        NewExpense,
        TimerView,
        ChargeView,
        LedgerFault,
        IntegrityReport,
        Draft,
        Receipt,
        PrintableInvoice,
        PrintableStatement,
        PrintableAccountStatement,
        # what is listed and shown
        Page,
        ClientRow,
        ClientSummary,
        ChargeRow,
        TransactionRow,
        ProjectPage,
        InvoicePage,
        PersonPage,
        TimerRow,
        AuditRow,
        FirmProfile,
        UnbilledRow,
        AccountStatement,
        MonthClose,
        Dues,
        Aging,
        Forecast,
        Explanation,
        Reconciliation,
        TaxReport,
    )
)
"""These, and the classes of their fields."""
