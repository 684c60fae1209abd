"""The detailed report of Toggl.

It has local times without a zone, a stated duration, no rates, and a column with the currency in its name: Amount
(USD). Toggl Track has other names for some columns, a dash for an empty cell, and lists running entries.
"""

from attrs import evolve

from invoicecore.importer.trackers.report import ReportColumns

_WORKED = ("Start date", "Start time", "Project", "Description", "Duration")

_FIRST = ReportColumns(
    email="Email",
    note=("Task", "Description"),
    billable="Billable",
    tags="Tags",
    day="Start date",
    start_time="Start time",
    end_day="End date",
    end_time="End time",
    duration="Duration",
    seconds_may_lack=False,
    amount="Amount",
    with_currency=("Amount",),
)
_DASH = frozenset({"-"})
_TRACK = evolve(
    _FIRST,
    person=(("Member",),),
    end_day="Stop date",
    end_time="Stop time",
    blank=_DASH,
    blank_note=_DASH,
    running=_DASH | {""},
)

LAYOUTS = (
    _FIRST.layout("User", "Start date", "Start time", required=("User", *_WORKED, "End date", "End time", "Billable")),
    _TRACK.layout("Member", "Start date", "Start time", required=("Member", *_WORKED, "Stop date", "Stop time")),
)
"""Toggl's detailed report as CSV, of the first years and of Toggl Track."""
