"""The laws that hold in every state of the books."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import CoverPart, Invoice, Line
from invoicecore.model.firm import Firm
from invoicecore.model.work_session import WorkSession
from invoicecore.values.currencies import EXPONENTS
from invoicecore.values.money import Rate
from invoicecore.values.tax import Tax
from invoicecore.vocabulary import ChargeKind, Deposit, DueKind, EntryKind, InvoiceKind, Status
from tests.books import Books
from tests.proof.breach import Breach

LIVE = frozenset({Status.GENERATED, Status.DUE, Status.PAID, Status.OVERDUE, Status.UNCOLLECTIBLE})

MOVES: dict[Status | None, frozenset[Status]] = {
    None: frozenset({Status.DRAFT, Status.GENERATED}),  # as which an invoice is born
    Status.DRAFT: frozenset({Status.GENERATED}),
    Status.GENERATED: frozenset(
        {Status.DRAFT, Status.DUE, Status.PAID, Status.OVERDUE, Status.UNCOLLECTIBLE, Status.VOID}
    ),
    Status.DUE: frozenset({Status.PAID, Status.OVERDUE, Status.UNCOLLECTIBLE, Status.VOID}),
    Status.OVERDUE: frozenset({Status.DUE, Status.PAID, Status.UNCOLLECTIBLE, Status.VOID}),
    Status.UNCOLLECTIBLE: frozenset({Status.DUE, Status.PAID, Status.OVERDUE, Status.VOID}),
    Status.PAID: frozenset({Status.DUE, Status.VOID}),
    Status.VOID: frozenset(),
}
"""The twenty-one moves of an invoice's life, and its two beginnings, written by hand."""

_WORK = frozenset({EntryKind.WORK, EntryKind.WORK_REVERSED})
_OF_CHARGES = {
    ChargeKind.EXPENSE: frozenset({EntryKind.EXPENSE, EntryKind.EXPENSE_REVERSED}),
    ChargeKind.FEE: frozenset({EntryKind.FEE, EntryKind.FEE_REVERSED}),
    ChargeKind.ALLOWANCE: frozenset({EntryKind.ALLOWANCE, EntryKind.ALLOWANCE_REVERSED}),
}
_WRITE_OFFS = frozenset({EntryKind.WRITE_OFF, EntryKind.WRITE_OFF_REVERSED})
_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


def day_in(moment: datetime, zone: str) -> date:
    """The date that the calendar of a zone shows."""
    return moment.astimezone(ZoneInfo(zone)).date()


def booking_day(firm: Firm, moment: datetime) -> date:
    """The day in the zone that the firm had then, but none that comes before the day on which a zone was given up."""
    zones = [*((it.timezone, it.until) for it in firm.former_zones), (firm.timezone, None)]
    days = [day_in(until, zone) for zone, until in zones if until is not None and until < moment]
    zone = next(zone for zone, until in zones if until is None or moment <= until)
    return max([*days, day_in(moment, zone)])


def standing(booked: Iterable[Any]) -> list[Any]:
    """The entries, or the changes of what is owed, that were not taken back, without those that took them back."""
    there = list(booked)
    gone = {it.takes_back for it in there}
    return [it for it in there if it.takes_back is None and it.sequence not in gone]


def day_of_session(session: WorkSession, zone: str) -> date:
    """The day that was stated, or else that of its start."""
    return session.stated_day or day_in(session.start, zone)


@lru_cache(maxsize=4096)
def cost(rate: Rate, duration: timedelta) -> int:
    """Rate × time in minor units, rounded half up, by exact fractions."""
    hours = Fraction(duration // _MICROSECOND, _HOUR // _MICROSECOND)
    exact = Fraction(rate.digits, 10**rate.scale) * hours * 10 ** EXPONENTS[rate.currency]
    return int(exact + Fraction(1, 2))


def rounded(exact: Fraction) -> int:
    """The nearest whole number; a half goes away from zero."""
    whole = int(abs(exact) + Fraction(1, 2))
    return whole if exact >= 0 else -whole


def tax_of(books: Books, client_id: str, project_id: str | None, day: date, own: str | None = None) -> Tax | None:
    """What is taxed on a day, by the code of the charge, the project, the client or the firm."""
    code = books.clients[client_id].tax or books.firm.tax
    if project_id is not None:
        code = books.projects[project_id].tax or code
    code = own or code
    known = [it for it in books.firm.taxes if it.tax.code == code and (it.since or date.min) <= day]
    latest = max(known, key=lambda it: it.since or date.min, default=None)
    return None if latest is None else latest.tax


def tax_on(invoice: Invoice, covers: Iterable[CoverPart] = ()) -> int:
    """The tax on the lines of an invoice, less what covers it: once for each tax and component, by exact fractions."""
    bases = Counter[Tax]()
    for line in invoice.lines:
        bases.update({line.tax: line.minor} if line.tax is not None else {})
    for part in covers:
        bases.subtract({part.tax: part.minor} if part.tax is not None else {})
    whole = 0
    for tax, base in bases.items():
        taxed = base
        for component in tax.components:
            minor = rounded(Fraction(component.percent) / 100 * (taxed if component.on_top else base))
            taxed += minor
        whole += taxed - base
    return whole


def asked_net(invoice: Invoice) -> int:
    """What an invoice asks for in all, without tax."""
    return invoice.total_minor - invoice.tax_minor - invoice.covered_minor + invoice.covered_tax_minor


def net(invoice: Invoice) -> int:
    """L1: the net amount in what was paid on an invoice."""
    asked = invoice.total_minor - invoice.covered_minor
    return rounded(Fraction(invoice.paid_minor * asked_net(invoice), asked)) if asked > 0 else 0


def rest_of(invoice: Invoice) -> int:
    """L2: what an invoice that is not void still asks for, without tax."""
    return asked_net(invoice) - net(invoice)


def of_state(books: Books, sound: Books | None) -> Iterator[Breach]:
    """Everything that is wrong in one state."""
    yield from _ledgers(books, sound)
    yield from _causes(books, sound)
    yield from _sessions(books, sound)
    yield from _caps(books)
    yield from _charges(books, sound)
    yield from _invoices(books, sound)
    yield from _payments(books, sound)
    yield from _accounts(books, sound)
    yield from _receivables(books, sound)
    yield from _lives(books, sound)
    yield from _claims(books, sound)
    yield from _records(books, sound)


def _ledgers(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I1: every balance is the sum so far, the position is the last one, and no number is left out."""
    for client, entries in books.entries.items():
        account = books.accounts.get(client)
        if account is None:
            yield Breach("I1", f"client {client} has no account")
            continue
        if sound is not None and sound.accounts.get(client) is account and sound.entries.get(client) == entries:
            continue
        balance = utilization_base = 0
        in_force: list[LedgerEntry] = []
        gone: list[LedgerEntry] = []  # taken back, and not booked again yet
        for place, entry in enumerate(entries, start=1):
            balance += entry.minor
            if entry.is_rebooking or gone:
                there, elsewhere = (in_force, gone) if entry.takes_back is not None else (gone, in_force)
                if not there or not _rebooks(entry, there[-1]):
                    yield Breach("I29", f"entry {place} of {client} corrects no booking day: {entry}")
                if there and entry.takes_back is not None:
                    elsewhere.append(there.pop())
                elif there:
                    there.pop()
            elif entry.kind is EntryKind.PAYMENT:
                utilization_base = balance
            elif entry.kind is EntryKind.PAYMENT_REVERSED:
                utilization_base += entry.minor
            if (entry.sequence, entry.balance_minor, entry.client_id) != (place, balance, client):
                yield Breach("I1", f"entry {place} of {client}, with a balance of {balance}, is {entry}")
            if entry.takes_back is None:
                if in_force and entry.booked_at < in_force[-1].booked_at:
                    yield Breach("I29", f"entry {place} of {client} was booked before the one that precedes it")
                in_force.append(entry)
        position = account.position
        if gone or (in_force and position.booked_at != in_force[-1].booked_at):
            yield Breach("I29", f"{client} was last booked on at {position.booked_at}, without {gone}")
        if (position.sequence, position.balance_minor, position.utilization_base_minor) != (
            len(entries),
            balance,
            utilization_base,
        ):
            yield Breach(
                "I1", f"{len(entries)} entries of {client} lead to {balance}, anchor {utilization_base}: {position}"
            )


def _rebooks(entry: LedgerEntry, other: LedgerEntry) -> bool:
    """Whether an entry takes another back, at the same time, or books it again."""
    same = (entry.kind, entry.cause, entry.invoice_id, entry.note, entry.work) == (
        other.kind,
        other.cause,
        other.invoice_id,
        other.note,
        other.work,
    )
    if entry.takes_back is None:
        return same and (entry.minor, entry.books_again) == (other.minor, other.sequence)
    moment = (entry.booked_at, entry.work_day) == (other.booked_at, other.work_day)
    return same and moment and (entry.minor, entry.takes_back) == (-other.minor, other.sequence)


def _causes(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I3: each entry has one cause, and what a session, a charge or a payment caused adds up to what it is."""
    if (
        sound is not None
        and sound.entries == books.entries
        and sound.sessions == books.sessions
        and sound.charges == books.charges
        and sound.payments == books.payments
        and sound.invoices == books.invoices
    ):
        return
    caused: dict[str, int] = defaultdict(int)
    adjustments = set()
    for client, entries in books.entries.items():
        for entry in entries:
            cause = entry.cause
            caused[cause] += entry.minor
            session, payment, charge = books.sessions.get(cause), books.payments.get(cause), books.charges.get(cause)
            if entry.kind is EntryKind.ADJUSTMENT:
                fits = (
                    session is None
                    and payment is None
                    and charge is None
                    and (cause in adjustments) == entry.is_rebooking
                )
                adjustments.add(cause)
            elif entry.kind in _WRITE_OFFS:
                fits = cause in books.invoices and books.invoices[cause].client_id == client
            elif charge is not None:
                fits = charge.client_id == client and entry.kind in _OF_CHARGES[charge.kind]
            elif entry.kind in _WORK:
                fits = session is not None and session.client_id == client and payment is None
            else:
                fits = payment is not None and payment.client_id == client
            if not fits:
                yield Breach("I3", f"{entry} has no cause that fits")
            if (entry.work is not None) != (entry.kind in _WORK):
                yield Breach("I3", f"{entry} stands for other work than it should")
            elif entry.work is not None:
                sign = (-1 if entry.kind is EntryKind.WORK else 1) * (1 if entry.takes_back is None else -1)
                full = cost(entry.work.rate, entry.work.duration)
                is_cut = books.projects[entry.work.project_id].cap_used is not None and 0 < sign * entry.minor < full
                if entry.minor != sign * full and not is_cut:
                    yield Breach("I3", f"{entry} is not what the work cost that it stands for")
    for session in books.sessions.values():
        if caused.get(session.id, 0) != -session.minor:
            yield Breach("I3", f"entries of {caused.get(session.id, 0)} stand for {session}")
    for charge in books.charges.values():
        if caused.get(charge.id, 0) != -charge.minor:
            yield Breach("I3", f"entries of {caused.get(charge.id, 0)} stand for {charge}")
    for invoice in books.invoices.values():
        if caused.get(invoice.id, 0) != invoice.forgiven_minor:
            yield Breach("I3", f"entries of {caused.get(invoice.id, 0)} stand for what was forgiven of {invoice}")
    yield from _net_balances(books, caused, adjustments)
    taxed = {it.client_id for it in books.invoices.values() if it.tax_minor != it.covered_tax_minor}
    for payment in books.payments.values():
        if payment.client_id in taxed:  # how much of a payment is tax depends on the others
            continue
        elsewhere = sum(
            part.minor
            for part in payment.applied
            if part.invoice_id in books.invoices and books.invoices[part.invoice_id].deposit is Deposit.NOT_DEPOSITED
        )
        deposited = payment.minor - payment.reversed_minor - elsewhere
        if caused.get(payment.id, 0) != deposited:
            yield Breach("I3", f"entries of {caused.get(payment.id, 0)}, not {deposited}, stand for {payment}")


def _net_balances(books: Books, caused: Mapping[str, int], adjustments: Collection[str]) -> Iterator[Breach]:
    """L1: a balance is credit, and the net share of what was paid, less work, with adjustments and write-offs."""
    balances = Counter[str]()
    for session in books.sessions.values():
        balances[session.client_id] -= session.minor
    for charge in books.charges.values():
        balances[charge.client_id] -= charge.minor
    for payment in books.payments.values():
        applied = sum(part.minor for part in payment.applied)
        balances[payment.client_id] += payment.minor - payment.reversed_minor - applied
    for invoice in books.invoices.values():
        balances[invoice.client_id] += invoice.forgiven_minor
        balances[invoice.client_id] += net(invoice) if invoice.deposit is Deposit.TO_BALANCE else 0
    for client, entries in books.entries.items():
        adjusted = sum(caused[cause] for cause in {it.cause for it in entries} & set(adjustments))
        balance = entries[-1].balance_minor if entries else 0
        if balance != balances[client] + adjusted:
            yield Breach("L1", f"{client} stands at {balance}, and by its law at {balances[client] + adjusted}")


def _sessions(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I6: work costs rate × time, rounded once, or less where a project had a cap. I29: no time is negative."""
    old = {} if sound is None else sound.sessions
    for id, session in books.sessions.items():
        if old.get(id) is session:
            continue
        costs = session.billable and not session.removed
        full = cost(session.rate, session.duration) if costs else 0
        is_cut = books.projects[session.project_id].cap_used is not None and 0 <= session.minor < full
        if session.minor != full and not is_cut:
            yield Breach("I6", f"{session.duration} at {session.rate} are not {session.minor}: {session}")
        if session.duration < timedelta(0):
            yield Breach("I29", f"{session} is shorter than nothing")
        project, client = books.projects[session.project_id], books.clients[session.client_id]
        if project.client_id != client.id or session.rate.currency != client.currency:
            yield Breach("I8", f"{session} is on a project of another client, or in another currency")


def _caps(books: Books) -> Iterator[Breach]:
    """I38: what is used of a cap is what the sessions of its project cost together."""
    counted = {id: it.cap_used.minor for id, it in books.projects.items() if it.cap_used is not None}
    cost = dict.fromkeys(counted, 0)
    for session in books.sessions.values() if counted else ():
        if session.project_id in cost:
            cost[session.project_id] += session.minor
    for id, project in books.projects.items():
        if counted.get(id) != cost.get(id) or (project.cap is not None and id not in counted):
            yield Breach("I38", f"{counted.get(id)} of the cap of {project} are used, and {cost.get(id)} was worked")


def _charges(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I6: a discount takes away, everything else asks; what is removed or not billable asks for nothing. I8: a charge
    is on a project of its client, in the client's currency, and its receipt is there."""
    old = {} if sound is None else sound.charges
    for id, charge in books.charges.items():
        if old.get(id) is charge:
            continue
        takes = charge.kind is ChargeKind.ALLOWANCE
        if (charge.minor > 0 if takes else charge.minor < 0) or (
            charge.minor and (charge.removed or not charge.billable)
        ):
            yield Breach("I6", f"{charge} asks for {charge.minor}")
        client, project = books.clients[charge.client_id], charge.project_id
        if charge.currency != client.currency or (project and books.projects[project].client_id != client.id):
            yield Breach("I8", f"{charge} is on a project of another client, or in another currency")
        if charge.receipt is not None and charge.receipt not in books.receipts:
            yield Breach("I8", f"{charge} has a receipt that is not there")


def _invoices(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I7, I8, I10, I12, I16: what stands on each invoice, and which sessions it holds."""
    applied: dict[str, int] = defaultdict(int)
    for payment in books.payments.values():
        for part in payment.applied:
            applied[part.invoice_id] += part.minor
    holders: dict[str, str] = {}
    old = {} if sound is None else sound.invoices
    same_sessions = sound is not None and (sound.sessions, sound.charges, sound.locks) == (
        books.sessions,
        books.charges,
        books.locks,
    )
    for id, invoice in books.invoices.items():
        if invoice.status in LIVE:
            for line in invoice.lines:
                billed = line.session_id or line.charge_id
                if billed is not None:
                    if billed in holders:
                        yield Breach("I8", f"{billed} is on {holders[billed]} and on {id}")
                    holders[billed] = id
        if applied.get(id, 0) != invoice.paid_minor:
            yield Breach("I12", f"{invoice.label} is paid {invoice.paid_minor}, its payments say {applied.get(id, 0)}")
        if old.get(id) is invoice and same_sessions:
            continue
        yield from _invoice(books, invoice)
    if holders != books.locks:
        yield Breach("I10", f"locked and on live invoices differ by {set(holders.items()) ^ set(books.locks.items())}")


def _invoice(books: Books, invoice: Invoice) -> Iterator[Breach]:
    label, lines, total = invoice.label, invoice.lines, invoice.total_minor
    is_draft = invoice.status is Status.DRAFT
    taxes = tax_on(invoice)
    if (sum(line.minor for line in lines) + taxes, taxes) != (total, invoice.tax_minor):
        footed = f"{sum(line.minor for line in lines)} and {taxes} of tax"
        yield Breach("I7", f"the lines of {label} add up to {footed}, not to {total} with {invoice.tax_minor}")
    asked, covered_net = total - invoice.covered_minor, invoice.covered_minor - invoice.covered_tax_minor
    if not (0 <= invoice.paid_minor <= total and asked <= total and (is_draft or invoice.paid_minor <= asked)):
        yield Breach("I12", f"{label} is paid {invoice.paid_minor} of {asked}")
    if (invoice.status is Status.PAID) != (invoice.status in LIVE and total > 0 and invoice.paid_minor == asked):
        yield Breach("I12", f"{label} is {invoice.status} with {invoice.paid_minor} of {asked} paid")
    if invoice.status is not Status.DRAFT and sum(it.minor for it in invoice.covered_by) != covered_net:
        yield Breach("I35", f"{invoice.covered_by} cover {covered_net} of {label}")
    if not is_draft and invoice.covered_tax_minor != taxes - tax_on(invoice, invoice.covered_by):
        yield Breach("I7", f"{label} takes {invoice.covered_tax_minor} of tax off, with {invoice.covered_by}")
    if asked_net(invoice) < 0 or (not is_draft and asked == 0 and asked_net(invoice)):
        yield Breach("L2", f"{label} asks for {asked}, and {asked_net(invoice)} without tax")
    rest = rest_of(invoice) if invoice.status is Status.UNCOLLECTIBLE else 0
    if invoice.forgiven_minor not in (0, rest if invoice.deposit is Deposit.TO_BALANCE else 0):
        yield Breach("I3", f"{invoice.forgiven_minor} of {label} is forgiven, {rest} is left to pay")
    if is_draft and invoice.number is not None and not books.locks.keys().isdisjoint(invoice.billed_ids):
        yield Breach("I35", f"{label} was reverted, and asks for work that another invoice bills")
    if invoice.covered_minor and invoice.kind is not InvoiceKind.TIME:
        yield Breach("I35", f"{label} is covered, and bills no work")
    if invoice.number is None and not is_draft:
        yield Breach("I15", f"{label} is {invoice.status} without a number")
    if is_draft != (invoice.parties is None) or is_draft != (invoice.issued_on is None):
        yield Breach("I9", f"{label} is {invoice.status} and has the dates and letterhead of another status")
    if invoice.issued_on is not None and invoice.due_on is not None and invoice.due_on < invoice.issued_on:
        yield Breach("I9", f"{label} is due on {invoice.due_on}, and was issued on {invoice.issued_on}")
    if invoice.currency != books.clients[invoice.client_id].currency:
        yield Breach("I9", f"{label} is in another currency than its client")
    if total == 0 and invoice.number is None and not is_draft:
        yield Breach("I12", f"{label} asks for nothing")
    for line in lines:
        yield from _line(books, invoice, line)
    for project, tax in {(it, line.tax) for line in lines for it in (None, line.project_id)}:
        own = [it for it in lines if project in (None, it.project_id) and it.tax == tax]
        taken = -sum(it.minor for it in own if it.minor < 0)
        if taken > sum(it.minor for it in own if it.minor > 0):
            yield Breach("I36", f"{label} takes off {taken}, which is more than it stands against: {own}")


def _line(books: Books, invoice: Invoice, line: Line) -> Iterator[Breach]:
    """I8: a line is of the invoice's client. I11: what is locked is as the invoice says. I30: days are the firm's."""
    if line.charge_id is not None:
        yield from _charged(books, invoice, line)
        return
    if line.session_id is None:
        if invoice.kind is InvoiceKind.TIME:
            yield Breach("I8", f"{invoice.label} has a line without a session")
        return
    session = books.sessions.get(line.session_id)
    if session is None or session.client_id != invoice.client_id:
        yield Breach("I8", f"{invoice.label} has a line of session {line.session_id}, which is not its client's")
        return
    if invoice.status not in LIVE or invoice.parties is None or invoice.selection is None:
        return
    said = (line.minor, line.duration, line.rate, line.project_id, line.person_id, line.description)
    is_now = (session.minor, session.duration, session.rate, session.project_id, session.person_id, session.note)
    if said != is_now or session.removed:
        yield Breach("I11", f"{invoice.label} bills {line}, but the session is {session}")
    day = day_of_session(session, invoice.parties.timezone)
    if line.day != day or day not in invoice.selection.period:
        yield Breach("I30", f"{invoice.label} of {invoice.selection.period} bills {line.day} for work of {day}")


def _charged(books: Books, invoice: Invoice, line: Line) -> Iterator[Breach]:
    """I8, I11, I30: the same for a line of a charge; a discount may be of a day before the period."""
    charge = books.charges.get(line.charge_id or "")
    if charge is None or charge.client_id != invoice.client_id or line.session_id is not None:
        yield Breach("I8", f"{invoice.label} has a line of charge {line.charge_id}, which is not its client's")
        return
    if invoice.status not in LIVE or invoice.selection is None:
        return
    said = (line.minor, line.kind, line.project_id, line.description, line.day)
    if said != (charge.minor, charge.kind, charge.project_id, charge.note, charge.day) or charge.removed:
        yield Breach("I11", f"{invoice.label} bills {line}, but the charge is {charge}")
    period = invoice.selection.period
    if charge.day > period.last or (charge.day < period.first and charge.kind is not ChargeKind.ALLOWANCE):
        yield Breach("I30", f"{invoice.label} of {period} bills {line}")


def _payments(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I13: all that came in is applied, unapplied or reversed, and no part of it is less than nothing."""
    if sound is not None and sound.payments == books.payments and sound.invoices == books.invoices:
        return
    for payment in books.payments.values():
        parts = [part.minor for part in payment.applied]
        unapplied = payment.minor - sum(parts) - payment.reversed_minor
        if payment.minor <= 0 or unapplied < 0 or payment.reversed_minor < 0 or min(parts, default=1) <= 0:
            yield Breach("I13", f"{payment} does not add up")
        for part in payment.applied:
            invoice = books.invoices.get(part.invoice_id)
            if invoice is None or invoice.client_id != payment.client_id or invoice.status not in LIVE:
                yield Breach("I13", f"{payment} pays for {part.invoice_id}, which is no live invoice of the client")


def _accounts(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I13: the credit is what is unapplied. I18: what was asked for is the rest of what asks. I35: what is unbilled is
    the work on no live invoice."""
    if books.accounts.keys() != books.clients.keys():
        yield Breach("I1", "clients and accounts are not the same")
    if (
        sound is not None
        and sound.accounts == books.accounts
        and sound.payments == books.payments
        and sound.invoices == books.invoices
        and sound.sessions == books.sessions
        and sound.charges == books.charges
    ):
        return
    credit: dict[str, int] = defaultdict(int)
    asked, drafted, lost, unbilled = (defaultdict[str, int](int) for _ in range(4))
    for payment in books.payments.values():
        applied = sum(part.minor for part in payment.applied)
        credit[payment.client_id] += payment.minor - payment.reversed_minor - applied
    for invoice in books.invoices.values():
        reverted = invoice.status is Status.DRAFT and invoice.number is not None
        if (reverted or invoice.status in LIVE) and invoice.deposit is Deposit.TO_BALANCE:
            rest = rest_of(invoice)
            asked[invoice.client_id] += 0 if invoice.status is Status.UNCOLLECTIBLE else rest
            drafted[invoice.client_id] += rest if reverted else 0
            lost[invoice.client_id] += rest - invoice.forgiven_minor if invoice.status is Status.UNCOLLECTIBLE else 0
    for session in books.sessions.values():
        unbilled[session.client_id] += 0 if session.id in books.locks else session.minor
    for charge in books.charges.values():
        unbilled[charge.client_id] += 0 if charge.id in books.locks else charge.minor
    for client, account in books.accounts.items():
        if account.credit_minor != credit.get(client, 0):
            yield Breach("I13", f"the credit of {client} is {credit.get(client, 0)}, the account says {account}")
        if (account.outstanding_minor, account.reverted_minor) != (asked[client], drafted[client]):
            yield Breach("I18", f"{asked[client]} is asked of {client}, {drafted[client]} by drafts: {account}")
        if (account.unbilled_minor, account.uncollectible_minor) != (unbilled[client], lost[client]):
            yield Breach("I35", f"{unbilled[client]} of {client} is unbilled, {lost[client]} uncollectible: {account}")


def _receivables(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I33: what was recorded of each invoice, by its due date, adds up to what is owed on it, what it asks for and what
    is covered; what was recorded of each payment to what it pays; and all is numbered."""
    kept = (books.receivables, books.invoices, books.payments)
    if sound is not None and kept == (sound.receivables, sound.invoices, sound.payments):
        return
    recorded, moved = Counter[tuple[str | None, date | None]](), Counter[tuple[str, str | None]]()
    asked, covered, taxes = (Counter[tuple[str | None, date | None]]() for _ in range(3))
    for client, changes in books.receivables.items():
        latest = (0, date.min)
        for change in changes:
            recorded[change.invoice_id, change.due_on] += change.minor
            if change.takes_back is not None:
                taken = changes[change.takes_back - 1]
                back = evolve(change, minor=-change.minor, covered_minor=-change.covered_minor, takes_back=None)
                back = evolve(back, tax_minor=-change.tax_minor)
                if evolve(back, sequence=taken.sequence) != taken:
                    yield Breach("I33", f"{change} does not take back {taken}")
            if change.sequence != latest[0] + 1 or change.booked_on > change.counts_from:
                yield Breach("I33", f"{change} does not follow what was recorded of {client} before")
            if change.payment_id is not None:
                moved[change.payment_id, change.invoice_id] += change.minor
                moved[change.payment_id, ""] -= change.minor if change.kind is DueKind.REFUND else 0
            elif change.kind is not DueKind.WRITE_OFF:
                asked[change.invoice_id, change.due_on] += change.minor
                covered[change.invoice_id, change.due_on] += change.covered_minor
                taxes[change.invoice_id, change.due_on] += change.tax_minor
            if change.counts_from != max(change.booked_on, change.work_day):
                yield Breach("I33", f"{change} counts from neither of its days")
            invoice = books.invoices.get(change.invoice_id or "")
            if (change.invoice_id, change.payment_id) == (None, None) or (
                change.invoice_id is not None and (invoice is None or invoice.client_id != change.client_id)
            ):
                yield Breach("I33", f"{change} is on no invoice of the client")
            latest = (change.sequence, change.booked_on)
        account = books.accounts.get(client)
        if account is not None and (account.receivables.sequence, account.receivables.booked_on) != latest:
            yield Breach("I33", f"the record of {client} ends at {latest}, the account says {account}")
    owed: dict[tuple[str | None, date | None], int] = {
        (id, it.due_on): it.total_minor - it.covered_minor - it.paid_minor
        for id, it in books.invoices.items()
        if it.status in {Status.GENERATED, Status.DUE, Status.OVERDUE}
    }
    for payment in books.payments.values():
        moved[payment.id, None] += payment.unapplied_minor
        moved[payment.id, ""] += payment.reversed_minor
        moved.update({(payment.id, part.invoice_id): part.minor for part in payment.applied})
    for id, invoice in books.invoices.items():
        if invoice.is_live:
            asked[id, invoice.due_on] -= invoice.total_minor - invoice.covered_minor
            covered[id, invoice.due_on] -= invoice.covered_minor - invoice.covered_tax_minor
            taxes[id, invoice.due_on] -= invoice.tax_minor - invoice.covered_tax_minor
    for name, sums in (("payments", moved), ("what is asked for", asked), ("cover", covered), ("taxes", taxes)):
        if wrong := {place: minor for place, minor in sums.items() if minor}:
            yield Breach("I33", f"what was recorded of {name} leads elsewhere: {wrong}")
    owed[None, None] = -sum(it.unapplied_minor for it in books.payments.values())
    for place in recorded.keys() | owed.keys():
        if recorded[place] != owed.get(place, 0):
            yield Breach("I33", f"{owed.get(place, 0)} is owed on {place}, recorded is {recorded[place]}")


def _lives(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I-LC: every step is one of the twenty-one moves, and the last one leads to the status that is there."""
    for id, steps in books.history.items():
        invoice = books.invoices[id]
        if sound is not None and sound.invoices.get(id) is invoice and sound.history[id] == steps:
            continue
        status: Status | None = None
        for place, step in enumerate(steps, start=1):
            if step.before is not status or step.after not in MOVES[status] or step.sequence != place:
                yield Breach("I-LC", f"step {place} of {invoice.label} goes from {step.before} to {step.after}")
            if step.after is Status.VOID and not step.note.strip():
                yield Breach("I28", f"{invoice.label} was voided without a reason")
            status = step.after
        if status is not invoice.status or len(steps) != invoice.status_version:
            yield Breach("I-LC", f"{invoice.label} is {invoice.status}; its {len(steps)} steps lead to {status}")


def _claims(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I15: a number is that of one invoice. Nobody runs two timers, and what was imported became a session."""
    if sound is None or sound.invoices != books.invoices or sound.numbers != books.numbers:
        carried = [(it.number, id) for id, it in books.invoices.items() if it.number is not None]
        if dict(carried) != books.numbers or len(books.numbers) != len(carried):
            yield Breach("I15", f"numbers and the invoices that hold them differ: {carried} and {books.numbers}")
    for person, count in Counter(timer.person_id for timer in books.timers.values()).items():
        if count > 1:
            yield Breach("timers", f"{person} runs {count} at once")
    for source, id in books.imports.items():
        if id not in books.sessions:
            yield Breach("imports", f"{source} became {id}, which is no session")


def _records(books: Books, sound: Books | None) -> Iterator[Breach]:
    """I28: the audit tells every version of everything, once and in order. I31: no two messages have one id."""
    if sound is not None and len(sound.audit) == len(books.audit) and sound.outbox == books.outbox:
        return
    versions: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for record in books.audit:
        if not record.changes or record.by not in books.people:
            yield Breach("I28", f"{record} tells of nothing or of nobody")
        for change in record.changes:
            versions[change.kind, change.id].append((change.before, change.after))
    for place, steps in versions.items():
        for version, (before, after) in enumerate(sorted(steps)):
            gone = after == 0 and version == len(steps) - 1
            if before != version or not (after == version + 1 or gone):
                yield Breach("I28", f"the versions of {place} are not told one by one: {sorted(steps)}")
                break
    if len({record.id for record in books.audit}) != len(books.audit):
        yield Breach("I28", "two audit records have one id")
    if len({message.id for message in books.outbox}) != len(books.outbox):
        yield Breach("I31", "two messages have one id")
