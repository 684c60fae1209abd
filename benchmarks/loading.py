"""The cost of importing the library, beside that of the packages it is made of.

Each import is a process of its own, and what is counted is its processor time. Byte code is written by the first, which
warms up, and found by the others, whatever the surroundings say about writing it.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory

from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Measured, Run, alternating

PARTS = "import attrs, dateutil.relativedelta"
DESK = (
    "from invoicecore import Billing, Firm;"
    "Billing.in_memory(Firm(name='Studio', currency='USD', timezone='UTC')).as_owner()"
)
"""What a program does before it can do anything, by when nearly all of the library is loaded."""

Surroundings = dict[str, str]


@contextmanager
def byte_code() -> Iterator[Surroundings]:
    """Surroundings of a process that keep byte code in a place of their own."""
    with TemporaryDirectory() as place:
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        yield {**kept, "PYTHONPYCACHEPREFIX": place}


def importing(statement: str, surroundings: Surroundings) -> Run:
    """A new interpreter that does this and ends; its start counts."""

    def run() -> float:
        before = getrusage(RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", statement], check=True, env=surroundings)
        after = getrusage(RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return run


def within(statement: str, surroundings: Surroundings) -> Run:
    """A new interpreter that says how long the statement took; its start does not count."""
    timer = f"from time import process_time as now; begun = now(); {statement}; print(now() - begun)"

    def run() -> float:
        done = subprocess.run(
            [sys.executable, "-c", timer], check=True, capture_output=True, text=True, env=surroundings
        )
        return float(done.stdout)

    return run


def beside(
    how: Callable[[str, Surroundings], Run], floor: str, library: str = "import invoicecore", *, quick: bool = False
) -> Measured:
    """Two import statements in turn, in processes of their own."""
    with byte_code() as surroundings:
        return alternating(how(floor, surroundings), how(library, surroundings), pairs=3 if quick else 15)


def package(*, quick: bool) -> Figure:
    """The whole process, beside one that imports attrs and dateutil."""
    return Figure(
        name="import",
        what="import invoicecore, the whole process",
        against="attrs and dateutil",
        unit=Unit.MILLISECONDS,
        measured=beside(importing, PARTS, quick=quick),
        to_reach=Aim(1.5),
        long_aim=Aim(1.2),
    )


def package_attrs(*, quick: bool) -> Figure:
    """The whole process, beside one that imports attrs."""
    return Figure(
        name="import-attrs",
        what="the same",
        against="attrs alone",
        unit=Unit.MILLISECONDS,
        measured=beside(importing, "import attrs", quick=quick),
    )


def statement(*, quick: bool) -> Figure:
    """The import statement alone."""
    return Figure(
        name="import-statement",
        what="the same, without the start of the interpreter",
        against="attrs and dateutil",
        unit=Unit.MILLISECONDS,
        measured=beside(within, PARTS, quick=quick),
    )


def desk(*, quick: bool) -> Figure:
    """The whole process of a program that goes as far as a desk."""
    return Figure(
        name="import-desk",
        what="make a firm in memory and its owner's desk, the whole process",
        against="attrs and dateutil",
        unit=Unit.MILLISECONDS,
        measured=beside(importing, PARTS, DESK, quick=quick),
    )
