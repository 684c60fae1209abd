"""Words, dates, numbers and money in the style of a locale.

Words come from the gettext catalogues beside this file, everything else from babel. Amounts are integers and exact
decimals; nothing here uses floats.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Any
from unicodedata import bidirectional

from attrs import field, frozen
from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, parse_pattern
from babel.units import format_unit

from invoicecore.values.calendar import Period
from invoicecore.values.currencies import EXPONENTS
from invoicecore.values.inputs import decimal_parts
from invoicecore.values.locales import USUAL, parsed_locale, written
from invoicecore.values.money import Money, Rate, roomy_context

SECOND = timedelta(seconds=1)
HUNDREDTH = timedelta(seconds=36)
"""The hundredth of an hour."""

# Babel localises the signs of a number but not its digits; this is the Unicode position of the zero of each numbering
# system. CSS has its own names for page numbers, though not for all systems.
_ZEROS = {
    "adlm": 0x1E950,
    "arab": 0x660,
    "arabext": 0x6F0,
    "beng": 0x9E6,
    "cakm": 0x11136,
    "deva": 0x966,
    "hmnp": 0x1E140,
    "mtei": 0xABF0,
    "mymr": 0x1040,
    "nkoo": 0x7C0,
    "olck": 0x1C50,
    "tibt": 0xF20,
}
# Controls other than line ends, and code points that are no characters: HTML allows neither.
_UNSEEN = re.compile(r"[\0-\b\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LETTER_BY_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_COUNTERS = {
    "arab": "arabic-indic",
    "arabext": "persian",
    "beng": "bengali",
    "deva": "devanagari",
    "mymr": "myanmar",
    "tibt": "tibetan",
}


@frozen
class Localizer:
    """Writes words, dates, numbers and money for a locale. Words are English, and `is_spoken` false, if there is no
    catalogue of its language. `tag` and `reads`, ltr or rtl, describe the language of the words."""

    locale: Locale
    is_spoken: bool
    tag: str
    reads: str
    _catalogue: NullTranslations = field(repr=False)
    _digits: dict[int, int] = field(repr=False)

    # words

    def say(self, message: str) -> str:
        """The translation of an English message."""
        return self._catalogue.gettext(message)

    def count(self, one: str, many: str, number: int) -> str:
        """The translation for a number of things; `{number}` in it is replaced."""
        return self._catalogue.ngettext(one, many, number).format(number=self.number(number))

    def apart(self, text: str) -> str:
        """A text for use within a sentence, isolated so that neither changes the other's direction."""
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"

    def lines(self, text: str) -> list[tuple[str, str]]:
        """The lines of a text without control characters, each with its direction, ltr or rtl: that of its first
        letter, or of the page if it has none."""
        return [(line, self._direction(line)) for line in _UNSEEN.sub("", text).splitlines()]

    def _direction(self, line: str) -> str:
        return next((_DIRECTIONS[kind] for kind in map(bidirectional, line) if kind in _DIRECTIONS), self.reads)

    def country(self, code: str) -> str:
        """What a country is called."""
        return str(self.locale.territories.get(code, code))

    # numbers

    def native(self, text: str) -> str:
        """A text with the digits of the locale."""
        return text.translate(self._digits)

    @property
    def counter(self) -> str:
        """The CSS counter style of its digits."""
        return _COUNTERS.get(self.locale.default_numbering_system, "decimal")

    def number(self, value: Decimal | int, places: int = 0) -> str:
        """A number with that many decimals; it must not have more."""
        return self._written(_decimal_pattern(str(self.locale), places), Decimal(value))

    def money(self, amount: Money) -> str:
        """An amount with the sign of its currency and all digits of its minor unit."""
        pattern = _currency_pattern(str(self.locale), EXPONENTS[amount.currency])
        return self._written(pattern, amount.amount, currency=amount.currency, currency_digits=False)

    def percent(self, percent: Decimal) -> str:
        """A percentage with all of its decimals."""
        digits, scale = decimal_parts("percent", percent)
        return self._written(_percent_pattern(str(self.locale), scale), Decimal(f"{digits}E-{scale + 2}"))

    def rate(self, rate: Rate) -> str:
        """The price of an hour, with all of its decimals, and at least those of the minor unit."""
        pattern = _currency_pattern(str(self.locale), max(EXPONENTS[rate.currency], rate.scale))
        return self._written(pattern, rate.per_hour, currency=rate.currency, currency_digits=False)

    def _written(self, pattern: NumberPattern, value: Decimal, **how: Any) -> str:
        with roomy_context():
            text = written(pattern, value, self.locale, numbering_system="default", **how)
        text = _LETTER_BY_DIGIT.sub("\N{NO-BREAK SPACE}", text)  # CHF 50, where babel writes CHF50
        return self.native(text.replace("-", "\N{MINUS SIGN}"))

    # days

    def day(self, day: date) -> str:
        """A date in full, such as 2 March 2026."""
        return self.native(format_date(day, "long", self.locale))

    def short_day(self, day: date) -> str:
        """A date for a narrow column."""
        return self.native(format_date(day, "medium", self.locale))

    def period(self, period: Period) -> str:
        """A range of days."""
        if period.first == period.last:
            return self.day(period.first)
        return self.native(format_interval(period.first, period.last, "yMMMd", locale=self.locale))

    # hours

    def clock(self, duration: timedelta, seconds: bool = False) -> str:
        """Hours and minutes as on a clock, such as 12:20, with seconds on request; rounded to the nearest second."""
        minutes, rest = divmod((duration + SECOND / 2) // SECOND, 60)
        hours, minutes = divmod(minutes, 60)
        return self.native(f"{hours}:{minutes:02}" + (f":{rest:02}" if seconds else ""))

    def hours(self, duration: timedelta) -> str:
        """Hours with two decimals, such as 12.25; the duration must be a whole number of hundredths."""
        return self.number(_hundredths(duration), 2)

    def spelled_hours(self, duration: timedelta) -> str:
        """Hours in words, such as "12.5 hours", in the plural of the language."""
        hours = _hundredths(duration)
        if hours == hours.to_integral_value():
            hours = Decimal(int(hours))  # 1.00 would be a plural in English
        for length in ("long", "short"):  # babel lacks the long form of some languages
            with roomy_context():
                text = format_unit(hours, "duration-hour", length, locale=self.locale, numbering_system="default")
            if "duration-hour" not in text:
                return self.native(text)
        return self.hours(duration)


def _hundredths(duration: timedelta) -> Decimal:
    return Decimal(f"{duration // HUNDREDTH}E-2")


@lru_cache(maxsize=256)
def localizer(locale: str) -> Localizer:
    """The localizer of a locale, with the catalogue of the locale, or of its language, or else in English."""
    parsed = parsed_locale(locale)
    spoken = next((name for name in (str(parsed), parsed.language) if name == USUAL or _catalogue(name)), None)
    words = parsed if spoken else Locale.parse(USUAL)
    zero = _ZEROS.get(parsed.default_numbering_system)
    return Localizer(
        parsed,
        spoken is not None,
        str(words).replace("_", "-"),
        words.text_direction,
        (_catalogue(spoken) if spoken else None) or NullTranslations(),
        {} if zero is None else {ord("0") + digit: zero + digit for digit in range(10)},
    )


@lru_cache(maxsize=64)
def _catalogue(name: str) -> GNUTranslations | None:
    file = files(__package__).joinpath("catalogues", f"{name}.mo")
    if not file.is_file():
        return None
    with file.open("rb") as content:
        return GNUTranslations(content)


def _cached_pattern(source: Callable[[Locale], str]) -> Callable[[str, int], NumberPattern]:
    @lru_cache(maxsize=256)
    def pattern(locale: str, places: int) -> NumberPattern:
        parsed = parse_pattern(source(parsed_locale(locale)))
        parsed.frac_prec = (places, places)
        return parsed

    return pattern


_decimal_pattern = _cached_pattern(lambda locale: locale.decimal_formats[None].pattern)
_percent_pattern = _cached_pattern(lambda locale: locale.percent_formats[None].pattern)
_currency_pattern = _cached_pattern(lambda locale: locale.currency_formats["standard"].pattern)
