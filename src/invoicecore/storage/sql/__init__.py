"""Storage in a SQL database: SQLite or PostgreSQL.

The extra `sql` installs its packages, `postgres` the driver of PostgreSQL.
"""

from invoicecore.values.extras import naming_extra

with naming_extra():
    from invoicecore.storage.sql.alembic import include_object, tables_in, upgrade
    from invoicecore.storage.sql.storage import JoinedStorage, SqlStorage

__all__ = ["JoinedStorage", "SqlStorage", "include_object", "tables_in", "upgrade"]
