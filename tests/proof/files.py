"""Prepared firms in SQLite files, one file for each copy."""

import copy
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine

from invoicecore.storage.sql import SqlStorage
from invoicecore.storage.sql.sources import ConnectionSource, source_of
from tests.proof.commands import StorageKind

_IN_MEMORY = Path("/dev/shm")  # a folder that no disk slows down, where the system has one


@contextmanager
def on_files(page_size: int = 4096) -> Iterator[StorageKind]:
    """A way to keep the scene in files of SQLite, in a folder that is there as long as it is used."""
    with TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder:
        paths = (Path(folder, f"{number}.db") for number in count())
        empty = SqlStorage(_engine(next(paths)))
        with empty.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA page_size = {page_size}")
            connection.exec_driver_sql("VACUUM")  # which is when a page gets another size
        empty.upgrade()

        def copied(storage: SqlStorage) -> SqlStorage:
            storage.close()  # whereupon the file alone holds everything
            path = next(paths)
            shutil.copyfile(str(storage.engine.url.database), path)
            twin = copy.copy(storage)  # with the statements that were built once
            twin.engine = _engine(path)
            twin._source = source_of(twin.engine)
            weakref.finalize(twin, _discard, twin._source, path)
            return twin

        yield StorageKind(lambda: copied(empty), copied)
        empty.close()


def _engine(path: Path) -> Engine:
    return create_engine(f"sqlite:///{path}")


def _discard(source: ConnectionSource, path: Path) -> None:
    source.close()
    source.engine.dispose()
    path.unlink(missing_ok=True)
