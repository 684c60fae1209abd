"""The texts that clients get with an invoice, a reminder or a receipt.

Each function takes plain data and returns a `Letter`; nothing is sent here.
"""

from datetime import date
from unicodedata import bidirectional

from attrs import field, frozen

from invoicecore.documents import render
from invoicecore.documents.language import Localizer, localizer
from invoicecore.documents.render import Document, days_late
from invoicecore.errors import InvalidState
from invoicecore.queries.printable import PrintableInvoice
from invoicecore.values.money import Money, in_currency
from invoicecore.vocabulary import Status


@frozen
class Letter:
    """The text of a mail, with the present invoice as its attachment. `subject` is one line; `text` has paragraphs with
    blank lines between them. `locale` is the locale of both."""

    subject: str
    text: str = field(repr=False)
    locale: str
    enclosed: Document


def invoice(printable: PrintableInvoice) -> Letter:
    """The letter for a new invoice: until when and how to pay the amount due.

    InvalidState for a draft or a void invoice, which nobody has to pay.
    """
    writer, bill = _LetterWriter(printable), printable.invoice
    if bill.status is Status.VOID:
        raise InvalidState(f"{bill.label} is void: nobody is asked to pay it.")
    say = writer.language.say
    here = say("Please find enclosed invoice {number} for {amount}.")
    ask = say("Please pay {amount} by {due}.") if bill.amount_due_minor else say("Nothing is left to pay.")
    paragraphs = [writer.filled(here, amount=bill.total), writer.filled(ask, amount=bill.amount_due)]
    return writer.letter(say("Invoice"), paragraphs)


def reminder(printable: PrintableInvoice, as_of: date) -> Letter:
    """The letter for an overdue invoice. InvalidState if it is not overdue on that day."""
    writer = _LetterWriter(printable)
    say, count = writer.language.say, writer.language.count
    days = count("{number} day ago", "{number} days ago", days_late(printable, as_of))
    late = writer.filled(say("Invoice {number} was due on {due}, {days}."), days=days)
    ask = say(
        "Please pay the amount due as soon as you can. "
        "If you have paid in the meantime, please disregard this reminder."
    )
    missing = say("We have not received the full payment yet.")
    return writer.letter(say("Payment reminder"), [f"{late}\n{missing}", writer.left, ask])


def receipt(printable: PrintableInvoice, amount: Money) -> Letter:
    """The letter for a received payment, with the amount still due. InvalidState for a draft."""
    writer = _LetterWriter(printable)
    in_currency(printable.invoice.currency, amount)
    say = writer.language.say
    came = writer.filled(say("We have received {amount} for invoice {number}. Thank you!"), amount=amount)
    left = writer.left if printable.invoice.amount_due_minor else say("Nothing is left to pay.")
    return writer.letter(say("Payment received"), [came, left])


class _LetterWriter:
    """Writes the parts that all letters about an invoice have."""

    def __init__(self, printable: PrintableInvoice) -> None:
        self.enclosed = render.invoice(printable)
        self.language = localizer(printable.parties.locale)
        self._printable = printable

    def filled(self, message: str, *, amount: Money | None = None, days: str = "") -> str:
        """A message with the number and the due date of the invoice, and an amount or a number of days."""
        bill, language = self._printable.invoice, self.language
        return message.format(
            number=_apart(bill.label, language),
            amount="" if amount is None else _apart(language.money(amount), language),
            due="" if bill.due_on is None else _apart(language.day(bill.due_on), language),
            days=days,
        )

    @property
    def left(self) -> str:
        """The line with the amount due."""
        return f"{self.language.say('Amount due')}: {self.language.money(self._printable.invoice.amount_due)}"

    def letter(self, about: str, paragraphs: list[str]) -> Letter:
        """The letter: the paragraphs, then how to pay the amount due, then the firm with its contact details."""
        head, bill, language = self._printable.parties, self._printable.invoice, self.language
        if head.payment_instructions and bill.amount_due_minor:
            paragraphs = [*paragraphs, f"{language.say('How to pay')}:\n{head.payment_instructions}"]
        closing = "\n".join(filter(None, (head.firm_name, head.firm_contact)))
        lines = [line for text in (*paragraphs, closing) for line in (*_seen(text, language), "")]
        subject = " ".join(_seen(f"{about} · {bill.label} · {head.firm_name}", language))
        return Letter(subject, "\n".join(lines), head.locale, self.enclosed)


def _seen(text: str, language: Localizer) -> list[str]:
    """The lines of a text without control characters."""
    return [line for line, _ in language.lines(text)]


def _apart(text: str, language: Localizer) -> str:
    """The text, isolated if it might change the direction of the text around it. Otherwise it stays as it is, so that a
    number copied from a mail contains nothing else."""
    is_mixed = language.reads == "rtl" or any(bidirectional(letter) in {"R", "AL"} for letter in text)
    return language.apart(text) if is_mixed else text
