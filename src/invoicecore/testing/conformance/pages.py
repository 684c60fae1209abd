"""Checks of queries: a store answers them as they can be worked out from what it keeps."""

from collections.abc import Iterable, Iterator
from itertools import cycle, islice, product
from typing import Any

from invoicecore.desk.generic_queries import GenericQueries
from invoicecore.integrity.stored import stored_items
from invoicecore.ports.queries import Queries
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance.plenty import plenty
from invoicecore.testing.conformance.questions import Listed, lists, sums
from invoicecore.testing.conformance.trial import Room, Trial


class PagesOfAFirm(Room):
    """What a unit of work answers by its own means; where it brings no pages, what is worked out from its lists."""

    def test_pages_are_those_of_the_books(self, trial: Trial) -> None:
        """Each page is the one that can be worked out from what the same unit of work lists, in any order."""
        firm = plenty(trial.storage, trial.promise)
        with firm.trial.begin() as uow:
            own, worked_out = pages_of(uow), GenericQueries(uow)
            for listed, by, descending in _ordered(lists(firm), 3):
                expected = listed.whole(worked_out, by, descending=descending)
                trial.expect(expected, listed.whole(own, by, descending=descending), f"{listed}, by {by}")
            for asked in sums(firm):
                trial.expect(asked.of(worked_out), asked.of(own), str(asked))

    def test_pages_are_those_of_memory(self, trial: Trial) -> None:
        """Each page is the one of a storage in memory that keeps the same."""
        firm = plenty(trial.storage, trial.promise)
        memory = MemoryStorage()
        with stored_items(trial.storage, firm.trial.firm_id) as everything:
            memory.restore(firm.trial.firm_id, everything)
        with firm.trial.begin() as uow, UnitOfWork(memory, firm.trial.firm_id) as other:
            own, expected = pages_of(uow), GenericQueries(other)
            for listed in lists(firm):
                by = next(iter(listed.sorts))
                trial.expect(
                    listed.whole(expected, by, descending=False),
                    listed.whole(own, by, descending=False),
                    f"{listed}, by {by}",
                )
            for asked in sums(firm):
                trial.expect(asked.of(expected), asked.of(own), str(asked))

    def test_pages_follow_each_other(self, trial: Trial) -> None:
        """The pages of a list, of any size, are together the whole list."""
        firm = plenty(trial.storage, trial.promise)
        with firm.trial.begin() as uow:
            own = pages_of(uow)
            for number, (listed, by, descending) in enumerate(_ordered(lists(firm), 1)):
                whole = listed.whole(own, by, descending=descending)
                limit = max(1, (len(whole) - number % 3) // 4)
                seen = listed.page_by_page(own, by, descending=descending, limit=limit)
                trial.expect(whole, seen, f"{listed}, by {by}, {limit} at a time")


def _ordered(several: Iterable[Listed], orders: int) -> Iterator[tuple[Listed, Any, bool]]:
    """Lists in so many orders each, forwards or backwards; those of one page go through all of its orders in turn."""
    ways: dict[str, Iterator[tuple[Any, bool]]] = {}
    for listed in several:
        way = ways.setdefault(listed.page, cycle(product(listed.sorts, (False, True))))
        for by, descending in islice(way, orders):
            yield listed, by, descending


def pages_of(uow: UnitOfWork) -> Queries:
    """The pages that a unit of work brings; otherwise those worked out from what it promises."""
    own = uow.queries()
    return GenericQueries(uow) if own is None else own
