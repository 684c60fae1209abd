"""Every list comes whole, page by page, in each of its orders, and nobody sees more of it than is theirs."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import (
    AgingSort,
    ChargeSort,
    ClientSort,
    Deposit,
    Desk,
    InvoiceSort,
    Line,
    Page,
    Period,
    Person,
    PersonSort,
    Project,
    ProjectSort,
    Role,
    Status,
    TransactionRow,
    TransactionSort,
    UnbilledSort,
    WorkSort,
    utc,
)
from invoicecore.desk import visibility
from invoicecore.desk.generic_queries import GenericQueries
from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.model.work_session import WorkSession
from invoicecore.ports.queries import ClientsQuery
from invoicecore.queries.audit import AuditSort
from invoicecore.queries.clients import ClientRow
from invoicecore.queries.paging import PageRequest, Sort
from invoicecore.storage.memory import _FirmState
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.ids import ClientId, InvoiceId, PersonId, ProjectId, SessionId
from invoicecore.vocabulary import InvoiceKind
from tests.world import UNLIMITED, World, hourly, new_world, usd

Listing = Callable[..., Page[object]]

LISTS: dict[str, tuple[type[Sort], Callable[[Desk, str], Listing]]] = {
    "clients": (ClientSort, lambda desk, client: desk.pages.clients),
    "contacts": (PersonSort, lambda desk, client: lambda **asked: desk.pages.contacts(client, **asked)),
    "transactions": (TransactionSort, lambda desk, client: lambda **asked: desk.pages.transactions(client, **asked)),
    "projects": (ProjectSort, lambda desk, client: desk.pages.projects),
    "work": (WorkSort, lambda desk, client: desk.pages.work),
    "charges": (ChargeSort, lambda desk, client: desk.pages.charges),
    "invoices": (InvoiceSort, lambda desk, client: desk.pages.invoices),
    "people": (PersonSort, lambda desk, client: desk.pages.people),
    "audit": (AuditSort, lambda desk, client: desk.pages.audit),
    "unbilled": (UnbilledSort, lambda desk, client: desk.pages.unbilled),
    "aging": (AgingSort, lambda desk, client: lambda **asked: desk.pages.aging(**asked).clients),
}
"""Every list of the pages: its orders, and how it is asked for."""

ORDERS = [(name, sort) for name, (sorts, _) in LISTS.items() for sort in sorts]
NAMES = ["Acme", "acme", "Émile", "E\u0301mile", "Zoë 𝄞", "Ab", "A", "a\uffffb", "日本", '"', "\\", "Ab"]


def whole(listing: Listing, *, size: int, **asked: object) -> Iterator[object]:
    """All rows of a list, asked for so many at a time."""
    after = None
    while True:
        page = listing(after=after, limit=size, **asked)
        assert len(page.rows) == size or page.next_cursor is None
        yield from page.rows
        if page.next_cursor is None:
            return
        after = page.next_cursor


@pytest.fixture(scope="module")
def studio() -> World:
    """A firm with a dozen of everything, much of it alike: names, days, amounts."""
    world, hand = new_world(UNLIMITED), Random(5)
    maria = world.maria
    for number, name in enumerate(NAMES):
        client = world.client(name)
        project = world.project(client, name, hand.choice(["50", "33.33"]))
        email = None if number % 2 else f"p{number}@firm.example"
        maria.people.add(name=name, role=list(Role)[number % 3], email=email)
        maria.people.add(name=name, role=Role.CONTACT, client_id=world.acme.id)
        for _ in range(2):
            world.clock.advance(timedelta(days=hand.randint(0, 2)))
            world.log(hand.randint(1, 2), project, start=utc(2026, 3, hand.randint(2, 5), 15))
            world.log(1, start=utc(2026, 3, hand.randint(2, 5), 15))
            maria.charges.fee(client.id, date(2026, 3, hand.randint(2, 5)), usd(1))
            maria.charges.expense(world.acme.id, date(2026, 3, hand.randint(2, 5)), price=usd(2))
            bill = maria.invoices.manual(client.id, usd(hand.randint(1, 3)), deposit=Deposit.TO_BALANCE)
        if number % 3 == 0:
            maria.payments.record(bill.id)
        if number % 3 == 1:
            maria.invoices.draft(client.id, Period.month(2026, 3))
    return world


class TestPageByPage:
    """A list is the same, however it is cut."""

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize(("name", "sort"), ORDERS)
    def test_the_whole_list(self, studio: World, name: str, sort: Sort, descending: bool) -> None:
        """Pages of 1, 2, 5 and 12 rows add up to the list in one page, each row once and in its place."""
        listing = LISTS[name][1](studio.maria, studio.acme.id)
        rows = listing(sort=sort, descending=descending, limit=1000).rows
        assert len(rows) >= 12
        for size in (1, 2, 5, 12, len(rows)):
            assert list(rows) == list(whole(listing, size=size, sort=sort, descending=descending))
        stored = [SimpleNamespace(entry=row.movement) if isinstance(row, TransactionRow) else row for row in rows]
        places = [sort.key_of(row) for row in stored]
        assert all((one > other) if descending else (one < other) for one, other in pairwise(places))
        assert rows == listing(sort=sort, descending=not descending, limit=1000).rows[::-1]

    @pytest.mark.parametrize(("name", "sort"), ORDERS)
    def test_a_page_of_another_order(self, studio: World, name: str, sort: Sort) -> None:
        """A mark is good for the order and the direction in which the page before was asked for."""
        listing = LISTS[name][1](studio.maria, studio.acme.id)
        after = listing(sort=sort, descending=False, limit=1).next_cursor
        assert after is not None
        for other, descending in product(type(sort), (False, True)):
            if (other, descending) != (sort, False):
                with pytest.raises(InvalidInput, match="after"):
                    listing(sort=other, descending=descending, after=after)

    def test_every_list_has_its_orders_here(self) -> None:
        """Whatever can be asked for page by page is tried."""
        desk = new_world().maria
        paged = {
            name
            for name, page in vars(type(desk.pages)).items()
            if not name.startswith("_") and "after" in getattr(page, "__annotations__", ())
        }
        assert set(LISTS) == paged

    @settings(max_examples=60)
    @given(
        before=st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
        meanwhile=st.lists(st.sampled_from(NAMES), max_size=4),
        size=st.integers(1, 3),
        descending=st.booleans(),
    )
    def test_what_comes_and_goes_meanwhile(
        self, before: list[str], meanwhile: list[str], size: int, descending: bool
    ) -> None:
        """After the first page some clients are added and the last one shown is put away: all others that were there
        come once, and of the new ones just those that stand after the page."""
        world = new_world()
        old = {world.acme.id: "Acme", **{world.client(name).id: name for name in before}}
        first = world.maria.pages.clients(limit=size, descending=descending)
        new = {world.client(name).id: inputs.named(name) for name in meanwhile}
        world.maria.clients.archive(first.rows[-1].client.id)
        seen = [row.client.id for row in first.rows]
        page = first
        while page.next_cursor is not None:
            page = world.maria.pages.clients(after=page.next_cursor, limit=size, descending=descending)
            seen += [row.client.id for row in page.rows]
        last = (first.rows[-1].client.name, first.rows[-1].client.id)
        late = {id for id, name in new.items() if ((name, id) < last) is descending}
        assert old.keys() | (late if first.next_cursor is not None else set()) == set(seen)
        assert len(seen) == len(set(seen))


class TestMeanwhile:
    """In memory, what others commit is seen at once, also between two looks of one page."""

    @pytest.mark.parametrize("name", LISTS)
    def test_others_come_while_a_page_is_made(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Before each look a client comes with a project, work and an invoice; every list is answered all the same."""
        world, find = new_world(UNLIMITED), UnitOfWork.find
        listing = LISTS[name][1](world.maria, world.acme.id)

        def late(*given: Any, **named: Any) -> list[Any]:
            with monkeypatch.context() as quiet:
                quiet.setattr(UnitOfWork, "find", find)
                client = world.client("Newest")
                world.log(1, world.project(client))
                world.maria.invoices.manual(client.id, usd(1), deposit=Deposit.TO_BALANCE)
            return find(*given, **named)

        monkeypatch.setattr(UnitOfWork, "find", late)
        assert isinstance(listing().rows, tuple)


class OwnPages(GenericQueries):
    """Pages that a store brings: they know of no clients."""

    def clients(self, wanted: ClientsQuery, cut: PageRequest[ClientSort]) -> list[ClientRow]:
        """None at all."""
        return []


class TestOwnPages:
    """A store may answer by its own means."""

    def test_they_are_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where a store's transactions bring queries, those answer; otherwise what every store can do."""
        world = new_world()
        assert 1 == len(world.maria.pages.clients().rows)
        own = OwnPages(UnitOfWork(world.storage, world.billing.firm_id))
        monkeypatch.setattr(_FirmState, "queries", lambda state: own, raising=False)
        assert 0 == len(world.maria.pages.clients().rows)
        assert 1 == len(world.maria.pages.projects().rows)


FEW = [ClientId("c1"), ClientId("c2")]
PROJECTS = [ProjectId("p1"), ProjectId("p2"), ProjectId("p3")]
PEOPLE = [PersonId("w1"), PersonId("w2")]

viewers = st.one_of(
    st.builds(
        Person,
        id=st.sampled_from(PEOPLE),
        name=st.just("Lee"),
        role=st.sampled_from([role for role in Role if role is not Role.CONTACT]),
    ),
    st.builds(
        Person,
        id=st.just(PersonId("k")),
        name=st.just("Cleo"),
        role=st.just(Role.CONTACT),
        client_id=st.sampled_from(FEW),
        limited_to=st.none() | st.frozensets(st.sampled_from(PROJECTS)),
    ),
)
projects = st.builds(
    Project,
    id=st.sampled_from(PROJECTS),
    client_id=st.sampled_from(FEW),
    name=st.just("Job"),
    rates=st.just(()),
    assigned=st.frozensets(st.sampled_from(PEOPLE)),
)
sessions = st.builds(
    WorkSession,
    id=st.just(SessionId("s")),
    client_id=st.sampled_from(FEW),
    project_id=st.sampled_from(PROJECTS),
    person_id=st.sampled_from(PEOPLE),
    start=st.just(utc(2026, 3, 2)),
    duration=st.just(timedelta(hours=1)),
    rate=st.just(hourly(50)),
    minor=st.just(5000),
)
invoices = st.builds(
    Invoice,
    id=st.just(InvoiceId("i")),
    client_id=st.sampled_from(FEW),
    kind=st.sampled_from(InvoiceKind),
    deposit=st.sampled_from(Deposit),
    currency=st.just("USD"),
    status=st.sampled_from(Status),
    lines=st.lists(st.builds(Line, st.just(""), st.just(1), project_id=st.none() | st.sampled_from(PROJECTS))).map(
        tuple
    ),
    revision=st.just(""),
    total_minor=st.just(1),
)


class TestReach:
    """What a store is asked for is just what each thing looked at by itself says."""

    @pytest.mark.req("A20", "A21")
    @given(viewers, projects, sessions, invoices)
    def test_the_same_as_the_predicates(
        self, viewer: Person, project: Project, session: WorkSession, invoice: Invoice
    ) -> None:
        """Anything is within somebody's reach exactly if they see it; invoices, if they list those of its status."""
        seen = visibility.of(viewer)
        assert visibility.sees_project(viewer, project) is seen.has_project(project)
        assert visibility.sees_work(viewer, session) is seen.has_work(session)
        assert visibility.sees_client(viewer, project.client_id) is seen.has_client(project.client_id)
        if viewer.role is not Role.SUPERVISOR:  # who lists no invoices at all
            listed = invoice.status in visibility.statuses_seen(viewer) and seen.has_invoice(invoice)
            assert visibility.sees_invoice(viewer, invoice) is listed

    @given(viewers, st.sampled_from(Role))
    def test_people_by_their_role(self, viewer: Person, role: Role) -> None:
        """The roles in which people are listed are those in which somebody else is seen."""
        client = {"client_id": FEW[0]} if role is Role.CONTACT else {}
        other = Person(id=PersonId("other"), name="Nora", role=role, **client)  # type: ignore[arg-type]
        assert visibility.sees_person(viewer, other) is (role in visibility.roles_seen(viewer))
