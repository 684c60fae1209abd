"""Checks of archives: a storage returns all records of a firm, and restores them unchanged."""

from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import assert_never

from invoicecore.adapters.clock import SettableClock
from invoicecore.billing import Billing
from invoicecore.errors import UniqueViolation
from invoicecore.integrity.stored import listed_items
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import StatusChange
from invoicecore.lifecycle.numbering import INVOICE_COUNTER
from invoicecore.model.client import Client
from invoicecore.model.events import Change, Message
from invoicecore.model.work_session import NewWorkSession
from invoicecore.ports.archive import PLACES, ArchiveItem, Archives, Counter, Reservation, kind_of
from invoicecore.ports.store import AuditRecord, IdempotencyRecord, Storage, Versioned, id_of
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.storage.memory import MemoryStorage
from invoicecore.testing.conformance import things
from invoicecore.testing.conformance.plenty import NOW, plenty
from invoicecore.testing.conformance.things import ACME, NOON
from invoicecore.testing.conformance.trial import (
    PromiseBroken,
    Room,
    Trial,
    changing,
    new_id,
    together,
    went_through,
    writing,
)
from invoicecore.testing.pictures import png
from invoicecore.values.ids import FirmId, IdSource
from invoicecore.values.money import Money


class _Broken(Exception):
    """What an iterable raises."""


class ArchiveContract(Room):
    """What a storage promises that brings `invoicecore.ports.archive.Archives`. The host's class gives the fixture
    `storage`."""

    def test_everything_is_given(self, trial: Trial) -> None:
        """All that units of work committed is given, each thing once, with its version, in the order of the port."""
        prefix = new_id()
        full = trial.of_firm(_full(trial.storage, prefix))
        memory, items = _in_memory(trial, prefix)
        trial.expect(full.firm_id, memory.firm_id, "the firm made in memory as well")
        trial.expect(set(PLACES), set(map(kind_of, items)), "the kinds of all that memory stores")
        trial.expect(items, _all(full), "everything, against memory's")

    def test_what_is_restored_is_the_same(self, trial: Trial) -> None:
        """What is restored is given again as it was, and units of work see the same."""
        memory, items = _in_memory(trial)
        there = _restored(trial, memory, items)
        with (
            listed_items(memory.storage, memory.firm_id) as expected,
            listed_items(trial.storage, there.firm_id) as seen,
        ):
            trial.expect([*expected], [*seen], "what transactions read of a firm that was restored")

    def test_a_restored_firm_goes_on(self, trial: Trial) -> None:
        """In a restored firm versions, reservations, counters, sequences and idempotency keys go on from where they
        were."""
        memory, items = _in_memory(trial)
        there = _restored(trial, memory, items)
        for it in items:
            _goes_on(there, it)
        there.do(lambda uow: uow.advance_to(INVOICE_COUNTER, 10**6))
        there.sees(10**6, lambda uow: uow.next_value(INVOICE_COUNTER), "a counter that went on")

    def test_leases_are_left_behind(self, trial: Trial) -> None:
        """A message that is leased is given, and waits again where it is restored."""
        trial.store(things.message("1"))
        trial.do(lambda uow: things.lease(uow, NOON, NOON.replace(year=9000)))
        elsewhere = trial.through(MemoryStorage())
        _archives(elsewhere).restore(trial.firm_id, _all(trial))
        elsewhere.sees("1", lambda uow: things.lease(uow, NOON, NOON), "what waits where it was restored")

    def test_a_firm_that_is_there_is_left_alone(self, trial: Trial) -> None:
        """Restoring a firm of which anything is stored is refused with UniqueViolation, and changes nothing."""
        before = _all(trial)
        with trial.refuses("a firm that is stored already", UniqueViolation):
            _archives(trial).restore(trial.firm_id, [*before, Counter("other", 7)])
        trial.expect(before, _all(trial), "everything of the firm")

    def test_an_error_leaves_nothing_restored(self, trial: Trial) -> None:
        """An error that comes out of what is restored comes out as it is, and leaves nothing of the firm."""
        memory, items = _in_memory(trial)
        there = trial.of_firm(memory.firm_id)
        for number in (0, 1, len(items) // 2, len(items)):
            try:
                _archives(trial).restore(memory.firm_id, _broken_after(number, items))
            except _Broken:
                pass
            else:
                raise PromiseBroken(trial.promise, f"an error after {number} things", "it did not come out")
            trial.expect(False, there.firm_id in trial.storage.firms(), f"whether it is stored after {number} things")
            trial.expect([], _all(there), f"what is stored after {number} things")
        _restored(trial, memory, items)

    def test_everything_is_of_one_moment(self, trial: Trial) -> None:
        """What others commit while everything is given is not in it."""
        trial.store(*(things.session(f"session {number}") for number in range(300)))
        before = _all(trial)
        with _archives(trial).everything(trial.firm_id) as everything:
            first = list(islice(everything, 1))
            trial.do(changing(things.client(ACME, "Changed")), writing(things.message("2")))
            trial.store(things.session("another"), things.record("1"))
            trial.expect(before, first + list(everything), "everything, of which the first was taken before")

    def test_everything_can_be_left(self, trial: Trial) -> None:
        """A caller who does not take all that is given leaves nothing behind that hinders others."""
        for _ in range(20):
            with _archives(trial).everything(trial.firm_id) as everything:
                next(everything)
        trial.change(things.client(ACME, "Changed"))
        trial.sees(things.client(ACME, "Changed"), lambda uow: uow.get(Client, ACME), "a later change")

    def test_of_a_firm_that_is_not_there_nothing_is_given(self, trial: Trial) -> None:
        """Of a firm that was never committed there is nothing."""
        trial.expect([], _all(trial.of_firm(new_id())), "everything of a firm that is not there")

    def test_restoring_is_one_firms_business(self, trial: Trial) -> None:
        """A firm is given without what is another's, and restored beside it without changing it."""
        before = _all(trial)
        _restored(trial, *_in_memory(trial))
        trial.expect(before, _all(trial), "everything of the other firm")

    def test_of_two_that_restore_one_does(self, trial: Trial) -> None:
        """Of two that restore the same firm at once, one does, and the other is refused."""
        memory, items = _in_memory(trial)

        def restore(_: int) -> bool:
            return went_through(lambda: _archives(trial).restore(memory.firm_id, items))

        trial.expect([False, True], sorted(together(2, restore)), "which of two went through")
        trial.expect(items, _all(trial.of_firm(memory.firm_id)), "everything of the firm")


def _archives(trial: Trial) -> Archives:
    if not isinstance(trial.storage, Archives):
        raise PromiseBroken(trial.promise, "the methods of the storage", "it lacks those of ports.archive.Archives")
    return trial.storage


def _all(trial: Trial) -> list[ArchiveItem]:
    """Everything that the storage of a trial gives of its firm."""
    with trial.unhindered(), _archives(trial).everything(trial.firm_id) as everything:
        return list(everything)


def _restored(trial: Trial, memory: Trial, items: Iterable[ArchiveItem]) -> Trial:
    """A firm of memory, after it was restored; it has to be the same."""
    there = trial.of_firm(memory.firm_id)
    with trial.unhindered():
        _archives(trial).restore(there.firm_id, items)
    trial.expect(items, _all(there), "everything of a firm that was restored")
    return there


def _in_memory(trial: Trial, prefix: str = "") -> tuple[Trial, list[ArchiveItem]]:
    """A firm in memory that has something of everything, and all of it."""
    storage = MemoryStorage()
    memory = Trial(storage, trial.promise, _full(storage, prefix or new_id()))
    return memory, _all(memory)


def _full(storage: Storage, prefix: str) -> FirmId:
    """A firm that has something of everything, always the same but for what its ids begin with."""
    numbers = count(1)
    ids: IdSource = lambda: f"{prefix}-{next(numbers):06}"  # noqa: E731
    firm = plenty(storage, "A firm is made at the desk.", ids)
    firm_id = firm.trial.firm_id
    maria = Billing.open(storage, firm_id, clock=SettableClock(NOW), ids=ids).as_owner()
    maria.firm.set_logo(png(3, 2))
    maria.accounts.adjust(firm.client, Money.of(5, "USD"), reason="Once", idempotency_key="key")
    row = NewWorkSession(project_id=firm.projects[0], person_id=firm.worker, start=NOW, hours=1, source="tracker:1")
    maria.work.import_many([row])
    maria.charges.expense(firm.client, NOW.date(), price=Money.of(80, "USD"), cost="72.30 €", receipt=png(3, 3))
    return firm_id


def _broken_after(number: int, items: Iterable[ArchiveItem]) -> Iterator[ArchiveItem]:
    yield from islice(items, number)
    raise _Broken


def _goes_on(there: Trial, item: ArchiveItem) -> None:
    """Units of work find it as it was."""
    match item:
        case Versioned(entity, version):
            kind, id = type(entity), id_of(entity)
            expected = [entity, Change(kind.__name__, id, version, version + 1)]
            there.sees(expected, lambda uow: [uow.get(kind, id), uow.put(entity)], "an entity, got and put")
        case Reservation(kind, key, owner):
            with there.refuses(f"another reservation of the {kind} {key!r}"):
                there.attempt(lambda uow: uow.reserve(kind, [key], f"not {owner}"))
        case Counter(name, value):
            there.sees(value, lambda uow: uow.next_value(name), f"the counter {name}")
        case IdempotencyRecord(key):
            there.sees(item, lambda uow: uow.find_idempotency_record(key), f"the key {key!r}")
        case LedgerEntry() | StatusChange() | ReceivableChange():
            with there.refuses("a sequence that was used"):
                there.attempt(writing(item))
        case AuditRecord() | Message():
            pass  # looked at by the other checks, for they are not written again
        case _:
            assert_never(item)
