"""One session: how it is made of what was given, changed, and shown."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from attrs import evolve, frozen

from invoicecore.desk.context import CommandContext
from invoicecore.errors import (
    BalanceLimitReached,
    BatchRefused,
    InvalidInput,
    InvalidState,
    InvoicecoreError,
    SessionLocked,
    StorageError,
)
from invoicecore.model.client import Client
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import (
    Span,
    Timer,
    TimerView,
    WorkSession,
    WorkSessionView,
    checked_length,
    elapsed,
    times,
    unchecked_session,
    unchecked_session_view,
)
from invoicecore.ports.store import Index, UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.settlement.charge import admit, charge, recharge
from invoicecore.settlement.decision import Decision
from invoicecore.values import inputs
from invoicecore.values.calendar import Period, business_day, first_instant, instant
from invoicecore.values.ids import InvoiceId, SessionId
from invoicecore.values.money import Rate, in_currency, unchecked_money
from invoicecore.values.unchecked import unchecked
from invoicecore.values.unset import UNSET, Unset, settable
from invoicecore.vocabulary import Action, Role


@frozen
class WorkInput(Span):
    """Work as it was given, well formed: when, whether it costs, what about it, and a rate of its own."""

    billable: bool
    note: str
    rate: Rate | None


_unchecked_input = unchecked(WorkInput)


def given(
    start: object,
    end: object,
    day: object,
    hours: object,
    billable: object,
    note: object,
    rate: object,
    *,
    allow_over_24h: bool,
) -> WorkInput:
    """What was given, if it is well formed; times as `invoicecore.model.work_session.times` takes them."""
    begun, on, duration = times(start, end, day, hours, long=allow_over_24h)
    return _unchecked_input(
        begun,
        on,
        duration,
        inputs.yes_or_no("billable", billable),
        inputs.text("note", note),
        None if rate is None else inputs.instance("rate", rate, Rate),
    )


def stated_reason(over_limit: object, reason: object) -> str:
    """The reason for recording work past the stop, which must be there if that is asked for."""
    if inputs.yes_or_no("over_limit", over_limit):
        return inputs.reason("The reason for recording work past the stop", reason)
    return inputs.text("reason", reason)


@contextmanager
def row(place: int) -> Iterator[None]:
    """Names the row of a batch in whatever refuses it. Storage's errors are nobody's row."""
    try:
        yield
    except StorageError:
        raise
    except InvoicecoreError as refused:
        raise BatchRefused(place, refused) from refused


def permit_stating(context: CommandContext, rate: Rate | None, over_limit: bool) -> None:
    """Whether the actor may state a rate or go past the stop, if that is what is asked for."""
    if rate is not None:
        context.permit(Action.STATE_RATE)
    if over_limit:
        context.permit(Action.LOG_OVER_LIMIT)


def permit_logging(context: CommandContext, whom: Person, work: WorkInput, over_limit: bool) -> None:
    """Whether the actor may record that work, for that person."""
    context.permit(Action.LOG_WORK)
    permit_stating(context, work.rate, over_limit)
    if whom.id != context.actor.id:
        context.permit(Action.LOG_FOR_OTHERS)
        if whom.role is Role.CONTACT:
            raise InvalidState(f"{whom.name} is a client's contact; only employees record work.")


def check_open(client: Client, project: Project, day: date) -> None:
    """InvalidState unless work of that day can be recorded on the project."""
    if client.archived or project.archived:
        away = client.name if client.archived else project.name
        raise InvalidState(f"{away} is archived and takes no more work; bring it back first.")
    if project.starts_on is not None and day < project.starts_on:
        raise InvalidState(f"{project.name} starts on {project.starts_on}; work of {day} comes before that.")


def check_unlocked(context: CommandContext, session: WorkSession) -> None:
    """SessionLocked, naming the invoice, if one holds the session."""
    holder = context.uow.holders(UniqueKind.SESSION, (session.id,)).get(session.id)
    if holder is not None:
        raise SessionLocked(context.label_of(holder))


def admitted(context: CommandContext, account: Account, *, costs: bool, over_limit: bool) -> bool:
    """As `settlement.charge.admit`; those who see no money are told no amounts either."""
    try:
        return admit(account, costs=costs, over_limit=over_limit)
    except BalanceLimitReached:
        if context.sees_money:
            raise
        raise BalanceLimitReached("Work for this client is stopped; ask a manager.") from None


def recorded(
    context: CommandContext, account: Account, project: Project, whom: Person, work: WorkInput, *, over_limit: bool
) -> tuple[Decision, WorkSessionView]:
    """Charge the account for work that is given, unless it is stopped; and the session that it becomes, as shown."""
    session = _built(context, context.client_of(project), project, whom, work)
    if admitted(context, account, costs=session.minor > 0, over_limit=over_limit):
        session = evolve(session, over_limit=True)
    day = session.day(context.firm.timezone)
    return charge(account, session, day, context.stamp), shown(context, session, day, None)


def _built(context: CommandContext, client: Client, project: Project, whom: Person, work: WorkInput) -> WorkSession:
    """The session for work that is given, at the project's rate in force at its start or at its own."""
    start = work.starts(context.firm.timezone)
    if client.archived or project.archived or project.starts_on is not None:
        check_open(client, project, work.day or context.day_of(start))
    in_currency(client.currency, work.rate)
    rate = work.rate or project.rate_at(start)
    return unchecked_session(
        id=SessionId(context.ids()),
        client_id=client.id,
        project_id=project.id,
        person_id=whom.id,
        start=start,
        duration=work.duration,
        rate=rate,
        minor=rate.minor_for(work.duration) if work.billable else 0,
        billable=work.billable,
        note=work.note,
        stated_day=work.day,
    )


def ended(timer: Timer, duration: timedelta, note: str | None) -> WorkSession:
    """The session that a timer becomes."""
    return unchecked_session(
        id=timer.id,
        client_id=timer.client_id,
        project_id=timer.project_id,
        person_id=timer.person_id,
        start=timer.start,
        duration=duration,
        rate=timer.rate,
        minor=timer.rate.minor_for(duration) if timer.billable else 0,
        billable=timer.billable,
        note=timer.note if note is None else note,
    )


@frozen(kw_only=True)
class WorkChange:
    """What is to change about a session; what is UNSET stays as it is."""

    project_id: str | Unset = UNSET
    start: datetime | Unset = settable(lambda it: instant("start", it))
    end: datetime | Unset = settable(lambda it: instant("end", it))
    day: date | Unset = settable(lambda it: business_day("day", it))
    duration: timedelta | Unset = UNSET
    billable: bool | Unset = settable(lambda it: inputs.yes_or_no("billable", it))
    note: str | Unset = settable(lambda it: inputs.text("note", it))
    rate: Rate | Unset = settable(lambda it: inputs.instance("rate", it, Rate))

    def __attrs_post_init__(self) -> None:
        if UNSET not in {self.start, self.day} or UNSET not in {self.duration, self.end}:
            raise InvalidInput("Give a start or a day, and an end or hours, not both.")

    def applied_to(self, session: WorkSession, zone: str, *, allow_over_24h: bool) -> WorkInput:
        """The work of the session then. A new start or day moves it and keeps its length."""
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
            checked_length(start, duration, long=allow_over_24h or unchanged),
            session.billable if self.billable is UNSET else self.billable,
            session.note if self.note is UNSET else self.note,
            None if self.rate is UNSET else self.rate,
        )


def edited(
    context: CommandContext, account: Account, old: WorkSession, project: Project, work: WorkInput, *, over_limit: bool
) -> tuple[Decision, WorkSessionView]:
    """Change a session to other work; and the session that it becomes, as shown. Without a rate it keeps its own unless
    its start or project changes."""
    client, start = context.client_of(project), work.starts(context.firm.timezone)
    moved = start != old.start or project.id != old.project_id
    if moved:
        check_open(client, project, work.day or context.day_of(start))
    in_currency(client.currency, work.rate)
    rate = work.rate or (project.rate_at(start) if moved else old.rate)
    new = evolve(
        old,
        project_id=project.id,
        start=start,
        stated_day=work.day,
        duration=work.duration,
        rate=rate,
        minor=rate.minor_for(work.duration) if work.billable else 0,
        billable=work.billable,
        note=work.note,
    )
    if admitted(context, account, costs=not old.minor and new.minor > 0, over_limit=over_limit):
        new = evolve(new, over_limit=True)
    day = new.day(context.firm.timezone)
    return recharge(account, old, new, context.stamp), shown(context, new, day, None)


def shown(context: CommandContext, session: WorkSession, day: date, locked_by: InvoiceId | None) -> WorkSessionView:
    """The session, which belongs to that day, as the actor may see it."""
    money = context.sees_money
    return unchecked_session_view(
        id=session.id,
        client_id=session.client_id,
        project_id=session.project_id,
        person_id=session.person_id,
        day=day,
        start=session.start,
        duration=session.duration,
        billable=session.billable,
        note=session.note,
        over_limit=session.over_limit,
        locked=locked_by is not None,
        locked_by=locked_by if money and context.actor.limited_to is None else None,
        rate=session.rate if money else None,
        amount=unchecked_money(session.minor, session.rate.currency) if money else None,
        removed=session.removed,
    )


def all_shown(context: CommandContext, sessions: Iterable[WorkSession]) -> tuple[WorkSessionView, ...]:
    """Sessions as the actor may see them, each with the invoice that holds it."""
    sessions, zone = tuple(sessions), context.firm.timezone
    holders = context.uow.holders(UniqueKind.SESSION, [session.id for session in sessions])
    return tuple(
        shown(context, session, session.day(zone), InvoiceId(holders[session.id]) if session.id in holders else None)
        for session in sessions
    )


def known(context: CommandContext, sources: Iterable[str]) -> dict[str, str]:
    """Which of these sources were imported already, each with the id of the session it became."""
    return dict(context.uow.holders(UniqueKind.IMPORT, sources))


def views(context: CommandContext, ids: Iterable[str]) -> dict[str, WorkSessionView]:
    """Sessions by their ids as the actor may see them, those that were deleted too."""
    found = (context.uow.get(WorkSession, id) for id in ids)
    return {view.id: view for view in all_shown(context, (session for session in found if session is not None))}


def timer_shown(context: CommandContext, timer: Timer) -> TimerView:
    """The timer as the actor may see it."""
    return TimerView(
        id=timer.id,
        client_id=timer.client_id,
        project_id=timer.project_id,
        person_id=timer.person_id,
        start=timer.start,
        billable=timer.billable,
        note=timer.note,
        rate=timer.rate if context.sees_money else None,
    )


def own_or_permitted(context: CommandContext, timer_id: str) -> Timer:
    """A running timer that the actor may stop: their own, or for a Manager anybody's."""
    timer = context.timer(timer_id)
    context.permit(Action.RUN_TIMER)
    if timer.person_id != context.actor.id:
        context.permit(Action.LOG_FOR_OTHERS)
    return timer


def end(context: CommandContext, timer: Timer) -> None:
    """The timer no longer runs."""
    context.uow.release(UniqueKind.TIMER, (timer.person_id,))
    context.remove(Timer, timer.id)


def sessions_near(
    context: CommandContext, index: Index[WorkSession], key: str, period: Period | None
) -> list[WorkSession]:
    """The sessions under a key that begin near a period, so that those of all its days are among them."""
    after, before = (None, None) if period is None else ((moment,) for moment in period.near)
    return context.uow.find(index, key, after=after, before=before)


def sessions_in(
    context: CommandContext, index: Index[WorkSession], key: str, period: Period | None
) -> list[WorkSession]:
    """The sessions under a key that were not removed and belong to the days of a period."""
    zone = context.firm.timezone
    return [
        session
        for session in sessions_near(context, index, key, period)
        if not session.removed and (period is None or session.day(zone) in period)
    ]
