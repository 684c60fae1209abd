"""All records of a firm from any store, in the order of `invoicecore.ports.archive.PLACES`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from typing import Any

from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.ports.archive import ArchiveItem, Archives, Reservation
from invoicecore.ports.store import (
    ALL,
    AUDIT,
    CHARGES,
    CLIENTS,
    ENTRIES_OF_CLIENT,
    HISTORY_OF_INVOICE,
    INVOICES,
    PAYMENTS_OF_CLIENT,
    PEOPLE,
    PROJECTS,
    RECEIVABLES_OF_CLIENT,
    SESSIONS,
    TIMERS,
    Index,
    IndexQuery,
    Storage,
    StoreTransaction,
    UniqueKind,
    Versioned,
)
from invoicecore.settlement.account import Account
from invoicecore.values.ids import FirmId
from invoicecore.values.logo import Logo
from invoicecore.values.receipt_file import ReceiptFile

_MANY = 1000  # records that are read at once
_LATER = datetime(9999, 1, 1, tzinfo=UTC)  # when every lease of a message has ended


def stored_items(storage: Storage, firm_id: FirmId) -> AbstractContextManager[Iterator[ArchiveItem]]:
    """Everything stored of a firm, as it was at one moment; nothing if the firm is not stored here.

    A store that gives no archives is read through its transactions. They list neither idempotency keys, nor what was
    reserved for something that no longer exists, so these are not included.
    """
    return storage.everything(firm_id) if isinstance(storage, Archives) else listed_items(storage, firm_id)


@contextmanager
def listed_items(storage: Storage, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
    """As `stored_items`, read through a transaction, also where the store gives archives."""
    with closing(storage.begin(firm_id)) as transaction:
        yield _items(transaction, firm_id)


def _items(transaction: StoreTransaction, firm_id: FirmId) -> Iterator[ArchiveItem]:
    firm = transaction.read_entity(Firm, firm_id)
    if firm is None:
        return
    clients = [client.entity.id for client in _paged(transaction, CLIENTS)]
    people = list(_paged(transaction, PEOPLE))
    changes = {(it.kind, it.id) for record in _paged(transaction, AUDIT) for it in record.changes}
    yield firm
    yield from _got(transaction, Logo, sorted(id for kind, id in changes if kind == Logo.__name__))
    yield from _paged(transaction, CLIENTS)
    yield from _got(transaction, Account, clients)
    yield from _paged(transaction, PROJECTS)
    yield from people
    yield from _got(transaction, Login, [person.entity.id for person in people])
    billed: list[str] = []
    for session in _paged(transaction, SESSIONS):
        billed.append(session.entity.id)
        yield session
    yield from _paged(transaction, TIMERS)
    yield from _got(transaction, ReceiptFile, sorted(id for kind, id in changes if kind == ReceiptFile.__name__))
    for charge in _paged(transaction, CHARGES):
        billed.append(charge.entity.id)
        yield charge
    invoices: dict[str, str | None] = {}  # the number of each
    for invoice in _paged(transaction, INVOICES):
        invoices[invoice.entity.id] = invoice.entity.number
        yield invoice
    for client_id in clients:
        yield from _paged(transaction, PAYMENTS_OF_CLIENT, client_id)
    for client_id in clients:
        yield from _paged(transaction, ENTRIES_OF_CLIENT, client_id)
    for invoice_id in invoices:
        yield from _paged(transaction, HISTORY_OF_INVOICE, invoice_id)
    for client_id in clients:
        yield from sorted(_paged(transaction, RECEIVABLES_OF_CLIENT, client_id), key=lambda it: it.sequence)
    yield from _paged(transaction, AUDIT)
    for kind, keys in (
        (UniqueKind.NUMBER, invoices.values()),
        (UniqueKind.CHARGE, billed),
        (UniqueKind.EMAIL, [it.entity.email for it in people]),
        (UniqueKind.TIMER, [it.entity.id for it in people]),
    ):
        yield from _reservations(transaction, kind, [key for key in keys if key is not None])
    for now in (_LATER, None):  # those that wait, and those that rest
        yield from (waiting.message for waiting in transaction.read_outbox(now, 1_000_000))


def _paged(transaction: StoreTransaction, index: Index[Any], key: str = ALL) -> Iterator[Any]:
    """All that an index holds under a key, some at a time."""
    after: tuple[Any, ...] | None = None
    while some := transaction.read_index(IndexQuery(index, key, after=after, limit=_MANY)):
        yield from some
        last = some[-1]
        after = index.place(last.entity if isinstance(last, Versioned) else last)


def _got(transaction: StoreTransaction, kind: type[Any], ids: Iterable[str]) -> Iterator[ArchiveItem]:
    return (entity for id in ids if (entity := transaction.read_entity(kind, id)) is not None)


def _reservations(transaction: StoreTransaction, kind: UniqueKind, keys: Sequence[str]) -> Iterator[ArchiveItem]:
    for place in range(0, len(keys), _MANY):
        for key, owner in transaction.read_owners(kind, keys[place : place + _MANY]).items():
            yield Reservation(kind, key, owner)
