"""Dates, times of day, and both together, as people's programs write them.

Each function returns None for a text that is none of its kind, and raises ValueError for one that names no day or time
that there is.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from invoicecore.importer.inference.words import folded, halves, months, plain, units, weekdays
from invoicecore.importer.options import DateOrder

_YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:[./年-] ?)([0-9]{1,2})(?:[./月-] ?)([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)
_NUMBERS = re.compile(r"([0-9]{1,2})(\. |[./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_WITH_WORDS = re.compile(r"(?:[^\W_]|[ .,/'-])+")
_PARTS = re.compile(r"[0-9]{1,4}月?|[^\W\d_]+(?:-feira)?")
_FILLERS = frozenset({"de", "del", "of", "the", "st", "nd", "rd", "th", "er", "le", "日", "年"})
_MIDNIGHT = re.compile(r"[T ]+0?0:00(?::00(?:\.0+)?)?Z?$|,? +12:00(?::00)? ?[Aa]\.? ?[Mm]\.?$")
_WEEKDAY = re.compile(r"([^\W\d_]{2,20}(?:-feira)?)\.?,? +(?=[0-9])")
_WEEKDAY_BEHIND = re.compile(r" ?\(([^\W\d_]{1,20})\.?\)(?=$| )")
_LONGEST = 100

_TIME = re.compile(r"([0-9]{1,2})[:.h]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?")
_HOUR = re.compile(r"[0-9]{1,2}")
_HALF_DAY = 12
_NO_HALF = frozenset({"", "h", "u", "uhr", "時"})
# Hours and minutes with a word between them, as in 17h15min, 17u15 or 17時15分.
_HOUR_WORD = re.compile(r"([0-9]) ?[hu時] ?([0-9]{2})(?: ?(?:min|m|分)\.?)?(?![^\W_])")

_OFFSET = re.compile(r" ?(?:(?:UTC|GMT)?([+-])([0-9]{1,2}):?([0-9]{2})?|(Z|UTC|GMT))(?: ?\([^()]*\)|\[[^\[\]]*\])?$")
_STAMP = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})[T ]([0-9]{2})(:?)([0-9]{2})(?:\6([0-9]{2})(?:[.,]([0-9]{1,6})[0-9]*)?)?"
    r"( ?[Z+-].*)?"
)
_USUAL_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}Z?")
_APART = re.compile(
    r"(.+?[^ ,T-])(?:T|,? +(?:(?:at|um|à|alle|alle ore|om|a las|às|في|-) )?|,)"
    r"((?:[^\W\d_]+ ?)?[0-9]{1,2}(?:[:.][0-9]{2}| ?[hu時] ?[0-9]{2}| ?[AaPp]\.? ?[Mm]).*)"
)
# As C and Unix write it: Wed Apr 15 17:15:00 2026.
_YEAR_LAST = re.compile(r"([^\W\d_]+ +[0-9]{1,2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})((?: (?:UTC|GMT))?) ([0-9]{4})")
_CENTURY = 70
"""The first of the two-digit years that mean 19.., such as 70 for 1970."""


def date_of(cell: str, order: DateOrder | None) -> date | None:
    """The day in a cell, the day first where no order is known."""
    return _date(plain(cell), order) if len(cell) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _date(text: str, order: DateOrder | None) -> date | None:
    text = _bare(text)
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first is not None:
        year, month, day = (int(part) for part in year_first.groups() if part is not None)
        return date(year, month, day)
    numbers = _NUMBERS.fullmatch(text)
    if numbers is not None:
        first, _, second, third = numbers.groups()
        match order:
            case DateOrder.YEAR_FIRST if len(third) == 2:
                return date(_year(first), int(second), int(third))
            case DateOrder.MONTH_FIRST:
                return date(_year(third), int(first), int(second))
            case _:
                return date(_year(third), int(second), int(first))
    return _with_words(text) if _WITH_WORDS.fullmatch(text) else None


def _bare(text: str) -> str:
    """A date without the day of the week before it, and midnight behind it."""
    return _MIDNIGHT.sub("", _without_weekday(text))


def _without_weekday(text: str) -> str:
    behind = _WEEKDAY_BEHIND.search(text)
    if behind is not None and folded(behind[1]) in weekdays():
        text = text[: behind.start()] + text[behind.end() :]
    before = _WEEKDAY.match(text)
    return text if before is None or folded(before[1]) not in weekdays() else text[before.end() :]


def _year(digits: str) -> int:
    return int(digits) if len(digits) > 2 else int(digits) + (1900 if int(digits) >= _CENTURY else 2000)


def _with_words(text: str) -> date | None:
    """A date whose month is a word: 15 April 2026, or Apr 15, 2026. A weekday and words such as "of" say nothing."""
    found: list[int] = []
    numbers: list[str] = []
    for part in _PARTS.findall(text):
        word = folded(part)
        if word.isdecimal():
            numbers.append(word)
        elif word in months():
            found.append(months()[word])
        elif word not in weekdays() and word not in _FILLERS:
            return None
    if len(found) == 2 and folded(_PARTS.findall(text)[0]) == "mar":  # martes, mardi, martedì
        found = found[1:]
    if len(found) != 1 or len(numbers) != 2:
        return None
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return date(_year(year), found[0], int(day)) if len(day) <= 2 and len(year) in {2, 4} else None


def orders_of(cell: str) -> frozenset[DateOrder]:
    """The orders in which a date of three numbers can be read; none for what is no such date, or has no month."""
    numbers = _NUMBERS.fullmatch(_bare(plain(cell)))
    if numbers is None:
        return frozenset()
    first, mark, second, third = numbers.groups()
    orders = set()
    if int(first) <= _HALF_DAY:
        orders.add(DateOrder.MONTH_FIRST)
    if int(second) <= _HALF_DAY:
        if int(first) <= 31 or len(third) == 4:
            orders.add(DateOrder.DAY_FIRST)
        if len(first) == len(third) == 2 and mark in "/-" and 1 <= int(third) <= 31:
            orders.add(DateOrder.YEAR_FIRST)
    return frozenset(orders)


def outer_numbers(cell: str) -> tuple[str, str]:
    """The first and the last number of a date that can be read with its year first."""
    text = _bare(plain(cell))
    return text[:2], text[-2:]


def time_of(cell: str) -> tuple[time, bool] | None:
    """The time of day in a cell, and whether it is written with AM or PM; seconds that are not written are zero."""
    match = _TIME.fullmatch(cell)
    if match is None:
        return _time_with_words(plain(cell)) if len(cell) <= _LONGEST else None
    hour, minute, second, fraction = match.groups()
    return time(int(hour), int(minute), int(second or 0), int(fraction.ljust(6, "0")) if fraction else 0), False


@lru_cache(maxsize=4096)
def _time_with_words(text: str) -> tuple[time, bool] | None:
    """A time such as 5:15 PM, 午後5:15, 5 PM or 9 Uhr."""
    text = _HOUR_WORD.sub(r"\1:\2", text)
    match = _TIME.search(text) or _HOUR.search(text)
    if match is None:
        return None
    word = folded(text[: match.start()] + text[match.end() :])
    if word in _NO_HALF or (match.re is _TIME and units().get(word) == 3600):
        return (
            None if word == "" and match.re is _HOUR else time_of(f"{match[0]}:00" if match.re is _HOUR else match[0])
        )
    if word not in halves():
        return None
    hour, minute, second = (int(part or 0) for part in (match.groups()[:3] if match.re is _TIME else (match[0], 0, 0)))
    if not 1 <= hour <= _HALF_DAY:
        raise ValueError("hour must be in 1..12")
    return time(hour % _HALF_DAY + (_HALF_DAY if halves()[word] else 0), minute, second), True


def stamp_of(cell: str, order: DateOrder | None = None) -> datetime | None:
    """Date and time in a cell, with the offset from UTC that it names, or without one."""
    if _USUAL_STAMP.fullmatch(cell) is not None:
        return datetime.fromisoformat(cell)
    return _stamp(plain(cell), order) if len(cell) <= _LONGEST else None


@lru_cache(maxsize=8192)
def _stamp(text: str, order: DateOrder | None) -> datetime | None:
    match = _STAMP.fullmatch(text)
    if match is not None:
        *parts, fraction, zone = (match[place] for place in (1, 3, 4, 5, 7, 8, 9, 10))
        offset = _offset(zone or "")
        if zone and offset is None:
            return None
        year, month, day, hour, minute, second = (int(part or 0) for part in parts)
        return datetime(year, month, day, hour, minute, second, int((fraction or "0").ljust(6, "0")), offset)
    apart = parted(text)
    if apart is None:
        return None
    offset_text = _OFFSET.search(apart[1])
    clock = apart[1] if offset_text is None else apart[1][: offset_text.start()]
    day_of, written = _date(apart[0], order), time_of(clock)
    if day_of is None or written is None:
        return None
    return datetime.combine(day_of, written[0], None if offset_text is None else _offset(offset_text[0]))


def parted(cell: str) -> tuple[str, str] | None:
    """The date and the time in a cell that holds both."""
    match = _APART.fullmatch(_YEAR_LAST.sub(r"\1 \4 \2\3", _without_weekday(plain(cell))))
    return None if match is None else (match[1], match[2])


def _offset(text: str) -> timezone | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    if match[4] is not None:
        return UTC
    off = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if off >= timedelta(days=1):
        raise ValueError(f"there is no offset of {match[2]}:{match[3] or '00'}")
    return timezone(-off if match[1] == "-" else off)
