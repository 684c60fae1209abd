"""The laws that hold between a state of the books and a later one."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from attrs import evolve

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.lifecycle.numbering import format_number
from invoicecore.model.events import (
    Changed,
    CoverLost,
    CreditApplied,
    InvoiceDue,
    InvoiceGenerated,
    InvoiceOverdue,
    InvoicePaid,
    InvoiceReverted,
    InvoiceUncollectible,
    InvoiceVoided,
    PaymentRecorded,
    PaymentReversed,
    RefillDue,
    RefillRequested,
    WorkStopped,
)
from invoicecore.model.permissions import may
from invoicecore.model.project import Project
from invoicecore.ports.store import AuditRecord
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.values.calendar import opening
from invoicecore.vocabulary import (
    Action,
    Advance,
    ChargeKind,
    Cover,
    Deposit,
    DueKind,
    EntryKind,
    EventScope,
    InvoiceKind,
    Role,
    Status,
)
from tests.books import Books
from tests.proof.breach import Breach
from tests.proof.states import LIVE, cost, day_in, day_of_session, rest_of, tax_of

_KINDS = {
    "Logo": "logos",
    "Person": "people",
    "Login": "logins",
    "Client": "clients",
    "Account": "accounts",
    "Project": "projects",
    "WorkSession": "sessions",
    "Timer": "timers",
    "ReceiptFile": "receipts",
    "Charge": "charges",
    "Invoice": "invoices",
    "Payment": "payments",
}

_NOTHING: frozenset[str] = frozenset()
_PAPER, _MONEY, _WORK = frozenset({"Invoice"}), frozenset({"Invoice", "Payment"}), frozenset({"WorkSession"})
_CHARGE = frozenset({"Charge", "ReceiptFile"})
_WORKS = frozenset({Action.LOG_WORK, Action.IMPORT_WORK, Action.EDIT_WORK, Action.DELETE_WORK, Action.RUN_TIMER})
_CHANGED_BY: Mapping[Action, frozenset[str]] = {
    Action.EDIT: _PAPER,
    Action.SAVE: _PAPER,
    Action.DELETE: _PAPER,
    Action.GENERATE: frozenset({"Invoice", "Charge"}),  # a discount of which a part waits is split
    Action.REVERT: _PAPER,
    Action.SET_DUE: _PAPER,
    Action.SET_OVERDUE: _PAPER,
    Action.SET_UNCOLLECTIBLE: _PAPER,
    Action.SWEEP_OVERDUE: _PAPER,
    Action.DRAFT_INVOICE: _PAPER,
    Action.MAKE_MANUAL_INVOICE: _PAPER,
    Action.REQUEST_REFILL: _PAPER,
    Action.SET_PAID: _MONEY,
    Action.RECORD_PAYMENT: _MONEY,
    Action.APPLY_CREDIT: _MONEY,
    Action.REVERSE_PAYMENT: _MONEY,
    Action.VOID: _MONEY,
    Action.ADJUST: _NOTHING,
    Action.CORRECT_BOOKING_DAYS: _NOTHING,
    Action.SET_TERMS: _NOTHING,
    Action.ADD_CLIENT: frozenset({"Client"}),
    Action.CHANGE_CLIENT: frozenset({"Client"}),
    Action.ARCHIVE_CLIENT: frozenset({"Client"}),
    Action.ADD_PROJECT: frozenset({"Project"}),
    Action.CHANGE_PROJECT: frozenset({"Project"}),
    Action.SET_RATE: frozenset({"Project"}),
    Action.ARCHIVE_PROJECT: frozenset({"Project"}),
    Action.ASSIGN: frozenset({"Project"}),
    Action.LOG_WORK: _WORK,
    Action.IMPORT_WORK: _WORK,
    Action.EDIT_WORK: _WORK,
    Action.DELETE_WORK: _WORK,
    Action.RUN_TIMER: frozenset({"WorkSession", "Timer"}),
    Action.RECORD_EXPENSE: _CHARGE,
    Action.IMPORT_EXPENSES: frozenset({"Charge"}),
    Action.RECORD_FEE: frozenset({"Charge"}),
    Action.ALLOW: frozenset({"Charge"}),
    Action.EDIT_CHARGE: _CHARGE,
    Action.DELETE_CHARGE: frozenset({"Charge"}),
    Action.ADD_PERSON: frozenset({"Person", "Login"}),
    Action.SET_PASSWORD: frozenset({"Login"}),
    Action.SET_ALLOWED_ADDRESSES: frozenset({"Login"}),
    Action.SIGN_IN: frozenset({"Login"}),
    Action.CHANGE_OWN_PROFILE: frozenset({"Person", "Login"}),
    Action.CHANGE_PERSON: frozenset({"Person", "Firm"}),
    Action.ARCHIVE_PERSON: frozenset({"Person", "Firm"}),
    Action.CHANGE_FIRM: frozenset({"Firm", "Logo"}),
}
"""Which kinds of things each act may change, besides the account of the client and a refill invoice that it causes."""

_TAKEN_BACK = EntryKind.WRITE_OFF_REVERSED
_OF_CHARGES = frozenset(kind for kind in EntryKind if kind.startswith(("expense", "fee", "allowance")))
_MOVES_MONEY: Mapping[Action, frozenset[EntryKind]] = {
    Action.LOG_WORK: frozenset({EntryKind.WORK}),
    Action.IMPORT_WORK: frozenset({EntryKind.WORK, EntryKind.WORK_REVERSED}),
    Action.RUN_TIMER: frozenset({EntryKind.WORK}),
    Action.EDIT_WORK: frozenset({EntryKind.WORK, EntryKind.WORK_REVERSED}),
    Action.DELETE_WORK: frozenset({EntryKind.WORK_REVERSED}),
    Action.RECORD_EXPENSE: frozenset({EntryKind.EXPENSE}),
    Action.IMPORT_EXPENSES: frozenset({EntryKind.EXPENSE}),
    Action.RECORD_FEE: frozenset({EntryKind.FEE}),
    Action.ALLOW: frozenset({EntryKind.ALLOWANCE}),
    Action.EDIT_CHARGE: _OF_CHARGES,
    Action.DELETE_CHARGE: _OF_CHARGES - {EntryKind.EXPENSE, EntryKind.FEE, EntryKind.ALLOWANCE},
    Action.GENERATE: frozenset({EntryKind.ALLOWANCE, EntryKind.ALLOWANCE_REVERSED}),
    Action.RECORD_PAYMENT: frozenset({EntryKind.PAYMENT, _TAKEN_BACK}),
    Action.SET_PAID: frozenset({EntryKind.PAYMENT, _TAKEN_BACK}),
    Action.APPLY_CREDIT: frozenset({EntryKind.CREDIT_APPLIED, _TAKEN_BACK}),
    Action.REVERSE_PAYMENT: frozenset({EntryKind.PAYMENT_REVERSED, EntryKind.WRITE_OFF}),
    Action.SET_UNCOLLECTIBLE: frozenset({EntryKind.WRITE_OFF}),
    Action.SET_DUE: frozenset({_TAKEN_BACK}),
    Action.SET_OVERDUE: frozenset({_TAKEN_BACK}),
    Action.VOID: frozenset({EntryKind.PAYMENT_REVERSED, EntryKind.CREDIT_RELEASED, _TAKEN_BACK}),
    Action.ADJUST: frozenset({EntryKind.ADJUSTMENT}),
    Action.CORRECT_BOOKING_DAYS: frozenset(EntryKind),
}
"""Which movements of the balance each act may make; the others make none."""

_DRAFTS = frozenset({Action.EDIT, Action.SAVE, Action.DELETE, Action.GENERATE})
_ASKS_NOT = frozenset({*_DRAFTS, Action.VOID, Action.SET_UNCOLLECTIBLE})
_MAY_ASK_MORE = frozenset(
    {
        *(Action.MAKE_MANUAL_INVOICE, Action.ADJUST, Action.EDIT_WORK, Action.DELETE_WORK, Action.IMPORT_WORK),
        *(Action.ALLOW, Action.EDIT_CHARGE, Action.DELETE_CHARGE),
    }
)
_MONEY_IN_AND_BACK = frozenset({Action.RECORD_PAYMENT, Action.SET_PAID, Action.APPLY_CREDIT, Action.REVERSE_PAYMENT})
_NEEDS_REASON = frozenset({Action.VOID, Action.REVERSE_PAYMENT, Action.CORRECT_BOOKING_DAYS})
_TOLD_OF_STATUS: Mapping[tuple[Action, Status], type[Any]] = {
    (Action.SET_DUE, Status.DUE): InvoiceDue,
    (Action.SET_OVERDUE, Status.OVERDUE): InvoiceOverdue,
    (Action.SWEEP_OVERDUE, Status.OVERDUE): InvoiceOverdue,
    (Action.SET_UNCOLLECTIBLE, Status.UNCOLLECTIBLE): InvoiceUncollectible,
    (Action.REVERT, Status.DRAFT): InvoiceReverted,
    (Action.REVERSE_PAYMENT, Status.DUE): InvoiceDue,
    (Action.VOID, Status.VOID): InvoiceVoided,
    (Action.DELETE, Status.VOID): InvoiceVoided,
}


def of_change(before: Books, after: Books, told: Collection[str]) -> Iterator[Breach]:
    """Everything that went wrong between two states."""
    known = {record.id for record in before.audit} if before.audit != after.audit[: len(before.audit)] else None
    records = after.audit[len(before.audit) :] if known is None else [it for it in after.audit if it.id not in known]
    if not records:
        if evolve(after, outbox=()) != evolve(before, outbox=()):
            yield Breach("I28", "something changed, and no audit record tells of it")
        yield from _messages(before, after, (), told)
        return
    yield from _streams(before, after)
    yield from _kept(before, after, records)
    yield from _numbers(before, after, records)
    yield from _stops(before, after)
    yield from _told(before, after, records)
    yield from _frozen(before, after)
    yield from _refills(before, after, records)
    yield from _messages(before, after, records, told)
    if len(records) == 1:
        yield from _one(before, after, records[0])


# however many commands


def _streams(before: Books, after: Books) -> Iterator[Breach]:
    """I2: what was appended stays as it is."""
    for client, entries in before.entries.items():
        if after.entries.get(client, ())[: len(entries)] != entries:
            yield Breach("I2", f"the ledger of {client} does not go on from what it was")
    for id, steps in before.history.items():
        if id in after.history and after.history[id][: len(steps)] != steps:
            yield Breach("I2", f"the history of {before.invoices[id].label} does not go on from what it was")
    for client, changes in before.receivables.items():
        if after.receivables.get(client, ())[: len(changes)] != changes:
            yield Breach("I2", f"the record of what {client} owes does not go on from what it was")
    if after.audit[: len(before.audit)] != before.audit:  # two at once may be committed in another order than begun
        kept = {record.id: record for record in after.audit}
        if any(kept.get(record.id) != record for record in before.audit):
            yield Breach("I2", "audit records are gone, or not what they were")


def _kept(before: Books, after: Books, records: Collection[AuditRecord]) -> Iterator[Breach]:
    """What has a history is never forgotten, and money that came in stays what it was: I13, I16."""
    for what in ("logos", "people", "logins", "clients", "accounts", "projects", "sessions"):
        for id in getattr(before, what).keys() - getattr(after, what).keys():
            yield Breach("I2", f"{id} of the {what} is gone")
    for id in before.invoices.keys() - after.invoices.keys():
        if before.invoices[id].number is not None or before.invoices[id].status is not Status.DRAFT:
            yield Breach("I16", f"{before.invoices[id].label} is gone, and its number with it")
    for id, old in before.payments.items():
        new = after.payments.get(id)
        if new is old:
            continue
        if new is None or _came_in(new) != _came_in(old):
            yield Breach("I13", f"what came in was {old} and is now {new}")
        elif new.reversed_minor < old.reversed_minor:
            yield Breach("I13", f"what was taken back came back: {old} and now {new}")
        elif (new.reversed_minor > 0) != (new.reversed_on is not None):
            yield Breach("I33", f"the day on which it went back is not that of a reversal: {new}")
    zone = before.firm.timezone
    today = opening(day_in(min(record.at for record in records), zone), zone)
    for id, project in before.projects.items():
        begun = tuple(it for it in project.rates if it.since is None or it.since < today)
        if id in after.projects and after.projects[id].rates[: len(begun)] != begun:
            yield Breach("I5", f"former rates of {project.name} are not what they were")
    for id, session in before.sessions.items():
        if session.removed and after.sessions.get(id) != session:
            yield Breach("I3", f"{session} was removed and has changed since")
    for id, charge in before.charges.items():
        if charge.removed and after.charges.get(id) != charge:
            yield Breach("I3", f"{charge} was removed and has changed since")
    for source, id in before.imports.items():
        if after.imports.get(source) != id:
            yield Breach("imports", f"{source} became {id} and is now {after.imports.get(source)}")


def _numbers(before: Books, after: Books, records: Collection[AuditRecord]) -> Iterator[Breach]:
    """I15, I16, I17: a number stays for ever with its invoice; the counter goes forward and leaves nothing out."""
    for number, id in before.numbers.items():
        if after.numbers.get(number) != id:
            yield Breach("I17", f"number {number} was that of {id} and is now that of {after.numbers.get(number)}")
    if after.highest_number < before.highest_number or after.next_number <= after.highest_number:
        yield Breach("I17", f"{before.highest_number} was given, and {after.next_number} comes next")
    if any(record.action is Action.CHANGE_FIRM for record in records):
        return
    if after.next_number < before.next_number:
        yield Breach("I17", f"the counter went back from {before.next_number} to {after.next_number}")
    fresh = {
        number: after.invoices[id]
        for number, id in after.numbers.items()
        if number not in before.numbers and id in after.invoices
    }
    days = {it.issued_on for it in fresh.values() if it.issued_on is not None}
    counted = set()
    for value in range(before.next_number, after.next_number):
        spelled = {format_number(after.firm.number_pattern, value, day) for day in days}
        if not spelled & after.numbers.keys():
            yield Breach("I16", f"the counter passed {value}, and no invoice has that number")
        counted |= spelled
    for number, invoice in fresh.items():
        if number not in counted and invoice.kind is not InvoiceKind.MANUAL:
            yield Breach("I16", f"{number} did not come from the counter, which is at {after.next_number}")


def _fresh(before: Books, after: Books) -> dict[str, tuple[LedgerEntry, ...]]:
    """The new entries of each client that has some."""
    return {
        client: entries[len(before.entries.get(client, ())) :]
        for client, entries in after.entries.items()
        if len(entries) > len(before.entries.get(client, ()))
    }


def _stops(before: Books, after: Books) -> Iterator[Breach]:
    """I4: no new chargeable session, not marked, where the balance before it was at the allowed balance."""
    for client, entries in _fresh(before, after).items():
        old, now = before.accounts.get(client), after.accounts[client]
        if old is None or old.terms != now.terms:
            continue
        given_back = {entry.cause for entry in entries if entry.kind is EntryKind.WORK_REVERSED}
        for entry in entries:
            if entry.kind is not EntryKind.WORK or entry.is_rebooking:
                continue
            if entry.cause in given_back or entry.cause in before.timers:
                continue
            session = after.sessions.get(entry.cause)
            if session is not None and not session.over_limit and now.terms.stops_at(entry.balance_minor - entry.minor):
                yield Breach("I4", f"{session} was accepted at a balance of {entry.balance_minor - entry.minor}")


def _told(before: Books, after: Books, records: Collection[AuditRecord]) -> Iterator[Breach]:
    """I28: whatever differs stands in an audit record; whoever did it may; there is a reason where one is due."""
    audited = {(change.kind, change.id) for record in records for change in record.changes}
    for kind, what in _KINDS.items():
        old, new = getattr(before, what), getattr(after, what)
        for id in old.keys() | new.keys():
            if old.get(id) is not new.get(id) and old.get(id) != new.get(id) and (kind, id) not in audited:
                yield Breach("I28", f"{kind} {id} changed, and no audit record tells of it")
    if before.firm != after.firm and ("Firm", after.firm.id) not in audited:
        yield Breach("I28", "the firm changed, and no audit record tells of it")
    over_limit = {id for id, it in after.sessions.items() if it.over_limit}
    over_limit -= {id for id, it in before.sessions.items() if it.over_limit}
    for record in records:
        person = before.people.get(record.by)
        if len(records) == 1 and person is not None and not may(person.role, record.action):
            yield Breach("I28", f"a {person.role} did what they may not: {record}")
        needed = record.action in _NEEDS_REASON or any(change.id in over_limit for change in record.changes)
        if needed and not record.reason.strip():
            yield Breach("I28", f"{record} says no reason")


def _frozen(before: Books, after: Books) -> Iterator[Breach]:
    """I9: live and void invoices stay as they are printed. I11: what is locked stays as it is."""
    for id, old in before.invoices.items():
        new = after.invoices.get(id)
        if new is None or new is old:
            continue
        if (new.client_id, new.currency, new.kind) != (old.client_id, old.currency, old.kind):
            yield Breach("I9", f"{old.label} became another invoice: {new}")
        if (new.status in (Status.VOID, Status.UNCOLLECTIBLE)) != (new.ended_on is not None):
            yield Breach("I33", f"{new.label} is {new.status} and ended on {new.ended_on}")
        if old.number not in (None, new.number):
            yield Breach("I17", f"{old.label} has become {new.label}")
        reverted = any(step.after is Status.DRAFT for step in after.history[id][old.status_version :])
        if old.status is not Status.DRAFT and not reverted and _printed(old) != _printed(new):
            yield Breach("I9", f"what {old.label} says has changed while it was {old.status}")
        is_one_step = len(after.audit) == len(before.audit) + 1  # otherwise payments may have come and gone between
        if is_one_step and new.status is Status.VOID and _had(new) != (_had(old) or _paying(before, old)):
            yield Breach("I13", f"{new.label} is void, and had the payments {_had(new)}")
    for session, holder in before.locks.items():
        was, now = before.invoices.get(holder), after.invoices.get(holder)
        if was is None or now is None or was.status_version != now.status_version or after.locks.get(session) != holder:
            continue
        old_one, new_one = ({**books.sessions, **books.charges}[session] for books in (before, after))
        if old_one != new_one:
            yield Breach("I11", f"{old_one} was changed while {was.label} held it")


def _came_in(payment: Payment) -> Payment:
    return evolve(payment, applied=(), reversed_minor=0, reversed_on=None)


def _printed(invoice: Invoice) -> Invoice:
    return evolve(
        invoice,
        status=Status.GENERATED,
        paid_minor=0,
        forgiven_minor=0,
        status_version=0,
        released=(),
        ended_on=None,
    )


def _had(invoice: Invoice) -> dict[str, int]:
    """The payments that a void invoice says it had."""
    return {it.payment_id: it.minor for it in invoice.released}


def _paying(books: Books, invoice: Invoice) -> dict[str, int]:
    """The payments of an invoice."""
    return {it.id: minor for it in books.payments.values() if (minor := it.applied_to(invoice.id))}


def _refills(before: Books, after: Books, records: Collection[AuditRecord]) -> Iterator[Breach]:
    """I18: whoever fell is above the refill balance again, or was asked; a void, a write-off and what is done to drafts
    do not ask."""
    if any(record.action in _ASKS_NOT for record in records):
        return
    for client, account in after.accounts.items():
        old = before.accounts.get(client)
        if old is account:
            continue
        fell = (
            old is None or account.projected_balance_minor < old.projected_balance_minor or account.terms != old.terms
        )
        refill = account.terms.refill
        if fell and refill is not None and account.projected_balance_minor <= refill.threshold.minor:
            yield Breach(
                "I18",
                f"{client} stands at {account.projected_balance_minor} with all that is asked, at {refill.threshold}",
            )


def _steps(before: Books, after: Books) -> Iterator[tuple[Invoice, StatusChange]]:
    """The steps that invoices took."""
    for id, steps in after.history.items():
        if after.invoices[id] is not before.invoices.get(id):
            for step in steps[len(before.history.get(id, ())) :]:
                yield after.invoices[id], step


def _messages(before: Books, after: Books, records: Collection[AuditRecord], told: Collection[str]) -> Iterator[Breach]:
    """I31: what happened is in the outbox, and nothing else; what was there stays until it was handed over."""
    waiting = {message.id: message for message in before.outbox}
    kept = {message.id: message for message in after.outbox}
    for id, message in waiting.items():
        if id not in told and kept.get(id) != message:
            yield Breach("I31", f"{message} is no longer what it was, or gone")
    fresh = [it for it in after.outbox if it.id not in waiting and it.id not in told]
    if any(it.firm_id != after.firm.id for it in fresh):
        yield Breach("I31", "a message names another firm")
    found = Counter(_called(it.event) for it in fresh)
    single = len(records) == 1
    expected = Counter(_expected(before, after, single))
    if not single:
        exact = {it.__name__ for it in (Changed, CoverLost, CreditApplied, PaymentReversed, RefillDue, WorkStopped)}
        found = Counter({name: count for name, count in found.items() if name[0] not in exact})
    if found != expected and not told:
        yield Breach("I31", f"told: {dict(found - expected)} too much, {dict(expected - found)} not at all")


def _called(event: Any) -> tuple[Any, ...]:
    match event:
        case InvoiceGenerated() | RefillRequested():
            return (type(event).__name__, event.invoice_id)
        case PaymentRecorded():
            return (type(event).__name__, event.payment_id, event.amount.minor)
        case PaymentReversed():
            return (type(event).__name__, event.payment_id, event.amount.minor)
        case CreditApplied():
            return (type(event).__name__, event.invoice_id, event.amount.minor)
        case WorkStopped() | CoverLost() | RefillDue():
            return (type(event).__name__, event.client_id)
        case Changed():
            return (type(event).__name__, event.action, event.by, event.changes)
        case _:
            return (type(event).__name__, event.invoice_id)


def _expected(before: Books, after: Books, single: bool) -> Iterator[tuple[Any, ...]]:
    credited = 0
    for invoice, step in _steps(before, after):
        if step.after is Status.GENERATED and step.action is not Action.DELETE:
            yield (InvoiceGenerated.__name__, invoice.id)
            if invoice.kind is InvoiceKind.REFILL and step.before is None:
                yield (RefillRequested.__name__, invoice.id)
        if step.after is Status.PAID and invoice.covered_minor < invoice.total_minor:
            yield (InvoicePaid.__name__, invoice.id)
        told = _TOLD_OF_STATUS.get((step.action, step.after))
        if told is not None:
            yield (told.__name__, invoice.id)
    for id, payment in after.payments.items():
        old = before.payments.get(id)
        if old is None:
            yield (PaymentRecorded.__name__, id, payment.minor)
        elif single and payment.reversed_minor != old.reversed_minor:
            yield (PaymentReversed.__name__, id, payment.reversed_minor - old.reversed_minor)
    if not single:
        return
    record = after.audit[-1]
    if before.firm.events is EventScope.ALL and record.action is not Action.SIGN_IN:
        yield (Changed.__name__, record.action, record.by, record.changes)
    if record.action is Action.APPLY_CREDIT:
        for id, invoice in after.invoices.items():
            credited = invoice.paid_minor - before.invoices[id].paid_minor if id in before.invoices else 0
            if credited:
                yield (CreditApplied.__name__, id, credited)
    for id, account in after.accounts.items():
        earlier = before.accounts.get(id)
        if account.is_stopped and not (earlier is not None and earlier.is_stopped):
            yield (WorkStopped.__name__, id)
        if after.audit[-1].action in _ASKS_NOT and account.blocks_due and earlier and not earlier.blocks_due:
            yield (RefillDue.__name__, id)
        if account.shortfall_minor > (0 if earlier is None else earlier.shortfall_minor):
            yield (CoverLost.__name__, id)


# exactly one command


def _one(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    yield from _frame(before, after, record)
    yield from _movements(before, after, record)
    yield from _caps(before, after, record)
    yield from _asked(before, after, record)
    yield from _asked_twice(before, after, record)
    yield from _starts(before, after, record)
    yield from _days(before, after)
    yield from _booked(before, after, record)
    if record.action in {Action.VOID, Action.REVERT}:
        yield from _freed(before, after, record)


def _frame(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I5, I14: a command changes what it is about and leaves everything else as it was."""
    invariant = "I5" if record.action is Action.SET_RATE else "I14"
    refills = {id for id, it in after.invoices.items() if it.kind is InvoiceKind.REFILL and id not in before.invoices}
    allowed = _CHANGED_BY[record.action]
    capped = {id for id, it in before.projects.items() if _but_for_the_cap(it, after.projects.get(id))}
    capped = capped if record.action in _WORKS else set()
    for change in record.changes:
        if change.kind == "Project" and change.id in capped:
            continue
        if change.kind not in allowed and change.kind != "Account" and change.id not in refills:
            yield Breach(invariant, f"{record.action} changed {change}")
    codes = 1 + 2 * len(after.firm.taxes)  # a percentage gives a discount for each code and rate, and where it had none
    if record.action not in {Action.IMPORT_WORK, Action.IMPORT_EXPENSES}:
        for kind, most in (
            ("Account", 1),
            ("WorkSession", 1),
            ("Charge", {Action.GENERATE: len(before.charges) * 2, Action.ALLOW: codes}.get(record.action, 1)),
            ("Project", 2 if record.action is Action.EDIT_WORK else 1),
            ("Client", 1),
            ("Person", 1),
            ("Login", 1),
        ):
            if len({it.id for it in record.changes if it.kind == kind}) > most:
                yield Breach(invariant, f"{record.action} changed more than one {kind}: {record}")
    if record.action is not Action.REVERSE_PAYMENT:
        changed = {it.id for it in record.changes if it.kind == "Invoice"} - refills
        if record.action is Action.GENERATE:  # reverted drafts let go of what it takes
            changed = {id for id in changed if not (_is_reverted(before, id) and _is_reverted(after, id))}
        if len(changed) > 1:
            yield Breach(invariant, f"{record.action} changed more than one invoice: {record}")
    if after.accounts.keys() != before.accounts.keys() and record.action is not Action.ADD_CLIENT:
        yield Breach(invariant, f"{record.action} made a client")


def _but_for_the_cap(before: Project, after: Project | None) -> bool:
    """Whether a project has a cap, or had one, and differs in nothing but what is used of it."""
    return after is not None and before.cap_used is not None and evolve(after, cap_used=before.cap_used) == before


def _caps(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I38: work takes no more than what is left of a cap, and is cut only where it takes all of that; what was recorded
    stays as it is, whatever is recorded, given back or agreed later. At a fixed price work costs nothing."""
    for id, project in after.projects.items():
        old = before.projects.get(id)
        if old is None or record.action not in _WORKS or old.cap_used is None or old.cap is None:
            continue
        used, was = project.cap_used.minor if project.cap_used is not None else 0, old.cap_used.minor
        if used > max(was, old.cap.minor):
            yield Breach("I38", f"{record.action} took {used} of the cap of {old.cap}, of which {was} were used")
    for id, session in after.sessions.items():
        was_there = before.sessions.get(id)
        if was_there is session:
            continue
        project = after.projects[session.project_id]
        worth = cost(session.rate, session.duration) if session.billable and not session.removed else 0
        if was_there is None and project.has_fixed_price and session.minor and id not in before.timers:
            yield Breach("I38", f"{session} costs something at a fixed price")
        if record.action is Action.IMPORT_WORK or session.minor == worth:
            continue
        stays = was_there is not None and was_there.project_id == session.project_id
        if stays and was_there is not None and was_there.minor == session.minor:
            continue
        if project.cap is None or project.cap_used is None or project.cap_used.minor < project.cap.minor:
            yield Breach("I38", f"{session} was cut from {worth}, and {project.cap_used} of {project.cap} are used")


def _movements(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I13: no balance moves but by a movement that the command may make; I5: a new rate makes none."""
    allowed = _MOVES_MONEY.get(record.action, frozenset())
    for entries in _fresh(before, after).values():
        for entry in entries:
            is_right = entry.is_rebooking == (record.action is Action.CORRECT_BOOKING_DAYS)
            if entry.kind not in allowed or entry.by != record.by or not is_right:
                yield Breach("I5" if record.action is Action.SET_RATE else "I13", f"{record.action} made {entry}")


def _asked(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I19, I20: a refill is asked for when it is due, once, for the least whole number of blocks."""
    made: dict[str, list[Invoice]] = {}
    for id, invoice in after.invoices.items():
        if id not in before.invoices and invoice.kind is InvoiceKind.REFILL:
            made.setdefault(invoice.client_id, []).append(invoice)
    for client, invoices in made.items():
        account, old = after.accounts[client], before.accounts.get(client)
        total = sum(invoice.total_minor - invoice.tax_minor for invoice in invoices)
        projected = account.projected_balance_minor - total
        refill = account.terms.refill
        lowered = old is None or projected < old.projected_balance_minor or record.action is Action.SET_TERMS
        if record.action in _ASKS_NOT:
            yield Breach("I20", f"{record.action} asked {client} for a refill by itself")
        elif record.action is not Action.REQUEST_REFILL and not lowered:
            yield Breach("I19", f"{record.action} asked {client} for a refill, though nothing fell")
        elif refill is None or projected > refill.threshold.minor or len(invoices) > 1:
            yield Breach("I19", f"{client} was asked for {total} at {projected}, though {len(invoices)} were not due")
        else:
            block = refill.amount.minor
            if (
                total % block
                or total - block + projected > refill.threshold.minor
                or total + projected <= refill.threshold.minor
            ):
                yield Breach("I19", f"{client} was asked for {total} at {projected}, in blocks of {block}")


def _is_reverted(books: Books, id: str) -> bool:
    invoice = books.invoices.get(id)
    return invoice is not None and invoice.status is Status.DRAFT and invoice.number is not None


def _asked_beyond(books: Books, client: str) -> int:
    """The balance without credit, once all live invoices that somebody expects to be paid are: above zero, somebody was
    asked for more than was worked."""
    asks = (
        rest_of(it)
        for it in books.invoices.values()
        if it.client_id == client and it.deposit is Deposit.TO_BALANCE
        if it.status in LIVE and it.status is not Status.UNCOLLECTIBLE
    )
    account = books.accounts[client]
    return account.position.balance_minor - account.credit_minor + sum(asks)


def _asked_twice(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I35: no work is asked for twice, and none is forgotten: only a void, a revert or an adjustment takes cover away.
    What a discount gave back that waits is asked for until an invoice takes it."""
    for client, account in after.accounts.items():
        if client not in before.accounts or before.accounts[client] is account:
            continue
        grew = account.shortfall_minor > before.accounts[client].shortfall_minor
        if grew and record.action not in {Action.VOID, Action.REVERT, Action.ADJUST}:
            yield Breach("I35", f"{record.action} leaves {account.shortfall_minor} of {client} that nothing asks for")
        was, now = _asked_beyond(before, client), _asked_beyond(after, client)
        invoices = [it for it in after.invoices.values() if it.client_id == client]
        if any(it.kind is InvoiceKind.REFILL and it.id not in before.invoices for it in invoices):
            continue
        written_off = {it.id for it in before.invoices.values() if it.status is Status.UNCOLLECTIBLE}
        if any(it.id in written_off and it is not before.invoices[it.id] for it in invoices):
            continue
        if record.action in _MONEY_IN_AND_BACK and was != now:
            yield Breach("I35", f"{record.action} moved what {client} is asked for beyond their work: {was} to {now}")
        changed = [it for it in invoices if it is not before.invoices.get(it.id)]
        whole = any(it.selection is None or it.selection.cover is Cover.NOTHING for it in changed)
        waits = -sum(
            it.minor
            for it in after.charges.values()
            if it.client_id == client and it.minor < 0 and it.id not in after.locks
        )
        if now > max(was, waits, 0) and not (whole or record.action in _MAY_ASK_MORE):
            yield Breach("I35", f"{record.action} asks {client} twice: {was}, and now {now}")


def _starts(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I4 for one command: where the balance is at the allowed balance, no timer starts, no session is new without a
    mark, also if it costs nothing, and none becomes dearer or longer but by a Manager, with a reason. Work at a fixed
    price is never stopped."""
    stopped = {id: it.position.balance_minor for id, it in before.accounts.items() if it.is_stopped}
    fixed = {id for id, it in before.projects.items() if it.has_fixed_price}
    if record.action is Action.IMPORT_WORK:  # which may give work back, row by row, before it records any
        for client, entries in _fresh(before, after).items():
            if any(entry.minor > 0 for entry in entries):
                stopped.pop(client, None)
    if not stopped:
        return
    for id, timer in after.timers.items():
        if id not in before.timers and timer.client_id in stopped and timer.project_id not in fixed:
            yield Breach("I4", f"{timer} was started at a balance of {stopped[timer.client_id]}")
    for id, session in after.sessions.items():
        old = before.sessions.get(id)
        if session.client_id not in stopped or old is session or id in before.timers:
            continue
        if session.project_id in fixed and not session.minor:  # work at a fixed price is never stopped
            continue
        if old is None and not session.over_limit:
            yield Breach("I4", f"{session} was accepted at a balance of {stopped[session.client_id]}")
        by_right = session.over_limit and bool(record.reason) and before.people[record.by].role is Role.MANAGER
        is_more = old is not None and (session.minor > old.minor or session.duration > old.duration)
        if is_more and not session.removed and not by_right:
            yield Breach("I4", f"{old} became {session} at a balance of {stopped[session.client_id]}")


def _days(before: Books, after: Books) -> Iterator[Breach]:
    """I30: the day of work is that of its start, the day of an invoice that of its making, in the firm's zone."""
    zone = before.firm.timezone
    for entries in _fresh(before, after).values():
        for entry in entries:
            session = (before if entry.kind is EntryKind.WORK_REVERSED else after).sessions.get(entry.cause)
            charge = (before if entry.kind.endswith("reversed") else after).charges.get(entry.cause)
            if charge is not None and not entry.is_rebooking and entry.work_day != charge.day:
                yield Breach("I30", f"{entry} stands for {charge}")
            if session is not None and not entry.is_rebooking and entry.work_day != day_of_session(session, zone):
                yield Breach("I30", f"{entry} stands for work of {day_of_session(session, zone)}")
    for invoice, step in _steps(before, after):
        if step.after is Status.GENERATED:
            yield from _headed(after, invoice)
            if step.action is not Action.DELETE:
                yield from _taxed(after, invoice)
        if step.after is Status.GENERATED and invoice.issued_on != day_in(step.at, zone):
            yield Breach("I30", f"{invoice.label} was made on {day_in(step.at, zone)}, it says {invoice.issued_on}")
        if step.after is Status.GENERATED and invoice.due_on is not None:
            terms = after.clients[invoice.client_id].payment_terms or before.firm.payment_terms
            if invoice.due_on != terms.due(day_in(step.at, zone)):
                yield Breach("I30", f"{invoice.label} is due on {invoice.due_on}, by {terms}")


def _booked(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I33: what is owed changes on the day of the command, or on the day after where something was booked on already,
    and money counts when it is received. I29: nothing is booked by a clock a day behind what is booked."""
    today = day_in(record.at, before.firm.timezone)
    if record.action is Action.CORRECT_BOOKING_DAYS:
        yield from _corrected(before, after)
        return
    for client in _fresh(before, after):
        old_account = before.accounts.get(client)
        if old_account is not None and record.at < old_account.position.booked_at - timedelta(days=1):
            yield Breach("I29", f"{record.action} at {record.at} booked on {old_account}")
    for client, changes in after.receivables.items():
        old = before.receivables.get(client, ())
        latest = old[-1].booked_on if old else today
        expected = max(latest, today)
        received = {max(it.received_on, expected) for it in after.payments.values()} | {expected}
        for change in changes[len(old) :]:
            if change.booked_on != expected or change.counts_from not in received:
                yield Breach("I33", f"{record.action} of {today} booked {change}, after {latest}")
            if change.work_day not in _work_days(after, change):
                yield Breach("I33", f"{record.action} of {today} stands on another day: {change}")


def _work_days(after: Books, change: ReceivableChange) -> set[date]:
    """The days of the work on which a change may stand: only an invoice and a receipt are dated back, and what a
    receipt leaves of a write-off."""
    days = {change.booked_on, change.counts_from}
    received = {it.received_on for it in after.payments.values() if it.id == change.payment_id}
    invoice = after.invoices.get(change.invoice_id or "")
    match change.kind:
        case DueKind.INVOICE:
            return set() if invoice is None or invoice.issued_on is None else {invoice.issued_on}
        case DueKind.PAYMENT:
            return days | received
        case DueKind.WRITE_OFF if change.minor > 0:
            return days | {change.work_day}
        case _:
            return days


def _corrected(before: Books, after: Books) -> Iterator[Breach]:
    """I33: a correction of booking days moves nothing but days: what is taken back is booked again."""
    for client, account in after.accounts.items():
        old, position = before.accounts[client], account.position
        was = evolve(old.position, sequence=position.sequence, booked_at=position.booked_at)
        if account != evolve(old, position=was, receivables=account.receivables):
            yield Breach("I33", f"a correction of booking days made {account} of {old}")
        entries = after.entries.get(client, ())[len(before.entries.get(client, ())) :]
        changes = after.receivables.get(client, ())[len(before.receivables.get(client, ())) :]
        for made in (entries, changes):
            if [it.takes_back is None for it in made] != [False] * (len(made) // 2) + [True] * (len(made) // 2):
                yield Breach("I33", f"a correction of booking days made {made}")
        owed = Counter[object]()
        for change in changes:
            owed[change.invoice_id, change.due_on] += change.minor
        if any(owed.values()) or sum(entry.minor for entry in entries) != 0:
            yield Breach("I33", f"a correction of booking days moves what {client} owes: {entries} {changes}")


def _headed(after: Books, invoice: Invoice) -> Iterator[Breach]:
    """I9: an invoice is printed as things are called when it is generated."""
    firm, client, printed = after.firm, after.clients[invoice.client_id], invoice.parties
    names = {id: it.name for called in (after.projects, after.people) for id, it in called.items()}
    if (
        printed is None
        or (printed.firm_name, printed.firm_contact, printed.theme) != (firm.name, firm.contact, firm.theme)
        or (printed.client_name, printed.billing_address) != (client.name, client.billing_address)
        or (printed.tax_id, printed.payment_instructions) != (firm.tax_id, firm.payment_instructions)
        or (printed.timezone, printed.locale) != (firm.timezone, client.locale or firm.locale)
        or (printed.firm_party, printed.client_party) != (firm.party, client.party)
        or printed.logo != firm.logo
        or (firm.logo is not None and firm.logo not in after.logos)
        or any(names.get(id) != name for id, name in printed.names)
    ):
        yield Breach("I9", f"{invoice.label} is headed {printed}, for {client} by {firm}")


def _taxed(after: Books, invoice: Invoice) -> Iterator[Breach]:
    """L3: work, expenses and discounts have the tax of their day, and everything else that of the day of issue. A
    discount may have another rate of its code, if more of it fits there."""
    refill = after.accounts[invoice.client_id].terms.refill
    is_untaxed = refill is not None and refill.advance is Advance.UNTAXED and invoice.deposit is Deposit.TO_BALANCE
    for line in invoice.lines:
        charge = None if line.charge_id is None else after.charges[line.charge_id]
        own_day = None if charge is not None and charge.kind is ChargeKind.FEE else line.day
        day, own = own_day or invoice.issued_on or date.min, None if charge is None else charge.tax
        is_advance = invoice.kind is not InvoiceKind.TIME
        tax = None if is_advance and is_untaxed else tax_of(after, invoice.client_id, line.project_id, day, own)
        left = sum(it.minor for it in invoice.lines if it.tax == tax and line.project_id in (None, it.project_id))
        fits_better = line.minor < 0 and left <= -line.minor
        if line.tax != tax and not (fits_better and line.tax and tax and line.tax.code == tax.code):
            yield Breach("L3", f"{invoice.label} taxes work of {day} with {line.tax}, not with {tax}")


def _freed(before: Books, after: Books, record: AuditRecord) -> Iterator[Breach]:
    """I14: a void or a revert frees exactly the sessions of its invoice, and no payment of another one."""
    changed = {change.id for change in record.changes if change.kind == "Invoice"}
    for session in before.locks.keys() | after.locks.keys():
        holder = before.locks.get(session)
        expected = None if holder in changed else holder
        if after.locks.get(session) != expected:
            yield Breach("I14", f"{record.action} of {changed} left session {session} with {after.locks.get(session)}")
    for id, payment in before.payments.items():
        now = after.payments.get(id)
        if now is not None and now != payment:
            kept = {part for part in payment.applied if part.invoice_id not in changed}
            if set(now.applied) != kept or record.action is Action.REVERT:
                yield Breach("I14", f"{record.action} of {changed} made {now} of {payment}")
    if any(after.invoices[id].status in LIVE for id in changed if id in after.invoices):
        yield Breach("I14", f"{record.action} left {changed} live")
