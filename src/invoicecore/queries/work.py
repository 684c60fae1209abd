"""What do lists of sessions show?"""

from datetime import datetime

from attrs import frozen

from invoicecore.model.work_session import WorkSessionView
from invoicecore.queries.paging import Sort, SortKey
from invoicecore.queries.visibility import NamedRef


class WorkSort(Sort):
    """In which order sessions are listed."""

    START = "start", "By their start.", datetime, str


@frozen(kw_only=True)
class WorkRow:
    """A session as somebody sees it, with what its client, project and person are called now, and the number of the
    invoice that holds it; None for those who see no invoices."""

    session: WorkSessionView
    client: NamedRef
    project: NamedRef
    person: NamedRef
    invoice_number: str | None

    def sort_key(self, sort: WorkSort) -> SortKey:
        """Where the row stands in that order."""
        return (self.session.start, self.session.id)
