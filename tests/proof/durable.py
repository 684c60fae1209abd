"""The suites of the proof that run on databases."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import make_url

from invoicecore.ports.store import Storage
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.column_types import SQLITE
from tests.proof import crash as _crash
from tests.proof import differential as _differential
from tests.proof import disk_full as _disk_full
from tests.proof import faults as _faults
from tests.proof import interleave as _interleave
from tests.proof import processes as _processes
from tests.proof.commands import COMMANDS, without_backoff
from tests.proof.figures import Figures
from tests.proof.files import on_files
from tests.proof.sabotaged_sql import without_reservations, without_versions

Check = Callable[[], Figures]
Stores = Sequence[str]
"""The URLs of stores."""


def interleave(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """Any two commands at once, on files of SQLite; fewer than 50,000 schedules are those of fewer pairs."""
    pairs = None if size >= _interleave.FULL else max(1, size // _TWICE)
    with on_files() as storage_kind:
        yield partial(_interleave.run, size=size, seed=seed, storage_kind=storage_kind, pairs=pairs)
    yield partial(interleave_control, seed=seed)


_TWICE = 20  # schedules with two switches that each pair has, besides those with one


def interleave_control(*, seed: int) -> Figures:
    """The same on two broken adapters: one that writes over whatever is there, and one that reserves whatever is
    reserved."""
    caught = {}
    for what, broken, about in (
        ("versions", without_versions, "invoices."),
        ("reservations", without_reservations, "people."),
    ):
        with on_files() as storage_kind, ThreadPoolExecutor(1) as helper, without_backoff(), broken():
            explorer = _interleave.Explorer(helper, lambda count: (), storage_kind)
            for command in COMMANDS:
                if command.name.startswith(about):
                    explorer.explore((command, command))
        caught[what] = explorer.breaches
    line = "; ".join(
        f"without checks of {what}: {', '.join(f'{law} {count}×' for law, count in sorted(laws.items())) or 'MISSED'}"
        for what, laws in caught.items()
    )
    return Figures("interleave, control", all(caught.values()), line)


def faults(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """Every failure at every call of so many commands, on files of SQLite."""
    with on_files() as storage_kind:
        yield partial(_faults.run, size=size, seed=seed, storage_kind=storage_kind)
        yield partial(_faults.control, seed=seed, storage_kind=storage_kind, few=1)


def disk_full(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """A disk that is full in the middle of so many commands, on files of SQLite."""
    yield partial(_disk_full.run, size=size, seed=seed)
    yield partial(_disk_full.control, seed=seed)


def differential(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """So many sequences of commands on all of the stores, and in memory."""
    compared: dict[str, Storage] = {"memory": MemoryStorage()}
    for url in stores:
        storage = SqlStorage.at(url)
        storage.upgrade()
        compared[storage.engine.dialect.name] = storage
    yield partial(_differential.compare, compared, size=size, seed=seed)
    yield partial(_differential.control, seed=seed)


def processes(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """Eight processes at work for so many clients, on each of the stores."""
    for url in stores:
        yield partial(_processes.run, size=size, seed=seed, url=url)
    yield partial(_processes.control, seed=seed)


def crash(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """So many programs killed on a file, and a quarter as many on each other store."""
    for url in stores:
        on_file = make_url(url).get_backend_name() == SQLITE
        yield partial(_crash.run, size=size if on_file else max(1, size // 4), seed=seed, url=url)
    yield partial(_crash.control, seed=seed)


_ON_A_FILE = (("SERIALIZABLE", 0),)
_ON_A_SERVER = (("READ COMMITTED", 0), ("READ COMMITTED", 4), ("REPEATABLE READ", 0))


def joined(stores: Stores, *, size: int, seed: int) -> Iterator[Check]:
    """The same in transactions of a host's: on SQLite, and on a server at READ COMMITTED, with half of the processes
    outside, and at REPEATABLE READ."""
    for url in stores:
        for isolation, plain in _ON_A_FILE if make_url(url).get_backend_name() == SQLITE else _ON_A_SERVER:
            yield partial(_processes.run, size=size, seed=seed, url=url, isolation=isolation, plain=plain)
