"""The words, amounts and days of a page, in the language of the one who reads it.

The library words its own things: `label` and `say`. What the host says itself stands in English in the templates, and
in `words/` for the other languages that it speaks.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from invoicecore import Money, Rate, Sentence, label, say
from invoicecore.errors import InvoicecoreError
from invoicecore.vocabulary import DocumentedEnum

CATALOGUES: Mapping[str, Mapping[str, str]] = {
    file.stem: json.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "words").glob("*.json"))
}
LANGUAGES = ("en", *CATALOGUES)


@cache
def negotiated(accepted: str) -> str:
    """The language that a browser likes best of those spoken here, from its Accept-Language."""
    wishes = []
    for part in accepted[:500].split(","):
        name, _, quality = part.partition(";q=")
        known = name.strip().lower().partition("-")[0]
        if known in LANGUAGES and (quality or "1").replace(".", "", 1).isdecimal():
            wishes.append((-float(quality or 1), known))
    return next((name for wish, name in sorted(wishes, key=lambda it: it[0]) if wish), "en")


@frozen
class Words:
    """How things are written in a locale, and instants in a time zone; what somebody does not see is blank."""

    locale: str
    timezone: str = "UTC"

    def __call__(self, text: str, **parts: object) -> str:
        said = CATALOGUES.get(self.locale, {}).get(text, text)
        return said.format(**parts) if parts else said

    @property
    def direction(self) -> str:
        return Locale.parse(self.locale).text_direction

    def label(self, word: DocumentedEnum) -> str:
        return label(word, self.locale)

    def say(self, spoken: InvoicecoreError | Sentence) -> str:
        return say(spoken, self.locale)

    def money(self, amount: Money | None) -> str:
        return "" if amount is None else amount.format(self.locale)

    def rate(self, rate: Rate | None) -> str:
        return "" if rate is None else self("{rate} / h", rate=rate.format(self.locale))

    def number(self, number: Decimal) -> str:
        return format_decimal(number, locale=self.locale, decimal_quantization=False)

    def percent(self, ratio: Fraction | None) -> str:
        return "" if ratio is None else format_percent(float(ratio), locale=self.locale)

    def day(self, day: date | None) -> str:
        return "" if day is None else format_date(day, "medium", self.locale)

    def moment(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        return f"{self.day(self.local(moment))} {format_time(self.local(moment), 'short', locale=self.locale)}"

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.timezone))

    def hours(self, duration: timedelta) -> str:
        minutes = round(duration.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
