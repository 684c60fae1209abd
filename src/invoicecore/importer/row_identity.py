"""The source of a row, which identifies it in later exports.

If the tracker exports an id, it is the source. Otherwise the source is a digest of the work: person, client, project,
times, duration, note, and whether it is billable. Rates, tags and the invoiced mark are not part of it, because a
tracker may change them later. Equal rows are counted.
"""

import json
from datetime import timedelta
from hashlib import blake2b

from invoicecore.importer.files.row import Row
from invoicecore.importer.timesheet import TimeEntry

_MICROSECOND = timedelta(microseconds=1)


class RowIdentity:
    """Names the rows of one pass over a file. The same row gets the same name whatever else is in the file, and
    wherever and in whichever zone it is read. Only digests are kept of them."""

    def __init__(self, format: str) -> None:
        self._format = format
        self._seen: dict[bytes, int] = {}

    def by_content(self, entry: TimeEntry, *when: str, stated: timedelta | None) -> TimeEntry:
        """The entry with its name; `when` is what calendar and clock showed, and `stated` how long it took, as far as
        the row says that itself: what passed by the clock may be another in another zone."""
        who, length = entry.email or entry.person, None if stated is None else stated // _MICROSECOND
        said = (who, entry.client, entry.project, when, length, entry.note, entry.billable)
        text = json.dumps(said).removesuffix("]")  # the same letters on every machine
        digest = _digest(text)
        self._seen[digest] = count = self._seen.get(digest, 0) + 1
        return entry.named(f"{self._format}:{_digest(f'{text}, {count}]').hex()}")

    def by_id(self, entry: TimeEntry, row: Row, *, id: str, column: str) -> TimeEntry:
        """The entry with the name that its id makes; the row is refused if one before it has the same."""
        digest = _digest(id)
        if digest in self._seen:
            raise row.refused(column, f"the id {id} is that of row {self._seen[digest]} already.")
        self._seen[digest] = row.number
        return entry.named(f"{self._format}:{id}", identified=True)


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()
