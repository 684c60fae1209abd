"""Rows of the list of invoices, and the page of one invoice."""

from datetime import date, datetime

from attrs import frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.lifecycle.table import Availability
from invoicecore.queries.paging import Sort
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.ids import InvoiceId, PaymentId
from invoicecore.values.money import Money
from invoicecore.vocabulary import UNPAID, Action, Deposit, DisplayStatus, InvoiceKind, OnVoid, Status


class InvoiceSort(Sort):
    """The orders in which invoices are listed."""

    MADE = "made", "As they were made.", ("id", str)
    NUMBER = "number", "By number, letter for letter; those without one come first.", ("number", str), ("id", str)
    ISSUED = "issued", "By the day of issue; drafts come first.", ("issued_on", date), ("id", str)
    DUE = "due", "By the day on which they are due; drafts come first.", ("due_on", date), ("id", str)
    KIND = "kind", "By kind, in alphabetical order.", ("kind", str), ("id", str)
    CLIENT = "client", "By the client's name, letter for letter.", ("client.name", str), ("id", str)
    TOTAL = "total", "By total, currency after currency.", ("total.currency", str), ("total.minor", int), ("id", str)
    AMOUNT_DUE = (
        "amount_due",
        "By what is left to pay, currency after currency.",
        ("amount_due.currency", str),
        ("amount_due.minor", int),
        ("id", str),
    )


@frozen(kw_only=True)
class InvoiceRow:
    """An invoice in a list. `display_status` is the status that clients read, such as paid or unpaid. `total` is gross,
    with `tax` in it; `covered` is what of it is not asked for, with `covered_tax` in it. `days_overdue` counts the days
    since an unpaid invoice was due; it is 0 for all others. `actions` has every action with whether the viewer may take
    it now and, if not, why."""

    id: InvoiceId
    client: NamedRef
    kind: InvoiceKind
    deposit: Deposit
    status: Status
    display_status: DisplayStatus
    number: str | None
    total: Money
    covered: Money
    amount_paid: Money
    amount_due: Money
    issued_on: date | None
    due_on: date | None
    ended_on: date | None
    days_overdue: int
    actions: tuple[Availability, ...]
    tax: Money
    covered_tax: Money

    @property
    def net(self) -> Money:
        """The total without tax."""
        return self.total - self.tax

    @property
    def covered_net(self) -> Money:
        """What is covered, without tax."""
        return self.covered - self.covered_tax

    def __repr__(self) -> str:
        name = self.number or "without a number"
        late = f", {self.days_overdue} days overdue" if self.days_overdue else ""
        return f"<InvoiceRow {name}: {self.client.name}, {self.display_status}, {self.amount_due} due{late}>"


@frozen(kw_only=True)
class PaidPart:
    """The part of a payment that pays for an invoice; or that paid a void one, and `on_void` is what became of it.
    `payment_id` and `reference` are None for those who may not see all payments of the client."""

    payment_id: PaymentId | None
    received_on: date
    method: str
    reference: str | None
    amount: Money
    on_void: OnVoid | None


@frozen(kw_only=True)
class HistoryRow:
    """One step in the life of an invoice: who did what, when, and why. The note is for Managers."""

    sequence: int
    at: datetime
    by: NamedRef
    action: Action
    before: Status | None
    after: Status
    note: str


@frozen(kw_only=True)
class InvoicePage:
    """An invoice with its lines, payments and status changes, and every action with whether the viewer may take it now
    and, if not, why. `names` are those of the projects and people on the lines: as printed on a generated invoice, the
    present ones on a draft."""

    invoice: Invoice
    client: NamedRef
    names: tuple[NamedRef, ...]
    payments: tuple[PaidPart, ...]
    history: tuple[HistoryRow, ...]
    actions: tuple[Availability, ...]
    days_overdue: int

    def __repr__(self) -> str:
        return f"<InvoicePage of {self.client.name}: {self.invoice!r}>"


def days_overdue(status: Status, due_on: date | None, amount_due_minor: int, today: date) -> int:
    """The number of days since an unpaid invoice was due; 0 for all others."""
    is_owed = status in UNPAID and amount_due_minor > 0
    return max((today - due_on).days, 0) if is_owed and due_on is not None else 0
