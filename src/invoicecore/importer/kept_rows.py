"""The rows of a file while a plan goes through them twice."""

import pickle
import weakref
from collections.abc import Iterator
from operator import attrgetter
from tempfile import SpooledTemporaryFile
from typing import Any

from attrs import fields

from invoicecore.importer.timesheet import TimeEntry, UnreadableFile, unchecked_time_entry

EntryOrRefusal = TimeEntry | UnreadableFile
"""A row of a file, or why it is refused."""

_IN_MEMORY = 1 << 22
_AT_ONCE = 500
_NAMES = tuple(field.name for field in fields(TimeEntry))
_facts_of = attrgetter(*_NAMES)


class KeptRows:
    """Rows that are read once and gone through again, in their order. The first megabytes are in memory, the others in
    a temporary file that is deleted with this object."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # it lives as long as this object
        weakref.finalize(self, self._file.close)
        self._waiting: list[EntryOrRefusal] = []

    def add(self, row: EntryOrRefusal) -> None:
        """Keep one more row."""
        self._waiting.append(row)
        if len(self._waiting) == _AT_ONCE:
            pickle.dump(list(map(_packed, self._waiting)), self._file, pickle.HIGHEST_PROTOCOL)
            self._waiting.clear()

    def __iter__(self) -> Iterator[EntryOrRefusal]:
        """All rows from the first on; nothing is added meanwhile."""
        end, place = self._file.tell(), 0
        while place < end:
            self._file.seek(place)
            packed = pickle.load(self._file)
            place = self._file.tell()
            yield from map(_unpacked, packed)
        self._file.seek(end)
        yield from self._waiting


def _packed(row: EntryOrRefusal) -> tuple[Any, ...]:
    """A row as plain values; an error would keep what was going on when it was raised."""
    return _facts_of(row) if isinstance(row, TimeEntry) else (row.row, row.column, row.reason)


def _unpacked(packed: tuple[Any, ...]) -> EntryOrRefusal:
    if len(packed) == len(_NAMES):
        return unchecked_time_entry(**dict(zip(_NAMES, packed, strict=True)))
    return UnreadableFile(*packed)
