"""Failures that really happened in this field are caught."""

import pytest

from tests.proof.mutants import MUTANTS, Mutant, control, hunt, run

STEPS = 16_000


class TestHistoricFailures:
    """Each is seeded into the running library, and a law that is named notices it."""

    @pytest.mark.parametrize("mutant", MUTANTS, ids=lambda it: it.name)
    def test_it_is_caught_by_its_law(self, mutant: Mutant) -> None:
        """The walk breaks the law that is named, within the steps of an ordinary run."""
        found = hunt(mutant, most=STEPS, seed=1)
        assert mutant.caught_by in found.laws
        assert found.steps is not None
        # Which version a record is at, by which a missing audit record is told, the laws of one state do not see.
        assert found.agreed or mutant.caught_by == "I28"

    def test_there_are_enough_of_them(self) -> None:
        """At least twenty, each under a name of its own."""
        assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20

    def test_what_is_not_wrong_survives(self) -> None:
        """The control, a mutant that changes nothing, is not caught."""
        assert control(seed=1).passed

    def test_a_survivor_fails_the_suite(self) -> None:
        """With hardly a step for each, most survive, and the figures say so."""
        figures = run(size=1, seed=1)
        assert not figures.passed
        assert "SURVIVED" in figures.line
