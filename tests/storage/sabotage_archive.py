"""Stores that give or take everything with one thing wrong."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import sleep

from attrs import evolve

from invoicecore import MemoryStorage
from invoicecore.model.events import Message
from invoicecore.ports.archive import ArchiveItem, Counter, Reservation
from invoicecore.ports.store import AT_ONCE, IdempotencyRecord, UniqueKind, Versioned
from invoicecore.storage.memory import _FirmState, fill
from invoicecore.values.ids import FirmId


class SabotagedArchives(MemoryStorage):
    """Storage in memory that gives only what `gives` lets through, and takes only what `takes` does."""

    def gives(self, kept: ArchiveItem) -> ArchiveItem | None:
        return kept

    def takes(self, kept: ArchiveItem) -> ArchiveItem | None:
        return kept

    @contextmanager
    def everything(self, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
        with super().everything(firm_id) as everything:
            yield (given for it in everything if (given := self.gives(it)) is not None)

    def restore(self, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        super().restore(firm_id, (taken for it in kept if (taken := self.takes(it)) is not None))


class VersionsBeginAnew(SabotagedArchives):
    """Puts what is restored as if it were new."""

    def takes(self, kept: ArchiveItem) -> ArchiveItem | None:
        return evolve(kept, version=1) if isinstance(kept, Versioned) else kept


class ImportsForgotten(SabotagedArchives):
    """Gives the reservations of what is there, and not of what it was called elsewhere."""

    def gives(self, kept: ArchiveItem) -> ArchiveItem | None:
        return None if isinstance(kept, Reservation) and kept.kind is UniqueKind.IMPORT else kept


class NumbersBeginAnew(SabotagedArchives):
    """Restores no counters."""

    def takes(self, kept: ArchiveItem) -> ArchiveItem | None:
        return None if isinstance(kept, Counter) else kept


class KeysForgotten(SabotagedArchives):
    """Gives no idempotency keys."""

    def gives(self, kept: ArchiveItem) -> ArchiveItem | None:
        return None if isinstance(kept, IdempotencyRecord) else kept


class LeasedForgotten(SabotagedArchives):
    """Gives the messages that nobody is handing over."""

    @contextmanager
    def everything(self, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
        outbox = self._of(firm_id).outbox
        with super().everything(firm_id) as everything:
            yield (it for it in everything if not isinstance(it, Message) or outbox[it.id].due == AT_ONCE)


class BackToFront(SabotagedArchives):
    """Gives everything in another order."""

    @contextmanager
    def everything(self, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
        with super().everything(firm_id) as everything:
            yield reversed(list(everything))


class SeveralMoments(SabotagedArchives):
    """Looks again for each thing that it gives."""

    @contextmanager
    def everything(self, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
        yield self._one_by_one(firm_id)

    def _one_by_one(self, firm_id: FirmId) -> Iterator[ArchiveItem]:
        place = 0
        while True:
            with super().everything(firm_id) as everything:
                now = list(everything)
            if place == len(now):
                return
            yield now[place]
            place += 1


class PieceByPiece(SabotagedArchives):
    """Restores each thing as it comes, so an error leaves those before it."""

    def restore(self, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        with super().everything(firm_id) as everything:
            if next(everything, None) is not None:
                super().restore(firm_id, kept)  # refused
        fill(self._of(firm_id), kept)


class RestoredOver(SabotagedArchives):
    """Restores over what is there."""

    def restore(self, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        restored = _FirmState()
        fill(restored, kept)
        self._of(firm_id).become(restored)


class BothStand(SabotagedArchives):
    """Looks whether the firm is there before it takes anything, and not again."""

    def restore(self, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        state, restored = self._of(firm_id), _FirmState()
        with MemoryStorage.everything(self, firm_id) as everything:
            is_there = next(everything, None) is not None
        fill(restored, kept)
        sleep(0.05)  # so that another one comes in between
        if is_there:
            super().restore(firm_id, ())  # refused
        state.become(restored)
