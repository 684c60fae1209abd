"""What is a row called, so that it is known again in the next export?

Neither of the trackers that are read here exports an id. So a row goes by what it says about the work: who did what for
whom, when, how long, and whether it is billable. What a tracker may change later although the work is the same, such as
rates, tags and whether it was invoiced, is left out. Rows that say the same are counted.
"""

import json
from collections import Counter
from datetime import timedelta
from hashlib import blake2b

from attrs import evolve

from invoicecore.exchange.timesheet import TimeEntry

_MICROSECOND = timedelta(microseconds=1)


class Sources:
    """Names the rows of one export. The same row gets the same name whatever else is in the file, and wherever and in
    whichever zone it is read."""

    def __init__(self, format: str) -> None:
        self._format = format
        self._met: Counter[tuple[object, ...]] = Counter()

    def named(self, entry: TimeEntry, *when: str) -> TimeEntry:
        """The entry with its name; `when` is what calendar and clock showed."""
        who, length = entry.email or entry.person, entry.duration // _MICROSECOND
        said = (who, entry.client, entry.project, when, length, entry.note, entry.billable)
        self._met[said] += 1
        text = json.dumps([*said, self._met[said]])  # the same letters on every machine
        return evolve(entry, source=f"{self._format}:{blake2b(text.encode(), digest_size=16).hexdigest()}")
