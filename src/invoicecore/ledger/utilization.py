"""Utilization: the used part of the distance from the latest payment down to the refill balance."""

from fractions import Fraction


def base_minor(paid_up_minor: int, refill_at_minor: int, block_minor: int) -> int:
    """Where utilization is counted from: the balance right after the latest payment, but at least one block above the
    refill balance, so that a small payment does not count as a full one."""
    return max(paid_up_minor, refill_at_minor + block_minor)


def utilization(balance_minor: int, base_minor: int, refill_at_minor: int) -> Fraction:
    """The share of the way from the base down to the refill balance that the balance has gone; all in minor units, and
    the base above the refill balance.

    An exact ratio, not clamped: below 0 after a credit, above 1 past the refill balance.

    A payment of $1,000, a refill balance of $0 and a balance of $750 are 25 %:

    >>> utilization(750_00, base_minor(1000_00, 0, 1000_00), 0)
    Fraction(1, 4)

    The same balance after a payment of $10 that brought it to $760 is no full client either:

    >>> utilization(750_00, base_minor(760_00, 0, 1000_00), 0)
    Fraction(1, 4)
    """
    return Fraction(base_minor - balance_minor, base_minor - refill_at_minor)
