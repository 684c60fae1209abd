"""Rows of the lists of work sessions."""

from datetime import datetime

from attrs import frozen

from invoicecore.model.work_session import WorkSessionView
from invoicecore.queries.paging import Sort, SortKey
from invoicecore.queries.visibility import NamedRef


class WorkSort(Sort):
    """The orders in which sessions are listed."""

    START = "start", "By their start.", datetime, str


@frozen(kw_only=True)
class WorkRow:
    """A session as a person sees it, with the present names of its client, project and person, and the number of the
    invoice that holds it, which is None for those who may not see invoices."""

    session: WorkSessionView
    client: NamedRef
    project: NamedRef
    person: NamedRef
    invoice_number: str | None

    def sort_key(self, sort: WorkSort) -> SortKey:
        """The key of the row in that order."""
        return (self.session.start, self.session.id)
