"""What can be asked for on the command line?"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import click
from rich.console import Console

from invoicecore import Money, Period, exchange, inputs
from invoicecore.billing import database
from invoicecore.calendar import known_zone
from invoicecore.cli import demo as story
from invoicecore.cli.bill import bill
from invoicecore.cli.kept import kept_at, zone_of
from invoicecore.cli.plan import EntryRefused, OptionRefused, Plan
from invoicecore.cli.printing import Words, print_report, print_story
from invoicecore.cli.report import Report, as_data
from invoicecore.cli.waiting import Waiting
from invoicecore.errors import InvoicecoreError, Malformed, StorageError
from invoicecore.money import known_currency

T = TypeVar("T")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def _number(value: str) -> str:
    inputs.decimal_parts("The value", value)
    return value


def _locale(value: str) -> str:
    Money.zero("USD").format(value)
    return value


def _zone(value: str) -> str:
    known_zone(value)
    return value


def _firm(value: str) -> str:
    return inputs.name("The firm's name", value)


def _month(value: str) -> Period:
    match = _MONTH.fullmatch(value)
    if match is None:
        raise Malformed(f"{value!r:.60} is not a month such as 2016-01.")
    return Period.month(int(match[1]), int(match[2]))


def _checked(
    read: Callable[[str], T],
) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    """A callback that reads what an option says, and refuses it as click does."""

    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else read(value)
        except Malformed as refused:
            raise click.BadParameter(str(refused)) from refused

    return callback


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def program() -> None:
    """Bill for time: prepaid balances, refills, and invoices that lock the work they hold."""


@program.command("bill", short_help="Bill the export of a time tracker.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", type=click.Choice(list(exchange.FORMATS)), help="Told from the header if not given.")
@click.option(
    "--timezone",
    metavar="ZONE",
    callback=_checked(_zone),
    help="The zone of the file's times and of the firm's days, such as America/New_York.  "
    "[default: that of the books, or UTC]",
)
@click.option("--rate", metavar="AMOUNT", callback=_checked(_number), help="Per hour; a rate in the file goes first.")
@click.option("--currency", metavar="CODE", callback=_checked(known_currency), help="If the file names none.")
@click.option("--refill-at", metavar="BALANCE", callback=_checked(_number), help="At this balance, ask for a refill.")
@click.option("--refill-hours", metavar="HOURS", callback=_checked(_number), help="So many hours a refill.")
@click.option("--refill-rate", metavar="AMOUNT", callback=_checked(_number), help="Per hour of a refill, or --rate.")
@click.option("--allowed", metavar="BALANCE", callback=_checked(_number), help="At this balance work stops.")
@click.option("--month", metavar="YYYY-MM", callback=_checked(_month), help="Also make the time invoice of a month.")
@click.option("--enforce", is_flag=True, help="Refuse work that comes while work is stopped.")
@click.option("--locale", default="en_US", show_default=True, callback=_checked(_locale), help="How money is written.")
@click.option("--store", metavar="URL", help="Keep the books in a database, such as sqlite:///books.db.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the invoices and statements there, as HTML and PDF.",
)
@click.option("--firm", metavar="NAME", callback=_checked(_firm), help="What the firm is called on them.")
@click.option("--json", "wants_json", is_flag=True, help="Print the same as data.")
def bill_command(
    file: Path,
    format: str | None,
    timezone: str | None,
    locale: str,
    month: Period | None,
    enforce: bool,
    store: str | None,
    out: Path | None,
    firm: str | None,
    wants_json: bool,
    **amounts: str | None,
) -> None:
    """Bill the work in FILE, a detailed CSV report of Toggl or Harvest, and show who owes what and why.

    The work is recorded in the order in which it was done, and refills are asked for as it goes. Without --store
    nothing is kept. With it the books are begun, or go on from where they stand; entries that they have already are
    not recorded again. With --out, what clients receive is written in the locale, or as the books have it.
    """
    if out is not None:
        _known_pages()  # before anything is billed
    try:
        with kept_at(store) as storage:
            zone = timezone or zone_of(storage) or "UTC"
            plan = Plan(timezone=zone, firm=firm, locale=locale, month=month, enforce=enforce, **amounts)
            timesheet = exchange.read(file, format=format, timezone=zone)
            with Waiting(len(timesheet.entries), "Recording") as waiting:
                report = bill(timesheet, plan, storage=storage, papers=out is not None, step=waiting.step)
    except OptionRefused as refused:
        raise click.UsageError(str(refused)) from refused
    except StorageError as failed:
        raise click.ClickException(f"The books cannot be used. {failed}") from failed
    except InvoicecoreError as refused:
        kept = isinstance(refused, EntryRefused) and store is not None
        rest = " What was recorded before it is kept, and passed over next time." if kept else ""
        raise click.ClickException(f"{file} is refused. {refused}{rest}") from refused
    if wants_json:
        click.echo(json.dumps(as_data(report), indent=2))
    else:
        has_times = any(entry.day is None for entry in timesheet.entries)
        print_report(report, Console(highlight=False), Words(locale, decimal_hours=not has_times))
    if out is not None:
        _write(report, out)


def _known_pages() -> ModuleType:
    """What writes pages; a refusal that says how to get it where its extra is not installed."""
    try:
        from invoicecore.cli import pages
    except ModuleNotFoundError as missing:
        library = (missing.name or "").partition(".")[0]
        if library not in {"jinja2", "markupsafe"}:
            raise
        how = "pip install 'invoicecore[print]', or 'invoicecore[pdf]' for PDF"
        raise click.UsageError(f"--out: pages need {library}; install it with: {how}.") from missing
    return pages


def _write(report: Report, folder: Path) -> None:
    """Write the pages, and say on standard error how it went; the report alone stands on the other."""
    pages = _known_pages()
    total = sum(len(client.papers.invoices) + 1 for client in report.clients if client.papers is not None)
    try:
        with Waiting(total, "Printing") as waiting:
            written = pages.write(report, folder, step=waiting.step)
    except OSError as failed:
        raise click.ClickException(f"The pages cannot be written. {failed}") from failed
    what = "1 document is" if written.documents == 1 else f"{written.documents} documents are"
    click.echo(f"{what} in {folder}, as {'HTML and PDF' if written.with_pdf else 'HTML'}.", err=True)
    for remark in written.remarks:
        click.echo(remark, err=True)


@program.group("db", short_help="Look after the database that keeps books.")
def database_commands() -> None:
    """Look after the tables in the database at a URL, such as sqlite:///books.db."""


@database_commands.command("upgrade", short_help="Make the tables, or bring them up to date.")
@click.argument("url")
def upgrade_command(url: str) -> None:
    """Make the tables in the database at URL, or bring them up to this version of invoicecore."""
    with _refusing(), closing(database(url)) as storage:
        storage.upgrade()
        click.echo(f"The tables are those of this version. {_firms(len(storage.firms()))}")


@database_commands.command("status", short_help="Are the tables up to date?")
@click.argument("url")
def status_command(url: str) -> None:
    """Say whether the tables in the database at URL are those of this version of invoicecore; nothing is changed."""
    with _refusing(), closing(database(url)) as storage:
        click.echo(f"The tables are those of this version. {_firms(len(storage.firms()))}")


@contextmanager
def _refusing() -> Iterator[None]:
    """Errors as the command line tells them."""
    try:
        yield
    except Malformed as refused:
        raise click.BadParameter(str(refused), param_hint="URL") from refused
    except InvoicecoreError as failed:
        raise click.ClickException(str(failed)) from failed


def _firms(count: int) -> str:
    return f"{count} {'firm is' if count == 1 else 'firms are'} kept here."


@program.command("demo", short_help="A short story with figures.")
def demo_command() -> None:
    """Tell a short story on built-in data: refill, stop, part payment, revert, void and utilization."""
    print_story(story.tell(), Console(highlight=False), Words())
