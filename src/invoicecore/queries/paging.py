"""Pages of long lists in a stable order, with cursors.

The next page begins after the sort key of the last row, not after a count of rows, so rows that are added or removed
meanwhile neither repeat a row nor skip one.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from operator import gt, itemgetter, lt
from typing import Any, Generic, Self, TypeVar

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.values.money import Money
from invoicecore.vocabulary import DocumentedEnum

LONGEST_PAGE = 1000
"""The most rows that one page may have."""

_FAR = 2**63  # beyond the integers of a store

Part = str | int | date | datetime
SortKey = tuple[Part, ...]
"""The place of a row in an order: unique per row, compared like a tuple."""


_LOWEST: Mapping[type[Part], Part] = {str: "", date: date.min, datetime: datetime.min.replace(tzinfo=UTC)}


class Sort(DocumentedEnum):
    """An order of a list. `parts` are the attributes of a row that its sort key consists of, each with its type."""

    parts: tuple[tuple[str, type[Part]], ...]

    def __new__(cls, value: str, meaning: str = "", *parts: tuple[str, type[Part]]) -> Self:
        """Make a member of its value, meaning and parts."""
        word = str.__new__(cls, value)
        word._value_, word.meaning, word.parts = value, meaning, parts
        return word

    def key_of(self, row: Any) -> SortKey:
        """The sort key of a row, as a store returns it. Durations are counted in microseconds; None comes first."""
        return tuple(_comparable(_reached(row, path), kind) for path, kind in self.parts)


def _reached(row: Any, path: str) -> Any:
    """What a path of attributes leads to; None where one of them is None."""
    for name in path.split("."):
        row = None if row is None else getattr(row, name)
    return row


def _comparable(value: Any, kind: type[Part]) -> Part:
    if value is None:
        return _LOWEST[kind]
    return value // timedelta.resolution if isinstance(value, timedelta) else value


SortT = TypeVar("SortT", bound=Sort)
R = TypeVar("R", covariant=True)
RowT = TypeVar("RowT")


@frozen
class PageRequest(Generic[SortT]):
    """A requested part of a list: at most `limit` rows after a sort key, in an order or in its reverse. A request
    backwards is for the last rows before the sort key."""

    sort: SortT
    descending: bool = False
    after: SortKey | None = None
    limit: int = 50
    backwards: bool = False

    @property
    def with_one_more(self) -> "PageRequest[SortT]":
        """What a store is asked for: one more row, which shows whether another page follows; what comes before a row is
        what comes after it in the opposite order."""
        return evolve(self, limit=self.limit + 1, descending=self.descending is not self.backwards, backwards=False)


@frozen
class ListTotals:
    """The number of all rows of a list, on every page of it. Of work their time and cost, of charges what they ask for,
    of invoices their totals and what is left to pay: one amount for each currency; none for those who may not see
    money."""

    count: int
    time: timedelta | None = None
    amounts: tuple[Money, ...] = ()
    amounts_due: tuple[Money, ...] = ()


@frozen(repr=False)
class Page(Generic[R]):
    """Rows of a list. `next_cursor` is the cursor for the next page, to pass as `after`; None on the last page.
    `previous_cursor` is that for the previous page, to pass as `before`; None on the first one. `totals` are there if
    they were asked for."""

    rows: tuple[R, ...]
    next_cursor: str | None
    previous_cursor: str | None = None
    totals: ListTotals | None = None

    def __repr__(self) -> str:
        kinds = " and ".join(sorted({type(row).__name__ for row in self.rows})) or "nothing"
        more = ", more before" if self.previous_cursor else ""
        return f"<Page: {len(self.rows)} of {kinds}{more}{', more after' if self.next_cursor else ''}>"


def page_request(
    sort: SortT, kind: type[SortT], *, descending: object, after: object, limit: object, before: object = None
) -> PageRequest[SortT]:
    """The request for a part of a list, after its arguments are checked. `after` is the `next_cursor` of the previous
    page in the same order, `before` the `previous_cursor` of the following one."""
    inputs.instance("sort", sort, kind)
    inputs.yes_or_no("descending", descending)
    if type(limit) is not int or not 1 <= limit <= LONGEST_PAGE:
        message = f"limit must be a whole number from 1 to {LONGEST_PAGE}, not {short_repr(limit)}."
        raise InvalidInput(message, "not_a_number", field="limit")
    if after is not None and before is not None:
        raise InvalidInput(
            "A page comes after a cursor or before one; give one of them.", "unknown_cursor", field="before"
        )
    name, place = ("before", before) if after is None else ("after", after)
    key = None if place is None else _read(name, place, sort, bool(descending))
    return PageRequest(sort, bool(descending), key, limit, before is not None)


def cursor(request: PageRequest[SortT], sort_key: SortKey) -> str:
    """The text of a sort key, to pass as `after`."""
    parts = (part.isoformat() if isinstance(part, date) else part for part in sort_key)
    return json.dumps([str(request.sort), int(request.descending), *parts], separators=(",", ":"))


def _read(name: str, place_text: object, sort: Sort, descending: bool) -> SortKey:
    """The sort key in a cursor. A cursor comes from outside, so everything in it is checked."""
    try:
        order, backwards, *place = json.loads(inputs.text(name, place_text))
        if (order, backwards) == (str(sort), int(descending)):
            return tuple(_parsed(part, kind) for part, (_, kind) in zip(place, sort.parts, strict=True))
    except (ValueError, TypeError, RecursionError):
        pass
    message = f"{name} must be a cursor of a page in the same order, not {short_repr(place_text)}."
    raise InvalidInput(message, "unknown_cursor", field=name)


def _parsed(part: object, kind: type[Part]) -> Part:
    """A part of a sort key as a value of that kind; ValueError if it is not one."""
    if kind is int:
        if type(part) is int and abs(part) < _FAR:
            return part
    elif isinstance(part, str):
        if kind is date:
            return date.fromisoformat(part)
        if kind is datetime:
            moment = datetime.fromisoformat(part)
            if moment.utcoffset() == timedelta(0):
                return moment.replace(tzinfo=UTC)
        elif inputs.text("after", part) == part:
            return part
    raise ValueError(part)


def part_of(rows: Iterable[RowT], page: PageRequest[SortT]) -> list[RowT]:
    """The part of a list of which all rows are known."""
    ordered = sorted(((page.sort.key_of(row), row) for row in rows), key=itemgetter(0), reverse=page.descending)
    if page.after is not None:
        beyond = lt if page.descending else gt
        ordered = [(key, row) for key, row in ordered if beyond(key, page.after)]
    return [row for _, row in ordered[: page.limit]]


# search

_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def needles(text: object) -> frozenset[str]:
    """What a text that is searched for may look like where it is found: as it is, in small letters, in capitals, and
    with a capital first. Letters from A to Z are found in either case. Of a blank text there are none.

    >>> len(needles(" Acme ")), len(needles("über")), len(needles(" "))
    (1, 2, 0)
    """
    if not inputs.text("search", text):
        return frozenset()
    sought = inputs.line("search", text)
    return frozenset(it.translate(_SMALL) for it in (sought, sought.lower(), sought.upper(), sought.capitalize()))


def is_found(sought: frozenset[str], *texts: str | None) -> bool:
    """Whether one of the needles is in one of the texts; so it is if there are none."""
    if not sought:
        return True
    hay = [text.translate(_SMALL) for text in texts if text]
    return any(needle in text for needle in sought for text in hay)
