"""Checks of units of work: each is all or nothing, others see it only after its commit, and it raises only the four
storage errors.
"""

import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageUnavailable, UniqueViolation
from invoicecore.model.client import Client
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.model.work_session import Timer
from invoicecore.ports.store import (
    AUDIT,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    PEOPLE,
    RECEIVABLES_OF_CLIENT,
    IdempotencyRecord,
    Storage,
    UniqueKind,
)
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.things import ACME, KIM, LEE, NOON
from invoicecore.testing.conformance.trial import (
    Action,
    PromiseBroken,
    Room,
    Trial,
    changing,
    finding,
    new_id,
    nothing,
    promise_of,
    removing,
    steps,
    together,
    writing,
)
from invoicecore.values.ids import FirmId

_ACME = things.client(ACME, "Acme")
_RENAMED = evolve(_ACME, name="Acme & Daughters")
_PEOPLE = [things.person(KIM, "Kim"), things.person(LEE, "Lee")]
_NEW = things.person("new")
_GLOBEX = things.client("globex", "Globex")
_SAVED = IdempotencyRecord("key", "digest", (_NEW, _ACME))
_SOON = NOON + timedelta(minutes=5)

_STATE: Mapping[str, tuple[Action, object, object]] = {
    "a changed entity": (lambda uow: uow.get(Client, ACME), _ACME, _RENAMED),
    "a new entity": (lambda uow: uow.get(Person, "new"), None, _NEW),
    "a removed entity": (lambda uow: uow.get(Timer, "timer"), things.timer("timer"), None),
    "a list with a changed entity": (finding(CLIENTS), [_ACME, _GLOBEX], [_RENAMED, _GLOBEX]),
    "a list with a new entity": (finding(PEOPLE), _PEOPLE, [*_PEOPLE, _NEW]),
    "a ledger": (finding(ENTRIES_OF_CLIENT, ACME), [], [things.entry(1)]),
    "an invoice's history": (finding(HISTORY_OF_INVOICE, "invoice"), [], [things.step(1, "invoice")]),
    "what is owed": (finding(RECEIVABLES_OF_CLIENT, ACME), [], [things.receivable(1, "invoice")]),
    "the audit": (finding(AUDIT), [], [things.record("1")]),
    "reservations": (lambda uow: dict(uow.owners(UniqueKind.NUMBER, "12")), {"1": "invoice"}, {"2": "invoice"}),
    "a counter": (lambda uow: uow.peek("counter"), 1, 2),
    "an idempotency key": (lambda uow: uow.find_idempotency_record("key"), None, _SAVED),
}
"""How each part of the state is seen, and what is seen before `everything` is committed and afterwards."""

BEFORE = {what: before for what, (_, before, _) in _STATE.items()}
AFTER = {what: after for what, (_, _, after) in _STATE.items()}

OUTBOX_BEFORE, OUTBOX_AFTER = ["1"], ["2"]


def prepare(uow: UnitOfWork) -> None:
    """What `everything` finds."""
    uow.put(things.draft("invoice"))
    uow.put(things.timer("timer"))
    uow.reserve(UniqueKind.NUMBER, ["1"], "invoice")
    uow.send(things.message("1"))


def everything(uow: UnitOfWork) -> None:
    """Do everything that a unit of work can."""
    steps(changing(_RENAMED), writing(_NEW), removing(Timer, "timer"))(uow)
    uow.append(things.entry(1))
    uow.append(things.step(1, "invoice"))
    uow.append(things.receivable(1, "invoice"))
    uow.append(things.record("1"))
    uow.reserve(UniqueKind.NUMBER, ["2"], "invoice")
    uow.release(UniqueKind.NUMBER, ["1"])
    uow.next_value("counter")
    uow.save_idempotency_record(_SAVED)
    uow.send(things.message("2", _SOON))
    uow.acknowledge("1")


def state(uow: UnitOfWork) -> dict[str, object]:
    """What a unit sees of everything but the outbox."""
    return {what: look(uow) for what, (look, _, _) in _STATE.items()}


def outbox(uow: UnitOfWork) -> list[object]:
    """The messages that wait."""
    return [it.message.id for it in uow.waiting(_SOON, 10)]


def expect_state(trial: Trial, expected: Mapping[str, object], when: str) -> None:
    """PromiseBroken unless the state and the outbox are those, which are BEFORE or AFTER."""
    trial.sees(expected, state, f"the state, {when}")
    messages = OUTBOX_AFTER if expected is AFTER else OUTBOX_BEFORE
    trial.sees([*messages], outbox, f"the outbox, {when}")


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

    def test_a_commit_makes_all_of_it_stand(self, trial: Trial) -> None:
        """What a unit of work did stands once it is committed: entities, facts, reservations, counters, keys,
        messages."""
        trial.do(prepare)
        trial.do(everything)
        expect_state(trial, AFTER, "after the commit")

    def test_leaving_without_commit_leaves_nothing(self, trial: Trial) -> None:
        """A unit of work that is left without commit leaves nothing."""
        trial.do(prepare)
        trial.look(everything)
        expect_state(trial, BEFORE, "after a unit that was left without commit")

    @pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit])
    def test_an_error_leaves_nothing(self, trial: Trial, error: type[BaseException]) -> None:
        """An error or an interrupt in a unit of work leaves nothing, and comes out as it is."""
        trial.do(prepare)
        seen: object = None
        try:
            with trial.unhindered(), trial.begin() as uow:
                everything(uow)
                raise error
        except BaseException as came:
            seen = type(came)
        trial.expect(error, seen, "what comes out of the unit")
        expect_state(trial, BEFORE, f"after a {error.__name__}")

    @pytest.mark.parametrize("conflict", CONFLICTING)
    def test_a_refused_commit_leaves_nothing(self, trial: Trial, conflict: str) -> None:
        """When a commit is refused because another unit was quicker, nothing of it stands."""
        trial.do(prepare)
        action = CONFLICTING[conflict]
        expected = (AFTER, BEFORE)[trial.overtaken(steps(action, everything), action)]
        seen = trial.look(state)
        for what in expected.keys() - {"a list with a new entity"}:  # in which is what the other unit made
            trial.expect(expected[what], seen[what], f"{what}, after a unit that was overtaken in {conflict}")
        sent = OUTBOX_AFTER[0] in trial.look(outbox)
        trial.expect(expected is AFTER, sent, "whether the message waits that the overtaken unit sent")

    def test_a_refused_reservation_leaves_nothing(self, trial: Trial) -> None:
        """A unit that asked for what another one owns leaves nothing."""
        trial.do(prepare)
        trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, ["taken"], "another"))
        with trial.refuses("the reservation of what is owned", UniqueViolation):
            trial.attempt(everything, lambda uow: uow.reserve(UniqueKind.NUMBER, ["taken"], "invoice"))
        expect_state(trial, BEFORE, "after a reservation that was refused")

    def test_others_see_nothing_before_the_commit(self, trial: Trial) -> None:
        """What a unit of work does is seen by nobody else before it is committed."""
        trial.do(prepare)
        with trial.begin() as uow:
            everything(uow)
            seen = trial.look(state)
            waiting = trial.look(outbox)
            uow.commit()
        trial.expect(BEFORE, seen, "the state, while another unit is about to change it")
        trial.expect([*OUTBOX_BEFORE], waiting, "the outbox, while another unit is about to change it")
        expect_state(trial, AFTER, "after the commit")

    def test_a_unit_reads_its_own_writes(self, trial: Trial) -> None:
        """A unit of work sees what it did itself, also before the commit."""
        trial.do(prepare)
        with trial.begin() as uow:
            everything(uow)
            seen = state(uow)
        trial.expect(AFTER, seen, "the state, in the unit that wrote it")

    def test_a_unit_that_only_looks_may_commit(self, trial: Trial) -> None:
        """Committing a unit of work that changed nothing does no harm."""
        trial.do(lambda uow: uow.waiting(NOON, 10))
        trial.do(prepare)
        trial.do(nothing)
        trial.do(state)
        expect_state(trial, BEFORE, "after units that only looked")


FOUR = (ConcurrencyConflict, UniqueViolation, StorageUnavailable, CommitUnknown)


def _scuffle(chance: random.Random, uow: UnitOfWork) -> None:
    """Write something that the other threads write too."""
    match chance.randrange(6):
        case 0:
            uow.get(Person, LEE)
            uow.put(things.person(LEE, f"Lee {chance.random()}"))
        case 1:
            uow.put(things.person(f"new {chance.randrange(5)}"))
        case 2:
            uow.append(things.entry(chance.randint(1, 5)))
        case 3:
            uow.reserve(UniqueKind.EMAIL, [str(chance.randrange(3))], str(chance.random()))
        case 4:
            uow.save_idempotency_record(IdempotencyRecord(str(chance.randrange(5)), "digest", None))
        case _:
            uow.next_value("a")


class Refusals(Room):
    """Errors."""

    def test_only_storage_errors_come_out(self, trial: Trial) -> None:
        """Whatever happens when many write at once, only the four storage errors come out."""

        def scuffle(thread: int) -> None:
            action = partial(_scuffle, random.Random(thread))
            for _ in range(12):
                try:
                    trial.attempt(action, action, action)
                except FOUR:
                    continue
                except Exception as error:
                    raise PromiseBroken(trial.promise, "what came out of a unit of work", repr(error)) from error

        together(6, scuffle)

    def test_a_refusal_leaves_storage_usable(self, trial: Trial) -> None:
        """After refusals, the next unit of work goes on as if nothing had been."""
        for _ in range(30):
            with trial.refuses("the put of an entity that was there and not got", ConcurrencyConflict):
                trial.attempt(writing(things.person(LEE)))
            trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1"], "one"))
            with trial.refuses("the reservation of what another owns", UniqueViolation):
                trial.attempt(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1"], "two"))
        trial.store(things.person("new"))
        trial.sees(things.person("new"), lambda uow: uow.get(Person, "new"), "what came next")

    def test_many_units_can_be_left(self, trial: Trial) -> None:
        """Units of work that are left, with and without an error, use nothing up."""
        for count in range(200):
            with suppress(ZeroDivisionError), trial.begin() as uow:
                uow.find(PEOPLE)
                uow.put(things.person("left"))
                if count % 2:
                    raise ZeroDivisionError
        trial.store(things.person("new"))
        people = [KIM, LEE, "new"]
        trial.sees(people, lambda uow: things.ids(uow.find(PEOPLE)), "the people, after 200 units that were left")


class OutageContract:
    """The promise of a store that may be unavailable. The host's class gives the fixture `unreachable`: a storage
    that is not there, such as a server that does not answer."""

    def test_out_of_reach_is_said(self, unreachable: Storage) -> None:
        """A storage that is not available raises StorageUnavailable, and nothing else."""
        trial = Trial(unreachable, promise_of(self.test_out_of_reach_is_said), FirmId("firm"))
        with trial.refuses("listing the firms", StorageUnavailable):
            unreachable.firms()
        for what, action in (
            ("looking", lambda uow: uow.get(Firm, trial.firm_id)),
            ("writing", writing(things.firm(trial.firm_id))),
        ):
            with trial.refuses(what, StorageUnavailable):
                trial.attempt(action)
