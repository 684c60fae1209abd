"""Books leave as journals, tables and an archive, and an archive comes back."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invoicecore import Billing
from invoicecore.cli.commands import program
from tests.cli.sheets import week


def run(*arguments: str | Path) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(program, list(map(str, arguments)))


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Books with a week of work."""
    (tmp_path / "week.csv").write_bytes(week())
    url = f"sqlite:///{tmp_path / 'books.db'}"
    options = ("--timezone", "UTC", "--client", "Sundry", "--rate", "50", "--store", url)
    assert 0 == run("import", tmp_path / "week.csv", *options).exit_code
    return url


class TestExport:
    def test_everything(self, url: str, tmp_path: Path) -> None:
        """All kinds are written at once, and it is said what."""
        journal, beancount = tmp_path / "books.journal", tmp_path / "books.beancount"
        tables, archive = tmp_path / "tables", tmp_path / "books.jsonl"
        result = run(
            *("export", "--store", url, "--journal", journal, "--beancount", beancount),
            *("--csv", tables, "--archive", archive),
        )
        assert (0, "") == (result.exit_code, result.stderr)
        assert f"{journal}: 6 ledger entries.\n{beancount}: 6 ledger entries.\n" in result.stdout
        assert "7 rows of sessions, 6 rows of transactions, 0 rows of invoices" in result.stdout
        assert "Liabilities:Clients:Acme  400.00 USD" in journal.read_text(encoding="utf-8")
        assert "open Liabilities:Clients:Acme" in beancount.read_text(encoding="utf-8")
        assert 8 == len((tables / "sessions.csv").read_text(encoding="utf-8-sig").splitlines())
        assert archive.stat().st_size > 1000

    def test_one_client(self, url: str, tmp_path: Path) -> None:
        """The journal may be that of one client."""
        journal = tmp_path / "books.journal"
        assert 0 == run("export", "--store", url, "--journal", journal, "--client", "Sundry").exit_code
        text = journal.read_text(encoding="utf-8")
        assert (True, False) == ("Clients:Sundry" in text, "Clients:Acme" in text)

    def test_unknown_client(self, url: str, tmp_path: Path) -> None:
        """A client that is not there is named."""
        result = run("export", "--store", url, "--journal", tmp_path / "j", "--client", "Nobody")
        assert (2, True) == (result.exit_code, "--client: there is no client called 'Nobody'." in result.stderr)

    def test_nothing_asked(self, url: str) -> None:
        """Something must be asked for."""
        result = run("export", "--store", url)
        assert (2, True) == (result.exit_code, "Say what to write" in result.stderr)

    def test_no_books(self, tmp_path: Path) -> None:
        """Where there are no books, none are made."""
        result = run("export", "--store", f"sqlite:///{tmp_path / 'none.db'}", "--archive", tmp_path / "a")
        assert (2, True) == (result.exit_code, "--store: there are no books here." in result.stderr)
        assert [] == list(tmp_path.iterdir())

    def test_no_place(self, url: str, tmp_path: Path) -> None:
        """A place that cannot be written to is named."""
        result = run("export", "--store", url, "--journal", tmp_path / "nowhere" / "j")
        assert (1, True) == (result.exit_code, "It cannot be written." in result.stderr)


class TestRestore:
    def test_comes_back(self, url: str, tmp_path: Path) -> None:
        """An archive comes back as it was."""
        archive, copy = tmp_path / "books.jsonl", f"sqlite:///{tmp_path / 'copy.db'}"
        run("export", "--store", url, "--archive", archive)
        result = run("restore", archive, "--store", copy)
        assert (0, "") == (result.exit_code, result.stderr)
        with Billing.open(url) as here, Billing.open(copy) as there:
            assert here.as_owner().firm.audit() == there.as_owner().firm.audit()

    def test_twice(self, url: str, tmp_path: Path) -> None:
        """A firm that is kept already is not overwritten."""
        archive = tmp_path / "books.jsonl"
        run("export", "--store", url, "--archive", archive)
        result = run("restore", archive, "--store", url)
        assert (1, True) == (result.exit_code, "is kept here already" in result.stderr)

    def test_changed(self, url: str, tmp_path: Path) -> None:
        """An archive in which a letter was changed is refused, and nothing is restored."""
        archive, copy = tmp_path / "books.jsonl", tmp_path / "copy.db"
        run("export", "--store", url, "--archive", archive)
        archive.write_bytes(archive.read_bytes().replace(b"Sundry", b"Sundro", 1))
        result = run("restore", archive, "--store", f"sqlite:///{copy}")
        assert (1, True) == (result.exit_code, "is refused" in result.stderr)
        assert 2 == run("export", "--store", f"sqlite:///{copy}", "--archive", archive).exit_code
