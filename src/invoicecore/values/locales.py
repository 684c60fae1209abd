"""The known locales."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

_NAME = re.compile("[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8})*")
USUAL = "en"
"""The default locale, which is known without loading babel."""


def known_locale(name: str) -> str:
    """The name of a locale, such as 'en_US' or 'de', with underscores. InvalidInput if babel does not know it."""
    if inputs.instance("A locale", name, str) != USUAL:
        parsed_locale(name)
    return name.replace("-", "_")


@lru_cache(maxsize=1024)
def parsed_locale(name: str) -> "Locale":
    """Babel's locale of that name. InvalidInput if babel does not know it."""
    from babel import Locale, UnknownLocaleError

    try:
        if _NAME.fullmatch(name) is None:
            raise ValueError(name)
        return Locale.parse(name, sep="-" if "-" in name else "_")
    except (UnknownLocaleError, ValueError, TypeError) as unknown:
        raise InvalidInput(
            f"{short_repr(name)} is not a locale; give one such as 'en_US' or 'de'.", "unknown_locale"
        ) from unknown


_BLANKS = "\u0020\u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_MINUS = "-\u2212\u2010\u2011"
_DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))


def without_marks(text: str) -> str:
    """A text without the marks of direction that amounts have in languages that are written from right to left."""
    return text.translate(_DIRECTION_MARKS)


def in_plain_digits(text: str) -> str:
    """A text with digits from 0 to 9 for those of any script, and without marks of direction and blanks around it.

    >>> in_plain_digits("٢:٣٠")
    '2:30'
    """
    return without_marks(text).strip().translate(_DIGITS)


def typed_number(what: str, text: object, locale: str) -> str:
    """A number as people type it in a locale, as plain text: blanks around it are left out, groups of digits are
    complete or not there, and the sign between whole and fraction is that of the locale. InvalidInput for anything
    else.

    >>> typed_number("amount", " 1.234,50 ", "de"), typed_number("hours", "2.5", "en")
    ('1234.50', '2.5')
    """
    given = in_plain_digits(inputs.text(what, text))
    match = _number_pattern(known_locale(locale)).fullmatch(given)
    if match is None:
        message = f"{what} must be a number as it is written in {locale}, not {short_repr(text)}."
        raise InvalidInput(message, "not_a_number", field=what)
    minus, whole, fraction = match.groups()
    return f"{'-' if minus else ''}{re.sub('[^0-9]', '', whole)}{f'.{fraction}' if fraction else ''}"


def written(pattern: "NumberPattern", number: Decimal, locale: "Locale", **how: Any) -> str:
    """A number as babel writes it. Where apostrophes group the digits, as in Switzerland, they are put in here, because
    babel takes each pair of them for quotes and leaves it out."""
    if not _has_apostrophes(str(locale)):
        return str(pattern.apply(number, locale, **how))
    plain = pattern.apply(number, locale, group_separator=False, **how)
    return re.sub("[0-9]+", lambda whole: f"{int(whole[0]):,}".replace(",", "'"), plain, count=1)


@lru_cache(maxsize=256)
def _has_apostrophes(locale: str) -> bool:
    return bool(parsed_locale(locale).number_symbols["latn"].get("group") == "'")


class _Digits(dict[int, str | int]):
    """Digits of any script as those from 0 to 9."""

    def __missing__(self, code: int) -> str | int:
        self[code] = digit = str(unicodedata.decimal(chr(code))) if chr(code).isdecimal() else code
        return digit


_DIGITS = _Digits()


@lru_cache(maxsize=256)
def _number_pattern(locale: str) -> re.Pattern[str]:
    parsed = parsed_locale(locale)
    symbols = [parsed.number_symbols[system] for system in {"latn", parsed.default_numbering_system}]
    alike = {it: kind for kind in (_BLANKS, _APOSTROPHES) for it in kind}
    # babel knows no signs of some systems. Those of Arabic keyboards have one meaning only, so they hold everywhere.
    group = re.escape("".join(alike.get(it["group"], it["group"]) for it in symbols if "group" in it) + "٬")
    point = re.escape("".join(it["decimal"] for it in symbols if "decimal" in it) + "٫")
    inner = "{2,3}" if parsed.decimal_formats[None].grouping[1] == 2 else "{3}"
    whole = rf"[0-9]+|[0-9]{{1,3}}(?:[{group}][0-9]{inner})*[{group}][0-9]{{3}}"
    return re.compile(rf"(?:([{re.escape(_MINUS)}])|\+)?({whole})(?:[{point}]([0-9]+))?")
