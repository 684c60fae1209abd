"""Checks of archives: a storage returns all records of a firm, and restores them unchanged."""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import assert_never

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.desk.issuing import INVOICE_COUNTER
from invoicecore.errors import UniqueViolation
from invoicecore.integrity.stored import listed_items
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import StatusChange
from invoicecore.model.client import Client
from invoicecore.model.events import Message
from invoicecore.model.work_session import NewWorkSession
from invoicecore.ports.archive import PLACES, ArchiveItem, Archives, Counter, Reservation, kind_of
from invoicecore.ports.store import AuditRecord, Change, Entity, IdempotencyRecord, Storage, Versioned, id_of
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.plenty import NOW, plenty
from invoicecore.testing.conformance.promise import PromiseBroken
from invoicecore.testing.conformance.things import ACME, NOON
from invoicecore.testing.conformance.trial import CONFLICTS, Room, Trial, changing, new_id, together, writing
from invoicecore.testing.pictures import png
from invoicecore.values.ids import FirmId, IdSource
from invoicecore.values.money import Money


class _Broken(Exception):
    """What somebody else's iterable raises."""


class ArchiveContract(Room):
    """What a storage promises that brings `invoicecore.ports.archive.Archives`. The host's class gives the fixture
    `storage`."""

    def test_everything_is_given(self, trial: Trial) -> None:
        """All that units of work committed is given, each thing once, with its version, in the order of the port."""
        prefix = new_id()
        firm_id = _full(trial.storage, prefix)
        memory = MemoryStorage()
        trial.expect(firm_id, _full(memory, prefix), "the firm made in memory as well")
        everything = _all(memory, firm_id, trial)
        trial.expect(set(PLACES), set(map(kind_of, everything)), "the kinds of all that memory keeps")
        trial.expect(everything, _all(trial.storage, firm_id, trial), "everything, against memory's")

    def test_what_is_restored_is_the_same(self, trial: Trial) -> None:
        """What is restored is given again as it was, and units of work see the same."""
        memory, firm_id = _in_memory()
        kept = _all(memory, firm_id, trial)
        _restored(trial, firm_id, kept)
        trial.expect(kept, _all(trial.storage, firm_id, trial), "everything of a firm that was restored")
        with listed_items(memory, firm_id) as expected, listed_items(trial.storage, firm_id) as seen:
            trial.expect([*expected], [*seen], "what transactions read of a firm that was restored")

    def test_a_restored_firm_goes_on(self, trial: Trial) -> None:
        """In a restored firm versions, reservations, counters, sequences and idempotency keys go on from where they
        were."""
        memory, firm_id = _in_memory()
        kept = _all(memory, firm_id, trial)
        _restored(trial, firm_id, kept)
        there = Trial(trial.storage, trial.promise, firm_id)
        for it in kept:
            _goes_on(there, it)
        there.do(lambda uow: uow.advance_to(INVOICE_COUNTER, 10**6))
        there.expect(10**6, there.look(lambda uow: uow.next_value(INVOICE_COUNTER)), "a counter that went on")

    def test_leases_are_left_behind(self, trial: Trial) -> None:
        """A message that somebody is handing over is given, and waits again where it is restored."""
        trial.store(things.message("1"))
        trial.do(lambda uow: uow.lease(1, NOON, NOON.replace(year=9000)))
        elsewhere = MemoryStorage()
        elsewhere.restore(trial.firm_id, _all(trial.storage, trial.firm_id, trial))
        with UnitOfWork(elsewhere, trial.firm_id) as uow:
            trial.expect([things.message("1")], uow.lease(9, NOON, NOON), "what waits where it was restored")

    def test_a_firm_that_is_there_is_left_alone(self, trial: Trial) -> None:
        """Restoring a firm of which anything is kept is refused with UniqueViolation, and changes nothing."""
        there = _all(trial.storage, trial.firm_id, trial)
        with trial.refuses("a firm that is kept already", UniqueViolation):
            _archives(trial).restore(trial.firm_id, [*there, Counter("other", 7)])
        trial.expect(there, _all(trial.storage, trial.firm_id, trial), "everything of the firm")

    def test_an_error_leaves_nothing_restored(self, trial: Trial) -> None:
        """An error that comes out of what is restored comes out as it is, and leaves nothing of the firm."""
        memory, firm_id = _in_memory()
        kept = _all(memory, firm_id, trial)
        for number in (0, 1, len(kept) // 2, len(kept)):
            try:
                _archives(trial).restore(firm_id, _broken_after(number, kept))
            except _Broken:
                pass
            else:
                raise PromiseBroken(trial.promise, f"an error after {number} things", "it did not come out")
            trial.expect(False, firm_id in trial.storage.firms(), f"whether it is kept after {number} things")
            trial.expect([], _all(trial.storage, firm_id, trial), f"what is kept after {number} things")
        _restored(trial, firm_id, kept)
        trial.expect(kept, _all(trial.storage, firm_id, trial), "everything of a firm that was restored at last")

    def test_everything_is_of_one_moment(self, trial: Trial) -> None:
        """What others commit while everything is given is not in it."""
        trial.store(*(things.session(f"session {number}") for number in range(300)))
        before = _all(trial.storage, trial.firm_id, trial)
        with _archives(trial).everything(trial.firm_id) as everything:
            first = list(islice(everything, 1))
            trial.do(changing(things.client(ACME, "Changed")), writing(things.message("2")))
            trial.store(things.session("another"), things.record("1"))
            trial.expect(before, first + list(everything), "everything, of which the first was taken before")

    def test_everything_can_be_left(self, trial: Trial) -> None:
        """Who does not take all that is given leaves nothing behind that hinders others."""
        for _ in range(20):
            with _archives(trial).everything(trial.firm_id) as everything:
                next(everything)
        trial.change(things.client(ACME, "Changed"))
        trial.expect("Changed", trial.look(lambda uow: getattr(uow.get(Client, ACME), "name", "")), "a later change")

    def test_of_a_firm_that_is_not_there_nothing_is_given(self, trial: Trial) -> None:
        """Of a firm that was never committed there is nothing."""
        trial.expect([], _all(trial.storage, FirmId(new_id()), trial), "everything of a firm that is not there")

    def test_restoring_is_one_firms_business(self, trial: Trial) -> None:
        """A firm is given without what is another's, and restored beside it without changing it."""
        memory, firm_id = _in_memory()
        there = _all(trial.storage, trial.firm_id, trial)
        _restored(trial, firm_id, _all(memory, firm_id, trial))
        trial.expect(there, _all(trial.storage, trial.firm_id, trial), "everything of the other firm")

    def test_of_two_that_restore_one_does(self, trial: Trial) -> None:
        """Of two that restore the same firm at once, one does, and the other is refused."""
        memory, firm_id = _in_memory()
        kept = _all(memory, firm_id, trial)

        def restore(_: int) -> bool:
            try:
                _archives(trial).restore(firm_id, kept)
            except CONFLICTS:
                return False
            return True

        trial.expect([False, True], sorted(together(2, restore)), "which of two went through")
        trial.expect(kept, _all(trial.storage, firm_id, trial), "everything of the firm")


def _archives(trial: Trial) -> Archives:
    if not isinstance(trial.storage, Archives):
        raise PromiseBroken(trial.promise, "the methods of the storage", "it lacks those of ports.archive.Archives")
    return trial.storage


def _all(storage: Storage, firm_id: FirmId, trial: Trial) -> list[ArchiveItem]:
    """Everything that a storage gives."""
    there = Trial(storage, trial.promise, firm_id)
    with there.unhindered(), _archives(there).everything(firm_id) as everything:
        return list(everything)


def _restored(trial: Trial, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
    with trial.unhindered():
        _archives(trial).restore(firm_id, kept)


def _in_memory() -> tuple[MemoryStorage, FirmId]:
    """A firm in memory that has something of everything."""
    memory = MemoryStorage()
    return memory, _full(memory, new_id())


def _full(storage: Storage, prefix: str) -> FirmId:
    """A firm that has something of everything, always the same but for what its ids begin with."""
    ids = _beginning_with(prefix)
    firm = plenty(storage, "A firm is made at the desk.", ids)
    firm_id = firm.trial.firm_id
    maria = Billing.open(storage, firm_id, clock=SettableClock(NOW), ids=ids).as_owner()
    maria.firm.set_logo(png(3, 2))
    maria.accounts.adjust(firm.client, Money.of(5, "USD"), reason="Once", idempotency_key="key")
    row = NewWorkSession(project_id=firm.projects[0], person_id=firm.worker, start=NOW, hours=1, source="tracker:1")
    maria.work.import_many([row])
    return firm_id


def _beginning_with(prefix: str) -> IdSource:
    numbers = count(1)
    return lambda: f"{prefix}-{next(numbers):06}"


def _broken_after(number: int, kept: Iterable[ArchiveItem]) -> Iterator[ArchiveItem]:
    yield from islice(kept, number)
    raise _Broken


def _goes_on(there: Trial, kept: ArchiveItem) -> None:
    """Units of work meet it as it was."""
    match kept:
        case Versioned(entity, version):
            expected = (entity, Change(type(entity).__name__, id_of(entity), version, version + 1))
            there.expect(expected, there.look(lambda uow: _got_and_put(uow, entity)), "an entity, got and put")
        case Reservation(kind, key, owner):
            with there.refuses(f"another reservation of the {kind} {key!r}"):
                there.attempt(lambda uow: uow.reserve(kind, [key], f"not {owner}"))
        case Counter(name, value):
            there.expect(value, there.look(lambda uow: uow.next_value(name)), f"the counter {name}")
        case IdempotencyRecord(key):
            there.expect(kept, there.look(lambda uow: uow.find_idempotency_record(key)), f"the key {key!r}")
        case LedgerEntry() | StatusChange():
            with there.refuses("a sequence that was used"):
                there.attempt(lambda uow: uow.append(kept))
        case AuditRecord() | Message():
            pass  # looked at by the other checks, for they are not written again
        case _:
            assert_never(kept)


def _got_and_put(uow: UnitOfWork, entity: Entity) -> tuple[Entity | None, Change]:
    return uow.get(type(entity), id_of(entity)), uow.put(entity)
