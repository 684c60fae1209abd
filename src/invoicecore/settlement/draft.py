"""A draft as its editor sees it."""

from attrs import frozen

from invoicecore.lifecycle.drafts import Difference, difference
from invoicecore.lifecycle.invoice import Invoice, Line
from invoicecore.settlement.account import Account
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money


@frozen
class Draft:
    """A draft on the desk: the invoice as it now is, what moved since it was saved, and how the client stands.

    `outstanding` is what the client was asked for already, `shortfall` what would bring their balance to zero beyond
    that. Where refills are used, they show whether the work of the draft is paid for already.
    """

    invoice: Invoice
    difference: Difference
    balance: Money
    outstanding: Money
    shortfall: Money

    @property
    def id(self) -> InvoiceId:
        """The id of the invoice."""
        return self.invoice.id

    @property
    def revision(self) -> str:
        """The digest of what is seen, for `invoices.generate(id, if_revision=…)`."""
        return self.invoice.revision


def draft_view(invoice: Invoice, before: tuple[Line, ...], account: Account) -> Draft:
    """The draft with what moved since `before`, and the client's account as it is afterwards."""
    currency = account.currency
    return Draft(
        invoice,
        difference(before, invoice.lines, currency),
        Money(account.position.balance_minor, currency),
        Money(account.outstanding_minor, currency),
        Money(max(0, -account.projected_balance_minor), currency),
    )
