"""The definition of a table, and the text of a value in a cell.

Text goes through `escape_formula`. Amounts have a point and an ASCII minus, days are written as 2026-03-02, instants in
UTC, durations in hours, minutes and seconds, booleans as yes and no.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.exporter import text_format
from invoicecore.exporter.iter_pages import Progress
from invoicecore.exporter.tables.cells import escape_formula
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Action

R = TypeVar("R")

Value = str | int | bool | date | datetime | timedelta | Money | Rate | None


@frozen
class TableColumn(Generic[R]):
    """A column: its name and its value for a row. Columns of money are left out for those who may not see money."""

    name: str
    of: Callable[[R], Value]
    is_money: bool = False


@frozen(kw_only=True)
class TableDefinition(Generic[R]):
    """A table: the action that it takes to read it, its columns, and a function that reads its rows from a desk."""

    action: Action
    columns: tuple[TableColumn[R], ...]
    rows: Callable[[Desk, Progress | None], Iterator[R]]

    def columns_for(self, *, sees_money: bool) -> tuple[TableColumn[R], ...]:
        """The columns for somebody who may, or may not, see money."""
        return tuple(column for column in self.columns if sees_money or not column.is_money)


def cell(value: Value) -> str:
    """The text of a value; None is blank."""
    match value:
        case None:
            return ""
        case str():
            return escape_formula(value)
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
