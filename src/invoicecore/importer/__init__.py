"""Time-tracker exports come in: read, planned, and applied."""

from invoicecore.desk.work_import import Obstacle
from invoicecore.importer.applying import Applied, Interrupted, apply
from invoicecore.importer.directory_index import Register
from invoicecore.importer.limits import Limits
from invoicecore.importer.options import Answers, DateOrder
from invoicecore.importer.planning import plan, rows
from invoicecore.importer.plans import (
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
from invoicecore.importer.reading import FORMATS, Reading, opened, read
from invoicecore.importer.stored_plan import dump_plan, load_plan
from invoicecore.importer.timesheet import OpenQuestion, TimeEntry, Timesheet, UnreadableFile

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
    "Register",
    "rows",
    "TimeEntry",
    "Timesheet",
    "UnreadableFile",
]
