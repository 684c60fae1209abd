"""Does every command survive every failure of storage at every one of its calls?"""

import pytest

from tests.proof import faults
from tests.proof.commands import COMMANDS
from tests.proof.faults import Trial, tried


@pytest.fixture(scope="module")
def trial() -> Trial:
    """Every command, every call, every fault."""
    return tried(COMMANDS)


class TestFaults:
    def test_every_command_is_tried(self, trial: Trial) -> None:
        """Without a key, and with one where it takes one; most are sent again afterwards."""
        assert len(COMMANDS) + sum(command.takes_key for command in COMMANDS) == trial.commands
        assert trial.faults > 4000
        assert trial.repeated > 3000

    def test_nothing_is_half_done_or_lost_or_done_twice(self, trial: Trial) -> None:
        """The books are those before or those after; sent again, those after."""
        assert {} == trial.found


class TestDelivery:
    def test_no_message_is_lost(self) -> None:
        """Whatever fails while they are handed over, each comes in the end, and none stays."""
        trial = Trial()
        trial.put_delivery_to()
        assert {} == trial.found
        assert trial.faults > 100


class TestControl:
    def test_broken_storages_are_caught(self) -> None:
        """One that commits in two parts, and one that keeps the key too late."""
        figures = faults.control(seed=3)
        assert figures.passed
        torn, late_key = figures.line.split("; ")
        assert "half" in torn
        assert "again" in late_key
