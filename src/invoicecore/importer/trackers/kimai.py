"""The exports of Kimai.

The CSV, in English, has a date and local times of day, and a duration as hours with two decimals, hours and minutes, or
seconds. The JSON is the response of `/api/timesheets?full=true`: instants with their offset, seconds and an id. Work at
a fixed price has no hourly rate and is refused.
"""

from datetime import timedelta

from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.files.text_rows import TableRows
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Shown, Stated
from invoicecore.importer.inference.conventions import Numbers
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity
from invoicecore.importer.trackers.report import ReportColumns

_BEGIN, _END = ("Begin", "From", "Start"), ("End", "To")
_HOURLY, _FIXED = ("Hourly price", "Hourly rate"), ("Fixed price", "Fixed rate")
_REFUSED = timedelta(days=3650)
_PERSON, _EMAIL, _ID = ("Name", "User", "Username"), ("Email", "E-mail", "E-Mail"), ("ID", "Id", "id")


def _columns(header: tuple[str, ...], unit: int) -> ReportColumns:
    """The columns of a CSV export, some of which have several names. Plain durations are in units of so many
    seconds."""

    def called(names: tuple[str, ...]) -> str:
        return next((name for name in names if name in header), names[0])

    fixed = called(_FIXED)

    def stated(row: Row, inferred: Inference, shown: tuple[Shown, ...]) -> Stated:
        """The duration; numbers may be plain or have their units with them."""
        _check_price(row, fixed, inferred.numbers)
        number = inferred.numbers.of(row, "Duration") if _is_plain(row.cell("Duration")) else None
        if number is None:
            return cells.duration(row, "Duration")
        return cells.counted(row, "Duration", number, unit)

    return ReportColumns(
        person=tuple((name,) for name in _PERSON if name in header) or (_PERSON[:1],),
        email=called(_EMAIL),
        client="Customer",
        note=("Activity", "Description"),
        billable="Billable",
        invoiced="Exported",
        tags="Tags",
        day="Date",
        start_time=called(_BEGIN),
        end_time=called(_END),
        hours="Duration",
        stated=stated,
        rate=called(_HOURLY),
        zero_is_no_rate=True,
        currency="Currency",
        id=called(_ID),
        other_numbers=(fixed,),
        if_blank=False,
        running=frozenset({""}),
    )


def _sheet(opened: OpenedFile) -> EntryReader:
    header = opened.table.header
    by_hours, by_seconds = (_columns(header, unit) for unit in (3600, 1))
    for column in (by_hours.start_time, by_hours.end_time):
        if column not in header:
            raise UnreadableFile(1, column, "the column is missing.")
    numbers = [it.cell("Duration") for it in opened.table if isinstance(it, Row) and _is_plain(it.cell("Duration"))]
    if not numbers or not all(map(str.isdecimal, numbers)):
        return by_hours.reader(opened)
    readers = [columns.reader(opened) for columns in (by_hours, by_seconds)]
    return min(readers, key=lambda it: _off_the_clock(opened, it))


def _is_plain(cell: str) -> bool:
    return bool(cell) and ":" not in cell and not cell[-1].isalpha()


def _off_the_clock(opened: OpenedFile, reader: EntryReader) -> timedelta:
    """How far all durations together are off what the clock showed."""
    off, identity = timedelta(0), RowIdentity("kimai")
    for row in opened.table:
        if isinstance(row, Row):
            try:
                entry = reader.entry(row, identity)
            except UnreadableFile:  # such as hours that are longer than any work
                off += _REFUSED
                continue
            if entry is not None and entry.elapsed is not None:
                off += abs(entry.elapsed - entry.duration)
    return off


def _list(opened: OpenedFile) -> EntryReader:
    numbers, currency = Numbers("."), "project.customer.currency"
    asked = Columns(stamps=("begin", "end"), currency=currency)
    inferred = infer(opened.table, opened.options, asked)

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        if not row.cell("end"):
            return None
        start, end = cells.stamp(row, "begin"), cells.stamp(row, "end")
        span = inferred.clock.span(row, start, end, cells.counted(row, "duration", numbers.of(row, "duration"), 1))
        _check_price(row, "fixedRate", numbers)
        activity = _called(row, "activity", "activity.name", opened=opened)
        work = dict(
            row=row.number,
            person=_called(row, "user", "user.alias", "user.username", opened=opened)
            or cells.person(row, "user", option=opened.options.person),
            email=cells.email(row, "user.email"),
            client=_called(row, "customer", "project.customer.name", opened=opened),
            project=_called(row, "project", "project.name", opened=opened),
            note=": ".join(part for part in (activity, cells.note(row, "description")) if part),
            billable=cells.yes_or_no(row, "billable") if "billable" in row.cells else None,
            **span.times,
            rate=cells.rate(row, "hourlyRate", numbers.of(row, "hourlyRate")) or None,
            currency=cells.currency(row, currency),
            tags=row.several("tags"),
            invoiced=cells.yes_no_or_nothing(row, "exported"),
        )
        return identity.by_id(work, row, column="id")

    return EntryReader(entry=entry, currency=inferred.currency)


def _called(row: Row, kind: str, *columns: str, opened: OpenedFile) -> str | None:
    """The name of a person, client, project or activity: from the row, or by its id from the options."""
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


def _check_price(row: Row, column: str, numbers: Numbers) -> None:
    if numbers.of(row, column):
        raise row.refused(column, "it has a fixed price, which time here cannot have; bill that by a manual invoice.")


LAYOUTS = (
    FileLayout(
        kind=TableRows,
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
)
"""Kimai's export as CSV in English, and the timesheets of its interface as JSON."""
