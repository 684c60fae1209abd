"""The stored position always equals the sum of the entries."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Deposit, EntryKind, utc, verify_ledger
from invoicecore.ledger.position import BEGINNING, Position, post
from invoicecore.values.ids import InvoiceId
from tests.ledger.history import ACME, MARIA, booked, stamp
from tests.world import World, new_world, terms, usd

ALL_KINDS = """
    day | kind               | amount | balance | anchor
    2   | work               |   -400 |    -400 |      0
    3   | work               |   -400 |    -800 |      0
    4   | work_reversed      |    400 |    -400 |      0
    4   | work               |   -300 |    -700 |      0
    5   | payment            |   1000 |     300 |    300
    6   | adjustment         |    500 |     800 |    300
    6   | adjustment         |   -200 |     600 |    300
    7   | credit_applied     |   -100 |     500 |    300
    8   | credit_released    |    100 |     600 |    300
    9   | work               | -850.5 |  -250.5 |    300
    10  | payment_reversed   |   -250 |  -500.5 |     50
    11  | payment            |   0.01 | -500.49 | -500.49
    12  | write_off          |    300 | -200.49 | -500.49
    13  | write_off_reversed |   -100 | -300.49 | -500.49
    14  | expense            |    -80 | -380.49 | -500.49
    14  | expense_reversed   |     80 | -300.49 | -500.49
    14  | fee                |   -150 | -450.49 | -500.49
    14  | fee_reversed       |    150 | -300.49 | -500.49
    15  | allowance          |     25 | -275.49 | -500.49
    15  | allowance_reversed |     -5 | -280.49 | -500.49
"""


class TestPost:
    def test_every_kind(self) -> None:
        """Each movement changes the balance by its amount; payments move the anchor, and nothing else does."""
        for line in booked(ALL_KINDS):
            assert usd(line.written["balance"]).minor == line.position.balance_minor == line.entry.balance_minor
            assert usd(line.written["anchor"]).minor == line.position.utilization_base_minor

    def test_every_kind_is_there(self) -> None:
        """The history above has all kinds of entries."""
        assert set(EntryKind) == {line.entry.kind for line in booked(ALL_KINDS)}

    def test_entry(self) -> None:
        """An entry keeps all that it is told, and counts from 1."""
        entry, position = post(
            Position("USD"),
            ACME,
            EntryKind.PAYMENT,
            1000_00,
            stamp(5),
            work_day=date(2026, 3, 4),
            cause="payment 1",
            invoice_id=InvoiceId("invoice 1"),
            note="TX-1",
        )
        assert (1, 1000_00, 1000_00) == (entry.sequence, entry.minor, entry.balance_minor)
        assert (utc(2026, 3, 5, 18), date(2026, 3, 4)) == (entry.booked_at, entry.work_day)
        assert (ACME, MARIA, "payment 1") == (entry.client_id, entry.by, entry.cause)
        assert ("invoice 1", "TX-1") == (entry.invoice_id, entry.note)
        assert Position("USD", 1, 1000_00, 1000_00, utc(2026, 3, 5, 18)) == position

    def test_nothing_booked(self) -> None:
        """Before the first entry everything is zero."""
        position = Position("USD")
        assert (0, 0, 0, BEGINNING) == (
            position.sequence,
            position.balance_minor,
            position.utilization_base_minor,
            position.booked_at,
        )

    def test_clock_steps_back(self) -> None:
        """An entry is not booked before the latest one, whatever the clock says; its work day stays."""
        _, position = post(Position("USD"), ACME, EntryKind.WORK, -1, stamp(5), work_day=date(2026, 3, 5), cause="a")
        entry, after = post(position, ACME, EntryKind.WORK, -1, stamp(3), work_day=date(2026, 3, 3), cause="b")
        assert utc(2026, 3, 5, 18) == entry.booked_at == after.booked_at
        assert date(2026, 3, 3) == entry.work_day

    @given(
        moves=st.lists(
            st.tuples(st.sampled_from(EntryKind), st.integers(-(10**9), 10**9), st.integers(1, 28)), max_size=30
        )
    )
    @settings(max_examples=60, deadline=None)
    def test_sums(self, moves: list[tuple[EntryKind, int, int]]) -> None:
        """After any movements the position is the sum of them all, the sequence has no gap, and check finds nothing."""
        position, entries = Position("USD"), []
        for kind, minor, day in moves:
            entry, position = post(position, ACME, kind, minor, stamp(day), work_day=date(2026, 3, day), cause="c")
            entries.append(entry)
        assert sum(minor for _, minor, _ in moves) == position.balance_minor
        assert list(range(1, len(moves) + 1)) == [entry.sequence for entry in entries]
        assert sorted(entry.booked_at for entry in entries) == [entry.booked_at for entry in entries]
        assert () == verify_ledger(entries, position)


class TestBalance:
    @pytest.mark.req("A31")
    def test_one_balance(self, world: World) -> None:
        """Work on all projects of a client is drawn from the one balance, at each project's rate."""
        shop = world.project(name="Shop", rate="80")
        world.log(2)
        world.log("1.5", shop)
        assert usd("-220") == world.balance()

    @pytest.mark.req("A52")
    def test_adjustments(self, world: World) -> None:
        """An adjustment of +$500 credits the client, and one of −$200 takes away."""
        assert usd("500") == world.maria.accounts.adjust(world.acme.id, usd("500"), reason="A present").balance
        assert usd("300") == world.maria.accounts.adjust(world.acme.id, usd("-200"), reason="Too large").balance

    def test_stored_beside_the_entries(self) -> None:
        """After a story with every kind of movement, the stored position is what the entries add up to."""
        world = new_world(terms(allowed=None, refill_at=None))
        maria, acme = world.maria, world.acme.id
        session = world.log(8)
        maria.work.edit(session, hours=6)
        maria.accounts.adjust(acme, usd("-25"), reason="A fee")
        bonus = maria.invoices.manual(acme, usd("100"), deposit=Deposit.NOT_DEPOSITED)
        block = maria.invoices.manual(acme, usd("1000"), deposit=Deposit.TO_BALANCE)
        paid = maria.payments.record(block.id, usd("400"))
        maria.payments.reverse(paid.payment.id, note="Mistyped", amount=usd("150"))
        maria.payments.record(bonus.id)
        maria.invoices.void(bonus.id, note="Given as a present")
        maria.payments.apply_credit(block.id)
        assert usd("25") == world.balance()  # −300 − 25 + 400 − 150 + 100
        entries = maria.accounts.entries(acme)
        assert [-400_00, 400_00, -300_00, -25_00, 400_00, -150_00, 100_00] == [entry.minor for entry in entries]
        assert 25_00 == entries[-1].balance_minor
        assert () == verify_ledger(entries)
