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

# A version-7 UUID as a number: 48 bits of time, the version, 12 bits at random, the variant, and 62 more; the highest
# of them is left 0, so that counting on from any id never runs into the variant.
_TIME = 80
_MARKS = 7 << 76 | 2 << 62
_RANDOM = 0xFFF << 64 | (1 << 61) - 1


def _spelled(value: int) -> str:
    """The text of a UUID."""
    text = value.to_bytes(16, "big").hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_process = object()  # stands for this process: another one after a fork


def _after_fork() -> None:
    global _process
    _process = object()


if hasattr(os, "register_at_fork"):  # a system that cannot fork has none
    os.register_at_fork(after_in_child=_after_fork)


class TimeOrderedIds:
    """Ids for production: milliseconds first, then random bits; strictly rising within a process, and different in
    every process, also in one that was forked from another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._process, self._random, self._last = _process, random.Random(os.urandom(32)), 0

    def __call__(self) -> str:
        """A new id, which sorts after every one before."""
        with self._lock:
            if self._process is not _process:
                self._begin()
            new = time.time_ns() // 1_000_000 << _TIME | _MARKS | self._random.getrandbits(76) & _RANDOM
            self._last = new = new if new > self._last else self._last + 1
        return _spelled(new)


class CountingIds:
    """Ids for tests and examples: the same ones in the same order at every run."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next id."""
        with self._lock:
            self._count += 1
            return _spelled(self._count << _TIME | _MARKS)
