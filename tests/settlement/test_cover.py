"""What is prepaid, or was asked for already, is not asked for again: scenarios in whole dollars, step by step."""

from datetime import date

import pytest

from invoicecore import (
    Action,
    Cover,
    Debt,
    Deposit,
    Draft,
    DraftMoved,
    EntryKind,
    Invoice,
    Money,
    OnVoid,
    Overpayment,
    Period,
    Status,
    Terms,
    utc,
)
from tests.world import UNLIMITED, World, new_world, terms, usd

REFILLS = terms(allowed=None)
"""Work costs $50 an hour; $1,000 are asked for whenever the projected balance reaches −$1,000."""

JANUARY, FEBRUARY, MARCH = (Period.month(2026, month) for month in (1, 2, 3))


class Scene:
    """Acme's books, and their figures in whole dollars."""

    def __init__(self, agreed: Terms = UNLIMITED) -> None:
        self.world: World = new_world(agreed)
        self.maria, self.acme = self.world.maria, self.world.acme.id

    def work(self, dollars: int, month: int = 3, project: str | None = None) -> str:
        """Work that costs so much, on the second of a month; the id of the session."""
        return self.maria.work.log(
            project or self.world.site.id,
            start=utc(2026, month, 2, 12),
            hours=dollars // 50,
            person_id=self.world.lee.person_id,
            allow_over_24h=True,
        ).id

    def draft(self, period: Period = MARCH, *projects: str, cover: Cover = Cover.AVAILABLE) -> Draft:
        """A draft of the work of a month, of all projects or of some."""
        return self.maria.invoices.draft(self.acme, period, projects=projects or None, cover=cover)

    def bill(self, period: Period = MARCH, *projects: str) -> Invoice:
        """The work of a month, generated."""
        return self.maria.invoices.generate(self.draft(period, *projects).id)

    def ask(self, dollars: int) -> Invoice:
        """A manual invoice that deposits."""
        return self.maria.invoices.manual(self.acme, usd(dollars), deposit=Deposit.TO_BALANCE)

    def pay(self, invoice: Invoice, dollars: int | None = None) -> None:
        """Money that comes in for an invoice; what is too much becomes credit."""
        amount = None if dollars is None else usd(dollars)
        self.maria.payments.record(invoice.id, amount, overpayment=Overpayment.TO_CREDIT)

    def refills(self) -> list[Invoice]:
        """All that was invoiced so far, where that is refills alone."""
        return list(self.maria.invoices.of(self.acme))

    def asks(self, invoice: Invoice) -> tuple[int, int, int, int, str]:
        """Total, covered, paid, due and status of an invoice now."""
        it = self.maria.invoices.get(invoice.id)
        return (*map(whole, (it.total, it.covered, it.amount_paid, it.amount_due)), str(it.status))  # type: ignore[return-value]

    def stands(self) -> tuple[int, ...]:
        """Balance, outstanding, projected balance, credit and shortfall of the client now."""
        it = self.maria.accounts.standing(self.acme)
        return tuple(map(whole, (it.balance, it.outstanding, it.projected_balance, it.credit, it.shortfall)))


def whole(money: Money) -> int:
    """An amount of whole dollars."""
    dollars, cents = divmod(money.minor, 100)
    assert cents == 0
    return dollars


class TestFigures:
    """Reading 34 in figures: `asks` is total, covered, paid, due, status; `stands` is balance, outstanding, projected
    balance, credit, shortfall."""

    def test_a_refill_asked_for_most_of_it(self) -> None:
        """24 h at $50 with a refill of $1,000 open ask for $200."""
        it = Scene(REFILLS)
        it.work(1200)
        [refill] = it.refills()
        assert (-1200, 1000, -200, 0, 0) == it.stands()
        bill = it.bill()
        assert ((1200, 1000, 0, 200, "generated"), (-1200, 1200, 0, 0, 0)) == (it.asks(bill), it.stands())
        it.pay(bill)
        assert ((1200, 1000, 200, 0, "paid"), (-1000, 1000, 0, 0, 0)) == (it.asks(bill), it.stands())
        it.pay(refill)
        assert ((1000, 0, 1000, 0, "paid"), (0, 0, 0, 0, 0)) == (it.asks(refill), it.stands())

    def test_paid_ahead(self) -> None:
        """$1,000 ahead and $800 worked: nothing is asked for."""
        it = Scene()
        it.pay(it.ask(1000))
        it.work(800)
        assert ((800, 800, 0, 0, "paid"), (200, 0, 200, 0, 0)) == (it.asks(it.bill()), it.stands())

    def test_two_refills(self) -> None:
        """$2,950 with two refills of $1,000 open ask for $950."""
        it = Scene(REFILLS)
        for dollars in (1000, 1000, 950):
            it.work(dollars)
        assert [usd(1000), usd(1000)] == [refill.total for refill in it.refills()]
        assert ((2950, 2000, 0, 950, "generated"), (-2950, 2950, 0, 0, 0)) == (it.asks(it.bill()), it.stands())

    def test_the_older_month_first(self) -> None:
        """$1,000 ahead, January $800 and by then $400 of February: January asks for nothing, February for $200."""
        it = Scene()
        it.pay(it.ask(1000))
        it.work(800, month=1)
        it.work(400, month=2)
        assert ((800, 800, 0, 0, "paid"), (-200, 0, -200, 0, 0)) == (it.asks(it.bill(JANUARY)), it.stands())
        bill = it.bill(FEBRUARY)
        assert ((400, 200, 0, 200, "generated"), (-200, 200, 0, 0, 0)) == (it.asks(bill), it.stands())
        it.pay(bill)
        assert ((400, 200, 200, 0, "paid"), (0, 0, 0, 0, 0)) == (it.asks(bill), it.stands())

    def test_an_opening_balance(self) -> None:
        """$300 brought along and $1,000 worked ask for $700."""
        it = Scene()
        it.maria.accounts.adjust(it.acme, usd(300), reason="Opening balance")
        it.work(1000)
        bill = it.bill()
        assert ((1000, 300, 0, 700, "generated"), (-700, 700, 0, 0, 0)) == (it.asks(bill), it.stands())
        it.pay(bill)
        assert ((1000, 300, 700, 0, "paid"), (0, 0, 0, 0, 0)) == (it.asks(bill), it.stands())

    def test_credit_pays_and_does_not_cover(self) -> None:
        """With $200 of credit, $300 of work ask for $300, and for $100 once it is applied."""
        it = Scene()
        it.work(1000, month=2)
        first = it.bill(FEBRUARY)
        it.pay(first, 1200)
        assert ((1000, 0, 1000, 0, "paid"), (200, 0, 200, 200, 0)) == (it.asks(first), it.stands())
        it.work(300)
        bill = it.bill()
        assert ((300, 0, 0, 300, "generated"), (-100, 300, 200, 200, 0)) == (it.asks(bill), it.stands())
        it.maria.payments.apply_credit(bill.id)
        assert ((300, 0, 200, 100, "due"), (-100, 100, 0, 0, 0)) == (it.asks(bill), it.stands())
        it.pay(bill)
        assert ((300, 0, 300, 0, "paid"), (0, 0, 0, 0, 0)) == (it.asks(bill), it.stands())

    def test_a_void_leaves_a_shortfall(self) -> None:
        """The refill is voided on which an invoice counts: $1,000 are asked for by nobody, until a manual invoice asks
        for them."""
        it = Scene(REFILLS)
        it.work(1200)
        [refill] = it.refills()
        bill = it.bill()
        it.pay(bill, 50)
        assert ((1200, 1000, 50, 150, "due"), (-1150, 1150, 0, 0, 0)) == (it.asks(bill), it.stands())
        it.pay(refill, 400)
        assert ((1000, 0, 400, 600, "due"), (-750, 750, 0, 0, 0)) == (it.asks(refill), it.stands())
        it.maria.invoices.void(refill.id, note="A mistake")
        assert ((1200, 1000, 50, 150, "due"), (-750, 150, -600, 400, 1000)) == (it.asks(bill), it.stands())
        instead = it.ask(1000)
        assert ((1000, 0, 0, 1000, "generated"), (-750, 1150, 400, 400, 0)) == (it.asks(instead), it.stands())
        it.maria.payments.apply_credit(instead.id)
        assert ((1000, 0, 400, 600, "due"), (-750, 750, 0, 0, 0)) == (it.asks(instead), it.stands())
        it.pay(instead)
        it.pay(bill)
        assert ((1200, 1000, 200, 0, "paid"), (0, 0, 0, 0, 0)) == (it.asks(bill), it.stands())

    def test_one_project_after_the_other(self) -> None:
        """A refill of $1,000: the project invoiced first takes $800 of it, the other one of the same days $200."""
        it = Scene(REFILLS)
        other = it.world.project().id
        it.work(800)
        it.work(600, project=other)
        first = it.bill(MARCH, it.world.site.id)
        assert ((800, 800, 0, 0, "paid"), (-1400, 1000, -400, 0, 0)) == (it.asks(first), it.stands())
        second = it.bill(MARCH, other)
        assert ((600, 200, 0, 400, "generated"), (-1400, 1400, 0, 0, 0)) == (it.asks(second), it.stands())

    def test_a_revert_gives_cover_back_at_once(self) -> None:
        """While it is a draft it goes on asking for $200, and the $1,000 cover what is invoiced meanwhile."""
        it = Scene(REFILLS)
        other = it.world.project().id
        it.work(1200)
        first = it.bill()
        it.maria.invoices.revert(first.id)
        assert (-1200, 1200, 0, 0, 0) == it.stands()
        it.work(500, project=other)
        second = it.bill(MARCH, other)
        assert ((500, 500, 0, 0, "paid"), (-1700, 1200, -500, 0, 0)) == (it.asks(second), it.stands())
        it.maria.invoices.save(first.id, projects=[it.world.site.id])
        it.maria.invoices.generate(first.id)
        assert ((1200, 500, 0, 700, "generated"), (-1700, 1700, 0, 0, 0)) == (it.asks(first), it.stands())

    def test_older_work_keeps_its_cover(self) -> None:
        """$500 of January are on no invoice, so of a refill of $1,000 only $500 cover February; January has its own."""
        it = Scene(REFILLS)
        it.work(500, month=1)
        it.work(800, month=2)
        later = it.bill(FEBRUARY)
        assert ((800, 500, 0, 300, "generated"), (-1300, 1300, 0, 0, 0)) == (it.asks(later), it.stands())
        assert ((500, 500, 0, 0, "paid"), (-1300, 1300, 0, 0, 0)) == (it.asks(it.bill(JANUARY)), it.stands())

    def test_old_work_that_refills_paid(self) -> None:
        """Five refills paid $5,000 of work that is on no invoice; an adjustment of $600 covers this month's $800."""
        it = Scene(REFILLS)
        for _ in range(5):
            it.work(1000, month=1)
            it.pay(it.refills()[-1])
        it.maria.accounts.adjust(it.acme, usd(600), reason="Goodwill")
        it.work(800)
        bill = it.bill()
        assert ((800, 600, 0, 200, "generated"), (-200, 200, 0, 0, 0)) == (it.asks(bill), it.stands())
        assert [(None, 600_00)] == [(part.source_id, part.minor) for part in bill.covered_by]

    def test_a_forgiven_debt_covers(self) -> None:
        """The write-off follows what is left to pay, and is taken back with the status; a kept debt is no shortfall."""
        it = Scene(REFILLS)
        it.work(1000)
        [refill] = it.refills()
        bill = it.bill()
        it.maria.invoices.set_uncollectible(refill.id, debt=Debt.FORGIVE)
        assert ((1000, 0, 0, 1000, "uncollectible"), (0, 0, 0, 0, 0)) == (it.asks(refill), it.stands())
        it.pay(refill, 300)
        assert ((1000, 0, 300, 700, "uncollectible"), (0, 0, 0, 0, 0)) == (it.asks(refill), it.stands())
        it.maria.invoices.set_due(refill.id)
        assert ((1000, 0, 300, 700, "due"), (-700, 700, 0, 0, 0)) == (it.asks(refill), it.stands())
        it.maria.invoices.set_uncollectible(refill.id)
        assert ((1000, 0, 300, 700, "uncollectible"), (-700, 0, -700, 0, 0)) == (it.asks(refill), it.stands())
        it.maria.invoices.set_due(refill.id)
        it.maria.invoices.void(refill.id, note="Gone", payments=OnVoid.REVERSE)
        assert ((1000, 1000, 0, 0, "paid"), (-1000, 0, -1000, 0, 1000)) == (it.asks(bill), it.stands())
        assert [
            (EntryKind.WORK, -1000),
            (EntryKind.WRITE_OFF, 1000),
            (EntryKind.PAYMENT, 300),
            (EntryKind.WRITE_OFF_REVERSED, -300),
            (EntryKind.WRITE_OFF_REVERSED, -700),
            (EntryKind.PAYMENT_REVERSED, -300),
        ] == [(row.kind, whole(row.amount)) for row in it.maria.accounts.statement(it.acme).rows]

    def test_work_that_was_corrected(self) -> None:
        """$1,000 paid and voided are credit; corrected to $900 and invoiced again, they pay it and leave $100."""
        it = Scene()
        session = it.work(1000)
        first = it.bill()
        it.pay(first)
        it.maria.invoices.void(first.id, note="Two hours too many")
        it.maria.work.edit(session, hours=18)
        bill = it.bill()
        assert ((900, 0, 0, 900, "generated"), (100, 900, 1000, 1000, 0)) == (it.asks(bill), it.stands())
        it.maria.payments.apply_credit(bill.id)
        assert ((900, 0, 900, 0, "paid"), (100, 0, 100, 100, 0)) == (it.asks(bill), it.stands())


class TestDrafts:
    """What is covered is part of what was seen."""

    def test_only_the_cover_moved(self) -> None:
        """Generate is refused with the difference, unless the latest is wanted."""
        it = Scene()
        it.work(400)
        draft = it.draft()
        it.maria.accounts.adjust(it.acme, usd(150), reason="Goodwill")
        with pytest.raises(DraftMoved, match=r"0 added, 0 removed, 0 changed, .* 150\.00 USD of it covered") as moved:
            it.maria.invoices.generate(draft.id)
        assert (False, usd(150)) == (moved.value.difference.is_empty, moved.value.difference.covered)
        assert moved.value.revision != draft.revision
        it.maria.invoices.generate(draft.id, use_latest=True)
        assert (400, 150, 0, 250, "generated") == it.asks(draft.invoice)

    def test_cover_of_nothing(self) -> None:
        """By choice all of the work is asked for, and what had covered it is left for other work."""
        it = Scene()
        it.pay(it.ask(1000))
        it.work(400)
        draft = it.draft(cover=Cover.NOTHING)
        assert (usd(0), usd(400)) == (draft.invoice.covered, draft.invoice.amount_due)
        assert usd(400) == it.maria.invoices.save(draft.id, cover=Cover.AVAILABLE).invoice.covered
        assert usd(-400) == it.maria.invoices.save(draft.id, cover=Cover.NOTHING).difference.covered
        it.maria.invoices.generate(draft.id)
        assert ((400, 0, 0, 400, "generated"), (600, 400, 1000, 0, 0)) == (it.asks(draft.invoice), it.stands())

    def test_what_covers_it(self) -> None:
        """The oldest invoices first, after what older work took of them, then what no invoice asked for."""
        it = Scene()
        first, second = it.ask(300), it.ask(500)
        it.maria.accounts.adjust(it.acme, usd(100), reason="Goodwill")
        it.work(200, month=2)
        it.work(1000)
        parts = [(first.id, 100_00), (second.id, 500_00), (None, 100_00)]
        assert parts == [(part.source_id, part.minor) for part in it.draft().invoice.covered_by]

    def test_a_reverted_draft_lets_go(self) -> None:
        """When another invoice takes its sessions, it no longer asks for them."""
        it = Scene()
        taken = it.work(400)
        it.work(200, month=2)
        whole_year = it.bill(Period(date(2026, 1, 1), date(2026, 12, 31)))
        it.maria.invoices.revert(whole_year.id)
        assert (-600, 600, 0, 0, 0) == it.stands()
        bill = it.bill(MARCH)
        assert [taken] == [line.session_id for line in bill.lines]
        assert ((200, 0, 0, 200, "draft"), (-600, 600, 0, 0, 0)) == (it.asks(whole_year), it.stands())


class TestNothingDue:
    """An invoice whose work is covered as a whole."""

    def test_it_is_paid_at_once(self) -> None:
        """In two steps; nobody is told that it was paid, it reads "nothing due", and it can only be printed or
        voided, which gives the cover back."""
        it = Scene()
        it.pay(it.ask(1000))
        it.work(800)
        it.world.told()
        bill = it.bill()
        assert ["InvoiceGenerated"] == it.world.told()
        steps = [(step.action, step.after) for step in it.maria.invoices.history(bill.id)[1:]]
        assert [(Action.GENERATE, Status.GENERATED), (Action.SET_PAID, Status.PAID)] == steps
        assert "nothing due" == bill.display_status
        allowed = [act.action for act in it.maria.invoices.available_actions(bill.id) if act.allowed]
        assert [Action.PRINT, Action.VOID] == allowed
        it.maria.invoices.void(bill.id, note="A mistake")
        assert (800, 800, 0, 0, "paid") == it.asks(it.bill())
