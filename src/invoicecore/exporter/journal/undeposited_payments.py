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
        self._invoices: dict[str, str] = {}  # for which a payment came in

    def subtract(self, moved: StatementRow) -> None:
        """Take an entry into account."""
        if moved.cause not in self._payments:
            return
        if moved.kind is EntryKind.PAYMENT:
            self._invoices.setdefault(moved.cause, moved.invoice_id or "")
            self._received[moved.cause] += moved.amount.minor
        elif moved.kind is EntryKind.PAYMENT_REVERSED:
            self._reversed[moved.cause] -= moved.amount.minor

    def invoice_of(self, payment: Payment) -> str | None:
        """The invoice for which a payment came in, if it is known."""
        first = payment.applied[0].invoice_id if payment.applied else None
        return self._invoices.get(payment.id) or first

    def remaining(self) -> Iterator[tuple[date, Payment, Money]]:
        """The day, the payment and the amount of what no entry records; below zero for money that went back."""
        for payment in self._payments.values():
            received = payment.minor - self._received[payment.id]
            went_back = payment.reversed_minor - self._reversed[payment.id]
            if received:
                yield payment.received_on, payment, Money(minor=received, currency=payment.currency)
            if went_back > 0 and payment.reversed_on is not None:  # below zero if more was reversed meanwhile
                yield payment.reversed_on, payment, Money(minor=-went_back, currency=payment.currency)
