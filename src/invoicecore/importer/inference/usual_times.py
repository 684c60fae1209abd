"""The times of rows in the form that most reports have, read at once.

A row that is in another form, or that is refused, is left to the readers of single cells, which take longer.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar

from attrs import define, field, frozen

from invoicecore.importer.files.row import Row, bare
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import TO_THE_SECOND, Stated, steady_offset
from invoicecore.importer.inference.infer import Inference
from invoicecore.importer.options import DurationRule
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values.unchecked import unchecked

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)
_AS_ON_A_CLOCK = len("09:05:00")
_MOST_KNOWN, _LONGEST_KNOWN = 10_000, 60


@frozen(kw_only=True)
class ReadTimes:
    """When the work of a row was done, as in a TimeEntry. `written` is what calendar and clock showed, and `stated` the
    microseconds of the stated duration, both as JSON."""

    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    duration: timedelta
    ambiguous: bool = False
    rounding: timedelta = TO_THE_SECOND
    written: str
    stated: str


_unchecked_read_times: Final = unchecked(ReadTimes)


def in_microseconds(stated: Stated | None) -> str:
    """A stated duration in microseconds, as JSON."""
    return "null" if stated is None else str(stated.length // _MICROSECOND)


@define
class UsualTimes:
    """Reads rows that have two days, two times of day with seconds, and a duration, where the clock was not changed on
    either day. Of equal days and durations each is read once."""

    columns: tuple[str, ...]
    inferred: Inference
    seconds_may_lack: bool
    _days: dict[str, tuple[date, timedelta, str] | None] = field(init=False, factory=dict)
    _durations: dict[str, tuple[timedelta, timedelta, str] | None] = field(init=False, factory=dict)

    def read(self, row: Mapping[str, str]) -> ReadTimes | None:
        """When the work was done; None where that takes more than this."""
        first, begin, last, end, length = map(row.__getitem__, self.columns)
        known = self._days
        first_day = known[first] if first in known else self._day(first, self.columns[0])
        last_day = known[last] if last in known else self._day(last, self.columns[2])
        stated = self._durations[length] if length in self._durations else self._duration(length)
        if first_day is None or last_day is None or stated is None:
            return None
        if not (len(begin) == len(end) == _AS_ON_A_CLOCK and begin[2] == begin[5] == end[2] == end[5] == ":"):
            return None
        try:
            start = datetime.combine(first_day[0], time.fromisoformat(begin), UTC) - first_day[1]
            ended = datetime.combine(last_day[0], time.fromisoformat(end), UTC) - last_day[1]
        except ValueError:
            return None
        if ended < start:
            return None
        duration, rounding, micros = stated
        clock = self.inferred.clock
        if clock.rule is DurationRule.CLOCK and (rounding > TO_THE_SECOND or not clock.rounded):
            duration, rounding = ended - start, TO_THE_SECOND
        written = f'["{first_day[2]}", "{begin}", "{last_day[2]}", "{end}"]'
        return _unchecked_read_times(
            start=start, end=ended, duration=duration, rounding=rounding, written=written, stated=micros
        )

    def _day(self, text: str, column: str) -> tuple[date, timedelta, str] | None:
        """A day, the offset that the clock had all day, and the day as it is written."""
        try:
            day = self.inferred.dates.of(Row(0, {column: text}), column)
        except UnreadableFile:
            found = None
        else:
            zone = self.inferred.clock.zone
            offset = None if zone is None else steady_offset(day, zone)
            found = None if offset is None else (day, offset, day.isoformat())
        _remember(self._days, text, found)
        return found

    def _duration(self, text: str) -> tuple[timedelta, timedelta, str] | None:
        """A duration, how far it may be off, and its microseconds as they are written."""
        column, found = self.columns[4], None
        try:
            if bare(text):
                stated = cells.duration(Row(0, {column: text}), column, may_lack_seconds=self.seconds_may_lack)
                found = stated.length, stated.tolerance, in_microseconds(stated)
        except UnreadableFile:
            pass
        _remember(self._durations, text, found)
        return found


def _remember(known: dict[str, T], text: str, found: T) -> None:
    if len(text) <= _LONGEST_KNOWN:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[text] = found
