"""A firm to measure on: one manager who logs her own work, and as many clients as are asked for.

Every client has an allowed balance and a refill, so that both are weighed at each session; they are so far away that
neither comes.
"""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from benchmarks.floors import starts
from benchmarks.measure import Run, timed
from invoicecore import Billing, Desk, Firm, MemoryStorage, Money, Rate, Refill, SettableClock, Terms
from invoicecore.ports.store import Storage

FAR = Terms(
    allowed_balance=Money.of(-2_000_000_000, "USD"),
    refill=Refill(threshold=Money.of(-1_000_000_000, "USD"), rate=Rate.hourly(50, "USD"), hours=20),
)


@frozen
class Job:
    """A client and their one project."""

    client_id: str
    project_id: str


@frozen
class Studio:
    """The firm, mostly through the desk of its owner, with the ids of production. `clock` is None for that
    of the machine, which is what a host has."""

    billing: Billing
    desk: Desk
    jobs: tuple[Job, ...]
    clock: SettableClock | None

    def log(self, moments: Sequence[datetime]) -> None:
        """An hour of work at each of the instants, for the clients in turn; booked then, where the clock can be set."""
        log, jobs = self.desk.work.log, self.jobs
        for place, moment in enumerate(moments):
            if self.clock is not None:
                self.clock.set(moment)
            log(jobs[place % len(jobs)].project_id, start=moment, hours=1, note="Wireframes")

    def log_and_read(self, moments: Sequence[datetime]) -> None:
        """The same, and the balance is read after each."""
        log, standing, jobs = self.desk.work.log, self.desk.accounts.standing, self.jobs
        for place, moment in enumerate(moments):
            job = jobs[place % len(jobs)]
            log(job.project_id, start=moment, hours=1, note="Wireframes")
            _ = standing(job.client_id).balance

    def in_batches(self, size: int, *, after: int) -> Run:
        """Log and read, as many as `size` at every call, on from the place `after`."""
        place = after

        def run() -> float:
            nonlocal place
            moments = starts(size, after=place)
            place += size
            return timed(lambda: self.log_and_read(moments), size)

        return run


def studio(
    *, clients: int = 1, sessions: int = 0, clock: SettableClock | None = None, storage: Storage | None = None
) -> Studio:
    """A firm with so many clients, and so many sessions of theirs in its books and on its lists; in memory, or in the
    storage."""
    firm = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago")
    billing = Billing.create(storage or MemoryStorage(), firm, clock=clock)
    desk = billing.as_owner()
    jobs = []
    for number in range(clients):
        client = desk.clients.add(name=f"Client {number}", terms=FAR)
        project = desk.projects.add(client_id=client.id, name="Website", rate=Rate.hourly(50, "USD"))
        jobs.append(Job(client.id, project.id))
    made = Studio(billing, desk, tuple(jobs), clock)
    made.log(starts(sessions))
    desk.accounts.statement(jobs[0].client_id)
    desk.work.sessions(client_id=jobs[0].client_id)
    return made
