"""A notifier that mails clients about their invoices.

A message of the library holds ids; a letter needs paper. `MailNotifier` stands between them: it reads the paper as the
client's contacts see it, lets `letters` write, and hands a finished mail to whatever sends.
"""

from collections.abc import Callable, Iterable
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from typing import assert_never

from invoicecore.billing import Billing
from invoicecore.documents import letters, pdf
from invoicecore.documents.document import Document
from invoicecore.documents.letters import Letter
from invoicecore.errors import InvalidState, NotFound
from invoicecore.model.events import InvoiceGenerated, InvoiceOverdue, Message, PaymentRecorded
from invoicecore.model.person import Person, known_email
from invoicecore.settlement.printable import PrintableInvoice
from invoicecore.values.calendar import day_of
from invoicecore.vocabulary import Role

Told = InvoiceGenerated | InvoiceOverdue | PaymentRecorded
"""What clients are told: here is an invoice, it is overdue, a payment came in."""


class MailNotifier:
    """A `Notifier` that writes to the contacts of a client: to those who have an e-mail and may see the invoice, in one
    mail. Where there are none, nobody is told.

    The letter tells how things are when it is written; an invoice that is a draft again, void or paid by then is no
    longer asked for. `send` takes the finished mail, such as `invoicecore.adapters.smtp.Smtp`; if it raises, the
    message comes again with the next delivery. A repeat has the same Message-ID. `sender` is the firm's e-mail address.
    """

    def __init__(self, billing: Billing, send: Callable[[EmailMessage], object], *, sender: str) -> None:
        self._billing = billing
        self._send = send
        self._sender = known_email(sender)

    def notify(self, message: Message) -> None:
        """Write and send, if it is something that clients are told."""
        event = message.event
        if not isinstance(event, Told):
            return
        seen = {person: paper for person in self._contacts(event) if (paper := self._paper(person, event)) is not None}
        if not seen:
            return
        paper = next(iter(seen.values()))  # the same for all of them
        letter = _letter(event, paper, day_of(message.at, paper.parties.timezone))
        if letter is not None:
            self._send(self._mail(message, letter, paper, seen))

    def _contacts(self, event: Told) -> list[Person]:
        people = self._billing.as_owner().people.all()
        theirs = (person for person in people if person.client_id == event.client_id and person.role is Role.CONTACT)
        return [person for person in theirs if person.email is not None and not person.archived]

    def _paper(self, person: Person, event: Told) -> PrintableInvoice | None:
        """The paper as that contact sees it; None if they do not."""
        try:
            return self._billing.acting_as(person.id).invoices.printable(event.invoice_id)
        except NotFound:
            return None

    def _mail(self, message: Message, letter: Letter, paper: PrintableInvoice, to: Iterable[Person]) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = Address(paper.parties.firm_name, addr_spec=self._sender)
        mail["To"] = [Address(person.name, addr_spec=person.email) for person in to]
        mail["Subject"] = letter.subject
        mail["Date"] = message.at
        mail["Message-ID"] = f"<{message.id}@{self._sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text, cte="quoted-printable")
        _enclose(mail, letter.enclosed, paper.invoice.label)
        return mail


def _letter(event: Told, paper: PrintableInvoice, on: date) -> Letter | None:
    """What to write about it on that day; None where things have gone on since, so that there is nothing to write."""
    try:
        match event:
            case InvoiceGenerated():
                return letters.invoice(paper)
            case InvoiceOverdue():
                return letters.reminder(paper, on)
            case PaymentRecorded(amount=amount):
                return letters.receipt(paper, amount)
            case _:
                assert_never(event)
    except InvalidState:
        return None


def _enclose(mail: EmailMessage, document: Document, name: str) -> None:
    """As PDF, or as a page of HTML where there is no press."""
    if pdf.is_there():
        mail.add_attachment(document.pdf(), maintype="application", subtype="pdf", filename=f"{name}.pdf")
    else:
        mail.add_attachment(document.html, subtype="html", filename=f"{name}.html")
