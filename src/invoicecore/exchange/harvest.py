"""What does a detailed time report of Harvest say?

It has a date and decimal hours, no times of day; a rate and a currency in every row; and numbers written as the
account's owner likes them.
"""

from invoicecore import inputs
from invoicecore.calendar import first_instant
from invoicecore.errors import Malformed
from invoicecore.exchange import cells
from invoicecore.exchange.format import Format
from invoicecore.exchange.numbers import Numbers, numbers_in
from invoicecore.exchange.sheet import Row, Sheet
from invoicecore.exchange.sources import Sources
from invoicecore.exchange.timesheet import TimeEntry, Timesheet

_OTHER_NUMBERS = ("Billable Amount", "Cost Rate", "Cost Amount")
_NUMBERS = ("Hours", "Billable Rate", *_OTHER_NUMBERS)


def _timesheet(sheet: Sheet, timezone: str) -> Timesheet:
    numbers = numbers_in(sheet.rows, _NUMBERS)
    sources = Sources(FORMAT.name)
    entries = tuple(sources.named(_entry(row, timezone, numbers), row.cell("Date")) for row in sheet.rows)
    currencies = {entry.currency for entry in entries if entry.currency is not None}
    sole = currencies.pop() if len(currencies) == 1 else None
    return Timesheet(format=FORMAT.name, entries=entries, currency=sole)


def _entry(row: Row, timezone: str, numbers: Numbers) -> TimeEntry:
    day, hours = cells.day(row, "Date"), numbers.of(row, "Hours")
    if hours is None:
        raise row.refused("Hours", "it is blank.")
    try:
        first_instant(day, timezone)
    except Malformed as refused:
        raise row.refused("Date", str(refused)) from refused
    try:
        duration = inputs.duration("it", f"{hours:f}")
    except Malformed as refused:
        raise row.refused("Hours", str(refused)) from refused
    return TimeEntry(
        row=row.number,
        person=cells.person(row, "First Name", "Last Name"),
        email=None,
        client=cells.name(row, "Client"),
        project=cells.name(row, "Project"),
        note=cells.note(row, "Task", "Notes"),
        billable=cells.yes_or_no(row, "Billable?"),
        day=day,
        duration=duration,
        rate=numbers.of(row, "Billable Rate"),
        currency=cells.currency(row, "Currency"),
    )


FORMAT = Format(
    name="harvest",
    told_by=frozenset({"Date", "Hours", "First Name"}),
    required=("Date", "Client", "Project", "Notes", "Hours", "Billable?", "First Name", "Last Name"),
    optional=("Task", "Currency", "Billable Rate", *_OTHER_NUMBERS),
    timesheet=_timesheet,
)
"""Harvest's detailed time report as CSV."""
