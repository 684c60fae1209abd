"""Small exports of the shapes that trackers write, made row by row."""

import csv
import io

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

Cells = dict[str, str]


def toggl(*rows: Cells, header: tuple[str, ...] = TOGGL) -> bytes:
    """A detailed report of Toggl; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_TOGGL_ROW, **row} for row in rows])


def harvest(*rows: Cells, header: tuple[str, ...] = HARVEST) -> bytes:
    """A detailed time report of Harvest; each row says in which cells it differs from an ordinary one."""
    return written(header, [{**_HARVEST_ROW, **row} for row in rows])


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
