"""Numbers, hours and amounts are read as people type them in a locale, strictly and exactly."""

from datetime import timedelta
from decimal import Decimal

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from invoicecore import Money, Rate, parse_hours
from invoicecore.documents.language import localizer
from invoicecore.errors import InvalidInput

MINUTE = timedelta(minutes=1)


class TestHours:
    @pytest.mark.parametrize(
        ("text", "locale", "minutes"),
        [
            ("2:30", "en", 150),
            ("2,5", "de", 150),
            (" 2.5 ", "en", 150),
            ("0:05", "fr", 5),
            ("12:00:30", "en", 720.5),
            ("8", "ja", 480),
            ("٢٫٥", "ar_EG", 150),
            ("٢٫٥", "ar", 150),
            ("٢:٣٠", "ar", 150),
            ("２：３０", "ja", 150),
        ],
    )
    def test_typed(self, text: str, locale: str, minutes: float) -> None:
        """A clock everywhere, a fraction with the sign of the locale."""
        assert timedelta(minutes=minutes) == parse_hours(text, locale)

    @pytest.mark.parametrize(
        ("text", "locale"),
        [
            ("2,5", "en"),
            ("2.5", "de"),
            ("2:60", "en"),
            ("-1", "en"),
            ("", "en"),
            ("2h", "en"),
            ("1e3", "en"),
            (2, "en"),
        ],
    )
    def test_refused(self, text: str, locale: str) -> None:
        """What could mean something else elsewhere is not guessed."""
        with pytest.raises(InvalidInput):
            parse_hours(text, locale)


def every_locale() -> list[str]:
    """All that babel knows, but for three whose signs of minus and of fractions are written in no other."""
    return [it for it in locale_identifiers() if it.partition("_")[0] not in {"fy", "luy", "tok"}]


class TestAmounts:
    @pytest.mark.parametrize("locale", every_locale())
    def test_as_it_is_written(self, locale: str) -> None:
        """Whatever is written in a locale can be read there."""
        for currency in ("USD", "CHF", "KWD", "IQD"):
            for text in ("-1234567", "12345678901", "0", "1000"):
                amount = Money.of(text, currency)
                assert amount == Money.parse(amount.format(locale), currency, locale)

    @pytest.mark.parametrize("locale", ["de_CH", "it_CH", "de_LI"])
    def test_apostrophes(self, locale: str) -> None:
        """Each group of digits is set off, however many there are, on screens and on paper."""
        assert "12'345'678'901.50" in Money.of("12345678901.5", "CHF").format(locale)
        assert "1'234'567.125" in Rate.hourly("1234567.125", "CHF").format(locale)
        assert "1'234'567.00" in localizer(locale).money(Money.of(1234567, "CHF"))

    @pytest.mark.parametrize(
        ("text", "locale", "amount"),
        [
            ("1.234,50 €", "de", "1234.50"),
            ("€1,234.50", "en", "1234.50"),
            ("1 234,50", "fr", "1234.50"),
            ("1\u202f234,50\u00a0€", "fr", "1234.50"),
            ("1’234.50", "de_CH", "1234.50"),
            ("EUR 7", "nl", "7"),
            ("−12,5", "de", "-12.5"),
            ("- €12.50", "en", "-12.5"),
            ("12,34,567.80", "en_IN", "1234567.80"),
        ],
    )
    def test_typed(self, text: str, locale: str, amount: str) -> None:
        """With groups or without, with the sign of the currency or without."""
        assert Money.of(amount, "EUR") == Money.parse(text, "EUR", locale)

    @pytest.mark.parametrize(
        ("text", "locale"),
        [
            ("1.23,50", "de"),
            ("1,234.50", "de"),
            ("12.345", "en"),
            ("$5", "en"),
            ("5 USD", "de"),
            ("1 2", "fr"),
            ("", "en"),
            ("€", "en"),
            ("1.", "en"),
            ("12,34.5", "en"),
        ],
    )
    def test_refused(self, text: str, locale: str) -> None:
        """Broken groups, another currency, and more decimals than it has."""
        with pytest.raises(InvalidInput):
            Money.parse(text, "EUR", locale)

    @given(
        minor=st.integers(-(10**15), 10**15),
        locale=st.sampled_from(["en", "de", "fr", "it", "ja", "nl", "pt", "es", "de_CH", "en_IN", "ar_EG", "hi", "sv"]),
        currency=st.sampled_from(["EUR", "JPY", "KWD", "USD"]),
    )
    def test_what_is_written_is_read(self, minor: int, locale: str, currency: str) -> None:
        """Every amount as the locale writes it is that amount."""
        amount = Money(minor=minor, currency=currency)
        plain = f"{amount.amount}".replace(".", _point(locale))
        assert amount == Money.parse(plain, currency, locale)

    @given(
        minor=st.integers(-(10**15), 10**15),
        locale=st.sampled_from(["en", "de", "fr", "it", "ja", "nl", "pt", "es", "ar", "ar_EG", "he", "hi"]),
        currency=st.sampled_from(["EUR", "JPY", "KWD", "USD"]),
    )
    def test_what_a_screen_shows_is_read(self, minor: int, locale: str, currency: str) -> None:
        """An amount that a form is filled with comes back as it was, with signs and marks of direction."""
        amount = Money(minor=minor, currency=currency)
        assert amount == Money.parse(amount.format(locale), currency, locale)

    @given(digits=st.integers(0, 10**9), scale=st.integers(0, 4), locale=st.sampled_from(["en", "de", "es", "ar"]))
    def test_a_rate_that_is_written_is_read(self, digits: int, scale: int, locale: str) -> None:
        """A rate as the locale writes it, which may be finer than an amount."""
        rate = Rate.hourly(Decimal(digits).scaleb(-scale), "USD")
        assert rate == Rate.parse(rate.format(locale), "USD", locale)

    def test_rate(self) -> None:
        """A rate is written with all of its decimals."""
        assert ("€62.125", "$50.00") == (Rate.hourly("62.125", "EUR").format(), Rate.hourly(50, "USD").format())


def _point(locale: str) -> str:
    from babel import Locale

    parsed = Locale.parse(locale)
    return str(parsed.number_symbols[parsed.default_numbering_system]["decimal"])
