"""A client's balance terms: when work stops, and when a refill is requested.

The firm and the client agree on the terms. Both decisions follow from the terms and a balance alone.
"""

from decimal import Decimal
from typing import Self

from attrs import field, frozen

from invoicecore.errors import CurrencyMismatch, InvalidInput
from invoicecore.ledger.remarks import Remark, Sentence
from invoicecore.values import inputs
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Advance


def _hours(value: int | str | Decimal) -> Decimal:
    digits, scale = inputs.decimal_parts("The hours of a refill", value)
    return Decimal(f"{digits}E-{scale}")  # exact, whatever the decimal context


@frozen
class Refill:
    """A block of prepaid hours, requested when the balance plus all outstanding requests is no longer above
    `threshold`.

    `rate` × `hours` is the amount of one block, net; it must be above zero and in the currency of `threshold`. Where
    the client is taxed, `advance` says whether a refill asks for tax.

    >>> Refill(threshold=Money.of(-1000, "USD"), rate=Rate.hourly(10, "USD"), hours=100).amount
    Money.of('1000.00', 'USD')
    """

    threshold: Money
    rate: Rate
    hours: Decimal = field(converter=_hours)
    advance: Advance = Advance.TAXED

    def __attrs_post_init__(self) -> None:
        inputs.instance("The refill balance", self.threshold, Money)
        inputs.instance("The refill rate", self.rate, Rate)
        inputs.instance("advance", self.advance, Advance)
        if self.threshold.currency != self.rate.currency:
            raise CurrencyMismatch(self.threshold.currency, self.rate.currency)
        if self.amount.minor <= 0:
            raise InvalidInput(
                f"{self.hours} h at {self.rate} asks for nothing; a refill must be above zero.", "not_above_zero"
            )

    @property
    def amount(self) -> Money:
        """The amount of one block: rate × hours."""
        return self.rate.times(inputs.duration("The hours of a refill", self.hours))


@frozen(kw_only=True)
class Terms:
    """How far a client's balance may fall, and when a refill is requested.

    Work stops at `allowed_balance`; None, which must be given explicitly, means never. `refill` is optional.
    """

    allowed_balance: Money | None
    refill: Refill | None = None

    def __attrs_post_init__(self) -> None:
        if self.allowed_balance is not None:
            inputs.instance("The allowed balance", self.allowed_balance, Money)
        if self.refill is not None:
            inputs.instance("refill", self.refill, Refill)
        allowed, refill = self.allowed_balance, self.refill
        if allowed is not None and refill is not None and allowed.currency != refill.threshold.currency:
            raise CurrencyMismatch(allowed.currency, refill.threshold.currency)

    @classmethod
    def unlimited(cls) -> Self:
        """Terms by which work never stops and no refill is requested."""
        return cls(allowed_balance=None)

    @property
    def currency(self) -> str | None:
        """The one currency of all amounts; None if the terms name none."""
        if self.allowed_balance is not None:
            return self.allowed_balance.currency
        return self.refill.threshold.currency if self.refill is not None else None

    @property
    def warnings(self) -> tuple[Sentence, ...]:
        """Settings that are valid but probably a mistake, one sentence each; `invoicecore.say` says them in other
        languages."""
        allowed, refill, found = self.allowed_balance, self.refill, list[Sentence]()
        if allowed is not None and allowed.minor > 0:
            found.append(Sentence.of(Remark.STOP_WHILE_PREPAID, allowed_balance=allowed, debt=-allowed))
        if allowed is not None and refill is not None and allowed > refill.threshold:
            figures = {"allowed_balance": allowed, "refill_balance": refill.threshold}
            found.append(Sentence.of(Remark.STOP_BEFORE_REFILL, **figures))
        return tuple(found)

    def stops_at(self, balance_minor: int) -> bool:
        """Whether work is stopped: the balance is at or below the allowed balance."""
        return self.allowed_balance is not None and balance_minor <= self.allowed_balance.minor

    def blocks_due(self, projected_balance_minor: int) -> int:
        """The smallest number of blocks that lifts the projected balance above the refill balance; 0 if it is above
        already, or if there is no refill."""
        if self.refill is None or projected_balance_minor > self.refill.threshold.minor:
            return 0
        return (self.refill.threshold.minor - projected_balance_minor) // self.refill.amount.minor + 1
