"""The texts that clients get with an invoice, a reminder or a receipt.

Plain data goes in, a `Letter` comes out; nothing is sent here.
"""

from datetime import date
from unicodedata import bidirectional

from attrs import field, frozen

from invoicecore.documents import render
from invoicecore.documents.document import Document
from invoicecore.documents.language import Language, language_of
from invoicecore.documents.render import days_late
from invoicecore.errors import InvalidState
from invoicecore.settlement.printable import PrintableInvoice
from invoicecore.values.money import Money, in_currency
from invoicecore.vocabulary import Status


@frozen
class Letter:
    """A short text for a mail, with the invoice as it is now. `subject` is one line; `text` has paragraphs, apart by
    blank lines. `locale` is the one that both are written in."""

    subject: str
    text: str = field(repr=False)
    locale: str
    enclosed: Document


def invoice(paper: PrintableInvoice) -> Letter:
    """Here is an invoice, and until when and how to pay what is open on it.

    InvalidState for a draft, or one that is void: nobody is asked to pay those.
    """
    sheet, bill = _Sheet(paper), paper.invoice
    if bill.status is Status.VOID:
        raise InvalidState(f"{bill.label} is void: nobody is asked to pay it.")
    say = sheet.language.say
    here = say("Please find enclosed invoice {number} for {amount}.")
    ask = say("Please pay {amount} by {due}.") if bill.amount_due_minor else say("Nothing is left to pay.")
    paragraphs = [sheet.filled(here, amount=bill.total), sheet.filled(ask, amount=bill.amount_due)]
    return sheet.letter(say("Invoice"), paragraphs)


def reminder(paper: PrintableInvoice, as_of: date) -> Letter:
    """An invoice was due some days ago, and something is left to pay. InvalidState for any other on that day."""
    sheet = _Sheet(paper)
    say, count = sheet.language.say, sheet.language.count
    days = count("{number} day ago", "{number} days ago", days_late(paper, as_of))
    late = sheet.filled(say("Invoice {number} was due on {due}, {days}."), days=days)
    ask = say(
        "Please pay the amount due as soon as you can. "
        "If you have paid in the meantime, please disregard this reminder."
    )
    missing = say("We have not received the full payment yet.")
    return sheet.letter(say("Payment reminder"), [f"{late}\n{missing}", sheet.left, ask])


def receipt(paper: PrintableInvoice, amount: Money) -> Letter:
    """So much came in for an invoice, and so much is left to pay. InvalidState for a draft."""
    sheet = _Sheet(paper)
    in_currency(paper.invoice.currency, amount)
    say = sheet.language.say
    came = sheet.filled(say("We have received {amount} for invoice {number}. Thank you!"), amount=amount)
    left = sheet.left if paper.invoice.amount_due_minor else say("Nothing is left to pay.")
    return sheet.letter(say("Payment received"), [came, left])


class _Sheet:
    """What all letters about an invoice are written with."""

    def __init__(self, paper: PrintableInvoice) -> None:
        self.enclosed = render.invoice(paper)
        self.language = language_of(paper.parties.locale)
        self._paper = paper

    def filled(self, message: str, *, amount: Money | None = None, days: str = "") -> str:
        """A message with the number and the due date of the invoice, and what else it speaks of."""
        bill, language = self._paper.invoice, self.language
        return message.format(
            number=_apart(bill.label, language),
            amount="" if amount is None else _apart(language.money(amount), language),
            due="" if bill.due_on is None else _apart(language.day(bill.due_on), language),
            days=days,
        )

    @property
    def left(self) -> str:
        """What is left to pay."""
        return f"{self.language.say('Amount due')}: {self.language.money(self._paper.invoice.amount_due)}"

    def letter(self, about: str, paragraphs: list[str]) -> Letter:
        """The whole: below what is said, how to pay what is left, and the firm with its contact details."""
        head, bill, language = self._paper.parties, self._paper.invoice, self.language
        if head.payment_instructions and bill.amount_due_minor:
            paragraphs = [*paragraphs, f"{language.say('How to pay')}:\n{head.payment_instructions}"]
        closing = "\n".join(filter(None, (head.firm_name, head.firm_contact)))
        lines = [line for text in (*paragraphs, closing) for line in (*_seen(text, language), "")]
        subject = " ".join(_seen(f"{about} · {bill.label} · {head.firm_name}", language))
        return Letter(subject, "\n".join(lines), head.locale, self.enclosed)


def _seen(text: str, language: Language) -> list[str]:
    """The lines of a text, without what cannot be seen."""
    return [line for line, _ in language.lines(text)]


def _apart(text: str, language: Language) -> str:
    """The text, kept apart from what stands around it where that might be read the other way. Elsewhere it is as it is,
    so that who copies a number from a mail gets nothing else with it."""
    is_mixed = language.reads == "rtl" or any(bidirectional(letter) in {"R", "AL"} for letter in text)
    return language.apart(text) if is_mixed else text
