"""One row of a file, and the interface of all file formats."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from attrs import frozen

from invoicecore.importer.timesheet import MissingOption, UnreadableFile
from invoicecore.values.unchecked import unchecked

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile("[\udc80-\udcff]")


def bare(cell: str) -> str:
    """A cell without surrounding blanks, and without the ="" by which some programs keep a spreadsheet from changing
    it."""
    text = cell.strip()
    return text[2:-1].strip() if text.startswith('="') and text.endswith('"') else text


@frozen
class Row:
    """Cells by the name of their column, and the `number` of the row as people count."""

    number: int
    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """What stands in a column; nothing where there is no such column."""
        return bare(self.cells.get(column, ""))

    def several(self, column: str) -> tuple[str, ...]:
        """What a list in a JSON file holds: the columns that are called by it and a number."""
        found: list[str] = []
        while (part := self.cells.get(f"{column}.{len(found) + 1}")) is not None:
            found.append(part)
        return tuple(found)

    def refused(self, column: str | None, reason: str) -> UnreadableFile:
        """The error that names this row and the column."""
        return UnreadableFile(self.number, column, reason)

    def missing(self, option: str, column: str | None, reason: str) -> MissingOption:
        """The error that names this row and the column, and the option that decides."""
        return MissingOption(option, self.number, column, reason)


unchecked_row: Final = unchecked(Row)


class FileRows(Protocol):
    """Rows that can be read again and again, one after the other; a row that is none comes as the error that says
    why. `header` names the columns, so far as they are known before the rows are read."""

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The rows from the first on. UnreadableFile is raised where the file cannot be read on."""


def is_sound(whole: str, longest: int) -> bool:
    """Whether the cells of a row, put together, are surely text of at most so many characters each."""
    return len(whole) <= longest and ((whole.isascii() and "\0" not in whole) or _NOT_TEXT.search(whole) is None)


def checked(row: Row, longest: int) -> Row | UnreadableFile:
    """The row, if each of its cells is text of at most so many characters."""
    if is_sound("".join(row.cells.values()), longest):
        return row
    for column, cell in row.cells.items():
        if len(cell) > longest:
            return row.refused(column, f"the cell holds more than {longest} characters.")
        if "\0" in cell:
            return row.refused(column, "the cell holds a NUL, so this is not text.")
        if _ESCAPED.search(cell):
            return row.refused(column, "the cell is not UTF-8 text.")
        if _NOT_TEXT.search(cell):
            return row.refused(column, "the cell holds half a surrogate pair, which is not text.")
    return row
