"""The times of day of one file, with 12 or 24 hours.

All times of a file have the same form: if one has AM or PM, each has.
"""

import re
from collections.abc import Iterable, Set
from datetime import time

from attrs import frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.inference.agreement import Agreement

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


def agreement_on_times(columns: Iterable[str]) -> Agreement[bool]:
    """Whether the times in some columns have AM or PM."""
    return Agreement(
        columns=tuple(columns),
        readings=_halves,
        matters=lambda cell: False,
        possible={True, False},
        contradiction="{cell} and {proof} are not both written with AM or PM, so one of them cannot be told.",
    )


def _halves(cell: str) -> Set[bool]:
    match = _TIME.fullmatch(cell)
    return set() if match is None else {match[4] is not None}
