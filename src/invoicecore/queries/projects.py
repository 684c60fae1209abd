"""Rows of the list of projects, and the page of one project."""

from datetime import timedelta

from attrs import frozen

from invoicecore.model.project import Project
from invoicecore.queries.paging import Page, Sort, SortKey
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.values.money import Money, Rate


class ProjectSort(Sort):
    """The orders in which projects are listed."""

    NAME = "name", "By name, letter for letter.", str, str
    WORKED = "worked", "By the time that was worked on them.", int, str
    ADDED = "added", "As they were added.", str


@frozen
class BilledTotals:
    """An amount of time and its cost, which is None for those who may not see money."""

    time: timedelta
    amount: Money | None


@frozen(kw_only=True)
class ProjectRow:
    """A project and the work on it: in total, on invoices, and not yet invoiced. Sessions that cost nothing count only
    in `worked`. Workers see only their own time.

    `rate` is the present rate; None for those who may not see money.
    """

    project: Project
    client: NamedRef
    rate: Rate | None
    worked: timedelta
    billed: BilledTotals
    unbilled: BilledTotals

    def sort_key(self, sort: ProjectSort) -> SortKey:
        """The key of the row in that order."""
        if sort is ProjectSort.NAME:
            return (self.project.name, self.project.id)
        if sort is ProjectSort.WORKED:
            return (self.worked // timedelta(microseconds=1), self.project.id)
        return (self.project.id,)


@frozen
class ProjectPage:
    """A project: the work on it, the people assigned to it, and the first page of its sessions, latest first."""

    row: ProjectRow
    assigned: tuple[NamedRef, ...]
    sessions: Page[WorkRow]
