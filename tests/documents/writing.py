"""The texts that stand on a page: what Babel writes, with usual blanks, a minus sign and the digits of the locale."""

import re
from datetime import date
from decimal import Context, Decimal, localcontext

from babel import Locale, localedata
from babel.dates import format_date, format_interval
from babel.units import format_unit

from tests import cldr

_DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩"}
"""The digits of the numbering systems that tests look at."""
_LETTER_BY_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def blanks(text: str) -> str:
    """The text with a usual blank for each run of blanks of any kind; its lines stay."""
    return re.sub(r"[^\S\n]+", " ", text)


def money(amount: str, currency: str = "USD", locale: str = "en_US") -> str:
    """An amount such as 1234.50, with the decimals that it has here."""
    text = cldr.money(amount, currency, locale, numbers="default").replace("-", "−")
    return _LETTER_BY_DIGIT.sub(" ", _written(text, locale))  # CHF 50, where Babel writes CHF50


def number(value: str, locale: str = "en_US") -> str:
    """A number such as 12.50, with the decimals that it has here."""
    return _written(cldr.number(value, locale, numbers="default").replace("-", "−"), locale)


def spelled_hours(hours: str, locale: str = "en_US") -> str:
    """Hours in words, short ones where Babel knows no long ones and names the unit instead."""
    for length in ("long", "short"):
        with localcontext(Context(prec=60)):
            text = format_unit(Decimal(hours), "duration-hour", length, locale=locale, numbering_system="default")
        if "duration-hour" not in text:
            break
    return _written(text, locale)


def day(day: date, locale: str = "en_US") -> str:
    """A date in full."""
    return _written(format_date(day, "long", locale), locale)


def short_day(day: date, locale: str = "en_US") -> str:
    """A date for a narrow column."""
    return _written(format_date(day, "medium", locale), locale)


def days(first: date, last: date, locale: str = "en_US") -> str:
    """From day to day, with short names of months."""
    return _written(format_interval(first, last, "yMMMd", locale=locale), locale)


def arabic_digits() -> str:
    """A locale of Arabic that is written with Arabic digits; which are so is CLDR's to say."""
    arabic = ["ar_EG", *sorted(name for name in localedata.locale_identifiers() if name.startswith("ar_"))]
    return next(name for name in arabic if Locale.parse(name).default_numbering_system == "arab")


def _written(text: str, locale: str) -> str:
    digits = _DIGITS.get(Locale.parse(locale).default_numbering_system, "0123456789")
    return blanks(text).translate(str.maketrans("0123456789", digits))
