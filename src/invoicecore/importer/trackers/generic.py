"""Any other table, whose columns the options name.

Each field is read from the column that the options name or, without an option, from a column with a common name. A row
has start and end, as date and time together or as a day and two times; or a duration, and a start or a day.
"""

from typing import Any

from attrs import evolve

from invoicecore.errors import InvalidInput
from invoicecore.exporter.tables.cells import unescape_formula
from invoicecore.importer.files.row import FileRows, Row
from invoicecore.importer.files.text_rows import TableRows
from invoicecore.importer.options import ImportOptions
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity
from invoicecore.importer.trackers.report import ReportColumns
from invoicecore.importer.trackers.suggestion import asked

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
    "minutes": ("minutes",),
    "seconds": ("seconds",),
    "rate": ("rate",),
    "currency": ("currency",),
}
"""Every field, and the names of its column if the options give none. `hours`, `minutes` and `seconds` are numbers,
`duration` is h:mm:ss, h:mm or has its units with it; `start` and `end` are date and time together, `start_time` and
`end_time` are those of `day`."""

_LENGTHS = frozenset({"hours", "duration", "minutes", "seconds"})
_SESSIONS = frozenset({"id", "person", "email", "client", "project", "start", "day", "duration", "billable", "note"})


def _reader(opened: OpenedFile) -> EntryReader:
    at = _columns(opened.table, opened.options)
    if at["person"] is None and opened.options.person is None:
        reason = "no column that is known names who worked; say who with person, or which column does."
        raise asked("person", opened.table, reason, FIELDS)
    person, task, note = (at.pop(field) for field in ("person", "task", "note"))
    notes = tuple(column for column in (task, note) if column is not None)
    people = ((),) if person is None else ((person,),)
    return ReportColumns(person=people, note=notes, if_blank=True, **at).reader(opened)


def _own(opened: OpenedFile) -> EntryReader:
    """The reader of a table of sessions that the library exported, whose text is escaped against formulas."""
    reader = _reader(opened)

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        plain = {column: unescape_formula(cell) for column, cell in row.cells.items()}
        return reader.entry(Row(row.number, plain), identity)

    return evolve(reader, entry=entry)


def _columns(table: FileRows, options: ImportOptions) -> dict[str, Any]:
    """The column of each field."""
    header = table.header
    for field, column in options.columns.items():
        if field not in FIELDS:
            raise InvalidInput(f"{field!r:.60} is not a field of columns; these are: {', '.join(FIELDS)}.")
        if header.count(column) != 1:
            how_often = "there more than once" if column in header else "missing"
            there = ", ".join(filter(None, header))
            raise UnreadableFile(1, column, f"the column of {field} is {how_often}. These columns are there: {there}.")
    names = {field: (column,) for field, column in options.columns.items()} or FIELDS
    at = {field: next((name for name in names.get(field, ()) if name in header), None) for field in FIELDS}
    for read in at.values():
        if read is not None and header.count(read) > 1:
            raise UnreadableFile(1, read, "the column is there more than once.")
    has = {field for field, column in at.items() if column is not None}
    has_times = {"start", "end"} <= has or {"day", "start_time", "end_time"} <= has
    if not has_times and not ({"start", "day"} & has and _LENGTHS & has):
        needed = "start and end, or start or day and one of hours, duration, minutes and seconds"
        raise asked("columns", table, f"no columns tell when the work was done; needed are {needed}.", FIELDS)
    return at


LAYOUTS = (
    FileLayout(kind=TableRows, recognized_by=_SESSIONS, reader=_own),
    FileLayout(kind=TableRows, recognized_by=frozenset({"project", "start", "end", "user_name"}), reader=_reader),
    FileLayout(kind=TableRows, recognized_by=frozenset({"person", "project", "start", "duration"}), reader=_reader),
)
"""A CSV table in words of its own."""
