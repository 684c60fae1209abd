"""Clients, and what follows from their terms."""

from fractions import Fraction
from typing import Any

import pytest

from invoicecore import Client, Money, PaymentTerms, Period, Rate, Terms
from invoicecore.errors import (
    BalanceLimitReached,
    CurrencyMismatch,
    InvalidInput,
    InvalidState,
)
from tests.books import books
from tests.world import NOON, UNLIMITED, World, hourly, terms, usd

EUROS = Terms(allowed_balance=Money.of(-100, "EUR"))


class TestAdd:
    @pytest.mark.req("A33")
    def test_a_client_is_made_from_a_name_and_terms(self, world: World) -> None:
        """They begin with a balance of zero."""
        client = world.maria.clients.add(name="Globex", terms=terms())
        assert client == world.maria.clients.get(client.id)
        standing = world.maria.accounts.standing(client.id)
        assert ("Globex", "USD", usd(0), terms()) == (client.name, client.currency, standing.balance, standing.terms)
        assert (False, False, Fraction(0)) == (standing.stopped, standing.refill_due, standing.utilization)

    @pytest.mark.req("A36")
    def test_a_refill_is_optional(self, world: World) -> None:
        """Without one nothing is ever asked for by itself, and there is no utilization."""
        client = world.client(terms=Terms(allowed_balance=usd(-5000)))
        world.log(24, world.project(client))
        standing = world.maria.accounts.standing(client.id)
        assert () == world.maria.invoices.of(client.id)
        assert (None, False) == (standing.utilization, standing.refill_due)

    @pytest.mark.req("A30", "A31")
    def test_projects_of_different_rates_draw_from_one_balance(self, world: World) -> None:
        """An hour at $10, one at $20 and one at $62.50 leave −$92.50."""
        client = world.client()
        for name, rate in (("A", "10"), ("B", "20"), ("C", "62.5")):
            world.log(1, world.project(client, name=name, rate=rate))
        assert 3 == len(world.maria.projects.of(client.id))
        assert usd("-92.50") == world.balance(client)


class TestCurrency:
    def test_it_is_that_of_the_terms_or_else_that_of_the_firm(self, world: World) -> None:
        """Terms without an amount name no currency; then one may be said."""
        add = world.maria.clients.add
        assert "EUR" == add(name="A", terms=EUROS).currency
        assert "EUR" == add(name="B", terms=EUROS, currency="EUR").currency
        assert "USD" == add(name="C", terms=UNLIMITED).currency
        assert "JPY" == add(name="D", terms=UNLIMITED, currency="JPY").currency

    def test_two_currencies_are_refused(self, world: World) -> None:
        """A client has one currency, and terms are in it."""
        with pytest.raises(CurrencyMismatch):
            world.maria.clients.add(name="Globex", terms=EUROS, currency="USD")
        with pytest.raises(CurrencyMismatch):
            world.maria.clients.set_terms(world.acme.id, EUROS)
        with pytest.raises(InvalidInput, match="not a currency"):
            world.maria.clients.add(name="Globex", terms=UNLIMITED, currency="usd")

    def test_money_of_another_currency_moves_nothing(self, world: World) -> None:
        """A client billed in euros has their own rates, adjustments and refills."""
        client = world.client(terms=EUROS)
        with pytest.raises(CurrencyMismatch):
            world.project(client)
        with pytest.raises(CurrencyMismatch):
            world.maria.accounts.adjust(client.id, usd(1), reason="No")
        project = world.maria.projects.add(client_id=client.id, name="Job", rate=Rate.hourly("40", "EUR"))
        world.maria.work.log(project.id, start=NOON, hours=2)
        assert Money.of(-80, "EUR") == world.balance(client)


class TestTerms:
    def test_new_terms_hold_from_now_on(self, world: World) -> None:
        """The ledger stays; the standing follows the new terms."""
        world.log(8)
        before = world.maria.accounts.entries(world.acme.id)
        standing = world.maria.clients.set_terms(world.acme.id, terms(allowed="-400", refill_at=None))
        assert (True, usd(-400), None) == (standing.stopped, standing.balance, standing.utilization)
        assert standing == world.maria.accounts.standing(world.acme.id)
        assert before == world.maria.accounts.entries(world.acme.id)
        with pytest.raises(BalanceLimitReached):
            world.log(1)

    def test_new_terms_may_lift_the_stop(self, world: World) -> None:
        """A client who is trusted further works on at once."""
        world.maria.clients.set_terms(world.acme.id, terms(allowed="0"))
        with pytest.raises(BalanceLimitReached):
            world.log(1)
        world.maria.clients.set_terms(world.acme.id, UNLIMITED)
        world.log(1)
        assert usd(-50) == world.balance()

    def test_new_terms_may_make_a_refill_due(self, world: World) -> None:
        """At −$400, a refill balance of −$400 asks for $1,000; said again, it asks for nothing more."""
        world.log(8)
        standing = world.maria.clients.set_terms(world.acme.id, terms(refill_at="-400"))
        assert (usd(1000), usd(600), False) == (standing.outstanding, standing.projected_balance, standing.refill_due)
        world.maria.clients.set_terms(world.acme.id, terms(refill_at="-400"))
        assert 1 == len(world.maria.invoices.of(world.acme.id))

    def test_terms_set_again_ask_for_what_was_voided(self, world: World) -> None:
        """A void by itself asks for nothing; setting terms looks at the refill anew."""
        for _ in range(3):
            world.log(8)
        [refill] = world.maria.invoices.of(world.acme.id)
        world.maria.invoices.void(refill.id, note="By hand")
        assert world.maria.accounts.standing(world.acme.id).refill_due
        world.maria.clients.set_terms(world.acme.id, terms())
        assert 2 == len(world.maria.invoices.of(world.acme.id))


class TestChange:
    def test_what_is_none_stays(self, world: World) -> None:
        """Name, address, payment terms and locale change one by one."""
        change = world.maria.clients.change
        change(world.acme.id, name=" Acme Ltd ")
        change(world.acme.id, billing_address="1 Road")
        change(world.acme.id, payment_terms=PaymentTerms.net(30))
        client = change(world.acme.id, locale="de-AT")
        assert ("Acme Ltd", "1 Road", PaymentTerms.net(30), "de_AT") == (
            client.name,
            client.billing_address,
            client.payment_terms,
            client.locale,
        )
        assert client == world.maria.clients.get(world.acme.id)

    @pytest.mark.parametrize(
        "given",
        [
            {"name": ""},
            {"name": " \t"},
            {"name": "A\nB"},
            {"name": 5},
            {"name": "x" * 201},
            {"payment_terms": 14},
            {"locale": "xx"},
        ],
    )
    def test_a_client_is_well_formed(self, world: World, given: dict[str, Any]) -> None:
        """Malformed values are refused when a client is made and when one is changed."""
        before = books(world.storage, world.billing.firm_id)
        with pytest.raises(InvalidInput):
            world.maria.clients.add(**{"name": "Globex", "terms": UNLIMITED, **given})
        with pytest.raises(InvalidInput):
            world.maria.clients.change(world.acme.id, **given)
        assert before == books(world.storage, world.billing.firm_id)


class TestArchive:
    def test_an_archived_client_keeps_everything(self, world: World) -> None:
        """No new work and no new project, but what is owed is still paid."""
        world.log(24)
        world.maria.clients.archive(world.acme.id)
        assert world.maria.clients.get(world.acme.id).archived
        with pytest.raises(InvalidState, match="Acme is archived"):
            world.maria.projects.add(client_id=world.acme.id, name="More", rate=hourly(50))
        [invoice] = world.maria.invoices.of(world.acme.id)
        world.maria.payments.record(invoice.id)
        world.maria.invoices.generate(world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id)
        assert usd(-200) == world.balance()

    def test_a_client_comes_back(self, world: World) -> None:
        """Restored, they are as before."""
        world.maria.clients.archive(world.acme.id)
        assert world.acme == world.maria.clients.restore(world.acme.id)


class TestLists:
    @pytest.fixture
    def globex(self, world: World) -> Client:
        """Another client."""
        return world.client("Globex")

    @pytest.mark.req("A41")
    def test_clients_are_listed_in_the_order_in_which_they_were_made(self, world: World, globex: Client) -> None:
        """Managers and supervisors see all, with what the list shows at hand for the manager."""
        assert (world.acme, globex) == world.maria.clients.all() == world.sam.clients.all()
        world.log(10)
        standings = [world.maria.accounts.standing(client.id) for client in world.maria.clients.all()]
        assert [(usd(-500), Fraction(1, 2)), (usd(0), None)] == [(it.balance, it.utilization) for it in standings]
