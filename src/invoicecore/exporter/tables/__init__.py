"""Tables of the books as CSV, which spreadsheets open safely."""

from invoicecore.exporter.tables.cells import escape_formula, unescape_formula
from invoicecore.exporter.tables.writing import ExportTable, write_table, write_tables

__all__ = ["ExportTable", "escape_formula", "unescape_formula", "write_table", "write_tables"]
