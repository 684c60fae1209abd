"""The work in the books that new rows of a file are probably the same as.

A tracker that exports no ids has nothing by which a corrected row is known. But a correction of the note, the project
or the duration leaves the person and the start, and the row as it was is no longer in the file.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from invoicecore import Desk, WorkSessionView
from invoicecore.importer.resolution import Resolution, is_placeholder
from invoicecore.importer.scan import Scan
from invoicecore.model.import_row import ImportRow, changed_fields
from invoicecore.values.ids import SessionId

_WORK = frozenset({"project", "duration", "note"})


class SimilarWork(Protocol):
    """Tells which session a new row is probably the same as."""

    def take(self, row: ImportRow) -> WorkSessionView | None:
        """The session that the next row is probably the same as; None if there is none."""


class FoundSimilarWork:
    """The sessions in the books that no row of the file became, by person and start, and by person and day. Each is
    taken once."""

    def __init__(self, desk: Desk, scan: Scan) -> None:
        self._sessions: dict[tuple[str, datetime | date], list[WorkSessionView]] = defaultdict(list)
        self._taken: set[SessionId] = set()
        of_the_file = frozenset(scan.known.values())
        for month in sorted(scan.fresh_months, key=lambda it: it.first):
            for session in desk.work.sessions(period=month):
                if session.id not in of_the_file:
                    for when in (session.start, session.day):
                        self._sessions[session.person_id, when].append(session)

    def take(self, row: ImportRow) -> WorkSessionView | None:
        """The session of the same person and start that differs in the fewest fields. Work of which only the day is
        known may differ in one of project, duration and note."""
        work = row.work
        sessions = self._sessions.get((row.person_id, work.start or work.day or date.min), [])
        most = len(_WORK) if work.start is not None else 1
        left = (session for session in sessions if session.id not in self._taken)
        differing = [(changed_fields(row, session, session.day), session) for session in left]
        possible = [(len(fields), session) for fields, session in differing if len(_WORK & set(fields)) <= most]
        if not possible:
            return None
        _, found = min(possible, key=lambda it: (it[0], it[1].id))
        self._taken.add(found.id)
        return found


class PlannedSimilarWork:
    """The sessions that a plan found, by the source of the row."""

    def __init__(self, desk: Desk, same_as: Mapping[str, SessionId]) -> None:
        self._desk = desk
        self._same_as = same_as

    def take(self, row: ImportRow) -> WorkSessionView | None:
        """The session as it now is. NotFound if it was deleted since."""
        id = self._same_as.get(row.source or "")
        return None if id is None else self._desk.work.get(id)


class NoSimilarWork:
    """There is none."""

    def take(self, row: ImportRow) -> WorkSessionView | None:
        """Nothing."""
        return None


def similar_work(desk: Desk, scan: Scan, resolution: Resolution) -> SimilarWork:
    """The similar work of a file; the books are only asked if they have any of its people."""
    people = (it for it in resolution.people.values() if not isinstance(it, str))
    in_books = any(not is_placeholder(it.id) for it in people)
    return FoundSimilarWork(desk, scan) if in_books else NoSimilarWork()
