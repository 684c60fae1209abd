"""Every decision about money keeps the books in order, whatever the amounts."""

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from invoicecore import (
    Action,
    Deposit,
    EntryKind,
    Invoice,
    InvoiceKind,
    Line,
    Money,
    OnVoid,
    Overpayment,
    Payment,
    PaymentOrigin,
    PaymentTerms,
    Period,
    Refill,
    Status,
    Terms,
    utc,
)
from invoicecore.errors import ActionNotAllowed, AmountTooLarge, BalanceLimitReached, InvalidState, MoneyRuleViolation
from invoicecore.ledger.position import Position
from invoicecore.lifecycle.drafts import with_content
from invoicecore.lifecycle.invoice import PartySnapshot, Selection
from invoicecore.model.events import (
    CreditApplied,
    InvoiceDue,
    InvoiceGenerated,
    InvoiceOverdue,
    InvoicePaid,
    InvoiceReverted,
    InvoiceVoided,
    PaymentRecorded,
    PaymentReversed,
)
from invoicecore.model.work_session import WorkSession
from invoicecore.settlement.account import Account, Standing
from invoicecore.settlement.credit import apply_credit
from invoicecore.settlement.decision import ChargeLocks, Decision
from invoicecore.settlement.generate import draft, generate, issue_directly, revert, set_status, update_draft
from invoicecore.settlement.pay import pay, reverse
from invoicecore.settlement.payment import Application
from invoicecore.settlement.post import adjust, admit, change_session, post_session, remove_session
from invoicecore.settlement.refill import blocks_to_ask, refill_line
from invoicecore.settlement.void import void
from invoicecore.values.ids import ClientId, InvoiceId, PaymentId, PersonId, ProjectId, SessionId
from invoicecore.values.stamp import CommandStamp
from tests.world import UNLIMITED, hourly, terms, usd

ACME = ClientId("acme")
TODAY = date(2026, 3, 2)
STAMP = CommandStamp(utc(2026, 3, 2, 12), PersonId("maria"), "America/Chicago")
LETTERHEAD = PartySnapshot("Northwind", "", "Acme", "", "", "America/Chicago", ())
DRAFT = Invoice(
    id=InvoiceId("one"),
    client_id=ACME,
    kind=InvoiceKind.TIME,
    deposit=Deposit.TO_BALANCE,
    currency="USD",
    status=Status.DRAFT,
    lines=(),
    revision="",
    total_minor=0,
)
LINES = (Line("Work", 300_00, SessionId("s1")), Line("More work", 100_00, SessionId("s2")))


def dated(invoice: Invoice) -> Invoice:
    """With number 7, due in 14 days."""
    due_on = PaymentTerms.net(14).due(TODAY)
    return evolve(invoice, number="7", issued_on=TODAY, due_on=due_on, parties=LETTERHEAD)


amounts = st.integers(min_value=1, max_value=10**12)
deposits = st.sampled_from(Deposit)


def account(balance: int = 0, *, asked: int = 0, credit: int = 0, terms: Terms = UNLIMITED) -> Account:
    """Acme's account, in cents."""
    return Account(ACME, Position("USD", 7, balance, 0), terms, asked, credit)


def invoice(total: int, paid: int = 0, *, deposit: Deposit = Deposit.TO_BALANCE, id: str = "one") -> Invoice:
    """An invoice that was generated, and is due if a part of it is paid; in cents."""
    return evolve(
        DRAFT,
        id=InvoiceId(id),
        kind=InvoiceKind.MANUAL,
        deposit=deposit,
        status=Status.DUE if paid else Status.GENERATED,
        lines=(Line("A bonus", total),),
        total_minor=total,
        paid_minor=paid,
        number=f"INV-{id}",
    )


def payment(minor: int, applied: dict[str, int] | None = None, *, id: str = "p") -> Payment:
    """Money that came in, and what it was applied to; in cents."""
    return Payment(
        id=PaymentId(id),
        client_id=ACME,
        currency="USD",
        minor=minor,
        received_on=TODAY,
        recorded_at=STAMP.at,
        by=STAMP.by,
        applied=tuple(Application(InvoiceId(it), part) for it, part in (applied or {}).items()),
    )


def session(minor: int) -> WorkSession:
    """Work that costs so many cents."""
    return WorkSession(
        id=SessionId("s1"),
        client_id=ACME,
        project_id=ProjectId("site"),
        person_id=PersonId("lee"),
        start=STAMP.at,
        duration=timedelta(hours=1),
        rate=hourly(1),
        minor=minor,
    )


def moved(decision: Decision) -> list[tuple[EntryKind, int]]:
    """What a decision moves, in cents."""
    return [(entry.kind, entry.minor) for entry in decision.entries]


class TestPay:
    """Money that comes in for an invoice."""

    @given(total=amounts, amount=amounts, deposit=deposits)
    def test_every_cent_is_somewhere(self, total: int, amount: int, deposit: Deposit) -> None:
        """What came in is applied or unapplied; what is deposited is all of it, or the excess; nothing is overpaid."""
        bill = invoice(total, deposit=deposit)
        before = account(asked=bill.outstanding_minor)
        done = pay(
            before, bill, PaymentId("p"), Money(minor=amount, currency="USD"), STAMP, overpayment=Overpayment.TO_CREDIT
        )
        [paid], [received] = done.invoices, done.payments
        excess = max(0, amount - total)
        assert min(amount, total) == paid.paid_minor == received.applied_to(bill.id)
        assert excess == received.unapplied_minor == done.account.credit_minor
        assert (Status.PAID if amount >= total else Status.DUE) is paid.status
        into_balance = amount if deposit is Deposit.TO_BALANCE else excess
        assert into_balance == done.account.position.balance_minor == sum(entry.minor for entry in done.entries)
        assert paid.outstanding_minor == done.account.outstanding_minor
        # What was asked and is paid only changes places, so the projected balance rises by the excess alone.
        assert excess == done.account.projected_balance_minor - before.projected_balance_minor

    @given(total=amounts, more=amounts)
    def test_too_much_is_refused(self, total: int, more: int) -> None:
        """Without a word about credit, more than the rest is refused, naming the rest."""
        with pytest.raises(AmountTooLarge) as refused:
            pay(account(), invoice(total), PaymentId("p"), Money(minor=total + more, currency="USD"), STAMP)
        assert str(Money(minor=total, currency="USD")) in str(refused.value)

    @pytest.mark.req("A70", "A71", "A73", "A74")
    def test_the_rest_is_offered(self) -> None:
        """No amount is all that is left: $600 of $1,000; method and reference are kept."""
        done = pay(account(), invoice(1000_00, 400_00), PaymentId("p"), None, STAMP, method="wire", reference="TX-1")
        [received] = done.payments
        assert (usd(600), "wire", "TX-1", TODAY) == (
            received.amount,
            received.method,
            received.reference,
            received.received_on,
        )
        assert PaymentOrigin.RECORDED is received.origin
        assert "TX-1" == done.entries[0].note

    def test_the_day_of_the_receipt(self) -> None:
        """The entry shows the day on which the money came, and stands where it was booked."""
        friday = date(2026, 2, 27)
        done = pay(account(), invoice(5), PaymentId("p"), None, STAMP, received_on=friday)
        assert (friday, STAMP.at, 8) == (done.entries[0].work_day, done.entries[0].booked_at, done.entries[0].sequence)

    def test_who_is_told(self) -> None:
        """A part tells of the payment, all of it also that the invoice is paid."""
        part = pay(account(), invoice(10_00), PaymentId("p"), usd(4), STAMP)
        rest = pay(account(), invoice(10_00, 4_00), PaymentId("p"), None, STAMP, action=Action.SET_PAID)
        assert [PaymentRecorded] == [type(event) for event in part.events]
        assert [PaymentRecorded, InvoicePaid] == [type(event) for event in rest.events]
        assert PaymentOrigin.STATUS_MENU is rest.payments[0].origin

    def test_whether_comes_before_how_much(self) -> None:
        """A paid invoice refuses the act, not the amount."""
        with pytest.raises(ActionNotAllowed):
            pay(account(), evolve(invoice(5, 5), status=Status.PAID), PaymentId("p"), usd(99), STAMP)


class TestCredit:
    """Money in hand that pays an invoice."""

    @given(
        parts=st.lists(st.integers(1, 10**9), min_size=1, max_size=5),
        total=st.integers(1, 10**9),
        deposit=deposits,
    )
    def test_every_cent_is_somewhere(self, parts: list[int], total: int, deposit: Deposit) -> None:
        """Applied is the lesser of credit and rest, the oldest first; it leaves the balance only for an invoice that
        does not deposit."""
        bill = invoice(total, deposit=deposit)
        credits = [payment(part, id=f"p{place}") for place, part in enumerate(parts)]
        before = account(sum(parts), asked=bill.outstanding_minor, credit=sum(parts))
        done = apply_credit(before, bill, credits, None, STAMP)
        used = min(total, sum(parts))
        [paid] = done.invoices
        assert used == paid.paid_minor == sum(it.applied_to(bill.id) for it in done.payments)
        assert sum(parts) - used == done.account.credit_minor
        assert all(it.unapplied_minor == 0 for it in done.payments[:-1])
        out = used if deposit is Deposit.NOT_DEPOSITED else 0
        assert sum(parts) - out == done.account.position.balance_minor
        assert done.account.credit_minor <= done.account.position.balance_minor
        assert paid.outstanding_minor == done.account.outstanding_minor
        assert {EntryKind.CREDIT_APPLIED} >= {entry.kind for entry in done.entries}

    def test_who_is_told(self) -> None:
        """Credit that pays all tells so."""
        done = apply_credit(account(credit=9_00), invoice(9_00), [payment(9_00)], None, STAMP)
        assert [CreditApplied, InvoicePaid] == [type(event) for event in done.events]
        part = apply_credit(account(credit=9_00), invoice(9_00), [payment(9_00)], usd(1), STAMP)
        assert [CreditApplied] == [type(event) for event in part.events]

    def test_none_and_too_much(self) -> None:
        """Without credit the act is refused; more than the rest, or than there is, is a rule of money."""
        with pytest.raises(ActionNotAllowed, match="no unapplied credit"):
            apply_credit(account(), invoice(5_00), [], None, STAMP)
        with pytest.raises(AmountTooLarge, match=r"5\.00 USD left to pay"):
            apply_credit(account(credit=9_00), invoice(5_00), [payment(9_00)], usd(6), STAMP)
        with pytest.raises(AmountTooLarge, match=r"9\.00 USD of credit"):
            apply_credit(account(credit=9_00), invoice(50_00), [payment(9_00)], usd(10), STAMP)


class TestVoid:
    """An invoice is cancelled."""

    @pytest.mark.req("B12", "B25")
    @given(paid=st.integers(0, 10**9), rest=st.integers(1, 10**9), deposit=deposits, on_void=st.sampled_from(OnVoid))
    def test_no_money_is_lost(self, paid: int, rest: int, deposit: Deposit, on_void: OnVoid) -> None:
        """Kept, it is credit and lies in the balance; sent back, it is reversed and out of the balance."""
        bill = invoice(paid + rest, paid, deposit=deposit)
        received = [payment(paid, {bill.id: paid})] if paid else []
        deposited = paid if deposit is Deposit.TO_BALANCE else 0
        done = void(account(deposited, asked=bill.outstanding_minor), bill, received, on_void, "Why.", STAMP)
        [voided], after = done.invoices, done.account
        kept = paid if on_void is OnVoid.KEEP else 0
        assert (Status.VOID, 0, 0, 0) == (
            voided.status,
            voided.paid_minor,
            voided.amount_due_minor,
            after.outstanding_minor,
        )
        assert kept == after.credit_minor == after.position.balance_minor
        assert kept == sum(it.unapplied_minor for it in done.payments)
        assert paid - kept == sum(it.reversed_minor for it in done.payments)
        assert bill.total == voided.total

    @pytest.mark.req("B27")
    def test_what_it_leaves_behind(self) -> None:
        """The step says who, when and why; the sessions are let go; the notice does not tell the reason."""
        bill = evolve(invoice(400_00), lines=LINES, status_version=1)
        done = void(account(), bill, [], OnVoid.KEEP, "Wrong client.", STAMP)
        [step] = done.history
        assert (2, Status.GENERATED, Status.VOID, "Wrong client.", "maria") == (
            step.sequence,
            step.before,
            step.after,
            step.note,
            step.by,
        )
        assert ChargeLocks(bill.id, (SessionId("s1"), SessionId("s2"))) == done.unlock
        assert [InvoiceVoided(ACME, bill.id, "INV-one")] == list(done.events)

    def test_only_what_was_applied_to_it(self) -> None:
        """Of a payment of $10 with $4 on this invoice and $3 on another, $4 are freed; the $3 stay, $3 were credit."""
        bill = invoice(9_00, 4_00)
        mixed = payment(10_00, {"one": 4_00, "two": 3_00})
        kept = void(account(7_00, credit=3_00), bill, [mixed], OnVoid.KEEP, "Why.", STAMP)
        back = void(account(10_00, credit=3_00), bill, [mixed], OnVoid.REVERSE, "Why.", STAMP)
        assert (7_00, 3_00) == (kept.payments[0].unapplied_minor, kept.payments[0].applied_to(InvoiceId("two")))
        assert (3_00, 4_00) == (back.payments[0].unapplied_minor, back.payments[0].reversed_minor)
        assert [(EntryKind.PAYMENT_REVERSED, -4_00)] == moved(back)
        assert [InvoiceVoided, PaymentReversed] == [type(event) for event in back.events]


class TestReverse:
    """A payment is taken back."""

    @given(
        free=st.integers(0, 10**6),
        one=st.integers(0, 10**6),
        two=st.integers(0, 10**6),
        deposit=deposits,
        data=st.data(),
    )
    def test_every_cent_is_somewhere(
        self, free: int, one: int, two: int, deposit: Deposit, data: st.DataObject
    ) -> None:
        """Unapplied money goes first, then the latest invoice; what was deposited leaves the balance."""
        applied = {id: part for id, part in (("one", one), ("two", two)) if part}
        bills = {
            InvoiceId(id): invoice(part + 1, part, deposit=deposit if id == "two" else Deposit.TO_BALANCE, id=id)
            for id, part in applied.items()
        }
        received = payment(free + one + two, applied)
        if not received.minor:
            return
        amount = data.draw(st.integers(1, received.minor))
        in_balance = free + one + (two if deposit is Deposit.TO_BALANCE else 0)
        before = account(in_balance, asked=sum(bill.outstanding_minor for bill in bills.values()), credit=free)
        done = reverse(before, received, bills, Money(minor=amount, currency="USD"), "Mistyped.", STAMP)
        from_two = min(two, max(0, amount - free))
        [after] = done.payments
        assert amount == after.reversed_minor
        assert after.minor == after.unapplied_minor + after.reversed_minor + sum(it.minor for it in after.applied)
        assert max(0, free - amount) == after.unapplied_minor == done.account.credit_minor
        assert two - from_two == after.applied_to(InvoiceId("two"))
        left_in = in_balance - amount + (from_two if deposit is Deposit.NOT_DEPOSITED else 0)
        assert left_in == done.account.position.balance_minor
        now = bills | {bill.id: bill for bill in done.invoices}
        assert sum(bill.outstanding_minor for bill in now.values()) == done.account.outstanding_minor
        for bill in now.values():
            assert after.applied_to(bill.id) == bill.paid_minor >= 0

    def test_what_cannot_be_taken_back(self) -> None:
        """Nothing left is said so; too much names what there is."""
        gone = evolve(payment(5_00), reversed_minor=5_00)
        with pytest.raises(InvalidState, match="reversed already"):
            reverse(account(), gone, {}, None, "Why.", STAMP)
        with pytest.raises(AmountTooLarge, match=r"Only 5\.00 USD"):
            reverse(account(credit=2_00), evolve(gone, minor=10_00), {}, usd(6), "Why.", STAMP)

    def test_a_bounced_payment_of_a_paid_invoice(self) -> None:
        """What is credit goes back first, then what paid the latest invoice, which is due again and said to be so."""
        bills = {it: evolve(invoice(5_00, 5_00, id=it), status=Status.PAID) for it in ("one", "two")}
        paid = {bill.id: bill for bill in bills.values()}
        received = payment(12_00, {"one": 5_00, "two": 5_00})
        done = reverse(account(12_00, credit=2_00), received, paid, usd(4), "It bounced.", STAMP)
        [two] = done.invoices
        assert ("two", Status.DUE, 3_00) == (two.id, two.status, two.paid_minor)
        [step] = done.history
        assert (Action.REVERSE_PAYMENT, Status.PAID, Status.DUE) == (step.action, step.before, step.after)
        assert InvoiceDue(ACME, two.id, "INV-two", usd(2)) in done.events
        after = done.account
        assert (8_00, 0, 2_00) == (after.position.balance_minor, after.credit_minor, after.outstanding_minor)

    def test_the_anchor_goes_down_with_it(self) -> None:
        """With an anchor of $9, $4 back leave $5."""
        before = Account(ACME, Position("USD", 1, 9_00, 9_00), UNLIMITED, 0, 4_00)
        done = reverse(before, payment(4_00), {}, None, "Went back.", STAMP)
        assert (5_00, 5_00) == (done.account.position.balance_minor, done.account.position.utilization_base_minor)
        assert ["Went back."] == [entry.note for entry in done.entries]


class TestCharge:
    """What work draws."""

    @given(first=st.integers(0, 10**9), second=st.integers(0, 10**9))
    def test_a_session_adds_up_to_its_cost(self, first: int, second: int) -> None:
        """After logging, editing and deleting, the entries of a session add up to what it then costs."""
        logged = post_session(account(), session(first), date(2026, 3, 2), STAMP)
        edited = change_session(logged.account, session(first), session(second), STAMP)
        deleted = remove_session(edited.account, session(second), STAMP)
        assert [-first, -second, 0] == [it.account.position.balance_minor for it in (logged, edited, deleted)]
        entries = (*logged.entries, *edited.entries, *deleted.entries)
        assert 0 == sum(entry.minor for entry in entries)
        assert list(range(8, 8 + len(entries))) == [entry.sequence for entry in entries]
        assert all(entry.minor for entry in entries)
        assert (0, True) == (deleted.sessions[0].minor, deleted.sessions[0].removed)
        if first == second:
            assert () == edited.entries

    @pytest.mark.req("A34", "A35")
    @pytest.mark.parametrize(("balance", "stopped"), [(-79_99, False), (-80_00, True), (-80_01, True)])
    def test_admitted_above_the_allowed_balance_only(self, balance: int, stopped: bool) -> None:
        """At −$80 it stops, a cent above it does not."""
        acme = account(balance, terms=terms(allowed="-80", refill_at=None))
        assert stopped == admit(acme, over_limit=True)
        if stopped:
            with pytest.raises(BalanceLimitReached):
                admit(acme, over_limit=False)
        else:
            assert not admit(acme, over_limit=False)

    @pytest.mark.req("A52")
    @given(minor=st.integers(-(10**12), 10**12))
    def test_an_adjustment_moves_by_its_sign(self, minor: int) -> None:
        """Balance by that much, asked and anchor not at all."""
        done = adjust(account(5, asked=3), Money(minor=minor, currency="USD"), "Why.", "a1", STAMP)
        assert (5 + minor, 3, 0) == (
            done.account.position.balance_minor,
            done.account.outstanding_minor,
            done.account.position.utilization_base_minor,
        )
        assert [("Why.", "a1")] == [(entry.note, entry.cause) for entry in done.entries]


class TestGenerate:
    """A draft becomes an invoice, and an invoice a draft."""

    def test_drafts_ask_for_nothing(self) -> None:
        """A new draft has a first step, locks nothing and asks for nothing."""
        done = draft(account(), with_content(DRAFT, LINES), STAMP)
        [new], [step] = done.invoices, done.history
        assert (400_00, 0, None) == (new.total_minor, done.account.outstanding_minor, new.number)
        assert (None, Status.DRAFT, Action.DRAFT_INVOICE, 1) == (step.before, step.after, step.action, step.sequence)
        assert (None, None, ()) == (done.lock, done.unlock, done.entries)

    @pytest.mark.req("B6", "B19", "B21")
    def test_there_and_back(self) -> None:
        """Generated it asks for $400, has number, dates and letterhead, and holds its sessions; reverted it keeps the
        number, goes on asking, and lets everything else go."""
        done = generate(account(), DRAFT, dated(with_content(DRAFT, LINES)), STAMP)
        [bill] = done.invoices
        assert ("7", TODAY, date(2026, 3, 16), LETTERHEAD) == (
            bill.number,
            bill.issued_on,
            bill.due_on,
            bill.parties,
        )
        assert (400_00, ChargeLocks(bill.id, (SessionId("s1"), SessionId("s2")))) == (
            done.account.outstanding_minor,
            done.lock,
        )
        assert [InvoiceGenerated] == [type(event) for event in done.events]
        back = revert(done.account, bill, STAMP)
        [again] = back.invoices
        assert ("7", None, None, None) == (again.number, again.issued_on, again.due_on, again.parties)
        assert (400_00, done.lock) == (back.account.outstanding_minor, back.unlock)
        assert [InvoiceReverted] == [type(event) for event in back.events]

    @given(lines=st.lists(st.integers(1, 10**9), max_size=6), numbered=st.booleans())
    def test_resaved(self, lines: list[int], numbered: bool) -> None:
        """A draft foots after every save; only one with a number asks for its total."""
        old = evolve(with_content(DRAFT, LINES), number="7" if numbered else None)
        changed = tuple(Line(f"Line {place}", minor) for place, minor in enumerate(lines))
        done = update_draft(account(asked=old.outstanding_minor), old, with_content(old, changed), STAMP, Action.SAVE)
        [new] = done.invoices
        assert sum(lines) == new.total_minor == sum(line.minor for line in new.lines)
        assert (sum(lines) if numbered else 0) == done.account.outstanding_minor
        assert ((), ()) == (done.history, done.entries)

    def test_another_choice(self) -> None:
        """A draft is saved with what was chosen for it, and never forgets which invoice it is."""
        march, april = Selection(Period.month(2026, 3)), Selection(Period.month(2026, 4))
        old = evolve(DRAFT, selection=march)
        [new] = update_draft(
            account(), old, with_content(evolve(old, selection=april), LINES), STAMP, Action.SAVE
        ).invoices
        assert evolve(with_content(old, LINES), selection=april) == new

    @pytest.mark.req("A69")
    def test_born_generated(self) -> None:
        """What is born generated has a first step, reads unpaid and is asked for where it deposits."""
        blank = evolve(DRAFT, kind=InvoiceKind.MANUAL, status=Status.GENERATED)
        for deposit, asked in ((Deposit.TO_BALANCE, 5_00), (Deposit.NOT_DEPOSITED, 0)):
            finished = dated(with_content(evolve(blank, deposit=deposit), (Line("Bonus", 5_00),)))
            done = issue_directly(account(), finished, Action.MAKE_MANUAL_INVOICE, STAMP)
            [bill] = done.invoices
            assert ("unpaid", asked, date(2026, 3, 16)) == (
                bill.display_status,
                done.account.outstanding_minor,
                bill.due_on,
            )
            assert [(None, Status.GENERATED)] == [(step.before, step.after) for step in done.history]


class TestStatus:
    """Somebody says how an invoice stands."""

    @pytest.mark.req("B8", "B10", "B11", "B14")
    @pytest.mark.parametrize("action", [Action.SET_DUE, Action.SET_OVERDUE, Action.SET_UNCOLLECTIBLE])
    def test_only_the_status(self, action: Action) -> None:
        """Nothing but the status and its step changes; the same again changes nothing. What is uncollectible is no
        longer asked for."""
        bill = invoice(10_00)
        done = set_status(account(asked=10_00), bill, action, STAMP)
        assert done is not None
        [changed] = done.invoices
        is_written_off = action is Action.SET_UNCOLLECTIBLE
        assert (STAMP.today if is_written_off else None) == changed.ended_on
        assert bill == evolve(changed, status=bill.status, status_version=bill.status_version, ended_on=None)
        then = evolve(account(), uncollectible_minor=10_00) if is_written_off else account(asked=10_00)
        then = evolve(then, receivables=done.account.receivables)
        assert (then, (), ()) == (done.account, done.entries, done.payments)
        assert set_status(done.account, changed, action, STAMP) is None

    def test_who_is_told(self) -> None:
        """Each status has its own notice, with what is left to pay."""
        bill = invoice(10_00, 4_00)
        late = set_status(account(), bill, Action.SET_OVERDUE, STAMP)
        assert late is not None
        assert (InvoiceOverdue(ACME, bill.id, "INV-one", usd(6)),) == late.events
        due = set_status(account(), late.invoices[0], Action.SET_DUE, STAMP)
        assert due is not None
        assert (InvoiceDue(ACME, bill.id, "INV-one", usd(6)),) == due.events


class TestRefill:
    """Whether and how much is asked for."""

    @given(
        projected=st.integers(-(10**9), 10**9),
        at=st.integers(-(10**6), 10**6),
        hours=st.integers(1, 1000),
        fall=st.integers(1, 10**6),
    )
    def test_the_least_that_restores(self, projected: int, at: int, hours: int, fall: int) -> None:
        """So many whole blocks that the projected balance is above the refill balance, and not one more."""
        refill = Refill(threshold=Money(minor=at, currency="USD"), rate=hourly(10), hours=hours)
        agreed = Terms(allowed_balance=None, refill=refill)
        after = account(projected, terms=agreed)
        blocks = blocks_to_ask(account(projected + fall, terms=agreed), after, terms_set=False)
        assert projected + blocks * hours * 10_00 > at
        assert blocks == 0 or projected + (blocks - 1) * hours * 10_00 <= at
        if blocks:
            line = refill_line(refill, blocks)
            assert (blocks * hours * 10_00, timedelta(hours=hours * blocks)) == (line.minor, line.duration)
        assert (blocks > 0) == Standing(after).refill_due

    def test_only_after_a_fall_or_new_terms(self) -> None:
        """A projected balance that rose or stayed asks for nothing, however low it is."""
        low = account(-5000_00, terms=terms())
        assert 0 == blocks_to_ask(low, low, terms_set=False)
        assert 0 == blocks_to_ask(account(-6000_00, terms=terms()), low, terms_set=False)
        assert 5 == blocks_to_ask(low, low, terms_set=True)
        assert 5 == blocks_to_ask(account(-4999_99, terms=terms()), low, terms_set=False)
        assert 0 == blocks_to_ask(account(), account(-1), terms_set=True)

    def test_what_is_on_it(self) -> None:
        """Blocks, hours and rate as data, and no words: it is worded where it is shown."""
        refill = Refill(threshold=usd(-1000), rate=hourly(50), hours="20")
        line = Line("", 2000_00, duration=timedelta(hours=40), rate=hourly(50), blocks=2)
        assert line == refill_line(refill, 2)

    def test_never_larger_than_a_line(self) -> None:
        """Neither its amount, nor its hours."""
        dear = Refill(threshold=usd(0), rate=hourly(2 * 10**12), hours=24)
        assert 96 * 10**15 == refill_line(dear, 20).minor
        long = Refill(threshold=usd(0), rate=hourly("0.01"), hours=1)
        for refill, blocks in ((dear, 21), (long, 10**9)):
            with pytest.raises(MoneyRuleViolation, match=r"set a larger refill\.$"):
                refill_line(refill, blocks)
