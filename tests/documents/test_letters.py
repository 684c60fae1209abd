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
from tests.documents.writing import arabic_digits, blanks, day, money
from tests.world import hourly, usd

LINE = work(hours(8), hourly(50))
DUE, MAY = date(2026, 4, 14), date(2026, 5, 1)
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
        said = (
            f"Please find enclosed invoice INV-7 for {money('400.00')}.\n\n"
            f"Please pay {money('400.00')} by {day(DUE)}.\n\n"
        )
        assert said + CLOSING == blanks(letter.text)
        assert ("Invoice INV-7 · Northwind Studio", "en_US") == (letter.enclosed.title, letter.locale)

    def test_partly_paid(self) -> None:
        """What is left is asked for."""
        said = blanks(letters.invoice(paper(LINE, paid=(15_000,))).text)
        assert f"invoice INV-7 for {money('400.00')}." in said
        assert f"Please pay {money('250.00')} by" in said

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
        letter = letters.reminder(paper(LINE, paid=(1000,)), MAY)
        assert "Payment reminder · INV-7 · Northwind Studio" == letter.subject
        said = (
            f"Invoice INV-7 was due on {day(DUE)}, 17 days ago.\nWe have not received the full payment yet.\n\n"
            f"Amount due: {money('390.00')}\n\n"
            "Please pay the amount due as soon as you can. "
            "If you have paid in the meantime, please disregard this reminder.\n\n"
        )
        assert said + CLOSING == blanks(letter.text)

    @pytest.mark.parametrize(("paid", "day"), [((), date(2026, 4, 14)), ((40_000,), MAY)])
    def test_refused(self, paid: tuple[int, ...], day: date) -> None:
        """On the day itself nothing is late, and what is paid never is."""
        with pytest.raises(InvalidState, match="it has no reminder"):
            letters.reminder(paper(LINE, paid=paid), day)


class TestReceipt:
    def test_part(self) -> None:
        """What came, and what is left."""
        letter = letters.receipt(paper(LINE, paid=(1000,)), usd(10))
        assert "Payment received · INV-7 · Northwind Studio" == letter.subject
        said = f"We have received {money('10.00')} for invoice INV-7. Thank you!\n\nAmount due: {money('390.00')}\n\n"
        assert said + CLOSING == blanks(letter.text)

    def test_whole(self) -> None:
        """Where nothing is left, that is said, and not how to pay."""
        said = blanks(letters.receipt(paper(LINE, paid=(40_000,), status=Status.PAID), usd(400)).text)
        thanks = f"We have received {money('400.00')} for invoice INV-7. Thank you!"
        assert f"{thanks}\n\nNothing is left to pay.\n\nNorthwind" in said

    def test_refused(self) -> None:
        """A draft has no payments, and an invoice none in another currency."""
        with pytest.raises(InvalidState):
            letters.receipt(paper(LINE, status=Status.DRAFT), usd(10))
        with pytest.raises(CurrencyMismatch):
            letters.receipt(paper(LINE), Money.of(10, "EUR"))


def written(locale: str, **head: Any) -> list[Letter]:
    """One of each kind."""
    sheet = paper(LINE, paid=(1000,), head=evolve(HEAD, locale=locale, **head))
    return [letters.invoice(sheet), letters.reminder(sheet, MAY), letters.receipt(sheet, usd(10))]


class TestLanguage:
    def test_german(self) -> None:
        """Words, dates and money are of the client's locale."""
        bill, reminder, receipt = written("de")
        assert "Rechnung · INV-7 · Northwind Studio" == bill.subject
        left, came, due = money("390.00", locale="de"), money("10.00", locale="de"), day(DUE, "de")
        assert f"Bitte zahlen Sie {left} bis zum {due}." in blanks(bill.text)
        assert f"Die Rechnung INV-7 war am {due} fällig, also vor 17 Tagen." in blanks(reminder.text)
        assert f"Wir haben {came} für die Rechnung INV-7 erhalten. Vielen Dank!" in blanks(receipt.text)

    @pytest.mark.parametrize("locale", ["de", "fr", "es", "it", "nl", "pt", "ja", "ar"])
    def test_every_language(self, locale: str) -> None:
        """No sentence is left in English."""
        english = {line for letter in written("en") for line in (letter.subject, *letter.text.splitlines())}
        head = (HEAD.firm_name, *HEAD.firm_contact.splitlines(), HEAD.payment_instructions, "")
        for letter in written(locale):
            assert {letter.subject, *letter.text.splitlines()} & english <= {*head}

    def test_from_right_to_left(self) -> None:
        """What is written the other way stands apart, and elsewhere a number can be copied as it is."""
        locale = arabic_digits()
        arabic, english = written(locale)[0], written("en")[0]
        assert "\u2068INV-7\u2069" in arabic.text
        assert money("400.00", locale=locale) in blanks(arabic.text)
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
