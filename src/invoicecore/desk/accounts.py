"""The accounts of clients: balance, standing, statements, adjustments and refills by hand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import partial

from attrs import evolve

from invoicecore.desk import issuing, visibility
from invoicecore.desk.client_reading import read_changes, read_movement
from invoicecore.desk.context import CommandContext
from invoicecore.desk.finish import close, request_refill, settle
from invoicecore.desk.subject import Subject, command, query
from invoicecore.desk.taxing import tax_of_client
from invoicecore.errors import InvalidInput, InvalidState, NotFound
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.rebooking import in_force, latest_in_force
from invoicecore.ledger.statement import Statement, statement
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.ports.queries import ClientsQuery, InvoicesQuery, MovementsQuery, day_bounds
from invoicecore.ports.store import (
    CHARGES_OF_CLIENT,
    CLIENTS,
    ENTRIES_BY_TIME,
    ENTRIES_BY_WORK_DAY,
    ENTRIES_OF_CLIENT,
    INVOICES_OF_CLIENT,
    PAYMENTS_OF_CLIENT,
    RECEIVABLES_OF_CLIENT,
    SESSIONS_OF_CLIENT,
    TIMERS,
    UniqueKind,
)
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.close import ClientClose, MonthClose, close_figures, has_figures, totals
from invoicecore.queries.dues import AccountStatement, DueInvoice, DueRecord, Dues, account_statement
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.paging import PageRequest
from invoicecore.queries.printable import PrintableAccountStatement, PrintableStatement
from invoicecore.queries.reconcile import Reconciliation, holders_of, reconcile
from invoicecore.queries.transactions import TransactionSort
from invoicecore.queries.visibility import NamedRef
from invoicecore.settlement.account import Account, Standing, unchecked_standing
from invoicecore.settlement.booking_days import correct_booking_days
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.post import adjust
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId
from invoicecore.values.money import Money, in_currency
from invoicecore.vocabulary import Action, LedgerDay, Role, Status

_ALL = 2**31
"""More rows than any list has."""


def _not_zero(amount: object) -> Money:
    good = inputs.instance("amount", amount, Money)
    if not good.minor:
        raise InvalidInput("An adjustment must not be zero; give an amount above or below it.", "zero", field="amount")
    return good


def _right_day(value: object) -> date:
    day = inputs.day("right_day", value)
    return Period(day, day).first


class Accounts(Subject):
    """A client's money: balance, standing, statements, adjustments, refills by hand."""

    def standing(self, client_id: str) -> Standing:
        """Balance, utilization, outstanding money, whether work is stopped and whether a refill is due."""
        return self._executor.read(lambda context: unchecked_standing(context.visible_account(client_id)))

    @query
    def statement(
        self, context: CommandContext, client_id: str, period: Period | None = None, *, by: LedgerDay | None = None
    ) -> Statement:
        """Every movement of the balance in a period (None: ever), with the balance before the first, after each, and at
        the end. `by` chooses the day of a movement: that of its booking, or that of the work or of the receipt of the
        money. None chooses the day of the work for a client whose work was imported, and the booking day for all
        others."""
        account = context.visible_account(client_id)
        day = by or account.ledger_day
        if day is LedgerDay.WORK:
            first, last = (None, None) if period is None else day_bounds(period)
            entries = context.uow.find(ENTRIES_BY_WORK_DAY, account.client_id, after=first, before=last)
        else:
            since, until = (None, None) if period is None else [(at,) for at in context.firm.booked_in(period)]
            entries = context.uow.find(ENTRIES_BY_TIME, account.client_id, after=since, before=until)
        return _statement(context, account, period, day, entries)

    @query
    def printable_statement(
        self, context: CommandContext, client_id: str, period: Period | None = None, *, by: LedgerDay | None = None
    ) -> PrintableStatement:
        """What a printed statement of the balance says, as plain data: the statement, and the cause of each row."""
        account = context.visible_account(client_id)
        day = by or account.ledger_day
        sort = TransactionSort.WORK_DAY if day is LedgerDay.WORK else TransactionSort.DAY
        whole = PageRequest(sort, limit=account.position.sequence)  # so many were ever booked
        found = context.pages.movements(movements_query(context, account, period, day), whole)
        movements = [read_movement(it) for it in found]  # it is for the client
        client = context.client_of(account)
        parties = issuing.parties(context, client, ())
        return PrintableStatement(
            _statement(context, account, period, day, [it.entry for it in movements]),
            tuple(it.cause for it in movements),
            parties,
            context.stamp.today,
            issuing.logo_of(context, parties),
            tax_of_client(context, client, context.stamp.today) is not None,
        )

    @query
    def account_statement(
        self, context: CommandContext, client_id: str, period: Period | None = None, *, by: LedgerDay | None = None
    ) -> AccountStatement:
        """The invoices and payments of a period (None: ever), with the balance due before the first, after each, and at
        the end, and with what is open at the end. `by` chooses the day of a payment: that of its booking or of its
        receipt."""
        account = context.visible_account(client_id)
        record = due_record(context, account.client_id, by or account.ledger_day)
        return account_statement(account.client_id, account.currency, period, record, context.stamp.today)

    @query
    def printable_account_statement(
        self, context: CommandContext, client_id: str, period: Period | None = None, *, by: LedgerDay | None = None
    ) -> PrintableAccountStatement:
        """What a printed statement of account says, as plain data. It is for the client, so it does not say that an
        invoice was written off."""
        account = context.visible_account(client_id)
        parties = issuing.parties(context, context.client_of(account), ())
        record = due_record(context, account.client_id, by or account.ledger_day)
        record = evolve(record, changes=read_changes(record.changes))  # it is for the client
        return PrintableAccountStatement(
            account_statement(account.client_id, account.currency, period, record, context.stamp.today),
            parties,
            context.stamp.today,
            issuing.logo_of(context, parties),
        )

    @query
    def reconcile(self, context: CommandContext, client_id: str, period: Period | None = None) -> Reconciliation:
        """The state of every second of work and of every charge of a client in a period (None: ever): running,
        unbilled, on an invoice, free (it costs nothing) or given up (its invoice was written off). The sums agree with
        the ledger."""
        account = context.visible_account(client_id)
        id, uow, name = account.client_id, context.uow, context.client_of(account).name
        sessions = uow.find(SESSIONS_OF_CLIENT, id)
        charges = [it for it in uow.find(CHARGES_OF_CLIENT, id) if visibility.sees_charge(context.actor, it)]
        owners = uow.owners(UniqueKind.CHARGE, [*(it.id for it in sessions), *(it.id for it in charges)])
        return reconcile(
            NamedRef(id, name),
            account.currency,
            period,
            context.firm.timezone,
            context.stamp.at,
            sessions,
            charges,
            [timer for timer in uow.find(TIMERS) if timer.client_id == id],
            holders_of(owners, uow.find(INVOICES_OF_CLIENT, id)),
            uow.find(ENTRIES_OF_CLIENT, id),
            tells_given_up=context.actor.role is Role.MANAGER,
        )

    @query
    def dues(self, context: CommandContext, client_id: str, *, by: LedgerDay | None = None) -> Dues:
        """Every change of what the client owes on invoices, ever, as it is known now; `account_statement` shows those
        of a period."""
        account = context.visible_account(client_id)
        day = by or account.ledger_day
        events = due_record(context, account.client_id, day).events()
        return Dues(standing=unchecked_standing(account), by=day, events=tuple(events))

    @query
    def close(self, context: CommandContext, period: Period, *, by: LedgerDay | None = None) -> MonthClose:
        """The figures with which an accountant closes a month, for each client whose account the viewer may see: what
        was worked, invoiced and received, and what is open, unbilled and prepaid at the end. `by` is as in `statement`.
        The store is asked three times for each client."""
        permit_money(context)
        inputs.instance("period", period, Period)
        everybody = PageRequest(ClientSort.NAME, limit=_ALL)
        seen = visibility.of(context.actor)
        clients = []
        for row in context.pages.clients(ClientsQuery(visibility=seen, archived=None), everybody):
            client = row.client
            if row.standing is not None and visibility.sees_account(context.actor, client.id):
                account = row.standing.account
                day = by or account.ledger_day
                entries = entries_since(context, account, period, day)
                record = due_record(context, client.id, day)
                figures = close_figures(account, period, entries, record, context.stamp.today)
                clients.append(ClientClose(NamedRef(client.id, client.name), day, figures))
        shown = tuple(it for it in clients if has_figures(it.figures))
        return MonthClose(period, shown, totals(shown))

    @query
    def entries(self, context: CommandContext, client_id: str) -> tuple[LedgerEntry, ...]:
        """The ledger as it is stored, for `invoicecore.verify_ledger`."""
        return tuple(context.uow.find(ENTRIES_OF_CLIENT, context.visible_account(client_id).client_id))

    @command(Action.ADJUST, amount=_not_zero, reason=partial(inputs.text, "reason"))
    def adjust(
        self,
        context: CommandContext,
        client_id: str,
        amount: Money,
        *,
        reason: str = "",
        idempotency_key: str | None = None,
    ) -> Standing:
        """Change the balance by an amount: +$500 raises it, −$200 lowers it. It makes no credit."""
        before = context.visible_account(client_id, Action.ADJUST)
        in_currency(before.currency, amount)
        context.reason = reason
        return Standing(settle(context, before, adjust(before, amount, reason, context.ids(), context.stamp)))

    @command(
        Action.CORRECT_BOOKING_DAYS,
        period=lambda it: inputs.instance("period", it, Period),
        right_day=_right_day,
        reason=partial(inputs.reason, "The reason of a correction of booking days"),
    )
    def correct_booking_days(
        self,
        context: CommandContext,
        client_id: str,
        period: Period,
        *,
        right_day: date,
        reason: str,
        idempotency_key: str | None = None,
    ) -> Standing:
        """Correct the booking days of everything that a wrong clock booked in a period. The first booking gets
        `right_day`, and the others are moved by as many days. Each entry is taken back on its wrong day and booked
        again on the right one, so the balance stays. Invoices keep their dates; where those matter, void and generate
        them again. InvalidState if nothing was booked in the period, if it begins on `right_day` already, or if
        something would be booked after today or before an earlier entry."""
        before = context.visible_account(client_id, Action.CORRECT_BOOKING_DAYS)
        since, _ = context.firm.booked_in(period)
        decision = correct_booking_days(
            before,
            _latest(context, before, since),
            in_force(context.uow.find(ENTRIES_BY_TIME, before.client_id, after=(since,))),
            in_force(context.uow.find(RECEIVABLES_OF_CLIENT, before.client_id, after=(period.first,))),
            period,
            right_day,
            context.firm,
            context.stamp,
        )
        context.reason = reason
        context.store(decision)
        context.put(decision.account)
        return Standing(decision.account)

    @command(Action.REQUEST_REFILL)
    def request_refill(self, context: CommandContext, client_id: str, *, idempotency_key: str | None = None) -> Invoice:
        """Request the refill that is due by hand, for example after a void. InvalidState if none is due."""
        before = context.visible_account(client_id, Action.REQUEST_REFILL)
        if not before.blocks_due:
            projected = Money(minor=before.projected_balance_minor, currency=before.currency)
            raise InvalidState(
                f"No refill is due: the balance with everything asked for is {projected}, "
                + ("above the refill balance." if before.terms.refill else "and no refill is set."),
                "no_refill_due",
            )
        return _ask(context, before)

    def sweep_refills(self) -> tuple[Invoice, ...]:
        """Request every refill that is due, for example after voids; returns the invoices. Each is a unit of work of
        its own, so an interrupted call can be repeated. Clients on whom a wrong clock has booked are left out."""

        def find(context: CommandContext) -> Iterable[str]:
            return (it.id for it in context.uow.find(CLIENTS) if context.account(it.id).blocks_due)

        def ask(context: CommandContext, client_id: str) -> Invoice | None:
            context.permit(Action.REQUEST_REFILL)
            before = context.visible_account(client_id, Action.REQUEST_REFILL)
            return _ask(context, before) if before.blocks_due else None

        return self._sweep(Action.REQUEST_REFILL, find, ask)


def _ask(context: CommandContext, before: Account) -> Invoice:
    """Ask for the refill that is due."""
    after, invoice = request_refill(context, before, before.blocks_due, Action.REQUEST_REFILL)
    close(context, before, after)
    return invoice


def permit_money(context: CommandContext) -> None:
    """NotPermitted or NotFound unless the actor may see the money of whole clients, which a list in the order of an
    amount would tell, too."""
    context.permit(Action.VIEW_ACCOUNT)
    own = context.actor.client_id
    if own is not None and not visibility.sees_account(context.actor, own):
        raise NotFound("account of client", own)


def entries_since(
    context: CommandContext, account: Account, period: Period, by: LedgerDay
) -> list[tuple[date, LedgerEntry]]:
    """The entries of a period and of all days after it, each with its day."""
    if by is LedgerDay.WORK:
        found = context.uow.find(ENTRIES_BY_WORK_DAY, account.client_id, after=(period.first,))
        return [(entry.work_day, entry) for entry in found]
    since, _ = context.firm.booked_in(period)
    found = context.uow.find(ENTRIES_BY_TIME, account.client_id, after=(since,))
    return [(context.firm.booking_day(entry.booked_at), entry) for entry in found]


def due_record(context: CommandContext, client_id: ClientId, by: LedgerDay) -> DueRecord:
    """The record of what a client owes. Invoices are read without their lines, and also those that were reverted."""
    wanted = InvoicesQuery(today=context.stamp.today, statuses=frozenset(Status), client_id=client_id)
    invoices = context.pages.invoices(wanted, PageRequest(InvoiceSort.MADE, limit=_ALL))
    numbered: dict[str, DueInvoice] = {
        it.id: DueInvoice(id=it.id, number=it.number, kind=it.kind) for it in invoices if it.number is not None
    }
    payments: dict[str, Payment] = {it.id: it for it in context.uow.find(PAYMENTS_OF_CLIENT, client_id)}
    return DueRecord(by, in_force(context.uow.find(RECEIVABLES_OF_CLIENT, client_id)), numbered, payments)


def movements_query(context: CommandContext, account: Account, period: Period | None, by: LedgerDay) -> MovementsQuery:
    """The movements of a client, all or those that have their day in a period."""
    if period is None:
        return MovementsQuery(client_id=account.client_id)
    if by is LedgerDay.WORK:
        return MovementsQuery(client_id=account.client_id, days=period)
    return MovementsQuery(client_id=account.client_id, booked=context.firm.booked_in(period))


def _statement(
    context: CommandContext, account: Account, period: Period | None, by: LedgerDay, entries: Sequence[LedgerEntry]
) -> Statement:
    """The statement of the entries that have their day in a period."""
    opening = 0
    if period is not None and by is LedgerDay.WORK:
        opening = account.position.balance_minor - context.pages.moved_since(account.client_id, period.first)
    elif period is not None:
        earlier = _latest(context, account, context.firm.booked_in(period)[0])
        opening = 0 if earlier is None else earlier.balance_minor
    dated = zip(entries, context.firm.booking_days(entry.booked_at for entry in entries), strict=True)
    return statement(account.client_id, period, opening, dated, account.currency, by)


def _latest(context: CommandContext, account: Account, before: datetime) -> LedgerEntry | None:
    """The latest entry in force that was booked before an instant."""

    def backwards() -> Iterator[LedgerEntry]:
        place, most = (before,), 1  # usually it is in force
        while some := context.uow.find(ENTRIES_BY_TIME, account.client_id, before=place, limit=most, descending=True):
            yield from some
            place, most = ENTRIES_BY_TIME.place(some[-1]), 100

    return latest_in_force(backwards())
