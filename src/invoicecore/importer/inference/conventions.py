"""The ways in which one file writes dates, times and numbers, and the values of its cells.

Trackers write these as their users like them, so a single cell can be ambiguous: 03/04/2024, or 1.250. All cells of a
file are written in one way, so they are read together and must agree.
"""

import re
from collections.abc import Callable, Iterable, Set
from datetime import date, time
from decimal import Decimal
from functools import lru_cache, partial
from typing import Generic, TypeVar

from attrs import define, field, frozen

from invoicecore.importer.files.row import Row, bare
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Shown
from invoicecore.importer.inference.dates import date_of, orders_of, outer_numbers, parted, time_of
from invoicecore.importer.inference.words import plain
from invoicecore.importer.options import DateOrder

R = TypeVar("R")

_NOISE = 15
"""The most digits of a number that a program means; it writes more where its arithmetic is binary."""
_LONGEST, _REMEMBERED = 60, 10_000
_ON_A_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?")
_NO_HALVES = frozenset({False})
_PATTERNS = {
    ".": re.compile(
        r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:[, '’][0-9]{3}){1,4}|(?=\.))(?:\.([0-9]{1,40}))?"
        r"(?:[eE](\+?0{1,2}|-[0-9]{1,2}))?"
    ),
    ",": re.compile(
        r"([0-9]{1,15}|[1-9][0-9]{0,2}(?:[. '’][0-9]{3}){1,4}|(?=,))(?:,([0-9]{1,40}))?"
        r"(?:[eE](\+?0{1,2}|-[0-9]{1,2}))?"
    ),
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
    _seen: set[str] = field(factory=set)

    def leave(self, readings: Set[R]) -> None:
        """Take these readings as the only possible ones."""
        self.possible = readings

    def see(self, row: Row) -> None:
        """Take a row into account. UnreadableFile if it contradicts those before it."""
        for column in self.columns:
            written = row.cells.get(column, "")
            if written in self._seen:
                continue
            if len(self._seen) < _REMEMBERED and len(written) <= _LONGEST:
                self._seen.add(written)
            cell = bare(written)
            readings = self.readings(cell)
            if not readings:
                continue
            left = readings & self.possible
            if not left:
                raise row.refused(column, self.contradiction.format(cell=f"{cell:.60}", proof=self.proof))
            if len(left) < len(self.possible):
                self.possible, self.proof = left, f"{cell} in row {row.number}"
            if len(left) > 1 and self.undecided is None and self.matters(cell):
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
        try:
            found = date_of(cell, self.order)
        except ValueError as impossible:
            raise row.refused(column, f"there is no {cell} in a calendar.") from impossible
        if found is None:
            raise row.refused(column, f"{cell!r:.60} is not a date such as 2016-01-31.")
        return cells.within_years(row, column, found)

    def stamp(self, row: Row, column: str) -> Shown:
        """Date and time together, with an offset from UTC or without."""
        return cells.stamp(row, column, self.order)


@define
class DateAgreement(Agreement[DateOrder]):
    """The order of the numbers in dates. Where the year may stand first or last, it is the one that changes less often
    in the file."""

    firsts: set[str] = field(factory=set)
    lasts: set[str] = field(factory=set)

    def settled(self) -> DateOrder | None:
        """The order."""
        if DateOrder.YEAR_FIRST in self.possible and len(self.possible) > 1:
            if len(self.firsts) > len(self.lasts):
                self.leave(self.possible - {DateOrder.YEAR_FIRST})
            elif len(self.firsts) < len(self.lasts):
                self.leave({DateOrder.YEAR_FIRST})
            else:
                self.question = "names the year first or last, and day or month first"
        return super().settled()


def agreement_on_dates(dates: Iterable[str], stamps: Iterable[str], order: DateOrder | None) -> DateAgreement:
    """The order of day and month in columns of dates, and in columns of dates with times, or the one that was given. A
    number above 12 proves it; dates with dots have the day first wherever they are written."""
    in_stamps = frozenset(stamps)

    def readings(cell: str) -> Set[DateOrder]:
        orders = orders_of(cell)
        if not orders and in_stamps and (apart := parted(cell)) is not None:
            cell, orders = apart[0], orders_of(apart[0])
        if DateOrder.YEAR_FIRST in orders:
            first, last = outer_numbers(cell)
            agreement.firsts.add(first)
            agreement.lasts.add(last)
        return orders

    def matters(cell: str) -> bool:
        written = cell if orders_of(cell) else (parted(cell) or (cell, ""))[0]
        return "." not in written and len({*map(partial(_day_or_none, written), orders_of(written))}) > 1

    agreement = DateAgreement(
        columns=(*dates, *in_stamps),
        readings=readings,
        matters=matters,
        possible=set(DateOrder) if order is None else {order},
        contradiction="{cell} cannot be read in the order of day and month of {proof}.",
        option="date_order",
        question="names day or month first",
    )
    return agreement


def _day_or_none(cell: str, order: DateOrder) -> date | None:
    try:
        return date_of(cell, order)
    except ValueError:
        return None


def time_of_day(row: Row, column: str) -> time:
    """The time of day in a cell; seconds that are not written are zero."""
    cell = row.cell(column)
    try:
        found = time_of(cell)
    except ValueError as impossible:
        raise row.refused(column, f"there is no {cell} on a clock.") from impossible
    if found is None:
        raise row.refused(column, f"{cell!r:.60} is not a time such as 09:05:00.")
    return found[0]


def agreement_on_times(times: Iterable[str], stamps: Iterable[str]) -> Agreement[bool]:
    """Whether the times in columns of times, and in columns of dates with times, have AM or PM."""
    return Agreement(
        columns=(*times, *stamps),
        readings=_halves,
        matters=lambda cell: False,
        possible={True, False},
        contradiction="{cell} and {proof} are not both written with AM or PM, so one of them cannot be told.",
    )


def _halves(cell: str) -> Set[bool]:
    if _ON_A_CLOCK.fullmatch(cell) is not None:
        return _NO_HALVES
    try:
        found = time_of(cell) or time_of((parted(cell) or ("", ""))[1])
    except ValueError:
        return set()
    return set() if found is None else {found[1]}


@frozen
class Numbers:
    """Reads the numbers of one file; `mark` comes before the decimals."""

    mark: str = "."

    def of(self, row: Row, column: str) -> Decimal | None:
        """The number in a cell, exactly; None where the cell is blank."""
        cell = row.cell(column)
        if not cell:
            return None
        found = _number(cell, self.mark)
        if found is None:
            raise row.refused(column, f"{cell!r:.60} is not a number such as 1{self.mark}5.")
        return found

    def of_any(self, row: Row, column: str) -> Decimal | None:
        """The number in a cell that nothing depends on; None where the cell is blank or holds anything else."""
        cell = row.cell(column)
        return _number(cell, self.mark) if cell else None


@lru_cache(maxsize=4096)
def _number(cell: str, mark: str) -> Decimal | None:
    """The number in a cell. One of more than fifteen digits is what a program wrote that reckons in binary, such as
    6.579999999999999, and is rounded to fifteen."""
    match = _PATTERNS[mark].fullmatch(plain(cell)) if len(cell) <= _LONGEST else None
    if match is None:
        return None
    whole, decimals, power = re.sub("[., '’]", "", match[1]), match[2] or "", int(match[3] or 0)
    digits = (whole + decimals).lstrip("0")
    number, exponent = int(digits or 0), power - len(decimals)
    if (more := len(digits) - _NOISE) > 0 and decimals:
        number, exponent = (number + 5 * 10 ** (more - 1)) // 10**more, exponent + more
    while exponent < 0 and number % 10 == 0 and len(digits) > _NOISE and number:
        number, exponent = number // 10, exponent + 1
    return Decimal((0, tuple(map(int, str(number))), exponent))


def agreement_on_numbers(columns: Iterable[str], mark: str | None) -> Agreement[str]:
    """The decimal mark of the numbers in some columns, or the one that was given."""
    return Agreement(
        columns=tuple(columns),
        readings=lambda cell: {mark for mark in _PATTERNS if cell and _number(cell, mark) is not None},
        matters=lambda cell: _number(cell, ".") != _number(cell, ","),
        possible=set(_PATTERNS) if mark is None else {mark},
        contradiction="the decimal mark of {cell} is not that of {proof}.",
        option="decimal_mark",
        question="has decimals or thousands",
    )
