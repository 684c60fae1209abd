"""The bytes that stored entities take in memory, with their indexes.

Counted by tracemalloc: everything that is still there after so many were stored, divided by how many.
"""

from datetime import timedelta

from benchmarks import floors
from benchmarks.figures import Aim, Figure, Unit
from benchmarks.measure import Measured, kept
from benchmarks.studio import studio
from invoicecore import EntryKind, LedgerEntry, MemoryStorage, TimeOrderedIds
from invoicecore.ports.store import ENTRIES_OF_CLIENT
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.ids import ClientId, FirmId, PersonId

_CLIENT, _MARIA = ClientId("acme"), PersonId("maria")


def _entries(count: int) -> object:
    """The same as entries in the memory storage, and on the list that statements are read from."""
    ids, storage, firm = TimeOrderedIds(), MemoryStorage(), FirmId("firm")
    for n, at in enumerate(floors.starts(count), start=1):
        booked = at + timedelta(seconds=n)
        with UnitOfWork(storage, firm) as uow:
            uow.append(LedgerEntry(_CLIENT, n, EntryKind.WORK, -5000 - n, -5000 * n, booked, at.date(), ids(), _MARIA))
            uow.commit()
    with UnitOfWork(storage, firm) as uow:
        assert len(uow.find(ENTRIES_OF_CLIENT, _CLIENT)) == count
    return storage


def entry(*, quick: bool) -> Figure:
    """The ledger's entry alone, with its own id, numbers and times, and its place on the client's list."""
    count = 2000 if quick else 20_000
    bare, stored = kept(lambda: floors.tuples(count), count), kept(lambda: _entries(count), count)
    return Figure(
        name="entry",
        what=f"a stored entry with its index, of {count:,}",
        against="a tuple of the same in a list",
        unit=Unit.BYTES,
        measured=Measured(bare, stored, stored / bare),
        to_reach=Aim(520, Unit.BYTES),
        long_aim=Aim(420, Unit.BYTES),
    )


def _logged(count: int) -> object:
    firm = studio(sessions=count)
    assert len(firm.desk.work.sessions(client_id=firm.jobs[0].client_id)) == count
    firm.desk.firm.audit()
    return firm


def everything(*, quick: bool) -> Figure:
    """All that a log stores: the session, its entry, the audit record, and their places on seven lists."""
    count = 2000 if quick else 20_000
    bare, stored = kept(lambda: floors.tuples(count), count), kept(lambda: _logged(count), count)
    return Figure(
        name="logged",
        what="everything that one log stores, on all its lists",
        against="one tuple, as above",
        unit=Unit.BYTES,
        measured=Measured(bare, stored, stored / bare),
    )
