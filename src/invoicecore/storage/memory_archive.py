"""How do the books of a firm leave memory as a whole, and how do they come in?"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from invoicecore.model.events import Message
from invoicecore.ports.archive import PLACES, ArchiveItem, Claim, Counter, Versioned, kind_of
from invoicecore.ports.store import AUDIT, ENTRIES_OF_CLIENT, HISTORY_OF_INVOICE, IdempotencyRecord, Index, id_of

if TYPE_CHECKING:
    from invoicecore.storage.memory import _Books

# by which every fact is found, each once
_STREAMS: tuple[Index[Any], ...] = (ENTRIES_OF_CLIENT, HISTORY_OF_INVOICE, AUDIT)


def all_of(books: "_Books") -> list[ArchiveItem]:
    """All that the books hold at this moment, in its order; asked for under their lock."""
    kept: list[ArchiveItem] = [
        *(
            Versioned(entity, version)
            for of_kind in books.entities.values()
            for entity, version in of_kind.values()
            if entity is not None
        ),
        *(fact for index in _STREAMS for fact in books.whole(index)),
        *(Claim(scope, key, holder) for scope, held in books.claims.items() for key, holder in held.items()),
        # One from which nothing was taken is as one that was never asked for.
        *(Counter(name, value) for name, value in books.counters.items() if value > 1),
        *books.remembered.values(),
        *(message for message, _ in books.outbox.values()),
    ]
    order = {kind: place for place, kind in enumerate(PLACES)}
    kept.sort(key=lambda it: (order[kind_of(it)], PLACES[kind_of(it)](it)))
    return kept


def fill(books: "_Books", kept: Iterable[ArchiveItem]) -> None:
    """Put all of this into books that are empty and that nobody else knows yet."""
    for it in kept:
        match it:
            case Versioned(entity, version):
                books.entities[type(entity)][id_of(entity)] = (entity, version)
                if type(entity) in books.unshelved:
                    books.unshelved[type(entity)].append(entity)
            case Claim(scope, key, holder):
                books.claims[scope][key] = holder
            case Counter(name, value):
                books.counters[name] = value
            case IdempotencyRecord():
                books.remembered[it.key] = it
            case Message():
                books.post(it.id, (it, None))
            case fact:
                books.add([fact])
