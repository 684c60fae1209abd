"""The story of the demo: billing for time in one small firm.

Every step is a real command on books in memory; the figures are read from them afterwards.
"""

from collections.abc import Iterator
from datetime import timedelta

from attrs import frozen

from invoicecore import (
    Billing,
    Client,
    CountingIds,
    Desk,
    Firm,
    Invoice,
    Money,
    Period,
    Rate,
    Refill,
    Role,
    SettableClock,
    Standing,
    Terms,
    utc,
)
from invoicecore.errors import BalanceLimitReached, InvoicecoreError, SessionLocked

_MARCH = Period.month(2026, 3)


@frozen(kw_only=True)
class Step:
    """One step of the story: what happened, and how the client then stands. `refusal` is what the library said where it
    said no."""

    title: str
    text: str
    client: str
    standing: Standing
    invoices: tuple[Invoice, ...]
    refusal: str = ""


@frozen
class _Scene:
    """The firm, and the two who act in it."""

    clock: SettableClock
    maria: Desk
    lee: Desk

    def step(self, client: Client, title: str, text: str, refusal: InvoicecoreError | None = None) -> Step:
        """A step of the story, with the figures that the books now hold."""
        return Step(
            title=title,
            text=text,
            client=client.name,
            standing=self.maria.accounts.standing(client.id),
            invoices=self.maria.invoices.of(client.id),
            refusal="" if refusal is None else str(refusal),
        )

    def day_of_work(self, project: str, day: int, hours: int) -> str:
        """Lee works on a day in March, from nine in the morning; the id of the session."""
        begun = utc(2026, 3, day, 15)
        self.clock.set(begun + timedelta(hours=hours))
        return self.lee.work.log(project, start=begun, hours=hours).id


def _usd(amount: int) -> Money:
    return Money.of(amount, "USD")


def tell() -> Iterator[Step]:
    """The story, step by step; the same one every time."""
    clock = SettableClock(utc(2026, 3, 2, 14))
    firm = Firm(name="Northwind Studio", currency="USD", timezone="America/Chicago")
    billing = Billing.in_memory(firm, clock=clock, ids=CountingIds())
    maria = billing.as_owner()
    lee = billing.acting_as(maria.people.add(name="Lee", role=Role.WORKER).id)
    scene = _Scene(clock, maria, lee)
    yield from _acme(scene)
    yield from _bolt(scene)


def _acme(scene: _Scene) -> Iterator[Step]:
    """A client who is asked for money whenever $1,000 of work is open."""
    maria, lee, fifty = scene.maria, scene.lee, Rate.hourly(50, "USD")
    refill = Refill(threshold=_usd(-1000), rate=fifty, hours=20)
    acme = maria.clients.add(name="Acme", terms=Terms(allowed_balance=_usd(-1500), refill=refill))
    site = maria.projects.add(client_id=acme.id, name="Website", rate=fifty)
    maria.projects.assign(site.id, lee.person_id)
    yield scene.step(
        acme,
        "A client with terms",
        "Acme pays $50 an hour. At a balance of -$1,000 it is asked for 20 more hours, and at -$1,500 work stops.",
    )

    for day in (2, 3):
        scene.day_of_work(site.id, day, 8)
    yield scene.step(acme, "Work draws from the balance", "Lee works for two days, 8 hours each, at $50.")

    scene.day_of_work(site.id, 4, 8)
    [asked] = maria.invoices.of(acme.id)
    yield scene.step(
        acme,
        "Refill",
        f"The third day takes the balance past -$1,000, so invoice {asked.number} over 20 h x $50 is made by itself.",
    )

    last = scene.day_of_work(site.id, 5, 8)
    try:
        scene.day_of_work(site.id, 6, 8)
    except BalanceLimitReached as stopped:
        yield scene.step(
            acme,
            "Stop",
            "The fourth day takes the balance past -$1,500. It was worked, so it counts; the fifth day is refused.",
            stopped,
        )

    maria.payments.record(asked.id, _usd(400), method="wire", reference="TX-1")
    yield scene.step(
        acme,
        "Part payment",
        "Acme pays $400. The invoice is now due, with the rest open; the balance rises, and work goes on.",
    )

    maria.payments.record(asked.id)
    yield scene.step(acme, "The rest", "Recording a payment without an amount takes what is left: $600. Paid.")

    invoice = maria.invoices.generate(maria.invoices.draft(acme.id, _MARCH).id)
    try:
        maria.work.edit(last, hours=7)
    except SessionLocked as locked:
        yield scene.step(
            acme,
            "A time invoice locks the work",
            f"All work of March is put on invoice {invoice.number}. The refill asked for $1,000 of it, so it asks for "
            "$600. Now nobody can change its sessions any more.",
            locked,
        )

    maria.invoices.revert(invoice.id)
    maria.work.edit(last, hours=7)
    yield scene.step(
        acme,
        "Revert",
        "Back to draft: the sessions are free, and the fourth day is corrected from 8 to 7 hours. "
        "The draft keeps its number; its total waits for the next look.",
    )

    maria.invoices.generate(invoice.id)
    yield scene.step(acme, "Generate again", "The same number, with the work as it is now: 31 hours.")

    maria.invoices.void(invoice.id, note="Sent to the wrong address.")
    yield scene.step(
        acme,
        "Void",
        "The invoice is cancelled. It stays on record, its sessions and what covered them are free again, and the "
        "balance does not move: by itself an invoice never moves it.",
    )


def _bolt(scene: _Scene) -> Iterator[Step]:
    """A client who pays ahead."""
    maria, lee, ten = scene.maria, scene.lee, Rate.hourly(10, "USD")
    refill = Refill(threshold=_usd(0), rate=ten, hours=100)
    bolt = maria.clients.add(name="Bolt", terms=Terms(allowed_balance=_usd(-80), refill=refill))
    shop = maria.projects.add(client_id=bolt.id, name="Shop", rate=ten)
    maria.projects.assign(shop.id, lee.person_id)
    [ahead] = maria.invoices.of(bolt.id)
    maria.payments.record(ahead.id)
    yield scene.step(
        bolt,
        "Paid ahead",
        f"Bolt pays ahead: at $0 it is asked for 100 h x $10, so {ahead.number} comes at once, and is paid.",
    )
    for day, hours in ((9, 8), (10, 8), (11, 9)):
        scene.day_of_work(shop.id, day, hours)
    yield scene.step(
        bolt, "Utilization", "25 hours at $10 have used $250 of the $1,000 between payment and refill: a quarter."
    )
