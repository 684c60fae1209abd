"""Rows of the list of clients, and the summary of one client."""

from math import floor

from attrs import frozen

from invoicecore.model.client import Client
from invoicecore.queries.paging import Page, Sort
from invoicecore.queries.projects import ProjectRow
from invoicecore.settlement.account import Standing
from invoicecore.values.calendar import Period
from invoicecore.values.money import Money


class ClientSort(Sort):
    """The orders in which clients are listed."""

    NAME = "name", "By name, letter for letter.", ("client.name", str), ("client.id", str)
    BALANCE = (
        "balance",
        "By balance, currency after currency.",
        ("client.currency", str),
        ("standing.account.position.balance_minor", int),
        ("client.id", str),
    )
    UTILIZATION = (
        "utilization",
        "By utilization in whole percent; those without one come first.",
        ("_percent_used", int),
        ("client.id", str),
    )
    ADDED = "added", "As they were added.", ("client.id", str)


@frozen
class ClientRow:
    """A client with their standing: balance, terms, utilization. `standing` is None for those who may not see the
    client's account. `stopped` says whether work is refused, also to those who log it; it is None for a contact who may
    not see the account."""

    client: Client
    standing: Standing | None
    stopped: bool | None

    @property
    def _percent_used(self) -> int:
        ratio = None if self.standing is None else self.standing.utilization
        return -(2**62) if ratio is None else floor(100 * ratio)


@frozen(kw_only=True)
class ClientSummary:
    """The start page of a client: the active projects by name, the standing, and the amount invoiced this week.

    `week` is the current ISO week in the firm's zone. `invoiced` is the total of the invoices issued in it that are not
    void. Like `standing`, it is None for those who may not see the client's account. `stopped` is as in `ClientRow`.
    """

    client: Client
    projects: Page[ProjectRow]
    standing: Standing | None
    week: Period
    invoiced: Money | None
    stopped: bool | None
