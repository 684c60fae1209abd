"""What do a client's figures rest on?"""

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.vocabulary import EntryKind


@frozen
class KindTotal:
    """How many entries of one kind a ledger has, and what they come to in minor units."""

    kind: EntryKind
    count: int
    minor: int


@frozen(kw_only=True)
class ExplanationData:
    """What a client's figures rest on: their entries by kind, in the order of the kinds' names; the latest payment that
    was deposited; the latest entry that brought the balance from above a level to it or below; and the numbered
    invoices that deposit, are not void, and have something left to pay, as they were made."""

    totals: tuple[KindTotal, ...]
    deposit: LedgerEntry | None
    crossing: LedgerEntry | None
    asked: tuple[InvoiceRow, ...]
