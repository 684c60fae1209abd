"""Every address range is read in one way and admits exactly the addresses in it."""

from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoicecore.errors import InvalidInput
from invoicecore.values.addresses import MOST_RANGES, admits, known_ranges

READ = {
    # one address
    "10.0.0.1": "10.0.0.1",
    " 10.0.0.1\t": "10.0.0.1",
    "0.0.0.0": "0.0.0.0",
    "255.255.255.255": "255.255.255.255",
    "::": "::",
    "::1": "::1",
    "2001:DB8::A": "2001:db8::a",
    "2001:0db8:0000:0000:0000:0000:0000:000a": "2001:db8::a",
    "fe80::1": "fe80::1",
    "::ffff:10.0.0.1": "10.0.0.1",
    "::FFFF:0a00:0001": "10.0.0.1",
    "0:0:0:0:0:ffff:192.0.2.7": "192.0.2.7",
    "::10.0.0.1": "::a00:1",  # an old form of IPv6 that maps nothing
    "64:ff9b::10.0.0.1": "64:ff9b::a00:1",
    # a network
    "10.0.0.0/8": "10.0.0.0/8",
    "10.0.0.1/32": "10.0.0.1",
    "10.0.0.0/31": "10.0.0.0/31",
    "0.0.0.0/0": "0.0.0.0/0",
    "128.0.0.0/1": "128.0.0.0/1",
    "192.168.16.0/20": "192.168.16.0/20",
    "2001:db8::/32": "2001:db8::/32",
    "2001:DB8:0::/48": "2001:db8::/48",
    "::1/128": "::1",
    "::/0": "::/0",
    "::ffff:10.0.0.0/104": "10.0.0.0/8",
    "::ffff:10.0.0.1/128": "10.0.0.1",
    "::ffff:0:0/96": "0.0.0.0/0",
    "::fffe:0:0/95": "::fffe:0:0/95",  # it holds all mapped addresses and as many others
    # from one to another
    "10.0.0.1-10.0.0.9": "10.0.0.1-10.0.0.9",
    "10.0.0.1 - 10.0.0.9": "10.0.0.1-10.0.0.9",
    "10.0.0.7-10.0.0.7": "10.0.0.7",
    "10.0.0.0-10.0.0.255": "10.0.0.0/24",
    "10.0.0.0-10.0.0.1": "10.0.0.0/31",
    "10.0.0.1-10.0.0.2": "10.0.0.1-10.0.0.2",
    "10.0.0.0-10.0.1.254": "10.0.0.0-10.0.1.254",
    "0.0.0.0-255.255.255.255": "0.0.0.0/0",
    "2001:db8::1-2001:db8::ff": "2001:db8::1-2001:db8::ff",
    "2001:db8::-2001:db8::ff": "2001:db8::/120",
    "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": "::/0",
    "::ffff:10.0.0.1-10.0.0.9": "10.0.0.1-10.0.0.9",
    "10.0.0.1-::ffff:10.0.0.9": "10.0.0.1-10.0.0.9",
}
"""Ranges as somebody may write them, and as they are kept."""

REFUSED: tuple[Any, ...] = (
    # no text
    None,
    0,
    1,
    True,
    False,
    167772161,
    10.0,
    b"10.0.0.1",
    b"\x0a\x00\x00\x01",
    bytearray(b"10.0.0.0/8"),
    (167772160, 8),
    ("10.0.0.0", 8),
    ["10.0.0.1"],
    IPv4Address("10.0.0.1"),
    IPv6Address("::1"),
    # no address
    "localhost",
    "example.com",
    "*",
    "any",
    "10",
    "10.0",
    "10.0.0",
    "10.0.0.",
    ".10.0.0.1",
    "10.0.0.1.2",
    "10..0.1",
    "10.0.0.256",
    "10.0.0.-1",
    "10.0.0.1e1",
    "0x0a.0.0.1",
    "167772161",
    "0x0a000001",
    "10.0.0.1:443",
    "[::1]",
    "[::1]:443",
    "http://10.0.0.1",
    "10.0.0.1,10.0.0.2",
    "10.0.0.1 10.0.0.2",
    "10.0.0.1\n10.0.0.2",
    "10. 0.0.1",
    "10.0.0.*",
    "1:2:3",
    "::1::",
    ":::",
    "12345::",
    "::g",
    "1:2:3:4:5:6:7:8:9",
    "::ffff:10.0.0.256",
    "١٠.0.0.1",
    "１0.0.0.1",
    "10。0。0。1",
    "10.0.0.1\0",
    "10.0.0.1" + " " * 100,
    "x" * 1_000_000,
    # leading zeros, which some read as octal
    "010.0.0.1",
    "10.0.0.01",
    "10.0.0.00",
    "10.0.0.0/08",
    "10.00.0.0/8",
    "::ffff:010.0.0.1",
    "00000::1",
    # zones
    "fe80::1%eth0",
    "fe80::1%1",
    "fe80::1%",
    "fe80::%eth0/64",
    "fe80::1%eth0-fe80::9%eth0",
    # host bits
    "10.0.0.1/8",
    "10.0.0.1/31",
    "192.168.17.0/20",
    "2001:db8::1/64",
    "::1/127",
    "::ffff:10.0.0.1/104",
    "::ffff:0:0/95",
    "::1/0",
    # masks and other lengths
    "10.0.0.0/255.0.0.0",
    "10.0.0.0/0.255.255.255",
    "10.0.0.0/0.0.0.0",
    "10.0.0.0/255.255.255.255",
    "2001:db8::/ffff:ffff::",
    "10.0.0.0/33",
    "10.0.0.0/99999999999999999999",
    "2001:db8::/129",
    "10.0.0.0/",
    "/8",
    "/",
    "10.0.0.0/+8",
    "10.0.0.0/-8",
    "10.0.0.0/ 8",
    "10.0.0.0 /8",
    "10.0.0.0/8.0",
    "10.0.0.0/0x8",
    "10.0.0.0/٨",
    "10.0.0.0/8/8",
    "10.0.0.0/1_6",
    # ends
    "-",
    "10.0.0.1-",
    "-10.0.0.1",
    "10.0.0.9-10.0.0.1",
    "2001:db8::9-2001:db8::1",
    "10.0.0.1--10.0.0.9",
    "10.0.0.1-10.0.0.5-10.0.0.9",
    "10.0.0.1-9",
    "10.0.0.1–10.0.0.9",
    "10.0.0.0/8-10.0.0.9",
    "10.0.0.0-10.255.255.255/8",
    # two versions
    "10.0.0.1-::1",
    "::1-10.0.0.1",
    "::1-::ffff:10.0.0.1",
    "::ffff:10.0.0.1-::1:0:0:0",
)
"""What is no range."""

OFFICE = ("10.0.0.0/8", "192.0.2.10-192.0.2.19", "198.51.100.7", "2001:db8::/32", "fd00::1-fd00::ff")

COMES: dict[str, bool] = {
    "10.0.0.0": True,
    "10.255.255.255": True,
    "9.255.255.255": False,
    "11.0.0.0": False,
    "::ffff:10.1.2.3": True,
    "::ffff:a01:203": True,
    "::ffff:11.0.0.0": False,
    "::10.1.2.3": False,
    "192.0.2.9": False,
    "192.0.2.10": True,
    "192.0.2.15": True,
    "192.0.2.19": True,
    "192.0.2.20": False,
    "198.51.100.6": False,
    "198.51.100.7": True,
    "198.51.100.8": False,
    "0.0.0.0": False,
    "127.0.0.1": False,
    "255.255.255.255": False,
    "2001:db8::": True,
    "2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff": True,
    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff": False,
    "2001:db9::": False,
    "fd00::": False,
    "fd00::1": True,
    "fd00:0::0ff": True,
    "fd00::100": False,
    "::1": False,
    "::": False,
}
"""Who comes from where, and may."""

UNREADABLE: tuple[Any, ...] = (
    None,
    "",
    " ",
    "10.1.2.3 ",
    "10.1.2.3:443",
    "[2001:db8::1]",
    "2001:db8::1%eth0",
    "010.1.2.3",
    "10.1.2",
    "10.1.2.3, 10.1.2.4",
    "10.0.0.0/8",
    "unknown",
    "167903747",
    167903747,
    True,
    b"10.1.2.3",
    IPv4Address("10.1.2.3"),
)
"""Where nobody can be said to come from."""


class TestKnownRanges:
    @pytest.mark.req("A26")
    @pytest.mark.parametrize(("given", "kept"), READ.items())
    def test_it_is_kept_in_one_spelling(self, given: str, kept: str) -> None:
        """As short as can be; and what is kept is read as itself."""
        assert (kept,) == known_ranges([given])
        assert (kept,) == known_ranges([kept])

    @pytest.mark.req("A26")
    @pytest.mark.parametrize("wrong", REFUSED, ids=lambda it: repr(it)[:40])
    def test_anything_else_is_refused(self, wrong: Any) -> None:
        """Alone and among good ones."""
        for texts in ([wrong], ["10.0.0.0/8", wrong]):
            with pytest.raises(InvalidInput):
                known_ranges(texts)

    def test_there_are_enough_cases(self) -> None:
        """The tables above are not cut."""
        assert 100 <= len(READ) + len(REFUSED) + len(COMES) + len(UNREADABLE)
        assert len(REFUSED) > 100

    def test_each_is_kept_once_in_the_order_given(self) -> None:
        """However it is written."""
        given = ["::1", "10.0.0.0/8", "::ffff:10.0.0.0/104", "10.0.0.0-10.255.255.255", "0::1"]
        assert ("::1", "10.0.0.0/8") == known_ranges(given)
        assert () == known_ranges([])
        assert ("::1",) == known_ranges(each for each in ["::1"])

    @pytest.mark.parametrize("blank", ["", " \n", [""], [" ", "\t"]])
    def test_a_blank_list_is_empty(self, blank: Any) -> None:
        """A form sends blanks where nothing was typed; between ranges they say nothing."""
        assert () == known_ranges(blank)
        assert ("::1",) == known_ranges([*blank, "::1"])

    @pytest.mark.parametrize("given", ["10.0.0.0/8", b"10.0.0.0/8", None, 7, True])
    def test_several_are_given(self, given: Any) -> None:
        """One text is not a list of them."""
        with pytest.raises(InvalidInput):
            known_ranges(given)

    def test_there_are_not_too_many(self) -> None:
        """A thousand are taken; of an endless list no more is looked at."""
        assert MOST_RANGES == len(known_ranges(f"10.0.{n // 250}.{n % 250}" for n in range(MOST_RANGES)))
        with pytest.raises(InvalidInput, match="At most 1000"):
            known_ranges("10.0.0.1" for _ in iter(int, 1))


class TestAdmits:
    @pytest.mark.req("A26")
    @pytest.mark.parametrize(("address", "may"), COMES.items())
    def test_from_a_listed_address(self, address: str, may: bool) -> None:
        """Whoever comes from within a range may, and nobody else."""
        assert may is admits(OFFICE, address)
        assert may is admits(known_ranges(OFFICE), address)

    @pytest.mark.req("A26")
    @pytest.mark.parametrize("address", [*COMES, *UNREADABLE], ids=repr)
    def test_no_list_is_from_anywhere(self, address: Any) -> None:
        """Also from where nobody knows."""
        nothing: tuple[Any, ...] = ((), [], set(), frozenset())
        for ranges in nothing:
            assert admits(ranges, address)

    @pytest.mark.req("A26")
    @pytest.mark.parametrize("address", UNREADABLE, ids=repr)
    def test_from_where_nobody_knows(self, address: Any) -> None:
        """A list admits nobody whose address is unknown or no address."""
        assert not admits(OFFICE, address)
        assert not admits(("0.0.0.0/0", "::/0"), address)

    @pytest.mark.req("A26")
    @pytest.mark.parametrize("wrong", REFUSED, ids=lambda it: repr(it)[:40])
    def test_a_list_that_cannot_be_read_admits_nobody(self, wrong: Any) -> None:
        """However much of it can be read, and wherever in it the rest stands."""
        for ranges in ([wrong], ["10.0.0.0/8", wrong], [wrong, "10.0.0.0/8"]):
            for address in ("10.1.2.3", None):
                assert not admits(ranges, address)

    @pytest.mark.parametrize("ranges", [None, "", "10.0.0.0/8", b"", 0, False, {}, iter(()), {"10.0.0.0/8": 1}])
    def test_what_is_no_list_admits_nobody(self, ranges: Any) -> None:
        """Not even where it is empty: it may be what was left of a list."""
        assert not admits(ranges, "10.1.2.3")
        assert not admits(ranges, None)

    @pytest.mark.req("A26")
    def test_all_of_ipv6_is_not_ipv4(self) -> None:
        """Somebody who comes by IPv4, mapped or not, is admitted by a range of IPv4 only."""
        for address in ("10.1.2.3", "::ffff:10.1.2.3"):
            assert not admits(["::/0"], address)
            assert not admits(["::fffe:0:0/95"], address)
            assert not admits(["::-ffff::"], address)
            assert admits(["0.0.0.0/0"], address)
        assert admits(["::fffe:0:0/95"], "::fffe:10.1.2.3")
        assert not admits(["0.0.0.0/0"], "2001:db8::1")


MAPPED = 0xFFFF << 32
"""The number of `::ffff:0.0.0.0`."""

numbers = st.integers(0, 2**32 - 1) | st.integers(2**32 - 300, 2**32 + 300).map(lambda it: it % 2**32)
wide = (
    st.integers(0, 2**128 - 1)
    | st.integers(MAPPED - 300, MAPPED + 300)
    | st.integers(MAPPED + 2**32 - 300, MAPPED + 2**32 + 300)
)


def is_mapped(number: int) -> bool:
    return MAPPED <= number < MAPPED + 2**32


def spelled(version: int, number: int) -> str:
    return str(IPv4Address(number) if version == 4 else IPv6Address(number))


class TestArithmetic:
    """The same by whole numbers alone."""

    @pytest.mark.req("A26")
    @given(ends=st.tuples(numbers, numbers), here=numbers, near=st.integers(-2, 2), maps=st.booleans())
    @example(ends=(0, 2**32 - 1), here=0, near=0, maps=True)
    def test_from_one_to_another(self, ends: tuple[int, int], here: int, near: int, maps: bool) -> None:
        """A range of IPv4 holds the numbers from the first to the last, also written and met as IPv6."""
        first, last = sorted(ends)
        for place in (here, (first + near) % 2**32, (last + near) % 2**32):
            written = [spelled(6, MAPPED + it) if maps else spelled(4, it) for it in (first, last)]
            for address in (spelled(4, place), spelled(6, MAPPED + place)):
                assert (first <= place <= last) is admits(["-".join(written)], address)

    @pytest.mark.req("A26")
    @given(ends=st.tuples(wide, wide), here=wide, near=st.integers(-2, 2))
    def test_from_one_to_another_of_ipv6(self, ends: tuple[int, int], here: int, near: int) -> None:
        """Of IPv6 the same, but for the addresses that are IPv4; an end that is one makes it a mixture."""
        first, last = sorted(ends)
        written = f"{spelled(6, first)}-{spelled(6, last)}"
        if is_mapped(first) is not is_mapped(last):
            with pytest.raises(InvalidInput):
                known_ranges([written])
            return
        for place in (here, (first + near) % 2**128, (last + near) % 2**128):
            expected = first <= place <= last and is_mapped(place) is is_mapped(first)
            assert expected is admits([written], spelled(6, place))
            assert expected is admits(known_ranges([written]), spelled(6, place))

    @pytest.mark.req("A26")
    @given(base=numbers, length=st.integers(0, 32), here=numbers, near=st.integers(-2, 2))
    def test_a_network(self, base: int, length: int, here: int, near: int) -> None:
        """It holds the numbers whose first bits are its own; it is refused if others of its bits are set."""
        size = 2 ** (32 - length)
        network = base - base % size
        written = f"{spelled(4, network)}/{length}"
        mapped = f"{spelled(6, MAPPED + network)}/{96 + length}"
        assert known_ranges([mapped]) == known_ranges([written])
        for place in (here, (network + near) % 2**32, (network + size + near) % 2**32):
            expected = place // size == network // size
            assert expected is admits([written], spelled(4, place))
            assert expected is admits([mapped], spelled(6, MAPPED + place))
        if base != network:
            with pytest.raises(InvalidInput):
                known_ranges([f"{spelled(4, base)}/{length}"])

    @pytest.mark.req("A26")
    @given(base=wide, length=st.integers(0, 128), here=wide, near=st.integers(-2, 2))
    def test_a_network_of_ipv6(self, base: int, length: int, here: int, near: int) -> None:
        """Of IPv6 the same, but for the addresses that are IPv4."""
        size = 2 ** (128 - length)
        network = base - base % size
        written = f"{spelled(6, network)}/{length}"
        is_ipv4 = is_mapped(network) and length >= 96
        for place in (here, (network + near) % 2**128, (network + size + near) % 2**128):
            expected = place // size == network // size and is_mapped(place) is is_ipv4
            assert expected is admits([written], spelled(6, place))
            assert expected is admits(known_ranges([written]), spelled(6, place))
