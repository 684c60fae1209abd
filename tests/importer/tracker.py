"""A tracker that gives its entries ids, and says just what a test wants it to say."""

import json
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from invoicecore import utc
from invoicecore.codec import dump_value, load_value
from invoicecore.importer import DurationRule, Entries, TimeEntry, UnreadableFile, planning
from invoicecore.importer.trackers.format import RowIdentity

NINE = utc(2026, 3, 2, 9)
LATER = utc(2026, 4, 30, 12)
"""When work is imported: once it was done."""


@frozen
class Recorded:
    """A file of this tracker."""

    format: str
    digest: str
    currency: str | None
    duration_rule: DurationRule | None
    _rows: list[dict[str, Any]]

    def entries(self) -> Entries:
        """What was put into it."""
        rows = (UnreadableFile(*it["refused"]) if "refused" in it else load_value(TimeEntry, it) for it in self._rows)
        return Entries(rows, RowIdentity(self.format))


def entry(number: int, hours: int | str | timedelta = 1, **said: Any) -> TimeEntry:
    """Entry `number` of the tracker, of so many hours from nine o'clock on: of Lee on the website of Acme, if nothing
    else is said. It stands in row `number` + 1, and each begins a day after the one before."""
    start = said.pop("start", NINE + timedelta(days=number))
    length = hours if isinstance(hours, timedelta) else timedelta(hours=float(hours))
    usual: dict[str, Any] = {
        "row": number + 1,
        "person": "Lee",
        "email": "lee@northwind.example",
        "client": "Acme",
        "project": "Website",
        "note": "",
        "billable": True,
        "start": start,
        "end": None if start is None else start + length,
        "duration": length,
        "source": f"tracker:{number}",
        "identified": True,
    }
    return TimeEntry(**{**usual, **said})


def export(*rows: TimeEntry | UnreadableFile) -> bytes:
    """A file that holds these rows."""
    plain = [
        {"refused": [row.row, row.column, row.reason]} if isinstance(row, UnreadableFile) else dump_value(row)
        for row in rows
    ]
    return json.dumps(plain).encode()


def open_export(source: bytes | str | Path, **asked: object) -> Recorded:
    """As `importer.open_export`, for files of this tracker."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    return Recorded("tracker", blake2b(data, digest_size=16).hexdigest(), None, None, json.loads(data))


@pytest.fixture(autouse=True)
def tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are made of files of this tracker."""
    monkeypatch.setattr(planning, "open_export", open_export)
