"""The law of the balance over random histories: it is always credit, and the net share of what was paid, less work."""

from contextlib import suppress
from datetime import date
from fractions import Fraction
from random import Random

import pytest

from invoicecore import Deposit, Invoice, OnVoid, Overpayment, Payment, Rate, TaxCategory
from invoicecore.errors import InvoicecoreError
from tests.settlement.test_taxes import MARCH, taxed_world
from tests.world import World, usd

RATES = ("0.000001", "7", "19", "20", "25")
STEPS = 60


def law(world: World) -> int:
    """What the balance must be, by exact fractions."""
    acme = world.acme.id
    credit = sum(it.unapplied_minor for it in world.maria.payments.of(acme))
    work = sum(it.amount.minor for it in world.maria.work.sessions(client_id=acme) if it.amount is not None)
    shares = 0
    for it in world.maria.invoices.of(acme):
        asked = it.total_minor - it.covered_minor
        if it.is_live and it.deposit is Deposit.TO_BALANCE and asked:
            net = it.total_minor - it.tax_minor - sum(part.minor for part in it.covered_by)
            shares += int(Fraction(it.paid_minor * net, asked) + Fraction(1, 2))
    return credit + shares - work


class History:
    """A random history of one client, of whose projects each has another tax."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.world = taxed_world()
        self.maria, self.acme = self.world.maria, self.world.acme.id
        self.projects = []
        for place, percent in enumerate(RATES):
            self.maria.firm.set_tax(f"T{place}", category=TaxCategory.STANDARD, percent=percent)
            rate = Rate.hourly(self.rng.choice(["33.33", "50", "0.07"]), "USD")
            added = self.maria.projects.add(client_id=self.acme, name=f"P{place}", rate=rate, tax=f"T{place}")
            self.projects.append(added.id)

    @property
    def open(self) -> list[Invoice]:
        """The invoices with something left to pay."""
        return [it for it in self.maria.invoices.of(self.acme) if it.amount_due_minor > 0 and it.number]

    @property
    def payments(self) -> list[Payment]:
        """What can be taken back."""
        return [it for it in self.maria.payments.of(self.acme) if it.reversed_minor < it.minor]

    def step(self) -> None:
        """Do something; what is refused changes nothing."""
        rng, maria = self.rng, self.maria
        match rng.choice(["work", "work", "bill", "ask", "pay", "pay", "over", "apply", "void", "reverse"]):
            case "work":
                maria.work.log(
                    rng.choice(self.projects),
                    day=date(2026, 3, 2),
                    hours=rng.choice(["0.01", "0.37", "1", "7.77"]),
                    person_id=self.world.lee.person_id,
                )
            case "bill":
                maria.invoices.generate(maria.invoices.draft(self.acme, MARCH).id)
            case "ask":
                maria.invoices.manual(
                    self.acme, usd(f"{rng.randint(1, 9999)}.{rng.randint(10, 99)}"), deposit=rng.choice([*Deposit])
                )
            case "pay" | "over" as how if self.open:
                invoice = rng.choice(self.open)
                minor = (
                    rng.randint(1, invoice.amount_due_minor)
                    if how == "pay"
                    else invoice.amount_due_minor + rng.randint(1, 9999)
                )
                maria.payments.record(invoice.id, usd(0) + usd("0.01") * minor, overpayment=Overpayment.TO_CREDIT)
            case "apply" if self.open:
                maria.payments.apply_credit(rng.choice(self.open).id)
            case "void" if invoices := [it for it in maria.invoices.of(self.acme) if it.is_live]:
                maria.invoices.void(rng.choice(invoices).id, note="Wrong", payments=rng.choice([*OnVoid]))
            case "reverse" if self.payments:
                payment = rng.choice(self.payments)
                minor = rng.randint(1, payment.minor - payment.reversed_minor)
                maria.payments.reverse(payment.id, note="Bounced", amount=usd("0.01") * minor)

    def close(self) -> None:
        """Send credit back, bill what is left, and let all be paid."""
        for payment in self.payments:
            if payment.unapplied_minor:
                self.maria.payments.reverse(payment.id, note="Back", amount=payment.unapplied)
        for invoice in self.open:
            if invoice.deposit is Deposit.TO_BALANCE:
                self.maria.payments.record(invoice.id)


@pytest.mark.parametrize("seed", range(20))
def test_after_every_step(seed: int) -> None:
    """And when everything is paid and no credit is left, it is what was asked for beyond the work."""
    history = History(seed)
    for _ in range(STEPS):
        with suppress(InvoicecoreError):
            history.step()
        assert law(history.world) == history.world.balance().minor
    history.close()
    live = [it for it in history.maria.invoices.of(history.acme) if it.is_live and it.deposit is Deposit.TO_BALANCE]
    asked = sum(it.net_minor - it.covered_net_minor for it in live)
    work = sum(it.amount.minor for it in history.maria.work.sessions(client_id=history.acme) if it.amount is not None)
    assert asked - work == history.world.balance().minor == law(history.world)
    assert history.world.billing.verify().is_sound
