"""Setting the status of an invoice from the menu or by a sweep."""

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

    No balance moves. Nobody expects the rest of an uncollectible invoice, so it no longer counts as asked for, and
    money that comes later is accepted. Setting an invoice paid is a payment; see `settlement.pay`."""
    changed, history = advance(invoice, action, stamp, account.credit_minor)
    if not history:
        return None
    event = _EVENTS[changed.status](invoice.client_id, invoice.id, invoice.label, invoice.amount_due)
    return Decision(
        account=account.with_invoice(invoice, changed), invoices=(changed,), history=history, events=(event,)
    )
