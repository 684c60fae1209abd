"""SQL storage: an engine, and the check of the version of its tables."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from threading import Lock
from typing import Self

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from invoicecore.errors import InvalidInput
from invoicecore.ports.archive import ArchiveItem, Removal
from invoicecore.ports.store import ALL, AUDIT, IndexQuery
from invoicecore.storage.sql import migrations
from invoicecore.storage.sql.archive import Archive
from invoicecore.storage.sql.column_types import POSTGRES, SQLITE
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.sql.driver_errors import translated
from invoicecore.storage.sql.mapping import metadata
from invoicecore.storage.sql.statements import Statements
from invoicecore.storage.sql.transaction import SqlTransaction
from invoicecore.values import inputs
from invoicecore.values.ids import FirmId
from invoicecore.values.inputs import short_repr

# So that nothing waits for ever, and days are those of one zone.
_POSTGRES_OPTIONS = (
    "-c TimeZone=UTC -c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"
)
_DRIVERS = {(SQLITE, "pysqlite"), (POSTGRES, "psycopg")}


def include_object(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Leaves the library's tables out, for `context.configure(include_object=…)` in a host's Alembic: its
    `--autogenerate` would otherwise drop every table that the host's own metadata does not know."""
    return kind != "table" or (name not in metadata.tables and name != migrations.VERSIONS.name)


class SqlStorage:
    """Stores firms in the tables `ic_…` of a SQL database. Safe under threads and processes.

    `SqlStorage(engine)` uses a host's own engine, in whose database the tables are to be, and leaves its connections
    set as they were; `SqlStorage.at(url)` makes one. `upgrade` makes the tables; until they are there, in the version
    that this library works with, everything else raises SchemaMismatch.
    """

    def __init__(self, engine: Engine) -> None:
        if not isinstance(engine, Engine) or (engine.dialect.name, engine.driver) not in _DRIVERS:
            kind = engine.url.drivername if isinstance(engine, Engine) else type(engine).__name__
            raise InvalidInput(
                f"Books are kept through an engine of create_engine() for sqlite or postgresql+psycopg, not {kind}."
            )
        self.engine = engine
        self._statements = Statements(engine.dialect)
        self._archive = Archive(self._statements)
        self._writers = Lock()
        self._checked = False

    @classmethod
    def at(cls, url: str) -> Self:
        """The books at a URL: `sqlite:///books.db`, or `postgresql+psycopg://user:password@host/database`.

        Malformed for what is no such URL. Nothing is connected to yet.
        """
        try:
            parsed = make_url(inputs.instance("A URL", url, str))
            backend = parsed.get_backend_name()
            if backend == SQLITE:
                return cls(create_engine(parsed))
            if backend == POSTGRES:
                # What the URL itself asks for comes last, and so counts.
                options = f"{_POSTGRES_OPTIONS} {parsed.query.get('options', '')}"
                return cls(
                    create_engine(parsed.set(drivername="postgresql+psycopg"), connect_args={"options": options})
                )
        except (ArgumentError, NoSuchModuleError) as unknown:
            raise InvalidInput(
                f"{short_repr(url)} is no URL of a database; give one such as sqlite:///books.db."
            ) from unknown
        raise InvalidInput(f"Books are kept in sqlite or postgresql+psycopg, not in {backend}.")

    def begin(self, firm_id: FirmId) -> SqlTransaction:
        """A transaction on one firm, which need not exist yet."""
        return SqlTransaction(self._connection(), self._statements, firm_id)

    def firms(self, mail_due: datetime | None = None) -> Sequence[FirmId]:
        """The firms that are stored here."""
        statement = self._statements.firms if mail_due is None else self._statements.outbox.firms
        given = {"now": self._statements.dialect.encoded(mail_due)}
        with closing(self._connection()) as connection:
            return tuple(FirmId(id) for (id,) in connection.read(statement.sql, statement.placed(given)))

    @contextmanager
    def everything(self, firm_id: FirmId) -> Iterator[Iterator[ArchiveItem]]:
        with closing(self.begin(firm_id)) as transaction:
            transaction.read_index(IndexQuery(AUDIT, ALL, limit=1))  # so that all are numbered
        with (
            closing(self._connection()) as connection,
            closing(self._archive.everything(connection, firm_id)) as everything,
        ):
            yield everything

    def restore(self, firm_id: FirmId, items: Iterable[ArchiveItem]) -> None:
        with closing(self._connection()) as connection, connection.writing():
            self._archive.restore(connection, firm_id, items)

    def remove(self, removal: Removal, audited: int) -> None:
        with closing(self._connection()) as connection, connection.writing():
            self._archive.remove(connection, removal, audited)

    def removals(self) -> Sequence[Removal]:
        with closing(self._connection()) as connection:
            return self._archive.removals(connection)

    def upgrade(self) -> None:
        """Make the tables, or bring them up to the version that this library works with; do nothing if they are there.
        All or nothing, and safe when several processes do it at once. SchemaMismatch if they are of a later version.

        Back up first: there is no way back.
        """
        with translated():
            migrations.upgrade(self.engine)
        self._checked = True

    def schema_version(self) -> str | None:
        """The version of the tables that are there; None if there are none."""
        with translated():
            return migrations.found(self.engine)

    def _connection(self) -> PooledConnection:
        """A connection to tables that this library works with; checked until they are. SchemaMismatch otherwise."""
        if not self._checked:
            with translated():
                migrations.check(self.engine)
            self._checked = True
        return PooledConnection(self.engine, self._writers)

    def close(self) -> None:
        """Let go of all connections that no unit of work uses."""
        self.engine.dispose()
