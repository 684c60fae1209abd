"""Work around a change of the clock lasts as long as it really did."""

from datetime import datetime, timedelta

import pytest

from invoicecore import importer, utc
from invoicecore.importer import ImportOptions, TimeEntry, UnreadableFile
from tests.importer.files import CLOCKIFY, Cells, clockify, kimai, toggl, without

# Where, from when to when by the clock, how long really, and why.
NIGHTS = [
    ("America/New_York", "2018-11-03 19:42:29", "2018-11-04 05:46:03", "11:03:34", "2:00 became 1:00"),
    ("America/New_York", "2026-03-08 01:30:00", "2026-03-08 03:30:00", "01:00:00", "2:00 became 3:00"),
    ("Europe/Berlin", "2026-03-28 22:00:00", "2026-03-29 06:00:00", "07:00:00", "2:00 became 3:00"),
    ("Europe/Berlin", "2025-10-25 22:00:00", "2025-10-26 06:00:00", "09:00:00", "3:00 became 2:00"),
    ("Europe/Dublin", "2026-10-24 23:00:00", "2026-10-25 07:00:00", "09:00:00", "winter time is the exception there"),
    ("Australia/Lord_Howe", "2025-10-05 01:00:00", "2025-10-05 04:00:00", "02:30:00", "2:00 became 2:30"),
    ("Australia/Lord_Howe", "2026-04-05 01:00:00", "2026-04-05 04:00:00", "03:30:00", "2:00 became 1:30"),
    ("Pacific/Apia", "2011-12-29 23:00:00", "2011-12-31 01:00:00", "02:00:00", "30 December was left out"),
    ("Pacific/Chatham", "2026-04-04 22:00:00", "2026-04-05 06:00:00", "09:00:00", "3:45 became 2:45"),
    (
        "America/St_Johns",
        "2010-11-06 22:00:00",
        "2010-11-07 02:00:00",
        "05:00:00",
        "0:01 became 23:01 of the day before",
    ),
    ("Africa/Casablanca", "2024-03-09 22:00:00", "2024-03-10 06:00:00", "09:00:00", "Ramadan began, 3:00 became 2:00"),
    ("Africa/Casablanca", "2024-04-13 22:00:00", "2024-04-14 06:00:00", "07:00:00", "Ramadan was over"),
    ("America/Santiago", "2024-04-06 20:00:00", "2024-04-07 04:00:00", "09:00:00", "midnight became 23:00"),
    ("America/Santiago", "2024-09-07 20:00:00", "2024-09-08 04:00:00", "07:00:00", "midnight became 1:00"),
    ("Australia/Sydney", "2026-10-03 22:00:00", "2026-10-04 06:00:00", "07:00:00", "2:00 became 3:00"),
]

# A start that the clock showed twice: where, when, and both durations with the instants at which it then began.
TWICE = [
    ("Europe/Berlin", "2025-10-26 02:30:00", "2025-10-26 04:00:00", "02:30:00", utc(2025, 10, 26, 0, 30)),
    ("Europe/Berlin", "2025-10-26 02:30:00", "2025-10-26 04:00:00", "01:30:00", utc(2025, 10, 26, 1, 30)),
    ("Europe/Dublin", "2026-10-25 01:30:00", "2026-10-25 03:00:00", "02:30:00", utc(2026, 10, 25, 0, 30)),
    ("Europe/Dublin", "2026-10-25 01:30:00", "2026-10-25 03:00:00", "01:30:00", utc(2026, 10, 25, 1, 30)),
    ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-05 04:00:00", "02:45:00", utc(2026, 4, 4, 14, 45)),
    ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-05 04:00:00", "02:15:00", utc(2026, 4, 4, 15, 15)),
    ("Pacific/Chatham", "2026-04-05 03:00:00", "2026-04-05 06:00:00", "04:00:00", utc(2026, 4, 4, 13, 15)),
    ("Pacific/Chatham", "2026-04-05 03:00:00", "2026-04-05 06:00:00", "03:00:00", utc(2026, 4, 4, 14, 15)),
    ("America/St_Johns", "2010-11-06 23:30:00", "2010-11-07 02:00:00", "03:30:00", utc(2010, 11, 7, 2)),
    ("America/St_Johns", "2010-11-06 23:30:00", "2010-11-07 02:00:00", "02:30:00", utc(2010, 11, 7, 3)),
    ("Africa/Casablanca", "2024-03-10 02:30:00", "2024-03-10 05:00:00", "03:30:00", utc(2024, 3, 10, 1, 30)),
    ("Africa/Casablanca", "2024-03-10 02:30:00", "2024-03-10 05:00:00", "02:30:00", utc(2024, 3, 10, 2, 30)),
    ("America/Santiago", "2024-04-06 23:30:00", "2024-04-07 04:00:00", "05:30:00", utc(2024, 4, 7, 2, 30)),
    ("America/Santiago", "2024-04-06 23:30:00", "2024-04-07 04:00:00", "04:30:00", utc(2024, 4, 7, 3, 30)),
    ("Australia/Sydney", "2026-04-05 02:30:00", "2026-04-05 05:00:00", "03:30:00", utc(2026, 4, 4, 15, 30)),
    ("Australia/Sydney", "2026-04-05 02:30:00", "2026-04-05 05:00:00", "02:30:00", utc(2026, 4, 4, 16, 30)),
]


def length(text: str) -> timedelta:
    """The duration that a text such as 01:30:00 spells."""
    hours, minutes, seconds = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def toggl_row(start: str, end: str, duration: str) -> Cells:
    """A row with these times."""
    dates = {"Start date": start[:10], "End date": end[:10]}
    return {**dates, "Start time": start[11:], "End time": end[11:], "Duration": duration}


def only(data: bytes, zone: str) -> TimeEntry:
    """The one entry of a file."""
    [entry] = importer.open_export(data, options=ImportOptions(timezone=zone)).entries()
    assert isinstance(entry, TimeEntry), entry
    return entry


@pytest.mark.parametrize(("zone", "start", "end", "really", "why"), NIGHTS)
class TestNight:
    def test_with_a_duration(self, zone: str, start: str, end: str, really: str, why: str) -> None:
        """What is stated is what passed."""
        entry = only(toggl(toggl_row(start, end, really)), zone)
        assert (length(really), length(really)) == (entry.elapsed, entry.duration), why
        assert not entry.ambiguous

    def test_without(self, zone: str, start: str, end: str, really: str, why: str) -> None:
        """Where nothing is stated, what really passed is taken, not what the clock showed."""
        header = without(CLOCKIFY, "Duration (h)", "Duration (decimal)")
        dates = {"Start Date": start[:10], "End Date": end[:10], "Start Time": start[11:], "End Time": end[11:]}
        entry = only(clockify(dates, header=header), zone)
        assert length(really) == entry.duration, why


class TestTwice:
    @pytest.mark.parametrize(("zone", "start", "end", "duration", "began"), TWICE)
    def test_the_duration_tells(self, zone: str, start: str, end: str, duration: str, began: datetime) -> None:
        """Of a start that the clock showed twice, the one that fits the duration is meant."""
        entry = only(toggl(toggl_row(start, end, duration)), zone)
        assert (began, length(duration), False) == (entry.start, entry.elapsed, entry.ambiguous)

    @pytest.mark.parametrize(("zone", "start", "end", "duration", "began"), TWICE[::2])
    def test_the_duration_does_not_tell(self, zone: str, start: str, end: str, duration: str, began: datetime) -> None:
        """If neither fits, the earlier is taken, and that it is open is said, as is that the duration is doubtful."""
        entry = only(toggl(toggl_row(start, end, "00:07:00")), zone)
        assert (began, timedelta(minutes=7)) == (entry.start, entry.duration)
        assert entry.ambiguous
        assert entry.is_doubtful

    def test_both_fit(self) -> None:
        """If both fit, the earlier is taken and said to be open, with nothing doubtful about it."""
        row = toggl_row("2018-11-04 01:10:00", "2018-11-04 01:40:00", "00:30:00")
        entry = only(toggl(row), "America/New_York")
        assert (utc(2018, 11, 4, 5, 10), utc(2018, 11, 4, 5, 40)) == (entry.start, entry.end)
        assert (True, False) == (entry.ambiguous, entry.is_doubtful)

    def test_nothing_is_stated(self) -> None:
        """Without a duration nobody can tell, and the row is refused."""
        header = without(CLOCKIFY, "Duration (h)", "Duration (decimal)")
        times = {"Start Date": "2018-11-04", "End Date": "2018-11-04", "Start Time": "00:30:00", "End Time": "01:30:00"}
        [refused] = importer.open_export(
            clockify(times, header=header), options=ImportOptions(timezone="America/New_York")
        ).entries()
        assert isinstance(refused, UnreadableFile)
        assert (2, "End Time") == (refused.row, refused.column)
        assert "no duration is there that would tell" in refused.reason


class TestNever:
    @pytest.mark.parametrize(
        ("zone", "start", "end", "duration"),
        [
            ("Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 06:00:00", "00:07:00"),
            ("Pacific/Apia", "2011-12-30 10:00:00", "2011-12-30 11:00:00", "01:00:00"),
        ],
    )
    def test_refused(self, zone: str, start: str, end: str, duration: str) -> None:
        """A time that the clock never showed speaks against the zone, and the row is refused."""
        [refused] = importer.open_export(
            toggl(toggl_row(start, end, duration)), options=ImportOptions(timezone=zone)
        ).entries()
        assert isinstance(refused, UnreadableFile)
        assert f"the clock of {zone} showed" in refused.reason


class TestOvernight:
    """Where a row has one day and two times."""

    def test_an_ordinary_night(self) -> None:
        """An end that is earlier by the clock is on the next day."""
        entry = only(kimai({"Begin": "22:00", "End": "06:00", "Duration": "8.00"}), "Europe/Berlin")
        assert timedelta(hours=8) == entry.elapsed

    def test_a_night_with_a_change(self) -> None:
        """And lasts as long as it lasted."""
        row = {"Date": "2025-10-25", "Begin": "22:00", "End": "06:00", "Duration": "9.00"}
        entry = only(kimai(row), "Europe/Berlin")
        assert (timedelta(hours=9), False) == (entry.elapsed, entry.is_doubtful)

    def test_within_the_hour_that_came_twice(self) -> None:
        """Work from ten to three until ten past two, after the clock was set back, lasted twenty minutes."""
        row = {"Date": "2025-10-26", "Begin": "02:50", "End": "02:10", "Duration": "0.33"}
        entry = only(kimai(row), "Europe/Berlin")
        assert (utc(2025, 10, 26, 0, 50), utc(2025, 10, 26, 1, 10)) == (entry.start, entry.end)
        assert timedelta(minutes=20) == entry.duration
