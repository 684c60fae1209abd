"""How do the books become tables that a spreadsheet opens safely?"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_never

from invoicecore.desk import Desk
from invoicecore.exporter.atomic_write import Target, writing
from invoicecore.exporter.iter_pages import Progress
from invoicecore.exporter.tables.columns import Layout, cell
from invoicecore.exporter.tables.money import PAYMENTS, TRANSACTIONS
from invoicecore.exporter.tables.paper import INVOICES, LINES
from invoicecore.exporter.tables.work import SESSIONS
from invoicecore.model.permissions import SEES_MONEY, may, permit
from invoicecore.values import inputs
from invoicecore.vocabulary import DocumentedEnum


class Table(DocumentedEnum):
    """A table of the books; its value is the name of its file, without .csv."""

    SESSIONS = "sessions", "Work, by its start."
    TRANSACTIONS = "transactions", "What moved the balance of each client, as it was booked."
    INVOICES = "invoices", "Invoices, as they were made."
    LINES = "invoice-lines", "What stands on each invoice, line by line."
    PAYMENTS = "payments", "Money that came in, as it was recorded."

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(column.name for column in _layout(self).columns)


def write_table(desk: Desk, target: Target, table: Table, *, progress: Progress | None = None) -> int:
    """Write a table as CSV, as much of it as one may see, and give the number of its rows.

    Text stands in it as `guarded`, so that no cell begins a formula; `unguarded` reads it back. `target` is a path,
    whose file is replaced when all is written, in UTF-8 with a byte-order mark, or an open stream of text, made with
    `newline=""`. Columns of money are left out for those who see none, and NotPermitted is raised for tables of it.
    `progress` is told now and then how many rows were added. OSError if the file cannot be written.
    """
    layout = _layout(inputs.instance("table", table, Table))
    role = desk.people.me().role
    permit(role, layout.action)
    columns = layout.columns_for(sees_money=role in SEES_MONEY)
    count = 0
    with writing(target, encoding="utf-8-sig") as stream:
        lines = csv.writer(stream)
        lines.writerow([column.name for column in columns])
        for row in layout.rows(desk, progress):
            lines.writerow([cell(column.of(row)) for column in columns])
            count += 1
    return count


def write_tables(desk: Desk, folder: str | Path, *, progress: Progress | None = None) -> Mapping[Table, int]:
    """Write every table that one may see into a folder, which is made if it is not there, and give the number of rows
    of each. A file of the same name is replaced."""
    place, role = Path(folder), desk.people.me().role
    place.mkdir(parents=True, exist_ok=True)
    return {
        table: write_table(desk, place / f"{table}.csv", table, progress=progress)
        for table in Table
        if may(role, _layout(table).action)
    }


def _layout(table: Table) -> Layout[Any]:
    match table:
        case Table.SESSIONS:
            return SESSIONS
        case Table.TRANSACTIONS:
            return TRANSACTIONS
        case Table.INVOICES:
            return INVOICES
        case Table.LINES:
            return LINES
        case Table.PAYMENTS:
            return PAYMENTS
        case _:
            assert_never(table)
