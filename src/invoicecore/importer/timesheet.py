"""The content of an export, independent of the tracker."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from attrs import frozen

from invoicecore.errors import InvalidInput
from invoicecore.values.calendar import first_instant
from invoicecore.values.unchecked import unchecked


class UnreadableFile(InvalidInput):
    """A file, or a row of it, is refused. `row` counts as a person does, the header being row 1; `column` is the name
    in the header. Either is None where the trouble is not in one place."""

    def __init__(self, row: int | None, column: str | None, reason: str) -> None:
        self.row = row
        self.column = column
        self.reason = reason
        place = [*([f"row {row}"] if row is not None else []), *([f"column {column}"] if column is not None else [])]
        where = ", ".join(place) or "the file"
        super().__init__(f"{where[0].upper()}{where[1:]}: {reason}")


class MissingOption(UnreadableFile):
    """A file leaves something open that nothing in it decides. `option` is the name of the argument of
    `importer.ImportOptions`, or of `importer.plan`, that decides it; `suggestion` are the `columns` that would probably
    read the file."""

    def __init__(
        self,
        option: str,
        row: int | None,
        column: str | None,
        reason: str,
        *,
        suggestion: Mapping[str, str] | None = None,
    ) -> None:
        self.option = option
        self.suggestion: Mapping[str, str] = suggestion or {}
        super().__init__(row, column, reason)


@frozen(kw_only=True)
class TimeEntry:
    """One row of an export: who worked how long on what.

    Either `start` and `end` are there, as UTC instants, or `day`. `duration` is what the tracker states; it need not be
    end − start. `rate` is per hour, and `amount` is what the tracker says that the work costs, both in `currency` where
    the file names one. `source` is the name of the row, the same in every export that holds it; `identified` says that
    it is made of the tracker's own id, so that it stays the same whatever else of the row is changed. `ambiguous` says
    that the clock showed its start or end twice and that the duration does not tell which is meant; the earlier instant
    is taken then. `invoiced` is whether the tracker has invoiced it. The duration may be off by the `rounding` of the
    file. None stands for what the file does not say.
    """

    row: int
    person: str
    email: str | None = None
    client: str | None = None
    project: str | None = None
    note: str = ""
    billable: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    duration: timedelta
    rate: Decimal | None = None
    amount: Decimal | None = None
    currency: str | None = None
    tags: tuple[str, ...] = ()
    source: str | None = None
    identified: bool = False
    ambiguous: bool = False
    invoiced: bool | None = None
    rounding: timedelta = timedelta(seconds=1)

    @property
    def elapsed(self) -> timedelta | None:
        """The time from start to end; None where the file has only a day."""
        return None if self.start is None or self.end is None else self.end - self.start

    @property
    def is_doubtful(self) -> bool:
        """Whether the duration is further off what passed from start to end than its rounding explains."""
        elapsed = self.elapsed
        return elapsed is not None and elapsed != self.duration and abs(elapsed - self.duration) > self.rounding

    def starts(self, zone: str) -> datetime:
        """When it starts; work of which only the day is known starts with that day in the zone."""
        if self.start is not None:
            return self.start
        assert self.day is not None  # one of the two is there
        return first_instant(self.day, zone)

    def ends(self, zone: str) -> datetime:
        """When it ends, by the file or by its duration."""
        return self.end if self.end is not None else self.starts(zone) + self.duration


unchecked_time_entry: Final = unchecked(TimeEntry)


@frozen(kw_only=True)
class Timesheet:
    """A whole export, in the order of its rows. `currency` is the one that the file names, None where it names none
    or several."""

    format: str
    entries: tuple[TimeEntry, ...]
    currency: str | None
