"""The change from draft to invoice, and back to draft."""

from attrs import evolve

from invoicecore.lifecycle.drafts import revision, total_minor
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot, advance, begin
from invoicecore.model.events import InvoiceGenerated, InvoiceReverted
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, SessionLocks
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action


def draft(account: Account, blank: Invoice, lines: tuple[Line, ...], stamp: CommandStamp) -> Decision:
    """A new draft with a snapshot of the work. It locks nothing and asks for nothing."""
    new, change = begin(with_lines(blank, lines), Action.DRAFT_INVOICE, stamp)
    return Decision(account=account, invoices=(new,), history=(change,))


def with_lines(invoice: Invoice, lines: tuple[Line, ...]) -> Invoice:
    """An invoice with those lines, footed and digested."""
    return evolve(invoice, lines=lines, total_minor=total_minor(lines), revision=revision(lines))


def update_draft(
    account: Account, before: Invoice, chosen: Invoice, lines: tuple[Line, ...], stamp: CommandStamp, action: Action
) -> Decision:
    """A draft with another choice and snapshot, as opened or saved. One that keeps its number goes on asking for its
    total, so what it asks for changes with it."""
    saved = chosen if lines == before.lines else with_lines(chosen, lines)
    after, _ = advance(saved, action, stamp, account.credit_minor)
    return Decision(account=account.with_outstanding(before, after), invoices=(after,))


def generate(
    account: Account,
    invoice: Invoice,
    lines: tuple[Line, ...],
    number: str,
    payment_terms: PaymentTerms,
    parties: PartySnapshot,
    stamp: CommandStamp,
) -> Decision:
    """Finish a draft with exactly those lines: numbered, dated, and its sessions locked."""
    finished, history = advance(
        invoice if lines == invoice.lines else with_lines(invoice, lines),
        Action.GENERATE,
        stamp,
        account.credit_minor,
        number=number,
        issued_on=stamp.today,
        due_on=payment_terms.due(stamp.today),
        parties=parties,
    )
    return Decision(
        account=account.with_outstanding(invoice, finished),
        invoices=(finished,),
        history=history,
        lock=SessionLocks(finished.id, finished.session_ids),
        events=(generated_event(finished),),
    )


def issue_directly(
    account: Account,
    blank: Invoice,
    lines: tuple[Line, ...],
    number: str,
    payment_terms: PaymentTerms,
    parties: PartySnapshot,
    action: Action,
    stamp: CommandStamp,
) -> Decision:
    """An invoice that was never a draft: a refill, or an amount that a Manager named."""
    finished = evolve(
        with_lines(blank, lines),
        number=number,
        issued_on=stamp.today,
        due_on=payment_terms.due(stamp.today),
        parties=parties,
    )
    new, change = begin(finished, action, stamp)
    return Decision(
        account=account.with_outstanding(None, new), invoices=(new,), history=(change,), events=(generated_event(new),)
    )


def generated_event(invoice: Invoice) -> InvoiceGenerated:
    """What to tell about an invoice that was just generated."""
    assert invoice.number is not None  # both are given a line above, in both callers
    assert invoice.due_on is not None
    return InvoiceGenerated(invoice.client_id, invoice.id, invoice.number, invoice.total, invoice.due_on)


def revert(account: Account, invoice: Invoice, stamp: CommandStamp) -> Decision:
    """Take a generated invoice back to draft. It keeps its number, and its sessions are free again."""
    reverted, history = advance(
        invoice, Action.REVERT, stamp, account.credit_minor, issued_on=None, due_on=None, parties=None
    )
    return Decision(
        account=account.with_outstanding(invoice, reverted),
        invoices=(reverted,),
        history=history,
        unlock=SessionLocks(invoice.id, invoice.session_ids),
        events=(InvoiceReverted(account.client_id, invoice.id, invoice.label),),
    )
