"""The right contacts get a mail when something happens, and the mail says it."""

from datetime import date, timedelta
from email.message import EmailMessage
from threading import Thread
from typing import Any

import pytest
from attrs import evolve

from invoicecore import Billing, Delivery, Deposit, Invoice, Period, Person, Role, Status, deliver_all
from invoicecore.documents import pdf
from invoicecore.documents.mail import MailNotifier
from invoicecore.errors import ActionNotAllowed, InvalidInput
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values.emails import header_address
from tests.documents.writing import blanks, day, money
from tests.needs import printing
from tests.world import World, new_world, usd

SENDER = "billing@northwind.example"


class Office:
    """The small firm, whose notifier writes mails into `sent`; Acme has two contacts with an e-mail."""

    def __init__(self, world: World) -> None:
        self.world, self.maria = world, world.maria
        self.sent: list[EmailMessage] = []
        self.is_down = False
        self.maria.people.change(world.cleo.person_id, email="cleo@acme.example")
        self.maria.people.add(name="Zoë", role=Role.CONTACT, client_id=world.acme.id, email="zoe@acme.example")
        notifier = MailNotifier(world.billing, self._send, sender=SENDER)
        self.billing = Billing.open(world.storage, clock=world.clock, notifier=notifier)

    def _send(self, mail: EmailMessage) -> None:
        if self.is_down:
            raise ConnectionError("no network")
        self.sent.append(mail)

    def delivered(self) -> list[str]:
        """Deliver, all of it; the subjects of what was sent."""
        self.sent.clear()
        assert {} == self.billing.deliver().failed
        return [mail["Subject"] for mail in self.sent]

    def asked(self, amount: int = 100) -> Invoice:
        """An invoice for so many dollars."""
        return self.maria.invoices.manual(self.world.acme.id, usd(amount), deposit=Deposit.TO_BALANCE)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def text(mail: EmailMessage) -> str:
    """What is written in it."""
    body = mail.get_body(("plain",))
    assert body is not None
    content: str = body.get_content()
    return content


def keep(office: Office, email: str) -> Person:
    """Let Zoë have an e-mail that no command takes any more, as books from before may hold it."""
    [zoe] = [it for it in office.maria.people.all() if it.name == "Zoë"]
    with UnitOfWork(office.world.storage, office.world.billing.firm_id) as uow:
        uow.get(Person, zoe.id)
        uow.put(evolve(zoe, email=email))
        uow.commit()
    return zoe


class TestEvents:
    def test_an_invoice(self, office: Office) -> None:
        """It is sent to the contacts of the client, from the firm, with the invoice."""
        bill = office.asked()
        assert [f"Invoice · {bill.number} · Northwind Studio"] == office.delivered()
        [mail] = office.sent
        assert "Cleo <cleo@acme.example>, Zoë <zoe@acme.example>" == mail["To"]
        assert f"Northwind Studio <{SENDER}>" == mail["From"]
        assert f"Please pay {money('100.00')} by {day(date(2026, 3, 16))}." in blanks(text(mail))
        assert "Mon, 02 Mar 2026 12:00:00 +0000" == mail["Date"]

    def test_a_refill(self, office: Office) -> None:
        """It is told once, as the invoice that it is."""
        office.world.log(24)
        assert ["Invoice · INV-2026-0001 · Northwind Studio"] == office.delivered()

    def test_a_reminder(self, office: Office) -> None:
        """Once an invoice is overdue, it says for how long: two days on 18 March."""
        bill = office.asked()
        office.maria.invoices.set_due(bill.id)
        office.delivered()
        office.world.clock.advance(timedelta(days=16))
        office.maria.invoices.sweep_overdue(date(2026, 3, 18))
        assert [f"Payment reminder · {bill.number} · Northwind Studio"] == office.delivered()
        assert f"was due on {day(date(2026, 3, 16))}, 2 days ago." in blanks(text(office.sent[0]))

    def test_a_receipt(self, office: Office) -> None:
        """For each payment, and none besides when the last one pays the invoice."""
        bill = office.asked()
        office.delivered()
        office.maria.payments.record(bill.id, usd(40))
        assert [f"Payment received · {bill.number} · Northwind Studio"] == office.delivered()
        assert f"We have received {money('40.00')}" in blanks(text(office.sent[0]))
        office.maria.payments.record(bill.id)
        assert 1 == len(office.delivered())
        assert "Nothing is left to pay." in text(office.sent[0])

    def test_what_has_gone_on(self, office: Office) -> None:
        """An invoice that is a draft again, or void, when the mail is written, is not asked for, nor one that is paid
        by then reminded of."""
        office.maria.invoices.revert(office.asked().id)
        office.maria.invoices.void(office.asked().id, note="By mistake")
        assert [] == office.delivered()
        late = office.asked()
        office.maria.invoices.set_due(late.id)
        office.delivered()
        office.world.clock.advance(timedelta(days=16))
        office.maria.invoices.sweep_overdue(date(2026, 3, 18))
        office.maria.payments.record(late.id)
        assert [f"Payment received · {late.number} · Northwind Studio"] == office.delivered()


class TestReaders:
    def test_nobody(self, world: World) -> None:
        """Where no contact has an e-mail, nobody is told, and the message is done."""
        office = Office(world)
        for person in world.maria.people.all():
            if person.role is Role.CONTACT:
                world.maria.people.archive(person.id)
        office.asked()
        assert Delivery(1, {}) == office.billing.deliver()
        assert [] == office.sent

    @pytest.mark.req("A26")
    def test_only_who_may_see_it(self, office: Office) -> None:
        """A contact of some projects is not sent what they may not see; those of other clients are sent nothing."""
        world = office.world
        shop = world.project(world.acme, "Shop")
        office.maria.people.restrict_to_projects(world.cleo.person_id, [shop.id])
        office.maria.people.add(name="Bo", role=Role.CONTACT, client_id=world.client().id, email="bo@other.example")
        world.log(8)
        draft = office.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        office.maria.invoices.generate(draft.id)
        assert 1 == len(office.delivered())
        assert "Zoë <zoe@acme.example>" == office.sent[0]["To"]

    def test_language(self, office: Office) -> None:
        """It is written in the client's."""
        office.maria.clients.change(office.world.acme.id, locale="de")
        office.asked()
        assert ["Rechnung · INV-2026-0001 · Northwind Studio"] == office.delivered()

    def test_no_sender(self, office: Office) -> None:
        """A firm writes from an address."""
        for sender in ("Northwind", "a..b@northwind.example"):
            with pytest.raises(InvalidInput, match="is not an e-mail address"):
                MailNotifier(office.billing, office.sent.append, sender=sender)


class TestRecipients:
    @pytest.mark.parametrize(
        "bad",
        ["zoë@acme.example", "a..b@acme.example", "a(b)@acme.example", "x,y@acme.example", "a@acme\u200b.example"],
    )
    def test_a_bad_one_is_passed_over_and_named(self, office: Office, bad: str) -> None:
        """One address that no mail can hold, as books may have kept it, mutes nobody else."""
        keep(office, bad)
        office.asked()
        went = office.billing.deliver()
        assert ([(bad,)], {}) == ([*went.passed_over.values()], went.failed)
        assert "Cleo <cleo@acme.example>" == office.sent[0]["To"]

    def test_one_that_mutes_the_others_is_noticed(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control: where the addresses are written into the mail as they are kept, nobody gets it."""
        monkeypatch.setattr(
            "invoicecore.documents.mail._addresses",
            lambda people: ([header_address(it.name, it.email or "") for it in people], ()),
        )
        with pytest.raises(AssertionError):
            self.test_a_bad_one_is_passed_over_and_named(office, "a..b@acme.example")
        assert [] == office.sent

    def test_no_good_one(self, office: Office) -> None:
        """Nothing is sent, nothing fails, and the invoice is not taken for sent."""
        office.maria.people.archive(office.world.cleo.person_id)
        keep(office, "a..b@acme.example")
        bill = office.asked()
        went = office.billing.deliver()
        assert ([("a..b@acme.example",)], {}) == ([*went.passed_over.values()], went.failed)
        assert ([], Status.GENERATED) == (office.sent, office.maria.invoices.get(bill.id).status)

    def test_who_is_kept_is_not_fatal(self, office: Office) -> None:
        """A person with such an address is read, shown and changed like anybody."""
        zoe = keep(office, "a..b@acme.example")
        assert "Zoe" == office.maria.people.change(zoe.id, name="Zoe").name
        assert None is office.maria.people.change(zoe.id, email=None).email

    def test_a_domain_in_other_letters(self, office: Office) -> None:
        """It is written in the form that every mail server takes."""
        office.maria.people.change(office.world.cleo.person_id, email="cleo@bücher.example")
        office.asked()
        office.delivered()
        assert "Cleo <cleo@xn--bcher-kva.example>" in office.sent[0]["To"]
        assert office.sent[0].as_bytes().isascii()

    def test_whom_the_server_refuses(self, office: Office) -> None:
        """They are named too, and the mail counts as sent."""
        notifier = MailNotifier(office.world.billing, lambda mail: {"zoe@acme.example": (550, b"no")}, sender=SENDER)
        office.asked()
        went = Billing.open(office.world.storage, clock=office.world.clock, notifier=notifier).deliver()
        assert (1, [("zoe@acme.example",)]) == (went.delivered, [*went.passed_over.values()])

    @pytest.mark.parametrize("answer", [{"id": "m-1"}, "ok", 250, ["zoe@acme.example"]])
    def test_other_answers_of_a_sender_say_nothing(self, office: Office, answer: object) -> None:
        """A host's own function may return what it likes."""
        notifier = MailNotifier(office.world.billing, lambda mail: answer, sender=SENDER)
        office.asked()
        assert (
            Delivery(1, {}) == Billing.open(office.world.storage, clock=office.world.clock, notifier=notifier).deliver()
        )

    def test_the_owner_may_be_gone(self, office: Office) -> None:
        """Whoever manages the firm now, mails go out."""
        mona = office.maria.people.add(name="Mona", role=Role.MANAGER)
        bill = office.asked()
        office.world.billing.acting_as(mona.id).people.archive(office.maria.person_id)
        assert 1 == len(office.delivered())
        assert Status.DUE is office.world.billing.acting_as(mona.id).invoices.get(bill.id).status


class TestSetDue:
    """Who was mailed an invoice has received it: it is due, and can no longer be changed under its number."""

    def test_a_mailed_invoice_is_due(self, office: Office) -> None:
        """A refill, a manual invoice and a generated draft alike, also when it had to be tried again."""
        office.is_down = True
        bill = office.asked()
        office.billing.deliver()
        assert Status.GENERATED is office.maria.invoices.get(bill.id).status
        office.is_down = False
        office.world.clock.advance(timedelta(minutes=1))
        office.world.log(24)
        office.delivered()
        assert {Status.DUE} == {it.status for it in office.maria.invoices.of(office.world.acme.id)}
        with pytest.raises(ActionNotAllowed):
            office.maria.invoices.revert(bill.id)

    def test_a_mailed_refill_becomes_overdue(self, office: Office) -> None:
        """Although nobody set it due by hand."""
        office.world.log(24)
        office.delivered()
        office.world.clock.advance(timedelta(days=16))
        office.maria.invoices.sweep_overdue()
        assert ["Payment reminder · INV-2026-0001 · Northwind Studio"] == office.delivered()

    def test_other_statuses_stay(self, office: Office) -> None:
        """One that was paid, written off, or set overdue before the mail went out."""
        overdue, paid, lost = office.asked(), office.asked(), office.asked()
        office.maria.invoices.set_overdue(overdue.id)
        office.maria.payments.record(paid.id)
        office.maria.invoices.set_uncollectible(lost.id)
        office.delivered()
        statuses = [office.maria.invoices.get(it.id).status for it in (overdue, paid, lost)]
        assert [Status.OVERDUE, Status.PAID, Status.UNCOLLECTIBLE] == statuses

    def test_nobody_to_mail(self, world: World) -> None:
        """An invoice that nobody was sent stays generated."""
        bill = world.maria.invoices.manual(world.acme.id, usd(1), deposit=Deposit.TO_BALANCE)
        notifier = MailNotifier(world.billing, lambda mail: None, sender=SENDER)
        Billing.open(world.storage, clock=world.clock, notifier=notifier).deliver()
        assert Status.GENERATED is world.maria.invoices.get(bill.id).status

    def test_it_can_be_turned_off(self, office: Office) -> None:
        """For a firm that sends its invoices otherwise as well."""
        bill = office.asked()
        notifier = MailNotifier(office.world.billing, office.sent.append, sender=SENDER, mark_due=False)
        Billing.open(office.world.storage, clock=office.world.clock, notifier=notifier).deliver()
        assert (1, Status.GENERATED) == (len(office.sent), office.maria.invoices.get(bill.id).status)
        with pytest.raises(InvalidInput):
            MailNotifier(office.world.billing, office.sent.append, sender=SENDER, mark_due=0)  # type: ignore[arg-type]


class TestAllFirms:
    def test_one_notifier_for_all(self, world: World) -> None:
        """Each firm's clients get mails of their firm."""
        other = new_world(storage=world.storage, ids=world.ids)
        other.maria.firm.change(name="Southwind")
        for each in (world, other):
            each.maria.people.change(each.cleo.person_id, email="cleo@acme.example")
            each.maria.invoices.manual(each.acme.id, usd(1), deposit=Deposit.TO_BALANCE)
        sent: list[EmailMessage] = []
        went = deliver_all(world.storage, MailNotifier(world.storage, sent.append, sender=SENDER), clock=world.clock)
        assert {world.billing.firm_id, other.billing.firm_id} == went.keys()
        assert {f"{name} <{SENDER}>" for name in ("Northwind Studio", "Southwind")} == {it["From"] for it in sent}


class TestMail:
    def test_it_comes_again(self, office: Office) -> None:
        """What could not be sent comes with the next delivery, under the same id."""
        office.asked()
        office.is_down = True
        assert ["no network"] == [str(error) for error in office.billing.deliver().failed.values()]
        office.is_down = False
        office.world.clock.advance(timedelta(minutes=1))
        assert 1 == len(office.delivered())
        waiting = office.sent[0]["Message-ID"]
        assert waiting.endswith("@northwind.example>")
        assert [] == office.delivered()

    def test_pdf(self, office: Office) -> None:
        """The invoice is enclosed as PDF."""
        printing()
        office.asked()
        office.delivered()
        [enclosed] = office.sent[0].iter_attachments()
        assert ("application/pdf", "INV-2026-0001.pdf") == (enclosed.get_content_type(), enclosed.get_filename())
        assert enclosed.get_content().startswith(b"%PDF")

    def test_one_compiler(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """All that are sent by one worker are printed by one compiler."""
        printing()
        from typst import Compiler

        made: list[object] = []

        def counted(**given: Any) -> Compiler:
            made.append(given)
            return Compiler(**given)

        monkeypatch.setattr("typst.Compiler", counted)
        for amount in (100, 200, 300):
            office.asked(amount)
        worker = Thread(target=office.delivered)
        worker.start()
        worker.join()
        assert (3, 1) == (len(office.sent), len(made))

    def test_name(self, office: Office) -> None:
        """It has a name that every file system takes."""
        office.maria.firm.change(number_pattern="RE {year}/{seq}")
        bill = office.asked()
        office.delivered()
        [enclosed] = office.sent[0].iter_attachments()
        name = enclosed.get_filename() or ""
        assert ("RE 2026/1", "RE-2026-1-") == (bill.number, name[:10])

    def test_html(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """Or as a page, where no PDF can be made."""
        monkeypatch.setattr(pdf, "can_print", lambda: False)
        office.asked()
        office.delivered()
        [enclosed] = office.sent[0].iter_attachments()
        assert ("text/html", "INV-2026-0001.html") == (enclosed.get_content_type(), enclosed.get_filename())
        assert money("100.00") in blanks(enclosed.get_content())
