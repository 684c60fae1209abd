"""The pace and the memory of importing the export of a time tracker.

The floor is the csv module: the same file read row by row, each as a list of texts. What is held is the peak that
tracemalloc counts, of 100,000 rows beside 10,000; a reader that kept its rows would come to ten times as much.
"""

import csv
import gc
import io
import tempfile
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Measured, alternating, timed
from invoicecore import Billing, Desk, Firm, importer

_HEADER = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
_FIRM = Firm(name="Northwind", currency="USD", timezone="UTC")
_OPTIONS = importer.ImportOptions(timezone="UTC")


def export(rows: int) -> bytes:
    """A detailed report of Toggl with so many rows: five people on twenty projects of ten clients."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADER.split(","))
    begun = datetime(2016, 4, 1, 8)
    for n in range(rows):
        who, took = n % 5, timedelta(seconds=300 + n % 3000)
        start = begun + timedelta(minutes=7 * n)
        end = start + took
        work = [f"User {who}", f"user{who}@northwind.example", f"Client {n % 10}", f"Project {n % 20}", "", f"Part {n}"]
        times = [f"{start:%Y-%m-%d}", f"{start:%H:%M:%S}", f"{end:%Y-%m-%d}", f"{end:%H:%M:%S}", f"{took!s:0>8}"]
        writer.writerow([*work, "Yes", *times, "one, two"])
    return text.getvalue().encode()


def _bare(data: bytes) -> int:
    """Every row as a list of texts; how many there are."""
    return sum(1 for _ in csv.reader(io.StringIO(data.decode(), newline="")))


def _read(data: bytes) -> int:
    return sum(1 for _ in importer.open_export(data, options=_OPTIONS).entries())


def _planned(data: bytes) -> importer.Plan:
    return importer.plan(_desk(), data, options=_OPTIONS, rate=50)


def _desk() -> Desk:
    return Billing.in_memory(_FIRM).as_owner()


def _figure(name: str, what: str, work: Callable[[bytes], object], *, quick: bool) -> Figure:
    rows = 1000 if quick else 10_000
    data = export(rows)
    return Figure(
        name=name,
        what=what,
        against="the csv module alone",
        unit=Unit.EACH_SECOND,
        measured=alternating(lambda: timed(lambda: _bare(data), rows), lambda: timed(lambda: work(data), rows)),
    )


def read(*, quick: bool) -> Figure:
    """Rows read as entries."""
    return _figure("moving-read", "an export of Toggl, to entries; rows", _read, quick=quick)


def plan(*, quick: bool) -> Figure:
    """Rows planned with, for a firm that has nothing yet."""
    return _figure("moving-plan", "the same, to a plan", _planned, quick=quick)


def apply(*, quick: bool) -> Figure:
    """Rows recorded, in memory, by a plan that was made before."""
    rows = 1000 if quick else 10_000
    data = export(rows)

    def once() -> float:
        desk = _desk()
        made = importer.plan(desk, data, options=_OPTIONS, rate=50)
        return timed(lambda: importer.apply(desk, made), rows)

    return Figure(
        name="moving-apply",
        what="a plan applied, in memory",
        against="the csv module alone",
        unit=Unit.EACH_SECOND,
        measured=alternating(lambda: timed(lambda: _bare(data), rows), once),
    )


def _peak(work: Callable[[], object]) -> float:
    """The most bytes that were held at once while something was done, beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def _held(name: str, what: str, work: Callable[[Path, int], object], *, quick: bool) -> Figure:
    """What is held at ten times as many rows, beside what is held at so many."""
    few = 1000 if quick else 10_000
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in (few, few, 10 * few):  # the first for what is loaded and cached once
            path = Path(folder) / f"{rows}.csv"
            path.write_bytes(export(rows))
            peaks.append(_peak(partial(work, path, rows)))
    _, small, large = peaks
    return Figure(
        name=name,
        what=f"{what} {10 * few:,} rows, held at once",
        against=f"{few:,} rows",
        unit=Unit.BYTES,
        measured=Measured(small, large, large / small),
        to_reach=Aim(64 * 2**20, Unit.BYTES),
    )


def read_held(*, quick: bool) -> Figure:
    """What a reader holds."""

    def work(path: Path, rows: int) -> None:
        assert sum(1 for _ in importer.open_export(path, options=_OPTIONS).entries()) == rows

    return _held("moving-read-held", "reading", work, quick=quick)


def plan_held(*, quick: bool) -> Figure:
    """What a planner holds."""

    def work(path: Path, rows: int) -> None:
        assert importer.plan(_desk(), path, options=_OPTIONS, rate=50).added.entries == rows

    return _held("moving-plan-held", "planning with", work, quick=quick)


def apply_held(*, quick: bool) -> Figure:
    """What is held while a plan is applied to books in a file of SQLite."""

    def work(path: Path, rows: int) -> None:
        with Billing.create(f"sqlite:///{path}.db", _FIRM) as billing:
            desk = billing.as_owner()
            made = importer.plan(desk, path, options=_OPTIONS, rate=50)
            assert importer.apply(desk, made).added == rows

    return _held("moving-apply-held", "recording on SQLite", work, quick=quick)


LINES: Mapping[str, Callable[..., Figure]] = {
    "moving-read": read,
    "moving-plan": plan,
    "moving-apply": apply,
    "moving-read-held": read_held,
    "moving-plan-held": plan_held,
    "moving-apply-held": apply_held,
}
"""Every line about moving in, by the name of its figure."""
