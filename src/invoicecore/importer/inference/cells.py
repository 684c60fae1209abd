"""Readers of one cell: a name, an instant, a duration, yes or no, a currency.

Each function reads a cell by a strict pattern, or refuses its row and names the column. Readings that depend on the
whole file, such as the order of day and month, are in `conventions`.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from invoicecore.errors import InvalidInput
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference.clock import TO_THE_HUNDREDTH, TO_THE_MINUTE, TO_THE_SECOND, Shown, Stated
from invoicecore.importer.inference.dates import parted, stamp_of
from invoicecore.importer.inference.words import NO, YES, folded, plain, units
from invoicecore.importer.options import DateOrder
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values import inputs
from invoicecore.values.emails import known_email
from invoicecore.values.money import known_currency

D = TypeVar("D", bound=date)

_UTC_STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z")
_SECONDS = re.compile(r"[0-9]{1,12}")
_DURATION = re.compile(r"([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,6})[0-9]*)?)?(?: ?([^\W\d_]+)\.?)?")
_PART = re.compile(r"(?:[ ,:]|and |und |et |y |e |en |و ?)*([0-9]{1,9}(?:[.,][0-9]{1,20})?) ?([^\W\d_]*)\.?")
# As pandas, Python and .NET write days: only before a clock of one day are they surely days of 24 hours.
_WITH_DAYS = re.compile(
    r"([0-9]{1,3})(?: days?,? |\.(?=[0-9]{2}:))((?:[01]?[0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)"
)
_ISO_DURATION = re.compile(
    r"P(?:0+D)?T(?=[0-9])(?:([0-9]{1,6}(?:[.,][0-9]{1,20})?)H)?(?:([0-9]{1,9}(?:[.,][0-9]{1,20})?)M)?"
    r"(?:([0-9]{1,9})(?:[.,]([0-9]{1,6})[0-9]*)?S)?"
)
_NO_DAYS = re.compile(r"0+ ?(?:d|days?)[ ,]+(?=[0-9])", re.IGNORECASE)
_MINUTES_OR_SECONDS = re.compile(r"[0-9]+:[0-9]+")
_LONGEST_DURATION = 60
_CURRENCY = re.compile(r"(?:[^\n]* - )?([A-Z]{3})")
_ID = re.compile(r"[!-~]{1,100}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_MICROSECOND = timedelta(microseconds=1)
_MOST_DIGITS, _MOST_MICROSECONDS, _RATE_DECIMALS = 12, 10**17, 12


def name(row: Row, *columns: str, blank: frozenset[str] = frozenset()) -> str | None:
    """A name on one line, put together from one column or several; None where all are blank, or hold what a tracker
    writes in place of nothing. Signs that can be composed are, so that names that look the same are the same."""
    full = row.cell(columns[0])
    if full in blank or len(columns) > 1:
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
    return inputs.name("it", text)


def person(row: Row, *columns: str, option: str | None) -> str:
    """The name of who worked, from the row or from the options."""
    found = (name(row, *columns) if columns else None) or option
    if found is None:
        raise row.refused(next(iter(columns), None), "it is blank, so nobody did this work.")
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
    """Yes or No, true or false, 1 or 0, in the languages of the catalogues."""
    found = truth(row.cell(column))
    if found is None:
        raise row.refused(column, f"{row.cell(column)!r:.60} is neither Yes nor No.")
    return found


def truth(cell: str) -> bool | None:
    """Whether a cell says yes or no; None if it says neither."""
    word = plain(cell).casefold()
    word = word if word in YES or word in NO else folded(cell).replace("-", "")
    return True if word in YES else False if word in NO else None


def yes_no_or_nothing(row: Row, column: str) -> bool | None:
    """The same; None where the cell is blank."""
    return yes_or_no(row, column) if row.cell(column) else None


def stamp(row: Row, column: str, order: DateOrder | None = None) -> Shown:
    """Date and time such as 2016-01-31T09:05:00Z, with an offset from UTC or without."""
    cell = row.cell(column)
    try:
        moment = stamp_of(cell, order)
    except ValueError as impossible:
        raise row.refused(column, f"there is no {cell} in a calendar and on a clock.") from impossible
    if moment is None:
        raise row.refused(column, f"{cell!r:.60} is not a date and time such as 2016-01-31T09:05:00Z.")
    return Shown(within_years(row, column, moment), column)


def is_local(cell: str) -> bool:
    """Whether a cell holds a date and time without an offset from UTC."""
    try:
        moment = stamp_of(cell)
    except ValueError:
        return parted(cell) is not None
    return moment is not None and moment.tzinfo is None


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
        raise row.refused(column, f"there is no {row.cell(column)} in a calendar and on a clock.") from impossible
    return within_years(row, column, moment)


def within_years(row: Row, column: str, moment: D) -> D:
    """A date or an instant, which lies in a year that is not a typing error."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise row.refused(column, f"{row.cell(column)} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
    return moment


def duration(row: Row, column: str, *, may_lack_seconds: bool = True) -> Stated:
    """How long it took, with its units: 01:30:00, 1:30, 18:25 min, 10h 40m, 1.5 h, 45 sec or PT1H30M. The hours may be
    many, and seconds may be missing only if the caller allows it."""
    cell = row.cell(column)
    found = _duration(plain(cell)) if is_duration(cell) else None
    if found is None or (not may_lack_seconds and _MINUTES_OR_SECONDS.fullmatch(cell)):
        raise row.refused(column, f"{cell!r:.60} is not a duration such as 01:30:00.")
    return found


def is_duration(cell: str) -> bool:
    """Whether a cell holds a duration with its units."""
    try:
        return len(cell) <= _LONGEST_DURATION and _duration(plain(cell)) is not None
    except ValueError:
        return False


@lru_cache(maxsize=8192)
def _duration(text: str) -> Stated | None:
    text = _NO_DAYS.sub("", text, count=1) if text.startswith("0") else text
    days = _WITH_DAYS.fullmatch(text)
    if days is not None:
        rest = _duration(days[2])
        return None if rest is None else Stated(rest.length + timedelta(days=int(days[1])), rest.tolerance)
    match = _DURATION.fullmatch(text)
    if match is None:
        return _iso_duration(text) or _with_units(text)
    first, second, third = (int(part or 0) for part in match.groups()[:3])
    micros = int((match[4] or "0").ljust(6, "0"))
    unit = 3600 if match[5] is None else units().get(folded(match[5]))
    if unit == 60 and match[3] is None:  # minutes and seconds
        return Stated(timedelta(minutes=first, seconds=second))
    if unit != 3600:
        return None
    length = timedelta(hours=first, minutes=second, seconds=third, microseconds=micros)
    return Stated(length, TO_THE_MINUTE) if match[3] is None else Stated(length)


def _iso_duration(text: str) -> Stated | None:
    match = _ISO_DURATION.fullmatch(text.upper())
    if match is None:
        return None
    hours = in_units(Decimal((match[1] or "0").replace(",", ".")), 3600).length
    minutes = in_units(Decimal((match[2] or "0").replace(",", ".")), 60).length
    micros = int((match[4] or "0").ljust(6, "0"))
    return Stated(hours + minutes + timedelta(seconds=int(match[3] or 0), microseconds=micros))


def _with_units(text: str) -> Stated | None:
    """Numbers with units, each smaller than the one before; after hours, two digits alone are minutes: 1h30."""
    place, micros, before, tolerance, text = 0, 0, None, TO_THE_SECOND, text.replace("(s)", "")
    while place < len(text):
        match = _PART.match(text, place)
        if match is None:
            return None
        number, word = match[1].replace(",", "."), folded(match[2])
        unit = 60 if not word and before == 3600 and len(number) == 2 else units().get(word)
        if unit is None or (before is not None and unit >= before):
            return None
        stated = in_units(Decimal(number), unit)
        micros, before, tolerance, place = micros + stated.length // _MICROSECOND, unit, stated.tolerance, match.end()
    return None if before is None else Stated(timedelta(microseconds=micros), tolerance)


def in_units(number: Decimal, seconds: int) -> Stated:
    """So many hours, minutes or seconds, to the microsecond. Trackers round hours to hundredths; more decimals are as
    exact as they stand. ValueError if it is longer than any work."""
    _, digits, exponent = number.as_tuple()
    if number.adjusted() > _MOST_DIGITS or not isinstance(exponent, int):
        raise ValueError("it is longer than any work")
    micros, below = int("".join(map(str, digits))) * seconds * 1_000_000, 10 ** max(0, -exponent)
    whole = (2 * micros * 10 ** max(0, exponent) + below) // (2 * below)
    if whole > _MOST_MICROSECONDS:
        raise ValueError("it is longer than any work")
    length = timedelta(microseconds=whole)
    if seconds == 3600:
        finer = 10 ** max(0, -exponent - 2)
        return Stated(length, max(TO_THE_SECOND, TO_THE_HUNDREDTH / finer))
    return Stated(length, TO_THE_MINUTE if seconds == 60 else TO_THE_SECOND)


def counted(row: Row, column: str, number: Decimal | None, seconds: int) -> Stated:
    """A number of hours, minutes or seconds, by the seconds of its unit."""
    if number is None:
        raise row.refused(column, "it is blank.")
    try:
        return in_units(number, seconds)
    except ValueError as refused:
        raise row.refused(column, f"it is longer than any work: {row.cell(column):.60}.") from refused


def rate(row: Row, column: str, number: Decimal | None) -> Decimal | None:
    """An amount per hour, of at most the decimals that a rate may have."""
    if number is not None and int(number.as_tuple().exponent) < -_RATE_DECIMALS:
        raise row.refused(column, f"it has more than {_RATE_DECIMALS} decimals: {row.cell(column):.60}.")
    return number


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
