"""What a client owes on invoices, as accountants read it: invoices, payments, voids and write-offs, day by day."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime

from attrs import frozen

from invoicecore.lifecycle.invoice import net_share
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.queries.owed import Age, age_of
from invoicecore.settlement.account import Standing
from invoicecore.settlement.payment import Payment
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId
from invoicecore.values.money import Money
from invoicecore.vocabulary import UNPAID, Deposit, DueKind, InvoiceKind, LedgerDay, Status


@frozen(kw_only=True)
class DueEvent:
    """So much more is owed on a day (less, if negative), in minor units: because of an invoice, or of a payment;
    `net_minor` is that of an invoice without tax. A payment that stands on the day of its receipt was booked on
    `other_day`, or the reverse, if the two differ."""

    day: date
    kind: DueKind
    minor: int
    invoice: InvoiceRow | None = None
    payment: Payment | None = None
    other_day: date | None = None
    net_minor: int = 0

    @property
    def prepaid_minor(self) -> int:
        """What it adds to what was paid or asked for ahead (takes from it, if negative), net."""
        row = self.invoice
        if row is None or row.deposit is Deposit.NOT_DEPOSITED:
            return 0
        if self.kind is DueKind.WRITE_OFF or row.kind is not InvoiceKind.TIME:
            return self.net_minor
        return row.covered_net.minor if self.kind is DueKind.VOID else -row.covered_net.minor

    @property
    def billed_minor(self) -> int:
        """The cost of the work that it takes (gives back, if negative), net."""
        row = self.invoice
        if row is None or row.kind is not InvoiceKind.TIME or self.kind is DueKind.WRITE_OFF:
            return 0
        return -row.net.minor if self.kind is DueKind.VOID else row.net.minor


_ORDER = tuple(DueKind)


def due_events(
    invoices: Iterable[InvoiceRow], payments: Iterable[Payment], by: LedgerDay, booking_day: Callable[[datetime], date]
) -> list[DueEvent]:
    """All that ever changed what a client owes, in the order of days, as the books know it now: a reverted invoice is
    not there until it is issued again. A payment stands on the day of its receipt, or of its booking."""
    days = [((it.received_on, booking_day(it.recorded_at)), it) for it in payments]
    came = [(both if by is LedgerDay.WORK else both[::-1], it) for both, it in days]
    events = [*_of_invoices(invoices, [(day, it) for (day, _), it in came]), *_of_payments(came)]
    return sorted(events, key=lambda it: (it.day, _ORDER.index(it.kind)))


def _of_invoices(invoices: Iterable[InvoiceRow], came: Sequence[tuple[date, Payment]]) -> Iterator[DueEvent]:
    for row in invoices:
        if row.issued_on is None:
            continue
        asked, asked_net = (row.total - row.covered).minor, (row.net - row.covered_net).minor
        yield DueEvent(day=row.issued_on, kind=DueKind.INVOICE, minor=asked, invoice=row, net_minor=asked_net)
        if row.ended_on is not None:
            ended_on = max(row.issued_on, row.ended_on)
            if row.status is Status.VOID:
                yield DueEvent(day=ended_on, kind=DueKind.VOID, minor=-asked, invoice=row, net_minor=-asked_net)
                continue
            paid = sorted((day, minor) for day, it in came if (minor := it.applied_to(row.id)))
            came_to = sum(minor for day, minor in paid if day <= ended_on)
            net = net_share(came_to, asked, asked_net)
            lost, lost_net = came_to - asked, net - asked_net
            yield DueEvent(day=ended_on, kind=DueKind.WRITE_OFF, minor=lost, invoice=row, net_minor=lost_net)
            for day, minor in paid:
                if day > ended_on:  # it came after all
                    came_to, net_before = came_to + minor, net
                    net = net_share(came_to, asked, asked_net)
                    more = net - net_before
                    yield DueEvent(day=day, kind=DueKind.WRITE_OFF, minor=minor, invoice=row, net_minor=more)


def _of_payments(came: Iterable[tuple[tuple[date, date], Payment]]) -> Iterator[DueEvent]:
    for (day, other), it in came:
        other_day = None if other == day else other
        yield DueEvent(day=day, kind=DueKind.PAYMENT, minor=-it.minor, payment=it, other_day=other_day)
        if it.reversed_on is not None:
            yield DueEvent(day=max(day, it.reversed_on), kind=DueKind.REFUND, minor=it.reversed_minor, payment=it)


def open_items(events: Iterable[DueEvent], as_of: date, today: date) -> list["OpenItem"]:
    """The invoices with something left to pay at the end of a day, and how late that is then, or today if it is
    earlier."""
    past = [it for it in events if it.day <= as_of]
    paid = Counter[str]()
    for event in past:
        if event.kind is DueKind.PAYMENT and event.payment is not None:
            paid.update({part.invoice_id: part.minor for part in event.payment.applied})
    ended = {it.invoice.id for it in past if it.invoice is not None and it.kind is not DueKind.INVOICE}
    return [
        OpenItem(
            name=row.number or "",
            issued_on=event.day,
            due_on=row.due_on,
            amount=Money(minor=event.minor, currency=row.total.currency),
            amount_due=Money(minor=minor, currency=row.total.currency),
            days_overdue=max((min(as_of, today) - row.due_on).days, 0),
        )
        for event in past
        if event.kind is DueKind.INVOICE
        and (row := event.invoice) is not None
        and row.due_on is not None
        and row.id not in ended
        and (minor := event.minor - paid[row.id])
    ]


@frozen(kw_only=True)
class Dues:
    """All that ever changed what a client owes on invoices, and how they stand at the same moment."""

    standing: Standing
    by: LedgerDay
    events: tuple[DueEvent, ...]

    def __repr__(self) -> str:
        return f"<Dues: {self.balance_due} due, {self.prepaid} prepaid, {len(self.events)} events>"

    @property
    def balance_due(self) -> Money:
        """What is left to pay on invoices that nobody has given up, less credit."""
        account, rows = self.standing.account, (it.invoice for it in self.events if it.kind is DueKind.INVOICE)
        due = sum(row.amount_due.minor for row in rows if row is not None and row.status in UNPAID)
        return Money(minor=due - account.credit_minor, currency=account.currency)

    @property
    def prepaid(self) -> Money:
        """What was paid ahead or asked for ahead, and no time invoice took yet; below zero, what the client owes that
        no invoice asks for."""
        account = self.standing.account
        return Money(minor=account.free_cover_minor, currency=account.currency)


@frozen(kw_only=True)
class DueRow:
    """A row of a statement of account: so much more is owed (less, if negative), and the balance due after it. `name`
    is the number of the invoice, `method` and `reference` are those of the payment."""

    day: date
    kind: DueKind
    amount: Money
    balance: Money
    name: str
    method: str
    reference: str

    def __repr__(self) -> str:
        name = f" {self.name}" if self.name else ""
        return f"<DueRow {self.day}: {self.kind}{name}, {self.amount}, leaves {self.balance}>"


@frozen(kw_only=True)
class OpenItem:
    """An invoice with something left to pay: what it asked for, what is left, and how late that is in days."""

    name: str
    issued_on: date
    due_on: date
    amount: Money
    amount_due: Money
    days_overdue: int

    @property
    def age(self) -> Age:
        """The column of the aging that it stands in."""
        return age_of(self.days_overdue)


@frozen(kw_only=True)
class AccountStatement:
    """A statement of account of a `period` (None: ever): invoices, payments and credits, with the balance due before,
    after each, and at the end.

    The closing balance of one period is the opening balance of the next. It is what is left to pay on the `open_items`,
    less the client's `credit`; both are of the end of the period. Below zero, the client has paid more than was asked.
    """

    client_id: ClientId
    period: Period | None
    by: LedgerDay
    opening: Money
    rows: tuple[DueRow, ...]
    closing: Money
    open_items: tuple[OpenItem, ...]
    credit: Money

    def __repr__(self) -> str:
        days = "of all days" if self.period is None else self.period
        items = len(self.open_items)
        return f"<AccountStatement {days}: {self.opening}, {len(self.rows)} rows, {self.closing}, {items} open>"


def account_statement(
    client_id: ClientId, currency: str, period: Period | None, by: LedgerDay, events: Sequence[DueEvent], today: date
) -> AccountStatement:
    """The statement of a period, from all `due_events` of a client."""
    last = date.max if period is None else period.last
    minor = 0 if period is None else sum(it.minor for it in events if it.day < period.first)
    opening, rows = Money(minor=minor, currency=currency), []
    for event in events:
        if event.minor and (period is None or event.day in period):
            minor += event.minor
            rows.append(_row(event, Money(minor=minor, currency=currency)))
    closing = Money(minor=minor, currency=currency)
    items = tuple(open_items(events, last, today))
    open_minor = sum(it.amount_due.minor for it in items)
    return AccountStatement(
        client_id=client_id,
        period=period,
        by=by,
        opening=opening,
        rows=tuple(rows),
        closing=closing,
        open_items=items,
        credit=Money(minor=open_minor - minor, currency=currency),
    )


def _row(event: DueEvent, balance: Money) -> DueRow:
    invoice, payment = event.invoice, event.payment
    return DueRow(
        day=event.day,
        kind=event.kind,
        amount=Money(minor=event.minor, currency=balance.currency),
        balance=balance,
        name="" if invoice is None else invoice.number or "",
        method="" if payment is None else payment.method,
        reference="" if payment is None else payment.reference,
    )
