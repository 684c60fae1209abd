"""Utilization is how far the balance has come from the latest payment down to the refill balance."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Deposit, OnVoid
from invoicecore.ledger.utilization import base_minor, utilization
from tests.ledger.history import booked
from tests.world import World, new_world, terms, usd


def used(world: World) -> Fraction | None:
    """The utilization of Acme."""
    return world.maria.accounts.standing(world.acme.id).utilization


def prepaid() -> World:
    """Acme agreed on a refill of $1,000 at a balance of $0, and has paid the first one. An hour costs $50."""
    world = new_world(terms(allowed=None, refill_at="0"))
    [refill] = world.maria.invoices.of(world.acme.id)
    world.maria.payments.record(refill.id)
    return world


class TestFormula:
    @pytest.mark.req("A42", "A43")
    def test_a_quarter(self) -> None:
        """A payment of $1,000, a refill balance of $0 and a balance of $750 are 25 %."""
        assert Fraction(1, 4) == utilization(750_00, 1000_00, 0)

    @pytest.mark.parametrize(
        ("balance", "utilization_base", "refill_at", "ratio"),
        [
            (0, 0, -1000_00, Fraction(0)),
            (-250_00, 0, -1000_00, Fraction(1, 4)),
            (-1000_00, 0, -1000_00, Fraction(1)),
            (-1200_00, 0, -1000_00, Fraction(6, 5)),
            (500_00, 0, -1000_00, Fraction(-1, 2)),
            (-200_00, -200_00, -1000_00, Fraction(0)),
            (-600_00, -200_00, -1000_00, Fraction(1, 2)),
            (666_67, 1000_00, 0, Fraction(33333, 100000)),
            (2, 3, 0, Fraction(1, 3)),
        ],
    )
    def test_by_hand(self, balance: int, utilization_base: int, refill_at: int, ratio: Fraction) -> None:
        """It is exact, and clamped neither below nor above."""
        assert ratio == utilization(balance, utilization_base, refill_at)

    @pytest.mark.parametrize(
        ("paid_up", "refill_at", "percent"),
        [
            (0, -1000_00, 105),  # before the first payment
            (-999_00, -1000_00, 105),  # after a part payment of 51
            (1000_00, -1000_00, 102.5),  # after a full one
        ],
    )
    def test_at_least_one_block(self, paid_up: int, refill_at: int, percent: float) -> None:
        """At −$1,050 it is counted from the latest payment, but from one block of $1,000 above the refill at least."""
        assert Fraction(percent) / 100 == utilization(-1050_00, base_minor(paid_up, refill_at, 1000_00), refill_at)

    @given(
        utilization_base=st.integers(-(10**9), 10**9),
        way=st.integers(1, 10**9),
        gone=st.integers(-(10**9), 10**9),
    )
    @settings(max_examples=50, deadline=None)
    def test_gone_over_way(self, utilization_base: int, way: int, gone: int) -> None:
        """It is what is gone over the whole way, whatever the amounts."""
        assert Fraction(gone, way) == utilization(utilization_base - gone, utilization_base, utilization_base - way)


class TestOverAHistory:
    def test_each_step(self) -> None:
        """The anchor follows the payments, and utilization with it, in per cent of the way to −$1,000."""
        history = """
            day | kind             | amount | percent
            2   | work             |   -500 |      50
            3   | work             |   -500 |     100
            4   | work             |   -200 |     120
            5   | payment          |   1000 |       0
            6   | work             |   -400 |      50
            7   | adjustment       |    400 |       0
            8   | adjustment       |    200 |     -25
            9   | work             |   -600 |      50
            10  | payment_reversed |   -400 |     100
            11  | credit_released  |    200 |      50
            12  | credit_applied   |   -200 |     100
            13  | payment          |   1500 |       0
        """
        for line in booked(history):
            ratio = utilization(line.position.balance_minor, line.position.utilization_base_minor, -1000_00)
            assert Fraction(int(line.written["percent"]), 100) == ratio, line.written


class TestStanding:
    @pytest.mark.req("A42", "A43")
    def test_a_quarter(self) -> None:
        """After a payment of $1,000 and $250 of work, with a refill balance of $0, the desk says 25 %."""
        world = prepaid()
        assert Fraction(0) == used(world)
        world.log(5)
        assert usd("750") == world.balance()
        assert Fraction(1, 4) == used(world)

    @pytest.mark.req("A42")
    def test_settled(self) -> None:
        """Right after a client who is $1,000 behind has paid it, utilization is 0 %."""
        world = new_world(terms(allowed=None, refill_at="-1000"))
        world.log(20)
        assert Fraction(1) == used(world)
        [refill] = world.maria.invoices.of(world.acme.id)
        world.maria.payments.record(refill.id)
        assert usd(0) == world.balance()
        assert Fraction(0) == used(world)

    def test_part_payment(self) -> None:
        """A part payment does not count as a full one: utilization goes down by what it paid, and never jumps."""
        world = new_world(terms(allowed=None, refill_at="-1000"))
        world.log(22)
        assert Fraction(110, 100) == used(world)
        [refill] = world.maria.invoices.of(world.acme.id)
        for amount, left in ((50, 105), (51, Fraction("99.9")), (899, 10)):
            world.maria.payments.record(refill.id, usd(amount))
            assert Fraction(left) / 100 == used(world)
        world.log(2)
        assert Fraction(20, 100) == used(world)

    def test_not_deposited(self) -> None:
        """A payment that is not deposited is not what utilization is counted from."""
        world = prepaid()
        world.log(5)
        bonus = world.maria.invoices.manual(world.acme.id, usd("300"), deposit=Deposit.NOT_DEPOSITED)
        world.maria.payments.record(bonus.id)
        assert Fraction(1, 4) == used(world)

    def test_reversed(self) -> None:
        """A payment that went back lowers the base by as much, but no further than one block above the refill balance,
        so that the work done still counts."""
        world = prepaid()
        world.log(5)
        block = world.maria.invoices.manual(world.acme.id, usd("500"), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(block.id)
        assert usd("1250") == world.maria.accounts.standing(world.acme.id).utilization_base
        world.log(5)
        world.maria.invoices.void(block.id, note="Went back", payments=OnVoid.REVERSE)
        standing = world.maria.accounts.standing(world.acme.id)
        assert (usd("500"), usd("1000")) == (standing.balance, standing.utilization_base)
        assert Fraction(1, 2) == standing.utilization

    def test_adjustment(self) -> None:
        """An adjustment is no payment: it moves the balance along the way."""
        world = prepaid()
        world.maria.accounts.adjust(world.acme.id, usd("500"), reason="A present")
        assert Fraction(-1, 2) == used(world)

    def test_none(self) -> None:
        """There is none only without a refill."""
        assert None is used(new_world(terms(refill_at=None)))
        assert Fraction(1) == used(new_world(terms(allowed=None, refill_at="0")))

    def test_an_opening_balance(self) -> None:
        """A client who comes with $1,000 has used nothing."""
        world = new_world(terms(allowed=None, refill_at=None))
        world.maria.accounts.adjust(world.acme.id, usd(1000), reason="Opening balance")
        world.maria.clients.set_terms(world.acme.id, terms(allowed=None, refill_at="0"))
        assert Fraction(0) == used(world)
