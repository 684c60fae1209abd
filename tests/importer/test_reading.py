import csv
import errno
import os
import re
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError

from invoicecore import importer, utc
from invoicecore.errors import InvalidInput
from invoicecore.importer import ImportOptions, Limits, MissingOption, TimeEntry, UnreadableFile
from tests.importer.files import HARVEST, TOGGL, Cells, harvest, toggl, without


def refused(data: bytes, **options: Any) -> UnreadableFile:
    """The error with which a file is refused."""
    with pytest.raises(UnreadableFile) as raised:
        importer.read(data, **options)
    return raised.value


UTC = ImportOptions(timezone="UTC")


def bounded(source: bytes | Path, limits: Limits) -> list[TimeEntry | UnreadableFile]:
    """What is read within some limits."""
    return [*importer.open_export(source, options=UTC, limits=limits).entries()]


def entries_of(found: Iterable[TimeEntry | UnreadableFile]) -> list[TimeEntry]:
    """The entries, of which none may be refused."""
    return [it for it in found if isinstance(it, TimeEntry) or pytest.fail(str(it))]


class TestRecognising:
    @pytest.mark.parametrize(("data", "expected"), [(toggl({}), "toggl"), (harvest({}), "harvest")])
    def test_by_header(self, data: bytes, expected: str) -> None:
        """The format is told from the columns of the header."""
        assert expected == importer.read(data).format

    def test_unknown(self) -> None:
        """A header that fits no format is refused with what was looked for."""
        error = refused(b"Project,Client,Start Date\n")
        assert (1, None) == (error.row, error.column)
        assert str(error).startswith(
            "Row 1: no known format has this header. Read by themselves are the exports of toggl, "
        )
        assert "The columns of the file are: Project, Client, Start Date." in str(error)

    def test_both(self) -> None:
        """A header that fits two formats is refused until the format is given."""
        both = toggl({}, header=(*TOGGL, *HARVEST[:1], "Hours", "First Name"))
        assert "Row 1: the header fits more than one format; say which: toggl or harvest." == str(refused(both))
        assert "toggl" == importer.read(both, format="toggl").format

    def test_given(self) -> None:
        """A file that is not of the format that is given is refused, naming the column it lacks."""
        error = refused(toggl({}), format="harvest")
        assert (1, "Date") == (error.row, error.column)

    def test_unknown_format(self) -> None:
        """A format that is not read here is refused with those that are."""
        with pytest.raises(InvalidInput, match="these are: toggl, clockify, "):
            importer.read(toggl({}), format="abacus")

    def test_unknown_zone(self) -> None:
        """A time zone that does not exist is refused."""
        with pytest.raises(InvalidInput, match="not a time zone"):
            importer.read(toggl({}), timezone="Mars/Olympus")


class TestSource:
    @pytest.mark.parametrize("kind", [Path, str])
    def test_path(self, tmp_path: Path, kind: type) -> None:
        """A file is read from its path."""
        path = tmp_path / "toggl.csv"
        path.write_bytes(toggl({}, {}))
        assert 2 == len(importer.read(kind(path)).entries)

    @pytest.mark.parametrize("source", [None, 5, ["toggl.csv"], bytearray(b"a")])
    def test_neither_path_nor_bytes(self, source: Any) -> None:
        """What is neither a path nor bytes is refused."""
        with pytest.raises(UnreadableFile, match="give its path or its bytes"):
            importer.read(source)

    @pytest.mark.parametrize(
        ("path", "why"),
        [("nowhere.csv", errno.ENOENT), ("a\0b", "this is no path"), (".", errno.EISDIR)],
    )
    def test_cannot_be_opened(self, path: str, why: int | str) -> None:
        """A path at which no file can be opened is refused like the file itself."""
        said = re.escape(os.strerror(why) if isinstance(why, int) else why)
        with pytest.raises(UnreadableFile, match=rf"^The file: it cannot be opened: {said}\.$"):
            importer.read(path)

    def test_byte_order_mark(self) -> None:
        """A byte-order mark in front is passed over."""
        assert importer.read(toggl({})) == importer.read(b"\xef\xbb\xbf" + toggl({}))

    def test_line_ends(self) -> None:
        """It does not matter how lines end."""
        assert importer.read(toggl({})) == importer.read(toggl({}).replace(b"\r\n", b"\n"))

    def test_frozen(self) -> None:
        """What was read cannot be changed."""
        timesheet = importer.read(toggl({}))
        with pytest.raises(FrozenInstanceError):
            timesheet.entries[0].person = "Eve"  # type: ignore[misc]

    def test_no_entries(self) -> None:
        """A header alone is a timesheet without entries, and still names its currency."""
        assert importer.Timesheet(format="toggl", entries=(), currency="USD") == importer.read(toggl())

    def test_rows_as_people_count(self) -> None:
        """The header is row 1, a cell of several lines is in one row, and a blank line is a row."""
        lines = toggl({"Description": "one\ntwo"}, {}).replace(b"\r\nAnn,", b"\r\n\r\nAnn,")
        assert [3, 5] == [entry.row for entry in importer.read(lines).entries]


class TestRefused:
    def test_empty(self) -> None:
        """An empty file is refused."""
        assert "Row 1: there is no header; the file is empty." == str(refused(b""))

    @pytest.mark.parametrize("column", ["User", "Project", "Billable", "Start time", "End date", "Duration"])
    def test_missing_column(self, column: str) -> None:
        """A file of a given format that lacks a column is refused, naming it."""
        error = refused(toggl({}, header=without(TOGGL, column)), format="toggl")
        assert f"Row 1, column {column}: the column is missing." == str(error)

    def test_missing_column_of_recognised_format(self) -> None:
        """A format that is recognised by some columns must have the others too."""
        assert "Row 1, column Hours: the column is missing." == str(
            refused(harvest({}, header=without(HARVEST, "Hours")), format="harvest")
        )
        assert "Row 1, column Duration: the column is missing." == str(
            refused(toggl({}, header=without(TOGGL, "Duration")))
        )

    def test_repeated_column(self) -> None:
        """A column that is read must not be there twice; others may."""
        assert "Row 1, column Email: the column is there more than once." == str(
            refused(toggl({}, header=(*TOGGL, "Email")))
        )
        assert 1 == len(importer.read(toggl({}, header=(*TOGGL, "Extra", "Extra"))).entries)

    def test_short_row(self) -> None:
        """A row with too few cells is refused, naming the first column that it lacks."""
        data = toggl({}).replace(b",0.00\r\n", b"\r\n")
        assert "Row 2, column Amount (USD): the row has 13 cells, but the header 14." == str(refused(data))

    def test_long_row(self) -> None:
        """A row with too many cells is refused, naming the first that has no column."""
        data = toggl({}, {}).removesuffix(b"\r\n") + b",more\r\n"
        assert "Row 3, column 15: the row has 15 cells, but the header 14." == str(refused(data))

    def test_nul(self) -> None:
        """A NUL is refused, naming its cell."""
        error = refused(toggl({}, {"Description": "a\0b"}))
        assert "Row 3, column Description: the cell holds a NUL, so this is not text." == str(error)

    def test_not_utf8(self) -> None:
        """Bytes that are not UTF-8 are refused in a file of UTF-8, naming their cell."""
        error = refused(toggl({"Client": "Zoë"}, {"Client": "Café"}).replace("é".encode(), b"\xe9"))
        assert "Row 3, column Client: the cell is not UTF-8 text." == str(error)

    @pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", toggl({}).decode().encode("utf-32")])
    def test_not_text(self, data: bytes) -> None:
        """A picture, or text of another encoding, is refused in its first row."""
        error = refused(data)
        assert (1, "1") == (error.row, error.column)

    def test_open_quote(self) -> None:
        """A quote that is never closed is refused in the row in which it opens."""
        error = refused(toggl({}, {}).replace(b"Some work", b'"Some work', 1))
        assert (2, None) == (error.row, error.column)
        assert "its quotes do not match" in str(error)

    def test_broken_quote(self) -> None:
        """Text after a closing quote is refused."""
        assert 2 == refused(toggl({}).replace(b"Some work", b'"Some" work')).row

    def test_nothing_before_the_bad_row_is_kept(self) -> None:
        """A file whose last row is bad is refused as a whole."""
        rows: list[Cells] = [{} for _ in range(50)]
        assert 52 == refused(toggl(*rows, {"Duration": "long"})).row


class TestBounds:
    def test_bytes(self, tmp_path: Path) -> None:
        """A file is bounded in bytes, however it is given."""
        data = toggl({})
        path = tmp_path / "toggl.csv"
        path.write_bytes(data)
        for source in (data, path):
            assert 1 == len(bounded(source, Limits(bytes=len(data))))
            with pytest.raises(UnreadableFile, match=f"The file: it is larger than {len(data) - 1} bytes."):
                bounded(source, Limits(bytes=len(data) - 1))

    def test_usual_bounds(self) -> None:
        """Where nobody says otherwise, 32 MiB, 100,000 rows and 100,000 characters in a cell are read."""
        assert Limits(bytes=32 * 1024 * 1024, rows=100_000, characters=100_000) == Limits()
        with pytest.raises(UnreadableFile, match="The file: it is larger than 32 MiB"):
            bounded(bytes(32 * 1024 * 1024 + 1), Limits())

    def test_rows(self) -> None:
        """A file is bounded in rows."""
        assert 2 == len(bounded(toggl({}, {}), Limits(rows=2)))
        with pytest.raises(UnreadableFile, match="Row 4: a file may have 2 rows below its header, and no more"):
            bounded(toggl({}, {}, {}), Limits(rows=2))

    def test_cell(self) -> None:
        """A cell is bounded in characters, and reading goes on after one that is too long."""
        reading = importer.open_export(
            toggl({"Description": "x" * 100}, {"Description": "x" * 101}, {}),
            options=UTC,
            limits=Limits(characters=100),
        )
        fine, too_long, next_one = reading.entries()
        assert isinstance(fine, TimeEntry)
        assert isinstance(next_one, TimeEntry)
        assert "Row 3, column Description: the cell holds more than 100 characters." == str(too_long)

    def test_cell_beyond_what_csv_takes(self) -> None:
        """A cell that the csv module itself refuses is refused all the same, and its limit is left alone."""
        limit = csv.field_size_limit()
        assert 2 == refused(toggl({"Description": "x" * (limit + 1)})).row
        assert limit == csv.field_size_limit()

    def test_line(self) -> None:
        """A line without an end is not read into memory."""
        error = refused(toggl() + b"," * 2_000_000)
        assert 2 == error.row
        assert "because it is too long" in error.reason

    @pytest.mark.parametrize("bound", [{"bytes": 0}, {"rows": -1}, {"characters": 131_001}, {"rows": True}])
    def test_bounds_that_cannot_be(self, bound: dict[str, int]) -> None:
        """A bound is a whole number from one to what can be read at all."""
        with pytest.raises(InvalidInput, match=f"{next(iter(bound))} must be a whole number from 1 to "):
            Limits(**bound)


class TestRowByRow:
    def test_reading_goes_on(self) -> None:
        """A row that is refused comes as its error, and the rows after it are read."""
        rows = toggl({"Duration": "long"}, {}, {"Start date": "2026-13-02"}, {})
        found = [*importer.open_export(rows, options=UTC).entries()]
        assert [UnreadableFile, TimeEntry, UnreadableFile, TimeEntry] == [type(it) for it in found]
        assert [2, 3, 4, 5] == [it.row for it in found]

    def test_again_and_again(self) -> None:
        """Every pass gives the same, also two that go on side by side."""
        reading = importer.open_export(toggl({}, {}, {"Description": "Other"}), options=UTC)
        first, second = reading.entries(), reading.entries()
        assert [*zip(first, second, strict=True)] == [(it, it) for it in reading.entries()]

    def test_its_own_copy(self, tmp_path: Path) -> None:
        """What happens to the file after it was opened changes nothing."""
        path = tmp_path / "toggl.csv"
        path.write_bytes(toggl({}))
        reading = importer.open_export(path, options=UTC)
        path.write_bytes(b"gone")
        assert 1 == len([*reading.entries()])

    def test_large_files_too(self) -> None:
        """One that does not fit into memory is read from a copy, which goes with the reading."""
        reading = importer.open_export(
            toggl(*({"Description": f"{it} " + "x" * 1000} for it in range(2000))), options=UTC
        )
        passes = reading.entries(), reading.entries()
        del reading
        assert [2000, 2000] == [len([*it]) for it in passes]

    def test_memory(self, tmp_path: Path) -> None:
        """Of a long file little more is held than what its rows are called."""
        path = tmp_path / "toggl.csv"
        path.write_bytes(toggl(*({"Description": f"{it} " + "x" * 8000} for it in range(1200))))
        tracemalloc.start()
        count = sum(isinstance(row, TimeEntry) for row in importer.open_export(path, options=UTC).entries())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert 1200 == count
        assert peak < 3_000_000 < path.stat().st_size / 3

    def test_digest(self) -> None:
        """A file is told from any other by its digest."""
        digests = {importer.open_export(toggl(row), options=UTC).digest for row in ({}, {"Task": "A"}, {})}
        assert 2 == len(digests)


class TestAnswers:
    def test_zone(self) -> None:
        """Local times are asked for, and read in the zone that is answered."""
        with pytest.raises(MissingOption, match="nothing in the file tells of which zone") as raised:
            importer.open_export(toggl({}))
        assert ("timezone", 2, "Start time") == (raised.value.option, raised.value.row, raised.value.column)
        [entry] = importer.open_export(toggl({}), options=ImportOptions(timezone="America/New_York")).entries()
        assert isinstance(entry, TimeEntry)
        assert utc(2026, 3, 2, 14) == entry.start

    def test_nothing_to_ask(self) -> None:
        """A file without rows leaves nothing open."""
        assert [] == [*importer.open_export(toggl()).entries()]

    def test_client_and_project(self) -> None:
        """Rows that name no client or project have those that are answered, and are called as without."""
        data = toggl({"Client": "", "Project": ""}, {})
        answered = ImportOptions(timezone="UTC", client="Bolt", project="Shop")
        plain, filled = ([*importer.open_export(data, options=it).entries()] for it in (UTC, answered))
        assert [("Bolt", "Shop"), ("Acme", "Website")] == [(it.client, it.project) for it in entries_of(filled)]
        assert [it.source for it in entries_of(plain)] == [it.source for it in entries_of(filled)]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"timezone": "Mars/Olympus"},
            {"date_order": "day_first"},
            {"decimal_mark": ";"},
            {"person": " "},
            {"client": 5},
            {"columns": ["person"]},
            {"names": {"a": ""}},
        ],
    )
    def test_that_cannot_be(self, wrong: dict[str, Any]) -> None:
        """An answer that means nothing is refused at once."""
        with pytest.raises(InvalidInput):
            ImportOptions(**wrong)


class TestSeparators:
    @pytest.mark.parametrize("separator", [";", "\t"])
    def test_other(self, separator: str) -> None:
        """Semicolons and tabs separate as well; the header tells."""
        data = b"User,Project,Description,Billable,Start date,Start time,End date,End time,Duration\n"
        data += b"Ann,Website,Some work,Yes,2026-03-02,09:00:00,2026-03-02,10:30:00,01:30:00\n"
        assert importer.read(data) == importer.read(data.replace(b",", separator.encode()))

    def test_within_a_cell(self) -> None:
        """Inside quotes they are text."""
        assert "a; b\tc" == importer.read(toggl({"Description": "a; b\tc"})).entries[0].note
