"""Money in integer minor units, hourly rates, and the conversion of time to money.

`Money` is a whole number of minor units of one currency; `Rate` is money per hour, exact, and may be finer than the
minor unit. `Rate.times` is the only place that rounds what work costs. All arithmetic is on integers, so the decimal
context, locale and rounding mode of the host have no effect.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Self

from attrs import field, frozen

from invoicecore.errors import CurrencyMismatch, InvalidInput
from invoicecore.values import inputs
from invoicecore.values.currencies import EXPONENTS
from invoicecore.values.inputs import short_repr
from invoicecore.values.locales import known_locale, parsed_locale, typed_number, without_marks, written
from invoicecore.values.unchecked import unchecked

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

LARGEST_MINOR = 10**17
"""Every amount is smaller than this many minor units, so that sums stay within 64 bits."""

_ALIGNED = re.compile(r"([<>^]?[0-9]{1,3})?")
_MICROSECOND = timedelta(microseconds=1)
_MICROS_PER_HOUR = 3_600_000_000


def known_currency(code: object) -> str:
    """The ISO 4217 code, if it is a currency in `EXPONENTS`. InvalidInput for anything else."""
    if not isinstance(code, str) or code not in EXPONENTS:
        raise InvalidInput(
            f"{short_repr(code)} is not a currency; give an ISO 4217 code such as 'USD'.", "unknown_currency"
        )
    return str(code)  # a plain str, also for a subclass


def _exact_decimal(digits: int, scale: int) -> Decimal:
    """The number digits / 10**scale as a Decimal, whatever the decimal context of the host."""
    return Decimal(f"{digits}E-{scale}")


@frozen(order=False, kw_only=True)
class Money:
    """An exact amount: `minor` whole minor units (cents) of `currency`. `Money.of` reads ordinary amounts.

    Money of one currency adds, subtracts and compares; Money × int is Money, Money ÷ Money an exact ratio.

    >>> Money.of("12.50", "USD") * 3
    Money.of('37.50', 'USD')
    """

    minor: int
    currency: str

    def __attrs_post_init__(self) -> None:
        if type(self.minor) is not int or not -LARGEST_MINOR < self.minor < LARGEST_MINOR:
            raise InvalidInput(f"minor must be a whole number below 10**17, not {short_repr(self.minor)}.", "too_large")
        if type(self.currency) is not str or self.currency not in EXPONENTS:
            known_currency(self.currency)

    @classmethod
    def of(cls, amount: int | str | Decimal, currency: str) -> Self:
        """An amount in major units, such as `Money.of("12.50", "EUR")`.

        InvalidInput for floats, bools, text that is not a plain number, an unknown currency, and amounts finer than
        the currency's minor unit (ISO 4217: none for JPY, three digits for KWD).
        """
        exponent = EXPONENTS[known_currency(currency)]
        digits, scale = inputs.decimal_parts("An amount of money", amount)
        if scale > exponent:
            message = f"{amount} is finer than the minor unit of {currency}, which has {exponent} decimals."
            raise InvalidInput(message, "too_precise", decimals=exponent)
        return cls(minor=digits * 10 ** (exponent - scale), currency=currency)

    @classmethod
    def parse(cls, text: str, currency: str, locale: str = "en") -> Self:
        """An amount as people type it in a locale, with or without the sign or the code of its currency.

        InvalidInput for what `of` refuses, for another currency, and for digits that are not grouped as in that locale.
        """
        return cls.of(_typed_amount(text, currency, locale), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Zero, in that currency."""
        return cls(minor=0, currency=currency)

    @classmethod
    def total(cls, parts: Iterable[Self], currency: str) -> Self:
        """The sum; the currency is stated because an empty sum has one too."""
        known_currency(currency)
        minor = 0
        for part in parts:
            if not isinstance(part, Money):
                raise TypeError(f"Money is added up, not {type(part).__name__}.")
            if part.currency != currency:
                raise CurrencyMismatch(part.currency, currency)
            minor += part.minor
        return cls(minor=minor, currency=currency)

    @property
    def amount(self) -> Decimal:
        """In major units, with all the digits of the minor unit."""
        return _exact_decimal(self.minor, EXPONENTS[self.currency])

    def _minor_of(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money goes with Money, not with {type(other).__name__}.")
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor

    def __add__(self, other: Self) -> Self:
        return type(self)(minor=self.minor + self._minor_of(other), currency=self.currency)

    def __radd__(self, other: object) -> Self:
        raise TypeError("`sum` begins with the number 0; add amounts up by Money.total(amounts, currency).")

    def __sub__(self, other: Self) -> Self:
        return type(self)(minor=self.minor - self._minor_of(other), currency=self.currency)

    def __neg__(self) -> Self:
        return type(self)(minor=-self.minor, currency=self.currency)

    def __mul__(self, count: int) -> Self:
        if type(count) is not int:
            raise TypeError(f"Money is multiplied by a whole number, not by {type(count).__name__}.")
        return type(self)(minor=self.minor * count, currency=self.currency)

    __rmul__ = __mul__

    def __truediv__(self, other: Self) -> Fraction:
        """How many times `other` goes into this, exactly. ZeroDivisionError for nothing."""
        return Fraction(self.minor, self._minor_of(other))

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: Self) -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self._minor_of(other)

    def allocate(self, weights: Sequence[int]) -> tuple[Self, ...]:
        """Split in proportion to whole weights; the parts always add up to the whole.

        The remainder goes, one minor unit each, to the parts that lost most in rounding; of equal ones, to the first.

        >>> Money.of("1.00", "USD").allocate([1, 1, 1])
        (Money.of('0.34', 'USD'), Money.of('0.33', 'USD'), Money.of('0.33', 'USD'))
        """
        if any(type(weight) is not int or weight < 0 for weight in weights) or not sum(weights):
            raise InvalidInput("weights must be whole numbers, none negative and not all zero.")
        whole, sign = abs(self.minor), -1 if self.minor < 0 else 1
        shares = [divmod(whole * weight, sum(weights)) for weight in weights]
        left = whole - sum(share for share, _ in shares)
        most_lost = sorted(range(len(shares)), key=lambda place: -shares[place][1])[:left]
        extra = frozenset(most_lost)
        return tuple(
            type(self)(minor=sign * (share + (place in extra)), currency=self.currency)
            for place, (share, _) in enumerate(shares)
        )

    def format(self, locale: str = "en_US") -> str:
        """The amount as babel writes it in that locale, with the digits of ISO 4217.

        InvalidInput for a locale that babel does not know. The text may hold no-break spaces and direction marks.
        """
        inputs.instance("locale", locale, str)
        with roomy_context():
            pattern, parsed = _currency_pattern(locale, EXPONENTS[self.currency])
            return written(pattern, self.amount, parsed, currency=self.currency, currency_digits=False)

    def __format__(self, spec: str) -> str:
        """The text of `str`, aligned within a width, as `{amount:>14}`. InvalidInput for any other format."""
        if _ALIGNED.fullmatch(spec) is None:
            raise InvalidInput(f"An amount is formatted as {{amount:>14}}, and {short_repr(spec)} is no such format.")
        return format(str(self), spec)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __repr__(self) -> str:
        return f"Money.of('{self.amount}', '{self.currency}')"


unchecked_money: Final = unchecked(Money)


def _typed_amount(text: str, currency: str, locale: str) -> str:
    """An amount as people type it in a locale, as plain text without the sign or the code of its currency."""
    from babel.numbers import get_currency_symbol

    given, parsed = without_marks(inputs.text("amount", text)).strip(), parsed_locale(known_locale(locale))
    known_currency(currency)
    sign, bare = (given[:1], given[1:]) if given[:1] in "+-−" else ("", given)
    symbols = {without_marks(get_currency_symbol(currency, it)) for it in (parsed, "en")}
    for name in sorted({*symbols, currency}, key=len, reverse=True):  # "US$" before "$"
        bare = bare.strip().removeprefix(name).removesuffix(name)
    return typed_number("amount", sign + bare.strip(), locale)


def roomy_context() -> AbstractContextManager[Context]:
    """A decimal context with room for every amount, for libraries such as babel that use the ambient context, which a
    host may have made too small."""
    return localcontext(Context(prec=40, rounding=ROUND_HALF_EVEN))


def positive(what: str, amount: object) -> Money:
    """An amount above zero. InvalidInput for anything else."""
    good = inputs.instance(what, amount, Money)
    if good.minor <= 0:
        raise InvalidInput(f"{what} must be above zero, not {good}.", "not_above_zero", field=what)
    return good


def in_currency(currency: str, *amounts: "Money | Rate | None") -> None:
    """CurrencyMismatch unless all amounts are in that currency; None is skipped."""
    for amount in amounts:
        if amount is not None and amount.currency != currency:
            raise CurrencyMismatch(amount.currency, currency)


@lru_cache(maxsize=256)
def _currency_pattern(locale: str, digits: int) -> "tuple[NumberPattern, Locale]":
    from babel.numbers import parse_pattern

    parsed = parsed_locale(locale)
    pattern = parse_pattern(parsed.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern, parsed


@frozen
class Rate:
    """Money per hour of work, exact: `digits` / 10**`scale` major units of `currency`; never negative.

    A rate may be finer than the minor unit. Multiplied by a duration it becomes Money, rounded once, half up to the
    minor unit.

    >>> Rate.hourly("50", "USD").times(timedelta(hours=8))
    Money.of('400.00', 'USD')
    """

    digits: int
    scale: int
    currency: str
    _per_hour_minor: tuple[int, int] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        known_currency(self.currency)
        if type(self.digits) is not int or type(self.scale) is not int or not 0 <= self.scale <= 12:
            raise InvalidInput("A rate is made of whole numbers; use Rate.hourly.")
        exponent = EXPONENTS[self.currency]
        if self.digits < 0 or 24 * self.digits * 10**exponent >= LARGEST_MINOR * 10**self.scale:
            most = _exact_decimal((LARGEST_MINOR - 1) // 24, exponent)
            message = f"A rate lies between 0 and {most} {self.currency} an hour; a day's work holds no more."
            raise InvalidInput(message, "too_large")
        if self.scale and self.digits % 10 == 0:
            raise InvalidInput("A rate is kept without trailing zeros; use Rate.hourly.")
        # amount in minor units = numerator × microseconds / denominator; both are doubled, so that a half can be added
        ratio = (2 * self.digits * 10**exponent, 2 * _MICROS_PER_HOUR * 10**self.scale)
        object.__setattr__(self, "_per_hour_minor", ratio)

    @classmethod
    def hourly(cls, amount: int | str | Decimal, currency: str) -> Self:
        """A rate per hour, such as `Rate.hourly("62.125", "EUR")`; zero is allowed.

        InvalidInput for what `Money.of` refuses (a finer amount is fine here) and for negative amounts.
        """
        digits, scale = inputs.decimal_parts("A rate", amount)
        if digits < 0:
            raise InvalidInput(f"A rate must not be negative: {short_repr(amount)}.", "negative")
        return cls(digits, scale, known_currency(currency))

    @classmethod
    def parse(cls, text: str, currency: str, locale: str = "en") -> Self:
        """A rate as people type it in a locale, with or without the sign or the code of its currency.

        InvalidInput for what `hourly` refuses, another currency, and digits that are grouped otherwise than there.

        >>> Rate.parse("62,125 €", "EUR", "de")
        Rate.hourly('62.125', 'EUR')
        """
        return cls.hourly(_typed_amount(text, currency, locale), currency)

    def format(self, locale: str = "en_US") -> str:
        """The price of an hour as babel writes an amount in that locale, with all of its decimals.

        >>> Rate.hourly("62.125", "EUR").format("en_US")
        '€62.125'
        """
        inputs.instance("locale", locale, str)
        with roomy_context():
            pattern, parsed = _currency_pattern(locale, max(EXPONENTS[self.currency], self.scale))
            return written(pattern, self.per_hour, parsed, currency=self.currency, currency_digits=False)

    @property
    def per_hour(self) -> Decimal:
        """In major units."""
        return _exact_decimal(self.digits, self.scale)

    def times(self, duration: timedelta) -> Money:
        """The cost of that much work, rounded half up to the minor unit. The duration is not negative."""
        return Money(minor=self.minor_for(duration), currency=self.currency)

    def minor_for(self, duration: timedelta) -> int:
        """As `times`, in minor units."""
        numerator, denominator = self._per_hour_minor
        minor = (numerator * (duration // _MICROSECOND) + denominator // 2) // denominator
        if minor >= LARGEST_MINOR:
            raise InvalidInput(f"{duration} at {self} is more than any amount may be.", "too_large")
        return minor

    def __str__(self) -> str:
        return f"{self.per_hour} {self.currency}/h"

    def __repr__(self) -> str:
        return f"Rate.hourly('{self.per_hour}', '{self.currency}')"
