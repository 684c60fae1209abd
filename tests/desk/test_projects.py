"""Projects, their rates, and who works on them."""

from datetime import date, datetime
from typing import Any

import pytest

from invoicecore import Project, Rate, Role, utc
from invoicecore.errors import CurrencyMismatch, InvalidInput, InvalidState, NotFound
from invoicecore.model.project import RateFrom
from tests.books import books
from tests.world import NOON, World, hourly, usd


class TestAdd:
    @pytest.mark.req("A55", "A56")
    def test_a_project_has_a_client_a_name_a_rate_and_perhaps_a_start(self, world: World) -> None:
        """And notes; nobody is assigned yet."""
        project = world.maria.projects.add(
            client_id=world.acme.id, name=" Shop ", rate=hourly("62.125"), starts_on=date(2026, 4, 1), notes="Ask Bob."
        )
        expected = Project(
            id=project.id,
            client_id=world.acme.id,
            name="Shop",
            rates=(RateFrom(hourly("62.125")),),
            starts_on=date(2026, 4, 1),
            notes="Ask Bob.",
        )
        assert expected == world.maria.projects.get(project.id)

    def test_the_rate_is_in_the_clients_currency(self, world: World) -> None:
        """Acme is billed in dollars."""
        with pytest.raises(CurrencyMismatch):
            world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=Rate.hourly(50, "EUR"))
        with pytest.raises(CurrencyMismatch):
            world.maria.projects.set_rate(world.site.id, Rate.hourly(50, "EUR"))

    @pytest.mark.parametrize(
        "given",
        [{"name": " "}, {"name": None}, {"rate": 50}, {"starts_on": NOON}, {"starts_on": "2026-04-01"}, {"notes": 1}],
    )
    def test_a_project_is_well_formed(self, world: World, given: dict[str, Any]) -> None:
        """Malformed values are refused before it is asked whether the client exists or who may."""
        before = books(world.storage, world.billing.firm_id)
        good = {"client_id": "no-such-client", "name": "Shop", "rate": hourly(50)}
        for desk in (world.maria, world.cleo):
            with pytest.raises(InvalidInput):
                desk.projects.add(**{**good, **given})
        assert before == books(world.storage, world.billing.firm_id)


class TestChange:
    @pytest.mark.req("A55", "A56")
    def test_what_is_none_stays(self, world: World) -> None:
        """Name, start date and notes change one by one."""
        change = world.maria.projects.change
        change(world.site.id, name="Web")
        change(world.site.id, starts_on=date(2026, 3, 1))
        project = change(world.site.id, notes="Ask Bob.")
        assert ("Web", date(2026, 3, 1), "Ask Bob.") == (project.name, project.starts_on, project.notes)

    def test_what_changes_nothing_is_not_recorded(self, world: World) -> None:
        """No audit record tells of the same name again."""
        before = books(world.storage, world.billing.firm_id)
        world.maria.projects.change(world.site.id, name="Website")
        world.maria.projects.restore(world.site.id)
        assert before == books(world.storage, world.billing.firm_id)


class TestWithItsClient:
    def test_a_project_of_an_archived_client_reads_as_archived(self, world: World) -> None:
        """In every list and answer, until the client is back; one that was archived by itself stays so."""
        maria, shop = world.maria, world.project(name="Shop").id
        maria.projects.archive(shop)
        maria.clients.archive(world.acme.id)

        def archived() -> list[list[bool]]:
            reads = (maria.projects.all(), maria.projects.of(world.acme.id), [maria.projects.get(world.site.id)])
            rows = maria.pages.projects(archived=None).rows
            return [[it.archived for it in every] for every in (*reads, [row.project for row in rows])]

        assert [[True, True], [True, True], [True], [True, True]] == archived()
        lists = [[row.project.name for row in maria.pages.projects(archived=it).rows] for it in (False, True)]
        assert [[], ["Shop", "Website"]] == lists
        assert () == maria.pages.client(world.acme.id).projects.rows
        assert maria.projects.change(world.site.id, name="Web").archived
        maria.clients.restore(world.acme.id)
        assert [[False, True], [False, True], [False], [True, False]] == archived()


TODAY = utc(2026, 3, 2, 6)  # when 2 March begins in Chicago


class TestRates:
    @pytest.mark.req("A60")
    def test_rates_stand_in_the_order_of_time(self, world: World) -> None:
        """The first has no beginning; each later one has a moment. Work that was done keeps its rate, and later
        sessions have the rate of their time, also those that lie in the future now."""
        world.maria.projects.set_rate(world.site.id, hourly(60), since=utc(2026, 2, 1))
        done = world.log(1)
        world.maria.projects.set_rate(world.site.id, hourly(70))
        project = world.maria.projects.set_rate(world.site.id, hourly(80), since=utc(2026, 6, 1))
        expected = (
            RateFrom(hourly(50)),
            RateFrom(hourly(60), utc(2026, 2, 1)),
            RateFrom(hourly(70), TODAY),
            RateFrom(hourly(80), utc(2026, 6, 1)),
        )
        assert expected == project.rates
        days = (utc(2020, 1, 1), utc(2026, 1, 31, 23), utc(2026, 2, 1), NOON, utc(2026, 5, 31), utc(2027, 1, 1))
        world.clock.set(utc(2027, 1, 1))
        amounts = [world.maria.work.log(world.site.id, start=day, hours=1).amount for day in days]
        assert [usd(rate) for rate in (50, 50, 60, 70, 70, 80)] == amounts
        assert usd(60) == world.maria.work.get(done).amount

    @pytest.mark.req("A60")
    def test_a_new_rate_changes_nothing_that_was_recorded(self, world: World) -> None:
        """Sessions, entries and invoices stay as they were, also when the rate is dated back."""
        for _ in range(3):
            world.log(8)
        before = books(world.storage, world.billing.firm_id)
        world.maria.projects.set_rate(world.site.id, hourly(500), since=utc(2020, 1, 1))
        after = books(world.storage, world.billing.firm_id)
        assert (before.sessions, before.entries, before.invoices) == (after.sessions, after.entries, after.invoices)

    def test_a_rate_is_not_set_before_one_that_has_begun(self, world: World) -> None:
        """History is not rewritten: what began before today stays, and a later moment is needed."""
        world.maria.projects.set_rate(world.site.id, hourly(60), since=utc(2026, 3, 1))
        for moment in (utc(2026, 3, 1), utc(2026, 2, 28)):
            with pytest.raises(InvalidState, match="give a later moment"):
                world.maria.projects.set_rate(world.site.id, hourly(70), since=moment)
        with pytest.raises(InvalidState, match="has begun"):
            world.maria.projects.cancel_rate(world.site.id, utc(2026, 3, 1))

    def test_from_the_beginning_of_today(self, world: World) -> None:
        """At noon a new rate also holds for work of this morning that is entered later, by its start or with a date and
        hours; what was entered before keeps the former one."""
        before = world.log(1, start=utc(2026, 3, 2, 7))
        world.maria.projects.set_rate(world.site.id, hourly(60))
        log = world.lee.work.log
        later = [
            log(world.site.id, day=date(2026, 3, 2), hours=1).id,
            log(world.site.id, start=utc(2026, 3, 2, 7), hours=1).id,
            log(world.site.id, day=date(2026, 3, 1), hours=1).id,
        ]
        amounts = [world.maria.work.get(id).amount for id in (before, *later)]
        assert [usd(50), usd(60), usd(60), usd(50)] == amounts

    def test_a_mistyped_rate_of_today_is_set_again(self, world: World) -> None:
        """The last word of the day counts; the wrong one is gone."""
        world.maria.projects.set_rate(world.site.id, hourly(6000))
        project = world.maria.projects.set_rate(world.site.id, hourly(60))
        assert (RateFrom(hourly(50)), RateFrom(hourly(60), TODAY)) == project.rates
        assert (RateFrom(hourly(50)),) == world.maria.projects.cancel_rate(world.site.id, TODAY).rates

    def test_a_rate_far_ahead_is_in_nobodys_way(self, world: World) -> None:
        """One for 2062 stays behind the changes before it, and is replaced or taken back until it begins."""
        set_rate, far = world.maria.projects.set_rate, utc(2062, 1, 1)
        set_rate(world.site.id, hourly(99), since=far)
        set_rate(world.site.id, hourly(60))
        set_rate(world.site.id, hourly(70), since=utc(2026, 6, 1))
        project = set_rate(world.site.id, hourly(90), since=far)
        changes = [(hourly(60), TODAY), (hourly(70), utc(2026, 6, 1)), (hourly(90), far)]
        assert [(it.rate, it.since) for it in project.rates[1:]] == changes
        assert world.maria.projects.cancel_rate(world.site.id, far).rates == project.rates[:-1]
        with pytest.raises(InvalidState, match="No rate of Website"):
            world.maria.projects.cancel_rate(world.site.id, far)

    def test_a_moment_is_an_instant(self, world: World) -> None:
        """A naive time is none."""
        with pytest.raises(InvalidInput, match="no time zone"):
            world.maria.projects.set_rate(world.site.id, hourly(60), since=datetime(2026, 4, 1))

    def test_rates_are_shown_to_those_who_see_money(self, world: World) -> None:
        """The contact sees the rate, the supervisor and the worker do not."""
        shown = [
            len(desk.projects.get(world.site.id).rates) for desk in (world.maria, world.cleo, world.sam, world.lee)
        ]
        assert [1, 1, 0, 0] == shown


class TestAssign:
    @pytest.mark.req("A17", "A58")
    def test_a_supervisor_assigns_people(self, world: World) -> None:
        """Who is assigned sees the project and works on it."""
        project = world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        with pytest.raises(NotFound):
            world.lee.projects.get(project.id)
        assigned = world.sam.projects.assign(project.id, world.lee.person_id)
        assert {world.lee.person_id} == assigned.assigned
        world.log(1, project)
        world.sam.projects.unassign(project.id, world.lee.person_id)
        with pytest.raises(NotFound):
            world.log(1, project)

    def test_assigning_twice_is_assigning_once(self, world: World) -> None:
        """Neither assigning nor unassigning again changes or records anything."""
        before = books(world.storage, world.billing.firm_id)
        world.sam.projects.assign(world.site.id, world.lee.person_id)
        world.sam.projects.unassign(world.site.id, world.sam.person_id)
        assert before == books(world.storage, world.billing.firm_id)


class TestArchive:
    def test_an_archived_project_is_still_listed(self, world: World) -> None:
        """It takes no more work, and it comes back."""
        archived = world.maria.projects.archive(world.site.id)
        assert archived.archived
        assert (archived,) == world.maria.projects.all()
        assert world.site == world.maria.projects.restore(world.site.id)


class TestLists:
    @pytest.mark.req("A57")
    def test_projects_are_listed_in_the_order_in_which_they_were_made(self, world: World) -> None:
        """All of them, or those of a client."""
        other = world.client("Globex")
        for client, name in ((world.acme, "Shop"), (other, "Job"), (world.acme, "App")):
            world.maria.projects.add(client_id=client.id, name=name, rate=hourly(50))
        names = [it.name for it in world.maria.projects.all()]
        assert ["Website", "Shop", "Job", "App"] == names
        assert ["Website", "Shop", "App"] == [it.name for it in world.maria.projects.of(world.acme.id)]
        assert ["Website", "Shop", "Job", "App"] == [it.name for it in world.sam.projects.all()]
        assert ["Website"] == [it.name for it in world.lee.projects.all()]
        assert ["Website", "Shop", "App"] == [it.name for it in world.cleo.projects.all()]

    @pytest.mark.req("A20")
    def test_a_limited_contact_sees_the_projects_they_are_limited_to(self, world: World) -> None:
        """The client's other project does not exist for them."""
        shop = world.project(name="Shop")
        limited = world.maria.people.add(name="Carl", role=Role.CONTACT, client_id=world.acme.id, limited_to=[shop.id])
        carl = world.billing.acting_as(limited.id)
        assert [shop.id] == [it.id for it in carl.projects.all()] == [it.id for it in carl.projects.of(world.acme.id)]
        with pytest.raises(NotFound):
            carl.projects.get(world.site.id)
