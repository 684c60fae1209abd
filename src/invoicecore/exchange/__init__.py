"""What did a time tracker write down, and how does it come in?"""

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
]
