"""An import says what it leaves unbilled, and asks before it records work twice."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.importer.files import harvest, toggl

NO = {"Billable": "No"}
CORRECTED = {"Description": "Some other work"}


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Books in a file beside the exports."""
    monkeypatch.chdir(tmp_path)
    return Terminal(tmp_path, str(tmp_path / "books.db"), columns=200)


def given(terminal: Terminal, data: bytes, *options: str, command: str = "import") -> tuple[str, ...]:
    """The command that takes an export in."""
    (terminal.folder / "export.csv").write_bytes(data)
    return (command, "export.csv", "--timezone", "UTC", *options)


@pytest.mark.parametrize("command", ["import", "bill"])
class TestNotBillable:
    def test_it_is_said_at_once(self, terminal: Terminal, command: str) -> None:
        """With the hours, and how to bill them."""
        first = terminal.said(*given(terminal, toggl(NO, {**NO, **CORRECTED}), "--rate", "50", command=command))
        said = "All work in the file is marked as not billable: 2 entries, 3:00:00 hours, cost nothing. --all-billable"
        assert said in first.splitlines()[2]
        most = terminal.said(*given(terminal, toggl(NO, {}), "--rate", "50", "--both", command=command))
        assert "At least half of the work in the file is marked as not billable: 1 entry, 1:30:00 hours" in most

    @pytest.mark.parametrize(
        "how", [("--all-billable",), ("--billable", "Acme/Website"), ("--billable-column", "Tags")]
    )
    def test_it_is_billed(self, terminal: Terminal, command: str, how: tuple[str, ...]) -> None:
        """By the options that are named."""
        data = toggl({**NO, "Tags": "yes"})
        said = terminal.said(*given(terminal, data, "--rate", "50", *how, command=command))
        assert "$75.00" in said
        assert "not billable" not in said


class TestSimilar:
    def test_it_is_asked_and_settled(self, terminal: Terminal) -> None:
        """A corrected note is listed with before and after; the rules do what they say."""
        terminal.said(*given(terminal, toggl({}), "--rate", "50"))
        result = terminal.run(*given(terminal, toggl(CORRECTED)))
        assert 2 == result.exit_code
        assert "note: Some work → Some other work" in result.stdout
        assert "1 row is probably the same as work in the books. Answer with --replace" in result.stdout
        code, said = terminal.refused(*given(terminal, toggl(CORRECTED), "--rate", "50", command="bill"))
        assert (2, True) == (code, "--replace, --both or --skip" in said)
        assert 1 == terminal.result(*given(terminal, toggl(CORRECTED), "--replace"))["applied"]["changed"]
        assert 1 == terminal.result(*given(terminal, toggl(CORRECTED)))["applied"]["known"]

    def test_one_rule(self, terminal: Terminal) -> None:
        """Two contradict each other."""
        code, said = terminal.refused(*given(terminal, toggl({}), "--rate", "50", "--skip", "--both"))
        assert (2, True) == (code, "give one of them" in said)


class TestMoney:
    def test_amounts_that_differ(self, terminal: Terminal) -> None:
        """The file's, ours, the difference and the number of entries."""
        said = terminal.said(*given(terminal, toggl({"Amount (USD)": "90.00"}), "--rate", "50"))
        assert "The file states $90.00 for Acme; here it comes to $75.00, -$15.00, in 1 of 1 entry." in said

    def test_rates(self, terminal: Terminal) -> None:
        """For all, for clients, for projects, and from a file."""
        data = toggl({}, {"Client": "Bakery", "Start time": "11:00:00", "End time": "12:30:00"})
        (terminal.folder / "rates.csv").write_text("client,project,rate\nAcme,Website,80\n")
        said = terminal.said(
            *given(terminal, data, "--rate", "50", "--rate", "Bakery=60", "--rate-file", "rates.csv", "--dry-run")
        )
        assert ("-$120.00" in said, "-$90.00" in said) == (True, True)

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            (("--rate", "5", "--rate", "6"), "give one rate for all"),
            (("--rate", "Acm=5"), "no client or project of the file is 'Acm'"),
            (("--rate", "Acme=x"), "--rate"),
            (("--rate-file", "wrong.csv"), "its columns must be"),
        ],
    )
    def test_impossible_rates(self, terminal: Terminal, options: tuple[str, ...], reason: str) -> None:
        """They are refused, and nothing is written."""
        (terminal.folder / "wrong.csv").write_text("who,much\nAcme,5\n")
        assert reason in terminal.refused(*given(terminal, toggl({}), *options))[1]

    def test_a_rate_that_changes_nothing(self, terminal: Terminal) -> None:
        """Because each entry brings its own, or the books have one."""
        said = terminal.said(*given(terminal, harvest({}), "--rate", "50"))
        assert "Each entry of Website of Acme brings its own rate; --rate changes none of them." in said
        said = terminal.said(*given(terminal, harvest({}), "--rate", "60"))
        assert "Website of Acme keeps the rate that the books have; --rate is for projects that are new." in said

    def test_what_is_probably_a_mistake(self, terminal: Terminal) -> None:
        """An allowed balance above zero, two months, and a file with a header only."""
        data = toggl({})
        said = terminal.run(*given(terminal, data, "--rate", "50", "--allowed", "500", "--over-limit")).stdout
        assert "Work stops while 500.00 USD is still prepaid" in said
        months = ("--month", "2026-03", "--month", "2026-04")
        assert "one month at a time" in terminal.refused(*given(terminal, data, *months, command="bill"))[1]
        empty = data.splitlines(keepends=True)[0]
        assert "The file has a header, and no entries below it." in terminal.said(*given(terminal, empty, "--dry-run"))

    def test_why_there_is_nothing_to_bill(self, terminal: Terminal) -> None:
        """The work is not billable, is on an invoice, or is not there."""
        terminal.said(*given(terminal, toggl(NO), "--rate", "50"))
        assert "1:30:00 hours, is not billable" in terminal.run("bill", "--month", "2026-03").output
        assert "there is no work of" in terminal.run("bill", "--month", "2026-04").output
