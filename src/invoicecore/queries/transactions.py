"""What does the list of everything that moved a client's balance show?"""

from datetime import datetime, timedelta

from attrs import frozen

from invoicecore.ledger.statement import StatementRow
from invoicecore.queries.paging import Sort, SortKey
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.money import Rate


class TransactionSort(Sort):
    """In which order movements are listed."""

    BOOKED = "booked", "As they were booked.", datetime, int


@frozen(kw_only=True)
class EntrySource:
    """What a movement comes from, as it is now. Of work: who worked how long on what, at which rate, the note, and the
    invoice that holds it, by its number. Of money: how it came, and the invoice that it was for."""

    project: NamedRef | None = None
    person: NamedRef | None = None
    duration: timedelta | None = None
    rate: Rate | None = None
    note: str = ""
    method: str = ""
    reference: str = ""
    invoice: NamedRef | None = None


@frozen
class TransactionRow:
    """A movement with the balance that it left, what caused it, and who booked it."""

    movement: StatementRow
    cause: EntrySource
    by: NamedRef

    def sort_key(self, sort: TransactionSort) -> SortKey:
        """Where the row stands in that order."""
        return (self.movement.booked_at, self.movement.sequence)
