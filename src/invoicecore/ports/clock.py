"""The clock port."""

from datetime import UTC, datetime
from typing import Protocol

from invoicecore.errors import InvalidInput
from invoicecore.values.inputs import short_repr


class Clock(Protocol):
    """Tells the time; a command reads it once. A clock that steps back by up to a day does no harm. If it is further
    behind what was booked on the client, or more than five minutes ahead of the store's own clock, the command is
    refused with WrongClock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""


def time_by(clock: Clock) -> datetime:
    """The time by a clock, in UTC. InvalidInput if it gives no instant, for a time without its zone would be booked as
    that of another place."""
    now: object = clock.now()
    if isinstance(now, datetime):
        if now.tzinfo is UTC:
            return now
        if now.utcoffset() is not None:
            return now.astimezone(UTC)
    raise InvalidInput(f"The clock must give an instant, as datetime.now(UTC) does, not {short_repr(now)}.")
