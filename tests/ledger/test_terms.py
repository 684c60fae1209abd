"""Work stops at the allowed balance, and refills are requested at the refill balance, for the right amount."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoicecore import Deposit, Money, Rate, Refill, Terms
from invoicecore.errors import BalanceLimitReached, CurrencyMismatch, InvalidInput
from tests.world import World, hourly, new_world, terms, usd

TEN_DOLLARS_100_HOURS = Refill(threshold=usd("-1000"), rate=hourly(10), hours=100)


def at_ten_dollars(allowed: str | None, refill_at: str | None = None) -> World:
    """A world where Acme's work costs $10 an hour, and a refill is 100 h of it."""
    world = new_world(terms(allowed=allowed, refill_at=refill_at, rate="10", hours="100"))
    world.maria.projects.set_rate(world.site.id, hourly(10))
    return world


def work(world: World, hours: int) -> None:
    """Lee works so many hours, no more than 20 at a time."""
    while hours > 0:
        world.log(min(hours, 20))
        hours -= 20


class TestRefill:
    @pytest.mark.req("A38", "A40")
    def test_block(self) -> None:
        """A block is rate × hours: $10 × 100 h is $1,000."""
        assert usd("1000") == TEN_DOLLARS_100_HOURS.amount

    @pytest.mark.parametrize(
        ("rate", "hours", "block"),
        [("62.125", 1, "62.13"), ("62.125", "0.5", "31.06"), ("50", Decimal("20.00"), "1000"), ("0.01", "0.5", "0.01")],
    )
    def test_rounded_once(self, rate: str, hours: Any, block: str) -> None:
        """A block is rounded half up to the minor unit, once."""
        assert usd(block) == Refill(threshold=usd(0), rate=hourly(rate), hours=hours).amount

    def test_hours_are_exact(self) -> None:
        """However the hours are spelled, equal hours make equal refills."""
        spelled: list[Any] = [20, "20", "20.00", Decimal("2E+1")]
        assert 1 == len({Refill(threshold=usd(0), rate=hourly(50), hours=hours) for hours in spelled})

    @pytest.mark.parametrize(
        "hours",
        [
            0,
            -1,
            "-0.5",
            "0",
            True,
            20.0,
            float("nan"),
            "1e3",
            "٣",
            "",
            None,
            timedelta(hours=20),
            Decimal("NaN"),
            Decimal("Infinity"),
            Decimal("1E+5000000"),
            Decimal("0.0000000001"),
            10**17,
            10**18,
        ],
        ids=lambda hours: ascii(hours)[:20],
    )
    def test_hours_refused(self, hours: Any) -> None:
        """Hours that are none, negative, inexact or absurd are refused."""
        with pytest.raises(InvalidInput):
            Refill(threshold=usd("-1000"), rate=hourly(50), hours=hours)

    def test_nothing_asked(self) -> None:
        """A block of nothing is refused: a rate of zero, and an amount that rounds to nothing."""
        for rate in (hourly(0), hourly("0.0001")):
            with pytest.raises(InvalidInput, match="asks for nothing"):
                Refill(threshold=usd("-1000"), rate=rate, hours=1)

    @pytest.mark.parametrize("at", [-1000, "-1000", -1000.0, None, True, Decimal(-1000), hourly(1)])
    def test_balance_refused(self, at: Any) -> None:
        """The refill balance is Money."""
        with pytest.raises(InvalidInput, match="The refill balance must be a Money"):
            Refill(threshold=at, rate=hourly(50), hours=20)

    @pytest.mark.parametrize("rate", [50, "50", 50.0, None, True, usd(50)])
    def test_rate_refused(self, rate: Any) -> None:
        """The refill rate is a Rate."""
        with pytest.raises(InvalidInput, match="The refill rate must be a Rate"):
            Refill(threshold=usd("-1000"), rate=rate, hours=20)

    def test_two_currencies(self) -> None:
        """Balance and rate are in one currency."""
        with pytest.raises(CurrencyMismatch):
            Refill(threshold=usd("-1000"), rate=Rate.hourly(50, "EUR"), hours=20)


class TestTerms:
    def test_allowed_must_be_said(self) -> None:
        """That work never stops must be said out loud."""
        with pytest.raises(TypeError):
            Terms()  # type: ignore[call-arg]
        assert Terms(allowed_balance=None) == Terms.unlimited()

    @pytest.mark.parametrize("allowed", [-80, "-80", -80.0, float("nan"), True, Decimal(-80), hourly(1)])
    def test_allowed_refused(self, allowed: Any) -> None:
        """The allowed balance is Money or None."""
        with pytest.raises(InvalidInput, match="The allowed balance must be a Money"):
            Terms(allowed_balance=allowed)

    @pytest.mark.parametrize("refill", [1000, "none", False, usd(1000)])
    def test_refill_refused(self, refill: Any) -> None:
        """The refill is a Refill or None."""
        with pytest.raises(InvalidInput, match="refill must be a Refill"):
            Terms(allowed_balance=None, refill=refill)

    def test_two_currencies(self) -> None:
        """The allowed balance and the refill are in one currency."""
        with pytest.raises(CurrencyMismatch):
            Terms(allowed_balance=Money.of(-80, "EUR"), refill=TEN_DOLLARS_100_HOURS)

    def test_currency(self) -> None:
        """The terms know their currency if they name an amount."""
        assert "USD" == Terms(allowed_balance=usd("-80")).currency
        assert "USD" == Terms(allowed_balance=None, refill=TEN_DOLLARS_100_HOURS).currency
        assert None is Terms.unlimited().currency


class TestWarnings:
    def test_stop_before_refill(self) -> None:
        """Terms in which work stops before the refill can fire are accepted, and say so."""
        [warning] = Terms(allowed_balance=usd("-80"), refill=TEN_DOLLARS_100_HOURS).warnings
        assert "Work stops at -80.00 USD" in str(warning)
        assert "refill balance of -1000.00 USD" in str(warning)

    def test_accepted(self) -> None:
        """A client can be made with such terms."""
        stopping = Terms(allowed_balance=usd("-80"), refill=TEN_DOLLARS_100_HOURS)
        world = new_world(stopping)
        assert 1 == len(world.maria.accounts.standing(world.acme.id).terms.warnings)

    @pytest.mark.parametrize(
        "quiet",
        [
            Terms(allowed_balance=usd("-1000"), refill=TEN_DOLLARS_100_HOURS),
            Terms(allowed_balance=usd("-1500"), refill=TEN_DOLLARS_100_HOURS),
            Terms(allowed_balance=None, refill=TEN_DOLLARS_100_HOURS),
            Terms(allowed_balance=usd("-80")),
            Terms.unlimited(),
        ],
        ids=["together", "after", "no stop", "no refill", "neither"],
    )
    def test_none(self, quiet: Terms) -> None:
        """Where the refill comes first or together with the stop, or one of them is not set, there is no warning."""
        assert () == quiet.warnings


class TestStop:
    @pytest.mark.req("A34")
    def test_at_the_allowed_balance(self) -> None:
        """Work is stopped at the allowed balance and below, and not a cent above."""
        stopping = Terms(allowed_balance=usd("-80"))
        assert not stopping.stops_at(-79_99)
        assert stopping.stops_at(-80_00)
        assert stopping.stops_at(-80_01)
        assert not stopping.stops_at(0)

    def test_positive(self) -> None:
        """Work paid strictly ahead stops while there is still money."""
        assert Terms(allowed_balance=usd("100")).stops_at(100_00)
        assert not Terms(allowed_balance=usd("100")).stops_at(100_01)

    def test_no_limit(self) -> None:
        """Without an allowed balance work never stops."""
        assert not Terms.unlimited().stops_at(-(10**16))

    @pytest.mark.req("A34", "A35")
    def test_one_day_behind(self) -> None:
        """A client who paid $1,000 ahead at $10 an hour may come one 8-hour day behind; then no more work is accepted
        until they pay."""
        world = at_ten_dollars("-80")
        block = world.maria.invoices.manual(world.acme.id, usd("1000"), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(block.id)
        work(world, 100)
        assert usd(0) == world.balance()
        world.log(8)
        assert usd("-80") == world.balance()
        assert world.maria.accounts.standing(world.acme.id).stopped
        with pytest.raises(BalanceLimitReached, match=r"-80\.00 USD has reached the allowed balance of -80\.00 USD"):
            world.maria.work.log(world.site.id, start=world.clock.now(), hours=1)
        with pytest.raises(BalanceLimitReached):
            world.log(1)
        with pytest.raises(BalanceLimitReached):
            world.lee.work.start(world.site.id)
        assert usd("-80") == world.balance()
        world.maria.accounts.adjust(world.acme.id, usd("0.01"), reason="A cent lifts it")
        world.log(1)
        assert usd("-89.99") == world.balance()

    @pytest.mark.req("A34")
    def test_all_projects(self) -> None:
        """The stop holds for every project of the client, and for no other client."""
        world = at_ten_dollars("-80")
        other, elsewhere = world.project(name="Shop"), world.project(world.client())
        world.log(8)
        with pytest.raises(BalanceLimitReached):
            world.log(1, other)
        assert world.log(1, elsewhere)

    @pytest.mark.req("A35")
    def test_crossing(self) -> None:
        """At −$79.99 work goes on: the session that crosses is accepted whole."""
        world = at_ten_dollars("-80")
        world.maria.accounts.adjust(world.acme.id, usd("-79.99"), reason="To the brink")
        world.log(8)
        assert usd("-159.99") == world.balance()


class TestBlocksDue:
    @pytest.mark.parametrize(
        ("projected", "blocks"),
        [
            ("0", 0),
            ("-999.99", 0),
            ("-1000", 1),
            ("-1000.01", 1),
            ("-1999.99", 1),
            ("-2000", 2),
            ("-2999.99", 2),
            ("-3000", 3),
            ("500", 0),
        ],
    )
    def test_by_hand(self, projected: str, blocks: int) -> None:
        """Just as many blocks are due as lift the projected balance above the refill balance."""
        due = Terms(allowed_balance=None, refill=TEN_DOLLARS_100_HOURS).blocks_due(usd(projected).minor)
        assert blocks == due

    def test_no_refill(self) -> None:
        """Without a refill nothing is ever due."""
        assert 0 == Terms(allowed_balance=usd("-80")).blocks_due(-(10**16))
