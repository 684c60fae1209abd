"""The rows of a CSV of expenses."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from invoicecore import ChargeView, Desk, Money, NewExpense
from invoicecore.cli import names, options
from invoicecore.cli.program import CommandRefused, ExitCode
from invoicecore.errors import BatchRefused, InvalidInput

_COLUMNS: Final = ("client", "day", "price", "cost", "note", "project", "source", "tax")
_LARGEST: Final = 10 * 1_048_576
_MOST_ROWS: Final = 10_000


def import_expenses(file: Path, desk: Desk) -> tuple[ChargeView, ...]:
    """Record the expenses of a file. CommandRefused, naming the row, for what cannot be read or is refused."""
    if file.stat().st_size > _LARGEST:
        raise CommandRefused("The file is larger than 10 MiB; give it in parts.", ExitCode.REFUSED)
    try:
        text = file.read_bytes().decode("utf-8-sig")
        rows = list(_rows(text))
    except (UnicodeDecodeError, csv.Error) as broken:
        raise CommandRefused(f"The file is no CSV in UTF-8: {broken}.", ExitCode.REFUSED) from broken
    expenses = [_expense(number, row, desk) for number, row in rows]
    try:
        return desk.charges.import_many(expenses)
    except BatchRefused as refused:
        number, _ = rows[refused.row]
        raise CommandRefused(f"Row {number}: {refused.reason}", ExitCode.REFUSED, refused) from refused


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its number in the file, without rows in which nothing stands. Commas, semicolons or tabs part
    cells."""
    first = text.partition("\n")[0]
    delimiter = next((it for it in ("\t", ";") if it in first), ",")
    lines = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    header = [it.strip().casefold() for it in next(lines, [])]
    unknown = sorted(set(header) - set(_COLUMNS))
    if unknown or not {"client", "day"} <= set(header) or len(header) != len(set(header)):
        message = f"The first line must name columns of {', '.join(_COLUMNS)}, client and day among them."
        raise CommandRefused(message, ExitCode.REFUSED)
    for number, cells in enumerate(lines, start=2):
        if number > _MOST_ROWS + 1:
            raise CommandRefused(f"The file has more than {_MOST_ROWS:,} rows; give it in parts.", ExitCode.REFUSED)
        if any(cell.strip() for cell in cells):
            if len(cells) > len(header):
                raise CommandRefused(f"Row {number} has more cells than the first line.", ExitCode.REFUSED)
            yield number, {name: cell.strip() for name, cell in zip(header, cells, strict=False)}


def _expense(number: int, row: dict[str, str], desk: Desk) -> NewExpense:
    try:
        client = names.client_called(desk, row.get("client", ""))
        price, project = row.get("price"), row.get("project")
        return NewExpense(
            client_id=client.id,
            day=options.read_day(row.get("day", "")),
            price=_price(price, client.currency, desk.firm.settings().locale) if price else None,
            cost=row.get("cost", ""),
            note=row.get("note", ""),
            project_id=names.project_called(desk, f"{client.name}/{project}").id if project else None,
            source=row.get("source") or None,
            tax=row.get("tax") or None,
        )
    except (InvalidInput, CommandRefused) as refused:
        raise CommandRefused(f"Row {number}: {refused}", ExitCode.REFUSED) from refused


def _price(text: str, currency: str, locale: str) -> Money:
    """An amount such as 80.50, or as people of the locale write it."""
    try:
        return Money.of(text, currency)
    except InvalidInput:
        return Money.parse(text, currency, locale)
