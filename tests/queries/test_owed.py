"""How late an amount is."""

from datetime import date, timedelta

import pytest

from invoicecore import Age
from invoicecore.queries.owed import age, aged
from tests.world import usd

DUE = date(2026, 3, 16)


class TestAge:
    """Days since something was due, in five steps."""

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            (-400, Age.CURRENT),
            (-1, Age.CURRENT),
            (0, Age.CURRENT),
            (1, Age.UP_TO_30),
            (30, Age.UP_TO_30),
            (31, Age.UP_TO_60),
            (60, Age.UP_TO_60),
            (61, Age.UP_TO_90),
            (90, Age.UP_TO_90),
            (91, Age.OLDER),
            (4000, Age.OLDER),
        ],
    )
    def test_the_edges(self, days: int, expected: Age) -> None:
        """On the day on which it is due it is not late; each step ends with its last day."""
        assert expected is age(DUE, DUE + timedelta(days=days))

    def test_the_whole_calendar(self) -> None:
        """What was due on its first day is old on its last."""
        assert Age.OLDER is age(date.min, date.max)

    def test_amounts_in_their_order(self) -> None:
        """An age in which nothing is owed has an amount too."""
        assert (usd(1), usd(0), usd(0), usd(7), usd(0)) == aged({Age.UP_TO_90: 700, Age.CURRENT: 100}, "USD")
