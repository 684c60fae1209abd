"""Archives of SQL storage: all records of a firm, read from the tables and written into them.

Each table is read once, in the order of its key, a few rows at a time, and written in the same order, many rows at a
time.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cached_property
from itertools import groupby, islice, starmap
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Column, ColumnElement, Table, delete, func, insert, select, update

from invoicecore.errors import ConcurrencyConflict, UniqueViolation
from invoicecore.model.firm import Firm
from invoicecore.ports.archive import PLACES, ArchiveItem, Removal, kind_of
from invoicecore.ports.store import AuditRecord, id_of
from invoicecore.storage.sql import schema
from invoicecore.storage.sql.connections import PooledConnection
from invoicecore.storage.sql.mapping import metadata
from invoicecore.storage.sql.statements import (
    EntityStatements,
    RecordStatements,
    SqlStatement,
    Statements,
    given,
    is_given,
)
from invoicecore.values.ids import FirmId

_MANY = 200  # things that are written at once

_Reading = tuple[SqlStatement, Callable[..., ArchiveItem]]
"""A statement, and what makes a thing of a row that it finds, whose parts are the arguments."""


@frozen
class _Inserts:
    """Rows of a table that are to be written by one statement."""

    table: Table
    statement: SqlStatement
    rows: Sequence[Sequence[Any]]

    def write(self, connection: PooledConnection) -> None:
        if self.rows:
            connection.write(self.statement.sql, self.rows, UniqueViolation)


def _numbered(records: Iterable[Any]) -> Iterator[AuditRecord]:
    """Audit records with their positions, also those that were committed after the others were numbered."""
    for position, record in enumerate(records, start=1):
        yield record if record.position is not None else evolve(record, position=position)


class Archive:
    """The statements for one kind of database by which everything is read and written."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def everything(self, connection: PooledConnection, firm_id: FirmId) -> Generator[ArchiveItem, None, None]:
        """All that is stored of a firm, of one moment."""
        of_firm = {"firm_id": firm_id}
        firm, _ = self._readings[Firm]
        if connection.read(firm.sql, firm.placed(of_firm)):
            if connection.is_file_of_own:
                connection.copy(self._keys, firm_id)
            for kind in PLACES:
                statement, made = self._readings[kind]
                with closing(connection.stream(statement.sql, statement.placed(of_firm))) as rows:
                    items = starmap(made, rows)
                    yield from _numbered(items) if kind is AuditRecord else items

    def restore(self, connection: PooledConnection, firm_id: FirmId, items: Iterable[ArchiveItem]) -> None:
        """Write all of it, in a transaction that was begun. UniqueViolation if anything of the firm is there."""
        of_firm = {"firm_id": firm_id}
        if any(connection.read(statement.sql, statement.placed(of_firm)) for statement in self._looks):
            raise UniqueViolation(f"The firm {firm_id!r} is kept here already.")
        # Projects name the people who are assigned to them, and people come later, because contacts name projects.
        waiting: list[_Inserts] = []
        for inserts in self._inserts(firm_id, items):
            if inserts.table is schema.assignments:
                waiting.append(inserts)
            else:
                inserts.write(connection)
        for inserts in waiting:
            inserts.write(connection)

    def remove(self, connection: PooledConnection, removal: Removal, audited: int) -> None:
        """Delete every row of a firm, in a transaction that was begun, and keep that it was removed."""
        statement = self._statements.dialect.statement
        audit, removals = schema.audit, schema.removals
        of_firm = {"firm_id": removal.firm_id}
        count = statement(select(func.count()).select_from(audit).where(is_given(audit.c.firm_id)))
        if [(audited,)] != [tuple(row) for row in connection.read(count.sql, count.placed(of_firm))]:
            raise ConcurrencyConflict("The firm was changed meanwhile.")
        codec = self._statements.dialect.row_codec(removals.columns)
        row = codec.encode([removal.firm_id, removal.removed_at, removal.sha256, True])
        add = statement(insert(removals).values({it.name: given(it.name, it.type) for it in removals.columns}))
        keep = statement(
            update(removals).where(is_given(removals.c.firm_id)).values(going=given("going", removals.c.going.type))
        )
        gone = (it for it in reversed(metadata.sorted_tables) if it is not removals)
        steps = [
            (add, dict(zip(removals.columns.keys(), row, strict=True))),
            *((statement(delete(table).where(is_given(table.c.firm_id))), of_firm) for table in gone),
            (keep, {**of_firm, "going": codec.encode([None, None, None, False])[-1]}),
        ]
        for step, values in steps:
            connection.write(step.sql, [step.placed(values)])

    def removals(self, connection: PooledConnection) -> Sequence[Removal]:
        """The firms that were removed."""
        removals = schema.removals
        columns = [it for it in removals.columns if it.name != "going"]
        query = self._statements.dialect.statement(select(*columns).order_by(removals.c.removed_at, removals.c.firm_id))
        codec = self._statements.dialect.row_codec(columns)
        return [Removal(*codec.decode(row)) for row in connection.read(query.sql, query.placed({}))]

    def _inserts(self, firm_id: FirmId, items: Iterable[Any]) -> Iterator[_Inserts]:
        """The rows of all of it, many at a time, in the order of the port."""
        for kind, of_one_kind in groupby(items, kind_of):
            while some := list(islice(of_one_kind, _MANY)):
                if kind in self._statements.records:
                    record = self._statements.records[kind]
                    yield _Inserts(record.mapping.table, record.add, [record.add.placed(firm_id, it) for it in some])
                    continue
                entity = self._statements.entities[kind]
                place = entity.add.placed
                rows = [place(firm_id, id_of(it.entity), it.version - 1, it.entity) for it in some]
                yield _Inserts(entity.mapping.table, entity.add, rows)
                for child in entity.children:
                    rows = [row for it in some for row in child.given(firm_id, id_of(it.entity), it.entity)]
                    yield _Inserts(child.mapping.table, child.add, rows)

    @cached_property
    def _readings(self) -> Mapping[type[Any], _Reading]:
        """How the things of each kind are read, and what is made of a row."""
        return {
            **{kind: self._of_entities(of_kind) for kind, of_kind in self._statements.entities.items()},
            **{kind: self._of_records(of_kind) for kind, of_kind in self._statements.records.items()},
        }

    def _of_entities(self, of_kind: EntityStatements) -> _Reading:
        table = of_kind.mapping.table
        statement = self._whole(table, of_kind.read, [table.c[of_kind.mapping.id]])
        return statement, of_kind.made

    def _of_records(self, of_kind: RecordStatements) -> _Reading:
        table = of_kind.mapping.table
        if table is schema.outbox:
            order = [table.c.at, table.c.id]
        elif table is schema.audit:
            order = [table.c.position, table.c.id]
        else:
            order = list(table.primary_key.columns)[1:]
        return self._whole(table, of_kind.columns, order), of_kind.made

    def _whole(self, table: Table, columns: Sequence[ColumnElement[Any]], order: Sequence[Column[Any]]) -> SqlStatement:
        """All of a firm's rows, in the order of the port."""
        return self._statements.dialect.statement(select(*columns).where(is_given(table.c.firm_id)).order_by(*order))

    @cached_property
    def _keys(self) -> Mapping[str, Sequence[str]]:
        """The tables that are read, each with the columns of its key."""
        statements = self._statements
        children = (child for it in statements.entities.values() for child in it.children)
        tables = {
            *(it.mapping.table for it in statements.entities.values()),
            *(it.mapping.table for it in statements.records.values()),
            *(it.mapping.table for it in children),
        }
        return {it.name: it.primary_key.columns.keys() for it in tables}

    @cached_property
    def _looks(self) -> Sequence[SqlStatement]:
        """Whether there is anything of a firm in a table, of each table in which something may be alone."""
        alone = (table for table in metadata.sorted_tables if not table.foreign_keys and table is not schema.removals)
        return [
            self._statements.dialect.statement(select(table.c.firm_id).where(is_given(table.c.firm_id)).limit(1))
            for table in alone
        ]
