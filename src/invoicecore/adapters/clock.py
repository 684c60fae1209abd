"""The clock of the machine, and a clock that is set by the caller."""

from datetime import UTC, datetime, timedelta

from invoicecore.errors import InvalidInput
from invoicecore.values import calendar, inputs


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that stands still until it is set: for tests, demonstrations and imported history."""

    def __init__(self, now: datetime) -> None:
        self._now = calendar.instant("now", now)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._now

    def __repr__(self) -> str:
        return f"<SettableClock at {self._now:%Y-%m-%d %H:%M:%S} UTC>"

    def set(self, now: datetime) -> None:
        """Set another instant, earlier or later."""
        self._now = calendar.instant("now", now)

    def advance(self, by: timedelta) -> None:
        """Advance by a duration."""
        try:
            self._now = calendar.instant("now", self._now + inputs.instance("by", by, timedelta))
        except OverflowError as impossible:
            raise InvalidInput("A clock cannot leave the years 1 to 9999.") from impossible
