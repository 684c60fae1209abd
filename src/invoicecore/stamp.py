"""Who did it, and when?"""

from datetime import date, datetime

from attrs import frozen

from invoicecore.ids import PersonId


@frozen
class Stamp:
    """The instant of a command, who gave it, and the firm's master zone with the day that it then had."""

    at: datetime
    by: PersonId
    zone: str
    today: date
