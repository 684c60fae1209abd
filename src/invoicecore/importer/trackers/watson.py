"""The frames of Watson.

The file `frames` is a list of lists: start and stop in seconds since 1970, project, id, and in later versions tags. It
has no person and no client.
"""

from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import LocalClock
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import MissingOption, TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat

_START, _STOP, _PROJECT, _ID, _TAGS = "1", "2", "3", "4", "5"
_CLOCK = LocalClock("UTC")


def _reader(opened: OpenedFile) -> EntryReader:
    person = opened.options.person
    if person is None:
        raise MissingOption("person", None, None, "it names nobody; say with person whose work it is.")

    def entry(row: Row, identity: RowIdentity) -> TimeEntry:
        span = _CLOCK.span(row, cells.epoch(row, _START), cells.epoch(row, _STOP), None)
        said = TimeEntry(
            row=row.number,
            person=person,
            project=cells.name(row, _PROJECT),
            **span.times,
            tags=row.several(_TAGS),
        )
        return identity.by_id(said, row, id=cells.identifier(row, _ID), column=_ID)

    return EntryReader(entry=entry)


FORMAT = TrackerFormat(
    name="watson",
    layouts=(
        FileLayout(
            kind=JsonRows,
            recognized_by=frozenset({_START, _STOP, _PROJECT, _ID}),
            required=(_START, _STOP, _PROJECT, _ID),
            reader=_reader,
        ),
    ),
)
"""Watson's frames, as JSON."""
