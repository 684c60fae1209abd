"""Books in which there is something of everything, the same at every telling."""

from datetime import date, timedelta
from itertools import count

from attrs import evolve

from invoicecore import (
    Billing,
    CountingIds,
    Debt,
    Deposit,
    Desk,
    Firm,
    Money,
    NewWorkSession,
    Overpayment,
    Party,
    PaymentTerms,
    Period,
    Person,
    Rate,
    Refill,
    Role,
    SettableClock,
    Terms,
    utc,
)
from invoicecore.ports.archive import Removal, Removes
from invoicecore.ports.store import Storage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing import QuickPasswords
from invoicecore.testing.conformance import things
from invoicecore.testing.pictures import png
from invoicecore.values.ids import ProjectId

CLOCK = utc(2026, 3, 31, 20)
FIRM = Firm(
    name="Northwind Studio",
    currency="USD",
    timezone="America/Chicago",
    contact="1 Main St\nChicago — “Loop”",
    theme="plain",
    party=Party(lines=["1 Main St"], city="Chicago", region="IL", postcode="60601", country="US"),
    payment_terms=PaymentTerms.end_of_next_month(5),
    locale="en_US",
    tax_id="№ 12-3456789",
    payment_instructions="By cheque\nor by wire",
)
LOGO = png(40, 10)
SECRET = "as long as it is secret"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def told(storage: Storage) -> Billing:
    """Make the books, in a database that has its tables; the clock stands at the evening of 31 March 2026."""
    clock = SettableClock(utc(2026, 3, 2, 15))
    owner = Person(name="Maria", role=Role.MANAGER, email="maria@northwind.example")
    billing = Billing.create(storage, FIRM, owner, clock=clock, ids=CountingIds(), passwords=QuickPasswords())
    maria = billing.as_owner()
    maria.firm.set_logo(LOGO)
    site, garden = _clients_and_people(maria)
    billing.sign_in("lee@northwind.example", SECRET, address="192.0.2.7")
    _work(maria, clock, site, garden)
    clock.set(CLOCK)
    _invoices(maria, maria.projects.get(site).client_id)
    _money(maria, maria.projects.get(garden).client_id)
    _charges(maria)
    with UnitOfWork(storage, billing.firm_id) as uow:  # two messages are on their way
        things.lease(uow, CLOCK, CLOCK + timedelta(minutes=5), 2)
        uow.commit()
    maria.firm.audit(limit=1)  # on PostgreSQL the records are numbered then
    if isinstance(storage, Removes):
        ids = CountingIds()
        while ids() < "00000000-9000":
            pass
        gone = Billing.create(storage, evolve(FIRM, name="Gone"), clock=clock, ids=ids, passwords=QuickPasswords())
        storage.remove(Removal(gone.firm_id, CLOCK, "0" * 64), 1)
    return billing


def _clients_and_people(maria: Desk) -> tuple[ProjectId, ProjectId]:
    fifty = Rate.hourly("50", "USD")
    refill = Refill(threshold=usd("-1000"), rate=fifty, hours=20)
    acme = maria.clients.add(name="Acme", terms=Terms(allowed_balance=usd("-1500"), refill=refill))
    yen = Terms(allowed_balance=Money.of(-500_000, "JPY"))
    terms = PaymentTerms.net(30)
    kyoto = maria.clients.add(
        name="京都 Garden", terms=yen, billing_address="京都市", payment_terms=terms, locale="ja_JP"
    )
    site = maria.projects.add(
        client_id=acme.id, name="Website", rate=fifty, starts_on=date(2026, 1, 1), notes="Café ☕"
    )
    maria.projects.set_rate(site.id, Rate.hourly("62.505", "USD"), since=utc(2026, 4, 1, 5))
    garden = maria.projects.add(client_id=kyoto.id, name="Garden", rate=Rate.hourly("6000.5", "JPY"))
    lee = maria.people.add(name="Lee", role=Role.WORKER, email="lee@northwind.example", timezone="Asia/Tokyo")
    maria.people.set_password(lee.id, SECRET)
    maria.people.set_allowed_addresses(lee.id, ["192.0.2.0/28", "2001:db8::1-2001:db8::9"])
    maria.people.add(name="Cleo", role=Role.CONTACT, client_id=acme.id, limited_to=[site.id])
    maria.people.archive(maria.people.add(name="Sam", role=Role.SUPERVISOR).id)
    maria.projects.assign(site.id, lee.id)
    return site.id, garden.id


def _work(maria: Desk, clock: SettableClock, site: ProjectId, garden: ProjectId) -> None:
    maria.work.log(site, start=utc(2026, 3, 2, 15), hours=8, note="Wireframes, “as drawn”", idempotency_key="monday")
    clock.set(utc(2026, 3, 3, 23, 30))
    maria.work.log(site, day=date(2026, 3, 3), hours=8)
    maria.work.delete(maria.work.log(site, start=utc(2026, 3, 3, 20), end=utc(2026, 3, 3, 22, 30)).id)
    lee = next(person.id for person in maria.people.all() if person.name == "Lee")
    rows = [
        NewWorkSession(
            project_id=site, person_id=lee, start=utc(2026, 3, 4, 15 + hours), hours=hours, source=f"toggl:{n}"
        )
        for n, hours in zip(count(1), (2, 3), strict=False)
    ]
    maria.work.import_many(rows)
    clock.set(utc(2026, 3, 5, 8, 30))
    maria.work.log(garden, start=utc(2026, 3, 5, 1), hours="7.25", person_id=lee, note="عشب · ترميم")
    maria.work.start(garden, note="still at it")


def _invoices(maria: Desk, acme: str) -> None:
    [refill] = maria.invoices.of(acme)
    maria.payments.record(refill.id, usd("400"), method="wire", reference="TX-1", received_on=date(2026, 3, 20))
    march = Period.month(2026, 3)
    invoice = maria.invoices.generate(maria.invoices.draft(acme, march).id)
    maria.invoices.void(invoice.id, note="Too early")
    maria.accounts.adjust(acme, usd("-850"), reason="A cheque of last year bounced")
    first = maria.invoices.draft(acme, Period(date(2026, 3, 2), date(2026, 3, 2)))
    maria.invoices.set_due(maria.invoices.generate(first.id).id)
    maria.invoices.revert(maria.invoices.generate(maria.invoices.draft(acme, march).id).id)
    maria.invoices.draft(acme, march, exclude=[maria.work.sessions(client_id=acme)[0].id], notes="Merci ☕")


def _money(maria: Desk, kyoto: str) -> None:
    stamp = maria.invoices.manual(kyoto, Money.of(9000, "JPY"), deposit=Deposit.NOT_DEPOSITED, description="切手")
    receipt = maria.payments.record(stamp.id, Money.of(10_000, "JPY"), overpayment=Overpayment.TO_CREDIT)
    maria.payments.reverse(receipt.payment.id, note="Given back in cash", amount=Money.of(400, "JPY"))
    maria.accounts.adjust(kyoto, Money.of(-3, "JPY"), reason="A rounding of the bank")
    maria.invoices.set_overdue(maria.invoices.manual(kyoto, Money.of(1, "JPY"), deposit=Deposit.TO_BALANCE).id)
    gone = maria.invoices.manual(kyoto, Money.of(70, "JPY"), deposit=Deposit.TO_BALANCE)
    maria.invoices.set_uncollectible(gone.id, debt=Debt.FORGIVE)
    maria.payments.record(gone.id, Money.of(20, "JPY"))
    maria.invoices.generate(maria.invoices.draft(kyoto, Period.month(2026, 3)).id)  # a part is covered
    last = Period(CLOCK.date(), CLOCK.date())
    maria.accounts.correct_booking_days(kyoto, last, right_day=date(2026, 3, 30), reason="The clock was a day ahead")


def _charges(maria: Desk) -> None:
    """An expense with its receipt, a fee, and a discount of which a part waits, on an invoice; and what is on none."""
    lyon = maria.clients.add(name="Lyon", terms=Terms.unlimited(), party=Party(city="Lyon", country="FR"))
    logo = maria.projects.add(client_id=lyon.id, name="Logo", rate=Rate.hourly("50", "USD"), cap=usd("5000"))
    day, charges = date(2026, 3, 30), maria.charges
    charges.expense(
        lyon.id, day, price=usd("80"), cost="72.30 €", note="Train — “TGV”", project_id=logo.id, receipt=png(3, 3)
    )
    charges.fee(lyon.id, day, usd("1500"), note="Milestone 2")
    charges.allow(lyon.id, amount=usd("200"), note="Sorry", project_id=logo.id)
    maria.invoices.generate(maria.invoices.draft(lyon.id, Period.month(2026, 3)).id)
    charges.expense(lyon.id, day, cost="¥500")
    charges.delete(charges.edit(charges.fee(lyon.id, day, usd("7")).id, amount=usd("9")).id)
