"""The pages of clients, and what each role sees of them."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from invoicecore import ClientSort, Deposit, EntryKind, Overpayment, Period, PersonSort, Role, utc
from invoicecore.errors import InvalidInput, NotFound, NotPermitted
from tests.world import UNLIMITED, World, hours_later, new_world, terms, usd


def limited(world: World) -> str:
    """The id of a contact of Acme who is limited to the website."""
    lia = world.maria.people.add(name="Lia", role=Role.CONTACT, client_id=world.acme.id, limited_to=[world.site.id])
    return lia.id


class TestTheList:
    """Clients with where they stand."""

    @pytest.mark.req("A41", "A42")
    def test_balance_terms_utilization_and_stop(self) -> None:
        """After 16 h at $50, Acme is at −$800 of −$1,000: 80 %. Beta, at −$100, is stopped and has no refill."""
        world = new_world()
        beta = world.client("Beta", terms(allowed="-100", refill_at=None))
        world.log(16)
        world.log(2, world.project(beta))
        acme, other = (row.standing for row in world.maria.pages.clients().rows)
        assert acme is not None
        assert other is not None
        assert (usd(-800), Fraction(4, 5), False, terms()) == (
            acme.balance,
            acme.utilization,
            acme.stopped,
            acme.terms,
        )
        assert (usd(-100), None, True, usd(-100)) == (
            other.balance,
            other.utilization,
            other.stopped,
            other.terms.allowed_balance,
        )

    @pytest.mark.req("A41")
    @pytest.mark.parametrize(
        ("sort", "descending", "expected"),
        [
            (ClientSort.NAME, False, "Acme Beta beta Émile"),
            (ClientSort.NAME, True, "Émile beta Beta Acme"),
            (ClientSort.ADDED, False, "Acme beta Émile Beta"),
            (ClientSort.BALANCE, False, "beta Acme Émile Beta"),
            (ClientSort.BALANCE, True, "Beta Émile Acme beta"),
        ],
    )
    def test_orders(self, sort: ClientSort, descending: bool, expected: str) -> None:
        """By name, capitals first; as they were added; by balance: −$9, −$5, $0, $3."""
        world = new_world()
        for name, balance in (("Acme", -5), ("beta", -9), ("Émile", 0), ("Beta", 3)):
            client = world.acme if name == "Acme" else world.client(name)
            if balance:
                world.maria.accounts.adjust(client.id, usd(balance), reason="To begin with.")
        page = world.maria.pages.clients(sort=sort, descending=descending)
        assert expected.split() == [row.client.name for row in page.rows]

    def test_those_who_were_put_away(self) -> None:
        """They are left out, listed alone, or among the others."""
        world = new_world()
        world.maria.clients.archive(world.client("Beta").id)
        lists = [world.maria.pages.clients(archived=which).rows for which in (False, True, None)]
        assert [["Acme"], ["Beta"], ["Acme", "Beta"]] == [[row.client.name for row in rows] for rows in lists]

    @pytest.mark.req("A17", "A20", "A21")
    def test_to_whom(self) -> None:
        """A supervisor sees all without money; a contact their own, who is limited without money; a worker none."""
        world = new_world()
        world.client("Beta")
        lia = world.billing.acting_as(limited(world))
        seen = [
            [(row.client.name, row.standing is not None) for row in desk.pages.clients().rows]
            for desk in (world.maria, world.sam, world.cleo, lia)
        ]
        assert [
            [("Acme", True), ("Beta", True)],
            [("Acme", False), ("Beta", False)],
            [("Acme", True)],
            [("Acme", False)],
        ] == seen
        with pytest.raises(NotPermitted):
            world.lee.pages.clients()

    @pytest.mark.req("A34")
    def test_who_is_told_that_work_is_stopped(self) -> None:
        """Everybody who may log it reads so on clients and projects, without an amount; so does a contact who sees the
        account, and not one who is limited."""
        world = new_world(terms(allowed="-100", refill_at=None))
        lia = world.billing.acting_as(limited(world))

        def told() -> list[object]:
            rows = [desk.pages.clients().rows[0] for desk in (world.maria, world.sam, world.cleo, lia)]
            pages = [desk.pages.client(world.acme.id) for desk in (world.maria, world.sam, world.cleo, lia)]
            seen = [world.maria, world.sam, world.lee, world.cleo, lia]
            projects = [desk.pages.projects().rows[0] for desk in seen]
            one = [desk.pages.project(world.site.id).row for desk in seen]
            return [[it.stopped for it in every] for every in (rows, pages, projects, one)]

        of_clients, of_projects = [False] * 3 + [None], [False] * 4 + [None]
        assert [of_clients, of_clients, of_projects, of_projects] == told()
        world.log(2)
        of_clients, of_projects = [True] * 3 + [None], [True] * 4 + [None]
        assert [of_clients, of_clients, of_projects, of_projects] == told()
        assert world.sam.pages.clients().rows[0].standing is None

    def test_an_order_tells_no_secret(self) -> None:
        """Who is shown no balance cannot sort by it, nor ask who comes after some balance."""
        world = new_world()
        world.client("Beta")
        after = world.maria.pages.clients(sort=ClientSort.BALANCE, limit=1).next_cursor
        assert after is not None
        lia = world.billing.acting_as(limited(world))
        for asked in (None, after):
            with pytest.raises(NotPermitted, match="see a client's balance"):
                world.sam.pages.clients(sort=ClientSort.BALANCE, after=asked)
            with pytest.raises(NotFound, match="account of client"):
                lia.pages.clients(sort=ClientSort.BALANCE, after=asked)
        assert [world.acme.id] == [row.client.id for row in world.cleo.pages.clients(sort=ClientSort.BALANCE).rows]

    @pytest.mark.parametrize("archived", [0, "no", "False"])
    def test_a_question_that_is_none(self, archived: bool) -> None:
        """`archived` is True, False or None; that is said before anything about roles."""
        world = new_world()
        for desk in (world.maria, world.lee):
            with pytest.raises(InvalidInput, match="archived"):
                desk.pages.clients(archived=archived)


class TestTheSummary:
    """The first page of a client."""

    @pytest.mark.req("A44", "A45", "A46")
    def test_active_projects_and_balance(self) -> None:
        """The website and the shop are worked on, the blog was put away, and Beta's project is Beta's."""
        world = new_world()
        world.project(name="Shop")
        world.maria.projects.archive(world.project(name="Blog").id)
        world.project(world.client("Beta"), "App")
        world.log(16)
        it = world.maria.pages.client(world.acme.id)
        assert ["Shop", "Website"] == [row.project.name for row in it.projects.rows]
        assert it.standing is not None
        assert ("Acme", usd(-800)) == (it.client.name, it.standing.balance)

    @pytest.mark.req("A45")
    def test_more_projects_than_fit(self) -> None:
        """The first fifty are shown, and the list goes on where they end."""
        world = new_world()
        for number in range(55):
            world.project(name=f"P{number:02}")
        shown = world.maria.pages.client(world.acme.id).projects
        rest = world.maria.pages.projects(client_id=world.acme.id, after=shown.next_cursor)
        assert (50, 6, None) == (len(shown.rows), len(rest.rows), rest.next_cursor)
        assert ["P50", "Website"] == [rest.rows[0].project.name, rest.rows[-1].project.name]

    def test_to_whom(self) -> None:
        """A supervisor and a limited contact see no money, the limited one their projects; to others it is absent."""
        world = new_world()
        world.project(name="Shop")
        other, acme = world.client("Beta").id, world.acme.id
        for desk in (world.sam, world.billing.acting_as(limited(world))):
            it = desk.pages.client(acme)
            assert (None, None) == (it.standing, it.invoiced)
        assert ["Website"] == [row.project.name for row in it.projects.rows]
        assert usd(0) == world.cleo.pages.client(acme).invoiced
        for desk, id in ((world.lee, acme), (world.cleo, other), (world.maria, "none")):
            with pytest.raises(NotFound):
                desk.pages.client(id)


class TestInvoicedThisWeek:
    """What was issued in the ISO week of the firm's today and is not void."""

    def issue(self, world: World, amount: int, moment: datetime) -> str:
        """An invoice of an instant."""
        world.clock.set(moment)
        return world.maria.invoices.manual(world.acme.id, usd(amount), deposit=Deposit.NOT_DEPOSITED).id

    def this_week(self, world: World, moment: datetime) -> tuple[Period, object]:
        """The week of an instant, and what the summary says was invoiced in it."""
        world.clock.set(moment)
        it = world.maria.pages.client(world.acme.id)
        return it.week, it.invoiced

    @pytest.mark.req("A47")
    def test_which_invoices_count(self) -> None:
        """Monday to Sunday: $1 of Sunday is of the week before. Of this one's, void and reverted ones do not count,
        paid and written off ones do: $10 + $20 + $40."""
        world = new_world(UNLIMITED)
        maria = world.maria
        self.issue(world, 1, utc(2026, 3, 1, 18))
        void, reverted, paid, lost = (self.issue(world, amount, utc(2026, 3, 2, 18)) for amount in (100, 200, 10, 20))
        self.issue(world, 40, utc(2026, 3, 8, 18))
        maria.invoices.void(void, note="Asked twice.")
        maria.invoices.revert(reverted)
        maria.payments.record(paid, usd(15), overpayment=Overpayment.TO_CREDIT)
        maria.invoices.set_uncollectible(lost)
        assert (Period(date(2026, 3, 2), date(2026, 3, 8)), usd(70)) == self.this_week(world, utc(2026, 3, 4, 18))
        assert usd(1) == self.this_week(world, utc(2026, 3, 1, 18))[1]

    @pytest.mark.req("A47")
    def test_drafts_do_not_count_and_refills_do(self) -> None:
        """20 h at $50 draw −$1,000, and a refill of $1,000 is issued; the draft of the work is no invoice yet."""
        world = new_world()
        world.log(20)
        world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        assert usd(1000) == world.maria.pages.client(world.acme.id).invoiced

    @pytest.mark.req("A47")
    def test_a_week_has_the_year_that_it_belongs_to(self) -> None:
        """29 December 2026 and 2 January 2027 are of week 53 of 2026; 4 January 2027 is of week 1 of 2027."""
        world = new_world(UNLIMITED)
        self.issue(world, 7, utc(2026, 12, 29, 18))
        self.issue(world, 5, utc(2027, 1, 2, 18))
        assert (Period.week(2026, 53), usd(12)) == self.this_week(world, utc(2026, 12, 31, 18))
        assert (Period.week(2026, 53), usd(12)) == self.this_week(world, utc(2027, 1, 3, 18))
        assert (Period.week(2027, 1), usd(0)) == self.this_week(world, utc(2027, 1, 4, 18))

    @pytest.mark.req("A47")
    def test_a_year_that_begins_in_december(self) -> None:
        """30 December 2024 is a Monday, of week 1 of 2025; 29 December is of week 52 of 2024."""
        world = new_world(UNLIMITED)
        self.issue(world, 3, utc(2024, 12, 29, 18))
        self.issue(world, 4, utc(2024, 12, 30, 18))
        assert (Period.week(2025, 1), usd(4)) == self.this_week(world, utc(2025, 1, 1, 18))
        assert (Period.week(2024, 52), usd(3)) == self.this_week(world, utc(2024, 12, 28, 18))

    @pytest.mark.req("A7", "A47")
    def test_days_of_the_firm_across_clock_changes(self) -> None:
        """In Chicago the clock goes forward on Sunday 8 March 2026 and back on Sunday 1 November. The next Monday
        begins at 05:00 UTC after the first, and at 06:00 after the second."""
        world = new_world(UNLIMITED)
        for monday, hour in ((date(2026, 3, 9), 5), (date(2026, 11, 2), 6)):
            begins = utc(monday.year, monday.month, monday.day, hour)
            last = hours_later(begins, -1 / 3600)
            self.issue(world, 30, last)
            self.issue(world, 4, begins)
            assert (Period.week_of(monday - timedelta(days=1)), usd(30)) == self.this_week(world, last)
            assert (Period.week_of(monday), usd(4)) == self.this_week(world, begins)


class TestContacts:
    """The people of a client, on their page."""

    @pytest.mark.req("A22", "A48")
    def test_a_page_of_contacts(self) -> None:
        """Each with the projects that they are limited to; Cleo reads everything. Those of others and those who were
        put away are not among them."""
        world = new_world()
        maria, beta = world.maria, world.client("Beta")
        limited(world)
        maria.people.add(name="Dora", role=Role.CONTACT, client_id=beta.id)
        maria.people.archive(maria.people.add(name="Kim", role=Role.CONTACT, client_id=world.acme.id).id)
        page = maria.pages.contacts(world.acme.id, sort=PersonSort.ADDED)
        assert [("Cleo", []), ("Lia", ["Website"])] == [
            (row.person.name, [project.name for project in row.projects]) for row in page.rows
        ]
        assert ["Kim"] == [row.person.name for row in maria.pages.contacts(world.acme.id, archived=True).rows]

    @pytest.mark.req("A48")
    def test_to_whom(self) -> None:
        """Contacts are a Manager's: a supervisor finds none, not even a mark of one, and the others no page."""
        world = new_world()
        limited(world)
        page = world.sam.pages.contacts(world.acme.id, limit=1)
        assert ((), None) == (page.rows, page.next_cursor)
        with pytest.raises(NotPermitted):
            world.cleo.pages.contacts(world.acme.id)
        with pytest.raises(NotFound):
            world.lee.pages.contacts(world.acme.id)


class TestTransactions:
    """Everything that moved the balance."""

    @pytest.mark.req("A51")
    def test_work_payments_and_adjustments(self) -> None:
        """−$100 of work, $60 paid, $15 credited, $10 of the payment back, and the work taken away: −$100, −$40, −$25,
        −$35, $65. Each row says what caused it."""
        world = new_world(UNLIMITED)
        maria, acme = world.maria, world.acme.id
        session = world.lee.work.log(world.site.id, start=utc(2026, 3, 2, 15), hours=2, note="Layout").id
        bill = maria.invoices.manual(acme, usd(80), deposit=Deposit.TO_BALANCE)
        payment = maria.payments.record(bill.id, usd(60), method="wire", reference="TX-1").payment
        maria.accounts.adjust(acme, usd(15), reason="Goodwill.")
        maria.payments.reverse(payment.id, note="It was $50.", amount=usd(10))
        maria.work.delete(session)
        rows = maria.pages.transactions(acme).rows
        assert [
            (EntryKind.WORK, usd(-100), usd(-100), "Lee"),
            (EntryKind.PAYMENT, usd(60), usd(-40), "Maria"),
            (EntryKind.ADJUSTMENT, usd(15), usd(-25), "Maria"),
            (EntryKind.PAYMENT_REVERSED, usd(-10), usd(-35), "Maria"),
            (EntryKind.WORK_REVERSED, usd(100), usd(65), "Maria"),
        ] == [(row.movement.kind, row.movement.amount, row.movement.balance, row.by.name) for row in rows]
        work, paid, adjusted, back, taken = (row.cause for row in rows)
        assert work.project is not None
        assert work.person is not None
        assert ("Website", "Lee", timedelta(hours=2), "Layout", None) == (
            work.project.name,
            work.person.name,
            work.duration,
            work.note,
            work.invoice,
        )
        assert work == taken
        assert paid.invoice is not None
        assert ("wire", "TX-1", "INV-2026-0001") == (paid.method, paid.reference, paid.invoice.name)
        assert ("wire", "TX-1", None) == (back.method, back.reference, back.invoice)
        assert ("Goodwill.", None, "") == (rows[2].movement.note, adjusted.invoice, adjusted.method)
        assert rows == world.cleo.pages.transactions(acme).rows

    @pytest.mark.req("A51")
    def test_the_invoice_that_holds_the_work(self) -> None:
        """It is named once the work is invoiced, and no longer when that is void."""
        world = new_world(UNLIMITED)
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        causes = []
        for step in (
            lambda: None,
            lambda: world.maria.invoices.generate(draft.id),
            lambda: world.maria.invoices.void(draft.id, note="No."),
        ):
            step()
            causes.append(world.maria.pages.transactions(world.acme.id).rows[0].cause.invoice)
        assert [None, "INV-2026-0001", None] == [it and it.name for it in causes]

    @pytest.mark.req("A51")
    def test_the_same_as_the_statement(self) -> None:
        """Its rows are those of the statement, of a period too, and backwards they come in the opposite order."""
        world = new_world(UNLIMITED)
        sunday_night = utc(2026, 3, 9, 4, 59)  # in Chicago it is still the 8th
        for moment in (utc(2026, 2, 28, 18), utc(2026, 3, 1, 18), sunday_night, utc(2026, 3, 9, 18)):
            world.clock.set(moment)
            world.log(1)
        for period in (None, Period(date(2026, 3, 1), date(2026, 3, 8)), Period.month(2026, 1)):
            stated = world.maria.accounts.statement(world.acme.id, period).rows
            listed = world.maria.pages.transactions(world.acme.id, period=period).rows
            assert stated == tuple(row.movement for row in listed)
            back = world.maria.pages.transactions(world.acme.id, period=period, descending=True).rows
            assert listed == back[::-1]
        assert 1 == len(world.maria.pages.transactions(world.acme.id, period=Period.month(2026, 2)).rows)

    @pytest.mark.req("A21", "A51")
    def test_to_whom(self) -> None:
        """It is client-wide money: for Managers, and for contacts who are not limited."""
        world = new_world()
        with pytest.raises(NotPermitted):
            world.sam.pages.transactions(world.acme.id)
        for desk in (world.lee, world.billing.acting_as(limited(world))):
            with pytest.raises(NotFound):
                desk.pages.transactions(world.acme.id)

    def test_a_period_that_is_none(self) -> None:
        """A period is a Period."""
        with pytest.raises(InvalidInput, match="period"):
            new_world().maria.pages.transactions("none", period="March")  # type: ignore[arg-type]
