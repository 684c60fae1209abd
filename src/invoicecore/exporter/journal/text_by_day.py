"""Texts of many days, added in any order and read in the order of days.

The text goes to a temporary file. Memory contains only the positions of each day.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Self

_HELD = 64 * 1024
"""In bytes: a longer stretch is divided, and a longer text goes to disk."""


class TextByDay:
    """Sorts texts by day; texts of the same day keep their order."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=_HELD)
        self._stretches = defaultdict[date, "array[int]"](lambda: array("q"))  # begin, end, begin, end …
        self._end = 0
        self._latest: date | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def add(self, day: date, text: str) -> None:
        """Add a text of that day."""
        stretches = self._stretches[day]
        if day != self._latest or self._end - stretches[-2] > _HELD:
            stretches.extend((self._end, self._end))
            self._latest = day
        self._end += self._file.write(text.encode())
        stretches[-1] = self._end

    def texts(self) -> Iterator[str]:
        """All texts, day after day."""
        for day in sorted(self._stretches):
            ends = iter(self._stretches[day])
            for begin, end in zip(ends, ends, strict=True):
                self._file.seek(begin)
                yield self._file.read(end - begin).decode()
