"""The record of what clients owe: each change with its days, so the answer for a past day stays."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from attrs import evolve, frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.settlement.payment import Payment
from invoicecore.values.calendar import day_of
from invoicecore.values.ids import ClientId, InvoiceId, PaymentId
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import UNPAID, Deposit, DueKind, LedgerDay, Status

OF_MONEY = frozenset({DueKind.PAYMENT, DueKind.REFUND})
"""The kinds of changes by which money came in, went back, or became something else; the others are of invoices."""


@frozen
class ReceivableChange:
    """A change of what is owed on an invoice, in minor units: more, or less if negative. Without an invoice, it is a
    change of the client's credit: above zero is less credit.

    `sequence` counts a client's changes from 1 without gaps. `payment_id` is the payment whose money moved. Money that
    pays an invoice from credit, or becomes credit, is two changes that add up to zero. `covered_minor` is how much more
    of the work on the invoice is covered, without tax. `tax_minor` is the tax in the change. `due_on` is the due date
    of the amount. `deposit` says whether the invoice goes to the balance, which may change when it is reverted.

    `booked_on` is the firm's day of the booking. `work_day` is the issue date of an invoice, the day of the receipt of
    money, and otherwise the same day; money is never used before its receipt. `counts_from` is the later of both.
    `takes_back` is the number of the change that is taken back, because a wrong clock booked it.
    """

    client_id: ClientId
    sequence: int
    kind: DueKind
    invoice_id: InvoiceId | None
    payment_id: PaymentId | None
    currency: str
    minor: int
    covered_minor: int
    due_on: date | None
    booked_on: date
    work_day: date
    counts_from: date
    takes_back: int | None = None
    tax_minor: int = 0
    deposit: Deposit | None = None

    def day(self, by: LedgerDay) -> date:
        """The day of the change in a statement."""
        return self.booked_on if by is LedgerDay.BOOKED else self.work_day

    def taken_back(self, sequence: int) -> "ReceivableChange":
        """The change that takes this one back, on the same days."""
        return evolve(
            self,
            sequence=sequence,
            minor=-self.minor,
            covered_minor=-self.covered_minor,
            tax_minor=-self.tax_minor,
            takes_back=self.sequence,
        )


_unchecked_change: Final = unchecked(ReceivableChange)


@frozen
class ReceivablesPosition:
    """The end of a client's record: the number and the booking day of its last change."""

    sequence: int = 0
    booked_on: date = date.min


@frozen
class MoneyMoved:
    """How much more of a payment is applied to an invoice, and how much more of it is credit (less, if negative), in
    minor units."""

    payment: Payment
    applied_minor: int
    credit_minor: int = 0


def owed_minor(invoice: Invoice | None) -> int:
    """What is left to pay on an invoice that was issued and is not written off, in minor units."""
    return invoice.amount_due_minor if invoice is not None and invoice.status in UNPAID else 0


def asked_minors(invoice: Invoice | None) -> tuple[int, int, int]:
    """What an invoice asks for, how much of its work is covered, without tax, and the tax in what it asks for; zero
    while it is a draft or void."""
    if invoice is None or not invoice.is_live:
        return 0, 0, 0
    asked = invoice.total_minor - invoice.covered_minor
    return asked, invoice.covered_net_minor, invoice.tax_minor - invoice.covered_tax_minor


def changes(
    position: ReceivablesPosition,
    client_id: ClientId,
    currency: str,
    before: Invoice | None,
    after: Invoice | None,
    money: Sequence[MoneyMoved],
    stamp: CommandStamp,
) -> tuple[ReceivablesPosition, tuple[ReceivableChange, ...]]:
    """The changes by a command that led from one state of an invoice to another and moved money, and the position after
    them. Money that is received in the future counts from that day on."""
    booked_on = max(stamp.today, position.booked_on)  # if the clock stepped back, that day has begun already
    dated = after if after is not None and after.due_on is not None else before
    made: list[ReceivableChange] = []

    def record(
        kind: DueKind,
        minor: int,
        work_day: date,
        of: Invoice | None,
        by: Payment | None = None,
        covered: int = 0,
        tax: int = 0,
    ) -> None:
        if minor or covered or tax:
            made.append(
                _unchecked_change(
                    client_id,
                    position.sequence + len(made) + 1,
                    kind,
                    None if of is None else of.id,
                    None if by is None else by.id,
                    currency,
                    minor,
                    covered,
                    None if of is None else of.due_on,
                    booked_on,
                    work_day,
                    max(booked_on, work_day),
                    None,
                    tax,
                    None if of is None else of.deposit,
                )
            )

    (asked, covered, tax), (asked_before, covered_before, tax_before) = asked_minors(after), asked_minors(before)
    if after is not None:
        day = after.issued_on if after.is_live and after.issued_on is not None else booked_on
        record(_kind(after), asked - asked_before, day, dated, covered=covered - covered_before, tax=tax - tax_before)
    (lost, lost_tax), (lost_before, lost_tax_before) = _given_up_minors(after), _given_up_minors(before)
    given_up, given_up_tax = lost_before - lost, lost_tax_before - lost_tax
    paid = 0 if before is None else before.paid_minor
    follows = before is not None and before.status is Status.UNCOLLECTIBLE and after is not None and after.is_live
    for it in money:
        came = it.applied_minor + it.credit_minor
        kind = DueKind.REFUND if came < 0 else DueKind.PAYMENT
        received_on = _received_on(it.payment, booked_on, stamp)
        work_day = received_on if came > 0 else max(booked_on, received_on)
        record(kind, -it.applied_minor, work_day, dated, it.payment)
        record(kind, -it.credit_minor, work_day, None, it.payment)
        if follows and before is not None and before.ended_on is not None:  # so much less was given up
            share = it.applied_minor - before.net_of(paid + it.applied_minor) + before.net_of(paid)
            ended_on = min(before.ended_on, booked_on)  # it is later only where a wrong clock gave it up
            record(DueKind.WRITE_OFF, it.applied_minor, max(work_day, ended_on), dated, tax=share)
            given_up, given_up_tax, paid = given_up - it.applied_minor, given_up_tax - share, paid + it.applied_minor
    record(DueKind.WRITE_OFF, given_up, booked_on, dated, tax=given_up_tax)
    return (ReceivablesPosition(made[-1].sequence, booked_on) if made else position), tuple(made)


def _received_on(payment: Payment, booked_on: date, stamp: CommandStamp) -> date:
    """The day on which money came in, or is to come; one that was not to come when it was recorded is not to come now,
    whatever a wrong clock, whose booking days were corrected, has written."""
    day = payment.received_on
    if day > booked_on and day <= day_of(payment.recorded_at, stamp.zone):
        return booked_on
    return day


def _kind(after: Invoice) -> DueKind:
    match after.status:
        case Status.DRAFT:
            return DueKind.REVERT
        case Status.VOID:
            return DueKind.VOID
        case _:
            return DueKind.INVOICE


def _given_up_minors(invoice: Invoice | None) -> tuple[int, int]:
    """What is left to pay on an invoice that was given up, and the tax in it."""
    if invoice is None or invoice.status is not Status.UNCOLLECTIBLE:
        return 0, 0
    return invoice.amount_due_minor, invoice.amount_due_minor - invoice.net_due_minor


def moved(
    position: ReceivablesPosition, wrong: Sequence[ReceivableChange], right: Callable[[date], date]
) -> tuple[ReceivablesPosition, tuple[ReceivableChange, ...]]:
    """The changes that take others back and record them on the right days, and the position after them."""
    if not wrong:
        return position, ()
    first = position.sequence + 1
    taken_back = [it.taken_back(sequence) for sequence, it in enumerate(wrong, start=first)]
    days = ((it, right(it.booked_on), right(it.work_day)) for it in wrong)
    again = [
        evolve(it, sequence=sequence, booked_on=day, work_day=other, counts_from=max(day, other))
        for sequence, (it, day, other) in enumerate(days, start=first + len(wrong))
    ]
    return ReceivablesPosition(again[-1].sequence, again[-1].booked_on), (*taken_back, *again)
