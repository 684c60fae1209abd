from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from invoicecore import utc
from invoicecore.importer import TimeEntry
from tests.importer.files import KIMAI, Cells, kimai, timesheets, without
from tests.importer.readings import entries, expected, found, one, question, refusal, refused_file

EXPECTED = expected(
    start=utc(2026, 3, 2, 8),
    end=utc(2026, 3, 2, 9, 20),
    duration=timedelta(hours=1, minutes=20),
    rate=Decimal(50),
    currency="EUR",
    tags=("deep", "night shift"),
    invoiced=False,
)


class TestSheet:
    def test_every_cell(self) -> None:
        """Everything that the row says is in the entry; 1.33 hours mean the eighty minutes that passed."""
        assert EXPECTED == evolve(one(kimai({}), timezone="Europe/Vienna"), source=None)

    @pytest.mark.parametrize(
        ("duration", "end", "seconds"),
        [
            ("1.33", "10:20", 4800),
            ("01:20", "10:20", 4800),
            ("01:20:00", "10:20", 4800),
            ("4800", "10:20", 4800),
            ("4770", "10:20", 4770),
            ("2", "11:00", 7200),
            ("20", "09:00", 20),
            ("1.0", "10:20", 3600),  # a break was taken off
        ],
    )
    def test_durations(self, duration: str, end: str, seconds: int) -> None:
        """It is in hours of two decimals, in hours and minutes, or in seconds, whichever is near the clock."""
        assert timedelta(seconds=seconds) == one(kimai({"Duration": duration, "End": end})).duration

    @pytest.mark.parametrize(
        ("now", "then"),
        [("Begin", "From"), ("End", "To"), ("Hourly price", "Hourly rate"), ("Email", "E-mail"), ("User", "Username")],
    )
    def test_older_words(self, now: str, then: str) -> None:
        """Some columns were called otherwise in other versions."""
        renamed = kimai({}).replace(now.encode(), then.encode(), 1)
        assert one(kimai({})) == one(renamed)

    def test_a_second_name(self) -> None:
        """Who has no name of their own goes by that of the account."""
        assert "ann" == one(kimai({"Name": ""})).person

    def test_exported(self) -> None:
        """What was exported counts as invoiced; nothing stands for no."""
        rows = entries(kimai({"Exported": "1", "Billable": ""}, {}))
        assert [(True, False), (False, True)] == [(entry.invoiced, entry.billable) for entry in rows]

    def test_id(self) -> None:
        """A template with ids names its rows by them."""
        entry = one(kimai({"ID": "17"}, header=(*KIMAI, "ID")))
        assert ("kimai:17", True) == (entry.source, entry.identified)
        assert not one(kimai({})).identified

    def test_repeated_columns(self) -> None:
        """A column that is read may not be there twice, others may."""
        assert 1 == len(found(kimai({}, header=(*KIMAI, "Number", "Number"))))
        assert "Project" == refused_file(kimai({}, header=(*KIMAI, "Project"))).column

    def test_fixed_price(self) -> None:
        """Work at a fixed price is refused, because here time costs by the hour."""
        assert (3, "Fixed price") == self.place({"Fixed price": "84"})
        assert 1 == len(entries(kimai({"Fixed price": "0"})))

    def place(self, row: Cells) -> tuple[int | None, str | None]:
        error = refusal(kimai({}, row))
        return error.row, error.column

    def test_running(self) -> None:
        """What still runs is left out, because it is no work yet."""
        assert [3] == [entry.row for entry in entries(kimai({"End": "", "Duration": "0"}, {}))]

    def test_other_languages(self) -> None:
        """A header in another language is not recognised; how to read it is said."""
        german = "Datum,Von,Bis,Dauer,Kunde,Projekt,Tätigkeit\n02.03.2026,9:00,10:00,1:00,A,B,C\n".encode()
        guessed = (
            "day=Datum, start_time=Von, end_time=Bis, duration=Dauer, client=Kunde, project=Projekt, task=Tätigkeit"
        )
        assert f"Say with columns what they hold, such as {guessed}." in refused_file(german).reason

    @pytest.mark.parametrize("column", ["Begin", "End"])
    def test_lacks_times(self, column: str) -> None:
        """Without times of day the file is refused, naming the column."""
        assert column == refused_file(kimai({}, header=without(KIMAI, column))).column


class TestList:
    def test_every_key(self) -> None:
        """What the interface returns in full says the same, with instants and an id."""
        wanted = evolve(
            EXPECTED,
            row=1,
            email=None,
            end=utc(2026, 3, 2, 9, 30),
            duration=timedelta(minutes=90),
            source="kimai:17",
            identified=True,
        )
        assert wanted == evolve(one(timesheets({})), rate=Decimal(50))

    def test_needs_no_zone(self) -> None:
        """Its times have an offset, so nothing is asked."""
        assert utc(2026, 3, 2, 8) == one(timesheets({}), timezone=None).start

    def test_numbers_are_exact(self) -> None:
        """Numbers are what is written, never a float."""
        data = timesheets({}).replace(b'"hourlyRate": 50.0', b'"hourlyRate": 0.1000000000001')
        assert "hourlyRate" == refusal(data).column  # more decimals than a rate may have
        assert Decimal("8.20") == one(data.replace(b"0.1000000000001", b"8.20")).rate

    def test_a_point_is_a_point(self) -> None:
        """In JSON nothing is open about a point, whatever was answered for other files."""
        data = timesheets({}).replace(b'"hourlyRate": 50.0', b'"hourlyRate": 1.250')
        assert Decimal("1.250") == one(data).rate == one(data, decimal_mark=",").rate

    def test_ids_alone(self) -> None:
        """Without full=true there are ids only, whose names are asked for and can be answered."""
        flat = timesheets({"user": 3, "project": 7, "activity": 5})
        assert (1, "activity") == (refusal(flat).row, refusal(flat).column)
        names = {"user:3": "Ann", "project:7": "Website", "activity:5": "Design"}
        entry = one(flat, names=names, client="Acme")
        assert ("Ann", "Acme", "Website", "Design: Some work") == (
            entry.person,
            entry.client,
            entry.project,
            entry.note,
        )

    def test_plain_names(self) -> None:
        """Names in place of objects are taken as they are."""
        entry = one(timesheets({"user": "ann", "project": "Website", "customer": "Acme", "activity": "Design"}))
        assert ("ann", "Acme", "Website") == (entry.person, entry.client, entry.project)

    def test_the_same_id_twice(self) -> None:
        """An id that comes again refuses its row."""
        error = refusal(timesheets({}, {}))
        assert "Row 2, column id: the id 17 is that of row 1 already." == str(error)

    def test_running(self) -> None:
        """What still runs is left out."""
        assert [] == found(timesheets({"end": None, "duration": 0}))

    def test_fixed_price(self) -> None:
        """Work at a fixed price is refused."""
        assert "fixedRate" == refusal(timesheets({"fixedRate": 84})).column

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("begin", "2026-03-02"),
            ("begin", 5),
            ("begin", "2026-03-02T09:00:00+9900"),
            ("end", "2026-02-30T09:00:00Z"),
            ("end", "2026-03-02T08:59:59+0100"),
            ("duration", "1:30"),
            ("duration", -5),
            ("duration", 1e300),
            ("billable", "perhaps"),
            ("id", None),
            ("id", "a b"),
            ("description", "a\0b"),
            ("description", "\ud800"),
        ],
    )
    def test_refused(self, key: str, value: object) -> None:
        """An element with a value that cannot be is refused, naming its key, and the others are read."""
        good, bad = found(timesheets({"id": 1}, {key: value}))
        assert isinstance(good, TimeEntry)
        assert (2, key) == (getattr(bad, "row", None), getattr(bad, "column", None))

    def test_asks_who(self) -> None:
        """Who has no name and no answer is missing."""
        assert "user" == refusal(timesheets({"user": None})).column
        assert "Ann" == one(timesheets({"user": None}), person="Ann").person


def test_asks_for_the_zone() -> None:
    """The times of a CSV file are local."""
    assert "timezone" == question(kimai({}), timezone=None).option


class TestUnit:
    """Plain whole numbers are hours in all rows of a file, or seconds in all of them, whichever its clock says."""

    def test_seconds(self) -> None:
        """Two seconds beside hours of work are no two hours, although their clock stood still."""
        rows = found(
            kimai(
                {"Begin": "9:00", "End": "10:52", "Duration": "6720"}, {"Begin": "9:00", "End": "9:00", "Duration": "2"}
            )
        )
        assert [timedelta(seconds=6720), timedelta(seconds=2)] == [
            it.duration for it in rows if isinstance(it, TimeEntry)
        ]

    def test_hours(self) -> None:
        """One of five seconds by the clock has an hour like the others."""
        given = (("9:00", "10:52", "2"), ("9:00", "12:10", "3"), ("9:00:00", "9:00:05", "1"))
        rows = found(kimai(*({"Begin": begin, "End": end, "Duration": stated} for begin, end, stated in given)))
        assert [2, 3, 1] == [it.duration / timedelta(hours=1) for it in rows if isinstance(it, TimeEntry)]

    def test_decimals(self) -> None:
        """A number with decimals says that all are hours, also one that would be far more than the clock showed."""
        rows = found(
            kimai(
                {"Begin": "9:00", "End": "10:30", "Duration": "1.50"},
                {"Begin": "9:00", "End": "9:20", "Duration": "1200"},
            )
        )
        assert [1.5, 1200] == [it.duration / timedelta(hours=1) for it in rows if isinstance(it, TimeEntry)]
