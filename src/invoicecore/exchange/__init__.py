"""What did a time tracker write down, and how does it come in?"""

from invoicecore.exchange.answers import Answers, DateOrder
from invoicecore.exchange.limits import Limits
from invoicecore.exchange.reading import FORMATS, Reading, opened, read
from invoicecore.exchange.timesheet import OpenQuestion, TimeEntry, Timesheet, UnreadableFile

__all__ = [
    "Answers",
    "DateOrder",
    "FORMATS",
    "Limits",
    "opened",
    "OpenQuestion",
    "read",
    "Reading",
    "TimeEntry",
    "Timesheet",
    "UnreadableFile",
]
