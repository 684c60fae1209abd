"""What stands when the disk is full in the middle of a command?

On SQLite, the number of pages that the file may have is swept, from those that it has to those that a command needs.
Each time the command either stands, or is refused with StorageUnavailable and has changed nothing; with room again, the
same command leads to the books after, once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import define
from sqlalchemy import event

from invoicecore.adapters.sql import SqlStorage
from invoicecore.errors import StorageUnavailable
from invoicecore.testing.blind import without_transactions
from invoicecore.testing.books import Books, books
from invoicecore.testing.commands import COMMANDS, Command, Keeping, at_once, prepared
from invoicecore.testing.faults import Attempt, Host, wrong_again
from invoicecore.testing.figures import Figures
from invoicecore.testing.files import on_files
from invoicecore.testing.invariants import Breach, breaches, breaches_between

_PAGE = 512
"""Bytes of a page: so few that nearly every command needs some more."""
_PLENTY = 1_000_000


@define
class _Disk:
    """The room that a storage has, in pages of its file."""

    storage: SqlStorage
    room: int = _PLENTY

    def __attrs_post_init__(self) -> None:
        event.listen(self.storage.engine, "checkout", self._tell)

    def _tell(self, connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.room}")

    @property
    def used(self) -> int:
        """How many pages the file has."""
        with self.storage.engine.connect() as connection:
            return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())


class Sweep:
    """Gives commands in ever more room, and keeps count."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self.commands = 0
        self.tries = 0
        self.refused = 0
        self.breaches: Counter[str] = Counter()
        self.found: dict[tuple[str, str], str] = {}

    def put_to(self, command: Command) -> None:
        """Give a command with no more room than is used, with a page more, and so on until it has enough."""
        self.commands += 1
        scene = prepared(command, keeping=self._keeping)
        before = books(scene.storage, scene.firm)
        used = _Disk(scene.storage).used
        copy = scene.copied()
        good = Host(copy, command, _key(command)).give()
        for room in range(used, _Disk(copy.storage).used + 1):
            self.tries += 1
            copy = scene.copied()
            host, disk = Host(copy, command, _key(command)), _Disk(copy.storage, room)
            struck = host.give()
            disk.room = _PLENTY
            self.refused += struck.error is not None
            wrong = [*_wrong(before, good, struck)]
            if struck.error is not None or _key(command) is not None:
                wrong += wrong_again(good, host.give())
            self._note(command, f"room for {room} pages, {used} used", wrong)

    def _note(self, command: Command, when: str, wrong: Iterable[Breach]) -> None:
        for breach in wrong:
            self.breaches[breach.invariant] += 1
            self.found.setdefault((breach.invariant, str(command)), f"{when}: {breach.what}")


def _key(command: Command) -> str | None:
    return "k" if command.takes_key else None


def _wrong(before: Books, good: Attempt, struck: Attempt) -> Iterator[Breach]:
    """What is wrong after a command that may not have had room enough, and would have been `good` with it."""
    match struck.error:
        case None if (struck.answer, struck.books) != (good.answer, good.books):
            yield Breach("lost", "it was acknowledged, and does not stand so")
        case StorageUnavailable() if struck.books != before:
            yield Breach("half", "it was refused, and the books are not those before")
        case None | StorageUnavailable():
            pass
        case other:
            yield Breach("end", repr(other))
    yield from breaches(struck.books)
    yield from breaches_between(before, struck.books)


def swept(commands: Iterable[Command]) -> Sweep:
    """The commands, each in all the room that it may have too little of."""
    with on_files(_PAGE) as keeping, at_once():
        sweep = Sweep(keeping)
        for command in commands:
            sweep.put_to(command)
    return sweep


def run(*, size: int, seed: int) -> Figures:
    """Every command: all there are, whatever the size and the seed."""
    sweep = swept(COMMANDS)
    wrong = "".join(f"\n  {broken} by {command}, {how}" for (broken, command), how in sweep.found.items())
    line = f"{sweep.commands} commands, {sweep.tries} sizes of the disk, {sweep.refused} times it was full"
    return Figures("full", not wrong, line + (wrong or "; all before or after, and again with room"))


def control(*, seed: int) -> Figures:
    """The same with an adapter for which each statement stands by itself."""
    with without_transactions():
        found = swept(COMMANDS[:3]).breaches
    line = ", ".join(f"{law} {count}×" for law, count in sorted(found.items())) or "MISSED"
    return Figures("full, control", bool(found), f"without transactions: {line}")
