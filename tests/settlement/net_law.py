"""Random histories of one client with taxes, and the law of their balance: it is always credit, and the net share of
what was paid, less what was charged.

`python -m tests.settlement.net_law 20000` goes through so many.
"""

import sys
from contextlib import suppress
from datetime import date
from fractions import Fraction
from random import Random

from invoicecore import Deposit, Invoice, OnVoid, Overpayment, Payment, Rate, TaxCategory
from invoicecore.errors import InvoicecoreError
from tests.settlement.test_taxes import MARCH, taxed_world
from tests.world import World, usd

RATES = ("0.000001", "7", "19", "20", "25")
STEPS = 60


def charged(world: World) -> int:
    """What work, expenses, fees and discounts come to, net."""
    acme = world.acme.id
    amounts = [it.amount for it in world.maria.work.sessions(client_id=acme)]
    amounts += [it.amount for it in world.maria.charges.list(client_id=acme)]
    return sum(it.minor for it in amounts if it is not None)


def law(world: World) -> int:
    """What the balance must be, by exact fractions."""
    acme = world.acme.id
    credit = sum(it.unapplied_minor for it in world.maria.payments.of(acme))
    shares = 0
    for it in world.maria.invoices.of(acme):
        asked = it.total_minor - it.covered_minor
        if it.is_live and it.deposit is Deposit.TO_BALANCE and asked:
            net = it.total_minor - it.tax_minor - sum(part.minor for part in it.covered_by)
            shares += int(Fraction(it.paid_minor * net, asked) + Fraction(1, 2))
    return credit + shares - charged(world)


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
        match rng.choice(["work", "work", "charge", "bill", "ask", "pay", "pay", "over", "apply", "void", "reverse"]):
            case "work":
                maria.work.log(
                    rng.choice(self.projects),
                    day=date(2026, 3, 2),
                    hours=rng.choice(["0.01", "0.37", "1", "7.77"]),
                    person_id=self.world.lee.person_id,
                )
            case "charge":
                self._charge()
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

    def _charge(self) -> None:
        """Record an expense, a fee or a discount, at a rate of its own or that of its project; or take one away."""
        rng, charges, day = self.rng, self.maria.charges, date(2026, 3, 2)
        amount, tax = usd(f"{rng.randint(0, 300)}.{rng.randint(10, 99)}"), f"T{rng.randrange(len(RATES))}"
        match rng.choice(["expense", "fee", "amount", "percent", "delete"]):
            case "expense":
                charges.expense(self.acme, day, price=amount, project_id=rng.choice(self.projects))
            case "fee":
                charges.fee(self.acme, day, amount, tax=tax)
            case "amount":
                charges.allow(self.acme, amount=amount, note="Sorry", tax=tax)
            case "percent":
                charges.allow(self.acme, percent=rng.choice(["10", "33.3"]), period=MARCH)
            case "delete" if listed := charges.list(client_id=self.acme):
                charges.delete(rng.choice(listed).id)

    def close(self) -> None:
        """Send credit back, bill what is left, and let all be paid."""
        for payment in self.payments:
            if payment.unapplied_minor:
                self.maria.payments.reverse(payment.id, note="Back", amount=payment.unapplied)
        for invoice in self.open:
            if invoice.deposit is Deposit.TO_BALANCE:
                self.maria.payments.record(invoice.id)


def check(seed: int) -> int:
    """Go through a history; how many of its steps were accepted. AssertionError where the law does not hold: after
    each step, and when everything is paid and no credit is left."""
    history, accepted = History(seed), 0
    for _ in range(STEPS):
        with suppress(InvoicecoreError):
            history.step()
            accepted += 1
        _hold(seed, law(history.world), history.world.balance().minor)
    history.close()
    live = [it for it in history.maria.invoices.of(history.acme) if it.is_live and it.deposit is Deposit.TO_BALANCE]
    asked = sum(it.net_minor - it.covered_net_minor for it in live)
    _hold(seed, asked - charged(history.world), history.world.balance().minor)
    _hold(seed, law(history.world), history.world.balance().minor)
    _hold(seed, history.world.billing.verify().findings, ())
    return accepted


def _hold(seed: int, expected: object, actual: object) -> None:
    """AssertionError unless both are equal, also where Python leaves asserts out."""
    if expected != actual:
        raise AssertionError(f"history {seed}: {actual} instead of {expected}")


def main() -> None:
    """As many histories as are asked for."""
    count = int(sys.argv[1])
    accepted = sum(map(check, range(count)))
    print(f"{count:,} histories of {STEPS} steps, {accepted:,} accepted; the law held after each step")


if __name__ == "__main__":
    main()
