"""What does a detailed report of Toggl say?

It has local times without a zone, a stated duration, no rates, and a column named after the currency: Amount (USD).
"""

import re
from datetime import datetime, timedelta

from invoicecore.calendar import known_zone, local_instant
from invoicecore.errors import Malformed
from invoicecore.exchange import cells
from invoicecore.exchange.format import Format
from invoicecore.exchange.sheet import Row, Sheet
from invoicecore.exchange.sources import Sources
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile
from invoicecore.money import known_currency

_AMOUNT = re.compile(r"Amount \((.+)\)")
_TIMES = ("Start date", "Start time", "End date", "End time")
_TOLERANCE = timedelta(seconds=1)


def _timesheet(sheet: Sheet, timezone: str) -> Timesheet:
    currency = _currency(sheet)
    sources = Sources(FORMAT.name)
    entries = tuple(sources.named(_entry(row, timezone, currency), *map(row.cell, _TIMES)) for row in sheet.rows)
    return Timesheet(format=FORMAT.name, entries=entries, currency=currency)


def _entry(row: Row, timezone: str, currency: str | None) -> TimeEntry:
    duration = cells.duration(row, "Duration")
    start, end = _start_and_end(row, duration, timezone)
    return TimeEntry(
        row=row.number,
        person=cells.person(row, "User"),
        email=cells.email(row, "Email"),
        client=cells.name(row, "Client"),
        project=cells.name(row, "Project"),
        note=cells.note(row, "Task", "Description"),
        billable=cells.yes_or_no(row, "Billable"),
        start=start,
        end=end,
        duration=duration,
        currency=currency,
        tags=tuple(tag for tag in map(str.strip, row.cell("Tags").split(",")) if tag),
    )


def _start_and_end(row: Row, duration: timedelta, timezone: str) -> tuple[datetime, datetime]:
    """The instants that are meant. Where the clock was changed, the stated duration tells which of them, or nobody."""
    starts = _instants(cells.date_and_time(row, "Start date", "Start time"), timezone)
    ends = _instants(cells.date_and_time(row, "End date", "End time"), timezone)
    readings = [(start, end) for start in starts for end in ends]
    if len(readings) > 1:
        readings = [(start, end) for start, end in readings if abs(end - start - duration) <= _TOLERANCE]
        if len(readings) != 1:
            column = "Start time" if len(starts) > 1 else "End time"
            raise row.refused(
                column,
                f"the clock of {timezone} showed {row.cell(column)} twice or never on that day, "
                f"and the duration of {row.cell('Duration')} does not tell which instant is meant.",
            )
    [(start, end)] = readings
    if end < start:
        raise row.refused("End time", "the end lies before the start.")
    return start, end


def _instants(clock: datetime, timezone: str) -> list[datetime]:
    """The instants at which the clock of the zone may have shown that: one, or around a change of the clock two."""
    zone = known_zone(timezone)
    offsets = {clock.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return sorted(local_instant("A time", clock, timezone, offset) for offset in offsets)


def _currency(sheet: Sheet) -> str | None:
    """The currency in the header of the amounts, if it names one."""
    named = {column: match[1] for column in sheet.header if (match := _AMOUNT.fullmatch(column))}
    for column, code in named.items():
        try:
            known_currency(code)
        except Malformed as refused:
            raise UnreadableFile(1, column, str(refused)) from refused
        if len(named) > 1:
            raise UnreadableFile(1, column, "there are amounts in several currencies.")
    return next(iter(named.values()), None)


FORMAT = Format(
    name="toggl",
    told_by=frozenset({"User", "Start date", "Start time"}),
    required=(
        "User",
        "Project",
        "Description",
        "Billable",
        *_TIMES,
        "Duration",
    ),
    optional=("Email", "Client", "Task", "Tags"),
    timesheet=_timesheet,
)
"""Toggl's detailed report as CSV."""
