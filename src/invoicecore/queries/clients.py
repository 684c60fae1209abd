"""Rows of the list of clients, and the summary of one client."""

from attrs import frozen

from invoicecore.model.client import Client
from invoicecore.queries.paging import Page, Sort, SortKey
from invoicecore.queries.projects import ProjectRow
from invoicecore.settlement.account import Standing
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money


class ClientSort(Sort):
    """The orders in which clients are listed."""

    NAME = "name", "By name, letter for letter.", str, str
    BALANCE = "balance", "By balance, currency after currency.", str, int, str
    ADDED = "added", "As they were added.", str


@frozen
class ClientRow:
    """A client with their standing: balance, terms, utilization, stopped or not. `standing` is None for those who may
    not see the client's account."""

    client: Client
    standing: Standing | None

    def sort_key(self, sort: ClientSort) -> SortKey:
        """The key of the row in that order."""
        if sort is ClientSort.NAME:
            return (self.client.name, self.client.id)
        if sort is ClientSort.BALANCE and self.standing is not None:
            return (self.client.currency, self.standing.account.position.balance_minor, self.client.id)
        return (self.client.id,)


@frozen(kw_only=True)
class ClientSummary:
    """The start page of a client: the active projects by name, the standing, and the amount invoiced this week.

    `week` is the current ISO week in the firm's zone. `invoiced` is the total of the invoices issued in it that are not
    void. Like `standing`, it is None for those who may not see the client's account.
    """

    client: Client
    projects: Page[ProjectRow]
    standing: Standing | None
    week: Period
    invoiced: Money | None
