"""A small store of your own: all books in one file of JSON lines. Copy this file, and make it yours.

A commit is one line of JSON at the end of the file: the firm, and what it changed. What is in the file is the sum of
its lines, and each program that has it open keeps that sum in memory.

Everything that the library stores stands at a *place*, such as ("Person", id) or ("counter", "invoice"). Three ideas do
all the work:

- A transaction reads the snapshot of the moment at which it began. Snapshots are never changed, only replaced.
- A commit names, for each place that it writes, what must stand there and what is to stand there. If something else
  stands there by now, all of it is refused.
- A lock on the file lets one commit at a time do that, among all threads and programs.

It is for small books, kept by a few programs on one machine with Linux or macOS. The file only ever grows, all of it is
in memory, and a list is made by going through everything of the firm.
"""

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve

from invoicecore import codec
from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageUnavailable, UniqueViolation
from invoicecore.ports.store import (
    ALL_FIRMS,
    AT_ONCE,
    AuditRecord,
    Entity,
    Fact,
    FirmsQuery,
    IdempotencyRecord,
    IndexQuery,
    UniqueKind,
    Versioned,
    WaitingMessage,
    WriteSet,
    stream_of,
)
from invoicecore.values.ids import FirmId

E = TypeVar("E", bound=Entity)

Place = tuple[str | int, ...]
Snapshot = Mapping[Place, Versioned[Any]]  # of one firm's books: what stands where, and how often it was written there
NOTHING: Versioned[Any] = Versioned(None, 0)


def place_of(fact: Fact) -> Place:
    """Where a fact stands. That the place has the sequence is what keeps two from having the same."""
    kind = type(fact).__name__
    return (kind, fact.id) if isinstance(fact, AuditRecord) else (kind, stream_of(fact), fact.sequence)


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
        self._snapshots: dict[FirmId, Snapshot] = {}
        self._end = 0  # as far as the file was read

    def begin(self, firm_id: FirmId) -> "JsonLinesTransaction":
        """A transaction on one firm, which need not exist yet."""
        with self._opened():
            return JsonLinesTransaction(self, firm_id, self._snapshots.get(firm_id, {}))

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> tuple[FirmId, ...]:
        """The firms that were committed here, or those of them with something to do."""
        with self._opened():
            firms = [firm_id for firm_id, snapshot in self._snapshots.items() if ("Firm", firm_id) in snapshot]
        return query.among(firms, self.begin)

    def add(self, firm_id: FirmId, writes: WriteSet) -> None:
        """Write all of a write set, if everything that it goes by is still so."""
        with self._opened() as file:
            changes = []
            for place, holds, value in changes_of(writes, self._snapshots.get(firm_id, {})):
                if not holds:
                    conflict = UniqueViolation if place[0] == "owner" else ConcurrencyConflict
                    raise conflict(f"Somebody else was quicker at {place}.")
                changes.append((place, plain(value)))
            self._write(file, json.dumps([firm_id, changes], ensure_ascii=False).encode() + b"\n")

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
        fresh: dict[FirmId, dict[Place, Versioned[Any]]] = {}
        for line in lines:
            firm_id, changes = json.loads(line)
            if firm_id not in fresh:
                fresh[firm_id] = dict(self._snapshots.get(firm_id, {}))
            stored = fresh[firm_id]
            for spelled, data in changes:
                place = tuple(spelled)
                if data is None:
                    stored.pop(place, None)
                else:
                    stored[place] = Versioned(valued(data), stored.get(place, NOTHING).version + 1)
        self._snapshots.update(fresh)
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


class JsonLinesTransaction:
    """What one unit of work reads and commits; see `invoicecore.ports.store.StoreTransaction` for what it promises."""

    def __init__(self, storage: JsonLinesStorage, firm_id: FirmId, snapshot: Snapshot) -> None:
        self._storage = storage
        self._firm_id = firm_id
        self._snapshot = snapshot

    def _value(self, *place: str | int) -> Any:
        """What stands at a place; None for nothing."""
        return self._snapshot.get(place, NOTHING).entity

    def _all(self, kind: str) -> list[Versioned[Any]]:
        """All of a kind, the first first."""
        return [stored for place, stored in self._snapshot.items() if place[0] == kind]

    def read_entity(self, kind: type[E], id: str) -> Versioned[E] | None:
        return self._snapshot.get((kind.__name__, id))

    def read_index(self, query: IndexQuery[Any]) -> Sequence[Any]:
        found = [stored for stored in self._all(query.index.of.__name__) if query.includes(stored.entity)]
        found.sort(key=lambda stored: query.index.place(stored.entity), reverse=query.descending)
        is_fact = issubclass(query.index.of, Fact)
        return [stored.entity if is_fact else stored for stored in found[: query.limit]]

    def read_owners(self, kind: UniqueKind, keys: Collection[str]) -> Mapping[str, str]:
        return {key: owner for key in keys if (owner := self._value("owner", kind, key)) is not None}

    def read_counter(self, name: str) -> int:
        return self._value("counter", name) or 1

    def read_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        found = self._value("key", key)
        return None if found is None else IdempotencyRecord(key, *found)

    def read_outbox(self, now: datetime | None, limit: int) -> Sequence[WaitingMessage]:
        outbox = [waiting_message(stored.entity) for stored in self._all("Message")]
        resting = [it for it in outbox if it.due is None]
        waiting = resting if now is None else [it for it in outbox if it.due is not None and it.due <= now]
        return sorted(waiting, key=lambda it: (it.due or AT_ONCE, it.message.at, it.message.id))[:limit]

    def commit(self, writes: WriteSet) -> None:
        self._storage.add(self._firm_id, writes)

    def close(self) -> None:
        """A snapshot holds nothing that is to be given back."""


def waiting_message(stored: Any) -> WaitingMessage:
    """A message as it stands in the file: beside it the text of the instant when it is due, and what was noted."""
    message, due, *noted = stored
    return WaitingMessage(message, due and datetime.fromisoformat(due), *noted)


def plain_message(it: WaitingMessage) -> tuple[Any, ...]:
    """What stands in the file for a message."""
    return (it.message, it.due and it.due.isoformat(), it.attempts, it.error)


def changes_of(writes: WriteSet, now: Snapshot) -> Iterator[tuple[Place, bool, Any]]:
    """Every place that is to be written: whether there still stands what the unit of work went by, and its new value;
    None is nothing."""

    def at(place: Place) -> Any:
        return now.get(place, NOTHING).entity

    for (kind, id), it in writes.entities.items():
        place: Place = (kind.__name__, id)
        yield place, now.get(place, NOTHING).version == (it.seen or NOTHING).version, (it.wanted or NOTHING).entity
    appended: set[Place] = set()
    audited = at(("audited",)) or 0
    for fact in writes.facts:
        place = place_of(fact)
        if isinstance(fact, AuditRecord):  # lines are written one after the other, so this is the order of the commits
            audited += 1
            fact = evolve(fact, position=audited)
            yield ("audited",), True, audited
        yield place, at(place) is None and place not in appended, fact
        appended.add(place)
    for unique, reservations in writes.reservations.items():
        for key, owner in reservations.items():
            place = ("owner", unique, key)
            yield place, at(place) == owner.seen, owner.wanted
    for name, value in writes.counters.items():
        place = ("counter", name)
        yield place, (at(place) or 1) == value.seen, value.wanted
    for record in writes.idempotency_records.values():
        place = ("key", record.key)
        yield place, at(place) is None, (record.request, record.result)
    for message in writes.sent:
        yield ("Message", message.id), True, plain_message(WaitingMessage(message))
    for id, moved in writes.rescheduled.items():
        stored = at(("Message", id))
        holds = stored is not None and waiting_message(stored).due == moved.seen.due
        yield ("Message", id), holds, plain_message(moved.wanted)
    for id in writes.acknowledged:
        yield ("Message", id), True, None
