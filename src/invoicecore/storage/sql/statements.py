"""The SQL statements of the library, and the conversion of values for a database.

SQLAlchemy builds the statements once for each database. They are then passed to the driver directly, because running
them through SQLAlchemy would take several times as long.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, reduce
from itertools import starmap
from operator import itemgetter
from typing import Any, Final, TypeVar

from attrs import frozen
from sqlalchemy import (
    ARRAY,
    BindParameter,
    Column,
    ColumnElement,
    Delete,
    Dialect,
    FromClause,
    Insert,
    Select,
    SelectBase,
    Table,
    Update,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.types import Text, TypeEngine

from invoicecore.model.client import Client
from invoicecore.model.events import Message
from invoicecore.model.firm import Firm
from invoicecore.model.person import Person
from invoicecore.model.project import Project
from invoicecore.ports.store import FirmTask, Versioned, WaitingMessage
from invoicecore.settlement.account import Account
from invoicecore.storage.sql import schema
from invoicecore.storage.sql.column_types import DAY, FLAG, ID, INSTANT, PLAIN, SQLITE, WHOLE
from invoicecore.storage.sql.mapping import ChildMapping, EntityMapping, Listing, RecordMapping
from invoicecore.storage.sql.migrations import VERSIONS
from invoicecore.storage.sql.schema import ENTITIES, FACTS, RECORDS

T = TypeVar("T")

_VALUE = Text()  # a text that lies in no column

_Convert = Callable[[Any], Any]
_Converters = dict[TypeEngine[Any], _Convert]

_READ_ALONG: Mapping[type[Any], Sequence[type[Any]]] = {Person: (Firm,), Project: (Client, Account)}
"""What an entity belongs to and what is nearly always read with it, so that one statement reads all of it."""


_OF_ENTITY = ("firm_id", "id", "before", "it")


@frozen
class SqlStatement:
    """Text for the driver's cursor, and how its values are put in their places: values by their names, or what a row
    is made of."""

    sql: str
    placed: Callable[..., Sequence[Any]]


_day = lru_cache(maxsize=4096)(date.isoformat)
_json_text: Final = json.JSONEncoder(check_circular=False).encode
_raw_json: Final = json.JSONDecoder().raw_decode
_CLOCK: Final = "T%02d:%02d:%02d.%06dZ"  # in half of the time that `isoformat` takes


def _of_json_text(text: str) -> Any:
    """The value that a text is: where nothing is around it, as the library writes it, in half of the usual time."""
    try:
        value, end = _raw_json(text)
    except json.JSONDecodeError:
        return json.loads(text)
    return value if end == len(text) else json.loads(text)


@lru_cache(maxsize=4096)  # a command writes its own moment in many places
def _instant(moment: datetime) -> str:
    return _day(moment.date()) + _CLOCK % (moment.hour, moment.minute, moment.second, moment.microsecond)


def _read_instant(value: datetime) -> datetime:
    return value.astimezone(UTC)


_SQLITE_IN: _Converters = {
    INSTANT: _instant,
    DAY: _day,
    FLAG: int,  # which Python's driver of SQLite takes much faster than a bool
    PLAIN: _json_text,
}
_SQLITE_OUT: _Converters = {
    INSTANT: datetime.fromisoformat,
    DAY: date.fromisoformat,
    FLAG: bool,
    PLAIN: _of_json_text,
}
# Rows of children come as JSON, in which even PostgreSQL writes an instant, with its offset, and a day as text.
_JSON_OUT: _Converters = {
    INSTANT: lambda text: datetime.fromisoformat(text).astimezone(UTC),
    DAY: date.fromisoformat,
    FLAG: bool,
}
_POSTGRES_IN: _Converters = {PLAIN: _json_text}
_POSTGRES_OUT: _Converters = {INSTANT: _read_instant}


class RowCodec:
    """How the values of a row go into the database and come out, where they do not go as they are."""

    def __init__(self, columns: Sequence[Column[Any]], into: _Converters, out: _Converters) -> None:
        whole = f"({''.join(f'{column.name}, ' for column in columns)})"
        encode, decode = (_conversion(columns, converters, whole, {}) for converters in (into, out))
        self.encode: Final[Callable[[Sequence[Any]], Sequence[Any]]] = lambda row: encode(*row)
        """A row as the database takes it."""
        self.decode: Final[Callable[[Sequence[Any]], Sequence[Any]]] = lambda row: decode(*row)
        """A row as Python has it."""


def _conversion(
    columns: Iterable[Column[Any]],
    converters: _Converters,
    value: str,
    used: Mapping[str, Any],
    others: Mapping[str, _Convert] | None = None,
) -> Callable[..., Any]:
    """The function that a value is: an expression over the names of columns, which are converted, and of others behind
    them, each with what converts it. Generated for speed, as the mapping's functions are."""
    convert = dict(others or {})
    lines = [f"    {name} = of_{name}({name})" for name in convert]
    names = [*(column.name for column in columns), *convert]
    for column in columns:
        if column.type in converters:
            convert[name := column.name] = converters[column.type]
            lines.append(f"    if {name} is not None: {name} = of_{name}({name})")
    known: dict[str, Any] = {**used, **{f"of_{name}": it for name, it in convert.items()}}
    exec("\n".join([f"def converted({', '.join(names)}):", *lines, f"    return {value}"]), known)
    made: Callable[..., Any] = known["converted"]
    return made


class SqlDialect:
    """One database's SQL: statements made from SQLAlchemy's, and the way in which values are written."""

    def __init__(self, of: Dialect, schema: str | None = None) -> None:
        self.is_sqlite: Final = of.name == SQLITE
        self._in_schema: dict[str, Any] = {}
        if schema is not None:
            self._in_schema = {"schema_translate_map": {None: schema}, "render_schema_translate": True}
        # One question mark, or %s, for each value: its place says which it is.
        positional: Any = type(of)
        self._compiler: Dialect = positional(paramstyle="qmark" if self.is_sqlite else "format")
        self._into, self._out = (_SQLITE_IN, _SQLITE_OUT) if self.is_sqlite else (_POSTGRES_IN, _POSTGRES_OUT)

    def statement(self, query: SelectBase | Insert | Update | Delete) -> SqlStatement:
        """The statement as the driver takes it. Its values are given by the names of its parameters."""
        sql, names, fixed = self._compiled(query)
        if len(names) == 1:
            return SqlStatement(sql, lambda given, name=names[0]: (given.get(name, fixed.get(name)),))
        place = itemgetter(*names) if names else lambda given: ()
        return SqlStatement(sql, (lambda given: place({**fixed, **given})) if fixed else place)

    def writing(
        self,
        query: Insert | Update | Delete,
        arguments: Sequence[str],
        values: Mapping[str, str],
        columns: Mapping[Column[Any], str],
        used: Mapping[str, Any],
    ) -> SqlStatement:
        """The statement that writes a row, which is made of those arguments: `values` are expressions over them by the
        names of parameters, and `columns` are those of `new_` values, which are converted. Generated for speed."""
        sql, names, fixed = self._compiled(query)
        known, made = {**fixed, **used}, {**{name: name for name in fixed}, **values}
        for column, value in columns.items():
            if column.type in self._into:
                known[into := f"into_{column.name}"] = self._into[column.type]
                value = f"None if (v := {value}) is None else {into}(v)" if column.nullable else f"{into}({value})"
            made[f"new_{column.name}"] = value
        row = ", ".join(made[name] for name in names)
        return SqlStatement(sql, eval(f"lambda {', '.join(arguments)}: ({row},)", known))

    def _compiled(self, query: SelectBase | Insert | Update | Delete) -> tuple[str, list[str], dict[str, Any]]:
        """A statement as text, the names of its parameters in their places, and the values of those that have one."""
        compiled = query.compile(dialect=self._compiler, compile_kwargs={"render_postcompile": True}, **self._in_schema)
        sql = _with_small_verb(str(compiled)) if self.is_sqlite else str(compiled)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return sql, list(compiled.positiontup or ()), fixed

    def row_codec(self, columns: Iterable[Column[Any]]) -> RowCodec:
        """The codec of rows of these columns."""
        return RowCodec(list(columns), self._into, self._out)

    def made_of_child(self, child: ChildMapping) -> Callable[..., Any]:
        """What makes a value of a row that came as JSON, whose parts are the arguments."""
        return _conversion(child.columns, _JSON_OUT, child.read, child.used)

    def made_of_record(self, record: RecordMapping[Any]) -> Callable[..., Any]:
        """What makes a value of a row, whose parts are the arguments."""
        return _conversion(record.columns, self._out, record.read, record.used)

    def made_of_entity(self, entity: EntityMapping[Any], children: Mapping[str, _Convert]) -> Callable[..., Any]:
        """What makes an entity of its id, its version, the rest of its row, which is read `as_text`, and the rows of
        its children, each of which is converted."""
        table = entity.table
        columns = [table.c[entity.id], table.c.version, *entity.columns]
        return _conversion(columns, self._out | {PLAIN: _of_json_text}, entity.read, entity.used, children)

    def as_text(self, column: Column[Any]) -> ColumnElement[Any]:
        """A column, whose plain data is text, so that the same rows are known as the same."""
        return cast(column, _VALUE).label(column.name) if column.type is PLAIN and not self.is_sqlite else column

    def row_as_json(self, columns: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
        """Some columns as one JSON array."""
        return func.json_array(*columns) if self.is_sqlite else func.json_build_array(*columns)

    def rows_as_json(self, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """All rows of some columns as one JSON array of arrays, in any order; empty or NULL if there are none."""
        row = self.row_as_json(columns)
        return select(func.json_group_array(row) if self.is_sqlite else cast(func.json_agg(row), _VALUE))

    def of_json(self, value: Any) -> Sequence[Any]:
        """What came as JSON, which SQLite gives as text."""
        return _of_json_text(value) if isinstance(value, str) else value or ()

    def rows_of_json(self, value: Any) -> Sequence[Sequence[Any]]:
        """The rows that `rows_as_json` gave, in the order of what comes first in them."""
        return sorted(self.of_json(value), key=itemgetter(0))

    def encoded(self, value: Any) -> Any:
        """Any value as it is compared with, by what it is; a set is several texts."""
        if isinstance(value, frozenset):
            return self.several(value)
        if not self.is_sqlite or not isinstance(value, date):
            return value
        return _instant(value) if isinstance(value, datetime) else value.isoformat()

    def among(self, column: Column[Any], name: str) -> ColumnElement[bool]:
        """Whether a column is one of several texts, which are given under that name as `several` writes them."""
        if self.is_sqlite:
            return column.in_(select(func.json_each(given(name, _VALUE)).table_valued("value").c.value))
        return column == any_(given(name, ARRAY(_VALUE)))

    def has_one(self, name: str, *texts: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether one of several texts, which are given under that name, is in one of these, with A to Z in either
        case; both databases know no other letters here."""
        parts: list[ColumnElement[Any]] = [func.coalesce(it, "") for it in texts]
        whole = reduce(lambda one, other: one + "\n" + other, parts)
        if self.is_sqlite:
            sought = func.json_each(given(name, _VALUE)).table_valued("value").alias("sought")
            return exists().select_from(sought).where(func.instr(func.lower(whole), sought.c.value) > 0)
        each = func.unnest(given(name, ARRAY(_VALUE))).column_valued("sought")
        return exists(select(each).where(func.strpos(func.lower(whole.collate("C")), each) > 0))

    def several(self, texts: Iterable[str]) -> Any:
        """Several texts as one value."""
        return json.dumps(list(texts)) if self.is_sqlite else list(texts)


def _with_small_verb(sql: str) -> str:
    """The statement with its verb in small letters: by it Python's driver of SQLite tells what writes, and in a
    Turkish locale it does not know INSERT, whose I it takes for another letter."""
    verb, blank, rest = sql.partition(" ")
    return verb.lower() + blank + rest


def given(name: str, kind: TypeEngine[Any]) -> BindParameter[Any]:
    """The value of a type that is given under a name when a statement is executed."""
    return bindparam(name, type_=kind, required=False)


def is_given(column: Column[Any], name: str | None = None) -> ColumnElement[bool]:
    """Whether a column is what is given under a name; under its own, if none is given."""
    return column == given(name or column.name, column.type)


class EntityStatements:
    """The statements about one kind of entity."""

    def __init__(
        self, mapping: EntityMapping[Any], dialect: SqlDialect, along: "Sequence[EntityStatements]" = ()
    ) -> None:
        self.mapping = mapping
        self.along: Final = along
        """What is read with an entity, as it belongs to it."""
        table, id = mapping.table, mapping.table.c[mapping.id]
        self.children: Final = [ChildStatements(child, mapping, dialect) for child in mapping.children]
        # What is read of a row: its id, its version, the rest, and the rows of each child.
        columns = map(dialect.as_text, mapping.columns)
        self.read: Final = (id, table.c.version, *columns, *(child.rows for child in self.children))
        # The same row is the same value, and the values of these kinds are read by nearly every command. SQLite gives
        # such a row as one text beside its id, since its driver takes long for each column.
        often = mapping.kind in {Firm, Person, Client, Project}
        self._is_text = often and dialect.is_sqlite
        self._got = (id, dialect.row_as_json(self.read)) if self._is_text else self.read
        decoded = dialect.made_of_entity(mapping, {it.mapping.field: it.of_json for it in self.children})
        self.made: Final[Callable[..., Versioned[Any]]] = lru_cache(maxsize=1024)(decoded) if often else decoded
        """The entity of what was read of it, whose parts are the arguments."""
        self._made_of_text = lru_cache(maxsize=1024)(lambda text: decoded(*_of_json_text(text)))
        mine = [is_given(table.c.firm_id), *([] if id.name == "firm_id" else [is_given(id, "id")])]
        there = [*mine, is_given(table.c.version, "before")]
        values = {column.name: given(f"new_{column.name}", column.type) for column in mapping.columns}
        values["version"] = given("new_version", WHOLE)
        whole = {**values, id.name: given("id", ID), "firm_id": given("firm_id", ID)}
        self.get: Final = dialect.statement(self._read_along().where(*mine))
        # Each is made of the firm, the id, the version before, and the entity; `remove` without it.
        known = {"firm_id": "firm_id", "id": "id", "before": "before", "new_version": "before + 1"}
        made = (known, dict(zip(mapping.columns, mapping.written, strict=True)), mapping.used)
        self.add: Final = dialect.writing(insert(table).values(whole), _OF_ENTITY, *made)
        self.change: Final = dialect.writing(update(table).where(*there).values(values), _OF_ENTITY, *made)
        self.remove: Final = dialect.writing(delete(table).where(*there), _OF_ENTITY[:-1], known, {}, {})

    def _read_along(self) -> Select[Any]:
        """What is read of an entity, and of what it belongs to. With the firm, which is read first, comes the version
        of the tables: they may have been upgraded meanwhile."""
        table = self.mapping.table
        tables: FromClause = table
        columns = [*self._got]
        for other in self.along:
            its, columns = other.mapping.table, [*columns, *other._got]
            is_that = [] if other.mapping.kind is Firm else [its.c[other.mapping.id] == table.c.client_id]
            tables = tables.outerjoin(its, and_(is_given(its.c.firm_id), *is_that))
        if Firm in {it.mapping.kind for it in (self, *self.along)}:
            columns.append(found_version())
        return select(*columns).select_from(tables)

    def got(self, row: Sequence[Any]) -> Iterator[tuple[tuple[type[Any], str], Versioned[Any]]]:
        """The entities that `get` read as one row, each with its kind and id."""
        start = 0
        for it in (self, *self.along):
            id, end = row[start], start + len(it._got)
            if id is not None:
                value = it._made_of_text(row[start + 1]) if it._is_text else it.made(*row[start:end])
                yield (it.mapping.kind, id), value
            start = end

    def built(self, row: Sequence[Any]) -> Versioned[Any]:
        """The entity that was read as this row."""
        return self.made(*row[: len(self.read)])


def found_version() -> ColumnElement[str]:
    """The version that the tables have."""
    return select(VERSIONS.c.version_num).limit(1).scalar_subquery().label("tables")


class ChildStatements:
    """The statements about the rows that belong to entities."""

    def __init__(self, mapping: ChildMapping, owner: EntityMapping[Any], dialect: SqlDialect) -> None:
        table, owner_id = mapping.table, mapping.table.c[mapping.owner]
        self.mapping = mapping
        self._made = dialect.made_of_child(mapping)
        self._dialect = dialect
        mine = (is_given(table.c.firm_id), owner_id == owner.table.c[owner.id])
        rows = dialect.rows_as_json(mapping.columns).where(*mine).correlate(owner.table)
        self.rows: Final = rows.scalar_subquery().label(table.name)
        values = {column.name: given(f"new_{column.name}", column.type) for column in mapping.columns}
        of = {"firm_id": given("firm_id", ID), owner_id.name: given("id", ID)}
        known = {"firm_id": "firm_id", "id": "id"}
        parts = {column: column.name for column in mapping.columns}
        arguments = [*known, *parts.values()]
        self.add: Final = dialect.writing(insert(table).values({**values, **of}), arguments, known, parts, {})
        self.remove: Final = dialect.statement(delete(table).where(is_given(table.c.firm_id), is_given(owner_id, "id")))

    def of_json(self, value: Any) -> Any:
        """What an entity has in the field, of the rows that were read with it."""
        return self.mapping.gathered(starmap(self._made, self._dialect.rows_of_json(value)))

    def given(self, firm_id: str, id: str, entity: Any) -> list[Sequence[Any]]:
        """The rows for `add` that an entity has here."""
        return [self.add.placed(firm_id, id, *row) for row in self.mapping.rows(self.mapping.of(entity))]


class RecordStatements:
    """The statements about one kind of fact, or of what is stored beside the entities."""

    def __init__(self, mapping: RecordMapping[Any], dialect: SqlDialect) -> None:
        self.mapping = mapping
        self.columns: Final = mapping.columns
        self.made: Final = dialect.made_of_record(mapping)
        """The value of what was read of it, whose parts are the arguments."""
        self._dialect = dialect
        whole: dict[str, Any] = {it.name: given(f"new_{it.name}", it.type) for it in mapping.columns}
        whole["firm_id"] = given("firm_id", ID)
        if mapping.table is schema.audit and dialect.is_sqlite:  # where one transaction writes at a time
            whole["position"] = func.coalesce(whole["position"], next_position())
        written = dict(zip(mapping.columns, mapping.written, strict=True))
        query = insert(mapping.table).values(whole)
        self.add: Final = dialect.writing(query, ["firm_id", "it"], {"firm_id": "firm_id"}, written, mapping.used)
        """Made of the firm and the record."""

    @cached_property
    def get(self) -> SqlStatement:
        """The row of a key, given by the names of its columns."""
        there = map(is_given, self.mapping.table.primary_key.columns)
        return self._dialect.statement(select(*self.columns).where(*there))

    def built(self, row: Sequence[Any]) -> Any:
        """What was read as this row."""
        return self.made(*row)


def next_position() -> ColumnElement[int]:
    """The position after those that the audit records of a firm have."""
    table = schema.audit
    highest = select(func.max(table.c.position)).where(is_given(table.c.firm_id)).scalar_subquery()
    return func.coalesce(highest, 0) + 1


class ReservationStatements:
    """The statements about reservations."""

    def __init__(self, dialect: SqlDialect) -> None:
        table = schema.reservations
        mine = (is_given(table.c.firm_id), is_given(table.c.kind))
        as_seen = (*mine, is_given(table.c.key), is_given(table.c.owner, "seen"))
        self.get: Final = dialect.statement(
            select(table.c.key, table.c.owner).where(*mine, dialect.among(table.c.key, "keys"))
        )
        self.change: Final = dialect.statement(update(table).where(*as_seen).values(owner=given("owner", ID)))
        self.remove: Final = dialect.statement(delete(table).where(*as_seen))


class OutboxStatements:
    """The statements about messages on their way out."""

    def __init__(self, messages: RecordMapping[Any], dialect: SqlDialect) -> None:
        table = messages.table
        due, state = table.c.due, (table.c.due, table.c.attempts, table.c.error)
        self.codec: Final = dialect.row_codec(state)
        is_due = due <= given("now", due.type)
        # What is read: the state, and the message.
        read = select(*state, *messages.columns).where(is_given(table.c.firm_id)).limit(given("most", WHOLE))
        self.due: Final = dialect.statement(read.where(is_due).order_by(due, table.c.at, table.c.id))
        self.resting: Final = dialect.statement(read.where(due.is_(None)).order_by(table.c.at, table.c.id))
        there = (is_given(table.c.firm_id), is_given(table.c.id))
        as_seen = due.is_not_distinct_from(given("seen", due.type))
        values = {column.name: given(f"new_{column.name}", column.type) for column in state}
        self.names: Final = [f"new_{name}" for name in values]
        self.reschedule: Final = dialect.statement(update(table).where(*there, as_seen).values(values))
        self.acknowledge: Final = dialect.statement(delete(table).where(*there))

    def state(self, waiting: WaitingMessage) -> dict[str, Any]:
        """The values of a message that is put off, for `reschedule`, by their names."""
        return dict(zip(self.names, self.codec.encode((waiting.due, waiting.attempts, waiting.error)), strict=True))


class Statements:
    """All statements for one kind of database."""

    def __init__(self, of: Dialect, schema: str | None = None) -> None:
        dialect = SqlDialect(of, schema)
        self.dialect: Final = dialect
        self.entities: Final[dict[type[Any], EntityStatements]] = {}
        for mapping in ENTITIES:
            along = [self.entities[kind] for kind in _READ_ALONG.get(mapping.kind, ())]
            self.entities[mapping.kind] = EntityStatements(mapping, dialect, along)
        self.records: Final = {mapping.kind: RecordStatements(mapping, dialect) for mapping in (*FACTS, *RECORDS)}
        places = {kind: place for place, kind in enumerate((*self.entities, *self.records))}
        self.place_of: Final[Callable[[type[Any]], int]] = places.__getitem__
        """The place of each kind in the order in which all is written."""
        self.reservations: Final = ReservationStatements(dialect)
        self.outbox: Final = OutboxStatements(self.records[Message].mapping, dialect)
        self._listings: dict[tuple[Any, ...], SqlStatement] = {}
        self._made: dict[Callable[[Statements], Any], Any] = {}

    def once(self, make: Callable[["Statements"], T]) -> T:
        """What a function makes for this database; it is made when it is first needed, and stored."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    def listing(self, listing: Listing, after: int, before: int, *, limited: bool, descending: bool) -> SqlStatement:
        """What an index lists, between bounds of so many parts. Its values are `key`, `after_0`…, `before_0`…, and
        `most`."""
        known = (listing.table.name, str(listing.key), listing.order, listing.only is not None)
        form = (*known, after, before, limited, descending)
        if form not in self._listings:
            self._listings[form] = self._list(listing, after, before, limited, descending)
        return self._listings[form]

    def _list(self, listing: Listing, after: int, before: int, limited: bool, descending: bool) -> SqlStatement:
        table, order = listing.table, listing.order
        entity = next((it for it in self.entities.values() if it.mapping.table is table), None)
        columns = entity.read if entity is not None else [it for it in table.columns if it.name != "firm_id"]
        query = select(*columns).where(is_given(table.c.firm_id))
        if listing.key is not None:
            query = query.where(is_given(listing.key, "key"))
            if listing.link is not None:
                part = listing.link.table
                query = query.join(part, is_given(part.c.firm_id) & (listing.link == table.c.id))
        if listing.only is not None:
            query = query.where(listing.only)
        # As tuples are compared: what begins with a bound of fewer parts comes after it.
        if after:
            low, bound = place_and_bound(order, "after", after)
            query = query.where(low > bound if after == len(order) else low >= bound)
        if before:
            high, bound = place_and_bound(order, "before", before)
            query = query.where(high < bound)
        query = query.order_by(*(column.desc() if descending else column for column in order))
        return self.dialect.statement(query.limit(given("most", WHOLE)) if limited else query)

    @cached_property
    def number_audit(self) -> SqlStatement:
        """Give a position to the audit records that have none yet, in the order in which their transactions began to
        write: one that depends on another began after that one was committed."""
        table = schema.audit
        mine = is_given(table.c.firm_id)
        order = (func.age(literal_column("xmin")).desc(), table.c.id)
        place = (next_position() - 1 + func.row_number().over(order_by=order)).label("place")
        numbered = select(table.c.id, place).where(mine, table.c.position.is_(None)).subquery("numbered")
        query = update(table).where(mine, table.c.id == numbered.c.id).values(position=numbered.c.place)
        return self.dialect.statement(query)

    @cached_property
    def unnumbered(self) -> SqlStatement:
        """One audit record that has no position yet."""
        table = schema.audit
        query = select(table.c.id).where(is_given(table.c.firm_id), table.c.position.is_(None))
        return self.dialect.statement(query.limit(1))

    @cached_property
    def version(self) -> SqlStatement:
        """The version of the tables."""
        return self.dialect.statement(select(found_version()))

    @cached_property
    def lock_accounts(self) -> SqlStatement:
        """The accounts of several clients, locked one after the other; on SQLite one transaction writes at a time."""
        table = schema.accounts
        several = (is_given(table.c.firm_id), self.dialect.among(table.c.client_id, "accounts"))
        query = select(table.c.client_id).where(*several).order_by(table.c.client_id)
        return self.dialect.statement(query.with_for_update(key_share=True))

    @cached_property
    def firms(self) -> Mapping[FirmTask | None, SqlStatement]:
        """The firms with a task, by the task; with none of them, all. Each is one statement over all firms."""
        accounts, invoices = schema.accounts.c, schema.invoices.c
        refilled = accounts.balance_minor + accounts.outstanding_minor <= accounts.refill_threshold_minor
        asked = invoices.total_minor - invoices.covered_minor > invoices.paid_minor
        late = and_(schema.IS_AWAITED, invoices.due_on < given("today", DAY), asked)
        found: Mapping[FirmTask | None, tuple[Table, ColumnElement[bool]]] = {
            None: (schema.firms, true()),
            FirmTask.MAIL: (schema.outbox, schema.outbox.c.due <= given("now", INSTANT)),
            FirmTask.REFILLS: (schema.accounts, refilled),
            FirmTask.OVERDUE: (schema.invoices, late),
        }
        return {task: self._firms(table.c.firm_id, which) for task, (table, which) in found.items()}

    def _firms(self, firm_id: Column[Any], which: ColumnElement[bool]) -> SqlStatement:
        query = select(firm_id).where(which, firm_id > given("after", ID)).distinct()
        return self.dialect.statement(query.order_by(firm_id).limit(given("most", WHOLE)))

    @cached_property
    def advance_to(self) -> SqlStatement:
        """The next value of a counter, where it is still as seen."""
        table = schema.counters
        seen = table.c.next == given("seen", WHOLE)
        query = update(table).where(is_given(table.c.firm_id), is_given(table.c.name), seen)
        return self.dialect.statement(query.values(next=given("to", WHOLE)))


def place_and_bound(order: Sequence[ColumnElement[Any]], name: str, parts: int) -> tuple[Any, Any]:
    """So many leading parts of a place in an order, and what they are compared with, named `name_0`, `name_1` …"""
    columns = order[:parts]
    values = [given(f"{name}_{place}", column.type) for place, column in enumerate(columns)]
    return (columns[0], values[0]) if parts == 1 else (tuple_(*columns), tuple_(*values))
