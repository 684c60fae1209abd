"""A notifier that mails clients about their invoices.

A message of the library contains ids; a letter needs the invoice. `MailNotifier` reads the printable invoice as the
client's contacts see it, gets the text from `letters`, and hands a finished mail to a sender.
"""

from collections.abc import Callable, Iterable
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from typing import assert_never

from invoicecore.billing import Billing
from invoicecore.documents import letters, pdf
from invoicecore.documents.letters import Letter
from invoicecore.documents.render import Document
from invoicecore.errors import InvalidState, NotFound
from invoicecore.model.events import InvoiceGenerated, InvoiceOverdue, Message, PaymentRecorded
from invoicecore.model.person import Person, known_email
from invoicecore.queries.printable import PrintableInvoice
from invoicecore.values.calendar import day_of
from invoicecore.vocabulary import Role

ClientEvent = InvoiceGenerated | InvoiceOverdue | PaymentRecorded
"""The events that clients get a mail about."""


class MailNotifier:
    """A `Notifier` that sends one mail to all contacts of a client who have an e-mail and may see the invoice. Without
    such contacts, nothing is sent.

    The letter describes the invoice at the time of writing; there is none for an invoice that is a draft again, void
    or paid by then. `send` takes the finished mail, for example `invoicecore.adapters.smtp.Smtp`; if it raises, the
    message is delivered again next time, with the same Message-ID. `sender` is the firm's e-mail address.
    """

    def __init__(self, billing: Billing, send: Callable[[EmailMessage], object], *, sender: str) -> None:
        self._billing = billing
        self._send = send
        self._sender = known_email(sender)

    def notify(self, message: Message) -> None:
        """Send a mail if clients get one about this event."""
        event = message.event
        if not isinstance(event, ClientEvent):
            return
        seen = {
            person: printable
            for person in self._contacts(event)
            if (printable := self._printable(person, event)) is not None
        }
        if not seen:
            return
        printable = next(iter(seen.values()))  # the same for all of them
        letter = _letter(event, printable, day_of(message.at, printable.parties.timezone))
        if letter is not None:
            self._send(self._mail(message, letter, printable, seen))

    def _contacts(self, event: ClientEvent) -> list[Person]:
        people = self._billing.as_owner().people.all()
        theirs = (person for person in people if person.client_id == event.client_id and person.role is Role.CONTACT)
        return [person for person in theirs if person.email is not None and not person.archived]

    def _printable(self, person: Person, event: ClientEvent) -> PrintableInvoice | None:
        """The invoice as that contact sees it; None if they may not."""
        try:
            return self._billing.acting_as(person.id).invoices.printable(event.invoice_id)
        except NotFound:
            return None

    def _mail(
        self, message: Message, letter: Letter, printable: PrintableInvoice, to: Iterable[Person]
    ) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = Address(printable.parties.firm_name, addr_spec=self._sender)
        mail["To"] = [Address(person.name, addr_spec=person.email) for person in to]
        mail["Subject"] = letter.subject
        mail["Date"] = message.at
        mail["Message-ID"] = f"<{message.id}@{self._sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text, cte="quoted-printable")
        _enclose(mail, letter.enclosed, printable.invoice.label)
        return mail


def _letter(event: ClientEvent, printable: PrintableInvoice, on: date) -> Letter | None:
    """The letter about an event on that day; None if the invoice has changed since, so that there is nothing to
    write."""
    try:
        match event:
            case InvoiceGenerated():
                return letters.invoice(printable)
            case InvoiceOverdue():
                return letters.reminder(printable, on)
            case PaymentRecorded(amount=amount):
                return letters.receipt(printable, amount)
            case _:
                assert_never(event)
    except InvalidState:
        return None


def _enclose(mail: EmailMessage, document: Document, name: str) -> None:
    """Attach the document as PDF, or as HTML if this machine cannot make PDFs."""
    if pdf.can_print():
        mail.add_attachment(document.pdf(), maintype="application", subtype="pdf", filename=f"{name}.pdf")
    else:
        mail.add_attachment(document.html, subtype="html", filename=f"{name}.html")
