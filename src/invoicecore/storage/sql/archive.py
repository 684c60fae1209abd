"""Archives of SQL storage: all records of a firm, read from the tables and written into them.

Each table is read once, in the order of its key, a few rows at a time, and written in the same order, many rows at a
time.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, select

from invoicecore.errors import UniqueViolation
from invoicecore.model.firm import Firm
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Versioned, id_of
from invoicecore.storage.sql import schema
from invoicecore.storage.sql.connections import Connection
from invoicecore.storage.sql.mapping import metadata
from invoicecore.storage.sql.statements import EntityStatements, RecordStatements, SqlStatement, Statements, is_given
from invoicecore.values.ids import FirmId

_MANY = 200  # things that are written at once

_Row = Sequence[Any]
_Reading = tuple[SqlStatement, Callable[[_Row], ArchiveItem]]


class Archive:
    """The statements for one kind of database when everything comes out or goes in."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def everything(self, connection: Connection, firm_id: FirmId) -> Generator[ArchiveItem, None, None]:
        """All that is kept of a firm, of one moment."""
        of_firm = {"firm_id": firm_id}
        is_kept, _ = self._readings[Firm]
        if connection.read(is_kept.sql, is_kept.placed(of_firm)):
            for kind in PLACES:
                statement, made = self._readings[kind]
                with closing(connection.stream(statement.sql, statement.placed(of_firm))) as rows:
                    for row in rows:
                        yield made(row)

    def restore(self, connection: Connection, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        """Write all of it, in a transaction that was begun. UniqueViolation if anything of the firm is there."""
        of_firm = {"firm_id": firm_id}
        if any(connection.read(statement.sql, statement.placed(of_firm)) for statement in self._looks):
            raise UniqueViolation(f"The firm {firm_id!r} is kept here already.")
        restoring = _Restoring(connection, self._statements, firm_id)
        for kind, things in groupby(kept, kind_of):
            while some := list(islice(things, _MANY)):
                restoring.write(kind, some)
        restoring.end()

    @cached_property
    def _readings(self) -> Mapping[type[Any], _Reading]:
        """How the things of each kind are read, and what is made of a row."""
        return {
            **{kind: self._of_entities(of_kind) for kind, of_kind in self._statements.entities.items()},
            **{kind: self._of_records(of_kind) for kind, of_kind in self._statements.records.items()},
        }

    def _of_entities(self, of_kind: EntityStatements) -> _Reading:
        table = of_kind.mapping.table
        return self._whole(table, of_kind.read, [table.c[of_kind.mapping.id]]), lambda row: Versioned(
            *of_kind.built(row)
        )

    def _of_records(self, of_kind: RecordStatements) -> _Reading:
        table = of_kind.mapping.table
        order = [table.c.at, table.c.id] if table is schema.outbox else list(table.primary_key.columns)[1:]
        return self._whole(table, of_kind.columns, order), of_kind.built

    def _whole(self, table: Table, columns: Sequence[ColumnElement[Any]], order: Sequence[Column[Any]]) -> SqlStatement:
        """All of a firm's rows, in the order of the port."""
        dialect = self._statements.dialect
        places = (dialect.letters(it) if isinstance(it.type, Text) else it for it in order)
        return dialect.statement(select(*columns).where(is_given(table.c.firm_id)).order_by(*places))

    @cached_property
    def _looks(self) -> Sequence[SqlStatement]:
        """Whether there is anything of a firm in a table, of each table in which something may be alone."""
        alone = (table for table in metadata.sorted_tables if not table.foreign_keys)
        return [
            self._statements.dialect.statement(select(table.c.firm_id).where(is_given(table.c.firm_id)).limit(1))
            for table in alone
        ]


class _Restoring:
    """The writing of everything, in the order of the port."""

    def __init__(self, connection: Connection, statements: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._statements = statements
        self._firm_id = firm_id
        # Projects name the people who are assigned to them, and people come later, because contacts name projects.
        self._waiting: list[tuple[SqlStatement, Sequence[Mapping[str, Any]]]] = []

    def write(self, kind: type[Any], some: Sequence[Any]) -> None:
        """Write some things of one kind."""
        if kind in self._statements.entities:
            self._entities(self._statements.entities[kind], some)
        else:
            of_kind = self._statements.records[kind]
            self._write(of_kind.add, [of_kind.given(self._firm_id, it) for it in some])

    def end(self) -> None:
        """Write what waited."""
        for statement, rows in self._waiting:
            self._write(statement, rows)

    def _entities(self, of_kind: EntityStatements, some: Sequence[Versioned[Any]]) -> None:
        self._write(
            of_kind.add, [of_kind.given(self._firm_id, id_of(it.entity), it.version - 1, it.entity) for it in some]
        )
        for child in of_kind.children:
            rows = [
                child.given(self._firm_id, id_of(it.entity), row)
                for it in some
                for row in child.mapping.rows(child.mapping.of(it.entity))
            ]
            if child.mapping.table is schema.assignments:
                self._waiting.append((child.add, rows))
            else:
                self._write(child.add, rows)

    def _write(self, statement: SqlStatement, given: Sequence[Mapping[str, Any]]) -> None:
        if given:
            self._connection.write(statement.sql, [statement.placed(it) for it in given], UniqueViolation)
