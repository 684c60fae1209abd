"""What came in, for what, and what is taken back?"""

from datetime import date

from invoicecore.desk import visibility
from invoicecore.desk.context import Unit
from invoicecore.desk.executor import Office
from invoicecore.desk.finish import settle
from invoicecore.errors import NotFound
from invoicecore.ports.store import CREDIT_OF_CLIENT, PAYMENTS_OF_CLIENT
from invoicecore.settlement.credit import apply_credit
from invoicecore.settlement.pay import pay, reverse
from invoicecore.settlement.payment import Payment, Receipt
from invoicecore.values import inputs
from invoicecore.values.ids import PaymentId
from invoicecore.values.money import Money, positive
from invoicecore.vocabulary import Act, Overpayment


class Payments:
    """Money that came in from clients."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def record(
        self,
        invoice: str,
        amount: Money | None = None,
        *,
        method: str = "",
        reference: str = "",
        received_on: date | None = None,
        overpayment: Overpayment = Overpayment.REFUSE,
        idempotency_key: str | None = None,
    ) -> Receipt:
        """Record a payment of an invoice; None is all that is left. A part makes a generated invoice due, all of it
        makes it paid.

        `reference` is the transaction id, `received_on` the day of the receipt (None: today). More than the rest is
        refused with Overpaid, which names the rest, unless `overpayment` says that the excess is the client's credit.
        """
        inputs.optional(amount, lambda it: positive("The amount of a payment", it))
        inputs.instance("overpayment", overpayment, Overpayment)
        if received_on is not None:
            inputs.day("received_on", received_on)
        method, reference = inputs.text("method", method), inputs.text("reference", reference)

        def command(unit: Unit) -> Receipt:
            bill = unit.invoice(invoice)
            unit.permit(Act.RECORD_PAYMENT)
            before = unit.account(bill.client_id)
            decision = pay(
                before,
                bill,
                PaymentId(unit.ids()),
                amount,
                unit.stamp,
                overpayment=overpayment,
                received_on=received_on,
                method=method,
                reference=reference,
            )
            after = settle(unit, before, decision)
            return Receipt(decision.payments, decision.invoices[0], Money(after.credit_minor, after.currency))

        request = (invoice, amount, method, reference, received_on, overpayment)
        return self._office.write(Act.RECORD_PAYMENT, command, key=idempotency_key, request=request)

    def apply_credit(self, invoice: str, amount: Money | None = None, *, idempotency_key: str | None = None) -> Receipt:
        """Pay an invoice with the client's unapplied credit, the oldest first; None is as much as there is and fits."""
        inputs.optional(amount, lambda it: positive("The amount of credit", it))

        def command(unit: Unit) -> Receipt:
            bill = unit.invoice(invoice)
            unit.permit(Act.APPLY_CREDIT)
            before = unit.account(bill.client_id)
            credits = unit.uow.find(CREDIT_OF_CLIENT, bill.client_id)
            decision = apply_credit(before, bill, credits, amount, unit.stamp)
            after = settle(unit, before, decision)
            return Receipt(decision.payments, decision.invoices[0], Money(after.credit_minor, after.currency))

        return self._office.write(Act.APPLY_CREDIT, command, key=idempotency_key, request=(invoice, amount))

    def reverse(
        self, payment: str, *, note: str, amount: Money | None = None, idempotency_key: str | None = None
    ) -> Payment:
        """Take back a mistyped payment of invoices that are not paid yet, or credit that was returned to the client.

        None is all that can be taken back; of an `amount`, the unapplied part goes first. What paid an invoice in full
        is taken back by voiding that invoice.
        """
        why = inputs.reason("The note of a reversal", note)
        inputs.optional(amount, lambda it: positive("The amount taken back", it))

        def command(unit: Unit) -> Payment:
            received = unit.payment(payment)
            unit.permit(Act.REVERSE_PAYMENT)
            unit.reason = why
            before = unit.account(received.client_id)
            invoices = {part.invoice_id: unit.invoice(part.invoice_id) for part in received.applied}
            decision = reverse(before, received, invoices, amount, why, unit.stamp)
            settle(unit, before, decision)
            return decision.payments[0]

        return self._office.write(Act.REVERSE_PAYMENT, command, key=idempotency_key, request=(payment, why, amount))

    def get(self, payment: str) -> Payment:
        """A payment that one may see, with what it was applied to."""
        return self._office.read(lambda unit: unit.payment(payment))

    def of(self, client: str) -> tuple[Payment, ...]:
        """A client's payments in the order in which they were recorded, each with what it was applied to."""

        def query(unit: Unit) -> tuple[Payment, ...]:
            id = unit.client(client).id
            unit.permit(Act.VIEW_PAYMENTS)
            if not visibility.sees_account(unit.actor, id):
                raise NotFound("account of client", client)
            return tuple(unit.uow.find(PAYMENTS_OF_CLIENT, id))

        return self._office.read(query)
