"""The entries of a client's ledger: each movement of the balance with its amount and cause.

An entry is written once and never changed. A mistake is corrected by further entries.
"""

from datetime import date, datetime, timedelta
from typing import Final

from attrs import frozen

from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId
from invoicecore.values.money import Rate
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import EntryKind


@frozen(weakref_slot=False)
class BookedWork:
    """The work that an entry charged or gave back, as it was when the entry was booked."""

    project_id: ProjectId
    person_id: PersonId
    duration: timedelta
    rate: Rate
    note: str


unchecked_booked_work: Final = unchecked(BookedWork)


@frozen(weakref_slot=False)
class LedgerEntry:
    """One movement of one client's balance.

    `sequence` counts a client's entries from 1 without gaps. `minor` is the movement and `balance_minor` the balance
    after it, both in minor units of the client's currency. `cause` is the id of what made the entry: the
    session for work, the payment for money, an id of its own for an adjustment. `work` is there for work alone, and
    stays as it is when the session is edited.

    Where a wrong clock booked entries on wrong days, each is taken back on that day by an entry with the opposite
    amount, and booked again on the right day. `takes_back` and `books_again` are the numbers of the entries that are;
    see `ledger.rebooking`.
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
    work: BookedWork | None = None
    takes_back: int | None = None
    books_again: int | None = None

    def __repr__(self) -> str:
        return (
            f"<LedgerEntry {self.sequence}: {self.kind} of {self.work_day}, {self.minor}, leaves {self.balance_minor}>"
        )

    @property
    def is_rebooking(self) -> bool:
        """Whether the entry corrects a booking day, and nothing else."""
        return self.takes_back is not None or self.books_again is not None


unchecked_entry: Final = unchecked(LedgerEntry)
