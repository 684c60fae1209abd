"""The words of exports in the languages of the catalogues: months, halves of a day, units of time, yes and no, totals.

Months, halves of a day and units are those of Babel, so far as no word has two meanings.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from invoicecore.values.locales import parsed_locale
from invoicecore.values.money import roomy_context

LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt", "ja", "ar")
"""The languages whose words are read."""

_YES = "✓ ✔ ☑ ✅ x on yes y true t 1 1.0 oui sí sì si ja j sim s vero vrai verdadeiro verdadero wahr waar はい نعم صحيح"
_NO = "✗ ✘ ☐ ❌ off no n false f 0 0.0 non nein nee não nao falso faux falsch onwaar いいえ لا خطأ"
# Whether work is billable, and whether it is not.
_BILLABLE = "billable chargeable abrechenbar facturable fatturabile factureerbaar declarabel faturável 請求可能"
_UNBILLABLE = (
    "nonbillable notbillable unbillable nonchargeable nichtabrechenbar nonfacturable nofacturable nonfatturabile "
    "nietfactureerbaar nietdeclarabel nãofaturável 請求不可"
)
_TOTAL = (
    "total totals grandtotal subtotal subtotals sum summe gesamt gesamtsumme gesamtergebnis insgesamt zwischensumme "
    "teilergebnis ergebnis somme totaux soustotal totale subtotale totaal eindtotaal subtotaal som suma soma 合計 総計 "
    "小計 集計 المجموع الإجمالي"
)
_TOTALS = frozenset(_TOTAL.split())
YES = frozenset(f"{_YES} {_BILLABLE}".split())
"""What a cell says that means yes."""
NO = frozenset(f"{_NO} {_UNBILLABLE}".split())
"""What a cell says that means no."""

_UNITS = {"hour": 3600, "minute": 60, "second": 1}
_MORE_UNITS = {"hrs": 3600, "hs": 3600, "mn": 60, "mins": 60, "secs": 1}
_MORE_MONTHS = {"sept": 9, "mrz": 3, "fevrier": 2, "aout": 8, "decembre": 12, "marco": 3, "jänner": 1, "feber": 2}
_LONGEST = 100
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u00ad\ufe00-\ufe0f]")
_ARABIC = str.maketrans("٫٬،", ".,,")


def plain(cell: str) -> str:
    """A cell with digits and punctuation as in ASCII, plain blanks, and without marks that are not seen."""
    return cell if cell.isascii() or len(cell) > _LONGEST else _plain(cell)


@lru_cache(maxsize=4096)
def _plain(cell: str) -> str:
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cell.translate(_ARABIC)))
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text).strip()


def folded(text: str) -> str:
    """A word in the form in which words are compared."""
    return plain(text).casefold().replace(" ", "").replace(".", "")


def is_total(cell: str) -> bool:
    """Whether a cell says that its row adds up others."""
    return len(cell) <= _LONGEST and folded(cell).removesuffix(":").replace("-", "") in _TOTALS


def names_total(cell: str) -> bool:
    """Whether a cell begins or ends with a word for a total, as in Total hours, or Lee Total."""
    words = plain(cell).split() if len(cell) <= _LONGEST else []
    return any(map(is_total, (*words[:1], *words[-1:])))


@cache
def months() -> Mapping[str, int]:
    """The number of each month by its names, long and short."""
    return {**_of_babel("months", ("wide", "abbreviated")), **_MORE_MONTHS}


@cache
def weekdays() -> frozenset[str]:
    """The names of the days of the week that are no month as well."""
    return frozenset(_of_babel("days", ("wide", "abbreviated"))) - frozenset(months())


@cache
def halves() -> Mapping[str, bool]:
    """Whether a word says that it is after noon."""
    named = {True: "pm", False: "am"}
    periods = [widths for code in LANGUAGES for widths in parsed_locale(code).day_periods.values()]
    found = {
        folded(names[key]): after_noon
        for widths in periods
        for names in widths.values()
        for after_noon, key in named.items()
        if key in names
    }
    return {word: after_noon for word, after_noon in found.items() if word != "m"} | {"am": False, "pm": True}


@cache
def units() -> Mapping[str, int]:
    """The seconds of each unit of time by its names."""
    from babel.units import format_unit

    with roomy_context():
        named = {
            folded(format_unit(number, f"duration-{unit}", length, locale=code).replace(str(number), "")): seconds
            for code in LANGUAGES
            for unit, seconds in _UNITS.items()
            for length in ("long", "short", "narrow")
            for number in (1, 2, 3, 11)
        }
    return {word: seconds for word, seconds in named.items() if word.isalpha()} | _MORE_UNITS


def _of_babel(kind: str, widths: tuple[str, ...]) -> dict[str, int]:
    """The numbers of the words of one kind in all languages."""
    return {word: number for code in LANGUAGES for word, number in _named(code, kind, widths)}


def _named(code: str, kind: str, widths: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for width in widths:
            for number, name in getattr(parsed_locale(code), kind)[context][width].items():
                yield folded(name), number
