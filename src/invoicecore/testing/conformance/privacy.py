"""Checks of privacy: a store shares no mutable value with its caller."""

from collections.abc import MutableMapping, MutableSequence
from datetime import timedelta

from invoicecore.ports.store import AUDIT, ENTRIES_OF_CLIENT, PEOPLE, SESSIONS, UniqueKind
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, NOON
from invoicecore.testing.conformance.trial import Room, Trial

_SOON = NOON + timedelta(minutes=5)


def _empty(given: object) -> None:
    """Take out whatever can be taken out."""
    if isinstance(given, MutableSequence | MutableMapping):
        given.clear()


def _owners(uow: UnitOfWork) -> dict[str, str]:
    return dict(uow.owners(UniqueKind.NUMBER, ["1", "2", "3"]))


class Privacy(Room):
    """Nothing is shared with a caller."""

    def test_a_list_is_private(self, trial: Trial) -> None:
        """What a caller does to a list that storage gave is not seen in any other list, in the same unit or a later
        one, with or without writes of the unit's own."""
        trial.store(things.entry(1), things.record("1"), things.session("1"))

        def look(uow: UnitOfWork) -> list[list[object]]:
            asked = (uow.find(PEOPLE), uow.find(ENTRIES_OF_CLIENT, ACME), uow.find(AUDIT), uow.find(SESSIONS))
            seen = [[*found] for found in asked]
            for found in asked:
                _empty(found)
            return seen

        first = trial.look(look)
        with trial.begin() as uow:
            seen = [look(uow), look(uow)]
            uow.put(things.person("new"))
            with_own = [look(uow)[0], look(uow)[0]]
        trial.expect([first, first], seen, "lists in one unit, after such lists were emptied")
        trial.expect(with_own[0], with_own[1], "a list with what the unit wrote, after it was emptied")
        trial.expect(first, trial.look(look), "lists in a later unit")

    def test_owners_are_private(self, trial: Trial) -> None:
        """What a caller does to the owners that storage told changes no reservation."""
        trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1", "2"], "one"))
        trial.settles(
            {"1": "one", "2": "one"}, lambda uow: _empty(uow.owners(UniqueKind.NUMBER, ["1", "2"])), _owners, "owners"
        )

    def test_leased_messages_are_private(self, trial: Trial) -> None:
        """What a caller does to the list of messages that were leased does not end the lease."""
        trial.store(*map(things.message, "ab"))
        trial.do(lambda uow: _empty(uow.lease(10, NOON, _SOON)))
        trial.expect([], trial.look(lambda uow: uow.lease(10, NOON, _SOON)), "the next lease")
        seen = trial.look(lambda uow: things.ids(uow.lease(10, _SOON, _SOON)))
        trial.expect(["a", "b"], sorted(seen), "the lease after that")

    def test_firms_are_private(self, trial: Trial) -> None:
        """What a caller does to the firms that storage told makes none of them go."""
        _empty(trial.storage.firms())
        trial.expect(True, trial.firm_id in trial.storage.firms(), "whether the firm is among the firms")

    def test_keys_that_were_given_are_private(self, trial: Trial) -> None:
        """What a caller later does to the keys that it reserved, released or asked for changes nothing."""

        def reserve(uow: UnitOfWork) -> None:
            given = ["1", "2"]
            uow.reserve(UniqueKind.NUMBER, given, "one")
            given[:] = ["3"]

        def release(uow: UnitOfWork) -> None:
            given = ["1"]
            uow.release(UniqueKind.NUMBER, given)
            given[0] = "2"

        trial.settles({"1": "one", "2": "one"}, reserve, _owners, "the owners of what was reserved")
        trial.settles({"2": "one"}, release, _owners, "the owners, after a release")

    def test_keys_may_come_once(self, trial: Trial) -> None:
        """Keys may be given as anything that can be gone through, if only once, such as a generator or a set."""
        trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, (str(key) for key in range(3)), "one"))
        trial.do(lambda uow: uow.release(UniqueKind.NUMBER, (key for key in ["1"])))
        seen = trial.look(lambda uow: dict(uow.owners(UniqueKind.NUMBER, (str(key) for key in range(3)))))
        trial.expect({"0": "one", "2": "one"}, seen, "the owners")
        trial.do(lambda uow: uow.release(UniqueKind.NUMBER, {"0", "2"}))
        trial.expect({}, trial.look(lambda uow: dict(uow.owners(UniqueKind.NUMBER, {"0", "2"}))), "the owners of a set")
