"""The input of a work session, and the making of a session from it."""

from datetime import date, datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.model.client import Client
from invoicecore.model.project import Project
from invoicecore.model.work_session import (
    WorkSession,
    WorkTime,
    check_not_ahead,
    checked_length,
    elapsed,
    times,
    unchecked_session,
)
from invoicecore.values import inputs
from invoicecore.values.calendar import business_day, day_of, first_instant, instant
from invoicecore.values.ids import PersonId, SessionId
from invoicecore.values.money import Rate, in_currency
from invoicecore.values.unchecked import unchecked
from invoicecore.values.unset import UNSET, Unset, settable


@frozen
class WorkInput(WorkTime):
    """Checked work: when, whether it is billable (None: as the project is), its note, and a rate of its own."""

    billable: bool | None
    note: str
    rate: Rate | None


unchecked_work_input: Final = unchecked(WorkInput)


def work_input(
    start: object,
    end: object,
    day: object,
    hours: object,
    billable: object,
    note: object,
    rate: object,
    allow_over_24h: bool,
) -> WorkInput:
    """The work that is given, after all checks; times as in `invoicecore.model.work_session.times`."""
    try:
        return unchecked_work_input(
            *times(start, end, day, hours, allow_over_24h),
            None if billable is None else inputs.yes_or_no("billable", billable),
            inputs.text("note", note),
            None if rate is None else inputs.instance("rate", rate, Rate),
        )
    except InvalidInput:  # it is checked once more, for everything that is wrong
        problems = inputs.Problems()
        problems.check("hours", times, start, end, day, hours, allow_over_24h)
        if billable is not None:
            problems.check("billable", inputs.yes_or_no, "billable", billable)
        problems.check("note", inputs.text, "note", note)
        if rate is not None:
            problems.check("rate", inputs.instance, "rate", rate, Rate)
        raise problems.error from None


@frozen(kw_only=True)
class WorkChange:
    """What changes about a session; what is UNSET stays as it is."""

    project_id: str | Unset = UNSET
    person_id: str | Unset = UNSET
    start: datetime | Unset = settable(lambda it: instant("start", it))
    end: datetime | Unset = settable(lambda it: instant("end", it))
    day: date | Unset = settable(lambda it: business_day("day", it))
    duration: timedelta | Unset = UNSET
    billable: bool | Unset = settable(lambda it: inputs.yes_or_no("billable", it))
    note: str | Unset = settable(lambda it: inputs.text("note", it))
    rate: Rate | Unset = settable(lambda it: inputs.instance("rate", it, Rate))

    def __attrs_post_init__(self) -> None:
        if UNSET not in {self.start, self.day} or UNSET not in {self.duration, self.end}:
            raise InvalidInput("Give a start or a day, and an end or hours, not both.", "incomplete_time")

    def applied_to(self, session: WorkSession, zone: str, *, allow_over_24h: bool) -> WorkInput:
        """The work of the session after the change. A new start or day moves it and keeps its length."""
        start, day, duration = session.start, session.stated_day, session.duration
        if self.start is not UNSET:
            start, day = self.start, None
        elif self.day is not UNSET:
            start, day = first_instant(self.day, zone), self.day
        if self.duration is not UNSET:
            duration = self.duration
        elif self.end is not UNSET:
            duration = elapsed(start, self.end)
        unchanged = duration == session.duration
        return WorkInput(
            start,
            day,
            checked_length(duration, long=allow_over_24h or unchanged),
            None if self.billable is UNSET else self.billable,
            session.note if self.note is UNSET else self.note,
            None if self.rate is UNSET else self.rate,
        )


def stated_reason(over_limit: object, reason: object) -> str:
    """The reason for recording work past the stop; it is required for such work."""
    if inputs.yes_or_no("over_limit", over_limit):
        return inputs.reason("The reason for recording work past the stop", reason)
    return inputs.text("reason", reason)


def check_open(client: Client, project: Project, day: date) -> None:
    """InvalidState unless work of that day can be recorded on the project."""
    if client.archived or project.archived:
        away = client.name if client.archived else project.name
        raise InvalidState(f"{away} is archived and takes no more work; bring it back first.", "archived", name=away)
    if project.starts_on is not None and day < project.starts_on:
        message = f"{project.name} starts on {project.starts_on}; work of {day} comes before that."
        raise InvalidState(message, "before_project", name=project.name, day=project.starts_on)


def new_session(
    id: SessionId, client: Client, project: Project, person_id: PersonId, work: WorkInput, zone: str, now: datetime
) -> WorkSession:
    """The session for this work, at the project's rate at its start or at its own rate."""
    start = work.starts(zone)
    check_not_ahead(start, now, "start" if work.day is None else "day")
    if client.archived or project.archived or project.starts_on is not None:
        check_open(client, project, work.day or day_of(start, zone))
    in_currency(client.currency, work.rate)
    rate = work.rate or project.rate_at(start)
    billable = project.bills(work.billable)
    return unchecked_session(
        id=id,
        client_id=client.id,
        project_id=project.id,
        person_id=person_id,
        start=start,
        duration=work.duration,
        rate=rate,
        minor=project.cost_minor(rate.minor_for(work.duration)) if billable else 0,
        billable=billable,
        note=work.note,
        stated_day=work.day,
        rate_stated=work.rate is not None,
    )


def edited_session(
    old: WorkSession, client: Client, project: Project, work: WorkInput, zone: str, now: datetime
) -> WorkSession:
    """The session with other work. It keeps what the work does not say. It keeps its rate, unless it moves to another
    project or across a change of rate; a stated rate stays even then. It keeps its cost if it is worth as much as
    before on the same project, so a session that a cap cut stays cut."""
    start = work.starts(zone)
    is_elsewhere = project.id != old.project_id
    if is_elsewhere or start != old.start:
        check_not_ahead(start, now, "start" if work.day is None else "day")
        check_open(client, project, work.day or day_of(start, zone))
    in_currency(client.currency, work.rate)
    rate = work.rate or old.rate
    if work.rate is None and not old.rate_stated and (is_elsewhere or project.changes_rate(old.start, start)):
        rate = project.rate_at(start)
    billable = old.billable if work.billable is None else work.billable
    if is_elsewhere or not old.billable:
        billable = project.bills(billable)
    full = rate.minor_for(work.duration) if billable else 0
    if is_elsewhere:
        minor = project.cost_minor(full)
    elif full == old.minor + old.cut_minor:
        minor = old.minor
    else:
        minor = project.cost_minor(full, old.minor)
    return evolve(
        old,
        project_id=project.id,
        start=start,
        stated_day=work.day,
        duration=work.duration,
        rate=rate,
        minor=minor,
        billable=billable,
        note=work.note,
        rate_stated=old.rate_stated or work.rate is not None,
    )
