"""Ranges of addresses from which a person may sign in.

A range is a network (`10.0.0.0/8`), from one address to another (`10.0.0.1-10.0.0.9`), or one address, in IPv4 or IPv6.
An IPv4 address that is mapped into IPv6 (`::ffff:10.0.0.1`) counts as the IPv4 address, in ranges and for visitors, so
no IPv6 range contains it.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import islice

from invoicecore.errors import InvalidInput
from invoicecore.values.inputs import short_repr

MOST_RANGES = 1_000
"""The most ranges that a list may have."""

_LONGEST = 100
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
_MAPPED = 96  # of the bits of an IPv6 address, those that say that the rest is an IPv4 address

_IPV4 = 4
_VISITOR = 64

_Address = IPv4Address | IPv6Address
_Place = tuple[int, int]  # version and number, so that no address of one version lies between two of the other


def known_ranges(texts: Iterable[str]) -> tuple[str, ...]:
    """The ranges in their shortest spelling, in order, without repetition. InvalidInput for anything else.

    Blank texts are left out, as a form sends them, and nothing but blanks is no range at all.

    Ranges that can be read in two ways, or are probably a mistake, are refused: an address within its network
    (`10.0.0.1/8`), a mask in place of a length, leading zeros, a zone (`fe80::1%eth0`), an end before its beginning.

    >>> known_ranges(["10.0.0.0/8", "2001:DB8::1-2001:db8::ff", "::ffff:192.0.2.7"])
    ('10.0.0.0/8', '2001:db8::1-2001:db8::ff', '192.0.2.7')
    """
    if isinstance(texts, str) and not texts.strip():
        return ()
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise InvalidInput(
            f"Address ranges must be several texts, such as a list, not {short_repr(texts)}.", "not_an_address_range"
        )
    given = list(islice(texts, MOST_RANGES + 1))
    if len(given) > MOST_RANGES:
        raise InvalidInput(
            f"At most {MOST_RANGES} address ranges can be given; join some of them.", "too_many", most=MOST_RANGES
        )
    ranges = [text for text in given if not isinstance(text, str) or text.strip()]
    return tuple(dict.fromkeys(_spelled(*_range(text)) for text in ranges))


def admits(ranges: Iterable[str], address: str | None) -> bool:
    """Whether these ranges admit an address; None is an unknown address.

    An empty list admits every address, known or not. Any other list admits no address that is unknown or cannot be
    read. A list with a range that cannot be read admits nobody.

    >>> admits(["10.0.0.0/8"], "::ffff:10.1.2.3"), admits(["10.0.0.0/8", "10.0.0.0/8 or so"], "10.1.2.3")
    (True, False)
    """
    if not isinstance(ranges, tuple | list | set | frozenset):
        return False
    try:
        spans = [_range(text) for text in ranges]
        here = None if address is None or not spans else _place(_address(address))
    except InvalidInput:
        return False
    return not spans or any(here is not None and _place(first) <= here <= _place(last) for first, last in spans)


def visitor(address: str) -> str:
    """The address by which a visitor is told from others: in IPv6 its network of 64 bits, in which they choose the rest
    themselves. A text that is no address is what it is.

    >>> visitor("::ffff:192.0.2.7"), visitor("2001:DB8::7"), visitor("proxy")
    ('192.0.2.7', '2001:db8::/64', 'proxy')
    """
    try:
        known = _address(address.partition("%")[0].strip())
    except InvalidInput:
        return address
    return str(known) if known.version == _IPV4 else str(ip_network((known, _VISITOR), strict=False))


def _range(text: object) -> tuple[_Address, _Address]:
    """The first and the last address of a range."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise _unknown(text)
    spelling = text.strip()
    if "/" in spelling:
        return _network(spelling)
    first, _, last = spelling.partition("-")
    begin = _address(first.strip())
    end = _address(last.strip()) if "-" in spelling else begin
    if begin.version != end.version:
        raise InvalidInput(
            f"{short_repr(text)} begins in IPv{begin.version} and ends in IPv{end.version}; give two ranges.",
            "not_an_address_range",
        )
    if _place(end) < _place(begin):
        raise InvalidInput(f"{short_repr(text)} ends before it begins; turn it around.", "not_an_address_range")
    return begin, end


def _network(text: str) -> tuple[_Address, _Address]:
    address, _, length = text.partition("/")
    if _PREFIX.fullmatch(length) is None or "%" in address:
        raise _unknown(text)
    try:
        network = ip_network(text, strict=False)
    except ValueError as wrong:
        raise _unknown(text) from wrong
    if _address(address) != _plain(network[0]) and _address(address) != network[0]:
        message = f"{short_repr(text)} is an address within a network; the network is {network}."
        raise InvalidInput(message, "not_an_address_range")
    first, last = network[0], network[-1]
    # A network that is only partly mapped is an IPv6 network.
    return (_plain(first), _plain(last)) if network.prefixlen >= _MAPPED else (first, last)


def _address(text: object) -> _Address:
    if not isinstance(text, str) or len(text) > _LONGEST or "%" in text:
        raise _unknown(text)
    try:
        return _plain(ip_address(text))
    except ValueError as wrong:
        raise _unknown(text) from wrong


def _plain(address: _Address) -> _Address:
    """An address that is mapped into IPv6, as the IPv4 address that it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _place(address: _Address) -> _Place:
    return address.version, int(address)


def _spelled(first: _Address, last: _Address) -> str:
    """A range in the shortest of its spellings: an address, a network, or from one to another."""
    if first == last:
        return str(first)
    differing = int(first) ^ int(last)
    if differing & (differing + 1) or int(first) & differing:
        return f"{first}-{last}"
    return f"{first}/{first.max_prefixlen - differing.bit_length()}"


def _unknown(text: object) -> InvalidInput:
    return InvalidInput(
        f"{short_repr(text)} is not an address or a range of them; give one such as '10.0.0.0/8', '10.0.0.1-10.0.0.9' "
        f"or '2001:db8::1'.",
        "not_an_address_range",
    )
