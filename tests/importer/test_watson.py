import json

import pytest
from attrs import evolve

from invoicecore import utc
from tests.importer.readings import entries, expected, one, question, refusal

START = 1772442000  # 2026-03-02 09:00 UTC: 56 years with 14 leap days and 60 days after 1970, and nine hours
ID = "0f9c" * 8
FRAME = [START, START + 5400, "Website", ID, ["deep", "night shift"], START + 5401]
EXPECTED = expected(
    billable=None,
    row=1,
    email=None,
    client=None,
    note="",
    start=utc(2026, 3, 2, 9),
    end=utc(2026, 3, 2, 10, 30),
    tags=("deep", "night shift"),
    source=f"watson:{ID}",
    identified=True,
)


def frames(*frames: list[object]) -> bytes:
    """A file of frames."""
    return json.dumps(frames).encode()


class TestFrames:
    def test_every_part(self) -> None:
        """A frame has start and stop, project, id and tags."""
        assert EXPECTED == one(frames(FRAME), person="Ann")

    @pytest.mark.parametrize("frame", [FRAME[:4], [*FRAME[:4], START]])
    def test_older(self, frame: list[object]) -> None:
        """The first versions knew no tags."""
        assert evolve(EXPECTED, tags=()) == one(frames(frame), person="Ann")

    def test_asks_who(self) -> None:
        """It names nobody, so that is asked."""
        assert "person" == question(frames(FRAME)).option

    @pytest.mark.parametrize(
        ("place", "value"),
        [(0, -5), (0, 1.5), (0, "9" * 13), (0, 10**11), (1, START - 1), (2, "a\nb"), (3, ""), (3, ID)],
    )
    def test_refused(self, place: int, value: object) -> None:
        """A frame that cannot be is refused, naming its place, and the next is read."""
        wrong: list[object] = [*FRAME[:3], "1" * 32, *FRAME[4:]]
        wrong[place] = value
        data = frames(FRAME, wrong, [*FRAME[:3], "2" * 32])
        error = refusal(data, person="Ann")
        assert (2, str(place + 1)) == (error.row, error.column)

    def test_neither_object_nor_list(self) -> None:
        """An element of another kind is refused."""
        assert "Row 2: it is neither an object nor a list." == str(refusal(frames(FRAME, 5), person="Ann"))  # type: ignore[arg-type]

    def test_none(self) -> None:
        """A file of a given format may be empty."""
        assert [] == entries(b"[]", format="watson", person="Ann")
