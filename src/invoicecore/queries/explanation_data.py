"""The stored data for the explanation of a client's figures."""

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.queries.invoices import InvoiceRow
from invoicecore.vocabulary import EntryKind


@frozen
class KindTotal:
    """The number of entries of one kind in a ledger, and their sum in minor units."""

    kind: EntryKind
    count: int
    minor: int


@frozen(kw_only=True)
class ExplanationData:
    """The stored facts behind a client's figures: the totals of their entries by kind, in the order of the kinds'
    names; the latest payment that was deposited; the latest entry that brought the balance from above the allowed
    balance down to it or below; and the numbered invoices that deposit, are not void, and have something left to pay,
    in the order of creation."""

    totals: tuple[KindTotal, ...]
    deposit: LedgerEntry | None
    crossing: LedgerEntry | None
    asked: tuple[InvoiceRow, ...]
