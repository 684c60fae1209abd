"""A firm to look at: six weeks of work for three clients, up to today."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from examples.web import users
from invoicecore import Billing, Deposit, Desk, Firm, InvoiceKind, Money, Period, Person, Rate, Refill, Role, Terms
from invoicecore.adapters.clock import SettableClock
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.storage.sql import JoinedStorage

PASSWORD = "correct horse battery"
SIGN_INS = {
    "Manager": "maria@northwind.example",
    "Supervisor": "sam@northwind.example",
    "Worker": "lee@northwind.example",
    "Contact": "cleo@acme.example",
}
NOTES = ("Home page", "Search", "Review with the team", "Forms and their errors", "Images", "Faster lists")
WEEKS = 6


def usd(amount: int) -> Money:
    """So many dollars."""
    return Money.of(amount, "USD")


def fill(connection: Connection, passwords: PasswordHasher) -> None:
    """Northwind Studio, whose four sign-ins have one password: all of it in the transaction that is open."""
    today = datetime.now(UTC).date() - timedelta(days=1)
    first = today - timedelta(weeks=WEEKS)
    clock = SettableClock(_noon(first))
    firm = Firm(
        name="Northwind Studio", currency="USD", timezone="America/Chicago", contact="1 Main Street", theme="studio"
    )
    owner = Person(name="Maria", role=Role.MANAGER, email=SIGN_INS["Manager"])
    billing = Billing.create(JoinedStorage(connection), firm, owner, clock=clock)
    maria = billing.as_owner()
    sam_id = maria.people.add(name="Sam", email=SIGN_INS["Supervisor"], role=Role.SUPERVISOR).id
    lee_id = maria.people.add(name="Lee", email=SIGN_INS["Worker"], role=Role.WORKER, timezone="Europe/Lisbon").id
    maria.people.add(name="Ole", role=Role.WORKER)
    sam, lee = billing.acting_as(sam_id), billing.acting_as(lee_id)

    fifty, eighty = Rate.hourly(50, "USD"), Rate.hourly(80, "USD")
    refill = Refill(threshold=usd(-1000), rate=fifty, hours=40)
    acme = maria.clients.add(name="Acme", terms=Terms(allowed_balance=usd(-3000), refill=refill))
    globex = maria.clients.add(name="Globex", terms=Terms.unlimited(), billing_address="7 Harbour Road\nPortland")
    initech = maria.clients.add(name="Initech", terms=Terms(allowed_balance=usd(-1200)))
    site = maria.projects.add(client_id=acme.id, name="Website", rate=fifty, notes="Goes live in spring.")
    shop = maria.projects.add(client_id=acme.id, name="Shop", rate=Rate.hourly("62.50", "USD"))
    app = maria.projects.add(client_id=globex.id, name="Mobile app", rate=eighty)
    audit = maria.projects.add(client_id=initech.id, name="Audit", rate=Rate.hourly(100, "USD"))
    for project in (site, shop, app):
        maria.projects.assign(project.id, lee_id)
    for project in (app, audit):
        maria.projects.assign(project.id, sam_id)
    cleo_id = maria.people.add(name="Cleo", email=SIGN_INS["Contact"], role=Role.CONTACT, client_id=acme.id).id
    for email, id in zip(SIGN_INS.values(), (maria.person_id, sam_id, lee_id, cleo_id), strict=True):
        users.put(connection, id, email, passwords.hash(PASSWORD))

    ahead = maria.invoices.manual(acme.id, usd(2000), deposit=Deposit.TO_BALANCE, description="Forty hours ahead")
    maria.payments.record(ahead.id, method="Wire", reference="TX-1001")
    days = [first + timedelta(days=n) for n in range((today - first).days) if (first + timedelta(days=n)).weekday() < 5]
    for place, day in enumerate(days):
        clock.set(_noon(day) + timedelta(hours=8))
        _log(lee, (site.id, site.id, app.id)[place % 3], day, 15, ("4", "6.5", "3.25")[place % 3], place)
        if place % 4 == 0:
            _log(sam, app.id, day, 14, "5", place + 1)
        if place % 3 == 1 and place > 6:
            _log(lee, shop.id, day, 9, "2", place + 2)
        if place in (10, 17):
            _log(sam, audit.id, day, 14, "6", place)
        if place == 9:
            maria.invoices.generate(maria.invoices.draft(globex.id, Period(first, day)).id)
        if place == 20:
            [asked] = [it for it in maria.invoices.of(acme.id) if it.kind is InvoiceKind.REFILL]
            maria.payments.record(asked.id, method="Wire", reference="TX-1002")
        if place == 12:
            maria.invoices.manual(acme.id, usd(120), deposit=Deposit.NOT_DEPOSITED, description="A domain for a year")
    _settle(maria, acme.id, globex.id, initech.id, Period(first, today))


def _settle(maria: Desk, acme: str, globex: str, initech: str, period: Period) -> None:
    """Some of it is paid, some is late, and a draft waits."""
    for invoice in [it for it in maria.invoices.of(acme) if it.amount_due.minor][-1:]:
        maria.payments.record(invoice.id, invoice.total.allocate([1, 1])[0], method="Card", reference="TX-1003")
    maria.accounts.adjust(globex, usd(100), reason="Goodwill for the late start")
    late = maria.invoices.manual(initech, usd(450), deposit=Deposit.NOT_DEPOSITED, description="Workshop")
    maria.invoices.set_due(late.id)
    maria.charges.expense(globex, period.last, price=usd(64), cost="58.20 EUR", note="Train to Portland")
    maria.charges.allow(globex, amount=usd(40), note="For the late start")
    maria.invoices.draft(globex, period, notes="Thank you for the good work together.")
    maria.invoices.sweep_overdue()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(14), UTC)


def _log(desk: Desk, project_id: str, day: date, hour: int, hours: str, place: int) -> None:
    start = datetime.combine(day, time(hour), UTC)
    desk.work.log(project_id, start=start, hours=hours, note=NOTES[place % len(NOTES)])
