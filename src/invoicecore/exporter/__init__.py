"""Journals for accounting programs, and tables for spreadsheets."""

from invoicecore.exporter.journal.account_names import read_account_names
from invoicecore.exporter.journal.assertion_schedule import AssertionSchedule
from invoicecore.exporter.journal.writing import Dialect, JournalBasis, write_journal
from invoicecore.exporter.tables.cells import escape_formula, unescape_formula
from invoicecore.exporter.tables.writing import ExportTable, write_table, write_tables

__all__ = [
    "AssertionSchedule",
    "Dialect",
    "ExportTable",
    "JournalBasis",
    "escape_formula",
    "read_account_names",
    "unescape_formula",
    "write_journal",
    "write_table",
    "write_tables",
]
