"""The data of a printed invoice."""

from datetime import date

from attrs import frozen

from invoicecore.lifecycle.invoice import Invoice, PartySnapshot
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money


@frozen
class PrintablePayment:
    """One payment as the paper shows it: when it was received, how, and how much of it was for this invoice."""

    received_on: date
    method: str
    amount: Money


@frozen
class PrintableInvoice:
    """All that stands on an invoice. A generated one shows what it was generated with; a draft, which is a preview,
    shows what things are called now and has no number. `logo` is the picture that the letterhead names."""

    invoice: Invoice
    parties: PartySnapshot
    payments: tuple[PrintablePayment, ...]
    is_preview: bool
    logo: Logo | None = None
