"""The error of a failed check: the promise, and what happened instead."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from attrs import fields, has

from invoicecore.errors import StorageError

_LONGEST_SHOWN = 400


class PromiseBroken(AssertionError):
    """Storage did not do what the port promises. The message says what was promised and what was seen."""

    def __init__(self, promise: str, looked_at: str, seen: str) -> None:
        super().__init__(f"\n  Promised: {promise}\n  Looked at: {looked_at}\n  Seen: {seen}")


def difference(expected: object, seen: object, place: str = "") -> str:
    """Where what was seen first differs from what was expected, in value or in type; empty if it does not.

    Types count, because 50.0 equals 50 and "due" equals Status.DUE, and both would be trouble later.
    """
    if isinstance(expected, Mapping) and isinstance(seen, Mapping):
        return _difference_of_mappings(expected, seen, place)
    if type(seen) is not type(expected):
        return _told(expected, seen, place, f", a {type(seen).__name__} where a {type(expected).__name__} was expected")
    if isinstance(expected, tuple | list) and isinstance(seen, tuple | list):
        if len(expected) != len(seen):
            return _told(expected, seen, place, f", {len(seen)} where {len(expected)} were expected")
        pairs = enumerate(zip(expected, seen, strict=True))
        return next(filter(None, (difference(*pair, f"{place}[{number}]") for number, pair in pairs)), "")
    kind: type[Any] = type(expected)
    if has(kind):
        names = (field.name for field in fields(kind) if field.eq)
        found = (difference(getattr(expected, name), getattr(seen, name), f"{place}.{name}") for name in names)
        return next(filter(None, found), "")
    if isinstance(expected, datetime) and isinstance(seen, datetime) and (expected.tzinfo, seen.tzinfo) != (UTC, UTC):
        return _told(expected, seen, place, ", which is not in datetime.UTC")
    return "" if expected == seen else _told(expected, seen, place)


def _difference_of_mappings(expected: Mapping[object, object], seen: Mapping[object, object], place: str) -> str:
    if expected.keys() != seen.keys():
        return _told(dict(expected), dict(seen), place)
    found = (difference(expected[key], seen[key], f"{place}[{key!r}]") for key in expected)
    return next(filter(None, found), "")


def _told(expected: object, seen: object, place: str, more: str = "") -> str:
    where = f"at {place.removeprefix('.')} " if place else ""
    return f"{where}{_shown(seen)}{more}\n  Expected: {_shown(expected)}"


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) <= _LONGEST_SHOWN:
        return text
    return f"{text[: _LONGEST_SHOWN // 2]} … {text[-_LONGEST_SHOWN // 4 :]} ({len(text)} characters)"


@contextmanager
def refusal(promise: str, looked_at: str, *errors: type[StorageError]) -> Iterator[None]:
    """PromiseBroken unless one of these errors comes out of the block."""
    names = " or ".join(error.__name__ for error in errors)
    try:
        yield
    except errors:
        return
    except PromiseBroken:
        raise
    except Exception as other:
        raise PromiseBroken(promise, looked_at, f"{other!r}\n  Expected: {names}") from other
    raise PromiseBroken(promise, looked_at, f"it went through\n  Expected: {names}")
