"""Lists are searched, counted, added up and turned over both ways; what they hold carries names and actions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from invoicecore import (
    Action,
    ClientSort,
    Deposit,
    InvoiceSort,
    Page,
    Period,
    TransactionSort,
    WorkSort,
)
from invoicecore.errors import InvalidInput, NotPermitted
from invoicecore.queries.owed import AgingSort
from invoicecore.testing.pictures import png
from tests.world import World, terms, usd


@pytest.fixture
def busy(world: World) -> World:
    """A world with work of different lengths, three clients and five invoices."""
    for hours in (3, 1, 2):
        world.log(hours)
    for name in ("Zeta", "Übermut"):
        client = world.maria.clients.add(name=name, terms=terms())
        world.maria.invoices.manual(client.id, usd(20), deposit=Deposit.TO_BALANCE)
    for amount in (30, 10):
        bill = world.maria.invoices.manual(world.acme.id, usd(amount), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(bill.id, usd(amount // 2))
    world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
    return world


def there_and_back(ask: Callable[..., Page[Any]], limit: int) -> tuple[list[Any], list[Any]]:
    """All rows page by page to the end, and back from there to the beginning."""
    page = ask(limit=limit)
    assert page.previous_cursor is None
    there = [page]
    while page.next_cursor is not None:
        page = ask(limit=limit, after=page.next_cursor)
        there.append(page)
    back = [page]
    while page.previous_cursor is not None:
        page = ask(limit=limit, before=page.previous_cursor)
        assert page.next_cursor is not None
        back.insert(0, page)
    return there, back


class TestBackAndForth:
    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("sort", InvoiceSort)
    def test_every_order(self, busy: World, sort: InvoiceSort, descending: bool, limit: int) -> None:
        """Whoever goes back sees the same rows as on the way there, in the same order."""
        there, back = there_and_back(
            lambda **part: busy.maria.pages.invoices(sort=sort, descending=descending, **part), limit
        )
        whole = busy.maria.pages.invoices(sort=sort, descending=descending).rows
        assert list(whole) == [row for page in there for row in page.rows]
        assert list(whole) == [row for page in back for row in page.rows]

    def test_one_direction_at_a_time(self, busy: World) -> None:
        """A page comes after a cursor or before one."""
        cursor = busy.maria.pages.invoices(limit=1).next_cursor
        with pytest.raises(InvalidInput, match="give one of them"):
            busy.maria.pages.invoices(after=cursor, before=cursor)
        with pytest.raises(InvalidInput, match="before must be a cursor"):
            busy.maria.pages.invoices(before="x")


class TestSearch:
    @pytest.mark.parametrize(
        ("search", "names"),
        [("acme", ["Acme"]), ("CM", ["Acme"]), ("über", ["Übermut"]), (" ", ["Acme", "Zeta", "Übermut"]), ("x", [])],
    )
    def test_clients(self, busy: World, search: str, names: list[str]) -> None:
        """By a part of the name, in small letters or capitals."""
        assert names == [row.client.name for row in busy.maria.pages.clients(search=search).rows]

    def test_the_others(self, busy: World) -> None:
        """Projects and invoices by their client too, people by their e-mail, work by its note and the names around."""
        pages = busy.maria.pages
        busy.maria.work.edit(pages.work().rows[0].session.id, note="Fix the footer")
        assert ["Website"] == [row.project.name for row in pages.projects(search="acme").rows]
        assert ["Lee"] == [row.person.name for row in pages.people(search="lee@").rows]
        assert (1, 3, 0) == tuple(len(pages.work(search=it).rows) for it in ("footer", "web", "zeta"))
        assert (1, 1) == tuple(len(pages.invoices(search=it).rows) for it in ("-0001", "Zeta"))

    def test_what_may_not_be_seen_is_not_found(self, busy: World) -> None:
        """Nobody learns by searching what they do not see."""
        assert () == busy.cleo.pages.invoices(search="Zeta").rows
        assert () == busy.lee.pages.projects(search="Zeta").rows


class TestTotals:
    def test_invoices(self, busy: World) -> None:
        """Their number, totals and what is left to pay, whatever the page."""
        totals = busy.maria.pages.invoices(limit=1, totals=True).totals
        assert totals is not None
        assert (5, (usd(380),), (usd(320),)) == (totals.count, totals.amounts, totals.amounts_due)
        assert busy.maria.pages.invoices(limit=1).totals is None

    def test_work(self, busy: World) -> None:
        """Time and cost; those who see no money are told the time."""
        whole, hers = (desk.pages.work(limit=1, totals=True).totals for desk in (busy.maria, busy.sam))
        assert whole is not None
        assert hers is not None
        assert (3, timedelta(hours=6), (usd(300),)) == (whole.count, whole.time, whole.amounts)
        assert (3, timedelta(hours=6), ()) == (hers.count, hers.time, hers.amounts)

    def test_of_what_was_asked(self, busy: World) -> None:
        """Only what the search and the filters leave counts."""
        pages = busy.maria.pages
        assert [1, 1, 3] == [
            page.totals.count
            for page in (
                pages.clients(search="acme", totals=True),
                pages.projects(totals=True),
                pages.people(totals=True),
            )
            if page.totals is not None
        ]


class TestOrders:
    def test_hours_kind_utilization(self, busy: World) -> None:
        """Sessions by their duration, invoices and movements by kind, clients by how far they have come."""
        pages = busy.maria.pages
        assert [1, 2, 3] == [
            row.session.duration // timedelta(hours=1) for row in pages.work(sort=WorkSort.HOURS, descending=False).rows
        ]
        kinds = [row.kind for row in pages.invoices(sort=InvoiceSort.KIND).rows]
        assert sorted(kinds) == kinds
        moved = [row.movement.kind for row in pages.transactions(busy.acme.id, sort=TransactionSort.KIND).rows]
        assert sorted(moved) == moved
        assert "Acme" == pages.clients(sort=ClientSort.UTILIZATION, descending=True).rows[0].client.name
        assert "Übermut" == pages.aging(sort=AgingSort.AMOUNT_DUE).clients.rows[-1].client.name
        with pytest.raises(NotPermitted):
            busy.sam.pages.clients(sort=ClientSort.UTILIZATION)


class TestActions:
    def test_as_on_the_page_of_one(self, busy: World) -> None:
        """A row has the actions that the invoice has by itself, for each viewer."""
        for desk in (busy.maria, busy.cleo):
            for row in desk.pages.invoices().rows:
                assert desk.invoices.available_actions(row.id) == row.actions
        allowed = {it.action for row in busy.cleo.pages.invoices().rows for it in row.actions if it.allowed}
        assert {Action.PRINT} == allowed


class TestNames:
    def test_a_timer_of_somebody_unassigned(self, world: World) -> None:
        """They still learn what it is for."""
        world.lee.work.start(world.site.id)
        world.maria.projects.unassign(world.site.id, world.lee.person_id)
        [row] = world.lee.pages.timers()
        assert ("Acme", "Website", "Lee") == (row.client.name, row.project.name, row.person.name)

    def test_history_and_explanation(self, busy: World) -> None:
        """A contact is told by whom a step was taken; an explanation says for which invoice was paid."""
        row = busy.cleo.pages.invoices(search="-0003").rows[0]
        assert ["Maria", "Maria"] == [step.by.name for step in busy.cleo.pages.invoice(row.id).history]
        deposit = busy.cleo.pages.explain(busy.acme.id).utilization.deposit
        assert deposit is not None
        assert deposit.cause.invoice is not None
        assert ("INV-2026-0004", "Maria") == (deposit.cause.invoice.name, deposit.by.name)

    def test_audit(self, busy: World) -> None:
        """The newest first, page by page, each with who did it and what it was done to."""
        pages = busy.maria.pages
        newest = pages.audit(limit=1).rows[0]
        assert (Action.DRAFT_INVOICE, "Maria") == (newest.action, newest.by.name)
        there, back = there_and_back(pages.audit, 3)
        positions = [row.position for page in there for row in page.rows]
        assert sorted(positions, reverse=True) == positions == [row.position for page in back for row in page.rows]
        [made] = pages.audit(entity_id=busy.acme.id, action=Action.ADD_CLIENT).rows
        assert ["Acme"] == [name.name for name in made.names]

    def test_profile(self, world: World) -> None:
        """A contact sees the firm's name and logo."""
        world.maria.firm.set_logo(png(2, 2))
        profile = world.cleo.firm.profile()
        assert ("Northwind Studio", True) == (profile.name, profile.logo is not None)
