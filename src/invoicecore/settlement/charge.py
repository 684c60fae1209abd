"""The cost of work and of charges, the check whether work is stopped, and adjustments by hand."""

from collections.abc import Iterable
from datetime import date

from attrs import evolve

from invoicecore.errors import BalanceLimitReached
from invoicecore.ledger.entries import BookedWork, LedgerEntry, unchecked_booked_work
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import WorkSession
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision, unchecked_decision
from invoicecore.values.ids import ChargeId, IdSource
from invoicecore.values.money import Money
from invoicecore.values.stamp import CommandStamp
from invoicecore.vocabulary import ENTRIES_OF_CHARGES, EntryKind


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
    """Whether the stop is asked for a session: one that is new is (None before), and one that becomes dearer or longer,
    also if it costs nothing."""
    return before is None or after.minor > before.minor or after.duration > before.duration


def charge(account: Account, session: WorkSession, day: date, stamp: CommandStamp, *, counted: bool = True) -> Decision:
    """Record a session, which belongs to that day: its cost is drawn from the balance, once, and `counted` towards the
    cap of its project, if it ever had one."""
    if not session.minor:
        return unchecked_decision(account=account, sessions=(session,))
    after, entry = account.with_entry(EntryKind.WORK, -session.minor, stamp, session.id, day, _booked(session))
    costs = ((session.project_id, session.minor),) if counted else ()
    return unchecked_decision(account=after, entries=(entry,), sessions=(session,), costs=costs)


def recharge(account: Account, before: WorkSession, after: WorkSession, stamp: CommandStamp) -> Decision:
    """Change a session. Where the cost changes, the former one is given back and the new one drawn; where it does
    not, no entry is made."""
    former = (before.project_id, -before.minor)
    if after.minor == before.minor:
        is_moved = after.project_id != before.project_id
        costs = (former, (after.project_id, after.minor)) if is_moved else ()
        return Decision(account=account, sessions=(after,), costs=costs)
    entries: tuple[LedgerEntry, ...] = ()
    if before.minor:
        day = before.day(stamp.zone)
        account, entry = account.with_entry(
            EntryKind.WORK_REVERSED, before.minor, stamp, before.id, day, _booked(before)
        )
        entries = (entry,)
    drawn = charge(account, after, after.day(stamp.zone), stamp)
    return evolve(drawn, entries=(*entries, *drawn.entries), costs=(former, *drawn.costs))


def remove(account: Account, session: WorkSession, stamp: CommandStamp) -> Decision:
    """Take a session away: its cost is given back, and it stays on record as removed."""
    return recharge(account, session, evolve(session, minor=0, removed=True), stamp)


def _booked(session: WorkSession) -> BookedWork:
    return unchecked_booked_work(session.project_id, session.person_id, session.duration, session.rate, session.note)


def post_charge(account: Account, before: Charge | None, after: Charge, stamp: CommandStamp) -> Decision:
    """Record an expense, a fee or a discount, or change it: what it asks for is drawn from the balance, once. Where the
    amount changes, the former one is given back and the new one drawn; where it does not, no entry is made."""
    entries: list[LedgerEntry] = []
    was = 0 if before is None else before.minor
    if was != after.minor:
        for charge, minor, taken_back in ((before, was, True), (after, -after.minor, False)):
            if charge is not None and minor:
                account, entry = _with_charge(account, charge, minor, stamp, taken_back=taken_back)
                entries.append(entry)
    return unchecked_decision(account=account, entries=tuple(entries), charges=(after,))


def remove_charge(account: Account, charge: Charge, stamp: CommandStamp) -> Decision:
    """Take a charge away: what it asked for is given back, and it stays on record as removed."""
    return post_charge(account, charge, evolve(charge, minor=0, removed=True), stamp)


def split_discounts(
    account: Account, invoice: Invoice, charges: Iterable[Charge], ids: IdSource, stamp: CommandStamp
) -> Decision:
    """The discounts of which an invoice takes a part: each is as large as its line from then on, and what is more is a
    discount of its own, which waits. The balance stays as it is."""
    lines = {line.charge_id: line.minor for line in invoice.lines}
    entries: list[LedgerEntry] = []
    split: list[Charge] = []
    for charge in charges:
        rest = charge.minor - lines[charge.id]
        if rest:
            waits = evolve(charge, id=ChargeId(ids()), minor=rest)
            account, taken = _with_charge(account, charge, rest, stamp, taken_back=True)
            account, given = _with_charge(account, waits, -rest, stamp, taken_back=False)
            entries += [taken, given]
            split += [evolve(charge, minor=charge.minor - rest), waits]
    return unchecked_decision(account=account, entries=tuple(entries), charges=tuple(split))


def _with_charge(
    account: Account, charge: Charge, minor: int, stamp: CommandStamp, *, taken_back: bool
) -> tuple[Account, LedgerEntry]:
    kind = ENTRIES_OF_CHARGES[charge.kind][taken_back]
    return account.with_entry(kind, minor, stamp, cause=charge.id, work_day=charge.day, note=charge.note)


def adjust(account: Account, amount: Money, reason: str, adjustment_id: str, stamp: CommandStamp) -> Decision:
    """Move the balance by the sign of the amount: +$500 credits the client, −$200 takes away."""
    after, entry = account.with_entry(EntryKind.ADJUSTMENT, amount.minor, stamp, cause=adjustment_id, note=reason)
    return Decision(account=after, entries=(entry,))
