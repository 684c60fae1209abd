"""Stores books in a SQL database: a file of SQLite, or PostgreSQL.

The extra `sql` brings what it needs, `postgres` the driver of PostgreSQL.
"""

from invoicecore.storage.sql.storage import SqlStorage

__all__ = ["SqlStorage"]
