"""The text of a value in a cell, which no spreadsheet takes for a formula and which can be read back.

Text goes through `escape_formula`. Amounts have a point and an ASCII minus, days are written as 2026-03-02, instants in
UTC, durations in hours, minutes and seconds, booleans as yes and no.
"""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from unicodedata import category, normalize

from invoicecore.values.money import Money, Rate

Value = str | int | bool | date | datetime | timedelta | Decimal | Money | Rate | None

_SIGNS = frozenset("=+-@")
_DELIMITERS = re.compile(r"([;|\t\r\n])")
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")  # letters by category, but blank


def escape_formula(text: str) -> str:
    """The text with an apostrophe before each part that a spreadsheet could take for a formula.

    A formula begins with =, +, - or @, also full-width or small, after any blanks, quotes and invisible characters. It
    may begin at the start of the text, or after a semicolon, bar, tab or line end, where some programs begin a new
    cell. A part that begins with an apostrophe gets another one, so that `unescape_formula` restores every text.

    >>> escape_formula("=1+1"), escape_formula("Lunch;=1+1"), escape_formula("'quoted'"), escape_formula("well-known")
    ("'=1+1", "Lunch;'=1+1", "''quoted'", 'well-known')
    """
    parts = _DELIMITERS.split(text)
    is_divided = len(parts) > 1
    parts[::2] = [f"'{part}" if _could_be_formula(part) else part for part in parts[::2]]
    if is_divided and not parts[0]:
        parts[0] = "'"  # some programs drop a tab or a line end at the very beginning
    return "".join(parts)


def unescape_formula(cell: str) -> str:
    """The original text. Numbers, dates and text without an apostrophe stay as they are.

    >>> unescape_formula("Lunch;'=1+1"), unescape_formula("-12.50")
    ('Lunch;=1+1', '-12.50')
    """
    if "'" not in cell:
        return cell
    parts = _DELIMITERS.split(cell)
    parts[::2] = [part.removeprefix("'") for part in parts[::2]]
    return "".join(parts)


def _could_be_formula(part: str) -> bool:
    """Whether the first visible character is a sign or an apostrophe."""
    for letter in part:
        if letter.isascii() and letter.isalnum():
            return False
        if letter == "'" or normalize("NFKC", letter)[:1] in _SIGNS:
            return True
        if not _is_ignored(letter):
            return False
    return False


def _is_ignored(letter: str) -> bool:
    """Whether some program ignores the character: a blank, a quote, or something invisible."""
    return (
        letter in {" ", '"'}
        or letter in _INVISIBLE
        or not letter.isprintable()
        or category(letter) in {"Mn", "Me", "Zs"}
    )


def cell(value: Value) -> str:
    """The text of a value; None is blank."""
    match value:
        case None:
            return ""
        case str():
            return escape_formula(value)
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case timedelta():
            return duration(value)
        case Decimal():
            return f"{value:f}"
        case Money():
            return f"{value.amount:f}"
        case Rate():
            return f"{value.per_hour:f}"


def instant(moment: datetime) -> str:
    """An instant in UTC: 2026-03-02T15:00:00Z, with a fraction of a second where it has one."""
    return moment.isoformat().replace("+00:00", "Z")


_EXACT = Context(prec=28, rounding=ROUND_HALF_UP)


def decimal_hours(time: timedelta) -> Decimal:
    """A duration as a number of hours with four decimals: 1.5000."""
    hours = _EXACT.divide(Decimal(time // timedelta(microseconds=1)), Decimal(3_600_000_000))
    return hours.quantize(Decimal("0.0001"), context=_EXACT)


def duration(time: timedelta) -> str:
    """Hours, minutes and seconds: 1:30:00, with a fraction of a second where it has one. Hours may exceed 24."""
    seconds, micros = divmod(time // timedelta(microseconds=1), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" + (f".{micros:06}" if micros else "")
