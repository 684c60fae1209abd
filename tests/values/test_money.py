"""Money is counted exactly, whatever the host's decimal context and locale."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import (
    ROUND_05UP,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    FloatOperation,
    Inexact,
    Rounded,
    localcontext,
)
from fractions import Fraction
from typing import Any

import pytest
from babel.core import Locale, get_global
from babel.numbers import get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Money, Rate
from invoicecore.errors import CurrencyMismatch, InvalidInput, MoneyRuleViolation
from invoicecore.values.currencies import EXPONENTS
from invoicecore.values.money import LARGEST_MINOR, known_currency
from tests import cldr
from tests.world import hourly, usd

ROUNDINGS = (
    ROUND_05UP,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
)
MINOR = st.integers(-(10**15), 10**15)
CURRENCY = st.sampled_from(["USD", "JPY", "KWD", "RSD", "CLF"])


def spelled(value: object) -> str:
    """A short name for a parameter, even for a number that Python will not spell out."""
    return ascii(value)[:20] if not isinstance(value, int) or abs(value) < 10**20 else f"{value.bit_length()} bits"


@contextmanager
def hostile(precision: int, rounding: str) -> Iterator[None]:
    """A decimal context in which any rounding at all raises."""
    context = Context(prec=precision, rounding=rounding, capitals=0, Emin=-2, Emax=2)
    with localcontext(context) as ambient:
        ambient.traps[Inexact] = ambient.traps[Rounded] = ambient.traps[FloatOperation] = True
        yield


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [
            ("12.50", "USD", 1250),
            ("12.5", "USD", 1250),
            ("12.5000", "USD", 1250),
            (12, "USD", 1200),
            (-12, "USD", -1200),
            ("-0.01", "USD", -1),
            ("+0.01", "USD", 1),
            ("0", "USD", 0),
            ("-0", "USD", 0),
            ("007", "USD", 700),
            (Decimal("12.50"), "USD", 1250),
            (Decimal("1.25E+3"), "USD", 125000),
            (Decimal("-0"), "USD", 0),
            (Decimal("0E-30"), "USD", 0),
            (Decimal("1.0000000000000000000000000000"), "USD", 100),
            ("5", "JPY", 5),
            ("1.234", "KWD", 1234),
            ("1.25", "RSD", 125),
            ("0.0001", "CLF", 1),
            ("999999999999999.99", "USD", 99999999999999999),
        ],
    )
    def test_exact(self, amount: Any, currency: str, minor: int) -> None:
        """An amount is a whole number of minor units, as many as ISO 4217 says."""
        assert minor == Money.of(amount, currency).minor

    @pytest.mark.parametrize(
        "amount",
        [
            12.5,
            0.0,
            float("nan"),
            float("inf"),
            True,
            False,
            None,
            b"1",
            [1],
            1 + 0j,
            Fraction(1, 2),
            Decimal("NaN"),
            Decimal("sNaN"),
            Decimal("Infinity"),
            Decimal("-Infinity"),
            Decimal("1E+5000000"),
            Decimal("1E-5000000"),
            Decimal("1E+18"),
            "NaN",
            "nan",
            "Infinity",
            "-inf",
            "1e3",
            "1E3",
            "1E+5000000",
            "1_000",
            "1,000",
            "1,5",
            "٣",
            "٣.٥",
            "१",
            "1２",
            "",
            " ",
            " 1",
            "1 ",
            "1\n",
            "\n1",
            "$1",
            "1.",
            ".5",
            "--1",
            "+-1",
            "−1",
            "1.2.3",
            "0x10",
            "1" * 19,
            "1" * 100_000,
            "0." + "1" * 13,
            10**18,
            -(10**18),
            10**5000,
        ],
        ids=spelled,
    )
    def test_refused(self, amount: Any) -> None:
        """What is not an ordinary exact number is refused, and a float always is."""
        with pytest.raises(InvalidInput):
            Money.of(amount, "USD")
        with pytest.raises(InvalidInput):
            Rate.hourly(amount, "USD")

    def test_refused_at_once(self) -> None:
        """An exponent that would take minutes to spell out is refused at once."""
        begun = time.process_time()
        for huge in (Decimal("1E+5000000"), Decimal("-1E+999999999"), "1E+5000000", "9" * 5_000_000):
            with pytest.raises(InvalidInput):
                Money.of(huge, "USD")
        assert time.process_time() - begun < 0.5

    def test_float_says_why(self) -> None:
        """The refusal of a float says what is wrong with it."""
        with pytest.raises(InvalidInput, match="a float is not exactly what was typed"):
            Money.of(0.1, "USD")  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("amount", "currency"),
        [("0.001", "USD"), ("1.5", "JPY"), (Decimal("0.5"), "JPY"), ("1.2345", "KWD"), ("1.255", "RSD")],
    )
    def test_finer_than_minor_unit(self, amount: Any, currency: str) -> None:
        """An amount finer than the minor unit is refused, never rounded."""
        with pytest.raises(InvalidInput, match="finer than the minor unit"):
            Money.of(amount, currency)

    @pytest.mark.parametrize("currency", ["XXX", "XAU", "usd", "US", "USDT", "", "€", None, 840, ["USD"], {}, "BTC"])
    def test_unknown_currency(self, currency: Any) -> None:
        """A code that ISO 4217 does not keep money in is refused wherever it enters."""
        ways_in: tuple[Callable[[], object], ...] = (
            lambda: Money.of(1, currency),
            lambda: Money(minor=1, currency=currency),
            lambda: Rate.hourly(1, currency),
            lambda: Money.zero(currency),
            lambda: Money.total([], currency),
            lambda: known_currency(currency),
        )
        for make in ways_in:
            with pytest.raises(InvalidInput, match="is not a currency"):
                make()

    @pytest.mark.parametrize(
        "minor",
        [1.0, True, "1", None, Decimal(1), LARGEST_MINOR, -LARGEST_MINOR, 10**30, 10**5000],
        ids=spelled,
    )
    def test_minor(self, minor: Any) -> None:
        """Minor units are a whole number below 10**17."""
        with pytest.raises(InvalidInput):
            Money(minor=minor, currency="USD")

    def test_arithmetic(self) -> None:
        """Money adds, subtracts, negates, multiplies by whole numbers and compares."""
        one, two = usd("0.10"), usd("0.20")
        assert usd("0.30") == one + two
        assert usd("-0.10") == one - two
        assert usd("-0.10") == -one
        assert usd("0.30") == one * 3 == 3 * one
        assert one < two <= two
        assert two > one >= one
        assert one != Money.of("0.10", "EUR")
        assert {one: "a"} == {usd("0.1"): "a"}
        assert usd(0) == Money.zero("USD")

    def test_amount(self) -> None:
        """The amount in major units keeps all digits of the minor unit."""
        assert "12.50" == str(usd("12.5").amount)
        assert "-0.05" == str(usd("-0.05").amount)
        assert "5" == str(Money.of(5, "JPY").amount)
        assert "1.000" == str(Money.of(1, "KWD").amount)
        assert "12.50 USD" == str(usd("12.5"))
        assert "Money.of('12.50', 'USD')" == repr(usd("12.5"))

    def test_two_currencies(self) -> None:
        """Two currencies are never mixed, not even two nothings."""
        dollar, euro = usd(0), Money.zero("EUR")
        mixes: tuple[Callable[[], object], ...] = (
            lambda: dollar + euro,
            lambda: dollar - euro,
            lambda: dollar < euro,
            lambda: dollar >= euro,
            lambda: dollar / Money.of(1, "EUR"),
            lambda: Money.total([dollar, euro], "USD"),
        )
        for mix in mixes:
            with pytest.raises(CurrencyMismatch, match="cannot be mixed"):
                mix()
        assert issubclass(CurrencyMismatch, MoneyRuleViolation)

    @pytest.mark.parametrize("factor", [1.5, True, "2", Decimal(2), None, Fraction(1, 2)])
    def test_other_factors(self, factor: Any) -> None:
        """Money is multiplied by whole numbers and by nothing else."""
        with pytest.raises(TypeError, match="multiplied by a whole number"):
            usd(1) * factor
        with pytest.raises(TypeError):
            factor * usd(1)

    @pytest.mark.parametrize("other", [1, 1.0, "1", None, Decimal(1)])
    def test_other_operands(self, other: Any) -> None:
        """Money goes with Money alone."""
        operations: tuple[Callable[[], object], ...] = (
            lambda: usd(1) + other,
            lambda: usd(1) - other,
            lambda: usd(1) / other,
            lambda: usd(1) < other,
            lambda: usd(1) >= other,
            lambda: other + usd(1),
        )
        for operation in operations:
            with pytest.raises(TypeError):
                operation()
        assert usd(1) != other

    def test_ratio(self) -> None:
        """Money over Money is an exact ratio."""
        assert Fraction(1, 3) == usd("0.01") / usd("0.03")
        assert Fraction(-2) == usd("-50") / usd("25")
        with pytest.raises(ZeroDivisionError):
            usd(1) / usd(0)

    def test_total(self) -> None:
        """A total states its currency, so that even an empty one has one."""
        assert usd("37037.01") == Money.total([usd("12345.67")] * 3, "USD")
        assert Money.zero("EUR") == Money.total([], "EUR")

    def test_too_large(self) -> None:
        """A result that would leave 64 bits behind is refused."""
        most = Money(minor=LARGEST_MINOR - 1, currency="USD")
        ways: tuple[Callable[[], Money], ...] = (
            lambda: most + usd(1),
            lambda: most * 2,
            lambda: Money.total([most, most], "USD"),
        )
        for grow in ways:
            with pytest.raises(InvalidInput):
                grow()

    @given(first=MINOR, second=MINOR, count=st.integers(-50, 50), currency=CURRENCY)
    @settings(max_examples=60, deadline=None)
    def test_laws(self, first: int, second: int, count: int, currency: str) -> None:
        """Adding and taking away are inverse, multiplying is adding again and again, and text gives the same back."""
        one, two = Money(minor=first, currency=currency), Money(minor=second, currency=currency)
        assert one == one + two - two
        assert one + two == two + one
        assert one * count == Money.total([one if count > 0 else -one] * abs(count), currency)
        assert one == Money.of(str(one.amount), currency) == Money.of(one.amount, currency)
        assert (one < two) == (first < second)


class TestFirstHour:
    """What somebody types who has not read the manual."""

    def test_minor_units_are_named(self) -> None:
        """Ten dollars are not made as ten cents by a slip."""
        with pytest.raises(TypeError):
            Money(10, "USD")  # type: ignore[call-arg]
        assert usd("0.10") == Money(minor=10, currency="USD")

    def test_sum(self) -> None:
        """An empty sum has a currency too, so `sum` names what adds amounts up."""
        with pytest.raises(TypeError, match=r"Money\.total\(amounts, currency\)"):
            sum([usd(1), usd(2)])

    def test_format(self) -> None:
        """In a text it has a width and a side, as a word has."""
        assert "|    -1.50 USD|" == f"|{usd('-1.5'):>13}|"
        assert "1.00 USD" == f"{usd(1)}"


class TestAllocate:
    def test_remainder(self) -> None:
        """What does not divide goes to the parts that lost most, the earlier first."""
        assert (usd("0.34"), usd("0.33"), usd("0.33")) == usd("1.00").allocate([1, 1, 1])
        assert (usd("0.02"), usd("0.03")) == usd("0.05").allocate([3, 7])
        assert (usd("0.02"), usd("0.01")) == usd("0.03").allocate([1, 1])
        assert (usd("-0.34"), usd("-0.33"), usd("-0.33")) == usd("-1.00").allocate([1, 1, 1])
        assert (usd(0), usd(7)) == usd(7).allocate([0, 5])

    @pytest.mark.parametrize("weights", [[], [0], [0, 0], [-1, 2], [1.0], [True], ["1"], [None]])
    def test_refused(self, weights: Any) -> None:
        """Weights are whole, not negative, and not all zero."""
        with pytest.raises(InvalidInput, match="weights"):
            usd(1).allocate(weights)

    @given(minor=MINOR, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
    @settings(max_examples=100, deadline=None)
    def test_nothing_lost(self, minor: int, weights: list[int]) -> None:
        """The parts add up to the whole, and each is less than one minor unit from its exact share."""
        parts = Money(minor=minor, currency="USD").allocate(weights)
        assert minor == sum(part.minor for part in parts)
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1


class TestRate:
    @pytest.mark.parametrize(
        ("amount", "duration", "cost"),
        [
            ("50", timedelta(hours=8), "400.00"),
            ("62.125", timedelta(hours=1), "62.13"),  # 62.125 exactly: half goes up
            ("62.125", timedelta(minutes=20), "20.71"),  # 20.70833…
            ("62.125", timedelta(hours=8), "497.00"),
            ("62.124", timedelta(hours=1), "62.12"),
            ("0.005", timedelta(hours=1), "0.01"),
            ("0.0049", timedelta(hours=1), "0.00"),
            ("0.015", timedelta(hours=1), "0.02"),
            ("0.025", timedelta(hours=1), "0.03"),  # half to even would give 0.02
            ("36", timedelta(seconds=1), "0.01"),
            ("18", timedelta(seconds=1), "0.01"),  # half a cent
            ("18", timedelta(microseconds=999_999), "0.00"),
            ("10", timedelta(hours=8, minutes=12), "82.00"),  # 8.20 h is 8 h 12, not 8 h 11
            ("50", timedelta(0), "0.00"),
            ("0", timedelta(hours=24), "0.00"),
            ("19.99", timedelta(hours=2, minutes=30), "49.98"),  # 49.975
        ],
    )
    def test_times(self, amount: str, duration: timedelta, cost: str) -> None:
        """Rate × time is rounded half up to the minor unit, once."""
        assert usd(cost) == hourly(amount).times(duration)

    def test_other_minor_units(self) -> None:
        """The rounding is to the minor unit of the currency, none for yen and three digits for Kuwaiti dinar."""
        half_hour = timedelta(minutes=30)
        assert Money.of(501, "JPY") == Rate.hourly(1001, "JPY").times(half_hour)
        assert Money.of("0.501", "KWD") == Rate.hourly("1.001", "KWD").times(half_hour)
        assert Money.of("0.51", "RSD") == Rate.hourly("1.01", "RSD").times(half_hour)

    def test_finer_than_minor_unit(self) -> None:
        """A rate may be finer than the minor unit and is kept without trailing zeros."""
        assert Decimal("62.125") == hourly("62.12500").per_hour
        assert hourly("62.125") == hourly("62.12500")
        assert hash(hourly("62.125")) == hash(hourly("62.1250"))
        assert "62.125 USD/h" == str(hourly("62.125"))
        assert "Rate.hourly('62.125', 'USD')" == repr(hourly("62.125"))

    def test_negative(self) -> None:
        """A rate is never negative; zero is one."""
        with pytest.raises(InvalidInput, match="negative"):
            hourly("-0.01")
        assert usd(0) == hourly(0).times(timedelta(hours=1))

    @pytest.mark.parametrize(
        "parts", [(1, -1), (1, 13), (10, 1), (-1, 0), (10**18, 0), (10**30 + 1, 12), (1.0, 0), (True, 0), (1, "0")]
    )
    def test_parts(self, parts: tuple[Any, Any]) -> None:
        """A rate made of its parts is checked as strictly."""
        with pytest.raises(InvalidInput):
            Rate(*parts, "USD")

    @given(
        digits=st.integers(0, 10**9),
        scale=st.integers(0, 6),
        micros=st.integers(0, 24 * 3_600_000_000),
        currency=CURRENCY,
    )
    @settings(max_examples=80, deadline=None)
    def test_half_up(self, digits: int, scale: int, micros: int, currency: str) -> None:
        """The cost is the nearest whole minor unit to the exact product, and the higher one from the middle."""
        rate = Rate.hourly(Decimal((0, tuple(map(int, str(digits))), -scale)), currency)
        exact = Fraction(digits * 10 ** EXPONENTS[currency] * micros, 10**scale * 3_600_000_000)
        cost = rate.times(timedelta(microseconds=micros)).minor
        assert Fraction(-1, 2) <= exact - cost < Fraction(1, 2)


class TestHostContext:
    @pytest.mark.parametrize("precision", [3, 6, 50])
    @pytest.mark.parametrize("rounding", ROUNDINGS)
    def test_decimal_context(self, precision: int, rounding: str) -> None:
        """No precision, rounding mode or trap of the host changes an amount."""
        with hostile(precision, rounding):
            assert 1234567 == usd("12345.67").minor
            assert 1234567 == Money.of(Decimal("12345.67"), "USD").minor
            assert 3703701 == Money.total([usd("12345.67")] * 3, "USD").minor
            assert 99999999999999998 == (Money(minor=49999999999999999, currency="USD") * 2).minor
            assert "49999999999999.99" == str(Money(minor=4999999999999999, currency="USD").amount)
            assert "Money.of('12345.67', 'USD')" == repr(usd("12345.67"))
            assert 6213 == hourly("62.125").times(timedelta(hours=1)).minor
            assert 49700 == Rate.hourly(Decimal("62.1250000"), "USD").times(timedelta(hours=8)).minor
            assert "123456.123456 USD/h" == str(hourly("123456.123456"))
            assert Fraction(1234567, 3) == usd("12345.67") / usd("0.03")
            assert [411523, 411522, 411522] == [part.minor for part in usd("12345.67").allocate([1, 1, 1])]
            assert cldr.money("999999999999999.99") == Money(minor=LARGEST_MINOR - 1, currency="USD").format("en_US")

    def test_locale(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No locale of the host changes how amounts are read, spelled or formatted."""
        for variable in ("LANG", "LANGUAGE", "LC_ALL", "LC_NUMERIC", "LC_MONETARY"):
            monkeypatch.setenv(variable, "de_DE.UTF-8")
        assert 123456 == usd("1234.56").minor
        assert "1234.56 USD" == str(usd("1234.56"))
        assert cldr.money("1234.56") == usd("1234.56").format("en_US") == usd("1234.56").format()


LOCALES = """
    af am ar ar_EG ar_KW az be bg bn bs ca cs cy da de de_AT de_CH el en en_AU en_CA en_GB en_IN en_ZA es
    es_AR es_MX et eu fa fa_AF fi fil fr fr_CA fr_CH ga gl gu he hi hr hu hy id is it it_CH ja ka kk km kn ko
    ky lo lt lv mk ml mn mr ms my nb ne nl nl_BE nn pa pl ps pt pt_PT ro ru si sk sl sq sr sr_Latn sv sw ta te
    th tr uk ur uz vi yue zh zh_Hant zu
""".split()  # noqa: SIM905


class TestFormat:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_as_babel(self, locale: str) -> None:
        """Exactly babel's, but for the digits, which are of ISO 4217, and the apostrophes that babel loses."""
        for code, amount in (
            ("USD", "1234567.89"),
            ("EUR", "-1234.50"),
            ("GBP", "0.00"),
            ("JPY", "-1234567"),
            ("KWD", "1.234"),
            ("CHF", "-0.05"),
        ):
            written = Money.of(amount, code).format(locale)
            assert cldr.money(amount, code, locale).replace("'", "") == written.replace("'", "")

    @pytest.mark.parametrize(
        ("amount", "currency", "locale", "printed"),
        [
            ("1234.56", "USD", "en_US", "1234.56"),
            ("-1.50", "USD", "en_US", "-1.50"),
            ("1234.56", "EUR", "de", "1234.56"),
            ("123456789.10", "INR", "en_IN", "123456789.10"),
            ("1234.56", "RSD", "sr", "1234.56"),
            ("5", "MGA", "fr_MG", "5.00"),
            ("0.5", "LBP", "en", "0.50"),
            ("1.234", "IQD", "en", "1.234"),
            ("5", "JPY", "en_US", "5"),
        ],
    )
    def test_digits_of_iso(self, amount: str, currency: str, locale: str, printed: str) -> None:
        """The digits are those of ISO 4217, also where prices are usually printed with fewer."""
        assert cldr.money(printed, currency, locale) == Money.of(amount, currency).format(locale)

    @pytest.mark.parametrize("digits", [0, 1, 2, 3, 4])
    def test_whatever_digits_cldr_has(self, digits: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """They have no say."""
        for code in ("USD", "RSD", "JPY", "KWD"):
            monkeypatch.setitem(get_global("currency_fractions"), code, (digits, 0, digits, 0))
            assert digits == get_currency_precision(code)
        assert [cldr.money("1.50"), cldr.money("1.50", "RSD"), cldr.money("5", "JPY"), cldr.money("1.234", "KWD")] == [
            money.format("en_US")
            for money in (
                usd("1.5"),
                Money(minor=150, currency="RSD"),
                Money(minor=5, currency="JPY"),
                Money(minor=1234, currency="KWD"),
            )
        ]

    def test_a_locale_with_a_dash(self) -> None:
        """It is the same as with an underscore."""
        assert Money.of("1234.56", "EUR").format("de_DE") == Money.of("1234.56", "EUR").format("de-DE")

    @pytest.mark.parametrize("code", sorted(EXPONENTS))
    def test_no_digit_lost(self, code: str) -> None:
        """Every digit of every currency is printed, so that what is read is what is meant."""
        money = Money(minor=1234567, currency=code)
        assert "1234567" == "".join(sign for sign in money.format("en_US") if sign.isdigit())

    @pytest.mark.parametrize("locale", ["xx", "", "en_US.UTF-8", "de_XX", "../en", "x" * 1000, None, 5, b"en", ["en"]])
    def test_unknown_locale(self, locale: Any) -> None:
        """A locale that babel does not know is refused."""
        with pytest.raises(InvalidInput, match="locale"):
            usd(1).format(locale)

    def test_locales_are_real(self) -> None:
        """The locales above are all known to babel, and there are many."""
        assert len(LOCALES) == len({str(Locale.parse(locale)) for locale in LOCALES})
        assert len(LOCALES) > 80
