"""The comparison of the amounts that a file states with what its rows cost here."""

from decimal import Decimal
from fractions import Fraction

from attrs import define

from invoicecore.importer.plans import StatedAmounts
from invoicecore.values.currencies import EXPONENTS
from invoicecore.values.money import LARGEST_MINOR, Money

_MOST_DIGITS = 15


@define
class AmountSums:
    """The amounts of the rows of one client, added up: `currency` is that of the file, `charged_in` the client's."""

    currency: str
    charged_in: str
    stated_minor: int = 0
    charged_minor: int = 0
    entries: int = 0
    differing: int = 0

    def add(self, stated: Decimal, charged_minor: int) -> None:
        """One more row; what it states is rounded to the smallest unit of the currency. An amount that is larger than
        any can be is passed over."""
        if stated.adjusted() > _MOST_DIGITS:
            return
        stated_minor = int(Fraction(stated) * 10 ** EXPONENTS[self.currency] + Fraction(1, 2))
        self.entries += 1
        self.differing += stated_minor != charged_minor
        self.stated_minor += stated_minor
        self.charged_minor += charged_minor

    @property
    def result(self) -> StatedAmounts | None:
        """The comparison; None if the file states nothing but zeros, as trackers do that know no rates."""
        if not 0 < self.stated_minor < LARGEST_MINOR:
            return None
        return StatedAmounts(
            stated=Money(minor=self.stated_minor, currency=self.currency),
            charged=Money(minor=self.charged_minor, currency=self.charged_in),
            entries=self.entries,
            differing=self.differing if self.currency == self.charged_in else self.entries,
        )
