"""The data of Timewarrior.

Each interval is a line of a data file, or an element of the output of `timew export`: start and end in UTC, tags and an
annotation. It has no permanent id and no person. The first tag is the project, unless an option names one; an interval
without an end is still running.
"""

import re
from collections.abc import Callable
from functools import partial

from attrs import evolve

from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.files.text_rows import LineRows
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import LocalClock, written
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity

_INTERVAL = re.compile(r"inc ([0-9A-Z]{1,20})(?: - ([0-9A-Z]{1,20}))?(?: #([^\r\n]*))?")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]\S*)|(")')
_CLOCK = LocalClock("UTC")


def _reader(understood: Callable[[Row], Row], opened: OpenedFile) -> EntryReader:
    person, project = opened.needed_person(), opened.options.project

    def entry(row: Row, identity: RowIdentity) -> TimeEntry | None:
        row = understood(row)
        if not row.cell("end"):
            return None
        start, end = cells.utc_stamp(row, "start"), cells.utc_stamp(row, "end")
        span, tags = _CLOCK.span(row, start, end, None), row.several("tags")
        work = dict(
            row=row.number,
            person=person,
            project=cells.plain_name(row, "tags", tags[0]) if tags else None,
            note=row.cell("annotation"),
            **span.times,
            tags=tags,
        )
        named = identity.by_content(work, *written(start, end), stated=None)
        return named if project is None else evolve(named, project=project)

    return EntryReader(entry=entry)


def _interval(row: Row) -> Row:
    """The row that a line spells out, such as: inc 20240101T080000Z - 20240101T090000Z # tag "two words" # a note."""
    match = _INTERVAL.fullmatch(row.cell("line"))
    if match is None:
        raise row.refused("line", "it is not an interval such as: inc 20240101T080000Z - 20240101T090000Z # tag.")
    found = {"start": match[1], "end": match[2] or ""}
    for word in _WORD.finditer(match[3] or ""):
        if word[3]:
            raise row.refused("line", "a quotation mark is never closed.")
        if word[2] == "#":
            found["annotation"] = _plain((match[3] or "")[word.end() :].strip())
            break
        found[f"tags.{len(found) - 1}"] = word[2] or _unescaped(word[1])
    return Row(row.number, found)


def _plain(text: str) -> str:
    quoted = _WORD.fullmatch(text)
    return _unescaped(quoted[1]) if quoted is not None and quoted[1] is not None else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


LAYOUTS = (
    FileLayout(kind=LineRows, recognized_by=frozenset({"line"}), reader=partial(_reader, _interval)),
    FileLayout(
        kind=JsonRows,
        recognized_by=frozenset({"start"}),
        required=("start",),
        reader=partial(_reader, lambda row: row),
    ),
)
"""Timewarrior's data files, and what `timew export` writes."""
