"""The commands for expenses, fees and discounts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.cli.test_commands import run


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Books with a client and a project."""
    path = tmp_path / "books.db"
    for command in (
        ("init", "--name", "Northwind", "--currency", "EUR", "--timezone", "Europe/Berlin", "--locale", "en_US"),
        ("client", "add", "Acme"),
        ("project", "add", "Acme", "Website", "--rate", "50"),
    ):
        done(path, *command)
    return path


def done(store: Path, *arguments: str) -> Result:
    """A command that is accepted."""
    result = run(*arguments, "--store", str(store))
    assert 0 == result.exit_code, result.output
    return result


def charges(store: Path, *asked: str) -> list[Any]:
    """What is listed, the latest first."""
    page = json.loads(done(store, "charge", "list", *asked, "--json").stdout)["result"]
    return [row["charge"] for row in page["rows"]]


def test_a_month(store: Path) -> None:
    """An expense with its receipt, a fee and a discount, listed, corrected, taken away, and billed."""
    receipt = store.parent / "ticket.pdf"
    receipt.write_bytes(b"%PDF-1.7\n%%EOF")
    about = ("--date", "2026-03-09", "--note", "Train", "--project", "Website", "--receipt", str(receipt))
    said = done(store, "charge", "expense", "Acme", "--price", "80", "--cost", "72.30 CHF", *about).stdout
    assert "Expense for Acme, 2026-03-09: €80.00. Its id is " in said
    done(store, "charge", "fee", "Acme", "1500", "--date", "2026-03-20", "--note", "Milestone 2")
    done(store, "charge", "allow", "Acme", "--percent", "10", "--month", "2026-03", "--note", "Loyal")
    listed = charges(store, "--client", "Acme")
    assert [("allowance", "-158.00"), ("fee", "1500.00"), ("expense", "80.00")] == [
        (it["kind"], it["amount"]["amount"]) for it in listed
    ]
    assert "72.30 CHF" == listed[2]["cost"]
    fee = listed[1]["id"]
    assert ["Loyal"] == [it["note"] for it in charges(store, "--unbilled", "--search", "lo", "--limit", "1")]
    assert [] == charges(store, "--billed")
    assert "€1,400.00" in done(store, "charge", "edit", fee, "--amount", "1400").stdout
    assert "Milestone 2" in done(store, "charge", "list", "--kind", "fee").stdout
    assert "Fee of 2026-03-20 is taken away." in done(store, "charge", "delete", fee).stdout
    assert 1 == run("charge", "edit", fee, "--note", "x", "--store", str(store)).exit_code


def test_a_month_is_billed(store: Path) -> None:
    """Work and charges of several codes are on one invoice, and so is a client's month of charges alone."""
    done(store, "tax", "DE7", "7", "--name", "USt.")
    done(store, "tax", "PASS", "--category", "disbursement")
    done(store, "settings", "--tax", "DE19=19")
    assert "USt. 7 %" in done(store, "tax").stdout
    assert 1 == run("tax", "DE19", "--store", str(store)).exit_code  # a standard code asks for something
    done(store, "log", "Website", "10", "--date", "2026-03-02")
    done(store, "charge", "fee", "Acme", "100", "--date", "2026-03-20", "--note", "Book", "--tax", "DE7")
    done(store, "charge", "expense", "Acme", "--price", "80", "--date", "2026-03-21", "--tax", "PASS")
    done(store, "client", "add", "Beta")
    done(store, "charge", "fee", "Beta", "7", "--date", "2026-03-20")
    said = done(store, "bill", "--month", "2026-03").stdout
    for text in ("Book", "Expense", "DE7 7 % of €100.00: €7.00.", "With tax: €782.00.", "With tax: €8.33."):
        assert text in said
    assert "Nothing to bill" in run("bill", "--month", "2026-03", "--store", str(store)).stderr


def test_nothing_to_correct(store: Path) -> None:
    """It is said."""
    done(store, "charge", "fee", "Acme", "5")
    [fee] = charges(store)
    result = run("charge", "edit", fee["id"], "--store", str(store))
    assert (1, True) == (result.exit_code, "Say what is to be corrected." in result.stderr)


def test_a_file_of_expenses(store: Path) -> None:
    """Each row is recorded, and once only; a row that cannot be read is named."""
    file = store.parent / "expenses.csv"
    file.write_text(
        "Client,Day,Price,Cost,Note,Project,Source\n"
        "Acme,2026-03-09,80,72.30 CHF,Train,Website,card:1\n"
        "\n"
        'acme,2026-03-10,,"9,00 EUR","Lunch, with Acme",,card:2\n',
        encoding="utf-8-sig",
    )
    for _ in range(2):
        said = done(store, "charge", "import", str(file)).stdout
        assert "Lunch, with Acme" in said
    listed = charges(store)
    assert [("0.00", "9,00 EUR"), ("80.00", "72.30 CHF")] == [(it["amount"]["amount"], it["cost"]) for it in listed]


def test_semicolons(store: Path) -> None:
    """As spreadsheets write them where a comma is in numbers; the price may have one too."""
    done(store, "settings", "--locale", "de_DE")
    file = store.parent / "expenses.csv"
    file.write_text("client;day;price;note\nAcme;2026-03-09;80,50;Train, first class\n", encoding="utf-8")
    done(store, "charge", "import", str(file))
    assert [("80.50", "Train, first class")] == [(it["amount"]["amount"], it["note"]) for it in charges(store)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The first line must name columns"),
        (b"day\n", "The first line must name columns"),
        (b"client,day,weather\n", "The first line must name columns"),
        (b"client,day\nAcme,soon\n", "Row 2: 'soon' is not a day"),
        (b"client,day\nNobody,2026-03-01\n", "Row 2: There is no client called 'Nobody'."),
        (b"client,day\nAcme,2026-03-01,more\n", "Row 2 has more cells"),
        (b"client,day,price\nAcme,2026-03-01,x\n", "Row 2: "),
        (b"client,day,price\n\nAcme,2026-03-01,-1\n", "Row 3: The price of an expense must be above zero"),
        (b"client,day,tax\nAcme,2026-03-01,NO\n", "Row 2: There is no tax code 'NO' here."),
        (b"client,day\n\xff\n", "The file is no CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(store: Path, content: bytes, said: str) -> None:
    """Nothing of it is recorded."""
    file = store.parent / "expenses.csv"
    file.write_bytes(content)
    result = run("charge", "import", str(file), "--store", str(store))
    assert 1 == result.exit_code
    assert said in " ".join(result.stderr.split())
    assert [] == charges(store)


def test_taxes_of_a_project_and_a_client(store: Path) -> None:
    """Projects have a code too; a client has a VAT id, and what is set later leaves the rest as it is."""
    done(store, "tax", "DE7", "7")
    assert "DE7" in done(store, "project", "edit", "Website", "--tax", "DE7", "--json").stdout
    book = done(store, "project", "add", "Acme", "Book", "--rate", "50", "--tax", "DE7", "--json")
    assert "DE7" == json.loads(book.stdout)["result"]["tax"]
    assert 2 == run("client", "edit", "Acme", "--vat-id", "X", "--store", str(store)).exit_code
    assert "ATU13585627" in done(store, "client", "edit", "Acme", "--vat-id", "ATU 1358-5627").stdout
    again = json.loads(done(store, "client", "edit", "Acme", "--tax", "DE7", "--json").stdout)["result"]["client"]
    assert ("DE7", "ATU13585627") == (again["tax"], again["party"]["vat_id"])


def refused(store: Path, *arguments: str) -> str:
    """What is said of a command that is refused."""
    result = run(*arguments, "--store", str(store))
    assert 1 == result.exit_code, result.output
    return " ".join(result.output.split())


def test_the_tax_of_the_firm(store: Path) -> None:
    """It is any code that is set, also one that asks for none, or a percentage; a blank one takes it away. No history
    of a code is lost by it."""
    done(store, "tax", "DE19", "19", "--name", "USt.")
    done(store, "tax", "DE19", "21", "--since", "2026-04-01")
    done(store, "tax", "SMALL", "--category", "exempt", "--reason", "Small business")
    codes = done(store, "tax").stdout
    assert "USt. 21 %" in codes  # it is called as before
    assert "Exempt: Small business" in codes
    for given, kept in (("SMALL", "SMALL"), ("DE19=21", "DE19"), ("7", "7"), ("DE19", "DE19"), ("", None)):
        assert kept == json.loads(done(store, "settings", "--tax", given, "--json").stdout)["result"]["tax"]
    taxes = json.loads(done(store, "tax", "--json").stdout)["result"]
    assert ["7", "DE19", "DE19", "SMALL"] == [it["tax"]["code"] for it in taxes]
    assert "DE19 19 --since DAY" in refused(store, "settings", "--tax", "DE19=19")
    assert "such as NEW=19" in refused(store, "settings", "--tax", "NEW")
    assert "Say at how many PERCENT" in refused(store, "tax", "NEW")


def test_a_code_is_taken_away(store: Path) -> None:
    """By a blank one, of a client, a project and a charge."""
    done(store, "tax", "DE7", "7")
    done(store, "client", "edit", "Acme", "--tax", "DE7")
    assert "with the tax code DE7" in done(store, "project", "edit", "Website", "--tax", "DE7").stdout
    done(store, "charge", "fee", "Acme", "100", "--tax", "DE7")
    [fee] = charges(store)
    assert "DE7" == fee["tax"]
    done(store, "charge", "edit", fee["id"], "--tax", "")
    assert [None] == [it["tax"] for it in charges(store)]
    assert (
        json.loads(done(store, "client", "edit", "Acme", "--tax", "", "--json").stdout)["result"]["client"]["tax"]
        is None
    )
    assert json.loads(done(store, "project", "edit", "Website", "--tax", "", "--json").stdout)["result"]["tax"] is None


def test_an_expense_that_waits_for_its_price(store: Path) -> None:
    """Whoever bills is told of it, so that it is not forgotten."""
    said = done(store, "charge", "expense", "Acme", "--cost", "5 CHF", "--date", "2026-03-02").stdout
    assert "Expense for Acme, 2026-03-02, without a price yet." in said
    assert "no price yet" in done(store, "charge", "list").stdout
    done(store, "log", "Website", "1", "--date", "2026-03-02")
    assert "1 expense has no price yet" in run("bill", "--month", "2026-03", "--store", str(store)).stderr
    done(store, "charge", "expense", "Acme", "--not-billable", "--date", "2026-04-02")
    done(store, "log", "Website", "1", "--date", "2026-04-02")
    assert "no price yet" not in run("bill", "--month", "2026-04", "--store", str(store)).stderr


def test_one_client_keeps_nobody_else_from_their_invoice(store: Path) -> None:
    """Neither one whose discounts take all of it off, nor one whose taxes do not go together; no draft is left."""
    done(store, "charge", "fee", "Acme", "9", "--date", "2026-03-02")
    done(store, "charge", "allow", "Acme", "--percent", "100", "--month", "2026-03")
    done(store, "tax", "OUT", "--category", "outside")
    done(store, "client", "add", "Beta")
    done(store, "charge", "fee", "Beta", "5", "--date", "2026-03-02")
    done(store, "charge", "fee", "Beta", "5", "--date", "2026-03-02", "--tax", "OUT")
    done(store, "client", "add", "Gamma")
    done(store, "charge", "fee", "Gamma", "7", "--date", "2026-03-02")
    result = run("bill", "--month", "2026-03", "--store", str(store))
    assert 1 == result.exit_code
    assert "INV-2026-0001 to Gamma" in result.stdout.replace(f"INV-{date.today().year}", "INV-2026")
    assert "Beta is not billed. What is outside the scope of tax" in " ".join(result.stderr.split())
    rows = json.loads(done(store, "invoice", "list", "--json").stdout)["result"]["rows"]
    assert ["Gamma"] == [it["client"]["name"] for it in rows]


def test_what_is_with_tax_and_what_without(store: Path) -> None:
    """An invoice shows net amount and tax, and it is said that a balance is net; without taxes nothing of it."""
    done(store, "charge", "fee", "Acme", "100", "--date", "2026-03-02")
    done(store, "bill", "--month", "2026-03")
    [first] = json.loads(done(store, "invoice", "list", "--json").stdout)["result"]["rows"]
    assert "Net" not in done(store, "invoice", "show", first["number"]).stdout
    assert "" == done(store, "statement", "Acme").stderr
    done(store, "settings", "--tax", "19")
    done(store, "charge", "fee", "Acme", "100", "--date", "2026-04-02")
    done(store, "bill", "--month", "2026-04")
    [second, _] = sorted(
        it["number"] for it in json.loads(done(store, "invoice", "list", "--json").stdout)["result"]["rows"]
    )[::-1]
    card = " ".join(done(store, "invoice", "show", second).stdout.split())
    assert "Net €100.00 Tax €19.00 Total €119.00" in card
    for asked in (("statement", "Acme"), ("client", "show", "Acme")):
        assert "without tax" in done(store, *asked).stderr
