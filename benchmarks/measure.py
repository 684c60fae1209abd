"""Times two things in turn, so that their ratio holds on a busy machine.

Both are run in turn, several times, and the median of the ratios of each pair is taken. Time is the processor time of
this process, so that others who wait for the same cores do not count.
"""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import process_time

from attrs import frozen

PAIRS = 7
"""How many pairs are measured at least."""

Run = Callable[[], float]
"""Does the work once, and says how much one unit of it took."""


@frozen
class Measured:
    """One thing beside another: the median of each, and the median of the ratios of the pairs."""

    floor: float
    library: float
    ratio: float


def alternating(floor: Run, library: Run, *, pairs: int = PAIRS) -> Measured:
    """Measure both in turn, once each to warm up and then in pairs; every other pair begins with the second."""
    floor()
    library()
    floors, libraries = [], []
    for count in range(pairs):
        if count % 2:
            libraries.append(library())
            floors.append(floor())
        else:
            floors.append(floor())
            libraries.append(library())
    ratio = median(mine / bare for bare, mine in zip(floors, libraries, strict=True))
    return Measured(median(floors), median(libraries), ratio)


def timed(work: Callable[[], object], units: int, clock: Callable[[], float] = process_time) -> float:
    """The time in seconds that a unit took, when the work is that many: of the processor or, by another clock, of the
    wall, where a disk or a server works as well."""
    begun = clock()
    work()
    return (clock() - begun) / units


@contextmanager
def collector_frozen() -> Iterator[None]:
    """Leaves everything made so far out of the garbage collector's rounds, so that they do not grow with it."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def kept(store: Callable[[], object], count: int) -> float:
    """The bytes for each of so many, that are there as long as what `store` returns is."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        stored = store()
        gc.collect()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    del stored
    return (after - before) / count
