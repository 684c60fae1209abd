"""When is a client's balance asserted?"""

from collections.abc import Iterator
from datetime import date

from attrs import define

from invoicecore.exporter.journal.assertion_schedule import AssertionSchedule
from invoicecore.ledger.statement import StatementRow
from invoicecore.values.money import Money
from invoicecore.vocabulary import EntryKind


@define
class Checkpoints:
    """The assertions that fall due while a client's entries go by: at the end of a period in which there were any, at
    the very end, and, where they `go_by_day` because a posting cannot assert anything, on each day of a payment."""

    closing: AssertionSchedule
    go_by_day: bool
    _day: date | None = None
    _balance: Money | None = None
    _paid: bool = False

    def until(self, day: date) -> Iterator[tuple[date, Money]]:
        """Those due before an entry of that day: at the end of which day, and what the balance is then."""
        if self._day is None or self._balance is None or day == self._day:
            return
        due = {self._day} if self._paid else set()
        if (end := self.closing.end(self._day)) < day:
            due.add(end)
        for end in sorted(due):
            yield end, self._balance

    def take(self, day: date, moved: StatementRow) -> None:
        """Let an entry of that day go by."""
        is_payment = self.go_by_day and moved.kind is EntryKind.PAYMENT
        self._paid = is_payment or (self._paid and day == self._day)
        self._day, self._balance = day, moved.balance

    def at_last(self) -> Iterator[tuple[date, Money]]:
        """The one at the very end, if there were entries."""
        if self._day is not None and self._balance is not None:
            yield self._day, self._balance
