"""Any other table, whose columns the options name.

Each field is read from the column that the options name or, without an option, from a column with a common name. A row
has start and end, as date and time together or as a day and two times; or a duration, and a start or a day.
"""

from datetime import date

from attrs import frozen

from invoicecore.errors import InvalidInput
from invoicecore.exporter.tables.cells import unescape_formula
from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import EntrySpan, Shown, Stated, written
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.options import ImportOptions
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import MissingOption, TimeEntry, UnreadableFile
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat

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
"""Every field, and what its column may be called where nobody says. `hours` are decimal, `duration` is h:mm:ss or h:mm,
`seconds` whole; `start` and `end` are date and time together, `start_time` and `end_time` are those of `day`."""

_LENGTHS = frozenset({"hours", "duration", "seconds"})
_SESSIONS = frozenset({"id", "person", "email", "client", "project", "start", "day", "duration", "billable", "note"})
_ABSENT = "\0"  # what no column is called


@frozen
class _Generic:
    """Reads the rows of one table, of which `at` says the column of each field."""

    opened: OpenedFile
    inferred: Inference
    at: dict[str, str]

    def entry(self, row: Row, identity: RowIdentity) -> TimeEntry:
        """What the row says."""
        at, stated, worked = self.at, self._stated(row), self._worked(row)
        if worked:
            times, when = self._span(row, worked, stated).times, written(*worked)
        else:
            day = self._day(row)
            if stated is None:
                raise row.refused(at["day"], "nothing in the row says how long it took.")
            times, when = {"day": day, "duration": stated.length}, (str(day),)
        entry = TimeEntry(
            row=row.number,
            person=cells.person(row, at["person"], option=self.opened.options.person),
            email=cells.email(row, at["email"]),
            client=cells.name(row, at["client"]),
            project=cells.name(row, at["project"]),
            note=cells.note(row, at["task"], at["note"]),
            billable=cells.yes_no_or_nothing(row, at["billable"]) is not False,
            **times,
            rate=self.inferred.numbers.of(row, at["rate"]),
            currency=cells.currency(row, at["currency"]),
            tags=cells.tags(row, at["tags"]),
            invoiced=cells.yes_no_or_nothing(row, at["invoiced"]),
        )
        if row.cell(at["id"]):
            return identity.by_id(entry, row, id=cells.identifier(row, at["id"]), column=at["id"])
        return identity.by_content(entry, *when, stated=None if stated is None else stated.length)

    def _day(self, row: Row) -> date:
        if self.at["day"] == _ABSENT:
            raise row.refused(self.at["start"], "it is blank.")
        return self.inferred.day(row, self.at["day"])

    def _stated(self, row: Row) -> Stated | None:
        at = self.at
        if row.cell(at["duration"]):
            return cells.duration(row, at["duration"], may_lack_seconds=True)
        if row.cell(at["seconds"]):
            return cells.seconds(row, at["seconds"])
        hours = self.inferred.numbers.of(row, at["hours"])
        return None if hours is None else cells.hours(row, at["hours"], hours)

    def _worked(self, row: Row) -> tuple[Shown, ...]:
        """Start and end, or the start alone, if the row has times."""
        at = self.at
        if row.cell(at["start"]) or row.cell(at["end"]):
            start = cells.stamp(row, at["start"])
            return (start, cells.stamp(row, at["end"])) if row.cell(at["end"]) else (start,)
        if row.cell(at["start_time"]) or row.cell(at["end_time"]):
            first = self.inferred.shown(row, at["day"], at["start_time"])
            return first, self.inferred.shown(row, at["day"], at["end_time"])
        return ()

    def _span(self, row: Row, worked: tuple[Shown, ...], stated: Stated | None) -> EntrySpan:
        match worked:
            case (start, end) if start.column == self.at["start"]:
                return self.inferred.clock.span(row, start, end, stated)
            case (start, end):
                return self.inferred.clock.overnight(row, start, end, stated)
        if stated is None:
            raise row.refused(self.at["start"], "nothing in the row says how long it took.")
        return self.inferred.clock.lasting(row, worked[0], stated)


def _reader(opened: OpenedFile) -> EntryReader:
    at = _columns(opened.table.header, opened.options)
    if at["person"] == _ABSENT and opened.options.person is None:
        raise MissingOption("person", 1, None, "no column names who worked; say which does with columns, or person.")
    asked = Columns(
        dates=(at["day"],),
        times=(at["start_time"], at["end_time"]),
        numbers=(at["hours"], at["rate"]),
        stamps=(at["start"], at["end"]),
        local=(at["start_time"],),
        currency=at["currency"],
    )
    inferred = infer(opened.table, opened.options, asked)
    return EntryReader(entry=_Generic(opened, inferred, at).entry, currency=inferred.currency)


def _own(opened: OpenedFile) -> EntryReader:
    """A table of sessions that was written here, in which text is guarded against being taken for a formula."""
    reader = _reader(opened)

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        plain = {column: unescape_formula(cell) for column, cell in row.cells.items()}
        return reader.entry(Row(row.number, plain), identity)

    return EntryReader(entry=entry, currency=reader.currency)


def _columns(header: tuple[str, ...], options: ImportOptions) -> dict[str, str]:
    """The column of each field."""
    for field, column in options.columns.items():
        if field not in FIELDS:
            raise InvalidInput(f"{field!r:.60} is not a field of columns; these are: {', '.join(FIELDS)}.")
        if header.count(column) != 1:
            raise UnreadableFile(1, column, f"the column of {field} is {_times(header.count(column))}.")
    names = {field: (column,) for field, column in options.columns.items()} or FIELDS
    at = {field: next((name for name in names.get(field, ()) if name in header), _ABSENT) for field in FIELDS}
    for column in at.values():
        if header.count(column) > 1:
            raise UnreadableFile(1, column, "the column is there more than once.")
    has = {field for field, column in at.items() if column != _ABSENT}
    told = {"start", "end"} <= has or {"day", "start_time", "end_time"} <= has
    if not told and not ({"start", "day"} & has and _LENGTHS & has):
        needed = "say with columns where start and end stand, or start or day and one of hours, duration and seconds."
        raise MissingOption("columns", 1, None, f"no columns tell when the work was done; {needed}")
    return at


def _times(count: int) -> str:
    return "missing" if count == 0 else "there more than once"


FORMAT = TrackerFormat(
    name="generic",
    layouts=(
        FileLayout(kind=CsvRows, recognized_by=_SESSIONS, reader=_own),
        FileLayout(kind=CsvRows, recognized_by=frozenset({"project", "start", "end", "user_name"}), reader=_reader),
        FileLayout(kind=CsvRows, recognized_by=frozenset({"person", "project", "start", "duration"}), reader=_reader),
    ),
)
"""A CSV table in words of its own."""
