"""Which options are the same for several commands, and how is what they say read?

What cannot be meant is refused as the command line refuses it, before anything is done.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from invoicecore import Money, Period, exchange, inputs
from invoicecore.calendar import known_zone
from invoicecore.errors import Malformed
from invoicecore.money import known_currency

Decorator = Callable[[Callable[..., None]], Callable[..., None]]
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


def _option(name: str, read: Callable[[str], object], **settings: Any) -> Decorator:
    """An option whose text is read by a function, which raises Malformed for what cannot be meant."""

    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> object:
        try:
            return None if value is None else read(value)
        except Malformed as refused:
            raise click.BadParameter(str(refused)) from refused

    return click.option(name, callback=callback, **settings)


file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
format = click.option("--format", type=click.Choice(list(exchange.FORMATS)), help="Told from the file if not given.")
rate = _option("--rate", _number, metavar="AMOUNT", help="Per hour; a rate in the file goes first.")
currency = _option("--currency", known_currency, metavar="CODE", help="If the file names none.")
month = _option("--month", _month, metavar="YYYY-MM", help="Also make the time invoice of a month.")
locale = _option("--locale", _locale, default="en_US", show_default=True, help="How money is written.")
as_json = click.option("--json", "wants_json", is_flag=True, help="Print the same as data.")


def timezone(help: str) -> Decorator:
    """The zone of local times."""
    return _option("--timezone", _zone, metavar="ZONE", help=help)


def store(help: str, *, required: bool = False) -> Decorator:
    """The books, in a database."""
    return click.option("--store", metavar="URL", required=required, help=help)


def firm(help: str) -> Decorator:
    """What the firm is called."""
    return _option("--firm", _firm, metavar="NAME", help=help)


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
