"""What is read at once, or once for many rows, is what the readers of single cells read."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from benchmarks.moving import export
from invoicecore import importer
from invoicecore.importer import ImportOptions, UnreadableFile, kept_rows
from invoicecore.importer.files.text_rows import TableRows
from invoicecore.importer.inference.clock import steady_offset
from invoicecore.importer.inference.usual_times import UsualTimes
from invoicecore.importer.kept_rows import KeptRows
from invoicecore.importer.timesheet import TimeEntry
from tests.importer.files import toggl
from tests.world import World

_TIMES = (
    "09:00:00",
    "23:59:59",
    "24:00:00",
    "9:00:00",
    "01:30:00",
    "02:30:00",
    "12:00",
    "T9:00:00",
    "９:00:00",
    "",
    "-",
)
_DAYS = (
    "2024-03-09",
    "2024-03-10",
    "2024-11-03",
    "2024-11-04",
    "1899-12-31",
    "2024-02-30",
    "10/03/2024",
    "",
    "2024-3-9",
)
_NO_PLACES = {"Factory", "localtime"}
_LENGTHS = ("00:30:00", "01:00:00", "0:45", "1 h", "", "-1:00:00", "45:00:00", "00:30:00.5")


def told(row: TimeEntry | UnreadableFile) -> object:
    """An entry, or where and why a row is refused."""
    return row if isinstance(row, TimeEntry) else (row.row, row.column, row.reason)


def any_rows(chance: Random) -> Iterator[dict[str, str]]:
    for number in range(2_000):
        yield {
            "Start date": chance.choice(_DAYS),
            "Start time": chance.choice(_TIMES),
            "End date": chance.choice(_DAYS),
            "End time": chance.choice(_TIMES),
            "Duration": chance.choice(_LENGTHS),
            "User": chance.choice(["Lee", " Lee ", "Zoë", ""]),
            "Client": chance.choice(["Acme", "", "Globex"]),
            "Billable": chance.choice(["Yes", "No", "perhaps"]),
            "Description": chance.choice(["", 'Said "no"', "Überblick", f"Part {number % 3}"]),
        }


class TestUsualTimes:
    @pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "Australia/Lord_Howe"])
    @pytest.mark.parametrize("rule", [None, *importer.DurationRule])
    def test_rows_are_read_as_cell_by_cell(
        self, monkeypatch: pytest.MonkeyPatch, zone: str, rule: importer.DurationRule | None
    ) -> None:
        """Entries, sources and refusals are the same, whichever way a row is read."""
        data = toggl(*any_rows(Random(7)))
        options = ImportOptions(timezone=zone, duration_rule=rule, date_order=importer.DateOrder.DAY_FIRST)
        at_once = [*map(told, importer.open_export(data, options=options).entries())]
        monkeypatch.setattr(UsualTimes, "read", lambda *_: None)
        assert at_once == [*map(told, importer.open_export(data, options=options).entries())]
        assert 10 < sum(isinstance(it, TimeEntry) for it in at_once) < 1_900

    def test_most_rows_of_a_report_are_read_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[object] = []
        read = UsualTimes.read

        def noted(self: UsualTimes, row: Any) -> Any:
            seen.append(found := read(self, row))
            return found

        monkeypatch.setattr(UsualTimes, "read", noted)
        entries = [*importer.open_export(export(500), options=ImportOptions(timezone="UTC")).entries()]
        assert len(entries) == len(seen) == 500
        assert None not in seen


class TestSteadyOffset:
    def test_it_is_that_of_every_instant_of_the_day(self) -> None:
        """In every zone there is, on days of two centuries."""
        chance = Random(11)
        for zone in sorted(available_timezones() - _NO_PLACES):
            info = ZoneInfo(zone)
            for _ in range(12):
                day = datetime(1900, 1, 1) + timedelta(days=chance.randrange(366 * 160))
                offset = steady_offset(day.date(), zone)
                for minute in range(0, 24 * 60, 15):
                    at = day + timedelta(minutes=minute)
                    offsets = {at.replace(tzinfo=info, fold=fold).utcoffset() for fold in (0, 1)}
                    assert offset is None or offsets == {offset}, (zone, at)

    @pytest.mark.parametrize("day", ["2024-03-10", "2024-11-03"])
    def test_there_is_none_where_the_clock_is_changed(self, day: str) -> None:
        assert steady_offset(datetime.fromisoformat(day).date(), "America/Chicago") is None


class TestKeptRows:
    def test_they_come_back_as_they_were(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Also those of many batches, and refusals, in their order and as often as they are asked for."""
        monkeypatch.setattr(kept_rows, "_IN_MEMORY", 1)
        options = ImportOptions(timezone="UTC", date_order=importer.DateOrder.DAY_FIRST)
        rows = [*importer.open_export(toggl(*any_rows(Random(3))), options=options).entries()]
        kept = KeptRows()
        for row in rows:
            kept.add(row)
        for _ in range(2):
            assert [*map(told, rows)] == [*map(told, kept)]
        assert {UTC} == {it.start.tzinfo for it in kept if isinstance(it, TimeEntry) and it.start is not None}


class TestPasses:
    def test_a_plan_reads_the_file_twice(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Once for the way in which it writes dates and numbers, and once for its rows."""
        passes: list[str] = []
        rows = TableRows.__iter__

        def noted(self: TableRows) -> Iterator[Any]:
            passes.append("from the start")
            return rows(self)

        monkeypatch.setattr(TableRows, "__iter__", noted)
        importer.plan(world.maria, export(1_200), options=ImportOptions(timezone="UTC"), rate=50)
        assert len(passes) == 2
