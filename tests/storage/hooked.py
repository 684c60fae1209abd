"""What if storage fails, or somebody else is quicker, at exactly that call?

`HookedStorage` hands every call on to another storage. Tests tell it beforehand what is to go wrong, or who is to act
in between.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar

from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.events import Message
from invoicecore.ids import FirmId
from invoicecore.ports.storage import ALL, Change, Entity, Fact, Index, Remembered, Scope, Storage, UnitOfWork

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)


class HookedStorage:
    """A storage whose commits fail as planned and whose calls can be interrupted.

    `faults` are raised by the next commits, one each; None lets one through. A CommitUnknown is raised after the
    commit stands if `answers_lost`, else before. `commits` counts the commits that were tried, `conflicts` those that
    the inner storage refused because somebody was quicker. Before so many of its calls (a part of 1, `lingering`) it
    lets the other threads go first.
    """

    def __init__(self, inner: Storage, *, lingering: float = 0) -> None:
        self.inner = inner
        self._lingering = lingering
        self.faults: list[StorageError | None] = []
        self.answers_lost = False
        self.commits = 0
        self.conflicts = 0
        self.calls = 0
        self._lock = threading.Lock()
        self._interruption: tuple[int, Callable[[], object]] | None = None

    def interrupt(self, after_calls: int, act: Callable[[], object]) -> None:
        """Let somebody act once, right before the call that comes after so many."""
        self.calls = 0
        self._interruption = (after_calls, act)

    def begin(self, firm_id: FirmId) -> "HookedUnit":
        """A unit of work of the inner storage, with the hooks around it."""
        return HookedUnit(self, self.inner.begin(firm_id))

    def firms(self) -> Sequence[FirmId]:
        """The firms of the inner storage."""
        return self.inner.firms()

    def called(self) -> None:
        """Count a call, and let the other one act if it is their turn."""
        if self._lingering and random.random() < self._lingering:
            time.sleep(0)
        waiting = self._interruption
        if waiting is not None and self.calls == waiting[0]:
            self._interruption = None
            waiting[1]()
        elif waiting is not None:
            self.calls += 1

    def committing(self, commit: Callable[[], None]) -> None:
        """Commit, or fail as planned."""
        with self._lock:
            self.commits += 1
            fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not (isinstance(fault, CommitUnknown) and self.answers_lost):
            raise fault
        try:
            commit()
        except (ConcurrencyConflict, UniqueViolation):
            with self._lock:
                self.conflicts += 1
            raise
        if fault is not None:
            raise fault


class HookedUnit:
    """A unit of work that tells its storage of every call before it is made."""

    def __init__(self, storage: HookedStorage, inner: UnitOfWork) -> None:
        self._storage = storage
        self._inner = inner

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._inner.__exit__(*exc)

    def get(self, kind: type[E], id: str) -> E | None:
        self._storage.called()
        return self._inner.get(kind, id)

    def put(self, entity: Entity) -> Change:
        self._storage.called()
        return self._inner.put(entity)

    def remove(self, kind: type[E], id: str) -> Change:
        self._storage.called()
        return self._inner.remove(kind, id)

    def append(self, fact: Fact) -> None:
        self._storage.called()
        self._inner.append(fact)

    def claim(self, scope: Scope, keys: Iterable[str], holder: str) -> None:
        self._storage.called()
        self._inner.claim(scope, keys, holder)

    def release(self, scope: Scope, keys: Iterable[str]) -> None:
        self._storage.called()
        self._inner.release(scope, keys)

    def holders(self, scope: Scope, keys: Iterable[str]) -> Mapping[str, str]:
        self._storage.called()
        return self._inner.holders(scope, keys)

    def take(self, counter: str) -> int:
        self._storage.called()
        return self._inner.take(counter)

    def next_of(self, counter: str) -> int:
        self._storage.called()
        return self._inner.next_of(counter)

    def leap(self, counter: str, to: int) -> None:
        self._storage.called()
        self._inner.leap(counter, to)

    def remember(self, remembered: Remembered) -> None:
        self._storage.called()
        self._inner.remember(remembered)

    def recall(self, key: str) -> Remembered | None:
        self._storage.called()
        return self._inner.recall(key)

    def send(self, message: Message) -> None:
        self._storage.called()
        self._inner.send(message)

    def acknowledge(self, message_id: str) -> None:
        self._storage.called()
        self._inner.acknowledge(message_id)

    def give_back(self, message_id: str) -> None:
        self._storage.called()
        self._inner.give_back(message_id)

    def commit(self) -> None:
        self._storage.called()
        self._storage.committing(self._inner.commit)

    def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
        self._storage.called()
        return self._inner.lease(limit, now, until)

    def find(
        self,
        index: Index[S],
        key: str = ALL,
        *,
        after: Sequence[Any] | None = None,
        before: Sequence[Any] | None = None,
        limit: int | None = None,
        descending: bool = False,
    ) -> list[S]:
        self._storage.called()
        return self._inner.find(index, key, after=after, before=before, limit=limit, descending=descending)
