"""Somebody who tries many passwords is stopped, and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from invoicecore import Billing, SettableClock
from invoicecore.adapters import throttle
from invoicecore.adapters.throttle import SlidingWindowThrottle
from invoicecore.errors import InvalidInput, SignInRefused, SignInThrottled
from invoicecore.testing import QuickPasswords
from tests.world import NOON, new_world

LEE, KIM = "lee@northwind.example", "kim@northwind.example"
HERE, THERE = "10.0.0.1", "10.0.0.2"
QUARTER = timedelta(minutes=15)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def few(clock: SettableClock) -> SlidingWindowThrottle:
    """Three for an e-mail and five for an address in a quarter of an hour."""
    return SlidingWindowThrottle(clock, for_email=3, for_address=5)


def heard(few: SlidingWindowThrottle, email: str = LEE, address: str | None = HERE) -> bool:
    """Whether a try is heard; then it fails."""
    try:
        few.check(email, address)
    except SignInThrottled:
        return False
    few.failed(email, address)
    return True


class TestFewTries:
    def test_so_many_for_an_email(self, few: SlidingWindowThrottle) -> None:
        """From wherever they come; somebody else's is another."""
        assert [True, True, True, False, False] == [heard(few, LEE, f"10.0.0.{n}") for n in range(5)]
        assert heard(few, KIM)

    def test_so_many_for_an_address(self, few: SlidingWindowThrottle) -> None:
        """Whoever they say that they are; from elsewhere it goes on."""
        assert [True] * 5 + [False] * 2 == [heard(few, f"p{n}@northwind.example") for n in range(7)]
        assert heard(few, LEE, THERE)

    def test_no_address_is_nobodys(self, few: SlidingWindowThrottle) -> None:
        """A host that does not say where they come from is limited by e-mails alone."""
        assert all(heard(few, f"p{n}@northwind.example", None) for n in range(20))

    @pytest.mark.parametrize(
        "addresses",
        [
            [f"2001:db8:1:2::{n:x}" for n in range(1, 8)],
            [f"2001:DB8:1:2:{n:x}::1" for n in range(1, 8)],
            [
                "10.0.0.1",
                "::ffff:10.0.0.1",
                "::FFFF:a00:1",
                "10.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:0a00:0001",
                "10.0.0.1",
            ],
            [f"fe80::{n}%eth{n}" for n in range(1, 8)],
        ],
    )
    def test_one_visitor(self, few: SlidingWindowThrottle, addresses: list[str]) -> None:
        """Whoever has an IPv6 network has all of its addresses, and a mapped address is the IPv4 address."""
        tries = [heard(few, f"p{n}@northwind.example", address) for n, address in enumerate(addresses)]
        assert [True] * 5 + [False] * 2 == tries
        assert heard(few, LEE, "2001:db8:1:3::1")
        assert heard(few, KIM, "10.0.0.2")

    def test_one_less_in_a_network(self, few: SlidingWindowThrottle) -> None:
        """A success takes one from the network too."""
        for n in range(8):
            few.check(f"p{n}@northwind.example", f"2001:db8::{n:x}")
            few.succeeded(f"p{n}@northwind.example", f"2001:db8::{n + 8:x}")
        assert heard(few, LEE, "2001:db8::ff")

    def test_a_clock_that_ran_ahead(self, few: SlidingWindowThrottle, clock: SettableClock) -> None:
        """Tries that a wrong clock put into the future count from now on, and not until then."""
        clock.set(NOON + timedelta(days=3650))
        assert [True, True, True, False] == [heard(few) for _ in range(4)]
        clock.set(NOON)
        assert not heard(few)
        clock.advance(QUARTER)
        assert [True, True, True, False] == [heard(few) for _ in range(4)]

    def test_in_some_time(self, few: SlidingWindowThrottle, clock: SettableClock) -> None:
        """A try is forgotten when it was so long ago, and not before; one that was not heard does not count."""
        for _ in range(3):
            assert heard(few)
            clock.advance(timedelta(minutes=5))
        assert heard(few)  # the first was a quarter of an hour ago
        assert not heard(few)
        clock.advance(timedelta(minutes=5) - timedelta(microseconds=1))
        assert not heard(few)
        clock.advance(timedelta(microseconds=1))
        assert heard(few)

    def test_one_that_succeeds_does_not_count(self, few: SlidingWindowThrottle) -> None:
        """The e-mail begins anew, and the address has one less."""
        for _ in range(3):
            heard(few)
            few.check(KIM, HERE)
            few.succeeded(KIM, HERE)
        assert not heard(few)
        assert heard(few, KIM)
        few.succeeded(LEE, HERE)
        assert heard(few)

    def test_many_at_once_are_many(self, few: SlidingWindowThrottle) -> None:
        """A try counts from when it is asked."""
        with ThreadPoolExecutor(8) as pool:
            assert 3 == sum(pool.map(lambda _: heard(few), range(40)))

    def test_it_does_not_grow_for_ever(self, few: SlidingWindowThrottle, monkeypatch: pytest.MonkeyPatch) -> None:
        """The e-mails and addresses of long ago are forgotten."""
        monkeypatch.setattr(throttle, "_MOST_KEYS", 10)
        for number in range(100):
            heard(few, f"p{number}@northwind.example", None)
        assert 10 == len(few._attempts)
        assert [True, True, False] == [heard(few, "p99@northwind.example", None) for _ in range(3)]

    @pytest.mark.parametrize(
        "given",
        [
            {"for_email": 0},
            {"for_email": True},
            {"for_address": -1},
            {"for_address": 1.5},
            {"within": timedelta(0)},
            {"within": 900},
        ],
    )
    def test_settings_that_cannot_be(self, clock: SettableClock, given: dict[str, Any]) -> None:
        """Are refused where they are given."""
        with pytest.raises(InvalidInput):
            SlidingWindowThrottle(clock, **given)

    def test_at_a_firm(self, few: SlidingWindowThrottle, clock: SettableClock) -> None:
        """After three tries not even the right password is heard, until some time has passed."""
        world = new_world()
        billing = Billing.open(world.storage, world.billing.firm_id, passwords=QuickPasswords(), throttle=few)
        world.maria.people.set_password(world.lee.person_id, "as long as it is secret")
        for _ in range(3):
            with pytest.raises(SignInRefused):
                billing.sign_in(LEE, "another one", address=HERE)
        with pytest.raises(SignInThrottled):
            billing.sign_in(LEE, "as long as it is secret", address=HERE)
        clock.advance(QUARTER)
        assert world.lee.person_id == billing.sign_in(LEE, "as long as it is secret", address=HERE).person_id
