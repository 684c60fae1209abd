"""The detailed and the summary report of Clockify.

The detailed report has local times without a zone, in the format of the workspace, and usually a duration. The currency
is in the header: Billable Rate (EUR). The summary by day, client, project and description has only a day and a
duration, and no person.
"""

from invoicecore.importer.trackers.format import EntryReader, OpenedFile
from invoicecore.importer.trackers.report import ReportColumns

_NOTHING = frozenset({"(Without client)", "(Without project)", "(Without task)", "(Without description)"})

_DETAILED = ReportColumns(
    email="Email",
    note=("Task", "Activity", "Description"),
    billable="Billable",
    invoiced="Invoiced",
    tags="Tags",
    day="Start Date",
    start_time="Start Time",
    end_day="End Date",
    end_time="End Time",
    duration="Duration (h)",
    hours="Duration (decimal)",
    rate="Billable Rate",
    zero_is_no_rate=True,
    amount="Billable Amount",
    with_currency=("Billable Rate", "Billable Amount"),
    other_dates=("Date of creation",),
    other_numbers=("Billable Amount",),
    blank=_NOTHING,
)
_SUMMARY = ReportColumns(
    note=("Task", "Description"),
    day="Date",
    duration="Time (h)",
    amount="Amount",
    with_currency=("Amount",),
    blank=_NOTHING,
)


def _summary(opened: OpenedFile) -> EntryReader:
    if "User" not in opened.table.header:
        opened.needed_person()
    return _SUMMARY.reader(opened)


DETAILED = (
    _DETAILED.layout(
        "User",
        "Start Date",
        "Start Time",
        required=("User", "Project", "Description", "Start Date", "Start Time", "End Date", "End Time"),
    ),
)
"""Clockify's detailed report as CSV."""

SUMMARY = (
    _SUMMARY.layout("Date", "Time (h)", "Time (decimal)", required=("Date", "Project", "Time (h)"), reader=_summary),
)
"""Clockify's summary report as CSV, grouped by day among others."""
