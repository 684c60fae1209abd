"""The command `bill`, which bills the export of a time tracker, or what the books have of a month."""

from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.console import Console

from invoicecore import Desk, Invoice, Period
from invoicecore.cli import file_options, import_options, names, options
from invoicecore.cli.bill import NO_CLIENT, NO_PROJECT, bill, bill_unbilled, why_nothing, without_price
from invoicecore.cli.import_questions import remember, settled
from invoicecore.cli.import_request import ImportRequest
from invoicecore.cli.open_books import books_at, only_firm, opened, store_option, zone_of
from invoicecore.cli.printed import what_is_missing
from invoicecore.cli.printing import print_month, print_report
from invoicecore.cli.program import Answer, AnsweringCommand, ExitCode, os_reason
from invoicecore.cli.progress import ProgressBar
from invoicecore.cli.report import REPORT, BilledMonth, Report, as_data
from invoicecore.cli.tables import Words, say
from invoicecore.cli.terms import OptionRefused
from invoicecore.importer import MissingOption
from invoicecore.ports.store import Storage
from invoicecore.values.tax import Tax


@click.command("bill", cls=AnsweringCommand, gives=(REPORT, tuple[Invoice, ...]))
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@file_options.format
@options.timezone(
    "The zone of the file's times and of the firm's days, such as America/New_York.  "
    "[default: that of the books, or UTC]"
)
@file_options.file_options
@import_options.rates
@options.currency
@options.terms
@import_options.similar
@options.month
@options.day("--date", "The date of the invoices, without FILE; today if not given.", alias="issued_on")
@click.option("--out-of-order", is_flag=True, help="That date may be before the one of the latest invoice.")
@click.option("--enforce", is_flag=True, help="Refuse work that comes while work is stopped.")
@options.tax("Tax all work at so many per cent, such as 19, or DE19=19 with a code of your own.")
@options.locale
@store_option("Where the books are kept, or begun")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the invoices and statements there, as HTML and PDF.",
)
@options.firm("What the firm is called on them.")
def bill_command(
    file: Path | None,
    timezone: str | None,
    month: Period | None,
    issued_on: date | None,
    out_of_order: bool,
    enforce: bool,
    tax: Tax | str | None,
    store: str | None,
    out: Path | None,
    **given: Any,
) -> Answer:
    """Bill the work in FILE, the export of a time tracker, and show who owes what and why. Without FILE, bill what is
    in the books of a --month and on no invoice yet: of all clients, or of --client.

    The work in FILE is recorded in the order in which it was done, and refills are asked for as it goes. Without
    --store nothing is kept. With it the books are begun, or go on from where they stand; entries that they have already
    are not recorded again. A file with any refused row changes nothing. With --out, what clients receive is written in
    the locale, or as the books have it.
    """
    if out is not None:
        _known_pages()  # before anything is billed
    if file is None:
        if month is None:
            raise OptionRefused("--month", "say which month to bill, or give a file.")
        with opened(store) as billing:
            options.set_tax(billing.as_owner(), tax)
            return _billed(billing.as_owner(), month, given["client"], issued_on, out, out_of_order=out_of_order)
    if issued_on is not None:
        raise OptionRefused("--date", "the invoices of a file have the dates of its work; leave it out.")
    with file_options.refusing(file), books_at(store) as storage:
        zone = timezone or zone_of(storage) or "UTC"
        request = file_options.request(file, {**given, "timezone": zone})
        how: dict[str, Any] = {"month": month, "enforce": enforce, "storage": storage, "documents": out is not None}
        how["tax"] = tax
        try:
            report = bill(request, **how)
        except MissingOption:  # before anything was written
            request, firm = _settled(request, storage)
            report = bill(request, **how)
            if firm is not None:
                remember(firm, request.options, report.plan.file.format)
    words = Words(request.locale, decimal_hours=report.in_hundredths)
    remarks, code = ((), ExitCode.DONE) if out is None else _write(report, out)
    return Answer(
        value=as_data(report),
        show=lambda console: print_report(report, console, words),
        remarks=remarks,
        exit_code=code,
    )


def _settled(request: ImportRequest, storage: Storage | None) -> tuple[ImportRequest, Desk | None]:
    """The request with an answer to all that its file leaves open, and the desk of the books, if there are any."""
    stored = only_firm(storage, named=request.firm)
    books = None if stored is None else stored.as_owner()
    how = {"unnamed_client": NO_CLIENT, "unnamed_project": NO_PROJECT, "replay": True}
    firm = None if books is None else books.firm.settings()
    settled_request, _, _ = settled(request, lambda it: it.look(books, **how), firm)
    return settled_request, books


def _billed(
    desk: Desk, month: Period, client: str | None, issued_on: date | None, out: Path | None, *, out_of_order: bool
) -> Answer:
    """Bill what is unbilled in a month."""
    whose = None if client is None else names.client_called(desk, client).id
    billed, refused = bill_unbilled(desk, month, client_id=whose, issued_on=issued_on, out_of_order=out_of_order)
    words = Words(desk.firm.settings().locale)
    remarks: tuple[str, ...] = () if billed or refused else (why_nothing(desk, month, whose),)
    code = ExitCode.DONE
    if out is not None and billed:
        pages, bills = _known_pages(), [month.invoice for month in billed]
        written = pages.write_papers([(it.label, desk.invoices.printable(it.id)) for it in bills], out)
        remarks, code = _said(written, out)
    remarks = (*remarks, *what_is_missing(it.invoice for it in billed), *without_price(desk, month, whose), *refused)
    code = ExitCode.REFUSED if refused else code

    def show(console: Console) -> None:
        for month in billed:
            print_month(month, console, words)
            _print_asked(month, console, words)

    return Answer(value=tuple(it.invoice for it in billed), show=show, remarks=remarks, exit_code=code)


def _print_asked(month: BilledMonth, console: Console, words: Words) -> None:
    invoice = month.invoice
    if invoice.covered.minor:
        say(console, f"Prepaid or asked for already: {words.money(invoice.covered)}.")
    if invoice.amount_due.minor:
        say(console, f"To be paid by {invoice.due_on}: {words.money(invoice.amount_due)}.")


def _known_pages() -> ModuleType:
    """What writes pages; a refusal that says how to get it where its extra is not installed."""
    from invoicecore.cli import pages

    return pages


def _write(report: Report, folder: Path) -> tuple[tuple[str, ...], ExitCode]:
    """Write the pages; what is said of it on standard error, and the exit code."""
    pages = _known_pages()
    total = sum(len(client.documents.invoices) + 1 for client in report.clients if client.documents is not None)
    try:
        with ProgressBar(total, "Printing") as bar:
            return _said(pages.write(report, folder, step=bar.advance), folder)
    except OSError as failed:
        return (f"The pages cannot be written. {os_reason(failed)}",), ExitCode.UNAVAILABLE


def _said(written: Any, folder: Path) -> tuple[tuple[str, ...], ExitCode]:
    what = "1 document is" if written.documents == 1 else f"{written.documents} documents are"
    done = f"{what} in {folder}, as {'HTML and PDF' if written.with_pdf else 'HTML'}."
    if not written.failed:
        return (done, *written.remarks), ExitCode.DONE
    what = "1 document" if len(written.failed) == 1 else f"{len(written.failed)} documents"
    return (done, *written.remarks, f"{what} could not be printed.", *written.failed), ExitCode.REFUSED
