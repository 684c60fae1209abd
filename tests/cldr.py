"""The texts that Babel writes for amounts, numbers and shares in a locale."""

import re
from decimal import Context, Decimal, localcontext

from babel import Locale
from babel.numbers import format_currency, format_decimal, format_percent


def money(amount: str, currency: str = "USD", locale: str = "en_US", *, numbers: str = "latn") -> str:
    """An amount such as 1234.50, with the decimals that it has here."""
    pattern = Locale.parse(locale).currency_formats["standard"].pattern
    with localcontext(Context(prec=60)):
        return format_currency(
            Decimal(amount),
            currency,
            _with_decimals(pattern, amount),
            locale,
            currency_digits=False,
            numbering_system=numbers,
        )


def number(value: str, locale: str = "en_US", *, numbers: str = "latn") -> str:
    """A number such as 12.50, with the decimals that it has here."""
    pattern = Locale.parse(locale).decimal_formats[None].pattern
    with localcontext(Context(prec=60)):
        return format_decimal(Decimal(value), _with_decimals(pattern, value), locale, numbering_system=numbers)


def percent(share: str, locale: str = "en_US") -> str:
    """A share such as 33.3, in per cent."""
    with localcontext(Context(prec=60)):
        return format_percent(Decimal(share).scaleb(-2), locale=locale, decimal_quantization=False)


def _with_decimals(pattern: str, value: str) -> str:
    places = len(value.partition(".")[2])
    return re.sub(r"0(\.[0#]+)?(?![0#.,])", f"0.{'0' * places}" if places else "0", pattern)
