"""The example store keeps every promise of the storage port."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import FileIO
from pathlib import Path

import pytest

from examples import jsonlines_storage
from examples.jsonlines_storage import JsonLinesStorage
from invoicecore.errors import CommitUnknown, StorageUnavailable
from invoicecore.ports.store import PEOPLE
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.testing.conformance import OutageContract, SharedContract
from invoicecore.testing.conformance.things import ids, person
from invoicecore.values.ids import FirmId
from tests.proof.walk_contract import Walks

ROOT = Path(__file__).parent.parent.parent
FIRM = FirmId("firm")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the books are."""
    return tmp_path / "books.jsonl"


@pytest.fixture
def storage(path: Path) -> JsonLinesStorage:
    """An empty store."""
    return JsonLinesStorage(path)


class TestPromises(SharedContract, OutageContract, Walks):
    """All of the port, also after reopening, with several programs at once, and where there is no disk."""

    @pytest.fixture(autouse=True)
    def _quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No check here takes the power away, so none waits for the disk; see TestDisk."""
        monkeypatch.setattr(os, "fsync", lambda _: None)

    @pytest.fixture
    def reopen(self, path: Path) -> Callable[[], JsonLinesStorage]:
        """Opens the store once more, as another program would."""
        return lambda: JsonLinesStorage(path)

    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> JsonLinesStorage:
        """A store in a folder that is not there."""
        return JsonLinesStorage(tmp_path / "nowhere" / "books.jsonl")


def add(storage: JsonLinesStorage, *names: str) -> None:
    """Commit new people."""
    with UnitOfWork(storage, FIRM) as uow:
        for name in names:
            uow.put(person(name))
        uow.commit()


def people(storage: JsonLinesStorage) -> list[str]:
    """Who is there."""
    return ids(UnitOfWork(storage, FIRM).find(PEOPLE))


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk does not keep what is written."""

    def fail(file: object) -> None:
        raise OSError("broken")

    monkeypatch.setattr(os, "fsync", fail)


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk has room for half of what is written."""

    class Full(FileIO):
        def write(self, line: bytes) -> int:  # type: ignore[override]
            return super().write(line[: len(line) // 2])

    monkeypatch.setattr(jsonlines_storage, "open", lambda path, mode, buffering: Full(path, mode), raising=False)


TWENTY = """
import sys
from examples.jsonlines_storage import JsonLinesStorage
from invoicecore.errors import ConcurrencyConflict
from invoicecore.storage.unit_of_work import UnitOfWork
storage, taken = JsonLinesStorage(sys.argv[1]), 0
while taken < 20:
    try:
        with UnitOfWork(storage, "firm") as uow:
            uow.next_value("counter")
            uow.commit()
            taken += 1
    except ConcurrencyConflict:
        continue
"""


class TestDisk:
    """What the kit cannot see."""

    def test_a_commit_is_on_the_disk(
        self, storage: JsonLinesStorage, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The line is written when the disk is asked to keep the file, and then the folder is, for a new file."""
        lines: list[int] = []
        monkeypatch.setattr(os, "fsync", lambda _: lines.append(path.read_bytes().count(b"\n")))
        add(storage, "kim")
        add(storage, "lee")
        assert [1, 1, 2] == lines

    def test_half_a_line_was_never_committed(self, storage: JsonLinesStorage, path: Path) -> None:
        """Where a program was killed while it wrote, the books are as before, and go on."""
        add(storage, "kim")
        whole = path.read_bytes()
        path.write_bytes(whole + whole[: len(whole) // 2])
        for each in (storage, JsonLinesStorage(path)):
            assert ["kim"] == people(each)
        add(storage, "lee")
        for each in (storage, JsonLinesStorage(path)):
            assert ["kim", "lee"] == people(each)

    @pytest.mark.parametrize("trouble", [broken, full])
    def test_a_disk_that_fails(
        self, storage: JsonLinesStorage, trouble: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If a line does not come to the disk, its commit is unknown, nothing of it is seen, and the books go on."""
        add(storage, "kim")
        with monkeypatch.context() as meanwhile:
            trouble(meanwhile)
            with pytest.raises(CommitUnknown):
                add(storage, "lee")
        assert ["kim"] == people(storage)
        add(storage, "max")
        assert ["kim", "max"] == people(storage)

    def test_what_is_no_book_is_refused(self, storage: JsonLinesStorage, path: Path) -> None:
        """A file that holds something else is not taken for books."""
        path.write_text("Dear diary\n")
        with pytest.raises(StorageUnavailable, match="cannot be read"):
            UnitOfWork(storage, FIRM)

    def test_two_programs(self, storage: JsonLinesStorage, path: Path) -> None:
        """Two programs that take numbers get each once."""
        command = [sys.executable, "-c", TWENTY, str(path)]
        programs = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
        assert [0, 0] == [program.wait() for program in programs]
        assert 41 == UnitOfWork(storage, FIRM).peek("counter")
