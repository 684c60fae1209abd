"""Checks of commits: a unit of work is all or nothing, and others see it only after its commit."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import pytest
from attrs import evolve

from invoicecore.errors import UniqueViolation
from invoicecore.model.client import Client
from invoicecore.model.person import Person
from invoicecore.model.work_session import Timer
from invoicecore.ports.store import (
    AUDIT,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    PEOPLE,
    IdempotencyRecord,
    UniqueKind,
)
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, KIM, NOON
from invoicecore.testing.conformance.trial import CONFLICTS, Action, Room, Trial, changing, new_id, nothing

_ACME = things.client(ACME, "Acme")
_RENAMED = evolve(_ACME, name="Acme & Daughters")
_PEOPLE = [person for person in things.BEGINNING if isinstance(person, Person)]
_PEOPLE.sort(key=lambda person: person.id)
_NEW = things.person("new")
_GLOBEX = things.client("globex", "Globex")
_KEPT = IdempotencyRecord("key", "digest", (_NEW, _ACME))
_SOON = NOON + timedelta(minutes=5)

BEFORE: Mapping[str, object] = {
    "a changed entity": _ACME,
    "a new entity": None,
    "a removed entity": things.timer("timer"),
    "a list with a changed entity": [_ACME, _GLOBEX],
    "a list with a new entity": _PEOPLE,
    "a ledger": [],
    "an invoice's history": [],
    "the audit": [],
    "reservations": {"1": "invoice"},
    "a counter": 1,
    "an idempotency key": None,
}
"""What is seen before `everything` is committed."""

AFTER: Mapping[str, object] = {
    "a changed entity": _RENAMED,
    "a new entity": _NEW,
    "a removed entity": None,
    "a list with a changed entity": [_RENAMED, _GLOBEX],
    "a list with a new entity": [*_PEOPLE, _NEW],
    "a ledger": [things.entry(1)],
    "an invoice's history": [things.step(1, "invoice")],
    "the audit": [things.record("1")],
    "reservations": {"2": "invoice"},
    "a counter": 2,
    "an idempotency key": _KEPT,
}
"""What is seen afterwards, and by the unit itself before."""

OUTBOX_BEFORE, OUTBOX_AFTER = [things.message("1")], [things.message("2", _SOON)]


def prepare(uow: UnitOfWork) -> None:
    """What `everything` finds."""
    uow.put(things.draft("invoice"))
    uow.put(things.timer("timer"))
    uow.reserve(UniqueKind.NUMBER, ["1"], "invoice")
    uow.send(things.message("1"))


def everything(uow: UnitOfWork) -> None:
    """Do everything that a unit of work can."""
    changing(_RENAMED)(uow)
    uow.put(_NEW)
    uow.get(Timer, "timer")
    uow.remove(Timer, "timer")
    uow.append(things.entry(1))
    uow.append(things.step(1, "invoice"))
    uow.append(things.record("1"))
    uow.reserve(UniqueKind.NUMBER, ["2"], "invoice")
    uow.release(UniqueKind.NUMBER, ["1"])
    uow.next_value("counter")
    uow.save_idempotency_record(_KEPT)
    uow.send(things.message("2", _SOON))
    uow.acknowledge("1")


def state(uow: UnitOfWork) -> dict[str, object]:
    """What a unit sees of everything but the outbox."""
    return {
        "a changed entity": uow.get(Client, ACME),
        "a new entity": uow.get(Person, "new"),
        "a removed entity": uow.get(Timer, "timer"),
        "a list with a changed entity": uow.find(CLIENTS),
        "a list with a new entity": uow.find(PEOPLE),
        "a ledger": uow.find(ENTRIES_OF_CLIENT, ACME),
        "an invoice's history": uow.find(HISTORY_OF_INVOICE, "invoice"),
        "the audit": uow.find(AUDIT),
        "reservations": dict(uow.owners(UniqueKind.NUMBER, ["1", "2"])),
        "a counter": uow.peek("counter"),
        "an idempotency key": uow.find_idempotency_record("key"),
    }


def outbox(uow: UnitOfWork) -> list[object]:
    """The messages that wait."""
    return list(uow.lease(10, _SOON, _SOON))


CONFLICTING: Mapping[str, Action] = {
    "an entity": changing(things.person(KIM, "Kim")),
    "an id": lambda uow: uow.put(things.person("same")),
    "a ledger": lambda uow: uow.append(things.entry(1, things.GLOBEX)),
    "a reservation": lambda uow: uow.reserve(UniqueKind.EMAIL, ["same"], new_id()),
    "a counter": lambda uow: uow.next_value("same"),
    "an idempotency key": lambda uow: uow.save_idempotency_record(IdempotencyRecord("same", "digest", None)),
}
"""What no two units that are open at once can both do."""


class Commits(Room):
    """All or nothing."""

    def _expect(self, trial: Trial, expected: Mapping[str, object], messages: list[object], when: str) -> None:
        seen = trial.look(state)
        for what, value in expected.items():
            trial.expect(value, seen[what], f"{what}, {when}")
        trial.expect(messages, trial.look(outbox), f"the outbox, {when}")

    def test_a_commit_makes_all_of_it_stand(self, trial: Trial) -> None:
        """What a unit of work did stands once it is committed: entities, facts, reservations, counters, keys,
        messages."""
        trial.do(prepare)
        trial.do(everything)
        self._expect(trial, AFTER, [*OUTBOX_AFTER], "after the commit")

    def test_leaving_without_commit_leaves_nothing(self, trial: Trial) -> None:
        """A unit of work that is left without commit leaves nothing."""
        trial.do(prepare)
        trial.look(everything)
        self._expect(trial, BEFORE, [*OUTBOX_BEFORE], "after a unit that was left without commit")

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
    def test_an_error_leaves_nothing(self, trial: Trial, error: type[BaseException]) -> None:
        """An error or an interrupt in a unit of work leaves nothing, and comes out as it is."""

        def fail(uow: UnitOfWork) -> None:
            everything(uow)
            raise error

        trial.do(prepare)
        seen: object = None
        try:
            trial.do(fail)
        except BaseException as came:
            seen = type(came)
        trial.expect(error, seen, "what comes out of the unit")
        self._expect(trial, BEFORE, [*OUTBOX_BEFORE], f"after a {error.__name__}")

    @pytest.mark.parametrize("conflict", CONFLICTING)
    def test_a_refused_commit_leaves_nothing(self, trial: Trial, conflict: str) -> None:
        """When a commit is refused because another unit was quicker, nothing of it stands."""

        def all_and_the_conflict(uow: UnitOfWork) -> None:
            CONFLICTING[conflict](uow)
            everything(uow)

        trial.do(prepare)
        expected = (AFTER, BEFORE)[trial.overtaken(all_and_the_conflict, CONFLICTING[conflict])]
        seen = trial.look(state)
        for what in expected.keys() - {"a list with a new entity"}:  # in which is what the other unit made
            trial.expect(expected[what], seen[what], f"{what}, after a unit that was overtaken in {conflict}")
        sent = OUTBOX_AFTER[0] in trial.look(outbox)
        trial.expect(expected is AFTER, sent, "whether the message waits that the overtaken unit sent")

    def test_a_refused_reservation_leaves_nothing(self, trial: Trial) -> None:
        """A unit that asked for what another one owns leaves nothing."""

        def reserve_too(uow: UnitOfWork) -> None:
            everything(uow)
            uow.reserve(UniqueKind.NUMBER, ["taken"], "invoice")

        trial.do(prepare)
        trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, ["taken"], "another"))
        with trial.refuses("the reservation of what is owned", UniqueViolation):
            trial.attempt(reserve_too)
        self._expect(trial, BEFORE, [*OUTBOX_BEFORE], "after a reservation that was refused")

    def test_others_see_nothing_before_the_commit(self, trial: Trial) -> None:
        """What a unit of work does is seen by nobody else before it is committed."""
        trial.do(prepare)
        with trial.begin() as uow:
            everything(uow)
            seen = trial.look(state)
            waiting: list[object] = [*OUTBOX_BEFORE]
            with suppress(*CONFLICTS), trial.begin() as other:  # a lease writes, and so it may have to wait
                waiting = outbox(other)
            uow.commit()
        for what, value in BEFORE.items():
            trial.expect(value, seen[what], f"{what}, while another unit is about to change it")
        trial.expect([*OUTBOX_BEFORE], waiting, "the outbox, while another unit is about to change it")
        self._expect(trial, AFTER, [*OUTBOX_AFTER], "after the commit")

    def test_a_unit_reads_its_own_writes(self, trial: Trial) -> None:
        """A unit of work sees what it did itself, also before the commit."""
        trial.do(prepare)
        with trial.begin() as uow:
            everything(uow)
            seen = state(uow)
        for what, value in AFTER.items():
            trial.expect(value, seen[what], f"{what}, in the unit that wrote it")

    def test_a_unit_that_only_looks_may_commit(self, trial: Trial) -> None:
        """Committing a unit of work that changed nothing does no harm."""
        trial.do(lambda uow: uow.lease(10, NOON, _SOON))
        trial.do(prepare)
        trial.do(nothing)
        trial.do(state)
        self._expect(trial, BEFORE, [*OUTBOX_BEFORE], "after units that only looked")
