"""Exports as they come from people's programs, by the commands: each gives the hours and the money that it holds."""

import json
import shlex
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from invoicecore import importer
from invoicecore.cli.commands import program
from tests.importer.files import toggl
from tests.importer.workbooks import cell, row, xlsx, zipped

CASES = {
    "day, start and duration": (
        "project,day,start_time,duration,person\nSite,2021-05-04,07:12:40,00:20:12,Ann\n",
        "--timezone UTC --rate 60 --column project=project --column day=day --column start_time=start_time "
        "--column duration=duration --column person=person",
        1212,
        "20.20",
    ),
    "date and time in one cell": (
        '"Name","Category","Start","End","Time Spent"\n'
        '"Ann","Books","3/16/2026 1:10 PM","3/16/2026 3:40 PM","2.5"\n'
        '"Ann","Books","3/4/2026 9:50 AM","3/4/2026 10:10 AM","0.33"\n',
        "--timezone Asia/Manila --rate 60 --column person=Name --column project=Category --column start=Start "
        '--column end=End --column hours="Time Spent"',
        10200,
        "170.00",
    ),
    "durations with units": (
        toggl(
            {"Duration": "35:20 min", "End time": "09:35:20"},
            {"Duration": "3:00:00", "Start time": "10:00:00", "End time": "13:00:00"},
            {"Duration": "50 sec", "Start time": "14:00:00", "End time": "14:00:50"},
        ).decode(),
        "--timezone UTC --rate 60",
        12970,
        "216.16",
    ),
    "minutes": (
        '"Start Time","Hours","Time Spent","Owner","Order"\n"2020-06-08T09:00:11+02:00","1.62",97,"Ann","7"\n',
        '--rate 60 --column person=Owner --column start="Start Time" --column minutes="Time Spent" '
        "--column project=Order",
        5820,
        "97.00",
    ),
    "yes and no": (
        "Date,Début,Fin,Durée,Nom,Projet,Facturable\n2026-02-03,08:00,09:15,1:15,Ann,P,Oui\n2026-02-04,23:00,01:00,2:00,Ann,P,Non\n",
        "--timezone Europe/Paris --rate 60 --column day=Date --column start_time=Début --column end_time=Fin "
        "--column duration=Durée --column person=Nom --column project=Projet --column billable=Facturable",
        11700,
        "75.00",
    ),
    "float noise": (
        "person,day,hours,project\nAnn,2026-02-03,7.419999999999999,P\nAnn,2026-02-04,1.0800000000000001,P\n",
        "--rate 60 --column person=person --column day=day --column hours=hours --column project=project",
        30600,
        "510.00",
    ),
    "hours as they are stated": (
        "person;project;start;end;hours\nAnn;P;2026-02-03 09:00:00;2026-02-03 09:20:10;0.34\n"
        "Ann;P;2026-02-04 09:00:00;2026-02-04 10:30:30;1.50\n",
        "--timezone UTC --rate 60 --column person=person --column project=project --column start=start "
        "--column end=end --column hours=hours",
        6624,
        "110.40",
    ),
    "hours by the clock": (
        "person;project;start;end;hours\nAnn;P;2026-02-03 09:00:00;2026-02-03 09:20:10;0.34\n"
        "Ann;P;2026-02-04 09:00:00;2026-02-04 10:30:30;1.50\n",
        "--timezone UTC --rate 60 --durations clock --column person=person --column project=project "
        "--column start=start --column end=end --column hours=hours",
        6640,
        "110.67",
    ),
    "saved by a spreadsheet": (
        "sep=;\r\nDatum;Projekt;Benutzer;Von;Bis;Dauer\r\n02.03.26;P;Ann;09:00;11:30;2:30;\r\n;;;;;\r\n"
        "03.03.26;P;Ann;22:00;00:30;2:30;\r\nSumme;;;;;5:00\r\n",
        "--timezone Europe/Berlin --rate 60 --column person=Benutzer --column project=Projekt --column day=Datum "
        "--column start_time=Von --column end_time=Bis --column duration=Dauer",
        18000,
        "300.00",
    ),
}


def run(*arguments: str | Path) -> Result:
    """The result of a command."""
    return CliRunner().invoke(program, list(map(str, arguments)))


@pytest.mark.parametrize("name", CASES)
def test_billed(tmp_path: Path, name: str) -> None:
    """Hours and money are those of the file, by both commands."""
    text, options, seconds, worked = CASES[name]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    given = ["--currency", "USD", *shlex.split(options)]
    result = run("bill", path, *given, "--json")
    assert 0 == result.exit_code, result.stderr
    data = json.loads(result.stdout)["result"]
    assert (seconds, [worked]) == (data["seconds"], [client["worked"] for client in data["clients"]])
    kept = run(
        "import", path, *given, "--client", "C", "--project", "P", "--store", f"sqlite:///{tmp_path}/books.db", "--json"
    )
    assert seconds == round(json.loads(kept.stdout)["result"]["plan"]["total"]["duration"] / 1_000_000), kept.stderr


def test_the_rule_is_said(tmp_path: Path) -> None:
    """Which durations count is printed, and is in the data."""
    text, options, *_ = CASES["hours as they are stated"]
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    printed = " ".join(run("bill", path, *shlex.split(options), "--currency", "USD").stdout.split())
    assert "The hours that the file states count in every row, whatever its clock says;" in printed
    assert "Doubtful: 1 row" in printed
    data = json.loads(run("bill", path, *shlex.split(options), "--currency", "USD", "--json").stdout)["result"]
    assert ("stated", 1) == (data["duration_rule"], data["doubtful"])
    fitting = text.replace("10:30:30", "10:30:10")
    path.write_text(fitting, encoding="utf-8")
    printed = " ".join(run("bill", path, *shlex.split(options), "--currency", "USD").stdout.split())
    assert "The time from start to end counts in every row whose stated hours are rounded;" in printed
    assert "Doubtful" not in printed


def test_rows_of_totals_are_counted(tmp_path: Path) -> None:
    """It is said how many were passed over, by both commands; where there are none, nothing is."""
    text, options, *_ = CASES["saved by a spreadsheet"]
    path, given = tmp_path / "export.csv", [*shlex.split(options), "--currency", "USD"]
    path.write_text(text.replace("03.03.26", "Summe;;;;;2:30\r\n03.03.26"), encoding="utf-8")
    assert "2 rows of totals are passed over." in run("bill", path, *given).stdout
    assert 2 == json.loads(run("bill", path, *given, "--json").stdout)["result"]["totals_rows"]
    store = ("--client", "C", "--store", f"sqlite:///{tmp_path}/books.db")
    assert "2 rows of totals are passed over." in run("import", path, *given, *store, "--dry-run").stdout
    assert 2 == json.loads(run("import", path, *given, *store, "--json").stdout)["result"]["plan"]["totals_rows"]
    path.write_text(CASES["hours by the clock"][0], encoding="utf-8")
    assert "totals" not in run("bill", path, *shlex.split(CASES["hours by the clock"][1]), "--currency", "USD").stdout


def test_never_ten_decimals(tmp_path: Path) -> None:
    """A duration that is no hundredth of an hour is shown in minutes and seconds."""
    path = tmp_path / "export.csv"
    path.write_text("person,day,duration,project\nAnn,2026-03-02,0:17:25,P\n", encoding="utf-8")
    columns = [it for name in ("person", "day", "duration", "project") for it in ("--column", f"{name}={name}")]
    printed = run("bill", path, "--rate", "60", "--currency", "USD", *columns).stdout
    assert printed.startswith("1 entry, 0:17:25 hours, 1 person.")


def test_forgotten_timer(tmp_path: Path) -> None:
    """A timer that ran over a weekend is doubtful, also where the books are kept."""
    path = tmp_path / "export.csv"
    path.write_bytes(toggl({"End date": "2026-03-05", "End time": "09:00:00", "Duration": "72:00:00"}))
    for more in ([], ["--store", f"sqlite:///{tmp_path}/books.db"]):
        result = run("bill", path, "--timezone", "UTC", "--rate", "60", *more)
        assert "It took more than 24 hours." in result.stdout
    assert (
        1 == json.loads(run("bill", path, "--timezone", "UTC", "--rate", "60", "--json").stdout)["result"]["doubtful"]
    )


TABLES = {
    "de": "Wer;Kunde;Projekt;Datum;Stunden\nAnn;A;P;02.03.2026;8,20\n",
    "en": "Employee,Customer,Job,Start Time,End Time,Hourly Rate\nAnn,A,P,3/16/2026 9:00 AM,3/16/2026 10:00 AM,50\n",
    "fr": "Nom;Client;Projet;Jour;Début;Fin;Durée\nAnn;A;P;16/03/2026;09:00;10:00;1:00\n",
    "es": "Empleado,Cliente,Proyecto,Fecha,Horas\nAnn,A,P,16/03/2026,8.5\n",
    "it": "Dipendente;Cliente;Progetto;Data;Ore\nAnn;A;P;16/03/2026;8,5\n",
    "nl": "Medewerker;Klant;Project;Datum;Uren\nAnn;A;P;16-03-2026;8,5\n",
    "pt": "Funcionário;Cliente;Projeto;Data;Início;Fim\nAnn;A;P;16/03/2026;09:00;10:00\n",
    "ja": "担当者,顧客,プロジェクト,日付,時間\nAnn,A,P,2026年3月16日,8.5\n",
    "ar": "الموظف,العميل,المشروع,التاريخ,المدة\nAnn,A,P,2026-03-16,1:30\n",
    "minutes": "Who,Client,Project,Date,Minutes\nAnn,A,P,2026-03-16,90\n",
    "odd names": "Your Name,Client's name,Project,Date,Time Spent\nAnn,A,P,2026-03-16,1h 30m\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_the_first_refusal_helps(tmp_path: Path, name: str) -> None:
    """A table of unknown columns is refused with the very options that read it, and all columns and fields."""
    path = tmp_path / "export.csv"
    path.write_text(TABLES[name], encoding="utf-8")
    asked = run("bill", path, "--timezone", "UTC", "--rate", "50", "--currency", "EUR")
    assert 2 == asked.exit_code
    for column in TABLES[name].splitlines()[0].replace(";", ",").split(","):
        assert column in asked.stderr
    assert "The fields are: id, person, " in asked.stderr
    options = shlex.split(asked.stderr.partition("Try: ")[2])
    result = run("bill", path, "--timezone", "UTC", "--rate", "50", "--currency", "EUR", *options, "--json")
    assert 0 == result.exit_code, result.stderr
    [client] = json.loads(result.stdout)["result"]["clients"]
    assert "A" == client["name"]


def test_nobody_is_named(tmp_path: Path) -> None:
    """Where no column names who worked, the option that does is among them."""
    path = tmp_path / "export.csv"
    path.write_text("Projekt;Datum;Stunden\nP;02.03.2026;8,20\n", encoding="utf-8")
    assert asked_options(path)[-2:] == ["--person", "NAME"]


def asked_options(path: Path) -> list[str]:
    """The options that a refusal names."""
    return shlex.split(run("bill", path, "--rate", "50", "--currency", "EUR").stderr.partition("Try: ")[2])


def test_a_workbook(tmp_path: Path) -> None:
    """A sheet of a workbook is billed by its name."""
    path = tmp_path / "march.xlsx"
    rows = row(*map(cell, ("Who", "Day", "Hours"))) + row(cell("Ann"), cell(46090, 1), cell(8.2))
    path.write_bytes(xlsx({"Notes": row(cell("x")), "March": rows}))
    options = ["--sheet", "March", "--rate", "50", "--currency", "EUR", "--column", "person=Who", "--column", "day=Day"]
    result = run("bill", path, *options, "--column", "hours=Hours")
    assert "1 entry, 8.20 hours, 1 person." in result.stdout, result.stderr
    path.write_bytes(zipped({"[Content_Types].xml": "<Types/>"}))
    assert "save the sheet as CSV" in run("bill", path).stderr


def test_no_internal_word(tmp_path: Path) -> None:
    """Whatever columns are said, and whatever is in them, nothing internal is in an error."""
    path = tmp_path / "export.csv"
    fields = (
        "person",
        "day",
        "start_time",
        "end_time",
        "start",
        "end",
        "hours",
        "duration",
        "minutes",
        "rate",
        "billable",
        "id",
    )
    path.write_text(
        "\n".join([",".join(fields), "," * (len(fields) - 1), ",".join("x" for _ in fields)]), encoding="utf-8"
    )
    for size in (1, 2, 3, 4):
        for some in combinations(fields, size):
            options = importer.ImportOptions(timezone="UTC", columns={field: field for field in some})
            try:
                found = [*importer.open_export(path, options=options).entries()]
            except importer.UnreadableFile as refused:
                found = [refused]
            for error in found:
                assert isinstance(error, importer.UnreadableFile)
                assert str(error).isprintable()
                assert "None" not in str(error)
