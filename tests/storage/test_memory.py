"""Does storage in memory keep every promise of the storage port?"""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Act, Entry, EntryKind, Firm, MemoryStorage, Payment, Person, Role, Status, StatusChange, utc
from invoicecore.adapters.memory import MemoryUnitOfWork
from invoicecore.errors import ConcurrencyConflict, UniqueViolation
from invoicecore.events import Message, WorkStopped
from invoicecore.ids import ClientId, FirmId, InvoiceId, PaymentId, PersonId, ProjectId, SessionId
from invoicecore.ports.storage import (
    AUDIT,
    CREDIT_OF_CLIENT,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    PAYMENTS_ON_INVOICE,
    PEOPLE,
    SESSIONS,
    SESSIONS_OF_CLIENT,
    SESSIONS_OF_PERSON,
    AuditRecord,
    Change,
    Remembered,
    Scope,
    Storage,
    UnitOfWork,
)
from invoicecore.settlement.payment import Application
from invoicecore.work import Session
from tests.world import NOON, hourly, usd

FIRM, OTHER = FirmId("firm"), FirmId("other")
ACME, GLOBEX = ClientId("acme"), ClientId("globex")
INVOICE = InvoiceId("invoice")
LEE = PersonId("lee")

Begin = Callable[[], UnitOfWork]


@pytest.fixture
def storage() -> Storage:
    """An empty store."""
    return MemoryStorage()


@pytest.fixture
def begin(storage: Storage) -> Begin:
    """Opens a unit of work on the firm."""
    return lambda: storage.begin(FIRM)


def person(id: str, name: str = "Lee") -> Person:
    return Person(id=PersonId(id), name=name, role=Role.WORKER)


def session(id: str, start: datetime = NOON, client: ClientId = ACME, by: PersonId = LEE) -> Session:
    return Session(
        id=SessionId(id),
        client_id=client,
        project_id=ProjectId("site"),
        person_id=by,
        start=start,
        duration=timedelta(hours=1),
        rate=hourly(50),
        minor=50_00,
    )


def entry(sequence: int, client: ClientId = ACME, booked_at: datetime = NOON) -> Entry:
    return Entry(
        client, sequence, EntryKind.WORK, -1, -sequence, booked_at, date(2026, 3, 2), f"session {sequence}", LEE
    )


def step(sequence: int, invoice: InvoiceId = INVOICE) -> StatusChange:
    return StatusChange(invoice, sequence, NOON, LEE, Act.SET_DUE, Status.GENERATED, Status.DUE)


def payment(id: str, *applied: Application, minor: int = 100) -> Payment:
    return Payment(
        id=PaymentId(id),
        client_id=ACME,
        currency="USD",
        minor=minor,
        received_on=date(2026, 3, 2),
        recorded_at=NOON,
        by=LEE,
        applied=applied,
    )


def message(id: str, at: datetime = NOON) -> Message:
    return Message(id, at, WorkStopped(ACME, usd(-1), usd(0)))


def stored(begin: Begin, *people: Person) -> None:
    """Commit some people."""
    with begin() as uow:
        for each in people:
            uow.put(each)
        uow.commit()


class TestAllOrNothing:
    def everything(self, uow: UnitOfWork) -> None:
        """Something of every kind."""
        uow.put(person("kim"))
        uow.append(entry(1))
        uow.append(step(1))
        uow.append(AuditRecord("1", NOON, LEE, Act.LOG_WORK, ()))
        uow.claim(Scope.NUMBER, ["INV-1"], "invoice")
        uow.take("invoice")
        uow.remember(Remembered("k", "digest", None))
        uow.send(message("m"))

    def found(self, uow: UnitOfWork) -> list[object]:
        """What of it is there."""
        return [
            uow.get(Person, "kim"),
            *uow.find(ENTRIES_OF_CLIENT, ACME),
            *uow.find(HISTORY_OF_INVOICE, INVOICE),
            *uow.find(AUDIT),
            *uow.holders(Scope.NUMBER, ["INV-1"]),
            uow.next_of("invoice"),
            uow.recall("k"),
            *uow.lease(10, NOON, NOON),
        ]

    def test_a_commit_makes_all_of_it_stand(self, begin: Begin) -> None:
        """Entities, facts, claims, counters, keys and messages."""
        with begin() as uow:
            self.everything(uow)
            uow.commit()
        expected = [
            person("kim"),
            entry(1),
            step(1),
            AuditRecord("1", NOON, LEE, Act.LOG_WORK, ()),
            "INV-1",
            2,
            Remembered("k", "digest", None),
            message("m"),
        ]
        assert expected == self.found(begin())

    def test_leaving_without_commit_leaves_nothing(self, begin: Begin) -> None:
        """As if it had never begun."""
        with begin() as uow:
            self.everything(uow)
        assert [None, 1, None] == self.found(begin())

    def test_an_error_leaves_nothing(self, begin: Begin) -> None:
        """Whatever went wrong in between goes on its way."""

        def fail() -> None:
            with begin() as uow:
                self.everything(uow)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert [None, 1, None] == self.found(begin())

    def test_a_refused_commit_leaves_nothing(self, begin: Begin) -> None:
        """One thing that somebody else changed spoils all the rest."""
        stored(begin, person("kim", "Kim"))
        with begin() as uow:
            self.everything(uow)  # puts Kim, whom it did not get
            with pytest.raises(ConcurrencyConflict):
                uow.commit()
        assert [person("kim", "Kim"), 1, None] == self.found(begin())

    def test_others_see_it_only_after_the_commit(self, begin: Begin) -> None:
        """A unit that began before sees it then too."""
        with begin() as writer, begin() as reader:
            self.everything(writer)
            assert [None, 1, None] == self.found(reader)
            writer.commit()
            assert person("kim") == reader.get(Person, "kim")
            assert [person("kim")] == reader.find(PEOPLE)

    def test_it_reads_its_own_writes(self, begin: Begin) -> None:
        """Before the commit, and nobody else does."""
        with begin() as uow:
            self.everything(uow)
            found = self.found(uow)
        assert [person("kim"), entry(1), step(1)] == found[:3]
        assert ["INV-1", 2, Remembered("k", "digest", None)] == found[4:7]

    def test_firms_cannot_see_each_other(self, storage: Storage) -> None:
        """Neither read nor write, neither claims nor counters, keys nor messages."""
        with storage.begin(FIRM) as uow:
            self.everything(uow)
            uow.commit()
        with storage.begin(OTHER) as uow:
            assert [None, 1, None] == self.found(uow)
            self.everything(uow)
            uow.commit()
        assert 2 == storage.begin(FIRM).next_of("invoice")


class TestFirms:
    def test_a_firm_comes_into_being_by_its_commit(self, storage: Storage) -> None:
        """Looking for one, and writing something else, makes none."""
        assert () == tuple(storage.firms())
        with storage.begin(FIRM) as uow:
            uow.get(Firm, FIRM)
            uow.put(person("kim"))
            uow.commit()
        assert () == tuple(storage.firms())
        with storage.begin(FIRM) as uow:
            uow.put(Firm(id=FIRM, name="Northwind", currency="USD", timezone="UTC"))
            assert () == tuple(storage.firms())
            uow.commit()
        assert (FIRM,) == tuple(storage.firms())


class TestEntities:
    def test_a_value_comes_back_equal(self, begin: Begin) -> None:
        """As the type that it was put as; another type under the same id is another thing."""
        stored(begin, person("1"))
        assert person("1") == begin().get(Person, "1")
        assert begin().get(Session, "1") is None

    def test_versions_count_from_one(self, begin: Begin) -> None:
        """A change says from which version to which."""
        with begin() as uow:
            assert Change("Person", "kim", 0, 1) == uow.put(person("kim"))
            uow.commit()
        with begin() as uow:
            uow.get(Person, "kim")
            assert Change("Person", "kim", 1, 2) == uow.put(person("kim", "Kim"))
            uow.commit()
        with begin() as uow:
            uow.get(Person, "kim")
            assert Change("Person", "kim", 2, 0) == uow.remove(Person, "kim")
            uow.commit()
        assert begin().get(Person, "kim") is None
        assert [] == begin().find(PEOPLE)

    def test_putting_twice_in_one_unit_is_one_version(self, begin: Begin) -> None:
        """The last value stands."""
        with begin() as uow:
            uow.put(person("kim", "A"))
            uow.put(person("kim", "B"))
            uow.commit()
        with begin() as uow:
            kim = uow.get(Person, "kim")
            assert kim is not None
            assert ("B", 1) == (kim.name, uow.put(kim).before)

    def test_a_lost_update_is_refused(self, begin: Begin) -> None:
        """Two units read the same version; the second to commit is told, and the first one's value stands."""
        stored(begin, person("kim"))
        with begin() as one, begin() as two:
            for uow, name in ((one, "One"), (two, "Two")):
                found = uow.get(Person, "kim")
                assert found is not None
                uow.put(evolve(found, name=name))
            one.commit()
            with pytest.raises(ConcurrencyConflict, match="Person kim"):
                two.commit()
        assert person("kim", "One") == begin().get(Person, "kim")

    def test_the_first_version_that_was_read_counts(self, begin: Begin) -> None:
        """Reading again after somebody else's commit does not make the first reading good."""
        stored(begin, person("kim"))
        with begin() as uow:
            uow.get(Person, "kim")
            with begin() as other:
                other.get(Person, "kim")
                other.put(person("kim", "Other"))
                other.commit()
            uow.get(Person, "kim")
            uow.put(person("kim", "Mine"))
            with pytest.raises(ConcurrencyConflict):
                uow.commit()

    def test_what_was_found_counts_as_read(self, begin: Begin) -> None:
        """A thing that came from a list can be put, unless somebody else changed it meanwhile."""
        stored(begin, person("kim"), person("lee"))
        with begin() as uow:
            for each in uow.find(PEOPLE):
                uow.put(evolve(each, name="New"))
            uow.commit()
        with begin() as uow:
            [kim, _] = uow.find(PEOPLE)
            stored_meanwhile = begin()
            stored_meanwhile.get(Person, "kim")
            stored_meanwhile.put(person("kim", "Other"))
            stored_meanwhile.commit()
            uow.put(evolve(kim, name="Mine"))
            with pytest.raises(ConcurrencyConflict):
                uow.commit()

    @pytest.mark.parametrize("again", ["got", "listed"])
    @pytest.mark.parametrize("act", ["put", "remove"])
    def test_what_was_found_first_counts(self, begin: Begin, again: str, act: str) -> None:
        """Getting or listing a thing again after somebody else changed it does not make the first list good."""
        stored(begin, person("kim"))
        with begin() as uow:
            uow.find(PEOPLE)
            with begin() as other:
                other.get(Person, "kim")
                other.put(person("kim", "Other"))
                other.commit()
            seen = [uow.get(Person, "kim")] if again == "got" else uow.find(PEOPLE)
            assert [person("kim", "Other")] == seen
            if act == "put":
                uow.put(person("kim", "Mine"))
            else:
                uow.remove(Person, "kim")
            with pytest.raises(ConcurrencyConflict):
                uow.commit()

    def test_what_was_not_got_must_not_exist(self, begin: Begin) -> None:
        """A put of something unseen makes it, or is refused."""
        stored(begin, person("kim"))
        with begin() as uow:
            uow.put(person("kim", "Mine"))
            with pytest.raises(ConcurrencyConflict):
                uow.commit()

    def test_what_was_seen_to_be_absent_must_still_be(self, begin: Begin) -> None:
        """Two units that find nothing and make it do not both commit."""
        with begin() as one, begin() as two:
            for uow in (one, two):
                assert uow.get(Person, "kim") is None
                uow.put(person("kim"))
            one.commit()
            with pytest.raises(ConcurrencyConflict):
                two.commit()

    def test_a_removal_is_a_change_like_any_other(self, begin: Begin) -> None:
        """What somebody else removed can no longer be put, what they changed no longer removed."""
        for first, second in (("remove", "put"), ("put", "remove"), ("remove", "remove")):
            stored(begin, person(first + second))
            with begin() as one, begin() as two:
                for uow, act in ((one, first), (two, second)):
                    uow.get(Person, first + second)
                    if act == "put":
                        uow.put(person(first + second, "New"))
                    else:
                        uow.remove(Person, first + second)
                one.commit()
                with pytest.raises(ConcurrencyConflict):
                    two.commit()

    def test_a_removal_is_seen_by_the_unit_that_removes(self, begin: Begin) -> None:
        """It is neither got nor listed, and can be made anew."""
        stored(begin, person("kim"), person("lee"))
        with begin() as uow:
            uow.get(Person, "kim")
            uow.remove(Person, "kim")
            assert uow.get(Person, "kim") is None
            assert [person("lee")] == uow.find(PEOPLE)
            uow.put(person("kim", "New"))
            assert [person("kim", "New"), person("lee")] == uow.find(PEOPLE)
            uow.commit()
        assert person("kim", "New") == begin().get(Person, "kim")

    def test_only_what_is_written_is_checked(self, begin: Begin) -> None:
        """A unit that merely looked at something else commits."""
        stored(begin, person("kim"))
        with begin() as uow:
            uow.get(Person, "kim")
            with begin() as other:
                other.get(Person, "kim")
                other.put(person("kim", "Other"))
                other.commit()
            uow.put(person("lee"))
            uow.commit()
        assert person("lee") == begin().get(Person, "lee")


class TestFacts:
    def test_a_stream_keeps_its_order(self, begin: Begin) -> None:
        """By time and sequence, each client's on its own."""
        with begin() as uow:
            for fact in (entry(1), entry(2), entry(1, GLOBEX)):
                uow.append(fact)
            uow.commit()
        with begin() as uow:
            uow.append(entry(3))
            uow.commit()
        assert [entry(1), entry(2), entry(3)] == begin().find(ENTRIES_OF_CLIENT, ACME)
        assert [entry(1, GLOBEX)] == begin().find(ENTRIES_OF_CLIENT, GLOBEX)

    @pytest.mark.parametrize("fact", [entry(1), step(1)], ids=["entry", "step"])
    def test_a_sequence_is_used_once(self, begin: Begin, fact: Entry | StatusChange) -> None:
        """Two units that append the same one never both commit, at once or one after the other."""
        with begin() as one, begin() as two:
            one.append(fact)
            two.append(fact)
            one.commit()
            with pytest.raises(ConcurrencyConflict):
                two.commit()
        with begin() as late:
            late.append(fact)
            with pytest.raises(ConcurrencyConflict):
                late.commit()

    def test_one_unit_uses_a_sequence_once(self, begin: Begin) -> None:
        """Two facts with the same sequence in one unit are refused as well."""
        with begin() as uow:
            uow.append(entry(1))
            uow.append(evolve(entry(1), minor=-2))
            with pytest.raises(ConcurrencyConflict):
                uow.commit()
        assert [] == begin().find(ENTRIES_OF_CLIENT, ACME)

    def test_there_is_no_way_to_change_what_was_appended(self, begin: Begin) -> None:
        """A unit of work has methods for entities only."""
        methods = {name for name in dir(MemoryUnitOfWork) if not name.startswith("_")}
        expected = (
            "get put remove append find claim release holders take next_of leap remember recall send lease "
            "acknowledge give_back commit"
        )
        assert set(expected.split()) == methods

    def test_audit_records_never_collide(self, begin: Begin) -> None:
        """Two units that write theirs at once both commit."""
        records = [AuditRecord(str(count), NOON, LEE, Act.LOG_WORK, ()) for count in range(2)]
        with begin() as one, begin() as two:
            one.append(records[1])
            two.append(records[0])
            one.commit()
            two.commit()
        assert records == begin().find(AUDIT)


class TestFind:
    @pytest.fixture
    def five(self, begin: Begin) -> Begin:
        """Sessions a to e, an hour apart, stored out of order."""
        with begin() as uow:
            for hour, id in ((3, "d"), (0, "a"), (4, "e"), (1, "b"), (2, "c")):
                uow.put(session(id, NOON + timedelta(hours=hour)))
            uow.commit()
        return begin

    def ids(self, found: list[Session]) -> str:
        return "".join(each.id for each in found)

    def test_a_list_is_in_the_order_of_its_index(self, five: Begin) -> None:
        """Whatever the order in which things were stored."""
        assert "abcde" == self.ids(five().find(SESSIONS))
        assert "edcba" == self.ids(five().find(SESSIONS, descending=True))

    def test_a_key_that_holds_nothing_lists_nothing(self, five: Begin) -> None:
        """It is no error."""
        assert [] == five().find(SESSIONS_OF_CLIENT, "nobody")

    def test_bounds_are_exclusive(self, five: Begin) -> None:
        """A full order tuple leaves out the one that it names."""
        b, d = (NOON + timedelta(hours=1), "b"), (NOON + timedelta(hours=3), "d")
        assert "cde" == self.ids(five().find(SESSIONS, after=b))
        assert "abc" == self.ids(five().find(SESSIONS, before=d))
        assert "c" == self.ids(five().find(SESSIONS, after=b, before=d))
        assert "" == self.ids(five().find(SESSIONS, after=d, before=b))

    def test_a_leading_part_is_a_bound_too(self, five: Begin) -> None:
        """It comes before everything that begins with it: `after` takes that in, `before` leaves it out."""
        one, three = (NOON + timedelta(hours=1),), (NOON + timedelta(hours=3),)
        assert "bcde" == self.ids(five().find(SESSIONS, after=one))
        assert "abc" == self.ids(five().find(SESSIONS, before=three))
        assert "bc" == self.ids(five().find(SESSIONS, after=one, before=three))

    def test_a_limit_counts_from_the_end_that_comes_first(self, five: Begin) -> None:
        """The first ones, or descending the last ones."""
        b = (NOON + timedelta(hours=1), "b")
        assert "ab" == self.ids(five().find(SESSIONS, limit=2))
        assert "ed" == self.ids(five().find(SESSIONS, limit=2, descending=True))
        assert "cd" == self.ids(five().find(SESSIONS, after=b, limit=2))
        assert "a" == self.ids(five().find(SESSIONS, before=b, limit=2, descending=True))
        assert "" == self.ids(five().find(SESSIONS, limit=0))
        assert "abcde" == self.ids(five().find(SESSIONS, limit=99))

    def test_own_writes_are_listed_in_their_place(self, five: Begin) -> None:
        """New, moved, changed and removed ones, under bounds, limits and descending."""
        with five() as uow:
            uow.put(session("x", NOON + timedelta(hours=2.5)))
            uow.get(Session, "a")
            uow.put(session("a", NOON + timedelta(hours=9)))
            uow.get(Session, "d")
            uow.remove(Session, "d")
            assert "bcxea" == self.ids(uow.find(SESSIONS))
            assert "aexcb" == self.ids(uow.find(SESSIONS, descending=True))
            assert "bc" == self.ids(uow.find(SESSIONS, limit=2))
            assert "ae" == self.ids(uow.find(SESSIONS, limit=2, descending=True))
            later = (NOON + timedelta(hours=2),)
            assert "cxea" == self.ids(uow.find(SESSIONS, after=later))
            assert "cx" == self.ids(uow.find(SESSIONS, after=later, before=(NOON + timedelta(hours=4),)))
        assert "abcde" == self.ids(five().find(SESSIONS))

    def test_what_moves_to_another_key_leaves_its_former_one(self, five: Begin) -> None:
        """Before the commit for the unit itself, afterwards for all."""
        with five() as uow:
            uow.get(Session, "c")
            uow.put(session("c", NOON, GLOBEX))
            for _ in range(2):
                assert "abde" == self.ids(uow.find(SESSIONS_OF_CLIENT, ACME))
                assert "c" == self.ids(uow.find(SESSIONS_OF_CLIENT, GLOBEX))
            uow.commit()
        assert "abde" == self.ids(five().find(SESSIONS_OF_CLIENT, ACME))
        assert "c" == self.ids(five().find(SESSIONS_OF_CLIENT, GLOBEX))

    def test_a_thing_can_stand_under_several_keys_or_none(self, begin: Begin) -> None:
        """A payment is listed on each invoice that it pays, and as credit while something is left of it."""
        one, two = InvoiceId("1"), InvoiceId("2")
        with begin() as uow:
            uow.put(payment("p", Application(one, 40), Application(two, 60)))
            uow.put(payment("q", Application(one, 40)))
            uow.put(payment("r"))
            uow.commit()
        with begin() as uow:
            assert ["p", "q"] == [it.id for it in uow.find(PAYMENTS_ON_INVOICE, one)]
            assert ["p"] == [it.id for it in uow.find(PAYMENTS_ON_INVOICE, two)]
            assert ["q", "r"] == [it.id for it in uow.find(CREDIT_OF_CLIENT, ACME)]
            uow.put(payment("p", Application(one, 40)))
            uow.put(payment("r", Application(two, 100)))
            uow.commit()
        with begin() as uow:
            assert ["r"] == [it.id for it in uow.find(PAYMENTS_ON_INVOICE, two)]
            assert ["p", "q"] == [it.id for it in uow.find(CREDIT_OF_CLIENT, ACME)]

    def test_own_facts_are_listed_too(self, begin: Begin) -> None:
        """An entry that was appended a moment ago."""
        with begin() as uow:
            uow.append(entry(1))
            uow.commit()
        with begin() as uow:
            uow.append(entry(2))
            assert [entry(1), entry(2)] == uow.find(ENTRIES_OF_CLIENT, ACME)
            assert [entry(2)] == uow.find(ENTRIES_OF_CLIENT, ACME, limit=1, descending=True)

    def test_a_list_is_private(self, five: Begin) -> None:
        """Whoever gets it may do with it as they like."""
        with five() as uow:
            uow.find(SESSIONS).clear()
            assert "abcde" == self.ids(uow.find(SESSIONS))


class TestFindLikeASortedList:
    """Compared with the plainest thing that could answer: a list that is sorted anew each time."""

    ids = st.sampled_from("abcdefgh")
    moments = st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours))
    people = st.sampled_from([PersonId("lee"), PersonId("kim")])
    changes = st.lists(
        st.tuples(st.sampled_from(["put", "put", "put", "remove", "commit", "drop"]), ids, moments, people), max_size=30
    )
    bounds = st.none() | st.tuples(moments) | st.tuples(moments, ids)

    @settings(deadline=None)
    @given(
        changes=changes,
        after=bounds,
        before=bounds,
        limit=st.none() | st.integers(0, 9),
        descending=st.booleans(),
        whose=people,
    )
    def test_any_history_is_listed_as_a_sorted_list_would(
        self,
        changes: list[tuple[str, str, datetime, PersonId]],
        after: tuple[datetime] | tuple[datetime, str] | None,
        before: tuple[datetime] | tuple[datetime, str] | None,
        limit: int | None,
        descending: bool,
        whose: PersonId,
    ) -> None:
        """After any puts, moves, removals, commits and units that were dropped, under any bounds and limit."""
        storage = MemoryStorage()
        uow = storage.begin(FIRM)
        committed: dict[str, Session] = {}
        present: dict[str, Session] = {}
        for act, id, start, by in changes:
            match act:
                case "put":
                    uow.get(Session, id)
                    uow.put(session(id, start, by=by))
                    present[id] = session(id, start, by=by)
                case "remove":
                    if uow.get(Session, id) is not None:
                        uow.remove(Session, id)
                    present.pop(id, None)
                case "commit":
                    uow.commit()
                    committed, uow = dict(present), storage.begin(FIRM)
                case _:
                    present, uow = dict(committed), storage.begin(FIRM)
        for index, key, fits in ((SESSIONS, "", None), (SESSIONS_OF_PERSON, whose, whose)):
            expected = [
                it
                for it in sorted(present.values(), key=index.order, reverse=descending)
                if (fits is None or it.person_id == fits)
                and (after is None or (it.start, it.id) > after)
                and (before is None or (it.start, it.id) < before)
            ][:limit]
            found = uow.find(index, key, after=after, before=before, limit=limit, descending=descending)
            assert expected == found

    @given(starts=st.lists(st.tuples(moments, ids), unique_by=lambda it: it[1], max_size=8), size=st.integers(1, 4))
    def test_pages_make_up_the_whole(self, starts: list[tuple[datetime, str]], size: int) -> None:
        """Going on after the last one seen, nothing is skipped and nothing comes twice."""
        storage = MemoryStorage()
        with storage.begin(FIRM) as uow:
            for start, id in starts:
                uow.put(session(id, start))
            uow.commit()
        uow, paged = storage.begin(FIRM), list[Session]()
        while page := uow.find(SESSIONS, after=SESSIONS.order(paged[-1]) if paged else None, limit=size):
            paged += page
        assert sorted(starts) == [(it.start, it.id) for it in paged]


class TestClaims:
    def claim(self, begin: Begin, key: str, holder: str, scope: Scope = Scope.NUMBER) -> None:
        with begin() as uow:
            uow.claim(scope, [key], holder)
            uow.commit()

    def test_a_key_is_held_by_who_claimed_it(self, begin: Begin) -> None:
        """The ones that are free are not in the answer."""
        with begin() as uow:
            uow.claim(Scope.NUMBER, ["1", "2"], "invoice")
            assert {"1": "invoice", "2": "invoice"} == uow.holders(Scope.NUMBER, ["1", "2", "3"])
            assert {} == begin().holders(Scope.NUMBER, ["1", "2", "3"])
            uow.commit()
        assert {"2": "invoice"} == begin().holders(Scope.NUMBER, ["2", "3"])
        assert {} == begin().holders(Scope.NUMBER, [])

    def test_what_another_holds_is_refused(self, begin: Begin) -> None:
        """At once or at the commit; whoever holds it may claim it again."""
        self.claim(begin, "1", "invoice")
        self.claim(begin, "1", "invoice")
        with pytest.raises(UniqueViolation):
            self.claim(begin, "1", "another")
        assert {"1": "invoice"} == begin().holders(Scope.NUMBER, ["1"])

    def test_in_a_race_one_gets_it(self, begin: Begin) -> None:
        """Both saw it free; the second to commit is told."""
        with begin() as one, begin() as two:
            one.claim(Scope.TIMER, ["lee"], "1")
            two.claim(Scope.TIMER, ["lee"], "2")
            one.commit()
            with pytest.raises(UniqueViolation):
                two.commit()
        assert {"lee": "1"} == begin().holders(Scope.TIMER, ["lee"])

    def test_one_of_many_taken_spoils_all(self, begin: Begin) -> None:
        """An invoice locks all of its sessions or none."""
        self.claim(begin, "b", "1", Scope.SESSION)

        def claim_all() -> None:
            with begin() as uow:
                uow.claim(Scope.SESSION, ["a", "b", "c"], "2")
                uow.commit()

        with pytest.raises(UniqueViolation):
            claim_all()
        assert {"b": "1"} == begin().holders(Scope.SESSION, "abc")

    def test_what_is_released_is_free(self, begin: Begin) -> None:
        """For the same unit at once, for others after the commit."""
        self.claim(begin, "1", "invoice")
        with begin() as uow:
            uow.release(Scope.NUMBER, ["1", "unheld"])
            assert {} == uow.holders(Scope.NUMBER, ["1"])
            with pytest.raises(UniqueViolation):
                self.claim(begin, "1", "another")
            uow.claim(Scope.NUMBER, ["1"], "another")
            uow.commit()
        assert {"1": "another"} == begin().holders(Scope.NUMBER, ["1"])
        with begin() as uow:
            uow.release(Scope.NUMBER, ["1"])
        assert {"1": "another"} == begin().holders(Scope.NUMBER, ["1"])
        with begin() as uow:
            uow.release(Scope.NUMBER, ["1"])
            uow.commit()
        self.claim(begin, "1", "third")

    def test_a_key_released_and_claimed_by_another_meanwhile(self, begin: Begin) -> None:
        """Whoever saw the former holder does not take it from the new one."""
        self.claim(begin, "1", "invoice")
        with begin() as uow:
            uow.release(Scope.NUMBER, ["1"])
            with begin() as other:
                other.release(Scope.NUMBER, ["1"])
                other.commit()
            self.claim(begin, "1", "another")
            uow.claim(Scope.NUMBER, ["1"], "mine")
            with pytest.raises(UniqueViolation):
                uow.commit()
        assert {"1": "another"} == begin().holders(Scope.NUMBER, ["1"])

    def test_scopes_are_apart(self, begin: Begin) -> None:
        """A number and a session of the same name are two keys."""
        self.claim(begin, "1", "a", Scope.NUMBER)
        self.claim(begin, "1", "b", Scope.SESSION)
        assert {"1": "a"} == begin().holders(Scope.NUMBER, ["1"])


class TestCounters:
    def test_it_counts_from_one(self, begin: Begin) -> None:
        """Looking does not take; each counter counts for itself."""
        with begin() as uow:
            assert [1, 1, 1, 2, 3] == [
                uow.next_of("a"),
                uow.next_of("a"),
                uow.take("a"),
                uow.take("a"),
                uow.next_of("a"),
            ]
            uow.commit()
        assert (3, 1) == (begin().take("a"), begin().take("b"))

    def test_a_value_that_was_not_committed_is_not_lost(self, begin: Begin) -> None:
        """The next unit gets it."""
        with begin() as uow:
            uow.take("a")
        assert 1 == begin().take("a")

    def test_no_two_units_get_the_same(self, begin: Begin) -> None:
        """The second to commit is told, and takes the next one when it runs again."""
        with begin() as one, begin() as two:
            assert (1, 1) == (one.take("a"), two.take("a"))
            one.commit()
            with pytest.raises(ConcurrencyConflict):
                two.commit()
        assert 2 == begin().take("a")

    def test_it_leaps_forward(self, begin: Begin) -> None:
        """And goes on from there."""
        with begin() as uow:
            uow.leap("a", 500)
            assert 500 == uow.next_of("a")
            uow.commit()
        with begin() as uow:
            assert [500, 501] == [uow.take("a"), uow.take("a")]

    def test_a_leap_and_a_take_do_not_both_commit(self, begin: Begin) -> None:
        """Whichever comes second is told."""
        with begin() as one, begin() as two:
            one.take("a")
            two.leap("a", 2)
            one.commit()
            with pytest.raises(ConcurrencyConflict):
                two.commit()

    def test_what_was_looked_at_still_holds_when_it_is_written(self, begin: Begin) -> None:
        """A leap that was decided by looking does not go back over numbers that were given meanwhile."""
        with begin() as uow:
            assert 1 == uow.next_of("a")
            with begin() as other:
                for _ in range(5):
                    other.take("a")
                other.commit()
            uow.leap("a", 3)
            with pytest.raises(ConcurrencyConflict):
                uow.commit()
        assert 6 == begin().next_of("a")

    def test_a_take_is_one_step(self, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody who commits while a value is being taken does not get the same one."""
        look = MemoryUnitOfWork.next_of
        others = iter([begin()])

        def interrupted(self: MemoryUnitOfWork, counter: str) -> int:
            value = look(self, counter)
            for other in others:
                other.take("a")
                other.commit()
            return value

        monkeypatch.setattr(MemoryUnitOfWork, "next_of", interrupted)
        with begin() as uow:
            assert 1 == uow.take("a")
            with pytest.raises(ConcurrencyConflict):
                uow.commit()
        assert 2 == begin().next_of("a")


class TestKeys:
    def test_what_is_remembered_is_recalled(self, begin: Begin) -> None:
        """With a result equal to the one that was kept, for good."""
        kept = Remembered("k", "digest", (person("kim"), None))
        with begin() as uow:
            uow.remember(kept)
            assert kept == uow.recall("k")
            assert begin().recall("k") is None
            uow.commit()
        assert kept == begin().recall("k")
        assert begin().recall("other") is None

    def test_in_a_race_one_keeps_the_key(self, begin: Begin) -> None:
        """The second to commit is told, and finds the first one's when it runs again."""
        with begin() as one, begin() as two:
            one.remember(Remembered("k", "1", None))
            two.remember(Remembered("k", "2", None))
            one.commit()
            with pytest.raises(ConcurrencyConflict):
                two.commit()
        assert Remembered("k", "1", None) == begin().recall("k")


class TestOutbox:
    LATER = NOON + timedelta(minutes=5)

    def send(self, begin: Begin, *ids: str) -> None:
        for id in ids:
            with begin() as uow:
                uow.send(message(id))
                uow.commit()

    def lease(self, begin: Begin, limit: int = 10, now: datetime = NOON) -> str:
        with begin() as uow:
            leased = uow.lease(limit, now, now + timedelta(minutes=5))
            uow.commit()
        return "".join(each.id for each in leased)

    def test_messages_come_oldest_first(self, begin: Begin) -> None:
        """At most so many at a time."""
        self.send(begin, "c", "a", "b")
        assert "ca" == self.lease(begin, limit=2)
        assert "b" == self.lease(begin)
        assert "" == self.lease(begin)

    def test_a_lease_that_was_not_committed_is_none(self, begin: Begin) -> None:
        """The messages are there for the next one."""
        self.send(begin, "a")
        with begin() as uow:
            assert [message("a")] == uow.lease(10, NOON, self.LATER)
        assert "a" == self.lease(begin)

    def test_a_lease_ends(self, begin: Begin) -> None:
        """At its time, to the instant, and not before."""
        self.send(begin, "a")
        assert "a" == self.lease(begin)
        assert "" == self.lease(begin, now=self.LATER - timedelta(microseconds=1))
        assert "a" == self.lease(begin, now=self.LATER)

    def test_what_was_handed_over_is_gone(self, begin: Begin) -> None:
        """For ever, once that is committed; taking it out twice does no harm."""
        self.send(begin, "a", "b")
        self.lease(begin)
        for _ in range(2):
            with begin() as uow:
                uow.acknowledge("a")
                uow.commit()
        assert "b" == self.lease(begin, now=self.LATER)

    def test_what_is_given_back_comes_at_once(self, begin: Begin) -> None:
        """In its old place; giving back what is gone does no harm."""
        self.send(begin, "a", "b")
        self.lease(begin)
        for id in ("a", "b"):
            with begin() as uow:
                uow.give_back(id)
                uow.commit()
        assert "ab" == self.lease(begin)
        with begin() as uow:
            uow.acknowledge("a")
            uow.commit()
        with begin() as uow:
            uow.give_back("a")
            uow.commit()
        assert "b" == self.lease(begin, now=self.LATER)

    def test_two_units_do_not_lease_the_same(self, begin: Begin) -> None:
        """The second to commit is told."""
        self.send(begin, "a")
        with begin() as one, begin() as two:
            assert one.lease(10, NOON, self.LATER) == two.lease(10, NOON, self.LATER)
            one.commit()
            with pytest.raises(ConcurrencyConflict):
                two.commit()


class TestThreads:
    @pytest.fixture(autouse=True)
    def often(self) -> Iterator[None]:
        """Threads take turns as often as possible."""
        usual = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        yield
        sys.setswitchinterval(usual)

    def test_a_counter_taken_by_many_has_no_gap(self, begin: Begin) -> None:
        """Eight threads take a hundred each, trying again when somebody was quicker."""

        def take(_: int) -> list[int]:
            values: list[int] = []
            while len(values) < 100:
                with begin() as uow:
                    value = uow.take("a")
                    try:
                        uow.commit()
                    except ConcurrencyConflict:
                        continue
                values.append(value)
            return values

        with ThreadPoolExecutor(8) as pool:
            taken = [value for values in pool.map(take, range(8)) for value in values]
        assert list(range(1, 801)) == sorted(taken)

    def test_reading_goes_on_while_others_write(self, begin: Begin) -> None:
        """A list is always one that some commit left: whole batches of ten, in order."""

        def write(thread: int) -> None:
            for batch in range(50):
                with begin() as uow:
                    for each in range(10):
                        start = utc(2026, 3, 1 + (7 * batch + thread) % 28)
                        uow.put(session(f"{thread}-{batch}-{each}", start))
                    uow.commit()

        def read(_: int) -> int:
            for _ in range(100):
                found = begin().find(SESSIONS)
                assert sorted(found, key=SESSIONS.order) == found
                assert len(found) % 10 == 0
            return len(found)

        with ThreadPoolExecutor(8) as pool:
            writers = [pool.submit(write, thread) for thread in range(4)]
            readers = [pool.submit(read, thread) for thread in range(4)]
            for writer in writers:
                writer.result()
            for reader in readers:
                reader.result()
        assert 2000 == len(begin().find(SESSIONS))
        assert UTC is begin().find(SESSIONS)[0].start.tzinfo
