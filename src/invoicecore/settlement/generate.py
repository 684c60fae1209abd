"""The change from draft to invoice, and back to draft."""

from collections.abc import Container, Iterable

from attrs import evolve

from invoicecore.lifecycle.drafts import revision, with_content
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot, advance, begin
from invoicecore.model.events import InvoiceGenerated, InvoiceReverted
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, SessionLocks
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action


def draft(account: Account, new: Invoice, stamp: CommandStamp) -> Decision:
    """A new draft with a snapshot of the work. It locks nothing and asks for nothing."""
    begun, change = begin(new, Action.DRAFT_INVOICE, stamp)
    return Decision(account=account, invoices=(begun,), history=(change,))


def update_draft(account: Account, before: Invoice, now: Invoice, stamp: CommandStamp, action: Action) -> Decision:
    """A draft with another choice and snapshot, as opened or saved. One that keeps its number goes on asking for what
    it asked, as far as its work still costs that."""
    after, _ = advance(_still_asking(before, now), action, stamp, account.credit_minor)
    return Decision(account=account.with_invoice(before, after), invoices=(after,))


def _still_asking(before: Invoice, now: Invoice) -> Invoice:
    """A draft as it is stored. Of a reverted one the cover is free, and what it did not ask for it does not ask."""
    if before.number is None:
        return now
    covered = min(before.covered_minor, now.total_minor)
    return evolve(now, covered_minor=covered, covered_by=(), revision=revision(now.lines, covered))


def let_go(account: Account, drafts: Iterable[Invoice], taken: Container[str]) -> Decision:
    """Reverted drafts without the sessions that another invoice takes: they no longer ask for them."""
    changed = []
    for before in drafts:
        left = tuple(line for line in before.lines if line.session_id not in taken)
        if left != before.lines:
            after = _still_asking(before, with_content(before, left))
            account = account.with_invoice(before, after)
            changed.append(after)
    return Decision(account=account, invoices=tuple(changed))


def generate(
    account: Account,
    before: Invoice,
    seen: Invoice,
    number: str,
    payment_terms: PaymentTerms,
    parties: PartySnapshot,
    stamp: CommandStamp,
) -> Decision:
    """Finish a draft with the lines and the cover that were seen: numbered, dated, and its sessions locked. One that is
    covered as a whole asks for nothing, so it is paid at once."""
    finished, history = advance(
        seen,
        Action.GENERATE,
        stamp,
        account.credit_minor,
        number=number,
        issued_on=stamp.today,
        due_on=payment_terms.due(stamp.today),
        parties=parties,
    )
    if finished.is_covered:
        finished, paid = advance(finished, Action.SET_PAID, stamp, account.credit_minor)
        history = (*history, *paid)
    return Decision(
        account=account.with_invoice(before, finished),
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
        with_content(blank, lines),
        number=number,
        issued_on=stamp.today,
        due_on=payment_terms.due(stamp.today),
        parties=parties,
    )
    new, change = begin(finished, action, stamp)
    return Decision(
        account=account.with_invoice(None, new), invoices=(new,), history=(change,), events=(generated_event(new),)
    )


def generated_event(invoice: Invoice) -> InvoiceGenerated:
    """What to tell about an invoice that was just generated."""
    assert invoice.number is not None  # both are given a line above, in both callers
    assert invoice.due_on is not None
    return InvoiceGenerated(invoice.client_id, invoice.id, invoice.number, invoice.total, invoice.due_on)


def revert(account: Account, invoice: Invoice, stamp: CommandStamp) -> Decision:
    """Take a generated invoice back to draft. It keeps its number; its sessions and its cover are free again."""
    reverted, history = advance(
        invoice, Action.REVERT, stamp, account.credit_minor, issued_on=None, due_on=None, parties=None, covered_by=()
    )
    return Decision(
        account=account.with_invoice(invoice, reverted),
        invoices=(reverted,),
        history=history,
        unlock=SessionLocks(invoice.id, invoice.session_ids),
        events=(InvoiceReverted(account.client_id, invoice.id, invoice.label),),
    )
