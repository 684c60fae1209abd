"""The work that is measured of each peer."""

from collections.abc import Callable

from benchmarks import floors, loading
from benchmarks.figures import Figure, Unit
from benchmarks.measure import Measured, Run, alternating, collector_frozen, kept, timed


def _figure(peer: str, what: str, against: str, measured: Measured, unit: Unit = Unit.MICROSECONDS) -> Figure:
    return Figure(name=peer, what=what, against=against, unit=unit, measured=measured)


def _beside(floor: Run, work: Callable[[], object], units: int) -> Measured:
    with collector_frozen():
        return alternating(floor, lambda: timed(work, units))


def log(peer: str, how: str, work: Callable[[], object], count: int) -> Figure:
    """Log a session and read the balance."""
    against = "frozen object of 8 fields, addition, append"
    return _figure(peer, f"log and read the balance, {how}", against, _beside(floors.logging(count), work, count))


def status(peer: str, work: Callable[[], object], count: int) -> Figure:
    """Change the status of an invoice."""
    against = "look-up and frozen object of 16 fields"
    return _figure(peer, "status change", against, _beside(floors.status_change(count), work, count))


def statement(peer: str, work: Callable[[], object], count: int) -> Figure:
    """A statement of many entries as CSV."""
    measured = _beside(floors.csv_text(count), work, count)
    return _figure(peer, f"statement of {count:,} entries to CSV; an entry", "a row of CSV from a tuple", measured)


def memory(peer: str, store: Callable[[], object], count: int) -> Figure:
    """What a stored entry takes."""
    bare, stored = kept(lambda: floors.tuples(count), count), kept(store, count)
    measured = Measured(bare, stored, stored / bare)
    return _figure(peer, "a stored entry", "a tuple in a list", measured, Unit.BYTES)


def imported(peer: str, statement: str, *, quick: bool) -> Figure:
    """Import what the adapter needs, as a whole process."""
    measured = loading.beside(loading.importing, loading.PARTS, statement, quick=quick)
    return _figure(peer, statement, "attrs and dateutil", measured)
