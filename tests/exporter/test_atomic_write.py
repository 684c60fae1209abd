import gc
import io
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO, cast

import pytest

from invoicecore import Desk, NewWorkSession, exporter
from invoicecore.errors import InvoicecoreError
from invoicecore.exporter import Dialect, ExportTable
from invoicecore.exporter.atomic_write import text_writer
from tests.world import UNLIMITED, World, new_world


class TestWriting:
    def test_a_file_takes_its_place_when_it_is_whole(self, tmp_path: Path) -> None:
        """What was there stays until all is written."""
        path = tmp_path / "books"
        path.write_text("old")
        with text_writer(path) as stream:
            stream.write("new")
            stream.flush()
            assert "old" == path.read_text()
        assert ("new", [path]) == (path.read_text(), list(tmp_path.iterdir()))

    def test_a_failure_leaves_what_was_there(self, tmp_path: Path) -> None:
        """If anything fails, nothing is changed and nothing is left behind."""
        path = tmp_path / "books"
        path.write_text("old")
        with pytest.raises(ZeroDivisionError), text_writer(path) as stream:
            stream.write(f"half {1 / 0}")
        assert ("old", [path]) == (path.read_text(), list(tmp_path.iterdir()))

    def test_a_stream_stays_open(self) -> None:
        """A stream that was given is written to as it is, and not closed."""
        given = io.StringIO()
        with text_writer(given) as stream:
            stream.write("new\r\n")
        assert "new\r\n" == given.getvalue()

    def test_no_such_folder(self, world: World, tmp_path: Path) -> None:
        """A folder that is not there is an OSError."""
        with pytest.raises(OSError, match="nowhere"):
            exporter.write_journal(world.maria, tmp_path / "nowhere" / "books.journal")

    def test_a_refusal_in_the_midst(self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When a later page fails, no table comes into being."""
        world.log(1)

        def failing(*args: object, **named: object) -> Any:
            raise InvoicecoreError("The store is away.")

        monkeypatch.setattr(world.maria.pages, "transactions", failing)
        with pytest.raises(InvoicecoreError, match="away"):
            exporter.write_table(world.maria, tmp_path / "x", ExportTable.TRANSACTIONS)
        with pytest.raises(InvoicecoreError, match="away"):
            exporter.write_journal(world.maria, tmp_path / "x")
        assert [] == list(tmp_path.iterdir())


class Sink(io.TextIOBase):
    """Takes text and forgets it."""

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, texts: Any) -> None:
        for text in texts:
            self.write(text)


class TestStreams:
    def worked(self, entries: int) -> Desk:
        """A firm with so many entries, of three clients in turn."""
        world = new_world(UNLIMITED)
        jobs = [world.project(world.client(name)).id for name in ("One", "Two", "Three")]
        for begin in range(0, entries, 300):
            world.clock.advance(timedelta(hours=9))
            world.maria.work.import_many(
                NewWorkSession(
                    project_id=jobs[place % 3], person_id=world.lee.person_id, start=world.clock.now(), hours=1
                )
                for place in range(begin, begin + 300)
            )
        return world.maria

    @pytest.mark.parametrize("what", [Dialect.HLEDGER, ExportTable.TRANSACTIONS])
    def test_memory(self, what: Dialect | ExportTable, monkeypatch: pytest.MonkeyPatch) -> None:
        """Five times as many entries take not twice the memory while they are written: no more is held than a page."""
        monkeypatch.setattr("invoicecore.exporter.iter_pages.LONGEST_PAGE", 100)

        def most(entries: int) -> int:
            desk, told = self.worked(entries), list[int]()

            def write() -> int:
                if isinstance(what, Dialect):
                    return exporter.write_journal(desk, cast(TextIO, Sink()), dialect=what, progress=told.append)
                return exporter.write_table(desk, cast(TextIO, Sink()), what, progress=told.append)

            write()  # whereupon the store has put its lists in order
            told.clear()
            gc.collect()
            tracemalloc.start()
            try:
                count = write()
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            assert (entries, entries) == (count, sum(told))
            assert max(told) <= 100
            return peak

        assert most(3000) < 2 * most(600)
