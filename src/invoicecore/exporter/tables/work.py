"""What does the table of sessions say?

It has what a reader of timesheets asks for, so that the file can be read in elsewhere: who, for whom, on what, when,
how long, and at which rate.
"""

from collections.abc import Iterator

from attrs import frozen

from invoicecore.desk import Desk
from invoicecore.exporter.iter_pages import PAGE, Progress, rows
from invoicecore.exporter.tables.columns import Column, Layout
from invoicecore.model.permissions import may
from invoicecore.queries.work import WorkRow
from invoicecore.vocabulary import Action


@frozen
class _Work:
    """A session with its person's e-mail."""

    row: WorkRow
    email: str | None


def _sessions(desk: Desk, progress: Progress | None) -> Iterator[_Work]:
    """Sessions from the earliest on. E-mails are those of colleagues whom one may see, or one's own."""
    me = desk.people.me()
    known = desk.people.all() if may(me.role, Action.VIEW_PEOPLE) else (me,)
    emails = {person.id: person.email for person in known}
    for row in rows(lambda after: desk.pages.work(descending=False, after=after, limit=PAGE), progress):
        yield _Work(row, emails.get(row.session.person_id))


SESSIONS = Layout(
    action=Action.VIEW_WORK,
    rows=_sessions,
    columns=(
        Column("id", lambda it: it.row.session.id),
        Column("person", lambda it: it.row.person.name),
        Column("email", lambda it: it.email),
        Column("client", lambda it: it.row.client.name),
        Column("project", lambda it: it.row.project.name),
        Column("start", lambda it: it.row.session.start),
        Column("day", lambda it: it.row.session.day),
        Column("duration", lambda it: it.row.session.duration),
        Column("billable", lambda it: it.row.session.billable),
        Column("note", lambda it: it.row.session.note),
        Column("rate", lambda it: it.row.session.rate, is_money=True),
        Column("amount", lambda it: it.row.session.amount, is_money=True),
        Column("currency", lambda it: it.row.session.amount and it.row.session.amount.currency, is_money=True),
        Column("invoice", lambda it: it.row.invoice_number, is_money=True),
    ),
)
"""Every session that one may see, by its start."""
