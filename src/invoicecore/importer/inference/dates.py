"""The order of day and month in one file, and the dates that its cells then name.

Trackers write dates as their owner likes them. A date in which one of the two numbers is above 12 decides for all
of the file. Where none does, dates with dots name the day first, as they do wherever they are written with dots;
for others it is asked.
"""

import re
from collections.abc import Iterable
from datetime import date

from attrs import frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.options import DateOrder

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOCAL = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_MONTHS = 12


@frozen
class Dates:
    """Reads the dates of one file, the day first where nothing says otherwise."""

    order: DateOrder | None

    def of(self, row: Row, column: str) -> date:
        """The day in a cell."""
        cell = row.cell(column)
        iso = _ISO.fullmatch(cell)
        local = None if iso is not None else _LOCAL.fullmatch(cell)
        if iso is not None:
            year, month, day = map(int, iso.groups())
        elif local is not None:
            first, second, year = int(local[1]), int(local[3]), int(local[4])
            month, day = (first, second) if self.order is DateOrder.MONTH_FIRST else (second, first)
        else:
            raise row.refused(column, f"{cell!r:.60} is not a date such as 2016-01-31.")
        try:
            found = date(year, month, day)
        except ValueError as impossible:
            raise row.refused(column, f"there is no {cell}: {impossible}.") from impossible
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            raise row.refused(column, f"{cell} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
        return found


class DatesSeen:
    """Gathers what the dates in some columns say about their order."""

    def __init__(self, columns: Iterable[str], option: DateOrder | None) -> None:
        self._columns = tuple(columns)
        self._order, self._proof = option, "the option that was given"
        self._open: tuple[Row, str, str] | None = None

    def see(self, row: Row) -> None:
        """Take a row into account. UnreadableFile if it contradicts those before it; what is no date is passed over."""
        for column in self._columns:
            cell = row.cell(column)
            match = _LOCAL.fullmatch(cell)
            if match is None:
                continue
            first, second = int(match[1]), int(match[3])
            if first <= _MONTHS and second <= _MONTHS:
                if match[2] != "." and first != second and self._open is None:
                    self._open = row, column, cell
            elif first <= _MONTHS or second <= _MONTHS:
                self._prove(DateOrder.DAY_FIRST if first > _MONTHS else DateOrder.MONTH_FIRST, row, column)

    def _prove(self, order: DateOrder, row: Row, column: str) -> None:
        if self._order is None:
            self._order, self._proof = order, f"{row.cell(column)} in row {row.number}"
        elif self._order is not order:
            contradiction = f"{row.cell(column)} cannot be read in the order of day and month of {self._proof}."
            raise row.refused(column, contradiction)

    def settled(self) -> Dates:
        """How to read them. MissingOption where nothing tells and it matters."""
        if self._order is None and self._open is not None:
            row, column, cell = self._open
            reason = f"nothing in the file tells whether {cell} names day or month first; say it with date_order."
            raise row.missing("date_order", column, reason)
        return Dates(self._order)
