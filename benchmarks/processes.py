"""Eight processes that log on one PostgreSQL at the same time, each on a client of its own or all on one client.

Time is that of the wall. Beside the library the same is read and the same rows are written by hand: who logs, and on
which project at which rate; the account is locked for the next place in the ledger. On one client the slowest hundredth
stands beside the median, because nobody is to starve.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from multiprocessing import get_context
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep, time
from typing import Any

from attrs import evolve, frozen

from benchmarks.durable import empty_postgres, read_first, write_logs
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.floors import starts
from benchmarks.measure import Measured
from benchmarks.studio import studio
from invoicecore import Billing
from invoicecore.storage.sql import SqlStorage
from invoicecore.values.ids import FirmId

PROCESSES = 8
_ROUNDS = 7
_HEAD_START = 3.0
"""The seconds in which all processes come to be ready."""


@frozen
class _Job:
    """What one process logs, by which way, how often, and from which second on. `names` are those of a firm, a client,
    a project and a person."""

    url: str
    names: tuple[FirmId, str, str, str]
    place: int
    by_hand: bool = False
    many: int = 0
    begins: float = 0.0


def _work(job: _Job) -> list[float]:
    """How long each log of a process took."""
    with closing(SqlStorage.at(job.url)) as storage:
        log = _by_hand(storage, job) if job.by_hand else _by_library(storage, job)
        first, *moments = [it + timedelta(seconds=job.place) for it in starts(job.many + 1)]
        log(first)
        sleep(max(0.0, job.begins - time()))
        return [_seconds(log, moment) for moment in moments]


def _seconds(log: Callable[[datetime], object], moment: datetime) -> float:
    begun = perf_counter()
    log(moment)
    return perf_counter() - begun


def _by_library(storage: SqlStorage, job: _Job) -> Callable[[datetime], object]:
    firm, _, project, _ = job.names
    desk = Billing.open(storage, firm).as_owner()
    return lambda moment: desk.work.log(project, start=moment, hours=1, note="Wireframes")


def _by_hand(storage: SqlStorage, job: _Job) -> Callable[[datetime], object]:
    pooled: Any = storage.engine.raw_connection()

    def log(moment: datetime) -> None:
        cursor = pooled.cursor()
        numbered = [(read_first(cursor, job.names, is_sqlite=False) + 1, moment)]
        write_logs(cursor, job.names, numbered, is_sqlite=False, ids_begin=f"{job.place:08d}")
        pooled.commit()

    return log


@contextmanager
def _jobs(clients: int, *, by_hand: bool) -> Iterator[list[_Job]]:
    """A job for each process, of a firm with so many clients in an empty database."""
    with TemporaryDirectory() as folder, empty_postgres(folder) as url, closing(SqlStorage.at(url)) as storage:
        storage.upgrade()
        made = studio(clients=clients, storage=storage)
        of = [(made.billing.firm_id, it.client_id, it.project_id, made.desk.person_id) for it in made.jobs]
        yield [_Job(url, of[place % clients], place, by_hand) for place in range(PROCESSES)]


def _together(pool: ProcessPoolExecutor, jobs: list[_Job], many: int) -> list[float]:
    """How long each log took while all processes worked."""
    begins = time() + _HEAD_START
    return [it for each in pool.map(_work, [evolve(it, many=many, begins=begins) for it in jobs]) for it in each]


def _slowest(took: list[float]) -> float:
    """What one log in a hundred took, or more."""
    return quantiles(took, n=100)[98]


def _measured(clients: int, *, quick: bool) -> tuple[list[list[float]], list[list[float]]]:
    """How long logs took, in each of several rounds: by hand and by the library, in turn."""
    rounds, many = (1, 40) if quick else (_ROUNDS, 100)
    hand, library = [], []
    with (
        ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool,
        _jobs(clients, by_hand=True) as bare,
        _jobs(clients, by_hand=False) as ours,
    ):
        for _ in range(rounds):
            hand.append(_together(pool, bare, many))
            library.append(_together(pool, ours, many))
    return hand, library


def own_clients(*, quick: bool) -> Figure:
    """Each process on a client of its own, beside the same by hand."""
    hand, library = _measured(PROCESSES, quick=quick)
    floors, medians = list(map(median, hand)), list(map(median, library))
    ratio = median(mine / bare for bare, mine in zip(floors, medians, strict=True))
    return Figure(
        name="processes-own",
        what=f"{PROCESSES} processes log on PostgreSQL, on own clients; a log",
        against="the same rows by hand",
        unit=Unit.MILLISECONDS,
        measured=Measured(median(floors), median(medians), ratio),
        to_reach=Aim(1.8),
        long_aim=Aim(1.3),
    )


def one_client(*, quick: bool) -> Figure:
    """All processes on one client: the slowest hundredth beside the median."""
    _, library = _measured(1, quick=quick)
    every = [it for each in library for it in each]
    return Figure(
        name="processes-one",
        what=f"{PROCESSES} processes log on PostgreSQL, on one client; the slowest hundredth",
        against="the median",
        unit=Unit.MILLISECONDS,
        measured=Measured(median(every), _slowest(every), _slowest(every) / median(every)),
        to_reach=Aim(10),
    )


LINES: Mapping[str, Callable[..., Figure]] = {
    "processes-own": own_clients,
    "processes-one": one_client,
}
"""Every line about several processes, by the name of its figure."""
