"""A small firm for races of commands."""

from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.errors import InvoicecoreError, StorageError
from invoicecore.integrity.stored import stored_items
from invoicecore.integrity.verifier import verify_books
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.ports.archive import ArchiveItem
from invoicecore.ports.store import Storage
from invoicecore.testing.conformance.promise import PromiseBroken, difference
from invoicecore.testing.conformance.things import NOON
from invoicecore.testing.conformance.trial import Trial
from invoicecore.values.calendar import Period
from invoicecore.values.ids import TimeOrderedIds
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Role

R = TypeVar("R")

MARCH = Period.month(2026, 3)


def usd(amount: int | str) -> Money:
    """So many dollars."""
    return Money.of(amount, "USD")


def stopping_at(allowed: int, refill_at: int | None = None) -> Terms:
    """Terms by which work stops, and by which $1,000 is asked for."""
    refill = None if refill_at is None else Refill(threshold=usd(refill_at), rate=Rate.hourly(50, "USD"), hours=20)
    return Terms(allowed_balance=usd(allowed), refill=refill)


@frozen
class Studio:
    """A new firm in a storage: the desk of Maria, who manages it, and Acme, whose website costs $50 an hour."""

    storage: Storage
    promise: str
    billing: Billing
    maria: Desk
    acme: Client
    site: Project

    @classmethod
    def opened(cls, trial: Trial, terms: Terms) -> "Studio":
        """Make the firm, in which the promise of the trial is looked into."""
        firm = Firm(name="Northwind", currency="USD", timezone="UTC")
        owner = Person(name="Maria", role=Role.MANAGER)
        billing = Billing.create(trial.storage, firm, owner, clock=SettableClock(NOON), ids=TimeOrderedIds())
        maria = billing.as_owner()
        acme = maria.clients.add(name="Acme", terms=terms)
        site = maria.projects.add(client_id=acme.id, name="Website", rate=Rate.hourly(50, "USD"))
        return cls(trial.storage, trial.promise, billing, maria, acme, site)

    def on(self, storage: Storage) -> "Studio":
        """The same firm, reached through another door."""
        billing = Billing.open(storage, self.billing.firm_id, clock=SettableClock(NOON), ids=TimeOrderedIds())
        return Studio(storage, self.promise, billing, billing.as_owner(), self.acme, self.site)

    @property
    def books(self) -> list[ArchiveItem]:
        """Everything that is kept of the firm."""
        with stored_items(self.storage, self.billing.firm_id) as everything:
            return list(everything)

    def log(self, hours: int = 2) -> str:
        """Maria works on the website; the id of the session."""
        return self.maria.work.log(self.site.id, start=NOON, hours=hours).id

    def judge(self, when: str, expected: object = None, seen: object = None) -> None:
        """PromiseBroken if a law of the books is broken, or if something else was seen than was expected."""
        report = verify_books(self.storage, self.billing.firm_id)
        broken = "; ".join(f"{it.law}: {it.what}" for it in report.findings)
        found = broken or difference(expected, seen)
        if found:
            raise PromiseBroken(self.promise, f"the books, {when}", found)


def attempted(command: Callable[[], object]) -> str:
    """What became of a command: "done", or the name of the error with which the library refused it."""
    try:
        command()
    except StorageError:
        raise
    except InvoicecoreError as refused:
        return type(refused).__name__
    return "done"
