"""The description of a tracker's export format, and the source that identifies each row."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from attrs import field, frozen

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import FileRows, Row
from invoicecore.importer.inference import cells
from invoicecore.importer.options import DurationRule, ImportOptions
from invoicecore.importer.timesheet import MissingOption, TimeEntry

_MICROSECOND = timedelta(microseconds=1)


class RowIdentity:
    """Gives the rows of one pass over a file their sources, which identify them in later exports.

    If the tracker exports an id, it is the source. Otherwise the source is a digest of the work: person, client,
    project, times, duration, note, and whether it is billable. Rates, tags and the invoiced mark are not part of it,
    because a tracker may change them later. Equal rows are counted. So a row has the same source whatever else is in
    the file, and wherever and in whichever zone it is read. Only digests of the sources stay in memory.

    `totals_rows` is how many rows of the pass were passed over because they add up others.
    """

    def __init__(self, format: str) -> None:
        self._format = format
        self._seen: dict[bytes, int] = {}
        self.totals_rows = 0

    def by_content(self, facts: Mapping[str, Any], *when: str, stated: timedelta | None) -> TimeEntry:
        """The entry of these facts, with a source from its content. `when` is what calendar and clock showed; `stated`
        is the duration if the row states one, because the time that passed by the clock can differ in another zone."""
        who, length = facts.get("email") or facts["person"], None if stated is None else stated // _MICROSECOND
        client, billable = facts.get("client"), facts.get("billable") is not False
        text = json.dumps((who, client, facts["project"], when, length, facts["note"], billable)).removesuffix("]")
        return TimeEntry(**facts, source=self.source_of(text))

    def source_of(self, text: str) -> str:
        """The source of a row, by its content as JSON without the last bracket."""
        content = blake2b(text.encode(), digest_size=16)  # of the same letters on every machine
        digest = content.digest()
        self._seen[digest] = count = self._seen.get(digest, 0) + 1
        content.update(b", %d]" % count)
        return f"{self._format}:{content.hexdigest()}"

    def by_id(self, facts: Mapping[str, Any], row: Row, *, column: str) -> TimeEntry:
        """The entry of these facts, with a source from the id in a column. The row is refused if an earlier one has the
        same id."""
        id = cells.identifier(row, column)
        digest = _digest(id)
        if digest in self._seen:
            raise row.refused(column, f"the id {id} is that of row {self._seen[digest]} already.")
        self._seen[digest] = row.number
        return TimeEntry(**facts, source=f"{self._format}:{id}", identified=True)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


@frozen(kw_only=True)
class OpenedFile:
    """A file that is ready to be read: its rows, the options, and the files beside it, by name."""

    table: FileRows
    options: ImportOptions
    beside: Mapping[str, File] = field(factory=dict)

    def needed_person(self) -> str:
        """The person in the options, for files that name nobody. MissingOption if there is none."""
        if self.options.person is None:
            raise MissingOption("person", None, None, "it names nobody; say with person whose work it is.")
        return self.options.person


@frozen(kw_only=True)
class EntryReader:
    """Makes an entry of a row, with the source from its pass; None for a row that still runs, or adds up others.
    `currency` is the one that the whole file names. `duration_rule` is set where rows have start and end, and a
    duration coarser than seconds, or where an option gives it."""

    entry: Callable[[Row, RowIdentity], TimeEntry | None]
    currency: str | None = None
    duration_rule: DurationRule | None = None


@frozen(kw_only=True)
class FileLayout:
    """One shape of a tracker's files: the kind of file, and the columns by which it is recognized, which must be there,
    and which may be. None of them may be there twice."""

    kind: type[FileRows]
    recognized_by: frozenset[str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reader: Callable[[OpenedFile], EntryReader]
