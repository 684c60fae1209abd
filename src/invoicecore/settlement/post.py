"""The entries for sessions and charges, the check whether work is stopped, and adjustments by hand."""

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
    """Whether the work is recorded although work is stopped; BalanceLimitReached unless `over_limit` allows that.

    Work is refused when the balance is at or below the allowed balance *before* it, even if the work costs nothing. The
    session that crosses the allowed balance is accepted, because the work was done.
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
    """Whether a session is refused while work is stopped: a new one (None before), and one that then costs more or is
    longer, even if it costs nothing."""
    return before is None or after.minor > before.minor or after.duration > before.duration


def post_session(
    account: Account, session: WorkSession, day: date, stamp: CommandStamp, *, counted: bool = True
) -> Decision:
    """Record a session of that day: its cost is taken from the balance, once, and `counted` towards the cap of its
    project, if the project ever had one."""
    if not session.minor:
        return unchecked_decision(account=account, sessions=(session,))
    after, entry = account.with_entry(EntryKind.WORK, -session.minor, stamp, session.id, day, _booked(session))
    costs = ((session.project_id, session.minor),) if counted else ()
    return unchecked_decision(account=after, entries=(entry,), sessions=(session,), costs=costs)


def change_session(account: Account, before: WorkSession, after: WorkSession, stamp: CommandStamp) -> Decision:
    """Change a session. If the cost changes, the balance gets the former one back and the new one is taken from it; if
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
    drawn = post_session(account, after, after.day(stamp.zone), stamp)
    return evolve(drawn, entries=(*entries, *drawn.entries), costs=(former, *drawn.costs))


def remove_session(account: Account, session: WorkSession, stamp: CommandStamp) -> Decision:
    """Delete a session: the balance gets its cost back, and the session stays on record as removed."""
    return change_session(account, session, evolve(session, minor=0, removed=True), stamp)


def _booked(session: WorkSession) -> BookedWork:
    return unchecked_booked_work(session.project_id, session.person_id, session.duration, session.rate, session.note)


def post_charge(account: Account, before: Charge | None, after: Charge, stamp: CommandStamp) -> Decision:
    """Record or change an expense, a fee or a discount: its amount moves the balance, once. If the amount changes, the
    former one is taken back and the new one booked; if not, no entry is made."""
    entries: list[LedgerEntry] = []
    was = 0 if before is None else before.minor
    if was != after.minor:
        for charge, minor, taken_back in ((before, was, True), (after, -after.minor, False)):
            if charge is not None and minor:
                account, entry = _with_charge(account, charge, minor, stamp, taken_back=taken_back)
                entries.append(entry)
    return unchecked_decision(account=account, entries=tuple(entries), charges=(after,))


def remove_charge(account: Account, charge: Charge, stamp: CommandStamp) -> Decision:
    """Delete a charge: its amount is taken back, and the charge stays on record as removed."""
    return post_charge(account, charge, evolve(charge, minor=0, removed=True), stamp)


def split_discounts(
    account: Account, invoice: Invoice, charges: Iterable[Charge], ids: IdSource, stamp: CommandStamp
) -> Decision:
    """The discounts of which an invoice takes a part: each becomes as large as its line, and the rest becomes a waiting
    discount of its own. The balance stays as it is."""
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
    """Change the balance by an amount: +$500 raises it, −$200 lowers it. It makes no credit."""
    after, entry = account.with_entry(EntryKind.ADJUSTMENT, amount.minor, stamp, cause=adjustment_id, note=reason)
    return Decision(account=after, entries=(entry,))
