"""The events that a notifier receives.

An event is written in the same unit of work as the change that it reports, and delivered after the commit.
"""

from datetime import date, datetime
from typing import Final

from attrs import frozen

from invoicecore.values.ids import ClientId, FirmId, InvoiceId, PaymentId, PersonId
from invoicecore.values.money import Money
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import Action


@frozen
class RefillRequested:
    """A refill invoice was made, by itself or by hand."""

    client_id: ClientId
    invoice_id: InvoiceId
    total: Money


@frozen
class RefillDue:
    """A void, a write-off or a change of a draft left a refill due, which no command asks for by itself: see
    `accounts.sweep_refills`."""

    client_id: ClientId


@frozen
class WorkStopped:
    """A commit brought the balance to the allowed balance: no more chargeable work is accepted."""

    client_id: ClientId
    balance: Money
    allowed_balance: Money


@frozen
class CoverLost:
    """A void, a revert or an adjustment took away what had covered work: the client owes `shortfall`, and nothing asks
    for it. `invoice_ids` are the invoices that count on that cover, the latest first, up to that amount; they stay as
    they are. A manual invoice that deposits or a refill asks for it, or they are voided and generated again."""

    client_id: ClientId
    shortfall: Money
    invoice_ids: tuple[InvoiceId, ...]


@frozen
class InvoiceEvent:
    """An event about an invoice; `number` is what people call it."""

    client_id: ClientId
    invoice_id: InvoiceId
    number: str


@frozen
class InvoiceGenerated(InvoiceEvent):
    """An invoice was finished and has a number."""

    total: Money
    due_on: date


@frozen
class InvoiceReverted(InvoiceEvent):
    """A generated invoice went back to draft."""


@frozen
class InvoiceDue(InvoiceEvent):
    """An invoice was sent, or awaits payment."""

    amount_due: Money


@frozen
class InvoiceOverdue(InvoiceEvent):
    """An invoice is past its due date with something left to pay."""

    amount_due: Money


@frozen
class InvoiceUncollectible(InvoiceEvent):
    """An invoice was written off."""

    amount_due: Money


@frozen
class InvoicePaid(InvoiceEvent):
    """Nothing is left to pay on an invoice."""

    total: Money


@frozen
class InvoiceVoided(InvoiceEvent):
    """An invoice was cancelled. The reason is for Managers and is not part of the event."""


@frozen
class PaymentRecorded:
    """Money came in."""

    client_id: ClientId
    payment_id: PaymentId
    invoice_id: InvoiceId
    amount: Money


@frozen
class PaymentReversed:
    """Money that had come in was taken back."""

    client_id: ClientId
    payment_id: PaymentId
    amount: Money


@frozen
class CreditApplied:
    """Unapplied credit paid for an invoice."""

    client_id: ClientId
    invoice_id: InvoiceId
    amount: Money


@frozen(weakref_slot=False)
class Change:
    """One thing that a command changed: of which kind, which one, and its version before and after. Version 0 is
    before it was made; an `after` of 0 says that it is gone."""

    kind: str
    id: str
    before: int
    after: int


unchecked_change: Final = unchecked(Change)


@frozen
class Changed:
    """A command at a desk changed something: who did what, and which things it made, changed or removed. It comes only
    for firms that follow all events."""

    action: Action
    by: PersonId
    changes: tuple[Change, ...]


Event = (
    RefillRequested
    | RefillDue
    | WorkStopped
    | CoverLost
    | InvoiceGenerated
    | InvoiceReverted
    | InvoiceDue
    | InvoiceOverdue
    | InvoiceUncollectible
    | InvoicePaid
    | InvoiceVoided
    | PaymentRecorded
    | PaymentReversed
    | CreditApplied
    | Changed
)


@frozen
class Message:
    """An event of a firm on its way out. The id stays the same however often the message is handed over, so a receiver
    can tell a repeat."""

    id: str
    at: datetime
    event: Event
    firm_id: FirmId


unchecked_message: Final = unchecked(Message)
