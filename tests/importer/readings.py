"""How the tests read a file whose rows are told by row and column."""

from pathlib import Path
from typing import Any

from invoicecore import importer
from invoicecore.importer import ImportOptions, MissingOption, TimeEntry, UnreadableFile


def found(data: bytes | Path, format: str | None = None, **answers: Any) -> list[TimeEntry | UnreadableFile]:
    """The rows of a file; local times are UTC unless another zone is answered."""
    return [
        *importer.open_export(data, format=format, answers=ImportOptions(**{"timezone": "UTC", **answers})).entries()
    ]


def entries(data: bytes | Path, format: str | None = None, **answers: Any) -> list[TimeEntry]:
    """The entries of a file of which no row is refused."""
    rows = []
    for row in found(data, format, **answers):
        assert isinstance(row, TimeEntry), row
        rows.append(row)
    return rows


def one(data: bytes | Path, format: str | None = None, **answers: Any) -> TimeEntry:
    """The entry of a file with one row."""
    [entry] = entries(data, format, **answers)
    return entry


def refusal(data: bytes | Path, **answers: Any) -> UnreadableFile:
    """The one refused row of a file."""
    [refused] = [row for row in found(data, **answers) if isinstance(row, UnreadableFile)]
    return refused


def refused_file(data: bytes | Path, format: str | None = None, **answers: Any) -> UnreadableFile:
    """The error with which a file is not even opened."""
    try:
        importer.open_export(data, format=format, answers=ImportOptions(**{"timezone": "UTC", **answers}))
    except UnreadableFile as refused:
        return refused
    raise AssertionError("it was opened")


def question(data: bytes | Path, format: str | None = None, **answers: Any) -> MissingOption:
    """What must be answered before a file can be opened."""
    asked = refused_file(data, format, **answers)
    assert isinstance(asked, MissingOption), asked
    return asked
