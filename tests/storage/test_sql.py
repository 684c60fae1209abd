"""Books in SQLite and PostgreSQL keep every promise of the storage port."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from invoicecore.ports.store import Storage
from invoicecore.storage.sql import SqlStorage
from invoicecore.testing.conformance import ArchiveContract, OutageContract, SharedContract
from tests.databases import schemas
from tests.proof.walk_contract import Walks


@contextmanager
def opened(url: str) -> Iterator[SqlStorage]:
    """The books there, let go of at the end."""
    storage = SqlStorage.at(url)
    yield storage
    storage.close()


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStorage]:
    """A file with tables."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('books') / 'books.db'}") as storage:
        storage.upgrade()
        yield storage


@pytest.fixture(scope="module")
def postgres(postgres_server: str) -> Iterator[SqlStorage]:
    """A schema with tables."""
    with schemas(postgres_server) as new, opened(new()) as storage:
        storage.upgrade()
        yield storage


class Books(SharedContract, ArchiveContract, Walks):
    """What is the same for both."""

    @pytest.fixture
    def reopen(self, storage: SqlStorage) -> Iterator[Callable[[], Storage]]:
        """As another program would open it."""
        url = storage.engine.url.render_as_string(hide_password=False)
        with ExitStack() as several:
            yield lambda: several.enter_context(opened(url))


class TestSqlite(Books):
    @pytest.fixture
    def storage(self, sqlite: SqlStorage) -> SqlStorage:
        """Books in a file."""
        return sqlite


class TestPostgres(Books):
    @pytest.fixture
    def storage(self, postgres: SqlStorage) -> SqlStorage:
        """Books on a server."""
        return postgres


class TestSqliteOutOfReach(OutageContract):
    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> Storage:
        """A file in a folder that is not there."""
        return SqlStorage.at(f"sqlite:///{tmp_path / 'nowhere' / 'books.db'}")


class TestPostgresOutOfReach(OutageContract):
    @pytest.fixture
    def unreachable(self, tmp_path: Path) -> Storage:
        """A server that is not there."""
        return SqlStorage.at(f"postgresql+psycopg://nobody@/books?host={tmp_path}")
