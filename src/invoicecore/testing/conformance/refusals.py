"""Checks of errors: a store raises only the four storage errors, and works afterwards."""

import random
from functools import partial

from invoicecore.errors import CommitUnknown, ConcurrencyConflict, StorageUnavailable, UniqueViolation
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.ports.store import PEOPLE, IdempotencyRecord, Storage, UniqueKind
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.promise import PromiseBroken, refusal
from invoicecore.testing.conformance.things import LEE
from invoicecore.testing.conformance.trial import Action, Room, Trial, together, writing
from invoicecore.values.ids import FirmId

FOUR = (ConcurrencyConflict, UniqueViolation, StorageUnavailable, CommitUnknown)


def _scuffle(chance: random.Random, uow: UnitOfWork) -> None:
    """Want what everybody wants."""
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

        def scuffle(thread: int) -> list[Exception]:
            chance = random.Random(thread)
            came: list[Exception] = []
            for _ in range(12):
                try:
                    trial.attempt(*[partial(_scuffle, chance)] * 3)
                except Exception as error:
                    came.append(error)
            return came

        for errors in together(6, scuffle):
            for error in errors:
                if not isinstance(error, FOUR):
                    raise PromiseBroken(trial.promise, "what came out of a unit of work", repr(error)) from error

    def test_a_refusal_leaves_storage_usable(self, trial: Trial) -> None:
        """After refusals, the next unit of work goes on as if nothing had been."""
        for _ in range(30):
            with trial.refuses("the put of an entity that was there and not got", ConcurrencyConflict):
                trial.attempt(writing(things.person(LEE)))
            trial.do(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1"], "one"))
            with trial.refuses("the reservation of what another owns", UniqueViolation):
                trial.attempt(lambda uow: uow.reserve(UniqueKind.NUMBER, ["1"], "two"))
        trial.store(things.person("new"))
        trial.expect(
            True, trial.look(lambda uow: uow.get(Person, "new")) is not None, "whether what came next is there"
        )

    def test_many_units_can_be_left(self, trial: Trial) -> None:
        """Units of work that are left, with and without an error, use nothing up."""
        for count in range(200):
            try:
                with trial.begin() as uow:
                    uow.find(PEOPLE)
                    uow.put(things.person("left"))
                    if count % 2:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue
        trial.store(things.person("new"))
        seen = [it.id for it in trial.look(lambda uow: uow.find(PEOPLE))]
        trial.expect([things.KIM, LEE, "new"], seen, "the people, after 200 units that were left")


class OutageContract:
    """The promise of a store that can be out of reach. The host's class gives the fixture `unreachable`: a storage
    whose place is not there, such as a server that does not answer."""

    def test_out_of_reach_is_said(self, unreachable: Storage) -> None:
        """A storage that cannot be reached says so with StorageUnavailable, and with nothing else."""
        promise = " ".join((self.test_out_of_reach_is_said.__doc__ or "").split())
        for what, action in (
            ("telling the firms", unreachable.firms),
            ("looking", lambda: _use(unreachable, lambda uow: uow.get(Firm, "firm"))),
            ("writing", lambda: _use(unreachable, lambda uow: uow.put(things.firm(FirmId("firm"))))),
        ):
            with refusal(promise, what, StorageUnavailable):
                action()


def _use(storage: Storage, action: Action) -> None:
    with UnitOfWork(storage, FirmId("firm")) as uow:
        action(uow)
        uow.commit()
