"""How does a report look on a terminal?

Numbers are never cut short: where a table does not fit, names wrap, and at the last the table is wider than the
terminal.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from attrs import frozen
from babel import Locale
from babel.numbers import parse_pattern
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from invoicecore import Standing
from invoicecore.cli.demo import Step
from invoicecore.cli.report import BilledMonth, ClientReport, Report, total_duration, whole_seconds
from invoicecore.errors import Malformed
from invoicecore.exchange import TimeEntry
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.money import Money, Rate, roomy_context
from invoicecore.vocabulary import Status

MOST_DOUBTFUL = 20
"""So many doubtful entries are listed one by one."""
_STYLES = {
    Status.PAID: "green",
    Status.OVERDUE: "red",
    Status.UNCOLLECTIBLE: "red",
    Status.DUE: "yellow",
    Status.GENERATED: "yellow",
}


@frozen
class Words:
    """How figures are spelled: in a locale, and time either as decimal hours or as h:mm:ss, whichever is exact."""

    locale: str = "en_US"
    decimal_hours: bool = False

    def money(self, amount: Money) -> str:
        """An amount with its currency."""
        return amount.format(self.locale)

    def rate(self, rate: Rate) -> str:
        """An amount for an hour; one finer than the minor unit stands as it is."""
        try:
            amount = self.money(Money.of(rate.per_hour, rate.currency))
        except Malformed:
            amount = f"{rate.per_hour} {rate.currency}"
        return f"{amount}/h"

    def hours(self, duration: timedelta) -> str:
        """A duration, exactly: 406.70 if the tracker counts decimal hours, else 885:47:46."""
        if self.decimal_hours:
            with roomy_context():
                hours = Decimal(duration // timedelta(microseconds=1)) / 3_600_000_000
                spelled: str = parse_pattern("#,##0.00########").apply(hours, self._parsed)
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
class _Column:
    """A column of a table: words, which may wrap, or figures, which are set to the right and never cut."""

    header: str
    footer: str = ""
    is_figures: bool = False


def _names(header: str, footer: str = "") -> _Column:
    return _Column(header, footer)


def _figures(header: str, footer: str = "") -> _Column:
    return _Column(header, footer, is_figures=True)


def print_report(report: Report, console: Console, words: Words) -> None:
    """Print a report: the whole, the people, the clients, what each was asked for, and what was odd."""
    people, entries = _count(len(report.people), "person", "people"), _count(report.entries, "entry", "entries")
    _say(console, f"{entries}, {words.hours(report.duration)} hours, {people}.", style="bold")
    _print_people(report, console, words)
    _print_clients(report, console, words)
    for client in report.clients:
        if client.invoices:
            _print_invoices(client, console, words)
        if client.month is not None:
            _print_month(client, client.month, console, words)
        elif report.period is not None:
            what = "nothing more" if report.known else "nothing"
            _remark(console, f"{client.name} has {what} to bill from {report.period}.")
    _print_remarks(report, console, words)


def _print_people(report: Report, console: Console, words: Words) -> None:
    rows = [[name, words.hours(duration)] for name, duration in report.people]
    _print_table(console, "People", [_names("Name"), _figures("Hours")], rows)


def _print_clients(report: Report, console: Console, words: Words) -> None:
    columns = [
        _names("Client"),
        _figures("Hours"),
        _figures("Worked"),
        _figures("Balance"),
        _figures("Utilization"),
        _names("Work"),
    ]
    rows: list[list[str | Text]] = [
        [
            client.name,
            words.hours(client.duration),
            words.money(client.worked),
            words.money(client.balance),
            words.utilization(client.utilization),
            _work(stopped=client.stopped),
        ]
        for client in report.clients
    ]
    _print_table(console, "Clients", columns, rows)


def _print_invoices(client: ClientReport, console: Console, words: Words) -> None:
    currency = client.balance.currency
    total = Money.total((invoice.total for invoice in client.invoices), currency)
    open = Money.total((invoice.open for invoice in client.invoices), currency)
    columns = [
        _names("Number", _count(len(client.invoices), "invoice", "invoices")),
        _names("Kind"),
        _names("Status"),
        _figures("Total", words.money(total)),
        _figures("Open", words.money(open)),
    ]
    rows = [_invoice_row(invoice, words) for invoice in client.invoices]
    _print_table(console, f"Invoices to {client.name}", columns, rows)


def _invoice_row(invoice: Invoice, words: Words) -> list[str | Text]:
    status = Text(str(invoice.status), _STYLES.get(invoice.status, ""))
    return [invoice.label, str(invoice.kind), status, words.money(invoice.total), words.money(invoice.open)]


def _print_month(client: ClientReport, month: BilledMonth, console: Console, words: Words) -> None:
    invoice, selection = month.invoice, month.invoice.selection
    when = "" if selection is None else f", {selection.period}"
    duration = total_duration(line.duration for line in month.lines)
    columns = [
        _names("Project", "Total"),
        _figures("Hours", words.hours(duration)),
        _figures("Rate"),
        _figures("Amount", words.money(invoice.total)),
    ]
    rows = [
        [line.project, words.hours(line.duration), words.rate(line.rate), words.money(line.amount)]
        for line in month.lines
    ]
    _print_table(console, f"{invoice.label} to {client.name}{when}", columns, rows)


def _print_remarks(report: Report, console: Console, words: Words) -> None:
    if report.doubtful:
        columns = [_figures("Row"), _names("Name"), _figures("Stated"), _figures("Start to end")]
        rows = [_doubtful_row(entry, words) for entry in report.doubtful[:MOST_DOUBTFUL]]
        _print_table(console, "Doubtful entries", columns, rows)
        left = len(report.doubtful) - len(rows)
        more = f" {left} more are not listed here." if left else ""
        count = _count(len(report.doubtful), "entry states", "entries state")
        what = "a duration that is not the time from start to end; the duration is billed."
        _remark(console, f"{count} {what}{more}", style="yellow")
    if report.known:
        count = _count(report.known, "entry was", "entries were")
        _remark(console, f"{count} in the books already and not recorded again.", style="yellow")
    if report.would_have_stopped:
        count = _count(report.would_have_stopped, "entry", "entries")
        what = "Such work was refused." if report.enforced else "Such work is recorded too; --enforce refuses it."
        _remark(console, f"{count} came while work was stopped. {what}", style="yellow")
    for warning in report.warnings:
        _remark(console, warning, style="yellow")


def _doubtful_row(entry: TimeEntry, words: Words) -> list[str | Text]:
    elapsed = entry.elapsed if entry.elapsed is not None else timedelta()
    return [str(entry.row), entry.person, words.hours(entry.duration), words.hours(elapsed)]


def _work(*, stopped: bool) -> Text:
    return Text("stopped", "red") if stopped else Text("goes on", "green")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _say(console: Console, sentence: str, style: str = "") -> None:
    console.print(Text(sentence, style))


def _remark(console: Console, sentence: str, style: str = "") -> None:
    console.print()
    _say(console, sentence, style)


def _print_table(
    console: Console, title: str, columns: Sequence[_Column], rows: Sequence[Sequence[str | Text]]
) -> None:
    """Print a table below its title, if it has one; the console becomes wider if its figures do not fit."""
    table = Table(
        box=box.SIMPLE,
        show_edge=False,
        show_footer=any(column.footer for column in columns),
        footer_style="bold",
    )
    needed = 0
    for place, column in enumerate(columns):
        cells = [column.header, column.footer, *(str(row[place]) for row in rows)]
        longest = max(map(cell_len, cells))
        if column.is_figures:
            table.add_column(
                column.header, column.footer, justify="right", no_wrap=True, min_width=longest, max_width=longest
            )
        else:
            longest = min(longest, 12)
            table.add_column(column.header, column.footer, overflow="fold", min_width=longest)
        needed += longest + 2
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    console.width = max(console.width, needed + len(columns))
    console.print()
    if title:
        _say(console, title, style="bold cyan")
    console.print(table)


def print_story(steps: Iterable[Step], console: Console, words: Words) -> None:
    """Print a story, each step with the figures it led to."""
    for number, step in enumerate(steps, start=1):
        if number > 1:
            console.print()
        console.print(Rule(Text(f"{number}. {step.title}", "bold"), align="left"))
        _say(console, step.text)
        if step.refusal:
            _say(console, f"Refused: {step.refusal}", style="red")
        _print_table(console, "", [_names(step.client), _figures("")], _standing_rows(step.standing, words))
        if step.invoices:
            rows = [_invoice_row(invoice, words) for invoice in step.invoices]
            columns = [_names("Number"), _names("Kind"), _names("Status"), _figures("Total"), _figures("Open")]
            _print_table(console, "", columns, rows)


def _standing_rows(standing: Standing, words: Words) -> list[list[str | Text]]:
    return [
        ["Balance", words.money(standing.balance)],
        ["Asked for, not yet paid", words.money(standing.asked)],
        ["Utilization", words.utilization(standing.utilization)],
        ["Work", _work(stopped=standing.stopped)],
    ]
