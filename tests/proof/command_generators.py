"""Chooses random commands: who gives them, and on what."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from invoicecore.ledger.terms import Refill, Terms
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge, NewExpense
from invoicecore.model.client import Client
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import NewWorkSession, Timer, WorkSession
from invoicecore.testing.pictures import png
from invoicecore.values.calendar import PaymentTerms, Period
from invoicecore.values.ids import PersonId, SessionId
from invoicecore.values.money import Money, Rate
from invoicecore.values.tax import TaxComponent
from invoicecore.vocabulary import (
    Advance,
    ChargeKind,
    Cover,
    Debt,
    Deposit,
    EventScope,
    InvoiceKind,
    OnVoid,
    Overpayment,
    ProjectBilling,
    Role,
    Status,
    TaxCategory,
)
from tests.books import SOURCES, Books
from tests.pictures import jpeg
from tests.proof.states import LIVE, booking_day, day_in, standing

UNPAID = frozenset({Status.GENERATED, Status.DUE, Status.OVERDUE, Status.UNCOLLECTIBLE})
ZONES = ("America/Chicago", "Europe/Berlin", "Pacific/Apia", "America/New_York", "Asia/Kathmandu")

_CLOCK_CHANGES = (
    datetime(2026, 3, 8, 8, tzinfo=UTC),  # Chicago, an hour after New York
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # Berlin
    datetime(2026, 11, 1, 7, tzinfo=UTC),  # Chicago
)

_LOGOS = (png(), png(2, 3), jpeg(8, 8))
_RECEIPTS = (png(4, 4), b"%PDF-1.7\n%%EOF")
_RANGES = ("10.0.0.0/8", "192.0.2.7", "192.0.2.10-192.0.2.19", "2001:db8::/32")

T = TypeVar("T")


def secret_of(who: str) -> str:
    """The password of one of the cast, which nobody changes."""
    return f"the secret of {who}"


@frozen
class Call:
    """One command as it is given: by whom, called what, with which arguments."""

    by: str
    name: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(factory=dict)

    def __str__(self) -> str:
        given = [*map(repr, self.args), *(f"{name}={value!r}" for name, value in self.named.items())]
        return f"{self.by}: {self.name}({', '.join(given)})"


@frozen
class Picker:
    """What a chooser goes by: chance, the books, the time, and who plays which part."""

    rng: Random
    books: Books
    now: datetime
    cast: Mapping[str, str]

    def one(self, things: Iterable[T]) -> T | None:
        """Any of them, if there are some."""
        every = list(things)
        return self.rng.choice(every) if every else None

    def chance(self, part: float) -> bool:
        """True so often."""
        return self.rng.random() < part

    def money(self, currency: str, most: int = 90_000) -> Money:
        """Some amount above zero."""
        return Money(minor=self.rng.randint(1, most), currency=currency)

    def rate(self, currency: str) -> Rate:
        """Some rate, perhaps finer than the minor unit."""
        return Rate.hourly(self.rng.choice(["50", "33.33", "80", "0.125", "19.995"]), currency)

    def terms(self, currency: str) -> Terms:
        """Some balance terms."""
        if self.chance(0.2):
            return Terms.unlimited()
        pick = self.rng.choice([-1000, -300, 0, 200])
        refill = Refill(
            threshold=Money.of(pick, currency), rate=Rate.hourly(50, currency), hours=self.rng.choice([5, 20])
        )
        refill = evolve(refill, advance=Advance.UNTAXED) if self.chance(0.3) else refill
        allowed = Money.of(pick - self.rng.choice([400, 900, 2500]), currency)
        return Terms(allowed_balance=allowed, refill=None if self.chance(0.2) else refill)

    def day(self) -> date:
        """Some day near today, by the firm's calendar."""
        return day_in(self.now, self.books.firm.timezone) - timedelta(days=self.rng.randint(0, 9))

    def period(self) -> Period:
        """A period with some day near today in it."""
        day = self.day()
        match self.rng.randint(0, 2):
            case 0:
                return Period.month(day.year, day.month)
            case 1:
                return Period.week(*day.isocalendar()[:2])
            case _:
                return Period(day - timedelta(days=60), day + timedelta(days=30))

    def tax(self) -> str | None:
        """A tax code that was set, or None."""
        return self.rng.choice([None, *(it.tax.code for it in self.books.firm.taxes)])

    def ranges(self) -> list[str]:
        """Some ranges of addresses, perhaps none."""
        return self.rng.sample(_RANGES, self.rng.randint(0, 3))

    def client(self) -> Client | None:
        """A client for whom work is done."""
        return self.one(it for it in self.books.clients.values() if not it.archived)

    def project(self, works: str | None = None) -> Project | None:
        """A project that takes work, of somebody if a person is named."""
        books = self.books
        return self.one(
            it
            for it in books.projects.values()
            if not it.archived and not books.clients[it.client_id].archived and (works is None or works in it.assigned)
        )

    def other(self, *, archived: bool = False) -> Person | None:
        """Somebody who has no part of their own."""
        return self.one(
            it
            for it in self.books.people.values()
            if it.id not in self.cast.values() and it.archived is archived and it.role is not Role.CONTACT
        )

    def free_session(self) -> WorkSession | None:
        """A session that nothing holds; now and then one that an invoice does, which is to be refused."""
        books = self.books
        held = [it for it in books.locks if it in books.sessions]
        if held and self.chance(0.08):
            return books.sessions[SessionId(self.rng.choice(held))]
        return self.one(it for it in books.sessions.values() if not it.removed and it.id not in books.locks)

    def free_charge(self) -> Charge | None:
        """A charge that nothing holds; now and then one that an invoice does, which is to be refused."""
        books = self.books
        held = [it for it in books.charges.values() if it.id in books.locks]
        if held and self.chance(0.1):
            return self.rng.choice(held)
        return self.one(it for it in books.charges.values() if not it.removed and it.id not in books.locks)

    def invoice(self, *statuses: Status) -> Invoice | None:
        """An invoice of one of the statuses; in a live one, with something to pay."""
        return self.one(
            it
            for it in self.books.invoices.values()
            if it.status in statuses and (it.status is Status.DRAFT or it.total_minor > 0)
        )


def _log(pick: Picker) -> Call | None:
    by = pick.rng.choice(["worker", "worker", "manager", "supervisor"])
    project = pick.project(pick.cast["worker"] if by == "worker" else None)
    if project is None:
        return None
    named = _times(pick, project)
    if by == "manager" and pick.chance(0.3):
        named["person_id"] = pick.cast["worker"]
    if by == "manager" and pick.chance(0.2):
        named["rate"] = pick.rate(pick.books.clients[project.client_id].currency)
    return _within_stop(pick, Call(by, "work.log", (project.id,), named), project.client_id)


def _times(pick: Picker, project: Project) -> dict[str, Any]:
    """When the work was: in one of the three ways, sometimes around a change of the clocks."""
    begin = pick.now - timedelta(minutes=pick.rng.randint(0, 3000))
    if project.starts_on is not None:
        begin = max(
            begin, datetime(project.starts_on.year, project.starts_on.month, project.starts_on.day + 1, tzinfo=UTC)
        )
    if project.starts_on is None and pick.chance(0.1):
        changed = pick.rng.choice(_CLOCK_CHANGES)
        return {"start": changed - timedelta(hours=2), "end": changed + timedelta(minutes=pick.rng.randint(0, 400))}
    hours = pick.rng.choice(["0.5", "3", "7.77", "8", "0", "0.01"])
    match pick.rng.randint(0, 2):
        case 0:
            return {"start": begin, "hours": hours}
        case 1:
            return {"start": begin, "end": begin + timedelta(seconds=pick.rng.randint(0, 40_000))}
        case _:
            day = day_in(begin, pick.books.firm.timezone)
            return {"day": max(day, project.starts_on or day), "hours": hours}


def _within_stop(pick: Picker, call: Call, client_id: str) -> Call:
    """The call, sometimes for free; where work is stopped, mostly by a Manager who says why. Otherwise it runs against
    the stop."""
    if not pick.books.accounts[client_id].is_stopped or pick.chance(0.2):
        free = call.by != "worker" and pick.chance(0.2)
        return Call(call.by, call.name, call.args, {**call.named, "billable": False}) if free else call
    return Call("manager", call.name, call.args, {**call.named, "over_limit": True, "reason": "Done already."})


def _source(pick: Picker) -> str | None:
    """What a row is called, if anything: often like one whose session an invoice holds by now."""
    held = [source for source, session_id in pick.books.imports.items() if session_id in pick.books.locks]
    if held and pick.chance(0.4):
        return pick.rng.choice(held)
    if pick.books.imports and pick.chance(0.4):
        return pick.rng.choice(list(pick.books.imports))
    return pick.rng.choice(SOURCES) if pick.chance(0.6) else None


def _import(pick: Picker) -> Call | None:
    rows = []
    for _ in range(pick.rng.randint(1, 4)):
        project = pick.project()
        if project is None:
            return None
        source = _source(pick)
        worker = PersonId(pick.cast["worker"])
        if source is not None and source in pick.books.imports and pick.chance(0.7):  # it comes again, and says other
            known = pick.books.sessions[SessionId(pick.books.imports[source])]
            project, worker = pick.books.projects[known.project_id], known.person_id
        named = {**_times(pick, project), "billable": pick.rng.choice([None, None, True, False])}
        rows.append(NewWorkSession(project_id=project.id, person_id=worker, source=source, **named))
    how: dict[str, Any] = {"over_limit": True, "reason": "From another system."} if pick.chance(0.7) else {}
    if pick.chance(0.5):
        how["update"] = True
    return Call("manager", "work.import_many", (tuple(rows),), how)


def _start(pick: Picker) -> Call | None:
    running = {timer.person_id for timer in pick.books.timers.values()}
    by = pick.one(who for who in ("worker", "manager", "supervisor") if pick.cast[who] not in running)
    if by is None:
        return None
    project = pick.project(pick.cast["worker"] if by == "worker" else None)
    if project is None or (project.starts_on is not None and project.starts_on > pick.day()):
        return None
    if pick.books.accounts[project.client_id].is_stopped and pick.chance(0.8):
        return None
    named = {"billable": False} if by != "worker" and pick.chance(0.3) else {}
    return Call(by, "work.start", (project.id,), named)


def _stop(pick: Picker) -> Call | None:
    timer = pick.one(pick.books.timers.values())
    if timer is None:
        return None
    named: dict[str, Any] = {"allow_over_24h": True}
    if pick.chance(0.3) and pick.now > timer.start:
        named["at"] = timer.start + (pick.now - timer.start) / 2
    return Call(_runner(pick, timer), "work.stop", (timer.id,), named)


def _runner(pick: Picker, timer: Timer) -> str:
    """Who may stop a timer: whoever runs it, if they are of the cast, or a Manager."""
    runners = [who for who, id in pick.cast.items() if id == timer.person_id]
    return pick.rng.choice([*runners, "manager"])


def _discard(pick: Picker) -> Call | None:
    timer = pick.one(pick.books.timers.values())
    return None if timer is None else Call(_runner(pick, timer), "work.discard", (timer.id,))


def _edit(pick: Picker) -> Call | None:
    session = pick.free_session()
    if session is None:
        return None
    by = pick.rng.choice(["manager", "supervisor"])
    match pick.rng.randint(0, 7):
        case 0:
            named: dict[str, Any] = {"note": pick.rng.choice(["Draft", "Review", "Call"])}
        case 4:
            by, named = "manager", {"person_id": pick.rng.choice([pick.cast["worker"], pick.cast["manager"]])}
        case 5:
            others = [it.id for it in pick.books.projects.values() if it.client_id == session.client_id]
            named = {"project_id": pick.rng.choice(others)}
        case 1:
            named = {"billable": not session.billable}
        case 2:
            named = {"start": session.start - timedelta(hours=pick.rng.randint(0, 30))}
        case 3:
            by, named = "manager", {"rate": pick.rate(session.rate.currency)}
        case _:
            named = {"hours": pick.rng.choice(["0.25", "2", "9", "0"])}
    if pick.books.accounts[session.client_id].is_stopped and pick.chance(0.6):
        by, named = "manager", {**named, "over_limit": True, "reason": "Done already."}
    return Call(by, "work.edit", (session.id,), named)


def _delete(pick: Picker) -> Call | None:
    session = pick.free_session()
    return None if session is None else Call(pick.rng.choice(["manager", "supervisor"]), "work.delete", (session.id,))


def _own_project(pick: Picker, client: Client) -> dict[str, Any]:
    """A project of a client that is not archived, or none."""
    project = pick.one(it for it in pick.books.projects.values() if it.client_id == client.id and not it.archived)
    return {} if project is None or pick.chance(0.5) else {"project_id": project.id}


def _expense(pick: Picker) -> Call | None:
    client, by = pick.client(), pick.rng.choice(["manager", "manager", "worker", "supervisor"])
    if by == "worker":
        project = pick.project(pick.cast["worker"])
        if project is None:
            return None
        client = pick.books.clients[project.client_id]
        named: dict[str, Any] = {"project_id": project.id}
    elif client is None:
        return None
    else:
        named = _own_project(pick, client)
    named |= {"note": "Train", "cost": "72.30 €"}
    if pick.chance(0.3):
        named["receipt"] = pick.rng.choice(_RECEIPTS)
    if by == "manager" and pick.chance(0.8):
        named |= {"price": pick.money(client.currency, 30_000), **_own_tax(pick)}
    elif pick.chance(0.1):
        named["billable"] = False
    return Call(by, "charges.expense", (client.id, pick.day()), named)


def _own_tax(pick: Picker) -> dict[str, Any]:
    """A tax code of a charge's own, now and then; perhaps one that the firm never set."""
    return {"tax": pick.rng.choice(["A", "B", "C"])} if pick.chance(0.2) else {}


def _import_expenses(pick: Picker) -> Call | None:
    rows = []
    for _ in range(pick.rng.randint(1, 3)):
        client = pick.client()
        if client is None:
            return None
        price = pick.money(client.currency, 30_000) if pick.chance(0.8) else None
        source = f"card:{pick.rng.randint(1, 20)}" if pick.chance(0.5) else None
        rows.append(NewExpense(client_id=client.id, day=pick.day(), price=price, source=source, cost="9 €"))
    return Call("manager", "charges.import_many", (tuple(rows),))


def _fee(pick: Picker) -> Call | None:
    client = pick.client()
    if client is None:
        return None
    day = pick.day() + timedelta(days=pick.rng.choice([0, 0, 0, 20]))
    named = {**_own_project(pick, client), **_own_tax(pick)}
    return Call("manager", "charges.fee", (client.id, day, pick.money(client.currency)), named)


def _allow(pick: Picker) -> Call | None:
    client = pick.client()
    if client is None:
        return None
    named = {"note": "Loyal", **_own_project(pick, client)}
    if pick.chance(0.5):
        named |= {"percent": pick.rng.choice([10, "33.3", 100]), "period": pick.period()}
    else:
        named |= {"amount": pick.money(client.currency, 20_000), "day": pick.day(), **_own_tax(pick)}
    return Call("manager", "charges.allow", (client.id,), named)


def _edit_charge(pick: Picker) -> Call | None:
    charge = pick.free_charge()
    if charge is None:
        return None
    match pick.rng.randint(0, 5):
        case 0:
            named: dict[str, Any] = {"note": pick.rng.choice(["Train", "Hotel"])}
        case 5:
            named = {"tax": pick.rng.choice(["A", "B", None])}
        case 1:
            named = {"day": pick.day()}
        case 2 if charge.kind is ChargeKind.EXPENSE:
            named = pick.rng.choice([{"amount": None}, {"billable": False}, {"receipt": None}, {"cost": "5 CHF"}])
        case 3:
            own = [it.id for it in pick.books.projects.values() if it.client_id == charge.client_id]
            named = {"project_id": pick.rng.choice([None, *own])}
        case _:
            named = {"amount": pick.money(charge.currency, 30_000)}
    return Call("manager", "charges.edit", (charge.id,), named)


def _delete_charge(pick: Picker) -> Call | None:
    charge = pick.free_charge()
    return None if charge is None else Call("manager", "charges.delete", (charge.id,))


def _draft(pick: Picker) -> Call | None:
    client = pick.one(pick.books.clients.values())
    if client is None:
        return None
    named: dict[str, Any] = {}
    own = [it.id for it in pick.books.projects.values() if it.client_id == client.id]
    if own and pick.chance(0.2):
        named["projects"] = (pick.rng.choice(own),)
    if pick.chance(0.1):
        named["cover"] = Cover.NOTHING
    session = pick.free_session()
    if session is not None and session.client_id == client.id and pick.chance(0.3):
        named["exclude"] = (session.id,)
    charge = pick.free_charge()
    if charge is not None and charge.client_id == client.id and pick.chance(0.1):
        named["exclude"] = (charge.id,)
    return Call("manager", "invoices.draft", (client.id, pick.period()), named)


def _manual(pick: Picker) -> Call | None:
    client = pick.one(pick.books.clients.values())
    if client is None:
        return None
    named: dict[str, Any] = {"deposit": pick.rng.choice(list(Deposit)), "description": "Setup"}
    if pick.chance(0.2):
        year, ahead = pick.now.year, pick.books.next_number + pick.rng.randint(0, 4)
        named["number"] = pick.rng.choice([f"INV-{year}-{ahead:04}", f"OLD-{pick.rng.randint(1, 60)}"])
    return Call("manager", "invoices.manual", (client.id, pick.money(client.currency)), named)


def _save(pick: Picker) -> Call | None:
    draft = pick.invoice(Status.DRAFT)
    if draft is None:
        return None
    match draft.kind:
        case InvoiceKind.TIME:
            named: dict[str, Any] = {"period": pick.period()}
            if pick.chance(0.2):
                named["cover"] = pick.rng.choice(list(Cover))
        case InvoiceKind.MANUAL:
            named = {"amount": pick.money(draft.currency), "deposit": pick.rng.choice(list(Deposit))}
            if pick.chance(0.5):
                named["more"] = [("Mail", pick.money(draft.currency)) for _ in range(pick.rng.randrange(3))]
        case _:
            named = {"description": "Prepaid hours"}
    return Call("manager", "invoices.save", (draft.id,), named)


def _generate(pick: Picker) -> Call | None:
    free = pick.books.sessions.keys() - pick.books.locks.keys()
    draft = pick.one(
        it
        for it in pick.books.invoices.values()
        if it.status is Status.DRAFT and (it.number is not None or any(line.session_id in free for line in it.lines))
    )
    if draft is None:
        return None
    named: dict[str, Any] = {"use_latest": True} if pick.chance(0.6) else {}
    if pick.chance(0.1):
        named["if_revision"] = draft.revision
    return Call("manager", "invoices.generate", (draft.id,), named)


def _on_invoice(name: str, *statuses: Status, **named: Callable[[Picker], Any]) -> Callable[[Picker], Call | None]:
    def choose(pick: Picker) -> Call | None:
        invoice = pick.invoice(*statuses)
        if pick.chance(0.1):  # perhaps one that does not allow it
            invoice = pick.one(pick.books.invoices.values())
        if invoice is None:
            return None
        return Call("manager", f"invoices.{name}", (invoice.id,), {name: value(pick) for name, value in named.items()})

    return choose


def _void(pick: Picker) -> Call | None:
    invoice = pick.one(it for it in pick.books.invoices.values() if it.status in LIVE)
    if invoice is None:
        return None
    named = {"note": "Made in error.", "payments": pick.rng.choice(list(OnVoid))}
    return Call("manager", "invoices.void", (invoice.id,), named)


def _sweep(pick: Picker) -> Call | None:
    before = pick.rng.choice([None, None, 0, 3])  # None is today
    return Call("manager", "invoices.sweep_overdue", (None if before is None else pick.day() - timedelta(days=before),))


def _record(pick: Picker) -> Call | None:
    invoice = pick.invoice(*UNPAID)
    if invoice is None:
        return None
    rest = invoice.amount_due_minor
    named: dict[str, Any] = {"method": "wire", "reference": "TX"}
    match pick.rng.randint(0, 3):
        case 0:
            return Call("manager", "payments.record", (invoice.id,), named)
        case 1:
            more = Money(minor=rest + pick.rng.randint(1, 50_000), currency=invoice.currency)
            named |= {"overpayment": Overpayment.TO_CREDIT}
            return Call("manager", "payments.record", (invoice.id, more), named)
        case _:
            part = Money(minor=pick.rng.randint(1, rest), currency=invoice.currency)
            return Call("manager", "payments.record", (invoice.id, part), named)


def _apply(pick: Picker) -> Call | None:
    rich = {id for id, account in pick.books.accounts.items() if account.credit_minor > 0}
    invoice = pick.one(
        it for it in pick.books.invoices.values() if it.client_id in rich and it.status in UNPAID and it.total_minor > 0
    )
    if invoice is None:
        return None
    most = min(invoice.amount_due_minor, pick.books.accounts[invoice.client_id].credit_minor)
    args = (
        (invoice.id,)
        if pick.chance(0.5)
        else (invoice.id, Money(minor=pick.rng.randint(1, most), currency=invoice.currency))
    )
    return Call("manager", "payments.apply_credit", args)


def _reverse(pick: Picker) -> Call | None:
    most = {id: it.minor - it.reversed_minor for id, it in pick.books.payments.items()}
    id = pick.one(id for id, minor in most.items() if minor > 0)
    if id is None:
        return None
    named: dict[str, Any] = {"note": "Mistyped."}
    if pick.chance(0.5):
        named["amount"] = Money(minor=pick.rng.randint(1, most[id]), currency=pick.books.payments[id].currency)
    return Call("manager", "payments.reverse", (id,), named)


def _adjust(pick: Picker) -> Call | None:
    client = pick.one(pick.books.clients.values())
    if client is None:
        return None
    amount = pick.money(client.currency, 120_000) * pick.rng.choice([1, 1, -1])
    return Call("manager", "accounts.adjust", (client.id, amount), {"reason": "Agreed."})


def _correct_days(pick: Picker) -> Call | None:
    """The days after today, or else the last day that was booked on, although it may have been right."""
    firm, client = pick.books.firm, pick.one(id for id, it in pick.books.accounts.items() if it.position.sequence)
    if client is None:
        return None
    entries, owed = standing(pick.books.entries[client]), standing(pick.books.receivables.get(client, ()))
    days = sorted({booking_day(firm, it.booked_at) for it in entries} | {it.booked_on for it in owed})
    today, last = booking_day(firm, pick.now), booking_day(firm, entries[-1].booked_at)
    earlier = [day for day in days if day < last]
    if last > today:
        wrong, right_day = Period(min(day for day in days if day > today), days[-1]), today
    else:
        least = max(earlier, default=last - timedelta(days=5))
        wrong = Period(last, last)
        right_day = least + timedelta(days=pick.rng.randint(0, max(0, (last - least).days - 1)))
    named = {"right_day": right_day, "reason": "The clock was wrong."}
    return Call("manager", "accounts.correct_booking_days", (client, wrong), named)


def _ask(pick: Picker) -> Call | None:
    client = pick.one(id for id, account in pick.books.accounts.items() if account.blocks_due)
    return None if client is None else Call("manager", "accounts.request_refill", (client,))


def _add_client(pick: Picker) -> Call | None:
    if len(pick.books.clients) > 5:
        return None
    currency = pick.rng.choice(["USD", "JPY", "KWD"])
    named = {"name": "New", "terms": pick.terms(currency)}
    if pick.chance(0.4):
        named |= {"payment_terms": PaymentTerms.end_of_next_month(), "locale": pick.rng.choice(["de_AT", "en"])}
    return Call("manager", "clients.add", (), named)


def _change_client(pick: Picker) -> Call | None:
    client = pick.one(pick.books.clients)
    named = {"name": pick.rng.choice(["Acme", "Apex"]), "payment_terms": PaymentTerms.net(pick.rng.randint(0, 40))}
    named |= {"tax": pick.tax()} if pick.chance(0.5) else {}
    return None if client is None else Call("manager", "clients.change", (client,), named)


def _set_terms(pick: Picker) -> Call | None:
    client = pick.one(pick.books.clients.values())
    return None if client is None else Call("manager", "clients.set_terms", (client.id, pick.terms(client.currency)))


def _archive_client(pick: Picker) -> Call | None:
    if any(it.archived for it in pick.books.clients.values()):
        return None
    client = pick.one(pick.books.clients)
    return None if client is None else Call("manager", "clients.archive", (client,))


def _restore_client(pick: Picker) -> Call | None:
    client = pick.one(it.id for it in pick.books.clients.values() if it.archived)
    return None if client is None else Call("manager", "clients.restore", (client,))


def _add_project(pick: Picker) -> Call | None:
    client = pick.client()
    if client is None or len(pick.books.projects) > 9:
        return None
    named: dict[str, Any] = {"client_id": client.id, "name": "Job", "rate": pick.rate(client.currency)}
    if pick.chance(0.3):
        named["starts_on"] = pick.day().replace(day=1)
    if pick.chance(0.3):
        named["cap"] = Money.of(pick.rng.choice([1, 40, 300, 2000]), client.currency)
    elif pick.chance(0.1):
        named["billing"] = ProjectBilling.FIXED
    return Call("manager", "projects.add", (), named)


def _change_project(pick: Picker) -> Call | None:
    project = pick.one(pick.books.projects)
    named = {"name": pick.rng.choice(["Website", "Shop"]), "notes": "Ask first.", "billable": pick.chance(0.8)}
    named |= {"tax": pick.tax()} if pick.chance(0.5) else {}
    if project is not None and pick.chance(0.4):
        cap = Money.of(pick.rng.choice([1, 40, 300, 2000]), pick.books.projects[project].rates[0].rate.currency)
        named |= {
            "cap": pick.rng.choice([cap, cap, None]),
            "billing": ProjectBilling.FIXED if pick.chance(0.2) else ProjectBilling.HOURLY,
        }
    return None if project is None else Call("manager", "projects.change", (project,), named)


def _set_rate(pick: Picker) -> Call | None:
    project = pick.one(pick.books.projects.values())
    if project is None:
        return None
    latest, currency = project.rates[-1].since, project.rates[0].rate.currency
    near = [pick.now + timedelta(days=days) for days in (-3, 0, 3, 30)]
    since = pick.rng.choice([None, None, *near, *([latest] if latest is not None else [])])
    return Call("manager", "projects.set_rate", (project.id, pick.rate(currency)), {"since": since})


def _cancel_rate(pick: Picker) -> Call | None:
    changes = [(project.id, it.since) for project in pick.books.projects.values() for it in project.rates[1:]]
    ahead = [(id, since) for id, since in changes if since is not None and since > pick.now]
    return Call("manager", "projects.cancel_rate", pick.rng.choice(ahead)) if ahead else None


def _archive_project(pick: Picker) -> Call | None:
    if sum(it.archived for it in pick.books.projects.values()) > 1:
        return None
    project = pick.one(pick.books.projects)
    return None if project is None else Call("manager", "projects.archive", (project,))


def _restore_project(pick: Picker) -> Call | None:
    project = pick.one(it.id for it in pick.books.projects.values() if it.archived)
    return None if project is None else Call("manager", "projects.restore", (project,))


def _assign(pick: Picker) -> Call | None:
    project, other = pick.one(pick.books.projects), pick.other()
    if project is None:
        return None
    who = pick.cast["worker"] if other is None or pick.chance(0.6) else other.id
    return Call(pick.rng.choice(["manager", "supervisor"]), "projects.assign", (project, who))


def _unassign(pick: Picker) -> Call | None:
    project = pick.one(it for it in pick.books.projects.values() if len(it.assigned) > 1)
    if project is None:
        return None
    who = pick.one(sorted(project.assigned - {pick.cast["worker"]}))
    return None if who is None else Call("supervisor", "projects.unassign", (project.id, who))


def _add_person(pick: Picker) -> Call | None:
    if len(pick.books.people) > 9:
        return None
    if pick.chance(0.3):
        named: dict[str, Any] = {"role": Role.CONTACT, "client_id": pick.one(pick.books.clients)}
    else:
        named = {"role": pick.rng.choice([Role.WORKER, Role.SUPERVISOR, Role.MANAGER])}
    if pick.chance(0.5):
        named["email"] = f"p{pick.rng.randint(1, 60)}@firm.example"
    if pick.chance(0.3):
        named |= {"password": "a first password", "admitted_from": pick.ranges()}
    return Call("manager", "people.add", (), {"name": "Nora", **named})


def _change_person(pick: Picker) -> Call | None:
    other = pick.other()
    if other is None:
        return None
    named: dict[str, Any] = {"name": pick.rng.choice(["Nora", "Noor"]), "timezone": pick.rng.choice(ZONES)}
    if pick.chance(0.5):
        named["role"] = pick.rng.choice([Role.WORKER, Role.SUPERVISOR, Role.MANAGER])
    return Call("manager", "people.change", (other.id,), named)


def _change_me(pick: Picker) -> Call:
    return Call(pick.rng.choice(list(pick.cast)), "people.change_me", (), {"timezone": pick.rng.choice(ZONES)})


def _limit(pick: Picker) -> Call | None:
    contact = pick.one(
        it for it in pick.books.people.values() if it.role is Role.CONTACT and it.id not in pick.cast.values()
    )
    if contact is None:
        return None
    own = [it.id for it in pick.books.projects.values() if it.client_id == contact.client_id]
    return Call("manager", "people.restrict_to_projects", (contact.id, own[:2] if own and pick.chance(0.7) else None))


def _set_password(pick: Picker) -> Call | None:
    other = pick.other()
    password = None if pick.chance(0.2) else f"password {pick.rng.randint(1, 9)}"
    return None if other is None else Call("manager", "people.set_password", (other.id, password))


def _change_password(pick: Picker) -> Call:
    who = pick.rng.choice(list(pick.cast))
    current = "nobody's secret" if pick.chance(0.1) else secret_of(who)
    return Call(who, "people.change_my_password", (), {"current": current, "new": secret_of(who)})


def _admit(pick: Picker) -> Call | None:
    other = pick.other()
    return None if other is None else Call("manager", "people.set_allowed_addresses", (other.id, pick.ranges()))


def _archive_person(pick: Picker) -> Call | None:
    other = pick.other()
    return None if other is None else Call("manager", "people.archive", (other.id,))


def _restore_person(pick: Picker) -> Call | None:
    other = pick.other(archived=True)
    return None if other is None else Call("manager", "people.restore", (other.id,))


def _change_firm(pick: Picker) -> Call | None:
    named: dict[str, Any] = pick.rng.choice(
        [
            {"name": "Northwind Studio"},
            {"contact": "2 Side Street", "theme": "classic", "tax_id": "DE 123", "payment_instructions": "By wire"},
            {"payment_terms": PaymentTerms.net(pick.rng.randint(0, 30))},
            {"number_pattern": pick.rng.choice(["INV-{year}-{seq:04}", "{seq}/{year}", "R{seq:06}"])},
            {"timezone": pick.rng.choice(ZONES)},
            {"events": pick.rng.choice(list(EventScope))},
            {"tax": pick.tax()},
            {"currency": pick.rng.choice(["USD", "EUR"]), "locale": pick.rng.choice(["en", "en_US", "sr_Latn_RS"])},
        ]
    )
    return Call("manager", "firm.change", (), named)


def _set_tax(pick: Picker) -> Call:
    percents = [
        pick.rng.choice(["5", "7", "19", "9.975", "0.000001", "100"]) for _ in range(pick.rng.choice([1, 1, 2]))
    ]
    components = [TaxComponent("VAT", percent, on_top=pick.chance(0.3)) for percent in percents]
    named: dict[str, Any] = {"category": TaxCategory.STANDARD, "components": components}
    if pick.chance(0.2):
        named = {"category": pick.rng.choice([TaxCategory.REVERSE_CHARGE, TaxCategory.ZERO])}
    named["since"] = pick.rng.choice([None, pick.now.date() + timedelta(days=pick.rng.randint(-9, 9))])
    return Call("manager", "firm.set_tax", (pick.rng.choice(["A", "B", "C"]),), named)


def _set_logo(pick: Picker) -> Call:
    return Call("manager", "firm.set_logo", (None if pick.chance(0.2) else pick.rng.choice(_LOGOS),))


def _advance_number(pick: Picker) -> Call | None:
    return Call("manager", "firm.set_next_number", (pick.books.next_number + pick.rng.randint(0, 3),))


CHOOSERS: Mapping[str, tuple[int, Callable[[Picker], Call | None]]] = {
    "work.log": (16, _log),
    "work.import_many": (4, _import),
    "work.start": (5, _start),
    "work.stop": (4, _stop),
    "work.discard": (2, _discard),
    "work.edit": (9, _edit),
    "work.delete": (3, _delete),
    "charges.expense": (6, _expense),
    "charges.import_many": (3, _import_expenses),
    "charges.fee": (3, _fee),
    "charges.allow": (5, _allow),
    "charges.edit": (4, _edit_charge),
    "charges.delete": (2, _delete_charge),
    "invoices.draft": (6, _draft),
    "invoices.manual": (4, _manual),
    "invoices.open": (3, _on_invoice("open", Status.DRAFT)),
    "invoices.save": (4, _save),
    "invoices.delete": (2, _on_invoice("delete", Status.DRAFT, note=lambda pick: "Nobody wants it.")),
    "invoices.generate": (14, _generate),
    "invoices.revert": (4, _on_invoice("revert", Status.GENERATED)),
    "invoices.set_due": (3, _on_invoice("set_due", *UNPAID)),
    "invoices.set_overdue": (3, _on_invoice("set_overdue", *UNPAID)),
    "invoices.set_uncollectible": (
        2,
        _on_invoice("set_uncollectible", *UNPAID, debt=lambda pick: pick.rng.choice(list(Debt))),
    ),
    "invoices.set_paid": (3, _on_invoice("set_paid", *UNPAID)),
    "invoices.void": (4, _void),
    "invoices.sweep_overdue": (2, _sweep),
    "payments.record": (9, _record),
    "payments.apply_credit": (10, _apply),
    "payments.reverse": (4, _reverse),
    "accounts.adjust": (4, _adjust),
    "accounts.request_refill": (12, _ask),
    "accounts.correct_booking_days": (2, _correct_days),
    "accounts.sweep_refills": (1, lambda pick: Call("manager", "accounts.sweep_refills")),
    "clients.add": (2, _add_client),
    "clients.change": (1, _change_client),
    "clients.set_terms": (3, _set_terms),
    "clients.archive": (1, _archive_client),
    "clients.restore": (6, _restore_client),
    "projects.add": (2, _add_project),
    "projects.change": (1, _change_project),
    "projects.set_rate": (3, _set_rate),
    "projects.cancel_rate": (5, _cancel_rate),
    "projects.archive": (1, _archive_project),
    "projects.restore": (5, _restore_project),
    "projects.assign": (2, _assign),
    "projects.unassign": (2, _unassign),
    "people.add": (4, _add_person),
    "people.change": (5, _change_person),
    "people.change_me": (1, _change_me),
    "people.restrict_to_projects": (2, _limit),
    "people.set_password": (1, _set_password),
    "people.change_my_password": (1, _change_password),
    "people.set_allowed_addresses": (2, _admit),
    "people.archive": (4, _archive_person),
    "people.restore": (9, _restore_person),
    "firm.change": (2, _change_firm),
    "firm.set_tax": (2, _set_tax),
    "firm.set_logo": (1, _set_logo),
    "firm.set_next_number": (1, _advance_number),
}
"""How often each command is thought of, against the others, and what chooses its arguments."""
