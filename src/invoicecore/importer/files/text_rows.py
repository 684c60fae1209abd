"""Rows of text files: comma-separated values, and plain lines."""

import csv
from collections.abc import Iterator

from attrs import frozen

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import Row, checked
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile

_LONGEST_LINE = 1_000_000
_SEPARATORS = ",;\t"


@frozen(eq=False)
class CsvRows:
    """The rows of a CSV file, each as long as its header, which is row 1. Commas, semicolons or tabs separate cells;
    blank lines are skipped, but counted."""

    header: tuple[str, ...]
    _file: File
    _separator: str
    _limits: Limits

    @classmethod
    def of(cls, file: File, limits: Limits) -> "CsvRows":
        """The rows of a file. Its separator is the one that divides the header into the most cells."""
        headers = {separator: next(_records(file, separator), None) for separator in _SEPARATORS}
        found = {separator: record for separator, record in headers.items() if isinstance(record, tuple)}
        if not found:
            broken = headers[","]
            empty = UnreadableFile(1, None, "there is no header; the file is empty.")
            raise broken if isinstance(broken, UnreadableFile) else empty
        separator = max(found, key=lambda it: len(found[it][1]))
        number, cells = found[separator]
        header = tuple(cell.strip() for cell in cells)
        sound = checked(Row(number, {str(place + 1): cell for place, cell in enumerate(cells)}), limits.characters)
        if isinstance(sound, UnreadableFile):
            raise sound
        return cls(header, file, separator, limits)

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The rows below the header."""
        rows, header = 0, self.header
        for record in _records(self._file, self._separator):
            if isinstance(record, UnreadableFile):
                raise record
            number, cells = record
            if not rows:
                rows = 1
                continue
            if rows > self._limits.rows:
                most = f"a file may have {self._limits.rows} rows below its header, and no more."
                raise UnreadableFile(number, None, most)
            rows += 1
            if len(cells) == len(header):
                yield checked(Row(number, dict(zip(header, cells, strict=True))), self._limits.characters)
            else:
                off = header[len(cells)] if len(cells) < len(header) else str(len(header) + 1)
                yield UnreadableFile(number, off, f"the row has {len(cells)} cells, but the header {len(header)}.")


def _records(file: File, separator: str) -> Iterator[tuple[int, list[str]] | UnreadableFile]:
    """Each row that is not blank, with its number; at last the error, where the file cannot be read on."""
    reader = csv.reader(_lines(file), delimiter=separator, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            yield UnreadableFile(number, None, f"the row is not comma-separated values: {broken}.")
            return
        if cells:
            yield number, cells


def _lines(file: File) -> Iterator[str]:
    text = file.text()
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise csv.Error(f"a line has more than {_LONGEST_LINE} characters")
        yield line


@frozen(eq=False)
class LineRows:
    """A row for each line that is not blank, with one column, `line`."""

    _file: File
    _limits: Limits
    header: tuple[str, ...] = ("line",)

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The lines from the first on."""
        text, longest, number = self._file.text(), self._limits.characters, 0
        while line := text.readline(longest + 3):
            number += 1
            if number > self._limits.rows:
                raise UnreadableFile(number, None, f"a file may have {self._limits.rows} lines, and no more.")
            if len(line.rstrip("\r\n")) > longest:
                raise UnreadableFile(number, None, f"the line holds more than {longest} characters.")
            if line.strip():
                yield checked(Row(number, {"line": line}), longest)
