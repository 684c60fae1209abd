"""Values that somebody with bad intentions, or no knowledge, might send."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from zoneinfo import ZoneInfo

from attrs import frozen

from invoicecore.ledger.terms import Terms
from invoicecore.values.calendar import PaymentTerms, Period
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Action, OnVoid, Role, Status

Maker = Callable[[], object]


class Spite(Exception):
    """What the spiteful objects raise; it must never come out of the library."""


class SpitefulText:
    """Cannot be printed."""

    def __repr__(self) -> str:
        raise Spite("printed")


class SpitefulEquality:
    """Cannot be compared."""

    def __eq__(self, other: object) -> bool:
        raise Spite("compared")

    def __hash__(self) -> int:
        return 1


class SpitefulHash:
    """Cannot be looked up."""

    def __hash__(self) -> int:
        raise Spite("hashed")


class SpitefulTruth:
    """Is neither true nor false."""

    def __bool__(self) -> bool:
        raise Spite("asked for its truth")


class OwnText(str):
    """Text of a class of its own."""


class OwnNumber(int):
    """A number of a class of its own."""


class OwnDay(date):
    """A date of a class of its own."""


class Colour(Enum):
    """Words of another trade."""

    RED = "red"


@frozen
class Foreign:
    """Somebody else's value."""

    minor: object = 1
    currency: object = "USD"


def _endless_list() -> list[object]:
    endless: list[object] = []
    endless.append(endless)
    return endless


def _endless_dict() -> dict[str, object]:
    endless: dict[str, object] = {}
    endless["type"] = endless
    return endless


def _deep() -> list[object]:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    return deep


def _yielding(*values: object) -> Iterator[object]:
    yield from values


_UNCHANGING: tuple[object, ...] = (
    # nothing, truth and whole numbers
    None,
    True,
    False,
    0,
    -1,
    1,
    13,
    400,
    3651,
    10**9,
    2**31,
    2**63,
    -(2**63) - 1,
    10**17,
    10**18,
    10**30,
    10**4299,
    10**4400,  # Python refuses to spell more than 4,300 digits
    -(10**9000),
    OwnNumber(5),
    # other numbers
    0.0,
    -0.0,
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    1j,
    Fraction(1, 3),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    Decimal("Infinity"),
    Decimal("1E+5000000"),
    Decimal("1E-5000000"),
    Decimal("1E+999999999999999999"),
    Decimal("-0"),
    Decimal("-0.00"),
    Decimal("1E+2"),
    Decimal("0.1234567890123"),
    Decimal("999999999999999999.999999999999"),
    Decimal((0, (9,) * 5000, -2500)),
    # text
    "",
    " ",
    "\t\n",
    "x",
    "\0",
    "a\0b",
    "\ud800",
    "a\udfffb",
    "\u202eabc",
    "a\u2066b\u2069",
    "\u200b",
    "\ufeff",
    "\x85",
    "\u2028",
    "İıŞß",
    "e\u0301" * 50,
    "👩‍👩‍👧",
    "١٢٣",
    "１２.５",
    "৪২",
    "½",
    "1_000",
    "1,000.00",
    "1e3",
    "1E+5000000",
    "+12.50",
    "-0",
    ".5",
    "5.",
    " 12 ",
    "12.5000000000000000000000",
    "0" * 30,
    "9" * 18,
    "9" * 5000,
    "nan",
    "Infinity",
    "0x10",
    "None",
    "usd",
    "XXX",
    "../../etc/passwd",
    "posix/UTC",
    "UTC\n",
    "{seq}{seq}",
    "{seq:099999}",
    "{0.__class__}",
    "%s%n",
    "2026-02-30",
    "a@b",
    "a@b@c",
    "x" * 201,
    "00000000-0000-7000-8000-000000000000",
    OwnText("USD"),
    OwnText("12.50"),
    b"",
    b"USD",
    b"\xff\xfe",
    # times
    date.min,
    date.max,
    date(1, 1, 3),
    date(9999, 12, 29),
    date(2011, 12, 30),
    date(2026, 3, 2),
    OwnDay(2026, 3, 2),
    time(12),
    datetime.min,
    datetime.max,
    datetime(2026, 3, 2, 12),
    datetime(2026, 3, 8, 2, 30),
    datetime.min.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(1, 1, 3, tzinfo=UTC),
    datetime(9999, 12, 29, tzinfo=UTC),
    datetime.min.replace(tzinfo=timezone(timedelta(hours=23, minutes=59))),
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-23, minutes=-59))),
    datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(microseconds=1))),
    datetime(2026, 3, 8, 2, 30, tzinfo=ZoneInfo("America/Chicago")),
    datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Chicago")),
    timedelta.min,
    timedelta.max,
    timedelta(0),
    timedelta(microseconds=-1),
    timedelta(microseconds=1),
    timedelta(hours=25),
    # the library's own, of the wrong kind or odd
    Colour.RED,
    Role.CONTACT,
    Action.VOID,
    Status.PAID,
    OnVoid.REVERSE,
    Money(minor=0, currency="USD"),
    Money(minor=-1, currency="USD"),
    Money(minor=10**17 - 1, currency="USD"),
    Money(minor=1 - 10**17, currency="USD"),
    Money(minor=1, currency="JPY"),
    Money(minor=1, currency="KWD"),
    Rate(0, 0, "USD"),
    Rate(4 * 10**13, 0, "USD"),
    Rate(4 * 10**25 - 1, 12, "USD"),
    Rate(1, 12, "USD"),
    Rate(1, 0, "JPY"),
    Period(date(1, 1, 3), date(9999, 12, 29)),
    Period(date(9999, 12, 29), date(9999, 12, 29)),
    PaymentTerms(days=3650, months=120),
    Terms(allowed_balance=None),
    Foreign(),
    # of everything else
    object(),
    Ellipsis,
    NotImplemented,
    int,
    len,
    range(3),
    (),
    (1,),
    ("x", "x"),
    frozenset({1, "x"}),
    SpitefulText(),
    SpitefulEquality(),
    SpitefulHash(),
    SpitefulTruth(),
    ZoneInfo("Asia/Tokyo"),
)


def _always(value: object) -> Maker:
    return lambda: value


MAKERS: tuple[Maker, ...] = (
    *map(_always, _UNCHANGING),
    list,
    dict,
    set,
    bytearray,
    lambda: [None],
    lambda: ["x", "x"],
    lambda: [SpitefulText()],
    lambda: [SpitefulHash(), SpitefulEquality()],
    lambda: {"minor": 1},
    lambda: {"type": "Money", "minor": 10**4400, "currency": "USD"},
    lambda: {1: 2, None: SpitefulText()},
    lambda: _yielding(),
    lambda: _yielding("x", None, 10**4400),
    lambda: iter(["x", "y"]),
    _endless_list,
    _endless_dict,
    _deep,
)
"""Each makes one hostile value."""

HEAVY: tuple[Maker, ...] = (
    lambda: "x" * 1_000_000,
    lambda: "9" * 1_000_001,
    lambda: "\u202e" * 1_000_000,
    lambda: "x" * 999_999 + "\ud800",
    lambda: [str(count) for count in range(3_000)],
    _always(10**200_000),
    lambda: Decimal("0." + "0" * 100_000 + "1"),
)
"""Makes values that take long to make or to look at; each is tried once for each parameter."""
