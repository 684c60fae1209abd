"""The periods at whose ends a journal asserts balances."""

from calendar import monthrange
from datetime import date, timedelta
from typing import assert_never

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
