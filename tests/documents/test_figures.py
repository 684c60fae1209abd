"""Every figure on a page says what is stored, in every script."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_CEILING, Context, localcontext

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore import Line, Money, PrintableInvoice, Rate, Status, documents
from invoicecore.documents.language import localizer
from invoicecore.values.currencies import EXPONENTS
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.reading import digits, minor, read, rows, seconds, text_of
from tests.documents.writing import arabic_digits, blanks, money, number, spelled_hours
from tests.needs import printing
from tests.world import hourly, usd

LOCALES = ("en_US", "de", "fr_CH", "ja", "ar", "ar_EG", "fa", "hi", "mr", "my", "he")
SECOND, HUNDREDTH = timedelta(seconds=1), timedelta(seconds=36)
FIFTY = hourly(50)


@st.composite
def papers(draw: st.DrawFn, locales: tuple[str, ...] = LOCALES, most: int = 12) -> PrintableInvoice:
    """Invoices of work on two projects, at rates of any scale and of any length, partly paid."""
    currency = draw(st.sampled_from(["USD", "JPY", "KWD", "IQD"]))
    amounts = st.decimals("0.001", "9999", places=3).map(lambda amount: Rate.hourly(amount, currency))
    rates = draw(st.lists(amounts, min_size=1, max_size=3))
    lengths = st.integers(1, 26 * 60).map(lambda count: timedelta(minutes=count)) | st.timedeltas(
        timedelta(microseconds=1), timedelta(hours=20)
    )
    session = st.builds(
        work, lengths, st.sampled_from(rates), st.sampled_from(["site", "shop"]), person=st.sampled_from(["lee", "ida"])
    )
    lines = draw(st.lists(session, min_size=1, max_size=most))
    total = sum(line.minor for line in lines)
    first = draw(st.integers(0, total))
    head = evolve(HEAD, locale=draw(st.sampled_from(locales)))
    return paper(*lines, paid=(first,) if first else (), currency=currency, head=head, status=Status.DUE)


def groups(drawn: PrintableInvoice) -> Iterator[tuple[str, Rate, list[Line]]]:
    """The lines of each project and rate, in the order in which those first come."""
    keys = list(dict.fromkeys((line.project_id, line.rate) for line in drawn.invoice.lines))
    for project, rate in keys:
        assert project is not None
        assert rate is not None
        lines = [line for line in drawn.invoice.lines if (line.project_id, line.rate) == (project, rate)]
        yield dict(drawn.parties.names)[project], rate, lines


def time(lines: list[Line]) -> timedelta:
    return sum((line.duration for line in lines if line.duration is not None), timedelta())


def rounded(duration: timedelta) -> int:
    """In seconds, half a second up."""
    whole, rest = divmod(duration, SECOND)
    return whole + (rest >= SECOND / 2)


def cost(lines: list[Line]) -> int:
    return sum(line.minor for line in lines)


def scaled(text: str, places: int) -> int:
    """A rate in 10⁻¹² of the currency's unit."""
    return int(digits(text) + "0" * (12 - places))


def only_digits(text: str) -> str:
    return re.sub(r"\D", "", text)


class TestAny:
    @settings(max_examples=150)
    @given(papers())
    def test_charges(self, drawn: PrintableInvoice) -> None:
        """Hours, rate and amount of each project and rate; a footnote where hours times rate is another amount."""
        page = read(documents.invoice(drawn).html)
        expected = list(groups(drawn))
        in_decimals = all(not time(lines) % HUNDREDTH for _, _, lines in expected)
        shown = rows(page.one("table", "charges"))
        assert [
            (
                project,
                time(lines) // HUNDREDTH if in_decimals else rounded(time(lines)),
                rate.digits * 10**12 // 10**rate.scale,
                cost(lines),
            )
            for project, rate, lines in expected
        ] == [
            (
                project,
                int(digits(took)) if in_decimals else seconds(took),
                scaled(rate, max(EXPONENTS[drawn.invoice.currency], at.scale)),
                minor(amount),
            )
            for (project, took, rate, amount), (_, at, _) in zip(shown, expected, strict=True)
        ]
        differ = [at for _, at, lines in expected if at.minor_for(time(lines)) != cost(lines)]
        marks = [digits(mark.text) for mark in page.one("table", "charges").all("sup")]
        assert [str(number + 1) for number in range(len(differ))] == marks

    @settings(max_examples=150)
    @given(papers())
    def test_sessions(self, drawn: PrintableInvoice) -> None:
        """Time and amount of each session, below those of its project, to which they add up."""
        page = read(documents.invoice(drawn).html)
        expected = [
            (rounded(time(lines)), cost(lines))
            for _, _, group in groups(drawn)
            for lines in (group, *([line] for line in group))
        ]
        shown = rows(page.one("table", "sessions"))
        assert expected == [(seconds(row[-2]), minor(row[-1])) for row in shown]
        assert drawn.invoice.total_minor == sum(minor(row[-1]) for row in shown if len(row) == 5)

    @settings(max_examples=150)
    @given(papers())
    def test_sums(self, drawn: PrintableInvoice) -> None:
        """The total, which the charges add up to, what was paid, and what is left."""
        page, bill = read(documents.invoice(drawn, sessions=False).html), drawn.invoice
        paid = [bill.total_minor, -bill.paid_minor] if bill.paid_minor else []
        assert [*paid, bill.amount_due_minor] == [minor(value) for _, value in rows(page.one("table", "sums"))]
        assert bill.total_minor == sum(minor(row[-1]) for row in rows(page.one("table", "charges")))

    @settings(max_examples=12)
    @given(papers(("en_US", "de", "fr_CH", "nl"), most=4))
    def test_pdf(self, drawn: PrintableInvoice) -> None:
        """The same figures stand in the PDF, in locales whose signs every font has."""
        printing()
        document = documents.invoice(drawn)
        text, page = text_of(document.pdf()), read(document.html)
        for table in page.all("table"):
            for row in rows(table):
                for figure in row[1:]:
                    assert "".join(figure.split()) in text


class TestOne:
    """Figures worked out by hand."""

    def test_hours_times_rate(self) -> None:
        """12 h 15 min at $50 are $612.50, and hours have decimals."""
        page = read(documents.invoice(paper(work(hours(8), FIFTY), work(hours(4, 15), FIFTY))).html)
        assert [["Website", number("12.25"), money("50.00"), money("612.50")]] == rows(page.one("table", "charges"))
        assert spelled_hours("12.25") in page.one("dl").text
        assert [] == page.all("ol", "footnotes")

    def test_rounding_is_told(self) -> None:
        """Three times 20 minutes at $50 are 3 × $16.67; an hour in one piece would be $50.00."""
        lines = [work(hours(0, 20), FIFTY, id=f"s{n}") for n in range(3)]
        page = read(documents.invoice(paper(*lines)).html)
        assert [["Website", number("1.00"), money("50.00"), money("50.01")]] == rows(page.one("table", "charges"))
        product = f"{number('1.00')} × {money('50.00')}"
        assert [f"1 Each session is rounded by itself; {product} in one piece would be {money('50.00')}."] == [
            note.text for note in page.one("ol", "footnotes").all("li")
        ]
        assert [money("16.67")] * 3 == [row[-1] for row in rows(page.one("table", "sessions"))[1:]]

    def test_a_cap_is_told(self) -> None:
        """Of 3 hours at $50 a cap left $120."""
        lines = [work(hours(1), FIFTY, id="s1"), evolve(work(hours(2), FIFTY, id="s2"), minor=70_00)]
        page = read(documents.invoice(paper(*lines)).html)
        assert [["Website", number("3.00"), money("50.00"), money("120.00")]] == rows(page.one("table", "charges"))
        product = f"{number('3.00')} × {money('50.00')}"
        assert [f"1 The work costs no more than agreed; {product} would be {money('150.00')}."] == [
            note.text for note in page.one("ol", "footnotes").all("li")
        ]

    def test_time_that_is_no_hundredth(self) -> None:
        """An hour and 20 minutes are as on a clock, wherever hours stand."""
        page = read(documents.invoice(paper(work(hours(1, 20), FIFTY), work(hours(2), FIFTY, "shop"))).html)
        assert [
            ["Website", "1:20", money("50.00"), money("66.67")],
            ["Shop", "2:00", money("50.00"), money("100.00")],
        ] == rows(page.one("table", "charges"))
        assert "Total time 3:20" in page.one("dl").text

    def test_time_finer_than_a_second(self) -> None:
        """It is shown to the second, and that is told."""
        page = read(documents.invoice(paper(work(timedelta(hours=1, microseconds=1_500_000), FIFTY))).html)
        assert [["Website", "1:00:02", money("50.00"), money("50.02")]] == rows(page.one("table", "charges"))
        assert "Times are shown to the second" in page.one("ol", "footnotes").text

    def test_a_rate_finer_than_the_minor_unit(self) -> None:
        """It has all its decimals."""
        page = read(documents.invoice(paper(work(hours(2), hourly("62.1255")))).html)
        assert [["Website", number("2.00"), money("62.1255"), money("124.25")]] == rows(page.one("table", "charges"))

    def test_two_rates_of_a_project(self) -> None:
        """They are two charges."""
        page = read(documents.invoice(paper(work(hours(1), FIFTY), work(hours(1), hourly(60)))).html)
        assert [
            ["Website", number("1.00"), money("50.00"), money("50.00")],
            ["Website", number("1.00"), money("60.00"), money("60.00")],
        ] == rows(page.one("table", "charges"))

    def test_arabic_digits(self) -> None:
        """Where they are usual, and for the pages' numbers too."""
        locale = arabic_digits()
        html = documents.invoice(paper(work(hours(12, 15), FIFTY), head=evolve(HEAD, locale=locale))).html
        [[_, took, rate, amount]] = rows(read(html).one("table", "charges"))
        assert number("12.25", locale) == took
        assert ["١٢٢٥", "٥٠٠٠", "٦١٢٥٠"] == [only_digits(text) for text in (took, rate, amount)]
        assert "counter(page, arabic-indic)" in html

    @pytest.mark.parametrize(
        ("locale", "currency", "amount"),
        [
            ("en_US", "USD", "1234.50"),
            ("de", "EUR", "1234.50"),
            ("fr", "EUR", "1234.50"),
            ("ja", "JPY", "123450"),
            ("en_US", "KWD", "123.450"),
            ("en_US", "IQD", "123.450"),  # three decimals by ISO 4217, whatever CLDR says
        ],
    )
    def test_money(self, locale: str, currency: str, amount: str) -> None:
        """As people of the place write it, with the decimals of ISO 4217."""
        written = localizer(locale).money(Money(minor=123_450, currency=currency))
        assert money(amount, currency, locale) == blanks(written)

    def test_more_digits_than_a_float_has(self) -> None:
        """The largest amount is exact to the cent, and so is the finest rate."""
        written = localizer("en_US")
        assert money("999999999999999.99") == blanks(written.money(Money(minor=10**17 - 1, currency="USD")))
        assert money("99999999999.123456789012") == blanks(written.rate(hourly("99999999999.123456789012")))

    def test_under_any_context(self) -> None:
        """The host's decimal context has no say."""
        with localcontext(Context(prec=3, rounding=ROUND_CEILING)):
            assert money("12345678.91") == blanks(localizer("en_US").money(usd("12345678.91")))
