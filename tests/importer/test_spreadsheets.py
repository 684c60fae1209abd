import sys
from datetime import date, timedelta

import pytest

from invoicecore import importer, utc
from invoicecore.importer import Limits
from tests.importer.readings import entries, found, one, refused_file
from tests.importer.workbooks import BOTH, CLOCK, DAY, LENGTH, cell, ods, open_cell, open_row, row, xlsx, zipped

HEADER = "Datum;Projekt;Kunde;Benutzer;Von;Bis;Dauer"
ROWS = ("09.03.2026;Umbau;Jäger;Zoë;08:15;10:45;2:30", "10.03.2026;Umbau;Jäger;Zoë;23:00;01:00;2:00")
FOUND = [timedelta(hours=2.5), timedelta(hours=2)]
COLUMNS = {
    "day": "Datum",
    "project": "Projekt",
    "client": "Kunde",
    "person": "Benutzer",
    "start_time": "Von",
    "end_time": "Bis",
    "duration": "Dauer",
}


def text(*lines: str, end: str = "\r\n") -> str:
    """The text of a file."""
    return end.join([*lines, ""])


def quoted(line: str) -> str:
    """A line that is quoted once more as a whole."""
    return '"' + line.replace('"', '""') + '"'


PLAIN = text(HEADER, *ROWS)
SAVED = {
    "as it was": PLAIN.encode(),
    "names its separator": text("sep=;", HEADER, *ROWS).encode(),
    "names it in quotes": text('"sep=;"', HEADER, *ROWS).encode(),
    "another separator": text("SEP=^", HEADER, *ROWS).replace(";", "^").encode(),
    "bars": PLAIN.replace(";", "|").encode(),
    "blank cells at the end": text(HEADER, *(f"{row};;" for row in ROWS)).encode(),
    "blank columns": text(f"{HEADER};;", *(f"{row};;" for row in ROWS)).encode(),
    "blank rows": text("", ";;;;;;", HEADER, ROWS[0], "; ;;;;;", ROWS[1], ";;;;;;", ";;;;;;").encode(),
    "titles above": text("Zeiten, März 2026;;;;;;", "", "von Zoë", HEADER, *ROWS).encode(),
    "titles of two cells": text("Firma;X GmbH;;;;;", "Monat;März;;;;;", "", HEADER, *ROWS).encode(),
    "a row of totals": text(HEADER, *ROWS, "Summe:;;;;;;4:30").encode(),
    "totals without a word": text(HEADER, *ROWS, ";;;;;;4:30").encode(),
    "totals of each day": text(HEADER, ROWS[0], "Total;;;;;;2:30", ROWS[1], ";;;Total;;;2:00").encode(),
    "totals with more words": text(
        HEADER,
        *(ROWS[0], "Zwischensumme;;;;;;2:30", "Zoë Ergebnis;;;;;;2:30", ";;;Total hours;;;2:30"),
        *(ROWS[1], "Total général;;;;;;4,5", "Gesamtergebnis;;;;;;4:30", "総計;;;;;;4:30", "الإجمالي;;;;;;4:30"),
    ).encode(),
    "a header on each page": text(HEADER, ROWS[0], HEADER, ROWS[1]).encode(),
    "a kept header": text(";".join(f'="{it}"' for it in HEADER.split(";")), *ROWS).encode(),
    "blanks before quotes": text(*("; ".join(f'"{it}"' for it in row.split(";")) for row in (HEADER, *ROWS))).encode(),
    "short years": PLAIN.replace(".2026", ".26").encode(),
    "Windows-1252": PLAIN.encode("cp1252"),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without its mark": PLAIN.encode("utf-16-le"),
    "UTF-16 without its mark, big end first": PLAIN.encode("utf-16-be"),
    "kept as text": text(HEADER, *(f'="{row.replace(";", chr(34) + ";=" + chr(34))}"' for row in ROWS)).encode(),
    "an old end of file": PLAIN.encode() + b"\x1a",
    "a NUL at the end": PLAIN.encode() + b"\0",
    "UTF-16, big end first": b"\xfe\xff" + PLAIN.replace(";", "\t").encode("utf-16-be"),
    "rows quoted twice": text(quoted(HEADER), *map(quoted, ROWS)).encode(),
    "rows quoted twice with blanks": text(f"{quoted(HEADER)};;", *(f"{quoted(it)};;" for it in ROWS)).encode(),
    "some rows quoted twice": text(HEADER, quoted(ROWS[0].replace("Jäger", '"Jäger"')), ROWS[1]).encode(),
    "old line ends": text(HEADER, *ROWS, end="\r").encode(),
    "a composed header": PLAIN.replace("Zoë", "Zoe\u0308").encode(),
}


class TestSaved:
    @pytest.mark.parametrize("name", SAVED)
    def test_read(self, name: str) -> None:
        """A file that a spreadsheet saved is read like the one that it opened."""
        found = entries(SAVED[name], columns=COLUMNS)
        assert FOUND == [entry.duration for entry in found]
        assert {("Zoë", "Jäger", "Umbau")} == {(entry.person, entry.client, entry.project) for entry in found}
        assert utc(2026, 3, 9, 8, 15) == found[0].start

    def test_more_commas_than_separators(self) -> None:
        """The separator is the one that divides the header like the rows, however many commas the cells have."""
        rows = ("Umbau;Monday, March 9, 2026;2:30", "Umbau;Tuesday, March 10, 2026;2:00")
        columns = {"project": "Projekt", "day": "Datum", "duration": "Dauer"}
        read = importer.open_export(
            text("Projekt;Datum;Dauer", *rows).encode(),
            options=importer.ImportOptions(person="Zoë", columns=columns),
        )
        assert FOUND == [it.duration for it in read.entries() if isinstance(it, importer.TimeEntry)]

    def test_header_of_two_lines(self) -> None:
        """A name of two lines in the header is given as one line."""
        data = PLAIN.replace("Benutzer", '"Name des\nBenutzers"').encode()
        assert FOUND == [it.duration for it in entries(data, columns={**COLUMNS, "person": "Name des Benutzers"})]

    def test_rows_are_counted(self) -> None:
        """Row numbers are those of the file, whatever is passed over."""
        assert [4, 6] == [entry.row for entry in entries(SAVED["blank rows"], columns=COLUMNS)]
        assert [3, 4] == [entry.row for entry in entries(SAVED["names its separator"], columns=COLUMNS)]

    @pytest.mark.parametrize(
        "row",
        [
            ";Umbau;Jäger;Zoë;;;2:30",
            ";Total;Jäger;;;;2:30",
            "10.03.2026;;;Total;;;",
            "x;;;;;;2:30",
            ";;;;1:00;;2:30",
            ";Total x;Jäger;;;;2:30",
        ],
    )
    def test_no_totals(self, row: str) -> None:
        """A row that somebody may have worked in is no row of totals: it is refused, not passed over."""
        data = text(HEADER, *ROWS, row).encode()
        options = importer.ImportOptions(timezone="UTC", columns=COLUMNS)
        assert "4" in str([*importer.open_export(data, options=options).entries()][-1])

    def test_more_cells(self) -> None:
        """A cell behind the last column must be blank."""
        [*_, last] = importer.open_export(
            text(HEADER, f"{ROWS[0]};x").encode(), options=importer.ImportOptions(timezone="UTC", columns=COLUMNS)
        ).entries()
        assert "the row has 8 cells, but the header 7." in str(last)


S = [cell(name) for name in HEADER.split(";")]
SHEET = (
    row(*S)
    + row()
    + "".join(
        row(
            cell(day, DAY),
            *(cell(it) for it in ("Umbau", "Jäger", "Zoë")),
            cell(start, CLOCK),
            cell(end, CLOCK),
            length,
        )
        for day, start, end, length in (
            (46090, 8.25 / 24, 10.75 / 24, cell(2.5 / 24, LENGTH)),
            (46091, 23 / 24, 1 / 24, cell("2:00")),
        )
    )
)


class TestWorkbook:
    def test_xlsx(self) -> None:
        """The first sheet that is seen is read, whatever its cells are."""
        found = entries(xlsx({"Alt": row(cell("x")), "März": SHEET}, hidden="Alt"), columns=COLUMNS)
        assert FOUND == [entry.duration for entry in found]
        assert [(utc(2026, 3, 9, 8, 15), 3), (utc(2026, 3, 10, 23), 4)] == [(entry.start, entry.row) for entry in found]

    def test_named_sheet(self) -> None:
        """Another sheet is read by its name; one that is not there is refused with those that are."""
        book = xlsx({"Notes": row(cell("x")), "March": SHEET})
        assert FOUND == [entry.duration for entry in entries(book, columns=COLUMNS, sheet="March")]
        error = refused_file(book, columns=COLUMNS, sheet="May")
        assert "it has no sheet 'May'; these are there: 'Notes', 'March'." == error.reason
        assert "it is no workbook" in refused_file(PLAIN.encode(), columns=COLUMNS, sheet="March").reason

    def test_ods(self) -> None:
        """So is a sheet of an .ods, with the empty rows below it."""
        words = [open_cell("string", text=it) for it in ("Umbau", "Jäger", "Zoë")]
        day = open_cell("date", office_date_value="2026-03-09", text="9.3.26")
        clock = [
            open_cell("time", office_time_value=f"PT{it}S", text=it) for it in ("08H15M00", "10H45M00", "02H30M00")
        ]
        header = open_row(*(open_cell("string", text=name) for name in HEADER.split(";")))
        rest = open_row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1_048_000)
        entry = one(ods(header + open_row(day, *words, *clock) + rest), columns=COLUMNS)
        assert (utc(2026, 3, 9, 8, 15), FOUND[0], "Jäger") == (entry.start, entry.duration, entry.client)

    @pytest.mark.parametrize(
        ("length", "field", "hours"),
        [
            (cell(1.125), "hours", 1.125),
            (cell(6.579999999999999), "hours", 6.58),
            (cell(2), "hours", 2),
            (cell(50.5 / 24, LENGTH), "duration", 50.5),
            (cell(30 / 24, CLOCK), "duration", 30),
            (cell(90), "minutes", 1.5),
        ],
    )
    def test_lengths(self, length: str, field: str, hours: float) -> None:
        """Numbers are never taken for thousands, and durations may be longer than a day."""
        book = xlsx({"A": row(*map(cell, ("Who", "When", "Took"))) + row(cell("Zoë"), cell(46090, DAY), length)})
        entry = one(book, columns={"person": "Who", "day": "When", field: "Took"})
        assert (date(2026, 3, 9), timedelta(hours=hours)) == (entry.day, entry.duration)

    @pytest.mark.parametrize("merged", ["A2:A3", "B2:B3"])
    def test_merged_cells(self, merged: str) -> None:
        """A day or a name that is merged downwards is that of each row."""
        place = "AB".index(merged[0])
        second = [cell(46090, DAY), *(cell(it) for it in ("Umbau", "Zoë", "2:00"))]
        second[place] = cell("")
        rows = row(*map(cell, ("Datum", "Projekt", "Benutzer", "Dauer")))
        rows += row(cell(46090, DAY), *(cell(it) for it in ("Umbau", "Zoë", "2:30"))) + row(*second)
        columns = {name: COLUMNS[name] for name in ("day", "project", "person", "duration")}
        found = entries(xlsx({"T": rows}, merged=merged), columns=columns)
        assert FOUND == [it.duration for it in found]
        assert {(date(2026, 3, 9), "Umbau", "Zoë")} == {(it.day, it.project, it.person) for it in found}

    def test_merged_lengths(self) -> None:
        """One that stands for two rows is not billed twice."""
        columns = {name: COLUMNS[name] for name in ("day", "project", "person", "duration")}
        rows = row(*map(cell, ("Datum", "Projekt", "Benutzer", "Dauer")))
        rows += row(cell(46090, DAY), cell("Umbau"), cell("Zoë"), cell(2.5 / 24, LENGTH))
        rows += row(cell(46091, DAY), cell("Umbau"), cell("Zoë"), cell(""))
        last = found(xlsx({"T": rows}, merged="D2:D3"), columns=columns)[-1]
        assert "nothing in the row says how long it took" in str(last)

    def test_date_and_time(self) -> None:
        """Date and time may share a cell, also at midnight; yes and no may be cells of their own kind."""
        header = row(*map(cell, ("user_name", "project", "start", "end", "billable")))
        rows = header + row(cell("Zoë"), cell("Umbau"), cell(46090, BOTH), cell(46090.25, BOTH), cell(False))
        entry = one(xlsx({"A": rows}))
        assert (utc(2026, 3, 9), utc(2026, 3, 9, 6), False) == (entry.start, entry.end, entry.billable)

    @pytest.mark.parametrize(
        "data",
        [
            zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}),
            zipped({"Index/Document.iwa": "x"}),
            xlsx({"A": SHEET})[:-40],
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        ],
    )
    def test_cannot_be_read(self, data: bytes) -> None:
        """A workbook that cannot be read is refused in words that say how to save it."""
        assert "save the sheet as CSV" in refused_file(data).reason

    @pytest.mark.parametrize(
        "data",
        [
            xlsx({"A": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'}),
            xlsx({"A": '<row r="5"><c r = "XFD5"><v>1</v></c></row><row r="900"><c r="A900"><v>1</v></c></row>'}),
            ods(open_row(open_cell("string", text="x"), repeated=1_000_000)),
            ods(open_row(open_cell("string", table_number_columns_repeated="16384", text="x"), repeated=99_000)),
            xlsx({"A": row(cell("x" * 20_000_000))}),
        ],
    )
    def test_too_large(self, data: bytes) -> None:
        """A small file that would become a huge sheet is refused before it does."""
        assert "save the sheet as CSV" in refused_file(data, limits=Limits(bytes=1_000_000, rows=1000)).reason

    @pytest.mark.parametrize("data", [b"<html><table>", b"\xef\xbb\xbf<?xml version='1.0'?>", b"%PDF-1.7\n"])
    def test_no_table(self, data: bytes) -> None:
        """So is a web page that is called a workbook, and what is no table at all."""
        assert "save it as CSV" in refused_file(data).reason

    def test_without_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the extra is not installed, that is said."""
        monkeypatch.setitem(sys.modules, "python_calamine", None)
        error = refused_file(xlsx({"A": SHEET}))
        assert "pip install 'invoicecore[spreadsheets]' reads it; or open it" in error.reason

    def test_rows_are_bounded(self) -> None:
        """So are the rows of a sheet."""
        error = refused_file(xlsx({"A": SHEET}), columns=COLUMNS, limits=Limits(rows=1))
        assert "a file may have 1 rows below its header, and no more." == error.reason
