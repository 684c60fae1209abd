"""A row is known again, and nothing else is taken for it."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicecore import importer
from tests.importer.files import CLOCKIFY, TOGGL, Cells, clockify, harvest, toggl, without

DATA = Path(__file__).parents[3] / "shared" / "data"


def sources(data: bytes, timezone: str = "UTC") -> list[str]:
    """What the rows of a file are called."""
    return [entry.source or "" for entry in importer.read(data, timezone=timezone).entries]


class TestSameRow:
    """A row that says the same has the same name."""

    def test_to_the_letter(self) -> None:
        """Names stay what they are in later versions, or all that was imported would be imported again."""
        assert ["toggl:8752bf04ba9fbb5c3615b40baf366f42", "toggl:a5c3c3605aac99ff418de28ee52b71d7"] == sources(
            toggl({}, {})
        )
        assert ["harvest:30955bc7ecffecbf118420fde361491f", "harvest:e77019992b29a933e62b97c41b492545"] == sources(
            harvest({}, {})
        )

    @pytest.mark.parametrize("seed", ["1", "2"])
    def test_in_another_process(self, seed: str) -> None:
        """Whatever the hash seed of the interpreter."""
        reading = "importer.read(sys.stdin.buffer.read()).entries[0].source"
        code = f"import sys; from invoicecore import importer; print({reading})"
        data = toggl({"Description": "Größe 🔥"})
        surroundings = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", code], input=data, capture_output=True, check=True, env=surroundings
        )
        assert sources(data) == run.stdout.decode().split()

    def test_wherever_it_stands(self) -> None:
        """Before, after and between others."""
        row: Cells = {"Description": "Search"}
        [name] = sources(toggl(row))
        assert name == sources(toggl({}, row))[1] == sources(toggl({}, {}, row, {"User": "Ben", "Email": ""}))[2]

    def test_in_whichever_zone_it_is_read(self) -> None:
        """It is the same row, also if the zone was forgotten the first time, and if another time passed there."""
        assert sources(toggl({})) == sources(toggl({}), "America/New_York")
        header = without(CLOCKIFY, "Duration (h)", "Duration (decimal)")
        night = {"Start Date": "2018-11-03", "Start Time": "22:00", "End Date": "2018-11-04", "End Time": "06:00"}
        assert sources(clockify(night, header=header)) == sources(clockify(night, header=header), "America/New_York")

    def test_however_dates_and_times_are_written(self) -> None:
        """It is the same row after somebody chose to see dates and times in another way."""
        otherwise = {
            "Start Date": "20.03.2026",
            "Start Time": "09:00",
            "End Date": "20.03.2026",
            "End Time": "10:30",
            "Date of creation": "",
        }
        assert sources(clockify({})) == sources(clockify(otherwise))

    @pytest.mark.parametrize("column", ["Tags", "Amount (USD)"])
    def test_of_toggl_whatever_may_change_later(self, column: str) -> None:
        """Tags and amounts do not make it another."""
        assert sources(toggl({})) == sources(toggl({column: "77"})) == sources(toggl({}, header=without(TOGGL, column)))

    @pytest.mark.parametrize("column", ["Billable Rate", "Billable Amount", "Cost Rate", "Project Code"])
    def test_of_harvest_whatever_may_change_later(self, column: str) -> None:
        """Whether it was invoiced, and at which rate, does not make it another."""
        assert sources(harvest({})) == sources(harvest({column: "77"})) == sources(harvest({"Invoiced?": "Yes"}))

    def test_of_somebody_who_changed_their_name(self) -> None:
        """Who has an e-mail is known by it, in any spelling."""
        assert sources(toggl({})) == sources(toggl({"User": "Ann B.", "Email": "ANN@northwind.example"}))

    def test_however_numbers_are_written(self) -> None:
        """1.5 and 1,50 hours are the same."""
        amounts = {"Billable Rate": "", "Billable Amount": "", "Cost Rate": "", "Cost Amount": ""}
        assert sources(harvest({**amounts, "Hours": "1.5"})) == sources(harvest({**amounts, "Hours": "1,50"}))


class TestAnotherRow:
    """A row that says anything else about the work has another name."""

    @pytest.mark.parametrize(
        "cells",
        [
            {"User": "Ben", "Email": "ben@northwind.example"},
            {"User": "Ben", "Email": ""},
            {"Client": "Bolt"},
            {"Client": ""},
            {"Project": "Shop"},
            {"Task": "Design"},
            {"Description": "Other work"},
            {"Billable": "No"},
            {"Start time": "09:00:01"},
            {"Start date": "2026-03-01"},
            {"End time": "10:31:00"},
            {"End date": "2026-03-03"},
            {"Duration": "01:30:01"},
        ],
    )
    def test_of_toggl(self, cells: Cells) -> None:
        """Who, for whom, on what, when, how long, what was said, and whether it costs."""
        first, other = sources(toggl({}, cells))
        assert first != other

    @pytest.mark.parametrize(
        "cells",
        [
            {"First Name": "Ben"},
            {"Client": "Bolt"},
            {"Project": "Shop"},
            {"Task": "Design"},
            {"Notes": "Other work"},
            {"Billable?": "No"},
            {"Date": "2026-03-03"},
            {"Hours": "1.34"},
        ],
    )
    def test_of_harvest(self, cells: Cells) -> None:
        """The same."""
        first, other = sources(harvest({}, cells))
        assert first != other

    def test_parts_are_kept_apart(self) -> None:
        """What moves from one cell to the next is another row; a project that says what the client said, too."""
        first, second, third = sources(
            toggl({"Client": "Ab", "Project": "c"}, {"Client": "A", "Project": "bc"}, {"Client": "", "Project": "Abc"})
        )
        assert 3 == len({first, second, third})

    def test_equal_rows_are_counted(self) -> None:
        """Two rows that say the same are two pieces of work, and known again as two."""
        first, second = sources(toggl({}, {}))
        assert first != second
        assert [first, second] == sources(toggl({}, {"User": "Ben", "Email": ""}, {}))[::2]


_ROWS = st.lists(st.sampled_from(["A", "B", "C"]), max_size=8)


class TestOverlap:
    @given(_ROWS, _ROWS, st.randoms(use_true_random=False))
    def test_of_two_exports(self, first: list[str], more: list[str], hand: random.Random) -> None:
        """An export that holds all of another, in any order, has all of its names, and each once."""
        every = [*first, *more]
        hand.shuffle(every)
        names, all_names = ([*sources(toggl(*({"Description": it} for it in rows)))] for rows in (first, every))
        assert set(names) <= set(all_names)
        assert len(every) == len(set(all_names))


@pytest.mark.skipif(not DATA.is_dir(), reason="the real exports lie beside the checkout")
class TestRealFiles:
    @pytest.mark.parametrize(
        ("file", "count"),
        [("toggl_detailed_team_of_5_2016.csv", 652), ("harvest_time_report_detailed_2025.csv", 298)],
    )
    def test_each_row_has_a_name(self, file: str, count: int) -> None:
        """No two of a real export are called the same, and a half of the file calls its rows as the whole does."""
        lines = (DATA / file).read_bytes().splitlines(keepends=True)
        whole, half = sources(b"".join(lines)), sources(b"".join([lines[0], *lines[count // 2 :]]))
        assert count == len(set(whole))
        assert whole[count // 2 - 1 :] == half
