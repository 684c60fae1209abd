"""Letters to clients are right, in their language, and leave out what clients need not know."""

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from invoicecore import Line, Money, Status
from invoicecore.documents import letters
from invoicecore.documents.letters import Letter
from invoicecore.errors import CurrencyMismatch, InvalidState
from tests.documents.hostile import Hostile
from tests.documents.papers import HEAD, hours, paper, work
from tests.world import hourly, usd

LINE = work(hours(8), hourly(50))
MAY_FIRST = date(2026, 5, 1)
CLOSING = """\
How to pay:
IBAN DE02

Northwind Studio
12 Harbour Street
Hamburg
"""


class TestInvoice:
    def test_whole(self) -> None:
        """What is asked for, until when, how to pay it, and by whom, with the invoice; to the letter."""
        letter = letters.invoice(paper(LINE))
        assert "Invoice · INV-7 · Northwind Studio" == letter.subject
        said = "Please find enclosed invoice INV-7 for $400.00.\n\nPlease pay $400.00 by April 14, 2026.\n\n"
        assert said + CLOSING == letter.text
        assert ("Invoice INV-7 · Northwind Studio", "en_US") == (letter.enclosed.title, letter.locale)

    def test_partly_paid(self) -> None:
        """What is left is asked for."""
        said = letters.invoice(paper(LINE, paid=(15_000,))).text
        assert "invoice INV-7 for $400.00." in said
        assert "Please pay $250.00 by" in said

    def test_paid(self) -> None:
        """Where nothing is left, nothing is asked for."""
        said = letters.invoice(paper(LINE, status=Status.PAID, paid=(40_000,))).text
        assert "Nothing is left to pay." in said
        assert "Please pay" not in said
        assert "IBAN" not in said

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.VOID])
    def test_refused(self, status: Status) -> None:
        """Nobody is asked to pay a draft or a void invoice."""
        with pytest.raises(InvalidState):
            letters.invoice(paper(LINE, status=status))


class TestReminder:
    def test_whole(self) -> None:
        """How late it is, and what is left."""
        letter = letters.reminder(paper(LINE, paid=(1000,)), MAY_FIRST)
        assert "Payment reminder · INV-7 · Northwind Studio" == letter.subject
        said = (
            "Invoice INV-7 was due on April 14, 2026, 17 days ago.\nWe have not received the full payment yet.\n\n"
            "Amount due: $390.00\n\n"
            "Please pay the amount due as soon as you can. "
            "If you have paid in the meantime, please disregard this reminder.\n\n"
        )
        assert said + CLOSING == letter.text

    @pytest.mark.parametrize(("paid", "day"), [((), date(2026, 4, 14)), ((40_000,), MAY_FIRST)])
    def test_refused(self, paid: tuple[int, ...], day: date) -> None:
        """On the day itself nothing is late, and what is paid never is."""
        with pytest.raises(InvalidState, match="it has no reminder"):
            letters.reminder(paper(LINE, paid=paid), day)


class TestReceipt:
    def test_part(self) -> None:
        """What came, and what is left."""
        letter = letters.receipt(paper(LINE, paid=(1000,)), usd(10))
        assert "Payment received · INV-7 · Northwind Studio" == letter.subject
        said = "We have received $10.00 for invoice INV-7. Thank you!\n\nAmount due: $390.00\n\n"
        assert said + CLOSING == letter.text

    def test_whole(self) -> None:
        """Where nothing is left, that is said, and not how to pay."""
        said = letters.receipt(paper(LINE, paid=(40_000,), status=Status.PAID), usd(400)).text
        assert "We have received $400.00 for invoice INV-7. Thank you!\n\nNothing is left to pay.\n\nNorthwind" in said

    def test_refused(self) -> None:
        """A draft has no payments, and an invoice none in another currency."""
        with pytest.raises(InvalidState):
            letters.receipt(paper(LINE, status=Status.DRAFT), usd(10))
        with pytest.raises(CurrencyMismatch):
            letters.receipt(paper(LINE), Money.of(10, "EUR"))


def written(locale: str, **head: Any) -> list[Letter]:
    """One of each kind."""
    sheet = paper(LINE, paid=(1000,), head=evolve(HEAD, locale=locale, **head))
    return [letters.invoice(sheet), letters.reminder(sheet, MAY_FIRST), letters.receipt(sheet, usd(10))]


class TestLanguage:
    def test_german(self) -> None:
        """Words, dates and money are of the client's locale."""
        bill, reminder, receipt = written("de")
        assert "Rechnung · INV-7 · Northwind Studio" == bill.subject
        assert "Bitte zahlen Sie 390,00\xa0$ bis zum 14. April 2026." in bill.text
        assert "Die Rechnung INV-7 war am 14. April 2026 fällig, also vor 17 Tagen." in reminder.text
        assert "Wir haben 10,00\xa0$ für die Rechnung INV-7 erhalten. Vielen Dank!" in receipt.text

    @pytest.mark.parametrize("locale", ["de", "fr", "es", "it", "nl", "pt", "ja", "ar"])
    def test_every_language(self, locale: str) -> None:
        """No sentence is left in English."""
        english = {line for letter in written("en") for line in (letter.subject, *letter.text.splitlines())}
        head = (HEAD.firm_name, *HEAD.firm_contact.splitlines(), HEAD.payment_instructions, "")
        for letter in written(locale):
            assert {letter.subject, *letter.text.splitlines()} & english <= {*head}

    def test_from_right_to_left(self) -> None:
        """What is written the other way stands apart, and elsewhere a number can be copied as it is."""
        arabic, english = written("ar_EG")[0], written("en")[0]
        assert "\u2068INV-7\u2069" in arabic.text
        assert "٤٠٠٫٠٠" in arabic.text
        assert not {"\u2068", "\u2069"} & {*english.text}


class TestHostile:
    @pytest.mark.parametrize("case", range(0, 90, 9))
    def test_texts(self, case: int) -> None:
        """A subject is one line, whatever a text says, and no text is taken for a template."""
        write = Hostile(case)
        number, firm, contact, how = write.text(), write.text(), write.text(), write.text()
        head = evolve(HEAD, firm_name=firm, firm_contact=contact, payment_instructions=how)
        letter = letters.invoice(paper(LINE, Line("x", 1), head=head, number=number))
        assert [letter.subject] == letter.subject.splitlines()
        assert "{amount}" in letters.invoice(paper(LINE, number="{amount}")).text
        assert not {"\x00", "\x1b"} & {*letter.text}
