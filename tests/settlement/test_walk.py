"""Do the books stay in order whatever anybody does, in whatever order?

Two clients, one with a refill and one without, and hundreds of commands at random, good ones and refused ones. After
each of them everything is added up again from the outside.
"""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from invoicecore import (
    Deposit,
    EntryKind,
    Invoice,
    InvoiceKind,
    Money,
    OnVoid,
    Overpayment,
    Payment,
    Period,
    Status,
    Terms,
    check,
)
from invoicecore.errors import InvoicecoreError, StorageError
from tests.world import NOON, World, new_world, terms, usd

STEPS = 900
YEAR = Period.year(2026)
LIVE = {Status.GENERATED, Status.DUE, Status.PAID, Status.OVERDUE, Status.UNCOLLECTIBLE}
RAISING = {EntryKind.WORK_REVERSED, EntryKind.PAYMENT, EntryKind.CREDIT_RELEASED}


class Walk:
    """One walk: a world of two clients, and a hand that picks what to do next."""

    def __init__(self, seed: int) -> None:
        self.hand = random.Random(seed)
        self.world: World = new_world(terms(allowed="-4000", refill_at="-1000"))
        other = self.world.client("Other", Terms.unlimited())
        self.projects = [self.world.site, self.world.project(other, "Job", "33.33")]
        self.clients = [self.world.acme.id, other.id]
        self.done = 0
        self.refused = 0

    def amount(self) -> Money:
        """Some dollars and cents."""
        return Money(self.hand.randint(1, 120_000), "USD")

    def invoice(self, *statuses: Status) -> Invoice | None:
        """Some invoice, of one of the statuses if any is named."""
        every = [it for it in self.world.maria.invoices.all() if not statuses or it.status in statuses]
        return self.hand.choice(every) if every else None

    def payment(self) -> Payment | None:
        """Some payment."""
        every = [it for client in self.clients for it in self.world.maria.payments.of(client)]
        return self.hand.choice(every) if every else None

    def session(self) -> str | None:
        """Some session."""
        every = self.world.maria.work.sessions()
        return self.hand.choice(every).id if every else None

    def step(self) -> str:
        """Do something, and its name."""
        hand, maria = self.hand, self.world.maria
        self.world.clock.advance(timedelta(minutes=hand.randint(0, 600)))
        client, project = hand.choice(list(zip(self.clients, self.projects, strict=True)))
        session, payment, any_invoice = self.session(), self.payment(), self.invoice()
        draft, live = self.invoice(Status.DRAFT), self.invoice(*LIVE)
        doable: list[tuple[str, int, Callable[[], object]]] = [
            (
                "log",
                8,
                lambda: self.world.lee.work.log(project.id, start=NOON, hours=hand.choice(["0.5", "3", "7.77", "24"])),
            ),
            ("adjust", 1, lambda: maria.accounts.adjust(client, hand.choice([1, -1]) * self.amount(), reason="Why.")),
            ("ask refill", 1, lambda: maria.accounts.ask_refill(client)),
            ("draft", 3, lambda: maria.invoices.draft(client, YEAR)),
            ("manual", 2, lambda: maria.invoices.manual(client, self.amount(), deposit=hand.choice(list(Deposit)))),
        ]
        if session is not None:
            doable += [
                ("edit", 2, lambda: maria.work.edit(session, hours=hand.randint(0, 9))),
                ("free", 1, lambda: maria.work.edit(session, billable=hand.choice([True, False]))),
                ("remove", 1, lambda: maria.work.delete(session)),
            ]
        if draft is not None:
            doable += [
                ("open", 1, lambda: maria.invoices.open(draft.id)),
                ("delete", 1, lambda: maria.invoices.delete(draft.id)),
                ("generate", 5, lambda: maria.invoices.generate(draft.id, latest=hand.choice([True, False]))),
                ("change", 1, lambda: maria.invoices.save(draft.id, amount=self.amount())),
            ]
        if live is not None:
            take = hand.choice(list(Overpayment))
            doable += [
                ("pay", 5, lambda: maria.payments.record(live.id, self.amount(), overpayment=take)),
                ("pay all", 2, lambda: maria.payments.record(live.id)),
                ("apply", 3, lambda: maria.payments.apply_credit(live.id)),
                ("void", 3, lambda: maria.invoices.void(live.id, note="Why.", payments=hand.choice(list(OnVoid)))),
                ("revert", 2, lambda: maria.invoices.revert(live.id)),
            ]
        if any_invoice is not None:
            set_status = hand.choice(["set_due", "set_overdue", "set_uncollectible", "set_paid"])
            doable.append((set_status, 2, lambda: getattr(maria.invoices, set_status)(any_invoice.id)))
        if payment is not None:
            back = hand.choice([None, self.amount()])
            doable.append(("reverse", 2, lambda: maria.payments.reverse(payment.id, note="Why.", amount=back)))
        [(name, _, act)] = hand.choices(doable, [weight for _, weight, _ in doable])
        try:
            act()
            self.done += 1
        except StorageError:
            raise
        except InvoicecoreError:
            self.refused += 1
        return name


def check_client(world: World, client: str, *, fell: bool, voided: bool) -> None:
    """Everything that must hold for one client, added up from the outside."""
    maria = world.maria
    stand, entries = maria.accounts.standing(client), maria.accounts.entries(client)
    invoices, payments = maria.invoices.of(client), maria.payments.of(client)
    # the ledger
    assert () == check(entries)
    assert sum(entry.minor for entry in entries) == stand.balance.minor
    for session in maria.work.sessions(client=client):
        assert session.amount is not None
        caused = sum(entry.minor for entry in entries if entry.cause == session.id)
        assert -session.amount.minor == caused
    # the invoices
    for invoice in invoices:
        assert sum(line.minor for line in invoice.lines) == invoice.total_minor
        assert 0 <= invoice.paid_minor <= invoice.total_minor
        settled = invoice.total_minor > 0 and invoice.paid_minor == invoice.total_minor
        assert (invoice.status is Status.PAID) == settled
        assert sum(it.applied_to(invoice.id) for it in payments) == invoice.paid_minor
        assert (invoice.number is None) <= (invoice.status is Status.DRAFT)
    asked = sum(
        it.total_minor - it.paid_minor
        for it in invoices
        if it.number is not None and it.status is not Status.VOID and it.deposit is Deposit.TO_BALANCE
    )
    assert asked == stand.asked.minor == stand.projected.minor - stand.balance.minor
    # the locks
    held: dict[str, str] = {}
    for invoice in invoices:
        if invoice.status in LIVE:
            assert not held.keys() & set(invoice.session_ids)
            held |= dict.fromkeys(invoice.session_ids, invoice.id)
    assert held == {it.id: it.locked_by for it in maria.work.sessions(client=client) if it.locked_by is not None}
    # the payments
    not_deposited = {it.id for it in invoices if it.deposit is Deposit.NOT_DEPOSITED}
    for payment in payments:
        assert payment.unapplied_minor >= 0
        assert payment.reversed_minor >= 0
        elsewhere = sum(part.minor for part in payment.applied if part.invoice_id in not_deposited)
        moved = sum(entry.minor for entry in entries if entry.cause == payment.id)
        assert payment.minor - payment.reversed_minor - elsewhere == moved
    assert sum(it.unapplied_minor for it in payments) == stand.credit.minor
    # the refill
    refill = stand.terms.refill
    if refill is not None and fell and not voided:
        assert stand.projected > refill.at
        assert not stand.refill_due
    for invoice in invoices:
        if invoice.kind is InvoiceKind.REFILL:
            assert refill is not None
            assert 0 == invoice.total_minor % refill.block.minor


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_books_stay_in_order(seed: int) -> None:
    """After every command no cent is lost, nothing is asked twice, no session is on two invoices; no number lacks."""
    walk = Walk(seed)
    world, maria = walk.world, walk.world.maria
    ledgers = {client: maria.accounts.entries(client) for client in walk.clients}
    names = set()
    for _ in range(STEPS):
        before = {client: maria.accounts.standing(client) for client in walk.clients}
        refused = walk.refused
        name = walk.step()
        names.add(name)
        moved = [client for client in walk.clients if maria.accounts.standing(client) != before[client]]
        assert len(moved) <= (1 if walk.refused == refused else 0)
        for client in walk.clients:
            fell = maria.accounts.standing(client).projected < before[client].projected
            check_client(world, client, fell=fell, voided=name == "void")
            entries = maria.accounts.entries(client)
            assert ledgers[client] == entries[: len(ledgers[client])]
            ledgers[client] = entries
    numbers = sorted(it.number for it in maria.invoices.all() if it.number is not None)
    assert [f"INV-2026-{place:04}" for place in range(1, len(numbers) + 1)] == numbers
    assert len(numbers) + 1 == maria.firm.next_number()
    # The walk went somewhere: most commands were taken, and many kinds of movement occurred.
    assert walk.done > STEPS // 2
    assert names >= {"log", "generate", "pay", "apply", "void", "revert", "reverse", "edit", "set_paid"}
    kinds = {entry.kind for entries in ledgers.values() for entry in entries}
    assert kinds >= {EntryKind.WORK, EntryKind.PAYMENT_REVERSED, EntryKind.CREDIT_APPLIED} | RAISING
    assert any(it.kind is InvoiceKind.REFILL for it in maria.invoices.all())
    assert usd(0) != maria.accounts.standing(walk.clients[0]).balance
