"""The detailed time report of Harvest.

It has a date and decimal hours, no times of day, a rate and a currency in every row, and numbers and dates in the
format of the account.
"""

from invoicecore.importer.files.row import Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Shown, Stated
from invoicecore.importer.inference.infer import Inference
from invoicecore.importer.trackers.report import ReportColumns

_OTHER_NUMBERS = ("Billable Amount", "Cost Rate", "Cost Amount")


def _stated(row: Row, inferred: Inference, shown: tuple[Shown, ...]) -> Stated:
    """The hours. Text in another column of numbers refuses the row, because its cells are then not what they seem."""
    for column in _OTHER_NUMBERS:
        inferred.numbers.of(row, column)
    return cells.counted(row, "Hours", inferred.numbers.of(row, "Hours"), 3600)


_DETAILED = ReportColumns(
    person=(("First Name", "Last Name"),),
    note=("Task", "Notes"),
    billable="Billable?",
    invoiced="Invoiced?",
    day="Date",
    hours="Hours",
    stated=_stated,
    rate="Billable Rate",
    amount="Billable Amount",
    currency="Currency",
    other_numbers=_OTHER_NUMBERS,
)

LAYOUTS = (
    _DETAILED.layout(
        "Date",
        "Hours",
        "First Name",
        required=("Date", "Client", "Project", "Notes", "Hours", "Billable?", "First Name", "Last Name"),
    ),
)
"""Harvest's detailed time report as CSV."""
