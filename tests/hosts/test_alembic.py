"""A host's own Alembic and the library's tables live side by side, tried with a project as `alembic init` makes it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from attrs import frozen
from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    inspect,
    make_url,
    text,
)

from invoicecore import Billing
from invoicecore.errors import InvalidState
from invoicecore.storage.sql import SqlStorage, include_object, tables_in, upgrade
from tests.hosts.hosts import HOSTS, Begin, NoteOfHost, engine_of
from tests.world import new_world

ENV = """
from alembic import context
from sqlalchemy import create_engine

given = context.config.attributes
engine = create_engine(given["url"])
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=given["metadata"],
            include_object=given["include_object"],
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
"""

MIGRATION = """
from alembic import op
import sqlalchemy as sa
from invoicecore.storage.sql import upgrade as upgrade_invoicecore

revision = "0001"
down_revision = None


def upgrade():
    upgrade_invoicecore(op.get_bind())
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("firm_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["firm_id", "client_id"], ["ic_clients.firm_id", "ic_clients.id"]),
    )
    {end}


def downgrade():
    op.drop_table("notes")
"""


def host_metadata(metadata: MetaData) -> MetaData:
    """A host's own tables, one of which refers to a client."""
    columns: list[Column[Any]] = [Column("id", Integer, primary_key=True)]
    columns += [Column(it, Text, nullable=False) for it in _KEY]
    if "ic_clients" in metadata.tables:
        Table("notes", metadata, *columns, ForeignKeyConstraint(_KEY, ["ic_clients.firm_id", "ic_clients.id"]))
    else:
        clients = tables_in(MetaData()).tables["ic_clients"]
        Table("notes", metadata, *columns, ForeignKeyConstraint(_KEY, [clients.c.firm_id, clients.c.id]))
    return metadata


_KEY = ("firm_id", "client_id")

METADATA: dict[str, Callable[[], Any]] = {
    "the host's": lambda: host_metadata(MetaData()),
    "both in one": lambda: host_metadata(tables_in(MetaData())),
    "both in two": lambda: [host_metadata(MetaData()), tables_in(MetaData())],
}


@frozen
class Project:
    """A project of Alembic in a folder."""

    folder: Path
    url: str

    def config(self, metadata: Any, include: Any = include_object) -> Config:
        """What its commands are given."""
        config = Config()
        config.set_main_option("script_location", str(self.folder))
        config.attributes.update(url=self.url, metadata=metadata, include_object=include)
        return config

    def write(self, end: str) -> None:
        """Its one migration."""
        (self.folder / "versions" / "0001_first.py").write_text(MIGRATION.format(end=end), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, database_url: str) -> Project:
    """A new project, on an empty database."""
    folder = tmp_path / "migrations"
    config = Config(str(tmp_path / "alembic.ini"))
    config.stdout = (tmp_path / "said.txt").open("w", encoding="utf-8")
    command.init(config, str(folder))
    config.stdout.close()
    (folder / "env.py").write_text(ENV, encoding="utf-8")
    return Project(folder, database_url)


def tables(url: str) -> set[str]:
    """The names of the tables that are there."""
    with engine_of(url) as engine, engine.connect() as connection:
        return set(inspect(connection).get_table_names())


class TestOneMigration:
    """The host's own migration makes the library's tables as one of its steps."""

    def test_both_are_there(self, project: Project) -> None:
        """And books can be kept there."""
        project.write("pass")
        command.upgrade(project.config(None), "head")
        assert {"notes", "alembic_version", "ic_schema_version", "ic_clients"} <= tables(project.url)
        with engine_of(project.url) as engine:
            world = new_world(storage=SqlStorage(engine))
            with engine.begin() as connection:
                key = {"firm": world.billing.firm_id, "client": world.acme.id}
                connection.execute(text("INSERT INTO notes VALUES (1, :firm, :client)"), key)
            assert () == world.billing.verify().findings

    def test_failed(self, project: Project) -> None:
        """Neither is there, and it can be run again."""
        project.write("raise RuntimeError('half')")
        with pytest.raises(RuntimeError, match="half"):
            command.upgrade(project.config(None), "head")
        assert tables(project.url) <= {"alembic_version"}
        project.write("pass")
        command.upgrade(project.config(None), "head")
        assert {"notes", "ic_clients"} <= tables(project.url)

    def test_again(self, project: Project) -> None:
        """A second time there is nothing to do, and the host's version is its own."""
        project.write("pass")
        command.upgrade(project.config(None), "head")
        with engine_of(project.url) as engine, engine.begin() as connection:
            upgrade(connection)
            assert ["0001"] == connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()


class TestAutogenerate:
    @pytest.fixture
    def migrated(self, project: Project) -> Project:
        """The project after its migration."""
        project.write("pass")
        command.upgrade(project.config(None), "head")
        return project

    @pytest.mark.parametrize("kind", METADATA)
    def test_proposes_nothing_of_ours(self, migrated: Project, kind: str) -> None:
        """With the host's metadata alone, and with both."""
        command.check(migrated.config(METADATA[kind]()))

    @pytest.mark.parametrize("kind", METADATA)
    def test_proposes_what_is_the_hosts(self, migrated: Project, kind: str) -> None:
        """A new table of its own, and that alone."""
        metadata = METADATA[kind]()
        Table("new", metadata[0] if isinstance(metadata, list) else metadata, Column("id", Integer, primary_key=True))
        made: Any = command.revision(migrated.config(metadata), "new", autogenerate=True, rev_id="0002")
        proposed = Path(made.path).read_text(encoding="utf-8")
        assert "op.create_table('new'" in proposed
        assert "ic_" not in proposed.replace("alembic_", "")

    def test_without_the_filter(self, migrated: Project) -> None:
        """It would drop the books; so the filter is seen to matter."""
        with pytest.raises(CommandError, match=r"remove_table.*ic_"):
            command.check(migrated.config(METADATA["the host's"](), None))

    def test_the_tables_are_as_described(self, migrated: Project) -> None:
        """With both and no filter there is no difference either, not even of a default."""
        with engine_of(migrated.url) as engine, engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            assert [] == compare_metadata(context, host_metadata(tables_in(MetaData())))


class TestMetadata:
    def test_is_not_to_be_made(self, database_url: str) -> None:
        """`create_all` would leave the triggers out: it is refused, and welcome once the tables are there."""
        with engine_of(database_url) as engine:
            metadata = host_metadata(tables_in(MetaData()))
            with pytest.raises(InvalidState, match=r"upgrade\(connection\)"):
                metadata.create_all(engine)
            assert set() == tables(database_url)
            SqlStorage(engine).upgrade()
            metadata.create_all(engine)
            assert "notes" in tables(database_url)

    def test_in_a_schema(self) -> None:
        """Tables and their keys have it."""
        clients = tables_in(MetaData(), schema="billing").tables["billing.ic_clients"]
        assert {"billing.ic_firms.firm_id"} == {it.target_fullname for it in clients.foreign_keys}


class TestAnyHost:
    @pytest.mark.parametrize("begin", HOSTS.values(), ids=HOSTS)
    def test_upgrade(self, database_url: str, begin: Begin) -> None:
        """In the transaction of each host: rolled back, it leaves nothing; committed, the tables are there."""
        with suppress(NoteOfHost), begin(database_url) as host:
            upgrade(host.connection)
            raise NoteOfHost
        assert not {it for it in tables(database_url) if it.startswith("ic_")}
        with begin(database_url) as host:
            upgrade(host.connection)
        with engine_of(database_url) as engine:
            assert () == SqlStorage(engine).firms()

    def test_nothing_is_set(self, sqlite_url: str) -> None:
        """No function or setting is added to the host's connection."""
        import sqlite3

        connection = sqlite3.connect(str(make_url(sqlite_url).database))
        before = connection.execute("SELECT count(*) FROM pragma_function_list").fetchall()
        upgrade(connection)
        connection.commit()
        assert before == connection.execute("SELECT count(*) FROM pragma_function_list").fetchall()
        assert 0 == connection.execute("PRAGMA foreign_keys").fetchone()[0]
        connection.close()


def test_billing_on_the_tables(database_url: str) -> None:
    """The first firm can be made in the same migration."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        upgrade(connection)
        from invoicecore import Firm
        from invoicecore.storage.sql import JoinedStorage

        Billing.create(JoinedStorage(connection), Firm(name="Ten", currency="USD", timezone="UTC"))
    assert 1 == len(SqlStorage(engine).firms())
    engine.dispose()
