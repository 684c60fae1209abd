"""Is what can be claimed once held by one?"""

from invoicecore.errors import UniqueViolation
from invoicecore.ports.store import UniqueKind
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.trial import CONFLICTS, Action, Room, Trial, together


def _claiming(holder: str, *keys: str, scope: UniqueKind = UniqueKind.NUMBER) -> Action:
    return lambda uow: uow.reserve(scope, keys, holder)


def _releasing(*keys: str) -> Action:
    return lambda uow: uow.release(UniqueKind.NUMBER, keys)


def _held(trial: Trial, *keys: str, scope: UniqueKind = UniqueKind.NUMBER) -> dict[str, str]:
    return trial.look(lambda uow: dict(uow.owners(scope, keys)))


class Claims(Room):
    """Uniqueness."""

    def test_a_key_is_held_by_who_claimed_it(self, trial: Trial) -> None:
        """Holders tells who holds which of the keys; those that are free are not in it."""
        trial.do(_claiming("one", "1", "2"))
        trial.do(_claiming("two", "3"))
        trial.expect({"1": "one", "3": "two"}, _held(trial, "1", "3", "4"), "the holders")
        trial.expect({}, _held(trial), "the holders of no keys")

    def test_what_another_holds_is_refused(self, trial: Trial) -> None:
        """A key that another holds cannot be claimed; whoever holds it may claim it again."""
        trial.do(_claiming("one", "1"))
        trial.do(_claiming("one", "1"))
        with trial.refuses("the claim of what another holds", UniqueViolation):
            trial.attempt(_claiming("two", "1"))
        with trial.refuses("two holders of one key in one unit", UniqueViolation):
            trial.attempt(_claiming("one", "2"), _claiming("two", "2"))
        trial.expect({"1": "one"}, _held(trial, "1", "2"), "the holders")

    def test_in_a_race_one_gets_it(self, trial: Trial) -> None:
        """Of two units that see a key free and claim it, one commits."""
        holders = ("one", "two")

        def look_and_claim(holder: str) -> Action:
            def action(uow: UnitOfWork) -> None:
                uow.owners(UniqueKind.TIMER, ["lee"])
                uow.reserve(UniqueKind.TIMER, ["lee"], holder)

            return action

        won = trial.winner(*map(look_and_claim, holders))
        trial.expect({"lee": holders[won]}, _held(trial, "lee", scope=UniqueKind.TIMER), "the holder")

    def test_many_race_for_one_claim(self, trial: Trial) -> None:
        """Of eight threads that claim one key, one gets it."""

        def claim(thread: int) -> bool:
            try:
                trial.attempt(_claiming(f"holder {thread}", "1"))
            except CONFLICTS:
                return False
            return True

        got = [thread for thread, won in enumerate(together(8, claim)) if won]
        trial.expect(1, len(got), "how many got it")
        trial.expect({"1": f"holder {got[0]}"}, _held(trial, "1"), "the holder")

    def test_one_of_many_taken_spoils_all(self, trial: Trial) -> None:
        """Of keys that are claimed together, all are had or none."""
        trial.store(*(things.session(id) for id in "abc"), things.draft("one"), things.draft("two"))
        trial.do(_claiming("one", "b", scope=UniqueKind.SESSION))
        with trial.refuses("a claim of three keys of which one is held", UniqueViolation):
            trial.attempt(_claiming("two", "a", "b", "c", scope=UniqueKind.SESSION))
        trial.expect({"b": "one"}, _held(trial, "a", "b", "c", scope=UniqueKind.SESSION), "the holders")

    def test_what_is_released_is_free(self, trial: Trial) -> None:
        """A released key is free: for the same unit at once, for others after the commit, and only then."""
        trial.do(_claiming("one", "1", "2", "3"))
        with trial.begin() as uow:
            uow.release(UniqueKind.NUMBER, ["1", "never held"])
            trial.expect({"2": "one"}, dict(uow.owners(UniqueKind.NUMBER, ["1", "2"])), "the holders, for that unit")
            with trial.refuses("the claim of a key whose release is not committed"):
                trial.attempt(_claiming("two", "1"))
            uow.reserve(UniqueKind.NUMBER, ["1"], "two")
            uow.commit()
        trial.expect({"1": "two", "2": "one"}, _held(trial, "1", "2"), "the holders, after the commit")
        trial.look(_releasing("2"))
        trial.expect({"2": "one"}, _held(trial, "2"), "the holders, after a release that was not committed")
        trial.do(_releasing("2"))
        trial.do(_claiming("two", "2"))
        trial.expect({"2": "two", "3": "one"}, _held(trial, "2", "3"), "the holders, after a release and a claim")

    def test_a_claim_that_changed_hands(self, trial: Trial) -> None:
        """Who releases a claim does not take it from somebody who claimed it meanwhile."""

        def change_hands(uow: UnitOfWork) -> None:
            uow.release(UniqueKind.NUMBER, ["1"])
            uow.reserve(UniqueKind.NUMBER, ["1"], "another")

        trial.do(_claiming("one", "1"))
        stands = trial.overtaken(_releasing("1"), change_hands, _claiming("mine", "1"))
        trial.expect({"1": ("mine", "another")[stands]}, _held(trial, "1"), "the holder")

    def test_scopes_are_apart(self, trial: Trial) -> None:
        """What is claimed in one scope is free in the others."""
        for scope in UniqueKind:
            trial.do(_claiming(f"of {scope}", "same", scope=scope))
        for scope in UniqueKind:
            trial.expect({"same": f"of {scope}"}, _held(trial, "same", scope=scope), f"the holder of a {scope}")

    def test_similar_keys_are_apart(self, trial: Trial) -> None:
        """Keys that differ in case, accents or blanks are different keys."""
        similar = ["key", "KEY", "kéy", "ke\u0301y", "k ey", "key%", "kex", "ß", "ss", "1", "01"]
        for key in similar:
            trial.do(_claiming(f"holder of {key}", key))
        trial.expect({key: f"holder of {key}" for key in similar}, _held(trial, *similar), "the holders")

    def test_many_keys_at_once(self, trial: Trial) -> None:
        """A thousand keys are claimed, looked up and released as one is."""
        keys = [f"key {count}" for count in range(1000)]
        trial.do(_claiming("one", *keys))
        trial.expect(dict.fromkeys(keys, "one"), _held(trial, *keys), "the holders")
        trial.do(_releasing(*keys))
        trial.expect({}, _held(trial, *keys), "the holders after the release")
