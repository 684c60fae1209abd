"""The correction of the days on which a wrong clock booked, by further entries and changes."""

from collections.abc import Sequence
from datetime import date, datetime

from attrs import evolve

from invoicecore.errors import InvalidState
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import BEGINNING
from invoicecore.ledger.rebooking import rebook
from invoicecore.model.firm import Firm
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.receivables import ReceivableChange, moved
from invoicecore.values.calendar import Period
from invoicecore.values.stamp import CommandStamp


def correct_booking_days(
    account: Account,
    earlier: LedgerEntry | None,
    entries: Sequence[LedgerEntry],
    changes: Sequence[ReceivableChange],
    period: Period,
    right_day: date,
    firm: Firm,
    stamp: CommandStamp,
) -> Decision:
    """Book on other days what was booked in a period: the first booking on the right day, the others moved by as many
    days.

    `entries` and `changes` are those in force that were booked on the first day of the period or later, in their order;
    `earlier` is the latest entry before them. InvalidState if nothing was booked in the period, or if something would
    be booked after today or before an earlier entry.
    """
    changes = [it for it in changes if it.booked_on in period]
    booked = [firm.booking_day(it.booked_at) for it in entries]
    wrong = [day for day in (*booked, *(it.booked_on for it in changes)) if day in period]
    if not wrong:
        raise InvalidState(f"Nothing is booked for this client from {period.first} to {period.last}.")
    later = right_day - min(wrong)
    if not later:
        raise InvalidState(f"What is booked from {period.first} to {period.last} begins on {right_day} already.")
    if max(wrong) - firm.booking_day(stamp.at) > -later:
        raise InvalidState(
            f"What is booked from {min(wrong)} to {max(wrong)} would be booked after today if it began on {right_day}. "
            f"Give an earlier day, or a period of fewer days."
        )

    def right(day: date) -> date:
        return day + max(later, date.min - day) if day in period else day

    made: tuple[LedgerEntry, ...] = ()
    position = account.position
    if any(day in period for day in booked):
        instants = _instants(earlier, entries, [right(day) for day in booked], firm)
        made, position = rebook(position, entries, instants, right, stamp.by)
    receivables, changed = moved(account.receivables, changes, right)
    after = evolve(account, position=position, receivables=receivables)
    return Decision(account=after, entries=made, receivables=changed)


def _instants(
    earlier: LedgerEntry | None, entries: Sequence[LedgerEntry], days: Sequence[date], firm: Firm
) -> list[datetime]:
    """When each entry is booked again: at the same time if it stays on its day, or with the first instant of another
    day, but not before the one that precedes it."""
    latest, instants = BEGINNING if earlier is None else earlier.booked_at, []
    for entry, day in zip(entries, days, strict=True):
        if (before := firm.booking_day(latest)) > day:
            raise InvalidState(
                f"Entry {entry.sequence} would be booked on {day}, but the one before it is booked on {before}, and "
                f"entries stay in their order. Give a later day, or another period."
            )
        stays = firm.booking_day(entry.booked_at) == day
        latest = max(latest, entry.booked_at if stays else firm.booked_in(Period(day, day))[0])
        instants.append(latest)
    return instants
