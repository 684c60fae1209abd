"""What does a detailed time report of Harvest say?

It has a date and decimal hours, no times of day; a rate and a currency in every row; and numbers and dates written as
the account's owner likes them.
"""

from invoicecore.importer.files.csv_rows import Sheet
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.infer import Columns, Evidence, gathered
from invoicecore.importer.row_identity import Sources
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.importer.trackers.format import Format, Layout, Opened, Reader

_OTHER_NUMBERS = ("Billable Amount", "Cost Rate", "Cost Amount")
_NUMBERS = ("Hours", "Billable Rate", *_OTHER_NUMBERS)


def _reader(opened: Opened) -> Reader:
    columns = Columns(dates=("Date",), numbers=_NUMBERS, currency="Currency")
    evidence = gathered(opened.table, opened.answers, columns, guesses=opened.guesses)
    return Reader(entry=lambda row, sources: _entry(row, sources, opened, evidence), currency=evidence.currency)


def _entry(row: Row, sources: Sources, opened: Opened, evidence: Evidence) -> TimeEntry:
    for column in _OTHER_NUMBERS:
        evidence.numbers.of(row, column)  # what is no number there is a sign that the row is not what it seems
    day = evidence.day(row, "Date")
    entry = TimeEntry(
        row=row.number,
        person=cells.person(row, "First Name", "Last Name", answer=opened.answers.person),
        email=None,
        client=cells.name(row, "Client"),
        project=cells.name(row, "Project"),
        note=cells.note(row, "Task", "Notes"),
        billable=cells.yes_or_no(row, "Billable?"),
        day=day,
        duration=cells.hours(row, "Hours", evidence.numbers.of(row, "Hours")).length,
        rate=evidence.numbers.of(row, "Billable Rate"),
        currency=cells.currency(row, "Currency"),
        invoiced=cells.yes_no_or_nothing(row, "Invoiced?"),
    )
    return sources.by_content(entry, day.isoformat(), stated=entry.duration)


FORMAT = Format(
    name="harvest",
    layouts=(
        Layout(
            kind=Sheet,
            told_by=frozenset({"Date", "Hours", "First Name"}),
            required=("Date", "Client", "Project", "Notes", "Hours", "Billable?", "First Name", "Last Name"),
            optional=("Task", "Currency", "Billable Rate", "Invoiced?", *_OTHER_NUMBERS),
            reader=_reader,
        ),
    ),
)
"""Harvest's detailed time report as CSV."""
