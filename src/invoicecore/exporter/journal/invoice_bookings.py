"""Invoices, payments, voids and write-offs as transactions, beside the money that clients have paid ahead.

What an invoice asks for is a receivable until it is paid. What was paid ahead, or asked for ahead by a refill or a
manual invoice that deposits, is a liability; a time invoice draws from it what it does not ask for.
"""

from datetime import date

from invoicecore.exporter.journal.bookings import ClientBookings, tags
from invoicecore.exporter.journal.format import Posting, Transaction
from invoicecore.queries.dues import DueEvent, DueInvoice
from invoicecore.settlement.payment import Payment
from invoicecore.values.money import Money
from invoicecore.vocabulary import DueKind, EntryKind

ON_THE_BALANCE = frozenset({EntryKind.ADJUSTMENT, EntryKind.WRITE_OFF, EntryKind.WRITE_OFF_REVERSED})
"""The kinds of movements that no invoice and no payment tells of."""


class InvoiceBookings:
    """Turns what a client was invoiced and paid into transactions."""

    def __init__(self, bookings: ClientBookings) -> None:
        self._of = bookings
        self.payee: str = bookings.client.name

    def receivable(self, currency: str, day: date) -> str:
        """The account of what the client owes on invoices, less credit."""
        name = f"Assets:Receivable:{self._of.part}"
        facts = {"client": self._of.client.name, "client_id": self._of.client.id}
        return self._of.chart.open(name, currency, day, is_asserted=True, **facts)

    def transaction(self, event: DueEvent, currency: str) -> Transaction:
        """The transaction for an invoice, a payment, or what ended one of them."""
        if event.invoice is not None:
            return self._invoice(event, event.invoice, currency)
        assert event.payment is not None  # an event has one of both
        return self._payment(event, event.payment, currency)

    def _invoice(self, event: DueEvent, row: DueInvoice, currency: str) -> Transaction:
        day, prepaid = event.day, event.prepaid_minor
        rest = prepaid - event.minor  # of income, or of lost debts
        parts = [(self.receivable(currency, day), event.minor), (self._of.client_account(currency, day), -prepaid)]
        is_lost = event.kind is DueKind.WRITE_OFF
        if not is_lost and event.tax_minor:
            taxes = self._of.shares.of_all(row.id, event.tax_minor)
            parts += [(self._of.tax(code, currency, day), -minor) for code, minor in taxes]
            rest += sum(minor for _, minor in taxes)
        if rest:
            other = self._of.bad_debts(currency, day) if is_lost else self._of.invoiced(currency, day)
            parts.append((other, rest))
        return Transaction(
            day=day,
            code="-",
            payee=self._of.client.name,
            title=f"{_TITLES[event.kind]} {row.number}",
            tags=tags(("kind", row.kind), ("cause", row.id), ("invoice", row.number)),
            postings=tuple(Posting(name, Money(minor=minor, currency=currency)) for name, minor in parts if minor),
            other_day=event.other_day,
        )

    def _payment(self, event: DueEvent, payment: Payment, currency: str) -> Transaction:
        amount, day = Money(minor=event.minor, currency=currency), event.day
        return Transaction(
            day=day,
            code="-",
            payee=self._of.client.name,
            title=_TITLES[event.kind],
            tags=tags(
                ("work-day", payment.received_on.isoformat()),
                ("cause", payment.id),
                ("method", payment.method),
                ("reference", payment.reference),
            ),
            postings=(
                Posting(self._of.received(payment.method, currency, day), -amount),
                Posting(self.receivable(currency, day), amount),
            ),
            other_day=event.other_day,
        )


_TITLES = {
    DueKind.INVOICE: "Invoice",
    DueKind.PAYMENT: "Payment",
    DueKind.REFUND: "Payment taken back",
    DueKind.VOID: "Void",
    DueKind.REVERT: "Invoice taken back",
    DueKind.WRITE_OFF: "Write-off",
}
