"""The words, amounts and days of a page, in the language of the one who reads it.

The library words its own things: `label` and `say`. What the host says itself stands in English in the templates, and
in `words/` for the other languages that it speaks.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_percent

from invoicecore import Money, Rate, label, say
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
        try:
            wishes.append((-float(quality or 1), name.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    return next((name for wish, name in sorted(wishes, key=lambda it: it[0]) if wish and name in LANGUAGES), "en")


@frozen(slots=False)
class Words:
    """How things are written in a locale, and instants in a time zone."""

    locale: str
    timezone: str = "UTC"

    def __call__(self, text: str, **parts: object) -> str:
        """What the host says itself."""
        return CATALOGUES.get(self.locale, {}).get(text, text).format(**parts)

    @cached_property
    def direction(self) -> str:
        """Where lines begin: `ltr` or `rtl`."""
        return Locale.parse(self.locale).text_direction

    def label(self, word: DocumentedEnum) -> str:
        """What the library calls a role, a status, an action."""
        return label(word, self.locale)

    def say(self, error: InvoicecoreError) -> str:
        """What an error says."""
        return say(error, self.locale)

    def money(self, amount: Money | None) -> str:
        """An amount; nothing for those who see none."""
        return "" if amount is None else amount.format(self.locale)

    def rate(self, rate: Rate | None) -> str:
        """A price of an hour."""
        return "" if rate is None else self("{rate} / h", rate=rate.format(self.locale))

    def day(self, day: date | None) -> str:
        """A day."""
        return "" if day is None else format_date(day, "medium", self.locale)

    def moment(self, moment: datetime | None) -> str:
        """An instant, in the zone of the one who reads."""
        return "" if moment is None else f"{self.day(self.local(moment))} {self.clock(moment)}"

    def clock(self, moment: datetime) -> str:
        """The time of an instant, on the clock of the one who reads."""
        return format_time(self.local(moment), "short", locale=self.locale)

    def local(self, moment: datetime) -> datetime:
        """What the clock of the one who reads showed."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def hours(self, duration: timedelta) -> str:
        """How long something took, as on a clock; it can be typed like that."""
        minutes = round(duration.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"

    def percent(self, ratio: Fraction | None) -> str:
        """A ratio."""
        return "" if ratio is None else format_percent(float(ratio), locale=self.locale)
