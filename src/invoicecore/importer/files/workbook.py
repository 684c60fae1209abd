"""Rows of a sheet in a workbook, such as .xlsx or .ods, as the texts that a CSV file would have.

The extra `spreadsheets` reads them. Before it does, the extent of what a workbook holds is bounded, because a cell in
the last corner of a sheet makes it as large as the whole.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from invoicecore.importer.files.file import OLE, File
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values.inputs import short_repr

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_AS_CSV = "open it in a spreadsheet program and save the sheet as CSV"
_UNPACKED = 4
"""How many times as large as a file its unpacked parts may be."""
_MOST_CELLS = 5_000_000
_CELL = re.compile(rb"""<c\b[^>]*?\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,9})["'][^>]*(?<!/)>""")
_REPEATED = re.compile(rb"""<table:table-cell\b[^>]*number-columns-repeated\s*=\s*["']([0-9]{4,})["'][^>]*(?<!/)>""")
_ROWS = re.compile(rb"""<table:table-row\b[^>]*number-rows-repeated\s*=\s*["']([0-9]{4,})["'][^>]*(?<!/)>""")
_EMPTY = re.compile(rb"(?:\s*<table:(?:covered-)?table-cell\b[^>]*/>)*\s*</table:table-row>")
_BEGINNING, _DURATIONS_UNTIL = datetime(1899, 12, 31), datetime(1900, 3, 1)
_Range = tuple[tuple[int, int], tuple[int, int]]
_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)


def records(file: File, sheet: str | None, limits: Limits) -> list[tuple[int, list[str]]]:
    """The rows of a sheet that are not blank, each with its number; of the first that is seen if none is named."""
    _check_extent(file, limits)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ModuleNotFoundError as missing:
        how = f"pip install 'invoicecore[spreadsheets]' reads it; or {_AS_CSV}"
        raise UnreadableFile(None, None, f"it is a workbook of a spreadsheet. {how}.") from missing
    file.copy.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file.copy)
        chosen = _sheet(workbook, sheet)
        rows: Iterable[list[Any]] = chosen.iter_rows()
        if chosen.merged_cell_ranges:
            rows = _unmerged([*rows], chosen.merged_cell_ranges)
        return [(number, cells) for number, row in enumerate(rows, 1) if any(cells := [*map(_text, row)])]
    except UnreadableFile:
        raise
    except (CalamineError, OSError, ValueError) as broken:
        reason = f"it is a workbook that cannot be read; {_AS_CSV}."
        raise UnreadableFile(None, None, reason) from broken


def _sheet(workbook: "CalamineWorkbook", name: str | None) -> "CalamineSheet":
    from python_calamine import SheetVisibleEnum

    if name is None:
        seen = [it.name for it in workbook.sheets_metadata if it.visible is SheetVisibleEnum.Visible]
        name = next(iter([*seen, *workbook.sheet_names]), None)
    if name is None or name not in workbook.sheet_names:
        there = ", ".join(map(short_repr, workbook.sheet_names)) or "none"
        raise UnreadableFile(None, None, f"it has no sheet {short_repr(name)}; these are there: {there}.")
    return workbook.get_sheet_by_name(name)


def _unmerged(rows: list[list[Any]], ranges: Iterable[_Range]) -> list[list[Any]]:
    """The rows, of which cells that are merged downwards say the same in each, if they hold a text or a day. A number
    or a length stands for all of the rows together, and is not repeated."""
    filled = 0
    for (top, left), (bottom, _) in ranges:
        if top < len(rows) and left < len(rows[top]) and type(rows[top][left]) in (str, date):
            below = rows[top + 1 : bottom + 1]
            filled += len(below)
            if filled > _MOST_CELLS:
                raise UnreadableFile(None, None, f"more cells of it are merged than are read; {_AS_CSV}.")
            for row in below:
                row[left] = rows[top][left]
    return rows


def _text(value: object) -> str:
    """What a CSV file would have in place of a value. A number with three decimals gets a fourth, so that nobody reads
    it as thousands; a date gets its first instant, so that it can be a start as well."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            text = str(int(value)) if value.is_integer() else repr(value)
            return f"{text}0" if re.fullmatch(r"[0-9]+\.[0-9]{3}", text) else text
        case datetime() if value < _DURATIONS_UNTIL:
            return _text(value - _BEGINNING)
        case datetime():
            return _rounded(value).isoformat(sep=" ")
        case date():
            return f"{value.isoformat()} 00:00:00"
        case time():
            return _rounded(datetime.combine(_BEGINNING, value)).time().isoformat()
        case timedelta():
            seconds, rest = divmod(_MILLISECOND * round(value / _MILLISECOND), _SECOND)
            text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            return f"{text}.{rest // _MILLISECOND:03}" if rest else text
    return str(value)


def _rounded(moment: datetime) -> datetime:
    """The moment to the millisecond; a spreadsheet keeps no more."""
    return moment - timedelta(microseconds=(moment.microsecond + 500) % 1000 - 500)


def _check_extent(file: File, limits: Limits) -> None:
    """UnreadableFile if a workbook is larger unpacked, or its sheets span more cells, than may be read."""
    file.copy.seek(0)
    if file.copy.read(len(OLE)) == OLE:
        return
    try:
        with zipfile.ZipFile(file.copy) as parts:
            left = _UNPACKED * limits.bytes
            for part in parts.infolist():
                with parts.open(part) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise UnreadableFile(None, None, f"it is a workbook that is too large unpacked; {_AS_CSV}.")
                for rows, columns in _extents(content):
                    if rows > limits.rows + 1 or rows * columns > _MOST_CELLS:
                        spans = f"a sheet spans {rows} rows and {columns} columns, more than is read"
                        raise UnreadableFile(None, None, f"{spans}; {_AS_CSV}.")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as broken:
        if isinstance(broken, UnreadableFile):
            raise
        reason = f"it is a workbook that cannot be unpacked; {_AS_CSV}."
        raise UnreadableFile(None, None, reason) from broken


def _extents(content: bytes) -> Iterator[tuple[int, int]]:
    """The rows and columns that the cells of a part span, and those that are repeated."""
    rows, columns = 1, 1
    for cell in _CELL.finditer(content):
        rows, columns = max(rows, int(cell[2])), max(columns, _column(cell[1]))
    yield rows, columns
    for repeated in _REPEATED.finditer(content):
        yield int(repeated[1]), _MOST_CELLS
    for repeated in _ROWS.finditer(content):
        if _EMPTY.match(content, repeated.end()) is None:
            yield int(repeated[1]), 1


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
