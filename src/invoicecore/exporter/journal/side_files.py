"""Which money came in that never touched the balance?

What pays an invoice that does not deposit moves no balance, so no entry of the ledger tells of it. But it is known of
each payment how much came in and went back in all, and the entries tell how much of that they have told already.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from invoicecore.ledger.statement import StatementRow
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import EntryKind


class Beside:
    """A client's payments, less what the entries that go by tell of them."""

    def __init__(self, payments: Iterable[Payment]) -> None:
        self._payments = {payment.id: payment for payment in payments}
        self._came = Counter[str]()
        self._went = Counter[str]()
        self._latest: dict[str, date] = {}

    def take(self, day: date, moved: StatementRow) -> None:
        """Let an entry go by, which stands on that day."""
        if moved.cause not in self._payments:
            return
        self._latest[moved.cause] = day
        if moved.kind is EntryKind.PAYMENT:
            self._came[moved.cause] += moved.amount.minor
        elif moved.kind is EntryKind.PAYMENT_REVERSED:
            self._went[moved.cause] -= moved.amount.minor

    def left(self) -> Iterator[tuple[date, Payment, Money]]:
        """What no entry told: on which day, of which payment, and how much; below zero what went back. When it went
        back is not kept: it stands on the latest day on which anything is known of the payment."""
        for payment in self._payments.values():
            came = payment.minor - self._came[payment.id]
            went = payment.reversed_minor - self._went[payment.id]
            if came:
                yield payment.received_on, payment, Money(came, payment.currency)
            if went > 0:  # below zero where more was taken back while this was read
                day = max(payment.received_on, self._latest.get(payment.id, date.min))
                yield day, payment, Money(-went, payment.currency)
