"""The laws hold whatever anybody does, and every command takes part in the walk."""

import pytest

from tests.proof.command_generators import CHOOSERS
from tests.proof.setups import SETUPS
from tests.proof.trace import LOOKS
from tests.proof.walk import Walk, commands, control, run

STEPS = 30_000


@pytest.fixture(scope="module")
def walk() -> Walk:
    """One walk of full size."""
    walked = Walk(seed=7)
    walked.go(STEPS)
    return walked


class TestWalk:
    """Tens of thousands of steps at random, all laws looked at after each."""

    def test_no_law_is_broken(self, walk: Walk) -> None:
        """Nothing is found in as many steps as were asked for."""
        assert "" == "\n".join(map(str, walk.found))
        assert STEPS == walk.step

    def test_every_command_is_accepted_often(self, walk: Walk) -> None:
        """At least half of the tries of each command are accepted, and none is a rarity."""
        tried, accepted = walk.tally.tried, walk.tally.accepted
        assert [] == [name for name in CHOOSERS if 2 * accepted[name] < tried[name]]
        assert [] == [f"{name}: {accepted[name]}" for name in CHOOSERS if accepted[name] < 50]

    def test_all_that_is_interesting_is_reached(self, walk: Walk) -> None:
        """Every jump is made, keys are repeated, and all moves of the life cycle occur, with its two beginnings."""
        assert [] == [name for name, _ in SETUPS if walk.tally.jumps[name] < 50]
        assert walk.tally.repeats > 500
        assert walk.tally.looks > 500
        assert walk.tally.wild > 500
        assert walk.tally.verified > 900
        assert 23 == len(walk.tally.moves)

    def test_the_same_seed_walks_the_same_way(self) -> None:
        """A walk can be repeated step by step from its seed."""
        one, other = Walk(seed=3), Walk(seed=3)
        one.go(300)
        other.go(300)
        assert one.books == other.books
        assert one.tally == other.tally

    def test_the_figures_say_how_often_each_command_was_accepted(self) -> None:
        """What the suite prints names every command."""
        figures = run(size=200, seed=1)
        assert figures.passed
        assert [] == [name for name in CHOOSERS if name not in figures.line]

    def test_a_broken_store_is_noticed(self) -> None:
        """The control, a store that forgets entries, is caught."""
        assert control(seed=1).passed


class TestRules:
    """What the walk knows of the desk."""

    def test_every_method_of_the_desk_is_a_rule(self) -> None:
        """Each public method of each subject is a command that is tried or a question that is asked, and not both."""
        assert sorted(commands()) == sorted([*CHOOSERS, *LOOKS])
