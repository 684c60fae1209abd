"""The clock port."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. It is read once a command; a clock that steps back does no harm."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
