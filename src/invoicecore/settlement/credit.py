"""The payment of an invoice with credit."""

from collections.abc import Iterable

from invoicecore.errors import AmountTooLarge
from invoicecore.lifecycle.invoice import Invoice, advance, facts
from invoicecore.lifecycle.table import target
from invoicecore.model.events import CreditApplied
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.pay import paid_in_full
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import MoneyMoved
from invoicecore.settlement.write_off import follow_rest
from invoicecore.values.money import Money, in_currency
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, EntryKind


def apply_credit(
    account: Account, invoice: Invoice, payments: Iterable[Payment], amount: Money | None, stamp: CommandStamp
) -> Decision:
    """Pay an invoice with credit; None is as much as there is and fits.

    `payments` are those with an unapplied part, the oldest first, and are used in that order. Credit is a part of the
    balance. So paying the net amount of an invoice that deposits moves nothing. The tax leaves the balance, and so does
    what pays an invoice that does not deposit.
    """
    target(Action.APPLY_CREDIT, facts(invoice, account.credit_minor))
    in_currency(account.currency, amount)
    rest, credit = invoice.amount_due_minor, account.credit_minor
    minor = min(rest, credit) if amount is None else amount.minor
    if minor > rest:
        message = f"{invoice.label} has only {invoice.amount_due} left to pay, less than {amount}."
        raise AmountTooLarge(message, field="amount", most=invoice.amount_due)
    if minor > credit:
        whole = Money(minor=credit, currency=account.currency)
        raise AmountTooLarge(f"The client has only {whole} of credit, less than {amount}.", field="amount", most=whole)
    paid, history = advance(
        invoice,
        Action.APPLY_CREDIT,
        stamp,
        credit,
        partly=minor < rest,
        paid_minor=invoice.paid_minor + minor,
    )
    after, paid, written_off = follow_rest(account, paid, stamp)
    after, left, used, entries = after.with_credit(-minor), minor, list[Payment](), [*written_off]
    moved: list[MoneyMoved] = []
    so_far = invoice.paid_minor
    for payment in payments:
        taken = min(left, payment.unapplied_minor)
        if not taken:
            continue
        left -= taken
        used.append(payment.with_application(invoice.id, taken))
        moved.append(MoneyMoved(payment, taken, -taken))
        stays = invoice.deposited_of(so_far + taken) - invoice.deposited_of(so_far)
        so_far += taken
        if stays != taken:
            after, entry = after.with_entry(
                EntryKind.CREDIT_APPLIED, stays - taken, stamp, cause=payment.id, invoice_id=invoice.id
            )
            entries.append(entry)
    after, receivables = after.with_receivable(invoice, paid, stamp, moved)
    told = CreditApplied(account.client_id, invoice.id, Money(minor=minor, currency=account.currency))
    return Decision(
        account=after,
        entries=tuple(entries),
        invoices=(paid,),
        payments=tuple(used),
        history=history,
        receivables=receivables,
        events=(told, *paid_in_full(paid)),
    )
