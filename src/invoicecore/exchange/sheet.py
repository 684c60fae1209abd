"""How does a file become rows of cells that have a name?

The file is UTF-8 text of comma-separated values, a header first. It is bounded in every direction, and whatever is
wrong with it is said with its row and column.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import frozen

from invoicecore.exchange.timesheet import UnreadableFile

MOST_BYTES = 32 * 1024 * 1024
"""A larger file is refused."""
MOST_ROWS = 100_000
"""A file with more rows than this is refused."""
LONGEST_CELL = 100_000
"""The most characters that a cell may hold."""


@frozen
class Row:
    """The cells of one row; `number` counts the header as 1."""

    number: int
    cells: tuple[str, ...]
    places: Mapping[str, int]

    def cell(self, column: str) -> str:
        """What stands in a column, without surrounding blanks; nothing where the file has no such column."""
        place = self.places.get(column)
        return "" if place is None else self.cells[place].strip()

    def refused(self, column: str, reason: str) -> UnreadableFile:
        """The error that names this row and the column."""
        return UnreadableFile(self.number, column, reason)


@frozen
class Sheet:
    """A header and the rows below it, each as long as the header."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def check_columns(self, *, required: Iterable[str], optional: Iterable[str]) -> None:
        """UnreadableFile if a required column is missing, or a column that is read is there twice."""
        required = tuple(required)
        for column in required:
            if column not in self.header:
                raise UnreadableFile(1, column, "the column is missing.")
        for column in (*required, *optional):
            if self.header.count(column) > 1:
                raise UnreadableFile(1, column, "the column is there more than once.")


def contents(source: bytes | str | Path) -> bytes:
    """The bytes themselves, or those of the file at a path; no more of it is read than is allowed."""
    if isinstance(source, bytes):
        data = source
    else:
        try:
            with open(source, "rb") as file:
                data = file.read(MOST_BYTES + 1)
        except (OSError, ValueError) as failed:
            raise UnreadableFile(None, None, f"it cannot be opened: {failed}.") from failed
    if len(data) > MOST_BYTES:
        raise UnreadableFile(None, None, f"it is larger than {MOST_BYTES // 1024 // 1024} MiB.")
    return data


def opened(data: bytes) -> Sheet:
    """The rows of a file. A byte-order mark in front and blank lines are passed over."""
    lines = _lines(data)
    first = next(lines, None)
    if first is None:
        raise UnreadableFile(1, None, "there is no header; the file is empty.")
    header = tuple(cell.strip() for cell in first[1])
    places = {column: place for place, column in enumerate(header)}
    rows: list[Row] = []
    for number, cells in lines:
        if len(rows) == MOST_ROWS:
            raise UnreadableFile(number, None, f"a file may have {MOST_ROWS} rows below its header, and no more.")
        if len(cells) != len(header):
            first_off = header[len(cells)] if len(cells) < len(header) else str(len(header) + 1)
            raise UnreadableFile(number, first_off, f"the row has {len(cells)} cells, but the header {len(header)}.")
        rows.append(Row(number, tuple(cells), places))
    return Sheet(header, tuple(rows))


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with its number."""
    try:
        text = data.decode("utf-8-sig")
        sound = "\0" not in text
    except UnicodeDecodeError:
        text, sound = data.decode("utf-8-sig", "surrogateescape"), False
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            raise UnreadableFile(number, None, f"the row is not comma-separated values: {broken}.") from broken
        for place, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL or not sound:
                _check_cell(number, header[place] if place < len(header) else str(place + 1), cell)
        header = header or cells
        if cells:
            yield number, cells


def _check_cell(number: int, column: str, cell: str) -> None:
    if len(cell) > LONGEST_CELL:
        raise UnreadableFile(number, column, f"the cell holds more than {LONGEST_CELL} characters.")
    if "\0" in cell:
        raise UnreadableFile(number, column, "the cell holds a NUL, so this is not text.")
    if any("\udc80" <= sign <= "\udcff" for sign in cell):
        raise UnreadableFile(number, column, "the cell is not UTF-8 text.")
