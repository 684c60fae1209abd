"""Id types, and the sources of new ids.

Ids are time-ordered UUIDs (version 7) as text, so they sort by creation. Code that needs a new id gets an `IdSource` as
an argument. An invoice *number* is something else: see `lifecycle.numbering`.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import NewType

FirmId = NewType("FirmId", str)
PersonId = NewType("PersonId", str)
ClientId = NewType("ClientId", str)
ProjectId = NewType("ProjectId", str)
SessionId = NewType("SessionId", str)
ChargeId = NewType("ChargeId", str)
ReceiptId = NewType("ReceiptId", str)
InvoiceId = NewType("InvoiceId", str)
PaymentId = NewType("PaymentId", str)
LogoId = NewType("LogoId", str)

IdSource = Callable[[], str]
"""Returns a new id at every call."""

# A version-7 UUID: 48 bits of time, the version and 12 random bits, the variant and 14 random bits, a 48-bit counter.
_VERSION, _VARIANT = 7 << 28, 2 << 14


def _beginning(millisecond: int, more: int = 0) -> str:
    """The text before the counter, with the hyphen after it. `more` fills 26 bits."""
    above, below = divmod(more, 1 << 14)
    text = (millisecond << 32 | _VERSION | above << 16 | _VARIANT | below).to_bytes(10, "big").hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:]}-"


_process = object()  # stands for this process: another one after a fork


def _after_fork() -> None:
    global _process
    _process = object()


if hasattr(os, "register_at_fork"):  # a system that cannot fork has none
    os.register_at_fork(after_in_child=_after_fork)


class TimeOrderedIds:
    """Ids for production: the millisecond, then random bits, which are counted up within the same millisecond. They
    rise strictly within a process and differ between processes, forked ones included."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawn: tuple[object, int, str, Iterator[int]] = (None, 0, "", iter(()))

    def __call__(self) -> str:
        """A new id, which sorts after every one before."""
        drawn, now = self._drawn, time.time_ns()
        process, until, beginning, numbers = drawn
        if now >= until or process is not _process:
            beginning, numbers = self._draw(drawn, now)
        return beginning + next(numbers).to_bytes(6, "big").hex()

    def _draw(self, seen: object, now: int) -> tuple[str, Iterator[int]]:
        """How the ids of a new millisecond begin, and the numbers that follow; they are drawn once, by one thread."""
        with self._lock:
            process, _, beginning, numbers = self._drawn
            if self._drawn is seen:
                if process is not _process:
                    self._random = random.Random(os.urandom(32))
                millisecond = now // 1_000_000
                beginning = _beginning(millisecond, self._random.getrandbits(26))
                numbers = count(self._random.getrandbits(47))  # of 48 bits, so that there is always room to count on
                self._drawn = _process, (millisecond + 1) * 1_000_000, beginning, numbers
            return beginning, numbers


class CountingIds:
    """Ids for tests and examples: the same ids in the same order at every run."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next id."""
        with self._lock:
            self._count += 1
            return _beginning(self._count) + "0" * 12
