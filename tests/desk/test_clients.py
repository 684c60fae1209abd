"""Clients, and what follows from their terms."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from invoicecore import Client, InvoiceKind, Money, PaymentTerms, Period, Rate, Refill, Status, Terms
from invoicecore.errors import (
    BalanceLimitReached,
    CurrencyMismatch,
    InvalidInput,
    InvalidState,
    NotFound,
    NotPermitted,
)
from invoicecore.testing.books import books
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

    @pytest.mark.req("A38", "A39", "A40")
    def test_after_a_hundred_hours_at_ten_dollars_a_thousand_is_asked_for(self, world: World) -> None:
        """A refill balance of −$1000 and a refill of $10 × 100 h: at −$1000 an invoice of $1000 is there, unpaid."""
        refill = Refill(threshold=usd(-1000), rate=hourly(10), hours=100)
        client = world.client(terms=Terms(allowed_balance=None, refill=refill))
        project = world.project(client, rate="10")
        for _ in range(12):
            world.log(8, project)
        world.log("3.99", project)
        assert () == world.maria.invoices.of(client.id)
        world.log("0.01", project)
        [invoice] = world.maria.invoices.of(client.id)
        assert usd(-1000) == world.balance(client)
        assert (InvoiceKind.REFILL, Status.GENERATED, usd(1000), usd(1000)) == (
            invoice.kind,
            invoice.status,
            invoice.total,
            invoice.amount_due,
        )

    @pytest.mark.req("A39")
    def test_one_crossing_asks_once(self, world: World) -> None:
        """More work after the crossing asks again only when the next block is used up."""
        for _ in range(3):
            world.log(8)
        assert 1 == len(world.maria.invoices.of(world.acme.id))
        world.log(8)
        assert 1 == len(world.maria.invoices.of(world.acme.id))
        assert usd(-600) == world.maria.accounts.standing(world.acme.id).projected_balance

    def test_terms_may_ask_for_money_before_any_work(self, world: World) -> None:
        """A client who prepays has a refill balance of $0, so the first block is asked for at once."""
        client = world.client(
            terms=Terms(allowed_balance=None, refill=Refill(threshold=usd(0), rate=hourly(10), hours=100))
        )
        [invoice] = world.maria.invoices.of(client.id)
        assert (InvoiceKind.REFILL, usd(1000), "INV-2026-0001") == (invoice.kind, invoice.total, invoice.number)
        assert usd(1000) == world.maria.accounts.standing(client.id).projected_balance

    def test_as_many_blocks_as_it_takes_are_asked_for(self, world: World) -> None:
        """To be above $2,500 takes three blocks of $1,000, in one invoice."""
        client = world.client(
            terms=Terms(allowed_balance=None, refill=Refill(threshold=usd(2500), rate=hourly(10), hours=100))
        )
        assert [usd(3000)] == [it.total for it in world.maria.invoices.of(client.id)]

    @pytest.mark.req("A42", "A43")
    def test_a_quarter_of_the_payment_is_used(self, world: World) -> None:
        """Payment $1000, refill balance $0, balance $750: 25 %."""
        client = world.client(
            terms=Terms(allowed_balance=None, refill=Refill(threshold=usd(0), rate=hourly(10), hours=100))
        )
        [invoice] = world.maria.invoices.of(client.id)
        world.maria.payments.record(invoice.id, usd(1000))
        assert Fraction(0) == world.maria.accounts.standing(client.id).utilization
        for _ in range(5):
            world.log(5, world.project(client, rate="10"))
        standing = world.maria.accounts.standing(client.id)
        assert (usd(750), usd(1000), Fraction(1, 4)) == (
            standing.balance,
            standing.utilization_base,
            standing.utilization,
        )

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
    def test_a_stop_before_the_refill_warns(self) -> None:
        """Accepted, with a sentence that says what is odd about it."""
        odd = terms(allowed="-500", refill_at="-1000")
        [warning] = odd.warnings
        assert "Work stops at -500.00 USD" in warning
        assert () == terms().warnings
        assert () == terms(allowed="-1000", refill_at="-1000").warnings
        assert () == UNLIMITED.warnings

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

    def test_the_clients_payment_terms_go_before_the_firms(self, world: World) -> None:
        """Thirty days from 2 March are 1 April; the firm's fourteen would be 16 March."""
        world.maria.clients.change(world.acme.id, payment_terms=PaymentTerms.net(30))
        world.log(24)
        [invoice] = world.maria.invoices.of(world.acme.id)
        assert (date(2026, 3, 2), date(2026, 4, 1)) == (invoice.issued_on, invoice.due_on)

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

    def test_malformed_wins_over_absent_and_not_permitted(self, world: World) -> None:
        """Which error wins is part of the interface."""
        with pytest.raises(InvalidInput):
            world.maria.clients.change("no-such-client", name="")
        with pytest.raises(InvalidInput):
            world.lee.clients.add(name="", terms=UNLIMITED)
        wrong: Any = -1500
        with pytest.raises(InvalidInput):
            world.lee.clients.set_terms("no-such-client", wrong)

    def test_not_permitted_wins_over_a_rule_of_money(self, world: World) -> None:
        """Whoever may not make clients is told that, whatever the currencies."""
        with pytest.raises(NotPermitted):
            world.sam.clients.add(name="Globex", terms=EUROS, currency="USD")
        with pytest.raises(NotPermitted):
            world.sam.clients.set_terms(world.acme.id, EUROS)


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

    @pytest.mark.req("A20")
    def test_a_contact_sees_their_own_client(self, world: World, globex: Client) -> None:
        """Another client does not exist for Cleo."""
        assert (world.acme,) == world.cleo.clients.all()
        with pytest.raises(NotFound) as theirs:
            world.cleo.clients.get(globex.id)
        with pytest.raises(NotFound) as nobodys:
            world.cleo.clients.get("x" * len(globex.id))
        assert str(theirs.value).replace(globex.id, "") == str(nobodys.value).replace("x" * len(globex.id), "")
