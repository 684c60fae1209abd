"""How does a long list come page by page, in a stable order?

A list is cut after the last row that was seen, by its place in the order, not by counting: what is added or taken away
meanwhile neither repeats a row nor passes one over.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Generic, Self, TypeVar

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.vocabulary import DocumentedEnum

LONGEST_PAGE = 1000
"""The most rows that one page may have."""

_FAR = 2**63  # beyond what a store counts

Part = str | int | date | datetime
SortKey = tuple[Part, ...]
"""Where a row stands in an order: different for any two rows, compared as tuples are."""


class Sort(DocumentedEnum):
    """An order of a list; `kinds` are the types of which a place in it is made."""

    kinds: tuple[type[Part], ...]

    def __new__(cls, value: str, meaning: str = "", *kinds: type[Part]) -> Self:
        """Make a member of its value, meaning and kinds."""
        word = str.__new__(cls, value)
        word._value_, word.meaning, word.kinds = value, meaning, kinds
        return word


SortT = TypeVar("SortT", bound=Sort)
R = TypeVar("R", covariant=True)


@frozen
class PageRequest(Generic[SortT]):
    """Which part of a list is asked for: at most `limit` rows after a place, in an order, or in the opposite one."""

    sort: SortT
    descending: bool = False
    after: SortKey | None = None
    limit: int = 50

    @property
    def with_one_more(self) -> "PageRequest[SortT]":
        """The same with one row more, by which it is seen whether another page follows."""
        return evolve(self, limit=self.limit + 1)


@frozen
class Page(Generic[R]):
    """Some rows of a list, and where the next page begins, to be given back as `after`; None where there is none."""

    rows: tuple[R, ...]
    next_cursor: str | None


def page_request(
    sort: SortT, kind: type[SortT], *, descending: object, after: object, limit: object
) -> PageRequest[SortT]:
    """The part of a list that is asked for, if it is well formed; `after` is the `next_cursor` of the page before,
    which was asked for in the same order."""
    inputs.instance("sort", sort, kind)
    inputs.yes_or_no("descending", descending)
    if type(limit) is not int or not 1 <= limit <= LONGEST_PAGE:
        raise InvalidInput(f"limit must be a whole number from 1 to {LONGEST_PAGE}, not {short_repr(limit)}.")
    return PageRequest(sort, bool(descending), None if after is None else _read(after, sort, bool(descending)), limit)


def cursor(request: PageRequest[SortT], sort_key: SortKey) -> str:
    """The text that stands for a place in an order, to be given back as `after`."""
    parts = (part.isoformat() if isinstance(part, date) else part for part in sort_key)
    return json.dumps([str(request.sort), int(request.descending), *parts], separators=(",", ":"))


def _read(after: object, sort: Sort, descending: bool) -> SortKey:
    """The place for which a mark stands. It comes back from outside, so nothing about it is believed."""
    try:
        order, backwards, *place = json.loads(inputs.text("after", after))
        if (order, backwards) == (str(sort), int(descending)):
            return tuple(_meant(part, kind) for part, kind in zip(place, sort.kinds, strict=True))
    except (ValueError, TypeError, RecursionError):
        pass
    raise InvalidInput(f"after must be the `next_cursor` of a page in the same order, not {short_repr(after)}.")


def _meant(part: object, kind: type[Part]) -> Part:
    """The part of a place that was written down, if it is of that kind; otherwise ValueError."""
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
