"""Storage in a SQL database: SQLite or PostgreSQL.

The extra `sql` installs its packages, `postgres` the driver of PostgreSQL.
"""

from invoicecore.storage.sql.storage import SqlStorage, include_object

__all__ = ["SqlStorage", "include_object"]
