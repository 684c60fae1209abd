"""Checks of queries: a store answers them as they can be computed from what it stores."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, cycle, islice, product
from typing import Any

from attrs import evolve, frozen

from invoicecore.desk.generic_queries import GenericQueries
from invoicecore.integrity.stored import stored_items
from invoicecore.ports.queries import (
    ChargesQuery,
    ClientsQuery,
    InvoicesQuery,
    ListQuery,
    MovementsQuery,
    OwedQuery,
    PeopleQuery,
    ProjectsQuery,
    Queries,
    WorkQuery,
)
from invoicecore.queries.charges import ChargeSort
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.owed import AgingSort, UnbilledSort
from invoicecore.queries.paging import PageRequest, Sort, needles
from invoicecore.queries.people import PersonSort
from invoicecore.queries.projects import ProjectSort
from invoicecore.queries.transactions import TransactionSort
from invoicecore.queries.visibility import EVERYTHING, Visibility
from invoicecore.queries.work import WorkSort
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance.plenty import NEW_RATE, NOW, ZONE, Plenty, plenty
from invoicecore.testing.conformance.things import MARCH
from invoicecore.testing.conformance.trial import Room, Trial
from invoicecore.values.calendar import Period, utc
from invoicecore.values.ids import ProjectId
from invoicecore.vocabulary import ChargeKind, Role, Status

_TODAY = date(2026, 5, 19)
_BEHIND = date(2026, 5, 4)  # as if the clock had stepped back
_DAYS = (*(date(2026, 5, day) for day in (1, 5, 9, 12, 18)), _TODAY, date(2026, 7, 1), date(2031, 1, 1))
_ISSUED = Period(date(2026, 5, 3), date(2026, 5, 5))
_FIRST_OF_APRIL = Period(date(2026, 4, 1), date(2026, 4, 1))

_SOUGHT = tuple(map(needles, ("e", "ACME", "é", "-2", "no such thing")))
"""What is searched for."""

_MANY = 1000
"""More rows than any list here has."""


@frozen
class Asked:
    """A question: which of the queries is asked, and for what."""

    page: str
    wanted: tuple[Any, ...]

    def of(self, pages: Queries) -> Any:
        """The answer."""
        return getattr(pages, self.page)(*self.wanted)

    def __str__(self) -> str:
        return f"{self.page}{self.wanted}"


@frozen
class Listed(Asked):
    """A question for a list, in any order of a kind."""

    sorts: type[Sort]

    def part(self, pages: Queries, page: PageRequest[Any]) -> list[Any]:
        """A part of it."""
        return list(getattr(pages, self.page)(*self.wanted, page))

    def whole(self, pages: Queries, by: Sort, descending: bool) -> list[Any]:
        """All of it at once."""
        return self.part(pages, PageRequest(by, descending, None, _MANY))

    def page_by_page(self, pages: Queries, by: Sort, descending: bool, limit: int) -> list[Any]:
        """All of it, so many rows at a time."""
        rows: list[Any] = []
        page = PageRequest(by, descending, None, limit)
        while len(rows) < _MANY and (part := self.part(pages, page)):
            rows += part
            page = evolve(page, after=by.key_of(part[-1]))
        return rows


def lists(firm: Plenty) -> Iterator[Listed]:
    """Many lists of the firm."""
    visibilities, clients, archived = _visibilities(firm), firm.clients[:2], (None, True)
    yield from _asked(
        "clients", ClientsQuery, ClientSort, {}, visibility=visibilities, archived=archived, search=_SOUGHT
    )
    everybody, contacts = {"roles": frozenset(Role)}, frozenset({Role.CONTACT})
    roles = (everybody["roles"] - contacts, contacts, frozenset[Role]())
    people = {"roles": roles, "id": [firm.worker], "client_id": clients, "archived": archived, "search": _SOUGHT}
    yield from _asked("people", PeopleQuery, PersonSort, everybody, **people)
    yield from _asked(
        "projects",
        ProjectsQuery,
        ProjectSort,
        {"now": NOW},
        now=(NEW_RATE - timedelta(microseconds=1), NEW_RATE),
        visibility=(*visibilities, Visibility(worker=firm.worker, client_id=firm.client)),
        id=firm.projects[:1],
        client_id=clients,
        archived=archived,
        search=_SOUGHT,
    )
    yield from _asked(
        "work",
        WorkQuery,
        WorkSort,
        {"zone": ZONE},
        visibility=visibilities,
        client_id=clients,
        project_id=firm.projects[:2],
        person_id=firm.people,
        period=(MARCH, _FIRST_OF_APRIL),
        locked=(False, True),
        search=_SOUGHT,
    )
    yield Listed("work", (WorkQuery(zone="Pacific/Pago_Pago", period=_FIRST_OF_APRIL),), WorkSort)
    yield from _asked(
        "charges",
        ChargesQuery,
        ChargeSort,
        {"kinds": frozenset(ChargeKind)},
        kinds=(*(frozenset({it}) for it in ChargeKind), frozenset[ChargeKind]()),
        visibility=(*visibilities, Visibility(worker=firm.worker, client_id=firm.client)),
        client_id=clients,
        project_id=firm.projects[:2],
        period=(MARCH, _FIRST_OF_APRIL),
        locked=(False, True),
        search=_SOUGHT,
    )
    yield from _asked(
        "invoices",
        InvoicesQuery,
        InvoiceSort,
        {"today": _TODAY, "statuses": frozenset(Status)},
        statuses=(frozenset(Status) - {Status.DRAFT}, *(frozenset({it}) for it in Status), frozenset[Status]()),
        visibility=visibilities,
        client_id=clients,
        period=(_ISSUED, MARCH),
        overdue=(True,),
        search=_SOUGHT,
    )
    booked = (utc(2026, 3, 2, 22), utc(2026, 4, 2, 22))
    parts: tuple[Mapping[str, Any], ...] = ({}, {"booked": booked}, {"days": MARCH}, {"days": _FIRST_OF_APRIL})
    for client, part in product(firm.clients, parts):
        yield Listed("movements", (MovementsQuery(client_id=client, **part),), TransactionSort)
    for wanted in product((EVERYTHING, *visibilities), (None, *clients)):
        yield Listed("unbilled", wanted, UnbilledSort)
    for one, day, today in product((None, *clients), _DAYS, (_TODAY, _BEHIND)):
        yield Listed("aging", (OwedQuery(as_of=day, today=today, client_id=one),), AgingSort)


def sums(firm: Plenty) -> Iterator[Asked]:
    """Many sums and other answers."""
    for one, day, today in product((None, *firm.clients), _DAYS, (_TODAY, _BEHIND)):
        yield Asked("owed", (OwedQuery(as_of=day, today=today, client_id=one),))
    for client, period in product(firm.clients, (_ISSUED, MARCH, Period.year(2026))):
        yield Asked("invoiced", (client, period))
        yield Asked("worked", (client, *period.bounds(ZONE)))
        yield Asked("moved_since", (client, period.first))
    for client in firm.clients:
        yield Asked("cover_sources", (client,))
        yield Asked("reverted_drafts", (client,))
    for client, level in product(firm.clients, (None, -400_00, 0, 10**9)):
        yield Asked("grounds", (client, level, _TODAY))
    for projects, people in ((firm.projects, firm.people), ((), firm.people[:1]), ((), ())):
        yield Asked("names", (projects, people))
    yield Asked("names", ((), (), firm.clients, (*firm.invoices, "no such invoice")))
    yield from (Asked("totals", listed.wanted) for listed in lists(firm) if isinstance(listed.wanted[0], ListQuery))


def _visibilities(firm: Plenty) -> tuple[Visibility, ...]:
    """That of a client's contact, of one who is limited, of one who is limited to nothing, and of a worker."""
    contact = Visibility(client_id=firm.client)
    limited, to_nothing = (evolve(contact, projects=projects) for projects in (firm.limited, frozenset[ProjectId]()))
    return contact, limited, to_nothing, Visibility(worker=firm.worker)


def _asked(
    page: str, query: type[Any], sorts: type[Sort], usual: Mapping[str, Any], **varied: Sequence[Any]
) -> Iterator[Listed]:
    """Nothing in particular, each value of what is varied by itself, and the first ones of any two together."""
    first = {name: values[0] for name, values in varied.items()}
    each: list[Mapping[str, Any]] = [{name: value} for name, values in varied.items() for value in values]
    for given in ({}, *each, *(dict(pair) for pair in combinations(first.items(), 2))):
        yield Listed(page, (query(**{**usual, **given}),), sorts)


class PagesOfAFirm(Room):
    """What a unit of work answers by its own means; if it brings no queries, what is computed from its lists."""

    def test_pages_are_those_of_the_books(self, trial: Trial) -> None:
        """Each page is the one that can be computed from what the same unit of work lists, in any order."""
        firm = plenty(trial.storage, trial.promise)
        with firm.trial.begin() as uow:
            _compare(firm, GenericQueries(uow), uow, 3)

    def test_pages_are_those_of_memory(self, trial: Trial) -> None:
        """Each page is the one of a storage in memory that stores the same."""
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
    """The queries that a unit of work brings; otherwise those computed from what it lists."""
    own = uow.queries()
    return GenericQueries(uow) if own is None else own
