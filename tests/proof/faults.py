"""What is stored, and what the host is told, when storage fails at any call of a command."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import timedelta
from typing import TypeVar

from attrs import evolve, frozen

from invoicecore.adapters.clock import SettableClock
from invoicecore.adapters.notifier import RecordingNotifier
from invoicecore.billing import Billing
from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageError, StorageUnavailable
from invoicecore.model.events import Message
from invoicecore.ports.store import Storage, StoreTransaction, WriteSet
from invoicecore.testing import QuickPasswords
from invoicecore.testing.instrumented_storage import COMMIT, Watch, WatchedStorage, WatchedTransaction, unwatched
from invoicecore.values.ids import CountingIds, FirmId
from tests.books import Books, books
from tests.proof.commands import (
    COMMANDS,
    IN_MEMORY,
    AttemptIds,
    Command,
    PreparedFirm,
    StorageKind,
    prepared,
    without_backoff,
)
from tests.proof.figures import Figures
from tests.proof.invariants import Breach, breaches, breaches_between

R = TypeVar("R")

_FEW = 3
"""How many commands run on each broken storage."""

Wrap = Callable[[Storage], Storage]
"""Puts something between the library and the storage that fails."""


@frozen
class Fault:
    """What goes wrong, once: an error in place of a call, or `late`, after the call was made."""

    error: type[BaseException]
    late: bool = False

    def __str__(self) -> str:
        return f"{self.error.__name__} {'after' if self.late else 'before'}"


def faults_at(call: str) -> Iterator[Fault]:
    """What may go wrong at a call. Only a commit can stand although it failed: then its answer was lost."""
    yield Fault(StorageUnavailable)
    yield Fault(ConcurrencyConflict)
    yield Fault(KeyboardInterrupt)
    yield Fault(KeyboardInterrupt, late=True)
    if call == COMMIT:
        yield Fault(CommitUnknown)
        yield Fault(CommitUnknown, late=True)
    else:
        yield Fault(StorageUnavailable, late=True)


def failing_at(calls: list[str], number: int, fault: Fault | None, observe: Callable[[str], None]) -> Watch:
    """A watch that records the calls and raises a fault at the call of that number; `observe` gets those that were
    made."""

    def watch(call: str, make: Callable[[], R]) -> R:
        calls.append(call)
        strikes = fault if len(calls) == number else None
        if strikes is not None and not strikes.late:
            raise strikes.error("out of order")
        made = make()
        observe(call)
        if strikes is not None:
            raise strikes.error("out of order")
        return made

    return watch


@frozen
class Attempt:
    """One run of a command: its answer or its error, the books after it, and its calls to storage."""

    answer: object
    error: BaseException | None
    books: Books
    calls: Sequence[str]


class Host:
    """An application that runs one command, perhaps again, on a storage that fails at most once."""

    def __init__(
        self, scene: PreparedFirm, command: Command, key: str | None, wrap: Wrap = lambda storage: storage
    ) -> None:
        self._scene = scene
        self._command = command
        self._key = key
        self._wrap = wrap
        self._ids = AttemptIds("a")

    def give(self, number: int = 0, fault: Fault | None = None) -> Attempt:
        """Give the command, with a fault at the call of that number, counted from 1."""
        calls: list[str] = []
        watch = failing_at(calls, number, fault, self._ids.observe)
        scene = self._scene
        desk = scene.desk(self._wrap(WatchedStorage(scene.storage, watch)), self._ids)
        answer, failed = None, None
        try:
            answer = self._command.given(desk, scene, self._key)
        except (Exception, KeyboardInterrupt) as error:
            failed = error
        return Attempt(answer, failed, books(scene.storage, scene.firm), calls)


class FaultRun:
    """Runs commands with faults at all of their calls, and counts."""

    def __init__(self, wrap: Wrap = lambda storage: storage, storage_kind: StorageKind = IN_MEMORY) -> None:
        self._wrap = wrap
        self._storage_kind = storage_kind
        self.commands = 0
        self.faults = 0
        self.repeated = 0
        self.breaches: Counter[str] = Counter()
        self.found: dict[tuple[str, str], str] = {}

    def run(self, command: Command, key: str | None) -> None:
        """Try a command, with that idempotency key or none."""
        self.commands += 1
        scene = prepared(command, storage_kind=self._storage_kind)
        before = books(scene.storage, scene.firm)
        good = Host(scene.copied(), command, key, self._wrap).give()
        self._note(command, "no fault", [*breaches(good.books), *breaches_between(before, good.books)])
        if good.error is not None or good.books == before:
            self._note(command, "no fault", [Breach("end", f"it changed nothing: {good.error!r}")])
        for number, call in enumerate(good.calls, 1):
            for fault in faults_at(call):
                self.faults += 1
                host = Host(scene.copied(), command, key, self._wrap)
                struck = host.give(number, fault)
                wrong = list(_wrong(before, good, struck, fault))
                if key is not None or struck.books == before:
                    self.repeated += 1
                    wrong += wrong_after_repeat(good, host.give())
                self._note(command, f"{fault} {call}, call {number}", wrong)

    def run_delivery(self) -> None:
        """Try to hand over the messages of the scene, once with a fault and later without: whatever went wrong, each
        comes, and none stays."""
        scene = prepared(storage_kind=self._storage_kind)
        waiting = books(scene.storage, scene.firm).outbox
        for number, call in enumerate(_deliver(scene.copied())[0], 1):
            for fault in faults_at(call):
                self.faults += 1
                copy = scene.copied()
                told = [*_deliver(copy, number, fault)[1], *_deliver(copy, later=timedelta(hours=1))[1]]
                wrong = []
                if {message.id: message for message in told} != {message.id: message for message in waiting}:
                    wrong.append(Breach("I31", "a message was not handed over, or another one was"))
                if books(copy.storage, copy.firm).outbox:
                    wrong.append(Breach("I31", "a message that was handed over stays"))
                self._note("deliver", f"{fault} {call}, call {number}", wrong)

    def _note(self, command: object, when: str, wrong: Iterable[Breach]) -> None:
        for breach in wrong:
            self.breaches[breach.invariant] += 1
            self.found.setdefault((breach.invariant, str(command)), f"{when}: {breach.what}")


def _wrong(before: Books, good: Attempt, struck: Attempt, fault: Fault) -> Iterator[Breach]:
    """What is wrong after a fault, where all would have been `good` without it."""
    if struck.books not in (before, good.books):
        yield Breach("half", "the books are neither those before nor those after")
    match struck.error:
        case None if (struck.answer, struck.books) != (good.answer, good.books):
            yield Breach("lost", "it was acknowledged, and does not stand so")
        case StorageUnavailable() | ConcurrencyConflict() if struck.books != before:
            yield Breach("written", f"{struck.error!r} says that nothing was written")
        case None | StorageError() | KeyboardInterrupt():
            pass
        case other:
            yield Breach("end", repr(other))
    if fault.error is ConcurrencyConflict and struck.error is not None:
        yield Breach("end", f"it was not run again: {struck.error!r}")


def wrong_after_repeat(good: Attempt, again: Attempt) -> Iterator[Breach]:
    """What is wrong after the command was given again."""
    if again.error is not None:
        yield Breach("again", repr(again.error))
    elif again.books != good.books:
        yield Breach("again", "the books are not those of one effect")
    elif again.answer != good.answer:
        yield Breach("again", "another answer")


def _deliver(
    scene: PreparedFirm, number: int = 0, fault: Fault | None = None, later: timedelta = timedelta(0)
) -> tuple[list[str], list[Message]]:
    """Deliver, with a fault at the call of that number; the calls that were made, and what was told."""
    calls: list[str] = []
    clock, notifier = SettableClock(scene.clock.now() + later), RecordingNotifier()
    storage = WatchedStorage(scene.storage, failing_at(calls, number, fault, lambda call: None))
    with suppress(StorageError, KeyboardInterrupt):
        Billing(
            storage, scene.firm, scene.maria, clock, CountingIds(), notifier, QuickPasswords(), None, None
        ).deliver()
    return calls, notifier.messages


def run_commands(
    commands: Iterable[Command], wrap: Wrap = lambda storage: storage, storage_kind: StorageKind = IN_MEMORY
) -> FaultRun:
    """The commands, without a key and, where they take one, with."""
    fault_run = FaultRun(wrap, storage_kind)
    with without_backoff():
        for command in commands:
            fault_run.run(command, None)
            if command.takes_key:
                fault_run.run(command, "k")
    return fault_run


def run(*, size: int, seed: int, storage_kind: StorageKind = IN_MEMORY) -> Figures:
    """Every command with every fault at every call; in memory all there are, whatever the size and the seed, and
    elsewhere so many commands."""
    some = COMMANDS if storage_kind is IN_MEMORY else random.Random(seed).sample(COMMANDS, min(size, len(COMMANDS)))
    fault_run = run_commands(some, storage_kind=storage_kind)
    fault_run.run_delivery()
    wrong = "".join(f"\n  {broken} by {command}, {how}" for (broken, command), how in fault_run.found.items())
    line = f"{fault_run.commands} commands and a delivery, {fault_run.faults} faults, {fault_run.repeated} sent again"
    return Figures("faults", not wrong, line + (wrong or ", all sound"))


def control(*, seed: int, storage_kind: StorageKind = IN_MEMORY, few: int = _FEW) -> Figures:
    """The same on two broken storages: one that commits the entities before everything else, and one that keeps the
    idempotency key only after the commit."""
    broken: dict[str, Wrap] = {"entities in a transaction of their own": _Torn, "key after the commit": _LateKey}
    some = [command for command in COMMANDS if command.takes_key][:few]
    caught = {what: run_commands(some, wrap, storage_kind).breaches for what, wrap in broken.items()}
    line = "; ".join(
        f"{what}: {', '.join(f'{law} {count}×' for law, count in sorted(laws.items())) or 'MISSED'}"
        for what, laws in caught.items()
    )
    return Figures("faults, control", all(caught.values()), line)


class _Torn(WatchedStorage):
    """A storage that commits the entities before everything else."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner, unwatched)

    def begin(self, firm_id: FirmId) -> WatchedTransaction:
        return _TornTransaction(self._inner.begin(firm_id), unwatched)


class _TornTransaction(WatchedTransaction):
    def commit(self, writes: WriteSet) -> None:
        super().commit(WriteSet(entities=writes.entities))
        super().commit(evolve(writes, entities={}))


class _LateKey(WatchedStorage):
    """A storage that keeps an idempotency key in a transaction of its own, after the commit."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner, unwatched)

    def begin(self, firm_id: FirmId) -> WatchedTransaction:
        return _LateKeyTransaction(self._inner.begin(firm_id), lambda: self._inner.begin(firm_id))


class _LateKeyTransaction(WatchedTransaction):
    def __init__(self, inner: StoreTransaction, begin: Callable[[], StoreTransaction]) -> None:
        super().__init__(inner, unwatched)
        self._begin = begin

    def commit(self, writes: WriteSet) -> None:
        super().commit(evolve(writes, idempotency_records={}))
        if writes.idempotency_records:
            with closing(self._begin()) as later:
                later.commit(WriteSet(idempotency_records=writes.idempotency_records))
