"""Drafts, the change from draft to invoice and back, and the statuses that are set from the menu."""

from attrs import evolve, frozen

from invoicecore.lifecycle.drafts import Difference, difference, revision, total_minor
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot, advance, begin
from invoicecore.model.events import InvoiceDue, InvoiceGenerated, InvoiceOverdue, InvoiceReverted, InvoiceUncollectible
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, SessionLocks
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.ids import InvoiceId
from invoicecore.values.money import Money
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import Action, Status

_EVENTS: dict[Status, type[InvoiceDue] | type[InvoiceOverdue] | type[InvoiceUncollectible]] = {
    Status.DUE: InvoiceDue,
    Status.OVERDUE: InvoiceOverdue,
    Status.UNCOLLECTIBLE: InvoiceUncollectible,
}


@frozen
class Draft:
    """A draft on the desk: the invoice as it now is, what moved since it was saved, and how the client stands.

    `outstanding` is what the client was asked for already, `shortfall` what would bring their balance to zero beyond
    that. Where refills are used, they show whether the work of the draft is paid for already.
    """

    invoice: Invoice
    difference: Difference
    balance: Money
    outstanding: Money
    shortfall: Money

    @property
    def id(self) -> InvoiceId:
        """The id of the invoice."""
        return self.invoice.id

    @property
    def revision(self) -> str:
        """The digest of what is seen, for `invoices.generate(id, if_revision=…)`."""
        return self.invoice.revision


def draft_view(invoice: Invoice, before: tuple[Line, ...], account: Account) -> Draft:
    """The draft with what moved since `before`, and the client's account as it is afterwards."""
    currency = account.currency
    return Draft(
        invoice,
        difference(before, invoice.lines, currency),
        Money(account.position.balance_minor, currency),
        Money(account.outstanding_minor, currency),
        Money(max(0, -account.projected_balance_minor), currency),
    )


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
