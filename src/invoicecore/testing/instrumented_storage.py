"""A storage that passes every call of a unit of work to a `Watch`, which may run, delay, skip or fail it."""

# ruff: noqa: D102  # a method is documented where the port promises it

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from invoicecore.ports.store import (
    ALL_FIRMS,
    Entity,
    FirmsQuery,
    IdempotencyRecord,
    IndexQuery,
    Storage,
    StoreTransaction,
    UniqueKind,
    Versioned,
    WaitingMessage,
    WriteSet,
)
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

BEGIN, COMMIT = "begin", "commit"
"""The names of the first and the last call of a unit of work; every other call goes by the name of its method too."""


class Watch(Protocol):
    """What each call is handed to."""

    def __call__(self, call: str, make: Callable[[], R]) -> R:
        """Make a call to storage, named by its method, and give what it gives."""


def unwatched(call: str, make: Callable[[], R]) -> R:
    """A watch that lets every call happen."""
    return make()


class WatchedStorage:
    """Another storage, with a watch on every call."""

    def __init__(self, inner: Storage, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def begin(self, firm_id: FirmId) -> "WatchedTransaction":
        """A transaction of the inner storage, watched."""
        return WatchedTransaction(self._watch(BEGIN, partial(self._inner.begin, firm_id)), self._watch)

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> Sequence[FirmId]:
        """The firms of the inner storage."""
        return self._inner.firms(query)


class WatchedTransaction:
    """Another transaction, with a watch on every call but the closing."""

    def __init__(self, inner: StoreTransaction, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
        return self._watch("read_entity", partial(self._inner.read_entity, kind, id))

    def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
        return self._watch("read_index", partial(self._inner.read_index, query))

    def read_owners(self, kind: UniqueKind, keys: Collection[str]) -> Mapping[str, str]:
        return self._watch("read_owners", partial(self._inner.read_owners, kind, keys))

    def read_counter(self, name: str) -> int:
        return self._watch("read_counter", partial(self._inner.read_counter, name))

    def read_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        return self._watch("read_idempotency_record", partial(self._inner.read_idempotency_record, key))

    def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
        return self._watch("read_outbox", partial(self._inner.read_outbox, now, limit))

    def commit(self, writes: WriteSet) -> None:
        self._watch(COMMIT, partial(self._inner.commit, writes))

    def close(self) -> None:
        self._inner.close()
