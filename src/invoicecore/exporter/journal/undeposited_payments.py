"""Payments outside the balance, of invoices that do not deposit.

They have no ledger entry. All that was received and went back is known day by day; the ledger entries are subtracted,
and the rest did not reach the balance.
"""

from collections.abc import Iterator
from datetime import date

from attrs import define

from invoicecore.ledger.statement import StatementRow
from invoicecore.queries.dues import DueEvent, Dues
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import DueKind, EntryKind, LedgerDay

_KINDS = {EntryKind.PAYMENT: DueKind.PAYMENT, EntryKind.PAYMENT_REVERSED: DueKind.REFUND}


@define
class _Rest:
    """What no entry records of an event, above zero for money that came in."""

    event: DueEvent
    payment: Payment
    minor: int


class UndepositedPayments:
    """What a client paid and got back, less what ledger entries record of it."""

    def __init__(self, dues: Dues) -> None:
        self._by = dues.by
        self._rests: dict[tuple[str, DueKind], list[_Rest]] = {}
        for event in dues.events:
            if (payment := event.payment) is not None:
                rest = _Rest(event, payment, -event.minor)
                self._rests.setdefault((payment.id, event.kind), []).append(rest)

    def subtract(self, moved: StatementRow) -> None:
        """Take an entry into account: on its booking day, if anything happened on that."""
        kind = _KINDS.get(moved.kind)
        rests = [] if kind is None else self._rests.get((moved.cause, kind), [])
        if rests:
            same_day = (it for it in rests if self._booked_on(it.event) == moved.booked_on)
            next(same_day, rests[0]).minor -= moved.amount.minor

    def _booked_on(self, event: DueEvent) -> date:
        return event.day if self._by is LedgerDay.BOOKED else event.other_day or event.day

    def remaining(self) -> Iterator[tuple[DueEvent, Payment, Money]]:
        """What no entry records, with the event that it is of; below zero for money that went back."""
        for rest in (it for rests in self._rests.values() for it in rests):
            is_open = rest.minor > 0 if rest.event.kind is DueKind.PAYMENT else rest.minor < 0
            if is_open:  # it is the opposite if more was recorded meanwhile
                yield rest.event, rest.payment, Money(minor=rest.minor, currency=rest.payment.currency)
