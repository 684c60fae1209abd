"""The pages of projects and of work, and what each role sees of them."""

from datetime import date, timedelta

import attrs
import pytest
from attrs import evolve

from invoicecore import BilledTotals, Period, ProjectSort, Role, utc
from invoicecore.errors import InvalidInput, NotFound
from tests.world import UNLIMITED, World, hourly, new_world, usd

MARCH = Period.month(2026, 3)
HOUR = timedelta(hours=1)


def billed_two_of_five(world: World) -> None:
    """Lee worked 2 h that are invoiced, 3 h that are not, 4 h that cost nothing; Maria 1 h, also on the website."""
    world.log(2)
    world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, MARCH).id)
    world.log(3, start=utc(2026, 3, 3, 15))
    world.clock.set(utc(2026, 3, 5, 15))
    world.maria.work.log(
        world.site.id, start=utc(2026, 3, 4, 15), hours=4, person_id=world.lee.person_id, billable=False
    )
    world.maria.work.log(world.site.id, start=utc(2026, 3, 5, 15), hours=1)


class TestTheList:
    """Projects with what was worked on them."""

    @pytest.mark.req("A49", "A57")
    def test_rate_and_time_worked(self) -> None:
        """Of 10 h, 2 h are billed for $100, 4 h would be billed for $200, and 4 h cost nothing."""
        world = new_world(UNLIMITED)
        billed_two_of_five(world)
        [row] = world.maria.pages.projects().rows
        assert ("Website", "Acme", hourly(50), 10 * HOUR) == (
            row.project.name,
            row.client.name,
            row.rate,
            row.worked,
        )
        assert (BilledTotals(2 * HOUR, usd(100)), BilledTotals(4 * HOUR, usd(200))) == (row.billed, row.unbilled)
        [hers] = world.cleo.pages.projects(client_id=world.acme.id).rows
        untold = evolve(row.project, assigned=frozenset())  # who is assigned, is for those who assign
        assert evolve(row, project=untold) == hers

    @pytest.mark.req("A49")
    def test_the_rate_in_force(self) -> None:
        """A rate that holds from tomorrow on is shown tomorrow."""
        world = new_world()
        world.maria.projects.set_rate(world.site.id, hourly(60), since=utc(2026, 3, 3))
        assert hourly(50) == world.maria.pages.projects().rows[0].rate
        world.clock.set(utc(2026, 3, 3))
        assert hourly(60) == world.maria.pages.projects().rows[0].rate

    @pytest.mark.req("A49")
    def test_a_void_frees_the_work(self) -> None:
        """What a void invoice held is unbilled again, and what was taken away is nowhere."""
        world = new_world(UNLIMITED)
        world.maria.work.delete(world.log(5, start=utc(2026, 3, 3, 15)))
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        world.maria.invoices.generate(draft.id)
        world.maria.invoices.void(draft.id, note="No.")
        [row] = world.maria.pages.projects().rows
        assert (2 * HOUR, BilledTotals(0 * HOUR, usd(0)), BilledTotals(2 * HOUR, usd(100))) == (
            row.worked,
            row.billed,
            row.unbilled,
        )

    @pytest.mark.req("A57")
    def test_orders_and_choices(self) -> None:
        """By name, by time worked, as they were added; of a client; put away or not."""
        world = new_world(UNLIMITED)
        shop = world.project(name="Shop")
        app = world.project(world.client("Beta"), "App")
        for hours, project in ((1, world.site), (3, shop), (2, app)):
            world.log(hours, project)
        pages = world.maria.pages

        def names(**asked: object) -> list[str]:
            return [row.project.name for row in pages.projects(**asked).rows]  # type: ignore[arg-type]

        assert ["App", "Shop", "Website"] == names()
        assert ["Shop", "App", "Website"] == names(sort=ProjectSort.WORKED, descending=True)
        assert ["Website", "Shop", "App"] == names(sort=ProjectSort.ADDED)
        assert ["Shop", "Website"] == names(client_id=world.acme.id)
        world.maria.projects.archive(shop.id)
        assert (["Website"], ["Shop"]) == (names(client_id=world.acme.id), names(archived=True))

    @pytest.mark.req("A17", "A19", "A20")
    def test_to_whom(self) -> None:
        """A supervisor sees all of the time and no money; Lee his own time on his projects: 9 h of 10; Lia the website
        alone, with its money."""
        world = new_world(UNLIMITED)
        billed_two_of_five(world)
        world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        lia = world.maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
        assert ["Shop", "Website"] == [row.project.name for row in world.sam.pages.projects().rows]
        rows = [
            *world.sam.pages.projects(sort=ProjectSort.ADDED).rows[:1],
            *world.lee.pages.projects().rows,
            *world.billing.acting_as(lia.id).pages.projects().rows,
        ]
        assert [
            (10 * HOUR, BilledTotals(2 * HOUR, None), BilledTotals(4 * HOUR, None), None, 0),
            (9 * HOUR, BilledTotals(2 * HOUR, None), BilledTotals(3 * HOUR, None), None, 0),
            (10 * HOUR, BilledTotals(2 * HOUR, usd(100)), BilledTotals(4 * HOUR, usd(200)), hourly(50), 1),
        ] == [(row.worked, row.billed, row.unbilled, row.rate, len(row.project.rates)) for row in rows]


class TestTheProject:
    """A project by itself."""

    @pytest.mark.req("A58", "A59")
    def test_people_and_sessions(self) -> None:
        """Who is assigned, by name, and the sessions, the latest first."""
        world = new_world(UNLIMITED)
        world.sam.projects.assign(world.site.id, world.sam.person_id)
        billed_two_of_five(world)
        it = world.maria.pages.project(world.site.id)
        assert ["Lee", "Sam"] == [person.name for person in it.assigned]
        assert [(5, "Maria"), (4, "Lee"), (3, "Lee"), (2, "Lee")] == [
            (row.session.day.day, row.person.name) for row in it.sessions.rows
        ]
        assert it.row == world.maria.pages.projects().rows[0]

    @pytest.mark.req("A59")
    def test_its_sessions_go_on(self) -> None:
        """The fifty latest are on the page, and the list of work goes on where they end."""
        world = new_world(UNLIMITED)
        for number in range(52):
            world.log(1, start=utc(2026, 3, 2, 12) - number * 2 * HOUR)
        shown = world.maria.pages.project(world.site.id).sessions
        rest = world.maria.pages.work(project_id=world.site.id, after=shown.next_cursor)
        assert (50, 2, None) == (len(shown.rows), len(rest.rows), rest.next_cursor)
        assert utc(2026, 3, 2, 12) - 51 * 2 * HOUR == rest.rows[-1].session.start

    @pytest.mark.req("A17", "A19", "A20")
    def test_to_whom(self) -> None:
        """Lee finds himself, his own sessions and no money; a contact nobody who is assigned; an archived project is
        shown as well."""
        world = new_world(UNLIMITED)
        world.sam.projects.assign(world.site.id, world.sam.person_id)
        billed_two_of_five(world)
        world.maria.projects.archive(world.site.id)
        his, hers = (desk.pages.project(world.site.id) for desk in (world.lee, world.cleo))
        assert (["Lee"], []) == ([it.name for it in his.assigned], [it.name for it in hers.assigned])
        assert (3, 4) == (len(his.sessions.rows), len(hers.sessions.rows))
        assert {None} == {row.session.amount for row in his.sessions.rows}
        shop = world.maria.projects.add(client_id=world.client("Beta").id, name="Shop", rate=hourly(50))
        for desk in (world.lee, world.cleo):
            with pytest.raises(NotFound):
                desk.pages.project(shop.id)


class TestWork:
    """All sessions, or some of them."""

    @pytest.mark.req("A61")
    def test_all_of_the_firm(self) -> None:
        """Each with whom it was for, on what, by whom, and the invoice that holds it; the latest first."""
        world = new_world(UNLIMITED)
        billed_two_of_five(world)
        world.log(1, world.project(world.client("Beta"), "App"), start=utc(2026, 3, 6, 15))
        assert [
            ("Beta", "App", "Lee", None, usd(50)),
            ("Acme", "Website", "Maria", None, usd(50)),
            ("Acme", "Website", "Lee", None, usd(0)),
            ("Acme", "Website", "Lee", None, usd(150)),
            ("Acme", "Website", "Lee", "INV-2026-0001", usd(100)),
        ] == [
            (row.client.name, row.project.name, row.person.name, row.invoice_number, row.session.amount)
            for row in world.maria.pages.work().rows
        ]

    @pytest.mark.req("A61")
    def test_choices(self) -> None:
        """Of a client, a project, a person, a period, billed or not, and of several at once."""
        world = new_world(UNLIMITED)
        billed_two_of_five(world)
        app = world.project(world.client("Beta"), "App")
        world.log(1, app, start=utc(2026, 3, 6, 15))
        pages, lee, maria = world.maria.pages, world.lee.person_id, world.maria.person_id

        def days(**asked: object) -> list[int]:
            return [row.session.day.day for row in pages.work(**asked).rows]  # type: ignore[arg-type]

        assert [2, 3, 4, 5, 6] == days(descending=False)
        assert ([5, 4, 3, 2], [6]) == (days(client_id=world.acme.id), days(project_id=app.id))
        assert ([6, 4, 3, 2], [5]) == (days(person_id=lee), days(person_id=maria))
        assert ([2], [6, 5, 4, 3]) == (days(billed=True), days(billed=False))
        assert [4, 3] == days(period=Period(date(2026, 3, 3), date(2026, 3, 4)))
        assert [] == days(person_id=maria, project_id=app.id)
        assert [4, 3] == days(client_id=world.acme.id, person_id=lee, billed=False, period=MARCH)

    @pytest.mark.req("A7", "A61")
    def test_a_period_is_of_the_firms_days(self) -> None:
        """05:59 UTC on 2 March is the evening of the 1st in Chicago; work given by its date keeps that in any zone."""
        world = new_world(UNLIMITED)
        world.log(1, start=utc(2026, 3, 2, 5))
        world.log(1, start=utc(2026, 3, 2, 6))
        stated = world.lee.work.log(world.site.id, day=date(2026, 3, 1), hours=1).id
        sunday = Period(date(2026, 3, 1), date(2026, 3, 1))
        assert 2 == len(world.maria.pages.work(period=sunday).rows)
        world.maria.firm.change(timezone="Pacific/Auckland")
        assert [stated] == [row.session.id for row in world.maria.pages.work(period=sunday).rows]

    @pytest.mark.req("A17", "A19", "A20", "A61")
    def test_to_whom(self) -> None:
        """A supervisor and a worker see no money and no invoice, the worker their own; a contact their client's, and
        one who is limited no invoice by its number."""
        world = new_world(UNLIMITED)
        billed_two_of_five(world)
        world.log(1, world.project(world.client("Beta"), "App"), start=utc(2026, 3, 6, 15))
        lia = world.maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
        desks = (world.sam, world.lee, world.cleo, world.billing.acting_as(lia.id))
        lists = [desk.pages.work().rows for desk in desks]
        assert [5, 4, 4, 4] == [len(rows) for rows in lists]
        assert [
            (True, None, None),
            (True, None, None),
            (True, "INV-2026-0001", usd(100)),
            (True, None, usd(100)),
        ] == [(rows[-1].session.locked, rows[-1].invoice_number, rows[-1].session.amount) for rows in lists]
        whole = world.maria.pages.work().rows[-1]
        assert attrs.evolve(whole, session=world.lee.work.get(whole.session.id), invoice_number=None) == lists[1][-1]

    @pytest.mark.parametrize("asked", [{"billed": "yes"}, {"period": "March"}, {"limit": 0}, {"after": "x"}])
    def test_questions_that_are_none(self, asked: dict[str, object]) -> None:
        """They are malformed, whether or not the project is there."""
        with pytest.raises(InvalidInput):
            new_world().lee.pages.work(project_id="none", **asked)  # type: ignore[arg-type]
