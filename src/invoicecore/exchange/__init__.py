"""What did a time tracker write down, and how does it come in?"""

from invoicecore.desk.importing import Obstacle
from invoicecore.exchange.answers import Answers, DateOrder
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
from invoicecore.exchange.reading import FORMATS, Reading, opened, read
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
    "load_plan",
    "Obstacle",
    "opened",
    "OpenQuestion",
    "Options",
    "Outcome",
    "plan",
    "Plan",
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
