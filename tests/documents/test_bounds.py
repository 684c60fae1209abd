"""Nothing that a person can type makes a PDF slow, and long lists are added up."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from itertools import count
from time import process_time

import pytest
from attrs import evolve
from pypdf import PdfReader

from invoicecore import EntryKind, Line, Money, Period, PrintableInvoice, Statement, StatementRow, documents
from invoicecore.documents import Document
from invoicecore.documents.views import MOST_ROWS
from invoicecore.queries.printable import PrintableStatement
from invoicecore.queries.transactions import EntrySource
from invoicecore.queries.visibility import NamedRef
from invoicecore.values.ids import ClientId, PersonId
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.reading import read, rows, text_of
from tests.documents.writing import money
from tests.needs import printing
from tests.world import hourly, usd

MOST_SECONDS = 5
"""The CPU time that a document may take."""
MOST_OF_A_PAGE = 1
FIFTY = hourly(50)

LONG = 1_000_000
TEXTS = {
    "prose": "The quick brown fox jumps over the lazy dog. " * (LONG // 45),
    "one word": "x" * LONG,
    "markup": "#panic() $x$ [*]* _a_ \\u{0} </p>{{ 7 * 7 }} " * 20_000,
    "marks": "e" + "\u0301" * 5_000,
    "marks on all": ("e" + "\u0301" * 29) * 20_000,
    "overrides": "\u202e" * 10_000,
    "overrides between": "\u202ea" * 10_000,
    "isolates": "\u2067a" * 10_000,
    "pairs of isolates": "\u2067a\u2069" * 10_000,
    "both directions": "aא" * 10_000,
    "NUL": "a\0" * 10_000,
    "families": "👩‍👩‍👧‍👦" * 10_000,
    "one family": "👩" + "\u200d👩" * 10_000,
    "flags": "🇩🇪" * 10_000,
    "Thai": "ก" * 10_000,
    "Chinese": "会社の" * 10_000,
    "Arabic": "ب" * 10_000,
    "viramas": "क्" * 10_000,
    "blanks of no width": "\u200b" * 10_000,
    "tags": "\U000e0061" * 10_000,
    "lines": "a\n" * 10_000,
    "blanks": " " * LONG,
    "different letters": "".join(map(chr, range(0x4E00, 0x4E00 + 10_000))),
    "all of Unicode": "".join(chr(code) for code in range(0x21, 0x110000, 110) if not 0xD800 <= code < 0xE000),
}


def everywhere(text: str) -> PrintableInvoice:
    """An invoice with a text in each of its fields, and in the notes of ten sessions."""
    head = evolve(
        HEAD,
        firm_name=text,
        firm_contact=text,
        client_name=text,
        billing_address=text,
        tax_id=text,
        payment_instructions=text,
        names=(("site", text), ("lee", text)),
    )
    lines = (work(hours(1), FIFTY, id=f"s{n}", note=f"{n}{text}") for n in range(10))
    sheet = paper(*lines, head=head, notes=text, number=text)
    return evolve(sheet, payments=(evolve(paper(paid=(1,)).payments[0], method=text),))


@pytest.fixture
def press() -> None:
    printing()
    documents.invoice(paper(work(hours(8), FIFTY))).pdf()


def assert_quick(draw: Callable[[], Document]) -> bytes:
    """Print it within the CPU time that it may take."""
    begun = process_time()
    printed = draw().pdf()
    took, pages = process_time() - begun, len(PdfReader(BytesIO(printed)).pages)
    assert took < min(MOST_SECONDS, MOST_OF_A_PAGE * pages), f"{pages} pages took {took:.1f} s"
    return printed


@pytest.mark.usefixtures("press")
class TestTime:
    @pytest.mark.parametrize("kind", TEXTS)
    def test_in_every_field(self, kind: str) -> None:
        """A text of any length and kind, in every field at once."""
        assert_quick(lambda: documents.invoice(everywhere(TEXTS[kind])))

    @pytest.mark.parametrize("kind", ["prose", "one word", "Thai", "different letters", "both directions"])
    def test_in_every_session(self, kind: str) -> None:
        """So many sessions as are listed, each with another long note."""
        text = TEXTS[kind][:10_000]
        lines = [work(hours(1), FIFTY, id=f"s{n}", note=text[n:] + text[:n]) for n in range(MOST_ROWS)]
        assert_quick(lambda: documents.invoice(paper(*lines)))

    def test_a_row_higher_than_a_page(self) -> None:
        """It goes on on the next."""
        note = "\n".join(f"line {n}." for n in range(150))
        printed = text_of(documents.invoice(paper(work(hours(8), FIFTY, note=note))).pdf())
        assert all(f"line{n}." in printed for n in range(150))


def many(number: int, projects: int = 2, days: int = 31) -> PrintableInvoice:
    """An invoice of so many sessions of half an hour, on so many projects and days."""
    names = (*((f"p{n}", f"Project {n}") for n in range(projects)), ("lee", "Lee"))
    first = date(2026, 3, 1)
    lines = (
        work(
            timedelta(minutes=30),
            FIFTY,
            f"p{n % projects}",
            day=first + timedelta(days=n // projects % days),
            note=f"=note {n}",
            id=f"s{n}",
        )
        for n in range(number)
    )
    return paper(*lines, head=evolve(HEAD, names=names))


class TestSessions:
    def test_as_many_as_are_listed(self) -> None:
        """2,000 are."""
        page = read(documents.invoice(many(MOST_ROWS)).html)
        assert MOST_ROWS + 2 == len(rows(page.one("table", "sessions")))
        assert [] == page.all("p", "explained")

    def test_more(self) -> None:
        """They are added up by day, which is told; the figures are those of all."""
        sheet = many(MOST_ROWS + 1)
        page = read(documents.invoice(sheet).html)
        table = page.one("table", "sessions")
        assert ["Date", "Sessions", "Time", "Amount"] == [head.text for head in table.one("thead").all("th")]
        shown = rows(table)
        assert 2 + 2 * 31 == len(shown)
        assert ["Project 0 $50.00", "500:30", money("25025.00")] == shown[0]
        # 2,001 sessions on two projects are 1,001 on the first: 32 rounds of 31 days, and 9 days more
        assert ["Mar 1, 2026", "33", "16:30", money("825.00")] == shown[1]
        assert ["Mar 31, 2026", "32", "16:00", money("800.00")] == shown[31]
        assert (
            "Sessions: 2,001. They are added up here; a list of each is available as a file (CSV)."
            == page.one("p", "explained").text
        )

    def test_too_many_days(self) -> None:
        """Where even those are too many, each project is one row."""
        page = read(documents.invoice(many(4_000, projects=50, days=80)).html)
        assert [f"Project {n} $50.00" for n in range(50)] == [row[0] for row in rows(page.one("table", "sessions"))]

    def test_a_preview(self) -> None:
        """The same is true of one."""
        sheet = many(MOST_ROWS + 1)
        sheet = evolve(sheet, is_preview=True)
        assert "2,001" in read(documents.preview(sheet).html).one("p", "explained").text

    def test_csv(self) -> None:
        """It has all, in the order of the invoice, for programs; text begins no formula."""
        text = documents.invoice(evolve(many(2_500), parties=evolve(many(1).parties, locale="de"))).list_csv
        assert text.endswith("\r\n")
        header, *listed = csv.reader(StringIO(text, newline=""))
        assert ["Datum", "Projekt", "Person", "Beschreibung", "Zeit", "Stundensatz", "Betrag", "Währung"] == header
        assert 2_500 == len(listed)
        assert ["2026-03-01", "Project 0", "Lee", "'=note 0", "0:30:00", "50", "25.00", "USD"] == listed[0]

    @pytest.mark.parametrize("number", [800, MOST_ROWS, 5_000, 50_000])
    def test_its_time(self, number: int) -> None:
        """Any number of sessions is printed in bounded time."""
        printing()
        sheet = many(number)
        assert_quick(lambda: documents.invoice(sheet))

    def test_only_a_list_of_sessions(self) -> None:
        """A flat price is in no list, and neither has a reminder one."""
        assert 1 == len(documents.invoice(paper(Line("A flat price", 100))).list_csv.splitlines())
        late = paper(work(hours(1), FIFTY))
        assert "" == documents.reminder(late, date(2026, 5, 1)).list_csv


def moved(number: int) -> PrintableStatement:
    """A statement of so many movements of a dollar, on 25 a day, the last of each a payment."""
    balances = count(1)
    made = []
    for n in range(number):
        day = date(2026, 1, 1) + timedelta(days=n // 25)
        kind = EntryKind.PAYMENT if n % 25 == 24 else EntryKind.WORK
        at = datetime(2026, 1, 1, tzinfo=UTC)
        made.append(StatementRow(n + 1, day, day, kind, usd(1), usd(next(balances)), at, "", PersonId("lee"), None, ""))
    causes = (
        EntrySource(method="=wire") if row.kind is EntryKind.PAYMENT else EntrySource(project=NamedRef("p", "Site"))
        for row in made
    )
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    statement = Statement(ClientId("c"), period, Money.zero("USD"), tuple(made), usd(number))
    return PrintableStatement(statement, tuple(causes), HEAD, date(2027, 1, 1))


class TestMovements:
    def test_more_than_are_listed(self) -> None:
        """They are added up by day, each with its kinds and the balance after it."""
        page = read(documents.statement(moved(MOST_ROWS + 25)).html)
        shown = rows(page.one("table", "movements"))
        assert 2 + 81 == len(shown)
        assert ["Jan 1, 2026", "Work · Payment", money("25.00"), money("25.00")] == shown[1]
        assert ["Jan 2, 2026", "Work · Payment", money("25.00"), money("50.00")] == shown[2]
        assert "Movements: 2,025. They are added up by day here" in page.all("p", "explained")[0].text

    def test_csv(self) -> None:
        """It has all."""
        header, *listed = csv.reader(StringIO(documents.statement(moved(2_025)).list_csv, newline=""))
        assert 2_025 == len(listed)
        titles = "Date Description Project Person Time Rate_per_hour Notes Amount Balance Currency"
        assert [title.replace("_", " ") for title in titles.split()] == header
        assert ["2026-01-01", "Payment", "", "", "", "", "'=wire", "1.00", "25.00", "USD"] == listed[24]

    def test_its_time(self) -> None:
        """A statement of 50,000 movements is printed in bounded time."""
        printing()
        sheet = moved(50_000)
        assert_quick(lambda: documents.statement(sheet))
