"""A freelancer's year, by commands alone, on one file.

In month m of 2025, Maria works two hours on each of its first m days, at €90. By hand:

| month | work | invoice | what becomes of it |
|---|---|---|---|
| January | 180 | 0001 | paid |
| February | 360 | 0002 | paid in two parts, 100 and 260 |
| March | 540 | 0003, 0004 | the first one had the wrong address and is void; the second is paid |
| April, May, June | 720, 900, 1,080 | 0005 to 0007 | paid |
| July | 1,260 | 0008 | reminded; 1,000 are paid, 260 are open |
| August | 1,440 | 0009 | written off and forgiven |
| September, October, November | 1,620, 1,800, 1,980 | 0010 to 0012 | paid |
| December | 2,160 | 0013 | open |

The work is 180 × 78 = 14,040, paid are 10,180, forgiven 1,440: the balance is −2,420, and 260 + 2,160 are open.
"""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.importer.files import TOGGL, Cells, toggl, without
from tests.needs import missing

MONTHS = range(1, 13)
HEADER = without(TOGGL, "Amount (USD)")  # the currency is that of the books


def worked_until(month: int) -> bytes:
    """The export of the year so far, as a tracker gives it out."""
    return toggl(*(row(date(2025, m, day)) for m in MONTHS if m <= month for day in range(1, m + 1)), header=HEADER)


def row(day: date) -> Cells:
    """Two hours on a day."""
    times = {"Start time": "09:00:00", "End time": "11:00:00", "Duration": "02:00:00"}
    return {"Start date": str(day), "End date": str(day), "User": "Maria Vega", "Email": "", **times}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The whole year."""
    folder = tmp_path_factory.mktemp("year")
    maria = Terminal(folder, str(folder / "books.db"))
    given = ("--name", "Vega Studio", "--owner", "Maria Vega", "--currency", "EUR", "--timezone", "Europe/Berlin")
    maria.said("init", *given, "--address", "Main St 1; Berlin", "--pay-to", "IBAN DE02 1203 0000 0000 2020 51")
    added = []
    for month in MONTHS:
        if month in (4, 8, 12):  # three exports, each of the whole year so far
            (folder / "export.csv").write_bytes(worked_until(month))
            added.append(maria.result("import", folder / "export.csv", "--rate", "90")["applied"]["added"])
            for each in range(month - 3, month + 1):
                bill(maria, each)
    assert [10, 26, 42] == added
    maria.said("pay", "INV-2025-0008", "1000", "--date", "2025-10-15")
    maria.said("invoice", "write-off", "INV-2025-0009", "--forgive")
    return maria


def bill(maria: Terminal, month: int) -> None:
    """Bill a month on the first day of the next one, and record what comes in ten days later."""
    first = date(2025 + month // 12, month % 12 + 1, 1)
    given = ("bill", "--month", f"2025-{month:02}", "--date", first)
    [invoice] = maria.result(*given)
    number = invoice["number"]
    match month:
        case 2:
            maria.said("pay", number, "100", "--date", first.replace(day=11))
            maria.said("pay", number, "--date", first.replace(day=21))
        case 3:
            maria.said("invoice", "void", number, "--note", "Wrong address")
            maria.said("client", "edit", "acme", "--address", "Road 2; Hamburg")
            [again] = maria.result(*given)
            maria.said("pay", again["number"], "--date", first.replace(day=11))
        case 7 | 8 | 12:
            maria.said("invoice", "send", number, "--by-hand")
        case _:
            maria.said("pay", number, "--date", first.replace(day=11), "--reference", f"TX-{month}")


class TestTheYear:
    def test_invoices(self, year: Terminal) -> None:
        """Thirteen, numbered and dated in order."""
        rows = year.result("invoice", "list")["rows"]
        totals = [180, 360, 540, 540, 720, 900, 1080, 1260, 1440, 1620, 1800, 1980, 2160]
        assert [f"{total}.00" for total in totals] == [row["total"]["amount"] for row in rows]
        assert ["INV-2025-0001", "INV-2025-0012", "INV-2026-0013"] == [rows[it]["number"] for it in (0, 11, 12)]
        assert sorted(row["issued_on"] for row in rows) == [row["issued_on"] for row in rows]
        statuses = ["paid", "paid", "void", *["paid"] * 4, "due", "uncollectible", "paid", "paid", "paid", "due"]
        assert statuses == [row["status"] for row in rows]

    def test_balance(self, year: Terminal) -> None:
        """What was worked, less what came in and what was given up."""
        standing = year.result("client", "show", "acme")["standing"]
        assert ("-2420.00", "0.00") == (standing["balance"]["amount"], standing["unbilled"]["amount"])
        assert "-2420.00" == year.result("statement", "acme")["closing"]["amount"]

    def test_owed(self, year: Terminal) -> None:
        """Two invoices are open."""
        [acme] = year.result("owed")["clients"]["rows"]
        assert "2420.00" == acme["total"]["amount"]
        open_rows = year.result("invoice", "list", "--status", "due")["rows"]
        assert ["260.00", "2160.00"] == [row["amount_due"]["amount"] for row in open_rows]

    def test_reminder(self, year: Terminal, tmp_path: Path) -> None:
        """It says what is left, and since when."""
        year.said("remind", "INV-2025-0008", "--date", "2025-09-15", "--out", tmp_path)
        letter = (tmp_path / "reminder-INV-2025-0008-2025-09-15.html").read_text(encoding="utf-8")
        assert "€260.00" in letter
        assert "August 15, 2025" in letter

    def test_journal(self, year: Terminal, tmp_path: Path) -> None:
        """Another program adds it all up, checks every balance, and comes to the same."""
        hledger = shutil.which("hledger") or missing("hledger")
        year.said("export", "--journal", tmp_path / "books.journal")
        book = (hledger, "-f", tmp_path / "books.journal")
        subprocess.run([*book, "check", "--strict"], check=True)
        balance = subprocess.run([*book, "balance", "Clients:Acme"], check=True, capture_output=True, text=True)
        assert "2420.00 EUR" in balance.stdout

    def test_sound(self, year: Terminal) -> None:
        """Worked out anew, all of it fits."""
        assert year.said("verify").startswith("Vega Studio: sound\n")

    def test_again(self, year: Terminal) -> None:
        """The last export once more changes nothing, and there is nothing to bill."""
        applied = year.result("import", year.folder / "export.csv", "--rate", "90")["applied"]
        assert (0, 78) == (applied["added"], applied["known"])
        assert [] == year.result("bill", "--month", "2025-12")
