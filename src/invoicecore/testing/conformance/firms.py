"""Checks of firms: none sees or changes the data of another."""

from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.store import Change, UniqueKind
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.commits import AFTER, BEFORE, everything, expect_state, prepare, state
from invoicecore.testing.conformance.things import LEE
from invoicecore.testing.conformance.trial import Room, Trial, new_id
from invoicecore.values.ids import FirmId


class Firms(Room):
    """Several firms in one storage."""

    def test_a_firm_comes_into_being_by_its_commit(self, trial: Trial) -> None:
        """A firm is among the firms once a unit that put its Firm entity is committed, and not before."""
        firm_id = FirmId(new_id())
        seen = [firm_id in trial.storage.firms()]
        with UnitOfWork(trial.storage, firm_id) as uow:
            trial.expect(None, uow.get(Firm, firm_id), "a firm that nobody made")
        seen.append(firm_id in trial.storage.firms())
        with UnitOfWork(trial.storage, firm_id) as uow:
            uow.put(things.firm(firm_id))
            seen.append(firm_id in trial.storage.firms())
        seen.append(firm_id in trial.storage.firms())
        with UnitOfWork(trial.storage, firm_id) as uow:
            uow.put(things.firm(firm_id))
            uow.put(things.person(LEE))
            uow.commit()
        seen.append(firm_id in trial.storage.firms())
        expected = [False, False, False, False, True]
        looked_at = "whether it is there: at first, after a look, while it is made, after it was left, after its commit"
        trial.expect(expected, seen, looked_at)
        firms = list(trial.storage.firms())
        trial.expect([1, 1], [firms.count(it) for it in (firm_id, trial.firm_id)], "how often it tells of each firm")

    def test_firms_do_not_see_each_other(self, trial: Trial) -> None:
        """What one firm does, changes nothing that another one sees, under the very same ids and keys."""
        other = trial.elsewhere()
        for each in (trial, other):
            each.do(prepare)
        trial.do(everything)
        for firm, expected, whose in ((trial, AFTER, "its own"), (other, BEFORE, "the other firm's")):
            expect_state(firm, expected, whose)

    def test_firms_do_not_get_in_each_others_way(self, trial: Trial) -> None:
        """The same ids, versions, sequences, reservations, counters and keys are to be had in every firm."""
        versions: list[Change] = []

        def change_lee(uow: UnitOfWork) -> None:
            uow.get(Person, LEE)
            versions.append(uow.put(things.person(LEE, "Changed")))

        for firm in (trial, trial.elsewhere()):
            firm.do(prepare)
            firm.do(everything)
            firm.expect(AFTER, firm.look(state), "the state of one firm, after the same was done in another")
            firm.do(change_lee)
        trial.expect([Change("Person", LEE, 1, 2)] * 2, versions, "the versions of Lee in two firms")

    def test_similar_firms_are_apart(self, trial: Trial) -> None:
        """Firms whose ids run into each other, or into the ids of things, are different firms."""
        base = new_id()
        ids = [base, f"{base}/a", f"{base}:a", f"{base}a", f"{base}%", base[:-1], base.upper() + "É", f"{base} "]
        given = ["b", "ab", "/ab", ":ab", " b"]
        for firm_id in ids:
            with trial.unhindered(), UnitOfWork(trial.storage, FirmId(firm_id)) as uow:
                uow.put(things.firm(FirmId(firm_id)))
                uow.put(things.person(LEE))
                for id in given:
                    uow.put(things.person(id, f"{id} of {firm_id}"))
                uow.reserve(UniqueKind.NUMBER, given, firm_id)
                uow.commit()

        def look(uow: UnitOfWork) -> list[object]:
            return [[uow.get(Person, id) for id in given], dict(uow.owners(UniqueKind.NUMBER, given))]

        for firm_id in ids:
            expected = [[things.person(id, f"{id} of {firm_id}") for id in given], dict.fromkeys(given, firm_id)]
            with UnitOfWork(trial.storage, FirmId(firm_id)) as uow:
                trial.expect(expected, look(uow), f"the people and reservations of the firm {firm_id!r}")
