"""The options that several commands have.

Values that cannot be valid are refused before anything is done.
"""

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from attrs import fields

from invoicecore import Money, Period, importer
from invoicecore.cli.import_request import ImportRequest
from invoicecore.cli.terms import OptionRefused, TermsOptions
from invoicecore.errors import InvalidInput, InvoicecoreError, StorageError
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.money import known_currency

Decorator = Callable[[Callable[..., None]], Callable[..., None]]
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def _number(value: str) -> str:
    inputs.decimal_parts("The value", value)
    return value


def _locale(value: str) -> str:
    Money.zero("USD").format(value)
    return value


def _month(value: str) -> Period:
    match = _MONTH.fullmatch(value)
    if match is None:
        raise InvalidInput(f"{value!r:.60} is not a month such as 2016-01.")
    return Period.month(int(match[1]), int(match[2]))


def _option(name: str, read: Callable[[str], object], **settings: Any) -> Decorator:
    """An option whose text is read by a function, which raises InvalidInput for an impossible one."""
    return click.option(name, callback=_reading(read), **settings)


def _reading(read: Callable[[str], object]) -> Callable[[click.Context, click.Parameter, str | None], object]:
    """What reads a text, if there is one, and shows as the command line does that it is impossible."""

    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> object:
        try:
            return None if value is None else read(value)
        except InvalidInput as refused:
            raise click.BadParameter(str(refused)) from refused

    return callback


file: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
format: Final = click.option(
    "--format", type=click.Choice(list(importer.FORMATS)), help="Told from the file if not given."
)
rate: Final = _option("--rate", _number, metavar="AMOUNT", help="Per hour; a rate in the file goes first.")
currency: Final = _option("--currency", known_currency, metavar="CODE", help="If the file names none.")
month: Final = _option("--month", _month, metavar="YYYY-MM", help="Also make the time invoice of a month.")
this_month: Final = click.argument("month", metavar="YYYY-MM", callback=_reading(_month))
locale: Final = _option("--locale", _locale, default="en_US", show_default=True, help="How money is written.")
as_json: Final = click.option("--json", "wants_json", is_flag=True, help="Print the same as data.")


def timezone(help: str) -> Decorator:
    """The zone of local times."""
    return _option("--timezone", lambda value: known_zone(value).key, metavar="ZONE", help=help)


def store(help: str, *, required: bool = False) -> Decorator:
    """The books, in a database."""
    return click.option("--store", metavar="URL", required=required, help=help)


def firm(help: str) -> Decorator:
    """What the firm is called."""
    return _option("--firm", partial(inputs.name, "The firm's name"), metavar="NAME", help=help)


def terms(command: Callable[..., None]) -> Callable[..., None]:
    """The balance terms of clients that are new."""
    for option in (
        _option("--allowed", _number, metavar="BALANCE", help="At this balance work stops."),
        _option("--refill-rate", _number, metavar="AMOUNT", help="Per hour of a refill, or --rate."),
        _option("--refill-hours", _number, metavar="HOURS", help="So many hours a refill."),
        _option("--refill-at", _number, metavar="BALANCE", help="At this balance, ask for a refill."),
    ):
        command = option(command)
    return command


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
}


def file_options(command: Callable[..., None]) -> Callable[..., None]:
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
        **{name: given[name] for name in ("format", "currency", "firm", "locale")},
    )


_OPTIONS = {"columns": "--column", "names": "--name"}


def _to_try(suggestion: Mapping[str, str]) -> str:
    """The options that would probably read a file."""
    if not suggestion:
        return ""
    columns = [f"--column {shlex.quote(f'{field}={column}')}" for field, column in suggestion.items()]
    return "\n\nTry: " + " ".join([*columns, *([] if "person" in suggestion else ["--person NAME"])])


@contextmanager
def refusing(file: Path | None) -> Iterator[None]:
    """Show errors as the command line does; those of a file name it."""
    try:
        yield
    except OptionRefused as refused:
        raise click.UsageError(str(refused)) from refused
    except importer.MissingOption as question:
        option = _OPTIONS.get(question.option, f"--{question.option.replace('_', '-')}")
        said = f"{file} leaves something open; answer with {option}. {question}{_to_try(question.suggestion)}"
        raise click.UsageError(said) from question
    except StorageError as failed:
        raise click.ClickException(f"The books cannot be used. {failed}") from failed
    except InvoicecoreError as refused:
        where = "" if file is None else f"{file} is refused. "
        raise click.ClickException(f"{where}{refused}") from refused
    except OSError as failed:
        raise click.ClickException(f"It cannot be written. {os_reason(failed)}") from failed


def os_reason(failed: OSError) -> str:
    """What the system says of a file that cannot be written."""
    return ": ".join(str(it) for it in (failed.filename, failed.strerror) if it is not None) or "The system refused."
