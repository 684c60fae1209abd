"""Checks of entities and facts: no unit overwrites what another changed meanwhile, and what was appended stays."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from invoicecore.errors import ConcurrencyConflict
from invoicecore.model.client import Client
from invoicecore.model.events import Change
from invoicecore.model.person import Person
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import (
    ALL,
    AUDIT,
    AUDIT_OF_ACTION,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    PEOPLE,
    RECEIVABLES,
    Fact,
)
from invoicecore.settlement.account import Account
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, GLOBEX, KIM, LEE, NOON
from invoicecore.testing.conformance.trial import (
    Action,
    Room,
    Trial,
    changing,
    finding,
    removing,
    steps,
    together,
    writing,
)

THEIRS, MINE = things.person(LEE, "Theirs"), things.person(LEE, "Mine")
put_mine: Action = writing(MINE)


def get_lee(uow: UnitOfWork) -> Person | None:
    """Lee, whom two units want to change."""
    return uow.get(Person, LEE)


def _get_timer(uow: UnitOfWork) -> Timer | None:
    return uow.get(Timer, "timer")


SEEING: dict[str, Action] = {"got": get_lee, "listed": finding(PEOPLE)}
"""The two ways in which a unit sees an entity."""


class Entities(Room):
    """Versions."""

    def test_versions_count_from_one(self, trial: Trial) -> None:
        """A change says from which version to which an entity went; the first is 1, and 0 says that it is gone."""
        put = changing(things.timer("timer"))
        seen = [trial.do(action) for action in (put, put, put, removing(Timer, "timer"))]
        expected = [Change("Timer", "timer", *versions) for versions in ((0, 1), (1, 2), (2, 3), (3, 0))]
        trial.expect(expected, seen, "the changes of an entity that was made, put twice, and removed")

    def test_a_list_gives_versions_too(self, trial: Trial) -> None:
        """An entity that came from a list can be put, from the version that it then had."""
        trial.change(things.person(LEE, "Lee"))
        seen = trial.do(lambda uow: [uow.put(evolve(each, name="New")) for each in uow.find(PEOPLE)])
        expected = [Change("Person", KIM, 1, 2), Change("Person", LEE, 2, 3)]
        trial.expect(expected, seen, "the changes of what was listed")
        expected_list = [things.person(KIM, "New"), things.person(LEE, "New")]
        trial.sees(expected_list, finding(PEOPLE), "the list afterwards")

    def test_putting_twice_in_one_unit_is_one_version(self, trial: Trial) -> None:
        """However often a unit puts an entity, the last value stands and the version rises by one."""
        trial.store(things.person("new", "First"), things.person("new", "Last"))
        with trial.begin() as uow:
            found = uow.get(Person, "new")
            trial.expect(things.person("new", "Last"), found, "what was put twice")
            trial.expect(Change("Person", "new", 1, 2), uow.put(things.person("new", "Renamed")), "its next change")

    def test_a_lost_update_is_refused(self, trial: Trial) -> None:
        """Of two units that read the same version and put the entity, one commits, and its value stands."""
        values = [things.person(LEE, "One"), things.person(LEE, "Two")]
        won = trial.winner(*map(changing, values))
        trial.sees(values[won], get_lee, "the entity afterwards")

    def test_a_put_of_the_same_value_is_a_change(self, trial: Trial) -> None:
        """Putting an account as it was is a change like any other: of two units that do, one commits."""

        def touch(uow: UnitOfWork) -> Change:
            account = uow.get(Account, ACME)
            assert account is not None
            return uow.put(account)

        trial.winner(touch, touch)
        trial.overtaken(touch, touch)
        trial.sees(Change("Account", ACME, 3, 4), touch, "the next change of an account put twice as is")

    @pytest.mark.parametrize("seen", SEEING)
    def test_what_was_seen_first_counts(self, trial: Trial, seen: str) -> None:
        """A unit that saw an entity and puts it later is refused if it was changed in between."""
        stands = trial.overtaken(SEEING[seen], changing(THEIRS), put_mine)
        trial.sees((MINE, THEIRS)[stands], get_lee, "the entity afterwards")

    def test_what_was_changed_is_not_removed(self, trial: Trial) -> None:
        """A unit that saw an entity and removes it later is refused if it was changed in between."""
        trial.store(things.timer("timer"))
        theirs = evolve(things.timer("timer"), note="Theirs")
        stands = trial.overtaken(_get_timer, changing(theirs), lambda uow: uow.remove(Timer, "timer"))
        trial.sees((None, theirs)[stands], _get_timer, "the entity afterwards")

    @pytest.mark.parametrize("again", SEEING)
    @pytest.mark.parametrize("first", SEEING)
    def test_looking_again_does_not_help(self, trial: Trial, first: str, again: str) -> None:
        """A unit that saw an entity, and sees it again after another unit changed it, still may not write by the first
        look."""
        stands = trial.overtaken(SEEING[first], changing(THEIRS), steps(SEEING[again], put_mine))
        trial.sees((MINE, THEIRS)[stands], get_lee, "the entity afterwards")

    def test_what_was_not_seen_must_not_exist(self, trial: Trial) -> None:
        """Putting an entity that the unit did not get makes it, and is refused if it is there."""
        with trial.refuses("the put of an entity that was there and not got", ConcurrencyConflict):
            trial.attempt(put_mine)
        trial.sees(things.person(LEE, "Lee"), get_lee, "the entity afterwards")

    @pytest.mark.parametrize("looks", [True, False])
    def test_the_first_ever_row_is_made_once(self, trial: Trial, looks: bool) -> None:
        """Of two units that make the same entity, whether or not they looked before, one commits."""
        trial.store(things.client("new"))
        accounts = [things.account("new", outstanding_minor=minor) for minor in (1, 2)]
        won = trial.winner(*map(changing if looks else writing, accounts))
        trial.sees(accounts[won], lambda uow: uow.get(Account, "new"), "the first row")

    @pytest.mark.parametrize(("first", "second"), [("remove", "put"), ("put", "remove"), ("remove", "remove")])
    def test_a_removal_is_a_change(self, trial: Trial, first: str, second: str) -> None:
        """Of two units that remove an entity, or of which one removes and the other puts it, one commits."""
        timer = things.timer("timer")
        ways = {"put": (changing(timer), timer), "remove": (removing(Timer, "timer"), None)}
        trial.store(timer)
        won = trial.winner(ways[first][0], ways[second][0])
        trial.sees(ways[(first, second)[won]][1], _get_timer, "the entity afterwards")

    def test_a_removal_is_seen_at_once(self, trial: Trial) -> None:
        """What a unit removed, it neither gets nor lists; afterwards nobody does."""

        def look(uow: UnitOfWork) -> list[object]:
            return [uow.get(Client, "new"), things.ids(uow.find(CLIENTS))]

        trial.store(things.client("new"))
        trial.settles([None, [ACME, things.GLOBEX]], removing(Client, "new"), look, "a client that was removed")

    def test_a_kind_has_ids_of_its_own(self, trial: Trial) -> None:
        """An entity is got as what it was put as: a person and a client of one id are two."""
        trial.store(things.person("same"), things.client("same"))
        seen = trial.look(lambda uow: [uow.get(Person, "same"), uow.get(Client, "same"), uow.get(WorkSession, "same")])
        trial.expect([things.person("same"), things.client("same"), None], seen, "what is found under one id")

    def test_similar_ids_are_apart(self, trial: Trial) -> None:
        """Ids that differ in case, accents or blanks are different ids."""
        trial.store(*map(things.person, things.SIMILAR))
        found = trial.look(lambda uow: [uow.get(Person, id) for id in things.SIMILAR])
        trial.expect([*map(things.person, things.SIMILAR)], found, "what is found under similar ids")


_FACTS: dict[str, Fact] = {
    "an entry": things.entry(1),
    "a step": things.step(1, "invoice"),
    "what is owed": things.receivable(1, "invoice"),
}


def _facts(uow: UnitOfWork) -> list[Any]:
    streams = (ENTRIES_OF_CLIENT, ACME), (HISTORY_OF_INVOICE, "invoice"), (RECEIVABLES, ALL), (AUDIT, ALL)
    return [fact for stream in streams for fact in uow.find(*stream)]


class Streams(Room):
    """Facts that are appended once."""

    def test_a_stream_is_in_the_order_of_its_sequence(self, trial: Trial) -> None:
        """Entries and steps come in the order of their sequence, the tenth after the ninth, each stream on its own."""
        trial.store(things.draft("invoice"), things.draft("other"))
        for sequence in range(1, 13):
            facts = (things.entry(sequence), things.step(sequence, "invoice"), things.entry(sequence, GLOBEX))
            trial.store(*facts, things.step(sequence, "other"))
        for client in (ACME, GLOBEX):
            entries = [things.entry(count, client) for count in range(1, 13)]
            trial.sees(entries, finding(ENTRIES_OF_CLIENT, client), f"the entries of {client}")
        history = [things.step(count, "invoice") for count in range(1, 13)]
        trial.sees(history, finding(HISTORY_OF_INVOICE, "invoice"), "an invoice's history")
        last = finding(HISTORY_OF_INVOICE, "invoice", limit=1, descending=True)
        trial.sees(history[-1:], last, "the latest step")

    def test_the_audit_is_in_the_order_of_commits(self, trial: Trial) -> None:
        """A record that is committed after others were read comes after them, whatever its id; positions count from
        1."""
        with trial.begin() as slow:
            slow.append(things.record("1"))
            trial.store(things.record("3"))
            trial.store(things.record("2"))
            before = trial.look(finding(AUDIT))
            trial.expect(["3", "2"], things.ids(before), "the audit")
            slow.commit()
        for index, key in ((AUDIT, ALL), (AUDIT_OF_ACTION, things.record("1").action)):
            after = trial.look(finding(index, key, after=AUDIT.place(before[-1])))
            trial.expect(["1"], things.ids(after), f"what follows in {index.name}")
        positions = [it.position for it in trial.look(finding(AUDIT))]
        trial.expect([1, 2, 3], positions, "the positions")

    def test_a_unit_sees_what_it_appended(self, trial: Trial) -> None:
        """What was appended a moment ago is listed behind what was there."""
        trial.store(things.entry(1))
        with trial.begin() as uow:
            uow.append(things.entry(2, booked_at=NOON + timedelta(microseconds=1)))
            seen = uow.find(ENTRIES_OF_CLIENT, ACME)
            latest = uow.find(ENTRIES_OF_CLIENT, ACME, limit=1, descending=True)
        trial.expect([1, 2], [fact.sequence for fact in seen], "the sequences that the unit sees")
        trial.expect([2], [fact.sequence for fact in latest], "the latest that the unit sees")

    @pytest.mark.parametrize("kind", _FACTS)
    def test_a_sequence_is_used_once(self, trial: Trial, kind: str) -> None:
        """Of two units that append the same sequence to a stream, one commits; a later one that does is refused."""
        fact = _FACTS[kind]
        trial.store(things.draft("invoice"))
        trial.winner(writing(fact), writing(fact))
        with trial.refuses("a sequence that is used already"):
            trial.attempt(writing(fact))
        trial.sees([fact], _facts, "the streams afterwards")

    @pytest.mark.parametrize("kind", _FACTS)
    def test_a_unit_uses_a_sequence_once(self, trial: Trial, kind: str) -> None:
        """A unit that appends two facts of one sequence is refused."""
        trial.store(things.draft("invoice"))
        with trial.refuses("two facts of one sequence in one unit"):
            trial.attempt(*[writing(_FACTS[kind])] * 2)
        trial.sees([], _facts, "the streams afterwards")

    def test_what_was_appended_stays(self, trial: Trial) -> None:
        """An earlier stream is the beginning of every later one, whatever is refused or left in between."""
        facts = (things.entry(1), things.step(1, "invoice"), things.receivable(1, "invoice"), things.record("1"))
        trial.store(things.draft("invoice"), *facts)
        before = trial.look(_facts)
        trial.look(lambda uow: uow.append(things.entry(2)))
        with trial.refuses("a sequence that is used already"):
            trial.attempt(writing(things.record("2")), writing(things.entry(1)))
        trial.change(things.client(ACME, "Acme & Daughters"))
        trial.sees(before, _facts, "the streams afterwards")

    def test_many_write_one_stream(self, trial: Trial) -> None:
        """Threads that append to one stream, each going on from what it last saw, leave it without a gap."""

        def append_the_next(uow: UnitOfWork) -> None:
            last = uow.find(ENTRIES_OF_CLIENT, ACME, limit=1, descending=True)
            uow.append(things.entry(last[0].sequence + 1 if last else 1))

        together(4, lambda _: [trial.insist(append_the_next) for _ in range(5)])
        seen = [fact.sequence for fact in trial.look(_facts)]
        trial.expect(list(range(1, 21)), seen, "the sequences of the stream")
