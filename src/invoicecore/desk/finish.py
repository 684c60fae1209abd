"""The end of every command on a client.

It stores the decision, requests a refill if one is due, reports that work stopped, and writes the account, so no other
command on the client can commit on the same version.
"""

from datetime import timedelta

from invoicecore.desk import issuing
from invoicecore.desk.context import CommandContext
from invoicecore.errors import WrongClock
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.events import CoverLost, RefillDue, RefillRequested, WorkStopped
from invoicecore.ports.store import INVOICES_OF_CLIENT
from invoicecore.settlement.account import Account, check_countable
from invoicecore.settlement.cover import uncovered
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.refill import blocks_to_ask, refill_line
from invoicecore.values.money import Money
from invoicecore.vocabulary import Action, Deposit, InvoiceKind

_DAY = timedelta(days=1)


def settle(context: CommandContext, before: Account, decision: Decision, *, asks: bool = True) -> Account:
    """Store a decision and close the command; the account as it is then."""
    if decision.sessions and decision.account is before:  # a timer that a wrong clock stops would have no length
        _check_clock(context, before)
    context.store(decision)
    return close(context, before, decision.account, asks=asks)


def close(
    context: CommandContext, before: Account, after: Account, *, terms_set: bool = False, asks: bool = True
) -> Account:
    """Close a command that led from one account to the other; the account as it is then.

    A void, a write-off and what is done to drafts pass `asks=False`: they never ask for a refill, but tell that one has
    become due. WrongClock if anything is booked, and the clock is more than a day behind what is booked already.
    """
    blocks = blocks_to_ask(before, after, terms_set=terms_set) if asks else 0
    if blocks:
        after, _ = request_refill(context, after, blocks, Action.GENERATE)
    elif not asks and after.blocks_due and not before.blocks_due:
        context.emit(RefillDue(after.client_id))
    if after is not before:  # a change of status seldom moves anything
        _check_clock(context, before)
        if after.is_stopped and not before.is_stopped:
            tell_stopped(context, after)
        if (shortfall := after.shortfall_minor) and shortfall > before.shortfall_minor:
            tell_cover_lost(context, after)
        check_countable(after)
    context.put(after)
    return after


def _check_clock(context: CommandContext, account: Account) -> None:
    """WrongClock if the clock is more than a day behind the latest that is booked on a client."""
    at, booked_at, booked_on = context.stamp.at, account.position.booked_at, account.receivables.booked_on
    if booked_at <= at and booked_on <= at.date():  # the firm's day is at most one before that of UTC
        return
    today = context.firm.booking_day(at)
    if booked_at - at > _DAY or booked_on - today > _DAY:
        latest = max(context.firm.booking_day(booked_at), booked_on)
        raise WrongClock(
            f"The clock of this command says {today}, but something is booked for this client on {latest}; nothing was "
            f"written. If this clock is wrong, set it right. If it is right, a wrong clock booked that: a manager "
            f"corrects it with accounts.correct_booking_days."
        )


def request_refill(context: CommandContext, account: Account, blocks: int, action: Action) -> tuple[Account, Invoice]:
    """Make and store the refill invoice for so many blocks; the account then, and the invoice."""
    refill = account.terms.refill
    assert refill is not None  # blocks are due only where there is one
    line = refill_line(refill, blocks)
    decision = issuing.issue(context, account, InvoiceKind.REFILL, Deposit.TO_BALANCE, (line,), action, None)
    [invoice] = decision.invoices
    context.emit(RefillRequested(account.client_id, invoice.id, invoice.total))
    return decision.account, invoice


def tell_stopped(context: CommandContext, account: Account) -> None:
    """Tell that work for the client is stopped."""
    allowed = account.terms.allowed_balance
    assert allowed is not None  # without one, nothing stops
    balance = Money(minor=account.position.balance_minor, currency=account.currency)
    context.emit(WorkStopped(account.client_id, balance, allowed))


def tell_cover_lost(context: CommandContext, account: Account) -> None:
    """Tell that cover was taken away on which invoices count."""
    minor = account.shortfall_minor
    counting = uncovered(context.uow.find(INVOICES_OF_CLIENT, account.client_id), minor)
    invoice_ids = tuple(invoice.id for invoice in counting)
    context.emit(CoverLost(account.client_id, Money(minor=minor, currency=account.currency), invoice_ids))
