"""What must be said of an import: work that is not billable, amounts that differ, and options that change nothing."""

from collections.abc import Iterator

from rich.console import Console

from invoicecore.cli.tables import Words, count, remark
from invoicecore.cli.terms import TermsOptions
from invoicecore.importer import Plan, PlannedClient, PlannedProject


def print_first(plan: Plan, console: Console, words: Words) -> None:
    """Say at once that a file has no entries, or that most of its work costs nothing, because its rows say so."""
    if not plan.total.entries and not plan.refused:
        remark(console, "The file has a header, and no entries below it.", style="yellow")
    work, free = sum((it.work.duration for it in plan.projects), start=plan.total.duration * 0), plan.not_billable
    if not free.entries or free.duration * 2 < work:
        return
    every = free.entries == sum(it.work.entries for it in plan.projects)
    what = f"{'All' if every else 'At least half of the'} work in the file is marked as not billable"
    told = f"{what}: {count(free.entries, 'entry', 'entries')}, {words.hours(free.duration)} hours, cost nothing."
    how = "--all-billable bills all work, --billable CLIENT/PROJECT that of one, and --billable-column HEADER goes by"
    remark(console, f"{told} {how} another column.", style="yellow")


def remarks(plan: Plan, terms: TermsOptions, words: Words) -> Iterator[str]:
    """The terms that are probably a mistake, the amounts that differ, and the rates that change nothing."""
    for currency in dict.fromkeys(client.currency for client in plan.clients if client.currency is not None):
        yield from map(str, terms.terms(currency).warnings)
    for client in plan.clients:
        yield from _amounts(client, words)
    for project in plan.projects:
        yield from _unused_rate(project)


def _amounts(client: PlannedClient, words: Words) -> Iterator[str]:
    amounts = client.amounts
    if amounts is None:
        return
    both = f"{words.money(amounts.stated)} for {client.name}; here it comes to {words.money(amounts.charged)}"
    if amounts.difference is None:
        yield f"The file states {both}. These are two currencies, and nothing is converted."
    elif amounts.differing:
        sign = "+" if amounts.difference.minor > 0 else ""
        of = f"in {amounts.differing} of {count(amounts.entries, 'entry', 'entries')}"
        yield f"The file states {both}, {sign}{words.money(amounts.difference)}, {of}."


def _unused_rate(project: PlannedProject) -> Iterator[str]:
    if project.unused_rate is None:
        return
    what = f"{project.name} of {project.client}"
    if project.id is not None:
        yield f"{what} keeps the rate that the books have; --rate is for projects that are new."
    else:
        yield f"Each entry of {what} brings its own rate; --rate changes none of them."
