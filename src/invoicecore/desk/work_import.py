"""How is a batch of work recorded that was done, and perhaps imported, before?

What a row says is compared with the session that it became in one place, here, by pure functions: a batch follows the
row or leaves the session alone, and whoever plans an import foretells the same.
"""

from datetime import date

from attrs import evolve, frozen

from invoicecore.desk import work_entry
from invoicecore.desk.context import CommandContext
from invoicecore.desk.finish import close
from invoicecore.desk.work_entry import Given
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession, WorkSessionView, WorkTime
from invoicecore.ports.store import UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.settlement.charge import recharge
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.vocabulary import Action, DocumentedEnum


@frozen
class Said:
    """A row as it was given, well formed: whose work on what, when and how long, and what it is called."""

    project_id: ProjectId
    person_id: PersonId
    work: Given
    source: str | None


class UpdateBlocker(DocumentedEnum):
    """Why a session stays as it is, although the row that it was imported from says something else now."""

    LOCKED = "locked", "An invoice holds it; void or revert that invoice first."
    REMOVED = "removed", "It was deleted in the books, and an import brings nothing back."
    OTHER_CLIENT = "other_client", "It would move to another client; delete it and record it anew."
    OTHER_PERSON = "other_person", "It is somebody else's work; delete it and record it anew."


def differing(said: Said, kept: WorkSession | WorkSessionView, day: date) -> tuple[str, ...]:
    """In what a session, which belongs to that day, is not as the row says: the names of its fields. A row that says
    no rate takes any."""
    work = said.work
    differs = {
        "person": said.person_id != kept.person_id,
        "project": said.project_id != kept.project_id,
        "start": work.day != day if work.day is not None else work.start != kept.start,
        "duration": work.duration != kept.duration,
        "billable": work.billable != kept.billable,
        "note": work.note != kept.note,
        "rate": work.rate is not None and work.rate != kept.rate,
    }
    return tuple(field for field, other in differs.items() if other)


def obstacle(
    said: Said, client_id: ClientId, kept: WorkSession | WorkSessionView, *, locked: bool
) -> UpdateBlocker | None:
    """Why a session cannot become what the row says, whose project is that client's; None if it can."""
    if kept.removed:
        return UpdateBlocker.REMOVED
    if locked:
        return UpdateBlocker.LOCKED
    if client_id != kept.client_id:
        return UpdateBlocker.OTHER_CLIENT
    return UpdateBlocker.OTHER_PERSON if said.person_id != kept.person_id else None


class Batch:
    """Rows that are recorded in one unit of work. The account of each client is written once, at the end."""

    def __init__(self, context: CommandContext, *, over_limit: bool) -> None:
        self._context = context
        self._past_stop = over_limit
        self._first: dict[ClientId, Account] = {}
        self._now: dict[ClientId, Account] = {}
        self.shown: dict[str, WorkSessionView] = {}

    def record(self, said: Said) -> str:
        """Record the work of a row that is new; the id of the session."""
        context = self._context
        where, whom = context.project(said.project_id), context.person(said.person_id)
        work_entry.permit_logging(context, whom, said.work, self._past_stop)
        account, where = self._held(where)
        decision, view = work_entry.recorded(context, account, where, whom, said.work, over_limit=self._past_stop)
        context.store(decision)
        self._now[where.client_id] = decision.account
        self.shown[view.id] = view
        if said.source is not None:
            context.uow.claim(UniqueKind.IMPORT, (said.source,), view.id)
        return view.id

    def follow(self, said: Said, session_id: str) -> None:
        """Let the session that a row became before say what the row says now, as `work.edit` would, unless something
        is in the way."""
        context, work, zone = self._context, said.work, self._context.firm.timezone
        where = context.project(said.project_id)
        context.person(said.person_id)  # absent goes before not permitted
        context.permit(Action.EDIT_WORK)
        work_entry.permit_stating(context, work.rate, self._past_stop)
        old = context.uow.get(WorkSession, session_id)
        assert old is not None  # what was imported stays on record
        if not differing(said, old, old.day(zone)):
            return
        context.account(old.client_id)  # read before the lock is looked at, so that no invoice takes hold unseen
        locked = bool(context.uow.holders(UniqueKind.SESSION, (old.id,)))
        if obstacle(said, where.client_id, old, locked=locked):
            return
        account, where = self._held(where)
        new = work_entry.edited(
            context, old, where, context.client_of(where), self._when(work, old, zone), work.billable, work.rate
        )
        costs = not old.minor and new.minor > 0
        marked = work_entry.admitted(context, account, costs=costs, over_limit=self._past_stop)
        new = evolve(new, note=work.note, over_limit=old.over_limit or marked)
        decision = recharge(account, old, new, context.stamp)
        context.store(decision)
        self._now[where.client_id] = decision.account
        self.shown[new.id] = work_entry.shown(context, new, new.day(zone), None)

    def close(self) -> None:
        """Close the command for each client that the batch was about."""
        for client_id, before in self._first.items():
            close(self._context, before, self._now[client_id])

    def _held(self, where: Project) -> tuple[Account, Project]:
        """The account of a project's client as the batch has left it so far, and the project as it then is."""
        client = where.client_id
        if client not in self._now:
            self._first[client], where = self._context.account_then_project(where)
            self._now[client] = self._first[client]
        return self._now[client], where

    @staticmethod
    def _when(work: Given, old: WorkSession, zone: str) -> WorkTime:
        """When a row says that it was; a session that is on the right day, or starts at the right instant, stays."""
        stays = work.day == old.day(zone) if work.day is not None else work.start == old.start
        start, day = (old.start, old.stated_day) if stays else (work.starts(zone), work.day)
        return WorkTime(start, day, work.duration)
