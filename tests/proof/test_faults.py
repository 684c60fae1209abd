"""Every command survives every failure of storage at each of its calls."""

import pytest

from tests.proof import faults
from tests.proof.commands import COMMANDS
from tests.proof.faults import FaultRun, run_commands


@pytest.fixture(scope="module")
def fault_run() -> FaultRun:
    """Every command, every call, every fault."""
    return run_commands(COMMANDS)


class TestFaults:
    def test_every_command_is_tried(self, fault_run: FaultRun) -> None:
        """Without a key, and with one where it takes one; most are sent again afterwards."""
        assert len(COMMANDS) + sum(command.takes_key for command in COMMANDS) == fault_run.commands
        assert fault_run.faults > 4000
        assert fault_run.repeated > 3000

    def test_nothing_is_half_done_or_lost_or_done_twice(self, fault_run: FaultRun) -> None:
        """The books are those before or those after; sent again, those after."""
        assert {} == fault_run.found


class TestDelivery:
    def test_no_message_is_lost(self) -> None:
        """Whatever fails while they are handed over, each comes in the end, and none stays."""
        fault_run = FaultRun()
        fault_run.run_delivery()
        assert {} == fault_run.found
        assert fault_run.faults > 100


class TestControl:
    def test_broken_storages_are_caught(self) -> None:
        """One that commits in two parts, and one that keeps the key too late."""
        figures = faults.control(seed=3)
        assert figures.passed
        torn, late_key = figures.line.split("; ")
        assert "half" in torn
        assert "again" in late_key
