"""Checks of reservations: each key has one owner."""

from invoicecore.errors import UniqueViolation
from invoicecore.ports.store import UniqueKind
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.trial import CONFLICTS, Action, Room, Trial, together


def _reserving(owner: str, *keys: str, kind: UniqueKind = UniqueKind.NUMBER) -> Action:
    return lambda uow: uow.reserve(kind, keys, owner)


def _releasing(*keys: str) -> Action:
    return lambda uow: uow.release(UniqueKind.NUMBER, keys)


def _owners(trial: Trial, *keys: str, kind: UniqueKind = UniqueKind.NUMBER) -> dict[str, str]:
    return trial.look(lambda uow: dict(uow.owners(kind, keys)))


class Reservations(Room):
    """Uniqueness."""

    def test_a_key_belongs_to_who_reserved_it(self, trial: Trial) -> None:
        """`owners` tells who owns which of the keys; those that are free are not in it."""
        trial.do(_reserving("one", "1", "2"))
        trial.do(_reserving("two", "3"))
        trial.expect({"1": "one", "3": "two"}, _owners(trial, "1", "3", "4"), "the owners")
        trial.expect({}, _owners(trial), "the owners of no keys")

    def test_what_another_owns_is_refused(self, trial: Trial) -> None:
        """A key that another owns cannot be reserved; its owner may reserve it again."""
        trial.do(_reserving("one", "1"))
        trial.do(_reserving("one", "1"))
        with trial.refuses("the reservation of what another owns", UniqueViolation):
            trial.attempt(_reserving("two", "1"))
        with trial.refuses("two owners of one key in one unit", UniqueViolation):
            trial.attempt(_reserving("one", "2"), _reserving("two", "2"))
        trial.expect({"1": "one"}, _owners(trial, "1", "2"), "the owners")

    def test_in_a_race_one_gets_it(self, trial: Trial) -> None:
        """Of two units that see a key free and reserve it, one commits."""
        owners = ("one", "two")

        def look_and_reserve(owner: str) -> Action:
            def action(uow: UnitOfWork) -> None:
                uow.owners(UniqueKind.TIMER, ["lee"])
                uow.reserve(UniqueKind.TIMER, ["lee"], owner)

            return action

        won = trial.winner(*map(look_and_reserve, owners))
        trial.expect({"lee": owners[won]}, _owners(trial, "lee", kind=UniqueKind.TIMER), "the owner")

    def test_many_race_for_one_key(self, trial: Trial) -> None:
        """Of eight threads that reserve one key, one gets it."""

        def reserve(thread: int) -> bool:
            try:
                trial.attempt(_reserving(f"owner {thread}", "1"))
            except CONFLICTS:
                return False
            return True

        got = [thread for thread, won in enumerate(together(8, reserve)) if won]
        trial.expect(1, len(got), "how many got it")
        trial.expect({"1": f"owner {got[0]}"}, _owners(trial, "1"), "the owner")

    def test_one_of_many_taken_spoils_all(self, trial: Trial) -> None:
        """Of keys that are reserved together, all are had or none."""
        trial.store(*(things.session(id) for id in "abc"), things.draft("one"), things.draft("two"))
        trial.do(_reserving("one", "b", kind=UniqueKind.SESSION))
        with trial.refuses("a reservation of three keys of which one is owned", UniqueViolation):
            trial.attempt(_reserving("two", "a", "b", "c", kind=UniqueKind.SESSION))
        trial.expect({"b": "one"}, _owners(trial, "a", "b", "c", kind=UniqueKind.SESSION), "the owners")

    def test_what_is_released_is_free(self, trial: Trial) -> None:
        """A released key is free: for the same unit at once, for others after the commit, and only then."""
        trial.do(_reserving("one", "1", "2", "3"))
        with trial.begin() as uow:
            uow.release(UniqueKind.NUMBER, ["1", "never reserved"])
            trial.expect({"2": "one"}, dict(uow.owners(UniqueKind.NUMBER, ["1", "2"])), "the owners, for that unit")
            with trial.refuses("the reservation of a key whose release is not committed"):
                trial.attempt(_reserving("two", "1"))
            uow.reserve(UniqueKind.NUMBER, ["1"], "two")
            uow.commit()
        trial.expect({"1": "two", "2": "one"}, _owners(trial, "1", "2"), "the owners, after the commit")
        trial.look(_releasing("2"))
        trial.expect({"2": "one"}, _owners(trial, "2"), "the owners, after a release that was not committed")
        trial.do(_releasing("2"))
        trial.do(_reserving("two", "2"))
        trial.expect(
            {"2": "two", "3": "one"}, _owners(trial, "2", "3"), "the owners, after a release and a reservation"
        )

    def test_a_reservation_that_changed_hands(self, trial: Trial) -> None:
        """Who releases a reservation does not take it from somebody who reserved it meanwhile."""

        def change_hands(uow: UnitOfWork) -> None:
            uow.release(UniqueKind.NUMBER, ["1"])
            uow.reserve(UniqueKind.NUMBER, ["1"], "another")

        trial.do(_reserving("one", "1"))
        stands = trial.overtaken(_releasing("1"), change_hands, _reserving("mine", "1"))
        trial.expect({"1": ("mine", "another")[stands]}, _owners(trial, "1"), "the owner")

    def test_unique_kinds_are_apart(self, trial: Trial) -> None:
        """What is reserved in one kind is free in the others."""
        for kind in UniqueKind:
            trial.do(_reserving(f"of {kind}", "same", kind=kind))
        for kind in UniqueKind:
            trial.expect({"same": f"of {kind}"}, _owners(trial, "same", kind=kind), f"the owner of a {kind}")

    def test_similar_keys_are_apart(self, trial: Trial) -> None:
        """Keys that differ in case, accents or blanks are different keys."""
        for key in things.SIMILAR:
            trial.do(_reserving(f"owner of {key}", key))
        trial.expect({key: f"owner of {key}" for key in things.SIMILAR}, _owners(trial, *things.SIMILAR), "the owners")

    def test_many_keys_at_once(self, trial: Trial) -> None:
        """A thousand keys are reserved, looked up and released as one is."""
        keys = [f"key {count}" for count in range(1000)]
        trial.do(_reserving("one", *keys))
        trial.expect(dict.fromkeys(keys, "one"), _owners(trial, *keys), "the owners")
        trial.do(_releasing(*keys))
        trial.expect({}, _owners(trial, *keys), "the owners after the release")
