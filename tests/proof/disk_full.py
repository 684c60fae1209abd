"""What is stored after the disk fills up in the middle of a command."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from attrs import frozen
from sqlalchemy import event

from invoicecore.desk import executor
from invoicecore.errors import CommitUnknown, StorageError, StorageUnavailable
from invoicecore.ports.store import Storage
from invoicecore.storage.sql import SqlStorage
from tests.books import Books, books
from tests.proof.commands import COMMANDS, Command, StorageKind, prepared, without_backoff
from tests.proof.faults import Attempt, Host, wrong_after_repeat
from tests.proof.figures import Figures
from tests.proof.files import on_files
from tests.proof.invariants import Breach, breaches, breaches_between
from tests.proof.sabotaged_sql import without_transactions


@frozen
class DiskLimit:
    """A way in which a disk fills up: its unit, the error of a command then, the page size of the database, the amounts
    of room to try between the storage before a command and after it, and a context that limits the room."""

    what: str
    error: type[StorageError]
    page_size: int
    rooms: Callable[[Storage, Storage], range]
    limited: Callable[[Storage, int], AbstractContextManager[None]]


def _pages(storage: Storage) -> int:
    assert isinstance(storage, SqlStorage)
    with storage.engine.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())


@contextmanager
def _few_pages(storage: Storage, room: int) -> Iterator[None]:
    assert isinstance(storage, SqlStorage)

    def tell(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit}")

    limit = room
    event.listen(storage.engine, "checkout", tell)
    yield
    limit = 1_000_000


def _journal(storage: Storage) -> int:
    assert isinstance(storage, SqlStorage)
    return os.path.getsize(f"{storage.engine.url.database}-wal")


@contextmanager
def _short_files(storage: Storage, room: int) -> Iterator[None]:
    """A process that can write no file any further."""
    import resource  # not on every system

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


_LEAST = 32_768  # bytes of the file by which connections find each other; without those nothing can even be read

PAGES = DiskLimit(
    "pages", StorageUnavailable, 512, lambda before, after: range(_pages(before), _pages(after) + 1), _few_pages
)
"""The database may not grow. Pages are so small that nearly every command needs some more."""
BYTES = DiskLimit(
    "bytes", CommitUnknown, 4096, lambda before, after: range(_LEAST, _journal(after) + 1, 2060), _short_files
)
"""The journal cannot be written to its end, often in the middle of a page, so that the commit itself fails: SQLite then
says no more than that it could not write."""


class Sweep:
    """Runs commands with ever more room, and counts."""

    def __init__(self, limit_kind: DiskLimit, storage_kind: StorageKind) -> None:
        self._limit_kind = limit_kind
        self._storage_kind = storage_kind
        self.commands = 0
        self.tries = 0
        self.refused = 0
        self.breaches: Counter[str] = Counter()
        self.found: dict[tuple[str, str], str] = {}

    def run(self, command: Command) -> None:
        """Give a command with no more room than is used, with a page more, and so on until it has enough."""
        self.commands += 1
        scene = prepared(command, storage_kind=self._storage_kind)
        before = books(scene.storage, scene.firm)
        copy = scene.copied()
        good = Host(copy, command, _key(command)).give()
        for room in self._limit_kind.rooms(scene.storage, copy.storage):
            self.tries += 1
            twin = scene.copied()
            host = Host(twin, command, _key(command))
            with self._limit_kind.limited(twin.storage, room):
                struck = host.give()
            self.refused += struck.error is not None
            wrong = [*_wrong(before, good, struck, self._limit_kind.error)]
            if struck.error is not None or _key(command) is not None:
                wrong += wrong_after_repeat(good, host.give())
            self._note(command, f"room for {room} {self._limit_kind.what}", wrong)

    def _note(self, command: Command, when: str, wrong: Iterable[Breach]) -> None:
        for breach in wrong:
            self.breaches[breach.invariant] += 1
            self.found.setdefault((breach.invariant, str(command)), f"{when}: {breach.what}")


def _key(command: Command) -> str | None:
    return "k" if command.takes_key else None


def _wrong(before: Books, good: Attempt, struck: Attempt, full: type[StorageError]) -> Iterator[Breach]:
    """What is wrong after a command that may not have had room enough, and would have been `good` with it."""
    if struck.error is None:
        if (struck.answer, struck.books) != (good.answer, good.books):
            yield Breach("lost", "it was acknowledged, and does not stand so")
    elif struck.books != before:
        yield Breach("half", "it failed, and the books are not those before")
    if not isinstance(struck.error, full | None):
        yield Breach("end", repr(struck.error))
    yield from breaches(struck.books)
    yield from breaches_between(before, struck.books)


def sweep_commands(limit_kind: DiskLimit, commands: Iterable[Command]) -> Sweep:
    """The commands, each in all the room that it may have too little of."""
    few_attempts = patch.object(executor, "ATTEMPTS", 3)  # in vain, since the disk stays full meanwhile
    with on_files(limit_kind.page_size) as storage_kind, without_backoff(), few_attempts:
        sweep = Sweep(limit_kind, storage_kind)
        for command in commands:
            sweep.run(command)
    return sweep


def run(*, size: int, seed: int) -> Figures:
    """Every command, or so many of them, in both ways."""
    commands = Random(seed).sample(COMMANDS, min(size, len(COMMANDS)))
    lines, wrong = [], ""
    for limit_kind in (PAGES, BYTES):
        sweep = sweep_commands(limit_kind, commands)
        lines.append(f"{sweep.tries} sizes in {limit_kind.what}, {sweep.refused} of them too small")
        wrong += "".join(f"\n  {broken} by {command}, {how}" for (broken, command), how in sweep.found.items())
    line = f"{len(commands)} commands, {', '.join(lines)}"
    return Figures("disk_full", not wrong, line + (wrong or "; all before or after, and again with room"))


def control(*, seed: int) -> Figures:
    """The same with an adapter for which each statement stands by itself."""
    with without_transactions():
        found = sweep_commands(PAGES, COMMANDS[:3]).breaches
    line = ", ".join(f"{law} {count}×" for law, count in sorted(found.items())) or "MISSED"
    return Figures("disk_full, control", bool(found), f"without transactions: {line}")
