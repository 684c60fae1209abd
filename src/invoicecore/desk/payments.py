"""The calls for payments, credit and reversals."""

from datetime import date, timedelta
from functools import partial

from attrs import converters

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext
from invoicecore.desk.finish import settle
from invoicecore.desk.subject import Subject, command, query
from invoicecore.errors import DuplicatePayment, NotFound
from invoicecore.ports.store import CREDIT_OF_CLIENT, PAYMENTS_BY_DAY, PAYMENTS_OF_CLIENT
from invoicecore.settlement.account import Account
from invoicecore.settlement.credit import apply_credit
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.pay import pay, reverse
from invoicecore.settlement.payment import Payment, Receipt
from invoicecore.values import inputs
from invoicecore.values.ids import PaymentId
from invoicecore.values.money import Money, positive
from invoicecore.values.stamp import YEAR
from invoicecore.vocabulary import Action, Overpayment


class Payments(Subject):
    """Money that came in from clients."""

    @command(
        Action.RECORD_PAYMENT,
        amount=converters.optional(partial(positive, "The amount of a payment")),
        overpayment=lambda it: inputs.instance("overpayment", it, Overpayment),
        received_on=converters.optional(partial(inputs.plausible_day, "received_on")),
        method=partial(inputs.text, "method"),
        reference=partial(inputs.text, "reference"),
        duplicate=partial(inputs.yes_or_no, "duplicate"),
    )
    def record(
        self,
        context: CommandContext,
        invoice_id: str,
        amount: Money | None = None,
        *,
        method: str = "",
        reference: str = "",
        received_on: date | None = None,
        overpayment: Overpayment = Overpayment.REFUSE,
        duplicate: bool = False,
        idempotency_key: str | None = None,
    ) -> Receipt:
        """Record a payment of an invoice: so much as came in, with tax; without an amount, all that is left. A part
        payment makes a generated invoice due; the last one makes it paid.

        `reference` is the transaction id, `received_on` the day on which the money came in (None: today). More than the
        rest is refused with AmountTooLarge, which names the rest, unless `overpayment` says that the excess becomes the
        client's credit. A second payment of a client with the same reference, amount and day is DuplicatePayment,
        unless `duplicate=True` says that it is meant; a payment that was taken back does not count. InvalidState for a
        day more than a year ahead.
        """
        invoice, before = context.invoice_for(Action.RECORD_PAYMENT, invoice_id)
        if received_on is not None:
            context.stamp.check_not_ahead("A receipt", received_on, "received_on", YEAR)
        if reference and not duplicate:
            _check_new(context, before, amount or invoice.amount_due, reference, received_on or context.stamp.today)
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

    @command(Action.APPLY_CREDIT, amount=converters.optional(partial(positive, "The amount of credit")))
    def apply_credit(
        self,
        context: CommandContext,
        invoice_id: str,
        amount: Money | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> Receipt:
        """Pay an invoice with the client's credit, the oldest first; without an amount, with as much as there is and
        fits. AmountTooLarge for more than that."""
        invoice, before = context.invoice_for(Action.APPLY_CREDIT, invoice_id)
        credits = context.uow.find(CREDIT_OF_CLIENT, invoice.client_id)
        return _receipt(context, before, apply_credit(before, invoice, credits, amount, context.stamp))

    @command(
        Action.REVERSE_PAYMENT,
        note=partial(inputs.reason, "The note of a reversal"),
        amount=converters.optional(partial(positive, "The amount taken back")),
    )
    def reverse(
        self,
        context: CommandContext,
        payment_id: str,
        *,
        note: str,
        amount: Money | None = None,
        idempotency_key: str | None = None,
    ) -> Payment:
        """Take back a payment that was mistyped or bounced, or credit that was returned to the client.

        Without an amount, all that can be taken back is. Of an `amount`, the unapplied part goes first, then the parts
        that pay invoices, the one that was applied last before the others. AmountTooLarge for more than can be taken
        back, InvalidState if all of it was. An invoice that was paid is due again, with the same number.
        """
        received = context.payment(payment_id)
        context.permit(Action.REVERSE_PAYMENT)
        context.reason = note
        before = context.account(received.client_id)
        invoices = {part.invoice_id: context.invoice(part.invoice_id) for part in received.applied}
        decision = reverse(before, received, invoices, amount, note, context.stamp)
        settle(context, before, decision)
        return decision.payments[0]

    def get(self, payment_id: str) -> Payment:
        """A payment that the caller may see, with what it was applied to."""
        return self._executor.read(lambda context: context.payment(payment_id))

    @query
    def of(self, context: CommandContext, client_id: str) -> tuple[Payment, ...]:
        """A client's payments in the order in which they were recorded, each with what it was applied to."""
        id = context.client(client_id).id
        context.permit(Action.VIEW_PAYMENTS)
        if not visibility.sees_account(context.actor, id):
            raise NotFound("account of client", client_id)
        return tuple(context.uow.find(PAYMENTS_OF_CLIENT, id))


def _check_new(context: CommandContext, account: Account, amount: Money, reference: str, day: date) -> None:
    """DuplicatePayment if the client made this payment before, and it was not all taken back. References are compared
    as people read them."""
    known = inputs.as_read(reference).casefold()
    for other in context.uow.find(PAYMENTS_BY_DAY, after=(day,), before=(day + timedelta(days=1),)):
        is_same = (other.client_id, other.amount) == (account.client_id, amount)
        if is_same and inputs.as_read(other.reference).casefold() == known and other.reversed_minor < other.minor:
            raise DuplicatePayment(other.id, f"A payment of {amount} on {day} with the reference {reference!r}")


def _receipt(context: CommandContext, before: Account, decision: Decision) -> Receipt:
    """Store a decision about the payment of an invoice, and say what came of it."""
    after = settle(context, before, decision)
    return Receipt(decision.payments, decision.invoices[0], Money(minor=after.credit_minor, currency=after.currency))
