"""The command `bill`, which bills the export of a time tracker."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.console import Console

from invoicecore import Period
from invoicecore.cli import options
from invoicecore.cli.bill import bill
from invoicecore.cli.open_books import books_at, zone_of
from invoicecore.cli.printing import print_report
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.report import Report, as_data
from invoicecore.cli.tables import Words


@click.command("bill", short_help="Bill the export of a time tracker.")
@options.file
@options.format
@options.timezone(
    "The zone of the file's times and of the firm's days, such as America/New_York.  "
    "[default: that of the books, or UTC]"
)
@options.file_options
@options.rate
@options.currency
@options.terms
@options.month
@click.option("--enforce", is_flag=True, help="Refuse work that comes while work is stopped.")
@options.locale
@options.store("Keep the books in a database, such as sqlite:///books.db.")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the invoices and statements there, as HTML and PDF.",
)
@options.firm("What the firm is called on them.")
@options.as_json
def bill_command(
    file: Path,
    timezone: str | None,
    month: Period | None,
    enforce: bool,
    store: str | None,
    out: Path | None,
    wants_json: bool,
    **given: Any,
) -> None:
    """Bill the work in FILE, the export of a time tracker, and show who owes what and why.

    The work is recorded in the order in which it was done, and refills are asked for as it goes. Without --store
    nothing is kept. With it the books are begun, or go on from where they stand; entries that they have already are
    not recorded again. A file with any refused row changes nothing. With --out, what clients receive is written in the
    locale, or as the books have it.
    """
    if out is not None:
        _known_pages()  # before anything is billed
    with options.refusing(file), books_at(store) as storage:
        zone = timezone or zone_of(storage) or "UTC"
        request = options.request(file, {**given, "timezone": zone})
        report = bill(request, month=month, enforce=enforce, storage=storage, documents=out is not None)
    if wants_json:
        click.echo(json.dumps(as_data(report), indent=2))
    else:
        print_report(report, Console(highlight=False), Words(request.locale, decimal_hours=report.in_hundredths))
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
    total = sum(len(client.documents.invoices) + 1 for client in report.clients if client.documents is not None)
    try:
        with ProgressBar(total, "Printing") as bar:
            written = pages.write(report, folder, step=bar.advance)
    except OSError as failed:
        raise click.ClickException(f"The pages cannot be written. {options.os_reason(failed)}") from failed
    what = "1 document is" if written.documents == 1 else f"{written.documents} documents are"
    click.echo(f"{what} in {folder}, as {'HTML and PDF' if written.with_pdf else 'HTML'}.", err=True)
    for remark in written.remarks:
        click.echo(remark, err=True)
    if written.failed:
        what = "1 document" if len(written.failed) == 1 else f"{len(written.failed)} documents"
        raise click.ClickException("\n".join([f"{what} could not be printed.", *written.failed]))
