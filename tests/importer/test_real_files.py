import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from invoicecore import importer, utc
from invoicecore.importer import DateOrder, TimeEntry, UnreadableFile
from tests.importer.readings import entries, found, one, question

DATA = Path(__file__).parents[3] / "shared" / "data"
FIXTURES = DATA / "importer-fixtures"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports lie beside the checkout")


class TestToggl:
    def test_team_of_five(self) -> None:
        """A team's export of some months is read whole, to the second."""
        timesheet = importer.read(DATA / "toggl_detailed_team_of_5_2016.csv", timezone="America/New_York")
        seconds: Counter[str] = Counter()
        for entry in timesheet.entries:
            seconds[entry.person] += entry.duration // timedelta(seconds=1)
        assert ("toggl", "USD", 652) == (timesheet.format, timesheet.currency, len(timesheet.entries))
        assert [485_794, 553_367, 1_076_272, 535_290, 538_143] == [seconds[name] for name in sorted(seconds)]
        assert 3_188_866 == seconds.total()
        assert 638 == sum(bool(entry.billable) for entry in timesheet.entries)
        assert 8 == sum(entry.elapsed != entry.duration for entry in timesheet.entries)
        assert 0 == sum(entry.is_doubtful for entry in timesheet.entries)

    def test_fixtures(self) -> None:
        """Exports with and without amounts, with emoji and backslashes, are read."""
        first = importer.read(FIXTURES / "toggl_time_entries_import_test_1.csv")
        second = importer.read(FIXTURES / "toggl_time_entries_import_test_2.csv")
        assert ("EUR", None) == (first.currency, second.currency)
        assert [("Development", "Backend"), ()] == [entry.tags for entry in first.entries]
        assert "🔥 Special characters" in second.entries[0].note


class TestHarvest:
    def test_a_season(self) -> None:
        """An export of a season is read whole, each row's hours times its rate exact."""
        timesheet = importer.read(DATA / "harvest_time_report_detailed_2025.csv")
        hours = [Fraction(entry.duration // timedelta(seconds=1), 3600) for entry in timesheet.entries]
        rates = [Fraction(entry.rate or 0) for entry in timesheet.entries]
        assert ("harvest", "USD", 298) == (timesheet.format, timesheet.currency, len(timesheet.entries))
        assert Fraction("406.70") == sum(hours)
        assert Fraction("19521.60") == sum(map(Fraction.__mul__, hours, rates))

    def test_fixture(self) -> None:
        """An export with decimal commas is read."""
        timesheet = importer.read(FIXTURES / "harvest_time_entries_import_test_1.csv")
        assert [timedelta(hours=20), timedelta(seconds=36)] == [entry.duration for entry in timesheet.entries]


class TestClockify:
    def read(self, number: int) -> list[TimeEntry | UnreadableFile]:
        file = FIXTURES / f"clockify_time_entries_import_test_{number}.csv"
        return found(file, timezone="Europe/Vienna", date_order=DateOrder.MONTH_FIRST)

    @pytest.mark.parametrize("number", [1, 4, 5, 6])
    def test_fixtures(self, number: int) -> None:
        """Exports with an activity in place of a task, without a client or without a word on what is billable."""
        first, second = self.read(number)
        assert isinstance(first, TimeEntry)
        assert isinstance(second, TimeEntry)
        assert [timedelta(0), timedelta(hours=1, seconds=1)] == [first.duration, second.duration]
        assert [utc(2024, 3, 4, 9, 23, 52), utc(2024, 3, 4, 9, 23)] == [first.start, second.start]
        assert ["", "Task 1: Working hard"] == [first.note, second.note]
        assert [None if number == 6 else "Big Company", number == 4] == [second.client, first.billable is None]

    @pytest.mark.parametrize("number", [1, 4, 5, 6])
    def test_asks_for_the_order(self, number: int) -> None:
        """3 April or 4 March: nothing in these tells."""
        file = FIXTURES / f"clockify_time_entries_import_test_{number}.csv"
        assert "date_order" == question(file).option

    def test_rate(self) -> None:
        """A thousand an hour for half an hour, invoiced already; its date tells the order by itself."""
        file = FIXTURES / "clockify_time_entries_import_test_2.csv"
        entry = one(file, timezone="Europe/Vienna")
        assert (Decimal(1000), "EUR", True) == (entry.rate, entry.currency, entry.invoiced)
        assert (utc(2024, 10, 15, 9), timedelta(minutes=30)) == (entry.start, entry.duration)

    @pytest.mark.parametrize(
        ("number", "place", "reason"),
        [
            (3, (2, "Start Date"), "there is no 13/15/2024 in a calendar."),
            (7, (2, "Client"), "the row has 12 cells, but the header 13."),
        ],
    )
    def test_refused(self, number: int, place: tuple[int, str], reason: str) -> None:
        """Month thirteen and the short row are refused by row and column."""
        [refused] = self.read(number)
        assert isinstance(refused, UnreadableFile)
        assert (place, reason) == ((refused.row, refused.column), refused.reason)

    def test_summary(self) -> None:
        """A month's summary to the second, which its decimal hours do not add up to."""
        rows = entries(DATA / "clockify_summary_2024-01.csv", person="Ann")
        assert (99, timedelta(seconds=279_183)) == (len(rows), sum((it.duration for it in rows), timedelta(0)))


class TestSolidtime:
    def test_fixture(self) -> None:
        """Entries that know everybody by id ask for the names, and are read with them."""
        file = FIXTURES / "time_entries.csv"
        asked = question(file)
        ids = re.findall(r"[0-9a-f-]{36}", asked.reason)
        rows = entries(file, names=dict(zip(ids, ("Ann", "Acme", "Website"), strict=True)))
        assert [None, "Acme"] == [row.client for row in rows]
        assert [timedelta(0), timedelta(hours=1, seconds=1)] == [row.duration for row in rows]
        assert all(row.identified for row in rows)


class TestGeneric:
    def test_fixture(self) -> None:
        """A table in plain words is known by itself."""
        rows = entries(FIXTURES / "generic_time_entries_import_test_1.csv", timezone=None)
        assert [(False, None), (True, "Big Company")] == [(row.billable, row.client) for row in rows]


class TestOthers:
    @pytest.mark.parametrize("name", ["harvest_clients_import_test_1.csv", "harvest_projects_import_test_1.csv"])
    def test_refused(self, name: str) -> None:
        """An export of another kind is refused, not misread."""
        with pytest.raises(importer.UnreadableFile, match="Row 1: no known format has this header"):
            importer.read(FIXTURES / name)
