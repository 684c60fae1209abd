"""What do the pages of invoices show?"""

from datetime import date

from attrs import frozen

from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.lifecycle.table import Availability
from invoicecore.queries.paging import Sort, SortKey
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.ids import InvoiceId, PaymentId
from invoicecore.values.money import Money
from invoicecore.vocabulary import UNPAID, InvoiceKind, Status

_NO_DAY = date.min


class InvoiceSort(Sort):
    """In which order invoices are listed."""

    MADE = "made", "As they were made.", str
    NUMBER = "number", "By number, letter for letter; those without one come first.", str, str
    ISSUED = "issued", "By the day of issue; drafts come first.", date, str
    DUE = "due", "By the day on which they are due; drafts come first.", date, str
    CLIENT = "client", "By the client's name, letter for letter.", str, str
    TOTAL = "total", "By total, currency after currency.", str, int, str
    AMOUNT_DUE = "amount_due", "By what is left to pay, currency after currency.", str, int, str


@frozen(kw_only=True)
class InvoiceRow:
    """An invoice as a list shows it. `display_status` is its status as clients read it, paid or unpaid; `days_overdue`
    counts the days since it was due while something is left to pay of one that is unpaid, 0 otherwise."""

    id: InvoiceId
    client: NamedRef
    kind: InvoiceKind
    status: Status
    display_status: str
    number: str | None
    total: Money
    amount_paid: Money
    amount_due: Money
    issued_on: date | None
    due_on: date | None
    days_overdue: int

    def sort_key(self, sort: InvoiceSort) -> SortKey:
        """Where the row stands in that order."""
        if sort is InvoiceSort.NUMBER:
            return (self.number or "", self.id)
        if sort is InvoiceSort.ISSUED:
            return (self.issued_on or _NO_DAY, self.id)
        if sort is InvoiceSort.DUE:
            return (self.due_on or _NO_DAY, self.id)
        if sort is InvoiceSort.CLIENT:
            return (self.client.name, self.id)
        if sort is InvoiceSort.TOTAL:
            return (self.total.currency, self.total.minor, self.id)
        if sort is InvoiceSort.AMOUNT_DUE:
            return (self.amount_due.currency, self.amount_due.minor, self.id)
        return (self.id,)


@frozen(kw_only=True)
class PaidPart:
    """How much of a payment pays for an invoice, when it was received, and how. Which payment it is part of, and its
    reference, are None for those who do not see all payments of the client."""

    payment_id: PaymentId | None
    received_on: date
    method: str
    reference: str | None
    amount: Money


@frozen(kw_only=True)
class InvoicePage:
    """An invoice with its lines, what was paid for it, the steps of its life, and every act with whether it is allowed
    now to the one who asks, and if not, why not. `names` says what the projects and people on the lines are called: on
    a generated invoice as it was printed, on a draft as they are called now."""

    invoice: Invoice
    client: NamedRef
    names: tuple[NamedRef, ...]
    payments: tuple[PaidPart, ...]
    history: tuple[StatusChange, ...]
    actions: tuple[Availability, ...]
    days_overdue: int


def days_overdue(status: Status, due_on: date | None, open_minor: int, today: date) -> int:
    """How many days ago an unpaid invoice was due; 0 if it was not."""
    is_owed = status in UNPAID and open_minor > 0
    return max((today - due_on).days, 0) if is_owed and due_on is not None else 0
