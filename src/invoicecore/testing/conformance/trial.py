"""The firm of a check, and the assertions about a store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Barrier
from typing import Final, Self, TypeVar

import pytest

from invoicecore.errors import ConcurrencyConflict, StorageError, UniqueViolation
from invoicecore.model.events import Message
from invoicecore.ports.store import Entity, Fact, Storage, id_of
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.promise import PromiseBroken, difference, refusal
from invoicecore.values.ids import FirmId, TimeOrderedIds

T = TypeVar("T")
Action = Callable[[UnitOfWork], object]

CONFLICTS = (ConcurrencyConflict, UniqueViolation)
"""How storage says that somebody else was quicker: a command that meets either is run again as a whole."""

new_id: Final = TimeOrderedIds()


def nothing(uow: UnitOfWork) -> None:
    """Do nothing more."""


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

    def through(self, storage: Storage) -> "Trial":
        """The same trial and firm, through another opening of its storage."""
        return Trial(storage, self.promise, self.firm_id)

    # units of work

    def begin(self) -> UnitOfWork:
        """A unit of work on the firm."""
        return UnitOfWork(self.storage, self.firm_id)

    def attempt(self, *actions: Action) -> None:
        """A unit of work that does some things, one after the other, and commits; what it raises comes out."""
        with self.begin() as uow:
            for action in actions:
                action(uow)
            uow.commit()

    def do(self, *actions: Action) -> None:
        """As `attempt`, where nobody is in the way: PromiseBroken if it is refused."""
        with self.unhindered():
            self.attempt(*actions)

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

    def settles(self, expected: object, write: Action, ask: Action, looked_at: str) -> None:
        """Commit a unit of work. PromiseBroken unless it sees what is expected before its commit, and others after."""

        def look(uow: UnitOfWork) -> None:
            self.expect(expected, ask(uow), f"{looked_at}, for the unit that wrote")

        self.do(write, look)
        self.expect(expected, self.look(ask), f"{looked_at}, after the commit")

    def refuses(self, looked_at: str, *errors: type[StorageError]) -> AbstractContextManager[None]:
        """PromiseBroken unless one of these errors comes out; those of a conflict, if none is named."""
        return refusal(self.promise, looked_at, *(errors or CONFLICTS))

    def overtaken(self, first: Action, meanwhile: Action, then: Action = nothing, *, by: "Trial | None" = None) -> int:
        """A unit does something; another one does all of its work meanwhile and commits; the first goes on and commits.
        Which of them stands: 1 for the one that overtook, 0 for the first, if storage held the other one off."""
        with _Together(self, 1) as units:
            units.attempt(0, first)
            overtook = (by or self)._went_through(meanwhile)
            units.attempt(0, then)
            stands = units.attempt(0, _commit)
        return self._the_one("a unit of work and one that overtook it", [stands, overtook])

    def winner(self, *actions: Action) -> int:
        """The one of several units that race which committed; exactly one has to, and the others must be told of a
        conflict."""
        return self._the_one("units of work that want the same", self.race(*actions))

    def race(self, *actions: Action) -> list[bool]:
        """Several units are all at work before any commits; then they commit, in this order. Which of them did."""
        with _Together(self, len(actions)) as units:
            for number, action in enumerate(actions):
                units.attempt(number, action)
            return [units.attempt(number, _commit) for number in range(len(actions))]

    def _went_through(self, action: Action) -> bool:
        try:
            self.attempt(action)
        except CONFLICTS:
            return False
        return True

    def _the_one(self, looked_at: str, committed: list[bool]) -> int:
        if sum(committed) != 1:
            seen = f"{sum(committed)} of {len(committed)} committed\n  Expected: one"
            raise PromiseBroken(self.promise, looked_at, seen)
        return committed.index(True)

    def insist(self, action: Callable[[UnitOfWork], T]) -> T:
        """Commit a unit of work, run again as a whole while somebody else is quicker."""
        for _ in range(1000):
            try:
                with self.begin() as uow:
                    result = action(uow)
                    uow.commit()
                    return result
            except CONFLICTS:
                continue
        raise PromiseBroken(self.promise, "a unit of work that is run again while others are quicker", "no end of it")


class _Together:
    """Units of work that are open at once; one that met a conflict is left at that moment."""

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

    def write(uow: UnitOfWork) -> None:
        if isinstance(thing, Fact):
            uow.append(thing)
        elif isinstance(thing, Message):
            uow.send(thing)
        else:
            uow.put(thing)

    return write


def changing(entity: Entity) -> Action:
    """Get an entity and put it as it now is."""

    def write(uow: UnitOfWork) -> None:
        uow.get(type(entity), id_of(entity))
        uow.put(entity)

    return write


def removing(kind: type[Entity], id: str) -> Action:
    """Get an entity and remove it."""

    def write(uow: UnitOfWork) -> None:
        uow.get(kind, id)
        uow.remove(kind, id)

    return write


class Room:
    """Checks of one family of promises. The host's class gives the fixture `storage`."""

    @pytest.fixture
    def trial(self, storage: Storage, request: pytest.FixtureRequest) -> Trial:
        """A firm of its own for this check, whose docstring is the promise."""
        return Trial(storage, " ".join((request.function.__doc__ or request.function.__name__).split()))
