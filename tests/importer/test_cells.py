from datetime import date, time, timedelta
from decimal import ROUND_UP, Context, localcontext

import pytest

from invoicecore import utc
from invoicecore.importer import DateOrder, DurationRule
from invoicecore.importer.inference.words import units
from tests.importer.files import Cells, clockify, generic, toggl, written
from tests.importer.readings import entries, one, question, refusal, refused_file

SHEET = {"Who": "Ann", "Job": "Website", "When": "2026-03-02", "Took": "1:30:00"}
COLUMNS = {"person": "Who", "project": "Job", "day": "When", "duration": "Took"}


def sheet(*rows: Cells) -> bytes:
    """A table of somebody's own; each row says in which cells it differs from an ordinary one."""
    header = dict.fromkeys([*SHEET, *(column for row in rows for column in row)])
    return written(tuple(header), [{**SHEET, **row} for row in rows])


def day_of(cell: str, **options: DateOrder) -> date | None:
    """The day that a cell means."""
    return one(sheet({"When": cell}), columns=COLUMNS, **options).day


class TestDates:
    @pytest.mark.parametrize(
        "cell",
        [
            *("2026-04-15", "2026/04/15", "2026.4.15", "20260415", "2026年4月15日", "15.04.2026", "15. 4. 2026"),
            *("15/04/2026", "4/15/2026", "15.4.26", "4/15/26", "Apr 15, 2026", "April 15th, 2026", "15 Apr 2026"),
            *("15-Apr-26", "Wed, 15 Apr 2026", "15. April 2026", "15 avril 2026", "mer. 15 avr. 2026"),
            *("15 de abril de 2026", "15 aprile 2026", "15 april 2026", "15 de abr. de 2026", "١٥ أبريل ٢٠٢٦"),
            *("2026-04-15 00:00:00", "15/04/2026 0:00"),
            *("Mi 15.04.2026", "Mi., 15.04.2026", "Wed 4/15/2026", "Wednesday, 2026-04-15", "mer. 15/04/2026"),
            *("4/15/2026 12:00:00 AM", "2026-04-15T00:00:00.000Z", "2026年4月15日(水)", "2026/04/15 (水)"),
        ],
    )
    def test_written_by_people(self, cell: str) -> None:
        """A day is read in numbers, or with its month as a word in the languages of the catalogues."""
        assert date(2026, 4, 15) == day_of(cell)

    @pytest.mark.parametrize("cell", ["04/15", "2026", "15 4 2026", "April 2026", "45 April 2026", "31.02.2026", "x"])
    def test_no_day(self, cell: str) -> None:
        """What names no day refuses its row."""
        assert "When" == refusal(sheet({"When": cell}), columns=COLUMNS).column

    @pytest.mark.parametrize(
        ("cells", "days"),
        [
            (["03/04/26", "13/04/26"], [date(2026, 4, 3), date(2026, 4, 13)]),
            (["03/04/26", "03/14/26"], [date(2026, 3, 4), date(2026, 3, 14)]),
            (["26-04-03", "26-04-15"], [date(2026, 4, 3), date(2026, 4, 15)]),
            (["02.03.26", "03.03.26"], [date(2026, 3, 2), date(2026, 3, 3)]),
            (["31.12.69", "01.01.70"], [date(2069, 12, 31), date(1970, 1, 1)]),
        ],
    )
    def test_two_digit_years(self, cells: list[str], days: list[date]) -> None:
        """Of a year with two digits the file decides where it stands: it changes less often than the day."""
        data = sheet(*({"When": cell} for cell in cells))
        assert days == [entry.day for entry in entries(data, columns=COLUMNS)]

    @pytest.mark.parametrize("cell", ["03/04/26", "26-04-15"])
    def test_asks(self, cell: str) -> None:
        """Where nothing decides, the order is asked for."""
        assert "date_order" == question(sheet({"When": cell}), columns=COLUMNS).option
        assert date(2026, 4, 3) == day_of("03/04/26", date_order=DateOrder.DAY_FIRST)
        assert date(2026, 4, 15) == day_of("26-04-15", date_order=DateOrder.YEAR_FIRST)


MORE_TIMES = ("午後5時00分", "17時00分", "17時", "17 h 00", "17h00min", "17u00", "17:00 uur", "17:00 hrs")


class TestDateAndTime:
    def start(self, *cells: str) -> list[object]:
        """The starts that these cells mean in New York."""
        rows = [{"From": cell, "To": cell} for cell in cells]
        columns = {"person": "Who", "project": "Job", "start": "From", "end": "To"}
        return [entry.start for entry in entries(sheet(*rows), columns=columns, timezone="America/New_York")]

    @pytest.mark.parametrize(
        "cell",
        [
            *("4/15/2026 5:15 PM", "15.04.2026 17:15", "Apr 15, 2026 5:15 PM", "Apr 15, 2026, 5:15:00 p.m."),
            *("2026/04/15 17:15:00", "15 avril 2026 à 17h15", "15.04.2026, 17:15 Uhr", "2026/04/15 午後5:15"),
            *("15. 4. 2026 17.15", "15/04/2026 5:15 م", "2026-04-15 21:15:00 UTC", "2026-04-15T23:15:00.000+0200"),
            *("Wed Apr 15 2026 23:15:00 GMT+0200 (CEST)", "Wed, 15 Apr 2026 21:15:00 +0000", "4/15/26 17:15"),
            *("20260415T211500Z", "20260415T1715", "Mi 15.04.2026 17:15", "Wed 4/15/2026, 5:15 PM"),
            *("Wed Apr 15 17:15:00 2026", "Wed Apr 15 2026 23:15:00 GMT+0200 (Central European Summer Time)"),
            *("15/04/2026 - 17:15", "15 aprile 2026 alle ore 17:15", "١٥‏/٤‏/٢٠٢٦، ٥:١٥ م", "15 أبريل 2026 في 5:15 م"),
            *("2026年4月15日 17時15分", "15 april 2026 17u15", "2026-04-15T17:15:00-04:00[America/New_York]"),
        ],
    )
    def test_in_one_cell(self, cell: str) -> None:
        """Date and time may share a cell, as people's programs write them."""
        assert [utc(2026, 4, 15, 21, 15)] == self.start(cell)

    def test_the_file_decides(self) -> None:
        """One such cell decides the order of all of them, and half a day must not be mixed with a whole one."""
        assert [utc(2026, 4, 3, 13), utc(2026, 4, 13, 13)] == self.start("03/04/2026 9:00", "13/04/2026 9:00")
        rows = [{"From": cell, "To": cell} for cell in ("4/15/2026 5:15 PM", "4/15/2026 17:15")]
        columns = {"person": "Who", "project": "Job", "start": "From", "end": "To"}
        assert "AM or PM" in refused_file(sheet(*rows), columns=columns).reason
        assert "timezone" == question(sheet(*rows), columns=columns, timezone=None).option
        assert "date_order" == question(sheet({"From": "03/04/2026 9:00", "To": ""}), columns=columns).option

    @pytest.mark.parametrize("cell", ["2026-04-15 17:15 EST", "4/15/2026", "13/13/2026 9:00", "15.04.2026 25:00"])
    def test_none(self, cell: str) -> None:
        """A zone by its letters, a day alone, and what there is not, refuse the row."""
        columns = {"person": "Who", "project": "Job", "start": "From", "end": "To"}
        assert "From" == refusal(sheet({"From": cell, "To": "2026-04-15 18:00"}), columns=columns).column

    @pytest.mark.parametrize("length", [{"Took": "0:11:35"}, {"Took": "11:35 min"}])
    def test_day_start_and_duration(self, length: Cells) -> None:
        """A day with a start and a duration needs no end."""
        entry = one(sheet({"At": "03:38:18", **length}), columns={**COLUMNS, "start_time": "At"})
        assert (utc(2026, 3, 2, 3, 38, 18), utc(2026, 3, 2, 3, 49, 53)) == (entry.start, entry.end)
        blank = one(
            sheet({"At": "03:38:18", "To": "", **length}), columns={**COLUMNS, "start_time": "At", "end_time": "To"}
        )
        assert entry == blank

    @pytest.mark.parametrize(
        "cell", ["5 PM", "5:00 PM", "17h", "17h00", "17.00", "17 Uhr", "１７：００", "午後5:00", *MORE_TIMES]
    )
    def test_times(self, cell: str) -> None:
        """A time is read with half a day, an h or a dot."""
        start = one(sheet({"At": cell}), columns={**COLUMNS, "start_time": "At"}).start
        assert start is not None
        assert time(17) == start.time()


class TestDurations:
    def test_whatever_the_decimal_context(self) -> None:
        """Babel writes the words of units, and has room for it where a host's decimals are short."""
        usual = dict(units())
        units.cache_clear()
        with localcontext(Context(prec=1, rounding=ROUND_UP)):
            assert usual == units()

    @pytest.mark.parametrize(
        ("cell", "seconds"),
        [
            *(("18:25 min", 1105), ("45 sec", 45), ("35m", 2100), ("10h 40m", 38400), ("1.5h", 5400), ("1,5 h", 5400)),
            *(("1h30", 5400), ("90 min", 5400), ("1 hour, 2 minutes and 3 seconds", 3723), ("1:30 h", 5400)),
            *(("1 Std. 30 Min.", 5400), ("2 heures 5 minutes", 7500), ("1 ora", 3600), ("1 uur 5 min", 3900)),
            *(("0 days 01:30:00", 5400), ("1 day, 2:00:00", 93600), ("1.02:30:00", 95400), ("P0DT1H30M", 5400)),
            *(("1時間30分", 5400), ("٣ ساعات", 10800), ("PT1H30M", 5400), ("PT45.5S", 45.5), ("1:30:00,25", 5400.25)),
            *(("PT1.5H", 5400), ("PT1H0.5M", 3630), ("1 Hour(s) 30 Minute(s)", 5400), ("1h:30m", 5400)),
            *(("0d 1h 30m", 5400), ("0 days, 1 hour", 3600)),
        ],
    )
    def test_with_units(self, cell: str, seconds: float) -> None:
        """A duration may have its units with it, in the languages of the catalogues."""
        assert timedelta(seconds=seconds) == one(sheet({"Took": cell}), columns=COLUMNS).duration

    @pytest.mark.parametrize(
        "cell",
        [
            "1.5",
            "90",
            "1d 2h",
            "5m 2h",
            "2h 2h",
            "h",
            "PT",
            "1:75",
            "-1h",
            "1h30m20",
            "P1D",
            "1 day 2 hours",
            "1 day 25:00:00",
        ],
    )
    def test_without(self, cell: str) -> None:
        """A number without its unit, days, and units out of order refuse the row."""
        assert "Took" == refusal(sheet({"Took": cell}), columns=COLUMNS).column

    @pytest.mark.parametrize(
        ("field", "cell", "seconds"),
        [
            ("minutes", "201", 12060),
            ("hours", "2,5 h", 9000),
            ("hours", "2:30", 9000),
            ("hours", "2.5E+00", 9000),
            ("minutes", "7.5", 450),
            ("seconds", "5400.0", 5400),
            ("hours", "1.7500000000000002", 6300),
        ],
    )
    def test_columns_of_numbers(self, field: str, cell: str, seconds: int) -> None:
        """A column may hold hours, minutes or seconds."""
        columns = {"person": "Who", "day": "When", field: "Took"}
        assert timedelta(seconds=seconds) == one(sheet({"Took": cell}), columns=columns).duration

    @pytest.mark.parametrize(("cell", "seconds"), [("18:25 min", 1105), ("45 sec", 45), ("", 5400)])
    def test_of_a_tracker(self, cell: str, seconds: int) -> None:
        """Toggl writes minutes and seconds where an account likes it so."""
        assert timedelta(seconds=seconds) == one(toggl({"Duration": cell})).duration


class TestYesAndNo:
    @pytest.mark.parametrize(
        "word",
        [
            "Yes",
            "TRUE",
            "1",
            "1.0",
            "Oui",
            "Sí",
            "Sì",
            "x",
            "on",
            "صحيح",
            "✔\ufe0f",
            "Si",
            "Ja",
            "Sim",
            "はい",
            "نعم",
            "WAHR",
            "✓",
            "☑",
            "Facturable",
            "Ｙｅｓ",
        ],
    )
    def test_yes(self, word: str) -> None:
        """Yes is read in the languages of the catalogues."""
        assert one(generic({"billable": word})).billable

    @pytest.mark.parametrize(
        "word",
        [
            "No",
            "false",
            "0",
            "Non",
            "Nein",
            "Nee",
            "Não",
            "いいえ",
            "لا",
            "FALSCH",
            "off",
            "خطأ",
            "FAUX",
            "❌",
            "not billable",
            "Non facturable",
            "nicht abrechenbar",
            "non-billable",
        ],
    )
    def test_no(self, word: str) -> None:
        """So is no."""
        assert not one(generic({"billable": word})).billable


class TestHoursAndClock:
    def hours(self, *rows: tuple[str, str], rule: DurationRule | None = None) -> list[timedelta]:
        """The durations of rows from nine o'clock to an end, which state hours as well."""
        cells = [{"From": "2026-03-02 09:00:00", "To": f"2026-03-02 {end}", "Took": stated} for end, stated in rows]
        columns = {"person": "Who", "project": "Job", "start": "From", "end": "To", "hours": "Took"}
        return [entry.duration for entry in entries(sheet(*cells), columns=columns, duration_rule=rule)]

    def test_rounded_in_all_rows(self) -> None:
        """Where all hours are what the clock showed, rounded, the clock counts."""
        assert [timedelta(seconds=812), timedelta(minutes=80)] == self.hours(("09:13:32", "0.23"), ("10:20:00", "1.33"))

    def test_another_figure_in_one_row(self) -> None:
        """Where one row states something else, all hours count as they are stated: there is one rule for the file."""
        rows = ("09:13:32", "0.23"), ("09:47:35", "0.80")
        assert [timedelta(seconds=828), timedelta(seconds=2880)] == self.hours(*rows)
        assert [timedelta(seconds=2880), timedelta(seconds=828)] == self.hours(*reversed(rows))

    def test_the_rule_that_is_given(self) -> None:
        """An option says which of the two counts, in every row."""
        rows = ("09:13:32", "0.23"), ("09:47:35", "0.80")
        assert [timedelta(seconds=812), timedelta(seconds=2855)] == self.hours(*rows, rule=DurationRule.CLOCK)
        fitting = ("09:13:32", "0.23"), ("10:20:00", "1.33")
        assert [timedelta(seconds=828), timedelta(seconds=4788)] == self.hours(*fitting, rule=DurationRule.STATED)

    def test_seconds_are_no_rounding(self) -> None:
        """A duration in seconds is what the tracker counted, whatever the clock shows."""
        longer = clockify({"Duration (h)": "01:29:00"}, {})
        assert [timedelta(minutes=89), timedelta(minutes=90)] == [entry.duration for entry in entries(longer)]

    def test_doubtful(self) -> None:
        """A stated duration is doubtful where it is further off the clock than rounding explains."""
        cells = [
            {"From": "2026-03-02 09:00:00", "To": f"2026-03-02 {end}", "Took": "0.23"}
            for end in ("09:13:32", "10:00:00")
        ]
        columns = {"person": "Who", "project": "Job", "start": "From", "end": "To", "hours": "Took"}
        assert [False, True] == [entry.is_doubtful for entry in entries(sheet(*cells), columns=columns)]
