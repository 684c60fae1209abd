"""How do the books become tables that a spreadsheet opens safely?"""

from invoicecore.exchange.tables.cells import guarded, unguarded
from invoicecore.exchange.tables.writing import Table, write_table, write_tables

__all__ = ["Table", "guarded", "unguarded", "write_table", "write_tables"]
