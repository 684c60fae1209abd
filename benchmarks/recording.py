"""The cost of logging a session and reading the balance, also in a large firm."""

from benchmarks import floors
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import alternating, collector_frozen, timed
from benchmarks.studio import studio
from invoicecore import Period

_FLAT = Aim(1.2)
_LEVEL = Aim(1.05)  # "1.0", as far as a noisy machine can tell


def log(*, quick: bool) -> Figure:
    """Log and read through the whole Desk: permission, unit of work, audit, outbox."""
    size = 500 if quick else 3000
    firm = studio(sessions=1000)
    with collector_frozen():
        measured = alternating(floors.logging(size), firm.in_batches(size, after=1000), pairs=7 if quick else 21)
    return Figure(
        name="log",
        what="log a session and read the balance, through the Desk",
        against="frozen object of 8 fields, addition, append",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=Aim(20),
        long_aim=Aim(8),
    )


def listed(*, quick: bool) -> Figure:
    """Log, read, and ask for a list after each, one that is empty, so that the lists are brought up to date."""
    size = 200 if quick else 1000
    firm = studio(sessions=1000)
    job, sessions = firm.jobs[0], firm.desk.work.sessions
    before, place = Period.year(2018), 1000

    def run() -> float:
        nonlocal place
        moments = floors.starts(size, after=place)
        place += size

        def work() -> None:
            for moment in moments:
                firm.log_and_read((moment,))
                sessions(client_id=job.client_id, period=before)

        return timed(work, size)

    with collector_frozen():
        measured = alternating(floors.logging(size), run)
    return Figure(
        name="listed",
        what="the same, and ask for a list after each",
        against="as above",
        unit=Unit.MICROSECONDS,
        measured=measured,
    )


def history(*, quick: bool) -> Figure:
    """Log and read where much was logged before, beside where little was."""
    small, large, size = (500, 10_000, 200) if quick else (1000, 100_000, 500)
    short, long = studio(sessions=small), studio(sessions=large)
    with collector_frozen():
        measured = alternating(
            short.in_batches(size, after=small), long.in_batches(size, after=large), pairs=7 if quick else 11
        )
    return Figure(
        name="history",
        what=f"log and read at {large:,} entries of history",
        against=f"at {small:,}",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=_FLAT,
        long_aim=_LEVEL,
    )


def clients(*, quick: bool) -> Figure:
    """Log and read for many clients in turn, beside one."""
    many, each = (200, 10) if quick else (1000, 10)
    one, all = studio(sessions=1000), studio(clients=many, sessions=many * each)
    size = 1000
    with collector_frozen():
        measured = alternating(one.in_batches(size, after=1000), all.in_batches(size, after=many * each))
    return Figure(
        name="clients",
        what=f"log and read for {many:,} clients in turn",
        against="for one",
        unit=Unit.MICROSECONDS,
        measured=measured,
        to_reach=_FLAT,
        long_aim=_LEVEL,
    )
