"""What do lists of sessions show?"""

from attrs import frozen

from invoicecore.pages.paging import Place
from invoicecore.pages.reach import Named
from invoicecore.vocabulary import Word
from invoicecore.work import SessionView


class WorkSort(Word):
    """In which order sessions are listed."""

    START = "start", "By their start."


@frozen(kw_only=True)
class WorkRow:
    """A session as somebody sees it, with what its client, project and person are called now, and the number of the
    invoice that holds it; None for those who see no invoices."""

    session: SessionView
    client: Named
    project: Named
    person: Named
    invoice_number: str | None

    def place(self, by: WorkSort) -> Place:
        """Where the row stands in that order."""
        return (self.session.start, self.session.id)
