"""The revisions of the tables, and the upgrade of a database to the latest one.

Each module `revision_NNNN` upgrades from the revision before it with `upgrade(op)`. It never changes after its release,
and imports nothing from the rest of the library. A table contains the revision of the database. Alembic runs the
changes for each database; it needs no configuration file, and is independent of a host's own Alembic.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Engine, MetaData, String, Table
from sqlalchemy.exc import DBAPIError

from invoicecore.errors import SchemaMismatch, StorageError
from invoicecore.storage.sql.column_types import SQLITE
from invoicecore.storage.sql.connections import PooledConnection, SqlConnection
from invoicecore.storage.sql.driver_errors import Translated
from invoicecore.storage.sql.joined_connection import JoinedConnection
from invoicecore.storage.sql.sources import ConnectionSource

_MODULE = "revision_"

REVISIONS: dict[str, Callable[[Operations], None]] = {
    name.removeprefix(_MODULE): import_module(f"{__name__}.{name}").upgrade
    for name in sorted(module.name for module in iter_modules(__path__) if module.name.startswith(_MODULE))
}
"""What leads to each revision from the one before it, the oldest first."""

_LOOK_SQLITE = "SELECT 1 FROM sqlite_master WHERE name = 'ic_schema_version'"
_LOOK_POSTGRES = (
    "SELECT 1 FROM pg_tables WHERE tablename = 'ic_schema_version' AND schemaname = coalesce(%s, current_schema())"
)

# Made as Alembic makes one.
VERSIONS = Table("ic_schema_version", MetaData(), Column("version_num", String(32), primary_key=True))


def newest() -> str:
    """The revision that this version of the library works with."""
    return next(reversed(REVISIONS))


def found(connection: SqlConnection, schema: str | None = None) -> str | None:
    """The revision that a database is at; None if it has no tables of the library. Nothing is made or changed, and no
    transaction fails by it."""
    look = (_LOOK_SQLITE, ()) if connection.is_sqlite else (_LOOK_POSTGRES, (schema,))
    if not connection.read(*look):
        return None
    place = VERSIONS.name if schema is None else f"{quoted(schema)}.{VERSIONS.name}"
    rows = connection.read(f"SELECT version_num FROM {place}", ())
    return str(rows[0][0]) if rows else None


def found_at(source: ConnectionSource, schema: str | None = None) -> str | None:
    """The same of a database that may be a file which is not there."""
    if _is_no_file(source.engine):
        return None
    with closing(PooledConnection(source)) as connection:
        return found(connection, schema)


def check_version(there: str | None) -> None:
    """SchemaMismatch unless this is the newest revision."""
    if there != newest():
        raise _mismatch(there)


def upgrade(source: ConnectionSource, schema: str | None = None) -> None:
    """Bring a database to the newest revision, from any earlier one or from nothing, all or nothing. SchemaMismatch if
    it is at a later one. Nobody else can do the same meanwhile: who comes second waits, and is then refused or sees
    what was done."""
    if found_at(source, schema) == newest():
        return
    try:
        with closing(PooledConnection(source)) as pooled, pooled.writing():
            if not source.is_sqlite:
                pooled.write("SET LOCAL statement_timeout = 0", [()])  # to alter a large table takes long
            _go_on(pooled, schema)
    except (DBAPIError, StorageError):
        # Perhaps another process did the same at the same time, and was quicker.
        if found_at(source, schema) != newest():
            raise


def upgrade_joined(joined: JoinedConnection, schema: str | None) -> None:
    """The same inside a host's transaction, which the host commits or gives up."""
    if found(joined, schema) != newest():
        with Translated(), joined.writing():
            _go_on(joined, schema)


def quoted(name: str) -> str:
    """A name as it stands in a statement, whatever is in it."""
    return '"{}"'.format(name.replace('"', '""'))


def _mismatch(there: str | None) -> SchemaMismatch:
    way = "storage.upgrade() or `invoicecore db upgrade`"
    if there is None:
        return SchemaMismatch(f"This database has no tables of invoicecore. Make them with {way}.", there)
    versions = f"The tables in this database are of version {there}, and this invoicecore works with {newest()}."
    if there in REVISIONS:
        return SchemaMismatch(f"{versions} Make a backup, then bring them there with {way}.", there)
    return SchemaMismatch(f"{versions} Use the newer invoicecore that made them.", there)


def _is_no_file(engine: Engine) -> bool:
    """Whether it is a file of SQLite that is not there: to connect would make it."""
    file = engine.url.database
    if engine.dialect.name != SQLITE or not file or file == ":memory:" or file.startswith("file:"):
        return False
    return not Path(file).exists()


def _go_on(connection: SqlConnection, schema: str | None) -> None:
    there = found(connection, schema)
    if there is not None and there not in REVISIONS:
        raise _mismatch(there)
    with _in_schema(connection, schema), connection.as_sqlalchemy() as alchemy:
        if there is None:
            ahead = list(REVISIONS)
            VERSIONS.create(alchemy, checkfirst=False)
            alchemy.execute(VERSIONS.insert().values(version_num=newest()))
        else:
            ahead = list(REVISIONS)[list(REVISIONS).index(there) + 1 :]
            alchemy.execute(VERSIONS.update().values(version_num=newest()))
        op = Operations(MigrationContext.configure(alchemy))
        for name in ahead:
            REVISIONS[name](op)


@contextmanager
def _in_schema(connection: SqlConnection, schema: str | None) -> Iterator[None]:
    """Let what is made be made in a schema, which is there."""
    if schema is None:
        yield
        return
    [(before,)] = connection.read("SELECT current_setting('search_path')", ())
    connection.read("SELECT set_config('search_path', %s, true)", (quoted(schema),))
    yield
    connection.read("SELECT set_config('search_path', %s, true)", (before,))
