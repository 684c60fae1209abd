"""The laws of payments: their parts, the invoices that they pay, and the credit that is left."""

from collections import Counter
from collections.abc import Iterator

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenPayment, SeenState
from invoicecore.integrity.work import unequal_entries
from invoicecore.settlement.payment import Payment
from invoicecore.values.inputs import EARLIEST
from invoicecore.values.money import LARGEST_MINOR
from invoicecore.values.stamp import DAY, YEAR


class PaymentsCheck:
    """Every payment and, at the end, what the payments add up to for invoices and clients."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self.looks: Looks = {Payment: self._of_payment}

    def _of_payment(self, payment: Payment) -> Iterator[Finding]:
        for law, what in self._faults(payment):
            yield Finding(law, "Payment", payment.id, f"the payment {payment.id!r} {what}")

    def _faults(self, payment: Payment) -> Iterator[tuple[Law, str]]:
        seen = self._seen
        seen.credit[payment.client_id] += payment.unapplied_minor
        seen.payments[payment.id] = SeenPayment(payment.client_id, payment.minor - payment.reversed_minor)
        seen.pays[payment.id, None] = payment.unapplied_minor
        seen.pays.update({(payment.id, part.invoice_id): part.minor for part in payment.applied})
        seen.went_back[payment.id] = payment.reversed_minor
        parts = [part.minor for part in payment.applied]
        amounts = (payment.minor - 1, payment.unapplied_minor, payment.reversed_minor, *(part - 1 for part in parts))
        if min(amounts) < 0 or payment.minor >= LARGEST_MINOR:
            yield Law.PAYMENT_PARTS, "does not add up."
        if seen.currencies.get(payment.client_id) != payment.currency:
            yield Law.CURRENCY, "has no client of its currency."
        if payment.by not in seen.people:
            yield Law.REFERENCES, "was recorded by somebody who is not there."
        if not EARLIEST <= payment.received_on <= payment.recorded_at.date() + YEAR + DAY:  # in whichever zone
            yield Law.PLAUSIBLE, f"was received on {payment.received_on}, and recorded at {payment.recorded_at}."
        for part in payment.applied:
            invoice = seen.invoices.get(part.invoice_id)
            if invoice is None or invoice.client_id != payment.client_id or not invoice.is_live:
                yield Law.PAYMENT_PARTS, f"pays for {part.invoice_id!r}, which is no live invoice of its client."
            if invoice is not None:
                invoice.unpaid_parts -= part.minor
            if invoice is not None and not invoice.deposits:
                seen.payments[payment.id].rest -= part.minor

    def end(self) -> Iterator[Finding]:
        """Whether the entries of each payment, what invoices have been paid, and the credit of each client add up."""
        seen = self._seen
        moved = Counter[str]()
        for id, payment in seen.payments.items():
            if payment.client_id in seen.taxed:  # how much of each payment is tax depends on the others
                moved[payment.client_id] += payment.moved
            elif payment.rest:
                yield unequal_entries("Payment", id)
        for client_id in seen.taxed:
            wanted = seen.credit[client_id] + seen.deposited[client_id]
            if moved[client_id] != wanted:
                what = f"the payments of {client_id!r} moved {moved[client_id]}, but come to {wanted} without tax."
                yield Finding(Law.NET_BALANCE, "Account", client_id, what)
        for id, invoice in seen.invoices.items():
            if invoice.unpaid_parts:
                what = f"the invoice {id!r} is paid something else than its payments say."
                yield Finding(Law.INVOICE_PAID, "Invoice", id, what)
            if invoice.written_off:
                yield Finding(Law.INVOICE_WRITE_OFF, "Invoice", id, f"the write-off of {id!r} was not booked so.")
        for client_id, account in seen.accounts.items():
            if account.credit_minor != seen.credit.get(client_id, 0):
                what = f"the credit of {client_id!r} is not what is left of their payments."
                yield Finding(Law.ACCOUNT_CREDIT, "Account", client_id, what)
