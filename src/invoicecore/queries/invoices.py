"""What do the pages of invoices show?"""

from datetime import date

from attrs import frozen

from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.lifecycle.table import Availability
from invoicecore.queries.paging import Place, Sort
from invoicecore.queries.visibility import Named
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
    OPEN = "open", "By what is left to pay, currency after currency.", str, int, str


@frozen(kw_only=True)
class InvoiceRow:
    """An invoice as a list shows it. `reads_as` is its status as clients read it, paid or unpaid; `days_overdue` counts
    the days since it was due while something is left to pay of one that is unpaid, 0 otherwise."""

    id: InvoiceId
    client: Named
    kind: InvoiceKind
    status: Status
    reads_as: str
    number: str | None
    total: Money
    paid: Money
    open: Money
    issued_on: date | None
    due_on: date | None
    days_overdue: int

    def place(self, by: InvoiceSort) -> Place:
        """Where the row stands in that order."""
        if by is InvoiceSort.NUMBER:
            return (self.number or "", self.id)
        if by is InvoiceSort.ISSUED:
            return (self.issued_on or _NO_DAY, self.id)
        if by is InvoiceSort.DUE:
            return (self.due_on or _NO_DAY, self.id)
        if by is InvoiceSort.CLIENT:
            return (self.client.name, self.id)
        if by is InvoiceSort.TOTAL:
            return (self.total.currency, self.total.minor, self.id)
        if by is InvoiceSort.OPEN:
            return (self.open.currency, self.open.minor, self.id)
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
    client: Named
    names: tuple[Named, ...]
    payments: tuple[PaidPart, ...]
    history: tuple[StatusChange, ...]
    acts: tuple[Availability, ...]
    days_overdue: int


def days_overdue(status: Status, due_on: date | None, open_minor: int, today: date) -> int:
    """How many days ago an unpaid invoice was due; 0 if it was not."""
    is_owed = status in UNPAID and open_minor > 0
    return max((today - due_on).days, 0) if is_owed and due_on is not None else 0
