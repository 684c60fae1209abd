"""The archive port: all records of a firm, read from a storage and restored into it.

It is optional for a host. A storage with this port can be archived, moved into another database, and compared
afterwards. `invoicecore.archive.write_archive` and `restore` use it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from attrs import frozen

from invoicecore.ledger.entries import LedgerEntry
from invoicecore.lifecycle.invoice import Invoice, StatusChange
from invoicecore.model.charge import Charge
from invoicecore.model.client import Client
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.model.work_session import Timer, WorkSession
from invoicecore.ports.store import AuditRecord, Fact, IdempotencyRecord, UniqueKind, Versioned, id_of
from invoicecore.settlement.account import Account
from invoicecore.settlement.payment import Payment
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.values.ids import FirmId
from invoicecore.values.logo import Logo
from invoicecore.values.receipt_file import ReceiptFile


@frozen
class Reservation:
    """A key that can be reserved once, and who owns it."""

    kind: UniqueKind
    key: str
    owner: str


@frozen
class Counter:
    """A counter that moved, and the value that it gives next."""

    name: str
    next: int


@frozen
class Removal:
    """What is left of a firm that was removed: its id, when that was, and the SHA-256 of the archive before it."""

    firm_id: FirmId
    removed_at: datetime
    sha256: str


ArchiveItem = Versioned[Any] | Fact | Reservation | Counter | IdempotencyRecord | Message
"""One thing that a storage has. A message is given without its lease, because its delivery does not go on elsewhere."""


def _under_its_id(it: Any) -> tuple[str]:
    return (id_of(it.entity),)


_BY_ID = (
    *(Firm, Logo, Client, Account, Project, Person, Login, WorkSession, Timer, ReceiptFile, Charge),
    *(Invoice, Payment),
)

PLACES: Mapping[type[Any], Callable[[Any], tuple[Any, ...]]] = {
    **dict.fromkeys(_BY_ID, _under_its_id),
    LedgerEntry: lambda it: (it.client_id, it.sequence),
    StatusChange: lambda it: (it.invoice_id, it.sequence),
    ReceivableChange: lambda it: (it.client_id, it.sequence),
    AuditRecord: lambda it: (it.position or 0,),
    Reservation: lambda it: (it.kind.value, it.key),
    Counter: lambda it: (it.name,),
    IdempotencyRecord: lambda it: (it.key,),
    Message: lambda it: (it.at, it.id),
}
"""The order of all that is stored: kind by kind as they stand here, each after most of what it names, and within a kind
by this, texts by their code points. No two things have one place."""


def kind_of(item: ArchiveItem) -> type[Any]:
    """The kind of an item; of an entity with its version, the kind of the entity."""
    return type(item.entity) if isinstance(item, Versioned) else type(item)


@runtime_checkable
class Archives(Protocol):
    """A storage that gives all that it has of a firm, and takes it."""

    def everything(self, firm_id: FirmId) -> AbstractContextManager[Iterator[ArchiveItem]]:
        """All that is stored of a firm, as it was at one moment between entering and the first thing, whatever others
        commit meanwhile; in the order of `PLACES`. Nothing, if the firm is not stored here. May raise the storage
        errors."""

    def restore(self, firm_id: FirmId, items: Iterable[ArchiveItem]) -> None:
        """Store all of this, which comes in the order of `PLACES`, for a firm of which nothing is stored here yet.

        Afterwards everything is as it was: versions and counters go on from where they were. All or nothing: an error
        that comes out of `items` comes out of here, and leaves nothing. UniqueViolation if anything of the firm is
        stored; otherwise the storage errors as at a commit.
        """


@runtime_checkable
class Removes(Protocol):
    """A storage that can forget a firm."""

    def remove(self, removal: Removal, audited: int) -> None:
        """Forget everything of a firm, and keep that it was removed; all or nothing. ConcurrencyConflict unless the
        firm has exactly `audited` audit records. Units of work that go on meanwhile conflict."""

    def removals(self) -> Sequence[Removal]:
        """The firms that were removed from here, in the order of time; one that was restored and removed again is
        there twice."""
