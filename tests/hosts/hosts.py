"""The hosts that a transaction can be joined with, each with a table of its own beside those of the library.

Their connections give odd values, as a host's may: rows by name, bytes for text, instants without a zone.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from typing import Any

import psycopg
from attrs import frozen
from psycopg.rows import dict_row
from psycopg.types.datetime import TimestamptzLoader
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session

from tests.databases import NewUrl
from tests.hosts.django_host import atomic

REPLACE = "REPLACE INTO host VALUES (1)"
"""What a host of SQLite writes. In a Turkish locale Python's driver takes the I of INSERT for another letter, and
begins no transaction."""


@frozen
class HostWork:
    """What a host has at hand in its transaction: what is given to `joined`, and how it sends a statement."""

    connection: Any
    execute: Callable[[str], object]


Begin = Callable[[str], AbstractContextManager[HostWork]]
"""Begins a transaction in the database at a URL; it is committed at the end, and rolled back at an error."""


class _Naive(TimestamptzLoader):
    """Gives instants without a zone, as Django's loader does with USE_TZ=False."""

    def load(self, data: Any) -> Any:
        return super().load(data).replace(tzinfo=None)


@contextmanager
def engine_of(url: str, **settings: Any) -> Iterator[Engine]:
    """An engine, disposed of at the end."""
    engine = create_engine(url, **settings)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def core(url: str) -> Iterator[HostWork]:
    """SQLAlchemy's Connection."""
    with engine_of(url) as engine, engine.begin() as connection:
        yield HostWork(connection, connection.exec_driver_sql)


@contextmanager
def orm(url: str) -> Iterator[HostWork]:
    """SQLAlchemy's Session."""
    with engine_of(url) as engine, Session(engine) as session, session.begin():
        yield HostWork(session, session.connection().exec_driver_sql)


@contextmanager
def raw_sqlite(url: str) -> Iterator[HostWork]:
    """sqlite3, whose rows are dictionaries and whose texts are bytes."""
    with closing(sqlite3.connect(str(make_url(url).database))) as connection, connection:
        connection.row_factory = lambda cursor, row: dict(zip([it[0] for it in cursor.description], row, strict=True))
        connection.text_factory = bytes
        yield HostWork(connection, connection.execute)


@contextmanager
def raw_psycopg(url: str) -> Iterator[HostWork]:
    """psycopg, whose rows are dictionaries and whose instants have no zone."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, row_factory=dict_row) as connection:
        connection.adapters.register_loader("timestamptz", _Naive)
        yield HostWork(connection, connection.execute)


@contextmanager
def django(url: str, *, use_tz: bool) -> Iterator[HostWork]:
    """Django's connection in `transaction.atomic()`."""
    with atomic(url, use_tz=use_tz) as connection:
        yield HostWork(connection, lambda sql: connection.cursor().execute(sql))


HOSTS: dict[str, Begin] = {
    "SQLAlchemy Connection": core,
    "SQLAlchemy Session": orm,
    "driver": lambda url: (raw_sqlite if url.startswith("sqlite") else raw_psycopg)(url),
    "Django, USE_TZ": partial(django, use_tz=True),
    "Django, no USE_TZ": partial(django, use_tz=False),
}
"""How each host begins a transaction."""


class NoteOfHost(Exception):
    """What a host raises in its own transaction."""


def rows_of_host(url: str) -> int:
    """How many rows the host's own table has."""
    with engine_of(url) as engine, engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM host").scalar() or 0)


def table_of_host(new_url: NewUrl) -> str:
    """A new database in which the host has its table."""
    url = new_url()
    with engine_of(url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE host (number integer NOT NULL)")
    return url
