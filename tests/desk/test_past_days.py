"""What is told of a month that is over stays, whatever happens later."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from invoicecore import Debt, Deposit, DueKind, Invoice, LedgerDay, NewWorkSession, OnVoid, Overpayment, Payment, Period
from invoicecore.ports.store import Storage
from invoicecore.queries.dues import DueRow
from invoicecore.values.calendar import utc
from tests.world import UNLIMITED, new_world, usd

MARCH, APRIL = Period.month(2026, 3), Period.month(2026, 4)


class Past:
    """March: work of $400 is billed, and paid in part; $100 are paid ahead, of which $30 are credit; a setup that does
    not deposit is asked for, another is given up, and one is paid."""

    def __init__(self, storage: Storage) -> None:
        self.world = world = new_world(UNLIMITED, storage=storage, now=utc(2026, 3, 2, 18))
        self.desk = desk = world.maria
        self.refill = self._manual(70, Deposit.TO_BALANCE)
        self.ahead = self._pay(self.refill, 100)
        world.lee.work.log(world.site.id, day=date(2026, 3, 2), hours=8)
        self.bill = desk.invoices.generate(desk.invoices.draft(world.acme.id, MARCH).id)
        self.part = self._pay(self.bill, 120)
        self.open, self.lost, self.paid, self.fresh = (self._manual(it) for it in (50, 60, 80, 20))
        desk.invoices.set_uncollectible(self.lost.id)
        self.whole = self._pay(self.paid, 80)
        world.clock.set(utc(2026, 4, 9, 18))

    def _manual(self, amount: int, deposit: Deposit = Deposit.NOT_DEPOSITED) -> Invoice:
        return self.desk.invoices.manual(self.world.acme.id, usd(amount), deposit=deposit)

    def _pay(self, invoice: Invoice, amount: int) -> Payment:
        return self.desk.payments.record(invoice.id, usd(amount), overpayment=Overpayment.TO_CREDIT).payment

    def told(self, by: LedgerDay, period: Period = MARCH) -> Mapping[str, object]:
        """Everything that is told of the month."""
        accounts, id = self.desk.accounts, self.world.acme.id
        printed = accounts.printable_account_statement(id, period, by=by)
        return {
            "account": accounts.account_statement(id, period, by=by),
            "printed": printed.statement,
            "statement": accounts.statement(id, period, by=by),
            "close": accounts.close(period, by=by),
            "aging": self.desk.pages.aging(as_of=period.last),
        }


LATER: Mapping[str, Callable[[Past], object]] = {
    "an invoice is reverted": lambda it: it.desk.invoices.revert(it.fresh.id),
    "an invoice is reverted and issued again": lambda it: (
        it.desk.invoices.revert(it.fresh.id),
        it.desk.invoices.generate(it.fresh.id),
    ),
    "a part is taken back twice": lambda it: [
        it.desk.payments.reverse(it.part.id, amount=usd(minor), note="Bounced") for minor in (20, 30)
    ],
    "a paid invoice is unpaid again": lambda it: it.desk.payments.reverse(it.whole.id, note="Wrong invoice"),
    "credit is taken back": lambda it: it.desk.payments.reverse(it.ahead.id, amount=usd(10), note="Returned"),
    "more than the credit is taken back": lambda it: it.desk.payments.reverse(
        it.ahead.id, amount=usd(45), note="Returned"
    ),
    "credit is applied": lambda it: it.desk.payments.apply_credit(it.open.id),
    "a paid invoice is voided": lambda it: it.desk.invoices.void(it.paid.id, note="Never delivered"),
    "money goes back with a void": lambda it: it.desk.invoices.void(it.bill.id, note="No", payments=OnVoid.REVERSE),
    "what is paid ahead is voided": lambda it: it.desk.invoices.void(it.refill.id, note="Asked twice"),
    "what was given up is due again": lambda it: it.desk.invoices.set_due(it.lost.id),
    "what was given up is voided": lambda it: it.desk.invoices.void(it.lost.id, note="Never delivered"),
    "what was given up is paid after all": lambda it: it._pay(it.lost, 60),
    "what was given up is paid by credit": lambda it: it.desk.payments.apply_credit(it.lost.id),
    "a debt is forgiven": lambda it: it.desk.invoices.set_uncollectible(it.bill.id, debt=Debt.FORGIVE),
    "money comes in": lambda it: it._pay(it.bill, 1000),
    "money of a later day comes in": lambda it: it.desk.payments.record(it.bill.id, received_on=date(2026, 5, 1)),
    "an amount is adjusted": lambda it: it.desk.accounts.adjust(it.world.acme.id, usd(-7)),
    "work is done": lambda it: it.world.lee.work.log(it.world.site.id, day=date(2026, 4, 9), hours=2),
    "the sweep runs": lambda it: it.desk.invoices.sweep_overdue(),
    "the client is renamed": lambda it: it.desk.clients.change(it.world.acme.id, name="Acme again"),
}


@pytest.mark.parametrize("happens", LATER)
def test_what_happens_later(empty_storage: Storage, happens: str) -> None:
    """March is told as it was in April, by either day; April begins where it ended, and says what happened."""
    past = Past(empty_storage)
    before = {by: past.told(by) for by in LedgerDay}
    LATER[happens](past)
    past.world.clock.set(utc(2026, 6, 9, 18))
    for by in LedgerDay:
        now = past.told(by)
        if happens != "the client is renamed":
            assert before[by] == now
        [figures], [then] = (past.desk.accounts.close(it, by=by).totals for it in (MARCH, APRIL))
        assert (figures.closing, figures.due) == (then.opening, then.due_before)
        account = past.desk.accounts.account_statement(past.world.acme.id, by=by)
        standing = past.desk.accounts.standing(past.world.acme.id)
        assert account.credit == standing.credit
        owed = [it.amount_due for it in past.desk.pages.invoices(limit=99).rows if it.status in ("generated", "due")]
        late = [it.amount_due for it in past.desk.pages.invoices(limit=99).rows if it.status == "overdue"]
        assert sum(it.minor for it in (*owed, *late)) == sum(it.amount_due.minor for it in account.open_items)


class TestDatedBack:
    """By the day of the work, what is dated back changes its own day; by booking day it does not."""

    @pytest.mark.parametrize(
        "dated_back",
        [
            lambda it: it.desk.payments.record(it.bill.id, usd(30), received_on=date(2026, 3, 30)),
            lambda it: it.desk.invoices.manual(
                it.world.acme.id,
                usd(9),
                deposit=Deposit.NOT_DEPOSITED,
                issued_on=date(2026, 3, 31),
            ),
            lambda it: it.desk.work.import_many(
                [
                    NewWorkSession(
                        project_id=it.world.site.id,
                        person_id=it.world.lee.people.me().id,
                        day=date(2026, 3, 9),
                        hours=1,
                        source="a",
                    )
                ]
            ),
        ],
        ids=["a receipt", "an issue date", "work"],
    )
    def test_changes_one_of_both(self, empty_storage: Storage, dated_back: Callable[[Past], object]) -> None:
        """The figures of March by either day."""
        past = Past(empty_storage)
        before = {by: past.told(by) for by in LedgerDay}
        dated_back(past)
        assert before[LedgerDay.BOOKED] == past.told(LedgerDay.BOOKED)
        assert before[LedgerDay.WORK] != past.told(LedgerDay.WORK)

    def test_paid_before_it_was_given_up(self, empty_storage: Storage) -> None:
        """A late entry of money that came before a write-off: so much less was given up on that day."""
        past = Past(empty_storage)
        past.world.clock.set(utc(2026, 4, 20, 18))
        past.desk.invoices.set_uncollectible(past.open.id)
        past.world.clock.set(utc(2026, 5, 4, 18))
        past.desk.payments.record(past.open.id, usd(15), received_on=date(2026, 4, 10))
        [april] = past.desk.accounts.close(APRIL, by=LedgerDay.WORK).totals
        assert (usd(-15), usd(-35)) == (april.received, april.written_off)
        [april] = past.desk.accounts.close(APRIL, by=LedgerDay.BOOKED).totals
        assert (usd(0), usd(-50)) == (april.received, april.written_off)


class TestRows:
    """What a month says of an invoice that was taken back."""

    def test_on_the_same_day(self, empty_storage: Storage) -> None:
        """A mistake of the day is no row."""
        past = Past(empty_storage)
        again = past._manual(33)
        past.desk.invoices.revert(again.id)
        past.desk.invoices.generate(again.id)
        assert [(DueKind.INVOICE, again.number, usd(33))] == [(it.kind, it.name, it.amount) for it in self._april(past)]

    def test_on_a_later_day(self, empty_storage: Storage) -> None:
        """It is taken back before it is issued again."""
        past = Past(empty_storage)
        past.desk.invoices.revert(past.fresh.id)
        past.desk.invoices.generate(past.fresh.id)
        assert [(DueKind.REVERT, usd(-20)), (DueKind.INVOICE, usd(20))] == [
            (it.kind, it.amount) for it in self._april(past)
        ]

    def test_a_payment_is_one_row(self, empty_storage: Storage) -> None:
        """Of all its parts, credit too; and so is what goes back of it on a day."""
        past = Past(empty_storage)
        past.desk.payments.reverse(past.ahead.id, amount=usd(45), note="Returned")
        assert [(DueKind.REFUND, usd(45))] == [(it.kind, it.amount) for it in self._april(past)]
        march = past.desk.accounts.account_statement(past.world.acme.id, MARCH, by=LedgerDay.BOOKED)
        assert [usd(-100), usd(-120), usd(-80)] == [it.amount for it in march.rows if it.kind is DueKind.PAYMENT]

    def test_issued_for_two_ends_on_one_day(self, empty_storage: Storage) -> None:
        """An invoice that no longer deposits when it is issued again, dated back to the day of the first time, leaves
        what was prepaid before that day."""
        past, february = Past(empty_storage), Period.month(2026, 2)
        invoices, close = past.desk.invoices, past.desk.accounts.close
        asked = past._manual(33, Deposit.TO_BALANCE)
        past.world.clock.set(utc(2026, 4, 10, 18))
        invoices.revert(asked.id)
        invoices.save(asked.id, deposit=Deposit.NOT_DEPOSITED)
        before = close(february, by=LedgerDay.WORK), close(MARCH, by=LedgerDay.WORK)
        invoices.generate(asked.id, issued_on=asked.issued_on)
        assert before == (close(february, by=LedgerDay.WORK), close(MARCH, by=LedgerDay.WORK))

    @staticmethod
    def _april(past: Past) -> tuple[DueRow, ...]:
        return past.desk.accounts.account_statement(past.world.acme.id, APRIL, by=LedgerDay.BOOKED).rows
