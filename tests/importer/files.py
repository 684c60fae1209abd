"""Small exports of the shapes that trackers write, made row by row."""

import csv
import io
import json
from typing import Any

TOGGL = (
    "User",
    "Email",
    "Client",
    "Project",
    "Task",
    "Description",
    "Billable",
    "Start date",
    "Start time",
    "End date",
    "End time",
    "Duration",
    "Tags",
    "Amount (USD)",
)
HARVEST = (
    "Date",
    "Client",
    "Project",
    "Project Code",
    "Task",
    "Notes",
    "Hours",
    "Billable?",
    "Invoiced?",
    "First Name",
    "Last Name",
    "Billable Rate",
    "Billable Amount",
    "Cost Rate",
    "Cost Amount",
    "Currency",
)
_TOGGL_ROW = {
    "User": "Ann",
    "Email": "ann@northwind.example",
    "Client": "Acme",
    "Project": "Website",
    "Description": "Some work",
    "Billable": "Yes",
    "Start date": "2026-03-02",
    "Start time": "09:00:00",
    "End date": "2026-03-02",
    "End time": "10:30:00",
    "Duration": "01:30:00",
    "Amount (USD)": "0.00",
}
_HARVEST_ROW = {
    "Date": "2026-03-02",
    "Client": "Acme",
    "Project": "Website",
    "Notes": "Some work",
    "Hours": "1.33",
    "Billable?": "Yes",
    "Invoiced?": "No",
    "First Name": "Ann",
    "Last Name": "Lee",
    "Billable Rate": "48.0",
    "Billable Amount": "63.84",
    "Cost Rate": "0.0",
    "Cost Amount": "0.0",
    "Currency": "United States Dollar - USD",
}

TRACK = (
    "Description",
    "Billable",
    "Duration",
    "Member",
    "Email",
    "Project",
    "Tags",
    "Start date",
    "Start time",
    "Stop date",
    "Stop time",
)
CLOCKIFY = (
    "Project",
    "Client",
    "Description",
    "Task",
    "User",
    "Group",
    "Email",
    "Tags",
    "Type",
    "Billable",
    "Invoiced",
    "Invoice ID",
    "Start Date",
    "Start Time",
    "End Date",
    "End Time",
    "Duration (h)",
    "Duration (decimal)",
    "Billable Rate (EUR)",
    "Billable Amount (EUR)",
    "Date of creation",
)
SUMMARY = ("Date", "Project", "Client", "Description", "Time (h)", "Time (decimal)")
KIMAI = (
    "Date",
    "Begin",
    "End",
    "Duration",
    "Currency",
    "Price",
    "Internal price",
    "Hourly price",
    "Fixed price",
    "Name",
    "User",
    "Email",
    "Customer",
    "Project",
    "Activity",
    "Description",
    "Exported",
    "Billable",
    "Tags",
)
SOLIDTIME = (
    "id",
    "description",
    "start",
    "end",
    "billable_rate",
    "billable",
    "member_id",
    "user_id",
    "organization_id",
    "client_id",
    "project_id",
    "task_id",
    "tags",
    "is_imported",
    "created_at",
    "updated_at",
)
GENERIC = (
    "description",
    "billable",
    "client",
    "project",
    "tags",
    "start",
    "end",
    "task",
    "user_name",
    "user_email",
)
_TRACK_ROW = {
    "Description": "Some work",
    "Billable": "Yes",
    "Duration": "01:30:00",
    "Member": "Ann",
    "Email": "ann@northwind.example",
    "Project": "Website",
    "Tags": "-",
    "Start date": "2026-03-02",
    "Start time": "09:00:00",
    "Stop date": "2026-03-02",
    "Stop time": "10:30:00",
}
_CLOCKIFY_ROW = {
    "Project": "Website",
    "Client": "Acme",
    "Description": "Some work",
    "User": "Ann",
    "Group": "Group1, Group2",
    "Email": "ann@northwind.example",
    "Type": "Regular",
    "Billable": "Yes",
    "Invoiced": "No",
    "Start Date": "03/20/2026",
    "Start Time": "09:00:00 AM",
    "End Date": "03/20/2026",
    "End Time": "10:30:00 AM",
    "Duration (h)": "01:30:00",
    "Duration (decimal)": "1.50",
    "Billable Rate (EUR)": "50.00",
    "Billable Amount (EUR)": "75.00",
    "Date of creation": "03/20/2026",
}
_SUMMARY_ROW = {
    "Date": "2026-03-02",
    "Project": "Website",
    "Client": "Acme",
    "Description": "Some work",
    "Time (h)": "00:38:20",
    "Time (decimal)": "0.6389",
}
_KIMAI_ROW = {
    "Date": "2026-03-02",
    "Begin": "09:00",
    "End": "10:20",
    "Duration": "1.33",
    "Currency": "EUR",
    "Price": "66.67",
    "Internal price": "66.67",
    "Hourly price": "50",
    "Fixed price": "",
    "Name": "Ann",
    "User": "ann",
    "Email": "ann@northwind.example",
    "Customer": "Acme",
    "Project": "Website",
    "Activity": "Design",
    "Description": "Some work",
    "Exported": "",
    "Billable": "1",
    "Tags": "deep, night shift",
}
_SOLIDTIME_ROW = {
    "id": "11111111-0000-4000-8000-000000000001",
    "description": "Some work",
    "start": "2026-03-02T09:00:00Z",
    "end": "2026-03-02T10:30:00Z",
    "billable": "true",
    "member_id": "22222222-0000-4000-8000-000000000001",
    "client_id": "33333333-0000-4000-8000-000000000001",
    "project_id": "44444444-0000-4000-8000-000000000001",
    "tags": "[]",
}
_GENERIC_ROW = {
    "description": "Some work",
    "billable": "true",
    "client": "Acme",
    "project": "Website",
    "start": "2026-03-02T09:00:00Z",
    "end": "2026-03-02T10:30:00Z",
    "user_name": "Ann",
    "user_email": "ann@northwind.example",
}
_TIMESHEET: dict[str, Any] = {
    "id": 17,
    "begin": "2026-03-02T09:00:00+0100",
    "end": "2026-03-02T10:30:00+0100",
    "duration": 5400,
    "user": {"id": 3, "username": "ann", "alias": "Ann"},
    "activity": {"id": 5, "name": "Design", "project": None},
    "project": {"id": 7, "name": "Website", "customer": {"id": 9, "name": "Acme", "currency": "EUR"}},
    "description": "Some work",
    "rate": 75.0,
    "hourlyRate": 50.0,
    "fixedRate": None,
    "exported": False,
    "billable": True,
    "tags": ["deep", "night shift"],
}

Cells = dict[str, str]


def toggl(*rows: Cells, header: tuple[str, ...] = TOGGL) -> bytes:
    """A detailed report of Toggl; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_TOGGL_ROW, **row} for row in rows])


def harvest(*rows: Cells, header: tuple[str, ...] = HARVEST) -> bytes:
    """A detailed time report of Harvest; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_HARVEST_ROW, **row} for row in rows])


def track(*rows: Cells, header: tuple[str, ...] = TRACK) -> bytes:
    """A detailed report of Toggl Track; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_TRACK_ROW, **row} for row in rows])


def clockify(*rows: Cells, header: tuple[str, ...] = CLOCKIFY) -> bytes:
    """A detailed report of Clockify, on twelve hours and month first; each row says in which cells it differs."""
    return written(header, [{**_CLOCKIFY_ROW, **row} for row in rows])


def summary(*rows: Cells, header: tuple[str, ...] = SUMMARY) -> bytes:
    """A summary report of Clockify; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_SUMMARY_ROW, **row} for row in rows])


def kimai(*rows: Cells, header: tuple[str, ...] = KIMAI) -> bytes:
    """An export of Kimai in English; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_KIMAI_ROW, **row} for row in rows])


def solidtime(*rows: Cells, header: tuple[str, ...] = SOLIDTIME) -> bytes:
    """Time entries of solidtime; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_SOLIDTIME_ROW, **row} for row in rows])


def generic(*rows: Cells, header: tuple[str, ...] = GENERIC) -> bytes:
    """A table of its own; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_GENERIC_ROW, **row} for row in rows])


def timesheets(*elements: dict[str, Any]) -> bytes:
    """Timesheets of Kimai as its interface returns them; each says in what it differs from an ordinary one."""
    return json.dumps([{**_TIMESHEET, **element} for element in elements]).encode()


def written(header: tuple[str, ...], rows: list[Cells]) -> bytes:
    """A CSV file of these columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([row.get(column, "") for column in header] for row in rows)
    return text.getvalue().encode()


def without(header: tuple[str, ...], *columns: str) -> tuple[str, ...]:
    """A header that lacks some columns."""
    return tuple(column for column in header if column not in columns)
