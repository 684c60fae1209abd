"""Archives of storage in memory: everything of a firm as a list, and a firm's state filled from one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from invoicecore.model.events import Message
from invoicecore.ports.archive import PLACES, ArchiveItem, Counter, Reservation, kind_of
from invoicecore.ports.store import (
    AUDIT,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    AuditRecord,
    IdempotencyRecord,
    Index,
    Versioned,
    WaitingMessage,
    id_of,
    stream_of,
)

if TYPE_CHECKING:
    from invoicecore.storage.memory import _FirmState

# by which every fact is found, each once
_STREAMS: tuple[Index[Any], ...] = (ENTRIES_OF_CLIENT, HISTORY_OF_INVOICE, AUDIT)


def all_of(state: "_FirmState") -> list[ArchiveItem]:
    """Everything in the state at this moment, in the order of `PLACES`; asked for under its lock."""
    kept: list[ArchiveItem] = [
        *(versioned for of_kind in state.entities.values() for versioned in of_kind.values()),
        *(fact for index in _STREAMS for fact in state.whole(index)),
        *(Reservation(kind, key, owner) for kind, owners in state.owners.items() for key, owner in owners.items()),
        # One from which nothing was taken is as one that was never asked for.
        *(Counter(name, value) for name, value in state.counters.items() if value > 1),
        *state.idempotency_records.values(),
        *(it.message for it in state.outbox.values()),
    ]
    order = {kind: place for place, kind in enumerate(PLACES)}
    kept.sort(key=lambda it: (order[kind_of(it)], PLACES[kind_of(it)](it)))
    return kept


def fill(state: "_FirmState", kept: Iterable[ArchiveItem]) -> None:
    """Put all of this into a state that is empty and that nobody else knows yet."""
    for it in kept:
        match it:
            case Versioned(entity):
                state.entities[type(entity)][id_of(entity)] = it
                if type(entity) in state.unindexed:
                    state.unindexed[type(entity)].append(it)
            case Reservation(kind, key, owner):
                state.owners[kind][key] = owner
            case Counter(name, value):
                state.counters[name] = value
            case IdempotencyRecord():
                state.idempotency_records[it.key] = it
            case Message():
                state.post(WaitingMessage(it, None))
            case fact:
                state.unindexed[type(fact)].append(fact)
                if not isinstance(fact, AuditRecord):
                    state.last[stream_of(fact)] = fact.sequence
