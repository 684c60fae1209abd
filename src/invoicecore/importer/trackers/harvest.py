"""The detailed time report of Harvest.

It has a date and decimal hours, no times of day, a rate and a currency in every row, and numbers and dates in the
format of the account.
"""

from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat

_OTHER_NUMBERS = ("Billable Amount", "Cost Rate", "Cost Amount")
_NUMBERS = ("Hours", "Billable Rate", *_OTHER_NUMBERS)


def _reader(opened: OpenedFile) -> EntryReader:
    columns = Columns(dates=("Date",), numbers=_NUMBERS, currency="Currency")
    inferred = infer(opened.table, opened.options, columns)
    return EntryReader(entry=lambda row, identity: _entry(row, identity, opened, inferred), currency=inferred.currency)


def _entry(row: Row, identity: RowIdentity, opened: OpenedFile, inferred: Inference) -> TimeEntry:
    for column in _OTHER_NUMBERS:
        inferred.numbers.of(row, column)  # what is no number there is a sign that the row is not what it seems
    day = inferred.day(row, "Date")
    entry = TimeEntry(
        row=row.number,
        person=cells.person(row, "First Name", "Last Name", option=opened.options.person),
        client=cells.name(row, "Client"),
        project=cells.name(row, "Project"),
        note=cells.note(row, "Task", "Notes"),
        billable=cells.yes_or_no(row, "Billable?"),
        day=day,
        duration=cells.hours(row, "Hours", inferred.numbers.of(row, "Hours")).length,
        rate=inferred.numbers.of(row, "Billable Rate"),
        currency=cells.currency(row, "Currency"),
        invoiced=cells.yes_no_or_nothing(row, "Invoiced?"),
    )
    return identity.by_content(entry, day.isoformat(), stated=entry.duration)


FORMAT = TrackerFormat(
    name="harvest",
    layouts=(
        FileLayout(
            kind=CsvRows,
            recognized_by=frozenset({"Date", "Hours", "First Name"}),
            required=("Date", "Client", "Project", "Notes", "Hours", "Billable?", "First Name", "Last Name"),
            optional=("Task", "Currency", "Billable Rate", "Invoiced?", *_OTHER_NUMBERS),
            reader=_reader,
        ),
    ),
)
"""Harvest's detailed time report as CSV."""
