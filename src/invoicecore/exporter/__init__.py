"""The books go out: journals for accounting programs, and tables for spreadsheets."""

from invoicecore.exporter.journal import AssertionSchedule, Dialect, write_journal
from invoicecore.exporter.tables import Table, guarded, unguarded, write_table, write_tables

__all__ = [
    "AssertionSchedule",
    "Dialect",
    "Table",
    "guarded",
    "unguarded",
    "write_journal",
    "write_table",
    "write_tables",
]
