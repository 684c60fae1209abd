import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve

from invoicecore import importer, utc
from invoicecore.importer import ImportOptions, Limits, UnreadableFile
from tests.importer.files import Cells, solidtime, written
from tests.importer.readings import expected, found, one, question, refusal, refused_file

ENTRY = "11111111-0000-4000-8000-00000000000{}"
ANN, ACME, WEBSITE = (f"{it * 8}-0000-4000-8000-000000000001" for it in "234")
DESIGN, DEEP = (f"{it * 8}-0000-4000-8000-000000000001" for it in "56")
NAMES = {ANN: "Ann", ACME: "Acme", WEBSITE: "Website"}


def table(header: tuple[str, ...], *rows: Cells) -> bytes:
    """A table beside the entries."""
    return written(header, [*rows])


TABLES = {
    "members.csv": table(("id", "name", "email"), {"id": ANN, "name": "Ann", "email": "ann@northwind.example"}),
    "clients.csv": table(("id", "name"), {"id": ACME, "name": "Acme"}),
    "projects.csv": table(("id", "name"), {"id": WEBSITE, "name": "Website"}),
    "tasks.csv": table(("id", "name"), {"id": DESIGN, "name": "Design"}),
    "tags.csv": table(("id", "name"), {"id": DEEP, "name": "deep"}),
    "organizations.csv": table(("id", "currency"), {"id": "1", "currency": "EUR"}),
}
FULL = {"task_id": DESIGN, "tags": f'["{DEEP}"]', "billable_rate": "5050"}
EXPECTED = expected(
    start=utc(2026, 3, 2, 9),
    end=utc(2026, 3, 2, 10, 30),
    rate=Decimal("50.50"),
    currency="EUR",
    tags=("deep",),
    source=f"solidtime:{ENTRY.format(1)}",
    identified=True,
)


def zipped(tables: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in tables.items():
            archive.writestr(name, content)
    return data.getvalue()


class TestAlone:
    def test_asks_for_names(self) -> None:
        """The entries alone know everybody by id, so names are asked for."""
        asked = question(solidtime({}))
        assert ("names", 2, "member_id") == (asked.option, asked.row, asked.column)
        assert all(id in asked.reason for id in NAMES)

    def test_answered(self) -> None:
        """With names it is read; what is not known is left out."""
        wanted = evolve(EXPECTED, email=None, note="Some work", currency=None, tags=())
        assert wanted == one(solidtime(FULL), names=NAMES, timezone=None)

    @pytest.mark.parametrize(
        ("cell", "rate"), [("", None), ("0", "0.00"), ("5", "0.05"), ("50", "0.50"), ("123456", "1234.56")]
    )
    def test_rates(self, cell: str, rate: str | None) -> None:
        """Rates are hundredths."""
        assert (None if rate is None else Decimal(rate)) == one(solidtime({"billable_rate": cell}), names=NAMES).rate

    def test_running(self) -> None:
        """What still runs is left out."""
        assert [] == found(solidtime({"end": ""}), names=NAMES)

    def test_no_project(self) -> None:
        """Project and client may be missing."""
        entry = one(solidtime({"project_id": "", "client_id": ""}), names=NAMES)
        assert (None, None) == (entry.client, entry.project)

    @pytest.mark.parametrize(
        ("column", "cell"),
        [("billable_rate", "5.5"), ("billable", ""), ("start", "yesterday"), ("end", "2026-03-02T08:00:00Z")],
    )
    def test_refused(self, column: str, cell: str) -> None:
        """A cell that cannot be read refuses its row."""
        error = refusal(solidtime({}, {"id": ENTRY.format(2), column: cell}), names=NAMES)
        assert (3, column) == (error.row, error.column)

    def test_nobody(self) -> None:
        """A row of nobody is refused."""
        assert "member_id" == refusal(solidtime({"member_id": ""}), names=NAMES).column


class TestWhole:
    def test_zip(self) -> None:
        """The zip of a whole export brings the names along."""
        assert EXPECTED == one(zipped({**TABLES, "time_entries.csv": solidtime(FULL), "meta.json": b"{}"}))

    def test_folder(self, tmp_path: Path) -> None:
        """So does the folder that was unpacked of it."""
        for name, content in {**TABLES, "time_entries.csv": solidtime(FULL)}.items():
            (tmp_path / name).write_bytes(content)
        assert EXPECTED == one(tmp_path)

    def test_answers_go_first(self) -> None:
        """What is answered goes before what stands there."""
        export = zipped({**TABLES, "time_entries.csv": solidtime(FULL)})
        assert "Bolt" == one(export, names={ACME: "Bolt"}).client

    def test_digest(self) -> None:
        """Another name beside the entries is another export."""
        renamed = {**TABLES, "clients.csv": table(("id", "name"), {"id": ACME, "name": "Bolt"})}
        digests = {
            importer.open_export(zipped({**tables, "time_entries.csv": solidtime({})})).digest
            for tables in (TABLES, renamed)
        }
        assert 2 == len(digests)

    def test_of_something_else(self) -> None:
        """A zip without time entries is refused."""
        assert "it is a zip without time_entries.csv" in refused_file(zipped({"a.csv": b"a"})).reason

    def test_broken(self) -> None:
        """A zip that is cut off is refused."""
        whole = zipped({"time_entries.csv": solidtime({})})
        assert "it is a zip that cannot be unpacked" in refused_file(whole[:-30]).reason

    def test_bomb(self) -> None:
        """What comes out of a zip is bounded like a file."""
        bomb = zipped({"time_entries.csv": bytes(10_000_000)})
        assert len(bomb) < 20_000
        with pytest.raises(UnreadableFile, match="it is larger than 1000000 bytes"):
            importer.open_export(bomb, options=ImportOptions(), limits=Limits(bytes=1_000_000))

    def test_together(self) -> None:
        """The tables of an export are bounded together."""
        rows = solidtime({**FULL, "description": "x" * 9000})
        export = zipped({**TABLES, "time_entries.csv": rows})
        size = sum(map(len, TABLES.values())) + len(rows)
        assert importer.open_export(export, limits=Limits(bytes=size))
        with pytest.raises(UnreadableFile, match="larger than"):
            importer.open_export(export, limits=Limits(bytes=size - 1))

    def test_bad_table(self) -> None:
        """A table of names that cannot be read refuses the export, naming it."""
        tables = {**TABLES, "clients.csv": b"id,name\n1\n", "time_entries.csv": solidtime({})}
        assert "clients.csv: the row has 1 cells, but the header 2." == refused_file(zipped(tables)).reason
