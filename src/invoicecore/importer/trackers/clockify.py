"""The detailed and the summary report of Clockify.

The detailed report has local times without a zone, in the format of the workspace, and usually a duration. The currency
is in the header: Billable Rate (EUR). The summary by day, client, project and description has only a day and a
duration, and no person.
"""

from decimal import Decimal

from attrs import frozen

from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Stated, written
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import MissingOption, TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat

_NOTHING = frozenset({"(Without client)", "(Without project)", "(Without task)", "(Without description)"})
_WORKED = ("Start Date", "Start Time", "End Date", "End Time")


@frozen
class _Detailed:
    """Reads the rows of one detailed report."""

    opened: OpenedFile
    inferred: Inference
    currency: str | None
    rate_column: str

    def entry(self, row: Row, identity: RowIdentity) -> TimeEntry:
        """What the row says."""
        start = self.inferred.shown(row, "Start Date", "Start Time")
        end = self.inferred.shown(row, "End Date", "End Time")
        stated = self._stated(row)
        span = self.inferred.clock.span(row, start, end, stated)
        entry = TimeEntry(
            row=row.number,
            person=cells.person(row, "User", option=self.opened.options.person),
            email=cells.email(row, "Email"),
            client=cells.name(row, "Client", blank=_NOTHING),
            project=cells.name(row, "Project", blank=_NOTHING),
            note=cells.note(row, "Task", "Activity", "Description"),
            billable=cells.yes_or_no(row, "Billable") if "Billable" in row.cells else True,
            **span.times,
            rate=self._rate(row),
            currency=self.currency,
            tags=cells.tags(row, "Tags"),
            invoiced=cells.yes_no_or_nothing(row, "Invoiced"),
        )
        return identity.by_content(entry, *written(start, end), stated=None if stated is None else stated.length)

    def _stated(self, row: Row) -> Stated | None:
        if row.cell("Duration (h)"):
            return cells.duration(row, "Duration (h)", may_lack_seconds=True)
        number = self.inferred.numbers.of(row, "Duration (decimal)")
        return None if number is None else cells.hours(row, "Duration (decimal)", number)

    def _rate(self, row: Row) -> Decimal | None:
        """The rate; Clockify writes zero where none is set."""
        return self.inferred.numbers.of(row, self.rate_column) or None


def _detailed(opened: OpenedFile) -> EntryReader:
    currency, named = cells.currency_in_header(opened.table.header, "Billable Rate", "Billable Amount")
    rate, amount = (named.get(column, column) for column in ("Billable Rate", "Billable Amount"))
    columns = Columns(
        dates=("Start Date", "End Date", "Date of creation"),
        times=("Start Time", "End Time"),
        numbers=("Duration (decimal)", rate, amount),
        local=("Start Time",),
    )
    inferred = infer(opened.table, opened.options, columns)
    return EntryReader(entry=_Detailed(opened, inferred, currency, rate).entry, currency=currency)


def _summary(opened: OpenedFile) -> EntryReader:
    if "User" not in opened.table.header and opened.options.person is None:
        raise MissingOption("person", None, None, "it names nobody; say with person whose work it is.")
    currency, _ = cells.currency_in_header(opened.table.header, "Amount")
    inferred = infer(opened.table, opened.options, Columns(dates=("Date",)))

    def entry(row: Row, identity: RowIdentity) -> TimeEntry:
        day = inferred.day(row, "Date")
        said = TimeEntry(
            row=row.number,
            person=cells.person(row, "User", option=opened.options.person),
            client=cells.name(row, "Client", blank=_NOTHING),
            project=cells.name(row, "Project", blank=_NOTHING),
            note=cells.note(row, "Task", "Description"),
            day=day,
            duration=cells.duration(row, "Time (h)", may_lack_seconds=True).length,
            currency=currency,
        )
        return identity.by_content(said, day.isoformat(), stated=said.duration)

    return EntryReader(entry=entry, currency=currency)


DETAILED = TrackerFormat(
    name="clockify",
    layouts=(
        FileLayout(
            kind=CsvRows,
            recognized_by=frozenset({"User", "Start Date", "Start Time"}),
            required=("User", "Project", "Description", *_WORKED),
            optional=(
                "Client",
                "Task",
                "Activity",
                "Email",
                "Tags",
                "Billable",
                "Invoiced",
                "Duration (h)",
                "Duration (decimal)",
            ),
            reader=_detailed,
        ),
    ),
)
"""Clockify's detailed report as CSV."""

SUMMARY = TrackerFormat(
    name="clockify-summary",
    layouts=(
        FileLayout(
            kind=CsvRows,
            recognized_by=frozenset({"Date", "Time (h)", "Time (decimal)"}),
            required=("Date", "Project", "Time (h)"),
            optional=("User", "Client", "Task", "Description"),
            reader=_summary,
        ),
    ),
)
"""Clockify's summary report as CSV, grouped by day among others."""
