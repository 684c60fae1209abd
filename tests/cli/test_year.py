"""A freelancer's year, by commands alone, on one file.

In month m of 2025, Maria works two hours on each of its first m days, at €90. By hand:

| month | work | invoice | what becomes of it |
|---|---|---|---|
| January | 180 | 0001 | paid |
| February | 360 | 0002 | paid in two parts, 100 and 260 |
| March | 540 | 0003, 0004 | the first one had the wrong address and is void; the second is paid |
| April | 720 | 0005 | paid |
| May | 855 | 0006 | 900 as imported; half an hour more and an hour less were corrected since; paid |
| June | 1,080 | 0007 | the first payment bounced, the second is paid |
| July | 1,260 | 0008 | reminded; 1,000 are paid, 260 are written off, and still owed |
| August | 1,440 | 0009 | written off and forgiven |
| September, October, November | 1,620, 1,800, 1,980 | 0010 to 0012 | paid |
| December | 2,160 | 0013 | open |

The three exports overlap, and each has what was corrected in the tracker since. In May, a note, a start that was half
an hour earlier, and a duration that was one hour correct what is there. In March, which was invoiced, the note of the
first day was corrected too late, and stays; so does that in July.

The work is 180 × 78 − 45 = 13,995, paid are 10,135, forgiven 1,440: the balance is −2,420, and 260 + 2,160 are open.
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


LAST_DAYS = {4: date(2025, 5, 5), 8: date(2025, 8, 8), 12: date(2025, 12, 12)}
"""Three exports, each of the whole year so far; that of April has the first days of May."""
CORRECTED: dict[int, dict[date, Cells]] = {
    4: {},
    8: {
        date(2025, 3, 1): {"Description": "Imprint and terms"},
        date(2025, 5, 1): {"Description": "Footer and imprint"},
        date(2025, 5, 2): {"Start time": "08:30:00", "Duration": "02:30:00"},
        date(2025, 5, 3): {"End time": "10:00:00", "Duration": "01:00:00"},
    },
    12: {date(2025, 7, 1): {"Description": "Search"}},
}
"""What was corrected in the tracker before each of them."""


def worked_until(month: int) -> bytes:
    """The export of the year so far, as a tracker gives it out."""
    days = (date(2025, m, day) for m in MONTHS for day in range(1, m + 1))
    corrected = {day: cells for until in CORRECTED if until <= month for day, cells in CORRECTED[until].items()}
    return toggl(*({**row(it), **corrected.get(it, {})} for it in days if it <= LAST_DAYS[month]), header=HEADER)


def row(day: date) -> Cells:
    """Two hours on a day."""
    times = {"Start time": "09:00:00", "End time": "11:00:00", "Duration": "02:00:00"}
    return {"Start date": str(day), "End date": str(day), "User": "Maria Vega", "Email": "", **times}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """The whole year."""
    folder = tmp_path_factory.mktemp("year")
    maria = Terminal(folder, str(folder / "books.db"))
    firm = ("--name", "Vega Studio", "--owner", "Maria Vega", "--currency", "EUR", "--timezone", "Europe/Berlin")
    maria.said("init", *firm, "--address", "Main St 1; Berlin", "--pay-to", "IBAN DE02 1203 0000 0000 2020 51")
    for month in MONTHS:
        if month in LAST_DAYS:
            (folder / "export.csv").write_bytes(worked_until(month))
            given = ("import", folder / "export.csv", "--rate", "90")
            answer = {4: (), 8: ("--replace",), 12: ("--skip",)}[month]
            if answer:
                _asked(maria, *given)
            applied = maria.result(*given, *answer)["applied"]
            assert APPLIED[month] == {name: applied[name] for name in ("added", "changed", "known", "left")}
            for each in range(month - 3, month + 1):
                bill(maria, each)
    maria.said("pay", "INV-2025-0008", "1000", "--date", "2025-10-15")
    maria.said("remind", "INV-2025-0008", "--date", "2025-09-15", "--out", folder)
    maria.said("invoice", "write-off", "INV-2025-0008")
    maria.said("invoice", "write-off", "INV-2025-0009", "--forgive")
    return maria


APPLIED = {
    4: {"added": 15, "changed": 0, "known": 0, "left": 0},
    8: {"added": 21, "changed": 3, "known": 11, "left": 1},
    12: {"added": 42, "changed": 0, "known": 34, "left": 2},
}
"""What becomes of the rows of each export."""


def _asked(maria: Terminal, *given: object) -> None:
    """What was corrected is not recorded in silence: it is shown with before and after, and nothing changes."""
    before = maria.result("work", "list")
    for answer in ((), ("--dry-run",)):
        told = maria.run(*given, *answer)
        assert (2, True) == (told.exit_code, "Nothing was written" in told.stdout)
        assert "note: " in told.stdout
    assert before == maria.result("work", "list")


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
        case 6:
            maria.said("pay", number, "--date", first.replace(day=11), "--reference", "TX-6")
            maria.said("payment", "reverse", number, "--note", "Bounced")
            maria.said("pay", number, "--date", first.replace(day=21), "--reference", "TX-6b")
        case 7 | 8 | 12:
            maria.said("invoice", "send", number, "--by-hand")
        case _:
            maria.said("pay", number, "--date", first.replace(day=11), "--reference", f"TX-{month}")


class TestTheYear:
    def test_invoices(self, year: Terminal) -> None:
        """Thirteen, numbered and dated in order."""
        rows = year.result("invoice", "list")["rows"]
        totals = [180, 360, 540, 540, 720, 855, 1080, 1260, 1440, 1620, 1800, 1980, 2160]
        assert [f"{total}.00" for total in totals] == [row["total"]["amount"] for row in rows]
        assert ["INV-2025-0001", "INV-2025-0012", "INV-2026-0013"] == [rows[it]["number"] for it in (0, 11, 12)]
        assert sorted(row["issued_on"] for row in rows) == [row["issued_on"] for row in rows]
        statuses = [
            "paid",
            "paid",
            "void",
            *["paid"] * 4,
            "uncollectible",
            "uncollectible",
            "paid",
            "paid",
            "paid",
            "due",
        ]
        assert statuses == [row["status"] for row in rows]

    def test_balance(self, year: Terminal) -> None:
        """What was worked, less what came in and what was given up."""
        standing = year.result("client", "show", "acme")["standing"]
        assert ("-2420.00", "0.00") == (standing["balance"]["amount"], standing["unbilled"]["amount"])
        assert "-2420.00" == year.result("statement", "acme")["closing"]["amount"]

    def test_corrections(self, year: Terminal) -> None:
        """In May they are in the books; in March and July, which were invoiced, all is as it was."""
        notes = {}
        for month in (3, 5, 7):
            for it in year.result("work", "list", "--month", f"2025-{month:02}")["rows"]:
                if it["session"]["day"][-2:] in {"01", "02", "03"}:
                    notes[it["session"]["day"]] = (it["session"]["note"], it["session"]["amount"]["amount"])
        usual = "Some work"
        assert {
            "2025-03-01": (usual, "180.00"),
            "2025-03-02": (usual, "180.00"),
            "2025-03-03": (usual, "180.00"),
            "2025-05-01": ("Footer and imprint", "180.00"),
            "2025-05-02": (usual, "225.00"),
            "2025-05-03": (usual, "90.00"),
            "2025-07-01": (usual, "180.00"),
            "2025-07-02": (usual, "180.00"),
            "2025-07-03": (usual, "180.00"),
        } == notes

    def test_owed(self, year: Terminal) -> None:
        """One invoice is open, and what was written off without being forgiven is owed."""
        [due] = year.result("invoice", "list", "--status", "due")["rows"]
        given_up = year.result("invoice", "list", "--status", "uncollectible")["rows"]
        assert ("2160.00", ["260.00", "1440.00"]) == (
            due["amount_due"]["amount"],
            [it["amount_due"]["amount"] for it in given_up],
        )
        assert "-2420.00" == year.result("client", "show", "acme")["standing"]["balance"]["amount"]

    def test_reminder(self, year: Terminal) -> None:
        """It says what is left, and since when."""
        letter = (year.folder / "reminder-INV-2025-0008-2025-09-15.html").read_text(encoding="utf-8")
        assert "€260.00" in letter
        assert "August 15, 2025" in letter

    def test_payments(self, year: Terminal) -> None:
        """What came in, less what bounced."""
        payments = year.result("payment", "list", "acme")
        came = sum(float(it["amount"]["amount"]) for it in payments)
        back = [it["amount"]["amount"] for it in payments if it["reversed_on"]]
        assert (10_135 + 1_080, ["1080.00"]) == (came, back)

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
