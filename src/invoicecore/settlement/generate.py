"""How does a draft become an invoice, and an invoice a draft again?"""

from attrs import evolve

from invoicecore.lifecycle.drafts import revision, total_minor
from invoicecore.lifecycle.invoice import Invoice, Letterhead, Line, advance, begin
from invoicecore.model.events import InvoiceGenerated, InvoiceReverted
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, Hold
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.stamp import Stamp
from invoicecore.vocabulary import Act


def draft(account: Account, blank: Invoice, lines: tuple[Line, ...], stamp: Stamp) -> Decision:
    """A new draft with a snapshot of the work. It locks nothing and asks for nothing."""
    new, change = begin(holding(blank, lines), Act.DRAFT_INVOICE, stamp)
    return Decision(account=account, invoices=(new,), history=(change,))


def holding(invoice: Invoice, lines: tuple[Line, ...]) -> Invoice:
    """An invoice with those lines, footed and digested."""
    return evolve(invoice, lines=lines, total_minor=total_minor(lines), revision=revision(lines))


def resave(
    account: Account, before: Invoice, chosen: Invoice, lines: tuple[Line, ...], stamp: Stamp, act: Act
) -> Decision:
    """A draft with another choice and snapshot, as opened or saved. One that keeps its number goes on asking for its
    total, so what it asks for changes with it."""
    saved = chosen if lines == before.lines else holding(chosen, lines)
    after, _ = advance(saved, act, stamp, account.credit_minor)
    return Decision(account=account.asking(before, after), invoices=(after,))


def generate(
    account: Account,
    invoice: Invoice,
    lines: tuple[Line, ...],
    number: str,
    payment_terms: PaymentTerms,
    letterhead: Letterhead,
    stamp: Stamp,
) -> Decision:
    """Finish a draft with exactly those lines: numbered, dated, and its sessions locked."""
    finished, history = advance(
        invoice if lines == invoice.lines else holding(invoice, lines),
        Act.GENERATE,
        stamp,
        account.credit_minor,
        number=number,
        issued_on=stamp.today,
        due_on=payment_terms.due(stamp.today),
        letterhead=letterhead,
    )
    return Decision(
        account=account.asking(invoice, finished),
        invoices=(finished,),
        history=history,
        lock=Hold(finished.id, finished.session_ids),
        events=(told_of(finished),),
    )


def born_generated(
    account: Account,
    blank: Invoice,
    lines: tuple[Line, ...],
    number: str,
    payment_terms: PaymentTerms,
    letterhead: Letterhead,
    act: Act,
    stamp: Stamp,
) -> Decision:
    """An invoice that was never a draft: a refill, or an amount that a Manager named."""
    finished = evolve(
        holding(blank, lines),
        number=number,
        issued_on=stamp.today,
        due_on=payment_terms.due(stamp.today),
        letterhead=letterhead,
    )
    new, change = begin(finished, act, stamp)
    return Decision(account=account.asking(None, new), invoices=(new,), history=(change,), events=(told_of(new),))


def told_of(invoice: Invoice) -> InvoiceGenerated:
    """What to tell about an invoice that was just generated."""
    assert invoice.number is not None  # both are given a line above, in both callers
    assert invoice.due_on is not None
    return InvoiceGenerated(invoice.client_id, invoice.id, invoice.number, invoice.total, invoice.due_on)


def revert(account: Account, invoice: Invoice, stamp: Stamp) -> Decision:
    """Take a generated invoice back to draft. It keeps its number, and its sessions are free again."""
    reverted, history = advance(
        invoice, Act.REVERT, stamp, account.credit_minor, issued_on=None, due_on=None, letterhead=None
    )
    return Decision(
        account=account.asking(invoice, reverted),
        invoices=(reverted,),
        history=history,
        unlock=Hold(invoice.id, invoice.session_ids),
        events=(InvoiceReverted(account.client_id, invoice.id, invoice.label),),
    )
