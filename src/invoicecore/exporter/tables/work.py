"""The table of work sessions.

It has the columns that importers of timesheets need: person, client, project, start, duration and rate.
"""

from collections.abc import Iterator
from functools import partial

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.exporter.iter_pages import Progress, iter_rows
from invoicecore.exporter.tables.columns import TableColumn, TableDefinition
from invoicecore.model.permissions import may
from invoicecore.queries.work import WorkRow
from invoicecore.vocabulary import Action


@frozen
class _SessionWithEmail:
    """A session with the e-mail of its person."""

    row: WorkRow
    email: str | None


def _sessions(desk: Desk, progress: Progress | None) -> Iterator[_SessionWithEmail]:
    """Sessions, earliest first. E-mails are those of the people whom the viewer may see, or the viewer's own."""
    me = desk.people.me()
    known = desk.people.all() if may(me.role, Action.VIEW_PEOPLE) else (me,)
    emails = {person.id: person.email for person in known}
    for row in iter_rows(partial(desk.pages.work, descending=False), progress):
        yield _SessionWithEmail(row, emails.get(row.session.person_id))


SESSIONS = TableDefinition(
    action=Action.VIEW_WORK,
    rows=_sessions,
    columns=(
        TableColumn("id", lambda it: it.row.session.id),
        TableColumn("person", lambda it: it.row.person.name),
        TableColumn("email", lambda it: it.email),
        TableColumn("client", lambda it: it.row.client.name),
        TableColumn("project", lambda it: it.row.project.name),
        TableColumn("start", lambda it: it.row.session.start),
        TableColumn("day", lambda it: it.row.session.day),
        TableColumn("duration", lambda it: it.row.session.duration),
        TableColumn("billable", lambda it: it.row.session.billable),
        TableColumn("note", lambda it: it.row.session.note),
        TableColumn("rate", lambda it: it.row.session.rate, is_money=True),
        TableColumn("amount", lambda it: it.row.session.amount, is_money=True),
        TableColumn("currency", lambda it: it.row.session.amount and it.row.session.amount.currency, is_money=True),
        TableColumn("invoice", lambda it: it.row.invoice_number, is_money=True),
    ),
)
"""Every session that the viewer may see, by its start."""
