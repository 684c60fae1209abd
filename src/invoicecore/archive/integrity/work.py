"""Does work cost what it costs, on a project of its client?"""

from collections.abc import Iterator

from invoicecore.archive.integrity.seen_state import Known, Looks, WorkDone
from invoicecore.lifecycle.drafts import facts_of_session
from invoicecore.model.work_session import Timer, WorkSession


class Work:
    """Sessions and timers."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.looks: Looks = {WorkSession: self._of_session, Timer: self._of_timer}

    def _of_session(self, session: WorkSession) -> Iterator[str]:
        yield from self._places(session, "session")
        costs = session.billable and not session.removed
        if session.minor != (session.rate.minor_for(session.duration) if costs else 0):
            yield f"the session {session.id!r} does not cost its rate times its duration."
        self._known.rest[session.id] = -session.minor
        client_id = self._known.clients_of.get(session.project_id, session.client_id)  # the same text, kept once
        said = hash(facts_of_session(session))
        self._known.sessions[session.id] = WorkDone(client_id, session.start, session.stated_day, said, session.removed)

    def _of_timer(self, timer: Timer) -> Iterator[str]:
        yield from self._places(timer, "timer")
        if timer.person_id in self._known.timers:
            yield f"{timer.person_id!r} runs two timers."
        self._known.timers[timer.person_id] = timer.id

    def _places(self, thing: WorkSession | Timer, what: str) -> Iterator[str]:
        known = self._known
        if known.clients_of.get(thing.project_id) != thing.client_id:
            yield f"the {what} {thing.id!r} is on no project of its client."
        elif known.currencies[thing.client_id] != thing.rate.currency:
            yield f"the {what} {thing.id!r} is in another currency than its client's."
        if thing.person_id not in known.people:
            yield f"the {what} {thing.id!r} is by somebody who is not there."

    def end(self) -> Iterator[str]:
        """Everything was said."""
        yield from ()
