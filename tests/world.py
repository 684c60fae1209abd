"""A small firm to test with: Northwind Studio, its people, and a client called Acme.

Maria is the owner and a manager, Sam a supervisor, Lee a worker who is assigned to the website of Acme, and Cleo reads
for Acme. Acme's work costs $50 an hour; it stops at −$1,500 and a refill of $1,000 is asked for at −$1,000.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from attrs import frozen

from invoicecore import (
    Billing,
    Client,
    CountingIds,
    Desk,
    Firm,
    MemoryStorage,
    Money,
    Person,
    Project,
    Rate,
    RecordingNotifier,
    Refill,
    Role,
    SettableClock,
    Terms,
    utc,
)
from invoicecore.ports.store import Storage
from invoicecore.testing import QuickPasswords

NOON = utc(2026, 3, 2, 12)
"""Monday 2 March 2026, when every test begins."""

UNLIMITED = Terms(allowed_balance=None)


def subjects(desk: Desk) -> dict[str, Any]:
    """What a desk is grouped by, each by its name."""
    return {name: getattr(desk, name) for name, it in vars(Desk).items() if isinstance(it, cached_property)}


def usd(amount: str | int) -> Money:
    """So many dollars."""
    return Money.of(amount, "USD")


def hourly(amount: str | int) -> Rate:
    """So many dollars an hour."""
    return Rate.hourly(amount, "USD")


def terms(allowed: str | None = "-1500", refill_at: str | None = "-1000", rate: str = "50", hours: str = "20") -> Terms:
    """Balance terms in dollars."""
    return Terms(
        allowed_balance=None if allowed is None else usd(allowed),
        refill=None if refill_at is None else Refill(threshold=usd(refill_at), rate=hourly(rate), hours=hours),
    )


@frozen
class World:
    """Everything a test needs at hand."""

    storage: Storage
    billing: Billing
    clock: SettableClock
    ids: CountingIds
    notifier: RecordingNotifier
    maria: Desk
    sam: Desk
    lee: Desk
    cleo: Desk
    acme: Client
    site: Project

    def client(self, name: str = "Other", terms: Terms = UNLIMITED) -> Client:
        """Another client."""
        return self.maria.clients.add(name=name, terms=terms)

    def project(self, client: Client | None = None, name: str = "Job", rate: str = "50") -> Project:
        """Another project that Lee is assigned to, of Acme or of another client."""
        made = self.maria.projects.add(client_id=(client or self.acme).id, name=name, rate=hourly(rate))
        return self.maria.projects.assign(made.id, self.lee.person_id)

    def log(self, hours: int | str, project: Project | None = None, start: datetime | None = None) -> str:
        """Lee works for so many hours, from now on, or from a start that the clock then has reached; the id of the
        session."""
        start = start or self.clock.now()
        self.clock.set(max(start, self.clock.now()))
        return self.lee.work.log((project or self.site).id, start=start, hours=hours).id

    def told(self) -> list[str]:
        """Deliver, and name the kinds of events told since the last time."""
        self.notifier.messages.clear()
        self.billing.deliver()
        return [type(message.event).__name__ for message in self.notifier.messages]

    def balance(self, client: Client | None = None) -> Money:
        """The client's balance."""
        return self.maria.accounts.standing((client or self.acme).id).balance


def new_world(
    acme_terms: Terms | None = None,
    storage: Storage | None = None,
    ids: CountingIds | None = None,
    *,
    now: datetime = NOON,
) -> World:
    """The firm on Monday noon, before anybody worked; in memory, unless another store is given."""
    storage, clock, notifier = storage or MemoryStorage(), SettableClock(now), RecordingNotifier()
    firm = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago", contact="1 Main St")
    owner = Person(name="Maria", role=Role.MANAGER, email="maria@northwind.example")
    ids, passwords = ids or CountingIds(), QuickPasswords()
    billing = Billing.create(storage, firm, owner, clock=clock, ids=ids, notifier=notifier, passwords=passwords)
    maria = billing.as_owner()
    sam = maria.people.add(name="Sam", role=Role.SUPERVISOR)
    lee = maria.people.add(name="Lee", role=Role.WORKER, email="lee@northwind.example")
    acme = maria.clients.add(name="Acme", terms=acme_terms or terms())
    site = maria.projects.add(client_id=acme.id, name="Website", rate=hourly("50"))
    maria.projects.assign(site.id, lee.id)
    cleo = maria.people.add(name="Cleo", role=Role.CONTACT, client_id=acme.id)
    return World(
        storage=storage,
        billing=billing,
        clock=clock,
        ids=ids,
        notifier=notifier,
        maria=maria,
        sam=billing.acting_as(sam.id),
        lee=billing.acting_as(lee.id),
        cleo=billing.acting_as(cleo.id),
        acme=acme,
        site=maria.projects.get(site.id),
    )


def hours_later(moment: datetime, hours: float) -> datetime:
    """So many hours after an instant."""
    return moment.astimezone(UTC) + timedelta(hours=hours)
