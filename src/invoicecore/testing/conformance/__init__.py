"""The conformance kit: checks of every promise of `invoicecore.ports.store`, for a store of your own.

A subclass with one fixture, collected by pytest, checks every promise of `invoicecore.ports.store`:

    import pytest
    from invoicecore.testing.conformance import StorageContract

    class TestMine(StorageContract):
        @pytest.fixture
        def storage(self):
            return MyStorage()

A store that survives the program takes `DurableContract` and gives the fixture `reopen` as well: a function that opens
once more what `storage` keeps. One that several programs have open at once takes `SharedContract`. A store that can
be out of reach adds `OutageContract`, with a fixture `unreachable`, and one that brings
`invoicecore.ports.archive.Archives` adds `ArchiveContract`.

`storage` may give a new store for each check, or always the same one: each check makes firms of its own and looks at
nothing else. What is written is sound, so a store may have foreign keys and constraints of its own. Several units of
work are open at once, often in one thread: a store in which one waits for the other has to give up after a while,
with ConcurrencyConflict. A conflict may come at any call, not only at the commit, and which of two is refused is the
store's choice.

A check that fails says what was promised and what was seen; its docstring is the promise.
"""

from invoicecore.testing.conformance.archives import ArchiveContract
from invoicecore.testing.conformance.contract import DurableContract, SharedContract, StorageContract
from invoicecore.testing.conformance.promise import PromiseBroken
from invoicecore.testing.conformance.refusals import OutageContract

__all__ = [
    "ArchiveContract",
    "DurableContract",
    "OutageContract",
    "PromiseBroken",
    "SharedContract",
    "StorageContract",
]
