import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invoicecore import __main__ as entry
from invoicecore.cli.commands import program
from tests import cldr
from tests.cli.sheets import TERMS, week
from tests.importer.files import TOGGL, harvest, summary, toggl, without

DATA = Path(__file__).parents[3] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports lie beside the checkout")


def run(*arguments: str | Path) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(program, list(map(str, arguments)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A week of work."""
    path = tmp_path / "week.csv"
    path.write_bytes(week())
    return path


class TestBill:
    def test_printed(self, file: Path) -> None:
        """A file is billed and shown."""
        result = run("bill", file, *TERMS, "--month", "2026-03")
        assert (0, "") == (result.exit_code, result.stderr)
        assert "7 entries, 46:00:00 hours, 2 people." in result.stdout
        assert "INV-2026-0003 to Acme, 2026-03-01 to 2026-03-31" in result.stdout

    def test_data(self, file: Path) -> None:
        """The same comes as data, with nothing besides."""
        result = run("bill", file, *TERMS, "--month", "2026-03", "--json")
        data = json.loads(result.stdout)["result"]
        assert ["entries", "seconds", "people", "clients"] == list(data)[:4]
        assert ["not_billable", "doubtful", "totals_rows", "duration_rule", "would_have_stopped"] == list(data)[4:]
        assert (7, 165_600, 1, 1) == (data["entries"], data["seconds"], data["doubtful"], data["would_have_stopped"])
        assert ["refill", "refill", "time"] == [invoice["kind"] for invoice in data["clients"][0]["invoices"]]
        assert "-2000.00" == data["clients"][0]["balance"]

    @pytest.mark.parametrize(("tax", "code"), [("19", "19"), ("DE19=19%", "DE19")])
    def test_taxed(self, file: Path, tmp_path: Path, tax: str, code: str) -> None:
        """All of it is taxed at a percentage; the books keep it."""
        store = f"sqlite:///{tmp_path / 'books.db'}"
        result = run("bill", file, *TERMS, "--month", "2026-03", "--tax", tax, "--store", store)
        assert 0 == result.exit_code, result.stderr
        assert f"{code} 19 % of " in result.stdout
        assert "With tax: " in result.stdout
        settings = json.loads(run("settings", "--store", store, "--json").stdout)["result"]
        assert code == settings["tax"]
        assert 0 == run("verify", "--store", store).exit_code
        assert 2 == run("bill", file, *TERMS, "--tax", "DE19=0").exit_code
        unknown = run("bill", file, *TERMS, "--tax", "NEW", "--store", f"sqlite:///{tmp_path / 'other.db'}")
        assert (1, False) == (unknown.exit_code, (tmp_path / "other.db").exists())

    def test_answers(self, tmp_path: Path) -> None:
        """What a file leaves open is asked for, and answered by an option."""
        path = tmp_path / "summary.csv"
        path.write_bytes(summary({}))
        asked = run("bill", path, "--rate", "50", "--currency", "EUR")
        assert (2, True) == (asked.exit_code, "answer with --person" in asked.stderr)
        told = json.loads(run("bill", path, "--rate", "50", "--currency", "EUR", "--person", "Ann", "--json").stdout)[
            "result"
        ]
        assert {"Ann": 2300} == told["people"]

    def test_enforce(self, file: Path) -> None:
        """Work past the stop is refused if that is asked for."""
        data = json.loads(run("bill", file, *TERMS, "--enforce", "--json").stdout)["result"]
        assert ("-1600.00", 1) == (data["clients"][0]["balance"], data["would_have_stopped"])

    def test_locale(self, file: Path) -> None:
        """Money is written as the locale writes it."""
        assert cldr.money("-2000.00", locale="de") in run("bill", file, *TERMS, "--locale", "de").stdout

    def test_decimal_hours(self, tmp_path: Path) -> None:
        """Hours are shown as the tracker counts them."""
        path = tmp_path / "harvest.csv"
        path.write_bytes(harvest({}))
        assert f"1 entry, {cldr.number('1.33')} hours, 1 person." in run("bill", path).stdout

    def test_zone(self, file: Path) -> None:
        """Days are those of the zone: Monday night in Chicago is Tuesday in UTC, but still in February."""
        late = {"Start date": "2026-02-28", "End date": "2026-02-28", "Start time": "22:00:00", "End time": "23:30:00"}
        file.write_bytes(toggl(late))
        options = ("--rate", "50", "--month", "2026-02", "--timezone", "America/Chicago")
        assert "INV-2026-0001 to Acme, 2026-02-01 to 2026-02-28" in run("bill", file, *options).stdout


class TestRefusedFile:
    @pytest.mark.parametrize(
        ("data", "place"),
        [
            (toggl({}, {"Start date": "2026-13-02"}), "Row 3, column Start date: there is no 2026-13-02"),
            (harvest({"Hours": "eight"}), "Row 2, column Hours: 'eight' is not a number"),
            (toggl({}, header=without(TOGGL, "Duration")), "Row 1, column Duration: the column is missing."),
            (b"\x89PNG\r\n\x1a\n\0\0", "Row 1, column 1: the cell "),
            (harvest({}, {"Billable Rate": "999999999999999.0", "Hours": "99999.0"}), "Row 3: "),
        ],
    )
    @pytest.mark.parametrize("options", [(), ("--json",)])
    def test_whole(self, file: Path, data: bytes, place: str, options: tuple[str, ...]) -> None:
        """A file that cannot be read or recorded is refused with one message, and nothing is shown of it."""
        file.write_bytes(data)
        result = run("bill", file, "--rate", "50", *options)
        assert 1 == result.exit_code
        if options:
            said, message = json.loads(result.stdout), f"{file} is refused. {place}"
            assert (None, "", "unreadable_file") == (said["result"], result.stderr, said["error"]["code"])
            assert said["error"]["message"].startswith(message)
            return
        assert "" == result.stdout
        assert result.stderr.startswith(f"Error: {file} is refused. {place}")
        assert 1 == result.stderr.count("\n")


class TestRefusedOptions:
    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            (["--rate", "5,5"], "--rate: A rate must be a plain number"),
            (["--rate", "nan"], "--rate: "),
            (["--rate", "-5"], "--rate: A rate must not be negative"),
            (["--allowed", "1e3"], "'--allowed'"),
            (["--currency", "dollars"], "'--currency': 'dollars' is not a currency"),
            (["--timezone", "Mars/Olympus"], "'--timezone': 'Mars/Olympus' is not a time zone"),
            (["--locale", "tlh-Qo"], "'--locale'"),
            (["--month", "March"], "'--month': 'March' is not a month such as 2016-01."),
            (["--month", "2026-13"], "'--month': There is no month 13 of 2026"),
            (["--format", "abacus"], "'--format'"),
            (["--refill-at", "-1000"], "--refill-at: it goes together with --refill-hours"),
            (["--refill-hours", "20"], "--refill-hours: it goes together with --refill-at"),
            (["--refill-rate", "20"], "--refill-rate: it goes together"),
            (["--refill-at", "-1", "--refill-hours", "20"], "--refill-rate: a refill needs a rate"),
            (
                [],
                "answer with --rate. Row 4: at which rate? It brings none, and Website of Acme is new.",
            ),
        ],
    )
    def test_option(self, file: Path, options: list[str], reason: str) -> None:
        """An option that cannot be, or that is missing, is named."""
        result = run("bill", file, *options)
        assert (2, "") == (result.exit_code, result.stdout)
        assert reason in result.stderr

    def test_currency_is_asked_for(self, file: Path) -> None:
        """A file that names no currency raises the question."""
        file.write_bytes(toggl({}, header=without(TOGGL, "Amount (USD)")))
        result = run("bill", file, "--rate", "50")
        assert (2, "") == (result.exit_code, result.stdout)
        assert "answer with --currency. The file: in which currency are the books to be kept?" in result.stderr

    @pytest.mark.parametrize("path", ["nowhere.csv", "."])
    def test_no_file(self, path: str) -> None:
        """What is not there, or no file, is named."""
        result = run("bill", path)
        assert 2 == result.exit_code
        assert "FILE" in result.stderr


class TestDemo:
    def test_told(self) -> None:
        """The story is told with its figures, the same at every telling."""
        result = run("demo")
        assert (0, "") == (result.exit_code, result.stderr)
        for figure in (cldr.money("-1600.00"), cldr.money("1550.00"), cldr.percent("25"), "stopped", "void"):
            assert figure in result.stdout
        assert "Refused: Work for this client is stopped" in result.stdout
        assert run("demo").stdout == result.stdout


class TestProgram:
    def test_as_a_module(self, file: Path) -> None:
        """It runs as `python -m invoicecore`, wherever one stands."""
        done = self._run(file, "--json")
        assert "" == done.stderr
        assert "-2000.00" == json.loads(done.stdout)["result"]["clients"][0]["balance"]

    def test_without_the_signs(self, file: Path) -> None:
        """Where the terminal lacks a sign, the figures are shown all the same."""
        file.write_bytes(toggl({}, header=(*without(TOGGL, "Amount (USD)"), "Amount (EUR)")))
        done = self._run(file, PYTHONIOENCODING="ascii")
        assert " -75.00 EUR " in done.stdout

    @pytest.mark.parametrize("library", ["click", "rich"])
    def test_without_its_extra(
        self, library: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without the extra, one line says how to install it."""
        self._take_away(library, monkeypatch)
        monkeypatch.setattr(sys, "argv", ["invoicecore", "demo"])
        with pytest.raises(SystemExit) as left:
            entry.main()
        assert 3 == left.value.code
        said = f"Error: This needs {library}; install it with: pip install 'invoicecore[cli]'\n"
        assert ("", said) == capsys.readouterr()

    def test_other_trouble(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Anything else that is missing is not mistaken for the extra."""
        self._take_away("json", monkeypatch)
        with pytest.raises(ModuleNotFoundError, match="json"):
            entry.main()

    @staticmethod
    def _run(file: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "invoicecore", "bill", str(file), *TERMS, *options]
        surroundings = {**os.environ, "COLUMNS": "80", **environment}
        return subprocess.run(command, capture_output=True, text=True, cwd=file.parent, env=surroundings, check=True)

    @staticmethod
    def _take_away(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in list(sys.modules):
            if name.startswith("invoicecore.cli") or name.partition(".")[0] == library:
                monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, library, None)


@real
class TestRealFiles:
    def test_toggl(self) -> None:
        """A team's export under prepaid terms: balance, refills and the work past the stop, to the cent."""
        path = DATA / "toggl_detailed_team_of_5_2016.csv"
        zone = ("--timezone", "America/New_York", "--currency", "USD")
        data = json.loads(run("bill", path, "--format", "toggl", *zone, *TERMS, "--json").stdout)["result"]
        assert (652, 3_188_866, 18, 624) == (
            data["entries"],
            data["seconds"],
            data["doubtful"],
            data["would_have_stopped"],
        )
        seconds = [485_794, 553_367, 1_076_272, 535_290, 538_143]
        assert seconds == [data["people"][f"User 0{number}"] for number in range(1, 6)]
        [client] = data["clients"]
        assert ("No client", "43513.52", "-43513.52", "43.5135", True) == (
            client["name"],
            client["worked"],
            client["balance"],
            client["utilization"],
            client["stopped"],
        )
        assert [("refill", "1000.00")] * 43 == [(it["kind"], it["total"]) for it in client["invoices"]]

    def test_harvest(self) -> None:
        """A season at the rates of the file."""
        data = json.loads(run("bill", DATA / "harvest_time_report_detailed_2025.csv", "--json").stdout)["result"]
        [client] = data["clients"]
        assert (298, 1_464_120, "19521.60", None) == (
            data["entries"],
            client["seconds"],
            client["worked"],
            client["utilization"],
        )
