"""Payments, the invoices that they pay, and receipts."""

from datetime import date, datetime

from attrs import evolve, frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.ids import ClientId, InvoiceId, PaymentId, PersonId
from invoicecore.values.money import Money
from invoicecore.vocabulary import PaymentOrigin


@frozen
class Application:
    """The part of a payment, in minor units, that pays an invoice."""

    invoice_id: InvoiceId
    minor: int


@frozen(kw_only=True)
class Payment:
    """Money that came in from a client. Each minor unit of it is applied to an invoice, unapplied, or reversed: `minor`
    = applied + unapplied + `reversed_minor`, always. `reversed_on` is the firm's day of the latest reversal."""

    id: PaymentId
    client_id: ClientId
    currency: str
    minor: int
    received_on: date
    recorded_at: datetime
    by: PersonId
    method: str = ""
    reference: str = ""
    origin: PaymentOrigin = PaymentOrigin.RECORDED
    applied: tuple[Application, ...] = ()
    reversed_minor: int = 0
    reversed_on: date | None = None

    def __repr__(self) -> str:
        return f"<Payment {self.received_on}: {self.amount}, {self.unapplied} unapplied>"

    @property
    def amount(self) -> Money:
        """All that came in."""
        return Money(minor=self.minor, currency=self.currency)

    @property
    def unapplied_minor(self) -> int:
        """The part that is applied to no invoice and was not reversed: credit, in minor units."""
        return self.minor - self.reversed_minor - sum(part.minor for part in self.applied)

    @property
    def unapplied(self) -> Money:
        """Like `unapplied_minor`, as Money."""
        return Money(minor=self.unapplied_minor, currency=self.currency)

    def applied_to(self, invoice_id: InvoiceId) -> int:
        """How much of it pays that invoice, in minor units."""
        return sum(part.minor for part in self.applied if part.invoice_id == invoice_id)

    def with_application(self, invoice_id: InvoiceId, minor: int) -> "Payment":
        """The payment with more applied to an invoice, or less if the amount is negative."""
        now = self.applied_to(invoice_id) + minor
        others = tuple(part for part in self.applied if part.invoice_id != invoice_id)
        return evolve(self, applied=(*others, Application(invoice_id, now)) if now else others)

    def with_reversal(self, minor: int, day: date) -> "Payment":
        """The payment with more of the unapplied part taken back on a day."""
        return evolve(self, reversed_minor=self.reversed_minor + minor, reversed_on=day)


@frozen
class Receipt:
    """The result of recording a payment or applying credit: the payments that were used (one, if recorded), the invoice
    afterwards, and all credit that the client then has."""

    payments: tuple[Payment, ...]
    invoice: Invoice
    credit: Money

    def __repr__(self) -> str:
        return f"<Receipt: {self.invoice!r}, credit {self.credit}>"

    @property
    def payment(self) -> Payment:
        """The payment that was recorded; of applied credit, the last one used."""
        return self.payments[-1]
