"""Invoices: how they come about, what is on them, and what becomes of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from invoicecore import (
    Action,
    Deposit,
    Draft,
    DraftMoved,
    Invoice,
    InvoiceKind,
    OnVoid,
    PaymentTerms,
    Period,
    Role,
    Status,
    utc,
)
from invoicecore.errors import (
    ActionNotAllowed,
    CurrencyMismatch,
    InvalidInput,
    InvalidState,
    NotFound,
    SessionLocked,
)
from invoicecore.values.money import Money
from tests.world import NOON, UNLIMITED, World, hourly, new_world, terms, usd

MARCH = Period.month(2026, 3)


@pytest.fixture
def world() -> World:
    """Nothing stops, and no refill comes between."""
    return new_world(UNLIMITED)


def drafted(world: World, period: Period = MARCH) -> Draft:
    """A draft of Acme's work."""
    return world.maria.invoices.draft(world.acme.id, period)


def generated(world: World) -> Invoice:
    """An invoice of Acme's work of March."""
    return world.maria.invoices.generate(drafted(world).id)


def manual(world: World, amount: int = 100, deposit: Deposit = Deposit.TO_BALANCE, **further: Any) -> Invoice:
    """An amount that is asked for by hand."""
    return world.maria.invoices.manual(world.acme.id, usd(amount), deposit=deposit, **further)


def on(invoice: Invoice) -> list[str | None]:
    """The sessions on an invoice."""
    return [line.session_id for line in invoice.lines]


class TestDrafting:
    """Which work is on a draft."""

    @pytest.mark.req("B5", "B29")
    def test_the_work_of_a_period(self, world: World) -> None:
        """A draft of March holds March: 8 h and 2 h at $50 are $500, in the order of their starts."""
        late = world.log(2, start=utc(2026, 3, 31, 20))
        early = world.log(8, start=utc(2026, 3, 2, 15))
        world.log(1, start=utc(2026, 2, 28, 15))
        world.log(1, start=utc(2026, 4, 1, 15))
        draft = drafted(world)
        assert [early, late] == on(draft.invoice)
        assert (usd(500), Status.DRAFT, None, InvoiceKind.TIME) == (
            draft.invoice.total,
            draft.invoice.status,
            draft.invoice.number,
            draft.invoice.kind,
        )
        assert draft.difference.is_empty

    def test_days_are_days_of_the_firm(self, world: World) -> None:
        """1 April 04:30 UTC is still 31 March in Chicago; 1 March 05:30 UTC is still February there."""
        march = world.log(1, start=utc(2026, 4, 1, 4, 30))
        world.log(1, start=utc(2026, 3, 1, 5, 30))
        assert [march] == on(drafted(world).invoice)

    def test_some_projects(self, world: World) -> None:
        """With projects named, only their work is on it."""
        shop, app = world.project(name="Shop"), world.project(name="App")
        world.log(1)
        wanted = [world.log(2, shop), world.log(3, app)]
        draft = world.maria.invoices.draft(world.acme.id, MARCH, projects=[app.id, shop.id])
        assert (set(wanted), usd(250)) == (set(on(draft.invoice)), draft.invoice.total)

    def test_left_out(self, world: World) -> None:
        """A session left out by choice is on no line, and free for another draft."""
        one, two = world.log(1), world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH, exclude=[one])
        assert [two] == on(draft.invoice)
        world.maria.invoices.generate(draft.id)
        assert [one] == on(drafted(world).invoice)

    def test_what_is_never_on_it(self, world: World) -> None:
        """Not what costs nothing, what was deleted, what another invoice holds, or what is another client's."""
        world.sam.work.log(world.site.id, start=NOON, hours=1, billable=False)
        world.maria.work.delete(world.log(1))
        held = world.log(1)
        assert [held] == on(generated(world))
        world.log(1, world.project(world.client()))
        assert [] == on(drafted(world).invoice)

    def test_drafts_lock_nothing(self, world: World) -> None:
        """Two drafts may show the same session, and it can still be edited and deleted."""
        session = world.log(1)
        assert [session] == on(drafted(world).invoice) == on(drafted(world).invoice)
        assert world.maria.work.edit(session, hours=2).locked_by is None
        world.maria.work.delete(session)

    def test_what_a_draft_says(self, world: World) -> None:
        """At −$2,600 with a manual invoice of $1,000 out, $1,600 are still to be asked for. Once $1,600 were given,
        nothing is."""
        world.log(24)
        world.log(24)
        world.log(4)
        manual(world, 1000)
        draft = drafted(world)
        assert (usd(-2600), usd(1000), usd(0)) == (draft.balance, draft.outstanding, draft.credit)
        assert (usd(2600), usd(1000), usd(1600)) == (
            draft.invoice.total,
            draft.invoice.covered,
            draft.invoice.amount_due,
        )
        world.maria.accounts.adjust(world.acme.id, usd(1600), reason="A gift.")
        opened = world.maria.invoices.open(draft.id)
        assert (usd(-1000), usd(1600), usd(0)) == (
            opened.balance,
            opened.difference.covered,
            opened.invoice.amount_due,
        )

    @pytest.mark.req("B5")
    def test_deleted(self, world: World) -> None:
        """A draft that was deleted is gone, and its work is free as before."""
        session = world.log(1)
        draft = drafted(world)
        world.maria.invoices.delete(draft.id)
        assert () == world.maria.invoices.all()
        with pytest.raises(NotFound):
            world.maria.invoices.get(draft.id)
        assert [session] == on(drafted(world).invoice)


class TestSnapshots:
    """What was loaded into a draft stays as it was until somebody looks again."""

    def moved(self, world: World) -> tuple[Draft, str, str, str]:
        """A draft of 1 h, 2 h and 3 h ($300), of which then the first became 4 h, the second went; 5 h came on top."""
        one, two, _ = world.log(1), world.log(2), world.log(3)
        draft = drafted(world)
        world.maria.work.edit(one, hours=4)
        world.maria.work.delete(two)
        return draft, one, two, world.log(5)

    @pytest.mark.req("B29", "B30")
    def test_later_changes_do_not_show(self, world: World) -> None:
        """However the work moves, the saved draft keeps its lines and total."""
        draft, *_ = self.moved(world)
        kept = world.maria.invoices.get(draft.id)
        assert (draft.invoice, usd(300)) == (kept, kept.total)
        assert kept == world.maria.invoices.printable(draft.id).invoice

    @pytest.mark.req("B5", "B31")
    def test_opening_takes_the_latest(self, world: World) -> None:
        """Opened, it shows 4 h + 3 h + 5 h = $600, and says: one added, one removed, one changed, $300 more. That is
        saved, so opening again finds nothing moved."""
        draft, one, two, new = self.moved(world)
        opened = world.maria.invoices.open(draft.id)
        assert usd(600) == opened.invoice.total
        moved = opened.difference
        assert ([new], [two], usd(300)) == (
            [line.session_id for line in moved.added],
            [line.session_id for line in moved.removed],
            moved.money,
        )
        [(before, after)] = moved.changed
        assert (one, timedelta(hours=1), timedelta(hours=4)) == (before.session_id, before.duration, after.duration)
        again = world.maria.invoices.open(draft.id)
        assert again.difference.is_empty
        assert opened.invoice == again.invoice == world.maria.invoices.get(draft.id)

    @pytest.mark.req("B5")
    def test_saved_with_another_choice(self, world: World) -> None:
        """Another period, other projects and sessions left out; what is not said stays as it is."""
        shop = world.project(name="Shop")
        one, two = world.log(1), world.log(2, shop)
        april = world.log(3, start=utc(2026, 4, 2, 15))
        draft = drafted(world)
        save = world.maria.invoices.save
        assert {one, two, april} == set(on(save(draft.id, period=Period.year(2026)).invoice))
        assert {one, april} == set(on(save(draft.id, projects=[world.site.id]).invoice))
        saved = save(draft.id, exclude=[one])
        assert [april] == on(saved.invoice)
        assert (usd(-50), 1) == (saved.difference.money, len(saved.difference.removed))
        assert [one, april] == on(save(draft.id, exclude=[]).invoice)

    def test_each_kind_has_its_own_choices(self, world: World) -> None:
        """A time invoice has no amount, and a manual one no period."""
        draft = drafted(world)
        for wrong in ("amount", "description", "deposit"):
            values = {"amount": usd(5), "description": "Work", "deposit": Deposit.TO_BALANCE}
            with pytest.raises(InvalidState, match="time invoice"):
                world.maria.invoices.save(draft.id, **{wrong: values[wrong]})  # type: ignore[arg-type]
        bill = world.maria.invoices.revert(manual(world).id)
        with pytest.raises(InvalidState, match="manual invoice"):
            world.maria.invoices.save(bill.id, period=MARCH)
        assert usd(100) == world.maria.invoices.get(bill.id).total


class TestGenerating:
    """What was seen is what is billed."""

    @pytest.mark.req("B1", "B6", "B7")
    def test_generated(self, world: World) -> None:
        """It gets number and dates, its sessions are locked, and it reads unpaid."""
        session = world.log(8)
        invoice = generated(world)
        assert ("INV-2026-0001", date(2026, 3, 2), date(2026, 3, 16), "unpaid") == (
            invoice.number,
            invoice.issued_on,
            invoice.due_on,
            invoice.display_status,
        )
        assert invoice.id == world.maria.work.get(session).locked_by
        assert ["InvoiceGenerated"] == world.told()

    def test_refused_where_the_work_moved(self, world: World) -> None:
        """After an hour came on top, generating is refused with that hour as the difference; nothing was numbered.
        With `latest` it is billed; so it is once the draft was opened."""
        for look in (False, True):
            draft = drafted(world)
            added = world.log(1)
            number = world.maria.firm.next_number()
            with pytest.raises(DraftMoved) as moved:
                world.maria.invoices.generate(draft.id)
            assert ([added], usd(50)) == (
                [line.session_id for line in moved.value.difference.added],
                moved.value.difference.money,
            )
            assert (Status.DRAFT, number) == (
                world.maria.invoices.get(draft.id).status,
                world.maria.firm.next_number(),
            )
            if look:
                assert moved.value.revision == world.maria.invoices.open(draft.id).revision
            assert [added] == on(world.maria.invoices.generate(draft.id, use_latest=not look))

    def test_the_revision_that_was_seen(self, world: World) -> None:
        """With `expect` only that is billed: another revision is refused, also together with `latest`."""
        world.log(1)
        draft = drafted(world)
        seen = draft.revision
        world.log(1)
        for latest in (False, True):
            with pytest.raises(DraftMoved) as moved:
                world.maria.invoices.generate(draft.id, if_revision=seen, use_latest=latest)
        invoice = world.maria.invoices.generate(draft.id, if_revision=moved.value.revision, use_latest=True)
        assert (moved.value.revision, usd(100)) == (invoice.revision, invoice.total)

    def test_somebody_else_opened_it(self, world: World) -> None:
        """Maria saw $50; Sam, a manager now, opened the draft at $100. What Maria saw is not billed any more."""
        world.maria.people.change(world.sam.person_id, role=Role.MANAGER)
        world.log(1)
        draft = drafted(world)
        world.log(1)
        world.sam.invoices.open(draft.id)
        with pytest.raises(DraftMoved):
            world.maria.invoices.generate(draft.id, if_revision=draft.revision)

    def test_two_drafts_of_the_same_session(self, world: World) -> None:
        """The first to be generated has it. The second is refused, saying that it is gone, or leaves it out."""
        shared = world.log(1)
        first = drafted(world)
        only = drafted(world)
        other = world.log(2)
        second = drafted(world)
        with pytest.raises(DraftMoved):
            world.maria.invoices.generate(first.id)
        world.maria.invoices.save(first.id, exclude=[other])
        world.maria.invoices.generate(first.id)
        with pytest.raises(DraftMoved) as moved:
            world.maria.invoices.generate(second.id)
        assert ([shared], usd(-50)) == (
            [line.session_id for line in moved.value.difference.removed],
            moved.value.difference.money,
        )
        assert [other] == on(world.maria.invoices.generate(second.id, use_latest=True))
        with pytest.raises(ActionNotAllowed, match="nothing to bill"):
            world.maria.invoices.generate(only.id, use_latest=True)
        locks = {session.id: session.locked_by for session in world.maria.work.sessions()}
        assert {shared: first.id, other: second.id} == locks

    @pytest.mark.req("B3", "B6")
    def test_what_is_locked_stays(self, world: World) -> None:
        """No edit, no delete, whoever tries; the invoice shows what it was generated with."""
        session = world.log(8)
        invoice = generated(world)
        for desk in (world.maria, world.sam):
            with pytest.raises(SessionLocked, match="INV-2026-0001"):
                desk.work.edit(session, note="Other words.")
            with pytest.raises(SessionLocked, match="INV-2026-0001"):
                desk.work.delete(session)
        world.log(1)
        assert invoice == world.maria.invoices.get(invoice.id)
        with pytest.raises(ActionNotAllowed):
            world.maria.invoices.save(invoice.id, exclude=[session])


class TestReverting:
    """A generated invoice becomes a draft again."""

    @pytest.mark.req("B19", "B20", "B21", "B22")
    def test_it_takes_up_what_is_new(self, world: World) -> None:
        """8 h at $50, generated and reverted. The session can be edited (9 h), another of 2 h in the period comes on
        top, one of April does not: generated again it is $550, under the same number."""
        session = world.log(8)
        invoice = generated(world)
        draft = world.maria.invoices.revert(invoice.id)
        assert (Status.DRAFT, "INV-2026-0001", None, None) == (
            draft.status,
            draft.number,
            draft.issued_on,
            draft.due_on,
        )
        assert world.maria.work.edit(session, hours=9).locked_by is None
        new = world.log(2)
        world.log(4, start=utc(2026, 4, 2, 15))
        again = world.maria.invoices.generate(invoice.id)
        assert ([session, new], usd(550), "INV-2026-0001") == (on(again), again.total, again.number)
        assert 2 == world.maria.firm.next_number()
        assert {again.id} == {it.locked_by for it in world.maria.work.sessions(period=MARCH)}

    def test_dates_are_those_of_the_last_generate(self, world: World) -> None:
        """Generated on 2 March and again on 9 March: issued on the 9th, due on the 23rd."""
        world.log(1)
        invoice = generated(world)
        world.maria.invoices.revert(invoice.id)
        world.clock.advance(timedelta(days=7))
        again = world.maria.invoices.generate(invoice.id)
        assert (date(2026, 3, 9), date(2026, 3, 23)) == (again.issued_on, again.due_on)

    def test_only_that_invoice(self, world: World) -> None:
        """Reverting one leaves the other invoice and its lock as they were."""
        world.log(1)
        first = generated(world)
        world.log(1)
        second = generated(world)
        world.maria.invoices.revert(first.id)
        assert second == world.maria.invoices.get(second.id)
        assert [None, second.id] == [it.locked_by for it in world.maria.work.sessions()]

    def test_a_manual_one_is_changed_so(self, world: World) -> None:
        """Reverted, amount, words and deposit can be changed; generated again it asks for the new amount."""
        bill = manual(world)
        world.maria.invoices.revert(bill.id)
        saved = world.maria.invoices.save(
            bill.id, amount=usd(120), description="A bonus", deposit=Deposit.NOT_DEPOSITED
        )
        assert usd(20) == saved.difference.money
        again = world.maria.invoices.generate(bill.id)
        assert (usd(120), "A bonus", Deposit.NOT_DEPOSITED, bill.number) == (
            again.total,
            again.lines[0].description,
            again.deposit,
            again.number,
        )
        assert usd(0) == world.maria.accounts.standing(world.acme.id).outstanding

    def test_one_of_several_lines_is_changed_so(self, world: World) -> None:
        """Amount and description are those of the first line; `more` stand in place of the others, or take them off."""
        bill = manual(world, description="Hosting", more=[("Domain", usd(5)), ("Mail", usd(3))])
        world.maria.invoices.revert(bill.id)

        def lines(**changed: Any) -> list[tuple[str, Money]]:
            saved = world.maria.invoices.save(bill.id, **changed).invoice
            return [(line.description, line.amount("USD")) for line in saved.lines]

        assert [("Hosting", usd(90)), ("Domain", usd(5)), ("Mail", usd(3))] == lines(amount=usd(90))
        assert [("Host", usd(90)), ("Name", usd(6))] == lines(description="Host", more=[("Name", usd(6))])
        assert [("Host", usd(90)), ("Name", usd(6))] == lines(notes="Thank you")
        for wrong, error in (
            (["Name"], InvalidInput),
            ("Name", InvalidInput),
            ([("Name", usd(0))], InvalidInput),
            ([("Name", Money.of(1, "EUR"))], CurrencyMismatch),
        ):
            with pytest.raises(error):
                lines(more=wrong)
        again = world.maria.invoices.generate(bill.id)
        assert (usd(96), bill.number) == (again.total, again.number)
        world.maria.invoices.revert(bill.id)
        assert [("Host", usd(90))] == lines(more=[])

    def test_a_refill_keeps_its_amount(self) -> None:
        """Of a reverted refill only the words can be changed."""
        world = new_world(terms(allowed=None))
        world.log(20)
        [refill] = world.maria.invoices.all()
        world.maria.invoices.revert(refill.id)
        with pytest.raises(InvalidState, match="refill invoice"):
            world.maria.invoices.save(refill.id, amount=usd(1))
        with pytest.raises(InvalidState, match="no further lines"):
            world.maria.invoices.save(refill.id, more=[("Tea", usd(1))])
        world.maria.invoices.save(refill.id, description="Your next 20 hours")
        again = world.maria.invoices.generate(refill.id)
        assert (usd(1000), "Your next 20 hours") == (again.total, again.lines[0].description)


class TestVoiding:
    """An invoice is cancelled and stays on record."""

    @pytest.mark.req("B12", "B23", "B24", "B27", "B28")
    @pytest.mark.parametrize("status", ["generated", "set_due", "set_paid", "set_overdue", "set_uncollectible"])
    def test_it_frees_exactly_its_sessions(self, world: World, status: str) -> None:
        """From any live status: its session can be invoiced anew; the other invoice and its lock stay as they were."""
        mine = world.log(1)
        invoice = generated(world)
        theirs = world.log(2)
        other = generated(world)
        if status != "generated":
            getattr(world.maria.invoices, status)(invoice.id)
        world.maria.invoices.void(invoice.id, note="Wrong address.")
        assert other == world.maria.invoices.get(other.id)
        locks = {it.id: it.locked_by for it in world.maria.work.sessions()}
        assert {mine: None, theirs: other.id} == locks
        void = world.maria.invoices.get(invoice.id)
        assert (Status.VOID, "INV-2026-0001", [mine], usd(50), usd(0)) == (
            void.status,
            void.number,
            on(void),
            void.total,
            void.amount_due,
        )
        anew = generated(world)
        assert ([mine], "INV-2026-0003") == (on(anew), anew.number)
        assert [invoice.id, other.id, anew.id] == [it.id for it in world.maria.invoices.all()]

    @pytest.mark.req("B25", "B26")
    def test_the_note(self, world: World) -> None:
        """Without a reason nothing is voided; with one it stands in the history and in the audit."""
        bill = manual(world)
        with pytest.raises(InvalidInput, match="note"):
            world.maria.invoices.void(bill.id, note=" \n ")
        assert Status.GENERATED is world.maria.invoices.get(bill.id).status
        world.maria.invoices.void(bill.id, note=" Agreed by phone. ")
        *_, step = world.maria.invoices.history(bill.id)
        *_, record = world.maria.firm.audit()
        assert ("Agreed by phone.", "Agreed by phone.", Action.VOID) == (step.note, record.reason, record.action)

    def test_other_clients_are_left_alone(self, world: World) -> None:
        """Account, invoices and payments of another client are as they were."""
        other = world.client()
        theirs = world.maria.invoices.manual(other.id, usd(10), deposit=Deposit.TO_BALANCE)
        world.maria.payments.record(theirs.id, usd(4))
        before = (
            world.maria.accounts.standing(other.id),
            world.maria.invoices.of(other.id),
            world.maria.payments.of(other.id),
        )
        bill = manual(world)
        world.maria.payments.record(bill.id)
        world.maria.invoices.void(bill.id, note="Why.", payments=OnVoid.REVERSE)
        assert before == (
            world.maria.accounts.standing(other.id),
            world.maria.invoices.of(other.id),
            world.maria.payments.of(other.id),
        )


class TestNumbers:
    """Numbers come from one counter of the firm."""

    @pytest.mark.req("A5", "A66")
    def test_in_the_order_of_generating(self, world: World) -> None:
        """Not in that of drafting."""
        world.log(1)
        first = drafted(world)
        bill = manual(world, deposit=Deposit.NOT_DEPOSITED)
        assert ("INV-2026-0001", "INV-2026-0002") == (
            bill.number,
            world.maria.invoices.generate(first.id).number,
        )

    def test_the_year_is_the_firms(self, world: World) -> None:
        """1 January 03:00 UTC is still 2026 in Chicago, whatever becomes of summer time there."""
        world.clock.set(utc(2027, 1, 1, 3))
        bill = manual(world)
        assert ("INV-2026-0001", date(2026, 12, 31)) == (bill.number, bill.issued_on)

    def test_one_counter_for_all_clients(self, world: World) -> None:
        """Invoices of two clients never share a number."""
        other = world.client()
        numbers = [
            world.maria.invoices.manual(id, usd(1), deposit=Deposit.TO_BALANCE).number
            for id in (world.acme.id, other.id, world.acme.id)
        ]
        assert ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"] == numbers


class TestManualInvoices:
    """An amount that a Manager names."""

    @pytest.mark.req("A66", "A69")
    def test_made(self, world: World) -> None:
        """Client, amount, words and number; generated at once, and it reads unpaid."""
        bill = world.maria.invoices.manual(
            world.acme.id, usd(250), deposit=Deposit.NOT_DEPOSITED, description="Logo", number="B-1"
        )
        assert (world.acme.id, usd(250), "Logo", "B-1", InvoiceKind.MANUAL) == (
            bill.client_id,
            bill.total,
            bill.lines[0].description,
            bill.number,
            bill.kind,
        )
        assert (Status.GENERATED, "unpaid") == (bill.status, bill.display_status)

    @pytest.mark.req("A66")
    def test_description_and_number_are_optional(self, world: World) -> None:
        """Without them it has no words and the counter's number."""
        bill = manual(world)
        assert ("", "INV-2026-0001") == (bill.lines[0].description, bill.number)

    @pytest.mark.req("A67", "A68")
    @pytest.mark.parametrize(("deposit", "balance"), [(Deposit.TO_BALANCE, 100), (Deposit.NOT_DEPOSITED, 0)])
    def test_where_its_payments_go(self, world: World, deposit: Deposit, balance: int) -> None:
        """$100 asked for move nothing; once paid they are in the balance, or not, as was chosen."""
        bill = manual(world, deposit=deposit)
        assert usd(0) == world.balance()
        assert Status.PAID is world.maria.payments.record(bill.id).invoice.status
        assert usd(balance) == world.balance()

    @pytest.mark.req("A67", "A68")
    @pytest.mark.parametrize("wrong", [True, False, None, "to_balance"])
    def test_the_choice_is_said_in_words(self, world: World, wrong: object) -> None:
        """Yes and no say nothing; one of the two words is asked for."""
        with pytest.raises(InvalidInput, match="deposit"):
            world.maria.invoices.manual(world.acme.id, usd(1), deposit=wrong)  # type: ignore[arg-type]

    def test_what_is_refused(self, world: World) -> None:
        """Nothing, less than nothing, another currency, and no such client."""
        for amount, error in (
            (usd(0), InvalidInput),
            (usd(-5), InvalidInput),
            (Money.of(5, "EUR"), CurrencyMismatch),
        ):
            with pytest.raises(error):
                world.maria.invoices.manual(world.acme.id, amount, deposit=Deposit.TO_BALANCE)
        with pytest.raises(NotFound):
            world.maria.invoices.manual("nobody", usd(5), deposit=Deposit.TO_BALANCE)
        assert 1 == world.maria.firm.next_number()


class TestDueDates:
    """When an invoice is to be paid."""

    def test_the_firms_terms_or_the_clients_own(self, world: World) -> None:
        """14 days by the firm; a client with 30 has 30; the end of the next month for another."""
        assert date(2026, 3, 16) == manual(world).due_on
        world.maria.clients.change(world.acme.id, payment_terms=PaymentTerms.net(30))
        assert date(2026, 4, 1) == manual(world).due_on
        world.maria.firm.change(payment_terms=PaymentTerms.end_of_next_month())
        assert date(2026, 4, 1) == manual(world).due_on
        other = world.maria.invoices.manual(world.client().id, usd(1), deposit=Deposit.TO_BALANCE)
        assert date(2026, 4, 30) == other.due_on

    def test_frozen_when_generated(self, world: World) -> None:
        """Other terms later do not move it."""
        bill = manual(world)
        world.maria.firm.change(payment_terms=PaymentTerms.net(0))
        assert bill.due_on == world.maria.invoices.get(bill.id).due_on


class TestTheOverdueSweep:
    """Due invoices whose date has passed are marked by a sweep, not by themselves."""

    @pytest.mark.req("B10")
    def test_it_marks_what_is_late(self, world: World) -> None:
        """Due on 16 March: still due on the 16th, overdue on the 17th; and told so once."""
        bill = manual(world)
        world.maria.invoices.set_due(bill.id)
        world.told()
        world.clock.set(utc(2026, 3, 18, 18))
        assert () == world.maria.invoices.sweep_overdue(date(2026, 3, 16))
        assert [bill.id] == [it.id for it in world.maria.invoices.sweep_overdue(date(2026, 3, 17))]
        assert (Status.OVERDUE, "unpaid") == (
            world.maria.invoices.get(bill.id).status,
            world.maria.invoices.get(bill.id).display_status,
        )
        assert () == world.maria.invoices.sweep_overdue(date(2026, 3, 18))
        assert ["InvoiceOverdue"] == world.told()

    @pytest.mark.req("B10")
    def test_only_awaited_ones_with_something_left(self, world: World) -> None:
        """Paid, uncollectible and void ones stay; a generated one is marked, and a part-paid one, which is due."""
        untouched = [manual(world) for _ in range(4)]
        world.maria.invoices.set_paid(untouched[1].id)
        world.maria.invoices.set_uncollectible(untouched[2].id)
        world.maria.invoices.void(untouched[3].id, note="Why.")
        part = manual(world)
        world.maria.payments.record(part.id, usd(1))
        world.clock.set(utc(2027, 1, 1, 18))
        late = world.maria.invoices.sweep_overdue()
        assert [untouched[0].id, part.id] == [it.id for it in late]
        assert ["overdue", "paid", "uncollectible", "void", "overdue"] == [
            it.status for it in world.maria.invoices.all()
        ]

    def test_nothing_by_itself(self, world: World) -> None:
        """However late it is, without a sweep it stays due."""
        bill = manual(world)
        world.maria.invoices.set_due(bill.id)
        world.clock.set(utc(2030, 1, 1))
        assert Status.DUE is world.maria.invoices.get(bill.id).status

    def test_no_day_ahead(self, world: World) -> None:
        """Nobody is late on a day that is still to come."""
        bill = manual(world)
        for day in (date(2026, 3, 3), date(9999, 12, 29)):
            with pytest.raises(InvalidState, match="would be ahead: today is 2026-03-02") as refused:
                world.maria.invoices.sweep_overdue(day)
            assert ("day_is_ahead", "as_of") == (refused.value.code, refused.value.field)
        assert Status.GENERATED is world.maria.invoices.get(bill.id).status

    def test_a_date_is_asked_for(self, world: World) -> None:
        """An instant is not a day."""
        with pytest.raises(InvalidInput):
            world.maria.invoices.sweep_overdue(NOON)


class TestUncollectible:
    """The rest is written off as a claim; the books keep it."""

    @pytest.mark.req("B11")
    def test_part_paid_and_written_off(self, world: World) -> None:
        """8 h, $400, of which $150 came: balance −$250 before and after writing off, clients read it as unpaid, the
        session stays locked, and when $250 come later they are accepted: paid, $0."""
        session = world.log(8)
        invoice = generated(world)
        world.maria.payments.record(invoice.id, usd(150))
        world.maria.invoices.set_uncollectible(invoice.id)
        assert (usd(-250), "unpaid") == (
            world.balance(),
            world.maria.invoices.get(invoice.id).display_status,
        )
        assert invoice.id == world.maria.work.get(session).locked_by
        part = world.maria.payments.record(invoice.id, usd(100))
        assert (Status.UNCOLLECTIBLE, usd(150)) == (part.invoice.status, part.invoice.amount_due)
        assert Status.PAID is world.maria.payments.record(invoice.id).invoice.status
        assert usd(0) == world.balance()


class TestPaper:
    """What the printed invoice says."""

    @pytest.mark.req("B5", "B7")
    def test_previewed_and_printed(self, world: World) -> None:
        """A draft is a preview without number; generated it is printed, in every status, void too."""
        world.log(8)
        draft = drafted(world)
        preview = world.maria.invoices.printable(draft.id)
        assert (True, None, usd(400), "Northwind Studio", "Acme") == (
            preview.is_preview,
            preview.invoice.number,
            preview.invoice.total,
            preview.parties.firm_name,
            preview.parties.client_name,
        )
        world.maria.invoices.generate(draft.id)
        for action in (
            world.maria.invoices.set_due,
            world.maria.invoices.set_overdue,
            world.maria.invoices.set_uncollectible,
            world.maria.invoices.set_paid,
        ):
            action(draft.id)
            assert not world.maria.invoices.printable(draft.id).is_preview
        world.maria.invoices.void(draft.id, note="Why.")
        printed = world.maria.invoices.printable(draft.id)
        assert ("INV-2026-0001", Status.VOID) == (printed.invoice.number, printed.invoice.status)

    @pytest.mark.req("A3", "A4")
    def test_frozen_when_generated(self, world: World) -> None:
        """Renamed afterwards, firm, client, project and worker stand on it as they were; a preview has new ones."""
        world.maria.firm.change(theme="classic")
        world.log(8)
        invoice = generated(world)
        before = world.maria.invoices.printable(invoice.id)
        world.maria.firm.change(name="Southwind", contact="2 Side St", theme="studio", timezone="Asia/Tokyo")
        world.maria.clients.change(world.acme.id, name="Acme Inc.", billing_address="1 Road")
        world.maria.projects.change(world.site.id, name="Site")
        world.maria.projects.set_rate(world.site.id, hourly(99))
        world.maria.people.change(world.lee.person_id, name="Lee L.")
        assert before == world.maria.invoices.printable(invoice.id)
        head = before.parties
        assert ("Northwind Studio", "1 Main St", "Acme", "", "classic", "America/Chicago") == (
            head.firm_name,
            head.firm_contact,
            head.client_name,
            head.billing_address,
            head.theme,
            head.timezone,
        )
        assert {world.site.id: "Website", world.lee.person_id: "Lee"} == dict(head.names)
        world.maria.invoices.revert(invoice.id)
        preview = world.maria.invoices.printable(invoice.id)
        assert ("Southwind", "Acme Inc.", "1 Road", "studio") == (
            preview.parties.firm_name,
            preview.parties.client_name,
            preview.parties.billing_address,
            preview.parties.theme,
        )
        assert {world.site.id: "Site", world.lee.person_id: "Lee L."} == dict(preview.parties.names)

    def test_payments_on_it(self, world: World) -> None:
        """It shows what was paid for it: day, way and amount, and of a payment no more than was applied to it."""
        bill = manual(world)
        world.maria.payments.record(bill.id, usd(30), method="cash", received_on=date(2026, 3, 1))
        world.maria.payments.record(bill.id, usd(70), method="wire")
        paper = world.maria.invoices.printable(bill.id)
        paid = [(date(2026, 3, 1), "cash", usd(30)), (date(2026, 3, 2), "wire", usd(70))]
        assert paid == [(it.received_on, it.method, it.amount) for it in paper.payments]
        world.maria.invoices.void(bill.id, note="A mistake.")
        paper = world.maria.invoices.printable(bill.id)
        assert paid == [(it.received_on, it.method, it.amount) for it in paper.payments]
        assert {OnVoid.KEEP} == {it.on_void for it in paper.payments}


class TestNotes:
    def test_of_a_draft(self, world: World) -> None:
        """They are given with it, changed when it is saved, left alone by a look, and printed."""
        world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, MARCH, notes=" Thank you\n")
        assert "Thank you" == draft.invoice.notes == world.maria.invoices.open(draft.id).invoice.notes
        assert "Thanks" == world.maria.invoices.save(draft.id, notes="Thanks").invoice.notes
        assert "Thanks" == world.maria.invoices.save(draft.id, exclude=[]).invoice.notes
        bill = world.maria.invoices.generate(draft.id)
        assert "Thanks" == world.maria.invoices.printable(bill.id).invoice.notes
        with pytest.raises(ActionNotAllowed):
            world.maria.invoices.save(bill.id, notes="Late")
        world.maria.invoices.revert(bill.id)
        assert "" == world.maria.invoices.save(bill.id, notes="").invoice.notes

    def test_they_are_no_part_of_what_was_seen(self, world: World) -> None:
        """Another note is not another draft: its revision stays."""
        world.log(8)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert draft.revision == world.maria.invoices.save(draft.id, notes="Thanks").revision

    def test_of_a_manual_invoice(self, world: World) -> None:
        """They are given with it."""
        bill = world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE, notes="For the coffee")
        assert "For the coffee" == bill.notes == world.maria.invoices.get(bill.id).notes

    def test_of_a_refill(self) -> None:
        """It can be given some once it was reverted."""
        world = new_world(terms(allowed=None))
        world.log(20)
        [refill] = world.maria.invoices.all()
        world.maria.invoices.revert(refill.id)
        assert "Thanks" == world.maria.invoices.save(refill.id, notes="Thanks").invoice.notes

    @pytest.mark.parametrize("notes", [5, "a\0b", "x" * 1_000_001])
    def test_malformed(self, world: World, notes: Any) -> None:
        """What no storage can keep is refused, wherever they are given."""
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        with pytest.raises(InvalidInput):
            world.maria.invoices.draft(world.acme.id, MARCH, notes=notes)
        with pytest.raises(InvalidInput):
            world.maria.invoices.save(draft.id, notes=notes)
        with pytest.raises(InvalidInput):
            world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE, notes=notes)


class TestHistory:
    """Every change of status: who, when, from, to, why."""

    @pytest.mark.req("B1", "B4")
    def test_a_whole_life(self, world: World) -> None:
        """Drafted, generated, reverted, generated, due, overdue, uncollectible, paid, void."""
        world.log(1)
        draft = drafted(world)
        invoices = world.maria.invoices
        for action in (
            invoices.generate,
            invoices.revert,
            invoices.generate,
            invoices.set_due,
            invoices.set_overdue,
            invoices.set_uncollectible,
            invoices.set_paid,
        ):
            world.clock.advance(timedelta(hours=1))
            action(draft.id)
        invoices.void(draft.id, note="The end.")
        steps = invoices.history(draft.id)
        assert list(range(1, 10)) == [step.sequence for step in steps]
        assert [
            (None, "draft"),
            ("draft", "generated"),
            ("generated", "draft"),
            ("draft", "generated"),
            ("generated", "due"),
            ("due", "overdue"),
            ("overdue", "uncollectible"),
            ("uncollectible", "paid"),
            ("paid", "void"),
        ] == [(step.before, step.after) for step in steps]
        assert {world.maria.person_id} == {step.by for step in steps}
        assert (NOON, NOON + timedelta(hours=7), "The end.") == (steps[0].at, steps[-1].at, steps[-1].note)
        assert Action.DRAFT_INVOICE is steps[0].action

    def test_what_is_no_step(self, world: World) -> None:
        """Looking, opening, saving and a part payment of a due invoice are none."""
        world.log(1)
        draft = drafted(world)
        world.maria.invoices.open(draft.id)
        world.maria.invoices.save(draft.id, exclude=[])
        world.maria.invoices.printable(draft.id)
        assert 1 == len(world.maria.invoices.history(draft.id))
        world.maria.invoices.generate(draft.id)
        world.maria.payments.record(draft.id, usd(1))
        world.maria.payments.record(draft.id, usd(1))
        assert ["draft", "generated", "due"] == [step.after for step in world.maria.invoices.history(draft.id)]


class TestLists:
    """Which invoices there are."""

    @pytest.mark.req("A64")
    def test_all_of_them(self, world: World) -> None:
        """All invoices of the firm, in the order in which they were made, of every kind and status."""
        world.log(1)
        draft = drafted(world)
        other = world.maria.invoices.manual(world.client().id, usd(1), deposit=Deposit.TO_BALANCE)
        void = manual(world)
        world.maria.invoices.void(void.id, note="Why.")
        assert [draft.id, other.id, void.id] == [it.id for it in world.maria.invoices.all()]
        assert [draft.id, void.id] == [it.id for it in world.maria.invoices.of(world.acme.id)]

    @pytest.mark.req("A69", "A76", "B4")
    def test_how_they_read(self, world: World) -> None:
        """Generated, due, overdue and uncollectible read unpaid; the others say themselves."""
        draft = drafted(world)
        assert "draft" == draft.invoice.display_status
        bill = manual(world)
        assert ["unpaid", "unpaid", "unpaid", "paid", "void"] == [
            world.maria.invoices.set_due(bill.id).display_status,
            world.maria.invoices.set_overdue(bill.id).display_status,
            world.maria.invoices.set_uncollectible(bill.id).display_status,
            world.maria.invoices.set_paid(bill.id).display_status,
            world.maria.invoices.void(bill.id, note="Why.").display_status,
        ]


class TestLimitedContact:
    def test_what_lies_outside(self, world: World) -> None:
        """A contact who is limited to projects learns no id of another project, nor of work that was left out."""
        maria, noon = world.maria, utc(2026, 3, 1, 9)
        shop = maria.projects.add(client_id=world.acme.id, name="Shop", rate=hourly(50))
        maria.projects.assign(shop.id, world.lee.person_id)
        refill = maria.invoices.manual(world.acme.id, usd(30), deposit=Deposit.TO_BALANCE)
        world.lee.work.log(world.site.id, start=noon, hours=2)
        other = world.lee.work.log(shop.id, start=noon + timedelta(hours=3), hours=1)
        mine = world.lee.work.log(world.site.id, start=noon + timedelta(hours=5), hours=1)
        both = [world.site.id, shop.id]
        draft = maria.invoices.draft(world.acme.id, MARCH, projects=both, exclude=[other.id, mine.id])
        invoice = maria.invoices.generate(draft.id)
        lia = maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
        desk = world.billing.acting_as(lia.id)
        [listed] = desk.invoices.of(world.acme.id)
        shown = (
            desk.invoices.get(invoice.id),
            *desk.invoices.all(),
            listed,
            desk.invoices.printable(invoice.id).invoice,
            desk.pages.invoice(invoice.id).invoice,
        )
        for it in shown:
            assert it.selection is not None
            assert (frozenset({world.site.id}), frozenset()) == (it.selection.projects, it.selection.left_out)
            assert shop.id not in str(it)
            assert other.id not in str(it)
            assert refill.id not in str(it)
            assert usd(30) == it.covered
        assert str(refill.number) not in str(desk.invoices.printable(invoice.id))
        whole = maria.invoices.get(invoice.id).selection
        assert whole is not None
        assert (frozenset(both), frozenset({other.id, mine.id})) == (whole.projects, whole.left_out)


class TestTextThatNobodySees:
    @pytest.mark.parametrize("blank", ["\u200b", "\u00ad\u2060", "\u2800", "\u3164", " \ufeff "])
    def test_a_void_needs_a_note(self, world: World, blank: str) -> None:
        """A note, a reason or a name that nobody sees is blank."""
        invoice = world.maria.invoices.manual(world.acme.id, usd(250), deposit=Deposit.NOT_DEPOSITED)
        with pytest.raises(InvalidInput, match="is blank"):
            world.maria.invoices.void(invoice.id, note=blank)
        with pytest.raises(InvalidInput, match="is blank"):
            world.maria.clients.add(name=blank, terms=UNLIMITED)
        with pytest.raises(InvalidInput, match="is blank"):
            world.maria.people.add(name=blank, role=Role.WORKER)

    @pytest.mark.parametrize("number", ["R\u20107", "R\u20117", "Ｒ-7", " R-7"])
    def test_numbers_that_read_alike(self, world: World, number: str) -> None:
        """Numbers that read alike are one number, and one with a sign that nobody sees is refused."""
        create = world.maria.invoices.manual
        create(world.acme.id, usd(250), deposit=Deposit.NOT_DEPOSITED, number="R-7")
        with pytest.raises(InvalidState, match="R-7"):
            create(world.acme.id, usd(250), deposit=Deposit.NOT_DEPOSITED, number=number)
        with pytest.raises(InvalidInput, match=r"a sign that is not seen, U\+200B"):
            create(world.acme.id, usd(250), deposit=Deposit.NOT_DEPOSITED, number="R\u200b-8")
