"""The recording, changing and showing of one session or timer."""

from collections.abc import Iterable
from datetime import date, timedelta

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext
from invoicecore.errors import (
    BalanceLimitReached,
    BatchRefused,
    InvalidState,
    InvoicecoreError,
    SessionLocked,
    StorageError,
)
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_input import WorkInput, new_session
from invoicecore.model.work_session import (
    Timer,
    TimerView,
    WorkSession,
    WorkSessionView,
    unchecked_session,
    unchecked_session_view,
)
from invoicecore.ports.store import Index, UniqueKind
from invoicecore.settlement.account import Account
from invoicecore.settlement.decision import Decision
from invoicecore.settlement.post import admit, change_session, is_more_work, post_session
from invoicecore.values.calendar import Period
from invoicecore.values.ids import InvoiceId, SessionId
from invoicecore.values.money import Rate, unchecked_money
from invoicecore.vocabulary import Action, Role


class InRow:
    """Names the row of a batch in whatever refuses it. Storage's errors are nobody's row."""

    __slots__ = ("_place",)

    def __init__(self, place: int) -> None:
        self._place = place

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, refused: BaseException | None, *traceback: object) -> None:
        if isinstance(refused, InvoicecoreError) and not isinstance(refused, StorageError):
            raise BatchRefused(self._place, refused) from refused


def permit_stating(context: CommandContext, rate: Rate | None, over_limit: bool) -> None:
    """Whether the actor may state a rate or record work although it is stopped, if that is what is asked for."""
    if rate is not None:
        context.permit(Action.STATE_RATE)
    if over_limit:
        context.permit(Action.LOG_OVER_LIMIT)


def permit_billable(context: CommandContext, project: Project, billable: bool | None) -> None:
    """Whether the actor may say that work is billable, or not: anybody may say of it what the project says, and at a
    fixed price, where it makes no difference."""
    if billable is not None and billable != project.billable and not project.has_fixed_price:
        context.permit(Action.STATE_BILLABLE)


def permit_logging(context: CommandContext, project: Project, whom: Person, work: WorkInput, over_limit: bool) -> None:
    """Whether the actor may record that work on a project, for that person."""
    context.permit(Action.LOG_WORK)
    permit_billable(context, project, work.billable)
    permit_stating(context, work.rate, over_limit)
    permit_person(context, whom, context.actor.id)


def permit_person(context: CommandContext, whom: Person, usual: str) -> None:
    """Whether the actor may say that this person worked, if it is not who it would be."""
    if whom.id != usual:
        context.permit(Action.LOG_FOR_OTHERS)
        if whom.role is Role.CONTACT:
            raise InvalidState(
                f"{whom.name} is a client's contact; only employees record work.", "no_employee", field="person_id"
            )


def check_unlocked(context: CommandContext, session: WorkSession) -> None:
    """SessionLocked, naming the invoice, if one holds the session."""
    owner = context.uow.owners(UniqueKind.CHARGE, (session.id,)).get(session.id)
    if owner is not None:
        raise SessionLocked(context.label_of(owner))


def admitted(context: CommandContext, account: Account, *, over_limit: bool) -> bool:
    """As `settlement.post.admit`; the message names no amounts to those who see no money."""
    try:
        return admit(account, over_limit=over_limit)
    except BalanceLimitReached:
        if context.sees_money:
            raise
        raise BalanceLimitReached("Work for this client is stopped; ask a manager.", "work_is_stopped") from None


def recorded(
    context: CommandContext, account: Account, project: Project, whom: Person, work: WorkInput, *, over_limit: bool
) -> tuple[Decision, WorkSessionView]:
    """Charge the account for work that is given, unless it is stopped; and the session that it becomes, as shown."""
    client, stamp = context.client_of(project), context.stamp
    session = new_session(SessionId(context.ids()), client, project, whom.id, work, stamp.zone, stamp.at)
    if not project.has_fixed_price and admitted(context, account, over_limit=over_limit):
        session = evolve(session, over_limit=True)
    day = session.day(stamp.zone)
    capped = project.cap_used is not None
    return post_session(account, session, day, stamp, counted=capped), shown(context, session, day, None, capped=capped)


def ended(timer: Timer, duration: timedelta, note: str | None, project: Project) -> WorkSession:
    """The session that a timer on that project becomes."""
    return unchecked_session(
        id=timer.id,
        client_id=timer.client_id,
        project_id=timer.project_id,
        person_id=timer.person_id,
        start=timer.start,
        duration=duration,
        rate=timer.rate,
        minor=project.cost_minor(timer.rate.minor_for(duration)) if timer.billable else 0,
        billable=timer.billable,
        note=timer.note if note is None else note,
    )


def edited(
    context: CommandContext, account: Account, project: Project, old: WorkSession, new: WorkSession, *, over_limit: bool
) -> tuple[Decision, WorkSessionView]:
    """Charge the account for a session that was changed, unless work is stopped and it is more work; and the session,
    which is on that project now, as shown."""
    is_stoppable = bool(new.minor) or not project.has_fixed_price
    if is_stoppable and is_more_work(old, new) and admitted(context, account, over_limit=over_limit):
        new = evolve(new, over_limit=True)
    day = new.day(context.firm.timezone)
    return change_session(account, old, new, context.stamp), shown(context, new, day, None)


def shown(
    context: CommandContext, session: WorkSession, day: date, locked_by: InvoiceId | None, *, capped: bool = True
) -> WorkSessionView:
    """The session, which belongs to that day, as the actor may see it. Nothing was cut where its project is not
    `capped`."""
    money = context.sees_money
    cut = session.cut_minor if money and capped else 0
    return unchecked_session_view(  # Python makes a dictionary of more than 15 named arguments
        session.id,
        session.client_id,
        session.project_id,
        session.person_id,
        day,
        start=session.start,
        duration=session.duration,
        billable=session.billable,
        note=session.note,
        over_limit=session.over_limit,
        locked=locked_by is not None,
        locked_by=locked_by if money and context.actor.limited_to is None else None,
        rate=session.rate if money else None,
        amount=unchecked_money(minor=session.minor, currency=session.rate.currency) if money else None,
        removed=session.removed,
        rate_stated=session.rate_stated if money else None,
        cut=unchecked_money(minor=cut, currency=session.rate.currency) if cut else None,
    )


def all_shown(context: CommandContext, sessions: Iterable[WorkSession]) -> tuple[WorkSessionView, ...]:
    """Sessions as the actor may see them, each with the invoice that holds it."""
    sessions, zone = tuple(sessions), context.firm.timezone
    owners = context.uow.owners(UniqueKind.CHARGE, [session.id for session in sessions])
    return tuple(
        shown(context, session, session.day(zone), InvoiceId(owners[session.id]) if session.id in owners else None)
        for session in sessions
    )


def known(context: CommandContext, sources: Iterable[str]) -> dict[str, str]:
    """Which of these sources were imported already, each with the id of the session it became."""
    return dict(context.uow.owners(UniqueKind.IMPORT, sources))


def views(context: CommandContext, ids: Iterable[str]) -> dict[str, WorkSessionView]:
    """Sessions by their ids as the actor may see them, those that were deleted too."""
    found = (context.uow.get(WorkSession, id) for id in ids)
    return {view.id: view for view in all_shown(context, (session for session in found if session is not None))}


def timer_shown(context: CommandContext, timer: Timer) -> TimerView:
    """The timer as the actor may see it."""
    tells = visibility.sees_stop(context.actor, timer.client_id)
    return TimerView(
        id=timer.id,
        client_id=timer.client_id,
        project_id=timer.project_id,
        person_id=timer.person_id,
        start=timer.start,
        billable=timer.billable,
        note=timer.note,
        rate=timer.rate if context.sees_money else None,
        stopped=context.account(timer.client_id).is_stopped if tells else None,
    )


def own_or_permitted(context: CommandContext, timer_id: str) -> Timer:
    """A running timer that the actor may stop: their own, or for whoever edits all sessions anybody's."""
    timer = context.timer(timer_id)
    context.permit(Action.RUN_TIMER)
    if timer.person_id != context.actor.id:
        context.permit(Action.EDIT_WORK)
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
