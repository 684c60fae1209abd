"""Checks of entities and versions: nobody overwrites a simultaneous change."""

import pytest
from attrs import evolve

from invoicecore.errors import ConcurrencyConflict
from invoicecore.model.client import Client
from invoicecore.model.person import Person
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import CLIENTS, PEOPLE, Change
from invoicecore.settlement.account import Account
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, KIM, LEE
from invoicecore.testing.conformance.trial import Action, Room, Trial, changing, removing

THEIRS, MINE = things.person(LEE, "Theirs"), things.person(LEE, "Mine")


def get_lee(uow: UnitOfWork) -> Person | None:
    """Lee, whom two units want to change."""
    return uow.get(Person, LEE)


def _get_timer(uow: UnitOfWork) -> Timer | None:
    return uow.get(Timer, "timer")


def _put(uow: UnitOfWork) -> None:
    uow.put(MINE)


SEEING: dict[str, Action] = {"got": get_lee, "listed": lambda uow: uow.find(PEOPLE)}
"""The two ways in which a unit sees an entity."""


class Entities(Room):
    """Versions."""

    def test_versions_count_from_one(self, trial: Trial) -> None:
        """A change says from which version to which an entity went; the first is 1, and 0 says that it is gone."""
        seen: list[Change] = []

        def put(uow: UnitOfWork) -> None:
            _get_timer(uow)
            seen.append(uow.put(things.timer("timer")))

        def remove(uow: UnitOfWork) -> None:
            _get_timer(uow)
            seen.append(uow.remove(Timer, "timer"))

        for action in (put, put, put, remove):
            trial.do(action)
        expected = [Change("Timer", "timer", *versions) for versions in ((0, 1), (1, 2), (2, 3), (3, 0))]
        trial.expect(expected, seen, "the changes of an entity that was made, put twice, and removed")

    def test_a_list_gives_versions_too(self, trial: Trial) -> None:
        """An entity that came from a list can be put, from the version that it then had."""
        trial.change(things.person(LEE, "Lee"))
        seen: list[object] = []
        trial.do(lambda uow: seen.extend(uow.put(evolve(each, name="New")) for each in uow.find(PEOPLE)))
        expected = [Change("Person", KIM, 1, 2), Change("Person", LEE, 2, 3)]
        trial.expect(expected, seen, "the changes of what was listed")
        expected_list = [things.person(KIM, "New"), things.person(LEE, "New")]
        trial.expect(expected_list, trial.look(lambda uow: uow.find(PEOPLE)), "the list afterwards")

    def test_putting_twice_in_one_unit_is_one_version(self, trial: Trial) -> None:
        """However often a unit puts an entity, the last value stands and the version rises by one."""

        def put_twice(uow: UnitOfWork) -> None:
            uow.put(things.person("new", "First"))
            uow.put(things.person("new", "Last"))

        trial.do(put_twice)
        with trial.begin() as uow:
            found = uow.get(Person, "new")
            trial.expect(things.person("new", "Last"), found, "what was put twice")
            trial.expect(Change("Person", "new", 1, 2), uow.put(things.person("new", "Renamed")), "its next change")

    def test_a_lost_update_is_refused(self, trial: Trial) -> None:
        """Of two units that read the same version and put the entity, one commits, and its value stands."""
        values = [things.person(LEE, "One"), things.person(LEE, "Two")]
        won = trial.winner(*map(changing, values))
        trial.expect(values[won], trial.look(get_lee), "the entity afterwards")

    def test_a_put_of_the_same_value_is_a_change(self, trial: Trial) -> None:
        """Putting an account as it was is a change like any other: of two units that do, one commits."""

        def touch(uow: UnitOfWork) -> Change:
            account = uow.get(Account, ACME)
            assert account is not None
            return uow.put(account)

        trial.winner(touch, touch)
        trial.overtaken(touch, touch)
        trial.expect(Change("Account", ACME, 3, 4), trial.look(touch), "the next change of an account put twice as is")

    @pytest.mark.parametrize("seen", SEEING)
    def test_what_was_seen_first_counts(self, trial: Trial, seen: str) -> None:
        """Who saw an entity and puts it later is refused if it was changed in between."""
        stands = trial.overtaken(SEEING[seen], changing(THEIRS), _put)
        trial.expect((MINE, THEIRS)[stands], trial.look(get_lee), "the entity afterwards")

    def test_what_was_changed_is_not_removed(self, trial: Trial) -> None:
        """Who saw an entity and removes it later is refused if it was changed in between."""
        trial.store(things.timer("timer"))
        theirs = evolve(things.timer("timer"), note="Theirs")
        stands = trial.overtaken(_get_timer, changing(theirs), lambda uow: uow.remove(Timer, "timer"))
        trial.expect((None, theirs)[stands], trial.look(_get_timer), "the entity afterwards")

    @pytest.mark.parametrize("again", SEEING)
    @pytest.mark.parametrize("first", SEEING)
    def test_looking_again_does_not_help(self, trial: Trial, first: str, again: str) -> None:
        """Who saw an entity, and sees it again after somebody else changed it, still may not write by the first
        look."""

        def look_again_and_put(uow: UnitOfWork) -> None:
            SEEING[again](uow)
            uow.put(MINE)

        stands = trial.overtaken(SEEING[first], changing(THEIRS), look_again_and_put)
        trial.expect((MINE, THEIRS)[stands], trial.look(get_lee), "the entity afterwards")

    def test_what_was_not_seen_must_not_exist(self, trial: Trial) -> None:
        """Putting an entity that the unit did not get makes it, and is refused if it is there."""
        with trial.refuses("the put of an entity that was there and not got", ConcurrencyConflict):
            trial.attempt(_put)
        trial.expect(things.person(LEE, "Lee"), trial.look(get_lee), "the entity afterwards")

    @pytest.mark.parametrize("looks", [True, False])
    def test_the_first_ever_row_is_made_once(self, trial: Trial, looks: bool) -> None:
        """Of two units that make the same entity, whether or not they looked before, one commits."""

        def make(name: str) -> Action:
            def write(uow: UnitOfWork) -> None:
                if looks:
                    uow.get(Account, "new")
                uow.put(things.account("new", outstanding_minor=len(name)))

            return write

        trial.store(things.client("new"))
        won = trial.winner(make("1"), make("22"))
        expected = things.account("new", outstanding_minor=won + 1)
        trial.expect(expected, trial.look(lambda uow: uow.get(Account, "new")), "the first row")

    @pytest.mark.parametrize(("first", "second"), [("remove", "put"), ("put", "remove"), ("remove", "remove")])
    def test_a_removal_is_a_change(self, trial: Trial, first: str, second: str) -> None:
        """Of two units that remove an entity, or of which one removes and the other puts it, one commits."""

        def write(action: str) -> Action:
            return changing(things.timer("timer")) if action == "put" else removing(Timer, "timer")

        trial.store(things.timer("timer"))
        actions = (first, second)
        won = trial.winner(*map(write, actions))
        expected = things.timer("timer") if actions[won] == "put" else None
        trial.expect(expected, trial.look(_get_timer), "the entity afterwards")

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
