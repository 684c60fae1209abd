"""How are things told apart?

Ids are time-ordered UUIDs (version 7) as text, so that they sort by when they were made. Whoever needs one is
handed an `IdSource`; nothing makes an id by itself. An invoice *number* is something else: see lifecycle.numbering.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from typing import NewType

FirmId = NewType("FirmId", str)
PersonId = NewType("PersonId", str)
ClientId = NewType("ClientId", str)
ProjectId = NewType("ProjectId", str)
SessionId = NewType("SessionId", str)
InvoiceId = NewType("InvoiceId", str)
PaymentId = NewType("PaymentId", str)

IdSource = Callable[[], str]
"""Gives a new id at every call, never the same one twice."""

_RANDOM_BITS = 74
_RANDOM = (1 << _RANDOM_BITS) - 1


def _spelled(value: int) -> str:
    """48 bits of time and 74 bits of the rest as the text of a version-7 UUID."""
    time_part, rest = value >> _RANDOM_BITS, value & _RANDOM
    return "%08x-%04x-7%03x-%04x-%012x" % (  # noqa: UP031  # half the time of the clearer way
        time_part >> 16,
        time_part & 0xFFFF,
        rest >> 62,
        0x8000 | rest >> 48 & 0x3FFF,
        rest & 0xFFFFFFFFFFFF,
    )


class TimeOrderedIds:
    """Ids for production: milliseconds first, then random bits; strictly rising within a process, and different in
    every process, also in one that was forked from another."""

    def __init__(self) -> None:
        self._process = 0
        self._random = random.Random()
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """A new id, which sorts after every one before."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._random = os.getpid(), random.Random(os.urandom(32))
            now = (time.time_ns() // 1_000_000) << _RANDOM_BITS | self._random.getrandbits(_RANDOM_BITS)
            self._last = now if now > self._last else self._last + 1
            return _spelled(self._last)


class CountingIds:
    """Ids for tests and examples: the same ones in the same order at every run."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next id."""
        with self._lock:
            self._count += 1
            return _spelled(self._count << _RANDOM_BITS)
