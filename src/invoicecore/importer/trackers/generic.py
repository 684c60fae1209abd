"""Any other table, whose columns the options name.

Each field is read from the column that the options name or, without an option, from a column with a common name. A row
has start and end, as date and time together or as a day and two times; or a duration, and a start or a day.
"""

from typing import Any

from invoicecore.errors import InvalidInput
from invoicecore.exporter.tables.cells import unescape_formula
from invoicecore.importer.files.row import Row
from invoicecore.importer.files.text_rows import CsvRows
from invoicecore.importer.options import ImportOptions
from invoicecore.importer.timesheet import MissingOption, TimeEntry, UnreadableFile
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity
from invoicecore.importer.trackers.report import ABSENT, ReportColumns

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "person": ("user_name", "person"),
    "email": ("user_email", "email"),
    "client": ("client",),
    "project": ("project",),
    "task": ("task",),
    "note": ("description", "note"),
    "billable": ("billable",),
    "invoiced": ("invoiced",),
    "tags": ("tags",),
    "start": ("start",),
    "end": ("end",),
    "day": ("day", "date"),
    "start_time": ("start_time",),
    "end_time": ("end_time",),
    "hours": ("hours",),
    "duration": ("duration",),
    "seconds": ("seconds",),
    "rate": ("rate",),
    "currency": ("currency",),
}
"""Every field, and the names of its column if the options give none. `hours` are decimal, `duration` is h:mm:ss or
h:mm, `seconds` whole; `start` and `end` are date and time together, `start_time` and `end_time` are those of `day`."""

_LENGTHS = frozenset({"hours", "duration", "seconds"})
_SESSIONS = frozenset({"id", "person", "email", "client", "project", "start", "day", "duration", "billable", "note"})


def _reader(opened: OpenedFile) -> EntryReader:
    at = _columns(opened.table.header, opened.options)
    if at["person"] == ABSENT and opened.options.person is None:
        raise MissingOption("person", 1, None, "no column names who worked; say which does with columns, or person.")
    person, task, note = (at.pop(field) for field in ("person", "task", "note"))
    return ReportColumns(person=((person,),), note=(task, note), if_blank=True, **at).reader(opened)


def _own(opened: OpenedFile) -> EntryReader:
    """The reader of a table of sessions that the library exported, whose text is escaped against formulas."""
    reader = _reader(opened)

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        plain = {column: unescape_formula(cell) for column, cell in row.cells.items()}
        return reader.entry(Row(row.number, plain), identity)

    return EntryReader(entry=entry, currency=reader.currency)


def _columns(header: tuple[str, ...], options: ImportOptions) -> dict[str, Any]:
    """The column of each field."""
    for field, column in options.columns.items():
        if field not in FIELDS:
            raise InvalidInput(f"{field!r:.60} is not a field of columns; these are: {', '.join(FIELDS)}.")
        if header.count(column) != 1:
            how_often = "there more than once" if column in header else "missing"
            raise UnreadableFile(1, column, f"the column of {field} is {how_often}.")
    names = {field: (column,) for field, column in options.columns.items()} or FIELDS
    at = {field: next((name for name in names.get(field, ()) if name in header), ABSENT) for field in FIELDS}
    for column in at.values():
        if header.count(column) > 1:
            raise UnreadableFile(1, column, "the column is there more than once.")
    has = {field for field, column in at.items() if column != ABSENT}
    has_times = {"start", "end"} <= has or {"day", "start_time", "end_time"} <= has
    if not has_times and not ({"start", "day"} & has and _LENGTHS & has):
        needed = "say with columns where start and end stand, or start or day and one of hours, duration and seconds."
        raise MissingOption("columns", 1, None, f"no columns tell when the work was done; {needed}")
    return at


LAYOUTS = (
    FileLayout(kind=CsvRows, recognized_by=_SESSIONS, reader=_own),
    FileLayout(kind=CsvRows, recognized_by=frozenset({"project", "start", "end", "user_name"}), reader=_reader),
    FileLayout(kind=CsvRows, recognized_by=frozenset({"person", "project", "start", "duration"}), reader=_reader),
)
"""A CSV table in words of its own."""
