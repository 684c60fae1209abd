from collections import Counter
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from invoicecore import exchange

DATA = Path(__file__).parents[3] / "shared" / "data"
FIXTURES = DATA / "importer-fixtures"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real exports lie beside the checkout")


class TestToggl:
    def test_team_of_five(self) -> None:
        """A team's export of some months is read whole, to the second."""
        timesheet = exchange.read(DATA / "toggl_detailed_team_of_5_2016.csv", timezone="America/New_York")
        seconds: Counter[str] = Counter()
        for entry in timesheet.entries:
            seconds[entry.person] += entry.duration // timedelta(seconds=1)
        assert ("toggl", "USD", 652) == (timesheet.format, timesheet.currency, len(timesheet.entries))
        assert [485_794, 553_367, 1_076_272, 535_290, 538_143] == [seconds[name] for name in sorted(seconds)]
        assert 3_188_866 == seconds.total()
        assert 638 == sum(entry.billable for entry in timesheet.entries)
        assert 8 == sum(entry.elapsed != entry.duration for entry in timesheet.entries)
        assert 0 == sum(entry.is_doubtful for entry in timesheet.entries)

    def test_fixtures(self) -> None:
        """Exports with and without amounts, with emoji and backslashes, are read."""
        first = exchange.read(FIXTURES / "toggl_time_entries_import_test_1.csv")
        second = exchange.read(FIXTURES / "toggl_time_entries_import_test_2.csv")
        assert ("EUR", None) == (first.currency, second.currency)
        assert [("Development", "Backend"), ()] == [entry.tags for entry in first.entries]
        assert "🔥 Special characters" in second.entries[0].note


class TestHarvest:
    def test_a_season(self) -> None:
        """An export of a season is read whole, each row's hours times its rate exact."""
        timesheet = exchange.read(DATA / "harvest_time_report_detailed_2025.csv")
        hours = [Fraction(entry.duration // timedelta(seconds=1), 3600) for entry in timesheet.entries]
        rates = [Fraction(entry.rate or 0) for entry in timesheet.entries]
        assert ("harvest", "USD", 298) == (timesheet.format, timesheet.currency, len(timesheet.entries))
        assert Fraction("406.70") == sum(hours)
        assert Fraction("19521.60") == sum(map(Fraction.__mul__, hours, rates))

    def test_fixture(self) -> None:
        """An export with decimal commas is read."""
        timesheet = exchange.read(FIXTURES / "harvest_time_entries_import_test_1.csv")
        assert [timedelta(hours=20), timedelta(seconds=36)] == [entry.duration for entry in timesheet.entries]


class TestOthers:
    @pytest.mark.parametrize(
        "name",
        [
            "clockify_time_entries_import_test_1.csv",
            "generic_time_entries_import_test_1.csv",
            "harvest_clients_import_test_1.csv",
            "harvest_projects_import_test_1.csv",
            "time_entries.csv",
        ],
    )
    def test_refused(self, name: str) -> None:
        """An export of another kind is refused, not misread."""
        with pytest.raises(exchange.UnreadableFile, match="Row 1: no known format has this header"):
            exchange.read(FIXTURES / name)
