"""What the forms and jobs of a host ask for: settings at once, jobs, lines and due dates of its own, peeking."""

from datetime import date, timedelta

import pytest

from invoicecore import Action, Deposit, Period, Role, Status, view
from invoicecore.errors import CurrencyMismatch, InvalidInput, InvalidState, NotFound, PersonArchived
from invoicecore.testing.pictures import png
from invoicecore.values.money import Money
from tests.world import World, usd

MARCH = Period.month(2026, 3)


class TestJobs:
    def test_it_acts_whoever_is_archived(self, world: World) -> None:
        """A job does everything, and what it does is under its name."""
        other = world.maria.people.add(name="Mona", role=Role.MANAGER)
        world.billing.acting_as(other.id).people.archive(world.maria.person_id)
        job = world.billing.as_system("nightly")
        bill = job.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
        [newest] = job.pages.audit(limit=1).rows
        assert (Action.MAKE_MANUAL_INVOICE, "nightly") == (newest.action, newest.by.name)
        assert ["nightly"] == [step.by.name for step in job.pages.invoice(bill.id).history]

    def test_it_is_nobody_who_signs_in(self, world: World) -> None:
        """The same name is the same job; it is no employee of the lists, and nobody acts as it otherwise."""
        job, again = world.billing.as_system("nightly"), world.billing.as_system(" nightly ")
        assert job.person_id == again.person_id != world.billing.as_system("weekly").person_id
        assert {"Maria", "Sam", "Lee"} == {row.person.name for row in world.maria.pages.people().rows}
        with pytest.raises(PersonArchived):
            world.billing.acting_as(job.person_id)
        with pytest.raises(InvalidInput, match="blank"):
            world.billing.as_system(" ")


class TestSettings:
    def test_all_or_nothing(self, world: World) -> None:
        """Name, logo and next number are saved by one command; what is refused leaves all as it was."""
        saved = world.maria.firm.change(name="Eastwind", logo=png(2, 2), next_number=50)
        assert ("Eastwind", 50, True) == (saved.name, saved.next_number, saved.logo is not None)
        world.maria.invoices.manual(world.acme.id, usd(5), deposit=Deposit.TO_BALANCE)
        with pytest.raises(InvalidState, match="up to 50 are given"):
            world.maria.firm.change(name="Westwind", logo=None, next_number=7)
        with pytest.raises(InvalidInput) as refused:
            world.maria.firm.change(name="", logo=b"GIF", next_number=0)
        assert {"name", "logo", "next_number"} == {problem.field for problem in refused.value.problems}
        assert saved == world.maria.firm.settings()
        assert world.maria.firm.change(logo=None).logo is None


class TestPeople:
    def test_by_email(self, world: World) -> None:
        """In any case of its letters, for those who may see the person."""
        assert "Lee" == world.maria.people.by_email("LEE@northwind.example").name
        for desk, email in ((world.maria, "nobody@northwind.example"), (world.cleo, "lee@northwind.example")):
            with pytest.raises(NotFound):
                desk.people.by_email(email)
        with pytest.raises(InvalidInput):
            world.maria.people.by_email("lee")

    def test_a_supervisor_stops_a_timer(self, world: World) -> None:
        """As they may edit the session that comes of it; a worker stops nobody else's."""
        timer = world.lee.work.start(world.site.id)
        assert world.lee.person_id == world.sam.work.stop(timer.id).person_id


class TestInvoices:
    def test_lines(self, world: World) -> None:
        """A manual invoice may have several, all in the client's currency."""
        bill = world.maria.invoices.manual(
            world.acme.id, usd(10), deposit=Deposit.TO_BALANCE, description="Hosting", more=[("Domain", usd(5))]
        )
        assert [("Hosting", usd(10)), ("Domain", usd(5))] == [(it.description, it.amount("USD")) for it in bill.lines]
        assert usd(15) == bill.total
        with pytest.raises(CurrencyMismatch):
            world.maria.invoices.manual(
                world.acme.id, usd(1), deposit=Deposit.TO_BALANCE, more=[("x", Money.of(1, "EUR"))]
            )
        with pytest.raises(InvalidInput, match="a text and an amount"):
            world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE, more=["x"])  # type: ignore[list-item]

    def test_due_date(self, world: World) -> None:
        """One invoice may be due on a day of its own, but not before it is issued."""
        bill = world.maria.invoices.manual(world.acme.id, usd(10), deposit=Deposit.TO_BALANCE, due_on=date(2026, 5, 1))
        assert date(2026, 5, 1) == bill.due_on
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        with pytest.raises(InvalidState, match="cannot be due"):
            world.maria.invoices.generate(draft.id, due_on=date(2026, 3, 1))
        assert date(2026, 3, 2) == world.maria.invoices.generate(draft.id, due_on=date(2026, 3, 2)).due_on

    def test_sweep_for_today(self, world: World) -> None:
        """Without a day it is today in the firm's zone."""
        bill = world.maria.invoices.manual(world.acme.id, usd(10), deposit=Deposit.TO_BALANCE, due_on=date(2026, 3, 2))
        assert () == world.maria.invoices.sweep_overdue()
        world.clock.advance(timedelta(hours=17))  # Tuesday in UTC, and still Monday in Chicago
        assert () == world.maria.invoices.sweep_overdue()
        world.clock.advance(timedelta(hours=2))
        assert [(bill.id, Status.OVERDUE)] == [(it.id, it.status) for it in world.maria.invoices.sweep_overdue()]

    def test_peek(self, world: World) -> None:
        """Whether a draft has moved is seen without writing anything."""
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, MARCH)
        assert world.maria.invoices.peek(draft.id).difference.is_empty
        world.log(1)
        before = world.maria.firm.audit()
        assert (1, usd(50)) == (
            len(world.maria.invoices.peek(draft.id).difference.added),
            world.maria.invoices.peek(draft.id).difference.money,
        )
        assert before == world.maria.firm.audit()
        assert view(draft.invoice) == view(world.maria.invoices.get(draft.id))
        with pytest.raises(NotFound):
            world.cleo.invoices.peek(draft.id)
        with pytest.raises(NotFound):
            world.sam.invoices.peek(draft.id)


class TestPasswords:
    def test_when_it_was_changed(self, world: World) -> None:
        """A host ends the sessions that began before: signing in and address ranges are no change."""
        added = world.maria.people.add(
            name="Nora", role=Role.WORKER, email="nora@northwind.example", password="correct horse"
        )
        begun = world.maria.people.login(added.id).password_changed_at
        assert begun is not None
        world.clock.advance(timedelta(hours=1))
        nora = world.billing.sign_in("nora@northwind.example", "correct horse")
        world.maria.people.set_allowed_addresses(added.id, ["10.0.0.0/8"])
        assert begun == world.maria.people.login(added.id).password_changed_at
        changed = nora.people.change_my_password(current="correct horse", new="battery staple")
        assert begun + timedelta(hours=1) == changed.password_changed_at
        world.clock.advance(timedelta(hours=1))
        taken = world.maria.people.set_password(added.id, None)
        assert (False, begun + timedelta(hours=2)) == (taken.has_password, taken.password_changed_at)
