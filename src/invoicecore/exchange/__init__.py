"""How does what others wrote down come in, and how do the books go out?"""

from invoicecore.desk.importing import Obstacle
from invoicecore.exchange.answers import Answers, DateOrder
from invoicecore.exchange.archive import Archived, ArchiveLimits, ArchiveRefused, restore, write_archive
from invoicecore.exchange.intake.applying import Applied, Interrupted, apply
from invoicecore.exchange.intake.planning import plan, rows
from invoicecore.exchange.intake.plans import (
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
from invoicecore.exchange.intake.stored import dump_plan, load_plan
from invoicecore.exchange.journal import Closing, Dialect, write_journal
from invoicecore.exchange.limits import Limits
from invoicecore.exchange.reading import FORMATS, Reading, opened, read
from invoicecore.exchange.register import Register
from invoicecore.exchange.tables import Table, guarded, unguarded, write_table, write_tables
from invoicecore.exchange.timesheet import OpenQuestion, TimeEntry, Timesheet, UnreadableFile

__all__ = [
    "Answers",
    "Applied",
    "apply",
    "Archived",
    "ArchiveLimits",
    "ArchiveRefused",
    "Closing",
    "Count",
    "DateOrder",
    "Dialect",
    "Doubt",
    "dump_plan",
    "Effect",
    "FieldChange",
    "FORMATS",
    "guarded",
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
    "Register",
    "restore",
    "rows",
    "Table",
    "TimeEntry",
    "Timesheet",
    "unguarded",
    "UnreadableFile",
    "write_archive",
    "write_journal",
    "write_table",
    "write_tables",
]
