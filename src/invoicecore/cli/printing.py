"""The output of a report on a terminal."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from invoicecore.cli.demo import Step
from invoicecore.cli.import_remarks import print_first
from invoicecore.cli.print_plan import print_rows_to_check
from invoicecore.cli.report import BilledMonth, BilledPart, Report
from invoicecore.cli.tables import Words, count, figures, names, print_table, remark, say, status_text, work_state
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.values.money import Money


def print_report(report: Report, console: Console, words: Words) -> None:
    """Print a report: the whole, the people, the clients, what each was asked for, and what was odd."""
    total, people = report.plan.total, count(len(report.people), "person", "people")
    entries = count(total.entries, "entry", "entries")
    say(console, f"{entries}, {words.hours(total.duration)} hours, {people}.", style="bold")
    print_first(report.plan, console, words)
    rows = [[name, words.hours(duration)] for name, duration in report.people]
    print_table(console, "People", [names("Name"), figures("Hours")], rows)
    _print_clients(report, console, words)
    for client in report.clients:
        if client.invoices:
            number = count(len(client.invoices), "invoice", "invoices")
            currency = client.standing.balance.currency
            amounts = ((it.total, it.covered, it.amount_due) for it in client.invoices)
            sums = (words.money(Money.total(column, currency)) for column in zip(*amounts, strict=True))
            footers = [number, *sums]
            _print_invoices(f"Invoices to {client.name}", client.invoices, footers, console, words)
        if client.month is not None:
            print_month(client.month, console, words)
        elif client.why_nothing is not None:
            remark(console, f"{client.name}: {client.why_nothing}")
    _print_remarks(report, console, words)


def _print_clients(report: Report, console: Console, words: Words) -> None:
    columns = [
        names("Client"),
        figures("Hours"),
        figures("Worked"),
        figures("Balance"),
        figures("Utilization"),
        names("Work"),
    ]
    rows: list[list[str | Text]] = [
        [
            client.name,
            words.hours(client.duration),
            words.money(client.worked),
            words.money(client.standing.balance),
            words.utilization(client.standing.utilization),
            work_state(stopped=client.standing.stopped),
        ]
        for client in report.clients
    ]
    print_table(console, "Clients", columns, rows)


def _print_invoices(
    title: str, invoices: Sequence[Invoice], footers: Sequence[str], console: Console, words: Words
) -> None:
    number, *sums = footers
    amounts = map(figures, ("Total", "Covered", "Open"), sums)
    columns = [names("Number", number), names("Kind"), names("Status"), *amounts]
    rows: list[list[str | Text]] = [
        [
            invoice.label,
            str(invoice.kind),
            _status(invoice),
            *map(words.money, (invoice.total, invoice.covered, invoice.amount_due)),
        ]
        for invoice in invoices
    ]
    print_table(console, title, columns, rows)


def _status(invoice: Invoice) -> Text:
    """The status of an invoice; of one that its client's balance covered, that nothing is due."""
    return status_text(invoice.status, invoice.display_status if invoice.is_covered else None)


def _hours_at(line: BilledPart, words: Words) -> tuple[str, str]:
    """The hours and the rate of what was worked; nothing for a charge."""
    return ("", "") if line.rate is None else (words.hours(line.duration), words.rate(line.rate))


def print_month(month: BilledMonth, console: Console, words: Words) -> None:
    """Print the time invoice of a month, project by project and charge by charge."""
    invoice, selection = month.invoice, month.invoice.selection
    when = "" if selection is None else f", {selection.period}"
    duration = sum((line.duration for line in month.lines), timedelta())
    is_work = all(line.rate is not None for line in month.lines)
    columns = [
        names("Project" if is_work else "Project or charge", "Total"),
        figures("Hours", words.hours(duration)),
        figures("Rate"),
        figures("Amount", words.money(invoice.net)),
    ]
    rows = [[line.name, *_hours_at(line, words), words.money(line.amount)] for line in month.lines]
    print_table(console, f"{invoice.label} to {month.client}{when}", columns, rows)
    for tax in invoice.taxes:
        say(console, f"{tax.code} {tax.percent:f} % of {words.money(tax.base)}: {words.money(tax.tax)}.")
    if invoice.tax.minor:
        say(console, f"With tax: {words.money(invoice.total)}.")


def _print_remarks(report: Report, console: Console, words: Words) -> None:
    print_rows_to_check(report.plan, console)
    if report.known:
        entries = count(report.known, "entry was", "entries were")
        remark(console, f"{entries} in the books already and not recorded again.", style="yellow")
    if report.plan.kept.entries:
        entries = count(report.plan.kept.entries, "of them differs", "of them differ")
        remark(console, f"{entries} in the tracker now; the command import follows such changes.", style="yellow")
    if report.would_have_stopped:
        entries = count(report.would_have_stopped, "entry", "entries")
        what = "Such work was refused." if report.enforced else "Such work is recorded too; --enforce refuses it."
        remark(console, f"{entries} came while work was stopped. {what}", style="yellow")
    for warning in report.warnings:
        remark(console, warning, style="yellow")


def print_story(steps: Iterable[Step], console: Console, words: Words) -> None:
    """Print a story, each step with the figures it led to."""
    for number, step in enumerate(steps, start=1):
        if number > 1:
            console.print()
        console.print(Rule(Text(f"{number}. {step.title}", "bold"), align="left"))
        say(console, step.text)
        if step.refusal:
            say(console, f"Refused: {step.refusal}", style="red")
        standing: list[list[str | Text]] = [
            ["Balance", words.money(step.standing.balance)],
            ["Asked for, not yet paid", words.money(step.standing.outstanding)],
            ["Utilization", words.utilization(step.standing.utilization)],
            ["Work", work_state(stopped=step.standing.stopped)],
        ]
        print_table(console, "", [names(step.client), figures("")], standing)
        if step.invoices:
            _print_invoices("", step.invoices, ("", "", "", ""), console, words)
