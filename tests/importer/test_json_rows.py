import json
import tracemalloc
from pathlib import Path

import pytest

from invoicecore.importer import Limits, UnreadableFile
from invoicecore.importer.files.file import File
from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import Row

USUAL = Limits()


def rows(data: bytes, limits: Limits = USUAL) -> list[Row | UnreadableFile]:
    """The rows of a list."""
    return [*JsonRows.of(File.of(data, limits), limits)]


def cells(data: bytes) -> dict[str, str]:
    """The cells of the only row."""
    [row] = rows(data)
    assert isinstance(row, Row)
    return dict(row.cells)


def refused(data: bytes) -> UnreadableFile:
    """The error with which a file is refused."""
    with pytest.raises(UnreadableFile) as raised:
        rows(data)
    return raised.value


class TestCells:
    def test_paths(self) -> None:
        """A cell is called by the keys that lead to it, and places in a list count from one."""
        element = {
            "a": "x",
            "b": {"c": {"d": "y"}},
            "e": ["p", ["q"]],
            "f": None,
            "g": True,
            "h": False,
            "i": [],
            "j": {},
        }
        expected = {"a": "x", "b.c.d": "y", "e.1": "p", "e.2.1": "q", "f": "", "g": "true", "h": "false"}
        assert expected == cells(json.dumps([element]).encode())

    @pytest.mark.parametrize("number", ["1", "-0.10", "1e5", "9" * 5000, "0.1000000000000000055", "NaN"])
    def test_numbers(self, number: str) -> None:
        """A number is the text that stands there, however long it is."""
        assert {"a": number} == cells(f'[{{"a": {number}}}]'.encode())

    def test_letters(self) -> None:
        """Escaped letters are the letters."""
        assert {"a": "Größe 🔥\n"} == cells(b'[{"a": "Gr\\u00f6\\u00dfe \\ud83d\\udd25\\n"}]')


class TestList:
    def test_blanks(self) -> None:
        """Blanks, lines and a byte-order mark between the elements do not matter."""
        assert 2 == len(rows(b'\xef\xbb\xbf \r\n[ {"a":"1"}\n,\t{"a":"2"} ]\n\n'))

    @pytest.mark.parametrize("size", [1, 65_530, 65_536, 200_000])
    def test_wherever_a_chunk_ends(self, size: int) -> None:
        """Elements are read whole wherever the file is cut into chunks."""
        elements = [{"a": "x" * size, "b": str(it)} for it in range(3)]
        found = rows(json.dumps(elements).encode(), Limits(characters=131_000) if size < 131_000 else USUAL)
        if size < 131_000:
            assert [str(it) for it in range(3)] == [it.cells["b"] for it in found if isinstance(it, Row)]
        else:
            assert ["a", "a", "a"] == [it.column for it in found if isinstance(it, UnreadableFile)]

    def test_many_rows(self) -> None:
        """A list is bounded in elements."""
        with pytest.raises(UnreadableFile, match="Row 3: a file may have 2 rows"):
            rows(b'[{"a":1},{"a":1},{"a":1}]', Limits(rows=2))

    @pytest.mark.parametrize(
        ("data", "row"),
        [
            (b"[", 1),
            (b"[{}", 1),
            (b"[{},", 2),
            (b"[{},]", 2),
            (b"[{}}", 2),
            (b"[{} {}]", 2),
            (b"[{}] x", 2),
            (b'[{"a": 1]', 1),
            (b'[{"a": "\n"}]', 1),
            (b"[{'a': 1}]", 1),
            (b'[{"a": 1, "a": 2}]', 1),
            (b"[" * 100_000, 1),
            (b'[{"a": "' + b"x" * 3_000_000, 1),
            (b'[{"a":' * 50_000, 1),
        ],
    )
    def test_broken(self, data: bytes, row: int) -> None:
        """What is not a list of JSON is refused, naming the element."""
        assert row == refused(data).row

    def test_a_long_element(self) -> None:
        """An element of several megabytes is refused before it is held."""
        parts = ",".join(f'"{"x" * 1000}"' for _ in range(4000))
        assert "the element has more than 1000000 characters" in refused(f"[[{parts}], {{}}]".encode()).reason

    def test_an_element_of_another_kind(self) -> None:
        """An element that is no object or list refuses its row alone."""
        kinds = [type(row) for row in rows(b'[{"a": 1}, 5, "x", null, true, [1]]')]
        assert [Row, *[UnreadableFile] * 4, Row] == kinds

    @pytest.mark.parametrize(
        ("cell", "reason"),
        [
            (b"a\\u0000b", "the cell holds a NUL, so this is not text."),
            (b"\\ud800", "the cell holds half a surrogate pair, which is not text."),
            ("é".encode() + b"\xe9", "the cell is not UTF-8 text."),
            (b"x" * 100_001, "the cell holds more than 100000 characters."),
        ],
    )
    def test_bad_text(self, cell: bytes, reason: str) -> None:
        """A cell that is no text refuses its row alone, naming it."""
        first, second = rows(b'[{"a": "' + cell + b'"}, {"a": "b"}]')
        assert isinstance(first, UnreadableFile)
        assert isinstance(second, Row)
        assert (1, "a", reason) == (first.row, first.column, first.reason)


def test_memory(tmp_path: Path) -> None:
    """A long list takes no more memory than a short one."""
    path = tmp_path / "list.json"
    path.write_bytes(b"[" + b",".join(b'{"a": "%0200d"}' % it for it in range(20_000)) + b"]")
    limits = Limits()
    tracemalloc.start()
    count = sum(isinstance(row, Row) for row in JsonRows.of(File.of(path, limits), limits))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 20_000 == count
    assert peak < 2_500_000 < path.stat().st_size
