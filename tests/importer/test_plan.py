"""What a plan tells before anything is done."""

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from invoicecore import Period, Refill, Terms, importer, utc
from invoicecore.errors import CurrencyMismatch, InvalidInput, InvalidState, NotPermitted
from invoicecore.importer import (
    DurationRule,
    Entries,
    FieldChange,
    ImportOptions,
    ImportWarning,
    MissingOption,
    Outcome,
    Plan,
    UnreadableFile,
    UpdateBlocker,
    kept_rows,
    planning,
)
from invoicecore.importer.trackers.format import RowIdentity
from invoicecore.values.ids import FirmId
from tests.books import books
from tests.importer.files import harvest, toggl
from tests.importer.tracker import NINE, entry, export, tracker
from tests.world import World, hourly, terms, usd

HOUR = timedelta(hours=1)
_ = tracker  # is used by every test here


def planned(world: World, *rows: Any, **options: Any) -> Plan:
    """The plan of a file that holds these rows."""
    return importer.plan(world.maria, export(*rows), **options)


def taken_in(world: World, *rows: Any, **options: Any) -> None:
    """Import a file that holds these rows."""
    importer.apply(world.maria, planned(world, *rows, **options))


def outcomes(world: World, plan: Plan) -> list[Outcome]:
    """What becomes of each row."""
    return [row.outcome for row in importer.rows(world.maria, plan)]


class TestNothingIsWritten:
    def test_a_plan_leaves_the_books_as_they_are(self, world: World) -> None:
        """Also where it would make people, clients and projects."""
        before = books(world.storage, world.billing.firm_id)
        planned(world, entry(1), entry(2, client="New", person="Ann", email=None), rate=50)
        assert before == books(world.storage, world.billing.firm_id)

    def test_it_is_the_same_when_made_twice(self, world: World) -> None:
        """Of the same file and the same books."""
        rows = (entry(1), entry(2, person="Ann", email=None))
        assert planned(world, *rows) == planned(world, *rows)

    @pytest.mark.parametrize("who", ["sam", "lee", "cleo"])
    def test_only_a_manager_may(self, world: World, who: str) -> None:
        """Planning shows money and names."""
        with pytest.raises(NotPermitted):
            importer.plan(getattr(world, who), export(entry(1)))


class TestWhoAndWhat:
    def test_those_who_are_known_are_matched(self, world: World) -> None:
        """By e-mail, by the client's name, and by the project's among the client's."""
        plan = planned(world, entry(1, 2), entry(2, 3))
        [person], [client], [project] = plan.people, plan.clients, plan.projects
        assert (world.lee.person_id, world.acme.id, world.site.id) == (person.id, client.id, project.id)
        assert {(False, 2, 5 * HOUR)} == {
            (it.is_new, it.work.entries, it.work.duration) for it in (person, client, project)
        }

    def test_those_who_are_not_are_to_be_made(self, world: World) -> None:
        """With what their rows say of them."""
        plan = planned(world, entry(1, client="New", project="Job", person="Ann", email="ann@a.example"), rate="62.5")
        [person], [client], [project] = plan.people, plan.clients, plan.projects
        assert (None, True, "Ann", "ann@a.example") == (person.id, person.is_new, person.name, person.email)
        assert (None, True, "New", "USD") == (client.id, client.is_new, client.name, client.currency)
        assert (None, True, "New", "Job", hourly("62.5")) == (
            project.id,
            project.is_new,
            project.client,
            project.name,
            project.rate,
        )

    def test_names_are_found_however_they_are_written(self, world: World) -> None:
        """With another spelling of the same letters, or more blanks; capitals count."""
        cafe = world.client("Café Noir")
        plan = planned(world, entry(1, client="Cafe\u0301  Noir"), entry(2, client="café noir"), rate=50)
        assert [(cafe.id, False), (None, True)] == [(it.id, it.is_new) for it in plan.clients]

    def test_who_was_renamed_is_known_by_the_rows_that_came_before(self, world: World) -> None:
        """A row that goes by what it says was called the same then, so its client, project and person are those."""
        rows = [entry(number, identified=False) for number in (1, 2)]
        taken_in(world, rows[0])
        world.maria.clients.change(world.acme.id, name="Acme Ltd")
        world.maria.projects.change(world.site.id, name="Shop")
        world.maria.people.change(world.lee.person_id, name="Lea", email="lea@northwind.example")
        plan = planned(world, *rows)
        assert (world.lee.person_id, world.acme.id, world.site.id) == (
            plan.people[0].id,
            plan.clients[0].id,
            plan.projects[0].id,
        )
        assert [Outcome.KNOWN, Outcome.ADDED] == outcomes(world, plan)

    def test_nobody_is_made_for_what_is_known(self, world: World) -> None:
        """A client who was renamed is not made again for rows that are there already."""
        taken_in(world, entry(1))
        world.maria.clients.change(world.acme.id, name="Acme Ltd")
        [client] = planned(world, entry(1)).clients
        assert (None, False, None) == (client.id, client.is_new, client.balance_effect)

    def test_totals_are_those_of_the_file(self, world: World) -> None:
        """By month too: the firm's, so that the last evening of March in Chicago is no April."""
        plan = planned(
            world, entry(1, "1.5"), entry(2, 2, start=utc(2026, 4, 1, 4)), entry(3, 4, start=utc(2026, 4, 1, 6))
        )
        assert (3, timedelta(hours=7, minutes=30)) == (plan.total.entries, plan.total.duration)
        assert [(Period.month(2026, 3), 2, timedelta(hours=3, minutes=30)), (Period.month(2026, 4), 1, 4 * HOUR)] == [
            (it.month, it.work.entries, it.work.duration) for it in plan.months
        ]

    def test_real_formats_are_planned_the_same(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Toggl by its times, Harvest by days, with a rate of its own."""
        monkeypatch.undo()
        one = importer.plan(world.maria, toggl({}), rate=50, options=ImportOptions(timezone="UTC"))
        other = importer.plan(world.maria, harvest({}))
        assert (usd("-75"), usd("-63.84")) == tuple(
            plan.clients[0].balance_effect.after for plan in (one, other) if plan.clients[0].balance_effect is not None
        )
        assert ("toggl", "harvest") == (one.file.format, other.file.format)


class TestRows:
    def test_what_is_new_is_added_and_what_is_there_is_known(self, world: World) -> None:
        """Each counted, with how long it took."""
        taken_in(world, entry(1))
        plan = planned(world, entry(1), entry(2, 3))
        assert (1, HOUR, 1, 3 * HOUR) == (
            plan.known.entries,
            plan.known.duration,
            plan.added.entries,
            plan.added.duration,
        )
        assert [Outcome.KNOWN, Outcome.ADDED] == outcomes(world, plan)

    def test_what_was_changed_since_is_listed_with_before_and_after(self, world: World) -> None:
        """Field by field, in words."""
        other = world.project(name="Shop")
        taken_in(world, entry(1))
        said = {"project": "Shop", "note": "Menu", "billable": False, "start": NINE}
        plan = planned(world, entry(1, 2, **said))
        [row] = plan.changed_rows
        [session] = world.maria.work.sessions()
        assert (1, 0, Outcome.CHANGED, None) == (plan.changed.entries, plan.kept.entries, row.outcome, row.blocker)
        assert (2, session.id, other.name) == (row.row, row.session_id, "Shop")
        assert (
            FieldChange("project", "Website", "Shop"),
            FieldChange("start", "2026-03-03T03:00:00-06:00", "2026-03-02T03:00:00-06:00"),
            FieldChange("duration", "1:00:00", "2:00:00"),
            FieldChange("billable", "yes", "no"),
            FieldChange("note", "", "Menu"),
        ) == row.changes

    def test_only_what_has_an_id_can_have_changed(self, world: World) -> None:
        """A row that goes by what it says was corrected in the books, if they differ."""
        taken_in(world, entry(1, identified=False))
        assert [Outcome.KNOWN] == outcomes(world, planned(world, entry(1, 2, identified=False)))

    @pytest.mark.parametrize("blocker", UpdateBlocker)
    def test_what_is_in_the_way_is_said(self, world: World, blocker: UpdateBlocker) -> None:
        """The session stays as it is, and the plan tells in what the tracker says something else."""
        taken_in(world, entry(1), entry(2, client="Other"), rate=50)
        [session] = world.maria.work.sessions(client_id=world.acme.id)
        said: dict[str, Any] = {}
        match blocker:
            case UpdateBlocker.LOCKED:
                world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
            case UpdateBlocker.REMOVED:
                world.maria.work.delete(session.id)
            case UpdateBlocker.OTHER_CLIENT:
                said = {"client": "Other"}
            case UpdateBlocker.OTHER_PERSON:
                said = {"person": "Maria", "email": "maria@northwind.example"}
        plan = planned(world, entry(1, 2, **said), rate=50)
        [row] = plan.changed_rows
        assert (Outcome.KEPT, blocker, 1) == (row.outcome, blocker, plan.kept.entries)
        assert blocker is row.blocker
        assert FieldChange("duration", "1:00:00", "2:00:00") in row.changes
        assert importer.apply(world.maria, plan).left == 1

    def test_changes_need_not_be_followed(self, world: World) -> None:
        """They are told all the same."""
        taken_in(world, entry(1))
        plan = planned(world, entry(1, 2), update=False)
        assert (Outcome.KEPT, None) == (plan.changed_rows[0].outcome, plan.changed_rows[0].blocker)

    def test_what_the_tracker_has_invoiced_can_be_left_out(self, world: World) -> None:
        """If that is asked for."""
        rows = (entry(1, invoiced=True), entry(2, invoiced=False), entry(3, invoiced=None))
        assert (0, 1) == tuple(planned(world, *rows, skip_invoiced=asked).left_out.entries for asked in (False, True))
        assert [Outcome.LEFT_OUT, Outcome.ADDED, Outcome.ADDED] == outcomes(
            world, planned(world, *rows, skip_invoiced=True)
        )

    def test_each_row_shows_what_it_says(self, world: World) -> None:
        """In a list of all rows; in the plan's own lists it does not."""
        plan = planned(world, entry(1, 25))
        [row] = importer.rows(world.maria, plan)
        assert (entry(1, 25), None) == (row.entry, plan.doubtful_rows[0].entry)


class TestDoubts:
    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            (entry(1), ()),
            (entry(1, end=NINE + timedelta(days=1, hours=1, seconds=1)), ()),
            (entry(1, end=NINE + timedelta(days=1, hours=1, seconds=2)), (ImportWarning.DURATION,)),
            (entry(1, 0), (ImportWarning.EMPTY,)),
            (entry(1, 24), ()),
            (entry(1, "24.5"), (ImportWarning.LONG,)),
            (entry(1, ambiguous=True), (ImportWarning.CLOCK,)),
        ],
    )
    def test_of_a_row_by_itself(self, world: World, row: Any, expected: tuple[ImportWarning, ...]) -> None:
        """It is recorded all the same."""
        plan = planned(world, row)
        assert ((1, 0), expected) == (
            (plan.added.entries, plan.refused),
            plan.doubtful_rows[0].warnings if plan.doubtful else (),
        )

    def test_entries_of_one_person_that_overlap(self, world: World) -> None:
        """The later one says with which; what only touches does not overlap, nor what others do."""
        rows = (
            entry(4, 1, start=NINE + 3 * HOUR),
            entry(1, 4, start=NINE),
            entry(2, 1, start=NINE + HOUR),
            entry(3, 1, start=NINE + 4 * HOUR),
            entry(5, 1, start=NINE, person="Ann", email=None),
        )
        plan = planned(world, *rows)
        assert [(5, (ImportWarning.OVERLAP,), 2), (3, (ImportWarning.OVERLAP,), 2)] == [
            (it.row, it.warnings, it.overlaps) for it in plan.doubtful_rows
        ]

    def test_one_id_twice(self, world: World) -> None:
        """The first row counts, however often it is applied."""
        rows = (entry(1), entry(2, 5, source="tracker:1"))
        plan = planned(world, *rows)
        assert (1, 1, (ImportWarning.REPEATED,)) == (
            plan.added.entries,
            plan.known.entries,
            plan.doubtful_rows[0].warnings,
        )
        for _again in range(2):
            importer.apply(world.maria, planned(world, *rows))
        assert usd(-50) == world.balance()


class TestRefused:
    def test_a_row_that_cannot_be_read(self, world: World) -> None:
        """With its place and the reason, as the reader gave them."""
        plan = planned(world, entry(1), UnreadableFile(3, "Duration", "it is blank."))
        [row] = plan.refused_rows
        assert (3, "Duration", "it is blank.", False) == (row.row, row.column, row.reason, plan.is_sound)
        assert (1, 1) == (plan.refused, plan.total.entries)

    def test_work_on_what_is_archived(self, world: World) -> None:
        """What is known of it stays known."""
        taken_in(world, entry(1))
        world.maria.projects.archive(world.site.id)
        plan = planned(world, entry(1), entry(2))
        assert [Outcome.KNOWN, Outcome.REFUSED] == outcomes(world, plan)
        assert "Website is archived" in plan.refused_rows[0].reason

    def test_work_before_the_project_starts(self, world: World) -> None:
        """By the firm's day."""
        world.maria.projects.change(world.site.id, starts_on=utc(2026, 3, 5).date())
        assert [Outcome.REFUSED, Outcome.ADDED] == outcomes(world, planned(world, entry(1), entry(4)))

    def test_work_of_a_contact(self, world: World) -> None:
        """Only employees record work."""
        world.maria.people.change(world.cleo.person_id, email="cleo@acme.example")
        plan = planned(world, entry(1, email="cleo@acme.example"))
        assert "only employees record work" in plan.refused_rows[0].reason

    def test_a_name_that_two_have(self, world: World) -> None:
        """Nobody can tell whom the row means."""
        world.client("Twin"), world.client("Twin")
        plan = planned(world, entry(1, client="Twin"), entry(2))
        assert [Outcome.REFUSED, Outcome.ADDED] == outcomes(world, plan)
        assert "More than one client is called 'Twin'" in plan.refused_rows[0].reason
        assert (None, None) == (plan.clients[0].currency, plan.clients[0].balance_effect)

    def test_a_rate_in_another_currency(self, world: World) -> None:
        """A client has one, and nothing is converted; a currency without a rate is but a heading."""
        rows = (entry(1, rate=Decimal(50), currency="EUR"), entry(2, currency="EUR"))
        assert [Outcome.REFUSED, Outcome.ADDED] == outcomes(world, planned(world, *rows))

    def test_work_past_the_stop(self, world: World) -> None:
        """Unless it is done already, and somebody says so."""
        rows = [entry(number, 20) for number in (1, 2, 3)]  # $1,000 each, and work stops at −$1,500
        refused = planned(world, *rows)
        accepted = planned(world, *rows, over_limit=True, reason="Done already.")
        assert [Outcome.ADDED, Outcome.ADDED, Outcome.REFUSED] == outcomes(world, refused)
        assert "with over_limit=True and a reason." in refused.refused_rows[0].reason
        assert 3 == accepted.added.entries

    def test_lists_are_bounded_and_counts_are_not(self, world: World) -> None:
        """The first hundred of each kind."""
        plan = planned(world, *(UnreadableFile(number, None, "wrong.") for number in range(2, 152)))
        assert (150, 100, 101) == (plan.refused, len(plan.refused_rows), plan.refused_rows[-1].row)


class TestMoney:
    def test_what_becomes_of_a_clients_money(self, world: World) -> None:
        """Acme stops at −$1,500 and is asked for $1,000 at −$1,000: twice, because each batch looks for itself."""
        rows = [entry(number, 25) for number in (1, 2)]  # $1,250 each
        [client] = planned(world, *rows, batch=1).clients
        balance_effect = client.balance_effect
        assert balance_effect is not None
        assert (usd(0), usd(-2500), usd(2500)) == (balance_effect.before, balance_effect.after, balance_effect.charged)
        assert ((usd(1000), usd(1000)), 2, usd(2000), usd(-500)) == (
            balance_effect.refills,
            balance_effect.refill_count,
            balance_effect.refilled,
            balance_effect.projected,
        )
        assert (0, True, False, True) == (
            balance_effect.over_limit,
            balance_effect.stops,
            balance_effect.was_stopped,
            balance_effect.is_stopped,
        )

    def test_one_batch_asks_once(self, world: World) -> None:
        """For as many blocks as are due."""
        [client] = planned(world, *(entry(number, 25) for number in (1, 2))).clients
        assert client.balance_effect is not None
        assert ((usd(2000),), 1) == (client.balance_effect.refills, client.balance_effect.refill_count)

    def test_sessions_past_the_stop_are_counted(self, world: World) -> None:
        """Those that would be marked."""
        rows = [entry(number, 20) for number in (1, 2, 3, 4)]
        [client] = planned(world, *rows, over_limit=True, reason="Done already.").clients
        assert client.balance_effect is not None
        assert (2, usd(-4000)) == (client.balance_effect.over_limit, client.balance_effect.after)

    def test_an_edit_moves_the_balance_by_the_difference(self, world: World) -> None:
        """An hour more at $50."""
        taken_in(world, entry(1))
        [client] = planned(world, entry(1, 2)).clients
        assert client.balance_effect is not None
        assert (usd(-50), usd(-100), usd(50)) == (
            client.balance_effect.before,
            client.balance_effect.after,
            client.balance_effect.charged,
        )

    def test_a_new_client_has_the_terms_that_are_given(self, world: World) -> None:
        """A refill that is due from the beginning is foretold too."""
        given = Terms(allowed_balance=usd(-100), refill=Refill(threshold=usd(0), rate=hourly(50), hours=2))
        [client] = planned(world, entry(1, client="New", hours=1), rate=150, terms=given).clients
        assert client.balance_effect is not None
        assert ((usd(100), usd(100)), usd(50)) == (client.balance_effect.refills, client.balance_effect.projected)

    def test_a_row_at_its_own_rate(self, world: World) -> None:
        """It goes before the project's; that of work that is not billable says nothing."""
        rows = (entry(1, rate=Decimal("80.25")), entry(2, rate=Decimal(0), billable=False), entry(3))
        [client] = planned(world, *rows).clients
        assert client.balance_effect is not None
        assert usd("130.25") == client.balance_effect.charged

    @pytest.mark.parametrize(("given", "expected"), [({"rate": 10}, "10"), ({}, "80")])
    @pytest.mark.parametrize("replay", [False, True])
    def test_rows_of_a_new_project_that_bring_a_rate_in_part(
        self, world: World, given: dict[str, Any], expected: str, replay: bool
    ) -> None:
        """A row's own rate wins. Rows without one cost the rate that is given, or else that of the first with one."""
        rows = (entry(1, project="New"), entry(2, project="New", rate=Decimal(80), currency="USD"))
        plan = planned(world, *rows, replay=replay, **given)
        assert hourly(expected) == plan.projects[0].rate
        effect = plan.clients[0].balance_effect
        assert effect is not None
        assert usd(80) + usd(expected) == effect.charged

    @pytest.mark.parametrize(
        ("said", "given", "expected"),
        [
            ({"currency": "EUR"}, {}, "EUR"),
            ({"currency": "EUR"}, {"currency": "JPY"}, "JPY"),
            ({}, {"terms": Terms(allowed_balance=None, refill=None)}, "USD"),
            ({}, {"terms": terms()}, "USD"),
        ],
    )
    def test_the_currency_of_a_new_client(
        self, world: World, said: dict[str, Any], given: dict[str, Any], expected: str
    ) -> None:
        """What is given goes before the rows, those before the terms, and those before the firm's."""
        [client] = planned(world, entry(1, client="New", **said), rate=50, **given).clients
        assert expected == client.currency

    def test_terms_in_another_currency(self, world: World) -> None:
        """They cannot be those of a client who is billed in euros, so nothing is recorded for them."""
        plan = planned(world, entry(1, client="New", currency="EUR"), entry(2), rate=50, terms=terms())
        assert [Outcome.REFUSED, Outcome.ADDED] == outcomes(world, plan)
        assert str(CurrencyMismatch("USD", "EUR")) == plan.refused_rows[0].reason


class TestQuestions:
    @pytest.mark.parametrize(
        ("said", "option", "given"),
        [
            ({"project": "New"}, "rate", {"rate": 50}),
            ({"client": "New", "rate": Decimal(50)}, "currency", {"currency": "USD"}),
            ({"client": None}, "client", {"options": ImportOptions(client="Acme")}),
            ({"project": None}, "project", {"options": ImportOptions(project="Website")}),
        ],
    )
    def test_what_nobody_said_is_asked_for(
        self, world: World, said: dict[str, Any], option: str, given: dict[str, Any]
    ) -> None:
        """By the name of the argument that answers it, and naming the row."""
        with pytest.raises(MissingOption) as asked:
            planned(world, entry(1), entry(2, **said))
        assert (option, 3) == (asked.value.option, asked.value.row)
        assert planned(world, entry(1), entry(2, **said), **given).is_sound

    def test_work_that_is_not_billable_needs_no_rate(self, world: World) -> None:
        """A project of such work alone costs nothing."""
        plan = planned(world, entry(1, project="New", billable=False))
        assert hourly(0) == plan.projects[0].rate

    @pytest.mark.parametrize(
        "given",
        [
            {"rate": 1.5},
            {"rate": -1},
            {"currency": "Dollar"},
            {"terms": None},
            {"over_limit": True},
            {"over_limit": 1},
            {"update": "yes"},
            {"skip_invoiced": None},
            {"batch": 0},
            {"batch": 500.0},
            {"batch": True},
            {"options": {}},
            {"reason": 7},
        ],
    )
    def test_options_are_checked(self, world: World, given: dict[str, Any]) -> None:
        """Before the file is looked at."""
        with pytest.raises(InvalidInput):
            importer.plan(world.maria, b"no file of any tracker", **given)


class TestKept:
    def test_a_plan_can_be_stored(self, world: World) -> None:
        """And is the same again, whatever is in it."""
        taken_in(world, entry(1))
        rows = (entry(1, 2), entry(2, 25, client="New"), UnreadableFile(9, "Duration", "it is blank."))
        options = ImportOptions(timezone="UTC", columns={"start": "Begin"})
        plan = planned(world, *rows, rate="62.125", terms=terms(), options=options)
        assert plan == importer.load_plan(importer.dump_plan(plan))

    @pytest.mark.parametrize(
        "wrong",
        [
            {"refused": "0"},
            {"refused": 0.0},
            {"firm": ""},
            {"file": None},
            {"people": {}},
            {"total": {"entries": "1"}},
            {"more": 1},
        ],
    )
    def test_what_is_no_plan_is_refused(self, world: World, wrong: dict[str, Any]) -> None:
        """Naming the place."""
        data = {**importer.dump_plan(planned(world, entry(1))), **wrong}
        with pytest.raises(InvalidInput, match=f"This is no Plan: .*{next(iter(wrong))}"):
            importer.load_plan(data)

    def test_a_path_is_enough(self, world: World, tmp_path: Path) -> None:
        """The file is found again, and shown to be the same."""
        file = tmp_path / "march.csv"
        file.write_bytes(export(entry(1)))
        plan = importer.plan(world.maria, file)
        assert ("march.csv", str(file), None) == (plan.file.name, plan.file.path, plan.file.content)
        assert file.stat().st_size == plan.file.size
        file.write_bytes(export(entry(1, 2)))
        for again in (lambda: importer.apply(world.maria, plan), lambda: list(importer.rows(world.maria, plan))):
            with pytest.raises(InvalidState, match="plan again"):
                again()

    def test_a_plan_is_for_one_firm(self, world: World) -> None:
        """Another one's books are planned for anew."""
        elsewhere = evolve(planned(world, entry(1)), firm_id=FirmId("another"))
        with pytest.raises(InvalidState, match="another firm"):
            importer.apply(world.maria, elsewhere)


@frozen
class _Long:
    """A file of many rows that are made when they are read."""

    rows: int
    format: str = "tracker"
    digest: str = "long"
    currency: str | None = None
    duration_rule: DurationRule | None = None

    def entries(self) -> Entries:
        """Half an hour after half an hour, by twenty people."""
        return Entries(self._entries(), RowIdentity(self.format))

    def _entries(self) -> Iterator[Any]:
        for number in range(self.rows):
            start = NINE + timedelta(minutes=30 * (number // 20))
            length = timedelta(minutes=25)
            yield evolve(
                _ROW,
                row=number + 2,
                source=f"tracker:{number}",
                email=None,
                person=f"P{number % 20}",
                start=start,
                end=start + length,
                duration=length,
            )


_ROW = entry(1)


def test_memory_grows_by_little_for_each_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two instants, a row number and a digest are kept of it: some hundred bytes, and no entry."""
    monkeypatch.setattr(kept_rows, "_IN_MEMORY", 1)  # so that all rows are in a file between the two passes
    peaks: list[int] = []
    for rows in (1_000, 5_000):
        monkeypatch.setattr(planning, "open_export", lambda *_given, rows=rows, **_named: _Long(rows))
        tracemalloc.start()
        assert rows == importer.plan(world.maria, b"", over_limit=True, reason="Done already.").added.entries
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 4_000 < 200
