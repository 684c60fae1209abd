"""What does one cell say: a name, a day, a time, a duration, yes or no, a currency?

Each function reads a cell by a strict pattern, or refuses the file naming the row and the column.
"""

import re
from datetime import date, datetime, time, timedelta

from invoicecore import inputs
from invoicecore.errors import Malformed
from invoicecore.exchange.sheet import Row
from invoicecore.money import known_currency
from invoicecore.people import Person
from invoicecore.vocabulary import Role

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})")
_DURATION = re.compile(r"([0-9]{1,6}):([0-5][0-9]):([0-5][0-9])")
_CURRENCY = re.compile(r"(?:.* - )?([A-Z]{3})")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def name(row: Row, *columns: str) -> str | None:
    """A name on one line, put together from one column or several; None where all are blank."""
    full = " ".join(part for part in map(row.cell, columns) if part)
    if not full:
        return None
    try:
        return inputs.name("it", full)
    except Malformed as refused:
        raise row.refused(columns[0], str(refused)) from refused


def person(row: Row, *columns: str) -> str:
    """The name of who worked, which must be there."""
    found = name(row, *columns)
    if found is None:
        raise row.refused(columns[0], "it is blank, so nobody did this work.")
    return found


def email(row: Row, column: str) -> str | None:
    """An e-mail address in the spelling by which it is unique; None where the cell is blank."""
    address = row.cell(column)
    if not address:
        return None
    try:
        return Person(name="somebody", role=Role.WORKER, email=address).email
    except Malformed as refused:
        raise row.refused(column, str(refused)) from refused


def note(row: Row, *columns: str) -> str:
    """What is said about the work, the parts that are there joined by a colon."""
    return ": ".join(part for part in map(row.cell, columns) if part)


def yes_or_no(row: Row, column: str) -> bool:
    """Yes or No."""
    cell = row.cell(column)
    if cell not in {"Yes", "No"}:
        raise row.refused(column, f"{cell!r:.60} is neither Yes nor No.")
    return cell == "Yes"


def day(row: Row, column: str) -> date:
    """A date such as 2016-01-31."""
    cell = row.cell(column)
    match = _DAY.fullmatch(cell)
    if match is None:
        raise row.refused(column, f"{cell!r:.60} is not a date such as 2016-01-31.")
    try:
        found = date(*map(int, match.groups()))
    except ValueError as impossible:
        raise row.refused(column, f"there is no {cell}: {impossible}.") from impossible
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise row.refused(column, f"{cell} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return found


def date_and_time(row: Row, day_column: str, time_column: str) -> datetime:
    """What calendar and clock showed, without a zone, from a date and a time such as 09:05:00."""
    on, cell = day(row, day_column), row.cell(time_column)
    match = _TIME.fullmatch(cell)
    if match is None:
        raise row.refused(time_column, f"{cell!r:.60} is not a time such as 09:05:00.")
    try:
        hours, minutes, seconds = map(int, match.groups())
        return datetime.combine(on, time(hours, minutes, seconds))
    except ValueError as impossible:
        raise row.refused(time_column, f"there is no {cell}: {impossible}.") from impossible


def duration(row: Row, column: str) -> timedelta:
    """Hours, minutes and seconds such as 01:30:00; the hours may be many."""
    cell = row.cell(column)
    match = _DURATION.fullmatch(cell)
    if match is None:
        raise row.refused(column, f"{cell!r:.60} is not a duration such as 01:30:00.")
    hours, minutes, seconds = map(int, match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def currency(row: Row, column: str) -> str | None:
    """The ISO 4217 code at the end of a cell such as 'Euro - EUR'; None where the cell is blank."""
    cell = row.cell(column)
    if not cell:
        return None
    match = _CURRENCY.fullmatch(cell)
    try:
        return known_currency(match[1] if match is not None else cell)
    except Malformed as refused:
        raise row.refused(column, str(refused)) from refused
