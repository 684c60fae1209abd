"""How is text of many clients, one after another, put in the order of days without holding it?

It goes to a temporary file as it comes. What is held is where each stretch of one day begins and ends.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Self

_HELD = 64 * 1024
"""In bytes: a longer stretch is divided, and what is longer in all goes to a file."""


class ByDay:
    """Takes text for days in any order and gives it back day after day; the text of one day as it came."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=_HELD)
        self._stretches = defaultdict[date, "array[int]"](lambda: array("q"))  # begin, end, begin, end …
        self._end = 0
        self._latest: date | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def put(self, day: date, text: str) -> None:
        """Take a text of that day."""
        stretches = self._stretches[day]
        if day != self._latest or self._end - stretches[-2] > _HELD:
            stretches.extend((self._end, self._end))
            self._latest = day
        self._end += self._file.write(text.encode())
        stretches[-1] = self._end

    def texts(self) -> Iterator[str]:
        """Everything, day after day."""
        for day in sorted(self._stretches):
            ends = iter(self._stretches[day])
            for begin, end in zip(ends, ends, strict=True):
                self._file.seek(begin)
                yield self._file.read(end - begin).decode()
