"""Each page is in the client's language where there are words, and in the client's number and date formats always."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from babel import Locale, localedata

from invoicecore import Money, Period, documents
from invoicecore.documents import language
from invoicecore.documents.language import localizer
from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.invoice import PartySnapshot
from tests import cldr
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.reading import digits, read
from tests.documents.writing import arabic_digits, blanks, day, days, number, short_day, spelled_hours
from tests.world import hourly


class TestChoice:
    @pytest.mark.parametrize(
        ("locale", "word", "tag", "reads"),
        [
            ("en", "Amount due", "en", "ltr"),
            ("en_GB", "Amount due", "en-GB", "ltr"),
            ("de", "Offener Betrag", "de", "ltr"),
            ("de_AT", "Offener Betrag", "de-AT", "ltr"),
            ("pt_BR", "Valor a pagar", "pt-BR", "ltr"),
            ("ja_JP", "ご請求残高", "ja-JP", "ltr"),
            ("ar_EG", "المبلغ المستحق", "ar-EG", "rtl"),
        ],
    )
    def test_words(self, locale: str, word: str, tag: str, reads: str) -> None:
        """Those of the language, wherever it is spoken; the page says which it is, and which way it is read."""
        document = documents.invoice(paper(work(hours(1), hourly(50)), head=head(locale)))
        page = read(document.html).one("html")
        assert (tag, reads) == (page.attributes["lang"], page.attributes["dir"])
        assert word in page.one("table", "sums").text
        assert locale == document.locale

    def test_no_catalogue(self) -> None:
        """Then the words are English, dates and numbers as of the locale, and a warning tells."""
        document = documents.invoice(paper(work(hours(1, 30), hourly(50)), head=head("he")))
        page = read(document.html).one("html")
        assert ("en", "ltr") == (page.attributes["lang"], page.attributes["dir"])
        assert day(date(2026, 3, 31), "he") in page.text
        assert "There are no words for the locale 'he' yet; they are in English." == document.warnings[0]

    def test_no_locale(self) -> None:
        """What babel does not know is refused."""
        with pytest.raises(InvalidInput, match="not a locale"):
            localizer("xx_YY")


def head(locale: str) -> PartySnapshot:
    return evolve(HEAD, locale=locale)


class TestWriting:
    @pytest.mark.parametrize("locale", ["en_US", "en_GB", "de", "fr", "ja", "ar", arabic_digits()])
    def test_days(self, locale: str) -> None:
        """A date, and days from one to another, as Babel writes them with the digits of the locale; a period of one
        day is that day."""
        spoken = localizer(locale)
        march = Period(date(2026, 3, 2), date(2026, 3, 31))
        assert day(march.first, locale) == blanks(spoken.day(march.first)) != day(march.last, locale)
        assert short_day(march.first, locale) == blanks(spoken.short_day(march.first)) != short_day(march.last, locale)
        assert days(march.first, march.last, locale) == blanks(spoken.period(march))
        assert spoken.day(march.first) == spoken.period(Period(march.first, march.first))

    @pytest.mark.parametrize("locale", ["en", "de", "fr", "ja", arabic_digits()])
    def test_hours_in_words(self, locale: str) -> None:
        """In the plural of the language."""
        spoken = localizer(locale)
        said = [spoken.spelled_hours(timedelta(hours=length)) for length in (1, 12.5)]
        assert [spelled_hours("1", locale), spelled_hours("12.5", locale)] == [blanks(text) for text in said]

    @pytest.mark.parametrize(
        ("locale", "said"),
        [
            ("en", ["{} day ago", "{} days ago", "{} days ago", "{} days ago"]),
            ("de", ["vor {} Tag", "vor {} Tagen", "vor {} Tagen", "vor {} Tagen"]),
            ("fr", ["il y a {} jour", "il y a {} jours", "il y a {} jours", "il y a {} jours"]),
            ("ja", ["{}日前", "{}日前", "{}日前", "{}日前"]),
            ("ar", ["قبل يوم واحد", "قبل يومين", "قبل {} أيام", "قبل {} يوم"]),
        ],
    )
    def test_plurals(self, locale: str, said: list[str]) -> None:
        """As many forms as the language has, with the number as the locale writes it."""
        spoken, counts = localizer(locale), (1, 2, 5, 1000)
        expected = [text.format(number(str(count), locale)) for text, count in zip(said, counts, strict=True)]
        counted = [spoken.count("{number} day ago", "{number} days ago", count) for count in counts]
        assert expected == [blanks(text) for text in counted]

    def test_clock(self) -> None:
        """Hours and minutes, or seconds as well, half a second up."""
        spoken = localizer("en")
        almost = timedelta(hours=100, minutes=5, seconds=59, microseconds=500_000)
        assert ("100:06", "100:06:00", "0:00") == (
            spoken.clock(almost),
            spoken.clock(almost, seconds=True),
            spoken.clock(timedelta()),
        )

    def test_a_currency_of_letters(self) -> None:
        """It stands apart from the figures."""
        written = localizer("en").money(Money(minor=123450, currency="CHF"))
        assert "".join(cldr.money("1234.50", "CHF", "en").split()) == "".join(written.split())
        assert not re.search(r"[A-Z]\d|\d[A-Z]", written)

    def test_digits_of_every_locale(self) -> None:
        """A locale is written with the ten digits of its system, and with Latin ones where that system is not known."""
        assert {"arab", "arabext", "beng", "deva", "mymr", "tibt"} <= language._ZEROS.keys()
        for zero in language._ZEROS.values():
            assert list(range(10)) == [int(chr(zero + digit)) for digit in range(10)]
        for name in localedata.locale_identifiers():
            zero = language._ZEROS.get(Locale.parse(name).default_numbering_system, ord("0"))
            assert "".join(chr(zero + digit) for digit in range(10)) == localizer(name).native("0123456789")

    def test_every_locale(self) -> None:
        """Whatever babel knows can be written in."""
        took = timedelta(hours=7, minutes=30)
        for locale in sorted(localedata.locale_identifiers()):
            spoken = localizer(locale)
            assert ("750", "123450", "1") == (
                digits(spoken.hours(took)),
                digits(spoken.money(Money(minor=123450, currency="USD"))),
                digits(spoken.number(Decimal(1))),
            )
            assert spoken.day(date(2026, 3, 2))
            assert spoken.period(Period.month(2026, 3))
            assert spoken.spelled_hours(took)


class TestDirection:
    def test_a_text_in_another_script(self) -> None:
        """Each line of it is read its own way, and what has no letters that of the page."""
        assert [("12 Main St", "ltr"), ("שלום 2", "rtl"), ("12", "rtl")] == localizer("ar").lines(
            "12 Main St\nשלום 2\n12"
        )

    def test_what_cannot_be_seen(self) -> None:
        """Controls are left out, and every kind of line end ends a line."""
        assert ["a", "b", "cd"] == [line for line, _ in localizer("en").lines("a\r\nb\u2028c\x1b\x00\ufffed")]
