"""Batches of work that was done, and perhaps imported, before: each recorded in one unit of work."""

from attrs import evolve

from invoicecore.desk import work_entry
from invoicecore.desk.context import CommandContext
from invoicecore.desk.finish import close
from invoicecore.model.import_row import ImportRow, changed_fields, update_blocker, updated_session
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession, WorkSessionView
from invoicecore.ports.store import UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.settlement.charge import recharge
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import Action


class Batch:
    """Rows that are recorded in one unit of work. The account of each client is written once, at the end."""

    def __init__(self, context: CommandContext, *, over_limit: bool) -> None:
        self._context = context
        self._past_stop = over_limit
        self._first: dict[ClientId, Account] = {}
        self._now: dict[ClientId, Account] = {}
        self.shown: dict[str, WorkSessionView] = {}

    def record(self, said: ImportRow) -> str:
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
            context.uow.reserve(UniqueKind.IMPORT, (said.source,), view.id)
        return view.id

    def follow(self, said: ImportRow, session_id: str) -> None:
        """Let the session that a row became before say what the row says now, as `work.edit` would, unless something
        is in the way."""
        context, work, zone = self._context, said.work, self._context.firm.timezone
        where = context.project(said.project_id)
        context.person(said.person_id)  # absent goes before not permitted
        context.permit(Action.EDIT_WORK)
        work_entry.permit_stating(context, work.rate, self._past_stop)
        old = context.uow.get(WorkSession, session_id)
        assert old is not None  # what was imported stays on record
        if not changed_fields(said, old, old.day(zone)):
            return
        context.account(old.client_id)  # read before the lock is looked at, so that no invoice takes hold unseen
        locked = bool(context.uow.owners(UniqueKind.SESSION, (old.id,)))
        if update_blocker(said, where.client_id, old, locked=locked):
            return
        account, where = self._held(where)
        new = updated_session(said, old, context.client_of(where), where, zone)
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
