"""The queries that are asked of a firm that has something of everything."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

from attrs import evolve, frozen

from invoicecore.ports.queries import (
    ClientsQuery,
    InvoicesQuery,
    LedgerMovement,
    PeopleQuery,
    ProjectsQuery,
    Queries,
    SessionRecord,
    WorkQuery,
)
from invoicecore.queries.clients import ClientSort
from invoicecore.queries.invoices import InvoiceSort
from invoicecore.queries.owed import AgingSort, UnbilledSort
from invoicecore.queries.paging import PageRequest, Sort, SortKey
from invoicecore.queries.people import PersonSort
from invoicecore.queries.projects import ProjectSort
from invoicecore.queries.transactions import TransactionSort
from invoicecore.queries.visibility import EVERYTHING, Visibility
from invoicecore.queries.work import WorkSort
from invoicecore.testing.conformance.plenty import MARCH, NEW_RATE, NOW, ZONE, Plenty
from invoicecore.values.calendar import Period, utc
from invoicecore.values.ids import ProjectId
from invoicecore.vocabulary import Role, Status

_TODAY = date(2026, 5, 19)
_DAYS = (*(date(2026, 5, day) for day in (1, 5, 9, 12, 18)), _TODAY, date(2026, 7, 1), date(2031, 1, 1))
_ISSUED = Period(date(2026, 5, 3), date(2026, 5, 5))
_FIRST_OF_APRIL = Period(date(2026, 4, 1), date(2026, 4, 1))

_MANY = 1000
"""More rows than any list here has."""


@frozen
class Asked:
    """A question: which of the pages is asked, and for what."""

    page: str
    wanted: tuple[Any, ...]

    def of(self, pages: Queries) -> Any:
        """The answer."""
        return getattr(pages, self.page)(*self.wanted)

    def __str__(self) -> str:
        return f"{self.page}{self.wanted}"


@frozen
class Listed:
    """A question for a list, in any order of a kind."""

    page: str
    wanted: tuple[Any, ...]
    sorts: type[Sort]

    def part(self, pages: Queries, page: PageRequest[Any]) -> list[Any]:
        """A part of it."""
        return list(getattr(pages, self.page)(*self.wanted, page))

    def whole(self, pages: Queries, by: Sort, *, descending: bool) -> list[Any]:
        """All of it at once."""
        return self.part(pages, PageRequest(by, descending, None, _MANY))

    def page_by_page(self, pages: Queries, by: Sort, *, descending: bool, limit: int) -> list[Any]:
        """All of it, so many rows at a time."""
        rows: list[Any] = []
        page = PageRequest(by, descending, None, limit)
        while len(rows) < _MANY and (part := self.part(pages, page)):
            rows += part
            page = evolve(page, after=_place(part[-1], by))
        return rows

    def __str__(self) -> str:
        return f"{self.page}{self.wanted}"


def _place(row: Any, by: Any) -> SortKey:
    if isinstance(row, SessionRecord):
        return (row.session.start, row.session.id)
    if isinstance(row, LedgerMovement):
        return (row.entry.booked_at, row.entry.sequence)
    place: SortKey = row.sort_key(by)
    return place


def lists(firm: Plenty) -> Iterator[Listed]:
    """Many lists of the firm."""
    for given in _some(visibility=_reaches(firm), archived=(None, True)):
        yield Listed("clients", (ClientsQuery(**given),), ClientSort)
    yield from _people(firm)
    yield from _projects(firm)
    yield from _work(firm)
    yield from _invoices(firm)
    for client, booked in product(firm.clients, (None, (utc(2026, 3, 2, 22), utc(2026, 4, 2, 22)))):
        yield Listed("movements", (client, booked), TransactionSort)
    for visibility, one in product((EVERYTHING, *_reaches(firm)), (None, *firm.clients[:2])):
        yield Listed("unbilled", (visibility, one), UnbilledSort)
    for one, day in product((None, *firm.clients[:2]), _DAYS):
        yield Listed("aging", (one, day), AgingSort)


def sums(firm: Plenty) -> Iterator[Asked]:
    """Much else that pages tell of it."""
    for one, day in product((None, *firm.clients), _DAYS):
        yield Asked("owed", (one, day))
    for client, period in product(firm.clients, (_ISSUED, MARCH, Period.year(2026))):
        yield Asked("invoiced", (client, period))
        yield Asked("worked", (client, *period.bounds(ZONE)))
    for client, level in product(firm.clients, (None, -400_00, 0, 10**9)):
        yield Asked("grounds", (client, level, _TODAY))
    for projects, people in ((firm.projects, firm.people), ((), firm.people[:1]), ((), ())):
        yield Asked("names", (projects, people))


def _reaches(firm: Plenty) -> tuple[Visibility, ...]:
    """That of a client's contact, of one who is limited, of one who is limited to nothing, and of a worker."""
    contact = Visibility(client_id=firm.client)
    limited, to_nothing = (evolve(contact, projects=projects) for projects in (firm.limited, frozenset[ProjectId]()))
    return contact, limited, to_nothing, Visibility(worker=firm.worker)


def _some(**values: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Nothing in particular, each value by itself, and the first ones of any two together."""
    yield {}
    for name, several in values.items():
        yield from ({name: value} for value in several)
    for pair in combinations(values, 2):
        yield {name: values[name][0] for name in pair}


def _people(firm: Plenty) -> Iterator[Listed]:
    everybody = frozenset(Role)
    roles = (everybody - {Role.CONTACT}, frozenset({Role.CONTACT}), frozenset[Role]())
    for given in _some(roles=roles, id=[firm.worker], client_id=firm.clients[:2], archived=(None, True)):
        yield Listed("people", (PeopleQuery(**{"roles": everybody, **given}),), PersonSort)


def _projects(firm: Plenty) -> Iterator[Listed]:
    for given in _some(
        now=(NEW_RATE - timedelta(microseconds=1), NEW_RATE),
        visibility=(*_reaches(firm), Visibility(worker=firm.worker, client_id=firm.client)),
        id=firm.projects[:1],
        client_id=firm.clients[:2],
        archived=(None, True),
    ):
        yield Listed("projects", (ProjectsQuery(**{"now": NOW, **given}),), ProjectSort)


def _work(firm: Plenty) -> Iterator[Listed]:
    some = _some(
        visibility=_reaches(firm),
        client_id=firm.clients[:2],
        project_id=firm.projects[:2],
        person_id=firm.people,
        period=(MARCH, _FIRST_OF_APRIL),
        locked=(False, True),
    )
    for given in (*some, {"zone": "Pacific/Pago_Pago", "period": _FIRST_OF_APRIL}):
        yield Listed("work", (WorkQuery(**{"zone": ZONE, **given}),), WorkSort)


def _invoices(firm: Plenty) -> Iterator[Listed]:
    each = frozenset(Status)
    for given in _some(
        statuses=(each - {Status.DRAFT}, *(frozenset({status}) for status in Status), frozenset[Status]()),
        visibility=_reaches(firm),
        client_id=firm.clients[:2],
        period=(_ISSUED, MARCH),
        overdue=(True,),
    ):
        yield Listed("invoices", (InvoicesQuery(**{"today": _TODAY, "statuses": each, **given}),), InvoiceSort)
