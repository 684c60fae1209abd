"""What do the pages of projects show?"""

from datetime import timedelta

from attrs import frozen

from invoicecore.model.project import Project
from invoicecore.queries.paging import Page, Sort, SortKey
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.values.money import Money, Rate


class ProjectSort(Sort):
    """In which order projects are listed."""

    NAME = "name", "By name, letter for letter.", str, str
    WORKED = "worked", "By the time that was worked on them.", int, str
    ADDED = "added", "As they were added.", str


@frozen
class BilledTotals:
    """So much time, and what it costs; None for those who see no money."""

    time: timedelta
    amount: Money | None


@frozen(kw_only=True)
class ProjectRow:
    """A project and what was worked on it: all of it, what invoices hold, and what a time invoice would take now.
    Sessions that cost nothing are in `worked` alone. A worker is told of their own time.

    `rate` is the one in force now; None for those who see no money.
    """

    project: Project
    client: NamedRef
    rate: Rate | None
    worked: timedelta
    billed: BilledTotals
    unbilled: BilledTotals

    def sort_key(self, sort: ProjectSort) -> SortKey:
        """Where the row stands in that order."""
        if sort is ProjectSort.NAME:
            return (self.project.name, self.project.id)
        if sort is ProjectSort.WORKED:
            return (self.worked // timedelta(microseconds=1), self.project.id)
        return (self.project.id,)


@frozen
class ProjectPage:
    """A project: what was worked on it, who is assigned to it, and the first page of its sessions, the latest first."""

    row: ProjectRow
    assigned: tuple[NamedRef, ...]
    sessions: Page[WorkRow]
