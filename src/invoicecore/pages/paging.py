"""How does a long list come page by page, in a stable order?

A list is cut after the last row that was seen, by its place in the order, not by counting: what is added or taken away
meanwhile neither repeats a row nor passes one over.
"""

import json
from datetime import date, datetime
from typing import Generic, TypeVar

from attrs import frozen

from invoicecore import inputs
from invoicecore.errors import Malformed
from invoicecore.inputs import shown
from invoicecore.vocabulary import Word

LONGEST_PAGE = 1000
"""The most rows that one page may have."""

Place = tuple[str | int | date | datetime, ...]
"""Where a row stands in an order: different for any two rows, compared as tuples are."""

By = TypeVar("By", bound=Word)
R = TypeVar("R")


@frozen
class Cut(Generic[By]):
    """Which part of a list is asked for: at most `limit` rows after a place, in an order, or in the opposite one."""

    by: By
    descending: bool = False
    after: Place | None = None
    limit: int = 50


@frozen
class Page(Generic[R]):
    """Some rows of a list, and where the next page begins; None where there is none."""

    rows: tuple[R, ...]
    next: str | None


def cut(by: By, kind: type[By], *, descending: object, after: object, limit: object) -> Cut[By]:
    """The part of a list that is asked for, if it is well formed; `after` is the `next` of the page before, which was
    asked for in the same order."""
    inputs.instance("sort", by, kind)
    inputs.yes_or_no("descending", descending)
    if type(limit) is not int or not 1 <= limit <= LONGEST_PAGE:
        raise Malformed(f"limit must be a whole number from 1 to {LONGEST_PAGE}, not {shown(limit)}.")
    return Cut(by, bool(descending), None if after is None else _read(after, by, bool(descending)), limit)


def mark(cut: Cut[By], place: Place) -> str:
    """The text that stands for a place in an order, to be given back as `after`."""
    return json.dumps([str(cut.by), int(cut.descending), *map(_spelled, place)], separators=(",", ":"))


def _read(after: object, by: Word, descending: bool) -> Place:
    try:
        order, backwards, *place = json.loads(inputs.text("after", after))
        if (order, backwards) == (str(by), int(descending)) and place:
            return tuple(map(_meant, place))
    except (ValueError, TypeError, RecursionError):
        pass
    raise Malformed(f"after must be the `next` of a page in the same order, not {shown(after)}.")


def _spelled(part: str | int | date | datetime) -> str | int:
    if isinstance(part, int):
        return part
    if isinstance(part, str):
        return f"t{part}"
    return f"{'i' if isinstance(part, datetime) else 'd'}{part.isoformat()}"


def _meant(part: object) -> str | int | date | datetime:
    if type(part) is int:
        return part
    if not isinstance(part, str):
        raise ValueError(part)
    kind, text = part[:1], part[1:]
    if kind == "t":
        return text
    if kind == "d":
        return date.fromisoformat(text)
    if kind == "i":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise ValueError(part)
