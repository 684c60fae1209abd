"""What happens at each single call that the library makes to storage, and what if something comes in between?

`WatchedStorage` hands every call to a `Watch`, which makes it: at once, later, not at all, or with an error.
"""

# ruff: noqa: D102  # a method is documented where the port promises it

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol, Self, TypeVar

from invoicecore.model.events import Message
from invoicecore.ports.store import ALL, Change, Entity, Fact, IdempotencyRecord, Index, Storage, UniqueKind, UnitOfWork
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)
R = TypeVar("R")

BEGIN, COMMIT = "begin", "commit"
"""The names of the first and the last call of a unit of work; every other call goes by the name of its method too."""

LOOKING = frozenset(
    {
        BEGIN,
        "get",
        "find",
        "claim",
        "release",
        "holders",
        "take",
        "peek",
        "advance_to",
        "recall",
        "lease",
        "acknowledge",
        "nack",
    }
)
"""The calls that may look at what others have committed."""

NOTING = frozenset({"put", "remove", "append", "remember", "send"})
"""The calls that only note what this unit is about to do."""


class Watch(Protocol):
    """Who is handed the calls."""

    def __call__(self, call: str, make: Callable[[], R]) -> R:
        """Make a call to storage, named by its method, and give what it gives."""


def unwatched(call: str, make: Callable[[], R]) -> R:
    """A watch that lets every call happen."""
    return make()


class WatchedStorage:
    """Another storage, with somebody watching every call."""

    def __init__(self, inner: Storage, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def begin(self, firm_id: FirmId) -> "WatchedUnit":
        """A unit of work of the inner storage, watched."""
        return WatchedUnit(self._watch(BEGIN, partial(self._inner.begin, firm_id)), self._watch)

    def firms(self) -> Sequence[FirmId]:
        """The firms of the inner storage."""
        return self._inner.firms()


class WatchedUnit:
    """Another unit of work, with somebody watching every call."""

    def __init__(self, inner: UnitOfWork, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __enter__(self) -> Self:
        self._inner.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._inner.__exit__(*exc)

    def get(self, kind: type[E], id: str) -> E | None:
        return self._watch("get", partial(self._inner.get, kind, id))

    def put(self, entity: Entity) -> Change:
        return self._watch("put", partial(self._inner.put, entity))

    def remove(self, kind: type[E], id: str) -> Change:
        return self._watch("remove", partial(self._inner.remove, kind, id))

    def append(self, fact: Fact) -> None:
        self._watch("append", partial(self._inner.append, fact))

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
        find = partial(self._inner.find, index, key, after=after, before=before, limit=limit, descending=descending)
        return self._watch("find", find)

    def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
        self._watch("claim", partial(self._inner.claim, scope, keys, holder))

    def release(self, scope: UniqueKind, keys: Iterable[str]) -> None:
        self._watch("release", partial(self._inner.release, scope, keys))

    def holders(self, scope: UniqueKind, keys: Iterable[str]) -> Mapping[str, str]:
        return self._watch("holders", partial(self._inner.holders, scope, keys))

    def take(self, counter: str) -> int:
        return self._watch("take", partial(self._inner.take, counter))

    def peek(self, counter: str) -> int:
        return self._watch("peek", partial(self._inner.peek, counter))

    def advance_to(self, counter: str, to: int) -> None:
        self._watch("advance_to", partial(self._inner.advance_to, counter, to))

    def remember(self, remembered: IdempotencyRecord) -> None:
        self._watch("remember", partial(self._inner.remember, remembered))

    def recall(self, key: str) -> IdempotencyRecord | None:
        return self._watch("recall", partial(self._inner.recall, key))

    def send(self, message: Message) -> None:
        self._watch("send", partial(self._inner.send, message))

    def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
        return self._watch("lease", partial(self._inner.lease, limit, now, until))

    def acknowledge(self, message_id: str) -> None:
        self._watch("acknowledge", partial(self._inner.acknowledge, message_id))

    def nack(self, message_id: str) -> None:
        self._watch("nack", partial(self._inner.nack, message_id))

    def commit(self) -> None:
        self._watch(COMMIT, self._inner.commit)
