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
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    StaticPool,
    String,
    Table,
    create_engine,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError

from invoicecore.errors import SchemaMismatch
from invoicecore.storage.sql.column_types import SQLITE
from invoicecore.storage.sql.connections import PooledConnection, SqlConnection
from invoicecore.storage.sql.sources import ConnectionSource

_MODULE = "revision_"

REVISIONS: dict[str, Callable[[Operations], None]] = {
    name.removeprefix(_MODULE): import_module(f"{__name__}.{name}").upgrade
    for name in sorted(module.name for module in iter_modules(__path__) if module.name.startswith(_MODULE))
}
"""What leads to each revision from the one before it, the oldest first."""

_LOOK_SQLITE = "SELECT 1 FROM sqlite_master WHERE name = ?"
_LOOK_POSTGRES = "SELECT 1 FROM pg_class WHERE relname = %s AND relnamespace = current_schema()::regnamespace"

# Made as Alembic makes one.
VERSIONS = Table("ic_schema_version", MetaData(), Column("version_num", String(32), primary_key=True))


def newest() -> str:
    """The revision that this version of the library works with."""
    return list(REVISIONS)[-1]


def found(connection: SqlConnection) -> str | None:
    """The revision that a database is at; None if it has no tables of the library. Nothing is made or changed, and no
    transaction fails by it."""
    look = _LOOK_SQLITE if connection.is_sqlite else _LOOK_POSTGRES
    if not connection.read(look, (VERSIONS.name,)):
        return None
    rows = connection.read(f"SELECT version_num FROM {VERSIONS.name}", ())
    return str(rows[0][0]) if rows else None


def found_at(source: ConnectionSource) -> str | None:
    """The same of a database that may be a file which is not there."""
    if _is_no_file(source.engine):
        return None
    with closing(PooledConnection(source)) as connection:
        return found(connection)


def check_version(there: str | None) -> None:
    """SchemaMismatch unless this is the newest revision."""
    if there != newest():
        raise _mismatch(there)


def upgrade(source: ConnectionSource) -> None:
    """Bring a database to the newest revision, from any earlier one or from nothing, all or nothing. SchemaMismatch if
    it is at a later one."""
    if found_at(source) == newest():
        return
    try:
        with _alone(source) as connection:
            _go_on(connection)
    except DBAPIError:
        # Perhaps another process did the same at the same time, and was quicker.
        if found_at(source) != newest():
            raise


def _mismatch(there: str | None) -> SchemaMismatch:
    way = "storage.upgrade() or `python -m invoicecore db upgrade URL`"
    if there is None:
        return SchemaMismatch(f"This database has no tables of invoicecore. Make them with {way}.", there)
    versions = f"The tables in this database are of version {there}, and this invoicecore works with {newest()}."
    if there in REVISIONS:
        return SchemaMismatch(f"{versions} Make a backup, then bring them there with {way}.", there)
    return SchemaMismatch(f"{versions} Use the newer invoicecore that made them.", there)


def _found(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSIONS.name):
        return None
    there: str | None = connection.execute(select(VERSIONS.c.version_num)).scalar()
    return there


def _is_no_file(engine: Engine) -> bool:
    """Whether it is a file of SQLite that is not there: to connect would make it."""
    file = engine.url.database
    if engine.dialect.name != SQLITE or not file or file == ":memory:" or file.startswith("file:"):
        return False
    return not Path(file).exists()


def _go_on(connection: Connection) -> None:
    there = _found(connection)
    if there is None:
        ahead = list(REVISIONS)
        VERSIONS.create(connection)
        connection.execute(VERSIONS.insert().values(version_num=newest()))
    elif there in REVISIONS:
        ahead = list(REVISIONS)[list(REVISIONS).index(there) + 1 :]
        connection.execute(VERSIONS.update().values(version_num=newest()))
    else:
        raise _mismatch(there)
    op = Operations(MigrationContext.configure(connection))
    for name in ahead:
        REVISIONS[name](op)


@contextmanager
def _alone(source: ConnectionSource) -> Iterator[Connection]:
    """A transaction in which nobody else can do the same: who comes second waits, and is then refused or sees what was
    done. It is not begun by the engine, whose settings may be any."""
    with closing(PooledConnection(source)) as pooled:
        driver = pooled.borrow()
        own = create_engine(source.engine.url, creator=lambda: driver, poolclass=StaticPool)
        with own.connect() as connection:
            if source.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # to alter a large table takes long
            yield connection
            connection.commit()
