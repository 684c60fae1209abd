<<<<<<< HEAD
"""How does what others wrote down come in, and how do the books go out?"""

<<<<<<< HEAD
from invoicecore.desk.importing import Obstacle
from invoicecore.exchange.answers import Answers, DateOrder
from invoicecore.exchange.applying import Applied, Interrupted, apply
from invoicecore.exchange.limits import Limits
from invoicecore.exchange.planning import plan, rows
from invoicecore.exchange.plans import (
    Count,
    Doubt,
    Effect,
    FieldChange,
    Options,
    Outcome,
    Plan,
    PlannedClient,
    PlannedFile,
    PlannedMonth,
    PlannedPerson,
    PlannedProject,
    PlannedRow,
)
from invoicecore.exchange.reading import FORMATS, Reading, opened, read
from invoicecore.exchange.stored import dump_plan, load_plan
from invoicecore.exchange.timesheet import OpenQuestion, TimeEntry, Timesheet, UnreadableFile

__all__ = [
    "Answers",
    "Applied",
    "apply",
    "Count",
    "DateOrder",
    "Doubt",
    "dump_plan",
    "Effect",
    "FieldChange",
    "FORMATS",
    "Interrupted",
    "Limits",
    "load_plan",
    "Obstacle",
    "opened",
    "OpenQuestion",
    "Options",
    "Outcome",
    "Plan",
    "plan",
    "PlannedClient",
    "PlannedFile",
    "PlannedMonth",
    "PlannedPerson",
    "PlannedProject",
    "PlannedRow",
    "read",
    "Reading",
    "rows",
    "TimeEntry",
    "Timesheet",
    "UnreadableFile",
=======
from invoicecore.exchange.journal import Closing, Dialect, write_journal
=======
"""What did a time tracker write down, and how does it come in? How does the whole account go out, and in again?"""

from invoicecore.exchange.archive import Archived, ArchiveLimits, ArchiveRefused, restore, write_archive
>>>>>>> w7arc
from invoicecore.exchange.reading import FORMATS, read
from invoicecore.exchange.tables import Table, guarded, unguarded, write_table, write_tables
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile

__all__ = [
<<<<<<< HEAD
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
>>>>>>> w7jrn
=======
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
>>>>>>> w7arc
]
