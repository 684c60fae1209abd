"""The detailed report of Toggl.

It has local times without a zone, a stated duration, no rates, and a column with the currency in its name: Amount
(USD). Toggl Track has other names for some columns, a dash for an empty cell, and lists running entries.
"""

from functools import partial

from attrs import frozen

from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import written
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat


@frozen
class _Words:
    """What the columns are called of which the name has changed, and what stands for nothing."""

    person: str
    end_date: str
    end_time: str
    blank: frozenset[str] = frozenset()


_FIRST = _Words("User", "End date", "End time")
_TRACK = _Words("Member", "Stop date", "Stop time", frozenset({"-"}))


def _reader(words: _Words, opened: OpenedFile) -> EntryReader:
    currency, _ = cells.currency_in_header(opened.table.header, "Amount")
    dates, times = ("Start date", words.end_date), ("Start time", words.end_time)
    columns = Columns(dates=dates, times=times, local=("Start time",))
    inferred = infer(opened.table, opened.options, columns)
    return EntryReader(
        entry=lambda row, identity: _entry(row, identity, words, opened, inferred, currency), currency=currency
    )


def _entry(
    row: Row, identity: RowIdentity, words: _Words, opened: OpenedFile, inferred: Inference, currency: str | None
) -> TimeEntry | None:
    if words.blank and {row.cell(words.end_date), row.cell(words.end_time)} <= {*words.blank, ""}:
        return None
    stated = cells.duration(row, "Duration")
    start = inferred.shown(row, "Start date", "Start time")
    end = inferred.shown(row, words.end_date, words.end_time)
    span = inferred.clock.span(row, start, end, stated)
    entry = TimeEntry(
        row=row.number,
        person=cells.person(row, words.person, option=opened.options.person),
        email=cells.email(row, "Email"),
        client=cells.name(row, "Client", blank=words.blank),
        project=cells.name(row, "Project", blank=words.blank),
        note=cells.note(row, "Task", "Description", blank=words.blank),
        billable=cells.yes_or_no(row, "Billable") if "Billable" in row.cells else True,
        **span.times,
        currency=currency,
        tags=cells.tags(row, "Tags", words.blank),
    )
    return identity.by_content(entry, *written(start, end), stated=stated.length)


def _layout(words: _Words, required: tuple[str, ...], optional: tuple[str, ...]) -> FileLayout:
    """The layout of a time of which the words are; it is recognized by who worked and when that began."""
    told_by = words.person, "Start date", "Start time"
    return FileLayout(
        kind=CsvRows,
        recognized_by=frozenset(told_by),
        required=(*told_by, "Project", "Description", words.end_date, words.end_time, "Duration", *required),
        optional=("Email", "Client", "Task", "Tags", *optional),
        reader=partial(_reader, words),
    )


FORMAT = TrackerFormat(name="toggl", layouts=(_layout(_FIRST, ("Billable",), ()), _layout(_TRACK, (), ("Billable",))))
"""Toggl's detailed report as CSV, of the first years and of Toggl Track."""
