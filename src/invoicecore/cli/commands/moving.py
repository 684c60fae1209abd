"""The command `import`, which imports the export of a time tracker into stored books."""

from pathlib import Path
from typing import Any

import click
from attrs import asdict, evolve
from rich.console import Console

from invoicecore import importer
from invoicecore.cli import file_options, import_options, options
from invoicecore.cli.asking import is_asked
from invoicecore.cli.import_questions import remember, settled
from invoicecore.cli.import_remarks import remarks
from invoicecore.cli.import_request import ImportRequest, apply_plan, begin_books
from invoicecore.cli.json_shapes import COUNT, object_of
from invoicecore.cli.open_books import books_at, only_firm, stated, store
from invoicecore.cli.print_plan import print_applied, print_plan
from invoicecore.cli.program import Answer, AnsweringCommand, ExitCode
from invoicecore.cli.tables import Words, remark

_APPLIED = object_of(added=COUNT, changed=COUNT, known=COUNT, left=COUNT, batches=COUNT)
_GIVES = object_of(plan={"type": "object"}, applied={"anyOf": [{"type": "null"}, _APPLIED]})


@click.command(
    "import",
    cls=AnsweringCommand,
    gives=_GIVES,
)
@options.file
@file_options.format
@options.timezone("The zone of the file's times, such as America/New_York.  [default: that of the books]")
@file_options.file_options
@import_options.rates
@options.currency
@options.terms
@click.option("--over-limit", is_flag=True, help="Record work also where it is stopped: it was done already.")
@click.option("--skip-invoiced", is_flag=True, help="Leave out what the tracker has invoiced.")
@import_options.similar
@click.option("--keep", is_flag=True, help="Leave sessions as they are that were changed in the tracker since.")
@click.option("--dry-run", is_flag=True, help="Only show what would be done; nothing is written.")
@store
@options.firm("What the firm is called, if its books are begun.")
@options.locale
def import_command(
    file: Path,
    over_limit: bool,
    skip_invoiced: bool,
    keep: bool,
    dry_run: bool,
    store: str | None,
    **given: Any,
) -> Answer:
    """Take the work in FILE, the export of a time tracker, into the books, or begin them with it.

    What is there already is not recorded again. What was changed in the tracker since is changed here too, unless an
    invoice holds it. People, clients and projects that are new are made; --allowed and --refill-… are the terms of new
    clients. A file with any refused row changes nothing.

    A row of the same person and start as work that is there already, or of the same project and a part of its time, is
    probably the same, corrected: it is asked about, or settled by --replace, --both or --skip. Invoiced work is never
    replaced.
    """
    how = {
        "over_limit": over_limit,
        "update": not keep,
        "skip_invoiced": skip_invoiced,
    }
    with file_options.refusing(file):
        request = file_options.request(file, given)
        reason = request.over_limit_reason if over_limit else ""
        plan, applied = _imported(request, stated(store), dry_run=dry_run, reason=reason, **how)
    console_words = Words(request.locale)

    def show(console: Console) -> None:
        print_plan(plan, console, console_words)
        for said in remarks(plan, request.terms, console_words):
            remark(console, said, style="yellow")
        print_applied(plan, applied, console)

    return Answer(
        value={"plan": importer.dump_plan(plan), "applied": None if applied is None else asdict(applied)},
        show=show,
        exit_code=_code(plan),
    )


def _code(plan: importer.Plan) -> ExitCode:
    if plan.is_sound:
        return ExitCode.DONE
    return ExitCode.REFUSED if plan.refused else ExitCode.WRONG_COMMAND


def _imported(
    request: ImportRequest, store: str, *, dry_run: bool, **how: Any
) -> tuple[importer.Plan, importer.ImportResult | None]:
    """The plan, and what was done; nothing is where nothing is to be done, or a row is refused."""
    with books_at(store, looks_only=dry_run) as storage:
        stored = only_firm(storage, named=request.firm)
        books = None if stored is None else stored.as_owner()
        firm = None if books is None else books.firm.settings()
        request, desk, plan = settled(request, lambda it: it.look(books, **how), firm)
        if plan.is_undecided and not plan.refused and not dry_run and is_asked():
            request = evolve(request, similar=import_options.asked_similar(plan))
            desk, plan = request.look(books, **how)
        if dry_run or not plan.is_sound:
            return plan, None
        if stored is None:
            assert storage is not None  # it is None only for those who look
            desk, plan = begin_books(storage, desk, plan)
        applied = apply_plan(desk, plan)
        remember(desk, request.options, plan.file.format)
        return plan, applied
