"""The conformance kit: checks of every promise of `invoicecore.ports.store`, for a store of your own.

A subclass with one fixture, collected by pytest, checks every promise of `invoicecore.ports.store`:

    import pytest
    from invoicecore.testing.conformance import StorageContract

    class TestMine(StorageContract):
        @pytest.fixture
        def storage(self):
            return MyStorage()

A store that survives the program takes `DurableContract` and gives the fixture `reopen` as well: a function that opens
once more what `storage` stored. One that several programs have open at once takes `SharedContract`. A store that can
be unavailable adds `OutageContract`, with a fixture `unreachable`, and one that brings
`invoicecore.ports.archive.Archives` adds `ArchiveContract`.

`storage` may give a new store for each check, or always the same one: each check makes firms of its own and looks at
nothing else. What is written is consistent, so a store may have foreign keys and constraints of its own. Several
units of work are open at once, often in one thread: a store in which one waits for the other has to give up after a
while, with ConcurrencyConflict. A conflict may come at any call, not only at the commit, and which of two is refused
is the store's choice.

The error of a check gives what was promised and what was seen; its docstring is the promise.
"""

from invoicecore.testing.conformance.archives import ArchiveContract
from invoicecore.testing.conformance.commits import Commits, OutageContract, Refusals
from invoicecore.testing.conformance.durable import Durable, Shared
from invoicecore.testing.conformance.entities import Entities, Streams
from invoicecore.testing.conformance.isolation import Firms, Privacy
from invoicecore.testing.conformance.lists import Lists
from invoicecore.testing.conformance.queries import PagesOfAFirm
from invoicecore.testing.conformance.races import Races
from invoicecore.testing.conformance.records import Counters, Keys, Outbox, Reservations
from invoicecore.testing.conformance.trial import PromiseBroken
from invoicecore.testing.conformance.values import Values

__all__ = [
    "ArchiveContract",
    "DurableContract",
    "OutageContract",
    "PromiseBroken",
    "SharedContract",
    "StorageContract",
]


class StorageContract(
    Commits,
    Entities,
    Streams,
    Lists,
    PagesOfAFirm,
    Reservations,
    Counters,
    Keys,
    Outbox,
    Values,
    Privacy,
    Firms,
    Refusals,
    Races,
):
    """Every promise of the storage port. The host's class gives the fixture `storage`."""


class DurableContract(StorageContract, Durable):
    """Those promises, and that of a store which survives the program: the host's class gives the fixture `reopen` as
    well, which is called to open once more what `storage` stored, as another program would."""


class SharedContract(DurableContract, Shared):
    """Those promises, and that of a store which several programs have open at the same moment."""
