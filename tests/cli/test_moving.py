"""An export comes into books that are kept, after a look, and only once."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from invoicecore import Billing, Desk
from invoicecore.billing import database
from invoicecore.cli.commands import program
from tests import cldr
from tests.cli.sheets import TERMS, week, worked
from tests.importer.files import GENERIC, Cells, generic, harvest, toggl
from tests.world import usd

ASKED = ("--timezone", "UTC", "--client", "Sundry")


class Shop:
    """A folder with a file to take in and a database to take it into."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "export.csv"
        self.database = folder / "books.db"
        self.url = f"sqlite:///{self.database}"

    def run(self, data: bytes, *options: str) -> Result:
        """Take an export into the books."""
        self.file.write_bytes(data)
        return CliRunner().invoke(program, ["import", str(self.file), "--store", self.url, *options])

    def told(self, data: bytes, *options: str) -> dict[str, Any]:
        """What was planned and done, as data."""
        result = self.run(data, *options, "--json")
        assert (0, "") == (result.exit_code, result.stderr)
        told: dict[str, Any] = json.loads(result.stdout)["result"]
        return told

    @property
    def is_empty(self) -> bool:
        """Whether no firm is kept, and no file is left behind."""
        if not Path(self.url.removeprefix("sqlite:///")).exists():
            return True
        with closing(database(self.url)) as storage:
            return not storage.firms()

    @property
    def desk(self) -> Desk:
        """The owner's."""
        return Billing.open(self.url).as_owner()

    def balance(self, name: str) -> str:
        """What a client of that name has."""
        [client] = (client for client in self.desk.clients.all() if client.name == name)
        return str(self.desk.accounts.standing(client.id).balance)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """Without books yet."""
    return Shop(tmp_path)


def entry(hours: int, **cells: str) -> Cells:
    """A row of a table with ids, of so many hours."""
    return {"id": "7", "start": "2026-03-02T09:00:00Z", "end": f"2026-03-02T{9 + hours:02}:00:00Z", **cells}


def table(*rows: Cells) -> bytes:
    """A table whose rows have ids."""
    return generic(*rows, header=("id", *GENERIC))


class TestDryRun:
    def test_totals(self, shop: Shop) -> None:
        """The totals by person, client, project and month are printed, and what would be done."""
        result = shop.run(week(), *ASKED, *TERMS, "--over-limit", "--dry-run")
        assert (0, "") == (result.exit_code, result.stderr)
        printed = [" ".join(line.split()) for line in result.stdout.splitlines()]
        assert "7 entries, 46:00:00 hours, read as toggl." == printed[0]
        before, after, asked = (cldr.money(amount) for amount in ("0.00", "-2000.00", "2000.00"))
        for line in (
            "Ben new 2 16:00:00",
            "Acme new 6 44:00:00",
            "Acme: Shop new 1 8:00:00",
            "2026-03 7 46:00:00",
            "recorded 7 46:00:00",
            "Nothing was written: this was a dry run.",
        ):
            assert line in printed
        acme = " ".join(f"Acme {before} {after} {asked} in 1 invoice stopped, 1".split())
        assert any(line.startswith(acme) for line in printed)

    def test_nothing_is_written(self, shop: Shop) -> None:
        """There is no database where there was none."""
        shop.run(week(), *ASKED, "--rate", "50", "--dry-run")
        assert not shop.database.exists()

    def test_books_stay(self, shop: Shop) -> None:
        """Books that are there stay as they are."""
        shop.run(week(), *ASKED, "--rate", "50")
        before = shop.desk.firm.audit()
        told = shop.told(toggl(worked(10, 9, 8)), *ASKED, "--dry-run")
        assert (1, None) == (told["plan"]["added"]["entries"], told["applied"])
        assert before == shop.desk.firm.audit()


class TestImport:
    def test_begins_books(self, shop: Shop) -> None:
        """The first import makes the firm, and all that the file names."""
        result = shop.run(week(), *ASKED, "--rate", "50", "--firm", "Northwind Studio")
        assert (0, "") == (result.exit_code, result.stderr)
        assert "7 sessions were recorded." in result.stdout
        firm = shop.desk.firm.settings()
        assert ("Northwind Studio", "USD", "UTC") == (firm.name, firm.currency, firm.timezone)
        assert ("-2000.00 USD", "-100.00 USD") == (shop.balance("Acme"), shop.balance("Sundry"))

    def test_again(self, shop: Shop) -> None:
        """The same export bills nothing twice."""
        shop.run(week(), *ASKED, "--rate", "50")
        told = shop.told(week(), *ASKED)
        assert (7, 0) == (told["plan"]["known"]["entries"], told["applied"]["added"])
        assert "-2000.00 USD" == shop.balance("Acme")

    def test_terms(self, shop: Shop) -> None:
        """New clients get the terms, and refills are asked for. The reason of work past the stop is the file's name."""
        shop.run(week(), *ASKED, *TERMS, "--over-limit")
        [acme, _] = shop.desk.clients.all()
        assert [usd(2000)] == [invoice.total for invoice in shop.desk.invoices.of(acme.id)]
        assert {"", "export.csv"} == {record.reason for record in shop.desk.firm.audit()}

    def test_changed_since(self, shop: Shop) -> None:
        """What has an id follows the tracker, unless that is not wanted."""
        shop.run(table(entry(1)), "--rate", "50", "--currency", "USD")
        kept = shop.run(table(entry(3)), "--keep")
        assert "duration: 1:00:00 → 3:00:00" in kept.stdout
        assert "-50.00 USD" == shop.balance("Acme")
        assert "0 sessions were recorded, 1 changed." in shop.run(table(entry(3))).stdout
        assert "-150.00 USD" == shop.balance("Acme")

    def test_skip_invoiced(self, shop: Shop) -> None:
        """What the tracker has invoiced is left out if that is wanted."""
        data = harvest({}, {"Invoiced?": "Yes", "Hours": "8"})
        told = shop.told(data, "--skip-invoiced")
        assert (1, 1) == (told["plan"]["left_out"]["entries"], told["applied"]["added"])


class TestRefused:
    def test_rows(self, shop: Shop) -> None:
        """A refused row is named, and nothing is written: no books are begun."""
        result = shop.run(toggl({}, {"Start date": "2026-13-02"}), "--timezone", "UTC", "--rate", "50")
        assert 1 == result.exit_code
        printed = " ".join(result.stdout.split())
        assert "3 (Start date)" in printed
        assert "Nothing was written: 1 row is refused." in printed
        assert shop.is_empty

    def test_question(self, shop: Shop) -> None:
        """All that the file leaves open is asked for, with the options that answer it."""
        result = shop.run(week())
        assert 2 == result.exit_code
        assert "leaves 3 things open; answer them together:\n--timezone  Row 2, column Start time" in result.stderr

    def test_currency(self, shop: Shop) -> None:
        """Books are not begun without a currency."""
        result = shop.run(table(entry(1)), "--rate", "50")
        assert 2 == result.exit_code
        assert "answer with --currency" in result.stderr

    def test_other_firm(self, shop: Shop) -> None:
        """Books of one firm do not take another's name."""
        shop.run(week(), *ASKED, "--rate", "50", "--firm", "Northwind")
        result = shop.run(week(), *ASKED, "--firm", "Southwind")
        assert (2, True) == (result.exit_code, "--firm: these books are those of Northwind." in result.stderr)

    @pytest.mark.parametrize("pair", ["start", "=Begin", "start="])
    def test_pairs(self, shop: Shop, pair: str) -> None:
        """Columns are told as pairs."""
        result = shop.run(week(), "--column", pair)
        assert (2, True) == (result.exit_code, "give it as KEY=TEXT" in result.stderr)

    def test_columns(self, shop: Shop) -> None:
        """Any other table is read by saying its columns."""
        data = b"Wer,Beginn,Ende,Projekt\nAnn,2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,Site\n"
        columns = ["person=Wer", "start=Beginn", "end=Ende", "project=Projekt"]
        options = [option for pair in columns for option in ("--column", pair)]
        told = shop.told(data, *options, "--client", "Acme", "--rate", "50", "--currency", "EUR")
        assert (1, "-50.00 EUR") == (told["applied"]["added"], shop.balance("Acme"))
