"""Imported work, known again by its source."""

from datetime import date, timedelta
from typing import Any

import pytest

from invoicecore import Billing, Firm, NewWorkSession, Period
from invoicecore.errors import BatchRefused, IdempotencyKeyReused, InvalidInput
from invoicecore.values.ids import PersonId, ProjectId
from tests.books import books
from tests.world import NOON, UNLIMITED, World, hourly, usd


def sourced(world: World, source: str | None = "toggl:1", hours: int = 8, **given: Any) -> NewWorkSession:
    """A row of an import, of Lee on the website, from noon on."""
    whose = {"project_id": world.site.id, "person_id": world.lee.person_id, "start": NOON, **given}
    return NewWorkSession(hours=hours, source=source, **whose)


class TestSources:
    """Rows that say what they are called where they come from."""

    def test_the_same_batch_again_is_passed_over(self, world: World) -> None:
        """Nothing is charged again and nothing changes; the sessions that are there are shown."""
        rows = [sourced(world, "toggl:1"), sourced(world, "toggl:2", 4)]
        sessions = world.maria.work.import_many(rows)
        before = books(world.storage, world.billing.firm_id)
        assert sessions == world.maria.work.import_many(rows)
        assert before == books(world.storage, world.billing.firm_id)
        assert usd(-600) == world.balance()

    @pytest.mark.parametrize("rows", [None, 5, "rows"])
    def test_rows_are_several(self, world: World, rows: Any) -> None:
        """Anything but several rows is refused in words that say so."""
        with pytest.raises(InvalidInput, match="rows must be several NewWorkSession, such as a list, not"):
            world.maria.work.import_many(rows)

    def test_an_overlapping_batch_adds_what_is_new(self, world: World) -> None:
        """In the order of the rows, and the audit record tells of the new session alone."""
        [first] = world.maria.work.import_many([sourced(world, "toggl:1")])
        count = len(world.maria.firm.audit())
        new, old = world.maria.work.import_many([sourced(world, "toggl:2", 1), sourced(world, "toggl:1")])
        assert (first, timedelta(hours=1)) == (old, new.duration)
        assert usd(-450) == world.balance()
        [record] = world.maria.firm.audit()[count:]
        assert [("WorkSession", new.id), ("Account", world.acme.id)] == [(it.kind, it.id) for it in record.changes]

    def test_one_source_twice_in_a_batch_is_one_session(self, world: World) -> None:
        """The second row is passed over, whatever else it says."""
        one, other = world.maria.work.import_many([sourced(world), sourced(world, hours=3)])
        assert one == other
        assert usd(-400) == world.balance()

    def test_a_source_stands_for_its_row_whatever_else_that_says(self, world: World) -> None:
        """Other hours, a project that was archived meanwhile, work that is stopped: nothing is looked at again."""
        [first] = world.maria.work.import_many([sourced(world)])
        world.maria.projects.archive(world.site.id)
        world.maria.accounts.adjust(world.acme.id, usd(-5000), reason="Old system")
        assert (first,) == world.maria.work.import_many([sourced(world, hours=3)])
        assert usd(-5400) == world.balance()

    def test_an_edited_session_is_shown_as_it_now_is(self, world: World) -> None:
        """The import does not bring back what was corrected."""
        [first] = world.maria.work.import_many([sourced(world)])
        edited = world.maria.work.edit(first.id, hours=6, note="Menu")
        assert (edited,) == world.maria.work.import_many([sourced(world)])
        assert usd(-300) == world.balance()

    def test_a_locked_session_stays_locked(self, world: World) -> None:
        """It is shown with the invoice that holds it."""
        [first] = world.maria.work.import_many([sourced(world)])
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
        [again] = world.maria.work.import_many([sourced(world)])
        assert (first.id, True, invoice.id) == (again.id, again.locked, again.locked_by)
        assert usd(400) == invoice.total == world.maria.invoices.get(invoice.id).total

    def test_a_deleted_session_stays_deleted(self, world: World) -> None:
        """It is shown as what was there, without a cost and marked as removed."""
        [first] = world.maria.work.import_many([sourced(world)])
        assert not first.removed
        world.maria.work.delete(first.id)
        [again] = world.maria.work.import_many([sourced(world)])
        assert (first.id, first.duration, True, usd(0)) == (again.id, again.duration, again.removed, again.amount)
        assert () == world.maria.work.sessions()
        assert usd(0) == world.balance()

    def test_rows_without_a_source_are_always_new(self, world: World) -> None:
        """Equal rows that do not say where they come from are different work."""
        rows = [sourced(world, None), sourced(world, None)]
        world.maria.work.import_many(rows)
        world.maria.work.import_many(rows)
        assert 4 == len(world.maria.work.sessions())

    def test_a_refused_batch_reserves_nothing(self, world: World) -> None:
        """Once it is put right, all of it is recorded."""
        good, bad = sourced(world), sourced(world, "toggl:2", project_id=ProjectId("none"))
        with pytest.raises(BatchRefused, match="Row 1"):
            world.maria.work.import_many([good, bad])
        world.maria.work.import_many([good, sourced(world, "toggl:2", 1)])
        assert usd(-450) == world.balance()

    def test_each_firm_has_sources_of_its_own(self, world: World) -> None:
        """What one firm imported is new to another in the same store."""
        world.maria.work.import_many([sourced(world)])
        other = Billing.create(
            world.storage, Firm(name="Ten", currency="USD", timezone="UTC"), clock=world.clock
        ).as_owner()
        project = other.projects.add(
            client_id=other.clients.add(name="Acme", terms=UNLIMITED).id, name="Website", rate=hourly(50)
        )
        row = NewWorkSession(
            project_id=project.id, person_id=PersonId(other.person_id), start=NOON, hours=1, source="toggl:1"
        )
        [session] = other.work.import_many([row])
        assert (session,) == other.work.sessions()

    @pytest.mark.parametrize("source", ["", " ", "x" * 201, "two\nlines", "bell\a", 7, b"x", True])
    def test_a_source_is_a_text_of_one_line(self, world: World, source: Any) -> None:
        """Anything else is refused, naming the row."""
        with pytest.raises(BatchRefused, match=r"Row 1 .*source") as refused:
            world.maria.work.import_many([sourced(world), sourced(world, source)])
        assert isinstance(refused.value.reason, InvalidInput)

    def test_blanks_around_a_source_say_nothing(self, world: World) -> None:
        """As with every name."""
        world.maria.work.import_many([sourced(world, " toggl:1 "), sourced(world, "toggl:1")])
        assert usd(-400) == world.balance()

    def test_another_source_is_another_request(self, world: World) -> None:
        """An idempotency key stands for the sources too."""
        world.maria.work.import_many([sourced(world, "toggl:1")], idempotency_key="march")
        with pytest.raises(IdempotencyKeyReused):
            world.maria.work.import_many([sourced(world, "toggl:2")], idempotency_key="march")


class TestUpdate:
    """Rows that say something else now, where that is to be followed."""

    def test_the_session_says_what_the_row_says(self, world: World) -> None:
        """When, how long, what about, at which rate and on which project; it stays the same session."""
        shop = world.project(name="Shop", rate="80")
        [first] = world.maria.work.import_many([sourced(world)])
        told = sourced(
            world, hours=2, project_id=shop.id, start=NOON + timedelta(hours=1), note="Menu", rate=hourly(60)
        )
        [again] = world.maria.work.import_many([told], update=True)
        assert (first.id, shop.id, NOON + timedelta(hours=1), timedelta(hours=2), "Menu", hourly(60), usd(120)) == (
            again.id,
            again.project_id,
            again.start,
            again.duration,
            again.note,
            again.rate,
            again.amount,
        )
        assert (again,) == world.maria.work.sessions()
        assert usd(-120) == world.balance()

    def test_it_costs_what_an_edit_would_cost(self, world: World) -> None:
        """A row without a rate keeps one that was stated, also where its start moves across a change of rate."""
        [first] = world.maria.work.import_many([sourced(world, hours=1, rate=hourly(60))])
        world.maria.projects.set_rate(world.site.id, hourly(70), since=NOON - timedelta(days=1))
        [longer] = world.maria.work.import_many([sourced(world, hours=2)], update=True)
        [moved] = world.maria.work.import_many([sourced(world, hours=2, start=NOON - timedelta(days=2))], update=True)
        assert (hourly(60), hourly(60), hourly(60)) == (first.rate, longer.rate, moved.rate)
        kinds = [(str(row.kind), row.amount) for row in world.maria.accounts.statement(world.acme.id).rows]
        assert [
            ("work", usd(-60)),
            ("work_reversed", usd(60)),
            ("work", usd(-120)),
        ] == kinds

    def test_a_rate_that_was_not_stated_follows_the_project(self, world: World) -> None:
        """A row that moves across a change of rate takes the one in force at its new start; one that does not keeps
        what it has."""
        [first] = world.maria.work.import_many([sourced(world)])
        world.maria.projects.set_rate(world.site.id, hourly(70))
        later, earlier = NOON + timedelta(hours=1), NOON - timedelta(days=1)
        [near] = world.maria.work.import_many([sourced(world, start=later)], update=True)
        [far] = world.maria.work.import_many([sourced(world, start=earlier)], update=True)
        [back] = world.maria.work.import_many([sourced(world)], update=True)
        assert [hourly(50)] * 3 + [hourly(70)] == [it.rate for it in (first, near, far, back)]

    def test_a_day_and_hours(self, world: World) -> None:
        """The day that was stated stays, or is another one."""
        [first] = world.maria.work.import_many([sourced(world, start=None, day=date(2026, 3, 2))])
        [same] = world.maria.work.import_many([sourced(world, hours=7, start=None, day=date(2026, 3, 2))], update=True)
        [other] = world.maria.work.import_many([sourced(world, hours=7, start=None, day=date(2026, 3, 3))], update=True)
        assert (first.start, date(2026, 3, 2)) == (same.start, same.day)
        assert (first.start + timedelta(days=1), date(2026, 3, 3)) == (other.start, other.day)

    def test_a_row_that_says_the_same_writes_nothing(self, world: World) -> None:
        """Not even an audit record."""
        world.maria.work.import_many([sourced(world)])
        before = books(world.storage, world.billing.firm_id)
        world.maria.work.import_many([sourced(world)], update=True)
        assert before == books(world.storage, world.billing.firm_id)

    @pytest.mark.parametrize("what", ["locked", "removed", "other client", "other person"])
    def test_what_cannot_follow_stays(self, world: World, what: str) -> None:
        """The rest of the batch is recorded."""
        [first] = world.maria.work.import_many([sourced(world)])
        said: dict[str, Any] = {"hours": 2}
        match what:
            case "locked":
                world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
            case "removed":
                world.maria.work.delete(first.id)
            case "other client":
                said["project_id"] = world.project(world.client()).id
            case "other person":
                said["person_id"] = world.sam.person_id
        kept = world.maria.work.imported(["toggl:1"])["toggl:1"]
        stays, new = world.maria.work.import_many([sourced(world, **said), sourced(world, "toggl:2", 1)], update=True)
        assert (kept, timedelta(hours=1)) == (stays, new.duration)
        assert kept == world.maria.work.imported(["toggl:1"])["toggl:1"]

    def test_it_is_edited_by_the_rules_of_editing(self, world: World) -> None:
        """So it cannot move on an archived project; the row is named, and nothing of the batch is recorded."""
        world.maria.work.import_many([sourced(world)])
        world.maria.projects.archive(world.site.id)
        moved = sourced(world, start=NOON + timedelta(hours=1))
        with pytest.raises(BatchRefused, match=r"Row 0 .*archived"):
            world.maria.work.import_many([moved], update=True)
        [longer] = world.maria.work.import_many([sourced(world, hours=9)], update=True)
        assert timedelta(hours=9) == longer.duration

    def test_free_work_that_becomes_chargeable_is_checked_like_new_work(self, world: World) -> None:
        """It is refused past the stop, or marked."""
        world.maria.work.import_many([sourced(world, billable=False)])
        world.maria.accounts.adjust(world.acme.id, usd(-1500), reason="Old system")
        with pytest.raises(BatchRefused, match="stopped"):
            world.maria.work.import_many([sourced(world, billable=True)], update=True)
        rows = [sourced(world, billable=True)]
        [marked] = world.maria.work.import_many(rows, update=True, over_limit=True, reason="Done already.")
        assert marked.over_limit

    def test_the_refill_is_looked_at_once_on_the_net(self, world: World) -> None:
        """What is given back and what is drawn in one batch count together."""
        world.maria.work.import_many([sourced(world, hours=10), sourced(world, "toggl:2", 8)])  # −$900
        world.maria.work.import_many([sourced(world, hours=18), sourced(world, "toggl:2", 0)], update=True)
        assert (usd(-900), ()) == (world.balance(), world.maria.invoices.of(world.acme.id))
        world.maria.work.import_many([sourced(world, hours=20), sourced(world, "toggl:2", 3)], update=True)
        [refill] = world.maria.invoices.of(world.acme.id)
        assert usd(1000) == refill.total

    def test_of_one_source_twice_the_first_counts(self, world: World) -> None:
        """As where nothing is followed."""
        world.maria.work.import_many([sourced(world)])
        one, other = world.maria.work.import_many([sourced(world, hours=2), sourced(world, hours=3)], update=True)
        assert (one, timedelta(hours=2)) == (other, one.duration)

    def test_the_same_key_stands_for_one_choice(self, world: World) -> None:
        """Following is another request."""
        world.maria.work.import_many([sourced(world)], idempotency_key="march")
        with pytest.raises(IdempotencyKeyReused):
            world.maria.work.import_many([sourced(world)], update=True, idempotency_key="march")


class TestImported:
    def test_it_tells_what_is_there(self, world: World) -> None:
        """By source, as the sessions now are, also those that were deleted."""
        rows = [sourced(world, f"toggl:{number}", 1) for number in range(3)]
        first, second, third = world.maria.work.import_many(rows)
        edited = world.maria.work.edit(first.id, hours=2)
        world.maria.work.delete(second.id)
        found = world.maria.work.imported(["toggl:0", "toggl:1", "toggl:7"])
        assert {"toggl:0": edited, "toggl:1": world.maria.work.import_many([rows[1]])[0]} == found
        assert (False, True) == (found["toggl:0"].removed, found["toggl:1"].removed)
        assert third.id not in {session.id for session in found.values()}

    @pytest.mark.parametrize("sources", ["toggl:1", 7, None, [7], [""], ["two\nlines"]])
    def test_sources_are_texts(self, world: World, sources: Any) -> None:
        """Several of them, each of one line."""
        with pytest.raises(InvalidInput, match="source"):
            world.maria.work.imported(sources)
