"""The work in the books that new rows of a file are probably the same as.

A tracker that exports no ids has nothing by which a corrected row is known. But a correction of the note, the project
or the duration leaves the person and the start, a correction of the start leaves the person and the project and mostly
a part of the time, and the row as it was is no longer in the file.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
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
        """The session of the same person and start that differs in the fewest fields, or else one on the same project
        whose time overlaps. Work of which only the day is known may differ in one of project, duration and note."""
        work = row.work
        most = len(_WORK) if work.start is not None else 1
        at_once = self._left(row, work.start or work.day or date.min)
        differing = [(changed_fields(row, session, session.day), session) for session in at_once]
        possible = [(len(fields), 0, session) for fields, session in differing if len(_WORK & set(fields)) <= most]
        possible = possible or [*self._overlapping(row)]
        if not possible:
            return None
        _, _, found = min(possible, key=lambda it: (*it[:2], it[2].id))
        self._taken.add(found.id)
        return found

    def _left(self, row: ImportRow, when: datetime | date) -> list[WorkSessionView]:
        return [it for it in self._sessions.get((row.person_id, when), []) if it.id not in self._taken]

    def _overlapping(self, row: ImportRow) -> Iterator[tuple[int, int, WorkSessionView]]:
        """The sessions on the same project that have a part of the time of a row, each with the number of fields that
        differ, and the seconds of that part below zero."""
        if row.work.start is None:
            return
        begin, end = row.work.start, row.work.start + row.work.duration
        for days in (-1, 0, 1):  # the day of a session is that of the firm's zone
            for session in self._left(row, begin.date() + timedelta(days=days)):
                if session.start is not None and session.project_id == row.project_id:
                    common = min(end, session.start + session.duration) - max(begin, session.start)
                    if common > timedelta(0):
                        fields = changed_fields(row, session, session.day)
                        yield len(fields), -int(common.total_seconds()), session


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
