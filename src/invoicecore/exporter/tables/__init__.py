"""Tables of the books as CSV, safe for spreadsheets."""

from invoicecore.exporter.tables.cells import escape_formula, unescape_formula
from invoicecore.exporter.tables.writing import ExportTable, write_table, write_tables

__all__ = ["ExportTable", "escape_formula", "unescape_formula", "write_table", "write_tables"]
