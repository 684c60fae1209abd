"""What a command was given and what it answered agree with what it did to the books."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from invoicecore.desk import Desk
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.charge import Charge
from invoicecore.model.work_session import NewWorkSession, WorkSession
from invoicecore.queries.reconcile import Reconciliation
from invoicecore.values.calendar import Period, day_of
from invoicecore.values.ids import ChargeId, InvoiceId, SessionId
from invoicecore.values.inputs import duration
from invoicecore.values.money import Money
from invoicecore.values.tax import Tax
from invoicecore.vocabulary import BILLED_ENTRIES, InvoiceKind, LedgerDay, OnVoid, Status
from tests.books import SOURCES, Books
from tests.proof.breach import Breach
from tests.proof.command_generators import Call, Picker
from tests.proof.states import LIVE, booking_day, day_of_session, standing, tax_of


def of_answer(before: Books, after: Books, call: Call, answer: Any, now: datetime) -> Iterator[Breach]:
    """Everything that disagrees with the call, which was accepted, by a clock that says `now`."""
    yield from _money(before, after, call)
    if call.name in {"work.log", "work.stop"}:
        yield from _time(after, call, answer)
    if call.name in {"work.log", "work.stop", "work.edit"}:
        yield from _rate(before, after, call, answer)
    if call.name == "work.import_many":
        yield from _imported(before, after, call, answer)
    if call.name == "invoices.generate":
        yield from _billed(before, after, call)
    if call.name == "accounts.correct_booking_days":
        yield from _corrected(before, after, call)
    if call.name == "invoices.sweep_overdue":
        yield from _swept(after, call.args[0] or day_of(now, after.firm.timezone))


def _money(before: Books, after: Books, call: Call) -> Iterator[Breach]:
    """I13: what came in is what was given; what went back is what was said to go back."""
    came_in = sum(it.minor for it in after.payments.values()) - sum(it.minor for it in before.payments.values())
    went_back = sum(it.reversed_minor for it in after.payments.values())
    went_back -= sum(it.reversed_minor for it in before.payments.values())
    given = returned = 0
    match call.name:
        case "payments.record" | "invoices.set_paid":
            stated = call.args[1] if len(call.args) > 1 else None
            given = stated.minor if stated is not None else before.invoices[call.args[0]].amount_due_minor
        case "invoices.void" if call.named.get("payments") is OnVoid.REVERSE:
            returned = before.invoices[call.args[0]].paid_minor
        case "payments.reverse":
            stated = call.named.get("amount")
            returned = stated.minor if stated is not None else went_back
    if (came_in, went_back) != (given, returned):
        yield Breach("I13", f"{given} were paid in and {returned} went back, in the books {came_in} and {went_back}")


def _corrected(before: Books, after: Books, call: Call) -> Iterator[Breach]:
    """I33: what was booked in the period is booked as many days away as the first of it, and the rest where it was."""
    client, period = call.args
    (was, owed_before), (now, owed_now) = (_booked_on(books, client) for books in (before, after))
    wrong = [day for day, _ in (*was, *owed_before) if day in period]
    later = call.named["right_day"] - min(wrong)
    right = [(day + later if day in period else day, what) for day, what in was]
    owed = Counter(
        (day + later, (*what, other + later if other in period else other)) if day in period else (day, (*what, other))
        for day, (*what, other) in owed_before
    )
    if (right, owed) != (now, Counter(owed_now)):
        yield Breach("I33", f"{call} made {now} and {owed_now} of {was} and {owed_before}")


def _booked_on(books: Books, client: str) -> tuple[list[tuple[date, object]], list[tuple[date, tuple[Any, ...]]]]:
    """What is in force of a client's entries, in order, and of what they owe, each with its booking day; what they owe
    with its other day at the end."""
    entries, changes = standing(books.entries[client]), standing(books.receivables.get(client, ()))
    return (
        [(booking_day(books.firm, it.booked_at), (it.kind, it.cause, it.minor)) for it in entries],
        [(it.booked_on, (it.invoice_id, it.due_on, it.minor, it.work_day)) for it in changes],
    )


def _time(after: Books, call: Call, answer: Any) -> Iterator[Breach]:
    """I29: the time that is billed is what was stated, or what really passed."""
    session, named = after.sessions[answer.id], call.named
    if call.name == "work.log":
        stated = named.get("hours")
        if stated is not None:
            length = duration("hours", stated)
        else:
            length = named["end"].astimezone(UTC) - named["start"].astimezone(UTC)
        if session.duration != length:
            yield Breach("I29", f"{call} was recorded with {session.duration}")
    if named.get("day") is not None and (session.stated_day != named["day"] or answer.day != named["day"]):
        yield Breach("I30", f"{call} was recorded on {answer.day}")
    if answer.day != day_of_session(session, after.firm.timezone):
        yield Breach("I30", f"{call} is shown on {answer.day}, by the firm's zone {after.firm.timezone}")


def _rate(before: Books, after: Books, call: Call, answer: Any) -> Iterator[Breach]:
    """I5: work keeps the rate that was in force when it began, whatever rate came later."""
    session, old = after.sessions[answer.id], before.sessions.get(answer.id)
    timer = before.timers.get(answer.id)
    if "rate" in call.named:
        rate = call.named["rate"]
    elif timer is not None:
        rate = timer.rate
    elif old is not None and (old.rate_stated or _stays(after, old, session)):
        rate = old.rate
    else:
        rates = after.projects[session.project_id].rates
        [*_, rate] = [it.rate for it in rates if it.since is None or it.since <= session.start]
    if session.rate != rate:
        yield Breach("I5", f"{call} took {session.rate}, not {rate}")


def _stays(after: Books, old: WorkSession, now: WorkSession) -> bool:
    """Whether a session stays on its project, and on its side of every change of rate."""
    one, other = sorted([old.start, now.start])
    changes = [it.since for it in after.projects[now.project_id].rates if it.since is not None]
    return old.project_id == now.project_id and not any(one < since <= other for since in changes)


def _imported(before: Books, after: Books, call: Call, answer: Any) -> Iterator[Breach]:
    """imports: each row has a session, and each source one; only what was not there before is new."""
    [rows] = call.args
    if len(answer) != len(rows):
        yield Breach("imports", f"{len(rows)} rows became {len(answer)} sessions")
    for row, session in zip(rows, answer, strict=False):
        if row.source is not None and after.imports.get(row.source) != session.id:
            yield Breach("imports", f"{row.source} became {session}, in the books {after.imports.get(row.source)}")
    named = {row.source for row in rows if row.source is not None}
    new = len(named - before.imports.keys()) + sum(row.source is None for row in rows)
    made = after.sessions.keys() - before.sessions.keys()
    if len(made) != new:
        yield Breach("imports", f"{new} rows were new, and {len(made)} sessions are")
    met: set[str] = set()
    for row in rows:
        if row.source in before.imports and row.source not in met:
            met.add(row.source)
            old = before.sessions[SessionId(before.imports[row.source])]
            new_one, follows = after.sessions[old.id], call.named.get("update", False) and _can_follow(before, row, old)
            if not follows and new_one != old:
                yield Breach("imports", f"{old} was to stay, and is {new_one}")
            if follows and not _says(after, row, new_one):
                yield Breach("imports", f"{row} was to be followed, and there is {new_one}")


def _can_follow(before: Books, row: NewWorkSession, old: WorkSession) -> bool:
    """Whether nothing is in the way of a session that is to say what its row says."""
    if old.removed or old.id in before.locks or row.person_id != old.person_id:
        return False
    return before.projects[row.project_id].client_id == old.client_id


def _says(after: Books, row: NewWorkSession, session: WorkSession) -> bool:
    """Whether a session says what its row says."""
    if row.hours is not None:
        length = duration("hours", row.hours)
    else:
        assert row.start is not None
        assert row.end is not None
        length = row.end.astimezone(UTC) - row.start.astimezone(UTC)
    when = session.start == row.start if row.day is None else day_of_session(session, after.firm.timezone) == row.day
    is_fixed = after.projects[session.project_id].has_fixed_price  # where nothing is billable, whatever a row says
    said = (row.project_id, length, row.note.strip())
    kept = (session.project_id, session.duration, session.note)
    return (
        when
        and said == kept
        and (row.billable in {None, session.billable} or (is_fixed and not session.billable))
        and (row.rate is None or row.rate == session.rate)
    )


def free_work(books: Books, invoice: Invoice) -> set[SessionId]:
    """The chargeable sessions that the selection of a draft takes and that nothing holds."""
    selection = invoice.selection
    assert selection is not None  # only time invoices are asked about
    return {
        it.id
        for it in books.sessions.values()
        if it.client_id == invoice.client_id
        and it.minor > 0
        and it.id not in books.locks
        and it.id not in selection.left_out
        and (selection.projects is None or it.project_id in selection.projects)
        and day_of_session(it, books.firm.timezone) in selection.period
    }


def free_charges(books: Books, invoice: Invoice) -> dict[ChargeId, int]:
    """What the charges ask for that the selection of a draft takes and that nothing holds."""
    selection = invoice.selection
    assert selection is not None  # only time invoices are asked about
    return {
        it.id: it.minor
        for it in books.charges.values()
        if it.client_id == invoice.client_id
        and it.minor
        and it.id not in books.locks
        and it.id not in selection.left_out
        and (selection.projects is None or it.project_id in selection.projects)
        and (it.day in selection.period or (it.minor < 0 and it.day < selection.period.first))
    }


def _has_room(books: Books, invoice: Invoice, discount: ChargeId) -> bool:
    """Whether more of a discount could be on an invoice: something of its tax is asked for, of its project if it has
    one. One that is not on it could have any rate of its code."""
    charge = books.charges[discount]
    of_day = tax_of(books, charge.client_id, charge.project_id, charge.day, charge.tax)
    on_it = [it.tax for it in invoice.lines if it.charge_id == discount]
    rates = {it.tax for it in invoice.lines if it.tax and of_day and it.tax.code == of_day.code}
    return any(_has_room_of(invoice, charge, tax) for tax in on_it or {of_day, *rates})


def _has_room_of(invoice: Invoice, charge: Charge, tax: Tax | None) -> bool:
    """Whether something of a tax is asked for, of the project of a charge if it has one."""
    alike = [it for it in invoice.lines if it.tax == tax]
    own = sum(it.minor for it in alike if charge.project_id in (None, it.project_id))
    return min(own, sum(it.minor for it in alike)) > 0


def _billed(before: Books, after: Books, call: Call) -> Iterator[Breach]:
    """I10: an invoice takes hold of all the free work that its draft selects, and unless the latest was asked for, of
    what the draft showed."""
    draft, invoice = before.invoices[call.args[0]], after.invoices[call.args[0]]
    if draft.kind is InvoiceKind.TIME and set(invoice.session_ids) != free_work(before, draft):
        yield Breach("I10", f"{invoice.label} bills {invoice.session_ids}, of {free_work(before, draft)}")
    if draft.kind is InvoiceKind.TIME:
        billed = {it.charge_id: it.minor for it in invoice.lines if it.charge_id is not None}
        free = free_charges(before, draft)
        if {id for id in billed if billed[id] > 0} != {
            id for id in free if free[id] > 0
        } or not billed.keys() <= free.keys():
            yield Breach("I10", f"{invoice.label} bills {billed}, of {free}")
        off = -sum(it for it in billed.values() if it < 0)
        for id, minor in free.items():
            rest = billed.get(id, 0) - minor
            if minor < 0 and (rest < 0 or (rest and _has_room(before, invoice, id))):
                yield Breach("I36", f"{invoice.label} takes off {billed}, of {free}")
        waiting = -sum(it.minor for id, it in after.charges.items() if it.minor < 0 and id not in after.locks)
        waited = -sum(it.minor for id, it in before.charges.items() if it.minor < 0 and id not in before.locks)
        if waiting != waited - off:
            yield Breach("I36", f"{waited} of discounts waited, {invoice.label} takes {off}, and {waiting} wait")
    if draft.number is None and not call.named.get("use_latest") and invoice.lines != draft.lines:
        yield Breach("I10", f"{invoice.label} bills other lines than its draft showed, which nobody saw")


def _swept(after: Books, day: date) -> Iterator[Breach]:
    """sweep: of what was asked for, mailed or not, nothing is left that was to be paid before the day."""
    for it in after.invoices.values():
        late = it.status in {Status.GENERATED, Status.DUE} and it.due_on is not None and it.due_on < day
        if late and it.amount_due_minor > 0:
            yield Breach("sweep", f"{it.label} was due on {it.due_on} and is {it.status}")


def _billed_net(invoice: Invoice) -> int:
    """What an invoice bills without tax."""
    return sum(line.minor for line in invoice.lines if line.session_id is not None or line.charge_id is not None)


def of_conservation(books: Books, told: Reconciliation, now: datetime) -> Iterator[Breach]:
    """I37: every second and every charge of a client is in exactly one state, and what they come to was drawn."""
    client = told.client.id
    sessions = [it for it in books.sessions.values() if it.client_id == client and not it.removed]
    charges = [it for it in books.charges.values() if it.client_id == client and not it.removed]
    timers = [it for it in books.timers.values() if it.client_id == client]
    time = sum((it.duration for it in sessions), timedelta(0))
    time += sum((max(now - it.start, timedelta(0)) for it in timers), timedelta(0))
    minor = sum(it.minor for it in sessions) + sum(it.minor for it in charges)
    drawn = -sum(it.minor for it in books.entries[client] if it.kind in BILLED_ENTRIES)
    if not told.is_balanced or (told.time, told.amount.minor, told.ledger.minor) != (time, minor, drawn):
        yield Breach("I37", f"{told}, but {time} and {minor} are there, of which {drawn} was drawn")
    counted = Counter[str]()
    for part in told.parts:
        counted["sessions"] += part.sessions
        counted["charges"] += part.charges
        if part.invoice is not None:
            invoice = books.invoices[InvoiceId(part.invoice.id)]
            if part.amount.minor != _billed_net(invoice):
                yield Breach("I37", f"{part} is not what {invoice.label} bills")
    live = sum(
        _billed_net(it)
        for it in books.invoices.values()
        if it.client_id == client and it.status in LIVE and it.kind is InvoiceKind.TIME
    )
    if sum(part.amount.minor for part in told.parts if part.invoice is not None) != live:
        yield Breach("I37", f"{told.parts} are not the {live} that live invoices bill")
    if (counted["sessions"], counted["charges"]) != (len(sessions) + len(timers), len(charges)):
        yield Breach(
            "I37", f"{told.parts} are not {len(sessions)} sessions, {len(timers)} timers, {len(charges)} charges"
        )


# looking


def _one(ids: Mapping[str, Any], at: Picker) -> Any:
    return at.one(ids) or "nothing"


LOOKS: Mapping[str, Callable[[Desk, Picker], Any]] = {
    "firm.settings": lambda desk, at: desk.firm.settings(),
    "firm.logo": lambda desk, at: desk.firm.logo(at.one([*at.books.logos, None])),
    "firm.next_number": lambda desk, at: desk.firm.next_number(),
    "firm.profile": lambda desk, at: desk.firm.profile(),
    "firm.audit": lambda desk, at: desk.firm.audit(limit=5),
    "people.get": lambda desk, at: desk.people.get(_one(at.books.people, at)),
    "people.login": lambda desk, at: desk.people.login(_one(at.books.people, at)),
    "people.by_email": lambda desk, at: desk.people.by_email("ann@northwind.example"),
    "people.me": lambda desk, at: desk.people.me(),
    "people.all": lambda desk, at: desk.people.all(),
    "clients.get": lambda desk, at: desk.clients.get(_one(at.books.clients, at)),
    "people.by_name": lambda desk, at: desk.people.by_name("Lee"),
    "clients.by_name": lambda desk, at: desk.clients.by_name("Acme"),
    "clients.all": lambda desk, at: desk.clients.all(),
    "projects.get": lambda desk, at: desk.projects.get(_one(at.books.projects, at)),
    "projects.by_name": lambda desk, at: desk.projects.by_name("Website"),
    "projects.all": lambda desk, at: desk.projects.all(),
    "projects.of": lambda desk, at: desk.projects.of(_one(at.books.clients, at)),
    "work.running": lambda desk, at: desk.work.running(),
    "work.imported": lambda desk, at: desk.work.imported(SOURCES),
    "work.get": lambda desk, at: desk.work.get(_one(at.books.sessions, at)),
    "work.sessions": lambda desk, at: desk.work.sessions(client_id=_one(at.books.clients, at), period=at.period()),
    "charges.get": lambda desk, at: desk.charges.get(_one(at.books.charges, at)),
    "charges.receipt": lambda desk, at: desk.charges.receipt(_one(at.books.charges, at)),
    "charges.list": lambda desk, at: desk.charges.list(client_id=_one(at.books.clients, at), period=at.period()),
    "invoices.get": lambda desk, at: desk.invoices.get(_one(at.books.invoices, at)),
    "invoices.by_number": lambda desk, at: desk.invoices.by_number("INV-2026-0001"),
    "invoices.of": lambda desk, at: desk.invoices.of(_one(at.books.clients, at)),
    "invoices.all": lambda desk, at: desk.invoices.all(),
    "invoices.available_actions": lambda desk, at: desk.invoices.available_actions(_one(at.books.invoices, at)),
    "invoices.history": lambda desk, at: desk.invoices.history(_one(at.books.invoices, at)),
    "invoices.peek": lambda desk, at: desk.invoices.peek(_one(at.books.invoices, at)),
    "invoices.readers": lambda desk, at: desk.invoices.readers(_one(at.books.invoices, at)),
    "invoices.printable": lambda desk, at: desk.invoices.printable(_one(at.books.invoices, at)),
    "payments.get": lambda desk, at: desk.payments.get(_one(at.books.payments, at)),
    "payments.of": lambda desk, at: desk.payments.of(_one(at.books.clients, at)),
    "accounts.standing": lambda desk, at: desk.accounts.standing(_one(at.books.clients, at)),
    "accounts.statement": lambda desk, at: desk.accounts.statement(_one(at.books.clients, at), at.period()),
    "accounts.printable_statement": lambda desk, at: desk.accounts.printable_statement(
        _one(at.books.clients, at), at.period()
    ),
    "accounts.printable_account_statement": lambda desk, at: desk.accounts.printable_account_statement(
        _one(at.books.clients, at), at.period()
    ),
    "accounts.account_statement": lambda desk, at: desk.accounts.account_statement(
        _one(at.books.clients, at), at.period()
    ),
    "accounts.reconcile": lambda desk, at: desk.accounts.reconcile(_one(at.books.clients, at), at.period()),
    "accounts.dues": lambda desk, at: desk.accounts.dues(_one(at.books.clients, at)),
    "accounts.entries": lambda desk, at: desk.accounts.entries(_one(at.books.clients, at)),
    "pages.clients": lambda desk, at: desk.pages.clients(archived=None, limit=2),
    "pages.client": lambda desk, at: desk.pages.client(_one(at.books.clients, at)),
    "pages.contacts": lambda desk, at: desk.pages.contacts(_one(at.books.clients, at)),
    "pages.transactions": lambda desk, at: desk.pages.transactions(_one(at.books.clients, at), period=at.period()),
    "pages.projects": lambda desk, at: desk.pages.projects(archived=None),
    "pages.project": lambda desk, at: desk.pages.project(_one(at.books.projects, at)),
    "pages.work": lambda desk, at: desk.pages.work(period=at.period()),
    "pages.charges": lambda desk, at: desk.pages.charges(client_id=_one(at.books.clients, at), period=at.period()),
    "pages.invoices": lambda desk, at: desk.pages.invoices(period=at.period()),
    "pages.invoice": lambda desk, at: desk.pages.invoice(_one(at.books.invoices, at)),
    "pages.people": lambda desk, at: desk.pages.people(archived=None),
    "pages.timers": lambda desk, at: desk.pages.timers(),
    "pages.audit": lambda desk, at: desk.pages.audit(limit=5),
    "pages.person": lambda desk, at: desk.pages.person(_one(at.books.people, at)),
    "pages.unbilled": lambda desk, at: desk.pages.unbilled(),
    "accounts.close": lambda desk, at: desk.accounts.close(at.period()),
    "pages.taxes": lambda desk, at: desk.pages.taxes(at.period()),
    "pages.aging": lambda desk, at: desk.pages.aging(as_of=at.day()),
    "pages.forecast": lambda desk, at: desk.pages.forecast(_one(at.books.clients, at)),
    "pages.explain": lambda desk, at: desk.pages.explain(_one(at.books.clients, at)),
}
"""Every question that a desk answers, asked about anything."""


def of_week(desk: Desk, at: Picker) -> Iterator[Breach]:
    """I30: a week of work, and the statement of a week, are those of the firm's zone; I7: what is printed adds up."""
    books, zone = at.books, at.books.firm.timezone
    week = Period.week(*at.day().isocalendar()[:2])
    client = at.one(books.clients)
    if client is None:
        return
    shown = {it.id for it in desk.work.sessions(client_id=client, period=week)}
    worked = {
        it.id
        for it in books.sessions.values()
        if it.client_id == client and not it.removed and day_of_session(it, zone).isocalendar()[:2] == _iso(week)
    }
    if shown != worked:
        yield Breach("I30", f"work of the week {week} is {worked}, shown is {shown}")
    by_time = sorted(books.entries[client], key=lambda it: (it.booked_at, it.sequence))
    days = [(it.sequence, booking_day(books.firm, it.booked_at)) for it in by_time]
    booked = [(sequence, day) for sequence, day in days if day.isocalendar()[:2] == _iso(week)]
    page = desk.accounts.statement(client, week, by=LedgerDay.BOOKED)
    if booked != [(row.sequence, row.booked_on) for row in page.rows]:
        yield Breach("I30", f"booked in the week {week} were {booked}, stated is {page.rows}")
    if page.opening + Money.total([row.amount for row in page.rows], page.opening.currency) != page.closing:
        yield Breach("I1", f"the statement of {week} does not lead from {page.opening} to {page.closing}")
    if page.opening.minor != sum(it.minor for it in by_time if booking_day(books.firm, it.booked_at) < week.first):
        yield Breach("I1", f"the statement of {week} opens with {page.opening}")
    invoice = at.one(books.invoices)
    if invoice is not None:
        paper = desk.invoices.printable(invoice)
        amounts = [Money(minor=line.minor, currency=paper.invoice.currency) for line in paper.invoice.lines]
        taxes = [row.tax for row in paper.invoice.taxes]
        if Money.total([*amounts, *taxes], paper.invoice.currency) != paper.invoice.total:
            yield Breach("I7", f"the paper of {paper.invoice.label} does not add up")


def told_of(desk: Desk, clients: Iterable[str], day: date) -> Mapping[object, object]:
    """I33: what is owed as of a day, in all and by each client, whatever they are called now, and what was booked on
    the day."""
    page = desk.pages.aging(as_of=day, limit=1000)
    statements = {id: desk.accounts.statement(id, Period(day, day), by=LedgerDay.BOOKED) for id in clients}
    booked: dict[object, object] = {
        (id, "booked"): (it.opening, it.rows, it.closing) for id, it in statements.items() if it.rows
    }
    return {None: page.totals, **{row.client.id: row.amounts for row in page.clients.rows}, **booked}


def dues_of(by: LedgerDay, desk: Desk, clients: Iterable[str], day: date) -> Mapping[object, object]:
    """I33: the statement of account of a day."""
    statements = (desk.accounts.account_statement(id, Period(day, day), by=by) for id in clients)
    return {it.client_id: it for it in statements if it.rows or it.open_items or it.credit.minor}


def close_of(by: LedgerDay, desk: Desk, _: Iterable[str], day: date) -> Mapping[object, object]:
    """I33: the figures of a day that is closed."""
    return {it.client.id: it.figures for it in desk.accounts.close(Period(day, day), by=by).clients}


def _iso(week: Period) -> tuple[int, int]:
    return week.first.isocalendar()[:2]
