"""The status changes from the menu and by a sweep for overdue invoices."""

from invoicecore.lifecycle.invoice import Invoice, advance
from invoicecore.model.events import InvoiceDue, InvoiceOverdue, InvoiceUncollectible
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, Status

_EVENTS: dict[Status, type[InvoiceDue] | type[InvoiceOverdue] | type[InvoiceUncollectible]] = {
    Status.DUE: InvoiceDue,
    Status.OVERDUE: InvoiceOverdue,
    Status.UNCOLLECTIBLE: InvoiceUncollectible,
}


def set_status(account: Account, invoice: Invoice, action: Action, stamp: CommandStamp) -> Decision | None:
    """The invoice as due, overdue or uncollectible; None where it is that already, which changes nothing.

    No balance moves: an uncollectible invoice writes off the rest as a claim, and money that comes later is accepted.
    Setting an invoice paid is a payment; see `settlement.pay`.
    """
    changed, history = advance(invoice, action, stamp, account.credit_minor)
    if not history:
        return None
    event = _EVENTS[changed.status](invoice.client_id, invoice.id, invoice.label, invoice.amount_due)
    return Decision(account=account, invoices=(changed,), history=history, events=(event,))
