"""The exports of Kimai.

The CSV, in English, has a date and local times of day, and a duration as hours with two decimals, hours and minutes, or
seconds. The JSON is the response of `/api/timesheets?full=true`: instants with their offset, seconds and an id. Work at
a fixed price has no hourly rate and is refused.
"""

from datetime import timedelta
from decimal import Decimal

from attrs import frozen

from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Shown, Stated, written
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.inference.numbers import Numbers
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat

_BEGIN, _END = ("Begin", "From", "Start"), ("End", "To")
_HOURLY, _FIXED = ("Hourly price", "Hourly rate"), ("Fixed price", "Fixed rate")
_DAY = timedelta(days=1)
_PERSON, _EMAIL, _ID = ("Name", "User", "Username"), ("Email", "E-mail", "E-Mail"), ("ID", "Id", "id")


@frozen
class _KimaiColumns:
    """What the columns are called in one file; a name that it does not have where there is none."""

    begin: str
    end: str
    hourly: str
    fixed: str
    people: tuple[str, ...]
    email: str
    id: str

    @classmethod
    def of(cls, header: tuple[str, ...]) -> "_KimaiColumns":
        """By its header."""

        def called(names: tuple[str, ...]) -> str:
            return next((name for name in names if name in header), names[0])

        people = tuple(name for name in _PERSON if name in header) or _PERSON[:1]
        return cls(called(_BEGIN), called(_END), called(_HOURLY), called(_FIXED), people, called(_EMAIL), called(_ID))


@frozen
class _CsvReader:
    """Reads the rows of one CSV export."""

    opened: OpenedFile
    inferred: Inference
    columns: _KimaiColumns

    def entry(self, row: Row, identity: RowIdentity) -> TimeEntry | None:
        """What the row says; None while it runs."""
        of, columns = self.inferred.numbers.of, self.columns
        if not row.cell(columns.end):
            return None
        start = self.inferred.shown(row, "Date", columns.begin)
        end = self.inferred.shown(row, "Date", columns.end)
        stated = self._stated(row, start, end)
        span = self.inferred.clock.overnight(row, start, end, stated)
        _check_price(row, columns.fixed, of(row, columns.fixed))
        entry = TimeEntry(
            row=row.number,
            person=self._person(row),
            email=cells.email(row, columns.email),
            client=cells.name(row, "Customer"),
            project=cells.name(row, "Project"),
            note=cells.note(row, "Activity", "Description"),
            billable=bool(cells.yes_no_or_nothing(row, "Billable")) if "Billable" in row.cells else True,
            **span.times,
            rate=of(row, columns.hourly) or None,
            currency=cells.currency(row, "Currency"),
            tags=cells.tags(row, "Tags"),
            invoiced=bool(cells.yes_no_or_nothing(row, "Exported")) if "Exported" in row.cells else None,
        )
        if row.cell(columns.id):
            return identity.by_id(entry, row, id=cells.identifier(row, columns.id), column=columns.id)
        return identity.by_content(entry, *written(start, end), stated=stated.length)

    def _person(self, row: Row) -> str:
        named = next((column for column in self.columns.people if row.cell(column)), self.columns.people[0])
        return cells.person(row, named, option=self.opened.options.person)

    def _stated(self, row: Row, start: Shown, end: Shown) -> Stated:
        """The duration. A plain number may be hours or seconds: it is what comes nearer to what the clock showed."""
        if ":" in row.cell("Duration"):
            return cells.duration(row, "Duration", may_lack_seconds=True)
        hours = cells.hours(row, "Duration", self.inferred.numbers.of(row, "Duration"))
        if not row.cell("Duration").isdecimal():
            return hours
        seconds, passed = cells.seconds(row, "Duration"), (end.moment - start.moment) % _DAY
        return min(hours, seconds, key=lambda it: abs(it.length - passed))


def _sheet(opened: OpenedFile) -> EntryReader:
    columns = _KimaiColumns.of(opened.table.header)
    for column in (columns.begin, columns.end):
        if column not in opened.table.header:
            raise UnreadableFile(1, column, "the column is missing.")
    asked = Columns(
        dates=("Date",),
        times=(columns.begin, columns.end),
        numbers=("Duration", columns.hourly, columns.fixed),
        local=(columns.begin,),
        currency="Currency",
    )
    inferred = infer(opened.table, opened.options, asked)
    return EntryReader(entry=_CsvReader(opened, inferred, columns).entry, currency=inferred.currency)


def _list(opened: OpenedFile) -> EntryReader:
    numbers, currency = Numbers("."), "project.customer.currency"
    asked = Columns(stamps=("begin", "end"), currency=currency)
    inferred = infer(opened.table, opened.options, asked)

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        if not row.cell("end"):
            return None
        start, end = cells.stamp(row, "begin"), cells.stamp(row, "end")
        span = inferred.clock.span(row, start, end, cells.seconds(row, "duration"))
        _check_price(row, "fixedRate", numbers.of(row, "fixedRate"))
        activity = _called(row, "activity", "activity.name", opened=opened)
        said = TimeEntry(
            row=row.number,
            person=_called(row, "user", "user.alias", "user.username", opened=opened)
            or cells.person(row, "user", option=opened.options.person),
            email=cells.email(row, "user.email"),
            client=_called(row, "customer", "project.customer.name", opened=opened),
            project=_called(row, "project", "project.name", opened=opened),
            note=": ".join(part for part in (activity, cells.note(row, "description")) if part),
            billable=cells.yes_or_no(row, "billable") if "billable" in row.cells else True,
            **span.times,
            rate=numbers.of(row, "hourlyRate") or None,
            currency=cells.currency(row, currency),
            tags=row.several("tags"),
            invoiced=cells.yes_no_or_nothing(row, "exported"),
        )
        return identity.by_id(said, row, id=cells.identifier(row, "id"), column="id")

    return EntryReader(entry=entry, currency=inferred.currency)


def _called(row: Row, kind: str, *columns: str, opened: OpenedFile) -> str | None:
    """The name of somebody or something: as the row spells it out, or by its id from the options."""
    for column in columns:
        if row.cell(column):
            return cells.name(row, column)
    id = row.cell(kind)
    if not id or not id.isdecimal():
        return cells.name(row, kind)
    known = opened.options.names.get(f"{kind}:{id}")
    if known is None:
        asked = f"it is known by the id {id} alone; export with full=true, or say its name in names as '{kind}:{id}'."
        raise row.missing("names", kind, asked)
    return known


def _check_price(row: Row, column: str, fixed: Decimal | None) -> None:
    if fixed:
        raise row.refused(column, "it has a fixed price, which time here cannot have; bill that by a manual invoice.")


FORMAT = TrackerFormat(
    name="kimai",
    layouts=(
        FileLayout(
            kind=CsvRows,
            recognized_by=frozenset({"Date", "Duration", "Customer", "Activity"}),
            required=("Date", "Duration", "Customer", "Project", "Activity"),
            optional=(*_BEGIN, *_END, *_HOURLY, *_FIXED, *_PERSON, *_EMAIL, *_ID, "Currency", "Tags", "Billable"),
            reader=_sheet,
        ),
        FileLayout(
            kind=JsonRows,
            recognized_by=frozenset({"id", "begin", "end"}),
            required=("id", "begin", "end", "duration"),
            reader=_list,
        ),
    ),
)
"""Kimai's export as CSV in English, and the timesheets of its interface as JSON."""
