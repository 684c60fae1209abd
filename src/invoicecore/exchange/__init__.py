"""How does what others wrote down come in, and how do the books go out?"""

from invoicecore.exchange.journal import Closing, Dialect, write_journal
from invoicecore.exchange.reading import FORMATS, read
from invoicecore.exchange.tables import Table, guarded, unguarded, write_table, write_tables
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile

__all__ = [
    "Closing",
    "Dialect",
    "FORMATS",
    "Table",
    "TimeEntry",
    "Timesheet",
    "UnreadableFile",
    "guarded",
    "read",
    "unguarded",
    "write_journal",
    "write_table",
    "write_tables",
]
