"""Tables of words and figures on a terminal.

Numbers are never cut: if a table is too wide, names wrap, and then its rows stand one below the other.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from attrs import frozen
from babel import Locale
from babel.numbers import parse_pattern
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from invoicecore.cli.narrow_output import can_print
from invoicecore.cli.report import whole_seconds
from invoicecore.errors import InvalidInput
from invoicecore.model.charge import ChargeView
from invoicecore.values.money import Money, Rate, roomy_context
from invoicecore.vocabulary import ChargeKind, Status


@frozen
class Words:
    """How figures are spelled: in a locale, and time either as hours with two decimals, which must be exact, or as
    h:mm:ss."""

    locale: str = "en_US"
    decimal_hours: bool = False

    def money(self, amount: Money) -> str:
        """An amount with its currency; where its sign cannot be printed, with the code."""
        spelled = amount.format(self.locale)
        return spelled if can_print(spelled) else str(amount)

    def rate(self, rate: Rate) -> str:
        """An amount for an hour; one finer than the minor unit stands as it is."""
        try:
            amount = self.money(Money.of(rate.per_hour, rate.currency))
        except InvalidInput:
            amount = f"{rate.per_hour} {rate.currency}"
        return f"{amount}/h"

    def hours(self, duration: timedelta) -> str:
        """A duration: 406.70 if the tracker counts hundredths of an hour, else 885:47:46."""
        if self.decimal_hours:
            with roomy_context():
                hours = Decimal(duration // timedelta(microseconds=1)) / 3_600_000_000
                spelled: str = parse_pattern("#,##0.00").apply(hours, self._parsed)
            return spelled
        minutes, seconds = divmod(whole_seconds(duration), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"

    def utilization(self, ratio: Fraction | None) -> str:
        """Per cent, within 0 and 100; what is beyond is for the data, not for the eye."""
        if ratio is None:
            return "none"
        tenths = (2 * min(max(ratio, Fraction(0)), Fraction(1)) * 1000 + 1) // 2
        parsed = self._parsed
        pattern = parse_pattern(parsed.percent_formats[None].pattern)
        pattern.frac_prec = (0, 1)
        with roomy_context():
            spelled: str = pattern.apply(Decimal(tenths) / 1000, parsed)
        return spelled

    @property
    def _parsed(self) -> Locale:
        return Locale.parse(self.locale, sep="-" if "-" in self.locale else "_")


@frozen
class TerminalColumn:
    """A column of a table: words, which may wrap, or figures, which are set to the right and never cut."""

    header: str
    footer: str = ""
    is_figures: bool = False


def names(header: str, footer: str = "") -> TerminalColumn:
    """A column of words."""
    return TerminalColumn(header, footer)


def figures(header: str, footer: str = "") -> TerminalColumn:
    """A column of figures."""
    return TerminalColumn(header, footer, is_figures=True)


def count(number: int, one: str, many: str) -> str:
    """So many of something, in words."""
    return f"{number} {one if number == 1 else many}"


def waits_for_price(charge: ChargeView) -> bool:
    """Whether a charge is an expense for which somebody still has to say what the client is asked."""
    is_asked = charge.kind is ChargeKind.EXPENSE and charge.billable
    return is_asked and charge.amount is not None and not charge.amount.minor


def work_state(*, stopped: bool, remark: str = "") -> Text:
    """Whether work on a client goes on."""
    return Text(f"stopped{remark}", "red") if stopped else Text(f"goes on{remark}", "green")


_STYLES = {
    Status.PAID: "green",
    Status.OVERDUE: "red",
    Status.UNCOLLECTIBLE: "red",
    Status.DUE: "yellow",
    Status.GENERATED: "yellow",
}


def status_text(status: Status, said: str | None = None) -> Text:
    """A status in its colour, said so or otherwise."""
    return Text(str(status) if said is None else said, _STYLES.get(status, ""))


def say(console: Console, sentence: str, style: str = "") -> None:
    """Print a sentence as it is: nothing in it is markup."""
    console.print(Text(sentence, style))


def print_line(console: Console, text: str) -> None:
    """Print one line as it is, however long: a path is not broken."""
    console.print(Text(text), soft_wrap=True)


def remark(console: Console, sentence: str, style: str = "") -> None:
    """Print a sentence that stands by itself."""
    console.print()
    say(console, sentence, style)


def print_table(
    console: Console, title: str, columns: Sequence[TerminalColumn], rows: Sequence[Sequence[str | Text]]
) -> None:
    """Print a table below its title, if it has one. Where the terminal is too narrow for its figures, each row becomes
    a block of lines, one for each of its cells."""
    lines = [*rows, *([[column.footer for column in columns]] if any(column.footer for column in columns) else [])]
    needed = sum(_least_width(column, [row[place] for row in lines]) + 2 for place, column in enumerate(columns))
    console.print()
    if title:
        say(console, title, style="bold cyan")
    if needed + len(columns) > console.width:
        _print_blocks(console, columns, lines)
        return
    table = Table(
        box=box.SIMPLE,
        show_edge=False,
        show_footer=any(column.footer for column in columns),
        footer_style="bold",
    )
    for place, column in enumerate(columns):
        least = _least_width(column, [row[place] for row in lines])
        if column.is_figures:
            table.add_column(
                column.header, column.footer, justify="right", no_wrap=True, min_width=least, max_width=least
            )
        else:
            table.add_column(column.header, column.footer, overflow="fold", min_width=least)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    console.print(table)


def print_card(console: Console, title: str, facts: Mapping[str, str | Text | None]) -> None:
    """Print what is known of one thing, a line each; what is not known has no line."""
    known = {name: value for name, value in facts.items() if value is not None and str(value)}
    widest = max((cell_len(name) for name in known), default=0)
    say(console, title, style="bold cyan")
    for name, value in known.items():
        first, *more = (value if isinstance(value, Text) else Text(value)).split("\n")
        console.print(Text.assemble(f" {name:<{widest}}  ", first))
        for line in more:
            console.print(Text.assemble(" " * (widest + 3), line))


def _least_width(column: TerminalColumn, cells: Sequence[str | Text]) -> int:
    """The width below which a column is not readable: figures are not cut, and names wrap."""
    longest = max(cell_len(str(it)) for it in (column.header, *cells))
    return longest if column.is_figures else min(longest, 12)


def _print_blocks(console: Console, columns: Sequence[TerminalColumn], rows: Sequence[Sequence[str | Text]]) -> None:
    """Print the rows one below the other; cells without text are left out."""
    for row in rows:
        console.print()
        for column, cell in zip(columns, row, strict=True):
            if str(cell):
                console.print(Text.assemble(f"{column.header}: " if column.header else "", cell), soft_wrap=True)
