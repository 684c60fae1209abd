"""Work: recorded, refused, changed and deleted."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from invoicecore import EntryKind, Money, NewWorkSession, Period, Rate, WorkSessionView, local_instant, utc
from invoicecore.errors import (
    BalanceLimitReached,
    BatchRefused,
    CurrencyMismatch,
    InvalidInput,
    InvalidState,
    NotFound,
    NotPermitted,
    SessionLocked,
)
from invoicecore.values.ids import PersonId, ProjectId
from invoicecore.values.inputs import Hours
from tests.books import books
from tests.world import NOON, World, hourly, new_world, terms, usd

CHICAGO = ZoneInfo("America/Chicago")
NEW_YORK = ZoneInfo("America/New_York")


def movements(world: World) -> list[tuple[EntryKind, int, int]]:
    """Acme's ledger: why, by how many cents, and the balance after it."""
    return [(it.kind, it.minor, it.balance_minor) for it in world.maria.accounts.entries(world.acme.id)]


def refills(world: World) -> list[Money]:
    """The totals of Acme's invoices."""
    return [invoice.total for invoice in world.maria.invoices.of(world.acme.id)]


def new_session(world: World, hours: Any = 1, **given: Any) -> NewWorkSession:
    """A row of an import, of Lee on the website, from noon on."""
    whose = {"project_id": world.site.id, "person_id": world.lee.person_id, **given}
    if "start" not in whose and "day" not in whose:
        whose["start"] = NOON
    return NewWorkSession(hours=hours, **whose)


class TestForms:
    @pytest.mark.req("A19")
    def test_a_start_and_an_end_are_work(self, world: World) -> None:
        """Between a start and an end lies the time that is billed."""
        session = world.lee.work.log(world.site.id, start=utc(2026, 3, 2, 15), end=utc(2026, 3, 2, 17, 30))
        seen = world.maria.work.get(session.id)
        assert (timedelta(hours=2, minutes=30), usd("125.00")) == (seen.duration, seen.amount)

    def test_a_start_and_hours_are_work(self, world: World) -> None:
        """A start and hours say when it ended."""
        session = world.lee.work.log(world.site.id, start=utc(2026, 3, 2, 15), hours="1.25")
        assert utc(2026, 3, 2, 16, 15) == session.end
        assert usd("-62.50") == world.balance()

    def test_a_day_and_hours_are_work(self, world: World) -> None:
        """Hours of a day count as starting at the first instant of the firm's day."""
        session = world.lee.work.log(world.site.id, day=date(2026, 2, 27), hours=8)
        assert (date(2026, 2, 27), utc(2026, 2, 27, 6)) == (session.day, session.start)
        assert usd("-400") == world.balance()

    @pytest.mark.parametrize("hours", [2, "2", "2.00", Decimal("2.0"), timedelta(hours=2)])
    def test_hours_are_given_in_any_exact_way(self, world: World, hours: Hours) -> None:
        """A whole number, a text, a Decimal and a timedelta all say two hours."""
        session = world.lee.work.log(world.site.id, start=NOON, hours=hours)
        assert timedelta(hours=2) == session.duration

    def test_an_instant_may_come_in_any_zone(self, world: World) -> None:
        """A start in another zone is the same instant in UTC."""
        start = datetime(2026, 3, 2, 9, tzinfo=CHICAGO)
        assert utc(2026, 3, 2, 15) == world.lee.work.log(world.site.id, start=start, hours=1).start

    def test_the_view_says_all_that_was_recorded(self, world: World) -> None:
        """Client, project, person, note and price of a session are read back as they were given."""
        id = world.lee.work.log(world.site.id, start=NOON, hours=1, note="  Menu  ").id
        expected = WorkSessionView(
            id=id,
            client_id=world.acme.id,
            project_id=world.site.id,
            person_id=world.lee.person_id,
            day=date(2026, 3, 2),
            start=NOON,
            duration=timedelta(hours=1),
            billable=True,
            note="Menu",
            over_limit=False,
            locked=False,
            locked_by=None,
            rate=hourly(50),
            amount=usd(50),
            rate_stated=False,
        )
        assert expected == world.maria.work.get(id)

    @pytest.mark.req("A62")
    def test_a_manager_enters_the_work_of_somebody_else(self, world: World) -> None:
        """A session that Maria enters for Lee is Lee's."""
        session = world.maria.work.log(world.site.id, start=NOON, hours=1, person_id=world.lee.person_id)
        assert world.lee.person_id == session.person_id


class TestMalformed:
    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"start": NOON},
            {"end": NOON},
            {"hours": 1},
            {"day": date(2026, 3, 2)},
            {"end": NOON, "hours": 1},
            {"start": NOON, "end": utc(2026, 3, 2, 13), "hours": 1},
            {"start": NOON, "day": date(2026, 3, 2), "hours": 1},
            {"day": date(2026, 3, 2), "end": NOON},
            {"day": date(2026, 3, 2), "start": NOON, "end": utc(2026, 3, 2, 13)},
        ],
        ids=lambda given: "+".join(given) or "nothing",
    )
    def test_any_other_choice_of_times_is_refused(self, world: World, given: dict[str, Any]) -> None:
        """There are three ways to say when, and no fourth."""
        with pytest.raises(InvalidInput, match="Give start and end, or start and hours, or day and hours"):
            world.lee.work.log(world.site.id, **given)

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"start": NOON, "end": utc(2026, 3, 2, 11, 59)}, "before start"),
            ({"start": NOON, "hours": "24.01"}, "longer than 24 hours"),
            ({"start": NOON, "end": utc(2026, 3, 3, 12, 0, 1)}, "longer than 24 hours"),
            ({"day": date(2026, 3, 2), "hours": 25}, "longer than 24 hours"),
            ({"start": datetime(2026, 3, 2, 12), "hours": 1}, "no time zone"),
            ({"start": NOON, "end": datetime(2026, 3, 2, 13)}, "no time zone"),
            ({"start": datetime(2026, 11, 1, 1, 30, tzinfo=CHICAGO), "hours": 1}, "twice or never"),
            ({"start": datetime(2026, 3, 8, 2, 30, tzinfo=CHICAGO), "hours": 1}, "twice or never"),
            ({"start": NOON, "end": datetime(2026, 3, 8, 2, 30, tzinfo=CHICAGO)}, "twice or never"),
            ({"start": "2026-03-02T12:00Z", "hours": 1}, "must be a datetime"),
            ({"start": date(2026, 3, 2), "hours": 1}, "must be a datetime"),
            ({"day": NOON, "hours": 1}, "must be a date"),
            ({"start": NOON, "hours": 1.5}, "float"),
            ({"start": NOON, "hours": True}, "must be a whole number"),
            ({"start": NOON, "hours": -1}, "must not be negative"),
            ({"start": NOON, "hours": timedelta(seconds=-1)}, "must not be negative"),
            ({"start": NOON, "hours": Decimal("NaN")}, "ordinary number"),
            ({"start": NOON, "hours": "1e3"}, "plain number"),
            ({"start": NOON, "hours": "8:30"}, "plain number"),
            ({"start": NOON, "hours": 1, "billable": 1}, "True or False"),
            ({"start": NOON, "hours": 1, "note": None}, "must be text"),
            ({"start": NOON, "hours": 1, "note": "a\0b"}, "NUL"),
            ({"start": NOON, "hours": 1, "rate": 50}, "must be a Rate"),
            ({"start": NOON, "hours": 1, "allow_over_24h": "yes"}, "True or False"),
            ({"start": NOON, "hours": 1, "over_limit": True}, "blank; say why"),
            ({"start": NOON, "hours": 1, "over_limit": True, "reason": "  "}, "blank; say why"),
        ],
    )
    def test_what_is_no_time_at_all_is_refused(self, world: World, given: dict[str, Any], says: str) -> None:
        """The error says what is wrong, and nothing is recorded."""
        before = books(world.storage, world.billing.firm_id)
        with pytest.raises(InvalidInput, match=says):
            world.maria.work.log(world.site.id, **given)
        assert before == books(world.storage, world.billing.firm_id)

    def test_a_whole_day_is_not_yet_long(self, world: World) -> None:
        """Twenty-four hours are accepted as they are."""
        assert timedelta(hours=24) == world.lee.work.log(world.site.id, start=NOON, hours=24).duration

    def test_a_long_session_is_taken_when_it_is_meant(self, world: World) -> None:
        """More than a day is a mistake until somebody says that it is none."""
        session = world.lee.work.log(world.site.id, start=NOON, hours=30, allow_over_24h=True)
        assert timedelta(hours=30) == session.duration
        assert usd("-1500") == world.balance()

    def test_a_doubled_hour_is_told_apart_by_its_offset(self, world: World) -> None:
        """With its offset from UTC, a time that the clock shows twice is one instant."""
        world.clock.set(utc(2026, 11, 1, 12))
        start = local_instant("start", datetime(2026, 11, 1, 1, 30), "America/Chicago", timedelta(hours=-6))
        assert utc(2026, 11, 1, 7, 30) == world.lee.work.log(world.site.id, start=start, hours=1).start
        fixed = datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-5)))
        assert utc(2026, 11, 1, 6, 30) == world.lee.work.log(world.site.id, start=fixed, hours=1).start

    def test_the_night_when_the_clock_goes_back_has_its_real_length(self, world: World) -> None:
        """From 19:42:29 to 05:46:03 over the end of summer time are 11:03:34, not 10:03:34."""
        session = world.lee.work.log(
            world.site.id,
            start=datetime(2018, 11, 3, 19, 42, 29, tzinfo=NEW_YORK),
            end=datetime(2018, 11, 4, 5, 46, 3, tzinfo=NEW_YORK),
        )
        assert timedelta(hours=11, minutes=3, seconds=34) == session.duration
        # 11.0594… h × $50 = $552.97, rounded once
        assert usd("552.97") == world.maria.work.get(session.id).amount


class TestNotAllowedNow:
    def test_an_archived_project_takes_no_work(self, world: World) -> None:
        """Work on a project that was put away is refused until it is back."""
        world.maria.projects.archive(world.site.id)
        with pytest.raises(InvalidState, match="Website is archived"):
            world.log(1)
        world.maria.projects.restore(world.site.id)
        world.log(1)
        assert usd(-50) == world.balance()

    def test_an_archived_client_takes_no_work(self, world: World) -> None:
        """Work for a client who was put away is refused until they are back."""
        world.maria.clients.archive(world.acme.id)
        with pytest.raises(InvalidState, match="Acme is archived"):
            world.log(1)
        world.maria.clients.restore(world.acme.id)
        world.log(1)
        assert usd(-50) == world.balance()

    @pytest.mark.req("A55")
    def test_work_before_the_start_date_is_refused(self, world: World) -> None:
        """The start date is a day of the firm: in Chicago, 2 March begins at 06:00 UTC."""
        world.maria.projects.change(world.site.id, starts_on=date(2026, 3, 2))
        with pytest.raises(InvalidState, match="starts on 2026-03-02; work of 2026-03-01"):
            world.log(1, start=utc(2026, 3, 2, 5, 59))
        with pytest.raises(InvalidState, match="starts on 2026-03-02"):
            world.lee.work.log(world.site.id, day=date(2026, 3, 1), hours=1)
        world.log(1, start=utc(2026, 3, 2, 6))
        world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=1)
        assert usd(-100) == world.balance()

    def test_a_rate_of_its_own_is_in_the_clients_currency(self, world: World) -> None:
        """Acme is billed in dollars; euros are not converted."""
        with pytest.raises(CurrencyMismatch):
            world.maria.work.log(world.site.id, start=NOON, hours=1, rate=Rate.hourly(50, "EUR"))
        assert usd(0) == world.balance()


class TestBusinessDay:
    def test_a_session_belongs_to_the_firms_day_of_its_start(self, world: World) -> None:
        """Half past five in the morning UTC is still the evening before in Chicago."""
        id = world.log(2, start=utc(2026, 3, 3, 5, 30))
        assert date(2026, 3, 2) == world.lee.work.get(id).day

    def test_a_session_by_its_times_follows_the_firms_zone(self, world: World) -> None:
        """When the firm moves to Tokyo, 14:30 of 3 March there is what 23:30 of 2 March was in Chicago."""
        id = world.log(2, start=utc(2026, 3, 3, 5, 30))
        world.maria.firm.change(timezone="Asia/Tokyo")
        assert date(2026, 3, 3) == world.lee.work.get(id).day

    @pytest.mark.req("A7")
    def test_a_session_by_its_date_keeps_the_date(self, world: World) -> None:
        """A date that was stated stays, and so does the instant from which it counts."""
        id = world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=8).id
        world.maria.firm.change(timezone="Pacific/Honolulu")
        seen = world.lee.work.get(id)
        assert (date(2026, 3, 2), utc(2026, 3, 2, 6)) == (seen.day, seen.start)
        march_2 = Period(date(2026, 3, 2), date(2026, 3, 2))
        assert [id] == [it.id for it in world.lee.work.sessions(period=march_2)]

    def test_a_day_without_midnight_begins_when_it_begins(self, world: World) -> None:
        """On 4 November 2018 the clocks of São Paulo went from 23:59:59 to 01:00, which is 03:00 UTC."""
        world.maria.firm.change(timezone="America/Sao_Paulo")
        session = world.lee.work.log(world.site.id, day=date(2018, 11, 4), hours=1)
        assert (utc(2018, 11, 4, 3), date(2018, 11, 4)) == (session.start, session.day)

    def test_a_day_that_never_was_takes_no_work(self, world: World) -> None:
        """Samoa went from 29 to 31 December 2011."""
        world.maria.firm.change(timezone="Pacific/Apia")
        with pytest.raises(InvalidInput, match="left that day out"):
            world.lee.work.log(world.site.id, day=date(2011, 12, 30), hours=1)


class TestRates:
    @pytest.mark.req("A60")
    def test_the_first_rate_holds_for_all_time_before(self, world: World) -> None:
        """Work of years ago that is recorded now costs the first rate."""
        assert usd(50) == world.maria.work.get(world.log(1, start=utc(2019, 1, 1))).amount

    @pytest.mark.req("A60")
    def test_a_later_rate_holds_from_its_moment_on(self, world: World) -> None:
        """The rate in force at the start counts, to the instant, and what was recorded keeps its own."""
        done = world.log(1, start=utc(2026, 3, 5, 12))
        world.maria.projects.set_rate(world.site.id, hourly(80), since=utc(2026, 3, 5))
        just_before = world.log(1, start=utc(2026, 3, 4, 23, 59))
        from_then = world.log(1, start=utc(2026, 3, 5))
        amounts = [world.maria.work.get(id).amount for id in (done, just_before, from_then)]
        assert [usd(50), usd(50), usd(80)] == amounts
        assert usd(-180) == world.balance()

    def test_without_a_moment_a_new_rate_holds_from_today(self, world: World) -> None:
        """2 March begins at 06:00 UTC in Chicago: work begun a minute earlier costs the former rate."""
        world.maria.projects.set_rate(world.site.id, hourly(80))
        before, now = world.log(1, start=utc(2026, 3, 2, 5, 59)), world.log(1, start=utc(2026, 3, 2, 6))
        assert [usd(50), usd(80)] == [world.maria.work.get(id).amount for id in (before, now)]

    def test_a_session_may_have_a_rate_of_its_own(self, world: World) -> None:
        """A Manager states it; it may be finer than a cent and is rounded once, half up."""
        session = world.maria.work.log(world.site.id, start=NOON, hours="0.5", rate=hourly("62.125"))
        assert (hourly("62.125"), usd("31.06")) == (session.rate, session.amount)


class TestBillable:
    def test_free_work_is_kept_and_costs_nothing(self, world: World) -> None:
        """A session that is not billable moves no balance and makes no entry."""
        session = world.sam.work.log(world.site.id, start=NOON, hours=8, billable=False)
        seen = world.maria.work.get(session.id)
        assert (False, usd(0), hourly(50)) == (seen.billable, seen.amount, seen.rate)
        assert [] == movements(world)

    def test_a_worker_does_not_say_what_is_billable(self, world: World) -> None:
        """Lee may repeat what the project says, and no more; so with the timer."""
        work, gift = world.lee.work, world.project(name="Gift").id
        world.maria.projects.change(gift, billable=False)
        with pytest.raises(NotPermitted, match="say whether work is billable"):
            work.log(world.site.id, start=NOON, hours=1, billable=False)
        with pytest.raises(NotPermitted):
            work.log(gift, start=NOON, hours=1, billable=True)
        with pytest.raises(NotPermitted):
            work.start(world.site.id, billable=False)
        assert work.log(world.site.id, start=NOON, hours=1, billable=True).billable
        assert not work.log(gift, start=NOON, hours=1, billable=False).billable

    def test_the_project_says_it(self, world: World) -> None:
        """Of a project that is not billable, work is free through every door, unless a Supervisor says otherwise; what
        was recorded before stays, and a running timer keeps what it began with."""
        maria, gift = world.maria, world.project(name="Gift").id
        before = world.lee.work.log(gift, start=NOON, hours=1).id
        timer = world.lee.work.start(gift)
        maria.projects.change(gift, billable=False)
        assert (True, True) == (maria.work.get(before).billable, world.lee.work.stop(timer.id).billable)
        [row] = maria.work.import_many([new_session(world, project_id=gift)])
        assert (False, False) == (row.billable, world.lee.work.log(gift, start=NOON, hours=1).billable)
        assert not world.lee.work.start(gift).billable
        assert world.sam.work.log(gift, start=NOON, hours=1, billable=True).billable

    def test_a_session_that_moves_follows_its_project(self, world: World) -> None:
        """It is billable as the new project is, unless somebody said otherwise of it."""
        gift, shop = world.project(name="Gift").id, world.project(name="Shop").id
        world.maria.projects.change(gift, billable=False)
        edit, id = world.sam.work.edit, world.log(1)
        assert (False, True) == (edit(id, project_id=gift).billable, edit(id, project_id=world.site.id).billable)
        assert not edit(id, billable=False).billable
        assert not edit(id, project_id=shop).billable
        assert edit(id, project_id=gift, billable=True).billable
        assert edit(id, project_id=shop).billable

    def test_work_at_a_rate_of_zero_makes_no_entry(self, world: World) -> None:
        """What costs nothing is not in the ledger, whether by its rate or by its length."""
        world.log(8, project=world.project(rate="0"))
        world.log(0)
        assert [] == movements(world)


@pytest.fixture
def stopped() -> World:
    """Acme at −$1,600, past the allowed −$1,500, by four days of work; one refill of $1,000 was asked for."""
    world = new_world()
    for day in (2, 3, 4, 5):
        world.log(8, start=utc(2026, 3, day, 15))
    return world


def free(world: World) -> str:
    """A free session of noon, logged past the stop with a Manager's reason."""
    return world.maria.work.log(
        world.site.id, start=NOON, hours=1, billable=False, over_limit=True, reason="It was done."
    ).id


class TestStop:
    @pytest.mark.req("A34")
    def test_the_session_that_crosses_is_accepted_and_the_next_is_not(self, stopped: World) -> None:
        """From −$1,200 a day of work leads to −$1,600; there it stops."""
        before = books(stopped.storage, stopped.billing.firm_id)
        with pytest.raises(
            BalanceLimitReached, match=r"-1600\.00 USD has reached the allowed balance of -1500\.00 USD"
        ):
            stopped.maria.work.log(stopped.site.id, start=NOON, hours="0.01")
        assert before == books(stopped.storage, stopped.billing.firm_id)
        assert usd(-1600) == stopped.balance()

    @pytest.mark.req("A34")
    def test_the_refusal_names_no_amount_to_those_who_see_no_money(self, stopped: World) -> None:
        """Lee is told that work is stopped, not how much Acme owes; so is Sam, who makes a free session chargeable."""
        id = free(stopped)
        refused_acts: list[Callable[[], object]] = [
            lambda: stopped.log(1),
            lambda: stopped.lee.work.start(stopped.site.id),
            lambda: stopped.sam.work.edit(id, billable=True),
        ]
        for action in refused_acts:
            with pytest.raises(BalanceLimitReached, match="stopped") as refused:
                action()
            assert not any(sign.isdigit() for sign in str(refused.value))
            assert refused.value.__cause__ is None

    @pytest.mark.req("A34")
    def test_free_work_is_refused_too(self, stopped: World) -> None:
        """No more work is accepted: not what costs nothing by its mark, its rate, its length or its project, from
        nobody, through no door; a Manager's reason lets it in, and marks it."""
        maria, site = stopped.maria, stopped.site.id
        nothing = stopped.project(rate="0").id
        gift = maria.projects.assign(stopped.project(name="Gift").id, stopped.lee.person_id).id
        maria.projects.change(gift, billable=False)
        before = books(stopped.storage, stopped.billing.firm_id)
        refused_acts: list[Callable[[], object]] = [
            lambda: stopped.sam.work.log(site, start=NOON, hours=1, billable=False),
            lambda: maria.work.log(site, start=NOON, hours=1, billable=False),
            lambda: stopped.lee.work.log(nothing, start=NOON, hours=1),
            lambda: stopped.lee.work.log(gift, start=NOON, hours=1),
            lambda: stopped.lee.work.log(site, start=NOON, hours=0),
            lambda: stopped.lee.work.start(gift),
            lambda: stopped.sam.work.start(site, billable=False),
        ]
        for action in refused_acts:
            with pytest.raises(BalanceLimitReached):
                action()
        with pytest.raises(BatchRefused, match="stopped"):
            maria.work.import_many([new_session(stopped, billable=False)])
        assert before == books(stopped.storage, stopped.billing.firm_id)
        assert maria.work.get(free(stopped)).over_limit
        assert usd(-1600) == stopped.balance()

    def test_a_manager_records_work_already_done(self, stopped: World) -> None:
        """With a reason it is accepted, marked, and the audit trail says why."""
        session = stopped.maria.work.log(
            stopped.site.id,
            start=NOON,
            hours=1,
            person_id=stopped.lee.person_id,
            over_limit=True,
            reason="It was done.",
        )
        assert session.over_limit
        assert usd(-1650) == stopped.balance()
        assert "It was done." == stopped.maria.firm.audit()[-1].reason

    def test_past_stop_marks_only_what_is_past_it(self, world: World) -> None:
        """Said where nothing is stopped, it changes nothing."""
        session = world.maria.work.log(world.site.id, start=NOON, hours=1, over_limit=True, reason="In case")
        assert not session.over_limit

    @pytest.mark.req("A52")
    def test_a_credit_lifts_the_stop_by_itself(self, stopped: World) -> None:
        """+$100 leaves −$1,500, which is still the allowed balance; one cent more and work goes on."""
        stopped.maria.accounts.adjust(stopped.acme.id, usd(100), reason="Discount")
        with pytest.raises(BalanceLimitReached):
            stopped.log(1)
        stopped.maria.accounts.adjust(stopped.acme.id, usd("0.01"), reason="Discount")
        stopped.log(1)
        assert usd("-1549.99") == stopped.balance()

    def test_a_payment_lifts_the_stop(self, stopped: World) -> None:
        """The refill's $1,000 leaves −$600."""
        [refill] = stopped.maria.invoices.of(stopped.acme.id)
        stopped.maria.payments.record(refill.id)
        stopped.log(1)
        assert usd(-650) == stopped.balance()

    def test_making_a_free_session_chargeable_is_checked_as_new(self, stopped: World) -> None:
        """Past the stop it is refused, and with a Manager's reason it is accepted and marked."""
        id = free(stopped)
        with pytest.raises(BalanceLimitReached):
            stopped.sam.work.edit(id, billable=True)
        with pytest.raises(NotPermitted):
            stopped.sam.work.edit(id, billable=True, over_limit=True, reason="Agreed")
        assert stopped.maria.work.edit(id, billable=True, over_limit=True, reason="Agreed").over_limit
        assert usd(-1650) == stopped.balance()

    def test_lengthening_free_work_is_checked_as_new(self, stopped: World) -> None:
        """Stopped means stopped: no more hours either, by their number, an earlier start or a longer session that is
        made free; shorter ones and the same are accepted."""
        id, paid = free(stopped), stopped.sam.work.sessions()[0].id
        refused_acts: list[Callable[[], object]] = [
            lambda: stopped.sam.work.edit(id, hours=200, allow_over_24h=True),
            lambda: stopped.sam.work.edit(id, hours="1.01"),
            lambda: stopped.sam.work.edit(paid, hours=9, billable=False),
            lambda: stopped.maria.work.edit(id, hours=2),
        ]
        for action in refused_acts:
            with pytest.raises(BalanceLimitReached):
                action()
        with pytest.raises(NotPermitted):
            stopped.sam.work.edit(id, hours=2, over_limit=True, reason="Agreed")
        stopped.sam.work.edit(id, hours="0.5", note="Shorter")
        assert stopped.maria.work.edit(id, hours=2, over_limit=True, reason="Agreed").over_limit
        assert usd(-1600) == stopped.balance()

    def test_a_rate_that_makes_free_work_cost_is_checked_as_new(self, stopped: World) -> None:
        """A session that cost nothing by its rate is as free as one that is not billable."""
        id = free(stopped)
        with pytest.raises(BalanceLimitReached):
            stopped.maria.work.edit(id, billable=True, rate=hourly(10))

    def test_an_edit_that_raises_the_cost_is_like_new_work(self, stopped: World) -> None:
        """Two hours do not become 2,000 while work is stopped, by hours, project or rate; a Manager with a reason may
        raise them, and they are marked. What costs as much or less is edited as ever."""
        id = stopped.lee.work.sessions()[0].id
        dear = stopped.project(name="Dear", rate="500").id
        refused_acts: list[Callable[[], object]] = [
            lambda: stopped.sam.work.edit(id, hours="8.01"),
            lambda: stopped.sam.work.edit(id, hours=700, allow_over_24h=True),
            lambda: stopped.sam.work.edit(id, project_id=dear),
            lambda: stopped.maria.work.edit(id, rate=hourly(51)),
        ]
        for action in refused_acts:
            with pytest.raises(BalanceLimitReached):
                action()
        with pytest.raises(NotPermitted):
            stopped.sam.work.edit(id, hours=9, over_limit=True, reason="Agreed")
        assert not stopped.sam.work.edit(id, hours=7, note="Less").over_limit
        assert stopped.maria.work.edit(id, hours=8, over_limit=True, reason="Agreed").over_limit
        assert usd(-1600) == stopped.balance()

    def test_a_mark_stays_when_the_session_is_edited(self, stopped: World) -> None:
        """Work that was recorded past the stop remains known as such."""
        id = stopped.maria.work.log(stopped.site.id, start=NOON, hours=1, over_limit=True, reason="Done").id
        assert stopped.sam.work.edit(id, note="Menu", hours="0.5").over_limit


class TestEdit:
    def test_an_edit_that_costs_the_same_makes_no_entry(self, world: World) -> None:
        """A note, another start of the same day and the same length leave the ledger alone."""
        id = world.log(8)
        world.sam.work.edit(id, note="Menu")
        world.sam.work.edit(id, start=utc(2026, 3, 2, 15))
        seen = world.maria.work.get(id)
        assert ("Menu", utc(2026, 3, 2, 15), timedelta(hours=8)) == (seen.note, seen.start, seen.duration)
        assert [(EntryKind.WORK, -400_00, -400_00)] == movements(world)

    def test_none_leaves_a_value_as_it_is(self, world: World) -> None:
        """An edit of nothing is the same session."""
        id = world.log(8)
        before = world.maria.work.get(id)
        assert before == world.maria.work.edit(id)

    def test_an_end_gives_another_length(self, world: World) -> None:
        """From noon to 14:00 are two hours."""
        session = world.sam.work.edit(world.log(8), end=utc(2026, 3, 2, 14))
        assert timedelta(hours=2) == session.duration
        assert usd(-100) == world.balance()

    def test_a_new_project_takes_its_rate(self, world: World) -> None:
        """The same client's shop costs $80 an hour."""
        shop = world.project(name="Shop", rate="80")
        session = world.maria.work.edit(world.log(8), project_id=shop.id)
        assert (shop.id, usd(640)) == (session.project_id, session.amount)

    def test_a_stated_rate_stays_until_another_is_stated(self, world: World) -> None:
        """Neither a length, a start, a day or an end, nor another project or a change of rate takes it away."""
        shop = world.project(name="Shop", rate="80").id
        world.maria.projects.set_rate(world.site.id, hourly(60), since=utc(2026, 3, 1))
        logged = world.maria.work.log(world.site.id, start=NOON, hours=1, rate=hourly(90))
        edited = world.maria.work.edit(world.log(1), rate=hourly(90))
        for session in (logged, edited):
            assert session.rate_stated
            changes: list[dict[str, Any]] = [
                {"hours": 2},
                {"start": utc(2026, 3, 2, 12, 5)},
                {"end": utc(2026, 3, 2, 14)},
                {"day": date(2026, 2, 20)},
                {"project_id": shop},
                {"billable": False},
                {"billable": True},
            ]
            for change in changes:
                world.sam.work.edit(session.id, **change)
                assert hourly(90) == world.maria.work.get(session.id).rate
            assert hourly(95) == world.maria.work.edit(session.id, rate=hourly(95)).rate

    def test_five_minutes_do_not_change_a_rate(self, world: World) -> None:
        """A rate that was not stated is kept while the start stays on its side of a change of rate, also where the rate
        of that time was changed since."""
        id, edit = world.log(8), world.sam.work.edit
        world.maria.projects.set_rate(world.site.id, hourly(60))
        edit(id, start=utc(2026, 3, 2, 11, 55))
        assert usd(400) == world.maria.work.get(id).amount
        edit(id, start=utc(2026, 3, 2, 5, 59))
        assert usd(400) == world.maria.work.get(id).amount
        edit(id, start=utc(2026, 3, 2, 6))
        assert usd(480) == world.maria.work.get(id).amount

    @pytest.mark.req("A63")
    def test_a_manager_edits_all_of_a_session(self, world: World) -> None:
        """Who did it, on which project, when, how long, whether it costs, at which rate, and the note."""
        id, shop = world.log(1), world.project(name="Shop").id
        world.maria.work.edit(
            id,
            project_id=shop,
            person_id=world.sam.person_id,
            start=utc(2026, 3, 1, 9),
            end=utc(2026, 3, 1, 12),
            note="Cart",
            rate=hourly(90),
        )
        seen = world.maria.work.get(id)
        assert (shop, world.sam.person_id, utc(2026, 3, 1, 9), timedelta(hours=3), "Cart", usd(270)) == (
            seen.project_id,
            seen.person_id,
            seen.start,
            seen.duration,
            seen.note,
            seen.amount,
        )
        assert usd(-270) == world.balance()
        assert usd(0) == world.maria.work.edit(id, billable=False).amount

    def test_who_did_it_is_a_managers_to_correct(self, world: World) -> None:
        """It was Maria, not Lee; a Supervisor does not say so, a contact works nowhere, and nothing is locked by it."""
        id = world.log(1)
        with pytest.raises(NotPermitted):
            world.sam.work.edit(id, person_id=world.sam.person_id)
        with pytest.raises(InvalidState, match="only employees record work"):
            world.maria.work.edit(id, person_id=world.cleo.person_id)
        with pytest.raises(NotFound):
            world.maria.work.edit(id, person_id="nobody")
        assert world.maria.person_id == world.maria.work.edit(id, person_id=world.maria.person_id).person_id
        assert [(EntryKind.WORK, -50_00, -50_00)] == movements(world)
        assert () == world.lee.work.sessions()
        assert [id] == [it.id for it in world.maria.work.sessions(person_id=world.maria.person_id)]

    def test_a_manager_states_the_rate_of_an_edit(self, world: World) -> None:
        """A supervisor does not."""
        id = world.log(1)
        with pytest.raises(NotPermitted):
            world.sam.work.edit(id, rate=hourly(60))
        assert usd(60) == world.maria.work.edit(id, rate=hourly(60)).amount

    def test_a_new_day_moves_the_session_to_that_date(self, world: World) -> None:
        """By its date, the session then counts from the day's first instant and keeps its length."""
        id = world.log(8)
        world.clock.set(utc(2026, 3, 9, 12))
        session = world.sam.work.edit(id, day=date(2026, 3, 9))
        # summer time began on 8 March, so midnight in Chicago is 05:00 UTC
        assert (date(2026, 3, 9), utc(2026, 3, 9, 5)) == (session.day, session.start)
        assert timedelta(hours=8) == session.duration

    def test_a_new_start_ends_a_stated_date(self, world: World) -> None:
        """A session that was given by date and then by its start follows the firm's zone."""
        id = world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=8).id
        world.clock.set(utc(2026, 3, 4, 12))
        world.sam.work.edit(id, start=utc(2026, 3, 4, 3))
        assert date(2026, 3, 3) == world.sam.work.get(id).day
        world.maria.firm.change(timezone="UTC")
        assert date(2026, 3, 4) == world.sam.work.get(id).day

    def test_free_and_chargeable(self, world: World) -> None:
        """Making a session free gives its cost back; making it chargeable draws it again."""
        id = world.log(8)
        world.sam.work.edit(id, billable=False)
        assert usd(0) == world.balance()
        world.sam.work.edit(id, billable=True)
        assert usd(-400) == world.balance()
        kinds = [EntryKind.WORK, EntryKind.WORK_REVERSED, EntryKind.WORK]
        assert kinds == [kind for kind, _, _ in movements(world)]

    def test_a_move_to_another_client_is_refused(self, world: World) -> None:
        """Acme's work cannot become somebody else's."""
        id, other = world.log(8), world.project(world.client())
        with pytest.raises(InvalidState, match="cannot move to another client"):
            world.maria.work.edit(id, project_id=other.id)
        assert usd(-400) == world.balance()

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({"start": NOON, "day": date(2026, 3, 2)}, "not both"),
            ({"end": NOON, "hours": 1}, "not both"),
            ({"end": utc(2026, 3, 2, 11)}, "before start"),
            ({"hours": "24.5"}, "longer than 24 hours"),
            ({"hours": 1.5}, "float"),
            ({"start": datetime(2026, 3, 2)}, "no time zone"),
            ({"billable": "no"}, "True or False"),
            ({"rate": "50"}, "must be a Rate"),
            ({"over_limit": True}, "blank; say why"),
        ],
    )
    def test_a_malformed_edit_changes_nothing(self, world: World, given: dict[str, Any], says: str) -> None:
        """What is no time, rate or reason is refused as it is when logged."""
        id = world.log(8)
        before = books(world.storage, world.billing.firm_id)
        with pytest.raises(InvalidInput, match=says):
            world.maria.work.edit(id, **given)
        assert before == books(world.storage, world.billing.firm_id)

    def test_a_long_session_is_edited_without_saying_so_again(self, world: World) -> None:
        """Its length was meant when it was recorded; another such length must be meant again."""
        id = world.lee.work.log(world.site.id, start=NOON, hours=25, allow_over_24h=True).id
        assert "Move" == world.sam.work.edit(id, note="Move", start=utc(2026, 3, 2, 13)).note
        with pytest.raises(InvalidInput, match="longer than 24 hours"):
            world.sam.work.edit(id, hours=26)
        assert timedelta(hours=26) == world.sam.work.edit(id, hours=26, allow_over_24h=True).duration

    def test_a_move_is_checked_like_new_work(self, world: World) -> None:
        """Neither to an archived project nor to a day before its start."""
        id = world.log(8)
        later = world.maria.projects.add(
            client_id=world.acme.id, name="Later", rate=hourly(50), starts_on=date(2026, 6, 1)
        )
        shop = world.maria.projects.archive(world.project(name="Shop").id)
        with pytest.raises(InvalidState, match="starts on 2026-06-01"):
            world.maria.work.edit(id, project_id=later.id)
        with pytest.raises(InvalidState, match="Shop is archived"):
            world.maria.work.edit(id, project_id=shop.id)

    def test_less_work_asks_for_nothing(self, world: World) -> None:
        """A refill that is due and was voided is not asked for because a session became shorter; longer asks."""
        ids = [world.log(8) for _ in range(3)]
        [refill] = world.maria.invoices.of(world.acme.id)
        world.maria.invoices.void(refill.id, note="By hand")
        world.maria.work.edit(ids[0], hours=7)
        assert usd(-1150) == world.balance()
        assert 1 == len(refills(world))
        world.maria.work.edit(ids[0], hours=8)
        assert 2 == len(refills(world))


class TestLocked:
    def test_a_locked_session_is_refused_naming_the_invoice(self, world: World) -> None:
        """While an invoice holds it, a session is neither edited nor deleted, not even its note."""
        id = world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        invoice = world.maria.invoices.generate(draft.id)
        assert invoice.id == world.maria.work.get(id).locked_by
        before = books(world.storage, world.billing.firm_id)
        with pytest.raises(SessionLocked, match="locked by invoice INV-2026-0001") as refused:
            world.maria.work.edit(id, note="Menu")
        assert "INV-2026-0001" == refused.value.number
        with pytest.raises(SessionLocked, match="INV-2026-0001"):
            world.sam.work.delete(id)
        assert before == books(world.storage, world.billing.firm_id)

    @pytest.mark.req("B12", "B21")
    def test_a_freed_session_is_edited_again(self, world: World) -> None:
        """After revert and after void the session is as free as before."""
        id = world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        world.maria.invoices.generate(draft.id)
        world.maria.invoices.revert(draft.id)
        world.maria.work.edit(id, hours=7)
        world.maria.invoices.generate(draft.id)
        world.maria.invoices.void(draft.id, note="Wrong month")
        world.maria.work.edit(id, hours=6)
        assert usd(-300) == world.balance()

    @pytest.mark.req("B30")
    def test_a_draft_locks_nothing(self, world: World) -> None:
        """What is only on a draft is edited freely."""
        id = world.log(8)
        world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        assert timedelta(hours=7) == world.maria.work.edit(id, hours=7).duration


class TestDelete:
    def test_deleting_gives_the_cost_back(self, world: World) -> None:
        """The debit stays on record and a reversal follows; the session is gone."""
        id = world.log(8)
        removed = world.sam.work.delete(id)
        assert id == removed.id
        assert [(EntryKind.WORK, -400_00, -400_00), (EntryKind.WORK_REVERSED, 400_00, 0)] == movements(world)
        assert () == world.maria.work.sessions()
        for action in (world.maria.work.get, world.maria.work.delete, world.maria.work.edit):
            with pytest.raises(NotFound):
                action(id)

    def test_deleting_free_work_makes_no_entry(self, world: World) -> None:
        """There is nothing to give back."""
        id = world.sam.work.log(world.site.id, start=NOON, hours=1, billable=False).id
        world.sam.work.delete(id)
        assert [] == movements(world)


class TestImport:
    def test_the_order_is_kept(self, world: World) -> None:
        """The sessions come back, and stand in the ledger, in the order of the rows."""
        rows = [new_session(world, hours, start=utc(2026, 3, 4 - hours)) for hours in (1, 2, 3)]
        sessions = world.maria.work.import_many(rows)
        assert [timedelta(hours=hours) for hours in (1, 2, 3)] == [it.duration for it in sessions]
        assert [-50_00, -100_00, -150_00] == [minor for _, minor, _ in movements(world)]
        assert [it.id for it in sessions] == [it.cause for it in world.maria.accounts.entries(world.acme.id)]

    def test_rows_have_all_that_log_takes(self, world: World) -> None:
        """Times, a day, a rate of its own, free work and notes."""
        sessions = world.maria.work.import_many(
            iter(
                [
                    NewWorkSession(
                        project_id=world.site.id,
                        person_id=world.lee.person_id,
                        start=NOON,
                        end=utc(2026, 3, 2, 13),
                        rate=hourly(90),
                    ),
                    new_session(world, 2, day=date(2026, 2, 27), note="Menu"),
                    new_session(world, 3, billable=False),
                ]
            )
        )
        assert [usd(90), usd(100), usd(0)] == [it.amount for it in sessions]
        assert [date(2026, 3, 2), date(2026, 2, 27), date(2026, 3, 2)] == [it.day for it in sessions]
        assert ["", "Menu", ""] == [it.note for it in sessions]

    def test_nothing_is_imported_from_nothing(self, world: World) -> None:
        """An empty batch is accepted and changes nothing."""
        before = books(world.storage, world.billing.firm_id)
        assert () == world.maria.work.import_many([])
        assert before == books(world.storage, world.billing.firm_id)

    @pytest.mark.parametrize(
        ("bad", "reason"),
        [
            ({"hours": 25}, InvalidInput),
            ({"hours": 1.5}, InvalidInput),
            ({"start": datetime(2026, 3, 2)}, InvalidInput),
            ({"project_id": "none"}, NotFound),
            ({"person_id": "nobody"}, NotFound),
            ({"rate": Rate.hourly(50, "EUR")}, CurrencyMismatch),
        ],
    )
    def test_one_refused_row_refuses_all(self, world: World, bad: dict[str, Any], reason: type[Exception]) -> None:
        """The error names the row and carries its reason; not even the good rows are recorded."""
        before = books(world.storage, world.billing.firm_id)
        rows = [new_session(world), new_session(world), new_session(world, **bad), new_session(world)]
        with pytest.raises(BatchRefused, match="Row 2 of the batch") as refused:
            world.maria.work.import_many(rows)
        assert 2 == refused.value.row
        assert isinstance(refused.value.reason, reason)
        assert before == books(world.storage, world.billing.firm_id)

    def test_what_is_no_row_is_refused_as_one(self, world: World) -> None:
        """A dictionary is not a row."""
        rows: list[Any] = [new_session(world), {"hours": 1}]
        with pytest.raises(BatchRefused, match="Row 1"):
            world.maria.work.import_many(rows)

    def test_the_refill_is_asked_for_once_at_the_end(self, world: World) -> None:
        """Three days of 24 h lead to −$3,600; three blocks in one invoice lift that above −$1,000."""
        client = world.client(terms=terms(allowed=None))
        project = world.project(client)
        world.maria.work.import_many(new_session(world, 24, project_id=project.id) for _ in range(3))
        [invoice] = world.maria.invoices.of(client.id)
        assert usd(3000) == invoice.total
        assert usd(-600) == world.maria.accounts.standing(client.id).projected_balance

    def test_each_client_is_asked_for_itself(self, world: World) -> None:
        """Rows of two clients may be mixed; each gets its own refill."""
        other = world.client(terms=terms(allowed=None))
        there = world.project(other)
        rows = [new_session(world, 10), new_session(world, 20, project_id=there.id), new_session(world, 10)]
        world.maria.work.import_many(rows)
        for client in (world.acme, other):
            assert [usd(1000)] == [it.total for it in world.maria.invoices.of(client.id)]
            assert usd(-1000) == world.balance(client)

    def test_the_stop_is_checked_row_by_row(self, world: World) -> None:
        """−$1,200, then the row that crosses to −$1,600; the third is refused, and so is the batch."""
        rows = [new_session(world, 24), new_session(world, 8), new_session(world, 1)]
        with pytest.raises(BatchRefused) as refused:
            world.maria.work.import_many(rows)
        assert 2 == refused.value.row
        assert isinstance(refused.value.reason, BalanceLimitReached)
        assert usd(0) == world.balance()
        world.maria.work.import_many(rows[:2])
        assert usd(-1600) == world.balance()

    def test_past_stop_marks_only_the_rows_past_it(self, world: World) -> None:
        """The first two rows are ordinary work."""
        rows = [new_session(world, 24), new_session(world, 8), new_session(world, 1)]
        sessions = world.maria.work.import_many(rows, over_limit=True, reason="From the tracker")
        assert [False, False, True] == [it.over_limit for it in sessions]
        assert "From the tracker" == world.maria.firm.audit()[-1].reason

    def test_going_past_the_stop_needs_a_reason(self, world: World) -> None:
        """Blank says nothing."""
        with pytest.raises(InvalidInput, match="say why"):
            world.maria.work.import_many([new_session(world)], over_limit=True)

    def test_long_rows_must_be_meant(self, world: World) -> None:
        """Said once for the batch."""
        [session] = world.maria.work.import_many([new_session(world, 30)], allow_over_24h=True)
        assert timedelta(hours=30) == session.duration

    def test_a_row_of_a_contact_is_refused(self, world: World) -> None:
        """Only employees have sessions."""
        with pytest.raises(BatchRefused, match="only employees"):
            world.maria.work.import_many([new_session(world, person_id=world.cleo.person_id)])

    def test_a_batch_is_one_command(self, world: World) -> None:
        """One audit record tells of all its sessions."""
        count = len(world.maria.firm.audit())
        world.maria.work.import_many([new_session(world), new_session(world)])
        *_, record = world.maria.firm.audit()
        assert count + 1 == len(world.maria.firm.audit())
        assert ["WorkSession", "WorkSession", "Account"] == [change.kind for change in record.changes]


class TestLists:
    @pytest.fixture
    def busy(self, world: World) -> World:
        """Lee and Maria on two projects of Acme and one of another client, on three days."""
        shop, other = world.project(name="Shop"), world.project(world.client("Other"), name="Job")
        maria = PersonId(world.maria.person_id)
        rows = [
            new_session(world, 1, start=utc(2026, 3, 4, 15), note="c"),
            new_session(world, 1, start=utc(2026, 3, 2, 15), note="a"),
            new_session(world, 1, start=utc(2026, 3, 3, 15), note="b", project_id=shop.id),
            new_session(world, 1, start=utc(2026, 3, 5, 15), note="d", project_id=other.id),
            new_session(world, 1, start=utc(2026, 3, 6, 15), note="e", person_id=maria),
        ]
        world.clock.set(utc(2026, 3, 6, 16))
        world.maria.work.import_many(rows)
        return world

    def notes(self, sessions: tuple[WorkSessionView, ...]) -> str:
        return "".join(session.note for session in sessions)

    @pytest.mark.req("A61")
    def test_all_sessions_are_listed_by_start(self, busy: World) -> None:
        """In the order of time, whatever the order in which they were recorded."""
        assert "abcde" == self.notes(busy.maria.work.sessions())

    @pytest.mark.req("A59")
    def test_the_sessions_of_a_project_are_listed(self, busy: World) -> None:
        """And of a client, of a person, and of any two of them together."""
        work, lee = busy.maria.work, busy.lee.person_id
        shop = next(it for it in busy.maria.projects.all() if it.name == "Shop")
        assert "ace" == self.notes(work.sessions(project_id=busy.site.id))
        assert "abce" == self.notes(work.sessions(client_id=busy.acme.id))
        assert "abcd" == self.notes(work.sessions(person_id=lee))
        assert "abc" == self.notes(work.sessions(person_id=lee, client_id=busy.acme.id))
        assert "ac" == self.notes(work.sessions(person_id=lee, project_id=busy.site.id))
        assert "" == self.notes(work.sessions(person_id=busy.maria.person_id, project_id=shop.id))
        assert "" == self.notes(work.sessions(client_id=busy.maria.clients.all()[1].id, project_id=busy.site.id))

    def test_a_period_is_of_the_firms_days(self, busy: World) -> None:
        """The first and the last day belong to it, from midnight to midnight in Chicago."""
        busy.maria.work.import_many(
            [
                new_session(busy, 1, start=utc(2026, 3, 3, 5, 59), note="<"),
                new_session(busy, 1, start=utc(2026, 3, 3, 6), note="["),
                new_session(busy, 1, start=utc(2026, 3, 5, 5, 59), note="]"),
                new_session(busy, 1, start=utc(2026, 3, 5, 6), note=">"),
            ]
        )
        days = Period(date(2026, 3, 3), date(2026, 3, 4))
        assert "[bc]" == self.notes(busy.maria.work.sessions(period=days))
        assert "[c]" == self.notes(busy.maria.work.sessions(period=days, project_id=busy.site.id))

    def test_everybody_sees_what_is_theirs(self, busy: World) -> None:
        """The supervisor all, the worker their own, the contact those of their client."""
        assert "abcde" == self.notes(busy.sam.work.sessions())
        assert "abcd" == self.notes(busy.lee.work.sessions())
        assert "abce" == self.notes(busy.cleo.work.sessions())

    def test_work_stays_when_the_one_who_did_it_left(self, busy: World) -> None:
        """Archiving Lee takes away none of the sessions, and unassigning does not hide their own."""
        busy.maria.projects.unassign(busy.site.id, busy.lee.person_id)
        assert "abcd" == self.notes(busy.lee.work.sessions())
        busy.maria.people.archive(busy.lee.person_id)
        assert "abcde" == self.notes(busy.maria.work.sessions())


def test_the_id_of_a_session_is_a_text(world: World) -> None:
    """Whatever else is given as an id is malformed."""
    id: Any = ProjectId("x").encode()
    with pytest.raises(InvalidInput, match="must be text"):
        world.maria.work.get(id)
