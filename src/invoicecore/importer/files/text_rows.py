"""Rows of text files: comma-separated values, and plain lines."""

import csv
import re
import string
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import partial
from itertools import chain, islice

from attrs import frozen

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import Row, bare, checked, is_sound, unchecked_row
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values import inputs

_LONGEST_LINE = 1_000_000
_LOOKED_AT = 20
_REMEMBERED, _LONGEST_REMEMBERED = 4096, 100
_BLANKS = f"{string.whitespace}\u00a0\0\x1a"  # old programs end a file with one of the last two
_SEPARATORS = ",;\t|"
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

_Record = tuple[int, list[str]]


@frozen(eq=False)
class TableRows:
    """The rows of a CSV file or a sheet below its header, each as long as that.

    Commas, semicolons, tabs or bars separate the cells of a CSV file. Blank rows are skipped, but counted. As
    spreadsheets write it, a first line may name the separator, titles of few cells may stand above the header, which
    may come again on each page, rows may end in blank cells, and each row may be quoted once more as a whole. The
    header is the first row that has all names that are `wanted`, or else the first of several cells that is no title.
    """

    header: tuple[str, ...]
    _header_row: int
    _records: Callable[[], Iterable[_Record | UnreadableFile]]
    _separator: str
    _limits: Limits

    @classmethod
    def of(cls, file: File, limits: Limits, wanted: Set[str] = frozenset()) -> "TableRows":
        """The rows of a file. Its separator is the one that it names, or the one that divides most of its first rows
        like the header, and that into the most cells."""
        declared = _DECLARED.fullmatch(file.text().readline(_LONGEST_LINE))
        separators = _SEPARATORS if declared is None else declared[1]
        passes = [(partial(_records, file, it, skip=declared is not None), it) for it in separators]
        return max((cls._below(*each, limits, wanted) for each in passes), key=cls._likelihood).checked()

    @classmethod
    def of_sheet(cls, records: Sequence[_Record], limits: Limits, wanted: Set[str]) -> "TableRows":
        """The rows of a sheet."""
        return cls._below(lambda: records, "", limits, wanted).checked()

    @classmethod
    def _below(
        cls,
        records: Callable[[], Iterable[_Record | UnreadableFile]],
        separator: str,
        limits: Limits,
        wanted: Set[str],
    ) -> "TableRows":
        """The rows below the header."""
        first = [it for it in islice(records(), _LOOKED_AT) if isinstance(it, tuple)]
        first = [(number, _quoted_twice(cells, separator)) for number, cells in first]
        most = max((_filled(cells) for _, cells in first), default=0)
        known = (it for it in first if wanted and wanted <= {*map(_named, it[1])})
        wide = (it for it in first if any(map(str.strip, it[1][1:])) and 2 * _filled(it[1]) > most)
        number, cells = next(chain(known, wide), first[0] if first else (0, []))
        while cells and not cells[-1].strip():
            cells.pop()
        return cls(tuple(map(_named, cells)), number, records, separator, limits)

    def _likelihood(self) -> tuple[bool, int, int]:
        """How likely it is that the separator is the right one."""
        width = len(self.header)
        first = (record for record in islice(self._records(), _LOOKED_AT) if isinstance(record, tuple))
        alike = sum(len(cells) >= width and not any(map(str.strip, cells[width:])) for _, cells in first)
        return width > 1, alike, width

    def checked(self) -> "TableRows":
        """The same, if it has a header, and that is text. UnreadableFile otherwise."""
        for record in self._records():
            if isinstance(record, UnreadableFile):
                raise record
            break
        else:
            raise UnreadableFile(1, None, "there is no header; the file is empty.")
        cells = {str(place): cell for place, cell in enumerate(self.header, 1)}
        sound = checked(Row(self._header_row, cells), self._limits.characters)
        if isinstance(sound, UnreadableFile):
            raise sound
        return self

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The rows below the header."""
        rows, header, width, longest = 0, self.header, len(self.header), self._limits.characters
        others = set[str]()  # what no repeated header begins with
        for record in self._records():
            if isinstance(record, UnreadableFile):
                raise record
            number, cells = record
            if number <= self._header_row:
                continue
            rows += 1
            if rows > self._limits.rows:
                most = f"a file may have {self._limits.rows} rows below its header, and no more."
                raise UnreadableFile(number, None, most)
            if width > 1 and not (len(cells) > 1 and cells[-1]) and not any(cells[1:]):
                inner = _quoted_twice(cells, self._separator)
                cells = inner if len(inner) == width else cells
            if len(cells) > width and not any(map(str.strip, cells[width:])):
                cells = cells[:width]
            if len(cells) == width:
                if cells[0] not in others and _is_header(cells, header, others):
                    continue
                row = unchecked_row(number, dict(zip(header, cells, strict=True)))
                yield row if is_sound("".join(cells), longest) else checked(row, longest)
            else:
                off = header[len(cells)] if len(cells) < width else str(width + 1)
                yield UnreadableFile(number, off, f"the row has {len(cells)} cells, but the header {width}.")


def _named(cell: str) -> str:
    return inputs.named(" ".join(bare(cell).split()))


def _is_header(cells: Sequence[str], header: Sequence[str], others: set[str]) -> bool:
    """Whether a row is the header once more; if its first cell tells that it is not, that is noted."""
    first = cells[0]
    if _named(first) == header[0]:
        return all(_named(cell) == name for cell, name in zip(cells, header, strict=True))
    if len(others) < _REMEMBERED and len(first) <= _LONGEST_REMEMBERED:
        others.add(first)
    return False


def _filled(cells: Iterable[str]) -> int:
    return sum(map(bool, map(str.strip, cells)))


class _TooLong(csv.Error):
    """A line is longer than any row."""


def _records(file: File, separator: str, *, skip: bool) -> Iterator[_Record | UnreadableFile]:
    """Each row that is not blank, with its number; at last the error, where the file cannot be read on. `skip` passes
    over the line that names the separator."""
    reader = csv.reader(_lines(file), delimiter=separator, strict=True, skipinitialspace=separator != " ")
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            too_long = "limit" in str(broken) or isinstance(broken, _TooLong)
            why = "it is too long" if too_long else "its quotes do not match"
            yield UnreadableFile(number, None, f"the row cannot be parted into cells, because {why}.")
            return
        is_filled = cells and (cells[0].strip(_BLANKS) or "".join(cells).strip(_BLANKS))
        if is_filled and not (skip and number == 1):
            yield number, cells


def _quoted_twice(cells: list[str], separator: str) -> list[str]:
    """The cells of a row that is quoted once more as a whole; any other row as it is."""
    if not separator or separator not in cells[0] or any(cells[1:]):
        return cells
    try:
        return next(csv.reader([cells[0]], delimiter=separator, strict=True))
    except csv.Error:
        return cells


def _lines(file: File) -> Iterator[str]:
    text = file.text()
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise _TooLong
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
