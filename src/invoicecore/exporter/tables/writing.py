"""The writing of tables of the books as CSV."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from invoicecore.desk import Desk
from invoicecore.exporter.atomic_write import Target, text_writer
from invoicecore.exporter.iter_pages import Progress
from invoicecore.exporter.tables.cells import cell
from invoicecore.exporter.tables.definitions import (
    AGING,
    AUDIT,
    CHARGES,
    INVOICES,
    LINES,
    OPEN_ITEMS,
    PAYMENTS,
    SESSIONS,
    STATEMENTS,
    TRANSACTIONS,
    UNBILLED,
    TableDefinition,
)
from invoicecore.model.permissions import SEES_MONEY, may, permit
from invoicecore.values import inputs
from invoicecore.vocabulary import DocumentedEnum


class ExportTable(DocumentedEnum):
    """A table of the books. Its value is the name of its file, without .csv."""

    SESSIONS = "sessions", "Work sessions, by start."
    TRANSACTIONS = "transactions", "What moved the balance of each client, in the order of booking."
    INVOICES = "invoices", "Invoices, in the order of creation."
    LINES = "invoice-lines", "The lines of each invoice."
    PAYMENTS = "payments", "Money that came in, in the order of recording."
    STATEMENTS = "statements", "Statements of account: invoices, payments and the balance due after each."
    OPEN_ITEMS = "open-items", "Invoices with something left to pay, and how late they are."
    AGING = "aging", "What each client owes, by how late it is."
    UNBILLED = "unbilled", "The work and the charges that are on no invoice, project by project."
    CHARGES = "charges", "Expenses, fees and discounts, by day."
    AUDIT = "audit", "Who changed what, when and why, in the order of the commits; for Managers."

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in order, but for those that it has in a firm with taxes alone."""
        return tuple(column.name for column in _DEFINITIONS[self].columns if not column.is_tax)


_DEFINITIONS: Mapping[ExportTable, TableDefinition[Any]] = {
    ExportTable.SESSIONS: SESSIONS,
    ExportTable.TRANSACTIONS: TRANSACTIONS,
    ExportTable.INVOICES: INVOICES,
    ExportTable.LINES: LINES,
    ExportTable.PAYMENTS: PAYMENTS,
    ExportTable.STATEMENTS: STATEMENTS,
    ExportTable.OPEN_ITEMS: OPEN_ITEMS,
    ExportTable.AGING: AGING,
    ExportTable.UNBILLED: UNBILLED,
    ExportTable.CHARGES: CHARGES,
    ExportTable.AUDIT: AUDIT,
}


def write_table(desk: Desk, target: Target, table: ExportTable, *, progress: Progress | None = None) -> int:
    """Write what the viewer may see of a table as CSV, and return the number of rows.

    Text goes through `escape_formula`, so that no cell begins a formula; `unescape_formula` restores it. `target` is a
    path, whose file is replaced when all is written, in UTF-8 with a byte-order mark, or an open text stream, made with
    `newline=""`. `progress` is called now and then with the number of rows added. For those who may not see money,
    columns of money are left out, and tables of money raise NotPermitted. In a firm with taxes, invoices have net and
    tax as well, and lines a tax code and its percentage. OSError if the file cannot be written.
    """
    definition = _DEFINITIONS[inputs.instance("table", table, ExportTable)]
    role = desk.people.me().role
    permit(role, definition.action)
    columns = [column for column in definition.columns if role in SEES_MONEY or not column.is_money]
    if any(column.is_tax for column in columns) and not desk.firm.profile().has_taxes:
        columns = [column for column in columns if not column.is_tax]
    count = 0
    with text_writer(target, encoding="utf-8-sig") as stream:
        lines = csv.writer(stream)
        lines.writerow([column.name for column in columns])
        for row in definition.rows(desk, progress):
            lines.writerow([cell(column.of(row)) for column in columns])
            count += 1
    return count


def write_tables(desk: Desk, folder: str | Path, *, progress: Progress | None = None) -> Mapping[ExportTable, int]:
    """Write every table that the viewer may see into a folder, and return the number of rows of each. The folder is
    made if needed; files of the same names are replaced."""
    place, role = Path(folder), desk.people.me().role
    place.mkdir(parents=True, exist_ok=True)
    return {
        table: write_table(desk, place / f"{table}.csv", table, progress=progress)
        for table in ExportTable
        if may(role, _DEFINITIONS[table].action)
    }
