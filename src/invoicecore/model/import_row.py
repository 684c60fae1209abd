"""The comparison of an imported row with the session that was made from it before.

Both the recording of a batch and the plan of an import use these functions.
"""

from datetime import date, datetime
from typing import Final

from attrs import evolve, frozen

from invoicecore.model.client import Client
from invoicecore.model.project import Project
from invoicecore.model.work_input import WorkInput, edited_session, work_input
from invoicecore.model.work_session import NewWorkSession, WorkSession, WorkSessionView
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, PersonId, ProjectId, SessionId
from invoicecore.values.unchecked import unchecked
from invoicecore.vocabulary import DocumentedEnum


@frozen
class ImportRow:
    """A checked row: whose work it is, on which project, when, how long, its description, and the session in the books
    that it corrects."""

    project_id: ProjectId
    person_id: PersonId
    work: WorkInput
    source: str | None
    same_as: SessionId | None = None

    @staticmethod
    def of(new: NewWorkSession, *, allow_over_24h: bool) -> "ImportRow":
        """The row that is given, after all checks."""
        source = inputs.optional(new.source, lambda it: inputs.line("source", it))
        same_as = inputs.optional(new.same_as, lambda it: SessionId(inputs.id("same_as", it)))
        times = (new.start, new.end, new.day, new.hours)
        work = work_input(*times, new.billable, new.note, new.rate, allow_over_24h)
        return unchecked_import_row(new.project_id, new.person_id, work, source, same_as)


unchecked_import_row: Final = unchecked(ImportRow)


class UpdateBlocker(DocumentedEnum):
    """Why a session stays as it is, although the row that it was imported from has changed."""

    LOCKED = "locked", "An invoice holds it; void or revert that invoice first."
    REMOVED = "removed", "It was deleted in the books, and an import brings nothing back."
    OTHER_CLIENT = "other_client", "It would move to another client; delete it and record it anew."
    OTHER_PERSON = "other_person", "It is somebody else's work; a manager can set in the books who did it."


def changed_fields(
    row: ImportRow, session: WorkSession | WorkSessionView, day: date, *, fixed_price: bool = False
) -> tuple[str, ...]:
    """The names of the fields in which a session of that day differs from its row. A row without a rate, or without a
    word on whether it is billable, agrees with any. At a fixed price no row makes a session billable."""
    work, free = row.work, fixed_price and not session.billable
    changed = {
        "person": row.person_id != session.person_id,
        "project": row.project_id != session.project_id,
        "start": work.day != day if work.day is not None else work.start != session.start,
        "duration": work.duration != session.duration,
        "billable": work.billable is not None and work.billable != session.billable and not free,
        "note": work.note != session.note,
        "rate": work.rate is not None and work.rate != session.rate,
    }
    return tuple(field for field, differs in changed.items() if differs)


def update_blocker(
    row: ImportRow, client_id: ClientId, session: WorkSession | WorkSessionView, *, locked: bool
) -> UpdateBlocker | None:
    """Why a session cannot become what the row says, whose project belongs to that client; None if it can."""
    if session.removed:
        return UpdateBlocker.REMOVED
    if locked:
        return UpdateBlocker.LOCKED
    if client_id != session.client_id:
        return UpdateBlocker.OTHER_CLIENT
    return UpdateBlocker.OTHER_PERSON if row.person_id != session.person_id else None


def updated_session(
    row: ImportRow, old: WorkSession, client: Client, project: Project, zone: str, now: datetime
) -> WorkSession:
    """The session with what its row says now. If it is on the right day, or starts at the right instant, it stays
    there."""
    work = row.work
    stays = work.day == old.day(zone) if work.day is not None else work.start == old.start
    placed = evolve(work, start=old.start, day=old.stated_day) if stays else work
    return edited_session(old, client, project, placed, zone, now)
