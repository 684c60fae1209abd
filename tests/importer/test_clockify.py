from datetime import date, timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from invoicecore import importer, utc
from invoicecore.importer import DateOrder
from tests.importer.files import CLOCKIFY, SUMMARY, Cells, clockify, summary, without
from tests.importer.readings import entries, expected, one, question, refusal, refused_file


class TestDetailed:
    def test_every_cell(self) -> None:
        """Everything that the row says about the work is in the entry, the times in UTC."""
        wanted = expected(
            start=utc(2026, 3, 20, 14),
            end=utc(2026, 3, 20, 15, 30),
            rate=Decimal("50.00"),
            amount=Decimal("75.00"),
            currency="EUR",
            tags=("deep", "night shift"),
            invoiced=True,
        )
        row = {"Task": "Design", "Tags": "deep, night shift", "Invoiced": "Yes"}
        assert wanted == evolve(one(clockify(row), timezone="America/Chicago"), source=None)

    def test_activity(self) -> None:
        """A task may be called an activity."""
        header = (*without(CLOCKIFY, "Task"), "Activity")
        assert "Design: Some work" == one(clockify({"Activity": "Design"}, header=header)).note

    def test_optional_columns(self) -> None:
        """Client, e-mail, tags, rate and whether it is billable or invoiced need no column."""
        columns = ("Client", "Task", "Email", "Tags", "Billable", "Invoiced", "Billable Rate (EUR)")
        header = without(CLOCKIFY, *columns, "Billable Amount (EUR)")
        entry = one(clockify({}, header=header))
        assert (None, None, None, None) == (entry.client, entry.email, entry.invoiced, entry.rate)
        assert ((), None) == (entry.tags, entry.billable)

    def test_seconds_may_lack(self) -> None:
        """Times without seconds are whole minutes."""
        entry = one(clockify({"Start Time": "09:00 AM", "Duration (h)": "01:30:00"}))
        assert utc(2026, 3, 20, 9) == entry.start

    @pytest.mark.parametrize(
        ("cell", "hour"),
        [
            ("12:00 AM", 0),
            ("12:59:59 am", 0),
            ("1:00 AM", 1),
            ("11:00\u202fAM", 11),
            ("12:00 PM", 12),
            ("1:00 p.m.", 13),
        ],
    )
    def test_twelve_hours(self, cell: str, hour: int) -> None:
        """Twelve at night is the first hour of the day, twelve at noon the thirteenth."""
        times = {"Start Time": cell, "End Time": "11:59:59 PM"}
        start = one(clockify(times)).start
        assert start is not None
        assert hour == start.hour

    def test_twenty_four_hours(self) -> None:
        """Times may be on twenty-four hours."""
        assert utc(2026, 3, 20, 21) == one(clockify({"Start Time": "21:00:00", "End Time": "22:30:00"})).start

    def test_mixed_hours(self) -> None:
        """A file with times of both kinds is refused: nothing tells which half of the day the others are in."""
        error = refused_file(clockify({}, {"End Time": "10:30:00"}))
        assert (3, "End Time") == (error.row, error.column)
        assert (
            "10:30:00 and 09:00:00 AM in row 2 are not both written with AM or PM, so one of them cannot be told."
        ) == error.reason

    @pytest.mark.parametrize("cell", ["13:00 AM", "0:30 PM", "09:60 AM"])
    def test_no_such_time(self, cell: str) -> None:
        """A time that does not exist refuses its row."""
        error = refusal(clockify({}, {"Start Time": cell}))
        assert (3, "Start Time") == (error.row, error.column)
        assert error.reason.startswith(f"there is no {cell} ")


class TestDuration:
    def test_whole_seconds(self) -> None:
        """The duration to the second is the one that counts, and may differ from the clock."""
        entry = one(clockify({"Duration (h)": "01:30:01", "Duration (decimal)": "1.50"}))
        assert timedelta(hours=1, minutes=30, seconds=1) == entry.duration

    @pytest.mark.parametrize(
        ("cells", "seconds"),
        [
            ({"Duration (h)": "", "Duration (decimal)": "1.50"}, 5400),
            ({"Duration (h)": "", "Duration (decimal)": "1.33", "End Time": "10:20:00 AM"}, 4800),
            ({"Duration (h)": "", "Duration (decimal)": "1.34", "End Time": "10:20:00 AM"}, 4824),
            ({"Duration (h)": "1:30", "End Time": "10:30:59 AM"}, 5459),
            ({"Duration (h)": "1:30", "End Time": "10:31:01 AM"}, 5400),
        ],
    )
    def test_coarse(self, cells: Cells, seconds: int) -> None:
        """Hours rounded to hundredths, or cut to minutes, mean what passed by the clock if that is near enough."""
        assert timedelta(seconds=seconds) == one(clockify(cells)).duration

    def test_none(self) -> None:
        """Without a duration, what passed by the clock counts."""
        header = without(CLOCKIFY, "Duration (h)", "Duration (decimal)")
        assert timedelta(hours=1, minutes=30) == one(clockify({}, header=header)).duration


class TestDateOrder:
    def dates(self, start: str, end: str | None = None) -> Cells:
        return {"Start Date": start, "End Date": end or start, "Date of creation": ""}

    def days(self, *rows: Cells, order: DateOrder | None = None) -> list[date]:
        return [entry.start.date() for entry in entries(clockify(*rows), date_order=order) if entry.start is not None]

    def test_another_row_tells(self) -> None:
        """A number above twelve anywhere in the file tells the order of all dates."""
        open_one = self.dates("03/04/2024")
        assert [date(2024, 4, 3), date(2024, 3, 13)] == self.days(open_one, self.dates("13/03/2024"))
        assert [date(2024, 3, 4), date(2024, 3, 13)] == self.days(open_one, self.dates("03/13/2024"))
        assert [date(2024, 3, 4)] == self.days({**open_one, "Date of creation": "03/13/2024"})

    def test_asked(self) -> None:
        """Where nothing tells, the order is asked for, and the answer is taken."""
        asked = question(clockify(self.dates("04/04/2024"), self.dates("03/04/2024")))
        assert ("date_order", 3, "Start Date") == (asked.option, asked.row, asked.column)
        assert [date(2024, 4, 3)] == self.days(self.dates("03/04/2024"), order=DateOrder.DAY_FIRST)
        assert [date(2024, 3, 4)] == self.days(self.dates("03/04/2024"), order=DateOrder.MONTH_FIRST)

    def test_does_not_matter(self) -> None:
        """Where both readings are the same day, nothing is asked."""
        assert [date(2024, 4, 4)] == self.days(self.dates("04/04/2024"))

    def test_contradiction(self) -> None:
        """Dates that contradict each other refuse the file, naming the place."""
        error = refused_file(clockify(self.dates("13/03/2024"), self.dates("03/13/2024")))
        assert (3, "Start Date") == (error.row, error.column)
        assert "03/13/2024 cannot be read in the order of day and month of 13/03/2024 in row 2." == error.reason

    def test_contradicts_the_answer(self) -> None:
        """So does an answer that a date contradicts."""
        error = refused_file(clockify(self.dates("13/03/2024")), date_order=DateOrder.MONTH_FIRST)
        assert (2, "Start Date") == (error.row, error.column)

    def test_month_thirteen(self) -> None:
        """A date that exists in neither order refuses its row alone, and tells nothing."""
        rows = [self.dates("13/15/2024", "10/15/2024"), self.dates("10/15/2024")]
        error = refusal(clockify(*rows))
        assert "Row 2, column Start Date: there is no 13/15/2024 in a calendar." == str(error)

    @pytest.mark.parametrize("separator", ["/", "-"])
    def test_separators(self, separator: str) -> None:
        """Slashes and dashes leave the order open."""
        day = f"03{separator}04{separator}2024"
        assert "date_order" == question(clockify(self.dates(day))).option

    def test_dots(self) -> None:
        """With dots the day comes first, unless the file shows otherwise."""
        assert [date(2024, 4, 3)] == self.days(self.dates("03.04.2024"))
        assert [date(2024, 3, 4), date(2024, 3, 13)] == self.days(self.dates("03.04.2024"), self.dates("03.13.2024"))

    def test_year_first(self) -> None:
        """A year in front needs no order."""
        assert [date(2024, 4, 3)] == self.days(self.dates("2024-04-03"))


class TestRate:
    @pytest.mark.parametrize(("cell", "rate"), [("1000.00", Decimal(1000)), ("0.00", None), ("", None)])
    def test_zero_is_none(self, cell: str, rate: Decimal | None) -> None:
        """A rate of zero is what stands where none is set."""
        assert rate == one(clockify({"Billable Rate (EUR)": cell})).rate

    def test_currency(self) -> None:
        """The header names the currency, once."""
        header = (*without(CLOCKIFY, "Billable Amount (EUR)"), "Billable Amount (USD)")
        assert "EUR" == importer.read(clockify({})).currency
        assert "there are amounts in several currencies." == refused_file(clockify({}, header=header)).reason

    def test_decimal_comma(self) -> None:
        """Numbers may have a comma before their decimals."""
        row = {"Billable Rate (EUR)": "1.000,50", "Duration (decimal)": "1,50", "Billable Amount (EUR)": "1.500,75"}
        assert Decimal("1000.50") == one(clockify(row)).rate


class TestSummary:
    def test_every_cell(self) -> None:
        """A row has a day and how long it took, to the second."""
        wanted = expected(
            email=None,
            note="Some work",
            billable=None,
            day=date(2026, 3, 2),
            duration=timedelta(minutes=38, seconds=20),
        )
        assert wanted == evolve(one(summary({}), person="Ann"), source=None)

    def test_asks_who(self) -> None:
        """It names nobody, so that is asked."""
        assert "person" == question(summary({})).option
        assert "Ben" == one(summary({"User": "Ben"}, header=(*SUMMARY, "User"))).person

    def test_of_two_people(self) -> None:
        """The same row of somebody else is another."""
        ann, ben = (one(summary({}), person=who).source for who in ("Ann", "Ben"))
        assert ann != ben

    def test_without(self) -> None:
        """What Clockify writes in place of nothing is nothing."""
        entry = one(summary({"Client": "(Without client)", "Project": "(Without project)"}), person="Ann")
        assert (None, None) == (entry.client, entry.project)

    def test_currency(self) -> None:
        """A column of amounts names the currency."""
        assert "EUR" == one(summary({}, header=(*SUMMARY, "Amount (EUR)")), person="Ann").currency
