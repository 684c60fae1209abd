"""What did a time tracker write down, and how does it come in?"""

from invoicecore.exchange.reading import FORMATS, read
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile

__all__ = ["FORMATS", "TimeEntry", "Timesheet", "UnreadableFile", "read"]
