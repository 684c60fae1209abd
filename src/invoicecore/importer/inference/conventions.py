"""The ways in which one file writes dates, times and numbers, and the values of its cells.

Trackers write these as their users like them, so a single cell can be ambiguous: 03/04/2024, or 1.250. All cells of a
file are written in one way, so they are read together and must agree.
"""

import re
from collections.abc import Callable, Iterable, Set
from datetime import date, time
from decimal import Decimal
from typing import Generic, TypeVar

from attrs import define, frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.options import DateOrder

R = TypeVar("R")

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOCAL = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_MONTHS = 12
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?(?:[ \u00a0\u202f]?([AaPp])\.?[Mm]\.?)?")
_HALF_DAY = 12
_PATTERNS = {
    ".": re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(?:\.([0-9]{1,12}))?"),
    ",": re.compile(r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4})(?:,([0-9]{1,12}))?"),
}


@define
class Agreement(Generic[R]):
    """Finds the one reading in which the cells of some columns agree.

    `readings` gives the ways in which a cell can be read; none for a cell that proves nothing. `matters` tells whether
    it makes a difference which of several is meant. `possible` are the readings that are left, by the `proof`.
    `contradiction` is the error for a cell that fits none of them. Where several are left at the end and it matters,
    MissingOption asks the `question` and names the `option`.
    """

    columns: tuple[str, ...]
    readings: Callable[[str], Set[R]]
    matters: Callable[[str], bool]
    possible: Set[R]
    contradiction: str
    option: str = ""
    question: str = ""
    proof: str = "the option that was given"
    undecided: tuple[Row, str] | None = None

    def see(self, row: Row) -> None:
        """Take a row into account. UnreadableFile if it contradicts those before it."""
        for column in self.columns:
            cell = row.cell(column)
            readings = self.readings(cell)
            if not readings:
                continue
            if not readings & self.possible:
                raise row.refused(column, self.contradiction.format(cell=f"{cell:.60}", proof=self.proof))
            if readings < self.possible:
                self.possible, self.proof = readings, f"{cell} in row {row.number}"
            elif len(readings) > 1 and self.undecided is None and self.matters(cell):
                self.undecided = row, column

    def settled(self) -> R | None:
        """The reading; None where it makes no difference. MissingOption where it matters and no cell proves it."""
        if len(self.possible) > 1 and self.undecided is not None:
            row, column = self.undecided
            reason = f"nothing in the file tells whether {row.cell(column)} {self.question}; say it with {self.option}."
            raise row.missing(self.option, column, reason)
        return next(iter(self.possible)) if len(self.possible) == 1 else None


@frozen
class Dates:
    """Reads the dates of one file, the day first where no order is known."""

    order: DateOrder | None

    def of(self, row: Row, column: str) -> date:
        """The day in a cell."""
        cell = row.cell(column)
        iso = _ISO.fullmatch(cell)
        local = None if iso is not None else _LOCAL.fullmatch(cell)
        if iso is not None:
            year, month, day = map(int, iso.groups())
        elif local is not None:
            first, second, year = int(local[1]), int(local[3]), int(local[4])
            month, day = (first, second) if self.order is DateOrder.MONTH_FIRST else (second, first)
        else:
            raise row.refused(column, f"{cell!r:.60} is not a date such as 2016-01-31.")
        try:
            found = date(year, month, day)
        except ValueError as impossible:
            raise row.refused(column, f"there is no {cell}: {impossible}.") from impossible
        return cells.within_years(row, column, found)


def agreement_on_dates(columns: Iterable[str], order: DateOrder | None) -> Agreement[DateOrder]:
    """The order of day and month in some columns, or the one that was given. A number above 12 proves it; dates with
    dots have the day first wherever they are written."""
    return Agreement(
        columns=tuple(columns),
        readings=_orders,
        matters=lambda cell: "." not in cell and len(set(re.split("[/-]", cell)[:2])) > 1,
        possible=set(DateOrder) if order is None else {order},
        contradiction="{cell} cannot be read in the order of day and month of {proof}.",
        option="date_order",
        question="names day or month first",
    )


def _orders(cell: str) -> Set[DateOrder]:
    """The orders in which a date can be read; none for what is not a date, or has no month."""
    match = _LOCAL.fullmatch(cell)
    if match is None:
        return set()
    may_be_month = {DateOrder.MONTH_FIRST: match[1], DateOrder.DAY_FIRST: match[3]}
    return {order for order, number in may_be_month.items() if int(number) <= _MONTHS}


def time_of_day(row: Row, column: str) -> time:
    """The time of day in a cell; seconds that are not written are zero."""
    cell = row.cell(column)
    match = _TIME.fullmatch(cell)
    if match is None:
        raise row.refused(column, f"{cell!r:.60} is not a time such as 09:05:00.")
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    half = match[4]
    if half is not None:
        if not 1 <= hour <= _HALF_DAY:
            raise row.refused(column, f"there is no {cell}: hour must be in 1..12.")
        hour = hour % _HALF_DAY + (_HALF_DAY if half in "Pp" else 0)
    try:
        return time(hour, minute, second)
    except ValueError as impossible:
        raise row.refused(column, f"there is no {cell}: {impossible}.") from impossible


def agreement_on_times(columns: Iterable[str]) -> Agreement[bool]:
    """Whether the times in some columns have AM or PM."""
    return Agreement(
        columns=tuple(columns),
        readings=_halves,
        matters=lambda cell: False,
        possible={True, False},
        contradiction="{cell} and {proof} are not both written with AM or PM, so one of them cannot be told.",
    )


def _halves(cell: str) -> Set[bool]:
    match = _TIME.fullmatch(cell)
    return set() if match is None else {match[4] is not None}


@frozen
class Numbers:
    """Reads the numbers of one file; `mark` comes before the decimals."""

    mark: str = "."

    def of(self, row: Row, column: str) -> Decimal | None:
        """The number in a cell, exactly; None where the cell is blank."""
        cell = row.cell(column)
        if not cell:
            return None
        match = _PATTERNS[self.mark].fullmatch(cell)
        if match is None:
            raise row.refused(column, f"{cell!r:.60} is not a number such as 1{self.mark}5.")
        whole, decimals = match.groups()
        return Decimal(f"{re.sub('[.,]', '', whole)}.{decimals or 0}")


def agreement_on_numbers(columns: Iterable[str], mark: str | None) -> Agreement[str]:
    """The decimal mark of the numbers in some columns, or the one that was given."""
    return Agreement(
        columns=tuple(columns),
        readings=lambda cell: {mark for mark, pattern in _PATTERNS.items() if pattern.fullmatch(cell)},
        matters=lambda cell: not cell.isdecimal(),
        possible=set(_PATTERNS) if mark is None else {mark},
        contradiction="the decimal mark of {cell} is not that of {proof}.",
        option="decimal_mark",
        question="has decimals or thousands",
    )
