"""What comes of applying a plan: once, again, in part, and beside others."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from invoicecore import Action, Desk, MemoryStorage, Money, Period, Role, Terms, importer
from invoicecore.desk.executor import Executor
from invoicecore.errors import InvoicecoreError, NotPermitted, StorageUnavailable
from invoicecore.importer import ImportResult, Interrupted, Plan, UnreadableFile
from invoicecore.ports.store import Storage
from invoicecore.storage.sql import SqlStorage
from invoicecore.testing import QuickPasswords
from invoicecore.testing.instrumented_storage import WatchedStorage
from invoicecore.values.ids import IdSource
from tests.books import Books, books
from tests.importer.tracker import LATER, NINE, entry, export, tracker
from tests.proof.commands import AttemptIds, without_backoff
from tests.proof.faults import Fault, failing_at, faults_at
from tests.world import World, hourly, new_world, usd

_ = tracker  # is used by every test here

ROWS = (
    entry(1, 4),
    entry(2, 20, person="Ann", email=None),
    entry(3, 2, client="New", project="Job"),
    entry(4, 8),
    entry(5, 3, client="New", project="Other job", person="Ann", email=None),
)


def planned(world: World, *rows: Any, **options: Any) -> Plan:
    """The plan of a file that holds these rows."""
    return importer.plan(world.maria, export(*rows), **{"rate": 50, **options})


def stored(world: World) -> Books:
    """All that the firm has."""
    return books(world.storage, world.billing.firm_id)


def work(world: World) -> list[tuple[str, str, timedelta]]:
    """Who worked how long on what, by name."""
    people = {it.id: it.name for it in world.maria.people.all()}
    projects = {it.id: it.name for it in world.maria.projects.all()}
    return sorted((people[it.person_id], projects[it.project_id], it.duration) for it in world.maria.work.sessions())


class TestDone:
    @pytest.mark.parametrize("where", ["memory", "sqlite"])
    def test_a_plan_comes_about(self, where: str, tmp_path: Path) -> None:
        """In whichever store: people, clients, projects and sessions, and the money that was foretold."""
        storage: Storage = MemoryStorage()
        if where == "sqlite":
            storage = SqlStorage.at(f"sqlite:///{tmp_path}/books.db")
            storage.upgrade()
        world = new_world(storage=storage, now=LATER)
        plan = planned(world, *ROWS, batch=2)
        told: list[tuple[int, int]] = []
        done = importer.apply(world.maria, plan, progress=lambda *rows: told.append(rows))
        assert ImportResult(added=5, batches=3) == done
        assert [(2, 5), (4, 5), (5, 5)] == told
        hours = [timedelta(hours=hours) for hours in (3, 20, 4, 8, 2)]
        whom = [("Ann", "Other job"), ("Ann", "Website"), ("Lee", "Website"), ("Lee", "Website"), ("Lee", "Job")]
        assert sorted((*names, length) for names, length in zip(whom, hours, strict=True)) == work(world)
        for client in world.maria.clients.all():
            [balance_effect] = [it.balance_effect for it in plan.clients if it.name == client.name]
            assert balance_effect is not None
            assert balance_effect.after == world.balance(client)
        [refill] = world.maria.invoices.of(world.acme.id)
        assert usd(1000) == refill.total
        assert Role.WORKER is next(it.role for it in world.maria.people.all() if it.name == "Ann")
        if isinstance(storage, SqlStorage):
            storage.close()

    def test_applied_twice_it_adds_nothing(self, world: World) -> None:
        """Nor does the same file planned anew."""
        plan = planned(world, *ROWS)
        importer.apply(world.maria, plan)
        before = stored(world)
        assert ImportResult(known=5, batches=1) == importer.apply(world.maria, plan)
        assert ImportResult(known=5, batches=1) == importer.apply(world.maria, planned(world, *ROWS))
        assert before == stored(world)

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_exports_that_overlap_come_to_their_union(self, order: tuple[int, ...]) -> None:
        """In whichever order."""
        world = new_world(now=LATER)
        exports = (ROWS[:3], ROWS[1:4], ROWS[2:])
        for place in order:
            importer.apply(world.maria, planned(world, *exports[place]))
        union = new_world(now=LATER)
        importer.apply(union.maria, planned(union, *ROWS))
        assert work(union) == work(world)
        assert union.balance() == world.balance()

    def test_what_was_changed_since_is_followed(self, world: World) -> None:
        """The session is edited, and its client pays the difference."""
        importer.apply(world.maria, planned(world, entry(1), entry(2)))
        done = importer.apply(world.maria, planned(world, entry(1, 3, note="Menu"), entry(2), entry(3)))
        assert ImportResult(added=1, changed=1, known=1, batches=1) == done
        assert usd(-250) == world.balance()
        assert "Menu" == world.maria.work.imported(["tracker:1"])["tracker:1"].note

    def test_somebody_who_was_made_meanwhile_is_taken(self, world: World) -> None:
        """Clients, projects and people are looked for again, by the same rule, right before they are made."""
        plan = planned(world, *ROWS)
        made = world.client("New")
        job = world.project(made, name="Job")
        ann = world.maria.people.add(name="Ann", role=Role.SUPERVISOR)
        importer.apply(world.maria, plan)
        assert [made] == [it for it in world.maria.clients.all() if it.name == "New"]
        assert {ann.id, world.lee.person_id} == {it.person_id for it in world.maria.work.sessions()}
        assert job.id in {it.project_id for it in world.maria.work.sessions(client_id=made.id)}

    def test_two_who_apply_at_once_make_things_once(self, world: World) -> None:
        """Whoever looked before the other made it gets what the other made."""
        plan = planned(world, *ROWS)
        people, applied = type(world.maria.people).add, list[bool]()

        def add(desk: Any, **given: Any) -> Any:
            if not applied:
                applied.append(True)
                importer.apply(world.maria, plan)
            return people(desk, **given)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(world.maria.people), "add", add)
            importer.apply(world.maria, plan)
        assert ["Acme", "New"] == [it.name for it in world.maria.clients.all()]
        assert ["Website", "Job", "Other job"] == [it.name for it in world.maria.projects.all()]
        assert ["Maria", "Sam", "Lee", "Cleo", "Ann"] == [it.name for it in world.maria.people.all()]
        assert 5 == len(world.maria.work.sessions())


class TestReplay:
    """The past happens again: in the order of the work, at the time when it was done."""

    ROWS = (entry(3, 25), entry(1, 25), entry(2, 25, client="New", project="Job"))

    def test_refills_come_as_they_would_have_come(self, world: World) -> None:
        """One for each row that makes one due, on the day on which its work ended; new clients are made on their
        first day."""
        plan = planned(world, *self.ROWS, replay=True, terms=Terms(allowed_balance=usd(-900), refill=None))
        importer.apply(world.maria, plan, set_clock=world.clock.set)
        refills = world.maria.invoices.of(world.acme.id)
        assert [(usd(1000), "2026-03-04"), (usd(1000), "2026-03-06")] == [
            (it.total, str(it.issued_on)) for it in refills
        ]
        booked = [it.booked_at for it in world.maria.accounts.entries(world.acme.id)]
        assert [NINE + timedelta(days=2, hours=1), NINE + timedelta(days=4, hours=1)] == booked
        [made] = [it.at for it in world.maria.firm.audit(limit=1000) if it.action is Action.ADD_CLIENT][1:]
        assert NINE + timedelta(days=2) == made

    @pytest.mark.parametrize("batch", [1, 500])
    def test_what_a_stop_would_have_kept_out_can_be_left_out(self, world: World, batch: int) -> None:
        """Acme stops at −$1,500: the third of three sessions of $1,000 comes too late, however they are batched."""
        rows = [entry(number, 20) for number in (1, 2, 3)]
        plan = planned(world, *rows, batch=batch, skip_stopped=True)
        assert (2, 1, True) == (plan.added.entries, plan.left_out.entries, plan.is_sound)
        assert (2, 1) == (lambda done: (done.added, done.left))(importer.apply(world.maria, plan))
        assert usd(-2000) == world.balance()

    def test_terms_in_several_currencies(self, world: World) -> None:
        """Each new client gets those in their own."""
        many = [Terms(allowed_balance=Money.of(-50, code)) for code in ("USD", "EUR")]
        rows = [entry(number, client=code, currency=code) for number, code in enumerate(("EUR", "USD"), start=1)]
        importer.apply(world.maria, planned(world, *rows, terms=many))
        clients = {it.name: world.maria.accounts.standing(it.id) for it in world.maria.clients.all()}
        assert [(True, "EUR"), (True, "USD")] == [
            (clients[code].stopped, clients[code].account.currency) for code in ("EUR", "USD")
        ]

    def test_rows_that_name_nothing(self, world: World) -> None:
        """Can be work for a client and on a project of some name."""
        rows = (entry(1, client=None, project=None), entry(2, project=None))
        plan = planned(world, *rows, unnamed_client="No client", unnamed_project="No project")
        assert [("No client", "No project"), ("Acme", "No project")] == [(it.client, it.name) for it in plan.projects]


class TestRefused:
    def test_a_file_with_a_refused_row_applies_nothing(self, world: World) -> None:
        """The error names row and column; the rows before and after are not recorded either."""
        before = stored(world)
        plan = planned(world, *ROWS, UnreadableFile(9, "Duration", "it is blank."), UnreadableFile(11, None, "No."))
        with pytest.raises(UnreadableFile) as refused:
            importer.apply(world.maria, plan)
        assert (9, "Duration") == (refused.value.row, refused.value.column)
        assert "it is blank. Nothing was recorded; rows refused: 2." in str(refused.value)
        assert before == stored(world)

    @pytest.mark.parametrize("who", ["sam", "lee", "cleo"])
    def test_only_a_manager_may(self, world: World, who: str) -> None:
        """A plan gives nobody a right."""
        plan, before = planned(world, *ROWS), stored(world)
        for action in (importer.apply, lambda desk, plan: list(importer.rows(desk, plan))):
            with pytest.raises(NotPermitted):
                action(getattr(world, who), plan)
        assert before == stored(world)

    def test_what_came_in_between_is_said_with_its_row(self, world: World) -> None:
        """Batches before it stand, and once it is put right, applying again goes on."""
        plan = planned(world, *(entry(number) for number in (1, 2, 3, 4)), batch=2)

        def progress(rows: int, _total: int) -> None:
            if rows == 2:
                world.maria.projects.archive(world.site.id)

        with pytest.raises(Interrupted, match="Row 4: Website is archived") as broken:
            importer.apply(world.maria, plan, progress=progress)
        assert (ImportResult(added=2, batches=1), 4) == (broken.value.done, broken.value.row)
        assert usd(-100) == world.balance()
        world.maria.projects.restore(world.site.id)
        assert ImportResult(added=2, known=2, batches=2) == importer.apply(world.maria, plan)
        assert usd(-200) == world.balance()

    def test_a_name_that_somebody_else_has_taken(self, world: World) -> None:
        """Two of one name since it was planned: nobody can tell whom it means."""
        plan = planned(world, *ROWS)
        world.client("New"), world.client("New")
        with pytest.raises(Interrupted, match="More than one client is called 'New'"):
            importer.apply(world.maria, plan)


class TestLocked:
    def test_what_was_locked_since_it_was_planned_stays(self, world: World) -> None:
        """The plan said that it changes; the invoice came first."""
        importer.apply(world.maria, planned(world, entry(1), entry(2)))
        plan = planned(world, entry(1, 3), entry(2), entry(3))
        assert 1 == plan.changed.entries
        invoice = world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
        before = world.maria.work.imported(["tracker:1", "tracker:2"])
        assert ImportResult(added=1, known=1, left=1, batches=1) == importer.apply(world.maria, plan)
        assert before == world.maria.work.imported(["tracker:1", "tracker:2"])
        assert invoice == world.maria.invoices.get(invoice.id)

    def test_not_even_while_it_is_applied(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """An invoice that takes hold between the look and the command wins as well."""
        importer.apply(world.maria, planned(world, entry(1)))
        plan, right = planned(world, entry(1, 3)), type(world.maria.work).import_many

        def late(desk: Any, rows: Any, **given: Any) -> Any:
            world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
            return right(desk, rows, **given)

        monkeypatch.setattr(type(world.maria.work), "import_many", late)
        assert ImportResult(left=1, batches=1) == importer.apply(world.maria, plan)
        assert timedelta(hours=1) == world.maria.work.imported(["tracker:1"])["tracker:1"].duration


class TestFaults:
    """A store that fails once, at any call, and applying again afterwards."""

    @pytest.fixture
    def desk(self) -> Callable[[World, IdSource, Storage], Desk]:
        """Maria's desk on a store, with ids that can be compared."""
        return lambda world, ids, storage: Desk(
            Executor(storage, world.billing.firm_id, world.maria.person_id, world.clock, ids, QuickPasswords())
        )

    def test_whatever_goes_wrong_applying_again_leads_to_the_same_books(
        self, desk: Callable[[World, IdSource, Storage], Desk]
    ) -> None:
        """At every call to the store, with every fault: one effect, and nothing half done."""
        rows = (*ROWS[:3], entry(6, 2, project="Website"))

        def begun() -> tuple[World, Plan]:
            world = new_world(now=LATER)
            importer.apply(world.maria, planned(world, entry(6)))
            return world, planned(world, *rows, batch=2)

        world, plan = begun()
        calls: list[str] = []
        ids = AttemptIds("a")
        importer.apply(desk(world, ids, WatchedStorage(world.storage, failing_at(calls, 0, None, ids.observe))), plan)
        expected = stored(world)
        faults = [(number, fault) for number, call in enumerate(calls, 1) for fault in faults_at(call)]
        with without_backoff():
            for number, fault in faults:
                world, plan = begun()
                ids = AttemptIds("a")
                watch = failing_at([], number, fault, ids.observe)
                struck = desk(world, ids, WatchedStorage(world.storage, watch))
                with suppress(InvoicecoreError, KeyboardInterrupt):
                    importer.apply(struck, plan)
                importer.apply(struck, plan)
                assert expected == stored(world), f"{fault} {calls[number - 1]}, call {number}"

    def test_what_stands_is_said(self, world: World, desk: Callable[[World, IdSource, Storage], Desk]) -> None:
        """How many batches, and that applying again goes on."""
        plan = planned(world, *(entry(number) for number in (1, 2, 3)), batch=2)
        calls: list[str] = []
        probe = new_world(now=LATER)
        watched = WatchedStorage(probe.storage, failing_at(calls, 0, None, lambda call: None))
        importer.apply(desk(probe, probe.ids, watched), plan)
        last = len(calls)  # the commit of the second batch
        watch = failing_at([], last, Fault(StorageUnavailable), lambda call: None)
        with pytest.raises(Interrupted, match="1 batches with 2 new sessions stand; applying the plan again goes on"):
            importer.apply(desk(world, world.ids, WatchedStorage(world.storage, watch)), plan)
        assert usd(-100) == world.balance()


def test_a_project_without_billable_work_costs_nothing(world: World) -> None:
    """Until somebody sets its rate."""
    importer.apply(world.maria, planned(world, entry(1, project="Free", billable=False), rate=None))
    [project] = [it for it in world.maria.projects.all() if it.name == "Free"]
    assert hourly(0) == evolve(project).rates[0].rate


@pytest.mark.parametrize(("said", "billed"), [(None, 0), (False, 0), (True, 50)])
def test_what_the_file_does_not_say_the_project_does(world: World, said: bool | None, billed: int) -> None:
    """Whether work costs, on a project of which nothing does; the plan foretells it."""
    gift = world.maria.projects.add(client_id=world.acme.id, name="Gift", rate=hourly(50), billable=False)
    plan = planned(world, entry(1, project=gift.name, billable=said), rate=None)
    before = world.maria.accounts.standing(world.acme.id).balance
    importer.apply(world.maria, plan)
    [session] = world.maria.work.sessions(project_id=gift.id)
    after = world.maria.accounts.standing(world.acme.id).balance
    assert (usd(billed), bool(said), after) == (session.amount, session.billable, before - usd(billed))
    effect = plan.clients[0].balance_effect
    assert effect is not None
    assert usd(billed) == effect.charged


def test_a_file_without_the_column_changes_no_answer(world: World) -> None:
    """What was said of a session in the books stays, when the same rows come again."""
    rows = [entry(1, billable=None, identified=True)]
    importer.apply(world.maria, planned(world, *rows))
    [session] = world.maria.work.sessions()
    world.maria.work.edit(session.id, billable=False)
    importer.apply(world.maria, planned(world, entry(1, billable=None, identified=True, note="More")))
    [session] = world.maria.work.sessions()
    assert ("More", False, usd(0)) == (session.note, session.billable, session.amount)
