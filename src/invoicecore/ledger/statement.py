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
from invoicecore.vocabulary import EntryKind, LedgerDay


@frozen
class StatementRow:
    """One movement: the signed `amount` and the `balance` after it. `booked_on` is the firm's day of booking;
    `work_day` is the day of the work, or of the receipt of a payment. `takes_back` and `books_again` are those of the
    entry."""

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
    takes_back: int | None = None
    books_again: int | None = None

    def __repr__(self) -> str:
        return f"<StatementRow {self.work_day}: {self.kind}, {self.amount}, leaves {self.balance}>"

    def day(self, by: LedgerDay) -> date:
        """Its day in a statement."""
        return self.booked_on if by is LedgerDay.BOOKED else self.work_day


_unchecked_row: Final = unchecked(StatementRow)


@frozen
class Statement:
    """A client's movements in `period` (None: ever), `by` the day of the booking or of the work. The closing balance of
    one period is the opening balance of the next, and opening + all amounts = closing."""

    client_id: ClientId
    period: Period | None
    opening: Money
    rows: tuple[StatementRow, ...]
    closing: Money
    by: LedgerDay = LedgerDay.BOOKED

    def __repr__(self) -> str:
        days = "of all days" if self.period is None else self.period
        return f"<Statement {days}: {self.opening}, {len(self.rows)} rows, {self.closing}>"


def row(entry: LedgerEntry, booked_on: date, currency: str, balance_minor: int | None = None) -> StatementRow:
    """The row for an entry and the firm's day of its booking. Without another balance, it has that of the entry."""
    return _unchecked_row(
        entry.sequence,
        booked_on,
        entry.work_day,
        entry.kind,
        unchecked_money(minor=entry.minor, currency=currency),
        unchecked_money(minor=entry.balance_minor if balance_minor is None else balance_minor, currency=currency),
        entry.booked_at,
        entry.cause,
        entry.by,
        entry.invoice_id,
        entry.note,
        entry.takes_back,
        entry.books_again,
    )


def statement(
    client_id: ClientId,
    period: Period | None,
    opening_minor: int,
    entries: Iterable[tuple[LedgerEntry, date]],
    currency: str,
    by: LedgerDay = LedgerDay.BOOKED,
) -> Statement:
    """The statement of entries in the order of their days, each with the firm's day of its booking. The balances are
    added up in this order, which need not be that of the entries' numbers."""
    balance, rows = opening_minor, []
    for entry, booked_on in entries:
        balance += entry.minor
        rows.append(row(entry, booked_on, currency, balance))
    return Statement(
        client_id,
        period,
        Money(minor=opening_minor, currency=currency),
        tuple(rows),
        Money(minor=balance, currency=currency),
        by,
    )
