"""The dates, times, numbers and currency of one file, inferred from all of its rows.

If neither the rows nor an option decide, MissingOption is raised.
"""

import re
from datetime import date, datetime, time, timedelta

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput
from invoicecore.importer.files.row import FileRows, Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import LocalClock, Shown
from invoicecore.importer.inference.conventions import (
    Dates,
    Numbers,
    agreement_on_dates,
    agreement_on_numbers,
    agreement_on_times,
    time_of_day,
)
from invoicecore.importer.options import DurationRule, ImportOptions
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values.calendar import first_instant

_END_OF_DAY = re.compile(r"24[:.h]00(?:[:.]00)?")
_IN_SECONDS = re.compile(r"[0-9]+:[0-9]{2}:[0-9]{2}|")


@frozen
class Inference:
    """How to read the dates, times, numbers and local times of one file, the one currency that its rows name, whether
    some of them state a duration that is not in seconds, and whether some say that they are billable and none that it
    is not."""

    dates: Dates
    numbers: Numbers
    clock: LocalClock
    currency: str | None
    rounded: bool = False
    ticked: bool = False

    def by_rule(self, rule: DurationRule, *, rounded: bool = False) -> "Inference":
        """The same, where a rule says which duration counts: of all rows, or of those that state a rounded one."""
        return evolve(self, clock=evolve(self.clock, rule=rule, rounded=rounded))

    def shown(self, row: Row, date_column: str, time_column: str, *, is_end: bool = False) -> Shown:
        """What calendar and clock showed, by a date and a time. A day ends at 24:00, which is 0:00 of the next."""
        if is_end and _END_OF_DAY.fullmatch(row.cell(time_column)) is not None:
            return Shown(datetime.combine(self.dates.of(row, date_column) + timedelta(days=1), time()), time_column)
        moment = datetime.combine(self.dates.of(row, date_column), time_of_day(row, time_column))
        return Shown(moment, time_column)

    def day(self, row: Row, column: str) -> date:
        """A day, which the calendar of the zone must have, where the zone is known."""
        day = self.dates.of(row, column)
        try:
            if self.clock.zone is not None:
                first_instant(day, self.clock.zone)
        except InvalidInput as refused:
            raise row.refused(column, str(refused)) from refused
        return day


@frozen(kw_only=True)
class Columns:
    """The columns that hold something of which the whole file must be asked. `stamps` hold date and time together,
    `local` what is a local time in any case, `lengths` how long it took from a start to an end."""

    dates: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    currency: str | None = None
    billable: str | None = None


def infer(table: FileRows, options: ImportOptions, columns: Columns) -> Inference:
    """What the rows say. UnreadableFile if they contradict each other or the options; MissingOption where nothing
    tells."""
    dates = agreement_on_dates(columns.dates, columns.stamps, options.date_order)
    numbers = agreement_on_numbers(columns.numbers, options.decimal_mark)
    times = agreement_on_times(columns.times, columns.stamps)
    sees = [agreement.see for agreement in (dates, numbers, times) if agreement.columns]
    currencies: set[str] = set()
    rounded, says = False, set[bool | None]()
    for row in table:
        if isinstance(row, UnreadableFile):
            continue
        for see in sees:
            see(row)
        if not rounded:
            for column in columns.lengths:
                rounded = rounded or _IN_SECONDS.fullmatch(row.cell(column)) is None
        if columns.billable is not None:
            says.add(cells.truth(row.cell(columns.billable)))
        if options.timezone is None:
            _ask_zone(row, columns)
        if columns.currency is not None and len(currencies) < 2:
            currencies |= _currency(row, columns.currency)
    sole = currencies.pop() if len(currencies) == 1 else None
    numbers_as, clock = Numbers(numbers.settled() or "."), LocalClock(options.timezone)
    return Inference(Dates(dates.settled()), numbers_as, clock, sole, rounded, True in says and False not in says)


def _ask_zone(row: Row, columns: Columns) -> None:
    """MissingOption if the row has a local time."""
    for column in (*columns.local, *columns.stamps):
        cell = row.cell(column)
        if cells.is_local(cell) if column in columns.stamps else cell:
            reason = f"{cell!r:.60} is a local time, and nothing in the file tells of which zone; say it with timezone."
            raise row.missing("timezone", column, reason)


def _currency(row: Row, column: str) -> set[str]:
    try:
        found = cells.currency(row, column)
    except UnreadableFile:  # the row is refused when it is read
        return set()
    return set() if found is None else {found}
