"""Rows of a JSON list.

Each element of the list is a row, parsed when it is needed. A column is the path of keys to a value, such as
project.customer.name; positions in inner lists count from 1, such as tags.1. Numbers stay text.
"""

import json
from collections.abc import Iterator
from itertools import count
from typing import NoReturn

from attrs import frozen

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import Row, checked
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile

_BLANKS = " \t\r\n"
_CHUNK = 1 << 16
_LONGEST_ELEMENT = 1_000_000
_SHOWN = 20


class _Twice(ValueError):
    """A key is there more than once."""


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice("a key is there more than once")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_each_once, parse_float=str, parse_int=str, parse_constant=str)


@frozen(eq=False)
class JsonRows:
    """The rows of a JSON list; the first element is row 1. The header is that of the first."""

    header: tuple[str, ...]
    _file: File
    _limits: Limits

    @classmethod
    def of(cls, file: File, limits: Limits) -> "JsonRows":
        """The list in a file."""
        first = next(iter(cls((), file, limits)), None)
        return cls(tuple(first.cells) if isinstance(first, Row) else (), file, limits)

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The elements from the first on."""
        for number, element in zip(count(1), _List(self._file), strict=False):
            if number > self._limits.rows:
                raise UnreadableFile(number, None, f"a file may have {self._limits.rows} rows, and no more.")
            if not isinstance(element, dict | list):
                yield UnreadableFile(number, None, "it is neither an object nor a list.")
                continue
            try:
                cells = dict(_cells(element, ""))
            except RecursionError:
                yield UnreadableFile(number, None, "it is nested too deeply.")
                continue
            yield checked(Row(number, cells), self._limits.characters)


def _cells(value: object, path: str) -> Iterator[tuple[str, str]]:
    """The texts in a value, each with the path that leads there; null is blank."""
    match value:
        case None:
            yield path, ""
        case str():
            yield path, value
        case bool():
            yield path, "true" if value else "false"
        case dict():
            for key, part in value.items():
                yield from _cells(part, f"{path}.{key}" if path else key)
        case list():
            for place, part in enumerate(value, 1):
                yield from _cells(part, f"{path}.{place}" if path else str(place))


class _List:
    """Reads the elements of a list, holding no more text than one of them needs."""

    def __init__(self, file: File) -> None:
        self._text = file.text()
        self._held = ""
        self._place = 0
        self._number = 1

    def __iter__(self) -> Iterator[object]:
        self._take("[")
        if self._next() == "]":
            return self._end()
        while True:
            yield self._element()
            self._number += 1
            if self._next() == "]":
                return self._end()
            self._take(",")

    def _end(self) -> None:
        self._take("]")
        if self._next():
            self._refuse("something comes after the end of the list")

    def _next(self) -> str:
        """The next sign that is not blank, which stays to be read; nothing at the end."""
        while True:
            while self._place < len(self._held) and self._held[self._place] in _BLANKS:
                self._place += 1
            if self._place < len(self._held):
                return self._held[self._place]
            if not self._more(_CHUNK):
                return ""

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            self._refuse(f"there is no {sign} where one should be")
        self._place += 1

    def _more(self, size: int) -> bool:
        """Hold more text, letting go of what was read."""
        chunk = self._text.read(size)
        self._held, self._place = self._held[self._place :] + chunk, 0
        return bool(chunk)

    def _element(self) -> object:
        size = _CHUNK
        self._next()
        while True:
            try:
                element, end = _DECODER.raw_decode(self._held, self._place)
                if end < len(self._held):  # or else a number might go on
                    self._place = end
                    return element
                trouble = "the list has no end"
            except _Twice as twice:
                self._refuse(str(twice))
            except json.JSONDecodeError as broken:
                near = self._held[broken.pos : broken.pos + _SHOWN]
                trouble = f"it cannot be read at {near!r}" if near else "the list has no end"
            except RecursionError:
                self._refuse("it is nested too deeply")
            if len(self._held) - self._place > _LONGEST_ELEMENT:
                self._refuse(f"the element has more than {_LONGEST_ELEMENT} characters or is not JSON: {trouble}")
            if not self._more(size):
                self._refuse(f"this is not JSON: {trouble}")
            size *= 2

    def _refuse(self, reason: str) -> NoReturn:
        raise UnreadableFile(self._number, None, f"{reason}.")
