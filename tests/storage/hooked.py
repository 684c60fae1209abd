"""A store in which a commit fails, or another unit of work commits first, at a chosen call."""

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.ports.store import Storage
from invoicecore.testing.instrumented_storage import BEGIN, COMMIT, WatchedStorage

R = TypeVar("R")


class HookedStorage(WatchedStorage):
    """A storage whose commits fail as planned and whose calls can be interrupted.

    `faults` are raised by the next commits, one each; None lets one through. A CommitUnknown is raised after the
    commit stands if `answers_lost`, else before. `commits` counts the commits that were tried, `conflicts` those that
    the inner storage refused because somebody was quicker. Before so many of its calls (a part of 1, `lingering`) it
    lets the other threads go first.
    """

    def __init__(self, inner: Storage, *, lingering: float = 0) -> None:
        super().__init__(inner, self._watch_call)
        self._lingering = lingering
        self.faults: list[StorageError | None] = []
        self.answers_lost = False
        self.commits = 0
        self.conflicts = 0
        self.calls = 0
        self._lock = threading.Lock()
        self._interruption: tuple[int, Callable[[], object]] | None = None

    def interrupt(self, after_calls: int, action: Callable[[], object]) -> None:
        """Let somebody act once, right before the call that comes after so many."""
        self.calls = 0
        self._interruption = (after_calls, action)

    def _watch_call(self, call: str, make: Callable[[], R]) -> R:
        if call != BEGIN:
            self._called()
        return self._committing(make) if call == COMMIT else make()

    def _called(self) -> None:
        """Count a call, and let the other one act if it is their turn."""
        if self._lingering and random.random() < self._lingering:
            time.sleep(0)
        waiting = self._interruption
        if waiting is not None and self.calls == waiting[0]:
            self._interruption = None
            waiting[1]()
        elif waiting is not None:
            self.calls += 1

    def _committing(self, commit: Callable[[], R]) -> R:
        """Commit, or fail as planned."""
        with self._lock:
            self.commits += 1
            fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not (isinstance(fault, CommitUnknown) and self.answers_lost):
            raise fault
        try:
            committed = commit()
        except (ConcurrencyConflict, UniqueViolation):
            with self._lock:
                self.conflicts += 1
            raise
        if fault is not None:
            raise fault
        return committed
