"""Utilization: the used part of the distance from the latest payment down to the refill balance."""

from fractions import Fraction


def utilization(balance_minor: int, utilization_base_minor: int, refill_at_minor: int | None) -> Fraction | None:
    """The share of the way from the base down to the refill balance that the balance has gone; all in minor units.

    An exact ratio, not clamped: below 0 after a credit, above 1 past the refill balance. None if there is no
    refill balance, or if the base is not above it.

    A payment of $1,000, a refill balance of $0 and a balance of $750 are 25 %:

    >>> utilization(750_00, 1000_00, 0)
    Fraction(1, 4)
    """
    if refill_at_minor is None or utilization_base_minor <= refill_at_minor:
        return None
    return Fraction(utilization_base_minor - balance_minor, utilization_base_minor - refill_at_minor)
