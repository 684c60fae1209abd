"""Payments outside the balance, of invoices that do not deposit.

They have no ledger entry. The total received and returned of each payment is known; its ledger entries are subtracted,
and the rest did not reach the balance.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from invoicecore.ledger.statement import StatementRow
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import EntryKind


class UndepositedPayments:
    """A client's payments, less what ledger entries record of them."""

    def __init__(self, payments: Iterable[Payment]) -> None:
        self._payments = {payment.id: payment for payment in payments}
        self._received = Counter[str]()
        self._reversed = Counter[str]()
        self._latest: dict[str, date] = {}

    def subtract(self, day: date, moved: StatementRow) -> None:
        """Take an entry of that day into account."""
        if moved.cause not in self._payments:
            return
        self._latest[moved.cause] = day
        if moved.kind is EntryKind.PAYMENT:
            self._received[moved.cause] += moved.amount.minor
        elif moved.kind is EntryKind.PAYMENT_REVERSED:
            self._reversed[moved.cause] -= moved.amount.minor

    def remaining(self) -> Iterator[tuple[date, Payment, Money]]:
        """The day, the payment and the amount of what no entry records; below zero for money that went back. The day of
        a reversal is not stored, so it takes the latest day that is known of the payment."""
        for payment in self._payments.values():
            received = payment.minor - self._received[payment.id]
            went_back = payment.reversed_minor - self._reversed[payment.id]
            if received:
                yield payment.received_on, payment, Money(minor=received, currency=payment.currency)
            if went_back > 0:  # below zero if more was reversed while this was read
                day = max(payment.received_on, self._latest.get(payment.id, date.min))
                yield day, payment, Money(minor=-went_back, currency=payment.currency)
