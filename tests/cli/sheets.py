"""One week of work, as a tracker wrote it down, and how it is billed by hand.

Ann and Ben work for Acme at $50 an hour, with a refill of 20 hours at −$1,000 and a stop at −$1,500:

| row | who | when | what | costs | Acme's balance |
|---|---|---|---|---|---|
| 4 | Ann | Mon 8 h | Website | $400 | −$400 |
| 3 | Ben | Mon 8 h | Website | $400 | −$800 |
| 2 | Ann | Tue 4 h | Website, not billable | – | −$800 |
| 5 | Ann | Wed 8 h | Website | $400 | −$1,200: the first refill of $1,000 |
| 6 | Ben | Thu 8 h | Shop | $400 | −$1,600 |
| 7 | Ann | Fri 2 h, but 1:30 by the clock | no client | $100 | |
| 8 | Ann | next Mon 8 h | Website | $400 | past the stop: −$2,000 and the second refill |
"""

from datetime import date

from invoicecore import Period
from invoicecore.cli.bill import bill
from invoicecore.cli.import_request import ImportRequest
from invoicecore.cli.report import Report
from invoicecore.cli.terms import TermsOptions
from invoicecore.importer import ImportOptions
from tests.importer.files import Cells, toggl

TERMS = ["--rate", "50", "--refill-at", "-1000", "--refill-hours", "20", "--allowed", "-1500"]
"""The options of the week."""
WEEK = TermsOptions(rate="50", refill_at="-1000", refill_hours="20", allowed="-1500")
"""The same as they are read."""
MARCH = Period.month(2026, 3)


def billed(
    data: bytes,
    terms: TermsOptions = WEEK,
    *,
    month: Period | None = None,
    enforce: bool = False,
    timezone: str = "UTC",
    currency: str | None = None,
) -> Report:
    """What comes of billing a file into books that are not kept."""
    request = ImportRequest(file=data, options=ImportOptions(timezone=timezone), terms=terms, currency=currency)
    return bill(request, month=month, enforce=enforce)


def worked(day: int, start: int, hours: int, **cells: str) -> Cells:
    """A row of so many hours from an hour of a day in March."""
    on = date(2026, 3, day).isoformat()
    times = {"Start time": f"{start:02}:00:00", "End time": f"{start + hours:02}:00:00"}
    return {"Start date": on, "End date": on, **times, "Duration": f"{hours:02}:00:00", **cells}


def week() -> bytes:
    """The file, its rows not in the order of the work."""
    ben = {"User": "Ben", "Email": "ben@northwind.example"}
    return toggl(
        worked(3, 9, 4, Billable="No"),
        worked(2, 10, 8, **ben),
        worked(2, 9, 8),
        worked(4, 9, 8),
        worked(5, 9, 8, Project="Shop", **ben),
        worked(6, 9, 2, Client="", **{"End time": "10:30:00"}),
        worked(9, 9, 8),
    )
