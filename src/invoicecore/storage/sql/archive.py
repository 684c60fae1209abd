"""How do the books of a firm leave the tables as a whole, and how do they come in?

Each table is read once, in the order of its key, a few rows at a time. What comes in is written in the same order, many
rows at a time.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import cached_property
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Column, ColumnElement, Text, select

from invoicecore import codec
from invoicecore.errors import UniqueViolation
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.ports.archive import PLACES, ArchiveItem, Claim, Counter, kind_of
from invoicecore.ports.store import IdempotencyRecord, Replaced, UniqueKind, Versioned, WriteSet, id_of
from invoicecore.storage.sql import schema
from invoicecore.storage.sql.connections import Connection
from invoicecore.storage.sql.flush import Flush
from invoicecore.storage.sql.statements import EntityStatements, FactStatements, Statement, Statements, is_given
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
        claims, counters, keys, outbox = schema.claims, schema.counters, schema.idempotency, schema.outbox
        return {
            **{kind: self._of_entities(said) for kind, said in self._said.entities.items()},
            **{kind: self._of_facts(said) for kind, said in self._said.facts.items()},
            Claim: self._of([claims.c.scope, claims.c.key, claims.c.holder], [claims.c.scope, claims.c.key], _claim),
            Counter: self._of([counters.c.name, counters.c.next_value], [counters.c.name], Counter),
            IdempotencyRecord: self._of([keys.c.key, keys.c.request, keys.c.result], [keys.c.key], _remembered),
            Message: self._of([outbox.c.id, outbox.c.at, outbox.c.event], [outbox.c.at, outbox.c.id], _message),
        }

    def _of_entities(self, said: EntityStatements) -> _Reading:
        table = said.shape.table
        whole = self._whole(table, said.read, [table.c[said.shape.id]])
        return whole, lambda row: Versioned(*said.built(row))

    def _of_facts(self, said: FactStatements) -> _Reading:
        return self._of(said.columns, list(said.shape.table.primary_key.columns)[1:], said.shape.fact)

    def _of(
        self, columns: Sequence[Column[Any]], order: Sequence[Column[Any]], made: Callable[..., ArchiveItem]
    ) -> _Reading:
        spelling = self._said.language.spelling(columns)
        return self._whole(columns[0].table, columns, order), lambda row: made(*spelling.out(row))

    def _whole(self, table: Any, columns: Sequence[ColumnElement[Any]], order: Sequence[Column[Any]]) -> Statement:
        """All of a firm's rows, in the order of the port."""
        language = self._said.language
        places = (language.letters(it) if isinstance(it.type, Text) else it for it in order)
        return language.statement(select(*columns).where(is_given(table.c.firm_id)).order_by(*places))

    @cached_property
    def _looks(self) -> Sequence[Statement]:
        """Whether there is anything of a firm in a table, of each table in which something may be alone."""
        alone = (table for table in schema.metadata.sorted_tables if not table.foreign_keys)
        return [
            self._said.language.statement(select(table.c.firm_id).where(is_given(table.c.firm_id)).limit(1))
            for table in alone
        ]


def _claim(scope: str, key: str, holder: str) -> Claim:
    return Claim(UniqueKind(scope), key, holder)


def _remembered(key: str, request: str, result: Any) -> IdempotencyRecord:
    return IdempotencyRecord(key, request, codec.load_any(result))


def _message(id: str, at: datetime, event: Any) -> Message:
    return Message(id, at, codec.load_any(event))  # type: ignore[arg-type]  # stored as an event


class _Restoring:
    """The writing of everything, in the order of the port."""

    def __init__(self, connection: Connection, said: Statements, firm_id: FirmId) -> None:
        self._connection = connection
        self._said = said
        self._firm_id = firm_id
        self._flush = Flush(connection, said, firm_id)
        # Projects name the people who are assigned to them, and people come later, because contacts name projects.
        self._waiting: list[tuple[Statement, list[_Row]]] = []

    def write(self, kind: type[Any], some: Sequence[Any]) -> None:
        """Write some things of one kind."""
        if kind in self._said.entities:
            self._entities(self._said.entities[kind], some)
        elif kind in self._said.facts:
            self._flush.facts(some)
        elif kind is Claim:
            self._flush.reservations({(it.scope, it.key): Replaced(None, it.holder) for it in some})
        elif kind is Counter:
            self._flush.counters({it.name: Replaced(1, it.next) for it in some})
        elif kind is IdempotencyRecord:
            self._flush.idempotency_records(some)
        else:
            self._flush.outbox(WriteSet(sent=some))

    def end(self) -> None:
        """Write what waited."""
        for statement, rows in self._waiting:
            self._connection.write(statement.sql, rows, UniqueViolation)

    def _entities(self, said: EntityStatements, some: Sequence[Versioned[Any]]) -> None:
        added = [said.given(self._firm_id, id_of(it.entity), it.version - 1, it.entity) for it in some]
        self._connection.write(said.add.sql, [said.add.placed(it) for it in added], UniqueViolation)
        for part in said.parts:
            rows = [
                part.add.placed(part.given(self._firm_id, id_of(it.entity), row))
                for it in some
                for row in part.part.rows(part.part.of(it.entity))
            ]
            if rows and part.part.table is schema.assignments:
                self._waiting.append((part.add, rows))
            elif rows:
                self._connection.write(part.add.sql, rows, UniqueViolation)
