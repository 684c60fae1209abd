"""The entries of a client's ledger: each movement of the balance with its amount and cause.

An entry is written once and never changed. A mistake is corrected by further entries.
"""

from datetime import date, datetime
from typing import Final

from attrs import frozen

from invoicecore.values.ids import ClientId, InvoiceId, PersonId
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import EntryKind


@frozen
class LedgerEntry:
    """One movement of one client's balance.

    `sequence` counts a client's entries from 1 without gaps. `minor` is the movement and `balance_minor` the balance
    after it, both in minor units of the client's currency. `cause` is the id of what made the entry: the
    session for work, the payment for money, an id of its own for an adjustment.
    """

    client_id: ClientId
    sequence: int
    kind: EntryKind
    minor: int
    balance_minor: int
    booked_at: datetime
    work_day: date
    cause: str
    by: PersonId
    invoice_id: InvoiceId | None = None
    note: str = ""


unchecked_entry: Final = unchecked(LedgerEntry)
