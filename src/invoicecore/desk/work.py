"""The calls for work sessions and timers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from attrs import converters, evolve

from invoicecore.desk import visibility, work_entry
from invoicecore.desk.context import CommandContext
from invoicecore.desk.executor import keyed
from invoicecore.desk.finish import settle
from invoicecore.desk.generic_queries import narrowest_index
from invoicecore.desk.subject import Subject, command, query
from invoicecore.desk.work_import import import_rows
from invoicecore.errors import InvalidInput, InvalidState
from invoicecore.model.import_row import ImportRow
from invoicecore.model.work_input import WorkChange, check_open, edited_session, stated_reason, work_input
from invoicecore.model.work_session import (
    NewWorkSession,
    Timer,
    TimerView,
    WorkSessionView,
    checked_length,
)
from invoicecore.ports.store import (
    TIMERS,
    UniqueKind,
)
from invoicecore.settlement.post import post_session, remove_session
from invoicecore.values import inputs
from invoicecore.values.calendar import Period, instant
from invoicecore.values.ids import SessionId
from invoicecore.values.inputs import Hours
from invoicecore.values.money import Rate
from invoicecore.values.unset import UNSET, Unset, if_set
from invoicecore.vocabulary import Action


class Work(Subject):
    """Sessions and timers. People who see no money are shown neither rates nor amounts."""

    def log(
        self,
        project_id: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        day: date | None = None,
        hours: Hours | None = None,
        person_id: str | None = None,
        billable: bool | None = None,
        note: str = "",
        rate: Rate | None = None,
        over_limit: bool = False,
        reason: str = "",
        allow_over_24h: bool = False,
        idempotency_key: str | None = None,
    ) -> WorkSessionView:
        """Record a session: `start` and `end`, or `start` and `hours`, or `day` and `hours` (int, Decimal or text, or a
        timedelta).

        It is the caller's own, unless a Manager gives a `person_id`. It costs the project's rate at its start, or a
        `rate` of its own that a Manager gives. It is billable if the project is, unless a Supervisor or a Manager says
        otherwise. Its cost is taken from the client's balance, and a refill is requested if one is due. At the allowed
        balance all work is refused with BalanceLimitReached, unless a Manager records work already done with
        `over_limit=True` and a `reason`. A session longer than 24 hours needs `allow_over_24h=True`; none may be longer
        than 31 days, or begin more than a day ahead.
        """
        inputs.yes_or_no("allow_over_24h", allow_over_24h)
        try:
            work = work_input(start, end, day, hours, billable, note, rate, allow_over_24h)
            why = stated_reason(over_limit, reason)
        except InvalidInput:  # they are checked once more, for everything that is wrong
            problems = inputs.Problems()
            problems.check("work", work_input, start, end, day, hours, billable, note, rate, allow_over_24h)
            problems.check("reason", stated_reason, over_limit, reason)
            raise problems.error from None

        def run(context: CommandContext) -> WorkSessionView:
            where, whom = (
                context.project(project_id),
                context.person(person_id) if person_id is not None else context.actor,
            )
            work_entry.permit_logging(context, where, whom, work, over_limit)
            context.reason = why
            before, where = context.account_then_project(where)
            decision, view = work_entry.recorded(context, before, where, whom, work, over_limit=over_limit)
            settle(context, before, decision)
            return view

        request = None
        if idempotency_key is not None:
            request = keyed(
                idempotency_key,
                self.log,
                project_id=project_id,
                work=work,
                person_id=person_id,
                over_limit=over_limit,
                reason=why,
            )
        return self._executor.write(Action.LOG_WORK, run, request)

    def import_many(
        self,
        rows: Iterable[NewWorkSession],
        *,
        over_limit: bool = False,
        reason: str = "",
        allow_over_24h: bool = False,
        update: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[WorkSessionView, ...]:
        """Record many sessions in one unit of work, in the order given: all of them or, with BatchRefused, none.

        Each row is treated as by `log`, but refills are requested once for each client, at the end. A row whose
        `source` was imported before records nothing, even if it says something else: the existing session stays as it
        is, even if it was edited, locked or deleted, and is returned in the row's place.

        With `update` such a session is edited to what the row says now, as by `edit`: a stated rate stays if the row
        has none. The session still stays as it is if an invoice locks it, if it was deleted, or if the row is of
        another client or person. Of several rows with one source, only the first counts.

        A row with `same_as` records nothing: the session with that id is edited to what the row says, in the same way
        and without `update`. From then on the session has the source of the row too, unless it had to stay as it was.
        """
        inputs.yes_or_no("allow_over_24h", allow_over_24h)
        inputs.yes_or_no("update", update)
        why = stated_reason(over_limit, reason)
        given: list[ImportRow] = []
        for place, row in enumerate(inputs.several("rows", rows, NewWorkSession.__name__)):
            with work_entry.InRow(place):
                inputs.instance("A row", row, NewWorkSession)
                given.append(ImportRow.of(row, allow_over_24h=allow_over_24h))

        def run(context: CommandContext) -> tuple[WorkSessionView, ...]:
            context.permit(Action.IMPORT_WORK)
            context.reason = why
            return import_rows(context, given, over_limit=over_limit, update=update)

        request = keyed(idempotency_key, self.import_many, rows=given, over_limit=over_limit, reason=why, update=update)
        return self._executor.write(Action.IMPORT_WORK, run, request)

    def imported(self, sources: Iterable[str]) -> dict[str, WorkSessionView]:
        """Which of these sources were imported already, each with its session as it is now."""
        names = [inputs.line("source", source) for source in inputs.ids("sources", sources)]

        def run(context: CommandContext) -> dict[str, WorkSessionView]:
            context.permit(Action.IMPORT_WORK)
            known = work_entry.known(context, names)
            views = work_entry.views(context, known.values())
            return {source: views[id] for source, id in known.items()}

        return self._executor.read(run)

    @command(
        Action.RUN_TIMER,
        billable=converters.optional(partial(inputs.yes_or_no, "billable")),
        note=partial(inputs.text, "note"),
    )
    def start(
        self,
        context: CommandContext,
        project_id: str,
        *,
        billable: bool | None = None,
        note: str = "",
        idempotency_key: str | None = None,
    ) -> TimerView:
        """Start one's own timer, which keeps the rate of its start. A person runs at most one timer.

        BalanceLimitReached as for `log`; stopping a running timer is always accepted.
        """
        where = context.project(project_id)
        context.permit(Action.RUN_TIMER)
        work_entry.permit_billable(context, where, billable)
        account, where = context.account_then_project(where)
        client = context.client_of(where)
        check_open(client, where, context.stamp.today)
        if context.uow.owners(UniqueKind.TIMER, (context.actor.id,)):
            raise InvalidState("A timer is running already; stop or discard it first.", "timer_runs")
        if not where.has_fixed_price:
            work_entry.admitted(context, account, over_limit=False)
        timer = Timer(
            id=SessionId(context.ids()),
            client_id=client.id,
            project_id=where.id,
            person_id=context.actor.id,
            start=context.stamp.at,
            rate=where.rate_at(context.stamp.at),
            billable=where.bills(billable),
            note=note,
        )
        context.uow.reserve(UniqueKind.TIMER, (timer.person_id,), timer.id)
        context.put(account)
        context.put(timer)
        return work_entry.timer_shown(context, timer)

    @command(
        Action.RUN_TIMER,
        at=converters.optional(partial(instant, "at")),
        note=converters.optional(partial(inputs.text, "note")),
        allow_over_24h=partial(inputs.yes_or_no, "allow_over_24h"),
    )
    def stop(
        self,
        context: CommandContext,
        timer_id: str,
        *,
        at: datetime | None = None,
        note: str | None = None,
        allow_over_24h: bool = False,
        idempotency_key: str | None = None,
    ) -> WorkSessionView:
        """Stop a timer, now or at an earlier instant, and record the session, which has the timer's id.

        It is accepted whatever the balance. A timer that ran over 24 hours needs `allow_over_24h=True`. One that ran
        over 31 days must be stopped at an earlier instant, or discarded. A Supervisor or a Manager may stop the timer
        of another person.
        """
        running = work_entry.own_or_permitted(context, timer_id)
        if at is not None and not running.start <= at <= max(context.stamp.at, running.start):
            message = f"A timer can be stopped between its start, {running.start}, and now, not at {at}."
            raise InvalidState(message, "not_while_it_ran", field="at")
        # A clock that stepped back makes a session of no length, not one of negative length.
        length = max((at or context.stamp.at) - running.start, timedelta(0))
        duration = checked_length(length, long=allow_over_24h)
        before = context.account(running.client_id)
        session = work_entry.ended(running, duration, note, context.project_of(running))
        work_entry.end(context, running)
        day = session.day(context.stamp.zone)
        settle(context, before, post_session(before, session, day, context.stamp))
        return work_entry.shown(context, session, day, None)

    def discard(self, timer_id: str, *, idempotency_key: str | None = None) -> TimerView:
        """Discard a running timer; nothing is recorded."""

        def run(context: CommandContext) -> TimerView:
            running = work_entry.own_or_permitted(context, timer_id)
            work_entry.end(context, running)
            context.bump_account(running.client_id)
            return work_entry.timer_shown(context, running)

        request = keyed(idempotency_key, self.discard, discarded=timer_id)  # not what `stop` asks of the same timer
        return self._executor.write(Action.RUN_TIMER, run, request)

    @query
    def running(self, context: CommandContext) -> tuple[TimerView, ...]:
        """The running timers that the caller may see, the earliest first."""
        context.permit(Action.VIEW_WORK)
        seen = (timer for timer in context.uow.find(TIMERS) if visibility.sees_work(context.actor, timer))
        return tuple(work_entry.timer_shown(context, timer) for timer in seen)

    def edit(
        self,
        session_id: str,
        *,
        project_id: str | Unset = UNSET,
        person_id: str | Unset = UNSET,
        start: datetime | Unset = UNSET,
        end: datetime | Unset = UNSET,
        day: date | Unset = UNSET,
        hours: Hours | Unset = UNSET,
        billable: bool | Unset = UNSET,
        note: str | Unset = UNSET,
        rate: Rate | Unset = UNSET,
        over_limit: bool = False,
        reason: str = "",
        allow_over_24h: bool = False,
        idempotency_key: str | None = None,
    ) -> WorkSessionView:
        """Change what is given of a session that no live invoice locks. SessionLocked names the invoice.

        A new `start` or `day` alone moves the session and keeps its length. A stated rate is kept until another one is
        stated. Any other rate is kept, unless the project changes or the start moves across a change of rate; then the
        session gets the rate at its new start. On another project, a session that was as billable as its old project
        becomes as billable as the new one. If the amount changes, the balance gets the former one back and the new one
        is taken from it. While work is stopped, only a Manager may make the session cost more or last longer, with
        `over_limit=True` and a `reason`. A Manager may also correct who did the work.
        """
        given: dict[str, Any] = {
            "start": start,
            "end": end,
            "day": day,
            "billable": billable,
            "note": note,
            "rate": rate,
        }
        good = inputs.all_of(
            **inputs.of_fields(WorkChange, **given),
            hours=lambda: if_set(hours, lambda it: inputs.duration("hours", it)),
            allow_over_24h=lambda: inputs.yes_or_no("allow_over_24h", allow_over_24h),
            reason=lambda: stated_reason(over_limit, reason),
        )
        change = WorkChange(project_id=project_id, person_id=person_id, duration=good["hours"], **given)
        why = good["reason"]

        def run(context: CommandContext) -> WorkSessionView:
            old = context.session(session_id)
            where = context.project(old.project_id if change.project_id is UNSET else change.project_id)
            whom = None if change.person_id is UNSET else context.person(change.person_id)
            context.permit(Action.EDIT_WORK)
            work_entry.permit_stating(context, None if change.rate is UNSET else change.rate, over_limit)
            if whom is not None:
                work_entry.permit_person(context, whom, old.person_id)
            before = context.account(old.client_id)
            where = context.project(where.id)  # as it is once the account was read
            work_entry.check_unlocked(context, old)
            if where.client_id != old.client_id:
                message = "A session cannot move to another client; delete it and record it anew."
                raise InvalidState(message, "other_client", field="project_id")
            context.reason = why
            work = change.applied_to(old, context.stamp.zone, allow_over_24h=allow_over_24h)
            if change.billable is UNSET and where.id != old.project_id:
                follows = old.billable == context.project(old.project_id).bills(None)
                work = evolve(work, billable=where.bills(None) if follows else old.billable)
            new = edited_session(old, context.client_of(where), where, work, context.stamp.zone, context.stamp.at)
            if whom is not None:
                new = evolve(new, person_id=whom.id)
            decision, view = work_entry.edited(context, before, where, old, new, over_limit=over_limit)
            settle(context, before, decision)
            return view

        request = keyed(
            idempotency_key,
            self.edit,
            session_id=session_id,
            change=change,
            over_limit=over_limit,
            reason=why,
            allow_over_24h=allow_over_24h,
        )
        return self._executor.write(Action.EDIT_WORK, run, request)

    @command(Action.DELETE_WORK)
    def delete(
        self, context: CommandContext, session_id: str, *, idempotency_key: str | None = None
    ) -> WorkSessionView:
        """Delete a session that no live invoice locks: the balance gets its cost back. SessionLocked names the
        invoice."""
        old = context.session(session_id)
        context.permit(Action.DELETE_WORK)
        before = context.account(old.client_id)
        work_entry.check_unlocked(context, old)
        settle(context, before, remove_session(before, old, context.stamp))
        return work_entry.shown(context, old, old.day(context.stamp.zone), None)

    @query
    def get(self, context: CommandContext, session_id: str) -> WorkSessionView:
        """A session that the caller may see."""
        found = context.session(session_id)
        return work_entry.all_shown(context, [found])[0]

    @query
    def sessions(
        self,
        context: CommandContext,
        *,
        client_id: str | None = None,
        project_id: str | None = None,
        person_id: str | None = None,
        period: Period | None = None,
    ) -> tuple[WorkSessionView, ...]:
        """The sessions that the caller may see, by start: of the firm, or of a client, project, person or period."""
        index, key = narrowest_index(client_id, project_id, person_id)
        inputs.optional(person_id, context.person)
        inputs.optional(client_id, context.client)
        inputs.optional(project_id, context.project)
        context.permit(Action.VIEW_WORK)
        found = [
            session
            for session in work_entry.sessions_in(context, index, key, period)
            if visibility.sees_work(context.actor, session)
            and client_id in (None, session.client_id)
            and project_id in (None, session.project_id)
            and person_id in (None, session.person_id)
        ]
        return work_entry.all_shown(context, found)
