"""Pages of long lists in a stable order, with cursors.

The next page begins after the sort key of the last row, not after a count of rows, so rows that are added or removed
meanwhile neither repeat a row nor skip one.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any, Generic, Self, TypeVar

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
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
        return tuple(_comparable(attrgetter(path)(row), kind) for path, kind in self.parts)


def _comparable(value: Any, kind: type[Part]) -> Part:
    if value is None:
        return _LOWEST[kind]
    return value // timedelta.resolution if isinstance(value, timedelta) else value


SortT = TypeVar("SortT", bound=Sort)
R = TypeVar("R", covariant=True)


@frozen
class PageRequest(Generic[SortT]):
    """A requested part of a list: at most `limit` rows after a sort key, in an order or in its reverse."""

    sort: SortT
    descending: bool = False
    after: SortKey | None = None
    limit: int = 50

    @property
    def with_one_more(self) -> "PageRequest[SortT]":
        """The same request with one more row, which shows whether another page follows."""
        return evolve(self, limit=self.limit + 1)


@frozen
class Page(Generic[R]):
    """Rows of a list, and the cursor for the next page, to pass as `after`; None on the last page."""

    rows: tuple[R, ...]
    next_cursor: str | None


def page_request(
    sort: SortT, kind: type[SortT], *, descending: object, after: object, limit: object
) -> PageRequest[SortT]:
    """The request for a part of a list, after its arguments are checked. `after` is the `next_cursor` of the previous
    page in the same order."""
    inputs.instance("sort", sort, kind)
    inputs.yes_or_no("descending", descending)
    if type(limit) is not int or not 1 <= limit <= LONGEST_PAGE:
        message = f"limit must be a whole number from 1 to {LONGEST_PAGE}, not {short_repr(limit)}."
        raise InvalidInput(message, "not_a_number", field="limit")
    return PageRequest(sort, bool(descending), None if after is None else _read(after, sort, bool(descending)), limit)


def cursor(request: PageRequest[SortT], sort_key: SortKey) -> str:
    """The text of a sort key, to pass as `after`."""
    parts = (part.isoformat() if isinstance(part, date) else part for part in sort_key)
    return json.dumps([str(request.sort), int(request.descending), *parts], separators=(",", ":"))


def _read(after: object, sort: Sort, descending: bool) -> SortKey:
    """The sort key in a cursor. A cursor comes from outside, so everything in it is checked."""
    try:
        order, backwards, *place = json.loads(inputs.text("after", after))
        if (order, backwards) == (str(sort), int(descending)):
            return tuple(_parsed(part, kind) for part, (_, kind) in zip(place, sort.parts, strict=True))
    except (ValueError, TypeError, RecursionError):
        pass
    message = f"after must be the `next_cursor` of a page in the same order, not {short_repr(after)}."
    raise InvalidInput(message, "unknown_cursor", field="after")


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
