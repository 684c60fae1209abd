"""Books leave as journals, tables and an archive, and an archive comes back."""

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invoicecore import Billing, Firm
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
        printed = " ".join(result.stdout.split())
        assert f"{journal}: 6 ledger entries. {beancount}: 6 ledger entries. " in printed
        assert "7 rows of sessions, 6 rows of transactions, 0 rows of invoices" in printed
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

    def test_own_names_of_accounts(self, url: str, tmp_path: Path) -> None:
        """Those in a file, in both kinds of journals; a wrong line is named, and nothing is written."""
        journal, beancount, names = (tmp_path / it for it in ("books.journal", "books.beancount", "names.csv"))
        names.write_text("account,name\nIncome:Work:*,Income:Fees\n", encoding="utf-8")
        given = ("export", "--store", url, "--journal", journal, "--beancount", beancount, "--accounts", names)
        assert 0 == run(*given).exit_code
        for path in (journal, beancount):
            text = path.read_text(encoding="utf-8")
            assert (True, False) == ("Income:Fees  -400.00 USD" in text, "Income:Work" in text)
        journal.unlink()
        for line, code, said in (
            ("Income:Work:*", 2, f"--accounts: {names}: Line 1 is not an account and its name"),
            ("Income:Work:Acmee:*,Fees", 1, "in accounts, clients are called Acme, Sundry."),
        ):
            names.write_text(line, encoding="utf-8")
            result = run(*given)
            assert (code, True) == (result.exit_code, said in result.stderr), result.stderr
        assert not journal.exists()
        result = run("export", "--store", url, "--csv", tmp_path / "tables", "--accounts", names)
        assert (2, True) == (result.exit_code, "are for journals" in result.stderr)
        result = run("export", "--store", url, "--journal", journal, "--accounts", tmp_path / "none.csv")
        assert (2, True) == (result.exit_code, os.strerror(errno.ENOENT) in result.stderr)

    def test_basis_and_day(self, url: str, tmp_path: Path) -> None:
        """Work that was imported stands on its day, or on that of its booking; without an invoice there is none."""
        journal = tmp_path / "books.journal"
        given = ("export", "--store", url, "--journal", journal)
        for by, begins in ((None, "\n2026-03-02="), ("work", "\n2026-03-02="), ("booked", "=2026-03-02 * ")):
            run(*given, *([] if by is None else ["--by", by]))
            assert begins in journal.read_text(encoding="utf-8"), by
        run(*given, "--basis", "invoice")
        assert " * " not in journal.read_text(encoding="utf-8")

    def test_unknown_client(self, url: str, tmp_path: Path) -> None:
        """A client that is not there is named."""
        result = run("export", "--store", url, "--journal", tmp_path / "j", "--client", "Nobody")
        assert (1, True) == (result.exit_code, "There is no client called 'Nobody'." in result.stderr)

    def test_nothing_asked(self, url: str) -> None:
        """Something must be asked for."""
        result = run("export", "--store", url)
        assert (2, True) == (result.exit_code, "Say what to write" in result.stderr)

    def test_no_books(self, tmp_path: Path) -> None:
        """Where there are no books, none are made."""
        result = run("export", "--store", f"sqlite:///{tmp_path / 'none.db'}", "--archive", tmp_path / "a")
        assert (3, True) == (result.exit_code, "none.db; `invoicecore init` begins them." in result.stderr)
        assert [] == list(tmp_path.iterdir())

    def test_no_place(self, url: str, tmp_path: Path) -> None:
        """A place that cannot be written to is named."""
        result = run("export", "--store", url, "--journal", tmp_path / "nowhere" / "j")
        assert (3, True) == (result.exit_code, "It cannot be written." in result.stderr)


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
        assert not copy.exists()


class TestRemove:
    def test_a_firm_that_goes(self, url: str, tmp_path: Path) -> None:
        """Its archive is written first, and brings it back."""
        archive = tmp_path / "gone.jsonl"
        with Billing.open(url) as billing:
            name, before = billing.as_owner().firm.settings().name, billing.as_owner().firm.audit()
        result = run("remove", "--store", url, "--archive", archive, "--confirm", name)
        assert (0, True) == (result.exit_code, f"{archive}: {name} is removed; SHA-256 " in result.stdout)
        assert "0 firms are kept here" in run("db", "status", "--store", url).stdout
        assert 0 == run("restore", archive, "--store", url).exit_code
        with Billing.open(url) as billing:
            assert before == billing.as_owner().firm.audit()

    def test_another_word(self, url: str, tmp_path: Path) -> None:
        """Nothing happens."""
        for word in ("yes", "", "\u200b"):
            result = run("remove", "--store", url, "--archive", tmp_path / "gone.jsonl", "--confirm", word)
            assert (2, True) == (result.exit_code, "--confirm: no firm here is called" in result.stderr)
        assert not (tmp_path / "gone.jsonl").exists()
        assert "1 firm is kept here" in run("db", "status", "--store", url).stdout

    def test_a_file_that_is_there(self, url: str, tmp_path: Path) -> None:
        """It may be the archive of another firm."""
        archive = tmp_path / "gone.jsonl"
        archive.write_text("another", encoding="utf-8")
        result = run("remove", "--store", url, "--archive", archive, "--confirm", "whoever")
        assert (2, True) == (result.exit_code, "is there already; give a new file" in result.stderr)
        assert "another" == archive.read_text(encoding="utf-8")

    def test_several_of_one_name(self, url: str, tmp_path: Path) -> None:
        """The id says which; the others stay."""
        twins = []
        for _ in range(2):
            with Billing.create(url, Firm(name="Twin", currency="USD", timezone="UTC")) as billing:
                twins.append(billing.firm_id)
        given = ("remove", "--store", url, "--archive", tmp_path / "gone.jsonl", "--confirm", "Twin")
        for which in ((), ("--firm-id", "nobody")):
            result = run(*given, *which)
            assert (2, True) == (result.exit_code, f"is the name of {twins[0]}, {twins[1]}." in result.stderr)
        assert 0 == run(*given, "--firm-id", twins[1]).exit_code
        with Billing.open(url, twins[0]) as billing:
            assert "Twin" == billing.as_owner().firm.settings().name
        assert "2 firms are kept here" in run("db", "status", "--store", url).stdout

    def test_no_books(self, tmp_path: Path) -> None:
        """Where there are none, none are made."""
        result = run(
            "remove", "--store", f"sqlite:///{tmp_path / 'none.db'}", "--archive", tmp_path / "a", "--confirm", "X"
        )
        assert (2, []) == (result.exit_code, list(tmp_path.iterdir()))
