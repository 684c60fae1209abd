"""Drafts, the change from draft to invoice and back, and the statuses due, overdue and uncollectible, which a Manager
sets."""

from collections.abc import Container, Iterable

from attrs import evolve, frozen

from invoicecore.errors import InvalidState, MoneyRuleViolation
from invoicecore.lifecycle.drafts import Difference, difference, revision, with_content, within_bounds
from invoicecore.lifecycle.invoice import Invoice, advance, begin
from invoicecore.model.events import InvoiceDue, InvoiceGenerated, InvoiceOverdue, InvoiceReverted, InvoiceUncollectible
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import ChargeLocks, Decision, unchecked_decision
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.settlement.write_off import follow_rest
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, Debt, Status, TaxCategory

_EVENTS: dict[Status, type[InvoiceDue] | type[InvoiceOverdue] | type[InvoiceUncollectible]] = {
    Status.DUE: InvoiceDue,
    Status.OVERDUE: InvoiceOverdue,
    Status.UNCOLLECTIBLE: InvoiceUncollectible,
}


@frozen
class Draft:
    """A draft as a desk shows it: the invoice as it would be generated now, what changed since it was saved, and the
    client's money.

    `invoice.covered` is what is prepaid or was asked for already, and `invoice.amount_due` what the invoice asks for.
    `outstanding` is what is left to pay, without tax, on numbered invoices whose payments go to the balance, a draft
    that keeps its number among them. `credit` is money of the client that could pay.
    """

    invoice: Invoice
    difference: Difference
    balance: Money
    outstanding: Money
    credit: Money

    def __repr__(self) -> str:
        return f"<Draft: {self.invoice.amount_due} due of {self.invoice.total}; {self.difference}>"

    @property
    def id(self) -> InvoiceId:
        """The id of the invoice."""
        return self.invoice.id

    @property
    def revision(self) -> str:
        """The digest of what is shown, for `invoices.generate(id, if_revision=…)`."""
        return self.invoice.revision


def draft_view(invoice: Invoice, before: Invoice, account: Account) -> Draft:
    """The draft with what changed since `before`, and the client's account afterwards."""
    currency = account.currency
    return Draft(
        invoice,
        difference(before, invoice),
        Money(minor=account.position.balance_minor, currency=currency),
        Money(minor=account.outstanding_minor, currency=currency),
        Money(minor=account.credit_minor, currency=currency),
    )


def draft(account: Account, new: Invoice, stamp: CommandStamp) -> Decision:
    """A new draft with a snapshot of the work. It locks nothing and asks for no payment."""
    begun, change = begin(new, Action.DRAFT_INVOICE, stamp)
    return unchecked_decision(account=account, invoices=(begun,), history=(change,))


def update_draft(account: Account, before: Invoice, now: Invoice, stamp: CommandStamp, action: Action) -> Decision:
    """A draft with another choice and snapshot, as opened or saved. A draft that has a number still asks for what it
    asked before, as far as its work still costs that."""
    after, _ = advance(_still_asking(before, now), action, stamp, account.credit_minor)
    return unchecked_decision(account=account.with_invoice(before, after), invoices=(after,))


def _still_asking(before: Invoice, now: Invoice) -> Invoice:
    """A draft as it is stored. Of a reverted one the cover is free, and what it did not ask for it does not ask."""
    if before.number is None:
        return now
    covered = min(before.covered_net_minor, now.net_minor)
    tax = min(before.covered_tax_minor, now.tax_minor)
    return evolve(
        now,
        covered_minor=covered + tax,
        covered_tax_minor=tax,
        covered_by=(),
        revision=revision(now.lines, covered + tax, tax),
    )


def let_go(account: Account, drafts: Iterable[Invoice], taken: Container[str]) -> Decision:
    """Reverted drafts without the sessions and charges that another invoice bills: they no longer ask for them."""
    changed = []
    for before in drafts:
        left = within_bounds([line for line in before.lines if line.billed_id not in taken])
        if left != before.lines:
            after = _still_asking(before, with_content(before, left))
            account = account.with_invoice(before, after)
            changed.append(after)
    return unchecked_decision(account=account, invoices=tuple(changed))


def check_taxes(invoice: Invoice) -> None:
    """MoneyRuleViolation for a draft that takes off more than it can, because what it takes off was taxed at a higher
    rate. InvalidState if other lines are beside lines that are outside the scope of tax."""
    due = invoice.amount_due_minor
    if due < 0 or (due == 0 and invoice.net_minor > invoice.covered_net_minor):
        message = (
            f"What was asked for in advance was taxed higher than this work, so that {invoice.amount_due} would be "
            f"left to pay. Void the advance, or take nothing off with cover=Cover.NOTHING."
        )
        raise MoneyRuleViolation(message, "advance_taxed_higher")
    taxes = {id(line.tax): line.tax for line in invoice.lines}  # many lines share one
    billed = {None if tax is None else tax.category for tax in taxes.values()}
    categories = billed | {part.tax.category for part in invoice.covered_by if part.tax is not None}
    if TaxCategory.OUTSIDE in categories and len(categories) > 1:
        way_out = (
            "choose projects= or exclude= for each."
            if TaxCategory.OUTSIDE in billed and len(billed) > 1
            else "void what was asked for in advance, or take nothing off with cover=Cover.NOTHING."
        )
        message = f"What is outside the scope of tax stands on an invoice of its own; {way_out}"
        raise InvalidState(message, "outside_beside_other_taxes")


def generate(account: Account, before: Invoice, seen: Invoice, stamp: CommandStamp) -> Decision:
    """Finish a draft with the lines and the cover that were seen: give it number and dates, and lock what it bills. An
    invoice that is covered as a whole asks for nothing, so it is paid at once."""
    finished, history = advance(seen, Action.GENERATE, stamp, account.credit_minor)
    if finished.is_covered:
        finished, paid = advance(finished, Action.SET_PAID, stamp, account.credit_minor)
        history = (*history, *paid)
    account, receivables = account.with_receivable(before, finished, stamp)
    return unchecked_decision(
        account=account,
        invoices=(finished,),
        history=history,
        receivables=receivables,
        lock=ChargeLocks(finished.id, finished.billed_ids),
        events=(generated_event(finished),),
    )


def issue_directly(account: Account, finished: Invoice, action: Action, stamp: CommandStamp) -> Decision:
    """An invoice that was never a draft: a refill, or an amount named by a Manager."""
    new, change = begin(finished, action, stamp)
    account, receivables = account.with_receivable(None, new, stamp)
    return unchecked_decision(
        account=account,
        invoices=(new,),
        history=(change,),
        receivables=receivables,
        events=(generated_event(new),),
    )


def generated_event(invoice: Invoice) -> InvoiceGenerated:
    """The event for an invoice that was just generated."""
    assert invoice.number is not None  # both are given a line above, in both callers
    assert invoice.due_on is not None
    return InvoiceGenerated(invoice.client_id, invoice.id, invoice.number, invoice.total, invoice.due_on)


def revert(account: Account, invoice: Invoice, stamp: CommandStamp) -> Decision:
    """Take a generated invoice back to draft. It keeps its number; its sessions and charges are unlocked, and its cover
    is free again."""
    reverted, history = advance(
        invoice, Action.REVERT, stamp, account.credit_minor, issued_on=None, due_on=None, parties=None, covered_by=()
    )
    after, receivables = account.with_receivable(invoice, reverted, stamp)
    return unchecked_decision(
        account=after,
        invoices=(reverted,),
        history=history,
        receivables=receivables,
        unlock=ChargeLocks(invoice.id, invoice.billed_ids),
        events=(InvoiceReverted(account.client_id, invoice.id, invoice.label),),
    )


def set_status(
    account: Account, invoice: Invoice, action: Action, stamp: CommandStamp, debt: Debt = Debt.KEEP
) -> Decision | None:
    """The invoice as due, overdue or uncollectible; None if it has that status already, so nothing changes.

    Nobody expects the rest of an uncollectible invoice, so it no longer counts as outstanding; a later payment is
    accepted. With Debt.FORGIVE a write-off raises the balance by the net rest, if the invoice deposits; otherwise no
    balance moves. To set an invoice paid, record a payment: see `settlement.pay`.
    """
    changed, history = advance(invoice, action, stamp, account.credit_minor)
    after, changed, entries = follow_rest(account, changed, stamp, forgive=debt is Debt.FORGIVE)
    if not (history or entries):
        return None
    receivables: tuple[ReceivableChange, ...] = ()
    if Status.UNCOLLECTIBLE in {invoice.status, changed.status}:  # between the others, what is expected stays
        after, receivables = after.with_receivable(invoice, changed, stamp)
    event = _EVENTS[changed.status](invoice.client_id, invoice.id, invoice.label, invoice.amount_due)
    return unchecked_decision(
        account=after,
        entries=entries,
        invoices=(changed,),
        history=history,
        receivables=receivables,
        events=(event,) if history else (),
    )
