"""Projects with a fixed price, whose work costs nothing, and projects with a cap, which their work never exceeds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from invoicecore import Money, NewWorkSession, Period, Project, ProjectBilling, Terms, WorkSessionView, utc
from invoicecore.errors import BalanceLimitReached, CurrencyMismatch, InvalidInput
from invoicecore.ports.store import Storage
from tests.world import UNLIMITED, World, hourly, new_world, usd

MARCH = Period.month(2026, 3)
DAY = date(2026, 3, 2)
STOPPED = Terms(allowed_balance=usd(-100))


@pytest.fixture
def any_world(empty_storage: Storage) -> World:
    """The firm on every store; Acme may owe as much as it likes."""
    return new_world(UNLIMITED, empty_storage)


@pytest.fixture
def world() -> World:
    """The firm in memory; Acme may owe as much as it likes."""
    return new_world(UNLIMITED)


def capped(world: World, cap: str | int = 120) -> Project:
    """The Website, at 50.00 an hour, with a cap."""
    return world.maria.projects.change(world.site.id, cap=usd(cap))


def log(world: World, hours: int | str, project: Project | None = None) -> WorkSessionView:
    """So many hours on a project, the Website if none is named."""
    return world.maria.work.log((project or world.site).id, day=DAY, hours=hours)


def amounts(*sessions: WorkSessionView) -> list[tuple[Money | None, Money | None]]:
    """What sessions cost, and what was cut."""
    return [(it.amount, it.cut) for it in sessions]


def used(world: World, project: Project | None = None) -> Money | None:
    """What is used of a cap."""
    return world.maria.projects.get((project or world.site).id).cap_used


def check(world: World) -> None:
    """The books are sound, and the balance is what the sessions cost."""
    assert world.billing.verify().findings == ()
    cost = sum(it.amount.minor for it in world.maria.work.sessions(client_id=world.acme.id) if it.amount)
    charges = [it.charge.amount for it in world.maria.pages.charges(client_id=world.acme.id).rows]
    charged = sum(it.minor for it in charges if it)

    assert world.maria.accounts.standing(world.acme.id).balance.minor == -cost - charged


class TestCap:
    """Work costs what is left of the cap, and then nothing."""

    def test_the_session_that_crosses_is_cut_and_says_so(self, any_world: World) -> None:
        """On every store: 50.00 and 70.00 of 100.00, then nothing; the invoice asks for the cap, not more."""
        world = any_world
        capped(world)
        sessions = [log(world, hours) for hours in (1, 2, 3)]
        assert amounts(*sessions) == [(usd(50), None), (usd(70), usd(30)), (usd(0), usd(150))]
        assert used(world) == usd(120)
        assert world.maria.projects.get(world.site.id).cap_left == usd(0)
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        assert invoice.total == usd(120)
        assert [line.minor for line in invoice.lines] == [50_00, 70_00]
        assert [it.cut for it in world.maria.work.sessions(project_id=world.site.id)] == [None, usd(30), usd(150)]
        check(world)

    def test_edits_and_deletions_give_back(self, any_world: World) -> None:
        """Later sessions that were cut stay as they are; what is recorded next takes what came back."""
        world = any_world
        capped(world)
        first, second = log(world, 2), log(world, 2)
        assert amounts(second) == [(usd(20), usd(80))]
        world.maria.work.edit(first.id, hours=1)
        assert used(world) == usd(70)
        assert amounts(world.maria.work.get(second.id)) == [(usd(20), usd(80))]
        assert amounts(world.maria.work.edit(second.id, note="Layout")) == [(usd(20), usd(80))]
        assert amounts(world.maria.work.edit(second.id, hours="1.5")) == [(usd(70), usd(5))]
        world.maria.work.delete(first.id)
        assert used(world) == usd(70)
        assert amounts(log(world, 2)) == [(usd(50), usd(50))]
        check(world)

    def test_a_move_gives_back_and_takes(self, any_world: World) -> None:
        """A session that moves to another project counts there."""
        world = any_world
        capped(world)
        shop = world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50), cap=usd(60))
        moved = world.maria.work.edit(log(world, 2).id, project_id=shop.id)
        assert amounts(moved) == [(usd(60), usd(40))]
        assert (used(world), used(world, shop)) == (usd(0), usd(60))
        back = world.maria.work.edit(moved.id, project_id=world.site.id)
        assert amounts(back) == [(usd(100), None)]
        book = world.maria.projects.add(client_id=world.acme.id, name="Book", rate=hourly(50), cap=usd(100))
        world.maria.work.edit(moved.id, project_id=book.id)  # it costs the same, so that no entry is made
        assert (used(world), used(world, book)) == (usd(0), usd(100))
        check(world)

    def test_what_was_worked_before_counts(self, any_world: World) -> None:
        """A cap that is set later counts it, and changes none of it; also one below what it cost already."""
        world = any_world
        before = log(world, 2)
        assert capped(world, 130).cap_used == usd(100)
        assert amounts(log(world, 1)) == [(usd(30), usd(20))]
        capped(world, 40)
        assert amounts(log(world, 1), world.maria.work.get(before.id)) == [(usd(0), usd(50)), (usd(100), None)]
        longer = world.maria.work.edit(before.id, hours=3)  # it keeps what it cost, and gets no more
        assert amounts(longer) == [(usd(100), usd(50))]
        check(world)

    def test_raising_and_removing_concerns_what_comes_later(self, any_world: World) -> None:
        """What was cut stays cut."""
        world = any_world
        capped(world, 50)
        cut = log(world, 2)
        capped(world, 80)
        assert amounts(log(world, 1)) == [(usd(30), usd(20))]
        world.maria.projects.change(world.site.id, cap=None)
        assert amounts(log(world, 1), world.maria.work.get(cut.id)) == [(usd(50), None), (usd(50), usd(50))]
        assert amounts(world.maria.work.edit(cut.id, note="Layout")) == [(usd(50), usd(50))]
        assert used(world) == usd(130)  # it is counted on, so that another cap knows
        assert amounts(world.maria.work.edit(cut.id, hours=3)) == [(usd(150), None)]
        check(world)

    def test_a_timer_takes_what_is_left_when_it_stops(self, any_world: World) -> None:
        """Whatever was left when it began."""
        world = any_world
        capped(world)
        timer = world.lee.work.start(world.site.id)
        log(world, 2)
        world.clock.advance(timedelta(hours=2))
        stopped = world.lee.work.stop(timer.id)
        assert (stopped.amount, stopped.cut) == (None, None)  # a worker sees no money
        assert amounts(world.maria.work.get(timer.id)) == [(usd(20), usd(80))]
        check(world)

    def test_imports_take_what_is_left(self, any_world: World) -> None:
        """Row by row, in one unit of work; and an update gives back."""
        world = any_world
        capped(world)

        def row(source: str, hours: int) -> NewWorkSession:
            person = world.maria.person_id
            return NewWorkSession(
                project_id=world.site.id, person_id=person, day=DAY, hours=hours, source=source, billable=True
            )

        sessions = world.maria.work.import_many([row("a", 2), row("b", 2), row("c", 2)])
        assert amounts(*sessions) == [(usd(100), None), (usd(20), usd(80)), (usd(0), usd(100))]
        again = world.maria.work.import_many([row("a", 1), row("b", 2), row("d", 2)], update=True)
        assert amounts(*again) == [(usd(50), None), (usd(20), usd(80)), (usd(50), usd(50))]
        check(world)

    def test_work_that_costs_nothing_uses_nothing(self, world: World) -> None:
        """And a refused command uses nothing either."""
        capped(world)
        world.maria.work.log(world.site.id, day=DAY, hours=5, billable=False)
        world.maria.clients.set_terms(world.acme.id, Terms(allowed_balance=usd(0)))
        with pytest.raises(BalanceLimitReached):
            log(world, 1)
        assert used(world) == usd(0)

    def test_those_who_see_no_money_see_no_cap(self, world: World) -> None:
        """A Worker and a Supervisor."""
        capped(world)
        for desk in (world.lee, world.sam):
            project = desk.projects.get(world.site.id)
            assert (project.cap, project.cap_used, project.cap_left) == (None, None, None)
            [row] = desk.pages.projects().rows
            assert row.project.cap is None

    def test_a_cap_is_above_zero_and_in_the_currency_of_the_client(self, world: World) -> None:
        """When it is added, and when it is changed."""
        for cap, error in ((usd(0), InvalidInput), (Money.of(1, "EUR"), CurrencyMismatch)):
            with pytest.raises(error):
                world.maria.projects.change(world.site.id, cap=cap)
            with pytest.raises(error):
                world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50), cap=cap)

    def test_two_commands_at_once_never_both_take_the_rest(self, any_world: World) -> None:
        """Of two that read the same, one is tried again, and finds less; also where the cap is set meanwhile."""
        world = any_world
        capped(world, 50)
        with ThreadPoolExecutor(4) as threads:
            sessions = list(threads.map(lambda _: log(world, 1), range(4)))
        assert sorted(it.amount.minor for it in sessions if it.amount) == [0, 0, 0, 50_00]
        shop = world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        with ThreadPoolExecutor(4) as threads:
            works = [threads.submit(log, world, 1, shop) for _ in range(3)]
            threads.submit(world.maria.projects.change, shop.id, cap=usd(50)).result()
        left = [it.amount.minor for it in (each.result() for each in works) if it.amount]
        assert used(world, shop) == Money(minor=sum(left), currency="USD")
        check(world)


class TestFixedPrice:
    """Work costs nothing, and is never stopped or billed; the price is a fee."""

    def test_the_price_is_a_fee(self, any_world: World) -> None:
        """Whatever a session says of being billable."""
        world = any_world
        site = world.maria.projects.change(world.site.id, billing=ProjectBilling.FIXED)
        assert site.has_fixed_price
        world.maria.work.log(site.id, day=DAY, hours=8, billable=True, rate=hourly(90))
        world.maria.charges.fee(world.acme.id, DAY, usd(1500), project_id=site.id, note="Website")
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
        assert invoice.total == usd(1500)
        [session] = world.maria.work.sessions(project_id=site.id)
        assert (session.billable, session.amount, session.cut, session.locked) == (False, usd(0), None, False)
        check(world)

    def test_the_stop_is_not_for_it(self, any_world: World) -> None:
        """Neither when it is logged, imported or edited, nor when a timer starts."""
        world = any_world
        maria = world.maria
        maria.projects.change(world.site.id, billing=ProjectBilling.FIXED)
        shop = maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        log(world, 2, shop)
        maria.clients.set_terms(world.acme.id, STOPPED)
        assert maria.accounts.standing(world.acme.id).stopped
        with pytest.raises(BalanceLimitReached):
            log(world, 1, shop)
        session = log(world, 1)
        maria.work.edit(session.id, hours=3)
        row = NewWorkSession(project_id=world.site.id, person_id=maria.person_id, day=DAY, hours=2, billable=True)
        [imported] = maria.work.import_many([row])
        timer = world.lee.work.start(world.site.id, billable=False)
        world.clock.advance(timedelta(hours=1))
        assert not world.lee.work.stop(timer.id).over_limit
        assert (session.over_limit, imported.over_limit, imported.amount) == (False, False, usd(0))
        check(world)

    def test_what_was_recorded_before_costs_what_it_cost(self, any_world: World) -> None:
        """And what is recorded after the fixed price ended costs the rate."""
        world = any_world
        before = log(world, 2)
        world.maria.projects.change(world.site.id, billing=ProjectBilling.FIXED)
        assert world.maria.work.edit(before.id, note="Layout", billable=True).amount == usd(100)
        free = log(world, 1)
        world.maria.clients.set_terms(world.acme.id, STOPPED)
        with pytest.raises(BalanceLimitReached):
            world.maria.work.edit(before.id, hours=3)
        world.maria.clients.set_terms(world.acme.id, UNLIMITED)
        world.maria.projects.change(world.site.id, billing=ProjectBilling.HOURLY)
        assert (world.maria.work.get(free.id).amount, log(world, 1).amount) == (usd(0), usd(50))
        check(world)

    def test_moved_work_follows_its_project(self, any_world: World) -> None:
        """To the fixed price and back."""
        world = any_world
        fixed = world.maria.projects.add(
            client_id=world.acme.id, name="Shop", rate=hourly(50), billing=ProjectBilling.FIXED
        )
        session = log(world, 2)
        assert world.maria.work.edit(session.id, project_id=fixed.id, billable=True).amount == usd(0)
        assert world.maria.work.edit(session.id, project_id=world.site.id).amount == usd(100)
        check(world)

    def test_an_import_again_changes_nothing(self, world: World) -> None:
        """A row that says billable is as its session is."""
        world.maria.projects.change(world.site.id, billing=ProjectBilling.FIXED)
        person = world.maria.person_id
        row = NewWorkSession(
            project_id=world.site.id, person_id=person, start=utc(2026, 3, 2, 9), hours=2, source="a", billable=True
        )
        world.maria.work.import_many([row])
        count = len(world.maria.firm.audit())
        world.maria.work.import_many([row], update=True)
        records = world.maria.firm.audit()[count:]
        assert not any(change.kind == "WorkSession" for record in records for change in record.changes)

    def test_it_has_no_cap(self, world: World) -> None:
        """One of the two at most."""
        with pytest.raises(InvalidInput, match="no cap"):
            world.maria.projects.change(world.site.id, billing=ProjectBilling.FIXED, cap=usd(5))
        capped(world)
        with pytest.raises(InvalidInput, match="no cap"):
            world.maria.projects.change(world.site.id, billing=ProjectBilling.FIXED)
        with pytest.raises(InvalidInput, match="no cap"):
            world.maria.projects.add(
                client_id=world.acme.id, name="Shop", rate=hourly(50), billing=ProjectBilling.FIXED, cap=usd(5)
            )
