"""What was worked and not invoiced yet, and what was invoiced and not paid yet, and how late is that?"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import IntEnum

from attrs import frozen

from invoicecore.queries.paging import Page, Sort, SortKey
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.money import Money


class UnbilledSort(Sort):
    """In which order work that is not invoiced yet is listed."""

    CLIENT = "client", "By the names of client and project, letter for letter.", str, str, str, str


@frozen(kw_only=True)
class UnbilledRow:
    """What a time invoice of a project would take now: how many sessions, how long, and what they cost."""

    client: NamedRef
    project: NamedRef
    sessions: int
    time: timedelta
    amount: Money

    def sort_key(self, sort: UnbilledSort) -> SortKey:
        """Where the row stands in that order."""
        return (self.client.name, self.client.id, self.project.name, self.project.id)


class Age(IntEnum):
    """How late something is that is owed, in days since it was due; the value is the most days."""

    CURRENT = 0
    UP_TO_30 = 30
    UP_TO_60 = 60
    UP_TO_90 = 90
    OLDER = 10_000_000


def age(due_on: date, as_of: date) -> Age:
    """How late something due on a day is on another."""
    days = (as_of - due_on).days
    return next(age for age in Age if days <= age)


Aged = tuple[Money, Money, Money, Money, Money]
"""What is owed, an amount for each `Age` in its order."""


def aged(minors: Mapping[Age, int], currency: str) -> Aged:
    """The amounts for so many minor units of each age; an age that is not there is nothing."""
    current, up_to_30, up_to_60, up_to_90, older = (Money(minors.get(age, 0), currency) for age in Age)
    return current, up_to_30, up_to_60, up_to_90, older


class AgingSort(Sort):
    """In which order clients who owe something are listed."""

    CLIENT = "client", "By name, letter for letter.", str, str


@frozen
class AgingRow:
    """What a client owes by how late it is."""

    client: NamedRef
    amounts: Aged

    @property
    def total(self) -> Money:
        """All that they owe."""
        return Money.total(self.amounts, self.amounts[0].currency)

    def sort_key(self, sort: AgingSort) -> SortKey:
        """Where the row stands in that order."""
        return (self.client.name, self.client.id)


@frozen
class Aging:
    """What is owed as of a day: in all, currency after currency, and client by client.

    Owed is what was asked by then, on an invoice that is neither void nor written off, less what was received for it
    by then.
    """

    as_of: date
    totals: tuple[Aged, ...]
    clients: Page[AgingRow]
