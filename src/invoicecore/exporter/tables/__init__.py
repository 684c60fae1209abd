"""How do the books become tables that a spreadsheet opens safely?"""

from invoicecore.exporter.tables.cells import guarded, unguarded
from invoicecore.exporter.tables.writing import Table, write_table, write_tables

__all__ = ["Table", "guarded", "unguarded", "write_table", "write_tables"]
