"""How is a batch of work recorded that was done, and perhaps imported, before?

What a row says is compared with the session that it became in one place, here, by pure functions: a batch follows the
row or leaves the session alone, and whoever plans an import foretells the same.
"""

from datetime import date

from attrs import evolve, frozen

from invoicecore.desk import work_entry
from invoicecore.desk.context import CommandContext
from invoicecore.desk.finish import close
from invoicecore.desk.work_entry import WorkInput
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession, WorkSessionView
from invoicecore.ports.store import UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.vocabulary import Action, DocumentedEnum


@frozen
class ImportRow:
    """A row as it was given, well formed: whose work on what, when and how long, and what it is called."""

    project_id: ProjectId
    person_id: PersonId
    work: WorkInput
    source: str | None


class UpdateBlocker(DocumentedEnum):
    """Why a session stays as it is, although the row that it was imported from says something else now."""

    LOCKED = "locked", "An invoice holds it; void or revert that invoice first."
    REMOVED = "removed", "It was deleted in the books, and an import brings nothing back."
    OTHER_CLIENT = "other_client", "It would move to another client; delete it and record it anew."
    OTHER_PERSON = "other_person", "It is somebody else's work; delete it and record it anew."


def differing(row: ImportRow, session: WorkSession | WorkSessionView, day: date) -> tuple[str, ...]:
    """In what a session, which belongs to that day, is not as the row says: the names of its fields. A row that says
    no rate takes any."""
    work = row.work
    differs = {
        "person": row.person_id != session.person_id,
        "project": row.project_id != session.project_id,
        "start": work.day != day if work.day is not None else work.start != session.start,
        "duration": work.duration != session.duration,
        "billable": work.billable != session.billable,
        "note": work.note != session.note,
        "rate": work.rate is not None and work.rate != session.rate,
    }
    return tuple(field for field, other in differs.items() if other)


def obstacle(
    row: ImportRow, client_id: ClientId, session: WorkSession | WorkSessionView, *, locked: bool
) -> UpdateBlocker | None:
    """Why a session cannot become what the row says, whose project is that client's; None if it can."""
    if session.removed:
        return UpdateBlocker.REMOVED
    if locked:
        return UpdateBlocker.LOCKED
    if client_id != session.client_id:
        return UpdateBlocker.OTHER_CLIENT
    return UpdateBlocker.OTHER_PERSON if row.person_id != session.person_id else None


class Batch:
    """Rows that are recorded in one unit of work. The account of each client is written once, at the end."""

    def __init__(self, context: CommandContext, *, over_limit: bool) -> None:
        self._context = context
        self._over_limit = over_limit
        self._first: dict[ClientId, Account] = {}
        self._now: dict[ClientId, Account] = {}
        self.shown: dict[str, WorkSessionView] = {}

    def record(self, row: ImportRow) -> str:
        """Record the work of a row that is new; the id of the session."""
        context = self._context
        where, whom = context.project(row.project_id), context.person(row.person_id)
        work_entry.permit_logging(context, whom, row.work, self._over_limit)
        account, where = self._account_then_project(where)
        decision, view = work_entry.recorded(context, account, where, whom, row.work, over_limit=self._over_limit)
        context.store(decision)
        self._now[where.client_id] = decision.account
        self.shown[view.id] = view
        if row.source is not None:
            context.uow.claim(UniqueKind.IMPORT, (row.source,), view.id)
        return view.id

    def follow(self, row: ImportRow, session_id: str) -> None:
        """Let the session that a row became before say what the row says now, as `work.edit` would, unless something
        is in the way."""
        context, work, zone = self._context, row.work, self._context.firm.timezone
        where = context.project(row.project_id)
        context.person(row.person_id)  # absent goes before not permitted
        context.permit(Action.EDIT_WORK)
        work_entry.permit_stating(context, work.rate, self._over_limit)
        old = context.uow.get(WorkSession, session_id)
        assert old is not None  # what was imported stays on record
        if not differing(row, old, old.day(zone)):
            return
        context.account(old.client_id)  # read before the lock is looked at, so that no invoice takes hold unseen
        locked = bool(context.uow.holders(UniqueKind.SESSION, (old.id,)))
        if obstacle(row, where.client_id, old, locked=locked):
            return
        account, where = self._account_then_project(where)
        work = self._placed(work, old, zone)
        decision, view = work_entry.edited(context, account, old, where, work, over_limit=self._over_limit)
        context.store(decision)
        self._now[where.client_id] = decision.account
        self.shown[view.id] = view

    def close(self) -> None:
        """Close the command for each client that the batch was about."""
        for client_id, before in self._first.items():
            close(self._context, before, self._now[client_id])

    def _account_then_project(self, where: Project) -> tuple[Account, Project]:
        """The account of a project's client as the batch has left it so far, and the project as it then is."""
        client = where.client_id
        if client not in self._now:
            self._first[client], where = self._context.account_then_project(where)
            self._now[client] = self._first[client]
        return self._now[client], where

    @staticmethod
    def _placed(work: WorkInput, old: WorkSession, zone: str) -> WorkInput:
        """The work as the row has it; a session that is on the right day, or starts at the right instant, stays."""
        stays = work.day == old.day(zone) if work.day is not None else work.start == old.start
        return evolve(work, start=old.start, day=old.stated_day) if stays else work
