"""A terminal, or a file, that cannot hold every letter is written to all the same, and can be read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from invoicecore.cli.narrow_output import NARROW
from tests.cli.sheets import TERMS, worked
from tests.cli.terminal import Terminal
from tests.cli.test_answers import RUN, STORY, numbered
from tests.importer.files import toggl

ASCII = ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Books in euros with an invoice and a contact called Zoë."""
    folder = tmp_path_factory.mktemp("narrow")
    terminal = Terminal(folder, str(folder / "books.db"))
    for command in STORY[: STORY.index(("work", "list"))]:
        terminal.said(*numbered(command))
    terminal.said("bill", "--month", "2025-01", "--date", "2025-02-01")
    return terminal


def printed(books: Terminal, *command: str, **environment: str) -> tuple[int, bytes, bytes]:
    """What a command of its own process writes."""
    given = {**os.environ, "INVOICECORE_STORE": books.store, **environment}
    done = subprocess.run([sys.executable, "-c", RUN, *command], env=given, capture_output=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("environment", ASCII)
class TestAscii:
    def test_tables(self, books: Terminal, environment: dict[str, str]) -> None:
        """Amounts have the code of their currency, and their columns stand one below the other."""
        code, out, _ = printed(books, "invoice", "show", "INV-2025-0001", **environment)
        text = out.decode("ascii")
        assert (0, True, False) == (code, "1800.00 EUR" in text, "\\" in text), text
        ends = {len(line.rstrip()) for line in text.splitlines() if line.endswith((" EUR ", " Amount "))}
        assert 1 == len(ends), text

    def test_names(self, books: Terminal, environment: dict[str, str]) -> None:
        """They are spelled with letters that are like theirs."""
        code, out, _ = printed(books, "person", "list", "--client", "long", **environment)
        assert (0, True) == (code, b" Zoe With Quite A Long Name " in out), out

    def test_data(self, books: Terminal, environment: dict[str, str]) -> None:
        """JSON stays JSON, and means the same."""
        command = ("person", "list", "--client", "long", "--json")
        code, out, _ = printed(books, *command, **environment)
        [row] = json.loads(out.decode("ascii"))["result"]["rows"]
        assert (0, "Zoë With Quite A Long Name") == (code, row["person"]["name"])

    def test_errors_and_help(self, books: Terminal, environment: dict[str, str]) -> None:
        """So do messages and help."""
        code, out, err = printed(books, "pay", "INV-2025-0001", "9000", **environment)
        assert (1, b"", True) == (code, out, b"1800.00 EUR" in err or b"1,800.00" in err), err
        assert 0 == printed(books, "invoice", "send", "--help", **environment)[0]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("a → b…", "a -> b..."), ("Müller", "Muller"), ("日", "\\u65e5"), ("1\u202f000,00", "1 000,00")],
)
def test_letters(wide: str, narrow: str) -> None:
    """As one that is like it, or by its number."""
    assert narrow == wide.encode("ascii", NARROW).decode()


def test_a_letter_that_can_be_written_stays(books: Terminal) -> None:
    """An older code page has many of them; JSON is UTF-8 or plain ASCII."""
    _, out, _ = printed(books, "person", "list", "--client", "long", PYTHONIOENCODING="cp1252")
    assert "Zoë" in out.decode("cp1252")
    _, out, _ = printed(books, "person", "list", "--client", "long", "--json", PYTHONIOENCODING="cp1252")
    assert b"Zo\\u00eb" in out


def test_the_books_stay_unicode(books: Terminal, tmp_path: Path) -> None:
    """Files are written whole, whatever the terminal can hold."""
    _, out, _ = printed(books, "export", "--journal", str(tmp_path / "b.journal"), **ASCII[0])
    assert b"b.journal" in out
    _, _, err = printed(books, "export", "--csv", str(tmp_path / "tables"), **ASCII[1])
    assert b"" == err


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    """With what to do about it, and the other papers are printed."""
    (tmp_path / "week.csv").write_bytes(toggl(*[worked(2, 9, 1, Client=client) for client in ("Acme", "株式会社")]))
    command = ("bill", str(tmp_path / "week.csv"), *TERMS, "--out", str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-m", "invoicecore", *command], env={**os.environ, **ASCII[1]}, capture_output=True
    )
    assert 1 == done.returncode
    assert b"PYTHONUTF8=1" in done.stdout + done.stderr
    assert b"UnicodeEncodeError" not in done.stdout + done.stderr
    assert (tmp_path / "out" / "movements-Acme.html").is_file()
