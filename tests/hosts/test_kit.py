"""Joined storage keeps every promise of the storage port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from invoicecore.ports.store import Storage
from invoicecore.storage.sql import SqlStorage
from invoicecore.testing.conformance import StorageContract
from tests.databases import schemas
from tests.hosts.hosts import engine_of
from tests.hosts.joining import JoiningStorage


@pytest.fixture(scope="module")
def postgres_tables(postgres_server: str) -> Iterator[str]:
    """The URL of a schema with tables, in which nobody waits for long."""
    with schemas(postgres_server) as new:
        url = new()
        with engine_of(url) as engine:
            SqlStorage(engine).upgrade()
        yield url


@pytest.fixture(scope="module")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a file with tables."""
    folder: Path = tmp_path_factory.mktemp("joined")
    url = f"sqlite:///{folder / 'books.db'}"
    with engine_of(url) as engine:
        SqlStorage(engine).upgrade()
    return url


class TestReadCommitted(StorageContract):
    @pytest.fixture
    def storage(self, postgres_tables: str) -> Iterator[Storage]:
        """PostgreSQL, as hosts have it."""
        options = f"{postgres_tables}%20-c%20lock_timeout%3D200ms"
        with engine_of(options, isolation_level="READ COMMITTED", pool_size=20, max_overflow=20) as engine:
            yield JoiningStorage(engine)


_SEVERAL_AT_ONCE = (
    "test_a_firm_comes_into_being_by_its_commit",
    "test_a_leap_and_a_take_do_not_both_commit",
    "test_a_lost_update_is_refused",
    "test_a_message_is_told_with_its_change",
    "test_a_put_of_the_same_value_is_a_change",
    "test_a_removal_is_a_change",
    "test_a_sequence_is_used_once",
    "test_eight_threads_on_one_client",
    "test_in_a_race_one_gets_it",
    "test_in_a_race_one_keeps_the_key",
    "test_no_two_units_get_the_same",
    "test_others_see_nothing_before_the_commit",
    "test_the_audit_is_in_the_order_of_commits",
    "test_the_first_ever_row_is_made_once",
    "test_two_units_do_not_lease_the_same",
)


class TestSqlite(StorageContract):
    """On a file the write lock is taken when a transaction is joined, so that a second one cannot begin meanwhile. What
    opens two units of work at once, and lets neither fail, has nothing to look at; that the second is refused is told
    in `test_joined`, and what several processes do at once in `tests.proof.joining`."""

    locals().update(dict.fromkeys(_SEVERAL_AT_ONCE))

    @pytest.fixture
    def storage(self, sqlite_tables: str) -> Iterator[Storage]:
        """A file, on which one unit of work is open at a time."""
        with engine_of(sqlite_tables, connect_args={"timeout": 0.5}) as engine:
            yield JoiningStorage(engine)
