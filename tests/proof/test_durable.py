"""The proof on databases holds, at the size of every day."""

import random
from pathlib import Path

import pytest

from invoicecore import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from tests.proof import __main__ as command
from tests.proof import crash, differential, disk_full, durable, faults, interleave, processes
from tests.proof.commands import COMMANDS
from tests.proof.figures import Figures
from tests.proof.files import on_files

SEED = 3


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """A file of SQLite that is not there yet."""
    return f"sqlite:///{tmp_path}/books.db"


class TestInterleavings:
    """Any two commands at once, on files of SQLite."""

    def test_each_ends_as_if_one_came_after_the_other(self) -> None:
        """Some pairs in every schedule with one switch, and in some with two."""
        with on_files() as storage_kind:
            explorer = interleave.explored(size=120, seed=SEED, storage_kind=storage_kind, pairs=24)
        assert {} == explorer.found
        assert explorer.schedules > 250
        assert explorer.odd < explorer.schedules / 20

    def test_broken_adapters_are_caught(self) -> None:
        """One without checks of versions, and one without checks of reservations."""
        assert_ok(durable.interleave_control(seed=SEED))


class TestFaults:
    """Every failure at every call, on files of SQLite."""

    def test_nothing_is_half_done_or_lost_or_done_twice(self) -> None:
        """Some commands, with and without a key."""
        with on_files() as storage_kind:
            trial = faults.run_commands(random.Random(SEED).sample(COMMANDS, 3), storage_kind=storage_kind)
            trial.run_delivery()
        assert {} == trial.found
        assert trial.faults > 200


class TestFullDisk:
    """The disk is full in the middle of a command."""

    def test_every_command_stands_or_not(self) -> None:
        """All of them, with any number of pages too few."""
        sweep = disk_full.sweep_commands(disk_full.PAGES, COMMANDS)
        assert {} == sweep.found
        assert len(COMMANDS) == sweep.commands
        assert sweep.refused > 100

    def test_so_it_is_where_the_commit_fails(self) -> None:
        """Some of them, with any number of bytes too few."""
        sweep = disk_full.sweep_commands(disk_full.BYTES, random.Random(SEED).sample(COMMANDS, 5))
        assert {} == sweep.found
        assert sweep.refused > 30

    def test_a_broken_adapter_is_caught(self) -> None:
        """One without transactions."""
        assert_ok(disk_full.control(seed=SEED))


class TestDifferential:
    """The same commands on every store."""

    def test_all_say_and_keep_the_same(self, file_url: str, postgres_url: str) -> None:
        """In memory, on SQLite and on PostgreSQL."""
        stores = {"sqlite": SqlStorage.at(file_url), "postgresql": SqlStorage.at(postgres_url)}
        for storage in stores.values():
            storage.upgrade()
        assert_ok(differential.compare({"memory": MemoryStorage(), **stores}, size=5, seed=SEED))
        for storage in stores.values():
            storage.close()

    def test_a_different_adapter_is_caught(self) -> None:
        """One that cuts a text."""
        assert_ok(differential.control(seed=SEED))


class TestProcesses:
    """Eight processes on the same few clients."""

    def test_on_sqlite_all_is_as_reckoned(self, file_url: str) -> None:
        """Nobody is past the limit, no refill is missed or doubled, no number is left out, nothing is lost."""
        assert_ok(processes.run(size=8, seed=SEED, url=file_url))

    def test_on_postgresql_all_is_as_reckoned(self, postgres_url: str) -> None:
        """The same."""
        assert_ok(processes.run(size=8, seed=SEED, url=postgres_url))

    def test_a_broken_adapter_is_caught(self) -> None:
        """One without checks of versions."""
        assert_ok(processes.control(seed=SEED))

    def test_joined_on_sqlite(self, file_url: str) -> None:
        """The same in transactions of a host's, whose rows stand exactly with the commands."""
        assert_ok(processes.run(size=4, seed=SEED, url=file_url, isolation="SERIALIZABLE"))

    @pytest.mark.parametrize(
        ("isolation", "plain"), [("READ COMMITTED", 0), ("READ COMMITTED", 4), ("REPEATABLE READ", 0)]
    )
    def test_joined_on_postgresql(self, postgres_url: str, isolation: str, plain: int) -> None:
        """At READ COMMITTED, with half of the processes outside, and where the host must run again."""
        assert_ok(processes.run(size=4, seed=SEED, url=postgres_url, isolation=isolation, plain=plain))


class TestCrash:
    """Programs are killed in the middle of their work."""

    def test_on_sqlite_nothing_is_lost_or_torn(self, file_url: str) -> None:
        """At any moment, and between two statements."""
        assert_ok(crash.run(size=20, seed=SEED, url=file_url))

    def test_on_postgresql_nothing_is_lost_or_torn(self, postgres_url: str) -> None:
        """So it is when the server ends the connection."""
        assert_ok(crash.run(size=5, seed=SEED, url=postgres_url))

    def test_a_broken_adapter_is_caught(self) -> None:
        """One without transactions."""
        assert_ok(crash.control(seed=SEED))


class TestCommand:
    """`python -m tests.proof durable`."""

    def test_it_prints_a_line_for_each_store_and_a_control(
        self, file_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One suite alone, on the stores that are named; the exit code says whether all held."""
        monkeypatch.setattr(crash, "control", lambda *, seed: Figures("crash, control", False, "noticed nothing"))
        stores = ["--store", file_url, "--store", f"sqlite:///{tmp_path}/more.db"]
        assert 1 == command.main(["durable", *stores, "--only", "crash", "--kills", "1"])
        lines = capsys.readouterr().out.splitlines()
        assert [["ok", "crash"], ["ok", "crash"], ["FAIL", "crash,"]] == [line.split()[:2] for line in lines]

    def test_every_suite_is_there(self) -> None:
        """Each that is listed is a function that gives checks."""
        for suite in command.DURABLE:
            assert callable(getattr(durable, suite))


def assert_ok(figures: Figures) -> None:
    assert figures.passed, str(figures)
