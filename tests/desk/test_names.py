"""Clients, projects and invoices are found by what people call them, and invoices carry the day that is said."""

from datetime import date
from typing import Any

import pytest

from invoicecore import Deposit, Period, Role, utc
from invoicecore.errors import InvalidInput, InvalidState, NotFound, NotPermitted
from tests.world import UNLIMITED, World, hourly, new_world, usd


@pytest.fixture
def world() -> World:
    """Northwind Studio with Acme, Acme Europe and Bright Bakery."""
    world = new_world()
    for name in ("Acme Europe", "Bright Bakery"):
        client = world.maria.clients.add(name=name, terms=UNLIMITED)
        world.maria.projects.add(client_id=client.id, name="Website", rate=hourly(50))
    return world


class TestByName:
    @pytest.mark.parametrize(
        ("sought", "name"),
        [("Acme", "Acme"), ("acme", "Acme"), ("bak", "Bright Bakery"), ("EUROPE", "Acme Europe"), (" Acme ", "Acme")],
    )
    def test_client(self, world: World, sought: str, name: str) -> None:
        """The whole name goes before a part of another, and the case of letters does not matter."""
        assert name == world.maria.clients.by_name(sought).name

    def test_several(self, world: World) -> None:
        """All of them are named."""
        with pytest.raises(InvalidInput, match="'me' may be several: Acme, Acme Europe") as refused:
            world.maria.clients.by_name("me")
        assert ("ambiguous_name", "name") == (refused.value.code, refused.value.field)

    def test_none(self, world: World) -> None:
        """A client's contact does not even learn that there is another client."""
        for desk, sought in ((world.maria, "Globex"), (world.cleo, "Bright")):
            with pytest.raises(NotFound):
                desk.clients.by_name(sought)

    def test_archived(self, world: World) -> None:
        """Of two that are called alike the one that is not archived is meant; alone, it is found all the same."""
        bakery = world.maria.clients.by_name("bak")
        world.maria.clients.archive(bakery.id)
        assert bakery.id == world.maria.clients.by_name("bak").id
        again = world.maria.clients.add(name="Bright Bakery", terms=UNLIMITED)
        assert again.id == world.maria.clients.by_name("Bright Bakery").id

    @pytest.mark.parametrize("sought", ["Acme/Website", "acme/website"])
    def test_project(self, world: World, sought: str) -> None:
        """The name of the client tells projects of one name apart."""
        with pytest.raises(InvalidInput, match="Acme/Website, Acme Europe/Website, Bright Bakery/Website"):
            world.maria.projects.by_name("Website")
        assert world.site.id == world.maria.projects.by_name(sought).id
        bakery = world.maria.clients.by_name("bak")
        assert bakery.id == world.maria.projects.by_name("bright / web").client_id


class TestByNumber:
    def test_invoice(self, world: World) -> None:
        """It is the number that is printed; what one may not see is not there."""
        bakery = world.maria.clients.by_name("bak")
        made = world.maria.invoices.manual(bakery.id, usd(5), deposit=Deposit.TO_BALANCE)
        assert made == world.maria.invoices.by_number("INV-2026-0001")
        for desk, number in ((world.maria, "INV-2026-0002"), (world.cleo, "INV-2026-0001")):
            with pytest.raises(NotFound):
                desk.invoices.by_number(number)


class TestDayOfIssue:
    def test_it_is_on_the_paper(self, world: World) -> None:
        """The due date follows it, and so does the year in the number; what was booked, was booked today."""
        made = world.maria.invoices.manual(
            world.acme.id, usd(5), deposit=Deposit.NOT_DEPOSITED, issued_on=date(2025, 12, 31)
        )
        assert ("INV-2025-0001", date(2025, 12, 31), date(2026, 1, 14)) == (made.number, made.issued_on, made.due_on)
        assert () == world.maria.pages.aging(as_of=date(2026, 1, 31)).totals
        assert 1 == len(world.maria.pages.aging().totals)

    def test_a_time_invoice(self, world: World) -> None:
        """A draft is generated with its day."""
        world.lee.work.log(world.site.id, start=utc(2026, 2, 27, 9), hours=1)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 2))
        invoice = world.maria.invoices.generate(draft.id, issued_on=date(2026, 2, 28), due_on=date(2026, 3, 1))
        assert (date(2026, 2, 28), date(2026, 3, 1)) == (invoice.issued_on, invoice.due_on)

    def test_days_go_up_with_numbers(self, world: World) -> None:
        """An earlier day than that of the latest invoice is refused, unless it is meant; one that is to come always."""
        make = world.maria.invoices.manual
        make(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
        with pytest.raises(InvalidState, match="The latest invoice is of 2026-03-02") as refused:
            make(world.acme.id, usd(6), deposit=Deposit.TO_BALANCE, issued_on=date(2026, 3, 1))
        assert ("issued_out_of_order", date(2026, 3, 2)) == (refused.value.code, refused.value.params["latest"])
        with pytest.raises(InvalidState, match="would be ahead"):
            make(world.acme.id, usd(6), deposit=Deposit.TO_BALANCE, issued_on=date(2026, 3, 3), out_of_order=True)
        said = make(world.acme.id, usd(6), deposit=Deposit.TO_BALANCE, issued_on=date(2026, 3, 1), out_of_order=True)
        assert "INV-2026-0002" == said.number


class TestPeople:
    @pytest.mark.parametrize("sought", ["Lee", "LEE", " lee "])
    def test_by_name(self, world: World, sought: str) -> None:
        """The whole name or a part of it; a supervisor finds employees alone, and a worker may not look."""
        assert world.lee.person_id == world.maria.people.by_name(sought).id
        assert world.lee.person_id == world.sam.people.by_name(sought).id
        with pytest.raises(NotFound):
            world.sam.people.by_name(world.maria.people.get(world.cleo.person_id).name)
        with pytest.raises(NotPermitted):
            world.lee.people.by_name(sought)

    def test_readers(self, world: World) -> None:
        """Contacts who may see all of an invoice: of a draft nobody, and nobody who was archived."""
        shop = world.maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        given: dict[str, Any] = {"role": Role.CONTACT, "client_id": world.acme.id}
        limited = world.maria.people.add(name="Pat", limited_to=[world.site.id], **given)
        other = world.maria.people.add(name="Kim", limited_to=[shop.id], **given)
        world.maria.people.archive(world.maria.people.add(name="Zoë", **given).id)
        world.lee.work.log(world.site.id, start=utc(2026, 3, 2, 15), hours=1)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        assert () == world.maria.invoices.readers(draft.id)
        invoice = world.maria.invoices.generate(draft.id)
        readers = {it.id for it in world.maria.invoices.readers(invoice.id)}
        assert {world.cleo.person_id, limited.id} == readers
        assert other.id not in readers
