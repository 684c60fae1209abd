"""What do the detailed and the summary report of Clockify say?

The detailed one has local times without a zone, written in the workspace's way, and mostly a duration. The currency
stands in the header: Billable Rate (EUR). The summary by day, client, project and description has only a day and a
duration, and names nobody.
"""

from decimal import Decimal

from attrs import frozen

from invoicecore.importer.files.csv_rows import Sheet
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Stated, written
from invoicecore.importer.inference.infer import Columns, Evidence, gathered
from invoicecore.importer.row_identity import Sources
from invoicecore.importer.timesheet import MissingOption, TimeEntry
from invoicecore.importer.trackers.format import Format, Layout, Opened, Reader

_NOTHING = frozenset({"(Without client)", "(Without project)", "(Without task)", "(Without description)"})
_WORKED = ("Start Date", "Start Time", "End Date", "End Time")


@frozen
class _Detailed:
    """Reads the rows of one detailed report."""

    opened: Opened
    evidence: Evidence
    currency: str | None
    rate_column: str

    def entry(self, row: Row, sources: Sources) -> TimeEntry:
        """What the row says."""
        start = self.evidence.shown(row, "Start Date", "Start Time")
        end = self.evidence.shown(row, "End Date", "End Time")
        stated = self._stated(row)
        span = self.evidence.clock.span(row, start, end, stated)
        entry = TimeEntry(
            row=row.number,
            person=cells.person(row, "User", answer=self.opened.answers.person),
            email=cells.email(row, "Email"),
            client=cells.name(row, "Client", blank=_NOTHING),
            project=cells.name(row, "Project", blank=_NOTHING),
            note=cells.note(row, "Task", "Activity", "Description"),
            billable=cells.yes_or_no(row, "Billable") if "Billable" in row.cells else True,
            start=span.start,
            end=span.end,
            duration=span.duration,
            rate=self._rate(row),
            currency=self.currency,
            tags=cells.tags(row, "Tags"),
            ambiguous=span.ambiguous,
            invoiced=cells.yes_no_or_nothing(row, "Invoiced"),
        )
        return sources.by_content(entry, *written(start, end), stated=None if stated is None else stated.length)

    def _stated(self, row: Row) -> Stated | None:
        if row.cell("Duration (h)"):
            return cells.duration(row, "Duration (h)", may_lack_seconds=True)
        number = self.evidence.numbers.of(row, "Duration (decimal)")
        return None if number is None else cells.hours(row, "Duration (decimal)", number)

    def _rate(self, row: Row) -> Decimal | None:
        """The rate; Clockify writes zero where none is set."""
        return self.evidence.numbers.of(row, self.rate_column) or None


def _detailed(opened: Opened) -> Reader:
    currency, named = cells.currency_in_header(opened.table.header, "Billable Rate", "Billable Amount")
    rate, amount = (named.get(column, column) for column in ("Billable Rate", "Billable Amount"))
    columns = Columns(
        dates=("Start Date", "End Date", "Date of creation"),
        times=("Start Time", "End Time"),
        numbers=("Duration (decimal)", rate, amount),
        local=("Start Time",),
    )
    evidence = gathered(opened.table, opened.answers, columns, guesses=opened.guesses)
    return Reader(entry=_Detailed(opened, evidence, currency, rate).entry, currency=currency)


def _summary(opened: Opened) -> Reader:
    if "User" not in opened.table.header and opened.answers.person is None:
        raise MissingOption("person", None, None, "it names nobody; say with person whose work it is.")
    currency, _ = cells.currency_in_header(opened.table.header, "Amount")
    evidence = gathered(opened.table, opened.answers, Columns(dates=("Date",)), guesses=opened.guesses)

    def entry(row: Row, sources: Sources) -> TimeEntry:
        day = evidence.day(row, "Date")
        said = TimeEntry(
            row=row.number,
            person=cells.person(row, "User", answer=opened.answers.person),
            email=None,
            client=cells.name(row, "Client", blank=_NOTHING),
            project=cells.name(row, "Project", blank=_NOTHING),
            note=cells.note(row, "Task", "Description"),
            billable=True,
            day=day,
            duration=cells.duration(row, "Time (h)", may_lack_seconds=True).length,
            currency=currency,
        )
        return sources.by_content(said, day.isoformat(), stated=said.duration)

    return Reader(entry=entry, currency=currency)


DETAILED = Format(
    name="clockify",
    layouts=(
        Layout(
            kind=Sheet,
            told_by=frozenset({"User", "Start Date", "Start Time"}),
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

SUMMARY = Format(
    name="clockify-summary",
    layouts=(
        Layout(
            kind=Sheet,
            told_by=frozenset({"Date", "Time (h)", "Time (decimal)"}),
            required=("Date", "Project", "Time (h)"),
            optional=("User", "Client", "Task", "Description"),
            reader=_summary,
        ),
    ),
)
"""Clockify's summary report as CSV, grouped by day among others."""
