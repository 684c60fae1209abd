"""A client's position: the balance after the latest entry, and related figures.

The position is stored beside the entries and updated by `post`; it is never recomputed from history.
"""

from datetime import UTC, date, datetime
from typing import Final

from attrs import frozen

from invoicecore.ledger.entries import BookedWork, LedgerEntry, unchecked_entry
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import EntryKind

BEGINNING = datetime(1, 1, 3, tzinfo=UTC)
"""The booking time of an empty ledger: the first instant that every zone can place."""
_OF_PAYMENTS = frozenset({EntryKind.PAYMENT, EntryKind.PAYMENT_REVERSED})


@frozen
class Position:
    """The balance after entry number `sequence`, booked at `booked_at`; amounts in minor units.

    Utilization is counted from `utilization_base_minor`: the balance right after the latest deposited payment, 0 before
    the first. A reversed payment lowers it by the reversed amount; adjustments and applied credit do not change it."""

    currency: str
    sequence: int = 0
    balance_minor: int = 0
    utilization_base_minor: int = 0
    booked_at: datetime = BEGINNING


unchecked_position: Final = unchecked(Position)


def post(
    position: Position,
    client_id: ClientId,
    kind: EntryKind,
    minor: int,
    stamp: CommandStamp,
    work_day: date,
    cause: str,
    invoice_id: InvoiceId | None = None,
    note: str = "",
    work: BookedWork | None = None,
) -> tuple[LedgerEntry, Position]:
    """The entry for a movement, and the position after it.

    Entries are in the order of booking: if the clock stepped back, an entry gets the time of the latest one.
    """
    sequence = position.sequence + 1
    balance = position.balance_minor + minor
    booked_at = stamp.at if stamp.at > position.booked_at else position.booked_at
    utilization_base = utilization_base_after(position.utilization_base_minor, kind, minor, balance)
    entry = unchecked_entry(
        client_id, sequence, kind, minor, balance, booked_at, work_day, cause, stamp.by, invoice_id, note, work
    )
    return entry, unchecked_position(position.currency, sequence, balance, utilization_base, booked_at)


def utilization_base_after(utilization_base_minor: int, kind: EntryKind, minor: int, balance_minor: int) -> int:
    """The utilization base after a movement of that kind, which left that balance."""
    if kind not in _OF_PAYMENTS:
        return utilization_base_minor
    if kind is EntryKind.PAYMENT:
        return balance_minor
    return utilization_base_minor + minor
