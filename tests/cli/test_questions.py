"""What a file leaves open is asked all at once, answered together, and remembered in the books."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from invoicecore.cli import asking, import_questions
from invoicecore.cli.commands import program
from tests.cli.terminal import Terminal
from tests.importer.files import summary, toggl, written

TABLE = ("Beginn", "Ende", "Kunde", "Projekt")
ROW = {"Beginn": "03/04/2025 09:00", "Ende": "03/04/2025 11:00", "Kunde": "Acme", "Projekt": "Website"}
COLUMNS = ("start=Beginn", "end=Ende", "client=Kunde", "project=Projekt")


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Books of a firm in Berlin, and a table of its own kind."""
    monkeypatch.chdir(tmp_path)
    terminal = Terminal(tmp_path, "books.db")
    terminal.said("init", "--name", "Vega", "--currency", "EUR", "--timezone", "Europe/Berlin")
    (tmp_path / "work.csv").write_bytes(written(TABLE, [ROW]))
    (tmp_path / "more.csv").write_bytes(
        written(TABLE, [{**ROW, "Beginn": "05/04/2025 09:00", "Ende": "05/04/2025 10:00"}])
    )
    return terminal


def given() -> tuple[str, ...]:
    """All answers."""
    columns = [part for pair in COLUMNS for part in ("--column", pair)]
    return (*columns, "--date-order", "day_first", "--person", "Maria", "--rate", "90")


class TestAllAtOnce:
    def test_named_together(self, terminal: Terminal) -> None:
        """Columns, date order, person and rate are asked for by one message; zone and currency the books know."""
        code, said = terminal.refused("import", "work.csv")
        assert 2 == code
        assert "things open; answer them together:" in said
        for option in ("--column", "--date-order", "--person", "--rate"):
            assert f"\n{option}  " in said, said
        for option in ("--timezone  ", "--currency  "):
            assert option not in said

    def test_as_data(self, terminal: Terminal) -> None:
        """Each is a problem of its own."""
        error = terminal.data("import", "work.csv")["error"]
        assert {"columns", "date_order", "person", "rate"} == {it["field"] for it in error["problems"]}
        assert {"missing_option"} == {it["code"] for it in error["problems"]}

    def test_one(self, terminal: Terminal) -> None:
        """One question is one sentence."""
        _, said = terminal.refused("import", "work.csv", *given()[:-4], "--rate", "90")
        assert "work.csv leaves something open; answer with --person. " in said

    def test_nothing_is_read_by_a_guess(self, terminal: Terminal) -> None:
        """What was tried to find the questions is nowhere in the books."""
        terminal.refused("import", "work.csv")
        assert [] == terminal.result("client", "list")["rows"]
        assert [] == terminal.result("settings")["import_answers"]


class TestRemembered:
    def test_next_time(self, terminal: Terminal) -> None:
        """The next file of the kind needs nothing."""
        terminal.said("import", "work.csv", *given())
        assert 1 == terminal.result("import", "more.csv")["applied"]["added"]
        days = [row["session"]["day"] for row in terminal.result("work", "list")["rows"]]
        assert ["2025-04-05", "2025-04-03"] == days
        answers = {(it["format"], it["option"]) for it in terminal.result("settings")["import_answers"]}
        assert {("generic", "columns"), ("generic", "date_order"), ("generic", "person")} == answers

    def test_only_of_that_format(self, terminal: Terminal) -> None:
        """Another tracker is asked about anew."""
        terminal.said("import", "work.csv", *given())
        (terminal.folder / "summary.csv").write_bytes(summary({}))
        code, said = terminal.refused("import", "summary.csv", "--rate", "90")
        assert (2, True) == (code, "--person" in said)

    def test_a_new_answer(self, terminal: Terminal) -> None:
        """It takes the place of the one before, and a dry run leaves all as it was."""
        terminal.said("import", "work.csv", *given())
        before = terminal.result("settings")["import_answers"]
        terminal.said("import", "more.csv", "--date-order", "month_first", "--dry-run")
        assert before == terminal.result("settings")["import_answers"]
        terminal.said("import", "more.csv", "--date-order", "month_first")
        assert "month_first" in {it["value"] for it in terminal.result("settings")["import_answers"]}
        assert "2025-05-04" in {row["session"]["day"] for row in terminal.result("work", "list")["rows"]}

    def test_what_the_file_says_goes_first(self, terminal: Terminal) -> None:
        """An answer is taken only where the file leaves the question open."""
        terminal.said("import", "work.csv", *given())
        plain = {**ROW, "Beginn": "2025-06-07 09:00", "Ende": "2025-06-07 11:00"}
        (terminal.folder / "plain.csv").write_bytes(written(TABLE, [plain]))
        assert 1 == terminal.result("import", "plain.csv")["applied"]["added"]

    def test_bill_too(self, terminal: Terminal) -> None:
        """The other command that reads files asks and remembers alike."""
        code, said = terminal.refused("bill", "work.csv", "--timezone", "Europe/Berlin")
        assert (2, True) == (code, "\n--date-order  " in said)
        terminal.said("import", "work.csv", *given())
        assert 1 == terminal.result("bill", "more.csv", "--timezone", "Europe/Berlin")["entries"]


class TestAsked:
    def test_at_a_terminal(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        """Somebody who sits there answers one after the other, and the import goes on."""
        monkeypatch.setattr(import_questions, "is_asked", lambda: True)
        typed = ["", "Maria", "day_first", "90"]
        result = CliRunner(env={"INVOICECORE_STORE": terminal.store}).invoke(
            program, ["import", "work.csv"], input="\n".join(typed) + "\n"
        )
        assert 0 == result.exit_code, result.output
        assert "1 session was recorded." in result.stdout

    def test_new_books(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there are none yet, zone and currency are among the questions, and no file is left."""
        assert not asking.is_asked()
        monkeypatch.chdir(tmp_path)
        (tmp_path / "export.csv").write_bytes(toggl({}))
        code, said = Terminal(tmp_path, "new.db").refused("import", "export.csv")
        assert (2, True) == (code, "--timezone" in said)
        assert ["export.csv"] == [it.name for it in tmp_path.iterdir()]
