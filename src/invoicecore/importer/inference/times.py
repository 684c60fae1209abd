"""The times of day of one file, on twelve hours or on twenty-four.

All times of a file are written in one way: where one has AM or PM, each has.
"""

import re
from collections.abc import Iterable
from datetime import time

from attrs import frozen

from invoicecore.importer.files.row import Row

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:[ \u00a0\u202f]?([AaPp])\.?[Mm]\.?)?")
_HALF_DAY = 12


@frozen
class Times:
    """Reads the times of one file."""

    def of(self, row: Row, column: str) -> time:
        """The time of day in a cell; seconds that are not written are zero."""
        cell = row.cell(column)
        match = _TIME.fullmatch(cell)
        if match is None:
            raise row.refused(column, f"{cell!r:.60} is not a time such as 09:05:00.")
        hour, minute, second = (int(part or 0) for part in match.groups()[:3])
        half = match[4]
        if half is not None:
            if not 1 <= hour <= _HALF_DAY:
                raise row.refused(column, f"there is no {cell}: hour must be in 1..12.")
            hour = hour % _HALF_DAY + (_HALF_DAY if half in "Pp" else 0)
        try:
            return time(hour, minute, second)
        except ValueError as impossible:
            raise row.refused(column, f"there is no {cell}: {impossible}.") from impossible


class TimesSeen:
    """Looks whether the times in some columns are all written in one way."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns = tuple(columns)
        self._halves: bool | None = None
        self._proof = ""

    def see(self, row: Row) -> None:
        """Take a row into account. UnreadableFile if it contradicts those before it; what is no time is passed over."""
        for column in self._columns:
            cell = row.cell(column)
            match = _TIME.fullmatch(cell)
            if match is None:
                continue
            halves = match[4] is not None
            if self._halves is None:
                self._halves, self._proof = halves, f"{cell} in row {row.number}"
            elif halves is not self._halves:
                lacks = "has AM or PM" if halves else "lacks AM or PM"
                raise row.refused(column, f"{cell} {lacks}, unlike {self._proof}, so one of them cannot be told.")

    def settled(self) -> Times:
        """How to read them."""
        return Times()
