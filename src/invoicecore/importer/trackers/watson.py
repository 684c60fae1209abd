"""The frames of Watson.

The file `frames` is a list of lists: start and stop in seconds since 1970, project, id, and in later versions tags. It
has no person and no client.
"""

from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import LocalClock
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity

_START, _STOP, _PROJECT, _ID, _TAGS = "1", "2", "3", "4", "5"
_CLOCK = LocalClock("UTC")


def _reader(opened: OpenedFile) -> EntryReader:
    person = opened.needed_person()

    def entry(row: Row, identity: RowIdentity) -> TimeEntry:
        span = _CLOCK.span(row, cells.epoch(row, _START), cells.epoch(row, _STOP), None)
        work = dict(
            row=row.number,
            person=person,
            project=cells.name(row, _PROJECT),
            **span.times,
            tags=row.several(_TAGS),
        )
        return identity.by_id(work, row, column=_ID)

    return EntryReader(entry=entry)


LAYOUTS = (
    FileLayout(
        kind=JsonRows,
        recognized_by=frozenset({_START, _STOP, _PROJECT, _ID}),
        required=(_START, _STOP, _PROJECT, _ID),
        reader=_reader,
    ),
)
"""Watson's frames, as JSON."""
