"""How the tests read a file whose rows are told by row and column."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from invoicecore import importer
from invoicecore.importer import ImportOptions, Limits, MissingOption, TimeEntry, UnreadableFile


def expected(**said: Any) -> TimeEntry:
    """An hour and a half of Ann on the website of Acme, in the first row, as far as nothing else is said."""
    usual: dict[str, Any] = {
        "row": 2,
        "person": "Ann",
        "email": "ann@northwind.example",
        "client": "Acme",
        "project": "Website",
        "note": "Design: Some work",
        "billable": True,
        "duration": timedelta(minutes=90),
    }
    return TimeEntry(**{**usual, **said})


def found(data: bytes | Path, format: str | None = None, **options: Any) -> list[TimeEntry | UnreadableFile]:
    """The rows of a file; local times are UTC unless another zone is answered."""
    asked = ImportOptions(**{"timezone": "UTC", **options})
    return [*importer.open_export(data, format=format, options=asked).entries()]


def entries(data: bytes | Path, format: str | None = None, **options: Any) -> list[TimeEntry]:
    """The entries of a file of which no row is refused."""
    rows = []
    for row in found(data, format, **options):
        assert isinstance(row, TimeEntry), row
        rows.append(row)
    return rows


def one(data: bytes | Path, format: str | None = None, **options: Any) -> TimeEntry:
    """The entry of a file with one row."""
    [entry] = entries(data, format, **options)
    return entry


def refusal(data: bytes | Path, **options: Any) -> UnreadableFile:
    """The one refused row of a file."""
    [refused] = [row for row in found(data, **options) if isinstance(row, UnreadableFile)]
    return refused


def refused_file(
    data: bytes | Path, format: str | None = None, limits: Limits | None = None, **options: Any
) -> UnreadableFile:
    """The error with which a file is not even opened."""
    try:
        asked = ImportOptions(**{"timezone": "UTC", **options})
        importer.open_export(data, format=format, options=asked, limits=limits or Limits())
    except UnreadableFile as refused:
        return refused
    raise AssertionError("it was opened")


def question(data: bytes | Path, format: str | None = None, **options: Any) -> MissingOption:
    """What must be answered before a file can be opened."""
    asked = refused_file(data, format, **options)
    assert isinstance(asked, MissingOption), asked
    return asked
