from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from invoicecore import exporter, utc
from invoicecore.errors import InvalidInput
from invoicecore.importer import TimeEntry
from tests.importer.files import Cells, generic, written
from tests.importer.readings import expected, found, one, question, refusal, refused_file
from tests.world import World


class TestRecognised:
    def test_every_cell(self) -> None:
        """A table in plain English words is read by itself."""
        wanted = expected(start=utc(2026, 3, 2, 9), end=utc(2026, 3, 2, 10, 30), tags=("deep", "night shift"))
        entry = one(generic({"task": "Design", "tags": "deep, night shift"}), timezone=None)
        assert wanted == evolve(entry, source=None)

    @pytest.mark.parametrize(
        ("cell", "hour", "minute"),
        [
            ("2026-03-02T09:00:00Z", 9, 0),
            ("2026-03-02 09:00:00", 14, 0),
            ("2026-03-02T09:00", 14, 0),
            ("2026-03-02T09:00:00.000+05:45", 3, 15),
            ("2026-03-02T00:00:00-0930", 9, 30),
        ],
    )
    def test_stamps(self, cell: str, hour: int, minute: int) -> None:
        """Date and time have an offset, or are local."""
        entry = one(generic({"start": cell, "end": "2026-03-02T20:00:00Z"}), timezone="America/New_York")
        assert utc(2026, 3, 2, hour, minute) == entry.start

    def test_asks_for_the_zone(self) -> None:
        """Only a local time asks for the zone."""
        asked = question(generic({}, {"end": "2026-03-02T10:30:00"}), timezone=None)
        assert ("timezone", 3, "end") == (asked.option, asked.row, asked.column)

    @pytest.mark.parametrize(("word", "billable"), [("true", True), ("No", False), ("0", False), ("", None)])
    def test_billable(self, word: str, billable: bool | None) -> None:
        """A blank cell says nothing, so the project does."""
        assert billable is one(generic({"billable": word})).billable

    @pytest.mark.parametrize("word", ["Yes", "✓", "abrechenbar"])
    def test_ticked(self, word: str) -> None:
        """Where some rows say yes and none says no, a blank cell may mean no; it is refused and not billed unseen."""
        fine, ticked = found(
            generic(
                {"billable": word}, {"billable": "", "start": "2026-03-03T09:00:00Z", "end": "2026-03-03T10:00:00Z"}
            )
        )
        assert isinstance(fine, TimeEntry)
        assert "column billable: it is blank, while other rows say yes and none says no; write yes or no." in str(
            ticked
        )
        said = found(generic({"billable": word}, {"billable": ""}, {"billable": "no"}))
        assert [True, None, False] == [it.billable for it in said if isinstance(it, TimeEntry)]

    def test_no_time_at_all(self) -> None:
        """A row without a start is refused where it should stand, if there is no column of days."""
        error = refusal(generic({}, {"start": "", "end": ""}))
        assert (3, "start", "it is blank.") == (error.row, error.column, error.reason)

    def test_both_words(self) -> None:
        """A header that has these names in two ways is still one of them."""
        row = {"user_name": "Ann", "person": "Ben", "project": "Website", "duration": "1:30:00"}
        times = {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:30:00Z"}
        assert "Ann" == one(written((*row, *times), [{**row, **times}])).person

    def test_id(self) -> None:
        """A row with an id is called by it."""
        data = generic({"id": "a-1"}, header=("id", "project", "start", "end", "user_name"))
        assert ("generic:a-1", True) == (one(data).source, one(data).identified)


COLUMNS = {"person": "Wer", "client": "Kunde", "project": "Projekt", "day": "Datum", "hours": "Stunden"}
ROW = {"Wer": "Ann", "Kunde": "Acme", "Projekt": "Website", "Datum": "02.03.2026", "Stunden": "1,5"}


def own(*rows: Cells, **more: str) -> bytes:
    """A table in German words, with more columns."""
    return written((*ROW, *more), [{**ROW, **more, **row} for row in rows])


class TestColumns:
    def test_day_and_hours(self) -> None:
        """The columns of a table in other words are said by field; others are left alone."""
        wanted = expected(email=None, note="", billable=None, day=date(2026, 3, 2))
        assert wanted == evolve(one(own({}, id="5"), columns=COLUMNS), source=None)

    @pytest.mark.parametrize(
        ("field", "cell", "seconds"),
        [("hours", "8,20", 29520), ("duration", "1:30", 5400), ("duration", "101:30:05", 365405), ("seconds", "7", 7)],
    )
    def test_lengths(self, field: str, cell: str, seconds: int) -> None:
        """How long it took is read as the kind that is said, exactly: 8.20 hours are 8:12."""
        columns = {"person": "Wer", "day": "Datum", field: "Stunden"}
        assert timedelta(seconds=seconds) == one(own({"Stunden": cell}), columns=columns).duration

    def test_day_and_times(self) -> None:
        """A day may have two times, of which the second may be on the next day."""
        columns = {"person": "Wer", "day": "Datum", "start_time": "Von", "end_time": "Bis"}
        entry = one(own({}, Von="22:00", Bis="6:30"), columns=columns)
        assert (utc(2026, 3, 2, 22), utc(2026, 3, 3, 6, 30)) == (entry.start, entry.end)

    @pytest.mark.parametrize(("begins", "hours"), [("22:00", 2), ("0:00", 24)])
    def test_the_end_of_a_day(self, begins: str, hours: int) -> None:
        """A day may end at 24:00, and none begins then."""
        columns = {"person": "Wer", "day": "Datum", "start_time": "Von", "end_time": "Bis"}
        for said in ("24:00", "24:00:00", "24.00"):
            entry = one(own({}, Von=begins, Bis=said), columns=columns)
            assert (utc(2026, 3, 3), timedelta(hours=hours)) == (entry.end, entry.duration)
        assert "there is no 24:00 on a clock." in str(refusal(own({}, Von="24:00", Bis="1:00"), columns=columns))

    def test_start_and_length(self) -> None:
        """A start may go with how long it took, to the microsecond, in place of an end."""
        row = {"person": "Ann", "project": "Website", "start": "2026-03-02T09:00:00Z", "duration": "1:30:00.000005"}
        entry = one(written((*row,), [row]))
        assert (utc(2026, 3, 2, 9), timedelta(minutes=90, microseconds=5)) == (entry.start, entry.elapsed)

    def test_start_shown_twice(self) -> None:
        """Of a start that the clock showed twice, the earlier is taken; one that it never showed is refused."""
        columns = {"person": "Wer", "start": "Von", "hours": "Stunden"}
        twice = one(own({}, Von="2018-11-04 01:30"), columns=columns, timezone="America/New_York")
        assert (utc(2018, 11, 4, 5, 30), True) == (twice.start, twice.ambiguous)
        never = refusal(own({}, Von="2018-03-11 02:30"), columns=columns, timezone="America/New_York")
        assert (2, "Von") == (never.row, never.column)

    def test_start_alone(self) -> None:
        """A start alone is not enough."""
        columns = {"person": "Wer", "start": "Von", "hours": "Stunden"}
        assert "Von" == refusal(own({"Stunden": ""}, Von="2018-11-04T01:30Z"), columns=columns).column

    def test_rate(self) -> None:
        """A rate and its currency may stand in a row."""
        columns = {**COLUMNS, "rate": "Satz", "currency": "Währung"}
        entry = one(own({}, Satz="1.250,50", Währung="EUR"), columns=columns)
        assert (Decimal("1250.50"), "EUR") == (entry.rate, entry.currency)

    def test_unknown_field(self) -> None:
        """A field that there is not is refused with those that there are."""
        with pytest.raises(InvalidInput, match="'Wer' is not a field of columns; these are: id, person, "):
            found(own({}), columns={"Wer": "person"})

    @pytest.mark.parametrize(("header", "reason"), [("Wo", "missing"), ("Wer", "there more than once")])
    def test_no_such_column(self, header: str, reason: str) -> None:
        """A column that is missing, or there twice, is refused."""
        data = own({}) if header == "Wo" else own({}).replace(b"Kunde", b"Wer", 1)
        error = refused_file(data, columns={**COLUMNS, "client": header} if header == "Wo" else COLUMNS)
        assert f"is {reason}." in error.reason

    @pytest.mark.parametrize(
        "columns", [{"person": "Wer"}, {"person": "Wer", "start": "Datum"}, {"person": "Wer", "hours": "Stunden"}]
    )
    def test_asks_when(self, columns: dict[str, str]) -> None:
        """Columns that do not tell when the work was done ask for more."""
        assert "columns" == question(own({}), columns=columns).option

    def test_asks_who(self) -> None:
        """Somebody must have done it."""
        columns = {field: column for field, column in COLUMNS.items() if field != "person"}
        assert "person" == question(own({}), columns=columns).option
        assert "Ben" == one(own({}), columns=columns, person="Ben").person

    def test_how_long(self) -> None:
        """A row that does not say how long it took is refused."""
        error = refusal(own({}, {"Stunden": ""}), columns=COLUMNS)
        assert (3, "nothing in the row says how long it took.") == (error.row, error.reason)

    def test_decimal_mark(self) -> None:
        """Where numbers leave the decimal mark open, it is asked for; an answer must not be contradicted."""
        assert "decimal_mark" == question(own({"Stunden": "1.250"}), columns=COLUMNS).option
        entry = one(own({"Stunden": "1.250"}), columns=COLUMNS, decimal_mark=".")
        assert timedelta(minutes=75) == entry.duration
        error = refused_file(own({"Stunden": "1,5"}), columns=COLUMNS, decimal_mark=".")
        assert (2, "Stunden") == (error.row, error.column)


class TestOwnTable:
    def test_read_back(self, world: World, tmp_path: Path) -> None:
        """The table of sessions that is written here is read back: who, for whom, on what, when and how long."""
        note = "=1+1; 'quoted'\n-2"
        began = utc(2026, 3, 2, 15)
        world.lee.work.log(world.site.id, start=began, hours=timedelta(seconds=5, microseconds=5), note=note)
        path = tmp_path / "sessions.csv"
        exporter.write_table(world.maria, path, exporter.ExportTable.SESSIONS)
        [session] = world.maria.work.sessions()
        wanted = expected(
            person="Lee",
            email="lee@northwind.example",
            note=note,
            start=began,
            end=began + session.duration,
            duration=timedelta(seconds=5, microseconds=5),
            rate=Decimal(50),
            currency="USD",
            source=f"generic:{session.id}",
            identified=True,
        )
        assert wanted == one(path, timezone=None)
