"""The laws of sessions and timers: their cost, project and person."""

from collections.abc import Iterator
from datetime import timedelta

from invoicecore.integrity.laws import Finding, Law
from invoicecore.integrity.seen_state import Looks, SeenState, to_microseconds
from invoicecore.lifecycle.drafts import facts_of_session
from invoicecore.model.work_session import AHEAD, LONGEST_OF_ALL, Timer, WorkSession

_NO_TIME = timedelta(0)
_AHEAD = AHEAD // timedelta(microseconds=1)


class WorkCheck:
    """Sessions and timers."""

    def __init__(self, seen: SeenState) -> None:
        self._seen = seen
        self.looks: Looks = {WorkSession: self._of_session, Timer: self._of_timer}

    def _of_session(self, session: WorkSession) -> list[Finding]:
        seen, sessions = self._seen, self._seen.sessions
        row = sessions.row(session.id)
        sessions.client[row] = seen.client_row(session.client_id)
        sessions.start[row] = to_microseconds(session.start)
        sessions.stated_day[row] = session.stated_day.toordinal() if session.stated_day is not None else 0
        sessions.facts[row] = hash((*facts_of_session(session), session.removed))
        sessions.rest[row] = -session.minor
        seen.sums[session.client_id]["unbilled_minor"] += session.minor
        if session.project_id in seen.caps_left:
            seen.caps_left[session.project_id] -= session.minor
        found = self._places(session)
        costs = session.billable and not session.removed
        full = session.rate.minor_for(session.duration) if costs else 0
        is_cut = session.project_id in seen.caps_left and 0 <= session.minor < full
        if session.minor != full and not is_cut:
            found.append(_finding(Law.SESSION_AMOUNT, session, "does not cost its rate times its duration."))
        if session.duration > LONGEST_OF_ALL:
            found.append(_finding(Law.PLAUSIBLE, session, "is longer than any may be."))
        if session.duration < _NO_TIME:
            found.append(_finding(Law.SESSION_AMOUNT, session, "is shorter than nothing."))
        return found

    def _of_timer(self, timer: Timer) -> list[Finding]:
        found = self._places(timer)
        if timer.person_id in self._seen.timers:
            found.append(Finding(Law.UNIQUE, "Timer", timer.id, f"{timer.person_id!r} runs two timers."))
        self._seen.timers[timer.person_id] = timer.id
        return found

    def _places(self, work: WorkSession | Timer) -> list[Finding]:
        seen = self._seen
        found = list[Finding]()
        if seen.clients_of.get(work.project_id) != work.client_id:
            found.append(_finding(Law.REFERENCES, work, "is on no project of its client."))
        elif seen.currencies.get(work.client_id) != work.rate.currency:
            found.append(_finding(Law.CURRENCY, work, "is in another currency than its client's."))
        if work.person_id not in seen.people:
            found.append(_finding(Law.REFERENCES, work, "is by somebody who is not there."))
        return found

    def end(self) -> Iterator[Finding]:
        """Whether the entries of each session and what is used of each cap add up, and whether work begins long after
        the last command: a clock that was set back can record work after its own last change."""
        for id, rest in self._seen.caps_left.items():
            if rest:
                what = f"what is used of the cap of the project {id!r} is not what its sessions cost."
                yield Finding(Law.PROJECT_CAP, "Project", id, what)
        sessions, latest = self._seen.sessions, self._seen.latest_at
        for id, rest, start in zip(sessions.rows, sessions.rest, sessions.start, strict=False):
            if rest:
                yield unequal_entries("WorkSession", id)
            if latest and start > latest + _AHEAD:
                what = f"the session {id!r} begins more than a day after the latest that was recorded."
                yield Finding(Law.PLAUSIBLE, "WorkSession", id, what)


def _finding(law: Law, work: WorkSession | Timer, what: str) -> Finding:
    called = "timer" if isinstance(work, Timer) else "session"
    return Finding(law, type(work).__name__, work.id, f"the {called} {work.id!r} {what}")


def unequal_entries(kind: str, id: str) -> Finding:
    """The finding that the entries of a session, charge or payment do not add up to what it is."""
    return Finding(Law.CAUSE_SUM, kind, id, f"the entries that {id!r} caused do not add up to what it is.")
