"""Batches of imported work, each recorded in one unit of work."""

from collections.abc import Sequence

from attrs import evolve

from invoicecore.desk import work_entry
from invoicecore.desk.context import CommandContext
from invoicecore.desk.finish import close
from invoicecore.errors import NotFound
from invoicecore.model.import_row import ImportRow, changed_fields, update_blocker, updated_session
from invoicecore.model.project import Project
from invoicecore.model.work_session import WorkSession, WorkSessionView
from invoicecore.ports.store import UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.values.ids import ClientId
from invoicecore.vocabulary import Action


def import_rows(
    context: CommandContext, rows: Sequence[ImportRow], *, over_limit: bool, update: bool
) -> tuple[WorkSessionView, ...]:
    """Record rows in their order, or edit the sessions that were imported from them before; returns the session of each
    row, as shown."""
    batch, ids = _Batch(context, over_limit=over_limit), []
    known = work_entry.known(context, [row.source for row in rows if row.source is not None])
    to_follow = set(known) if update else set()
    for place, row in enumerate(rows):
        with work_entry.InRow(place):
            if row.same_as is not None:
                ids.append(batch.correct(row, row.same_as, known))
                continue
            if row.source is None:
                ids.append(batch.record(row))
                continue
            if row.source in to_follow:
                to_follow.remove(row.source)
                batch.follow(row, known[row.source])
            elif row.source not in known:
                known[row.source] = batch.record(row)
            ids.append(known[row.source])
    batch.close()
    # Looked at once the accounts were read, so that no invoice locks them unseen.
    passed_over = work_entry.views(context, [id for id in ids if id not in batch.shown])
    return tuple(batch.shown.get(id) or passed_over[id] for id in ids)


class _Batch:
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
        work_entry.permit_logging(context, where, whom, row.work, self._over_limit)
        account, where = self._account_then_project(where)
        decision, view = work_entry.recorded(context, account, where, whom, row.work, over_limit=self._over_limit)
        context.store(decision)
        now = decision.account
        self._now[where.client_id] = now if now.has_imports else evolve(now, has_imports=True)
        self.shown[view.id] = view
        if row.source is not None:
            context.uow.reserve(UniqueKind.IMPORT, (row.source,), view.id)
        return view.id

    def correct(self, row: ImportRow, session_id: str, known: dict[str, str]) -> str:
        """Let the session that a row corrects say what the row says, and have its source too, unless something is in
        the way. A source that is known already stays with its own session. The id of the session."""
        if row.source is not None and known.get(row.source, session_id) != session_id:
            return known[row.source]
        old = self._context.uow.get(WorkSession, session_id)
        if old is None:
            raise NotFound("session", session_id)
        if self.follow(row, session_id) and row.source is not None and row.source not in known:
            self._account_then_project(self._context.project(old.project_id))  # whose command it is in any case
            self._context.uow.reserve(UniqueKind.IMPORT, (row.source,), session_id)
            known[row.source] = session_id
        return session_id

    def follow(self, row: ImportRow, session_id: str) -> bool:
        """Let the session that a row became before say what the row says now, as `work.edit` would. False if something
        is in the way."""
        context, work, zone = self._context, row.work, self._context.firm.timezone
        where = context.project(row.project_id)
        context.person(row.person_id)  # absent goes before not permitted
        context.permit(Action.EDIT_WORK)
        work_entry.permit_stating(context, work.rate, self._over_limit)
        old = context.uow.get(WorkSession, session_id)
        assert old is not None  # what was imported stays on record
        if not changed_fields(row, old, old.day(zone), fixed_price=where.has_fixed_price):
            return True
        context.account(old.client_id)  # read before the lock is looked at, so that no invoice takes hold unseen
        locked = bool(context.uow.owners(UniqueKind.CHARGE, (old.id,)))
        if update_blocker(row, where.client_id, old, locked=locked):
            return False
        account, where = self._account_then_project(where)
        new = updated_session(row, old, context.client_of(where), where, zone, context.stamp.at)
        decision, view = work_entry.edited(context, account, where, old, new, over_limit=self._over_limit)
        context.store(decision)
        self._now[where.client_id] = decision.account
        self.shown[view.id] = view
        return True

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
