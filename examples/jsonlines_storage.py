"""How small can a store be that keeps every promise of the storage port? Copy this file, and make it yours.

All books stand in one file. A commit is one line of JSON at its end: the firm, and what it changed. What is in the file
is the sum of its lines, and each program that has it open keeps that sum in memory.

Everything that the library stores stands at a *place*, such as ("Person", id) or ("counter", "invoice"). Four ideas do
all the work:

- A unit of work reads the picture of the moment at which it began. Pictures are never changed, only replaced.
- What it writes is noted, and goes into the file at `commit`, as a whole.
- For each place it looked at, it notes what stood there. If something else stands at a place where it is to write, the
  commit is refused.
- A lock on the file lets one commit at a time do that, among all threads and programs.

It is for small books, kept by a few programs on one machine with Linux or macOS. The file only ever grows, all of it is
in memory, and a list is made by going through everything of the firm.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, Self, TypeVar

from invoicecore import codec
from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageUnavailable, UniqueViolation
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import StatusChange
from invoicecore.model.events import Message
from invoicecore.ports.store import ALL, AuditRecord, Change, Entity, Fact, IdempotencyRecord, Index, UniqueKind, id_of
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)
S = TypeVar("S", bound=Entity | Fact)

SortKey = tuple[str | int, ...]
Cell = tuple[int, Any]  # what stands at a place: its version, and a value
Picture = Mapping[SortKey, Cell]  # of one firm's books
NOTHING: Cell = (0, None)


def place_of(thing: Entity | Fact) -> SortKey:
    """Where a thing stands. That an entry's place has its sequence is what keeps two from having the same."""
    kind = type(thing).__name__
    if isinstance(thing, LedgerEntry):
        return (kind, thing.client_id, thing.sequence)
    if isinstance(thing, StatusChange):
        return (kind, thing.invoice_id, thing.sequence)
    return (kind, thing.id if isinstance(thing, AuditRecord) else id_of(thing))


def plain(value: Any) -> Any:
    """A value as JSON can hold it: the codec knows those of the library; texts, numbers and tuples are added here."""
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, str | int) else codec.dump_any(value)


def valued(data: Any) -> Any:
    """The value again."""
    if isinstance(data, list):
        return tuple(valued(each) for each in data)
    return codec.load_any(data) if isinstance(data, dict) else data


class JsonLinesStorage:
    """Books in a file, which the first commit makes in a folder that is there. Safe under threads and programs."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._pictures: dict[FirmId, Picture] = {}
        self._end = 0  # as far as the file was read

    def begin(self, firm_id: FirmId) -> "JsonLinesUnitOfWork":
        """A unit of work on one firm, which need not exist yet."""
        with self._opened():
            return JsonLinesUnitOfWork(self, firm_id, self._pictures.get(firm_id, {}))

    def firms(self) -> list[FirmId]:
        """The firms that were committed here."""
        with self._opened():
            return [firm_id for firm_id, picture in self._pictures.items() if ("Firm", firm_id) in picture]

    def add(self, firm_id: FirmId, seen: Picture, written: Mapping[SortKey, Any]) -> None:
        """Write what a unit of work wrote, if where it writes everything is still as it has seen it."""
        changes = [(place, plain(value)) for place, value in written.items()]
        line = json.dumps([firm_id, changes], ensure_ascii=False).encode() + b"\n"
        with self._opened() as file:
            picture = self._pictures.get(firm_id, {})
            for place in written:
                if picture.get(place, NOTHING) is not seen.get(place, NOTHING):
                    conflict = UniqueViolation if place[0] == "claim" else ConcurrencyConflict
                    raise conflict(f"Somebody else was quicker at {place}.")
            self._write(file, line)

    @contextmanager
    def _opened(self) -> Iterator[FileIO]:
        """The file, read to its end, and nobody else's until the block ends."""
        try:
            with open(self._path, "ab+", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                self._catch_up(file)
                yield file
        except (OSError, ValueError) as trouble:  # it cannot be opened, or holds what is no line of ours
            raise StorageUnavailable(f"{self._path} cannot be read: {trouble}") from trouble

    def _catch_up(self, file: FileIO) -> None:
        """Take over the lines that were not read yet."""
        file.seek(self._end)
        *lines, torn = file.read().split(b"\n")  # a last line without an end was never committed
        fresh: dict[FirmId, dict[SortKey, Cell]] = {}
        for line in lines:
            firm_id, changes = json.loads(line)
            if firm_id not in fresh:
                fresh[firm_id] = dict(self._pictures.get(firm_id, {}))
            cells = fresh[firm_id]
            for spelled, data in changes:
                place = tuple(spelled)
                if data is None:
                    cells.pop(place, None)
                else:
                    cells[place] = (cells.get(place, NOTHING)[0] + 1, valued(data))
        self._pictures.update(fresh)
        self._end = file.tell() - len(torn)

    def _write(self, file: FileIO, line: bytes) -> None:
        """Add a line, and see that it is on the disk."""
        try:
            if file.seek(0, os.SEEK_END) > self._end:  # somebody was killed while writing
                file.truncate(self._end)
            if file.write(line) < len(line):
                raise OSError("the disk is full")
            os.fsync(file)
            if self._end == 0:  # the file is new, and the folder has to remember it
                folder = os.open(self._path.parent, os.O_RDONLY)
                os.fsync(folder)
                os.close(folder)
        except OSError as trouble:
            with suppress(OSError):
                file.truncate(self._end)
            raise CommitUnknown(f"{self._path} could not be written: {trouble}") from trouble


class JsonLinesUnitOfWork:
    """A unit of work; see `invoicecore.ports.store.UnitOfWork` for what it promises."""

    def __init__(self, storage: JsonLinesStorage, firm_id: FirmId, picture: Picture) -> None:
        self._storage = storage
        self._firm_id = firm_id
        self._picture = picture
        self._seen: dict[SortKey, Cell] = {}
        self._written: dict[SortKey, Any] = {}  # None for what is to go

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """What was not committed is dropped with this object."""

    def commit(self) -> None:
        if self._written:
            self._storage.add(self._firm_id, self._seen, self._written)

    def _see(self, *place: str | int) -> Any:
        """What stands at a place, for this unit; None for nothing. If it writes there, this must then still hold."""
        if place in self._written:
            return self._written[place]
        self._seen[place] = cell = self._picture.get(place, NOTHING)
        return cell[1]

    def _write(self, value: Any, *place: str | int) -> None:
        """Let a value stand at a place instead of what is there."""
        self._see(*place)
        self._written[place] = value

    def _make(self, value: Any, *place: str | int) -> None:
        """Let a value stand where nothing is."""
        if self._see(*place) is not None:
            raise ConcurrencyConflict(f"There is something at {place} already.")
        self._written[place] = value

    def _all(self, kind: str) -> list[Any]:
        """All of a kind, the first first."""
        now = {place: cell[1] for place, cell in self._picture.items() if place[0] == kind}
        now |= {place: value for place, value in self._written.items() if place[0] == kind}
        return [value for value in now.values() if value is not None]

    # entities and facts

    def get(self, kind: type[E], id: str) -> E | None:
        found: E | None = self._see(kind.__name__, id)
        return found

    def put(self, entity: Entity) -> Change:
        before = self._overwrite(entity, *place_of(entity))
        return Change(type(entity).__name__, id_of(entity), before, before + 1)

    def remove(self, kind: type[E], id: str) -> Change:
        return Change(kind.__name__, id, self._overwrite(None, kind.__name__, id), 0)

    def _overwrite(self, entity: Entity | None, *place: str | int) -> int:
        """Let an entity stand where this unit saw one or, if it did not look, where none must be; the version seen."""
        self._written[place] = entity
        return self._seen.get(place, NOTHING)[0]

    def append(self, fact: Fact) -> None:
        self._make(fact, *place_of(fact))

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
        found: list[S] = [
            thing
            for thing in self._all(index.of.__name__)
            if key in index.keys(thing)
            and (after is None or index.order(thing) > tuple(after))
            and (before is None or index.order(thing) < tuple(before))
        ]
        found = sorted(found, key=index.order, reverse=descending)[:limit]
        for thing in found:
            self._see(*place_of(thing))
        return found

    # claims, counters and idempotency keys

    def claim(self, scope: UniqueKind, keys: Iterable[str], holder: str) -> None:
        for key in keys:
            held = self._see("claim", scope, key)
            if held not in (None, holder):
                raise UniqueViolation(f"The {scope} {key!r} is held by {held!r}.")
            self._write(holder, "claim", scope, key)

    def release(self, scope: UniqueKind, keys: Iterable[str]) -> None:
        for key in keys:
            self._write(None, "claim", scope, key)

    def holders(self, scope: UniqueKind, keys: Iterable[str]) -> Mapping[str, str]:
        return {key: holder for key in keys if (holder := self._see("claim", scope, key)) is not None}

    def take(self, counter: str) -> int:
        value = self.peek(counter)
        self.advance_to(counter, value + 1)
        return value

    def peek(self, counter: str) -> int:
        return self._see("counter", counter) or 1

    def advance_to(self, counter: str, to: int) -> None:
        self._write(to, "counter", counter)

    def remember(self, remembered: IdempotencyRecord) -> None:
        self._make((remembered.request, remembered.result), "key", remembered.key)

    def recall(self, key: str) -> IdempotencyRecord | None:
        kept = self._see("key", key)
        return None if kept is None else IdempotencyRecord(key, *kept)

    # the outbox: a message, and until when it is leased

    def send(self, message: Message) -> None:
        self._make((message, None), "Message", message.id)

    def lease(self, limit: int, now: datetime, until: datetime) -> list[Message]:
        waiting = [it for it, taken in self._all("Message") if taken is None or datetime.fromisoformat(taken) <= now]
        for message in waiting[:limit]:
            self._write((message, until.isoformat()), "Message", message.id)
        return waiting[:limit]

    def acknowledge(self, message_id: str) -> None:
        self._write(None, "Message", message_id)

    def nack(self, message_id: str) -> None:
        post = self._see("Message", message_id)
        if post is not None:
            self._write((post[0], None), "Message", message_id)
