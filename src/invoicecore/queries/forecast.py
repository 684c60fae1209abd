"""When will a refill be asked for, and when will work stop?"""

from datetime import date, timedelta
from fractions import Fraction

from attrs import frozen

from invoicecore.settlement.account import Account
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money

_DAY = timedelta(days=1)
DAYS = 28
"""How many whole days the pace is taken from: four weeks, so that each weekday counts as often as the others."""


@frozen(kw_only=True)
class Forecast:
    """When a client's balance reaches the levels of their terms, if work goes on at the pace of the last four weeks and
    nothing is paid; and what that rests on.

    `worked` is what the work of `window` cost. A day is None where there is no such level, where nothing was worked, or
    where it lies beyond the calendar; it is today where the level is reached already. A refill is asked for by the
    `projected` balance, work stops by the `balance` alone.
    """

    window: Period
    worked: Money
    balance: Money
    projected: Money
    refill_at: Money | None
    allowed_balance: Money | None
    refill_on: date | None
    stops_on: date | None

    @property
    def pace(self) -> Fraction:
        """What a day of the window cost, in minor units."""
        return Fraction(self.worked.minor, DAYS)


def window(today: date) -> Period:
    """The whole days before a day by which the pace is told."""
    return Period(today - DAYS * _DAY, today - _DAY)


def forecast(account: Account, worked_minor: int, today: date) -> Forecast:
    """What is to be expected of an account on a day, for whose client so much was worked in the `window` before it.

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
        Money(account.position.balance_minor, currency),
        Money(account.projected_balance_minor, currency),
    )
    worked = Money(worked_minor, currency)
    return Forecast(
        window=window(today),
        worked=worked,
        balance=balance,
        projected=projected,
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
