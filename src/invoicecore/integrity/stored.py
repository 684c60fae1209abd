"""Everything that a store keeps of a firm, in the order of `invoicecore.ports.archive.PLACES`, from any store."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from invoicecore.integrity.seen_state import UNKNOWN_VERSION
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.ports.archive import ArchiveItem, Archives, Claim, Counter, Versioned
from invoicecore.ports.store import (
    ALL,
    AUDIT,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    INVOICES,
    PAYMENTS_OF_CLIENT,
    PEOPLE,
    PROJECTS,
    SESSIONS,
    TIMERS,
    Index,
    Storage,
    UniqueKind,
    UnitOfWork,
)
from invoicecore.settlement.account import Account
from invoicecore.values.ids import FirmId
from invoicecore.values.logo import Logo

_MANY = 1000  # records that are read at once
_LATER = datetime(9999, 1, 1, tzinfo=UTC)  # when every lease of a message has ended


def stored_items(storage: Storage, firm_id: FirmId) -> AbstractContextManager[Iterator[ArchiveItem]]:
    """All that is kept of a firm, as it was at one moment; nothing, if the firm is not kept here.

    A store that gives no archives is read through its units of work. It lists neither versions, nor idempotency keys,
    nor what was reserved for something that is no longer there, so nothing is said of these.
    """
    return storage.everything(firm_id) if isinstance(storage, Archives) else _listed(storage, firm_id)


@contextmanager
def _listed(storage: Storage, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
    with storage.begin(firm_id) as uow:
        yield _items(uow, firm_id)


def _items(uow: UnitOfWork, firm_id: FirmId) -> Iterator[ArchiveItem]:
    firm = uow.get(Firm, firm_id)
    if firm is None:
        return
    clients = [client.id for client in _paged(uow, CLIENTS)]
    people = list(_paged(uow, PEOPLE))
    changes = {(it.kind, it.id) for record in _paged(uow, AUDIT) for it in record.changes}
    yield _versioned(firm)
    yield from _got(uow, Logo, sorted(id for kind, id in changes if kind == Logo.__name__))
    yield from map(_versioned, _paged(uow, CLIENTS))
    yield from _got(uow, Account, clients)
    yield from map(_versioned, _paged(uow, PROJECTS))
    yield from map(_versioned, people)
    yield from _got(uow, Login, [person.id for person in people])
    for index in (SESSIONS, TIMERS, INVOICES):
        yield from map(_versioned, _paged(uow, index))
    for client_id in clients:
        yield from map(_versioned, _paged(uow, PAYMENTS_OF_CLIENT, client_id))
    for client_id in clients:
        yield from _paged(uow, ENTRIES_OF_CLIENT, client_id)
    for invoice in _paged(uow, INVOICES):
        yield from _paged(uow, HISTORY_OF_INVOICE, invoice.id)
    yield from _paged(uow, AUDIT)
    yield from _claims(uow, UniqueKind.NUMBER, [it.number for it in _paged(uow, INVOICES) if it.number is not None])
    yield from _claims(uow, UniqueKind.SESSION, [it.id for it in _paged(uow, SESSIONS)])
    yield from _claims(uow, UniqueKind.EMAIL, [it.email for it in people if it.email is not None])
    yield from _claims(uow, UniqueKind.TIMER, [it.id for it in people])
    for name in sorted(id for kind, id in changes if kind == Counter.__name__):
        yield Counter(name, uow.peek(name))
    yield from uow.lease(1_000_000, _LATER, _LATER)  # left without commit, so nothing stays leased


def _paged(uow: UnitOfWork, index: Index[Any], key: str = ALL) -> Iterator[Any]:
    """All that an index holds under a key, some at a time."""
    after: tuple[Any, ...] | None = None
    while some := uow.find(index, key, after=after, limit=_MANY):
        yield from some
        after = index.order(some[-1])


def _got(uow: UnitOfWork, kind: type[Any], ids: Iterable[str]) -> Iterator[ArchiveItem]:
    return (_versioned(entity) for id in ids if (entity := uow.get(kind, id)) is not None)


def _versioned(entity: Any) -> ArchiveItem:
    return Versioned(entity, UNKNOWN_VERSION)


def _claims(uow: UnitOfWork, kind: UniqueKind, keys: Sequence[str]) -> Iterator[ArchiveItem]:
    for place in range(0, len(keys), _MANY):
        for key, owner in uow.holders(kind, keys[place : place + _MANY]).items():
            yield Claim(kind, key, owner)
