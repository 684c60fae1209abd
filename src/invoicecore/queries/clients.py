"""What do the pages of clients show?"""

from attrs import frozen

from invoicecore.model.client import Client
from invoicecore.queries.paging import Page, Sort, SortKey
from invoicecore.queries.projects import ProjectRow
from invoicecore.settlement.account import Standing
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money


class ClientSort(Sort):
    """In which order clients are listed."""

    NAME = "name", "By name, letter for letter.", str, str
    BALANCE = "balance", "By balance, currency after currency.", str, int, str
    ADDED = "added", "As they were added.", str


@frozen
class ClientRow:
    """A client, with where they stand: balance, terms, utilization, stopped or not. No standing is shown to those who
    see no client-wide money."""

    client: Client
    standing: Standing | None

    def sort_key(self, sort: ClientSort) -> SortKey:
        """Where the row stands in that order."""
        if sort is ClientSort.NAME:
            return (self.client.name, self.client.id)
        if sort is ClientSort.BALANCE and self.standing is not None:
            return (self.client.currency, self.standing.account.position.balance_minor, self.client.id)
        return (self.client.id,)


@frozen(kw_only=True)
class ClientSummary:
    """The first page of a client: the projects that are worked on, by name, the balance, and what was invoiced this
    week.

    `week` is the ISO week of the firm's today. `invoiced` is the total of all invoices issued in it that are not void;
    like the standing, it is None for those who see no client-wide money.
    """

    client: Client
    projects: Page[ProjectRow]
    standing: Standing | None
    week: Period
    invoiced: Money | None
