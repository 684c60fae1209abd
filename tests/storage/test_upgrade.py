"""The tables come about, from nothing and from every earlier version; those of a later one are left alone."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from threading import Timer

import pytest
from alembic import op as alembic_op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, create_engine, event, inspect, text
from sqlalchemy.engine import make_url

from invoicecore import Billing, Firm, RecordingNotifier, SettableClock, utc
from invoicecore.errors import SchemaMismatch, StorageUnavailable
from invoicecore.storage.sql import SqlStorage, include_object, migrations
from invoicecore.storage.sql.mapping import metadata
from invoicecore.values.ids import FirmId
from tests.archive.archives import FOLDER, written
from tests.databases import NewUrl
from tests.storage import frozen
from tests.storage.story import CLOCK, usd
from tests.storage.test_schema import definitions
from tests.storage.upgrading import upgraded_at

FIRM = FirmId("firm")
MAKE = "storage.upgrade() or `invoicecore db upgrade`"


@contextmanager
def storage_at(url: str) -> Iterator[SqlStorage]:
    storage = SqlStorage.at(url)
    yield storage
    storage.close()


@pytest.fixture
def storage(database_url: str) -> Iterator[SqlStorage]:
    """An empty database, of SQLite and then of PostgreSQL."""
    with storage_at(database_url) as made:
        yield made


def everything(engine: Engine) -> tuple[list[str], object, Mapping[str, list[str]]]:
    """What a database holds: the names of its tables, what they are, and their rows."""
    with engine.connect() as connection:
        tables = sorted(inspect(connection).get_table_names())
        rows = {table: sorted(map(str, connection.execute(text(f"SELECT * FROM {table}")))) for table in tables}
        return tables, definitions(connection), rows


def manner(engine: Engine) -> object:
    """How a connection of a pool begins and ends its transactions."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        return getattr(driver, "autocommit", None), driver.isolation_level  # type: ignore[union-attr]


def statements(engine: Engine) -> list[str]:
    """What is said to the database from now on."""
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    return said


def add_mood(op: Operations) -> None:
    """A revision that never was."""
    op.add_column("ic_clients", Column("mood", Text(), nullable=False, server_default="fine"))


def fail(op: Operations) -> None:
    """A revision that ends in the middle."""
    add_mood(op)
    op.execute("SELECT * FROM nowhere")


NOW = migrations.newest()
NEXT = f"{int(NOW) + 1:04}"


@contextmanager
def with_changes(revision: Callable[[Operations], None]) -> Iterator[None]:
    """As if that one were the next revision."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(migrations.REVISIONS, NEXT, revision)
        yield


class TestFromNothing:
    def test_tables_are_made(self, storage: SqlStorage) -> None:
        """Once; and then the books can be kept in them."""
        assert storage.schema_version() is None
        storage.upgrade()
        assert migrations.newest() == storage.schema_version()
        assert () == storage.firms()
        billing = Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"))
        assert (billing.firm_id,) == storage.firms()

    def test_a_second_time_does_nothing(self, storage: SqlStorage) -> None:
        """Not even a lock is taken."""
        storage.upgrade()
        before = everything(storage.engine)
        said = statements(storage.engine)
        storage.upgrade()
        assert [
            it for it in said if not it.lstrip().startswith(("SELECT", "PRAGMA main.table_", "PRAGMA table_"))
        ] == []
        assert before == everything(storage.engine)

    def test_all_or_nothing(self, storage: SqlStorage) -> None:
        """Where it fails in the middle, nothing was made."""
        with with_changes(fail), pytest.raises(StorageUnavailable) as failed:
            storage.upgrade()
        assert "nowhere" in str(failed.value.__cause__)
        assert storage.schema_version() is None
        assert [] == inspect(storage.engine).get_table_names()
        storage.upgrade()
        assert () == storage.firms()

    def test_an_engine_without_transactions(self, database_url: str) -> None:
        """The same with a host's engine that commits each statement by itself, and is left so."""
        engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
        storage = SqlStorage(engine)
        with with_changes(fail), pytest.raises(StorageUnavailable) as failed:
            storage.upgrade()
        assert "nowhere" in str(failed.value.__cause__)
        assert [] == inspect(engine).get_table_names()
        before = manner(engine)
        storage.upgrade()
        assert () == storage.firms()
        assert before == manner(engine)
        engine.dispose()


class TestFromEarlier:
    """Books that every version of the tables kept once."""

    @pytest.fixture(params=frozen.versions())
    def kept(self, request: pytest.FixtureRequest, storage: SqlStorage, database_url: str) -> SqlStorage:
        frozen.thawed(request.param, database_url)
        assert request.param == storage.schema_version()
        storage.upgrade()
        return storage

    def test_there_are_some(self) -> None:
        """Of each version up to the newest."""
        assert list(migrations.REVISIONS) == frozen.versions()

    def test_tables_become_those_of_now(self, kept: SqlStorage, new_url: NewUrl) -> None:
        """As if they had been made anew."""
        with storage_at(new_url()) as new:
            new.upgrade()
            with kept.engine.connect() as one, new.engine.connect() as other:
                assert definitions(other) == definitions(one)
        assert migrations.newest() == kept.schema_version()

    def test_nothing_was_changed(self, kept: SqlStorage) -> None:
        """An archive of them has the lines of the archive that was frozen, whatever came to the tables since."""
        frozen_archive = max(FOLDER.glob("archive-*.jsonl")).read_bytes()
        assert frozen_archive.splitlines()[1:-1] == written(kept).splitlines()[1:-1]

    def test_books_go_on(self, kept: SqlStorage) -> None:
        """Work, numbers, keys and messages where they were left off."""
        notifier = RecordingNotifier()
        billing = Billing.open(kept, clock=SettableClock(CLOCK), notifier=notifier)
        maria = billing.as_owner()
        acme = maria.clients.all()[0].id
        [site] = maria.projects.of(acme)
        monday = {"start": utc(2026, 3, 2, 15), "hours": 8, "note": "Wireframes, “as drawn”"}
        again = maria.work.log(site.id, **monday, idempotency_key="monday")  # type: ignore[arg-type]
        assert usd("-1500") == maria.accounts.standing(acme).balance
        assert date(2026, 3, 2) == again.day
        april = {"start": utc(2026, 4, 1, 15), "hours": 10}  # at the rate of April
        maria.work.log(site.id, **april, over_limit=True, reason="Done")  # type: ignore[arg-type]
        assert usd("-2125.05") == maria.accounts.standing(acme).balance
        assert 10 == maria.firm.next_number()
        sent = billing.deliver()
        assert 20 == sent.delivered  # two more are leased for five minutes
        assert 20 == len(notifier.messages)


class TestOlder:
    """Tables of an earlier version than that of the library."""

    @pytest.fixture
    def old(self, storage: SqlStorage, database_url: str) -> Iterator[SqlStorage]:
        frozen.thawed(NOW, database_url)
        with with_changes(add_mood):
            yield storage

    def test_they_are_left_alone(self, old: SqlStorage) -> None:
        """The books do not open, and say what to do."""
        before = everything(old.engine)
        said = (
            f"The tables in this database are of version {NOW}, and this invoicecore works with {NEXT}. Make a backup, "
            "then"
        )
        for opening in (old.firms, lambda: Billing.open(old), lambda: old.begin(FIRM)):
            with pytest.raises(SchemaMismatch) as refused:
                opening()
            assert (f"{said} bring them there with {MAKE}.", NOW) == (str(refused.value), refused.value.found)
        assert before == everything(old.engine)

    def test_they_are_brought_there(self, old: SqlStorage) -> None:
        """With what is in them."""
        old.upgrade()
        assert NEXT == old.schema_version()
        assert 3 == len(Billing.open(old).as_owner().clients.all())
        with old.engine.connect() as connection:
            assert ["fine"] * 3 == connection.execute(text("SELECT mood FROM ic_clients")).scalars().all()

    def test_what_fails_leaves_them(self, old: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        """As they were, in their version."""
        before = everything(old.engine)
        monkeypatch.setitem(migrations.REVISIONS, NEXT, fail)
        with pytest.raises(StorageUnavailable) as failed:
            old.upgrade()
        assert "nowhere" in str(failed.value.__cause__)
        assert before == everything(old.engine)
        assert NOW == old.schema_version()


class TestNewer:
    """Tables of a version that came after this library."""

    def test_they_are_left_alone(self, storage: SqlStorage, database_url: str) -> None:
        """Neither opened nor upgraded."""
        storage.upgrade()
        with storage.engine.begin() as connection:
            connection.execute(text("UPDATE ic_schema_version SET version_num = '0815'"))
        before = everything(storage.engine)
        with storage_at(database_url) as other:
            for opening in (other.firms, other.upgrade, lambda: other.begin(FIRM)):
                with pytest.raises(SchemaMismatch, match=r"0815, .* Use the newer invoicecore that made them"):
                    opening()
        assert before == everything(storage.engine)


class TestNoTables:
    def test_books_do_not_open(self, storage: SqlStorage) -> None:
        """It is said how they are made, and nothing is."""
        for opening in (storage.firms, lambda: Billing.open(storage), lambda: storage.begin(FIRM)):
            with pytest.raises(SchemaMismatch) as refused:
                opening()
            said = f"This database has no tables of invoicecore. Make them with {MAKE}."
            assert (said, None) == (str(refused.value), refused.value.found)
        assert [] == inspect(storage.engine).get_table_names()

    def test_no_file_is_made(self, sqlite_url: str) -> None:
        """Where there is none, as after a misspelled name."""
        with storage_at(sqlite_url) as storage:
            assert storage.schema_version() is None
            with pytest.raises(SchemaMismatch):
                storage.firms()
        assert not Path(str(make_url(sqlite_url).database)).exists()

    def test_it_is_looked_at_once(self, storage: SqlStorage) -> None:
        """When all is well; until then, each time."""
        with pytest.raises(SchemaMismatch):
            storage.firms()
        with storage_at(storage.engine.url.render_as_string(hide_password=False)) as other:
            other.upgrade()
        storage.firms()
        said = statements(storage.engine)
        storage.firms()
        storage.begin(FIRM)
        assert [True] == ["FROM ic_firms" in it for it in said]


class TestHost:
    """A host keeps tables of its own in the same database, with migrations of its own."""

    @pytest.fixture
    def engine(self, database_url: str) -> Iterator[Engine]:
        engine = create_engine(database_url)
        metadata = MetaData()
        Table("clients", metadata, Column("id", Integer, primary_key=True), Column("name", Text))
        Table("alembic_version", metadata, Column("version_num", Text, primary_key=True))
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO clients VALUES (1, 'ours')"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('6f1c')"))
        yield engine
        engine.dispose()

    def test_its_tables_stay(self, engine: Engine) -> None:
        """All that comes is called ic_."""
        tables, _, rows = everything(engine)
        storage = SqlStorage(engine)
        storage.upgrade()
        Billing.create(storage, Firm(name="Ten", currency="USD", timezone="UTC"))
        now, _, rows_now = everything(engine)
        assert ["alembic_version", "clients"] == tables == [name for name in now if not name.startswith("ic_")]
        assert rows == {name: rows_now[name] for name in tables}

    def test_its_autogenerate_leaves_ours_alone(self, engine: Engine) -> None:
        """With the filter nothing is proposed, whether or not the host's metadata knows the library's tables; without
        it, all of them would be dropped."""
        SqlStorage(engine).upgrade()
        hosts, both = MetaData(), MetaData()
        for known in (hosts, both):
            Table("clients", known, Column("id", Integer, primary_key=True), Column("name", Text))
        for table in metadata.tables.values():
            table.to_metadata(both)

        def proposed(known: MetaData, **options: object) -> list[str]:
            with engine.connect() as connection:
                changes = compare_metadata(MigrationContext.configure(connection, opts=options), known)
            return [change[0] for change in changes]

        assert [] == proposed(hosts, include_object=include_object) == proposed(both, include_object=include_object)
        assert len(metadata.tables) + 1 == proposed(hosts).count("remove_table")

    def test_its_migration_may_make_ours(self, engine: Engine) -> None:
        """In the middle of one, `op` stays the host's."""
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with Operations.context(context):
                SqlStorage(engine).upgrade()
                assert context is alembic_op.get_context()
        assert () == SqlStorage(engine).firms()


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Three that have loaded what they need."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert [None] * 3 == list(pool.map(upgraded_at, [time.time() + 1] * 3, ["sqlite://"] * 3))
        yield pool


class TestAtOnce:
    def test_processes(self, new_url: NewUrl, processes: ProcessPoolExecutor) -> None:
        """Several that begin at the same moment all come to have the tables, and none fails."""
        for _ in range(4):
            url, moment = new_url(), time.time() + 0.05
            assert [None] * 3 == list(processes.map(upgraded_at, [moment] * 3, [url] * 3))

    def test_threads(self, new_url: NewUrl) -> None:
        """So do threads, each with a storage of its own."""
        with ThreadPoolExecutor(4) as pool:
            for _ in range(3):
                url, moment = new_url(), time.time() + 0.02
                assert [None] * 4 == list(pool.map(upgraded_at, [moment] * 4, [url] * 4))

    def test_while_another_writes(self, tmp_path: Path) -> None:
        """A file that another is writing to, in a way that SQLite does not wait for itself, is waited for."""
        file = tmp_path / "books.db"
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        later = Timer(0.2, other.execute, ["COMMIT"])
        later.start()
        with storage_at(f"sqlite:///{file}") as storage:
            storage.upgrade()
            assert migrations.newest() == storage.schema_version()
        later.join()
        other.close()
