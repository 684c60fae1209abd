import csv
from pathlib import Path

import pytest
from attrs.exceptions import FrozenInstanceError

from invoicecore import exchange
from invoicecore.errors import Malformed
from invoicecore.exchange import UnreadableFile, sheet
from tests.exchange.files import HARVEST, TOGGL, Cells, harvest, toggl, without


def refused(data: bytes, **options: str) -> UnreadableFile:
    """The error with which a file is refused."""
    with pytest.raises(UnreadableFile) as raised:
        exchange.read(data, **options)
    return raised.value


class TestRecognising:
    @pytest.mark.parametrize(("data", "expected"), [(toggl({}), "toggl"), (harvest({}), "harvest")])
    def test_by_header(self, data: bytes, expected: str) -> None:
        """The format is told from the columns of the header."""
        assert expected == exchange.read(data).format

    def test_unknown(self) -> None:
        """A header that fits no format is refused with what was looked for."""
        error = refused(b"Project,Client,Start Date\n")
        assert (1, None) == (error.row, error.column)
        assert (
            "Row 1: no known format has this header. Formats are told apart so: toggl by the columns Start date, "
            "Start time, User; harvest by the columns Date, First Name, Hours."
        ) == str(error)

    def test_both(self) -> None:
        """A header that fits two formats is refused until the format is given."""
        both = toggl({}, header=(*TOGGL, *HARVEST[:1], "Hours", "First Name"))
        assert "Row 1: the header fits more than one format; say which: toggl or harvest." == str(refused(both))
        assert "toggl" == exchange.read(both, format="toggl").format

    def test_given(self) -> None:
        """A file that is not of the format that is given is refused, naming the column it lacks."""
        error = refused(toggl({}), format="harvest")
        assert (1, "Date") == (error.row, error.column)

    def test_unknown_format(self) -> None:
        """A format that is not read here is refused with those that are."""
        with pytest.raises(Malformed, match="these are: toggl, harvest"):
            exchange.read(toggl({}), format="clockify")

    def test_unknown_zone(self) -> None:
        """A time zone that does not exist is refused."""
        with pytest.raises(Malformed, match="not a time zone"):
            exchange.read(toggl({}), timezone="Mars/Olympus")


class TestSource:
    @pytest.mark.parametrize("kind", [Path, str])
    def test_path(self, tmp_path: Path, kind: type) -> None:
        """A file is read from its path."""
        path = tmp_path / "toggl.csv"
        path.write_bytes(toggl({}, {}))
        assert 2 == len(exchange.read(kind(path)).entries)

    @pytest.mark.parametrize("path", ["nowhere.csv", "a\0b", "."])
    def test_cannot_be_opened(self, path: str) -> None:
        """A path at which no file can be opened is refused like the file itself."""
        with pytest.raises(UnreadableFile, match="The file: it cannot be opened"):
            exchange.read(path)

    def test_byte_order_mark(self) -> None:
        """A byte-order mark in front is passed over."""
        assert exchange.read(toggl({})) == exchange.read(b"\xef\xbb\xbf" + toggl({}))

    def test_line_ends(self) -> None:
        """It does not matter how lines end."""
        assert exchange.read(toggl({})) == exchange.read(toggl({}).replace(b"\r\n", b"\n"))

    def test_frozen(self) -> None:
        """What was read cannot be changed."""
        timesheet = exchange.read(toggl({}))
        with pytest.raises(FrozenInstanceError):
            timesheet.entries[0].person = "Eve"  # type: ignore[misc]

    def test_no_entries(self) -> None:
        """A header alone is a timesheet without entries, and still names its currency."""
        assert exchange.Timesheet(format="toggl", entries=(), currency="USD") == exchange.read(toggl())

    def test_rows_as_people_count(self) -> None:
        """The header is row 1, a cell of several lines is in one row, and a blank line is a row."""
        lines = toggl({"Description": "one\ntwo"}, {}).replace(b"\r\nAnn,", b"\r\n\r\nAnn,")
        assert [3, 5] == [entry.row for entry in exchange.read(lines).entries]


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
        assert 1 == len(exchange.read(toggl({}, header=(*TOGGL, "Extra", "Extra"))).entries)

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
        """Bytes that are not UTF-8 are refused, naming their cell."""
        error = refused(toggl({}, {"Client": "Café"}).replace("é".encode(), b"\xe9"))
        assert "Row 3, column Client: the cell is not UTF-8 text." == str(error)

    @pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", toggl({}).decode().encode("utf-16")])
    def test_not_text(self, data: bytes) -> None:
        """A picture, or text of another encoding, is refused in its first row."""
        error = refused(data)
        assert (1, "1") == (error.row, error.column)

    def test_open_quote(self) -> None:
        """A quote that is never closed is refused in the row in which it opens."""
        error = refused(toggl({}, {}).replace(b"Some work", b'"Some work', 1))
        assert (2, None) == (error.row, error.column)
        assert "not comma-separated values" in str(error)

    def test_broken_quote(self) -> None:
        """Text after a closing quote is refused."""
        assert 2 == refused(toggl({}).replace(b"Some work", b'"Some" work')).row

    def test_nothing_before_the_bad_row_is_kept(self) -> None:
        """A file whose last row is bad is refused as a whole."""
        rows: list[Cells] = [{} for _ in range(50)]
        assert 52 == refused(toggl(*rows, {"Duration": "long"})).row


class TestBounds:
    def test_bytes(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """A file is bounded in bytes, and no more of it is read."""
        data = toggl({})
        path = tmp_path / "toggl.csv"
        path.write_bytes(data)
        monkeypatch.setattr(sheet, "MOST_BYTES", len(data))
        assert 1 == len(exchange.read(path).entries)
        monkeypatch.setattr(sheet, "MOST_BYTES", len(data) - 1)
        assert "The file: it is larger than 0 MiB." == str(refused(data))
        with pytest.raises(UnreadableFile, match="larger than"):
            exchange.read(path)

    def test_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file is bounded in rows."""
        monkeypatch.setattr(sheet, "MOST_ROWS", 2)
        assert 2 == len(exchange.read(toggl({}, {})).entries)
        assert "Row 4: a file may have 2 rows below its header, and no more." == str(refused(toggl({}, {}, {})))

    def test_cell(self) -> None:
        """A cell is bounded in characters."""
        longest = "x" * sheet.LONGEST_CELL
        assert 1 == len(exchange.read(toggl({"Description": longest})).entries)
        error = refused(toggl({"Description": longest + "x"}))
        assert "Row 2, column Description: the cell holds more than 100000 characters." == str(error)

    def test_cell_beyond_what_csv_takes(self) -> None:
        """A cell that the csv module itself refuses is refused all the same, and its limit is left alone."""
        limit = csv.field_size_limit()
        assert 2 == refused(toggl({"Description": "x" * (limit + 1)})).row
        assert limit == csv.field_size_limit()
