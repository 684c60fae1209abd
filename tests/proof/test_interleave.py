"""Two commands at the same moment end as if one had come after the other, at the size of every day."""

import pytest

from tests.proof import interleave
from tests.proof.commands import COMMANDS
from tests.proof.interleave import Explorer, explored

PAIRS = len(COMMANDS) * (len(COMMANDS) + 1) // 2
SAME_KEY = sum(command.takes_key for command in COMMANDS)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    """Every pair, in all schedules with one switch and some with two."""
    return explored(size=5000, seed=3)


class TestTwoAtOnce:
    def test_every_pair_is_there(self, explorer: Explorer) -> None:
        """Also every command with itself, and those that take a key under the same one."""
        assert PAIRS + SAME_KEY == explorer.pairs
        assert explorer.schedules > 15_000

    @pytest.mark.req("A5", "A34", "A39", "B3")
    def test_each_ends_as_if_one_came_after_the_other(self, explorer: Explorer) -> None:
        """In every schedule the invariants hold, and the books are those of one of the two orders."""
        assert {} == explorer.found

    def test_hardly_any_refusal_is_odd(self, explorer: Explorer) -> None:
        """A command may be refused for a reason that is half out of date, but that is rare."""
        assert explorer.odd < explorer.schedules / 100


class TestControl:
    def test_broken_storages_are_caught(self) -> None:
        """One without checks of versions, by named invariants, and one without checks of reservations."""
        figures = interleave.control(seed=3)
        assert figures.passed
        for law in ("I1 ", "I3 ", "I12 ", "I18 ", "I28 "):
            assert law in figures.line
        assert "without checks of reservations: books" in figures.line

    def test_nothing_is_left_to_chance(self) -> None:
        """The same schedules show the same, each time."""
        assert interleave.control(seed=3) == interleave.control(seed=3)
