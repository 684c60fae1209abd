from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from invoicecore import importer, utc
from invoicecore.importer import TimeEntry, UnreadableFile
from tests.importer.files import TOGGL, Cells, toggl, without
from tests.importer.readings import expected

NEW_YORK = "America/New_York"


def one(row: Cells, timezone: str = "UTC") -> TimeEntry:
    """The entry of a file with one row."""
    [entry] = importer.read(toggl(row), timezone=timezone).entries
    return entry


def refusal(row: Cells, timezone: str = "UTC") -> UnreadableFile:
    """The error with which a file with that row, in place 3, is refused."""
    with pytest.raises(UnreadableFile) as raised:
        importer.read(toggl({}, row), timezone=timezone)
    assert 3 == raised.value.row
    return raised.value


def times(start: str, end: str, duration: str) -> Cells:
    """The cells of a row, from texts such as '2018-11-04 01:30:00'."""
    (start_date, start_time), (end_date, end_time) = start.split(), end.split()
    return {
        "Start date": start_date,
        "Start time": start_time,
        "End date": end_date,
        "End time": end_time,
        "Duration": duration,
    }


class TestEntry:
    def test_every_cell(self) -> None:
        """Everything that the row says about the work is in the entry, the times in UTC."""
        row = {"Task": "Design", "Tags": "deep, night shift", "Email": "Ann@Northwind.example"}
        wanted = expected(
            start=utc(2026, 3, 2, 14),
            end=utc(2026, 3, 2, 15, 30),
            amount=Decimal("0.00"),
            currency="USD",
            tags=("deep", "night shift"),
        )
        assert wanted == evolve(one(row, NEW_YORK), source=None)

    def test_blank_cells(self) -> None:
        """What the row leaves blank is not there."""
        blank = {"Email": "", "Client": " ", "Project": "", "Description": "", "Billable": "No", "Tags": ""}
        entry = one(blank)
        assert (None, None, None) == (entry.email, entry.client, entry.project)
        assert ("", False, ()) == (entry.note, entry.billable, entry.tags)

    def test_optional_columns(self) -> None:
        """E-mail, client, task, tags and amount need no column."""
        header = without(TOGGL, "Email", "Client", "Task", "Tags", "Amount (USD)")
        timesheet = importer.read(toggl({}, header=header))
        assert (None, None, None) == (timesheet.currency, timesheet.entries[0].client, timesheet.entries[0].email)

    def test_special_characters(self) -> None:
        """Notes keep emoji, backslashes, quotes and line breaks."""
        note = '\\\\ 🔥 "quoted" \\" ,;\nsecond line'
        assert note == one({"Description": note}).note

    def test_composed_names(self) -> None:
        """Names that look the same are the same, however their letters are composed; notes stay as they are."""
        apart, composed = "Cafe\u0301", "Caf\u00e9"
        entry = one({"Client": apart, "Project": apart, "User": apart, "Description": apart})
        assert (composed, composed, composed, apart) == (entry.client, entry.project, entry.person, entry.note)

    def test_text_that_runs_backwards(self) -> None:
        """Text in Hebrew or Arabic is text; a control that turns around what stands beside a name is not."""
        assert "עבודה" == one({"Project": "עבודה"}).project
        assert "Project" == refusal({"Project": "a\u202eb"}).column

    def test_long_duration(self) -> None:
        """A duration may be longer than a day."""
        entry = one(times("2026-03-02 09:00:00", "2026-03-06 13:00:05", "100:00:05"))
        assert timedelta(hours=100, seconds=5) == entry.duration


class TestCurrency:
    def test_in_header(self) -> None:
        """The header of the amounts names the currency."""
        header = (*without(TOGGL, "Amount (USD)"), "Amount (EUR)")
        assert "EUR" == importer.read(toggl({}, header=header)).currency

    @pytest.mark.parametrize("column", ["Amount", "Amount ()"])
    def test_unnamed(self, column: str) -> None:
        """A header of amounts that names no currency says nothing."""
        header = (*without(TOGGL, "Amount (USD)"), column)
        assert importer.read(toggl({}, header=header)).currency is None

    def test_unknown(self) -> None:
        """A header that names something else is refused."""
        with pytest.raises(UnreadableFile, match=r"Row 1, column Amount \(Points\): 'Points' is not a currency"):
            importer.read(toggl({}, header=(*without(TOGGL, "Amount (USD)"), "Amount (Points)")))

    def test_two(self) -> None:
        """Amounts in two currencies are refused: nothing tells which of them a row is in."""
        with pytest.raises(UnreadableFile, match=r"Row 1, column Amount .*several currencies"):
            importer.read(toggl({}, header=(*TOGGL, "Amount (EUR)")))


class TestRefused:
    @pytest.mark.parametrize(
        ("column", "cell", "reason"),
        [
            ("Start date", "2026-13-02", "there is no 2026-13-02 in a calendar."),
            ("End date", "2026-02-30", "there is no 2026-02-30 in a calendar."),
            ("Start date", "3 Mirch 2026", "'3 Mirch 2026' is not a date such as 2016-01-31."),
            ("Start date", "", "'' is not a date such as 2016-01-31."),
            ("Start date", "0001-01-01", "0001-01-01 lies outside the years 1900 to 2999."),
            ("Start time", "9 o'clock", '"9 o\'clock" is not a time such as 09:05:00.'),
            ("Start time", "24:00:00", "there is no 24:00:00 on a clock."),
            ("End time", "", "'' is not a time such as 09:05:00."),
            ("End time", "08:59:59", "the end lies before the start."),
            ("Duration", "1.5", "'1.5' is not a duration such as 01:30:00."),
            ("Duration", "-01:30:00", "'-01:30:00' is not a duration such as 01:30:00."),
            ("Duration", "01:60:00", "'01:60:00' is not a duration such as 01:30:00."),
            ("Billable", "maybe", "'maybe' is neither Yes nor No."),
            ("Billable", "", "'' is neither Yes nor No."),
            ("User", " ", "it is blank, so nobody did this work."),
        ],
    )
    def test_cell(self, column: str, cell: str, reason: str) -> None:
        """A cell that cannot be read refuses the file, naming row and column."""
        error = refusal({column: cell})
        assert (column, reason) == (error.column, error.reason)
        assert f"Row 3, column {column}: {reason}" == str(error)

    @pytest.mark.parametrize(
        ("column", "cell"),
        [("User", "x" * 201), ("Client", "two\nlines"), ("Project", "bell\a"), ("Email", "ann at home")],
    )
    def test_what_the_books_cannot_keep(self, column: str, cell: str) -> None:
        """A name or an address that could not be kept is refused already while reading."""
        assert column == refusal({column: cell}).column


class TestClockChange:
    def test_elapsed_time_counts(self) -> None:
        """A night in which the clock is set back lasts an hour longer than the clock shows."""
        entry = one(times("2018-11-03 19:42:29", "2018-11-04 05:46:03", "11:03:34"), NEW_YORK)
        assert timedelta(hours=11, minutes=3, seconds=34) == entry.elapsed
        assert not entry.is_doubtful

    @pytest.mark.parametrize(
        ("duration", "end"),
        [
            ("01:00:00", utc(2018, 11, 4, 5, 30)),
            ("01:00:01", utc(2018, 11, 4, 5, 30)),
            ("02:00:00", utc(2018, 11, 4, 6, 30)),
            ("01:59:59", utc(2018, 11, 4, 6, 30)),
        ],
    )
    def test_duration_settles_a_time_shown_twice(self, duration: str, end: object) -> None:
        """Of a time that the clock shows twice, the one that fits the duration to a second is meant."""
        entry = one(times("2018-11-04 00:30:00", "2018-11-04 01:30:00", duration), NEW_YORK)
        assert (utc(2018, 11, 4, 4, 30), end) == (entry.start, entry.end)

    def test_duration_settles_both_times(self) -> None:
        """Work from ten to two, before, to ten past one, after the clock was set back, lasted twenty minutes."""
        entry = one(times("2018-11-04 01:50:00", "2018-11-04 01:10:00", "00:20:00"), NEW_YORK)
        assert (utc(2018, 11, 4, 5, 50), utc(2018, 11, 4, 6, 10)) == (entry.start, entry.end)

    def test_time_never_shown(self) -> None:
        """Of a time that the clock left out, the one that fits the duration is meant."""
        entry = one(times("2018-03-11 01:30:00", "2018-03-11 02:30:00", "01:00:00"), NEW_YORK)
        assert (utc(2018, 3, 11, 6, 30), utc(2018, 3, 11, 7, 30)) == (entry.start, entry.end)

    @pytest.mark.parametrize(
        ("start", "end", "duration", "column"),
        [
            ("2018-11-04 01:10:00", "2018-11-04 01:40:00", "00:30:00", None),  # both hours fit
            ("2018-11-04 00:30:00", "2018-11-04 01:30:00", "01:30:00", None),  # neither fits
            ("2018-11-04 00:30:00", "2018-11-04 01:30:00", "01:00:02", None),  # two seconds off
            ("2018-03-11 02:30:00", "2018-03-11 04:30:00", "05:00:00", "Start time"),
        ],
    )
    def test_undecided(self, start: str, end: str, duration: str, column: str | None) -> None:
        """Where the duration does not tell which instant is meant, the file is refused."""
        error = refusal(times(start, end, duration), NEW_YORK)
        assert column == error.column
        assert "the clock of America/New_York showed" in error.reason

    def test_only_where_the_clock_changes(self) -> None:
        """The same times are plain where the clock did not change."""
        entry = one(times("2018-11-04 01:10:00", "2018-11-04 01:40:00", "00:30:00"), "UTC")
        assert utc(2018, 11, 4, 1, 10) == entry.start


class TestDoubtful:
    @pytest.mark.parametrize(
        ("duration", "expected"),
        [("01:30:00", False), ("01:30:01", False), ("01:29:59", False), ("01:30:02", True), ("01:29:58", True)],
    )
    def test_more_than_a_second(self, duration: str, expected: bool) -> None:
        """A duration is doubtful when it is more than a second off the time from start to end."""
        assert expected == one({"Duration": duration}).is_doubtful
