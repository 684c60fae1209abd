"""The statement of a period: the opening balance, each movement with the balance after it, and the closing balance."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId, PersonId
from invoicecore.values.money import Money, unchecked_money
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import EntryKind


@frozen
class StatementRow:
    """One movement: the signed `amount` and the `balance` after it. `booked_on` is the firm's day of booking, by which
    rows are ordered; `work_day` is the day of the work, or of the receipt of a payment."""

    sequence: int
    booked_on: date
    work_day: date
    kind: EntryKind
    amount: Money
    balance: Money
    booked_at: datetime
    cause: str
    by: PersonId
    invoice_id: InvoiceId | None
    note: str


_unchecked_row: Final = unchecked(StatementRow)


@frozen
class Statement:
    """A client's movements booked in `period` (None: ever). The closing balance of one period is the opening balance
    of the next, and opening + all amounts = closing."""

    client_id: ClientId
    period: Period | None
    opening: Money
    rows: tuple[StatementRow, ...]
    closing: Money


def row(entry: LedgerEntry, booked_on: date, currency: str) -> StatementRow:
    """The row for an entry and the firm's day of its booking."""
    return _unchecked_row(
        entry.sequence,
        booked_on,
        entry.work_day,
        entry.kind,
        unchecked_money(entry.minor, currency),
        unchecked_money(entry.balance_minor, currency),
        entry.booked_at,
        entry.cause,
        entry.by,
        entry.invoice_id,
        entry.note,
    )


def statement(
    client_id: ClientId,
    period: Period | None,
    opening_minor: int,
    entries: Iterable[tuple[LedgerEntry, date]],
    currency: str,
) -> Statement:
    """The statement of entries in order, each with the firm's day of its booking."""
    rows = tuple(row(entry, booked_on, currency) for entry, booked_on in entries)
    opening = Money(opening_minor, currency)
    return Statement(client_id, period, opening, rows, rows[-1].balance if rows else opening)
