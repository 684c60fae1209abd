"""What is a table made of, and how does a value stand in a cell?

Text is guarded. All else is written plainly: amounts with a point and an ASCII minus, days as 2026-03-02, instants in
UTC, durations in hours, minutes and seconds, yes and no.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.exporter import text_format
from invoicecore.exporter.iter_pages import Progress
from invoicecore.exporter.tables.cells import guarded
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Action

R = TypeVar("R")

Value = str | int | bool | date | datetime | timedelta | Money | Rate | None


@frozen
class Column(Generic[R]):
    """A column by its name, and what stands in it for a row. One of money is left out for those who see none."""

    name: str
    of: Callable[[R], Value]
    is_money: bool = False


@frozen(kw_only=True)
class Layout(Generic[R]):
    """A table: the act that one must be allowed to see it, its columns, and how its rows are had from a desk."""

    action: Action
    columns: tuple[Column[R], ...]
    rows: Callable[[Desk, Progress | None], Iterator[R]]

    def columns_for(self, *, sees_money: bool) -> tuple[Column[R], ...]:
        """The columns that somebody is shown."""
        return tuple(column for column in self.columns if sees_money or not column.is_money)


def cell(value: Value) -> str:
    """What stands in the cell for a value; nothing for None."""
    match value:
        case None:
            return ""
        case str():
            return guarded(value)
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case datetime():
            return text_format.instant(value)
        case date():
            return value.isoformat()
        case timedelta():
            return text_format.duration(value)
        case Money():
            return f"{value.amount:f}"
        case Rate():
            return f"{value.per_hour:f}"
