"""What did a time tracker write down, and how does it come in? How does the whole account go out, and in again?"""

from invoicecore.exchange.archive import Archived, ArchiveLimits, ArchiveRefused, restore, write_archive
from invoicecore.exchange.reading import FORMATS, read
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile

__all__ = [
    "FORMATS",
    "Archived",
    "ArchiveLimits",
    "ArchiveRefused",
    "TimeEntry",
    "Timesheet",
    "UnreadableFile",
    "read",
    "restore",
    "write_archive",
]
