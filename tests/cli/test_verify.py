"""`python -m invoicecore verify` says whether books are sound, and what is wrong, where, and since when."""

import json
import sqlite3
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invoicecore import Billing, Firm, Terms
from invoicecore.archive import restore
from invoicecore.cli.commands import program
from tests.archive.archives import story


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The story in a file of SQLite."""
    file = tmp_path / "books.db"
    restore(BytesIO(story()), f"sqlite:///{file}")
    return file


def verified(file: Path, *options: str) -> Result:
    return CliRunner().invoke(program, ["verify", "--store", str(file), *options])


def damaged(file: Path) -> None:
    """Change an entry of Acme."""
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER ic_entries_no_update")
        connection.execute("UPDATE ic_entries SET minor = minor - 1 WHERE kind = 'work' AND sequence = 2")
    connection.close()


class TestVerify:
    def test_sound_books(self, file: Path) -> None:
        """It says so, and at what it looked."""
        result = verified(file)
        assert 0 == result.exit_code
        first, second = result.output.splitlines()
        assert "Northwind Studio: sound" == first
        assert second.startswith("  looked at 1 firm, 1 logo, 3 clients, 3 accounts, 3 projects, 4 people, 1 login,")
        assert "36 ledger entries" in second

    def test_named_without_an_option(self, file: Path, tmp_path: Path) -> None:
        """As a file or a URL, whatever the environment says."""
        asked = verified(file)
        for books in (str(file), f"sqlite:///{file}"):
            there = {"INVOICECORE_STORE": str(tmp_path / "others.db")}
            assert asked.output == CliRunner(env=there).invoke(program, ["verify", books]).output

    def test_damaged_books(self, file: Path) -> None:
        """It says what is wrong, where, and since when."""
        damaged(file)
        result = verified(file)
        assert 1 == result.exit_code
        head, _, ledger, *_ = result.output.splitlines()
        assert "Northwind Studio: 3 findings" == head
        assert ledger.startswith("  ledger-sum (Acme): entry 2 of ")
        assert ledger.endswith("Since 2026-03-03 23:30:00 UTC.")

    def test_more_findings_than_are_listed(self, file: Path) -> None:
        """A hundred are listed, and the others counted."""
        with Billing.open(f"sqlite:///{file}") as billing:
            for number in range(101):
                billing.as_owner().clients.add(name=f"Client {number}", terms=Terms.unlimited())
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE ic_accounts SET outstanding_minor = 7 WHERE sequence = 0")
        connection.close()
        assert "  and 1 more" == verified(file).output.splitlines()[-1]

    def test_as_data(self, file: Path) -> None:
        """The same as data, for each firm that is kept."""
        damaged(file)
        Billing.create(f"sqlite:///{file}", Firm(name="Other", currency="USD", timezone="UTC")).close()
        result = verified(file, "--json")
        assert 1 == result.exit_code
        one, other = sorted(json.loads(result.output)["result"], key=lambda it: str(it["firm_name"]))
        assert ("Northwind Studio", False, 3) == (one["firm_name"], one["sound"], one["found"])
        assert ("Other", True, 0, []) == (other["firm_name"], other["sound"], other["found"], other["findings"])
        assert {"Firm": 1, "Person": 1, "AuditRecord": 1} == other["counts"]
        finding = one["findings"][0]
        assert {"law", "kind", "id", "label", "what", "since"} == finding.keys()
        assert ("ledger-sum", "Account", "Acme") == (finding["law"], finding["kind"], finding["label"])
        assert "2026-03-03T23:30:00.000000Z" == finding["since"]

    @pytest.mark.parametrize("file", [Path("/nowhere/books.db")])
    def test_books_that_cannot_be_reached(self, file: Path) -> None:
        """The exit code is 3, and the reason is told."""
        result = verified(file)
        assert (3, True) == (result.exit_code, "There are no books in /nowhere/books.db" in result.output)

    def test_a_firm_that_cannot_be_read(self, file: Path) -> None:
        """It is told like any damage, by the id of the firm, which has no name then."""
        with sqlite3.connect(file) as connection:
            [(firm_id,)] = connection.execute("UPDATE ic_firms SET locale = 'some' RETURNING firm_id").fetchall()
        connection.close()
        result = verified(file)
        assert (1, True) == (result.exit_code, f"{firm_id}: 1 finding\n  looked at nothing" in result.output)
        assert "of the firm itself cannot be read" in result.output

    def test_what_is_no_url_of_a_database(self) -> None:
        """The option is wrong, as for every other command."""
        result = CliRunner().invoke(program, ["verify", "--store", "mysql://host/books"])
        assert (2, True) == (result.exit_code, "--store: Books are kept in sqlite" in result.output)

    def test_a_database_without_books(self, tmp_path: Path) -> None:
        """There is nothing to be sound."""
        CliRunner().invoke(program, ["db", "upgrade", "--store", str(tmp_path / "empty.db")])
        assert 3 == verified(tmp_path / "empty.db").exit_code
        assert 3 == CliRunner().invoke(program, ["verify", "--store", "nowhere.db"]).exit_code
