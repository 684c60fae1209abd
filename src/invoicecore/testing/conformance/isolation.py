"""Checks of isolation: no firm sees or changes what is another's, and nothing is shared with a caller."""

from collections.abc import MutableMapping, MutableSequence
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import evolve

from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.model.events import Change
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.store import AUDIT, ENTRIES_OF_CLIENT, PEOPLE, SESSIONS, FirmsQuery, FirmTask, UniqueKind
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.commits import AFTER, BEFORE, everything, expect_state, prepare, state
from invoicecore.testing.conformance.examples import LETTERHEAD
from invoicecore.testing.conformance.things import ACME, LEE, NOON
from invoicecore.testing.conformance.trial import Room, Trial, changing, new_id, steps, writing
from invoicecore.values.ids import FirmId
from invoicecore.vocabulary import Status


class Firms(Room):
    """Several firms in one storage."""

    def test_a_firm_comes_into_being_by_its_commit(self, trial: Trial) -> None:
        """A firm is among the firms once a unit that put its Firm entity is committed, and not before."""
        new = trial.of_firm(new_id())
        firm, seen = things.firm(new.firm_id), []

        def note(_: object = None) -> None:
            seen.append(new.firm_id in trial.storage.firms())

        note()
        new.sees(None, lambda uow: uow.get(Firm, new.firm_id), "a firm that nobody made")
        note()
        new.look(steps(writing(firm), note))
        note()
        new.store(firm, things.person(LEE))
        note()
        expected = [False, False, False, False, True]
        looked_at = "whether it is there: at first, after a look, while it is made, after it was left, after its commit"
        trial.expect(expected, seen, looked_at)
        firms = list(trial.storage.firms())
        trial.expect([1, 1], [firms.count(it.firm_id) for it in (new, trial)], "how often each firm is listed")

    def test_firms_come_part_by_part(self, trial: Trial) -> None:
        """Firms are listed in the order of their ids, so many of those after an id."""
        ids = sorted(it.firm_id for it in (trial, trial.elsewhere(), trial.elsewhere()))
        for after in (None, *ids):
            whole = list(trial.storage.firms(FirmsQuery(after=after)))
            trial.expect(sorted(whole), whole, f"the firms after {after}, beside their order")
            trial.expect([it for it in ids if after is None or it > after], [it for it in whole if it in ids], "them")
            parts: list[FirmId] = []
            last = after
            while part := trial.storage.firms(FirmsQuery(after=last, limit=2)):
                parts += part
                last = part[-1]
            trial.expect(whole, parts, "the same, two at a time")

    def test_firms_with_a_task_are_known(self, trial: Trial) -> None:
        """Which firms have refills that are due, or invoices to mark as overdue, is answered for all firms at once."""
        other = trial.elsewhere()

        def seen(task: FirmTask, now: datetime = NOON) -> list[bool]:
            firms = trial.storage.firms(FirmsQuery(task=task, now=now))
            return [it.firm_id in firms for it in (trial, other)]

        refill = Refill(threshold=things.usd(10), rate=things.hourly("50"), hours=Decimal(1))
        terms, day = Terms(allowed_balance=None, refill=refill), NOON.date() + timedelta(days=1)
        full = evolve(things.account(ACME), terms=terms, position=Position("USD", balance_minor=1001))
        asked = evolve(things.draft("a"), number="1", issued_on=day, due_on=day, parties=LETTERHEAD, total_minor=5)
        trial.change(full)
        trial.store(evolve(asked, status=Status.DUE))
        for name, task in (("refills due", FirmTask.REFILLS), ("invoices overdue", FirmTask.OVERDUE)):
            trial.expect([False, False], seen(task), f"whether two firms without {name} have any")
        trial.expect([False, False], seen(FirmTask.OVERDUE, NOON + timedelta(hours=21)), "while nowhere it is later")
        trial.expect([True, False], seen(FirmTask.OVERDUE, NOON + timedelta(hours=22)), "where the next day begins")
        trial.change(evolve(asked, status=Status.OVERDUE))
        trial.expect([False, False], seen(FirmTask.OVERDUE, NOON + timedelta(days=1)), "when it is marked")
        trial.change(evolve(asked, status=Status.DUE, paid_minor=5))
        trial.expect([False, False], seen(FirmTask.OVERDUE, NOON + timedelta(days=1)), "when nothing is left to pay")
        trial.change(evolve(full, position=Position("USD", balance_minor=1000)))
        trial.expect([True, False], seen(FirmTask.REFILLS), "whether refills are due at the threshold")
        trial.change(evolve(full, position=Position("USD", balance_minor=1000), outstanding_minor=1))
        trial.expect([False, False], seen(FirmTask.REFILLS), "when it was asked for")

    def test_firms_do_not_see_each_other(self, trial: Trial) -> None:
        """What one firm does changes nothing that another one sees, under the very same ids and keys."""
        other = trial.elsewhere()
        for each in (trial, other):
            each.do(prepare)
        trial.do(everything)
        for firm, expected, whose in ((trial, AFTER, "its own"), (other, BEFORE, "the other firm's")):
            expect_state(firm, expected, whose)

    def test_firms_do_not_get_in_each_others_way(self, trial: Trial) -> None:
        """The same ids, versions, sequences, reservations, counters and keys can be used in every firm."""
        lee, change = things.person(LEE, "Changed"), Change("Person", LEE, 1, 2)
        for firm in (trial, trial.elsewhere()):
            firm.do(prepare)
            firm.do(everything)
            firm.sees(AFTER, state, "the state of one firm, after the same was done in another")
            firm.expect(change, firm.do(changing(lee)), "the version of Lee, who was not changed in this firm before")

    def test_similar_firms_are_apart(self, trial: Trial) -> None:
        """Firms whose ids run into each other, or into the ids of things, are different firms."""
        base = new_id()
        firms = [base, f"{base}/a", f"{base}:a", f"{base}a", f"{base}%", base[:-1], base.upper() + "É", f"{base} "]
        given = ["b", "ab", "/ab", ":ab", " b"]
        people = {it: [things.person(id, f"{id} of {it}") for id in given] for it in firms}
        for firm in map(trial.of_firm, firms):
            firm.store(things.firm(firm.firm_id), things.person(LEE), *people[firm.firm_id])
            firm.do(lambda uow: uow.reserve(UniqueKind.NUMBER, given, firm.firm_id))  # noqa: B023

        def look(uow: UnitOfWork) -> list[object]:
            return [[uow.get(Person, id) for id in given], dict(uow.owners(UniqueKind.NUMBER, given))]

        for firm in map(trial.of_firm, firms):
            expected = [people[firm.firm_id], dict.fromkeys(given, firm.firm_id)]
            firm.sees(expected, look, f"the people and reservations of the firm {firm.firm_id!r}")


_SOON = NOON + timedelta(minutes=5)


def _empty(given: object) -> None:
    """Remove everything from a list or mapping."""
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
        trial.sees(first, look, "lists in a later unit")

    def test_owners_are_private(self, trial: Trial) -> None:
        """What a caller does to the owners that storage gave changes no reservation."""
        trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1", "2"], "one"))
        trial.settles(
            {"1": "one", "2": "one"}, lambda uow: _empty(uow.owners(UniqueKind.NUMBER, ["1", "2"])), _owners, "owners"
        )

    def test_leased_messages_are_private(self, trial: Trial) -> None:
        """What a caller does to a list of messages changes none of them."""
        trial.store(*map(things.message, "ab"))
        trial.do(lambda uow: things.lease(uow, NOON, _SOON))
        trial.look(lambda uow: _empty(uow.waiting(_SOON, 10)))
        trial.sees("", lambda uow: things.lease(uow, NOON, _SOON), "the next lease")
        trial.sees("ab", lambda uow: things.lease(uow, _SOON, _SOON), "the lease after that")

    def test_firms_are_private(self, trial: Trial) -> None:
        """What a caller does to the firms that storage gave removes none of them."""
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
        trial.sees({}, lambda uow: dict(uow.owners(UniqueKind.NUMBER, {"0", "2"})), "the owners of a set")
