"""The status changes from the menu and by a sweep for overdue invoices."""

from invoicecore.lifecycle.invoice import Invoice, advance
from invoicecore.model.events import InvoiceDue, InvoiceOverdue, InvoiceUncollectible
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.write_off import follow_rest
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, Debt, Status

_EVENTS: dict[Status, type[InvoiceDue] | type[InvoiceOverdue] | type[InvoiceUncollectible]] = {
    Status.DUE: InvoiceDue,
    Status.OVERDUE: InvoiceOverdue,
    Status.UNCOLLECTIBLE: InvoiceUncollectible,
}


def set_status(
    account: Account, invoice: Invoice, action: Action, stamp: CommandStamp, debt: Debt = Debt.KEEP
) -> Decision | None:
    """The invoice as due, overdue or uncollectible; None where it is that already, which changes nothing.

    Nobody expects the rest of an uncollectible invoice, so it no longer counts as asked for, and money that comes later
    is accepted. With Debt.FORGIVE a write-off raises the balance by the rest; otherwise no balance moves. Setting an
    invoice paid is a payment; see `settlement.pay`.
    """
    changed, history = advance(invoice, action, stamp, account.credit_minor)
    after, changed, entries = follow_rest(account, changed, stamp, forgive=debt is Debt.FORGIVE)
    if not (history or entries):
        return None
    event = _EVENTS[changed.status](invoice.client_id, invoice.id, invoice.label, invoice.amount_due)
    return Decision(
        account=after.with_invoice(invoice, changed),
        entries=entries,
        invoices=(changed,),
        history=history,
        events=(event,) if history else (),
    )
