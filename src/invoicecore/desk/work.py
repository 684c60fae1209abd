"""Who worked on what, and how is it recorded, changed and taken away?"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from attrs import evolve

from invoicecore.desk import visibility, work_entry
from invoicecore.desk.context import Unit
from invoicecore.desk.executor import Office
from invoicecore.desk.finish import settle
from invoicecore.desk.work_entry import TimeChange
from invoicecore.desk.work_import import Batch, Said
from invoicecore.errors import Malformed, NotAllowedNow
from invoicecore.model.work_session import NewSession, Session, SessionView, Timer, TimerView, checked_length
from invoicecore.ports.store import (
    ALL,
    SESSIONS,
    SESSIONS_OF_CLIENT,
    SESSIONS_OF_PERSON,
    SESSIONS_OF_PROJECT,
    TIMERS,
    Scope,
)
from invoicecore.settlement.charge import charge, recharge, remove
from invoicecore.values import inputs
from invoicecore.values.calendar import Period, business_day, instant
from invoicecore.values.ids import SessionId
from invoicecore.values.inputs import Hours
from invoicecore.values.money import Rate
from invoicecore.vocabulary import Act


class Work:
    """Sessions and timers. Those who see no money are shown neither rates nor amounts."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def log(
        self,
        project: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        day: date | None = None,
        hours: Hours | None = None,
        person: str | None = None,
        billable: bool = True,
        note: str = "",
        rate: Rate | None = None,
        past_stop: bool = False,
        reason: str = "",
        long: bool = False,
        idempotency_key: str | None = None,
    ) -> SessionView:
        """Record a session: `start` and `end`, or `start` and `hours`, or `day` and `hours` (int, Decimal or text, or
        a timedelta).

        It is one's own unless a Manager names a `person`. It costs the project's rate in force at its start, or a
        `rate` of its own that a Manager states. It draws from the client's balance, and asks for a refill when that is
        due. Chargeable work is refused with WorkIsStopped at the allowed balance, unless a Manager records work
        already done with `past_stop=True` and a `reason`. A session longer than 24 hours must be meant: `long=True`.
        """
        inputs.yes_or_no("long", long)
        work = work_entry.given(start, end, day, hours, billable, note, rate, long=long)
        why = work_entry.stated_reason(past_stop, reason)

        def command(unit: Unit) -> SessionView:
            where, whom = unit.project(project), unit.person(person) if person is not None else unit.actor
            work_entry.permit_logging(unit, whom, work, past_stop)
            unit.reason = why
            before, where = unit.held(where)
            decision, view = work_entry.recorded(unit, before, where, whom, work, past_stop=past_stop)
            settle(unit, before, decision)
            return view

        request = (project, work, person, past_stop, why)
        return self._office.write(Act.LOG_WORK, command, key=idempotency_key, request=request)

    def import_many(
        self,
        rows: Iterable[NewSession],
        *,
        past_stop: bool = False,
        reason: str = "",
        long: bool = False,
        update: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[SessionView, ...]:
        """Record many sessions in one unit of work, in the order given: all of them or, with BatchRefused, none.

        Each is treated as `log` would, but refills are asked for once for each client, at the end. A row of a `source`
        that was imported before is passed over, whatever else it says: the session that is there stays as it is, be it
        edited, locked or deleted, and is shown in the row's place.

        With `update` such a session is edited to what the row says now, as `edit` would; a row without a rate keeps
        the session's. It still stays as it is if an invoice holds it, if it was deleted, and if the row is of another
        client or person. Of several rows of one source the first counts.
        """
        inputs.yes_or_no("long", long)
        inputs.yes_or_no("update", update)
        why = work_entry.stated_reason(past_stop, reason)
        given: list[Said] = []
        for place, row in enumerate(rows):
            with work_entry.row(place):
                inputs.instance("A row", row, NewSession)
                times = (row.start, row.end, row.day, row.hours)
                source = inputs.optional(row.source, lambda it: inputs.name("source", it))
                work = work_entry.given(*times, row.billable, row.note, row.rate, long=long)
                given.append(Said(row.project_id, row.person_id, work, source))

        def command(unit: Unit) -> tuple[SessionView, ...]:
            unit.permit(Act.IMPORT_WORK)
            unit.reason = why
            batch, ids = Batch(unit, past_stop=past_stop), []
            known = work_entry.known(unit, [said.source for said in given if said.source is not None])
            to_follow = set(known) if update else set()
            for place, said in enumerate(given):
                with work_entry.row(place):
                    if said.source in to_follow:
                        to_follow.remove(said.source)
                        batch.follow(said, known[said.source])
                    elif said.source not in known:
                        id = batch.record(said)
                        ids.append(id)
                        if said.source is not None:
                            known[said.source] = id
                        continue
                ids.append(known[said.source])
            batch.close()
            # Looked at once the accounts were read, so that no invoice takes hold of them unseen.
            passed_over = work_entry.views(unit, [id for id in ids if id not in batch.shown])
            return tuple(batch.shown.get(id) or passed_over[id] for id in ids)

        rows_given = tuple((said.project_id, said.person_id, said.work, said.source) for said in given)
        request: tuple[object, ...] = (rows_given, past_stop, why)
        if update:  # keys of before there was this choice still stand for the same request
            request += (update,)
        return self._office.write(Act.IMPORT_WORK, command, key=idempotency_key, request=request)

    def imported(self, sources: Iterable[str]) -> dict[str, SessionView]:
        """Which of these sources were imported already, each with the session it became, as that now is."""
        names = [inputs.name("source", source) for source in inputs.ids("sources", sources)]

        def query(unit: Unit) -> dict[str, SessionView]:
            unit.permit(Act.IMPORT_WORK)
            known = work_entry.known(unit, names)
            views = work_entry.views(unit, known.values())
            return {source: views[id] for source, id in known.items()}

        return self._office.read(query)

    def start(
        self, project: str, *, billable: bool = True, note: str = "", idempotency_key: str | None = None
    ) -> TimerView:
        """Start one's own timer, which keeps the rate in force now. Nobody runs two at once.

        WorkIsStopped as for `log`; once it runs, stopping it is always accepted.
        """
        inputs.yes_or_no("billable", billable)
        note = inputs.text("note", note)

        def command(unit: Unit) -> TimerView:
            where = unit.project(project)
            unit.permit(Act.RUN_TIMER)
            account, where = unit.held(where)
            client = unit.client_of(where)
            work_entry.check_open(client, where, unit.stamp.today)
            if unit.uow.holders(Scope.TIMER, (unit.actor.id,)):
                raise NotAllowedNow("A timer is running already; stop or discard it first.")
            rate = where.rate_at(unit.stamp.at)
            work_entry.admitted(unit, account, costs=billable and rate.digits > 0, past_stop=False)
            timer = Timer(
                id=SessionId(unit.ids()),
                client_id=client.id,
                project_id=where.id,
                person_id=unit.actor.id,
                start=unit.stamp.at,
                rate=rate,
                billable=billable,
                note=note,
            )
            unit.uow.claim(Scope.TIMER, (timer.person_id,), timer.id)
            unit.put(account)
            unit.put(timer)
            return work_entry.timer_shown(unit, timer)

        return self._office.write(Act.RUN_TIMER, command, key=idempotency_key, request=(project, billable, note))

    def stop(
        self,
        timer: str,
        *,
        at: datetime | None = None,
        note: str | None = None,
        long: bool = False,
        idempotency_key: str | None = None,
    ) -> SessionView:
        """Stop a timer, now or at an earlier instant, and record the session, which has the timer's id.

        It is accepted whatever the balance. A Manager may stop somebody else's.
        """
        ended = None if at is None else instant("at", at)
        note = None if note is None else inputs.text("note", note)
        inputs.yes_or_no("long", long)

        def command(unit: Unit) -> SessionView:
            running = work_entry.own_or_permitted(unit, timer)
            if ended is not None and not running.start <= ended <= max(unit.stamp.at, running.start):
                raise NotAllowedNow(f"A timer is stopped between its start, {running.start}, and now, not at {ended}.")
            # A clock that stepped back makes a session of no length, not one of negative length.
            length = max((ended or unit.stamp.at) - running.start, timedelta(0))
            duration = checked_length(running.start, length, long=long)
            before = unit.account(running.client_id)
            session = work_entry.ended(running, duration, note)
            work_entry.end(unit, running)
            day = session.day(unit.stamp.zone)
            settle(unit, before, charge(before, session, day, unit.stamp))
            return work_entry.shown(unit, session, day, None)

        return self._office.write(Act.RUN_TIMER, command, key=idempotency_key, request=(timer, ended, note, long))

    def discard(self, timer: str) -> TimerView:
        """Throw a running timer away; nothing is recorded."""

        def command(unit: Unit) -> TimerView:
            running = work_entry.own_or_permitted(unit, timer)
            work_entry.end(unit, running)
            unit.touch(running.client_id)
            return work_entry.timer_shown(unit, running)

        return self._office.write(Act.RUN_TIMER, command)

    def running(self) -> tuple[TimerView, ...]:
        """The running timers that one may see, the earliest first."""

        def query(unit: Unit) -> tuple[TimerView, ...]:
            unit.permit(Act.VIEW_WORK)
            seen = (timer for timer in unit.uow.find(TIMERS) if visibility.sees_work(unit.actor, timer))
            return tuple(work_entry.timer_shown(unit, timer) for timer in seen)

        return self._office.read(query)

    def edit(
        self,
        session: str,
        *,
        project: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        day: date | None = None,
        hours: Hours | None = None,
        billable: bool | None = None,
        note: str | None = None,
        rate: Rate | None = None,
        past_stop: bool = False,
        reason: str = "",
        long: bool = False,
        idempotency_key: str | None = None,
    ) -> SessionView:
        """Change a session that no invoice holds; None leaves a value as it is. SessionLocked names the invoice.

        A new `start` or `day` alone moves the session and keeps its length. The rate is kept unless the start or the
        project changes; then it is the one in force at the new start. Where the amount changes, the former one is
        given back and the new one drawn. Making a free session chargeable is checked against the stop like new work.
        """
        changes = TimeChange(
            None if start is None else instant("start", start),
            None if end is None else instant("end", end),
            inputs.optional(day, lambda it: business_day("day", it)),
            None if hours is None else inputs.duration("hours", hours),
        )
        if (start is not None and day is not None) or (hours is not None and end is not None):
            raise Malformed("Give a start or a day, and an end or hours, not both.")
        if billable is not None:
            inputs.yes_or_no("billable", billable)
        note = None if note is None else inputs.text("note", note)
        if rate is not None:
            inputs.instance("rate", rate, Rate)
        inputs.yes_or_no("long", long)
        why = work_entry.stated_reason(past_stop, reason)

        def command(unit: Unit) -> SessionView:
            old = unit.session(session)
            where = unit.project(project if project is not None else old.project_id)
            unit.permit(Act.EDIT_WORK)
            work_entry.permit_stating(unit, rate, past_stop)
            before = unit.account(old.client_id)
            where = unit.project(where.id)  # as it is once the account was read
            work_entry.check_unlocked(unit, old)
            if where.client_id != old.client_id:
                raise NotAllowedNow("A session cannot move to another client; delete it and record it anew.")
            unit.reason = why
            when = changes.applied_to(old, unit.stamp.zone, long=long)
            costs = old.billable if billable is None else billable
            new = work_entry.edited(unit, old, where, unit.client_of(where), when, costs, rate)
            marked = work_entry.admitted(unit, before, costs=not old.minor and new.minor > 0, past_stop=past_stop)
            new = evolve(new, note=old.note if note is None else note, past_stop=old.past_stop or marked)
            settle(unit, before, recharge(before, old, new, unit.stamp))
            return work_entry.shown(unit, new, new.day(unit.stamp.zone), None)

        request = (session, project, changes, billable, note, rate, past_stop, why, long)
        return self._office.write(Act.EDIT_WORK, command, key=idempotency_key, request=request)

    def delete(self, session: str, *, idempotency_key: str | None = None) -> SessionView:
        """Take away a session that no invoice holds: its cost is given back. SessionLocked names the invoice."""

        def command(unit: Unit) -> SessionView:
            old = unit.session(session)
            unit.permit(Act.DELETE_WORK)
            before = unit.account(old.client_id)
            work_entry.check_unlocked(unit, old)
            settle(unit, before, remove(before, old, unit.stamp))
            return work_entry.shown(unit, old, old.day(unit.stamp.zone), None)

        return self._office.write(Act.DELETE_WORK, command, key=idempotency_key, request=(session,))

    def get(self, session: str) -> SessionView:
        """A session that one may see."""

        def query(unit: Unit) -> SessionView:
            found = unit.session(session)
            return work_entry.all_shown(unit, [found])[0]

        return self._office.read(query)

    def sessions(
        self,
        *,
        client: str | None = None,
        project: str | None = None,
        person: str | None = None,
        period: Period | None = None,
    ) -> tuple[SessionView, ...]:
        """The sessions that one may see, by start: of the whole firm, or of a client, project, person or period."""
        if period is not None:
            inputs.instance("period", period, Period)

        def query(unit: Unit) -> tuple[SessionView, ...]:
            index, key = SESSIONS, ALL
            wanted: list[Callable[[Session], bool]] = []
            if person is not None:
                index, key = SESSIONS_OF_PERSON, unit.person(person).id
                wanted.append(lambda it: it.person_id == person)
            if client is not None:
                index, key = SESSIONS_OF_CLIENT, unit.client(client).id
                wanted.append(lambda it: it.client_id == client)
            if project is not None:
                index, key = SESSIONS_OF_PROJECT, unit.project(project).id
                wanted.append(lambda it: it.project_id == project)
            unit.permit(Act.VIEW_WORK)
            found = work_entry.sessions_in(unit, index, key, period)
            return work_entry.all_shown(
                unit,
                [it for it in found if visibility.sees_work(unit.actor, it) and all(fits(it) for fits in wanted)],
            )

        return self._office.read(query)
