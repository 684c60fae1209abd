"""SQL storage: an engine, and the check of the version of its tables."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from invoicecore.errors import InvalidInput
from invoicecore.ports.archive import ArchiveItem, Removal
from invoicecore.ports.store import ALL, ALL_FIRMS, AUDIT, FirmsQuery, IndexQuery
from invoicecore.storage.sql import migrations
from invoicecore.storage.sql.archive import Archive
from invoicecore.storage.sql.column_types import POSTGRES, SQLITE
from invoicecore.storage.sql.connections import PooledConnection, SqlConnection
from invoicecore.storage.sql.distribution import Distribution, distribute
from invoicecore.storage.sql.driver_errors import Translated
from invoicecore.storage.sql.joined_connection import JoinedConnection
from invoicecore.storage.sql.replica import SqlReplica
from invoicecore.storage.sql.sources import source_of
from invoicecore.storage.sql.statements import Statements
from invoicecore.storage.sql.transaction import JoinedTransaction, QueuedTransaction, SqlTransaction
from invoicecore.values import inputs
from invoicecore.values.ids import FirmId
from invoicecore.values.inputs import short_repr

# So that nothing waits for ever, and days are those of one zone.
_POSTGRES_SETTINGS = {
    "TimeZone": "UTC",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}
# So that a server that is gone is noticed: for a connection in 10 seconds, for an answer in a minute.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
_MANY = 2**31  # firms; more than any database has
_DRIVERS = {(SQLITE, "pysqlite"), (POSTGRES, "psycopg")}


class SqlStorage:
    """Stores firms in the tables `ic_…` of a SQL database. Safe under threads and processes.

    `SqlStorage(engine)` uses a host's own engine, in whose database the tables are to be, and leaves its connections
    set as they were; `SqlStorage.at(url)` makes one. `reads` is the engine of a replica, which answers the queries of
    every Desk. On PostgreSQL the tables may be in a `schema` of their own, which is there already, or in that of the
    engine's `schema_translate_map`. `upgrade` makes the tables; until they are there, in the version that this library
    works with, everything else raises SchemaMismatch.
    """

    def __init__(self, engine: Engine, *, reads: Engine | None = None, schema: str | None = None) -> None:
        self.engine: Engine = _checked_engine(engine)
        self._schema = _checked_schema(schema or _translated(engine), engine.dialect.name == SQLITE)
        self._statements = Statements(engine.dialect, self._schema)
        self._archive = Archive(self._statements)
        self._source = source_of(engine)
        self._replica = None if reads is None else self._reading(_checked_engine(reads))
        self._is_own_engine = False
        self._checked = False

    def __repr__(self) -> str:
        return f"SqlStorage.at({self.engine.url.render_as_string()!r})"

    @classmethod
    def at(cls, url: str, *, pooled: bool = False, reads: str | None = None) -> Self:
        """The books at a URL: `sqlite:///books.db`, or `postgresql+psycopg://user:password@host/database`.

        With `pooled` there is a pooler before PostgreSQL that gives each transaction another connection, as pgbouncer
        does in transaction mode: nothing is set at the start of a connection, timeouts hold for a transaction, and no
        statement is prepared.

        `reads` is the URL of a replica of PostgreSQL, which answers the queries of every Desk; commands, and what they
        read, are of the primary.

        InvalidInput for what is no such URL. Nothing is connected to yet.
        """
        made = cls(_engine_at(url, pooled), reads=None if reads is None else _engine_at(reads, pooled))
        made._is_own_engine = True
        return made

    @property
    def replica(self) -> SqlReplica | None:
        """The replica that answers what is only looked at, None if there is none."""
        return self._replica

    def _reading(self, reads: Engine) -> SqlReplica:
        if SQLITE in (self.engine.dialect.name, reads.dialect.name):
            raise InvalidInput("SQLite has no replicas; leave `reads` out. Others can read while one writes.")
        return SqlReplica(reads, self._statements, self._schema)

    def begin(self, firm_id: FirmId) -> SqlTransaction:
        """A transaction on one firm, which need not exist yet."""
        return QueuedTransaction(self._connection(), self._statements, firm_id, self._source.turns)

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> Sequence[FirmId]:
        """The firms that are stored here."""
        with closing(self._connection()) as connection:
            return _firms(connection, self._statements, query)

    def joined(self, connection: object) -> "JoinedStorage":
        """The same tables inside the transaction that is open on a connection of the host's; see `JoinedStorage`."""
        return JoinedStorage(connection, schema=self._schema)

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
            if not connection.is_sqlite:
                connection.write("SET LOCAL statement_timeout = 0", [()])  # to delete many rows takes long
            self._archive.remove(connection, removal, audited)

    def removals(self) -> Sequence[Removal]:
        with closing(self._connection()) as connection:
            return self._archive.removals(connection)

    def upgrade(self) -> None:
        """Make the tables, or bring them up to the version that this library works with; do nothing if they are there.
        All or nothing, and safe when several processes do it at once. SchemaMismatch if they are of a later version.

        Back up first: there is no way back.
        """
        with Translated():
            migrations.upgrade(self._source, self._schema)
        self._checked = True

    def distribute(self) -> Distribution:
        """Distribute the tables over the nodes of Citus, by firm, on a new database or after an upgrade; what was done.
        On a database without Citus nothing is changed."""
        self._connection().close()  # which looks whether the tables are there
        with Translated():
            return distribute(self.engine, self._schema)

    def schema_version(self) -> str | None:
        """The version of the tables that are there; None if there are none."""
        with Translated():
            return migrations.found_at(self._source, self._schema)

    def _connection(self) -> PooledConnection:
        """A connection to tables that this library works with; checked until they are. SchemaMismatch otherwise."""
        if not self._checked:
            with Translated():
                migrations.check_version(migrations.found_at(self._source, self._schema))
            self._checked = True
        return PooledConnection(self._source)

    def close(self) -> None:
        """Let go of all connections that no unit of work uses; of a host's engine, of those of the library's own."""
        self._source.close()
        if self._is_own_engine:
            self.engine.dispose()
            if self._replica is not None:
                self._replica.engine.dispose()


class JoinedStorage:
    """The tables inside a transaction that a host began, and that it commits or gives up; also without an engine.

    Of one thread and one transaction: a Connection or Session of SQLAlchemy, a connection of sqlite3 or psycopg 3, or
    Django's. InvalidState if no transaction can be joined there, and afterwards when it has ended.
    """

    def __init__(self, connection: object, *, schema: str | None = None) -> None:
        self._connection = joined = JoinedConnection(connection)
        schema = _checked_schema(schema or _translated(joined.sqlalchemy), joined.is_sqlite)
        self._statements = _statements(joined.is_sqlite, schema)
        migrations.check_version(migrations.found(joined, schema))

    def begin(self, firm_id: FirmId) -> JoinedTransaction:
        """A unit of work on one firm, which stands when the host commits."""
        self._connection.check()
        return JoinedTransaction(self._connection, self._statements, firm_id)

    def firms(self, query: FirmsQuery = ALL_FIRMS) -> Sequence[FirmId]:
        """The firms that are stored here."""
        self._connection.check()
        return _firms(self._connection, self._statements, query)

    def check_joined(self) -> None:
        self._connection.check()


def _engine_at(url: str, pooled: bool) -> Engine:
    """An engine of the library's own."""
    inputs.yes_or_no("pooled", pooled)
    try:
        parsed = make_url(inputs.instance("A URL", url, str))
        backend = parsed.get_backend_name()
        _refuse_async(parsed.drivername)
        if backend == SQLITE:
            if pooled:
                raise InvalidInput("There is no pooler before SQLite; leave `pooled` out.")
            return create_engine(parsed)
        if backend == POSTGRES:
            parsed = parsed.set(drivername="postgresql+psycopg")
            patience = {name: value for name, value in _PATIENCE.items() if name not in parsed.query}
            if pooled:
                engine = create_engine(parsed, connect_args={**patience, "prepare_threshold": None})
                source_of(engine).set_in_transaction = _POSTGRES_SETTINGS
                return engine
            # What the URL itself asks for comes last, and so counts.
            settings = " ".join(f"-c {name}={value}" for name, value in _POSTGRES_SETTINGS.items())
            options = f"{settings} {parsed.query.get('options', '')}"
            return create_engine(parsed, connect_args={**patience, "options": options})
    except (ArgumentError, NoSuchModuleError) as unknown:
        raise InvalidInput(
            f"{short_repr(url)} is no URL of a database; give one such as sqlite:///books.db."
        ) from unknown
    raise InvalidInput(f"Books are kept in sqlite or postgresql+psycopg, not in {backend}.")


def _checked_engine(engine: Engine) -> Engine:
    """InvalidInput unless it is an ordinary engine of a driver that is known."""
    known = isinstance(engine, Engine) and (engine.dialect.name, engine.driver) in _DRIVERS
    if not known or engine.dialect.is_async:
        kind = engine.url.drivername if isinstance(engine, Engine) else type(engine).__name__
        _refuse_async(kind)
        raise InvalidInput(
            f"Books are kept through an engine of create_engine() for sqlite or postgresql+psycopg, not {kind}; "
            f"SqlStorage.at(url) makes one."
        )
    return engine


def _refuse_async(kind: str) -> None:
    """InvalidInput for an engine or a driver that is asynchronous."""
    if re.search("async|aio", kind, re.IGNORECASE):
        raise InvalidInput(
            f"{kind} is asynchronous, and the library is not. Give it an ordinary engine for sqlite or "
            f"postgresql+psycopg, beside yours on the same database, and call it in worker threads, for example with "
            f"asyncio.to_thread."
        )


def _translated(alchemy: Engine | Connection | None) -> str | None:
    """The schema that a host has its engine or connection use in place of none."""
    options: Mapping[str, Any] = {} if alchemy is None else alchemy.get_execution_options()
    schema: str | None = options.get("schema_translate_map", {}).get(None)
    return schema


def _checked_schema(schema: str | None, is_sqlite: bool) -> str | None:
    if schema is not None and is_sqlite:
        raise InvalidInput("SQLite has no schemas; the tables are in the file itself.")
    return schema


@cache
def _statements(is_sqlite: bool, schema: str | None) -> Statements:
    """The statements for a kind of database, of which there is no engine."""
    url = "sqlite://" if is_sqlite else "postgresql+psycopg://"
    return Statements(make_url(url).get_dialect()(), schema)


def _firms(connection: SqlConnection, statements: Statements, query: FirmsQuery) -> Sequence[FirmId]:
    statement, encoded = statements.firms[query.task], statements.dialect.encoded
    given = {
        "now": encoded(query.now),
        "today": encoded(query.latest_day),
        "after": query.after or "",
        "most": _MANY if query.limit is None else query.limit,
    }
    return tuple(FirmId(id) for (id,) in connection.read(statement.sql, statement.placed(given)))
