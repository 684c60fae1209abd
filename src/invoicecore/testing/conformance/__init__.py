"""The conformance kit: checks of every promise of `invoicecore.ports.store`, for a store of your own.

Make a subclass with one fixture; pytest collects it:

    import pytest
    from invoicecore.testing.conformance import StorageContract

    class TestMine(StorageContract):
        @pytest.fixture
        def storage(self):
            return MyStorage()

A durable store uses `DurableContract` and adds the fixture `reopen`: a function that opens the data of `storage` again.
A store that several programs open at once uses `SharedContract`. A store that can become unreachable adds
`OutageContract`, with a fixture `unreachable`, and one with `invoicecore.ports.archive.Archives` adds
`ArchiveContract`.

`storage` may return a new store for each check, or always the same one: each check makes firms of its own and reads
nothing else. All written data is sound, so a store may have foreign keys and constraints. Several units of work are
open at once, often in one thread: if one waits for another, the store must give up after a while with
ConcurrencyConflict. A conflict may be raised by any call, not only by the commit, and the store chooses which of two
units is refused.

A failed check names the promise and what happened instead; its docstring is the promise.
"""

from invoicecore.values.extras import naming_extra

with naming_extra():
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
