"""Timers, and the sessions that they become."""

from datetime import date, datetime, timedelta

import pytest

from invoicecore import EntryKind, Role, Terms, utc
from invoicecore.errors import BalanceLimitReached, InvalidInput, InvalidState, NotFound
from tests.world import NOON, World, hourly, usd

HOUR = timedelta(hours=1)


def stop_acme(world: World) -> None:
    """Bring Acme to the allowed balance."""
    world.maria.accounts.adjust(world.acme.id, usd(-1500), reason="From the old system")


class TestStart:
    @pytest.mark.req("A19")
    def test_a_timer_runs_from_now(self, world: World) -> None:
        """It knows its project, its person and when it was started; nothing is booked yet."""
        timer = world.lee.work.start(world.site.id, note="  Menu ")
        assert (world.site.id, world.lee.person_id, NOON, "Menu") == (
            timer.project_id,
            timer.person_id,
            timer.start,
            timer.note,
        )
        assert (timer,) == world.lee.work.running()
        assert usd(0) == world.balance()

    def test_nobody_runs_two_at_once(self, world: World) -> None:
        """Not on another project either; another person may."""
        world.lee.work.start(world.site.id)
        with pytest.raises(InvalidState, match="running already"):
            world.lee.work.start(world.project().id)
        world.sam.work.start(world.site.id)
        assert 2 == len(world.maria.work.running())

    @pytest.mark.req("A34")
    def test_the_stop_is_checked_when_a_timer_starts(self, world: World) -> None:
        """At the allowed balance no timer starts."""
        stop_acme(world)
        with pytest.raises(BalanceLimitReached):
            world.lee.work.start(world.site.id)
        assert () == world.lee.work.running()

    @pytest.mark.req("A34")
    def test_a_timer_that_costs_nothing_is_refused_past_the_stop(self, world: World) -> None:
        """Whether it is not billable or its rate is zero."""
        stop_acme(world)
        for desk, project, billable in (
            (world.sam, world.site.id, False),
            (world.lee, world.project(rate="0").id, None),
        ):
            with pytest.raises(BalanceLimitReached):
                desk.work.start(project, billable=billable)
        assert () == world.lee.work.running()

    def test_a_running_timer_tells_that_work_is_stopped(self, world: World) -> None:
        """Lee and Sam read it, and the contact who sees the account; one who is limited does not."""
        world.lee.work.start(world.site.id)
        limited = world.maria.people.add(
            name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id]
        )
        desks = (world.lee, world.sam, world.maria, world.cleo, world.billing.acting_as(limited.id))
        assert [False] * 4 + [None] == [desk.work.running()[0].stopped for desk in desks]
        stop_acme(world)
        assert [True] * 4 + [None] == [desk.work.running()[0].stopped for desk in desks]

    def test_a_timer_needs_an_open_project(self, world: World) -> None:
        """Not an archived one, not one of an archived client, not one that has not begun."""
        world.maria.projects.archive(world.site.id)
        with pytest.raises(InvalidState, match="Website is archived"):
            world.lee.work.start(world.site.id)
        world.maria.projects.restore(world.site.id)
        world.maria.clients.archive(world.acme.id)
        with pytest.raises(InvalidState, match="Acme is archived"):
            world.lee.work.start(world.site.id)
        world.maria.clients.restore(world.acme.id)
        world.maria.projects.change(world.site.id, starts_on=date(2026, 3, 3))
        with pytest.raises(InvalidState, match="starts on 2026-03-03"):
            world.lee.work.start(world.site.id)


class TestStop:
    def test_a_stopped_timer_is_a_session_with_its_id(self, world: World) -> None:
        """Ninety minutes at $50 are $75."""
        timer = world.lee.work.start(world.site.id, note="Menu")
        world.clock.advance(1.5 * HOUR)
        session = world.lee.work.stop(timer.id)
        seen = world.maria.work.get(timer.id)
        assert (timer.id, NOON, 1.5 * HOUR, "Menu") == (session.id, session.start, session.duration, session.note)
        assert (hourly(50), usd(75)) == (seen.rate, seen.amount)
        assert () == world.lee.work.running()
        [entry] = world.maria.accounts.entries(world.acme.id)
        assert (EntryKind.WORK, -75_00, timer.id) == (entry.kind, entry.minor, entry.cause)

    def test_a_note_replaces_the_one_it_began_with(self, world: World) -> None:
        """None leaves it, blank takes it away."""
        timer = world.lee.work.start(world.site.id, note="Menu")
        assert "" == world.lee.work.stop(timer.id, note=" ").note

    def test_a_free_timer_costs_nothing(self, world: World) -> None:
        """It becomes a session that is not billable."""
        timer = world.sam.work.start(world.site.id, billable=False)
        world.clock.advance(HOUR)
        session = world.sam.work.stop(timer.id)
        assert (False, usd(0)) == (session.billable, world.balance())

    @pytest.mark.req("A60")
    def test_it_keeps_the_rate_it_began_with(self, world: World) -> None:
        """A rise while it runs does not reach it, not even one that is dated back."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(HOUR)
        world.maria.projects.set_rate(world.site.id, hourly(80), since=utc(2026, 3, 1))
        world.clock.advance(HOUR)
        world.lee.work.stop(timer.id)
        assert usd(-100) == world.balance()

    @pytest.mark.req("A34")
    def test_stopping_is_always_accepted(self, world: World) -> None:
        """The client was stopped and archived meanwhile; the work was done and is recorded, unmarked."""
        timer = world.lee.work.start(world.site.id)
        stop_acme(world)
        world.maria.projects.archive(world.site.id)
        world.maria.clients.archive(world.acme.id)
        world.maria.projects.unassign(world.site.id, world.lee.person_id)
        world.clock.advance(HOUR)
        assert not world.lee.work.stop(timer.id).over_limit
        assert usd(-1550) == world.balance()

    def test_stopping_may_make_a_refill_due(self, world: World) -> None:
        """Twenty hours of a running timer lead to −$1,000, where $1,000 is asked for."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(20 * HOUR)
        world.lee.work.stop(timer.id)
        assert [usd(1000)] == [it.total for it in world.maria.invoices.of(world.acme.id)]

    def test_a_timer_may_end_at_an_earlier_instant(self, world: World) -> None:
        """Lee forgot it and went home at two."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(7 * HOUR)
        assert 2 * HOUR == world.lee.work.stop(timer.id, at=NOON + 2 * HOUR).duration

    def test_it_ends_between_its_start_and_now(self, world: World) -> None:
        """Neither before it began nor in the future; both ends are possible."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(HOUR)
        for impossible in (NOON - timedelta(seconds=1), NOON + HOUR + timedelta(seconds=1)):
            with pytest.raises(InvalidState, match="between its start"):
                world.lee.work.stop(timer.id, at=impossible)
        with pytest.raises(InvalidInput, match="no time zone"):
            world.lee.work.stop(timer.id, at=datetime(2026, 3, 2, 12, 30))
        assert timedelta(0) == world.lee.work.stop(timer.id, at=NOON).duration

    def test_more_than_a_day_must_be_meant(self, world: World) -> None:
        """A timer that was forgotten for a weekend goes on running until somebody says so or names the end."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(60 * HOUR)
        with pytest.raises(InvalidInput, match="longer than 24 hours"):
            world.lee.work.stop(timer.id)
        assert (timer,) == world.lee.work.running()
        assert 60 * HOUR == world.lee.work.stop(timer.id, allow_over_24h=True).duration

    def test_a_clock_that_steps_back_makes_no_negative_time(self, world: World) -> None:
        """The session has no length and costs nothing, whether or not an end is named."""
        timer = world.lee.work.start(world.site.id)
        world.clock.set(NOON - HOUR)
        with pytest.raises(InvalidState):
            world.lee.work.stop(timer.id, at=NOON - HOUR)
        assert timedelta(0) == world.lee.work.stop(timer.id).duration
        assert () == world.maria.accounts.entries(world.acme.id)
        again = world.lee.work.start(world.site.id)
        world.clock.set(NOON - 3 * HOUR)
        assert timedelta(0) == world.lee.work.stop(again.id, at=NOON - HOUR).duration

    def test_over_the_clock_change_the_elapsed_time_counts(self, world: World) -> None:
        """In the night of 8 March, five hours on the wall of Chicago are four."""
        world.clock.set(utc(2026, 3, 8, 5))  # 23:00 on 7 March
        timer = world.lee.work.start(world.site.id)
        world.clock.set(utc(2026, 3, 8, 9))  # 04:00 on 8 March
        session = world.lee.work.stop(timer.id)
        assert (4 * HOUR, date(2026, 3, 7)) == (session.duration, session.day)

    def test_it_stops_once(self, world: World) -> None:
        """A timer that ended is gone."""
        timer = world.lee.work.start(world.site.id)
        world.lee.work.stop(timer.id)
        for action in (world.lee.work.stop, world.lee.work.discard):
            with pytest.raises(NotFound):
                action(timer.id)


class TestWhose:
    def test_a_manager_stops_the_timer_of_somebody_else(self, world: World) -> None:
        """The session is Lee's."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(HOUR)
        assert world.lee.person_id == world.maria.work.stop(timer.id).person_id

    def test_running_timers_are_listed_by_start(self, world: World) -> None:
        """The earliest first."""
        first = world.sam.work.start(world.site.id)
        world.clock.advance(HOUR)
        second = world.lee.work.start(world.site.id)
        assert [first.id, second.id] == [it.id for it in world.maria.work.running()]


class TestDiscard:
    def test_nothing_is_recorded(self, world: World) -> None:
        """Neither a session nor an entry, and another timer may start."""
        timer = world.lee.work.start(world.site.id)
        world.clock.advance(HOUR)
        assert timer == world.lee.work.discard(timer.id)
        assert () == world.lee.work.sessions()
        assert () == world.maria.accounts.entries(world.acme.id)
        world.lee.work.start(world.site.id)


class TestUnderWay:
    def test_the_balance_counts_when_the_timer_starts(self, world: World) -> None:
        """A timer begun at −$79.99 of −$80 is recorded in full, and the next does not start."""
        client = world.client(terms=Terms(allowed_balance=usd(-80)))
        project = world.project(client, rate="10")
        world.maria.accounts.adjust(client.id, usd("-79.99"), reason="From the old system")
        timer = world.lee.work.start(project.id)
        world.clock.advance(8 * HOUR)
        world.lee.work.stop(timer.id)
        assert usd("-159.99") == world.balance(client)
        with pytest.raises(BalanceLimitReached):
            world.lee.work.start(project.id)

    def test_a_zone_change_moves_the_day_of_a_timer(self, world: World) -> None:
        """A timer has a start, so its session belongs to the day of that start in the firm's zone."""
        world.clock.set(utc(2026, 3, 3, 5, 30))
        timer = world.lee.work.start(world.site.id)
        world.maria.firm.change(timezone="UTC")
        assert date(2026, 3, 3) == world.lee.work.stop(timer.id).day
