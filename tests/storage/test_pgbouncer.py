"""Commands go through pgbouncer in transaction mode, which gives each transaction any of a few connections."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic, sleep
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url

from invoicecore import Billing, Firm
from invoicecore.storage.sql import SqlStorage
from tests.needs import missing

PROCESSES, COMMANDS, CONNECTIONS = 8, 200, 4

WORKER = """
import sys
from datetime import timedelta
from decimal import Decimal
from invoicecore import Billing, Money, Rate, Terms, utc
from invoicecore.storage.sql import SqlStorage

url, number, commands = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
storage = SqlStorage.at(url, pooled=True)
desk = Billing.open(storage).as_owner()
client = desk.clients.add(name=f"Client {number}", terms=Terms.unlimited())
site = desk.projects.add(client_id=client.id, name="Website", rate=Rate.hourly(50, "USD"))
failed = 0
for turn in range(commands):
    try:
        session = desk.work.log(site.id, start=utc(2026, 3, 2) + timedelta(minutes=turn), hours=1)
        if turn % 10 == 0:
            desk.pages.work(client_id=client.id, limit=5)
            desk.work.edit(session.id, note=f"Note {turn}")
    except Exception as error:
        failed += 1
        print(type(error).__name__, error, file=sys.stderr)
assert Money.of(-50 * commands, "USD") == desk.accounts.standing(client.id).balance
print(failed)
"""


@pytest.fixture
def database(postgres_server: str) -> Iterator[URL]:
    """A database of its own, since pgbouncer takes no search path."""
    server = make_url(postgres_server).set(drivername="postgresql+psycopg")
    engine, name = create_engine(server, isolation_level="AUTOCOMMIT"), f"ic_pooled_{uuid4().hex}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        connection.exec_driver_sql(
            f"ALTER DATABASE {name} SET synchronous_commit = off"
        )  # the disk is not what is tried
        yield server.set(database=name)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def through_pgbouncer(database: URL) -> Iterator[str]:
    """The URL of pgbouncer before that database."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        missing("pgbouncer, the package of Debian")
    folder = Path(mkdtemp(prefix="invoicecore-pgbouncer-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    host = str(database.host or database.query.get("host"))
    server_port = database.port or database.query.get("port", 5432)
    user = database.username or "postgres"
    password = f" password={database.password}" if database.password else ""
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\nbooks = host={host} port={server_port} dbname={database.database} user={user}{password}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\nunix_socket_dir =\n"
        f"pool_mode = transaction\ndefault_pool_size = {CONNECTIONS}\nmax_client_conn = 100\n"
    )
    folder.chmod(0o755)
    # It refuses to run as root; who owns the server's folder may reach its socket.
    owner = Path(host).stat().st_uid if host.startswith("/") else pwd.getpwnam("nobody").pw_uid
    user_id = owner if os.geteuid() == 0 else None
    running = subprocess.Popen(
        [program, "-q", str(folder / "pgbouncer.ini")], user=user_id, stderr=subprocess.PIPE, text=True
    )
    until = monotonic() + 10
    while running.poll() is None and monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        sleep(0.05)
    yield f"postgresql+psycopg://{user}@127.0.0.1:{port}/books"
    running.terminate()
    running.communicate()
    rmtree(folder)


class TestPgbouncer:
    def test_no_command_fails(self, through_pgbouncer: str) -> None:
        """Of eight processes with two hundred commands each, over four connections."""
        with closing(SqlStorage.at(through_pgbouncer, pooled=True)) as storage:
            storage.upgrade()
            Billing.create(storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
        running = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, through_pgbouncer, str(number), str(COMMANDS)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(PROCESSES)
        ]
        told = [it.communicate(timeout=400) for it in running]
        assert [("0\n", "")] * PROCESSES == told

    def test_timeouts_hold_in_a_transaction(self, through_pgbouncer: str) -> None:
        """And leave nothing behind on a connection that another one gets."""
        with closing(SqlStorage.at(through_pgbouncer, pooled=True)) as storage:
            storage.upgrade()
            connection = storage._connection()
            assert [("10s",)] == connection.read("SELECT current_setting('lock_timeout')", ())
            assert [("UTC",)] == connection.read("SELECT current_setting('TimeZone')", ())
            connection.close()
            with storage.engine.connect() as other:
                assert "0" == other.exec_driver_sql("SELECT current_setting('lock_timeout')").scalar()

    def test_without_saying_so_it_is_refused_in_words(self, through_pgbouncer: str) -> None:
        """pgbouncer takes no options at the start of a connection."""
        from invoicecore.errors import StorageUnavailable

        with (
            closing(SqlStorage.at(through_pgbouncer)) as storage,
            pytest.raises(StorageUnavailable, match="pooled=True"),
        ):
            storage.upgrade()
