"""Things that a request can name: one's own, others' of the client, another client's, another firm's, nobody's."""

from datetime import date

import attrs

from invoicecore import Billing, Client, Deposit, Desk, Firm, Overpayment, Period, Person, Project, Role, Status, utc
from invoicecore.ports.store import AUDIT, Storage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from invoicecore.testing.pictures import png
from tests.world import World, hourly, new_world, terms, usd

COLUMNS = ("manager", "supervisor", "worker", "contact", "limited")
"""Who asks: the worker is assigned to the Website of Acme, the contacts are Acme's, and the limited one sees only the
Website."""

WHOSE = ("own", "same client", "other client", "other firm", "missing")
"""Whose the things are. Own are Acme's Website and oneself. Of the same client are its Shop, which neither the worker
nor the limited contact sees, and Nora, who works on it and is assigned to the Website too. Of another client are Globex
and its Job, on which Wim works."""

SECRET = "as long as it is secret"
ONE_DAY = utc(2026, 3, 2, 15)
NEXT_RATE = utc(2027, 1, 1)


@attrs.frozen(kw_only=True)
class Things:
    """The ids of everything that a command may name."""

    client: str
    project: str
    person: str
    contact: str
    session: str
    charge: str
    timer: str
    draft: str
    generated: str
    due: str
    payment: str
    logo: str


@attrs.frozen
class Scene:
    """A world with one thing of each kind of everybody's, and a desk for each column."""

    world: World
    desks: dict[str, Desk]
    things: dict[str, Things]

    def changes(self) -> int:
        """How often the books of the firm were changed."""
        with UnitOfWork(self.world.storage, self.world.billing.firm_id) as uow:
            return len(uow.find(AUDIT))


MISSING = Things(**{field.name: f"absent-{field.name}" for field in attrs.fields(Things)})


def new_scene(column: str = "manager", *, running: bool = True, storage: Storage | None = None) -> Scene:
    """Made so that everything can be done with each thing, and by `column` with their own."""
    world = new_world(terms(allowed=None), storage)
    maria, billing, acme = world.maria, world.billing, world.acme
    world.clock.set(utc(2026, 3, 5, 18))
    maria.people.change(maria.people.add(name="Max", role=Role.MANAGER).id, timezone="UTC")  # so that Maria can go
    nora, wim = (maria.people.add(name=name, role=Role.WORKER).id for name in ("Nora", "Wim"))
    globex = maria.clients.add(name="Globex", terms=terms(allowed=None))
    shop = maria.projects.add(client_id=acme.id, name="Shop", rate=hourly(50))
    job = maria.projects.add(client_id=globex.id, name="Job", rate=hourly(50))
    for project, person in ((shop, nora), (world.site, nora), (job, wim)):
        maria.projects.assign(project.id, person)
    lia = maria.people.add(name="Lia", role=Role.CONTACT, client_id=acme.id, limited_to=[world.site.id]).id
    kim, dora = (
        maria.people.add(name=n, role=Role.CONTACT, client_id=of.id).id for n, of in (("Kim", acme), ("Dora", globex))
    )
    desks = dict(zip(COLUMNS, (maria, world.sam, world.lee, world.cleo, billing.acting_as(lia)), strict=True))
    for desk in desks.values():
        maria.people.set_password(desk.person_id, SECRET)
    former, logo = (str(maria.firm.set_logo(png(size, size)).logo) for size in (2, 1))

    viewer = desks[column]
    is_contact = column in {"contact", "limited"}
    worker = world.lee if is_contact else viewer
    own = furnished(maria, worker, acme, world.site, kim, logo, running=running)
    things = {
        "own": attrs.evolve(own, person=viewer.person_id, contact=viewer.person_id if is_contact else kim),
        "same client": furnished(maria, billing.acting_as(nora), acme, shop, kim, former),
        "other client": furnished(maria, billing.acting_as(wim), globex, job, dora, former),
        "other firm": another_firm(world),
        "missing": MISSING,
    }
    for client in (acme, globex):  # a refill was asked for and voided, so one is due and can be asked for by hand
        maria.clients.set_terms(client.id, terms(allowed=None, refill_at="-100"))
        asked = (it for it in maria.invoices.of(client.id) if it.status is Status.GENERATED and not it.session_ids)
        for refill in asked:
            maria.invoices.void(refill.id, note="Not now.")
    return Scene(world, desks, things)


def furnished(
    maria: Desk, worker: Desk, client: Client, project: Project, contact: str, logo: str, *, running: bool = True
) -> Things:
    """One thing of each kind, on a project, which gets another rate later."""
    maria.projects.set_rate(project.id, hourly(60), since=NEXT_RATE)
    invoices = []
    for day in (2, 3, 4):
        worker.work.log(project.id, start=utc(2026, 3, day, 15), hours=2)
        period = Period(utc(2026, 3, day).date(), utc(2026, 3, day).date())
        invoices.append(maria.invoices.draft(client.id, period, projects=[project.id]).id)
    draft, generated, due = invoices
    maria.invoices.generate(generated)
    maria.invoices.generate(due)
    payment = maria.payments.record(due, usd(50), reference=f"TX {project.name}").payment
    ticket = worker.charges.expense(client.id, date(2026, 3, 5), cost="9 €", project_id=project.id, receipt=png()).id
    maria.charges.edit(ticket, amount=usd(10))
    one = maria.invoices.manual(client.id, usd(1), deposit=Deposit.NOT_DEPOSITED)
    maria.payments.record(one.id, usd(21), overpayment=Overpayment.TO_CREDIT)
    return Things(
        client=client.id,
        project=project.id,
        person=worker.person_id,
        contact=contact,
        session=worker.work.log(project.id, start=utc(2026, 3, 5, 15), hours=2).id,
        charge=ticket,
        timer=worker.work.start(project.id).id if running else "",
        draft=draft,
        generated=generated,
        due=due,
        payment=payment.id,
        logo=logo,
    )


def another_firm(world: World) -> Things:
    """Things of a firm that is kept in the same storage."""
    owner, firm = Person(name="Zoe", role=Role.MANAGER), Firm(name="Zenith", currency="USD", timezone="UTC")
    billing = Billing.create(world.storage, firm, owner, clock=world.clock, ids=world.ids, passwords=QuickPasswords())
    zoe = billing.as_owner()
    client = zoe.clients.add(name="Zoo", terms=terms(allowed=None, refill_at=None))
    project = zoe.projects.add(client_id=client.id, name="Zebra", rate=hourly(50))
    worker = billing.acting_as(zoe.people.add(name="Zac", role=Role.WORKER).id)
    zoe.projects.assign(project.id, worker.person_id)
    contact = zoe.people.add(name="Zita", role=Role.CONTACT, client_id=client.id).id
    return furnished(zoe, worker, client, project, contact, str(zoe.firm.set_logo(png(3, 3)).logo))
