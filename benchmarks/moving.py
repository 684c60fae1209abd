"""How fast does the export of a time tracker come in, and how much is held at once?

The floor is the csv module: the same file read row by row as lists of texts. What is held is the peak that tracemalloc
counts, of 100,000 rows beside 10,000: a reader that kept its rows would come to ten times as much.
"""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Measured, alternating, timed
from invoicecore import Billing, Firm, Rate, exchange

_HEADER = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
_FIRM = Firm(name="Northwind", currency="USD", timezone="UTC")
_ANSWERS = exchange.Answers(timezone="UTC")


def export(rows: int) -> bytes:
    """A detailed report of Toggl, with so many rows: five people on twenty projects of ten clients."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER.split(","))
    begun = datetime(2016, 1, 1, 8)
    for n in range(rows):
        start, took = begun + timedelta(minutes=7 * n), timedelta(seconds=300 + n % 3600)
        end, who = start + took, n % 5
        writer.writerow(
            [f"User {who}", f"user{who}@northwind.example", f"Client {n % 10}", f"Project {n % 20}", "", f"Part {n}"]
            + ["Yes", f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{end:%Y-%m-%d}", f"{end:%H:%M:%S}"]
            + [f"{took}".rjust(8, "0"), "one, two"]
        )
    return text.getvalue().encode()
