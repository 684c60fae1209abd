"""Two commands at the same moment end as if one had come after the other.

Each of the two runs on storage that is watched. Before a call of the one, the other may go first: up to two such
switches, in every combination. Whatever the order of the calls, both commands end, accepted or refused with an error
of the library, and books and answers are those of one of the two orders in which the commands could have come one
after the other. Those two orders are checked against the invariants.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement
from queue import SimpleQueue
from typing import Any, TypeVar
from unittest.mock import patch

from attrs import evolve, frozen

from invoicecore.errors import InvoicecoreError, StorageError
from invoicecore.ports.store import WriteSet
from invoicecore.storage.memory import _FirmState
from invoicecore.testing.instrumented_storage import BEGIN, WatchedStorage
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


@frozen
class Schedule:
    """Who goes when: the command at place `first` starts; before its `leaves`-th call the other one goes, until right
    before its own `returns`-th call, or, if that is None, to its end. None for both is one after the other."""

    first: int
    leaves: int | None = None
    returns: int | None = None

    def __str__(self) -> str:
        if self.leaves is None:
            return f"{_ORDER[self.first]} first, then {_ORDER[1 - self.first]}"
        how = "to its end" if self.returns is None else f"until before its call {self.returns}"
        return f"{_ORDER[self.first]} first; before its call {self.leaves} {_ORDER[1 - self.first]} comes in, {how}"


_ORDER = ("the one", "the other")


@frozen
class CommandResult:
    """How a command ended: with an answer, or with an error."""

    answer: object = None
    error: str = ""
    sound: bool = True  # an answer, or an error of the library that tells what is wrong with the command


@frozen
class Outcome:
    """The books after both commands, and how each of them ended."""

    books: Books
    results: tuple[CommandResult, CommandResult]


class _Race:
    """Two commands on one firm, of which one runs at a time."""

    def __init__(self, scene: PreparedFirm, pair: Sequence[Command], schedule: Schedule, key: str | None) -> None:
        self._scene = scene
        self._pair = pair
        self._schedule = schedule
        self._key = key
        self.calls: tuple[list[str], list[str]] = ([], [])
        self._ids = AttemptIds("a"), AttemptIds("b")
        self._results: dict[int, CommandResult] = {}
        self._left: SimpleQueue[None] = SimpleQueue()  # the other one left, or has ended
        self._back: SimpleQueue[None] = SimpleQueue()  # and may go on

    def play(self, helper: ThreadPoolExecutor) -> Outcome:
        """Let both run as the schedule says."""
        first, other = self._schedule.first, 1 - self._schedule.first
        waiting = None

        def in_between(call_of_first: int) -> None:
            nonlocal waiting
            if call_of_first == self._schedule.leaves:
                if self._schedule.returns is None:
                    self._run(other)
                else:
                    waiting = helper.submit(self._run, other, self._pause)
                    self._left.get()

        self._run(first, in_between)
        if waiting is not None:
            self._back.put(None)
            waiting.result()
        elif other not in self._results:
            self._run(other)
        return Outcome(self._books(), (self._results[0], self._results[1]))

    def _books(self) -> Books:
        """The books; the audit by its ids, for its order is that of the commits, which neither command decides."""
        found = books(self._scene.storage, self._scene.firm)
        return evolve(found, audit=tuple(sorted(found.audit, key=lambda record: record.id)))

    def play_alone(self, place: int) -> Books:
        """The books when only one of them is given."""
        self._run(place)
        return self._books()

    def _pause(self, call_of_other: int) -> None:
        if call_of_other == self._schedule.returns:
            self._left.put(None)
            self._back.get()

    def _run(self, place: int, before_call: Callable[[int], None] = lambda number: None) -> None:
        ids, calls = self._ids[place], self.calls[place]

        def watch(call: str, make: Callable[[], R]) -> R:
            calls.append(call)
            before_call(len(calls))
            made = make()
            ids.observe(call)
            return made

        desk = self._scene.desk(WatchedStorage(self._scene.storage, watch), ids)
        self._results[place] = _result(lambda: self._pair[place].given(desk, self._scene, self._key))
        if self._schedule.returns is not None and place != self._schedule.first:
            self._left.put(None)


def _result(give: Callable[[], object]) -> CommandResult:
    try:
        return CommandResult(give())
    except StorageError as error:
        return CommandResult(error=repr(error), sound=False)
    except InvoicecoreError as error:
        return CommandResult(error=repr(error))
    except Exception as error:
        return CommandResult(error=repr(error), sound=False)


class _PairRuns:
    """Two commands that meet in a firm, and everything by which it is judged how they get on."""

    def __init__(
        self, pair: Sequence[Command], key: str | None, helper: ThreadPoolExecutor, storage_kind: StorageKind
    ) -> None:
        self._pair = pair
        self._key = key
        self._helper = helper
        self._scene = prepared(*pair, storage_kind=storage_kind)
        self.before = books(self._scene.storage, self._scene.firm)
        one, other = self._race(Schedule(0)), self._race(Schedule(1))
        in_turn = [one.play(helper), other.play(helper)]
        self._calls = one.calls[0], other.calls[1]
        # A command of several units of work is not one: the other may come between them, wholly or in part.
        between = [self.play(it) for it in (*self.switches(BEGIN), *self.double_switches(BEGIN))]
        self.serial = (*in_turn, *between)

    def _race(self, schedule: Schedule) -> _Race:
        return _Race(self._scene.copied(), self._pair, schedule, self._key)

    def play(self, schedule: Schedule) -> Outcome:
        """What comes of it by that schedule."""
        return self._race(schedule).play(self._helper)

    def switches(self, before: str | None = None) -> Iterator[Schedule]:
        """Every schedule with one switch, right before a call, or a call of that name."""
        for first in (0, 1):
            for leaves in _call_numbers(self._calls[first], before):
                yield Schedule(first, leaves)

    def double_switches(self, before: str | None = None) -> Iterator[Schedule]:
        """Every schedule with two."""
        for first in (0, 1):
            for leaves in _call_numbers(self._calls[first], before):
                for returns in _call_numbers(self._calls[1 - first], before):
                    yield Schedule(first, leaves, returns)

    def always_wrong(self, outcome: Outcome) -> list[Breach]:
        """What must not be, whatever the order."""
        ended = [Breach("end", ending.error) for ending in outcome.results if not ending.sound]
        return [*ended, *breaches(outcome.books), *breaches_between(self.before, outcome.books)]

    def wrong(self, outcome: Outcome) -> tuple[list[Breach], bool]:
        """What is wrong with an outcome that is none of the serial ones, and whether a refusal is odd."""
        accepted = [place for place, ending in enumerate(outcome.results) if not ending.error]
        fitting = [other.books for other in self.serial]
        if len(accepted) == 1:  # then the other one may never have been
            fitting.append(self._race(Schedule(0)).play_alone(accepted[0]))
        found = self.always_wrong(outcome)
        if outcome.books not in fitting:
            found.append(Breach("books", "those of neither order"))
        elif len(accepted) == 2:
            found.append(Breach("answers", "those of neither order"))
        return found, not found


def _call_numbers(calls: Sequence[str], before: str | None) -> list[int]:
    """Which calls, counted from 1, have that name, or all; before the first there is nothing to switch."""
    return [number for number, call in enumerate(calls, 1) if number > 1 and before in (None, call)]


class Explorer:
    """Runs pairs of commands in many schedules, and keeps count.

    `found` are the breaches, by what is broken and by whom, with the first schedule that showed it. `odd` counts the
    schedules in which nothing is wrong but a refusal: neither order would have given that one.
    """

    def __init__(
        self,
        helper: ThreadPoolExecutor,
        chosen: Callable[[int], Iterable[int]],
        storage_kind: StorageKind = IN_MEMORY,
    ) -> None:
        self._helper = helper
        self._chosen = chosen
        self._storage_kind = storage_kind
        self.pairs = 0
        self.schedules = 0
        self.odd = 0
        self.breaches: Counter[str] = Counter()
        self.found: dict[tuple[str, str], str] = {}

    def explore(self, pair: Sequence[Command], key: str | None = None) -> None:
        """Run a pair in every schedule with up to one switch, and in those with two that are chosen from so many."""
        meeting = _PairRuns(pair, key, self._helper, self._storage_kind)
        self.pairs += 1
        self.schedules += len(meeting.serial)
        for outcome in meeting.serial:
            self._note(pair, "one after the other", meeting.always_wrong(outcome))
        twice = list(meeting.double_switches())
        for schedule in (*meeting.switches(), *(twice[place] for place in self._chosen(len(twice)))):
            outcome = meeting.play(schedule)
            self.schedules += 1
            if outcome not in meeting.serial:
                wrong, odd = meeting.wrong(outcome)
                self.odd += odd
                self._note(pair, str(schedule), wrong)

    def _note(self, pair: Sequence[Command], when: str, wrong: Iterable[Breach]) -> None:
        for breach in wrong:
            self.breaches[breach.invariant] += 1
            self.found.setdefault((breach.invariant, f"{pair[0]} × {pair[1]}"), f"{when}: {breach.what}")


FULL = 50_000
"""From so many schedules with two switches on, all of them are run."""


def explored(*, size: int, seed: int, storage_kind: StorageKind = IN_MEMORY, pairs: int | None = None) -> Explorer:
    """Every pair, or so many of them, with about `size` schedules of two switches, or from 50,000 on all of them,
    besides those of one."""
    chance = random.Random(seed)
    meetings: list[tuple[Sequence[Command], str | None]] = [
        *((pair, None) for pair in combinations_with_replacement(COMMANDS, 2)),
        *(((command, command), "the same key") for command in COMMANDS if command.takes_key),
    ]
    if pairs is not None:
        meetings = chance.sample(meetings, pairs)
    full, share = size >= FULL, size // len(meetings)

    def chosen(count: int) -> Iterable[int]:
        return range(count) if full else chance.sample(range(count), min(count, share))

    with ThreadPoolExecutor(1) as helper, without_backoff():
        explorer = Explorer(helper, chosen, storage_kind)
        for pair, key in meetings:
            explorer.explore(pair, key)
    return explorer


def run(*, size: int, seed: int, storage_kind: StorageKind = IN_MEMORY, pairs: int | None = None) -> Figures:
    """Every two commands at once, as `explored`."""
    explorer = explored(size=size, seed=seed, storage_kind=storage_kind, pairs=pairs)
    wrong = "".join(f"\n  {broken} by {pair}, {how}" for (broken, pair), how in explorer.found.items())
    line = f"{explorer.pairs} pairs in {explorer.schedules} schedules, {explorer.odd} odd refusals"
    return Figures("interleave", not wrong, line + (wrong or ", all sound"))


def control(*, seed: int) -> Figures:
    """The same on two broken storages: one that does not see that somebody was quicker, and one that lets a key be
    reserved twice."""
    caught = {}
    unseen: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "versions": ("_check", {"entities": {}, "facts": ()}),
        "reservations": ("_check_more", {"reservations": {}}),
    }
    for what, (check, parts) in unseen.items():
        blind = patch.object(_FirmState, check, _without(check, parts))
        with ThreadPoolExecutor(1) as helper, without_backoff(), blind:
            explorer = Explorer(helper, lambda count: ())
            for command in COMMANDS:
                explorer.explore((command, command))
        caught[what] = explorer.breaches
    line = "; ".join(
        f"without checks of {what}: {', '.join(f'{law} {count}×' for law, count in sorted(laws.items())) or 'MISSED'}"
        for what, laws in caught.items()
    )
    return Figures("interleave, control", all(caught.values()), line)


def _without(name: str, parts: Mapping[str, Any]) -> Callable[[_FirmState, WriteSet], Any]:
    """A check before a commit, blind to some parts of the write set."""
    check = getattr(_FirmState, name)
    return lambda state, writes: check(state, evolve(writes, **parts))
