"""The forecast of when a refill is requested and when work stops."""

from datetime import date, timedelta
from fractions import Fraction

from attrs import frozen

from invoicecore.settlement.account import Account
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money

_DAY = timedelta(days=1)
DAYS = 28
"""The whole days from which the pace is taken: four weeks, so that each weekday counts equally often."""


@frozen(kw_only=True)
class Forecast:
    """The days on which a client's balance reaches the levels of their terms, if work goes on at the pace of the last
    four weeks and nothing is paid.

    `worked` is the cost of the work in `window`. A day is None if there is no such level, if nothing was worked, or if
    it lies beyond the calendar; it is today if the level is reached already. The refill follows the
    `projected_balance`, the stop the `balance` alone.
    """

    window: Period
    worked: Money
    balance: Money
    projected_balance: Money
    refill_at: Money | None
    allowed_balance: Money | None
    refill_on: date | None
    stops_on: date | None

    @property
    def pace(self) -> Fraction:
        """The cost of a day of the window, in minor units."""
        return Fraction(self.worked.minor, DAYS)


def window(today: date) -> Period:
    """The whole days before `today` from which the pace is taken."""
    return Period(today - DAYS * _DAY, today - _DAY)


def forecast(account: Account, worked_minor: int, today: date) -> Forecast:
    """The forecast for an account, whose client's work in the `window` before `today` cost `worked_minor`.

    $1,400 of work in the four weeks before 2 March 2026 is $50 a day. At a balance of −$500 that leads to an allowed
    balance of −$1,500 in 20 days:

    >>> from invoicecore.ledger.position import Position
    >>> from invoicecore.ledger.terms import Terms
    >>> terms = Terms(allowed_balance=Money.of(-1500, "USD"))
    >>> account = Account("acme", Position("USD", balance_minor=-500_00), terms)
    >>> str(forecast(account, 1400_00, date(2026, 3, 2)).stops_on)
    '2026-03-22'
    """
    terms, currency = account.terms, account.currency
    refill_at = None if terms.refill is None else terms.refill.threshold
    balance, projected = (
        Money(minor=account.position.balance_minor, currency=currency),
        Money(minor=account.projected_balance_minor, currency=currency),
    )
    worked = Money(minor=worked_minor, currency=currency)
    return Forecast(
        window=window(today),
        worked=worked,
        balance=balance,
        projected_balance=projected,
        refill_at=refill_at,
        allowed_balance=terms.allowed_balance,
        refill_on=_reached(projected, refill_at, worked, today),
        stops_on=_reached(balance, terms.allowed_balance, worked, today),
    )


def _reached(balance: Money, level: Money | None, worked: Money, today: date) -> date | None:
    """The first day at whose end the balance is at or below the level."""
    if level is None:
        return None
    way = max(0, balance.minor - level.minor)
    if not way:
        return today
    if not worked.minor:
        return None
    days = -(-way * DAYS // worked.minor)  # rounded up
    try:
        return today + days * _DAY
    except OverflowError:
        return None
