"""Readers of one cell: a name, an instant, a duration, yes or no, a currency.

Each function reads a cell by a strict pattern, or refuses its row and names the column. Readings that depend on the
whole file, such as the order of day and month, are in `conventions`.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from invoicecore.errors import InvalidInput
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference.clock import TO_THE_HUNDREDTH, TO_THE_MINUTE, Shown, Stated
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values import inputs
from invoicecore.values.emails import known_email
from invoicecore.values.money import known_currency

D = TypeVar("D", bound=date)

_STAMP = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?"
)
_UTC_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
_SECONDS = re.compile(r"[0-9]{1,12}")
_DURATION = re.compile(r"([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?")
_CURRENCY = re.compile(r"(?:[^\n]* - )?([A-Z]{3})")
_ID = re.compile(r"[!-~]{1,100}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})


def name(row: Row, *columns: str, blank: frozenset[str] = frozenset()) -> str | None:
    """A name on one line, put together from one column or several; None where all are blank, or hold what a tracker
    writes in place of nothing. Signs that can be composed are, so that names that look the same are the same."""
    full = " ".join(part for part in map(row.cell, columns) if part and part not in blank)
    return plain_name(row, columns[0], full) if full else None


def plain_name(row: Row, column: str, text: str) -> str:
    """A name on one line, from a text."""
    try:
        return _known_name(text)
    except InvalidInput as refused:
        raise row.refused(column, str(refused)) from refused


@lru_cache(maxsize=4096)  # the same few come in row after row
def _known_name(text: str) -> str:
    return inputs.name("it", unicodedata.normalize("NFC", text))


def person(row: Row, *columns: str, option: str | None) -> str:
    """The name of who worked, from the row or from the options."""
    found = name(row, *columns) or option
    if found is None:
        raise row.refused(columns[0], "it is blank, so nobody did this work.")
    return found


def email(row: Row, column: str) -> str | None:
    """An e-mail address in the spelling by which it is unique; None where the cell is blank."""
    address = row.cell(column)
    try:
        return _known_email(address) if address else None
    except InvalidInput as refused:
        raise row.refused(column, str(refused)) from refused


@lru_cache(maxsize=4096)
def _known_email(address: str) -> str:
    return known_email(address)


def note(row: Row, *columns: str, blank: frozenset[str] = frozenset()) -> str:
    """The note on the work: the parts that are not blank, joined by a colon, each as it was written."""
    return ": ".join(part for part in map(row.cell, columns) if part and part not in blank)


def tags(row: Row, column: str, blank: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Texts that are separated by commas."""
    return tuple(tag for tag in map(str.strip, row.cell(column).split(",")) if tag and tag not in blank)


def identifier(row: Row, column: str) -> str:
    """The tracker's id of the row: visible ASCII characters."""
    cell = row.cell(column)
    if _ID.fullmatch(cell) is None:
        raise row.refused(column, f"{cell!r:.60} is not an id.")
    return cell


def yes_or_no(row: Row, column: str) -> bool:
    """Yes or No, true or false, 1 or 0."""
    cell = row.cell(column).lower()
    if cell not in _YES and cell not in _NO:
        raise row.refused(column, f"{row.cell(column)!r:.60} is neither Yes nor No.")
    return cell in _YES


def yes_no_or_nothing(row: Row, column: str) -> bool | None:
    """The same; None where the cell is blank."""
    return yes_or_no(row, column) if row.cell(column) else None


def stamp(row: Row, column: str) -> Shown:
    """Date and time such as 2016-01-31T09:05:00Z, with an offset from UTC or without."""
    cell = row.cell(column)
    match = _STAMP.fullmatch(cell)
    if match is None:
        raise row.refused(column, f"{cell!r:.60} is not a date and time such as 2016-01-31T09:05:00Z.")
    *parts, fraction, utc, sign, hours, minutes = match.groups()
    micros = int((fraction or "0").ljust(6, "0"))
    offset = None
    if utc is not None:
        offset = UTC
    elif sign is not None:
        off = timedelta(hours=int(hours), minutes=int(minutes))
        if off >= timedelta(days=1):
            raise row.refused(column, f"there is no offset of {hours}:{minutes}.")
        offset = timezone(-off if sign == "-" else off)
    moment = _moment(row, column, *(int(part or 0) for part in parts))
    return Shown(moment.replace(microsecond=micros, tzinfo=offset), column)


def is_local(cell: str) -> bool:
    """Whether a cell holds a date and time without an offset from UTC."""
    match = _STAMP.fullmatch(cell)
    return match is not None and match[8] is None and match[9] is None


def utc_stamp(row: Row, column: str) -> Shown:
    """Date and time in UTC such as 20160131T090500Z."""
    cell = row.cell(column)
    match = _UTC_STAMP.fullmatch(cell)
    if match is None:
        raise row.refused(column, f"{cell!r:.60} is not a date and time such as 20160131T090500Z.")
    return Shown(_moment(row, column, *map(int, match.groups())).replace(tzinfo=UTC), column)


def epoch(row: Row, column: str) -> Shown:
    """Whole seconds since the beginning of 1970 in UTC."""
    cell = row.cell(column)
    if _SECONDS.fullmatch(cell) is None:
        raise row.refused(column, f"{cell!r:.60} is not a number of seconds since 1970.")
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(cell))
    except OverflowError as impossible:
        raise row.refused(column, f"{cell} lies beyond the calendar.") from impossible
    return Shown(within_years(row, column, moment), column)


def _moment(row: Row, column: str, *parts: int) -> datetime:
    year, month, day, hour, minute, second = parts
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError as impossible:
        raise row.refused(column, f"there is no {row.cell(column)}: {impossible}.") from impossible
    return within_years(row, column, moment)


def within_years(row: Row, column: str, moment: D) -> D:
    """A date or an instant, which lies in a year that is not a typing error."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise row.refused(column, f"{row.cell(column)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return moment


def duration(row: Row, column: str, *, may_lack_seconds: bool = False) -> Stated:
    """Hours, minutes and seconds such as 01:30:00; the hours may be many, and seconds may be missing only if the
    caller allows it."""
    cell = row.cell(column)
    match = _DURATION.fullmatch(cell)
    if match is None or (match[3] is None and not may_lack_seconds):
        raise row.refused(column, f"{cell!r:.60} is not a duration such as 01:30:00.")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    micros = int((match[4] or "0").ljust(6, "0"))
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
    return Stated(length, TO_THE_MINUTE) if match[3] is None else Stated(length)


def seconds(row: Row, column: str) -> Stated:
    """A whole number of seconds."""
    cell = row.cell(column)
    if _SECONDS.fullmatch(cell) is None:
        raise row.refused(column, f"{cell!r:.60} is not a whole number of seconds.")
    return Stated(timedelta(seconds=int(cell)))


def hours(row: Row, column: str, number: Decimal | None) -> Stated:
    """Decimal hours, which trackers round to hundredths; exact as they stand."""
    if number is None:
        raise row.refused(column, "it is blank.")
    try:
        return Stated(inputs.duration("it", f"{number:f}"), TO_THE_HUNDREDTH)
    except InvalidInput as refused:
        raise row.refused(column, str(refused)) from refused


def currency(row: Row, column: str) -> str | None:
    """The ISO 4217 code at the end of a cell such as 'Euro - EUR'; None where the cell is blank."""
    cell = row.cell(column)
    if not cell:
        return None
    match = _CURRENCY.fullmatch(cell)
    try:
        return known_currency(match[1] if match is not None else cell)
    except InvalidInput as refused:
        raise row.refused(column, str(refused)) from refused


def currency_in_header(header: tuple[str, ...], *names: str) -> tuple[str | None, dict[str, str]]:
    """The currency that a header names, and the columns that name it, each by its name without it: the column called
    'Amount (USD)' by 'Amount'. Only columns of these names are looked at."""
    named, code = {}, None
    for column in header:
        before, opening, after = column.removesuffix(")").rpartition(" (")
        if before not in names or not opening or not after or column == after or not column.endswith(")"):
            continue
        try:
            found = known_currency(after)
        except InvalidInput as refused:
            raise UnreadableFile(1, column, str(refused)) from refused
        if before in named or (code is not None and code != found):
            raise UnreadableFile(1, column, "there are amounts in several currencies.")
        named[before], code = column, found
    return code, named
