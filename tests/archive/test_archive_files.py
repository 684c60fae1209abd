import subprocess
import sys
import tracemalloc
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from attrs import evolve

from invoicecore import Billing, Firm, MemoryStorage, NewWorkSession, Rate, SettableClock, Terms, archive, utc
from invoicecore.archive import ArchiveRefused
from invoicecore.errors import InvalidInput, NotFound, UniqueViolation
from invoicecore.ports.store import Storage
from invoicecore.storage.sql import SqlStorage
from tests.archive.archives import WRITTEN, restored, story, written
from tests.databases import NewUrl


class TestWriting:
    def test_what_was_written_is_told(self) -> None:
        """Of which firm, when, and how many things of each kind; restoring tells the same."""
        generated_event, progress = BytesIO(), list[int]()
        billing = Billing.open(restored(story()), clock=SettableClock(WRITTEN))
        archived = archive.write_archive(billing, generated_event, progress=progress.append)
        assert (billing.firm_id, WRITTEN) == (archived.firm_id, archived.written_at)
        assert (1, 3, 4, 6) == tuple(archived.counts[kind] for kind in ("Firm", "Client", "Person", "WorkSession"))
        assert [sum(archived.counts.values())] == progress
        seen = list[int]()
        assert archived == archive.restore(BytesIO(story()), MemoryStorage(), progress=seen.append)
        assert progress == seen

    def test_an_archive_is_for_its_owner_alone(self, tmp_path: Path) -> None:
        """Nobody else may read the file, for there are passwords in it, if only hashes."""
        archive.write_archive(Billing.open(restored(story())), tmp_path / "a.jsonl")
        assert 0o600 == (tmp_path / "a.jsonl").stat().st_mode & 0o777

    def test_a_failed_archive_leaves_the_old_one(self, tmp_path: Path) -> None:
        """An error in the middle leaves the file that was there, and nothing beside it."""
        path = tmp_path / "a.jsonl"
        path.write_bytes(b"of last week")

        def interrupted(_: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            archive.write_archive(Billing.open(restored(story())), path, progress=interrupted)
        assert [path] == list(tmp_path.iterdir())
        assert b"of last week" == path.read_bytes()

    def test_a_storage_that_gives_no_archives_says_so(self, tmp_path: Path) -> None:
        """Archives are an optional part of the port."""
        from examples.jsonlines_storage import JsonLinesStorage

        storage: Storage = JsonLinesStorage(tmp_path / "books.jsonl")
        with pytest.raises(InvalidInput, match="JsonLinesStorage gives no archives"):
            archive.restore(BytesIO(story()), storage)
        billing = Billing.create(storage, Firm(name="N", currency="USD", timezone="UTC"))
        with pytest.raises(InvalidInput, match="JsonLinesStorage gives no archives"):
            archive.write_archive(billing, BytesIO())

    def test_memory_does_not_grow_with_the_history(self, new_sqlite_url: NewUrl) -> None:
        """Writing ten times the history out of SQLite takes no more memory."""
        peaks = [peak(busy(sessions, new_sqlite_url())) for sessions in (400, 4000)]
        assert peaks[1] < peaks[0] * 1.2


class Nowhere(BytesIO):
    """Takes whatever is written, and keeps none of it."""

    def write(self, line: object, /) -> int:
        return 0


def busy(sessions: int, url: str) -> Storage:
    """Books in SQLite with so many sessions, each with a note."""
    memory = MemoryStorage()
    maria = Billing.create(memory, Firm(name="N", currency="USD", timezone="UTC")).as_owner()
    client = maria.clients.add(name="Acme", terms=Terms.unlimited())
    project = maria.projects.add(client_id=client.id, name="Website", rate=Rate.hourly(50, "USD")).id
    new = NewWorkSession(project_id=project, person_id=maria.person_id, start=utc(2026, 1, 1, 12), hours=1, note="Work")
    for batch in range(sessions // 4):
        maria.work.import_many([evolve(new, source=f"toggl:{batch}:{row}") for row in range(4)])
    storage = SqlStorage.at(url)
    storage.upgrade()
    archive.restore(BytesIO(written(memory)), storage)
    return storage


def peak(storage: Storage) -> int:
    """How many bytes are in use at most while the archive of books is written."""
    billing = Billing.open(storage)
    archive.write_archive(billing, Nowhere())  # what is made once is made
    tracemalloc.start()
    archive.write_archive(billing, Nowhere())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    storage.close()  # type: ignore[attr-defined]  # it is in SQLite
    return most


class Interrupted(BytesIO):
    """A file that cannot be read to its end."""

    lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.lines += 1
        if self.lines > 60:
            raise OSError("The disk was taken out.")
        return super().readline(size)


KILLED = """
import io, os, sys
from invoicecore import archive

class Killed(io.BytesIO):
    lines = 0
    def readline(self, size=-1, /):
        self.lines += 1
        if self.lines > 60:
            os._exit(9)
        return super().readline(size)

archive.restore(Killed(open(sys.argv[1], "rb").read()), sys.argv[2])
"""


class TestRestoring:
    def test_a_crash_leaves_nothing(self, new_sqlite_url: NewUrl, tmp_path: Path) -> None:
        """A process that is killed in the middle leaves a database without the firm, and it can be restored then."""
        url, path = new_sqlite_url(), tmp_path / "a.jsonl"
        path.write_bytes(story())
        assert len(story().splitlines()) > 100
        assert 9 == subprocess.run([sys.executable, "-c", KILLED, str(path), url]).returncode
        storage = SqlStorage.at(url)
        assert () == storage.firms()
        archive.restore(path, storage)
        assert story() == written(storage)
        storage.close()

    def test_an_error_of_the_file_leaves_nothing(self) -> None:
        """It comes out as it is."""
        storage = MemoryStorage()
        with pytest.raises(OSError, match="taken out"):
            archive.restore(Interrupted(story()), storage)
        assert () == storage.firms()

    def test_a_firm_is_restored_once(self) -> None:
        """Where it is kept already, it is refused and left as it is."""
        storage = restored(story())
        with pytest.raises(UniqueViolation, match="kept here already"):
            archive.restore(BytesIO(story()), storage)
        assert story() == written(storage)

    def test_a_file_that_is_not_there_makes_no_database(self, new_sqlite_url: NewUrl, tmp_path: Path) -> None:
        """The file is opened first."""
        url = new_sqlite_url()
        with pytest.raises(FileNotFoundError):
            archive.restore(tmp_path / "nothing", url)
        assert not Path(url.removeprefix("sqlite:///")).exists()

    def test_the_caller_keeps_a_stream(self) -> None:
        """A stream that was given is read to its end and left open."""
        stream: BinaryIO = BytesIO(story())
        archive.restore(stream, MemoryStorage())
        assert (False, b"") == (stream.closed, stream.read())

    def test_what_is_refused_leaves_nothing(self) -> None:
        """Also where only the last line tells."""
        storage = MemoryStorage()
        with pytest.raises(ArchiveRefused, match="SHA-256"):
            archive.restore(BytesIO(story().replace(b"Too early", b"Too late")), storage)
        assert () == storage.firms()

    def test_a_firm_that_is_gone_cannot_be_written(self) -> None:
        """A billing whose storage lost the firm says so."""
        billing = Billing.open(restored(story()))
        billing._storage = MemoryStorage()
        with pytest.raises(NotFound):
            archive.write_archive(billing, BytesIO())
