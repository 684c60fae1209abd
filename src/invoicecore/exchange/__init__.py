"""How does what others wrote down come in, and how do the books go out?"""

from invoicecore.exchange.journal import Closing, Dialect, write_journal
from invoicecore.exchange.reading import FORMATS, read
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile

__all__ = ["Closing", "Dialect", "FORMATS", "TimeEntry", "Timesheet", "UnreadableFile", "read", "write_journal"]
