"""A firm with all kinds of data that a query can list.

It is made at the desk: two currencies, names in many scripts and some of them equal, invoices in every status, covered
in part and as a whole, part payments, several payments and credit, work that was deleted, edited, dated or free,
expenses, fees and discounts, changed rates, a client whose work is stopped, and archived records.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from attrs import frozen

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.desk import Desk
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.ports.store import Storage
from invoicecore.testing.conformance.things import MARCH, usd
from invoicecore.testing.conformance.trial import Trial
from invoicecore.values.calendar import PaymentTerms, Period, utc
from invoicecore.values.ids import ClientId, IdSource, InvoiceId, PersonId, ProjectId, TimeOrderedIds
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Cover, Debt, Deposit, OnVoid, Overpayment, Role, Status

ZONE = "America/Chicago"
NOW = utc(2026, 5, 20, 3)
"""When everything is done: on 19 May, by the days of the firm."""
NEW_RATE = utc(2026, 4, 1, 5)
"""From when on the website costs more."""

# In the order of their code points; the last two would change places if texts were compared by halves of pairs.
_NAMES = ("Apple", "Zebra", "apple", "Émile", "Ωmega", "Жук", "عشب", "京都 Garden", "～tilde", "😀 Fun")


@frozen
class Plenty:
    """The firm, and the ids of those in it, each kind in no order."""

    trial: Trial
    clients: Sequence[ClientId]
    projects: Sequence[ProjectId]
    people: Sequence[PersonId]
    worker: PersonId
    client: ClientId  # who has most of everything
    limited: frozenset[ProjectId]  # the projects of that client to which a contact is limited
    invoices: Sequence[InvoiceId]


def plenty(storage: Storage, promise: str, ids: IdSource | None = None) -> Plenty:
    """Make the firm; always the same but for its ids."""
    clock, ids = SettableClock(utc(2026, 3, 2, 15)), ids or TimeOrderedIds()
    firm = Firm(name="Northwind", currency="USD", timezone=ZONE, payment_terms=PaymentTerms.net(10))
    billing = Billing.create(storage, firm, Person(name="Maria", role=Role.MANAGER), clock=clock, ids=ids)
    maria, trial = billing.as_owner(), Trial(storage, promise, billing.firm_id)
    clients = _clients(maria)
    projects = _projects(maria, clients)
    people = _people(maria, clients, projects)
    _work(maria, clock, projects, people)
    _charges(billing, clients, projects, people)
    _invoices(maria, clock, clients)
    _settled(maria, clients[0], projects[0])
    _changed_later(maria, clients)
    _stopped(maria, clients[1])
    _put_away(maria, clients, projects, people)
    at = (utc(2026, 5, 1, 7), utc(2026, 4, 30, 23) + timedelta(microseconds=1), None)
    trial.store(*(Login(person_id=id, last_sign_in=last) for id, last in zip(people, at, strict=False)))
    return Plenty(
        trial,
        clients,
        projects,
        (*people, maria.person_id),
        worker=people[0],
        client=clients[0],
        limited=frozenset({projects[0], projects[2]}),
        invoices=[invoice.id for invoice in maria.invoices.all()],
    )


def _may(day: int) -> date:
    return date(2026, 5, day)


def _clients(maria: Desk) -> list[ClientId]:
    refill = Refill(threshold=usd(-400), rate=Rate.hourly(50, "USD"), hours=10)
    terms = Terms(allowed_balance=usd(-20_000), refill=refill)
    later, free = PaymentTerms.net(45), Terms.unlimited()
    plain = [maria.clients.add(name=name, terms=free, payment_terms=later).id for name in ("Apple", *_NAMES[3:5])]
    yen = [maria.clients.add(name=name, terms=free, currency="JPY").id for name in _NAMES[7:9]]
    fun = maria.clients.add(name=_NAMES[9], terms=free).id
    return [maria.clients.add(name="Apple", terms=terms).id, *plain, fun, *yen]


def _projects(maria: Desk, clients: Sequence[str]) -> list[ProjectId]:
    made = []
    for place, name in enumerate(("Website", "Website", "website", *_NAMES)):
        client = maria.clients.get(clients[0] if place in (0, 2, 4) else clients[place % len(clients)])
        rate = "50" if client.currency == "USD" else "6000.5"
        made.append(maria.projects.add(client_id=client.id, name=name, rate=Rate.hourly(rate, client.currency)).id)
    maria.projects.set_rate(made[0], Rate.hourly("62.505", "USD"), since=NEW_RATE)
    return made


def _people(maria: Desk, clients: Sequence[str], projects: Sequence[str]) -> list[PersonId]:
    add = maria.people.add
    workers = [add(name=name, role=Role.WORKER).id for name in (_NAMES[1], _NAMES[1], _NAMES[6])]
    sam = add(name=_NAMES[8], role=Role.SUPERVISOR, email="sam@northwind.example").id
    add(
        name="Cleo",
        role=Role.CONTACT,
        client_id=clients[0],
        limited_to=[projects[0], projects[2]],
        email="a@apple.example",
    )
    add(name="Cleo", role=Role.CONTACT, client_id=clients[0])
    add(name="Nobody", role=Role.CONTACT, client_id=clients[1], limited_to=[])
    for place, project in enumerate(projects):
        for worker in workers[: place % 4]:
            maria.projects.assign(project, worker)
    maria.projects.assign(projects[3], sam)
    return [*workers, sam]


def _work(maria: Desk, clock: SettableClock, projects: Sequence[str], people: Sequence[str]) -> None:
    """Five days of work in each of three months, with nothing at the same moment as something else but on one day."""
    log = maria.work.log
    for month in (3, 4, 5):
        for day in range(1, 6) if month < 5 else (1,):
            clock.set(max(clock.now(), utc(2026, month, day, 22)))
            for place, project in enumerate(projects):
                start = utc(2026, month, day, 12 + (place + day) % 6)
                log(project, start=start, hours=1 + place % 3, person_id=people[(place + day) % 3], note=f"Nº {place}")
        first = projects[0]
        log(first, day=date(2026, month, 1), hours="1.25", person_id=people[1], note="on the first")
        log(first, start=utc(2026, month, 1, 4), hours=1, person_id=people[1], note="still the last, in Chicago")
        log(first, start=utc(2026, month, 2, 12), hours=3, billable=False, note="For free")
        gone = log(first, start=utc(2026, month, 2, 8), hours=20, note="Never done").id
        maria.work.edit(log(projects[2], start=utc(2026, month, 2, 9), hours=1).id, hours=2)
        maria.work.delete(gone)
    maria.work.start(projects[1], note="still at it")


def _charges(billing: Billing, clients: Sequence[str], projects: Sequence[str], people: Sequence[str]) -> None:
    """Charges of every kind, with a project or without one, on several days; one waits for its price, one was taken
    away, and one client has nothing but a discount."""
    maria, lee = billing.as_owner(), billing.acting_as(people[1])
    say = maria.charges
    for place, client in enumerate(clients):
        asked = partial(Money.of, currency=maria.clients.get(client).currency)
        own = maria.projects.of(client)
        project = own[0].id if own else None
        for day in (2, 4, 9):
            on = date(2026, 3, day)
            say.fee(client, on, asked(100 * day), note=f"Nº {place}", project_id=project if day == 2 else None)
            say.expense(client, on, price=asked(30), cost="9 €", project_id=project if day > 2 else None)
        say.allow(client, amount=asked(25), day=date(2026, 3, 4), project_id=project if place % 2 else None)
        say.delete(say.fee(client, date(2026, 4, 1), asked(70), note="Never agreed").id)
    say.fee(clients[0], date(2026, 4, 1), usd(7), project_id=projects[2])
    say.expense(clients[0], date(2026, 4, 1), billable=False, note="A record")
    lee.charges.expense(
        clients[0], date(2026, 3, 9), cost="3 €", note="Waits", project_id=maria.projects.get(projects[2]).id
    )


def _invoices(maria: Desk, clock: SettableClock, clients: Sequence[str]) -> None:
    bills, money = maria.invoices, maria.payments
    for place, client in enumerate(clients[:5]):
        weeks = [Period(date(2026, 3, day), date(2026, 3, day)) for day in (1, 2, 3, 4)]
        void, due, part, reverted = (bills.draft(client, week, cover=Cover.NOTHING).id for week in weeks)
        clock.advance(timedelta(days=1))
        bills.void(bills.generate(void).id, note="A mistake")
        bills.set_due(bills.generate(due).id)
        total = bills.generate(part).total
        money.record(
            part,
            Money(minor=total.minor // 3, currency=total.currency),
            reference=f"TX-{place}",
            received_on=_may(8 + place),
        )
        bills.generate(reverted)
        if place % 2:
            bills.revert(reverted)
        bills.draft(client, MARCH)
    apple, other = clients[:2]
    bills.draft(apple, Period.year(2025))  # with nothing on it
    paid = bills.manual(apple, usd(300), deposit=Deposit.TO_BALANCE).id
    money.record(paid, usd(100), received_on=date(2026, 3, 20), method="cash")
    money.record(paid, usd(250), received_on=_may(18), overpayment=Overpayment.TO_CREDIT)
    stamps = bills.manual(apple, usd(30), deposit=Deposit.NOT_DEPOSITED, description="Stamps").id
    money.apply_credit(stamps, usd(20))
    bills.set_overdue(stamps)
    lost = bills.manual(other, usd(70), deposit=Deposit.TO_BALANCE).id
    money.record(lost, usd(10), received_on=_may(10))
    bills.set_uncollectible(lost)
    gone = bills.manual(other, usd(90), deposit=Deposit.NOT_DEPOSITED).id
    money.record(gone, usd(40))
    bills.void(gone, note="Sent twice", payments=OnVoid.KEEP)
    back = bills.manual(other, usd(60), deposit=Deposit.TO_BALANCE).id
    money.record(back, usd(20))
    bills.void(back, note="Given back", payments=OnVoid.REVERSE)
    _covered(maria, clients[2], clients[5])
    clock.set(NOW)
    bills.sweep_overdue(_may(15))


def _covered(maria: Desk, client: str, reverting: str) -> None:
    """Time invoices that are covered in part and as a whole, and one that was reverted; and a debt that is forgiven."""
    bills, april = maria.invoices, Period.month(2026, 4)
    bills.manual(client, usd(30), deposit=Deposit.TO_BALANCE)
    part = bills.generate(bills.draft(client, MARCH).id).id
    maria.payments.record(part, usd(15), received_on=_may(11))
    bills.manual(client, usd(5000), deposit=Deposit.TO_BALANCE)
    bills.generate(bills.draft(client, april).id)
    maria.accounts.adjust(reverting, Money.of(5000, "JPY"), reason="A gift")
    bills.revert(bills.generate(bills.draft(reverting, MARCH).id).id)
    gone = bills.manual(client, usd(80), deposit=Deposit.TO_BALANCE).id
    bills.set_uncollectible(gone, debt=Debt.FORGIVE)
    maria.payments.record(gone, usd(20), received_on=_may(13))


def _settled(maria: Desk, client: str, project: str) -> None:
    """A paid invoice of work on one project alone, another after it, and an adjustment."""
    for day in (4, 5):
        week = Period(date(2026, 4, day), date(2026, 4, day))
        draft = maria.invoices.draft(client, week, projects=[project], cover=Cover.NOTHING)
        invoice = maria.invoices.generate(draft.id)
        if day == 4:
            maria.invoices.set_paid(invoice.id)
    maria.accounts.adjust(client, usd("-12.34"), reason="A rounding of the bank")


def _changed_later(maria: Desk, clients: Sequence[str]) -> None:
    """Much of what was asked for is asked otherwise on a later day."""
    bills, money, apple = maria.invoices, maria.payments, clients[0]
    of_status = {it.status: it for client in clients[:5] for it in bills.of(client)}
    bills.void(of_status[Status.OVERDUE].id, note="Nobody knows why")
    bills.set_due(of_status[Status.UNCOLLECTIBLE].id)
    bills.generate(bills.revert(of_status[Status.GENERATED].id).id, use_latest=True)
    late = bills.manual(apple, usd(45), deposit=Deposit.TO_BALANCE).id
    money.record(late, usd(5), received_on=date(2026, 6, 20))
    bills.set_uncollectible(late)
    taken_back = money.record(late, usd(7), received_on=date(2026, 6, 25)).payment
    money.reverse(taken_back.id, note="It bounced", amount=usd(3))
    money.reverse(money.of(apple)[0].id, note="It bounced too")


def _stopped(maria: Desk, client: str) -> None:
    """A client whose work stops where they stand."""
    maria.clients.set_terms(client, Terms(allowed_balance=maria.accounts.standing(client).balance))


def _put_away(maria: Desk, clients: Sequence[str], projects: Sequence[str], people: Sequence[str]) -> None:
    maria.people.archive(people[2])
    maria.projects.archive(projects[4])
    maria.projects.archive(projects[5])
    maria.clients.archive(clients[4])
