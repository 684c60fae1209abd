"""The calls for payments, credit and reversals."""

from datetime import date

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import Executor, keyed
from invoicecore.desk.finish import settle
from invoicecore.errors import NotFound
from invoicecore.ports.store import CREDIT_OF_CLIENT, PAYMENTS_OF_CLIENT
from invoicecore.settlement.account import Account
from invoicecore.settlement.credit import apply_credit
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.pay import pay, reverse
from invoicecore.settlement.payment import Payment, Receipt
from invoicecore.values import inputs
from invoicecore.values.ids import PaymentId
from invoicecore.values.money import Money, positive
from invoicecore.vocabulary import Action, Overpayment


class Payments:
    """Money that came in from clients."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def record(
        self,
        invoice_id: str,
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
        refused with AmountTooLarge, which names the rest, unless `overpayment` says that the excess is the client's
        credit."""
        inputs.optional(amount, lambda it: positive("The amount of a payment", it))
        inputs.instance("overpayment", overpayment, Overpayment)
        if received_on is not None:
            inputs.day("received_on", received_on)
        method, reference = inputs.text("method", method), inputs.text("reference", reference)

        def command(context: CommandContext) -> Receipt:
            invoice, before = context.invoice_for(Action.RECORD_PAYMENT, invoice_id)
            decision = pay(
                before,
                invoice,
                PaymentId(context.ids()),
                amount,
                context.stamp,
                overpayment=overpayment,
                received_on=received_on,
                method=method,
                reference=reference,
            )
            return _receipt(context, before, decision)

        request = keyed(
            idempotency_key,
            self.record,
            invoice_id=invoice_id,
            amount=amount,
            method=method,
            reference=reference,
            received_on=received_on,
            overpayment=overpayment,
        )
        return self._executor.write(Action.RECORD_PAYMENT, command, request)

    def apply_credit(
        self, invoice_id: str, amount: Money | None = None, *, idempotency_key: str | None = None
    ) -> Receipt:
        """Pay an invoice with the client's unapplied credit, the oldest first; None is as much as there is and fits."""
        inputs.optional(amount, lambda it: positive("The amount of credit", it))

        def command(context: CommandContext) -> Receipt:
            invoice, before = context.invoice_for(Action.APPLY_CREDIT, invoice_id)
            credits = context.uow.find(CREDIT_OF_CLIENT, invoice.client_id)
            decision = apply_credit(before, invoice, credits, amount, context.stamp)
            return _receipt(context, before, decision)

        request = keyed(idempotency_key, self.apply_credit, invoice_id=invoice_id, amount=amount)
        return self._executor.write(Action.APPLY_CREDIT, command, request)

    def reverse(
        self, payment_id: str, *, note: str, amount: Money | None = None, idempotency_key: str | None = None
    ) -> Payment:
        """Take back a mistyped payment of invoices that are not paid yet, or credit that was returned to the client.

        None is all that can be taken back; of an `amount`, the unapplied part goes first. What paid an invoice in full
        is taken back by voiding that invoice.
        """
        why = inputs.reason("The note of a reversal", note)
        inputs.optional(amount, lambda it: positive("The amount taken back", it))

        def command(context: CommandContext) -> Payment:
            received = context.payment(payment_id)
            context.permit(Action.REVERSE_PAYMENT)
            context.reason = why
            before = context.account(received.client_id)
            invoices = {part.invoice_id: context.invoice(part.invoice_id) for part in received.applied}
            decision = reverse(before, received, invoices, amount, why, context.stamp)
            settle(context, before, decision)
            return decision.payments[0]

        request = keyed(idempotency_key, self.reverse, payment_id=payment_id, note=why, amount=amount)
        return self._executor.write(Action.REVERSE_PAYMENT, command, request)

    def get(self, payment_id: str) -> Payment:
        """A payment that one may see, with what it was applied to."""
        return self._executor.read(lambda context: context.payment(payment_id))

    def of(self, client_id: str) -> tuple[Payment, ...]:
        """A client's payments in the order in which they were recorded, each with what it was applied to."""

        def query(context: CommandContext) -> tuple[Payment, ...]:
            id = context.client(client_id).id
            context.permit(Action.VIEW_PAYMENTS)
            if not visibility.sees_account(context.actor, id):
                raise NotFound("account of client", client_id)
            return tuple(context.uow.find(PAYMENTS_OF_CLIENT, id))

        return self._executor.read(query)


def _receipt(context: CommandContext, before: Account, decision: Decision) -> Receipt:
    """Store a decision about the payment of an invoice, and say what came of it."""
    after = settle(context, before, decision)
    return Receipt(decision.payments, decision.invoices[0], Money(after.credit_minor, after.currency))
