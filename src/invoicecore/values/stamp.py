"""The time and the author of a command."""

from datetime import date, datetime
from typing import Final

from attrs import frozen

from invoicecore.values.calendar import day_of
from invoicecore.values.ids import PersonId
from invoicecore.values.unchecked import unchecked


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


unchecked_stamp: Final = unchecked(CommandStamp)
