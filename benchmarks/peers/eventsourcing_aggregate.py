"""eventsourcing: an aggregate whose balance is moved by events."""

from datetime import datetime

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks import floors
from benchmarks.figures import Figure, Unit
from benchmarks.measure import alternating, collector_frozen, timed
from benchmarks.peers import work


class Account(Aggregate):
    """A client's balance."""

    def __init__(self) -> None:
        self.balance = 0

    @event("Logged")
    def log(self, session: str, minor: int, at: datetime, by: str, note: str) -> None:
        """Draw from the balance."""
        self.balance -= minor


def _live(count: int) -> object:
    account = Account()
    for moment in floors.starts(count):
        account.log("session", 5000, moment, "lee", "")
        _ = account.balance
    return account


def _stored(count: int) -> object:
    application = Application()
    account = Account()
    for moment in floors.starts(count):
        account.log("session", 5000, moment, "lee", "")
        application.save(account)
        _ = account.balance
    return application


def _by_id(history: int, count: int) -> Figure:
    """As a command does that begins with an id: load, log, save; after a long history beside after a short one."""

    def run_at(size: int) -> float:
        application, account = Application(), Account()
        for moment in floors.starts(size):
            account.log("session", 5000, moment, "lee", "")
        application.save(account)

        def serve() -> None:
            for moment in floors.starts(count, after=size):
                found = application.repository.get(account.id)
                found.log("session", 5000, moment, "lee", "")
                application.save(found)

        return timed(serve, count)

    with collector_frozen():
        measured = alternating(lambda: run_at(history // 10), lambda: run_at(history))
    what = f"log by id at {history:,} entries of history"
    return Figure(
        name="eventsourcing", what=what, against=f"at {history // 10:,}", unit=Unit.MICROSECONDS, measured=measured
    )


def figures(*, quick: bool) -> list[Figure]:
    """All that is comparable."""
    count = 200 if quick else 2000
    return [
        work.log("eventsourcing", "a live aggregate", lambda: _live(count), count),
        work.log("eventsourcing", "saved to its memory store", lambda: _stored(count), count),
        _by_id(200 if quick else 1000, 10),
        work.imported("eventsourcing", "import eventsourcing.application", quick=quick),
    ]
