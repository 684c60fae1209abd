"""Journals for accounting programs, and tables for spreadsheets."""

from invoicecore.exporter.journal import AssertionSchedule, Dialect, write_journal
from invoicecore.exporter.tables import ExportTable, escape_formula, unescape_formula, write_table, write_tables

__all__ = [
    "AssertionSchedule",
    "Dialect",
    "ExportTable",
    "escape_formula",
    "unescape_formula",
    "write_journal",
    "write_table",
    "write_tables",
]
