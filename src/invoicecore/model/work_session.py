"""Work sessions and running timers."""

from datetime import date, datetime, timedelta
from typing import Final, cast

from attrs import frozen

from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.values import inputs
from invoicecore.values.calendar import business_day, day_of, first_instant, instant
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId, SessionId
from invoicecore.values.money import Money, Rate
from invoicecore.values.unchecked import unchecked

LONGEST = timedelta(hours=24)
"""A longer session is accepted only with `allow_over_24h`."""
LONGEST_OF_ALL = timedelta(days=31)
"""A longer session is refused."""
AHEAD = timedelta(days=1)
"""So far ahead work may begin."""


@frozen
class WorkTime:
    """When work was done and how long it took: from an instant, or on a day, in which case it begins at the first
    instant of the day."""

    start: datetime | None
    day: date | None
    duration: timedelta

    def starts(self, zone: str) -> datetime:
        """The instant at which it starts; `zone` is the firm's zone."""
        if self.start is not None:
            return self.start
        assert self.day is not None  # one of the two is there
        return first_instant(self.day, zone)


def times(
    start: object, end: object, day: object, hours: object, long: bool
) -> tuple[datetime | None, date | None, timedelta]:
    """Start, day and duration from `start` and `end`, `start` and `hours`, or `day` and `hours`.

    Durations are the time that passed, also across a clock change. InvalidInput for any other choice of arguments, for
    an end before the start, and for what `checked_length` refuses.
    """
    if (start is None) == (day is None) or (end is None) == (hours is None) or (day is not None and end is not None):
        raise InvalidInput("Give start and end, or start and hours, or day and hours.", "incomplete_time")
    try:
        begun = None if start is None else instant("start", start)
        on = None if day is None else business_day("day", day)
        until = None if end is None else instant("end", end)
        length = None if hours is None else inputs.duration("hours", hours)
    except InvalidInput:  # they are checked once more, for everything that is wrong
        problems = inputs.Problems()
        for name, check, given in (
            ("start", instant, start),
            ("day", business_day, day),
            ("end", instant, end),
            ("hours", inputs.duration, hours),
        ):
            if given is not None:
                problems.check(name, check, name, given)
        raise problems.error from None
    duration = elapsed(begun, until) if begun is not None and until is not None else cast("timedelta", length)
    return begun, on, checked_length(duration, long=long)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """The time from start to end. InvalidInput if the end comes first."""
    if end < start:
        raise InvalidInput(
            f"end, {end.isoformat()}, lies before start, {start.isoformat()}.", "ends_before_it_begins", field="end"
        )
    return end - start


def checked_length(duration: timedelta, *, long: bool) -> timedelta:
    """The duration. InvalidInput if it is over 24 hours without `long`, or over 31 days."""
    if duration > LONGEST_OF_ALL:
        raise InvalidInput(
            f"{_said(duration)} is longer than 31 days; give its real end, or several sessions.",
            "longer_than_31_days",
        )
    if duration > LONGEST and not long:
        raise InvalidInput(
            f"{_said(duration)} is longer than 24 hours; if so, pass allow_over_24h=True.", "longer_than_24_hours"
        )
    return duration


def _said(duration: timedelta) -> str:
    minutes, seconds = divmod(duration // timedelta(seconds=1), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"A session of {hours:,} hours"
        if not minutes + seconds
        else f"A session of {hours:,}:{minutes:02}:{seconds:02}"
    )


def check_not_ahead(start: datetime, now: datetime, field: str) -> None:
    """InvalidState for work that begins more than a day ahead."""
    if start - now > AHEAD:
        raise InvalidState(
            f"Work from {start:%Y-%m-%d %H:%M} UTC on is more than a day ahead: it is {now:%Y-%m-%d %H:%M}; check the "
            f"date.",
            "day_is_ahead",
            field=field,
        )


@frozen(kw_only=True, weakref_slot=False)
class WorkSession:
    """Work that was done: its start, its duration, and its rate, which never changes.

    `duration` is billed: the time that passed, or what the worker stated. `minor` is the cost in minor units of the
    rate's currency: rate times duration, less if the cap of its project cut it, and 0 for work that is not billable.
    `stated_day` is set if a date and hours were given instead of times; that date stays even if the firm's zone
    changes. `over_limit` marks work that was recorded while work was stopped. A deleted session stays on record as
    `removed`. `rate_stated` marks a rate of its own, which does not follow that of the project.
    """

    id: SessionId
    client_id: ClientId
    project_id: ProjectId
    person_id: PersonId
    start: datetime
    duration: timedelta
    rate: Rate
    minor: int
    billable: bool = True
    note: str = ""
    stated_day: date | None = None
    over_limit: bool = False
    removed: bool = False
    rate_stated: bool = False

    def __repr__(self) -> str:
        cost = Money(minor=self.minor, currency=self.rate.currency)
        return f"<WorkSession {self.start:%Y-%m-%d %H:%M} UTC: {self.duration} h, {cost}>"

    @property
    def cut_minor(self) -> int:
        """What the cap of its project took off its cost, in minor units."""
        return self.rate.minor_for(self.duration) - self.minor if self.billable and not self.removed else 0

    def day(self, zone: str) -> date:
        """Its day: the stated day, or the day of its start in the firm's zone."""
        return self.stated_day or day_of(self.start, zone)


unchecked_session: Final = unchecked(WorkSession)


@frozen(kw_only=True)
class Timer:
    """A session that is still running, with the rate of its start. A person runs at most one."""

    id: SessionId
    client_id: ClientId
    project_id: ProjectId
    person_id: PersonId
    start: datetime
    rate: Rate
    billable: bool = True
    note: str = ""

    def __repr__(self) -> str:
        return f"<Timer since {self.start:%Y-%m-%d %H:%M} UTC>"


@frozen
class WorkSessionView:
    """A session as one person sees it. `locked` says whether a live invoice bills it. `locked_by`, the invoice, is None
    for people who may not see invoices; `rate`, `rate_stated`, `amount` and `cut` are None for people who may not see
    money. `cut` is what the cap of the project took off the cost; None if it took nothing off. A deleted session is
    returned only when its source is imported again: it costs nothing and is `removed`."""

    id: SessionId
    client_id: ClientId
    project_id: ProjectId
    person_id: PersonId
    day: date
    start: datetime
    duration: timedelta
    billable: bool
    note: str
    over_limit: bool
    locked: bool
    locked_by: InvoiceId | None
    rate: Rate | None
    amount: Money | None
    removed: bool = False
    rate_stated: bool | None = None
    cut: Money | None = None

    def __repr__(self) -> str:
        cost = "" if self.amount is None else f", {self.amount}"
        cost += "" if self.cut is None else f", cut by {self.cut}"
        locked = ", locked" if self.locked else ""
        return f"<WorkSessionView {self.day}: {self.duration} h{cost}{locked}>"

    @property
    def end(self) -> datetime:
        """Its end, if it had no break."""
        return self.start + self.duration


unchecked_session_view: Final = unchecked(WorkSessionView)


@frozen(kw_only=True)
class TimerView:
    """A running timer as one person sees it; `rate` is None for people who may not see money. `stopped` says whether
    work for the client is stopped; it is None for a contact who may not see the client's account."""

    id: SessionId
    client_id: ClientId
    project_id: ProjectId
    person_id: PersonId
    start: datetime
    billable: bool
    note: str
    rate: Rate | None
    stopped: bool | None

    def __repr__(self) -> str:
        return f"<TimerView since {self.start:%Y-%m-%d %H:%M} UTC>"


@frozen(kw_only=True)
class NewWorkSession:
    """A row for `work.import_many`, with `start` and `end`, or `start` and `hours`, or `day` and `hours`. `rate`
    replaces the project's rate. `billable` None means as the project is.

    `source` is the id of the work in the system that it comes from, such as "toggl:1234": a text of one line that is
    the same in every export. Work with the same source is recorded once. `same_as` is a session in the books that the
    row corrects; it was recorded under another source, or under none.
    """

    project_id: ProjectId
    person_id: PersonId
    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    hours: inputs.Hours | None = None
    billable: bool | None = None
    note: str = ""
    rate: Rate | None = None
    source: str | None = None
    same_as: SessionId | None = None
