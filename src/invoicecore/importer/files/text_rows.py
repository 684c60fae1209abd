"""Rows of text files: comma-separated values, and plain lines."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from attrs import frozen

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import Row, checked
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values import inputs

_LONGEST_LINE = 1_000_000
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

_Record = tuple[int, list[str]]


@frozen(eq=False)
class TableRows:
    """The rows of a CSV file or a sheet below its header, each as long as that.

    Commas, semicolons, tabs or bars separate the cells of a CSV file. Blank rows are skipped, but counted. As
    spreadsheets write it, a first line may name the separator, rows may end in blank cells, and each row may be quoted
    once more as a whole.
    """

    header: tuple[str, ...]
    _records: Callable[[], Iterable[_Record | UnreadableFile]]
    _limits: Limits

    @classmethod
    def of(cls, file: File, limits: Limits) -> "TableRows":
        """The rows of a file. Its separator is the one that it names, or the one that divides the header into the most
        cells."""
        declared = _DECLARED.fullmatch(file.text().readline(_LONGEST_LINE))
        passes = [
            partial(_records, file, separator, skip=declared is not None)
            for separator in (_SEPARATORS if declared is None else declared[1])
        ]
        return cls._best([(next(iter(records()), None), records) for records in passes], limits)

    @classmethod
    def of_sheet(cls, records: Sequence[_Record], limits: Limits) -> "TableRows":
        """The rows of a sheet."""
        return cls._best([(next(iter(records), None), lambda: records)], limits)

    @classmethod
    def _best(
        cls,
        passes: Sequence[tuple[_Record | UnreadableFile | None, Callable[[], Iterable[_Record | UnreadableFile]]]],
        limits: Limits,
    ) -> "TableRows":
        """The rows whose first record has the most cells."""
        found = [(record, records) for record, records in passes if isinstance(record, tuple)]
        if not found:
            broken = passes[0][0]
            empty = UnreadableFile(1, None, "there is no header; the file is empty.")
            raise broken if isinstance(broken, UnreadableFile) else empty
        (number, cells), records = max(found, key=lambda it: len(it[0][1]))
        header = tuple(inputs.named(cell.strip()) for cell in cells)
        sound = checked(Row(number, {str(place + 1): cell for place, cell in enumerate(cells)}), limits.characters)
        if isinstance(sound, UnreadableFile):
            raise sound
        return cls(header, records, limits)

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The rows below the header."""
        rows, header = 0, self.header
        for record in self._records():
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
            if len(cells) > len(header) and not any(map(str.strip, cells[len(header) :])):
                del cells[len(header) :]
            if len(cells) == len(header):
                yield checked(Row(number, dict(zip(header, cells, strict=True))), self._limits.characters)
            else:
                off = header[len(cells)] if len(cells) < len(header) else str(len(header) + 1)
                yield UnreadableFile(number, off, f"the row has {len(cells)} cells, but the header {len(header)}.")


def _records(file: File, separator: str, *, skip: bool) -> Iterator[_Record | UnreadableFile]:
    """Each row that is not blank, with its number; at last the error, where the file cannot be read on. `skip` passes
    over the line that names the separator."""
    reader = csv.reader(_lines(file), delimiter=separator, strict=True)
    number, width = 0, 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            yield UnreadableFile(number, None, f"the row is not comma-separated values: {broken}.")
            return
        if (skip and number == 1) or not any(map(str.strip, cells)):
            continue
        if width != 1 and not any(cells[1:]):
            inner = _quoted_twice(cells, separator)
            cells = inner if len(inner) == width or not width else cells
        if not width:
            while not cells[-1].strip():
                cells.pop()
            width = len(cells)
        yield number, cells


def _quoted_twice(cells: list[str], separator: str) -> list[str]:
    """The cells of a row that is quoted once more as a whole."""
    if separator not in cells[0]:
        return cells
    try:
        return next(csv.reader([cells[0]], delimiter=separator, strict=True))
    except csv.Error:
        return cells


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
