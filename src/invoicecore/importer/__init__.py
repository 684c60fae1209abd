"""The import of time-tracker exports: reading, planning and applying."""

from invoicecore.importer.applying import ImportResult, Interrupted, apply
from invoicecore.importer.directory_index import DirectoryIndex
from invoicecore.importer.options import DateOrder, DurationRule, ImportOptions, Limits, SimilarRule
from invoicecore.importer.planning import plan, rows
from invoicecore.importer.plans import (
    BalanceEffect,
    Count,
    FieldChange,
    ImportWarning,
    Outcome,
    Plan,
    PlannedClient,
    PlannedFile,
    PlannedMonth,
    PlannedPerson,
    PlannedProject,
    PlannedRow,
    PlanOptions,
    StatedAmounts,
    dump_plan,
    load_plan,
)
from invoicecore.importer.reading import FORMATS, Entries, Reading, open_export, read
from invoicecore.importer.timesheet import MissingOption, TimeEntry, Timesheet, UnreadableFile
from invoicecore.model.import_row import UpdateBlocker

__all__ = [
    "FORMATS",
    "Entries",
    "BalanceEffect",
    "Count",
    "DateOrder",
    "DirectoryIndex",
    "DurationRule",
    "FieldChange",
    "ImportOptions",
    "ImportResult",
    "ImportWarning",
    "Interrupted",
    "Limits",
    "MissingOption",
    "PlanOptions",
    "Outcome",
    "Plan",
    "PlannedClient",
    "PlannedFile",
    "PlannedMonth",
    "PlannedPerson",
    "PlannedProject",
    "PlannedRow",
    "Reading",
    "SimilarRule",
    "StatedAmounts",
    "TimeEntry",
    "Timesheet",
    "UnreadableFile",
    "UpdateBlocker",
    "apply",
    "dump_plan",
    "load_plan",
    "open_export",
    "plan",
    "read",
    "rows",
]
