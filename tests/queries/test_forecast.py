"""The forecast of when a refill is requested and when work stops."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicecore import Forecast, Period, Terms
from invoicecore.ledger.position import Position
from invoicecore.queries.forecast import forecast, window
from invoicecore.settlement.account import Account
from invoicecore.values.ids import ClientId
from tests.world import UNLIMITED, terms, usd

TODAY = date(2026, 3, 2)


def seen(balance: int, worked: int, agreed: Terms | None = None, asked: int = 0) -> Forecast:
    """The outlook of a client with that balance, for whom so much was worked in four weeks; all in whole dollars.
    Without other terms, a refill of $1,000 is asked for at −$1,000 and work stops at −$1,500."""
    position = Position("USD", balance_minor=balance * 100)
    account = Account(ClientId("acme"), position, agreed or terms(), outstanding_minor=asked * 100)
    return forecast(account, worked * 100, TODAY)


class TestDays:
    """The expected days, worked out by hand."""

    def test_fifty_dollars_a_day(self) -> None:
        """$1,400 in 28 days is $50 a day. From −$500 that is 10 days to −$1,000, and 20 to −$1,500."""
        it = seen(-500, 1400)
        assert (date(2026, 3, 12), date(2026, 3, 22)) == (it.refill_on, it.stops_on)
        assert Fraction(5000) == it.pace

    def test_a_begun_day_counts(self) -> None:
        """$1 more than 10 days' work lies between, so it is reached on the eleventh."""
        assert date(2026, 3, 13) == seen(-499, 1400).refill_on

    def test_a_pace_that_does_not_divide(self) -> None:
        """$100 in 28 days: $500 take 140 days, to 20 July; $1,000 take 280, to 7 December."""
        it = seen(-500, 100)
        assert (date(2026, 7, 20), date(2026, 12, 7)) == (it.refill_on, it.stops_on)
        assert Fraction(10000, 28) == it.pace

    def test_what_was_asked_for_puts_off_the_refill_and_not_the_stop(self) -> None:
        """With $1,000 asked for, −$1,200 is projected at −$200: 16 days to −$1,000, but 6 to the stop at −$1,500."""
        it = seen(-1200, 1400, asked=1000)
        assert (date(2026, 3, 18), date(2026, 3, 8)) == (it.refill_on, it.stops_on)
        assert (usd(-1200), usd(-200)) == (it.balance, it.projected_balance)

    @pytest.mark.parametrize("balance", [-1500, -1501, -9000])
    def test_today_where_it_is_reached(self, balance: int) -> None:
        """Both levels are reached at −$1,500 and below, at whatever pace."""
        for worked in (0, 1400):
            it = seen(balance, worked)
            assert (TODAY, TODAY) == (it.refill_on, it.stops_on)

    def test_never_at_no_pace(self) -> None:
        """If nothing was worked, nothing is expected."""
        it = seen(-500, 0)
        assert (None, None, Fraction(0)) == (it.refill_on, it.stops_on, it.pace)

    def test_never_without_a_level(self) -> None:
        """Terms that set no level have no day."""
        unlimited = seen(-500, 1400, UNLIMITED)
        assert (None, None, None, None) == (
            unlimited.refill_on,
            unlimited.stops_on,
            unlimited.refill_at,
            unlimited.allowed_balance,
        )
        only_stop = seen(-500, 1400, terms(refill_at=None))
        assert (None, date(2026, 3, 22)) == (only_stop.refill_on, only_stop.stops_on)

    def test_never_beyond_the_calendar(self) -> None:
        """A cent a month from a fortune to the stop takes longer than there are dates."""
        account = Account(ClientId("acme"), Position("USD", balance_minor=10**16), terms())
        assert forecast(account, 1, TODAY).stops_on is None

    def test_on_which_figures_it_rests(self) -> None:
        """The four weeks end yesterday; levels and amounts are those that were gone by."""
        it = seen(-500, 1400)
        assert Period(date(2026, 2, 2), date(2026, 3, 1)) == it.window == window(TODAY)
        assert (usd(1400), usd(-500), usd(-1000), usd(-1500)) == (
            it.worked,
            it.balance,
            it.refill_at,
            it.allowed_balance,
        )

    @given(st.integers(-300_000, 300_000), st.integers(10, 1_000_000))
    def test_not_a_day_too_early_or_too_late(self, balance: int, worked: int) -> None:
        """By the pace, the balance is above the level the day before, and not above it on the day."""
        account = Account(ClientId("acme"), Position("USD", balance_minor=balance), terms())
        it = forecast(account, worked, TODAY)
        assert it.stops_on is not None
        days = (it.stops_on - TODAY) // timedelta(days=1)
        assert balance - it.pace * days <= -150_000
        assert days == 0 or balance - it.pace * (days - 1) > -150_000
