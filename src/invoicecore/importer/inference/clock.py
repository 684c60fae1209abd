"""Local times of a file as instants, and the duration between them.

When the clock changes, a local time may mean two instants. The stated duration often decides; otherwise the earlier one
is taken and marked as ambiguous. Without a stated duration, the row is refused.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from attrs import frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.options import DurationRule
from invoicecore.values.calendar import known_zone

TO_THE_SECOND = timedelta(seconds=1)
"""How far a duration in hours, minutes and seconds may be off because instants were cut to seconds."""
TO_THE_MINUTE = timedelta(minutes=1)
"""The same in hours and minutes."""
TO_THE_HUNDREDTH = timedelta(seconds=18)
"""How far hours of two decimals may be off: half a hundredth."""


@lru_cache(maxsize=4096)
def steady_offset(day: date, zone: str) -> timedelta | None:
    """The offset from UTC that the clock of a zone had on all of a day; None where it was changed on that day, or on
    the day before or after it."""
    info, offsets = known_zone(zone), set[timedelta | None]()
    for hour in range(-24, 49, 6):
        at = datetime.combine(day, time()) + timedelta(hours=hour)
        offsets |= {at.replace(tzinfo=info, fold=fold).utcoffset() for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else None


@frozen
class Shown:
    """What calendar and clock showed, with its offset from UTC or without, and the column in which that stands."""

    moment: datetime
    column: str


@frozen
class Stated:
    """The duration that a row states, and how far it may be off because it is rounded."""

    length: timedelta
    tolerance: timedelta = TO_THE_SECOND

    @property
    def is_rounded(self) -> bool:
        """Whether it is coarser than seconds."""
        return self.tolerance > TO_THE_SECOND


@frozen
class EntrySpan:
    """Start and end in UTC, the duration of the work, and how far that may be off because it is rounded."""

    start: datetime
    end: datetime
    duration: timedelta
    ambiguous: bool
    rounding: timedelta

    @property
    def times(self) -> dict[str, Any]:
        """The same by the names of a TimeEntry."""
        return {
            "start": self.start,
            "end": self.end,
            "duration": self.duration,
            "ambiguous": self.ambiguous,
            "rounding": self.rounding,
        }


def written(*shown: Shown) -> tuple[str, ...]:
    """Dates and times as calendar and clock showed them, or in UTC where the offset is known: texts that stay the
    same in whichever way, and for whichever zone, a tracker writes them."""
    texts = []
    for it in shown:
        moment = it.moment if it.moment.tzinfo is None else it.moment.astimezone(UTC)
        texts += [moment.date().isoformat(), moment.timetz().isoformat()]
    return tuple(texts)


@frozen
class LocalClock:
    """Reads local times as those of a `zone`, None where it is not known. By the `rule` of a file, what passed from
    start to end counts in place of a stated duration: of any, or of those that are `rounded` alone."""

    zone: str | None
    rule: DurationRule = DurationRule.STATED
    rounded: bool = False

    def span(self, row: Row, start: Shown, end: Shown, stated: Stated | None) -> EntrySpan:
        """What a row means. The row is refused where its end lies before its start, and where nothing tells which
        instants are meant."""
        starts, ends = self._instants(row, start), self._instants(row, end)
        first, last, ambiguous = starts[0], ends[0], False
        if len(starts) > 1 or len(ends) > 1:
            readings = [(first, last) for first in starts for last in ends]
            fitting = [reading for reading in readings if stated is not None and _fits(*reading, stated)]
            if len(fitting) != 1:
                unsure = start if len(starts) > 1 else end
                possible = fitting or [(first, last) for first, last in readings if first <= last]
                if stated is None or self._skipped(start) or self._skipped(end) or not possible:
                    raise row.refused(unsure.column, self._undecided(row, unsure, stated))
                fitting, ambiguous = possible, True
            first, last = min(fitting)
        if last < first:
            raise row.refused(end.column, "the end lies before the start.")
        if stated is None or (self.rule is DurationRule.CLOCK and (stated.is_rounded or not self.rounded)):
            return EntrySpan(first, last, last - first, ambiguous, TO_THE_SECOND)
        return EntrySpan(first, last, stated.length, ambiguous, stated.tolerance)

    def lasting(self, row: Row, start: Shown, stated: Stated) -> EntrySpan:
        """What a row means that has a start and a duration, and no end."""
        starts = self._instants(row, start)
        if len(starts) > 1 and self._skipped(start):
            raise row.refused(start.column, self._undecided(row, start, stated))
        return EntrySpan(starts[0], starts[0] + stated.length, stated.length, len(starts) > 1, TO_THE_SECOND)

    def overnight(self, row: Row, start: Shown, end: Shown, stated: Stated | None) -> EntrySpan:
        """The same where only the day of the start is there: an end that the clock showed earlier than the start is
        on the next day, unless the clock was set back in between."""
        if end.moment < start.moment:
            readings = [(a, b) for a in self._instants(row, start) for b in self._instants(row, end)]
            if stated is None or not any(a <= b and _fits(a, b, stated) for a, b in readings):
                end = Shown(end.moment + timedelta(days=1), end.column)
        return self.span(row, start, end, stated)

    def _instants(self, row: Row, shown: Shown) -> list[datetime]:
        """The instants at which the clock may have shown that: one, or around a change of the clock two."""
        moment = shown.moment
        if moment.tzinfo is not None:
            return [moment.astimezone(UTC)]
        zone = self._known(row, shown.column)
        steady = steady_offset(moment.date(), zone)
        if steady is not None:
            return [(moment - steady).replace(tzinfo=UTC)]
        local = moment.replace(tzinfo=known_zone(zone))
        offset, other = local.utcoffset(), local.replace(fold=1).utcoffset()
        assert offset is not None
        assert other is not None
        earlier, later = max(offset, other), min(offset, other)
        first = (moment - earlier).replace(tzinfo=UTC)
        return [first] if earlier == later else [first, (moment - later).replace(tzinfo=UTC)]

    def _known(self, row: Row, column: str) -> str:
        if self.zone is None:
            raise row.missing("timezone", column, "it is a local time, and nothing tells where; say with timezone.")
        return self.zone

    def _skipped(self, shown: Shown) -> bool:
        """Whether the clock never showed that: it was set forward over it."""
        if shown.moment.tzinfo is not None or self.zone is None:
            return False
        local = shown.moment.replace(tzinfo=known_zone(self.zone))
        return local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != shown.moment

    def _undecided(self, row: Row, unsure: Shown, stated: Stated | None) -> str:
        showed = f"the clock of {self.zone} showed {unsure.moment:%H:%M:%S} twice or never on that day, and "
        if stated is None:
            return f"{showed}no duration is there that would tell which instant is meant; export the file with one."
        return f"{showed}the duration of {stated.length} does not tell which instant is meant."


def _fits(start: datetime, end: datetime, stated: Stated) -> bool:
    return abs(end - start - stated.length) <= stated.tolerance
