"""Where does a client stand after the latest entry?

The position is stored beside the entries and carried forward by `post`; it is never added up again from history.
"""

from datetime import UTC, date, datetime
from typing import Final

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry, unchecked_entry
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import EntryKind

BEGINNING = datetime(1, 1, 3, tzinfo=UTC)
"""When nothing was booked yet: the first instant that every zone can place."""
_OF_PAYMENTS = frozenset({EntryKind.PAYMENT, EntryKind.PAYMENT_REVERSED})


@frozen
class Position:
    """The balance after entry number `sequence`, booked at `booked_at`; amounts in minor units.

    `utilization_base_minor` is where utilization is counted from: the balance right after the latest deposited payment,
    and 0 before the first. A payment taken back lowers it by what went back; adjustments and applied credit leave it.
    """

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
    *,
    work_day: date,
    cause: str,
    invoice_id: InvoiceId | None = None,
    note: str = "",
) -> tuple[LedgerEntry, Position]:
    """The entry for a movement, and the position after it.

    Entries stand in the order in which they are booked: a clock that stepped back does not book before the
    latest entry but together with it.
    """
    sequence = position.sequence + 1
    balance = position.balance_minor + minor
    booked_at = stamp.at if stamp.at > position.booked_at else position.booked_at
    utilization_base = anchor_after(position.utilization_base_minor, kind, minor, balance)
    entry = unchecked_entry(
        client_id, sequence, kind, minor, balance, booked_at, work_day, cause, stamp.by, invoice_id, note
    )
    return entry, unchecked_position(position.currency, sequence, balance, utilization_base, booked_at)


def anchor_after(utilization_base_minor: int, kind: EntryKind, minor: int, balance_minor: int) -> int:
    """Where utilization is counted from after a movement of that kind, which left that balance."""
    if kind not in _OF_PAYMENTS:
        return utilization_base_minor
    if kind is EntryKind.PAYMENT:
        return balance_minor
    return utilization_base_minor + minor
