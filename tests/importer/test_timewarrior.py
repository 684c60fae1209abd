import json

import pytest
from attrs import evolve

from invoicecore import utc
from tests.importer.readings import entries, expected, found, one, question, refusal

LINE = 'inc 20260302T090000Z - 20260302T103000Z # Website "two words" # "said \\"so\\""'
EXPECTED = expected(
    billable=None,
    row=1,
    email=None,
    client=None,
    note='said "so"',
    start=utc(2026, 3, 2, 9),
    end=utc(2026, 3, 2, 10, 30),
    tags=("Website", "two words"),
)
ELEMENT = {
    "id": 1,
    "start": "20260302T090000Z",
    "end": "20260302T103000Z",
    "tags": ["Website", "two words"],
    "annotation": 'said "so"',
}


def data(*lines: str) -> bytes:
    """A data file."""
    return "".join(f"{line}\n" for line in lines).encode()


class TestData:
    def test_every_part(self) -> None:
        """A line says start and end, tags and a note; the first tag is the project."""
        assert EXPECTED == evolve(one(data(LINE), person="Ann"), source=None)

    @pytest.mark.parametrize(
        ("rest", "tags", "note"),
        [
            ("", (), ""),
            (" # a", ("a",), ""),
            (" # a b # plain words here", ("a", "b"), "plain words here"),
            (' # "a # b" # x', ("a # b",), "x"),
            (" # # only a note", (), "only a note"),
            (' # a # "quoted" and not', ("a",), '"quoted" and not'),
            (r' # "back\\slash"', (r"back\slash",), ""),
        ],
    )
    def test_rest(self, rest: str, tags: tuple[str, ...], note: str) -> None:
        """Tags may be quoted; what comes after the second sharp is the note."""
        entry = one(data(f"inc 20260302T090000Z - 20260302T103000Z{rest}"), person="Ann")
        assert (tags, note, tags[0] if tags else None) == (entry.tags, entry.note, entry.project)

    def test_asks_who(self) -> None:
        """It names nobody, so that is asked."""
        assert "person" == question(data(LINE)).option

    def test_project(self) -> None:
        """A project that is answered goes before the first tag, and the row is called the same."""
        plain, answered = one(data(LINE), person="Ann"), one(data(LINE), person="Ann", project="Shop")
        assert ("Shop", plain.source) == (answered.project, answered.source)

    def test_running(self) -> None:
        """An interval without an end still runs and is left out."""
        assert [2] == [entry.row for entry in entries(data("inc 20260302T090000Z # a", LINE), person="Ann")]

    @pytest.mark.parametrize(
        "line",
        [
            "exc 20260302T090000Z",
            "inc 20260302 - 20260303",
            "inc 20260302T090000Z - 20260302T085959Z",
            "inc 20261302T090000Z - 20261302T093000Z",
            "inc 20260302T090000 - 20260302T093000",
            'inc 20260302T090000Z - 20260302T103000Z # "open',
            "inc 20260302T090000Z-20260302T103000Z",
            f"inc 20260302T090000Z - 20260302T103000Z # {'x' * 300}",
        ],
    )
    def test_refused(self, line: str) -> None:
        """A line that is no interval refuses its row, and the next is read."""
        error = refusal(data(LINE, line, LINE), person="Ann")
        assert 2 == error.row

    def test_blank_lines(self) -> None:
        """Blank lines are passed over, but counted."""
        assert [1, 3] == [entry.row for entry in entries(data(LINE, "", LINE), person="Ann")]


class TestExport:
    def test_says_the_same(self) -> None:
        """What `timew export` writes is read as the data file is, and its rows are called the same."""
        exported = one(json.dumps([ELEMENT]).encode(), person="Ann")
        assert one(data(LINE), person="Ann") == exported
        assert not exported.identified  # ids count from the latest, so they change

    def test_running(self) -> None:
        """An interval without an end is left out."""
        running = {"id": 1, "start": "20260302T090000Z", "tags": []}
        assert [] == found(json.dumps([running]).encode(), person="Ann")
