"""Failures that really happened in this field, each put into the library to see that it is caught."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from invoicecore import delivery
from invoicecore.adapters.notifier import NullNotifier
from invoicecore.billing import Billing
from invoicecore.desk import (
    accounts,
    charges,
    context,
    drafting,
    executor,
    finish,
    invoices,
    issuing,
    payments,
    work_entry,
    work_import,
)
from invoicecore.desk.firm import FirmSettings
from invoicecore.desk.work import Work
from invoicecore.errors import BalanceLimitReached, InvoicecoreError
from invoicecore.integrity.verifier import verify_books
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle import drafts
from invoicecore.lifecycle import invoice as life
from invoicecore.lifecycle.table import RULE_OF
from invoicecore.model import firm as firms
from invoicecore.model import work_session
from invoicecore.model.events import Changed, InvoicePaid, Message
from invoicecore.model.project import Project, RateFrom
from invoicecore.ports.queries import OwedQuery
from invoicecore.ports.store import INVOICES, SESSIONS, AuditRecord, Fact, IdempotencyRecord, UniqueKind
from invoicecore.queries.dues import DueRecord
from invoicecore.settlement import account as accounting
from invoicecore.settlement import booking_days, receivables
from invoicecore.settlement import generate as paper_moves
from invoicecore.settlement import pay as paying
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs, stamp
from invoicecore.values import tax as taxes
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import Action, ChargeKind, Deposit, DueKind, EntryKind, OnVoid, Overpayment, Status
from tests.books import books
from tests.proof.figures import Figures
from tests.proof.invariants import breaches
from tests.proof.walk import Walk

Wrong = Callable[..., Any]


@frozen
class Mutant:
    """One failure: what goes wrong, the law that must catch it, and how it is seeded while a context lasts."""

    name: str
    caught_by: str
    seeded: Callable[[], AbstractContextManager[object]]


def _instead(place: object, name: str, wrong: Callable[..., Wrong]) -> Callable[[], AbstractContextManager[object]]:
    """Seeds what `wrong` makes of the right function, in its place."""

    def seeded() -> AbstractContextManager[object]:
        return patch.object(place, name, wrong(getattr(place, name)))

    return seeded


# refills


def _asks_again(right: Wrong) -> Wrong:
    def blocks_to_ask(before: Any, after: Any, *, terms_set: bool) -> int:
        fell = after.position.balance_minor < before.position.balance_minor
        blocks: int = after.terms.blocks_due(after.position.balance_minor) if fell or terms_set else 0
        return blocks

    return blocks_to_ask


def _asks_once_ever(right: Wrong) -> Wrong:
    def blocks_to_ask(before: Any, after: Any, *, terms_set: bool) -> int:
        blocks: int = 0 if after.position.utilization_base_minor else right(before, after, terms_set=terms_set)
        return blocks

    return blocks_to_ask


def _asks_one_block(right: Wrong) -> Wrong:
    return lambda before, after, *, terms_set: min(1, right(before, after, terms_set=terms_set))


def _void_asks(right: Wrong) -> Wrong:
    return lambda unit, before, decision, *, asks=True: right(unit, before, decision)


# idempotency


def _forgets_keys(right: Wrong) -> Wrong:
    return lambda self, action, command, request=None: right(self, action, command)


def _all_requests_alike(right: Wrong) -> Wrong:
    return lambda action, actor, request: "the same"


def _refused_keeps_key(right: Wrong) -> Wrong:
    def write(self: Any, action: Action, command: Any, request: Any = None) -> Any:
        try:
            return right(self, action, command, request)
        except InvoicecoreError:
            with UnitOfWork(self._storage, self._firm_id) as uow:
                if request is not None and uow.find_idempotency_record(request.key) is None:
                    uow.save_idempotency_record(IdempotencyRecord(request.key, "refused", None))
                    uow.commit()
            raise

    return write


# work


def _nothing_stops(right: Wrong) -> Wrong:
    return lambda account, *, over_limit: False


@contextmanager
def _import_never_stops() -> Iterator[None]:
    right = work_entry.admitted
    importing: list[bool] = []

    def admitted(unit: Any, account: Any, *, over_limit: bool) -> bool:
        return not importing and right(unit, account, over_limit=over_limit)

    many = Work.import_many

    def import_many(self: Any, rows: Any, **named: Any) -> Any:
        importing.append(True)
        try:
            return many(self, rows, **named)
        finally:
            importing.pop()

    with patch.object(work_entry, "admitted", admitted), patch.object(Work, "import_many", import_many):
        yield


@contextmanager
def _imports_again() -> Iterator[None]:
    reserve = UnitOfWork.reserve

    def anyway(self: Any, kind: UniqueKind, keys: Iterable[str], owner: str) -> None:
        keys = tuple(keys)
        if kind is UniqueKind.IMPORT:
            self.release(kind, keys)
        reserve(self, kind, keys, owner)

    with patch.object(work_entry, "known", lambda *given: {}), patch.object(UnitOfWork, "reserve", anyway):
        yield


def _nothing_in_the_way(right: Wrong) -> Wrong:
    return lambda said, client_id, kept, *, locked: right(said, client_id, kept, locked=False)


def _nothing_differs(right: Wrong) -> Wrong:
    return lambda said, kept, day, **of_project: ()


def _never_locked(right: Wrong) -> Wrong:
    return lambda unit, session: None


def _rates_rewritten(right: Wrong) -> Wrong:
    return lambda self, rate, since, today: (RateFrom(rate),)


def _any_edit_passes(right: Wrong) -> Wrong:
    return lambda old, new: old is None or (not old.minor and new.minor > 0)


def _free_work_passes(right: Wrong) -> Wrong:
    def recorded(unit: Any, account: Any, project: Any, whom: Any, work: Any, *, over_limit: bool) -> Any:
        free = work.billable is False
        open_terms = evolve(account.terms, allowed_balance=None)
        given = evolve(account, terms=open_terms) if free else account
        decision, view = right(unit, given, project, whom, work, over_limit=over_limit)
        return (evolve(decision, account=evolve(decision.account, terms=account.terms)) if free else decision), view

    return recorded


def _stands_for_what_is_now(right: Wrong) -> Wrong:
    """A reversal that says what the session is afterwards."""

    def changed(account: Any, before: Any, after: Any, at: Any) -> Any:
        decision = right(account, before, after, at)
        entries = tuple(evolve(it, work=decision.entries[-1].work) for it in decision.entries)
        return evolve(decision, entries=entries)

    return changed


def _newest_rate(right: Wrong) -> Wrong:
    return lambda self, moment: self.rates[-1].rate


def _timer_forgets_rate(right: Wrong) -> Wrong:
    def ended(timer: Any, duration: timedelta, note: str | None, project: Any) -> Any:
        return right(evolve(timer, rate=Rate.hourly(99, timer.rate.currency)), duration, note, project)

    return ended


def _only_taken(right: Wrong) -> Wrong:
    return lambda self, minor: right(self, max(minor, 0))


def _never_cut(right: Wrong) -> Wrong:
    return lambda self, full, former=0: full


def _rounds_down(right: Wrong) -> Wrong:
    def minor_for(self: Rate, duration: timedelta) -> int:
        numerator, denominator = self._per_hour_minor
        return numerator * (duration // timedelta(microseconds=1)) // denominator

    return minor_for


def _float_hours(right: Wrong) -> Wrong:
    def duration(what: str, value: Any) -> timedelta:
        exact: timedelta = right(what, value)
        return exact if isinstance(value, timedelta) else timedelta(minutes=int(float(value) * 60))

    return duration


def _wall_clock(right: Wrong) -> Wrong:
    def elapsed(start: datetime, end: datetime) -> timedelta:
        zone = ZoneInfo("America/Chicago")
        return abs(end.astimezone(zone).replace(tzinfo=None) - start.astimezone(zone).replace(tzinfo=None))

    return elapsed


def _day_of_utc(right: Wrong) -> Wrong:
    return lambda self, zone: self.stated_day or self.start.date()


def _day_of_now(right: Wrong) -> Wrong:
    return lambda self, moment: moment.astimezone(ZoneInfo(self.timezone)).date()


def _day_in_utc(right: Wrong) -> Wrong:
    return lambda moment, zone: moment.date()


# the ledger


def _rewrites_entries(right: Wrong) -> Wrong:
    def find(self: Any, index: Any, key: str = "", **bounds: Any) -> list[Any]:
        found: list[Any] = right(self, index, key, **bounds)
        undone = {it.cause for it in found if isinstance(it, LedgerEntry) and it.kind is EntryKind.WORK_REVERSED}
        return [evolve(it, note="undone") if isinstance(it, LedgerEntry) and it.cause in undone else it for it in found]

    return find


def _position_stays(right: Wrong) -> Wrong:
    return lambda account, *given: evolve(right(account, *given), account=account)


def _books_in_clock_order(right: Wrong) -> Wrong:
    def post(position: Any, client_id: Any, kind: Any, minor: int, stamp: Any, *more: Any, **named: Any) -> Any:
        entry, after = right(position, client_id, kind, minor, stamp, *more, **named)
        return evolve(entry, booked_at=stamp.at), evolve(after, booked_at=stamp.at)

    return post


# invoices


def _rounded_total(right: Wrong) -> Wrong:
    return lambda lines: round(right(lines), -2) or right(lines)


def _never_looks_again(right: Wrong) -> Wrong:
    return lambda unit, account, invoice, *day: invoice if invoice.lines else right(unit, account, invoice, *day)


def _max_plus_one(right: Wrong) -> Wrong:
    def number_for(unit: Any, invoice_id: Any, issued_on: Any = None, own: str | None = None) -> str:
        count = sum(it.number is not None for it in unit.uow.find(INVOICES)) + 1
        while own is None and unit.uow.owners(UniqueKind.NUMBER, (f"INV-{count}",)):
            count += 1
        number: str = right(unit, invoice_id, issued_on, own or f"INV-{count}")
        return number

    return number_for


def _any_move(right: Wrong) -> Wrong:
    def target(action: Action, facts: Any, *, partly: bool = False) -> Status:
        moves = RULE_OF[action].partly if partly else RULE_OF[action].moves
        return moves.get(facts.status) or next(iter(moves.values()))

    return target


def _paid_without_payment(right: Wrong) -> Wrong:
    def pay(account: Any, *given: Any, **named: Any) -> Any:
        return evolve(right(account, *given, **named), account=account, payments=(), entries=())

    return pay


def _redates(right: Wrong) -> Wrong:
    def set_status(account: Any, invoice: Any, action: Action, stamp: Any, debt: Any) -> Any:
        decision = right(account, invoice, action, stamp, debt)
        if decision is None:
            return None
        [changed] = decision.invoices
        return evolve(decision, invoices=(evolve(changed, issued_on=stamp.today),))

    return set_status


def _frees_nothing(right: Wrong) -> Wrong:
    return lambda *given: evolve(right(*given), unlock=None)


def _frees_all(right: Wrong) -> Wrong:
    def release(self: Any, kind: UniqueKind, keys: Iterable[str]) -> None:
        every = [session.id for session in self.find(SESSIONS)] if kind is UniqueKind.CHARGE else keys
        right(self, kind, every)

    return release


def _drops_payments(right: Wrong) -> Wrong:
    def void(account: Any, invoice: Any, applied: Any, on_void: OnVoid, note: str, stamp: Any) -> Any:
        return right(account, invoice, applied, OnVoid.REVERSE, note, stamp)

    return void


def _deletes_anything(right: Wrong) -> Wrong:
    def invoice_for(self: Any, action: Action, id: str) -> Any:
        invoice, account = right(self, action, id)
        return (evolve(invoice, number=None) if action is Action.DELETE else invoice), account

    return invoice_for


@contextmanager
def _two_drafts_bill_the_same() -> Iterator[None]:
    snapshot, reserve = drafts.snapshot, UnitOfWork.reserve

    def all_of_it(sessions: Any, selection: Any, held: Any, *more: Any) -> Any:
        return snapshot(sessions, selection, (), *more)

    def anyway(self: Any, kind: UniqueKind, keys: Iterable[str], owner: str) -> None:
        keys = tuple(keys)
        if kind is UniqueKind.CHARGE:
            self.release(kind, keys)
        reserve(self, kind, keys, owner)

    with patch.object(drafting, "snapshot", all_of_it), patch.object(UnitOfWork, "reserve", anyway):
        yield


def _locks_before(right: Wrong) -> Wrong:
    def generate(self: Any, id: str, **named: Any) -> Any:
        desk = self._executor
        with UnitOfWork(desk._storage, desk._firm_id) as uow:
            draft = uow.get(life.Invoice, id) if isinstance(id, str) else None
            if draft is not None and draft.status is Status.DRAFT:
                held = uow.owners(UniqueKind.CHARGE, draft.session_ids)
                uow.reserve(UniqueKind.CHARGE, [it for it in draft.session_ids if it not in held], id)
                uow.commit()
        return right(self, id, **named)

    return generate


# money


def _excess_vanishes(right: Wrong) -> Wrong:
    def pay(account: Any, invoice: Any, payment_id: Any, amount: Money | None, stamp: Any, **named: Any) -> Any:
        if amount is not None and named.get("overpayment") is Overpayment.TO_CREDIT:
            amount = (
                Money(minor=min(amount.minor, invoice.amount_due_minor), currency=amount.currency)
                if invoice.amount_due_minor
                else amount
            )
        return right(account, invoice, payment_id, amount, stamp, **named)

    return pay


def _credit_deposited_again(right: Wrong) -> Wrong:
    def apply_credit(account: Any, invoice: Any, credits: Any, amount: Any, stamp: Any) -> Any:
        decision = right(account, invoice, credits, amount, stamp)
        [payment, *_] = decision.payments
        taken = decision.invoices[0].paid_minor - invoice.paid_minor
        after, entry = decision.account.with_entry(EntryKind.PAYMENT, taken, stamp, cause=payment.id)
        return evolve(decision, account=after, entries=(*decision.entries, entry))

    return apply_credit


def _credit_stays(right: Wrong) -> Wrong:
    def apply_credit(account: Any, *given: Any) -> Any:
        decision = right(account, *given)
        return evolve(decision, account=evolve(decision.account, credit_minor=account.credit_minor))

    return apply_credit


# cover


def _nothing_is_covered(right: Wrong) -> Wrong:
    return lambda account, total, older: 0


def _credit_covers(right: Wrong) -> Wrong:
    return lambda account, total, older: right(evolve(account, credit_minor=0), total, older)


def _unbilled_work_is_forgotten(right: Wrong) -> Wrong:
    return lambda account, total, older: right(evolve(account, unbilled_minor=total), total, older)


def _let_go_of_nothing(right: Wrong) -> Wrong:
    return lambda account, drafts, taken: right(account, (), taken)


def _written_off_still_asks(right: Wrong) -> Wrong:
    def counted(invoice: Any) -> Any:
        sums = right(invoice)
        if invoice is not None and invoice.status is Status.UNCOLLECTIBLE and invoice.deposit is Deposit.TO_BALANCE:
            return (invoice.amount_due_minor, *sums[1:])
        return sums

    return counted


def _forgiven_for_good(right: Wrong) -> Wrong:
    def follow_rest(account: Any, invoice: Any, stamp: Any, *, forgive: bool = False) -> Any:
        return right(account, invoice, stamp, forgive=forgive) if forgive else (account, invoice, ())

    return follow_rest


# taxes


def _taxed_line_by_line(right: Wrong) -> Wrong:
    def tax_bases(lines: Any, covered_by: Any = ()) -> Any:
        bases = right(lines, covered_by)
        if covered_by or not bases:
            return bases
        tax = sum(taxes.tax_minor({line.tax: line.minor}) for line in lines if line.tax is not None)
        return _Bases(bases, tax)

    return tax_bases


class _Bases(dict[Any, int]):
    def __init__(self, bases: Any, tax: int) -> None:
        super().__init__(bases)
        self.tax = tax


def _sum_of_rounded(right: Wrong) -> Wrong:
    return lambda bases: bases.tax if isinstance(bases, _Bases) else right(bases)


@contextmanager
def _tax_is_rounded_line_by_line() -> Iterator[None]:
    bases, whole = _taxed_line_by_line(life.tax_bases), _sum_of_rounded(taxes.tax_minor)
    with patch.object(drafts, "tax_bases", bases), patch.object(drafts, "tax_minor", whole):
        yield


def _half_to_even(right: Wrong) -> Wrong:
    return lambda numerator, denominator: round(Fraction(numerator, denominator))


def _all_of_it_is_net(right: Wrong) -> Wrong:
    return lambda paid, asked, asked_net: paid


def _each_part_by_itself(right: Wrong) -> Wrong:
    def pay(account: Any, invoice: Any, payment_id: Any, *given: Any, **named: Any) -> Any:
        decision = right(account, invoice, payment_id, *given, **named)
        applied = decision.invoices[0].paid_minor - invoice.paid_minor
        before, after = invoice.deposited_of(invoice.paid_minor), invoice.deposited_of(invoice.paid_minor + applied)
        drift = invoice.deposited_of(applied) - (after - before)
        if not drift or not decision.entries:
            return decision
        entry, position = decision.entries[0], decision.account.position
        entry = evolve(entry, minor=entry.minor + drift, balance_minor=entry.balance_minor + drift)
        position = evolve(
            position, balance_minor=position.balance_minor + drift, utilization_base_minor=entry.balance_minor
        )
        return evolve(
            decision,
            account=evolve(decision.account, position=position),
            entries=(entry, *(evolve(it, balance_minor=it.balance_minor + drift) for it in decision.entries[1:])),
        )

    return pay


def _newest_tax(right: Wrong) -> Wrong:
    return lambda self, code, day: right(self, code, date.max)


# past days


def _as_it_is_now(right: Wrong) -> Wrong:
    return lambda self, change: change.counts_from > change.booked_on and right(self, change)


def _not_recorded(right: Wrong) -> Wrong:
    return lambda *given: evolve(right(*given), receivables=())


def _no_credit(right: Wrong) -> Wrong:
    def changes(*given: Any) -> Any:
        *others, money, stamp = given
        return right(*others, [evolve(it, credit_minor=0) for it in money], stamp)

    return changes


def _nothing_covered(right: Wrong) -> Wrong:
    return lambda invoice: (right(invoice)[0], 0, right(invoice)[2])


def _back_on_receipt(right: Wrong) -> Wrong:
    def changes(*given: Any) -> Any:
        position, made = right(*given)
        days = [it.work_day - timedelta(days=40 * (it.kind is DueKind.REFUND)) for it in made]
        return position, tuple(evolve(it, work_day=day) for it, day in zip(made, days, strict=True))

    return changes


def _open_as_of_now(right: Wrong) -> Wrong:
    return lambda self, as_of, today: right(self, date.max, today)


def _never_issued(right: Wrong) -> Wrong:
    def events(self: Any) -> Any:
        found = right(self)
        reverted = {it.invoice.id for it in found if it.kind is DueKind.REVERT}
        asked = (DueKind.INVOICE, DueKind.REVERT)
        return [it for it in found if it.kind not in asked or it.invoice.id not in reverted]

    return events


def _booked_in_the_past(right: Wrong) -> Wrong:
    return lambda position, *given: right(evolve(position, booked_on=date.min), *given)


def _any_clock(right: Wrong) -> Wrong:
    return lambda context, account: None


def _the_latest_of_all(right: Wrong) -> Wrong:
    return lambda entries: next(iter(entries), None)


def _taken_back_in_order(right: Wrong) -> Wrong:
    def rebook(position: Any, entries: Any, *given: Any) -> Any:
        made, after = right(position, entries, *given)
        balance, taken_back = position.balance_minor, []
        for sequence, entry in enumerate(made[: len(entries)][::-1], start=position.sequence + 1):
            balance += entry.minor
            taken_back.append(evolve(entry, sequence=sequence, balance_minor=balance))
        return (*taken_back, *made[len(entries) :]), after

    return rebook


def _what_is_owed_stays(right: Wrong) -> Wrong:
    return lambda position, *given: (position, ())


# the outbox and the audit


def _tells_less(right: Wrong) -> Wrong:
    def send(self: Any, message: Message) -> None:
        if not isinstance(message.event, InvoicePaid):
            right(self, message)

    return send


def _leases_for_no_time(right: Wrong) -> Wrong:
    return lambda self, waiting, lease: right(self, waiting, timedelta(0))


def _oldest_first(right: Wrong) -> Wrong:
    def waiting(self: Any, now: Any, limit: int) -> Any:
        return sorted(right(self, now, 1_000_000), key=lambda it: (it.message.at, it.message.id))[:limit]

    return waiting


def _delivers_to_nobody(right: Wrong) -> Wrong:
    def deliver(self: Any, *given: Any, **named: Any) -> Any:
        self._notifier = self._notifier or NullNotifier()
        return right(self, *given, **named)

    return deliver


def _follows_no_work(right: Wrong) -> Wrong:
    def send(self: Any, message: Message) -> None:
        if not (isinstance(message.event, Changed) and message.event.action is Action.LOG_WORK):
            right(self, message)

    return send


def _follows_the_clock(right: Wrong) -> Wrong:
    """Who follows the audit goes by the instants of its records, and loses those of a clock that was behind."""

    def audit(self: Any, *, after: str | None = None, limit: int = 100) -> Any:
        every = sorted(right(self, limit=10_000), key=lambda it: (it.at, it.id))
        [place] = [place for place, it in enumerate(every, 1) if it.id == after] or [0]
        return tuple(every[place : place + limit])

    return audit


def _begins_with_the_last(right: Wrong) -> Wrong:
    """A page of the audit repeats the record that was seen last."""

    def audit(self: Any, *, after: str | None = None, limit: int = 100) -> Any:
        every = right(self, limit=10_000)
        [place] = [place for place, it in enumerate(every) if it.id == after] or [0]
        return every[place : place + limit]

    return audit


# charges


def _lowers_the_invoice_only(right: Wrong) -> Wrong:
    """A discount is on the invoice, and does not move the balance."""

    def post_charge(account: Any, before: Any, after: Any, stamp: Any) -> Any:
        decision = right(account, before, after, stamp)
        is_discount = after.kind is ChargeKind.ALLOWANCE
        return evolve(decision, account=account, entries=()) if is_discount else decision

    return post_charge


def _stops_expenses(right: Wrong) -> Wrong:
    def recorded(unit: Any, before: Any, old: Any, new: Any) -> Any:
        if before.is_stopped:
            raise BalanceLimitReached("Work for this client is stopped.")
        return right(unit, before, old, new)

    return recorded


def _takes_all_of_it(right: Wrong) -> Wrong:
    return lambda lines: tuple(lines)


def _rest_is_lost(right: Wrong) -> Wrong:
    return lambda unit, account, invoice: account


def _forgets_charges(right: Wrong) -> Wrong:
    """What is on an invoice is told as unbilled."""
    return lambda owners, invoices: {}


def _tells_of_nothing(right: Wrong) -> Wrong:
    def write(self: Any, action: Action, command: Any, request: Any = None) -> Any:
        try:
            return right(self, action, command, request)
        except InvoicecoreError:
            with UnitOfWork(self._storage, self._firm_id) as uow:
                told = uow.find(INVOICES, limit=1)
                for it in told:
                    event = InvoicePaid(it.client_id, it.id, it.label, it.total)
                    uow.send(Message(self._ids(), self._clock.now(), event, self._firm_id))
                uow.commit()
            raise

    return write


def _unaudited(right: Wrong) -> Wrong:
    def append(self: Any, fact: Fact) -> None:
        if not (isinstance(fact, AuditRecord) and fact.action is Action.SET_TERMS):
            right(self, fact)

    return append


MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "a refill is asked for again while the first is unpaid", "I19", _instead(finish, "blocks_to_ask", _asks_again)
    ),
    Mutant(
        "after a payment no refill is asked for any more", "I18", _instead(finish, "blocks_to_ask", _asks_once_ever)
    ),
    Mutant("one block is asked for where more are due", "I18", _instead(finish, "blocks_to_ask", _asks_one_block)),
    Mutant("a void asks for a refill", "I20", _instead(invoices, "settle", _void_asks)),
    Mutant("idempotency keys are not kept", "I22", _instead(executor.Executor, "write", _forgets_keys)),
    Mutant("a key stands for any request", "I23", _instead(executor, "_digest", _all_requests_alike)),
    Mutant("a refused call uses its key up", "I24", _instead(executor.Executor, "write", _refused_keeps_key)),
    Mutant("the allowed balance stops nothing", "I4", _instead(work_entry, "admit", _nothing_stops)),
    Mutant("free work passes the stop", "I4", _instead(work_entry, "recorded", _free_work_passes)),
    Mutant("an edit raises the cost past the stop", "I4", _instead(work_entry, "is_more_work", _any_edit_passes)),
    Mutant(
        "an entry tells of the session as it is now",
        "I3",
        _instead(work_entry, "change_session", _stands_for_what_is_now),
    ),
    Mutant("an import walks around the stop", "I4", _import_never_stops),
    Mutant("what is imported twice is billed twice", "imports", _imports_again),
    Mutant("an import changes what is locked", "I11", _instead(work_import, "update_blocker", _nothing_in_the_way)),
    Mutant("an import follows no change", "imports", _instead(work_import, "changed_fields", _nothing_differs)),
    Mutant("locked sessions can be edited", "I11", _instead(work_entry, "check_unlocked", _never_locked)),
    Mutant("a discount lowers the invoice only", "I3", _instead(charges, "post_charge", _lowers_the_invoice_only)),
    Mutant("an expense is stopped by the stop", "I4", _instead(charges, "_recorded", _stops_expenses)),
    Mutant("locked charges can be edited", "I11", _instead(charges, "_check_unlocked", _never_locked)),
    Mutant(
        "a discount is larger than what it stands against", "I36", _instead(drafting, "within_bounds", _takes_all_of_it)
    ),
    Mutant("the rest of a discount is lost", "I11", _instead(drafting, "split", _rest_is_lost)),
    Mutant("what is billed is told as unbilled", "I37", _instead(accounts, "holders_of", _forgets_charges)),
    Mutant("what is deleted does not come back to the cap", "I38", _instead(Project, "with_cap_used", _only_taken)),
    Mutant("the session that crosses the cap costs all", "I38", _instead(Project, "cost_minor", _never_cut)),
    Mutant("a new rate replaces the former ones", "I5", _instead(Project, "rates_with", _rates_rewritten)),
    Mutant("work takes the newest rate", "I5", _instead(Project, "rate_at", _newest_rate)),
    Mutant("a timer forgets the rate it began with", "I5", _instead(work_entry, "ended", _timer_forgets_rate)),
    Mutant("work is rounded down", "I6", _instead(Rate, "minor_for", _rounds_down)),
    Mutant("hours are read as a float", "I29", _instead(inputs, "duration", _float_hours)),
    Mutant("a night is as long as the wall clock says", "I29", _instead(work_session, "elapsed", _wall_clock)),
    Mutant("the day of work is that of UTC", "I30", _instead(work_session.WorkSession, "day", _day_of_utc)),
    Mutant("today is the day of UTC", "I30", _instead(stamp, "day_of", _day_in_utc)),
    Mutant("a statement goes by the day of UTC", "I30", _instead(firms, "day_of", _day_in_utc)),
    Mutant("a new zone moves what was booked", "I33", _instead(firms.Firm, "booking_day", _day_of_now)),
    Mutant("an entry is rewritten when its work is undone", "I2", _instead(UnitOfWork, "find", _rewrites_entries)),
    Mutant("the stored balance stays behind the ledger", "I1", _instead(accounts, "adjust", _position_stays)),
    Mutant(
        "a clock that steps back books before the latest", "I29", _instead(accounting, "post", _books_in_clock_order)
    ),
    Mutant("the total is rounded apart from its lines", "I7", _instead(drafts, "total_minor", _rounded_total)),
    Mutant("a draft is generated without looking again", "I10", _instead(drafting, "latest", _never_looks_again)),
    Mutant("the number is the highest plus one", "I16", _instead(issuing, "number_for", _max_plus_one)),
    Mutant("any move of the life cycle is allowed", "I-LC", _instead(life, "target", _any_move)),
    Mutant("set paid records no payment", "I12", _instead(invoices, "pay", _paid_without_payment)),
    Mutant("a change of status redates the invoice", "I9", _instead(invoices, "set_status", _redates)),
    Mutant("a void frees nothing", "I14", _instead(invoices, "void", _frees_nothing)),
    Mutant("a void frees the sessions of other invoices", "I14", _instead(UnitOfWork, "release", _frees_all)),
    Mutant("a void drops the payments", "I13", _instead(invoices, "void", _drops_payments)),
    Mutant("a number is deleted", "I16", _instead(context.CommandContext, "invoice_for", _deletes_anything)),
    Mutant("two drafts bill the same hours", "I8", _two_drafts_bill_the_same),
    Mutant("hours are locked although generate fails", "I10", _instead(invoices.Invoices, "generate", _locks_before)),
    Mutant("what is paid too much vanishes", "I13", _instead(payments, "pay", _excess_vanishes)),
    Mutant("applied credit is deposited again", "I3", _instead(payments, "apply_credit", _credit_deposited_again)),
    Mutant("credit can be used twice", "I13", _instead(payments, "apply_credit", _credit_stays)),
    Mutant("an invoice asks for what a refill asked", "I35", _instead(drafting, "covered_minor", _nothing_is_covered)),
    Mutant("credit covers, and pays as well", "I35", _instead(drafting, "covered_minor", _credit_covers)),
    Mutant("unbilled work covers nothing", "I35", _instead(drafting, "covered_minor", _unbilled_work_is_forgotten)),
    Mutant("a draft goes on asking for what is billed", "I35", _instead(drafting, "let_go", _let_go_of_nothing)),
    Mutant("what was written off is still asked for", "I18", _instead(accounting, "counted", _written_off_still_asks)),
    Mutant("a forgiven debt is not taken back", "I3", _instead(paying, "follow_rest", _forgiven_for_good)),
    Mutant("a void changes what was owed before", "I33", _instead(OwedQuery, "leaves_out", _as_it_is_now)),
    Mutant("what was mailed is never overdue", "sweep", lambda: patch.object(invoices, "AWAITED", (Status.DUE,))),
    Mutant("a revert is not recorded", "I33", _instead(paper_moves, "revert", _not_recorded)),
    Mutant("credit is not recorded", "I33", _instead(accounting, "changes", _no_credit)),
    Mutant("what is covered is not recorded", "I33", _instead(receivables, "asked_minors", _nothing_covered)),
    Mutant("money goes back on an earlier day", "I33", _instead(accounting, "changes", _back_on_receipt)),
    Mutant("what was open is what is open now", "I33", _instead(DueRecord, "open_items", _open_as_of_now)),
    Mutant("what was reverted was never issued", "I33", _instead(DueRecord, "events", _never_issued)),
    Mutant("a day that is over is booked on", "I33", _instead(accounting, "changes", _booked_in_the_past)),
    Mutant("any clock books", "I29", _instead(finish, "_check_clock", _any_clock)),
    Mutant("what was taken back opens a statement", "I1", _instead(accounts, "latest_in_force", _the_latest_of_all)),
    Mutant("a correction takes back the first first", "I29", _instead(booking_days, "rebook", _taken_back_in_order)),
    Mutant("a correction leaves what is owed", "I33", _instead(booking_days, "moved", _what_is_owed_stays)),
    Mutant("a message is lost", "I31", _instead(UnitOfWork, "send", _tells_less)),
    Mutant("a slow notifier mails twice", "I31", _instead(delivery.FirmOutbox, "_leased", _leases_for_no_time)),
    Mutant("what fails comes again at once", "I31", lambda: patch.object(delivery, "FIRST_WAIT", timedelta(0))),
    Mutant("addresses that fail keep other mail back", "I31", _instead(UnitOfWork, "waiting", _oldest_first)),
    Mutant("a process without a notifier takes the mail", "I31", _instead(Billing, "deliver", _delivers_to_nobody)),
    Mutant("who follows a firm hears of no work", "I31", _instead(UnitOfWork, "send", _follows_no_work)),
    Mutant("a refused command tells of something", "I26", _instead(executor.Executor, "write", _tells_of_nothing)),
    Mutant("who follows the audit loses records", "I32", _instead(FirmSettings, "audit", _follows_the_clock)),
    Mutant("who follows the audit sees a record twice", "I32", _instead(FirmSettings, "audit", _begins_with_the_last)),
    Mutant("tax is rounded line by line", "I7", _tax_is_rounded_line_by_line),
    Mutant("tax is rounded half to even", "I7", _instead(taxes, "half_up", _half_to_even)),
    Mutant("a payment is deposited with its tax", "L1", _instead(life, "net_share", _all_of_it_is_net)),
    Mutant("parts drift, and the last takes too much", "L1", _instead(payments, "pay", _each_part_by_itself)),
    Mutant("a new tax rate reaches back", "L3", _instead(firms.Firm, "tax_on", _newest_tax)),
    Mutant("a change is not audited", "I28", _instead(UnitOfWork, "append", _unaudited)),
)
"""The failures, each with the law that must catch it."""


@frozen
class Hunt:
    """How a mutant fared: after how many steps the law that is named was broken (None: never), and which laws were.
    `agreed` says whether the library, without the mutant, found the books that it left wrong exactly where the laws of
    one state did."""

    mutant: Mutant
    steps: int | None
    laws: frozenset[str]
    agreed: bool


def hunt(mutant: Mutant, *, most: int, seed: int) -> Hunt:
    """Walk with the mutant until the named law is broken, at most so many steps."""
    steps, laws, agreed = 0, set[str](), True
    while steps < most:
        walk = Walk(seed)
        with mutant.seeded():
            walk.go(most - steps)
        steps, seed = steps + walk.step, seed + 1
        laws |= {breach.invariant for found in walk.found for breach in found.breaches}
        storage, firm_id = walk.stage.storage, walk.stage.billing.firm_id
        agreed &= verify_books(storage, firm_id).is_sound == (not breaches(books(storage, firm_id)))
        if mutant.caught_by in laws:
            return Hunt(mutant, steps, frozenset(laws), agreed)
    return Hunt(mutant, None, frozenset(laws), agreed)


def run(*, size: int, seed: int) -> Figures:
    """Seed each mutant and walk, at most `size` steps each, until it is caught."""
    hunts = [hunt(mutant, most=size, seed=seed) for mutant in MUTANTS]
    steps = [it.steps for it in hunts if it.steps is not None]
    longest = max(steps, default=0)
    line = f"{len(steps)} of {len(hunts)} historic failures caught by their laws, the last after {longest} steps"
    for it in hunts:
        fate = f"by {it.mutant.caught_by} after {it.steps} steps" if it.steps is not None else "SURVIVED its law"
        line += f"\n    {it.mutant.name:<52} {fate}"
    return Figures("mutants", len(steps) == len(hunts), line)


def control(*, seed: int) -> Figures:
    """A mutant that changes nothing must survive; were it caught, the hunt would believe anything."""
    harmless = hunt(Mutant("nothing is wrong", "I1", nullcontext), most=1000, seed=seed)
    return Figures("mutants", harmless.steps is None, "control: a mutant that changes nothing survives 1000 steps")
