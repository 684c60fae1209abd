"""Opens every table in LibreOffice, and compares the type of each cell with the value that was written.

    $ python -m tests.exporter.spreadsheet

Needs `soffice`, such as of `apt-get install libreoffice-calc`. The books have texts that are made to become formulas.
As a negative control, the same tables are written without protection: then some cells must be formulas.
"""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from xml.etree import ElementTree

from invoicecore import Billing, Deposit, Desk, Firm, Money, Period, Rate, SettableClock, Terms, exporter, utc
from invoicecore.exporter import ExportTable
from invoicecore.exporter.tables import cells, writing
from invoicecore.exporter.tables.cells import Value
from tests.documents.hostile import Hostile
from tests.world import usd

_OFFICE, _TABLE = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
)
# Commas, quotes, UTF-8, from line 1, English (USA), quotes are no mark of text, special numbers, formulas: see "Filter
# Options for the CSV Filter" in its help.
_FILTER = "CSV:44,34,76,1,,1033,false,true,false,false,false,0,true"
_SIGNS = (
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(1)",
    '=HYPERLINK("http://x.example")',
    '"=1+1',
    " =1+1",
    "a;=1+1",
    "\t=1+1",
    "＝1+1",
)


def books() -> Desk:
    """Work, paid and open, void and unbilled invoices, with harmful texts in every field that takes one."""
    clock, write = SettableClock(utc(2026, 3, 2, 15)), Hostile(7)
    maria = Billing.in_memory(Firm(name="=Northwind", currency="USD", timezone="UTC"), clock=clock).as_owner()
    for number, text in enumerate((*_SIGNS, *(write.text() for _ in range(40)))):
        clock.set(utc(2026, 3, 2 + number % 25, 15))
        name = " ".join(text.split()) if number < len(_SIGNS) else write.name()
        client = maria.clients.add(name=f"{name} {number}", terms=Terms.unlimited())
        site = maria.projects.add(client_id=client.id, name=f"{name} {number}", rate=Rate.hourly("92.505", "USD"))
        for hours in ("1.25", "0.01", "7"):
            maria.work.log(site.id, start=clock.now(), hours=hours, note=text)
        if number % 2:
            maria.invoices.generate(maria.invoices.draft(client.id, Period.month(2026, 3), notes=text).id)
        asked = maria.invoices.manual(client.id, usd(100), deposit=Deposit.TO_BALANCE, description=text)
        maria.payments.record(asked.id, usd(40), method=text, reference=text)
        twice = maria.invoices.manual(client.id, usd(3), deposit=Deposit.NOT_DEPOSITED)
        maria.invoices.void(twice.id, note=text)
        maria.accounts.adjust(client.id, usd(-7), reason=text)
    clock.set(utc(2026, 5, 20, 15))
    return maria


def kind(value: Value) -> str:
    """The type that LibreOffice is to find; instants in UTC and yes and no are texts."""
    match value:
        case None | "":
            return ""
        case bool() | str() | datetime():
            return "string"
        case date():
            return "date"
        case timedelta():
            return "time"
        case int() | Decimal() | Money() | Rate():
            return "float"


def found(path: Path) -> Iterator[list[tuple[str, str]]]:
    """The rows of a sheet in LibreOffice's own form: the type of each cell, and its formula."""
    for row in ElementTree.parse(path).getroot().iter(f"{_TABLE}table-row"):
        cells_of_row: list[tuple[str, str]] = []
        for cell in row.iter(f"{_TABLE}table-cell"):
            repeated = min(int(cell.get(f"{_TABLE}number-columns-repeated", "1")), 100)
            cells_of_row += [(cell.get(f"{_OFFICE}value-type", ""), cell.get(f"{_TABLE}formula", ""))] * repeated
        yield cells_of_row


def opened(desk: Desk, folder: Path) -> tuple[dict[ExportTable, Counter[str]], list[str], int]:
    """The types of each table, the cells whose type is wrong, and the number of formulas."""
    exporter.write_tables(desk, folder)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(folder / f"{table}.csv") for table in ExportTable]
    command = [
        "soffice",
        profile,
        "--headless",
        f"--infilter={_FILTER}",
        "--convert-to",
        "fods",
        "--outdir",
        str(folder),
    ]
    subprocess.run([*command, *files], check=True, capture_output=True)
    types, wrong, formulas = dict[ExportTable, Counter[str]](), list[str](), 0
    for table in ExportTable:
        definition = writing._DEFINITIONS[table]
        shown = found(folder / f"{table}.fods")
        next(shown)
        types[table] = Counter()
        for number, row in enumerate(definition.rows(desk, None), 2):
            seen = next(shown)
            for column, (type_found, formula) in zip(definition.columns, seen, strict=False):
                value = column.of(row)
                types[table][kind(value)] += 1
                formulas += bool(formula)
                if kind(value) != type_found:
                    wrong.append(f"{table}.csv line {number}, {column.name}: {value!r} is {type_found or 'blank'}")
    return types, wrong, formulas


def main() -> int:
    """Print what was found; 1 if a type is wrong, a cell is a formula, or the control finds none."""
    desk, passed = books(), True
    for is_control in (False, True):
        guard = patch.object(cells, "escape_formula", lambda text: text) if is_control else nullcontext()
        with TemporaryDirectory() as folder, guard:
            types, wrong, formulas = opened(desk, Path(folder))
        if is_control:
            print(f"without protection: {formulas} formulas")
            passed = passed and formulas > 0
            continue
        for table, counted in types.items():
            named = ", ".join(f"{count} {name or 'blank'}" for name, count in sorted(counted.items()))
            print(f"{table}: {sum(counted.values())} cells: {named}")
        print(f"of another type: {len(wrong)}; formulas: {formulas}")
        print(*wrong[:20], sep="\n")
        passed = not wrong and not formulas
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
