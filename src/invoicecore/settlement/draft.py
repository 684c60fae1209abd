"""A draft as its editor sees it."""

from attrs import frozen

from invoicecore.lifecycle.drafts import Difference, difference
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.settlement.account import Account
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money


@frozen
class Draft:
    """A draft on the desk: the invoice as it now is, what moved since it was saved, and how the client stands.

    The invoice is shown as it would be generated now: `invoice.covered` is what is prepaid or was asked for already,
    and `invoice.amount_due` what is asked for. `outstanding` is what the client was asked for by invoices, and `credit`
    is unapplied money of theirs that could pay."""

    invoice: Invoice
    difference: Difference
    balance: Money
    outstanding: Money
    credit: Money

    @property
    def id(self) -> InvoiceId:
        """The id of the invoice."""
        return self.invoice.id

    @property
    def revision(self) -> str:
        """The digest of what is seen, for `invoices.generate(id, if_revision=…)`."""
        return self.invoice.revision


def draft_view(invoice: Invoice, before: Invoice, account: Account) -> Draft:
    """The draft with what moved since `before`, and the client's account as it is afterwards."""
    currency = account.currency
    return Draft(
        invoice,
        difference(before, invoice),
        Money(account.position.balance_minor, currency),
        Money(account.outstanding_minor, currency),
        Money(account.credit_minor, currency),
    )
