"""A firm with something to show: its people, and what happened in a month."""

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from invoicecore import (
    Billing,
    CountingIds,
    Deposit,
    Desk,
    Firm,
    Money,
    Period,
    Person,
    Rate,
    Refill,
    Role,
    SettableClock,
    Terms,
    utc,
)
from invoicecore.testing import QuickPasswords


@frozen(kw_only=True)
class Links:
    """The ids that a front end has in its links."""

    client: str
    project: str
    session: str
    invoice: str


@frozen
class Studio:
    """Its billing, the id of somebody in each role, and where the links of a front end lead."""

    billing: Billing
    people: Mapping[Role, str]
    links: Links

    def desk(self, role: Role) -> Desk:
        """What a request begins with of somebody who is signed in."""
        return self.billing.acting_as(self.people[role])


def usd(amount: int) -> Money:
    """So many dollars."""
    return Money.of(amount, "USD")


def new_studio() -> Studio:
    """Northwind Studio on Wednesday 1 April 2026, after a month of work for two clients."""
    clock = SettableClock(utc(2026, 3, 2, 15))
    firm = Firm(
        name="Northwind Studio", currency="USD", timezone="America/Chicago", contact="1 Main St", theme="studio"
    )
    owner = Person(name="Maria", role=Role.MANAGER, email="maria@northwind.example")
    billing = Billing.in_memory(firm, owner, clock=clock, ids=CountingIds(), passwords=QuickPasswords())
    maria = billing.as_owner()
    sam_id = maria.people.add(name="Sam", email="sam@northwind.example", role=Role.SUPERVISOR).id
    lee_id = maria.people.add(name="Lee", email="lee@northwind.example", role=Role.WORKER, timezone="Europe/Lisbon").id
    maria.people.add(name="Ole", role=Role.WORKER)
    sam, lee = billing.acting_as(sam_id), billing.acting_as(lee_id)

    fifty = Rate.hourly(50, "USD")
    terms = Terms(allowed_balance=usd(-1500), refill=Refill(threshold=usd(-1000), rate=fifty, hours=20))
    acme = maria.clients.add(name="Acme", terms=terms)
    globex = maria.clients.add(name="Globex", terms=Terms.unlimited())
    site = maria.projects.add(client_id=acme.id, name="Website", rate=fifty, notes="Goes live in May.")
    app = maria.projects.add(client_id=globex.id, name="App", rate=Rate.hourly(80, "USD"))
    maria.projects.assign(site.id, lee_id)
    maria.projects.assign(app.id, sam_id)
    cleo_id = maria.people.add(name="Cleo", email="cleo@acme.example", role=Role.CONTACT, client_id=acme.id).id

    ahead = maria.invoices.manual(acme.id, usd(1000), deposit=Deposit.TO_BALANCE, description="Twenty hours ahead")
    maria.payments.record(ahead.id, method="wire", reference="TX-1")
    for day in (3, 4, 5, 6, 9):  # 5 × 8 h × $50: on the fifth day the balance is −$1,000, and a refill is asked for
        clock.set(utc(2026, 3, day, 23))
        lee.work.log(site.id, start=utc(2026, 3, day, 15), hours=8, note="Pages")
    _, refill = maria.invoices.of(acme.id)
    maria.payments.record(refill.id, usd(400), method="card", reference="TX-2")

    clock.set(utc(2026, 3, 31, 18))
    sam.work.log(app.id, start=utc(2026, 3, 30, 15), hours="5.5", note="Sketches")
    maria.invoices.generate(maria.invoices.draft(globex.id, Period.month(2026, 3)).id)
    forms = lee.work.log(site.id, start=utc(2026, 3, 31, 15), hours=3, note="Forms")
    maria.invoices.manual(acme.id, usd(120), deposit=Deposit.NOT_DEPOSITED, description="A domain")
    maria.invoices.draft(acme.id, Period(date(2026, 3, 31), date(2026, 3, 31)))
    for desk in (maria, lee):
        maria.people.set_password(desk.person_id, "correct horse battery")
        billing.sign_in(desk.people.me().email or "", "correct horse battery")

    clock.set(utc(2026, 4, 1, 15))
    maria.invoices.sweep_overdue(date(2026, 4, 1))
    people = {Role.MANAGER: maria.person_id, Role.SUPERVISOR: sam_id, Role.WORKER: lee_id, Role.CONTACT: cleo_id}
    links = Links(client=acme.id, project=site.id, session=forms.id, invoice=refill.id)
    return Studio(billing, people, links)
