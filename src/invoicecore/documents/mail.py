"""A notifier that mails clients about their invoices.

A message of the library contains ids; a letter needs the invoice. `MailNotifier` reads the printable invoice as the
client's contacts see it, gets the text from `letters`, and hands a finished mail to a sender.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from typing import assert_never

from invoicecore.billing import Billing
from invoicecore.documents import letters
from invoicecore.documents.letter_mail import letter_mail
from invoicecore.documents.letters import Letter
from invoicecore.errors import InvalidInput, InvalidState, InvoicecoreError, NotFound
from invoicecore.model.events import InvoiceGenerated, InvoiceOverdue, Message, PaymentRecorded
from invoicecore.model.person import Person
from invoicecore.ports.store import PEOPLE, Storage
from invoicecore.queries.printable import PrintableInvoice
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.calendar import day_of
from invoicecore.values.emails import header_address, mail_address
from invoicecore.vocabulary import Role, Status

ClientEvent = InvoiceGenerated | InvoiceOverdue | PaymentRecorded
"""The events that clients get a mail about."""


class MailNotifier:
    """A `Notifier` that sends one mail to all contacts of a client who have an e-mail and may see the invoice. Without
    such contacts, nothing is sent. It serves every firm of the storage.

    The letter describes the invoice at the time of writing; there is none for an invoice that is a draft again, void
    or paid by then. `send` takes the finished mail, for example `invoicecore.adapters.smtp.Smtp`; if it raises, the
    message comes again later, with the same Message-ID. `sender` is the address that mails come from.

    A recipient whose address no mail can hold, or whom `send` returns as refused, is passed over and named. A generated
    invoice that was mailed is set due, in the name of the first Manager, unless `mark_due` is False.
    """

    def __init__(
        self,
        books: Billing | Storage,
        send: Callable[[EmailMessage], object],
        *,
        sender: str,
        mark_due: bool = True,
    ) -> None:
        self._storage = books.storage if isinstance(books, Billing) else books
        self._clock = books.clock if isinstance(books, Billing) else None
        self._send = send
        self._sender = mail_address(sender)
        self._mark_due = inputs.yes_or_no("mark_due", mark_due)

    def notify(self, message: Message) -> tuple[str, ...]:
        """Send a mail if clients get one about this event; the recipients that were passed over."""
        event = message.event
        if not isinstance(event, ClientEvent):
            return ()
        billing = Billing.open(self._storage, message.firm_id, clock=self._clock)
        people = self._people(message)
        seen = dict(_readers(billing, people, event))
        to, passed_over = _addresses(seen)
        if not to:
            return passed_over
        printable = next(iter(seen.values()))  # the same for all of them
        letter = _letter(event, printable, day_of(message.at, printable.parties.timezone))
        if letter is None:
            return ()
        refused = self._send(self._mail(message, letter, printable, to))
        if self._mark_due and isinstance(event, InvoiceGenerated):
            _set_due(billing, people, event)
        unreached = refused if isinstance(refused, Mapping) else {}
        return (*passed_over, *(it.addr_spec for it in to if it.addr_spec in unreached))

    def _people(self, message: Message) -> Sequence[Person]:
        with UnitOfWork(self._storage, message.firm_id) as uow:
            return [person for person in uow.find(PEOPLE) if not person.archived]

    def _mail(
        self, message: Message, letter: Letter, printable: PrintableInvoice, to: Sequence[Address]
    ) -> EmailMessage:
        sender = header_address(printable.parties.firm_name, self._sender)
        mail = letter_mail(letter, sender=sender, to=to, at=message.at, name=message.id)
        mail["Auto-Submitted"] = "auto-generated"
        return mail


def _readers(
    billing: Billing, people: Sequence[Person], event: ClientEvent
) -> Iterator[tuple[Person, PrintableInvoice]]:
    """The client's contacts who have an e-mail and may see the invoice, with the invoice as they see it."""
    for person in people:
        if person.client_id == event.client_id and person.role is Role.CONTACT and person.email is not None:
            with suppress(NotFound):
                yield person, billing.acting_as(person.id).invoices.printable(event.invoice_id)


def _addresses(people: Iterable[Person]) -> tuple[list[Address], tuple[str, ...]]:
    """The addresses of people as a mail holds them, and those that no mail can hold."""
    good, bad = [], []
    for person in people:
        email = person.email or ""
        try:
            good.append(header_address(person.name, email))
        except InvalidInput:
            bad.append(email)
    return good, tuple(bad)


def _set_due(billing: Billing, people: Sequence[Person], event: InvoiceGenerated) -> None:
    """Set an invoice due that was sent. Where that fails, it stays generated, which overdue ones are found among."""
    manager = next(person for person in people if person.role is Role.MANAGER)  # there is always one
    with suppress(InvoicecoreError):
        invoices = billing.acting_as(manager.id).invoices
        if invoices.get(event.invoice_id).status is Status.GENERATED:
            invoices.set_due(event.invoice_id)


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
