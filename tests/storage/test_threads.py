"""The rules of money hold when many people work on one client at the same moment."""

import random
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from attrs import frozen

from invoicecore import Action, Billing, Deposit, Desk, Invoice, InvoiceKind, LedgerEntry, Period, Status, verify_ledger
from invoicecore.errors import AmountTooLarge, BalanceLimitReached, InvalidState
from invoicecore.model.events import Change
from invoicecore.ports.store import AuditRecord
from invoicecore.settlement.account import Account
from tests.books import Books, books
from tests.proof.invariants import breaches
from tests.storage.hooked import HookedStorage
from tests.world import NOON, World, new_world, usd

THREADS, ROUNDS = 8, 300
ALLOWED, REFILL_AT, BLOCK = -1500_00, -1000_00, 1000_00
"""Acme's terms, in cents."""


@pytest.fixture(autouse=True, scope="module")
def often() -> Iterator[None]:
    """Threads take turns as often as possible, so that they do get in each other's way."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def one_round(desk: Desk, world: World, chance: random.Random) -> bool:
    """Work, or money in or out; whether work was refused."""
    client, drawn = world.acme.id, chance.random()
    try:
        if drawn < 0.55:
            desk.work.log(world.site.id, start=NOON, hours=chance.choice(["1", "2", "0.1", "7.77"]))
        elif drawn < 0.70:
            desk.accounts.adjust(client, usd(chance.choice([-30, 60, 90])), reason="Round")
        else:
            unpaid = [it for it in desk.invoices.of(client) if it.amount_due_minor]
            if unpaid:
                invoice = chance.choice(unpaid)
                part = usd(chance.choice([100, 200]))
                desk.payments.record(invoice.id, part if part <= invoice.amount_due else None)
    except BalanceLimitReached:
        return True
    except (InvalidState, AmountTooLarge):  # somebody else paid the invoice, or a part of it, meanwhile
        return False
    return False


@frozen
class Aftermath:
    """What eight threads left behind."""

    world: World
    storage: HookedStorage
    refused: int

    @property
    def books(self) -> Books:
        """Everything that is stored."""
        return books(self.storage, self.world.billing.firm_id)

    @property
    def account(self) -> Account:
        """Acme's account."""
        return self.books.accounts[self.world.acme.id]

    @property
    def entries(self) -> tuple[LedgerEntry, ...]:
        """Acme's ledger."""
        return self.books.entries[self.world.acme.id]

    def change_of_account(self, record: AuditRecord) -> Change | None:
        """What a command made of Acme's account."""
        return next((it for it in record.changes if (it.kind, it.id) == ("Account", self.world.acme.id)), None)

    def commands(self) -> list[AuditRecord]:
        """The commands on Acme in the order in which they were committed, by the versions of the account."""
        changes = [(self.change_of_account(record), record) for record in self.books.audit]
        ordered = sorted(
            ((change.after, record) for change, record in changes if change is not None), key=lambda it: it[0]
        )
        assert list(range(1, len(ordered) + 1)) == [version for version, _ in ordered]
        return [record for _, record in ordered]


@pytest.fixture(scope="module")
def aftermath(often: None) -> Aftermath:
    """Eight threads, three hundred rounds each, on one client near the limit."""
    world = new_world()
    storage = HookedStorage(world.storage, lingering=0.2)
    billing = Billing.open(storage, clock=world.clock)
    world.maria.accounts.adjust(world.acme.id, usd(-900), reason="Near the refill")
    together = Barrier(THREADS)

    def work(thread: int) -> int:
        desk, chance = billing.acting_as(world.maria.person_id), random.Random(thread)
        together.wait()
        return sum(one_round(desk, world, chance) for _ in range(ROUNDS))

    with ThreadPoolExecutor(THREADS) as pool:
        refused = sum(pool.map(work, range(THREADS)))
    return Aftermath(world, storage, refused)


class TestOneClient:
    def test_they_did_get_in_each_others_way(self, aftermath: Aftermath) -> None:
        """Many commits were refused because somebody was quicker, and work did stop at times."""
        assert aftermath.storage.conflicts > 500
        assert aftermath.refused > 100
        assert len(aftermath.books.sessions) > 300
        assert len(aftermath.books.payments) > 100
        assert len(aftermath.books.invoices) > 10

    @pytest.mark.req("A34")
    def test_nobody_got_past_the_limit(self, aftermath: Aftermath) -> None:
        """Before each session that was recorded, the balance was above the allowed balance."""
        sessions = aftermath.books.sessions
        before = [entry.balance_minor - entry.minor for entry in aftermath.entries if entry.cause in sessions]
        assert len(sessions) == len(before)
        assert min(before) > ALLOWED
        assert not any(session.over_limit for session in sessions.values())

    @pytest.mark.req("A39", "A40")
    def test_each_crossing_asked_for_exactly_one_refill(self, aftermath: Aftermath) -> None:
        """Told again from the commands in their order: whatever lowered the projected balance to the refill balance
        asked for the least whole number of blocks, in one invoice; nothing else asked for anything."""
        entries: Iterator[LedgerEntry] = iter(aftermath.entries)
        invoices = aftermath.books.invoices
        projected = crossings = 0
        for record in aftermath.commands():
            made: list[Invoice] = [
                invoices[change.id] for change in record.changes if change.kind == "Invoice" and not change.before
            ]
            lowered = False
            if record.action in {Action.LOG_WORK, Action.ADJUST}:
                entry = next(entries)
                projected += entry.minor
                lowered = entry.minor < 0
            elif record.action is Action.RECORD_PAYMENT:
                next(entries)  # what comes in was asked for, so the projected balance stays
            crossed = lowered and projected <= REFILL_AT
            blocks = (REFILL_AT - projected) // BLOCK + 1 if crossed else 0
            assert ([blocks * BLOCK] if crossed else []) == [invoice.total_minor for invoice in made]
            projected += blocks * BLOCK
            assert projected > REFILL_AT
            crossings += crossed
        assert next(entries, None) is None
        assert projected == aftermath.account.projected_balance_minor
        assert crossings == len(invoices)
        assert {(InvoiceKind.REFILL, Deposit.TO_BALANCE)} == {(it.kind, it.deposit) for it in invoices.values()}

    def test_numbers_have_no_gaps(self, aftermath: Aftermath) -> None:
        """From 1 on, each once, in the order in which the invoices were committed."""
        numbers = sorted(str(invoice.number) for invoice in aftermath.books.invoices.values())
        assert [f"INV-2026-{count:04}" for count in range(1, len(numbers) + 1)] == numbers
        assert len(numbers) + 1 == aftermath.books.next_number

    def test_the_ledger_can_be_believed(self, aftermath: Aftermath) -> None:
        """Added up again it is right, and the stored position is that of the last entry."""
        assert () == verify_ledger(aftermath.entries, aftermath.account.position)

    def test_no_law_is_broken(self, aftermath: Aftermath) -> None:
        """Looked at as a whole, nothing is wrong in what they left behind."""
        assert () == breaches(aftermath.books)

    def test_what_is_asked_for_is_what_is_open(self, aftermath: Aftermath) -> None:
        """The sum kept in the account is that of the invoices; payments add up to what was paid on them."""
        found = aftermath.books
        assert (
            sum(invoice.amount_due_minor for invoice in found.invoices.values()) == aftermath.account.outstanding_minor
        )
        assert sum(payment.minor for payment in found.payments.values()) == sum(
            it.paid_minor for it in found.invoices.values()
        )
        assert all((it.status is Status.PAID) == (not it.amount_due_minor) for it in found.invoices.values())

    def test_every_debit_has_its_session(self, aftermath: Aftermath) -> None:
        """Each session was drawn once, by its amount."""
        drawn = {entry.cause: -entry.minor for entry in aftermath.entries}
        assert all(session.minor == drawn[session.id] for session in aftermath.books.sessions.values())


class TestOneSession:
    def test_edits_and_invoices_do_not_cross(self, world: World) -> None:
        """While some edit and delete and others generate and revert, what is locked is what is billed."""
        ids = [world.log(1, start=NOON + timedelta(hours=hour)) for hour in range(9)]
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3)).id

        def edit(thread: int) -> None:
            chance = random.Random(thread)
            for _ in range(100):
                with suppress(InvalidState):
                    world.sam.work.edit(chance.choice(ids), hours=chance.choice([1, 2]))

        def bill(_: int) -> None:
            for _ in range(100):
                with suppress(InvalidState):
                    world.maria.invoices.generate(draft, use_latest=True)
                with suppress(InvalidState):
                    world.maria.invoices.revert(draft)

        with ThreadPoolExecutor(4) as pool:
            tasks = [pool.submit(edit, 1), pool.submit(edit, 2), pool.submit(bill, 3), pool.submit(bill, 4)]
            for task in tasks:
                task.result()
        invoice = world.maria.invoices.generate(draft)
        sessions = {session.id: session for session in world.maria.work.sessions()}
        assert [(sessions[id].duration, sessions[id].amount) for id in invoice.session_ids] == [
            (line.duration, usd(line.minor // 100)) for line in invoice.lines
        ]
        assert "INV-2026-0001" == invoice.number
        assert () == verify_ledger(world.maria.accounts.entries(world.acme.id))
