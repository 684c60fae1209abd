"""What becomes of work that says what it is called where it comes from?"""

from datetime import timedelta
from typing import Any

import pytest

from invoicecore import Billing, Firm, NewSession, Period
from invoicecore.errors import BatchRefused, KeyReused, Malformed
from invoicecore.ids import PersonId, ProjectId
from invoicecore.testing.books import books
from tests.world import NOON, UNLIMITED, World, hourly, usd


def sourced(world: World, source: str | None = "toggl:1", hours: int = 8, **given: Any) -> NewSession:
    """A row of an import, of Lee on the website, from noon on."""
    whose = {"project_id": world.site.id, "person_id": world.lee.person_id, "start": NOON, **given}
    return NewSession(hours=hours, source=source, **whose)


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

    def test_an_overlapping_batch_adds_what_is_new(self, world: World) -> None:
        """In the order of the rows, and the audit record tells of the new session alone."""
        [first] = world.maria.work.import_many([sourced(world, "toggl:1")])
        count = len(world.maria.firm.audit())
        new, old = world.maria.work.import_many([sourced(world, "toggl:2", 1), sourced(world, "toggl:1")])
        assert (first, timedelta(hours=1)) == (old, new.duration)
        assert usd(-450) == world.balance()
        [record] = world.maria.firm.audit()[count:]
        assert [("Session", new.id), ("Account", world.acme.id)] == [(it.kind, it.id) for it in record.changes]

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

    def test_a_refused_batch_claims_nothing(self, world: World) -> None:
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
            client=other.clients.add(name="Acme", terms=UNLIMITED).id, name="Website", rate=hourly(50)
        )
        row = NewSession(
            project_id=project.id, person_id=PersonId(other.person_id), start=NOON, hours=1, source="toggl:1"
        )
        [session] = other.work.import_many([row])
        assert (session,) == other.work.sessions()

    @pytest.mark.parametrize("source", ["", " ", "x" * 201, "two\nlines", "bell\a", 7, b"x", True])
    def test_a_source_is_a_text_of_one_line(self, world: World, source: Any) -> None:
        """Anything else is refused, naming the row."""
        with pytest.raises(BatchRefused, match=r"Row 1 .*source") as refused:
            world.maria.work.import_many([sourced(world), sourced(world, source)])
        assert isinstance(refused.value.reason, Malformed)

    def test_blanks_around_a_source_say_nothing(self, world: World) -> None:
        """As with every name."""
        world.maria.work.import_many([sourced(world, " toggl:1 "), sourced(world, "toggl:1")])
        assert usd(-400) == world.balance()

    def test_another_source_is_another_request(self, world: World) -> None:
        """An idempotency key stands for the sources too."""
        world.maria.work.import_many([sourced(world, "toggl:1")], idempotency_key="march")
        with pytest.raises(KeyReused):
            world.maria.work.import_many([sourced(world, "toggl:2")], idempotency_key="march")


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
        with pytest.raises(Malformed, match="source"):
            world.maria.work.imported(sources)
