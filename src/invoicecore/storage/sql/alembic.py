"""What a host's own migrations and models need: the library's tables beside the host's, and the upgrade inside one of
the host's migrations.

The library makes and upgrades its tables itself. A host's Alembic is told to leave them alone, by `include_object`.
"""

from typing import Any

from sqlalchemy import MetaData, Table, event
from sqlalchemy.engine import Connection

from invoicecore.errors import InvalidState
from invoicecore.storage.sql import schema as tables
from invoicecore.storage.sql.joined_connection import JoinedConnection
from invoicecore.storage.sql.migrations import VERSIONS, upgrade_joined

_TABLES = (*tables.firms.metadata.sorted_tables, VERSIONS)
_NAMES = {it.name for it in _TABLES}
_BY_UPGRADE = (
    "The tables of invoicecore are made by its own upgrade, with their triggers, not by create_all(): call "
    "upgrade(connection) or storage.upgrade() first."
)


def tables_in(host: MetaData, *, schema: str | None = None) -> MetaData:
    """Add the library's tables to a host's metadata, so that its models can refer to them by foreign keys; they are
    described, and not to be made or changed. An object's key is that of its firm and its own id."""
    for table in _TABLES:
        described = table.to_metadata(host, schema=schema)  # type: ignore[arg-type]  # None is no schema
        event.listen(described, "before_create", _refuse)
    return host


def include_object(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Leaves the library's tables out, for `context.configure(include_object=…)` in a host's Alembic: its
    `--autogenerate` would otherwise drop every table that the host's own metadata does not know."""
    return kind != "table" or name not in _NAMES


def upgrade(connection: object, *, schema: str | None = None) -> None:
    """Make the library's tables, or bring them to this version, inside the transaction that is open on a connection of
    a host's, as a step of its own migration: Alembic's `op.get_bind()`, Django's `schema_editor.connection`, or what
    else can be joined. What the host commits or rolls back goes for all of it."""
    upgrade_joined(JoinedConnection(connection), schema)


def _refuse(target: Table, connection: Connection, **options: Any) -> None:
    raise InvalidState(_BY_UPGRADE)
