import io
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from rich.console import Console

from invoicecore import Money, Period, Rate
from invoicecore.cli.printing import print_report
from invoicecore.cli.tables import Words
from invoicecore.cli.terms import TermsOptions
from tests import cldr
from tests.cli.sheets import MARCH, WEEK, billed, week
from tests.importer.files import harvest, toggl
from tests.world import usd


def printed(data: bytes, terms: TermsOptions = WEEK, *, width: int = 80, words: Words | None = None, **how: Any) -> str:
    """What a terminal of that width shows of a file that is billed."""
    out = io.StringIO()
    print_report(billed(data, terms, **how), Console(file=out, width=width, highlight=False), words or Words())
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


class Usual(Words):
    """Figures as they are usually spelled, whatever CLDR says of American English."""

    def money(self, amount: Money) -> str:
        return f"{'-' if amount.minor < 0 else ''}${amount.amount.copy_abs():,}"

    def utilization(self, ratio: Fraction | None) -> str:
        return "none" if ratio is None else f"{min(int(ratio * 100), 100)}%"


def cells(text: str, first: str) -> list[str]:
    """The cells of the first line that begins so."""
    [line, *_] = [line for line in text.splitlines() if line.strip().startswith(first)]
    return line.split()


class TestReport:
    def test_whole(self) -> None:
        """A week on a terminal of 80 columns, to the letter."""
        expected = """\
7 entries, 46:00:00 hours, 2 people.

People
 Name      Hours
─────────────────
 Ann    30:00:00
 Ben    16:00:00

Clients
 Client         Hours      Worked      Balance   Utilization   Work
───────────────────────────────────────────────────────────────────────
 Acme        44:00:00   $2,000.00   -$2,000.00          100%   stopped
 No client    2:00:00     $100.00     -$100.00           10%   goes on

Invoices to Acme
 Number          Kind     Status            Total     Covered        Open
──────────────────────────────────────────────────────────────────────────
 INV-2026-0001   refill   generated     $1,000.00       $0.00   $1,000.00
 INV-2026-0002   refill   generated     $1,000.00       $0.00   $1,000.00
 INV-2026-0003   time     nothing due   $2,000.00   $2,000.00       $0.00
──────────────────────────────────────────────────────────────────────────
 3 invoices                             $4,000.00   $2,000.00   $2,000.00

INV-2026-0003 to Acme, 2026-03-01 to 2026-03-31
 Project      Hours       Rate      Amount
───────────────────────────────────────────
 Website   32:00:00   $50.00/h   $1,600.00
 Shop       8:00:00   $50.00/h     $400.00
───────────────────────────────────────────
 Total     40:00:00              $2,000.00

Invoices to No client
 Number          Kind   Status        Total   Covered      Open
────────────────────────────────────────────────────────────────
 INV-2026-0004   time   generated   $100.00     $0.00   $100.00
────────────────────────────────────────────────────────────────
 1 invoice                          $100.00     $0.00   $100.00

INV-2026-0004 to No client, 2026-03-01 to 2026-03-31
 Project     Hours       Rate    Amount
────────────────────────────────────────
 Website   2:00:00   $50.00/h   $100.00
────────────────────────────────────────
 Total     2:00:00              $100.00

Doubtful: 1 row
 Row
────────────────────────────────────────────────────────────────────────────────
 7     The stated duration is further off the time from start to end than
       rounding explains.

1 entry came while work was stopped. Such work is recorded too; --enforce
refuses it."""
        assert expected == printed(week(), month=MARCH, words=Usual())

    @pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
    def test_no_figure_is_cut(self, width: int) -> None:
        """However narrow the terminal, figures stand whole on one line."""
        data = harvest({"Client": "A client with quite a long name of many words", "Hours": "743.67"})
        text = printed(data, TermsOptions(), width=width, words=Words("fr", decimal_hours=True))
        assert cldr.money("35696.16", locale="fr") in text  # 743.67 h × $48
        assert cldr.money("-35696.16", locale="fr") in text
        assert cldr.number("743.67", "fr") in text
        assert "…" not in text

    def test_wraps_names(self) -> None:
        """What wraps in a narrow terminal are names, and no letter of them is lost."""
        name = "Bartholomew-and-Sons-of-Greater-Northwind"
        lines = printed(toggl({"Client": name}), width=80).splitlines()
        assert 80 >= max(map(len, lines))
        table = lines[lines.index("Clients") + 3 :]
        assert name in "".join(line.strip().split("  ")[0] for line in table)

    def test_names_are_not_markup(self) -> None:
        """A name that looks like an instruction to the terminal is printed as it is."""
        assert ["[red]Acme[/]"] == cells(printed(toggl({"Client": "[red]Acme[/]"})), "[red]")[:1]

    def test_nothing_to_bill(self) -> None:
        """A month without work of a client is said to be so."""
        text = printed(week(), month=Period.month(2026, 4))
        assert "Acme: Nothing to bill: there is no work of 2026-04-01 to 2026-04-30." in text

    def test_enforced(self) -> None:
        """Refused work is said to be refused."""
        text = printed(week(), enforce=True)
        assert "1 entry came while work was stopped. Such work was refused." in text

    def test_warnings(self) -> None:
        """What is probably not meant is said at the end."""
        assert "Work stops at -500.00 USD" in printed(week(), evolve(WEEK, allowed="-500"))

    def test_many_doubtful(self) -> None:
        """Doubtful entries of which the same is told are named together, the first of very many."""
        text = printed(toggl(*[{"Duration": "01:00:00"}] * 14), width=240)
        assert "Doubtful: 14 rows" in text
        assert "11 with 2, 12 with 2 …" in text

    def test_decimal_hours(self) -> None:
        """Decimal hours are printed as such, with two decimals."""
        words = Words(decimal_hours=True)
        first = printed(harvest({}), TermsOptions(), words=words).splitlines()[0]
        assert f"1 entry, {cldr.number('1.33')} hours, 1 person." == first
        text = printed(harvest({"Hours": "0.10"}), TermsOptions(), words=words)
        assert ["Ann", "Lee", cldr.number("0.10")] == cells(text, "Ann")


class TestWords:
    @pytest.mark.parametrize(
        ("ratio", "expected"),
        [
            (None, "none"),
            (Fraction(1, 4), cldr.percent("25")),
            (Fraction(1, 3), cldr.percent("33.3")),
            (Fraction(-1, 4), cldr.percent("0")),
            (Fraction(44), cldr.percent("100")),
        ],
    )
    @pytest.mark.req("A41", "A42")
    def test_utilization(self, ratio: Fraction | None, expected: str) -> None:
        """Utilization is shown in per cent, within 0 and 100."""
        assert expected == Words().utilization(ratio)

    def test_locale(self) -> None:
        """Figures are written as the locale writes them."""
        german = Words("de", decimal_hours=True)
        assert cldr.money("-43513.52", locale="de") == german.money(usd("-43513.52"))
        assert cldr.percent("33.3", "de") == german.utilization(Fraction(1, 3))
        assert cldr.number("1406.70", "de") == german.hours(timedelta(hours=1406, minutes=42))
        assert "de-CH" == Words("de-CH").locale
        assert cldr.percent("25", "de_CH") == Words("de-CH").utilization(Fraction(1, 4))

    def test_rate(self) -> None:
        """A rate finer than the minor unit is not rounded."""
        assert f"{cldr.money('62.50')}/h" == Words().rate(Rate.hourly("62.5", "USD"))
        assert "62.125 USD/h" == Words().rate(Rate.hourly("62.125", "USD"))

    def test_hours(self) -> None:
        """Hours, minutes and seconds, the hours as many as there are."""
        assert "885:47:46" == Words().hours(timedelta(seconds=3_188_866))
