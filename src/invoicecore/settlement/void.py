"""The voiding of an invoice, and the effect on its payments."""

from collections.abc import Iterable
from typing import assert_never

from attrs import evolve

from invoicecore.lifecycle.invoice import Invoice, ReleasedPayment, advance
from invoicecore.model.events import Event, InvoiceVoided, PaymentReversed
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import ChargeLocks, Decision
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import MoneyMoved
from invoicecore.settlement.write_off import follow_rest
from invoicecore.values.money import Money
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, EntryKind, OnVoid


def void(
    account: Account, invoice: Invoice, payments: Iterable[Payment], on_void: OnVoid, note: str, stamp: CommandStamp
) -> Decision:
    """Cancel an invoice: its sessions and charges are unlocked, and no money is lost.

    KEEP releases what was applied to it, which becomes credit. Credit is a part of the balance, so money that had not
    been deposited joins the balance now, and so does the tax in money that had. REVERSE says that the money went back
    to the client: exactly what was applied is reversed, and what had been deposited leaves the balance. The work stays
    in the ledger, because it was done. `payments` are those applied to this invoice; the invoice keeps a record of what
    they had paid.
    """
    payments = tuple(payments)
    parts = tuple(ReleasedPayment(it.id, it.applied_to(invoice.id), on_void) for it in payments)
    voided, history = advance(
        invoice, Action.VOID, stamp, account.credit_minor, note=note, paid_minor=0, released=parts
    )
    after, voided, written_off = follow_rest(account, voided, stamp)
    changed, entries = list[Payment](), [*written_off]
    released: list[MoneyMoved] = []
    events: list[Event] = [InvoiceVoided(account.client_id, invoice.id, invoice.label)]
    left = invoice.paid_minor
    for payment in payments:
        minor = payment.applied_to(invoice.id)
        freed = payment.with_application(invoice.id, -minor)
        released.append(MoneyMoved(payment, -minor, minor if on_void is OnVoid.KEEP else 0))
        deposited = invoice.deposited_of(left) - invoice.deposited_of(left - minor)
        left -= minor
        match on_void:
            case OnVoid.KEEP:
                after = after.with_credit(minor)
                movement = (EntryKind.CREDIT_RELEASED, minor - deposited)
            case OnVoid.REVERSE:
                freed = freed.with_reversal(minor, stamp.today)
                movement = (EntryKind.PAYMENT_REVERSED, -deposited)
                events.append(
                    PaymentReversed(account.client_id, payment.id, Money(minor=minor, currency=account.currency))
                )
            case _:
                assert_never(on_void)
        changed.append(freed)
        if movement[1]:
            after, entry = after.with_entry(*movement, stamp, cause=payment.id, invoice_id=invoice.id)
            entries.append(entry)
    after, receivables = after.with_receivable(invoice, voided, stamp, released)
    return Decision(
        account=after,
        entries=tuple(entries),
        invoices=(voided,),
        payments=tuple(changed),
        history=history,
        receivables=receivables,
        unlock=ChargeLocks(invoice.id, invoice.billed_ids),
        events=tuple(events),
    )


def discard(account: Account, before: Invoice, finished: Invoice, note: str, stamp: CommandStamp) -> Decision:
    """A draft with a number that is deleted: void at once. It locked no session, and asked nobody for money."""
    generated, first = advance(finished, Action.GENERATE, stamp, account.credit_minor)
    voided, last = advance(generated, Action.VOID, stamp, account.credit_minor, note=note)
    return Decision(
        account=account.with_invoice(before, voided),
        invoices=(voided,),
        history=tuple(evolve(step, action=Action.DELETE) for step in (*first, *last)),
        events=(InvoiceVoided(account.client_id, voided.id, voided.label),),
    )
