"""What does work draw from the balance, and is more work accepted?"""

from datetime import date

from attrs import evolve

from invoicecore.errors import WorkIsStopped
from invoicecore.ledger.entries import Entry
from invoicecore.model.work_session import Session
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, make_decision
from invoicecore.values.money import Money
from invoicecore.values.stamp import Stamp
from invoicecore.vocabulary import EntryKind


def admit(account: Account, *, costs: bool, past_stop: bool) -> bool:
    """Whether the work is past the stop, which it is allowed to be only if that is stated. WorkIsStopped otherwise.

    Work is refused when the balance is at or below the allowed balance *before* it: the session that crosses is
    accepted, for the work was done. What costs nothing is always accepted.
    """
    if not (costs and account.is_stopped):
        return False
    if not past_stop:
        balance = Money(account.position.balance_minor, account.currency)
        raise WorkIsStopped(
            f"Work for this client is stopped: the balance of {balance} has reached the allowed balance of "
            f"{account.terms.allowed_balance}. A payment or an adjustment lifts the stop; a Manager may record work "
            f"already done with past_stop=True and a reason."
        )
    return True


def charge(account: Account, session: Session, day: date, stamp: Stamp) -> Decision:
    """Record a session, which belongs to that day: its cost is drawn from the balance, once."""
    if not session.minor:
        return make_decision(account=account, sessions=(session,))
    after, entry = account.posting(EntryKind.WORK, -session.minor, stamp, cause=session.id, work_day=day)
    return make_decision(account=after, entries=(entry,), sessions=(session,))


def recharge(account: Account, before: Session, after: Session, stamp: Stamp) -> Decision:
    """Change a session. Where the cost changes, the former one is given back and the new one drawn; where it does
    not, no entry is made."""
    if after.minor == before.minor:
        return Decision(account=account, sessions=(after,))
    entries: tuple[Entry, ...] = ()
    if before.minor:
        day = before.day(stamp.zone)
        account, entry = account.posting(EntryKind.WORK_REVERSED, before.minor, stamp, cause=before.id, work_day=day)
        entries = (entry,)
    drawn = charge(account, after, after.day(stamp.zone), stamp)
    return evolve(drawn, entries=(*entries, *drawn.entries))


def remove(account: Account, session: Session, stamp: Stamp) -> Decision:
    """Take a session away: its cost is given back, and it stays on record as removed."""
    return recharge(account, session, evolve(session, minor=0, removed=True), stamp)
