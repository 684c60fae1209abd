"""Cursors of psycopg that give plain values, whatever loaders a host has set on its connection.

A host's own loaders may give other values than psycopg's: Django's give naive instants.
"""

from typing import Any

from psycopg import Cursor, ServerCursor, adapters
from psycopg.adapt import AdaptersMap


class PlainCursor(Cursor[tuple[Any, ...]]):
    """A cursor with psycopg's own adapters."""

    @property
    def adapters(self) -> AdaptersMap:
        return adapters


class PlainServerCursor(ServerCursor[tuple[Any, ...]]):
    """The same, with the rows left on the server until they are fetched."""

    @property
    def adapters(self) -> AdaptersMap:
        return adapters
