"""How do the books of a firm leave the tables as a whole, and how do they come in?

Each table is read once, in the order of its key, a few rows at a time. What comes in is written in the same order, many
rows at a time.
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
from invoicecore.storage.sql.statements import EntityStatements, RecordStatements, Statement, Statements, is_given
from invoicecore.values.ids import FirmId

_MANY = 200  # things that are written at once

_Row = Sequence[Any]
_Reading = tuple[Statement, Callable[[_Row], ArchiveItem]]


class Archive:
    """What is said to one kind of database when everything comes out or goes in."""

    def __init__(self, said: Statements) -> None:
        self._said = said

    def everything(self, connection: Connection, firm_id: FirmId) -> Generator[ArchiveItem, None, None]:
        """All that is kept of a firm, of one moment."""
        of_firm = {"firm_id": firm_id}
        is_kept, _ = self._readings[Firm]
        if connection.read(is_kept.sql, is_kept.placed(of_firm)):
            for kind in PLACES:
                said, made = self._readings[kind]
                with closing(connection.stream(said.sql, said.placed(of_firm))) as rows:
                    for row in rows:
                        yield made(row)

    def restore(self, connection: Connection, firm_id: FirmId, kept: Iterable[ArchiveItem]) -> None:
        """Write all of it, in a transaction that was begun. UniqueViolation if anything of the firm is there."""
        of_firm = {"firm_id": firm_id}
        if any(connection.read(said.sql, said.placed(of_firm)) for said in self._looks):
            raise UniqueViolation(f"The firm {firm_id!r} is kept here already.")
        restoring = _Restoring(connection, self._said, firm_id)
        for kind, things in groupby(kept, kind_of):
            while some := list(islice(things, _MANY)):
                restoring.write(kind, some)
        restoring.end()

    @cached_property
    def _readings(self) -> Mapping[type[Any], _Reading]:
        """How the things of each kind are read, and what is made of a row."""
        return {
            **{kind: self._of_entities(said) for kind, said in self._said.entities.items()},
            **{kind: self._of_records(said) for kind, said in self._said.records.items()},
        }

    def _of_entities(self, said: EntityStatements) -> _Reading:
        table = said.mapping.table
        return self._whole(table, said.read, [table.c[said.mapping.id]]), lambda row: Versioned(*said.built(row))

    def _of_records(self, said: RecordStatements) -> _Reading:
        table = said.mapping.table
        order = [table.c.at, table.c.id] if table is schema.outbox else list(table.primary_key.columns)[1:]
        return self._whole(table, said.columns, order), said.built

    def _whole(self, table: Table, columns: Sequence[ColumnElement[Any]], order: Sequence[Column[Any]]) -> Statement:
        """All of a firm's rows, in the order of the port."""
        language = self._said.language
        places = (language.letters(it) if isinstance(it.type, Text) else it for it in order)
        return language.statement(select(*columns).where(is_given(table.c.firm_id)).order_by(*places))

    @cached_property
    def _looks(self) -> Sequence[Statement]:
        """Whether there is anything of a firm in a table, of each table in which something may be alone."""
        alone = (table for table in metadata.sorted_tables if not table.foreign_keys)
        return [
            self._said.language.statement(select(table.c.firm_id).where(is_given(table.c.firm_id)).limit(1))
            for table in alone
        ]


class _Restoring:
    """The writing of everything, in the order of the port."""

    def __init__(self, connection: Connection, said: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._said = said
        self._firm_id = firm_id
        # Projects name the people who are assigned to them, and people come later, because contacts name projects.
        self._waiting: list[tuple[Statement, Sequence[Mapping[str, Any]]]] = []

    def write(self, kind: type[Any], some: Sequence[Any]) -> None:
        """Write some things of one kind."""
        if kind in self._said.entities:
            self._entities(self._said.entities[kind], some)
        else:
            said = self._said.records[kind]
            self._write(said.add, [said.given(self._firm_id, it) for it in some])

    def end(self) -> None:
        """Write what waited."""
        for statement, rows in self._waiting:
            self._write(statement, rows)

    def _entities(self, said: EntityStatements, some: Sequence[Versioned[Any]]) -> None:
        self._write(said.add, [said.given(self._firm_id, id_of(it.entity), it.version - 1, it.entity) for it in some])
        for child in said.children:
            rows = [
                child.given(self._firm_id, id_of(it.entity), row)
                for it in some
                for row in child.mapping.rows(child.mapping.of(it.entity))
            ]
            if child.mapping.table is schema.assignments:
                self._waiting.append((child.add, rows))
            else:
                self._write(child.add, rows)

    def _write(self, statement: Statement, given: Sequence[Mapping[str, Any]]) -> None:
        if given:
            self._connection.write(statement.sql, [statement.placed(it) for it in given], UniqueViolation)
