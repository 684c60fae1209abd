"""Rows that are probably the same as work in the books are asked about, and never billed twice in silence."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from invoicecore import Billing, Desk, Firm, NewWorkSession, Period, Terms, WorkSessionView, importer, utc
from invoicecore.errors import BatchRefused, InvalidInput, NotFound
from invoicecore.importer import (
    FieldChange,
    ImportOptions,
    ImportResult,
    Interrupted,
    MissingOption,
    Outcome,
    Plan,
    SimilarRule,
    UpdateBlocker,
)
from invoicecore.ports.store import Storage
from tests.importer.files import harvest, toggl
from tests.world import usd

UTC = ImportOptions(timezone="UTC")
MARCH = Period.month(2026, 3)
AFTERNOON = {"Description": "Search", "Start time": "13:00:00", "End time": "14:00:00", "Duration": "01:00:00"}
TYPO, CORRECTED = {"Description": "Sitmap"}, {"Description": "Sitemap"}


def empty_books(storage: Storage | None = None) -> Desk:
    """The books of a firm that has nothing."""
    firm = Firm(name="Northwind", currency="USD", timezone="UTC")
    return (Billing.in_memory(firm) if storage is None else Billing.create(storage, firm)).as_owner()


def planned(desk: Desk, data: bytes, similar: SimilarRule | None = None, options: ImportOptions = UTC) -> Plan:
    """The plan of a file at 60 an hour."""
    return importer.plan(desk, data, options=options, rate=60, similar=similar)


def imported(desk: Desk, data: bytes, similar: SimilarRule | None = None) -> ImportResult:
    """Import a file."""
    return importer.apply(desk, planned(desk, data, similar))


def work(desk: Desk) -> list[tuple[str, timedelta]]:
    """The notes and durations of all sessions."""
    return [(it.note, it.duration) for it in desk.work.sessions()]


def outcomes(desk: Desk, plan: Plan) -> list[Outcome]:
    """What becomes of each row."""
    return [row.outcome for row in importer.rows(desk, plan)]


class TestPlan:
    def test_a_corrected_row_is_listed_with_before_and_after(self) -> None:
        """It is neither new nor known, and the plan cannot be applied until somebody says what it is."""
        desk = empty_books()
        imported(desk, toggl(TYPO, AFTERNOON))
        plan = planned(desk, toggl({**CORRECTED, "End time": "11:00:00", "Duration": "02:00:00"}, AFTERNOON))
        assert [Outcome.SIMILAR, Outcome.KNOWN] == outcomes(desk, plan)
        assert (False, True, 1, 0) == (plan.is_sound, plan.is_undecided, plan.similar.entries, plan.added.entries)
        [row] = plan.similar_rows
        before = next(it for it in desk.work.sessions() if it.note == "Sitmap")
        assert (2, before.id) == (row.row, row.session_id)
        assert (FieldChange("duration", "1:30:00", "2:00:00"), FieldChange("note", "Sitmap", "Sitemap")) == row.changes
        assert before.id in plan.same_as.values()
        with pytest.raises(MissingOption, match="Row 2: it is probably the same") as asked:
            importer.apply(desk, plan)
        assert "similar" == asked.value.option
        assert 2 == len(work(desk))

    def test_a_plan_with_such_rows_can_be_stored(self) -> None:
        """What was found is part of it."""
        desk = empty_books()
        imported(desk, toggl(TYPO))
        plan = planned(desk, toggl(CORRECTED), SimilarRule.REPLACE)
        assert plan == importer.load_plan(importer.dump_plan(plan))

    def test_rows_that_are_both_in_the_file_are_two(self) -> None:
        """Two entries with the same start are other work, as the tracker knows both."""
        desk = empty_books()
        imported(desk, toggl(TYPO))
        plan = planned(desk, toggl(TYPO, {"Description": "Meeting"}))
        assert [Outcome.KNOWN, Outcome.ADDED] == outcomes(desk, plan)

    @pytest.mark.parametrize(
        "other",
        [
            {"User": "Lee", "Email": "lee@northwind.example"},
            {"Start time": "19:05:00", "End time": "20:05:00", "Duration": "01:00:00"},
        ],
    )
    def test_another_person_or_start_is_other_work(self, other: dict[str, str]) -> None:
        """Nothing is asked about it."""
        desk = empty_books()
        imported(desk, toggl({}))
        assert [Outcome.ADDED] == outcomes(desk, planned(desk, toggl(other)))

    def test_work_that_was_recorded_by_hand_is_found_too(self) -> None:
        """It has no source at all."""
        desk = empty_books()
        imported(desk, toggl(AFTERNOON))
        [ann] = [it for it in desk.people.all() if it.name == "Ann"]
        [project] = desk.projects.all()
        desk.work.log(project.id, start=utc(2026, 3, 2, 9), hours="1.5", person_id=ann.id, note="Some work")
        plan = planned(desk, toggl({}))
        assert [Outcome.SIMILAR] == outcomes(desk, plan)
        assert () == plan.similar_rows[0].changes

    def test_a_tracker_with_ids_after_one_without(self) -> None:
        """The same work from another tracker is not new."""
        desk = empty_books()
        imported(desk, toggl({}))
        same = b"""id,user_name,user_email,client,project,start,end,description
7,Ann,ann@northwind.example,Acme,Website,2026-03-02T09:00:00Z,2026-03-02T10:30:00Z,Some work
"""
        assert [Outcome.SIMILAR] == outcomes(desk, planned(desk, same))

    def test_deleted_work_is_not_similar(self) -> None:
        """What was deleted here, because it was wrong, may come in corrected."""
        desk = empty_books()
        imported(desk, toggl(TYPO))
        [session] = desk.work.sessions()
        desk.work.delete(session.id)
        assert [Outcome.ADDED] == outcomes(desk, planned(desk, toggl(CORRECTED)))

    @pytest.mark.parametrize(
        ("row", "outcome"),
        [
            ({"Notes": "Sitemap"}, Outcome.SIMILAR),
            ({"Hours": "2"}, Outcome.SIMILAR),
            ({"Project": "Shop"}, Outcome.SIMILAR),
            ({"Project": "Shop", "Hours": "2"}, Outcome.ADDED),
            ({"Date": "2026-03-03"}, Outcome.ADDED),
        ],
    )
    def test_work_of_which_only_the_day_is_known(self, row: dict[str, str], outcome: Outcome) -> None:
        """A person does many things on a day; it is probably the same if one of project, hours and note differs."""
        desk = empty_books()
        imported(desk, harvest({}))
        assert [outcome] == outcomes(desk, planned(desk, harvest(row)))

    def test_of_several_the_most_alike_is_meant_and_each_once(self) -> None:
        """Two timers that began at once, both corrected."""
        desk = empty_books()
        imported(desk, toggl({"Description": "a"}, {"Description": "b", "Project": "Shop"}))
        plan = planned(desk, toggl({"Description": "B", "Project": "Shop"}, {"Description": "A"}, {"Description": "c"}))
        assert [Outcome.SIMILAR, Outcome.SIMILAR, Outcome.ADDED] == outcomes(desk, plan)
        assert [("note", "b", "B"), ("note", "a", "A")] == [
            (it.field, it.before, it.after) for row in plan.similar_rows for it in row.changes
        ]

    @pytest.mark.parametrize(
        ("moved", "outcome"),
        [
            ({"Start time": "13:15:00", "Duration": "00:45:00"}, Outcome.SIMILAR),
            ({"Start time": "12:30:00", "End time": "13:30:00"}, Outcome.SIMILAR),
            ({"Start time": "13:15:00", "Duration": "00:45:00", "Description": "Find"}, Outcome.SIMILAR),
            ({"Start time": "13:15:00", "Duration": "00:45:00", "Project": "Shop"}, Outcome.ADDED),
            ({"Start time": "14:00:00", "End time": "15:00:00"}, Outcome.ADDED),
        ],
    )
    def test_a_moved_start(self, moved: dict[str, str], outcome: Outcome) -> None:
        """It is probably the same if a part of the time is, on the same project; nobody works twice at once."""
        desk = empty_books()
        imported(desk, toggl(TYPO, AFTERNOON))
        plan = planned(desk, toggl(TYPO, {**AFTERNOON, **moved}))
        assert [Outcome.KNOWN, outcome] == outcomes(desk, plan)
        result = imported(desk, toggl(TYPO, {**AFTERNOON, **moved}), SimilarRule.REPLACE)
        assert (1, 0) == (result.changed, result.added) if outcome is Outcome.SIMILAR else (0, 1)
        if outcome is Outcome.SIMILAR:
            assert "start" in {it.field for it in plan.similar_rows[0].changes}
            assert 2 == len(desk.work.sessions())

    def test_of_several_that_overlap_the_longest_part(self) -> None:
        """Two entries in a row, both moved by half an hour."""
        desk = empty_books()
        following = {"Start time": "14:00:00", "End time": "16:00:00", "Duration": "02:00:00", "Description": "Tags"}
        imported(desk, toggl(AFTERNOON, following))
        later = {"Start time": "13:45:00", "End time": "14:45:00"}, {"Start time": "14:45:00", "End time": "16:45:00"}
        plan = planned(desk, toggl({**AFTERNOON, **later[0]}, {**following, **later[1]}))
        starts = [it.before for row in plan.similar_rows for it in row.changes if it.field == "start"]
        assert 2 == len(set(starts))


class TestApply:
    """What becomes of a corrected row, in every store."""

    def books(self, storage: Storage) -> Desk:
        """Two entries, the first with a typo."""
        desk = empty_books(storage)
        imported(desk, toggl(TYPO, AFTERNOON))
        return desk

    def balance(self, desk: Desk) -> str:
        """That of the one client."""
        [client] = desk.clients.all()
        return str(desk.accounts.standing(client.id).balance.amount)

    def test_replace(self, empty_storage: Storage) -> None:
        """The session is edited and paid for once; the same file again, and the old one, do nothing more."""
        desk = self.books(empty_storage)
        longer = toggl({**CORRECTED, "End time": "11:00:00", "Duration": "02:00:00"}, AFTERNOON)
        plan = planned(desk, longer, SimilarRule.REPLACE)
        assert (True, 1, 1, 0) == (plan.is_sound, plan.changed.entries, plan.known.entries, plan.added.entries)
        assert ImportResult(changed=1, known=1, batches=1) == importer.apply(desk, plan)
        assert [("Sitemap", timedelta(hours=2)), ("Search", timedelta(hours=1))] == work(desk)
        assert "-180.00" == self.balance(desk)
        [effect] = [client.balance_effect for client in plan.clients]
        assert effect is not None
        assert usd(-180) == effect.after
        for again in (plan, planned(desk, longer), planned(desk, toggl(TYPO, AFTERNOON))):
            assert ImportResult(known=2, batches=1) == importer.apply(desk, again)
        assert "-180.00" == self.balance(desk)

    def test_both(self, empty_storage: Storage) -> None:
        """The row is other work; it is asked about once."""
        desk = self.books(empty_storage)
        data = toggl(CORRECTED, AFTERNOON)
        assert ImportResult(added=1, known=1, batches=1) == imported(desk, data, SimilarRule.BOTH)
        assert "-240.00" == self.balance(desk)
        assert ImportResult(known=2, batches=1) == imported(desk, data)
        assert "-240.00" == self.balance(desk)

    def test_skip(self, empty_storage: Storage) -> None:
        """The session stays, and the books remember that it is that row."""
        desk = self.books(empty_storage)
        before = desk.work.sessions()
        data = toggl(CORRECTED, AFTERNOON)
        assert ImportResult(known=1, left=1, batches=1) == imported(desk, data, SimilarRule.SKIP)
        assert before == desk.work.sessions()
        assert ImportResult(known=2, batches=1) == imported(desk, data)
        assert before == desk.work.sessions()

    @pytest.mark.parametrize("rule", list(SimilarRule))
    def test_invoiced_work_is_never_replaced(self, empty_storage: Storage, rule: SimilarRule) -> None:
        """It stays to the letter, by whichever rule; nor is it billed again unless both were meant."""
        desk = self.books(empty_storage)
        [client] = desk.clients.all()
        invoice = desk.invoices.generate(desk.invoices.draft(client.id, MARCH).id)
        before = desk.work.sessions()
        plan = planned(desk, toggl(CORRECTED, AFTERNOON), rule)
        assert UpdateBlocker.LOCKED is plan.similar_rows[0].blocker
        importer.apply(desk, plan)
        after = desk.work.sessions()
        assert before == tuple(it for it in after if it.locked)
        assert (3 if rule is SimilarRule.BOTH else 2) == len(after)
        assert invoice == desk.invoices.get(invoice.id)

    def test_it_goes_on_after_a_failure(self) -> None:
        """A session that was deleted meanwhile stops the import; what was done stands, and nothing is done twice."""
        desk = empty_books()
        imported(desk, toggl(TYPO, AFTERNOON))
        plan = planned(desk, toggl(CORRECTED, {**AFTERNOON, "Description": "Find"}), SimilarRule.REPLACE)
        session = desk.work.sessions()[1]
        desk.work.delete(session.id)
        with pytest.raises(Interrupted) as stopped:
            importer.apply(desk, plan)
        assert isinstance(stopped.value.reason, NotFound)
        assert [("Sitmap", timedelta(hours=1.5))] == work(desk)

    def test_rows_of_many_batches(self) -> None:
        """Each batch replaces its own."""
        desk = empty_books()
        days = [f"2026-03-{day:02}" for day in range(1, 8)]
        rows = [{"Start date": day, "End date": day} for day in days]
        imported(desk, toggl(*rows))
        data = toggl(*({**row, "Description": f"Part {n}"} for n, row in enumerate(rows)))
        plan = importer.plan(desk, data, options=UTC, rate=60, similar=SimilarRule.REPLACE, batch=2)
        assert ImportResult(changed=7, batches=4) == importer.apply(desk, plan)
        assert [f"Part {n}" for n in range(7)] == [it.note for it in desk.work.sessions()]


class TestSameAs:
    """A row of `work.import_many` that names the session that it corrects."""

    def session(self, desk: Desk) -> WorkSessionView:
        """Work with a typo."""
        imported(desk, toggl(TYPO))
        return desk.work.sessions()[0]

    def row(self, old: WorkSessionView, **said: object) -> NewWorkSession:
        """A row that corrects it."""
        given = {"project_id": old.project_id, "person_id": old.person_id, "start": old.start, "hours": 1}
        return NewWorkSession(**{**given, "source": "mine:1", "same_as": old.id, **said})  # type: ignore[arg-type]

    def test_it_is_edited_and_has_the_source(self) -> None:
        """A row of that source is known from then on."""
        desk = empty_books()
        row = self.row(self.session(desk), note="Sitemap")
        [session] = desk.work.import_many([row])
        assert ("Sitemap", timedelta(hours=1)) == (session.note, session.duration)
        assert session == desk.work.imported(["mine:1"])["mine:1"]
        assert (session,) == desk.work.import_many([row])
        assert 1 == len(desk.work.sessions())

    def test_a_source_stays_with_its_session(self) -> None:
        """A row that is known already corrects nothing else."""
        desk = empty_books()
        old = self.session(desk)
        [other] = desk.work.import_many([self.row(old, same_as=None, note="Other")])
        assert (other,) == desk.work.import_many([self.row(old)])
        assert "Sitmap" == desk.work.get(old.id).note

    def test_deleted_work_stays_deleted(self) -> None:
        """And the source is not given to it."""
        desk = empty_books()
        old = self.session(desk)
        desk.work.delete(old.id)
        [session] = desk.work.import_many([self.row(old)])
        assert session.removed
        assert {} == desk.work.imported(["mine:1"])

    def test_it_must_be_there(self) -> None:
        """And be an id."""
        desk = empty_books()
        old = self.session(desk)
        for wrong, kind in ((old.person_id, NotFound), (7, InvalidInput)):
            with pytest.raises(BatchRefused) as refused:
                desk.work.import_many([self.row(old, same_as=wrong)])
            assert isinstance(refused.value.reason, kind)


class TestBillable:
    """Whether work is billable is for the firm to say, whatever the file says."""

    NO = toggl({"Billable": "No"}, {**AFTERNOON, "Billable": "No", "Project": "Shop"})

    def test_it_is_counted(self) -> None:
        """By project, and in all."""
        plan = planned(empty_books(), self.NO)
        assert (2, timedelta(hours=2.5)) == (plan.not_billable.entries, plan.not_billable.duration)
        assert [timedelta(hours=1.5), timedelta(hours=1)] == [it.not_billable.duration for it in plan.projects]

    @pytest.mark.parametrize(
        ("options", "billable"),
        [
            ({"all_billable": True}, [True, True]),
            ({"billable": ["Acme"]}, [True, True]),
            ({"billable": ["Acme/Shop"]}, [False, True]),
            ({"billable_column": "Tags"}, [False, True]),
            ({"billable_column": "Tags", "billable": ["Acme/Website"]}, [True, True]),
        ],
    )
    def test_the_options_decide(self, options: dict[str, object], billable: list[bool]) -> None:
        """All of it, that of clients and projects, or what another column says; a blank cell is no."""
        data = toggl({"Billable": "No"}, {**AFTERNOON, "Billable": "No", "Project": "Shop", "Tags": "yes"})
        desk = empty_books()
        given = ImportOptions(timezone="UTC", **options)  # type: ignore[arg-type]
        importer.apply(desk, planned(desk, data, options=given))
        assert billable == [it.billable for it in desk.work.sessions()]

    def test_a_row_has_the_same_source_whatever_the_options_say(self) -> None:
        """So the file without them is known."""
        desk = empty_books()
        importer.apply(desk, planned(desk, self.NO, options=ImportOptions(timezone="UTC", all_billable=True)))
        assert ImportResult(known=2, batches=1) == imported(desk, self.NO)

    @pytest.mark.parametrize("rule", [None, *SimilarRule])
    def test_what_came_before_as_not_billable_is_asked_about(self, rule: SimilarRule | None) -> None:
        """It becomes billable by --replace alone, and nothing is recorded twice."""
        desk = empty_books()
        imported(desk, self.NO)
        plan = planned(desk, self.NO, rule, ImportOptions(timezone="UTC", all_billable=True))
        changes = (FieldChange("billable", "no", "yes"),)
        assert [changes, changes] == [row.changes for row in plan.similar_rows]
        if rule is None:
            assert plan.is_undecided
            return
        importer.apply(desk, plan)
        [client] = desk.clients.all()
        assert usd(-150 if rule is SimilarRule.REPLACE else 0) == desk.accounts.standing(client.id).balance
        assert 2 == len(desk.work.sessions())

    def test_what_was_edited_here_stays(self) -> None:
        """A session that says something else than its row is not asked about."""
        desk = empty_books()
        imported(desk, self.NO)
        for session in desk.work.sessions():
            desk.work.edit(session.id, note="Internal")
        plan = planned(desk, self.NO, options=ImportOptions(timezone="UTC", all_billable=True))
        assert (0, 2) == (plan.similar.entries, plan.known.entries)

    def test_names_and_columns_must_be_there(self) -> None:
        """One that is misspelled is refused."""
        with pytest.raises(InvalidInput, match="no client or project of the file is 'Acm'"):
            planned(empty_books(), self.NO, options=ImportOptions(timezone="UTC", billable=["Acm"]))
        with pytest.raises(InvalidInput, match="column Paid: the column is missing"):
            planned(empty_books(), self.NO, options=ImportOptions(timezone="UTC", billable_column="Paid"))
        with pytest.raises(InvalidInput, match="several names"):
            ImportOptions(billable="Acme")


class TestAmounts:
    """What the file says that work costs is compared with what it costs here."""

    def test_a_difference_is_told(self) -> None:
        """By client, with the number of rows."""
        data = toggl({"Amount (USD)": "90.00"}, {**AFTERNOON, "Amount (USD)": "75.00"})
        [client] = planned(empty_books(), data).clients
        assert client.amounts is not None
        assert (usd(165), usd(150), usd(-15)) == (
            client.amounts.stated,
            client.amounts.charged,
            client.amounts.difference,
        )
        assert (2, 1) == (client.amounts.entries, client.amounts.differing)

    def test_zeros_are_no_amounts(self) -> None:
        """Toggl writes them where it knows no rates."""
        [client] = planned(empty_books(), toggl({})).clients
        assert client.amounts is None

    @pytest.mark.parametrize("amount", ["?", "1e9", "99999999999999999999", ""])
    def test_what_is_no_amount_is_passed_over(self, amount: str) -> None:
        """Nothing depends on it, so it refuses no row."""
        plan = planned(empty_books(), toggl({"Amount (USD)": amount}))
        assert plan.is_sound

    def test_another_currency_has_no_difference(self) -> None:
        """Both are told all the same."""
        desk = empty_books()
        desk.clients.add(name="Acme", currency="EUR", terms=Terms.unlimited())
        [client] = planned(desk, toggl({"Amount (USD)": "90.00"})).clients
        assert client.amounts is not None
        assert ("USD", "EUR", None) == (
            client.amounts.stated.currency,
            client.amounts.charged.currency,
            client.amounts.difference,
        )

    def test_harvest_agrees_with_itself(self) -> None:
        """Hours times rate, row by row."""
        [client] = planned(empty_books(), harvest({})).clients
        assert client.amounts is not None
        assert (usd("63.84"), 0) == (client.amounts.stated, client.amounts.differing)


class TestRates:
    """Rates by client and project."""

    ROWS = toggl({}, {**AFTERNOON, "Project": "Shop"}, {**AFTERNOON, "Client": "Bakery", "Project": "Site"})

    def test_the_nearest_counts(self) -> None:
        """That of the project, or else of the client, or else the one for all."""
        rates: dict[str, int | str | Decimal] = {"Acme": 80, "Acme/Shop": "95.50"}
        plan = importer.plan(empty_books(), self.ROWS, options=UTC, rate=60, rates=rates)
        assert [80, Decimal("95.50"), 60] == [it.rate and it.rate.per_hour for it in plan.projects]
        assert [None] * 3 == [it.unused_rate for it in plan.projects]

    def test_a_rate_that_changes_nothing_is_told(self) -> None:
        """The books have another, or each row brings its own."""
        desk = empty_books()
        importer.apply(desk, importer.plan(desk, self.ROWS, options=UTC, rate=60))
        plan = importer.plan(desk, self.ROWS, options=UTC, rate=60, rates={"Bakery": 95})
        assert [None, None, 95] == [it.unused_rate and it.unused_rate.per_hour for it in plan.projects]
        [project] = importer.plan(empty_books(), harvest({}), rate=95).projects
        assert project.unused_rate is not None
        [project] = importer.plan(empty_books(), harvest({}, {"Billable Rate": "", "Notes": "b"}), rate=95).projects
        assert project.unused_rate is None

    @pytest.mark.parametrize("rates", [{"Acm": 9}, {"Acme/Shopp": 9}, {"Acme": -1}, {"Acme": 1.5}, {7: 9}, ["Acme"]])
    def test_what_is_no_rate_of_the_file_is_refused(self, rates: Any) -> None:
        """Misspelled names too."""
        with pytest.raises(InvalidInput):
            importer.plan(empty_books(), self.ROWS, options=UTC, rates=rates)
