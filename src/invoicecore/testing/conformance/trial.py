"""The firm of a check, the assertions about a store, and the error of a failed check."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import starmap
from threading import Barrier
from typing import Any, Final, Self, TypeVar

import pytest
from attrs import fields, has

from invoicecore.errors import ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.model.events import Message
from invoicecore.ports.store import ALL, Entity, Fact, Index, Storage, id_of
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.values.ids import FirmId, TimeOrderedIds

_LONGEST_SHOWN = 400

T = TypeVar("T")
Action = Callable[[UnitOfWork], Any]

CONFLICTS = (ConcurrencyConflict, UniqueViolation)
"""The errors by which storage reports that another unit was quicker: the command is then run again as a whole."""

new_id: Final = TimeOrderedIds()


class PromiseBroken(AssertionError):
    """Storage did not do what the port promises. The message says what was promised and what was seen."""

    def __init__(self, promise: str, looked_at: str, seen: str) -> None:
        super().__init__(f"\n  Promised: {promise}\n  Looked at: {looked_at}\n  Seen: {seen}")


def difference(expected: object, seen: object, place: str = "") -> str:
    """Where what was seen first differs from what was expected, in value or in type; empty if it does not.

    Types count, because 50.0 equals 50 and "due" equals Status.DUE, and both would cause errors later.
    """
    kind: type[Any] = type(expected)
    parts: Iterable[tuple[object, object, str]]
    if isinstance(expected, Mapping) and isinstance(seen, Mapping):
        if expected.keys() != seen.keys():
            return _reported(dict(expected), dict(seen), place)
        parts = ((expected[key], seen[key], f"{place}[{key!r}]") for key in expected)
    elif type(seen) is not kind:
        more = f", a {type(seen).__name__} where a {kind.__name__} was expected"
        return _reported(expected, seen, place, more)
    elif isinstance(expected, tuple | list) and isinstance(seen, tuple | list):
        if len(expected) != len(seen):
            return _reported(expected, seen, place, f", {len(seen)} where {len(expected)} were expected")
        pairs = enumerate(zip(expected, seen, strict=True))
        parts = ((*pair, f"{place}[{number}]") for number, pair in pairs)
    elif has(kind):
        names = (field.name for field in fields(kind) if field.eq)
        parts = ((getattr(expected, name), getattr(seen, name), f"{place}.{name}") for name in names)
    elif isinstance(expected, datetime) and isinstance(seen, datetime) and (expected.tzinfo, seen.tzinfo) != (UTC, UTC):
        return _reported(expected, seen, place, ", which is not in datetime.UTC")
    else:
        return "" if expected == seen else _reported(expected, seen, place)
    return next(filter(None, starmap(difference, parts)), "")


def _reported(expected: object, seen: object, place: str, more: str = "") -> str:
    where = f"at {place.removeprefix('.')} " if place else ""
    return f"{where}{_shown(seen)}{more}\n  Expected: {_shown(expected)}"


def _shown(value: object) -> str:
    text = repr(value)
    if len(text) <= _LONGEST_SHOWN:
        return text
    return f"{text[: _LONGEST_SHOWN // 2]} … {text[-_LONGEST_SHOWN // 4 :]} ({len(text)} characters)"


def nothing(uow: UnitOfWork) -> None:
    """Do nothing more."""


def steps(*actions: Action) -> Action:
    """One action that does several, one after the other; it returns what the last one did."""

    def do_all(uow: UnitOfWork) -> object:
        return [action(uow) for action in actions][-1]

    return do_all


def went_through(command: Callable[[], object]) -> bool:
    """Whether a command ended without a conflict."""
    try:
        command()
    except CONFLICTS:
        return False
    return True


def together(count: int, action: Callable[[int], T]) -> list[T]:
    """Let so many threads do something at the same moment, each with its number; what each got."""
    start = Barrier(count)

    def run(number: int) -> T:
        start.wait()
        return action(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


class Trial:
    """A firm of its own in the storage under test, and the promise that is looked into.

    The firm has the people Lee and Kim, the clients Acme and Globex with their accounts, and a project of each, so
    that what a check writes is sound: whoever is named in it is there.
    """

    def __init__(self, storage: Storage, promise: str, firm_id: FirmId | None = None) -> None:
        self.storage = storage
        self.promise = promise
        self.firm_id: Final = firm_id or FirmId(new_id())
        if firm_id is None:
            self.store(things.firm(self.firm_id), *things.BEGINNING)

    def elsewhere(self) -> "Trial":
        """The same trial in another new firm."""
        return Trial(self.storage, self.promise)

    def of_firm(self, firm_id: str) -> "Trial":
        """The same trial in a firm of that id, in which nothing is stored for it."""
        return Trial(self.storage, self.promise, FirmId(firm_id))

    def through(self, storage: Storage) -> "Trial":
        """The same trial and firm, through another opening of its storage."""
        return Trial(storage, self.promise, self.firm_id)

    # units of work

    def begin(self) -> UnitOfWork:
        """A unit of work on the firm."""
        return UnitOfWork(self.storage, self.firm_id)

    def attempt(self, *actions: Action) -> Any:
        """A unit of work that does some things, one after the other, and commits; what the last one returned. What it
        raises comes out."""
        with self.begin() as uow:
            result = steps(*actions)(uow)
            uow.commit()
        return result

    def do(self, *actions: Action) -> Any:
        """As `attempt`, where nobody is in the way: PromiseBroken if it is refused."""
        with self.unhindered():
            return self.attempt(*actions)

    def look(self, ask: Callable[[UnitOfWork], T]) -> T:
        """What a new unit of work answers."""
        with self.unhindered(), self.begin() as uow:
            return ask(uow)

    @contextmanager
    def unhindered(self) -> Iterator[None]:
        """PromiseBroken if anything in the block is refused, because nobody is in its way."""
        try:
            yield
        except StorageError as refused:
            raise PromiseBroken(self.promise, "a unit of work in whose way nobody is", repr(refused)) from refused

    def store(self, *new: Entity | Fact | Message) -> None:
        """Commit new things and messages."""
        self.do(*map(writing, new))

    def change(self, entity: Entity) -> None:
        """Commit an entity that is there already, as it now is."""
        self.do(changing(entity))

    # judging

    def expect(self, expected: object, seen: object, looked_at: str) -> None:
        """PromiseBroken unless the two are alike, in type too."""
        found = difference(expected, seen)
        if found:
            raise PromiseBroken(self.promise, looked_at, found)

    def sees(self, expected: object, ask: Action, looked_at: str) -> None:
        """PromiseBroken unless a new unit of work answers what is expected."""
        self.expect(expected, self.look(ask), looked_at)

    def settles(self, expected: object, write: Action, ask: Action, looked_at: str) -> None:
        """Commit a unit of work. PromiseBroken unless it sees what is expected before its commit, and others after."""

        def look(uow: UnitOfWork) -> None:
            self.expect(expected, ask(uow), f"{looked_at}, for the unit that wrote")

        self.do(write, look)
        self.sees(expected, ask, f"{looked_at}, after the commit")

    @contextmanager
    def refuses(self, looked_at: str, *errors: type[StorageError]) -> Iterator[None]:
        """PromiseBroken unless one of these errors comes out of the block; those of a conflict, if none is named."""
        wanted = errors or CONFLICTS
        names = " or ".join(error.__name__ for error in wanted)
        try:
            yield
        except wanted:
            return
        except PromiseBroken:
            raise
        except Exception as other:
            raise PromiseBroken(self.promise, looked_at, f"{other!r}\n  Expected: {names}") from other
        raise PromiseBroken(self.promise, looked_at, f"it went through\n  Expected: {names}")

    def overtaken(self, first: Action, meanwhile: Action, then: Action = nothing, *, by: "Trial | None" = None) -> int:
        """A unit does something; another one does all of its work meanwhile and commits; the first goes on and commits.
        Which of them stands: 1 for the one that overtook, 0 for the first, if storage refused the other one."""
        with _Together(self, 1) as units:
            units.attempt(0, first)
            overtook = went_through(lambda: (by or self).attempt(meanwhile))
            units.attempt(0, then)
            stands = units.attempt(0, _commit)
        return self._the_one("a unit of work and one that overtook it", [stands, overtook])

    def winner(self, *actions: Action) -> int:
        """The one of several units that race which committed; exactly one has to, and the others must get a
        conflict."""
        return self._the_one("units of work that want the same", self.race(*actions))

    def race(self, *actions: Action) -> list[bool]:
        """Several units are all at work before any commits; then they commit, in this order. Which of them did."""
        with _Together(self, len(actions)) as units:
            for number, action in enumerate(actions):
                units.attempt(number, action)
            return [units.attempt(number, _commit) for number in range(len(actions))]

    def _the_one(self, looked_at: str, committed: list[bool]) -> int:
        if sum(committed) != 1:
            seen = f"{sum(committed)} of {len(committed)} committed\n  Expected: one"
            raise PromiseBroken(self.promise, looked_at, seen)
        return committed.index(True)

    def insist(self, action: Action) -> Any:
        """Commit a unit of work, run again as a whole while others are quicker; what it returned."""
        for _ in range(1000):
            with suppress(*CONFLICTS):
                return self.attempt(action)
        raise PromiseBroken(self.promise, "a unit of work that is run again while others are quicker", "no end of it")


class _Together:
    """Units of work that are open at once; one that is refused with a conflict is left at that moment."""

    def __init__(self, trial: Trial, count: int) -> None:
        self._trial = trial
        self._open = {number: trial.begin() for number in range(count)}

    def __enter__(self) -> Self:
        for unit in self._open.values():
            unit.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        for unit in self._open.values():
            unit.__exit__(*exc)

    def attempt(self, number: int, action: Action) -> bool:
        """Let a unit do something; whether it could."""
        if number not in self._open:
            return False
        try:
            action(self._open[number])
        except CONFLICTS as conflict:
            self._open.pop(number).__exit__(type(conflict), conflict, conflict.__traceback__)
            return False
        except (PromiseBroken, StorageError):
            raise
        except Exception as other:
            looked_at = "the error by which a unit of work hears that another one was quicker"
            raise PromiseBroken(self._trial.promise, looked_at, f"{other!r}\n  Expected: a conflict") from other
        return True


def _commit(uow: UnitOfWork) -> None:
    uow.commit()


def writing(thing: Entity | Fact | Message) -> Action:
    """Store a new thing, or send a message."""
    if isinstance(thing, Fact):
        return lambda uow: uow.append(thing)
    return lambda uow: uow.send(thing) if isinstance(thing, Message) else uow.put(thing)


def changing(entity: Entity) -> Action:
    """Get an entity and put it as it now is."""
    return steps(lambda uow: uow.get(type(entity), id_of(entity)), lambda uow: uow.put(entity))


def finding(index: Index[Any], key: str = ALL, **bounds: Any) -> Action:
    """List what an index holds under a key, between some bounds."""
    return lambda uow: uow.find(index, key, **bounds)


def removing(kind: type[Entity], id: str) -> Action:
    """Get an entity and remove it."""
    return steps(lambda uow: uow.get(kind, id), lambda uow: uow.remove(kind, id))


def promise_of(check: Callable[..., object]) -> str:
    """What a check promises: its docstring, on one line."""
    return " ".join((check.__doc__ or check.__name__).split())


class Room:
    """Checks of one family of promises. The host's class gives the fixture `storage`."""

    @pytest.fixture
    def trial(self, storage: Storage, request: pytest.FixtureRequest) -> Trial:
        """A firm of its own for this check, whose docstring is the promise."""
        return Trial(storage, promise_of(request.function))
