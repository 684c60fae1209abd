"""What is said to the database, and how are values spelled in it?

Statements are built once for each database by SQLAlchemy and then handed to the driver as they are, because building or
executing them through it would cost several times what they do.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from attrs import frozen
from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    ColumnElement,
    Delete,
    Dialect,
    Insert,
    Select,
    SelectBase,
    Table,
    Update,
    any_,
    bindparam,
    delete,
    func,
    insert,
    null,
    select,
    tuple_,
    update,
)
from sqlalchemy.types import TypeEngine

from invoicecore.storage.sql import schema
from invoicecore.storage.sql.mapping import FACTS, SHAPES, FactShape, Listing, Part, Row, Shape
from invoicecore.storage.sql.schema import SQLITE

_Spell = Callable[[Any], Any]


@frozen
class Statement:
    """Text for the driver's cursor, and how its values are put in their places."""

    sql: str
    placed: Callable[[Mapping[str, Any]], Sequence[Any]]


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def _read_instant(value: datetime) -> datetime:
    return value.astimezone(UTC)


_SQLITE_IN: dict[TypeEngine[Any], _Spell] = {
    schema.INSTANT: _instant,
    schema.DAY: date.isoformat,
    schema.FLAG: int,
    schema.PLAIN: json.dumps,
}
_SQLITE_OUT: dict[TypeEngine[Any], _Spell] = {
    schema.INSTANT: datetime.fromisoformat,
    schema.DAY: date.fromisoformat,
    schema.FLAG: bool,
    schema.PLAIN: json.loads,
}
# Rows of parts come as JSON, in which even PostgreSQL writes an instant, with its offset, and a day as text.
_JSON_OUT: dict[TypeEngine[Any], _Spell] = {
    schema.INSTANT: lambda text: datetime.fromisoformat(text).astimezone(UTC),
    schema.DAY: date.fromisoformat,
    schema.FLAG: bool,
}
_POSTGRES_IN: dict[TypeEngine[Any], _Spell] = {schema.PLAIN: json.dumps}
_POSTGRES_OUT: dict[TypeEngine[Any], _Spell] = {schema.INSTANT: _read_instant}


class Spelling:
    """How the values of a row go into the database and come out, where they do not go as they are."""

    def __init__(self, columns: Sequence[Column[Any]], into: Mapping[Any, _Spell], out: Mapping[Any, _Spell]) -> None:
        self._into = [(place, into[it.type]) for place, it in enumerate(columns) if it.type in into]
        self._out = [(place, out[it.type]) for place, it in enumerate(columns) if it.type in out]

    def into(self, row: Sequence[Any]) -> Sequence[Any]:
        """A row as the database takes it."""
        return _spelled(row, self._into)

    def out(self, row: Sequence[Any]) -> Sequence[Any]:
        """A row as Python has it."""
        return _spelled(row, self._out)


def _spelled(row: Sequence[Any], spells: Sequence[tuple[int, _Spell]]) -> Sequence[Any]:
    if not spells:
        return row
    values = list(row)
    for place, spell in spells:
        if values[place] is not None:
            values[place] = spell(values[place])
    return values


class Language:
    """One database's way to say things: statements from SQLAlchemy's, and the spelling of values."""

    def __init__(self, dialect: Dialect) -> None:
        self.is_sqlite = dialect.name == SQLITE
        # One question mark, or %s, for each value: its place says which it is.
        positional: Any = type(dialect)
        self._dialect: Dialect = positional(paramstyle="qmark" if self.is_sqlite else "format")
        self._into, self._out = (_SQLITE_IN, _SQLITE_OUT) if self.is_sqlite else (_POSTGRES_IN, _POSTGRES_OUT)

    def statement(self, said: SelectBase | Insert | Update | Delete) -> Statement:
        """The statement as the driver takes it; its values are given by the names of its parameters."""
        compiled = said.compile(dialect=self._dialect, compile_kwargs={"render_postcompile": True})
        sql = _spelled_small(str(compiled)) if self.is_sqlite else str(compiled)
        names = list(compiled.positiontup or ())
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        if len(names) == 1:
            return Statement(sql, lambda given, name=names[0]: (given.get(name, fixed.get(name)),))  # type: ignore[misc]
        place = itemgetter(*names) if names else lambda given: ()
        return Statement(sql, (lambda given: place({**fixed, **given})) if fixed else place)

    def spelling(self, columns: Iterable[Column[Any]]) -> Spelling:
        """The spelling of rows of these columns."""
        return Spelling(list(columns), self._into, self._out)

    def json_spelling(self, columns: Iterable[Column[Any]]) -> Spelling:
        """The spelling of rows of these columns that come out as JSON."""
        return Spelling(list(columns), self._into, _JSON_OUT)

    def row_as_json(self, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
        """Some columns as one JSON array."""
        return func.json_array(*columns) if self.is_sqlite else func.json_build_array(*columns)

    def rows_as_json(self, columns: Sequence[Column[Any]]) -> Select[Any]:
        """All rows of some columns as one JSON array of arrays, in any order; empty or NULL if there are none."""
        row = self.row_as_json(columns)
        return select(func.json_group_array(row) if self.is_sqlite else func.json_agg(row))

    def of_json(self, value: Any) -> Sequence[Any]:
        """What came as JSON, which SQLite gives as text."""
        return json.loads(value) if isinstance(value, str) else value or ()

    def rows_of_json(self, value: Any) -> Sequence[Sequence[Any]]:
        """The rows that `rows_as_json` gave, in the order of what comes first in them."""
        return sorted(self.of_json(value), key=itemgetter(0))

    def instant(self, moment: datetime | None) -> Any:
        """An instant as it is compared with."""
        spell = self._into.get(schema.INSTANT)
        return moment if spell is None or moment is None else spell(moment)

    def spelled(self, value: Any) -> Any:
        """Any value as it is compared with, by what it is; a set is several texts."""
        if isinstance(value, frozenset):
            return self.several(value)
        if isinstance(value, datetime):
            return self.instant(value)
        return value.isoformat() if self.is_sqlite and isinstance(value, date) else value

    def letters(self, text: ColumnElement[Any]) -> ColumnElement[Any]:
        """A text in the order of its code points, whatever the language of the database."""
        return text if self.is_sqlite else text.collate("C")

    def among(self, column: Column[Any], name: str) -> ColumnElement[bool]:
        """Whether a column is one of several texts, which are given under that name as `several` spells them."""
        if self.is_sqlite:
            return column.in_(select(func.json_each(given(name, schema.TEXT)).table_valued("value").c.value))
        return column == any_(given(name, ARRAY(schema.TEXT)))

    def several(self, texts: Iterable[str]) -> Any:
        """Several texts as one value."""
        return json.dumps(list(texts)) if self.is_sqlite else list(texts)


def _spelled_small(sql: str) -> str:
    """The statement with its verb in small letters: by it Python's driver of SQLite tells what writes, and in a
    Turkish locale it does not know INSERT, whose I it takes for another letter."""
    verb, blank, rest = sql.partition(" ")
    return verb.lower() + blank + rest


def given(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    """The value of a type that is given under a name when a statement is said."""
    return bindparam(name, type_=kind, required=False)


def is_given(column: Column[Any], name: str | None = None) -> ColumnElement[bool]:
    """Whether a column is what is given under a name; under its own, if none is said."""
    return column == given(name or column.name, column.type)


class EntityStatements:
    """All that is said about one kind of entity."""

    def __init__(self, shape: Shape[Any], language: Language) -> None:
        self.shape = shape
        table, id = shape.table, shape.table.c[shape.id]
        named = {"firm_id", shape.id, "version"}
        self.columns = [column for column in table.columns if column.name not in named]
        self.parts = [PartStatements(part, shape, language) for part in shape.parts]
        # What is read of a row: its id, its version, the rest, and the rows of each part.
        self.read = (id, table.c.version, *self.columns, *(part.rows for part in self.parts))
        self.spelling = language.spelling(self.columns)
        self._language = language
        mine = [is_given(table.c.firm_id), *([] if id.name == "firm_id" else [is_given(id, "id")])]
        there = [*mine, is_given(table.c.version, "before")]
        values = {column.name: given(f"new_{column.name}", column.type) for column in self.columns}
        values["version"] = given("new_version", schema.WHOLE)
        whole = {**values, "firm_id": given("firm_id", schema.ID), id.name: given("id", schema.ID)}
        if id.name == "firm_id":
            whole[id.name] = given("firm_id", schema.ID)
        self.names = [f"new_{column.name}" for column in self.columns]
        self.get = language.statement(select(*self.read).where(*mine))
        self.add = language.statement(insert(table).values(whole))
        self.change = language.statement(update(table).where(*there).values(values))
        self.remove = language.statement(delete(table).where(*there))

    def built(self, row: Sequence[Any]) -> tuple[Any, int]:
        """The entity that was read as this row, and its version."""
        width = 2 + len(self.columns)
        id, version, *plain = row[:width]
        parts = (
            [part.spelling_of_json.out(it) for it in self._language.rows_of_json(several)]
            for part, several in zip(self.parts, row[width:], strict=True)
        )
        return self.shape.entity(id, self.spelling.out(plain), *parts), version

    def given(self, firm_id: str, id: str, before: int, entity: Any) -> dict[str, Any]:
        """The values for `add`, `change` and `remove`, by their names; without an entity, for `remove` alone."""
        values = {"firm_id": firm_id, "id": id, "before": before, "new_version": before + 1}
        if entity is not None:
            values.update(zip(self.names, self.spelling.into(self.shape.row(entity)), strict=True))
        return values


class PartStatements:
    """All that is said about the rows that belong to entities."""

    def __init__(self, part: Part[Any], shape: Shape[Any], language: Language) -> None:
        table, owner = part.table, part.table.c[part.owner]
        self.part = part
        self.columns = [column for column in table.columns if column.name not in {"firm_id", part.owner}]
        self.spelling = language.spelling(self.columns)
        self.spelling_of_json = language.json_spelling(self.columns)
        mine = (table.c.firm_id == shape.table.c.firm_id, owner == shape.table.c[shape.id])
        rows = language.rows_as_json(self.columns).where(*mine).correlate(shape.table)
        self.rows = rows.scalar_subquery().label(table.name)
        values = {column.name: given(f"new_{column.name}", column.type) for column in self.columns}
        of = {"firm_id": given("firm_id", schema.ID), owner.name: given("id", schema.ID)}
        self.add = language.statement(insert(table).values({**values, **of}))
        self.remove = language.statement(delete(table).where(is_given(table.c.firm_id), is_given(owner, "id")))
        self.names = [f"new_{column.name}" for column in self.columns]

    def given(self, firm_id: str, id: str, row: Row) -> dict[str, Any]:
        """The values for `add`, by their names."""
        return {"firm_id": firm_id, "id": id, **dict(zip(self.names, self.spelling.into(row), strict=True))}


class FactStatements:
    """All that is said about one kind of fact."""

    def __init__(self, shape: FactShape[Any], language: Language) -> None:
        self.shape = shape
        self.columns = [column for column in shape.table.columns if column.name != "firm_id"]
        self.spelling = language.spelling(self.columns)
        whole = {column.name: given(column.name, column.type) for column in shape.table.columns}
        self.add = language.statement(insert(shape.table).values(whole))

    def given(self, firm_id: str, fact: Any) -> dict[str, Any]:
        """The values for `add`, by their names."""
        row = self.spelling.into(self.shape.row(fact))
        return {"firm_id": firm_id, **{it.name: value for it, value in zip(self.columns, row, strict=True)}}


class ClaimStatements:
    """All that is said about claims."""

    def __init__(self, language: Language) -> None:
        table = schema.claims
        mine = (is_given(table.c.firm_id), is_given(table.c.scope))
        held = (*mine, is_given(table.c.key), is_given(table.c.holder, "seen"))
        of = {name: given(name, table.c[name].type) for name in ("firm_id", "scope", "key", "holder")}
        self.get = language.statement(
            select(table.c.key, table.c.holder).where(*mine, language.among(table.c.key, "keys"))
        )
        self.add = language.statement(insert(table).values(of))
        self.change = language.statement(update(table).where(*held).values(holder=given("holder", schema.ID)))
        self.remove = language.statement(delete(table).where(*held))


class OutboxStatements:
    """All that is said about messages on their way out."""

    def __init__(self, language: Language) -> None:
        table = schema.outbox
        self.spelling = language.spelling([table.c.at, table.c.event, table.c.leased_until])
        read = select(table.c.id, table.c.at, table.c.event, table.c.leased_until).where(is_given(table.c.firm_id))
        free = table.c.leased_until.is_(None) | (table.c.leased_until <= given("now", table.c.leased_until.type))
        oldest = read.where(free).order_by(table.c.at, table.c.id).limit(given("most", schema.WHOLE))
        self.free = language.statement(oldest if language.is_sqlite else oldest.with_for_update(skip_locked=True))
        there = (is_given(table.c.firm_id), is_given(table.c.id))
        as_seen = table.c.leased_until.is_not_distinct_from(given("seen", table.c.leased_until.type))
        until = given("until", table.c.leased_until.type)
        self.lease = language.statement(update(table).where(*there, as_seen).values(leased_until=until))
        self.nack = language.statement(update(table).where(*there).values(leased_until=null()))
        self.acknowledge = language.statement(delete(table).where(*there))
        self.add = language.statement(
            insert(table).values({name: given(name, table.c[name].type) for name in ("firm_id", "id", "at", "event")})
        )


class Statements:
    """All that the adapter says to one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        self.language = language = Language(dialect)
        self.entities = {shape.kind: EntityStatements(shape, language) for shape in SHAPES}
        self.facts = {shape.kind: FactStatements(shape, language) for shape in FACTS}
        self.claims = ClaimStatements(language)
        self.outbox = OutboxStatements(language)
        self._listings: dict[tuple[Any, ...], Statement] = {}

    def listing(self, listing: Listing, after: int, before: int, *, limited: bool, descending: bool) -> Statement:
        """What an index holds, between bounds of so many parts. Its values are `key`, `after_0`…, `before_0`…, and
        `most`."""
        known = (listing.table.name, str(listing.key), listing.order, listing.only is not None)
        said = (*known, after, before, limited, descending)
        if said not in self._listings:
            self._listings[said] = self._list(listing, after, before, limited, descending)
        return self._listings[said]

    def _list(self, listing: Listing, after: int, before: int, limited: bool, descending: bool) -> Statement:
        table, order = listing.table, listing.order
        entity = next((it for it in self.entities.values() if it.shape.table is table), None)
        columns = entity.read if entity is not None else [it for it in table.columns if it.name != "firm_id"]
        said = select(*columns).where(is_given(table.c.firm_id))
        if listing.key is not None:
            said = said.where(is_given(listing.key, "key"))
            if listing.key.table is not table:
                said = said.join(listing.key.table, _belongs(table, listing.key.table))
        if listing.only is not None:
            said = said.where(listing.only)
        # As tuples are compared: what begins with a bound of fewer parts comes after it.
        if after:
            low, bound = place_and_bound(order, "after", after)
            said = said.where(low > bound if after == len(order) else low >= bound)
        if before:
            high, bound = place_and_bound(order, "before", before)
            said = said.where(high < bound)
        said = said.order_by(*(column.desc() if descending else column for column in order))
        return self.language.statement(said.limit(given("most", schema.WHOLE)) if limited else said)

    @cached_property
    def firms(self) -> Statement:
        """The firms of all the books."""
        return self.language.statement(select(schema.firms.c.firm_id).order_by(schema.firms.c.firm_id))

    @cached_property
    def find_idempotency_record(self) -> Statement:
        """What an idempotency key stands for."""
        table = schema.idempotency
        return self.language.statement(
            select(table.c.request, table.c.result).where(is_given(table.c.firm_id), is_given(table.c.key))
        )

    @cached_property
    def save_idempotency_record(self) -> Statement:
        """Keep what an idempotency key stands for."""
        return self._add(schema.idempotency)

    @cached_property
    def peek(self) -> Statement:
        """The next value of a counter."""
        table = schema.counters
        return self.language.statement(
            select(table.c.next_value).where(is_given(table.c.firm_id), is_given(table.c.name))
        )

    @cached_property
    def begin_counter(self) -> Statement:
        """A counter that was never taken from."""
        return self._add(schema.counters)

    @cached_property
    def advance_to(self) -> Statement:
        """The next value of a counter, where it is still as seen."""
        table = schema.counters
        seen = table.c.next_value == given("seen", schema.WHOLE)
        said = update(table).where(is_given(table.c.firm_id), is_given(table.c.name), seen)
        return self.language.statement(said.values(next_value=given("to", schema.WHOLE)))

    def _add(self, table: Table) -> Statement:
        whole = {column.name: given(column.name, column.type) for column in table.columns}
        return self.language.statement(insert(table).values(whole))


def place_and_bound(order: Sequence[ColumnElement[Any]], name: str, parts: int) -> tuple[Any, Any]:
    """So many leading parts of a place in an order, and what they are compared with, named `name_0`, `name_1` …"""
    columns = order[:parts]
    values = [given(f"{name}_{place}", column.type) for place, column in enumerate(columns)]
    return (columns[0], values[0]) if parts == 1 else (tuple_(*columns), tuple_(*values))


def _belongs(table: Table, part: Table) -> ColumnElement[bool]:
    """The rows of a part that belong to a row of the table."""
    [link] = [link for link in part.foreign_key_constraints if link.referred_table is table]
    [first, second] = link.elements
    return (first.parent == first.column) & (second.parent == second.column)
