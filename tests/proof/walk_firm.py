"""The small firm in which the walk takes place."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from random import Random

from attrs import evolve, frozen

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.store import Storage
from invoicecore.storage.memory import MemoryStorage
from invoicecore.testing import QuickPasswords
from invoicecore.values.calendar import utc
from invoicecore.values.ids import CountingIds, IdSource
from invoicecore.values.money import Money, Rate
from invoicecore.values.tax import TaxComponent
from invoicecore.vocabulary import Advance, Role, TaxCategory
from tests.proof.command_generators import ZONES, secret_of

_BEGINNINGS = (
    utc(2014, 12, 27, 9),  # the year turns
    utc(2015, 1, 29, 9),
    utc(2015, 3, 7, 9),  # the clocks of America change
    utc(2015, 3, 28, 9),  # those of Europe
    utc(2015, 10, 30, 9),
)


class Postman:
    """A notifier that remembers what it was told, and sometimes fails. `around` is what goes on while it has a message
    in hand."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self.told: list[Message] = []
        self.around: Callable[[Message], AbstractContextManager[None]] = lambda message: nullcontext()

    def notify(self, message: Message) -> None:
        """Take the message, or fail to."""
        with self.around(message):
            if self._rng.random() < 0.2:
                raise ConnectionError("Nobody answers.")
            self.told.append(message)


@frozen
class WalkFirm:
    """A small firm to walk in, and how it is reached."""

    storage: Storage
    clock: SettableClock
    ids: IdSource
    postman: Postman
    billing: Billing
    cast: Mapping[str, str]

    @classmethod
    def set_up(cls, rng: Random, storage: Storage | None = None, ids: IdSource | None = None) -> "WalkFirm":
        """A new firm with people, three clients and a few projects, some day of some year, with taxes or without; in
        memory, with ids that count, unless told otherwise."""
        storage, ids = storage or MemoryStorage(), ids or CountingIds()
        clock, postman = SettableClock(rng.choice(_BEGINNINGS)), Postman(rng)
        firm = Firm(name="Northwind", currency="USD", timezone=rng.choice(ZONES))
        owner = Person(name="Maria", role=Role.MANAGER)
        passwords = QuickPasswords()
        billing = Billing.create(storage, firm, owner, clock=clock, ids=ids, notifier=postman, passwords=passwords)
        desk = billing.as_owner()
        supervisor = desk.people.add(name="Sam", role=Role.SUPERVISOR)
        worker = desk.people.add(name="Lee", role=Role.WORKER)
        refill = Refill(threshold=Money.of(-1000, "USD"), rate=Rate.hourly(50, "USD"), hours=20)
        acme = desk.clients.add(name="Acme", terms=Terms(allowed_balance=Money.of(-1500, "USD"), refill=refill))
        apex = desk.clients.add(name="Apex", terms=Terms(allowed_balance=Money.of(-80_000, "JPY")))
        boxy = desk.clients.add(name="Boxy", terms=Terms.unlimited(), currency="KWD")
        for client, rate in ((acme, "50"), (acme, "33.33"), (apex, "1000"), (boxy, "0.125")):
            project = desk.projects.add(client_id=client.id, name="Website", rate=Rate.hourly(rate, client.currency))
            desk.projects.assign(project.id, worker.id)
            desk.projects.assign(project.id, supervisor.id)
        if rng.random() < 0.5:
            percents = [rng.choice(("5", "7", "19", "9.975", "33.333333")) for _ in range(rng.choice((1, 1, 2)))]
            components = [TaxComponent("VAT", percent, on_top=rng.random() < 0.5) for percent in percents]
            desk.firm.set_tax("A", category=TaxCategory.STANDARD, components=components)
            desk.firm.change(tax="A")
            advance = rng.choice(list(Advance))
            desk.clients.set_terms(
                acme.id, Terms(allowed_balance=Money.of(-1500, "USD"), refill=evolve(refill, advance=advance))
            )
        contact = desk.people.add(name="Cleo", role=Role.CONTACT, client_id=acme.id)
        cast = {"manager": desk.person_id, "supervisor": supervisor.id, "worker": worker.id, "contact": contact.id}
        for who, id in cast.items():
            desk.people.set_password(id, secret_of(who))
        return cls(storage, clock, ids, postman, billing, cast)

    def desk(self, who: str) -> Desk:
        """The desk of one of the cast."""
        return self.billing.acting_as(self.cast[who])

    def reopened(self) -> "WalkFirm":
        """The same firm after a restart of the program."""
        kept = self.billing.firm_id
        passwords = QuickPasswords()
        billing = Billing.open(
            self.storage, kept, clock=self.clock, ids=self.ids, notifier=self.postman, passwords=passwords
        )
        return WalkFirm(self.storage, self.clock, self.ids, self.postman, billing, self.cast)
