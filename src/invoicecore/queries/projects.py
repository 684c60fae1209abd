"""Rows of the list of projects, and the page of one project."""

from datetime import timedelta

from attrs import frozen

from invoicecore.model.project import Project
from invoicecore.queries.paging import Page, Sort
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.values.money import Money, Rate


class ProjectSort(Sort):
    """The orders in which projects are listed."""

    NAME = "name", "By name, letter for letter.", ("project.name", str), ("project.id", str)
    WORKED = "worked", "By the time that was worked on them.", ("worked", int), ("project.id", str)
    ADDED = "added", "As they were added.", ("project.id", str)


@frozen
class BilledTotals:
    """An amount of time and its cost, which is None for those who may not see money."""

    time: timedelta
    amount: Money | None


@frozen(kw_only=True)
class ProjectRow:
    """A project and the work on it: in total, on invoices, and not yet invoiced. Sessions that cost nothing count only
    in `worked`. Workers see only their own time.

    `rate` is the present rate; None for those who may not see money. A project of an archived client is archived too.
    `stopped` says whether its client takes no more work; it is None for a contact who may not see the account.
    """

    project: Project
    client: NamedRef
    rate: Rate | None
    worked: timedelta
    billed: BilledTotals
    unbilled: BilledTotals
    stopped: bool | None


@frozen
class ProjectPage:
    """A project: the work on it, the people assigned to it, and the first page of its sessions, latest first."""

    row: ProjectRow
    assigned: tuple[NamedRef, ...]
    sessions: Page[WorkRow]
