"""The recording and the reversal of a payment."""

from collections.abc import Mapping
from datetime import date

from invoicecore.errors import AmountTooLarge, InvalidState
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange, advance, facts
from invoicecore.lifecycle.table import target
from invoicecore.model.events import Event, InvoiceDue, InvoicePaid, PaymentRecorded, PaymentReversed
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.payment import Application, Payment
from invoicecore.settlement.receivables import MoneyMoved, ReceivableChange
from invoicecore.settlement.write_off import follow_rest
from invoicecore.values.ids import InvoiceId, PaymentId
from invoicecore.values.money import Money, in_currency
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, EntryKind, Overpayment, PaymentOrigin, Status


def pay(
    account: Account,
    invoice: Invoice,
    payment_id: PaymentId,
    amount: Money | None,
    stamp: CommandStamp,
    *,
    overpayment: Overpayment = Overpayment.REFUSE,
    received_on: date | None = None,
    method: str = "",
    reference: str = "",
    action: Action = Action.RECORD_PAYMENT,
) -> Decision:
    """Record money that came in for an invoice; None is all that is left to pay.

    If the invoice deposits, the payment raises the balance, without the tax in it. More than the rest is refused
    (AmountTooLarge) or, by `overpayment`, becomes credit, even if the invoice does not deposit. A part payment makes a
    generated invoice due.
    """
    target(action, facts(invoice, account.credit_minor))  # whether money is accepted at all comes before how much
    in_currency(account.currency, amount)
    rest = invoice.amount_due_minor
    minor = rest if amount is None else amount.minor
    excess = max(0, minor - rest)
    if excess and overpayment is Overpayment.REFUSE:
        raise AmountTooLarge(
            f"{invoice.label} has {invoice.amount_due} left to pay, less than {amount}. Pay at most that, or keep the "
            f"excess as the client's credit with overpayment=Overpayment.TO_CREDIT.",
            field="amount",
            most=invoice.amount_due,
        )
    applied = minor - excess
    paid, history = advance(
        invoice, action, stamp, account.credit_minor, partly=applied < rest, paid_minor=invoice.paid_minor + applied
    )
    payment = Payment(
        id=payment_id,
        client_id=account.client_id,
        currency=account.currency,
        minor=minor,
        received_on=received_on or stamp.today,
        recorded_at=stamp.at,
        by=stamp.by,
        method=method,
        reference=reference,
        origin=PaymentOrigin.STATUS_MENU if action is Action.SET_PAID else PaymentOrigin.RECORDED,
        applied=(Application(invoice.id, applied),),
    )
    after, entries = account.with_credit(excess), []
    deposited = paid.deposited_of(paid.paid_minor) - invoice.deposited_of(invoice.paid_minor) + excess
    if deposited:
        after, entry = after.with_entry(
            EntryKind.PAYMENT,
            deposited,
            stamp,
            cause=payment_id,
            work_day=payment.received_on,
            invoice_id=invoice.id,
            note=reference,
        )
        entries.append(entry)
    after, paid, written_off = follow_rest(after, paid, stamp)
    after, receivables = after.with_receivable(invoice, paid, stamp, [MoneyMoved(payment, applied, excess)])
    recorded = PaymentRecorded(account.client_id, payment_id, invoice.id, payment.amount)
    return Decision(
        account=after,
        entries=(*entries, *written_off),
        invoices=(paid,),
        payments=(payment,),
        history=history,
        receivables=receivables,
        events=(recorded, *paid_in_full(paid)),
    )


def paid_in_full(invoice: Invoice) -> tuple[Event, ...]:
    """The event if the invoice has become paid."""
    if invoice.status is not Status.PAID or invoice.number is None:
        return ()
    return (InvoicePaid(invoice.client_id, invoice.id, invoice.number, invoice.total),)


def reverse(
    account: Account,
    payment: Payment,
    invoices: Mapping[InvoiceId, Invoice],
    amount: Money | None,
    note: str,
    stamp: CommandStamp,
) -> Decision:
    """Take back a payment or a part of it; None is all that can be taken back.

    The unapplied part goes first, then what is applied to invoices, the latest application first. A paid invoice
    becomes due again; its number, lines and locks stay. `invoices` are those that the payment is applied to.
    """
    free, most = payment.unapplied_minor, payment.minor - payment.reversed_minor
    if not most:
        raise InvalidState("Nothing of this payment can be taken back: it was reversed already.", "reversed_already")
    in_currency(account.currency, amount)
    minor = most if amount is None else amount.minor
    if minor > most:
        whole = Money(minor=most, currency=account.currency)
        message = f"Only {whole} of this payment can be taken back, not {amount}."
        raise AmountTooLarge(message, field="amount", most=whole)
    from_credit = min(minor, free)
    left, leaving, after = minor - from_credit, from_credit, account.with_credit(-from_credit)
    touched: list[tuple[Invoice, Invoice, int]] = []
    history: list[StatusChange] = []
    for part in reversed(payment.applied):
        taken = min(left, part.minor)
        if not taken:
            break
        before = invoices[part.invoice_id]
        paid_minor = before.paid_minor - taken
        invoice, steps = advance(before, Action.REVERSE_PAYMENT, stamp, account.credit_minor, paid_minor=paid_minor)
        payment = payment.with_application(part.invoice_id, -taken)
        touched.append((before, invoice, taken))
        history += steps
        left -= taken
        leaving += before.deposited_of(before.paid_minor) - before.deposited_of(paid_minor)
    entries: list[LedgerEntry] = []
    if leaving:
        after, entry = after.with_entry(EntryKind.PAYMENT_REVERSED, -leaving, stamp, cause=payment.id, note=note)
        entries.append(entry)
    invoices_after: list[Invoice] = []
    after, of_credit = after.with_receivable(None, None, stamp, [MoneyMoved(payment, 0, -from_credit)])
    receivables: list[ReceivableChange] = [*of_credit]
    for before, invoice, taken in touched:
        after, now, written_off = follow_rest(after, invoice, stamp)
        after, changes = after.with_receivable(before, now, stamp, [MoneyMoved(payment, -taken)])
        receivables += changes
        entries += written_off
        invoices_after.append(now)
    due_again = [it for it in invoices_after if it.status is not invoices[it.id].status]
    return Decision(
        account=after,
        entries=tuple(entries),
        invoices=tuple(invoices_after),
        payments=(payment.with_reversal(minor, stamp.today),),
        history=tuple(history),
        receivables=tuple(receivables),
        events=(
            PaymentReversed(account.client_id, payment.id, Money(minor=minor, currency=account.currency)),
            *(InvoiceDue(it.client_id, it.id, it.label, it.amount_due) for it in due_again),
        ),
    )
