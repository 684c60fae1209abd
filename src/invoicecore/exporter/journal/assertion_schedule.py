"""The days at whose end a journal asserts a client's balance."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from attrs import define

from invoicecore.values.money import Money
from invoicecore.vocabulary import DocumentedEnum


class AssertionSchedule(DocumentedEnum):
    """The periods at whose ends a journal asserts balances, besides after each payment and after the last entry."""

    WEEK = "week", "Each ISO week, which begins on Monday."
    MONTH = "month", "Each month."
    QUARTER = "quarter", "Each quarter: until the end of March, June, September and December."
    YEAR = "year", "Each calendar year."

    def end(self, day: date) -> date:
        """The last day of the period that contains a day.

        >>> AssertionSchedule.QUARTER.end(date(2026, 2, 3))
        datetime.date(2026, 3, 31)
        """
        match self:
            case AssertionSchedule.WEEK:
                return day + timedelta(days=7 - day.isoweekday())
            case AssertionSchedule.MONTH:
                return _end_of_month(day.year, day.month)
            case AssertionSchedule.QUARTER:
                return _end_of_month(day.year, (day.month + 2) // 3 * 3)
            case AssertionSchedule.YEAR:
                return date(day.year, 12, 31)
            case _:
                assert_never(self)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


@define
class Checkpoints:
    """Collects the assertions of one account while what happened on it is read in order.

    A balance is asserted at the end of each period that has entries and after the last entry. With
    `on_payment_days`, for formats whose postings cannot assert anything, also on each day with a payment.
    """

    schedule: AssertionSchedule
    on_payment_days: bool
    _day: date | None = None
    _balance: Money | None = None
    _paid: bool = False

    def before(self, day: date) -> Iterator[tuple[date, Money]]:
        """The assertions that are due before an entry of that day: the day at whose end, and the balance."""
        if self._day is None or self._balance is None or day == self._day:
            return
        due = {self._day} if self._paid else set()
        if (end := self.schedule.end(self._day)) < day:
            due.add(end)
        for end in sorted(due):
            yield end, self._balance

    def read(self, day: date, balance: Money, *, is_payment: bool = False) -> None:
        """Take what happened on a day into account, with the balance after it."""
        self._paid = (is_payment and self.on_payment_days) or (self._paid and day == self._day)
        self._day, self._balance = day, balance

    def last(self, stored: Money | None) -> Iterator[tuple[date, Money]]:
        """The assertion after the last day, if anything happened: the balance that is stored."""
        if self._day is not None and stored is not None:
            yield self._day, stored
