"""The decimal mark of one file, and its numbers.

Trackers write numbers in the style of the account: 2,000.50 or 2.000,50. A single number may be ambiguous (1.250 is one
and a quarter, or a thousand and more), so all numbers of the file must agree.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.inference.agreement import Agreement

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


def agreement_on_numbers(columns: Iterable[str], mark: str | None) -> Agreement[str]:
    """What the numbers in some columns say about their decimal mark, or what was given."""
    return Agreement(
        columns=tuple(columns),
        readings=lambda cell: {mark for mark, pattern in _PATTERNS.items() if pattern.fullmatch(cell)},
        matters=lambda cell: not cell.isdecimal(),
        possible=set(_PATTERNS) if mark is None else {mark},
        contradiction="the decimal mark of {cell} is not that of {proof}.",
        option="decimal_mark",
        question="has decimals or thousands",
    )
