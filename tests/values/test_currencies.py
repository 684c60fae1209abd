"""The table of minor units agrees with other sources."""

import pytest
from babel.numbers import get_currency_precision, is_currency
from iso4217 import Currency

from invoicecore.values.currencies import EXPONENTS


class TestExponents:
    def test_iso(self) -> None:
        """The table is ISO 4217: every code that has a minor unit, with its digits, and no other code."""
        iso = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
        assert iso == EXPONENTS

    def test_babel_knows_them(self) -> None:
        """Babel has a name for every currency but those that may be too new for it."""
        assert set(EXPONENTS) - {"XAD", "XCG", "ZWG"} <= {code for code in EXPONENTS if is_currency(code)}

    def test_where_cldr_differs(self) -> None:
        """The digits that CLDR prints are another thing, and would lose money in currencies such as these."""
        differing = {code for code, digits in EXPONENTS.items() if get_currency_precision(code) != digits}
        assert {"RSD", "IQD", "ALL", "MGA"} <= differing

    @pytest.mark.parametrize(
        ("code", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("RSD", 2), ("IQD", 3), ("CLF", 4), ("MGA", 2)]
    )
    def test_by_hand(self, code: str, digits: int) -> None:
        """A few that are known by heart."""
        assert digits == EXPONENTS[code]

    @pytest.mark.parametrize("code", ["XAU", "XDR", "XTS", "XXX", "HRK", "DEM", "BTC"])
    def test_no_money(self, code: str) -> None:
        """Gold, test codes and money that is gone are not in it."""
        assert code not in EXPONENTS
