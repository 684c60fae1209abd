"""Which sign stands before the decimals in a file, and what are its numbers then?

Trackers write numbers as the account's owner likes them: 2,000.50 or 2.000,50. A single number may leave that open
(1.250 is one and a quarter, or a thousand and more), so all numbers of the file are asked together and must agree.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen

from invoicecore.exchange.sheet import Row

_PATTERNS = {
    ".": re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,12}))?"),
    ",": re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4})(?:,([0-9]{1,12}))?"),
}


@frozen
class Numbers:
    """Reads the numbers of one file; `mark` stands before the decimals."""

    mark: str

    def of(self, row: Row, column: str) -> Decimal | None:
        """The number in a cell, exactly; None where the cell is blank."""
        cell = row.cell(column)
        if not cell:
            return None
        match = _PATTERNS[self.mark].fullmatch(cell)
        assert match is not None  # the mark was found by reading all of them
        whole, decimals = match.groups()
        return Decimal(f"{re.sub('[.,]', '', whole)}.{decimals or 0}")


def numbers_in(rows: Iterable[Row], columns: Iterable[str]) -> Numbers:
    """How to read the numbers in these columns.

    UnreadableFile for a cell that is no number, for numbers that contradict each other about the decimal mark, and
    where there is nothing to tell it by although it matters.
    """
    columns = tuple(columns)
    possible, proof, open_question = set(_PATTERNS), "", None
    for row in rows:
        for column in columns:
            cell = row.cell(column)
            if not cell:
                continue
            fits = {mark for mark, pattern in _PATTERNS.items() if pattern.fullmatch(cell)}
            if open_question is None and len(fits) > 1 and not cell.isdecimal():
                open_question = (row, column, cell)
            if not fits:
                raise row.refused(column, f"{cell!r:.60} is not a number such as 1.5.")
            if not fits & possible:
                raise row.refused(column, f"the decimal mark of {cell!r:.60} is not that of {proof} further up.")
            if fits < possible:
                possible, proof = fits, repr(cell)
    if len(possible) > 1 and open_question is not None:
        row, column, cell = open_question
        raise row.refused(column, f"nothing in the file tells whether {cell!r} has decimals or thousands.")
    return Numbers("." if "." in possible else ",")
