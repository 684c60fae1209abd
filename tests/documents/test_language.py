"""Each page is in the client's language where there are words, and in the client's number and date formats always."""

from datetime import date, timedelta
from decimal import Decimal
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from attrs import evolve
from babel import Locale, localedata
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from invoicecore import Money, Period, documents
from invoicecore.documents import language
from invoicecore.documents.language import localizer
from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.invoice import PartySnapshot
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.reading import digits, read
from tests.world import hourly
from tools.translate import CATALOGUES, messages, untranslated, update, updated, written

SHIPPED = ["ar", "de", "es", "fr", "it", "ja", "nl", "pt"]
"""Beside English, in which the messages are."""


class TestCatalogues:
    def test_which(self) -> None:
        """These are there, each with its compiled form."""
        assert SHIPPED == sorted(path.stem for path in CATALOGUES.glob("*.po"))
        assert SHIPPED == sorted(path.stem for path in CATALOGUES.glob("*.mo"))

    @pytest.mark.parametrize("locale", SHIPPED)
    def test_current(self, locale: str) -> None:
        """Each has all messages and no other, all translated, and is compiled as it stands; otherwise run
        `python -m tools.translate`."""
        file = CATALOGUES / f"{locale}.po"
        assert file.read_bytes() == written(updated(locale))
        assert [] == list(untranslated(updated(locale)))
        with file.open("rb") as source, (CATALOGUES / f"{locale}.mo").open("rb") as made:
            assert spoken(read_po(source)) == kept(GNUTranslations(made))

    @pytest.mark.parametrize("locale", SHIPPED)
    def test_placeholders(self, locale: str) -> None:
        """A translation has those of its message; only of a plural may one speak without its number."""
        for message in updated(locale):
            if isinstance(message.id, str):
                assert fields(message.id) == fields(str(message.string))
            else:
                assert all(fields(form) <= {"number"} for form in message.string or ())

    def test_messages(self) -> None:
        """They are found in the templates and in what fills them."""
        found = {message.id for message in messages()}
        assert {"Invoice", "Amount due", "Prepaid hours", ("{number} day ago", "{number} days ago")} <= found

    def test_a_new_one(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is begun with all messages, of which none is translated; what is translated later stays."""
        monkeypatch.setattr("tools.translate.CATALOGUES", tmp_path)
        lacking = update(["sv"])
        assert "sv: Amount due" in lacking
        begun = (tmp_path / "sv.po").read_text(encoding="utf-8")
        lacks = 'msgid "Amount due"\nmsgstr ""'
        (tmp_path / "sv.po").write_text(begun.replace(lacks, lacks[:-1] + 'Att betala"'), encoding="utf-8")
        assert {"sv: Amount due"} == {*lacking} - {*update([])}
        with (tmp_path / "sv.mo").open("rb") as made:
            assert "Att betala" == GNUTranslations(made).gettext("Amount due")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def spoken(catalogue: Catalog) -> dict[object, object]:
    return {
        key: form
        for message in catalogue
        if message.id
        for key, form in (
            [((message.id[0], n), form) for n, form in enumerate(message.string or ())]
            if isinstance(message.id, tuple)
            else [(message.id, message.string)]
        )
    }


def kept(translations: GNUTranslations) -> dict[object, object]:
    said: dict[object, object] = vars(translations)["_catalog"]
    return {key: form for key, form in said.items() if key}


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
        assert "31 במרץ 2026" in page.text
        assert "There are no words for the locale 'he' yet; they are in English." == document.warnings[0]

    def test_no_locale(self) -> None:
        """What babel does not know is refused."""
        with pytest.raises(InvalidInput, match="not a locale"):
            localizer("xx_YY")


def head(locale: str) -> PartySnapshot:
    return evolve(HEAD, locale=locale)


class TestWriting:
    @pytest.mark.parametrize(
        ("locale", "long", "period"),
        [
            ("en_US", "March 2, 2026", "Mar 2 – 31, 2026"),
            ("en_GB", "2 March 2026", "2–31 Mar 2026"),
            ("de", "2. März 2026", "2.–31. März 2026"),
            ("fr", "2 mars 2026", "2–31 mars 2026"),
            ("ja", "2026年3月2日", "2026年3月2日～31日"),
            ("ar_EG", "٢ مارس ٢٠٢٦", "٢–٣١ مارس ٢٠٢٦"),
        ],
    )
    def test_days(self, locale: str, long: str, period: str) -> None:
        """A date, and days from one to another; a period of one day is that day."""
        spoken = localizer(locale)
        march = Period(date(2026, 3, 2), date(2026, 3, 31))
        assert (long, period) == (spoken.day(march.first), " ".join(spoken.period(march).split()))
        assert long == spoken.period(Period(march.first, march.first))

    @pytest.mark.parametrize(
        ("locale", "one", "some"),
        [
            ("en", "1 hour", "12.5 hours"),
            ("de", "1 Stunde", "12,5 Stunden"),
            ("fr", "1 heure", "12,5 heures"),
            ("ja", "1 時間", "12.5 時間"),
            ("ar_EG", "ساعة", "١٢٫٥ ساعة"),
        ],
    )
    def test_hours_in_words(self, locale: str, one: str, some: str) -> None:
        """In the plural of the language."""
        spoken = localizer(locale)
        said = [spoken.spelled_hours(timedelta(hours=length)) for length in (1, 12.5)]
        assert [one, some] == [" ".join(text.split()) for text in said]

    @pytest.mark.parametrize(
        ("locale", "said"),
        [
            ("en", ["1 day ago", "2 days ago", "5 days ago", "1,000 days ago"]),
            ("de", ["vor 1 Tag", "vor 2 Tagen", "vor 5 Tagen", "vor 1.000 Tagen"]),
            ("fr", ["il y a 1 jour", "il y a 2 jours", "il y a 5 jours", "il y a 1 000 jours"]),
            ("ja", ["1日前", "2日前", "5日前", "1,000日前"]),
            ("ar", ["قبل يوم واحد", "قبل يومين", "قبل 5 أيام", "قبل 1,000 يوم"]),
        ],
    )
    def test_plurals(self, locale: str, said: list[str]) -> None:
        """As many forms as the language has."""
        spoken = localizer(locale)
        counted = [spoken.count("{number} day ago", "{number} days ago", days) for days in (1, 2, 5, 1000)]
        assert said == [" ".join(text.split()) for text in counted]

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
        assert "CHF 1,234.50" == " ".join(localizer("en").money(Money(123450, "CHF")).split())

    def test_digits_of_every_locale(self) -> None:
        """Every system of digits that a locale writes is known, and its ten digits are digits."""
        systems = {Locale.parse(name).default_numbering_system for name in localedata.locale_identifiers()}
        assert systems - {"latn"} <= language._ZEROS.keys()
        for zero in language._ZEROS.values():
            assert list(range(10)) == [int(chr(zero + digit)) for digit in range(10)]

    def test_every_locale(self) -> None:
        """Whatever babel knows can be written in."""
        took = timedelta(hours=7, minutes=30)
        for locale in sorted(localedata.locale_identifiers()):
            spoken = localizer(locale)
            assert ("750", "123450", "1") == (
                digits(spoken.hours(took)),
                digits(spoken.money(Money(123450, "USD"))),
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
