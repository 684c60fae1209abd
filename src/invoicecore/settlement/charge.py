"""The cost of work, the check whether work is stopped, and adjustments by hand."""

from datetime import date

from attrs import evolve

from invoicecore.errors import BalanceLimitReached
from invoicecore.ledger.entries import BookedWork, LedgerEntry, unchecked_booked_work
from invoicecore.model.work_session import WorkSession
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, unchecked_decision
from invoicecore.values.money import Money
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import EntryKind


def admit(account: Account, *, over_limit: bool) -> bool:
    """Whether the work is past the stop, which it is allowed to be only if that is stated. BalanceLimitReached
    otherwise.

    Work is refused when the balance is at or below the allowed balance *before* it, also work that costs nothing. The
    session that crosses is accepted, for the work was done.
    """
    if not account.is_stopped:
        return False
    if not over_limit:
        balance = Money(minor=account.position.balance_minor, currency=account.currency)
        raise BalanceLimitReached(
            f"Work for this client is stopped: the balance of {balance} has reached the allowed balance of "
            f"{account.terms.allowed_balance}. A payment or an adjustment lifts the stop; a manager may record work "
            f"already done with over_limit=True and a reason.",
            balance=balance,
            allowed_balance=account.terms.allowed_balance,
        )
    return True


def is_more_work(before: WorkSession | None, after: WorkSession) -> bool:
    """Whether the stop is asked for a session that is new (None before), or changed: one that becomes dearer is."""
    return before is None or after.minor > before.minor


def charge(account: Account, session: WorkSession, day: date, stamp: CommandStamp) -> Decision:
    """Record a session, which belongs to that day: its cost is drawn from the balance, once."""
    if not session.minor:
        return unchecked_decision(account=account, sessions=(session,))
    after, entry = account.with_entry(EntryKind.WORK, -session.minor, stamp, session.id, day, _booked(session))
    return unchecked_decision(account=after, entries=(entry,), sessions=(session,))


def recharge(account: Account, before: WorkSession, after: WorkSession, stamp: CommandStamp) -> Decision:
    """Change a session. Where the cost changes, the former one is given back and the new one drawn; where it does
    not, no entry is made."""
    if after.minor == before.minor:
        return Decision(account=account, sessions=(after,))
    entries: tuple[LedgerEntry, ...] = ()
    if before.minor:
        day = before.day(stamp.zone)
        account, entry = account.with_entry(
            EntryKind.WORK_REVERSED, before.minor, stamp, before.id, day, _booked(before)
        )
        entries = (entry,)
    drawn = charge(account, after, after.day(stamp.zone), stamp)
    return evolve(drawn, entries=(*entries, *drawn.entries))


def remove(account: Account, session: WorkSession, stamp: CommandStamp) -> Decision:
    """Take a session away: its cost is given back, and it stays on record as removed."""
    return recharge(account, session, evolve(session, minor=0, removed=True), stamp)


def _booked(session: WorkSession) -> BookedWork:
    return unchecked_booked_work(session.project_id, session.person_id, session.duration, session.rate, session.note)


def adjust(account: Account, amount: Money, reason: str, adjustment_id: str, stamp: CommandStamp) -> Decision:
    """Move the balance by the sign of the amount: +$500 credits the client, −$200 takes away."""
    after, entry = account.with_entry(EntryKind.ADJUSTMENT, amount.minor, stamp, cause=adjustment_id, note=reason)
    return Decision(account=after, entries=(entry,))
