"""The right contacts get a mail when something happens, and the mail says it."""

from datetime import date, timedelta
from email.message import EmailMessage

import pytest

from invoicecore import Billing, Delivery, Deposit, Invoice, Period, Role
from invoicecore.documents import pdf
from invoicecore.documents.mail import MailNotifier
from invoicecore.errors import InvalidInput
from tests.documents.writing import blanks, day, money
from tests.needs import printing
from tests.world import World, usd

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
        with pytest.raises(InvalidInput, match="is not an e-mail address"):
            MailNotifier(office.billing, office.sent.append, sender="Northwind")


class TestMail:
    def test_it_comes_again(self, office: Office) -> None:
        """What could not be sent comes with the next delivery, under the same id."""
        office.asked()
        office.is_down = True
        assert ["no network"] == [str(error) for error in office.billing.deliver().failed.values()]
        office.is_down = False
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

    def test_html(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        """Or as a page, where no PDF can be made."""
        monkeypatch.setattr(pdf, "can_print", lambda: False)
        office.asked()
        office.delivered()
        [enclosed] = office.sent[0].iter_attachments()
        assert ("text/html", "INV-2026-0001.html") == (enclosed.get_content_type(), enclosed.get_filename())
        assert money("100.00") in blanks(enclosed.get_content())
