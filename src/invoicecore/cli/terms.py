"""Rates and balance terms from the options of the command line: plain numbers in the currency of each client."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from attrs import frozen

from invoicecore import Money, Rate, Refill, Terms
from invoicecore.errors import InvalidInput

T = TypeVar("T")


class OptionRefused(InvalidInput):
    """An option is missing or impossible. `option` is its name on the command line."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"{option}: {reason}")
        self.option = option


@frozen(kw_only=True)
class TermsOptions:
    """The rate of new projects and the balance terms of new clients, as texts; None is what was not given. `allowed`
    None is no limit."""

    rate: str | None = None
    allowed: str | None = None
    refill_at: str | None = None
    refill_hours: str | None = None
    refill_rate: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.refill_at is None or self.refill_hours is None:
            if self.refill_hours is not None:
                raise OptionRefused("--refill-hours", "it goes together with --refill-at; give both or neither.")
            if self.refill_at is not None:
                raise OptionRefused("--refill-at", "it goes together with --refill-hours; give both or neither.")
            if self.refill_rate is not None:
                raise OptionRefused("--refill-rate", "it goes together with --refill-at and --refill-hours.")
        elif self.refill_rate is None and self.rate is None:
            raise OptionRefused("--refill-rate", "a refill needs a rate; give this one, or --rate for everything.")

    @property
    def has_terms(self) -> bool:
        """Whether balance terms were given."""
        return self.allowed is not None or self.refill_at is not None

    def hourly(self, currency: str) -> Rate | None:
        """The rate in that currency; None if none was given."""
        return None if self.rate is None else _made("--rate", Rate.hourly, self.rate, currency)

    def terms(self, currency: str) -> Terms:
        """The balance terms of a client in that currency."""
        refill, refill_rate = None, self.refill_rate if self.refill_rate is not None else self.rate
        if self.refill_at is not None and self.refill_hours is not None and refill_rate is not None:
            threshold = _made("--refill-at", Money.of, self.refill_at, currency)
            rate = _made("--refill-rate", Rate.hourly, refill_rate, currency)
            refill = _made("--refill-hours", partial(Refill, threshold=threshold, rate=rate), hours=self.refill_hours)
        allowed = None if self.allowed is None else _made("--allowed", Money.of, self.allowed, currency)
        return Terms(allowed_balance=allowed, refill=refill)


def _made(option: str, make: Callable[..., T], *given: str, **named: str) -> T:
    """The value that the text of an option makes; OptionRefused, naming the option, if it makes none."""
    try:
        return make(*given, **named)
    except InvalidInput as refused:
        raise OptionRefused(option, str(refused)) from refused
