"""The order of day and month in one file, and its dates.

A date with a number above 12 decides the order for the whole file. If there is none, dates with dots have the day
first; for others an option is required.
"""

import re
from collections.abc import Iterable, Set
from datetime import date

from attrs import frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.inference.agreement import Agreement
from invoicecore.importer.options import DateOrder

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LOCAL = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_MONTHS = 12


@frozen
class Dates:
    """Reads the dates of one file, the day first where nothing says otherwise."""

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
        if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
            raise row.refused(column, f"{cell} lies outside the years {_FIRST_YEAR} to {_LAST_YEAR}.")
        return found


def agreement_on_dates(columns: Iterable[str], order: DateOrder | None) -> Agreement[DateOrder]:
    """What the dates in some columns say about their order, or what was given."""
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
    """The orders in which a date can be read; none of what is no date, or has no month."""
    match = _LOCAL.fullmatch(cell)
    if match is None:
        return set()
    may_be_month = {DateOrder.MONTH_FIRST: match[1], DateOrder.DAY_FIRST: match[3]}
    return {order for order, number in may_be_month.items() if int(number) <= _MONTHS}
