from datetime import date, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from invoicecore import importer, utc
from invoicecore.importer import MissingOption, TimeEntry, UnreadableFile
from tests.importer.files import HARVEST, Cells, harvest, without
from tests.importer.readings import expected


def entries(*rows: Cells, timezone: str = "UTC") -> tuple[TimeEntry, ...]:
    """The entries of a file with these rows."""
    return importer.read(harvest(*rows), timezone=timezone).entries


def refusal(*rows: Cells, timezone: str = "UTC") -> UnreadableFile:
    """The error with which a file with these rows is refused."""
    with pytest.raises(UnreadableFile) as raised:
        entries(*rows, timezone=timezone)
    return raised.value


def amounts(hours: str, rate: str = "100", amount: str = "0") -> Cells:
    """A row with these numbers and no others."""
    return {"Hours": hours, "Billable Rate": rate, "Billable Amount": amount, "Cost Rate": "", "Cost Amount": ""}


class TestEntry:
    def test_every_cell(self) -> None:
        """Everything that the row says about the work is in the entry; hours are exact."""
        wanted = expected(
            person="Ann Lee",
            email=None,
            day=date(2026, 3, 2),
            duration=timedelta(seconds=4788),
            rate=Decimal("48.0"),
            amount=Decimal("63.84"),
            currency="USD",
            invoiced=False,
        )
        [entry] = entries({"Task": "Design"})
        assert wanted == evolve(entry, source=None)

    def test_start_and_end(self) -> None:
        """Work of which only the day is known starts with the day in the zone, and lasts as long as is stated."""
        [entry] = entries({"Hours": "1.5"})
        assert utc(2026, 3, 2, 5) == entry.starts("America/New_York")
        assert utc(2026, 3, 2, 6, 30) == entry.ends("America/New_York")
        assert not entry.is_doubtful

    def test_blank_cells(self) -> None:
        """What the row leaves blank is not there."""
        [entry] = entries({"Client": "", "Project": "", "Notes": "", "Billable Rate": "", "Currency": ""})
        assert (None, None, "", None, None) == (entry.client, entry.project, entry.note, entry.rate, entry.currency)

    def test_optional_columns(self) -> None:
        """Task, rate, amounts and currency need no column."""
        optional = ("Task", "Billable Rate", "Billable Amount", "Cost Rate", "Cost Amount", "Currency")
        timesheet = importer.read(harvest({}, header=without(HARVEST, *optional)))
        assert (None, None) == (timesheet.currency, timesheet.entries[0].rate)

    def test_one_name(self) -> None:
        """A person may have one name only."""
        assert "Lee" == entries({"First Name": ""})[0].person


class TestCurrency:
    @pytest.mark.parametrize("cell", ["Euro - EUR", "EUR", "Some - Other - EUR"])
    def test_code(self, cell: str) -> None:
        """The code at the end of the cell counts."""
        assert "EUR" == importer.read(harvest({"Currency": cell})).currency

    def test_several(self) -> None:
        """A file in several currencies names none for the whole; each entry keeps its own."""
        timesheet = importer.read(harvest({}, {"Currency": "Euro - EUR"}))
        assert (None, ["USD", "EUR"]) == (timesheet.currency, [entry.currency for entry in timesheet.entries])


class TestNumbers:
    @pytest.mark.parametrize(
        ("rows", "hours", "rate"),
        [
            ([amounts("20,0", "100,0", "2.000,0")], "20", "100"),
            ([amounts("20.0", "100.0", "2,000.0")], "20", "100"),
            ([amounts("0,01", "1.250")], "0.01", "1250"),
            ([amounts("0.01", "1.250")], "0.01", "1.25"),
            ([amounts("0.01", "1,250")], "0.01", "1250"),
            ([amounts("8", "1.234.567")], "8", "1234567"),
            ([amounts("8", "0.125")], "8", "0.125"),
            ([amounts("8", "1250.125")], "8", "1250.125"),
            ([amounts("8", "100", "0,5")], "8", "100"),
            ([amounts("8", "100")], "8", "100"),
        ],
    )
    def test_decimal_mark(self, rows: list[Cells], hours: str, rate: str) -> None:
        """All numbers of the file together tell which sign stands before the decimals."""
        entry = entries(*rows)[0]
        assert Decimal(hours) * 3600 == Decimal(entry.duration // timedelta(seconds=1))
        assert Decimal(rate) == entry.rate

    def test_another_row_tells(self) -> None:
        """A number that could be read either way is read as the rest of the file is."""
        assert Decimal("1250") == entries(amounts("8", "1.250"), amounts("0,5"))[0].rate
        assert Decimal("1.25") == entries(amounts("8", "1.250"), amounts("0.5"))[0].rate

    def test_mixed(self) -> None:
        """Numbers that contradict each other are refused where the contradiction shows."""
        error = refusal(amounts("1.33"), amounts("8", "48,5"))
        assert (3, "Billable Rate") == (error.row, error.column)
        assert "the decimal mark of 48,5 is not that of 1.33 in row 2." == error.reason

    def test_undecided(self) -> None:
        """A number that could be read either way is refused where nothing else tells."""
        error = refusal(amounts("8"), amounts("8", "1.250"))
        assert isinstance(error, MissingOption)
        assert (3, "Billable Rate") == (error.row, error.column)
        assert "decimal_mark" == error.option
        reason = "nothing in the file tells whether 1.250 has decimals or thousands; say it with decimal_mark."
        assert reason == error.reason

    @pytest.mark.parametrize("cell", ["eight", "-1.5", "1e3", "1.2.3", "1,23,456.7", "NaN", "+1", "."])
    def test_bad(self, cell: str) -> None:
        """What is not a plain number is refused."""
        error = refusal({}, {"Hours": cell})
        assert (3, "Hours", f"{cell!r} is not a number such as 1.5.") == (error.row, error.column, error.reason)

    def test_bad_where_it_is_not_used(self) -> None:
        """A number column that is not billed by is still a number column."""
        assert "Cost Amount" == refusal({"Cost Amount": "n/a"}).column

    @pytest.mark.parametrize(
        ("cell", "seconds"),
        [
            ("7.419999999999999", "26712"),
            ("0.9500000000000001", "3420"),
            ("2.7777777777777778e-04", "1"),
            ("0.3333333333", "1200"),
            ("0.00000000001", "0"),
            (".5", "1800"),
            ("1 250.5", "4501800"),
        ],
    )
    def test_as_programs_write_them(self, cell: str, seconds: str) -> None:
        """Hours are read to the microsecond, also where a program reckons in binary."""
        [entry] = entries(amounts(cell))
        assert timedelta(seconds=int(seconds)) == entry.duration

    def test_too_long(self) -> None:
        """Hours beyond all reason are refused."""
        assert "Hours" == refusal({"Hours": "999999999.0"}).column


class TestRefused:
    @pytest.mark.parametrize(
        ("column", "cell", "reason"),
        [
            ("Date", "2025-13-07", "there is no 2025-13-07 in a calendar."),
            (
                "Date",
                "12/07/2025",
                "nothing in the file tells whether 12/07/2025 names day or month first; say it with date_order.",
            ),
            ("Hours", "", "it is blank."),
            ("Billable?", "maybe", "'maybe' is neither Yes nor No."),
            ("Currency", "Bitcoin - BTC", "'BTC' is not a currency; give an ISO 4217 code such as 'USD'."),
            ("Currency", "dollars", "'dollars' is not a currency; give an ISO 4217 code such as 'USD'."),
        ],
    )
    def test_cell(self, column: str, cell: str, reason: str) -> None:
        """A cell that cannot be read refuses the file, naming row and column."""
        assert f"Row 3, column {column}: {reason}" == str(refusal({}, {column: cell}))

    def test_nobody(self) -> None:
        """A row without a name is refused."""
        assert "First Name" == refusal({"First Name": "", "Last Name": " "}).column

    def test_day_that_was_left_out(self) -> None:
        """A day that the zone's calendar left out is refused."""
        error = refusal({"Date": "2011-12-30"}, timezone="Pacific/Apia")
        assert (2, "Date") == (error.row, error.column)
        assert 1 == len(entries({"Date": "2011-12-31"}, timezone="Pacific/Apia"))
