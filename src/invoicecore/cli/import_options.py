"""The options of an import that say what the work costs, and what becomes of rows that may be in the books already."""

import csv
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput
from invoicecore.importer import Plan, SimilarRule
from invoicecore.values.money import Rate

_COLUMNS = ("client", "project", "rate")


def rates(command: Callable[..., Any]) -> Callable[..., Any]:
    """The rate of new projects: one for all, and those of clients and projects. What the command gets are `rate`, None
    if there is none for all, and `rates` by name."""

    @wraps(command)
    def run(rate: tuple[str, ...], rate_file: Path | None, **given: Any) -> Any:
        named = {} if rate_file is None else _in_file(rate_file)
        for_all = [each for each in rate if "=" not in each]
        if len(for_all) > 1:
            raise OptionRefused("--rate", f"give one rate for all, not {' and '.join(for_all)}; or CLIENT=AMOUNT.")
        for each in rate:
            name, _, amount = each.rpartition("=")
            if name:
                named[name.strip()] = amount
        for amount in (*for_all, *named.values()):
            _checked("--rate", amount)
        return command(rate=for_all[0] if for_all else None, rates=named, **given)

    whole: Callable[..., Any] = run
    for each in (
        click.option(
            "--rate-file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A CSV file of rates, with the columns client, project and rate.",
        ),
        click.option(
            "--rate",
            metavar="[NAME=]AMOUNT",
            multiple=True,
            help="Per hour, or with CLIENT=AMOUNT or CLIENT/PROJECT=AMOUNT for one of them; several times. A rate in "
            "the file goes first.",
        ),
    ):
        whole = each(whole)
    return whole


def _checked(option: str, amount: str) -> None:
    try:
        Rate.hourly(amount, "USD")
    except InvalidInput as refused:
        raise OptionRefused(option, str(refused)) from refused


def _in_file(path: Path) -> dict[str, str]:
    """The rates in a file, by CLIENT or CLIENT/PROJECT."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return dict(_rows(csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error) as failed:
        raise OptionRefused("--rate-file", f"{path} is no CSV file that can be read.") from failed


def _rows(table: "csv.DictReader[str]") -> Iterator[tuple[str, str]]:
    if not {"client", "rate"} <= set(table.fieldnames or ()):
        raise OptionRefused("--rate-file", f"its columns must be {', '.join(_COLUMNS)}; project may be left out.")
    for row in table:
        client, project, amount = ((row.get(column) or "").strip() for column in _COLUMNS)
        if not client or not amount:
            raise OptionRefused("--rate-file", f"row {table.line_num} has no {'rate' if client else 'client'}.")
        _checked(f"--rate-file, row {table.line_num}", amount)
        yield (f"{client}/{project}" if project else client), amount


def similar(command: Callable[..., Any]) -> Callable[..., Any]:
    """What becomes of rows that are probably the same as work in the books; the command gets it as `similar`."""

    @wraps(command)
    def run(**given: Any) -> Any:
        chosen = [rule for rule in SimilarRule if given.pop(rule.value)]
        if len(chosen) > 1:
            raise OptionRefused(" and ".join(f"--{rule.value}" for rule in chosen), "give one of them.")
        return command(similar=chosen[0] if chosen else None, **given)

    whole: Callable[..., Any] = run
    for rule, text in reversed(tuple(_SIMILAR.items())):
        whole = click.option(f"--{rule.value}", is_flag=True, help=text)(whole)
    return whole


_SIMILAR: Mapping[SimilarRule, str] = {
    SimilarRule.REPLACE: "Rows that are probably the same as work in the books correct it.",
    SimilarRule.BOTH: "Such rows are other work, and recorded as well.",
    SimilarRule.SKIP: "Such rows are not recorded, and the books stay as they are.",
}


def asked_similar(plan: Plan) -> SimilarRule:
    """What somebody at the terminal says of such rows."""
    click.echo(f"{plan.refusal}", err=True)
    rules = click.Choice([rule.value for rule in SimilarRule])
    return SimilarRule(click.prompt("--replace, --both or --skip", type=rules, show_choices=False, err=True))
