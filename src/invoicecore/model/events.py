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
    """A refill invoice was made, by the library or by hand."""

    client_id: ClientId
    invoice_id: InvoiceId
    total: Money


@frozen
class RefillDue:
    """A void, a write-off or a change of a draft left a refill due. No command requests it by itself: see
    `accounts.sweep_refills`."""

    client_id: ClientId


@frozen
class WorkStopped:
    """A command brought the balance to the allowed balance: new work is refused."""

    client_id: ClientId
    balance: Money
    allowed_balance: Money


@frozen
class CoverLost:
    """A void, a revert or an adjustment took away cover: the client owes `shortfall`, and no invoice asks for it.
    `invoice_ids` are the invoices that count on that cover, the latest first, up to that amount; they stay as they are.
    Ask for the shortfall with a manual invoice that deposits, or a refill; or void these invoices and generate them
    again."""

    client_id: ClientId
    shortfall: Money
    invoice_ids: tuple[InvoiceId, ...]


@frozen
class InvoiceEvent:
    """An event about an invoice; `number` is its number."""

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
    """Money that had come in went back."""

    client_id: ClientId
    payment_id: PaymentId
    amount: Money


@frozen
class CreditApplied:
    """Credit paid for an invoice."""

    client_id: ClientId
    invoice_id: InvoiceId
    amount: Money


@frozen(weakref_slot=False)
class Change:
    """One thing that a command changed: its kind, its id, and its version before and after. A version of 0 means that
    the thing was not there: `before` for a new one, `after` for a removed one."""

    kind: str
    id: str
    before: int
    after: int


unchecked_change: Final = unchecked(Change)


@frozen
class Changed:
    """A command at a desk changed something: who did what, and which things it added, changed or removed. Only firms
    that follow all events get it."""

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
    """An event of a firm that waits to be delivered. The id stays the same however often the message is delivered, so a
    receiver can recognize a repeat."""

    id: str
    at: datetime
    event: Event
    firm_id: FirmId


unchecked_message: Final = unchecked(Message)
