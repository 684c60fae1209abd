"""What a file of a time tracker may leave open, as options, and how its errors are shown."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click
from attrs import fields

from invoicecore import importer
from invoicecore.cli.import_questions import refusal
from invoicecore.cli.import_request import ImportRequest
from invoicecore.cli.options import Decorator
from invoicecore.cli.program import refused_by
from invoicecore.cli.terms import TermsOptions
from invoicecore.errors import InvoicecoreError

format: Final = click.option(
    "--format",
    type=click.Choice(list(importer.FORMATS)),
    help="Which tracker it is from; recognized by itself if not given.",
)


def _pair(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Options such as --column start=Begin, each with what stands before the first = and after it."""
    pairs = dict(value.partition("=")[::2] for value in values)
    for key, value in pairs.items():
        if not key or not value:
            raise click.BadParameter(f"give it as KEY=TEXT, not as {key}.")
    return pairs


_FILE_OPTIONS: Mapping[str, Decorator] = {
    "date_order": click.option(
        "--date-order",
        type=click.Choice([order.value for order in importer.DateOrder]),
        help="How 03/04/2024 is meant, if the file does not tell.",
    ),
    "decimal_mark": click.option(
        "--decimal-mark", type=click.Choice([".", ","]), help="What stands before decimals, if the file does not tell."
    ),
    "duration_rule": click.option(
        "--durations",
        "duration_rule",
        type=click.Choice([rule.value for rule in importer.DurationRule]),
        help="Which duration counts where hours and clock disagree.",
    ),
    "sheet": click.option("--sheet", metavar="NAME", help="Which sheet of a workbook; the first if not given."),
    "person": click.option("--person", metavar="NAME", help="Who worked, where the file names nobody."),
    "client": click.option("--client", metavar="NAME", help="For whom, where a row names no client."),
    "project": click.option("--project", metavar="NAME", help="On what, where a row names no project."),
    "columns": click.option(
        "--column",
        "columns",
        metavar="FIELD=HEADER",
        multiple=True,
        callback=_pair,
        help="What a column of any other table holds, such as start=Begin; several times.",
    ),
    "names": click.option(
        "--name",
        "names",
        metavar="ID=NAME",
        multiple=True,
        callback=_pair,
        help="What is called by an id in the file; several times.",
    ),
    "all_billable": click.option("--all-billable", is_flag=True, help="All work is billable, whatever the file says."),
    "billable": click.option(
        "--billable",
        metavar="NAME",
        multiple=True,
        help="So is the work for a CLIENT, or on a CLIENT/PROJECT; several times.",
    ),
    "billable_column": click.option(
        "--billable-column", metavar="HEADER", help="Which column says what is billable; a blank cell is no."
    ),
}


def file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a file may leave open, beside the zone of its times."""
    for option in reversed(tuple(_FILE_OPTIONS.values())):
        command = option(command)
    return command


def request(file: Path, given: Mapping[str, Any]) -> ImportRequest:
    """The request that the options of a command make."""
    open_in_file = {name: given[name] for name in ("timezone", *_FILE_OPTIONS)}
    for name, kind in (("date_order", importer.DateOrder), ("duration_rule", importer.DurationRule)):
        open_in_file[name] = None if given[name] is None else kind(given[name])
    return ImportRequest(
        file=file,
        options=importer.ImportOptions(**open_in_file),
        terms=TermsOptions(**{field.name: given[field.name] for field in fields(TermsOptions)}),
        **{name: given[name] for name in ("format", "currency", "firm", "locale", "rates", "similar")},
    )


@contextmanager
def refusing(file: Path) -> Iterator[None]:
    """Show errors as the command line does; those of a file name it."""
    try:
        yield
    except importer.MissingOption as question:
        raise refusal(file, [question]) from question
    except InvoicecoreError as failed:
        refused = refused_by(failed, file)
        assert refused is not None  # as every error of the library
        raise refused from failed
