"""The time and the author of a command."""

from datetime import date, datetime, timedelta
from typing import Final

from attrs import frozen

from invoicecore.errors import InvalidState
from invoicecore.values.calendar import day_of
from invoicecore.values.ids import PersonId
from invoicecore.values.unchecked import unchecked

DAY: Final = timedelta(days=1)
YEAR: Final = timedelta(days=366)
"""So far ahead money can be announced, and a charge be recorded."""


@frozen
class CommandStamp:
    """The instant of a command, who gave it, and the firm's master zone."""

    at: datetime
    by: PersonId
    zone: str

    @property
    def today(self) -> date:
        """The firm's day of that instant."""
        return day_of(self.at, self.zone)

    def check_not_ahead(self, what: str, day: date, field: str, most: timedelta = timedelta(0)) -> None:
        """InvalidState for a day that is further ahead of today than that."""
        if day - self.today > most:
            far = "more than a year ahead" if most else "ahead"
            raise InvalidState(f"{what} of {day} would be {far}: today is {self.today}.", "day_is_ahead", field=field)


unchecked_stamp: Final = unchecked(CommandStamp)
