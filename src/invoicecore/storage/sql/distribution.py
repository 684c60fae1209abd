"""The distribution of the tables over the nodes of Citus, by firm.

All rows of a firm are on one node. The table of versions stays on the coordinator, which asks it for every node.
"""

from attrs import frozen
from sqlalchemy import Connection, Engine, Table, text

from invoicecore.storage.sql.column_types import POSTGRES
from invoicecore.storage.sql.mapping import metadata
from invoicecore.storage.sql.migrations import quoted

_FIRST = "ic_firms"
_UNSAFE_TRIGGERS = "citus.enable_unsafe_triggers"  # "unsafe" where they change rows of other nodes, which these do not


@frozen
class Distribution:
    """What was found and done: whether the database has Citus, the tables that were distributed now, and those that
    were before."""

    has_citus: bool
    now: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def distribute(engine: Engine, schema: str | None) -> Distribution:
    """Distribute each table that is not yet, those that others refer to before them. What was done stands also if it is
    interrupted, and the next call goes on. On a database without Citus nothing is changed."""
    if engine.dialect.name != POSTGRES:
        return Distribution(has_citus=False)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.scalar(text("SELECT to_regclass('pg_dist_partition')")) is None:
            return Distribution(has_citus=False)
        connection.execute(text(f"SET {_UNSAFE_TRIGGERS} = on"))
        try:
            now = tuple(str(it.name) for it in _in_order() if _is_distributed_now(connection, it, schema))
        finally:
            connection.execute(text(f"RESET {_UNSAFE_TRIGGERS}"))
    return Distribution(True, now, tuple(str(it.name) for it in _in_order() if it.name not in now))


def _in_order() -> list[Table]:
    return sorted(metadata.sorted_tables, key=lambda it: it.name != _FIRST)


def _is_distributed_now(connection: Connection, table: Table, schema: str | None) -> bool:
    """Distribute a table beside the first; whether it was not before."""
    place, first = ((it if schema is None else f"{quoted(schema)}.{it}") for it in (table.name, _FIRST))
    known = text("SELECT 1 FROM pg_dist_partition WHERE logicalrelid = CAST(:place AS regclass)")
    if connection.scalar(known, {"place": place}) is not None:
        return False
    distribute_it = text(
        "SELECT create_distributed_table(CAST(:place AS regclass), 'firm_id', colocate_with => :beside)"
    )
    connection.execute(distribute_it, {"place": place, "beside": "none" if table.name == _FIRST else first})
    return True
