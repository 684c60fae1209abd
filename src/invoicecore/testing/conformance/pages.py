"""Checks of queries: a store gives the same results as the generic queries."""

from collections.abc import Iterable, Iterator
from itertools import cycle, islice, product
from typing import Any

from invoicecore.desk.generic_queries import GenericQueries
from invoicecore.integrity.stored import stored_items
from invoicecore.ports.queries import Queries
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance.plenty import Plenty, plenty
from invoicecore.testing.conformance.questions import Listed, lists, sums
from invoicecore.testing.conformance.trial import Room, Trial


class PagesOfAFirm(Room):
    """What a unit of work answers by its own means; where it brings no pages, what is worked out from its lists."""

    def test_pages_are_those_of_the_books(self, trial: Trial) -> None:
        """Each page is the one that can be worked out from what the same unit of work lists, in any order."""
        firm = plenty(trial.storage, trial.promise)
        with firm.trial.begin() as uow:
            _compare(firm, GenericQueries(uow), uow, 3)

    def test_pages_are_those_of_memory(self, trial: Trial) -> None:
        """Each page is the one of a storage in memory that keeps the same."""
        firm = plenty(trial.storage, trial.promise)
        memory = MemoryStorage()
        with stored_items(trial.storage, firm.trial.firm_id) as everything:
            memory.restore(firm.trial.firm_id, everything)
        with firm.trial.begin() as uow, UnitOfWork(memory, firm.trial.firm_id) as other:
            _compare(firm, GenericQueries(other), uow, 1)

    def test_pages_follow_each_other(self, trial: Trial) -> None:
        """The pages of a list, of any size, are together the whole list."""
        firm = plenty(trial.storage, trial.promise)
        with firm.trial.begin() as uow:
            own = pages_of(uow)
            for number, (listed, by, descending) in enumerate(_ordered(lists(firm), 1)):
                whole = listed.whole(own, by, descending)
                limit = max(1, (len(whole) - number % 3) // 4)
                seen = listed.page_by_page(own, by, descending, limit)
                trial.expect(whole, seen, f"{listed}, by {by}, {limit} at a time")


def _compare(firm: Plenty, expected: Queries, uow: UnitOfWork, orders: int) -> None:
    own = pages_of(uow)
    for listed, by, descending in _ordered(lists(firm), orders):
        whole = listed.whole(expected, by, descending)
        firm.trial.expect(whole, listed.whole(own, by, descending), f"{listed}, by {by}")
    for asked in sums(firm):
        firm.trial.expect(asked.of(expected), asked.of(own), str(asked))


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
