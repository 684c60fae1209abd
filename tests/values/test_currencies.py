"""The table of minor units agrees with the list that ISO 4217 publishes."""

from datetime import date

import pytest
from iso4217 import Currency, __published__

from invoicecore.values.currencies import EXPONENTS

EDITION = date(2026, 1, 1)
"""The day on which the list was published from which the table is made."""


class TestExponents:
    def test_iso(self) -> None:
        """The table is ISO 4217: every code that has a minor unit, with its digits, and no other code."""
        if __published__ != EDITION:
            pytest.skip(
                f"The package iso4217 has the list of {__published__}; the table is made from that of {EDITION}."
            )
        iso = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
        assert iso == EXPONENTS

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
