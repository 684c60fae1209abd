"""The decimal mark of one file, and the numbers that its cells then name.

Trackers write numbers as the account's owner likes them: 2,000.50 or 2.000,50. A single number may leave that open
(1.250 is one and a quarter, or a thousand and more), so all numbers of the file are asked together and must agree.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen

from invoicecore.importer.files.row import Row

_PATTERNS = {
    ".": re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,12}))?"),
    ",": re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4})(?:,([0-9]{1,12}))?"),
}


@frozen
class Numbers:
    """Reads the numbers of one file; `mark` stands before the decimals."""

    mark: str = "."

    def of(self, row: Row, column: str) -> Decimal | None:
        """The number in a cell, exactly; None where the cell is blank."""
        cell = row.cell(column)
        if not cell:
            return None
        match = _PATTERNS[self.mark].fullmatch(cell)
        if match is None:
            raise row.refused(column, f"{cell!r:.60} is not a number such as 1{self.mark}5.")
        whole, decimals = match.groups()
        return Decimal(f"{re.sub('[.,]', '', whole)}.{decimals or 0}")


class NumbersSeen:
    """Gathers what the numbers in some columns say about their decimal mark."""

    def __init__(self, columns: Iterable[str], option: str | None) -> None:
        self._columns = tuple(columns)
        self._possible = set(_PATTERNS) if option is None else {option}
        self._proof = "what was given" if option is not None else ""
        self._open: tuple[Row, str, str] | None = None

    def see(self, row: Row) -> None:
        """Take a row into account. UnreadableFile if it contradicts those before it; what is no number is passed
        over."""
        for column in self._columns:
            cell = row.cell(column)
            fits = {mark for mark, pattern in _PATTERNS.items() if pattern.fullmatch(cell)} if cell else set()
            if not fits:
                continue
            if self._open is None and len(fits) > 1 and not cell.isdecimal():
                self._open = row, column, cell
            if not fits & self._possible:
                raise row.refused(column, f"the decimal mark of {cell!r:.60} is not that of {self._proof} further up.")
            if fits < self._possible:
                self._possible, self._proof = fits, repr(cell)

    def settled(self) -> Numbers:
        """How to read them. MissingOption where nothing tells and it matters."""
        if len(self._possible) > 1 and self._open is not None:
            row, column, cell = self._open
            reason = f"nothing in the file tells whether {cell!r} has decimals or thousands; say it with decimal_mark."
            raise row.missing("decimal_mark", column, reason)
        return Numbers("." if "." in self._possible else ",")
