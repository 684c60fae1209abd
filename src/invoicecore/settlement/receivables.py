"""The record of what clients owe on invoices: each change of it with its days, so that a past day stays as it was."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from attrs import evolve, frozen

from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.ids import ClientId, InvoiceId
from invoicecore.values.stamp import CommandStamp
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import UNPAID


@frozen
class ReceivableChange:
    """So much more is owed on an invoice (less, if negative), in minor units of its currency.

    `sequence` counts a client's changes from 1 without gaps. `booked_on` is the firm's day of the booking;
    `counts_from` is the same day, or of money the day of its receipt if that is later. `due_on` is the due date of the
    amount. `takes_back` is the number of the change that is taken back, because a wrong clock booked it."""

    client_id: ClientId
    sequence: int
    invoice_id: InvoiceId
    currency: str
    minor: int
    due_on: date
    booked_on: date
    counts_from: date
    takes_back: int | None = None


_unchecked_change: Final = unchecked(ReceivableChange)


@frozen
class ReceivablesPosition:
    """Where the record of a client stands: the number and the booking day of its last change."""

    sequence: int = 0
    booked_on: date = date.min


def owed_minor(invoice: Invoice | None) -> int:
    """What is left to pay on an invoice that was issued and that nobody has given up, in minor units."""
    return invoice.amount_due_minor if invoice is not None and invoice.status in UNPAID else 0


def changes(
    position: ReceivablesPosition,
    before: Invoice | None,
    after: Invoice,
    applied: Sequence[tuple[date, int]],
    stamp: CommandStamp,
) -> tuple[ReceivablesPosition, tuple[ReceivableChange, ...]]:
    """The changes by a command that led from one state of an invoice to another, and the position after them.

    `applied` is the money that the command applied to the invoice (took from it, if negative), with the day of receipt.
    A payment of which the day of receipt is still to come lowers what is owed from that day on."""
    more = owed_minor(after) - owed_minor(before)
    if not more and not applied:
        return position, ()
    booked_on = max(stamp.today, position.booked_on)  # if the clock stepped back, that day has begun already
    by_day = Counter({booked_on: more})
    for received_on, minor in applied:
        by_day[booked_on] += minor
        by_day[max(booked_on, received_on)] -= minor
    due_on = after.due_on or (before.due_on if before is not None else None)
    made, sequence = [], position.sequence
    for counts_from, minor in sorted(by_day.items()):
        if minor and due_on is not None:
            sequence += 1
            made.append(
                _unchecked_change(
                    after.client_id, sequence, after.id, after.currency, minor, due_on, booked_on, counts_from
                )
            )
    return (ReceivablesPosition(sequence, booked_on) if made else position), tuple(made)


def moved(
    position: ReceivablesPosition, wrong: Sequence[ReceivableChange], later: timedelta
) -> tuple[ReceivablesPosition, tuple[ReceivableChange, ...]]:
    """The changes that take others back and record them so much later, and the position after them."""
    if not wrong:
        return position, ()
    taken_back = (evolve(it, minor=-it.minor, takes_back=it.sequence) for it in wrong)
    again = (evolve(it, booked_on=it.booked_on + later, counts_from=it.counts_from + later) for it in wrong)
    numbered = enumerate((*taken_back, *again), start=position.sequence + 1)
    made = tuple(evolve(change, sequence=sequence) for sequence, change in numbered)
    return ReceivablesPosition(made[-1].sequence, made[-1].booked_on), made
