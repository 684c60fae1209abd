"""What a client owes on invoices, as accountants read it: invoices, payments, voids and write-offs, day by day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

from invoicecore.queries.owed import Age, age_of
from invoicecore.settlement.account import Standing
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import OF_MONEY, ReceivableChange
from invoicecore.values.calendar import Period
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.money import Money
from invoicecore.vocabulary import Deposit, DueKind, InvoiceKind, LedgerDay

_ASKED = frozenset({DueKind.INVOICE, DueKind.REVERT, DueKind.VOID})
_ORDER = (DueKind.REVERT, *(it for it in DueKind if it is not DueKind.REVERT))
"""How the events of a day are listed: an invoice is taken back before it is issued again."""


@frozen(kw_only=True)
class DueInvoice:
    """What stays the same of an invoice that was issued once."""

    id: InvoiceId
    number: str
    kind: InvoiceKind


@frozen(kw_only=True)
class DueEvent:
    """So much more is owed on a day (less, if negative), in minor units: because of an `invoice`, or of a `payment`.
    What stands on the day of a receipt or of issue was booked on `other_day`, or the reverse, if the two differ.
    `covered_minor` is what more of the work on the invoice is not asked for, and `tax_minor` the tax in `minor`;
    `paid_ids` are the invoices on which the money of a payment moved."""

    day: date
    kind: DueKind
    minor: int
    covered_minor: int = 0
    invoice: DueInvoice | None = None
    payment: Payment | None = None
    other_day: date | None = None
    tax_minor: int = 0
    deposit: Deposit | None = None
    paid_ids: tuple[InvoiceId, ...] = ()

    @property
    def prepaid_minor(self) -> int:
        """What it adds to what was paid or asked for ahead (takes from it, if negative), without tax."""
        of = self.invoice
        if of is None or self.deposit is Deposit.NOT_DEPOSITED:
            return 0
        is_work = of.kind is InvoiceKind.TIME and self.kind in _ASKED
        return -self.covered_minor if is_work else self.minor - self.tax_minor

    @property
    def billed_minor(self) -> int:
        """The cost of the work that it takes (gives back, if negative), without tax."""
        is_work = self.invoice is not None and self.invoice.kind is InvoiceKind.TIME and self.kind in _ASKED
        return self.minor - self.tax_minor + self.covered_minor if is_work else 0


@frozen
class DueRecord:
    """The record of what a client owes, by one of its days, with the invoices and payments that it names. `changes` are
    those in force, in their order."""

    by: LedgerDay
    changes: Sequence[ReceivableChange]
    invoices: Mapping[str, DueInvoice]
    payments: Mapping[str, Payment]

    def events(self) -> list[DueEvent]:
        """All that ever changed the balance due, in the order of days. What one payment did on a day, or one invoice
        whose payments go to one place, is one event, and an invoice that was issued and taken back on one day is
        none."""
        found: dict[tuple[date, DueKind, object], list[ReceivableChange]] = {}
        for it in self.changes:
            day, of = it.day(self.by), it.payment_id if it.kind in OF_MONEY else (it.invoice_id, it.deposit)
            issued = (day, DueKind.INVOICE, of)
            if it.kind is DueKind.REVERT and issued in found:
                del found[issued]
                continue
            found.setdefault((day, it.kind, of), []).append(it)
        events = (self._event(day, kind, several) for (day, kind, _), several in found.items())
        return sorted(
            (it for it in events if it.minor or it.covered_minor), key=lambda it: (it.day, _ORDER.index(it.kind))
        )

    def _event(self, day: date, kind: DueKind, several: Sequence[ReceivableChange]) -> DueEvent:
        one = several[0]
        other = one.day(LedgerDay.WORK if self.by is LedgerDay.BOOKED else LedgerDay.BOOKED)
        of_money = kind in OF_MONEY
        return DueEvent(
            day=day,
            kind=kind,
            minor=sum(it.minor for it in several),
            covered_minor=sum(it.covered_minor for it in several),
            tax_minor=sum(it.tax_minor for it in several),
            deposit=one.deposit,
            invoice=None if of_money else self.invoices[one.invoice_id or ""],
            payment=self.payments[one.payment_id or ""] if of_money else None,
            other_day=None if other == day else other,
            paid_ids=tuple(dict.fromkeys(it.invoice_id for it in several if it.invoice_id)) if of_money else (),
        )

    def open_items(self, as_of: date, today: date) -> tuple["OpenItem", ...]:
        """The invoices with something left to pay at the end of a day, and how late that is then, or today if it is
        earlier."""
        asked, left = Counter[str](), Counter[str]()
        issued: dict[str, ReceivableChange] = {}
        for it in self.changes:
            if it.invoice_id is not None and it.day(self.by) <= as_of:
                left[it.invoice_id] += it.minor
                asked[it.invoice_id] += it.minor if it.kind in _ASKED else 0
                if it.kind is DueKind.INVOICE:
                    issued[it.invoice_id] = it
        return tuple(
            OpenItem(
                name=self.invoices[id].number,
                issued_on=it.work_day,
                due_on=it.due_on,
                amount=Money(minor=asked[id], currency=it.currency),
                amount_due=Money(minor=left[id], currency=it.currency),
                days_overdue=max((min(as_of, today) - it.due_on).days, 0),
            )
            for id, it in issued.items()
            if left[id] > 0 and it.due_on is not None
        )


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
        return Money(minor=sum(it.minor for it in self.events), currency=self.standing.account.currency)

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
    client_id: ClientId, currency: str, period: Period | None, record: DueRecord, today: date
) -> AccountStatement:
    """The statement of a period, from all that is recorded of a client."""
    last, events = date.max if period is None else period.last, record.events()
    minor = 0 if period is None else sum(it.minor for it in events if it.day < period.first)
    opening, rows = Money(minor=minor, currency=currency), []
    for event in events:
        if event.minor and (period is None or event.day in period):
            minor += event.minor
            rows.append(_row(event, Money(minor=minor, currency=currency)))
    items = record.open_items(last, today)
    return AccountStatement(
        client_id=client_id,
        period=period,
        by=record.by,
        opening=opening,
        rows=tuple(rows),
        closing=Money(minor=minor, currency=currency),
        open_items=items,
        credit=Money(minor=sum(it.amount_due.minor for it in items) - minor, currency=currency),
    )


def _row(event: DueEvent, balance: Money) -> DueRow:
    invoice, payment = event.invoice, event.payment
    return DueRow(
        day=event.day,
        kind=event.kind,
        amount=Money(minor=event.minor, currency=balance.currency),
        balance=balance,
        name="" if invoice is None else invoice.number,
        method="" if payment is None else payment.method,
        reference="" if payment is None else payment.reference,
    )
