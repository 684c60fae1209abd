"""The mapping of classes to tables: the columns of their fields, and rows to and from values.

It is derived from the fields of the class. A field of a simple type is a column with its name. A value of several
simple values, such as payment terms, has a column for each. Anything else is plain data. A list or set of an entity may
have rows in another table, a `ChildMapping`. A row is a tuple of plain Python values;
`invoicecore.storage.sql.statements` converts them for each database.

The functions that write and read rows are generated once for each class, for speed.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache, partial
from itertools import starmap
from operator import attrgetter
from types import NoneType
from typing import Any, Final, Generic, NewType, TypeVar, cast, get_args, get_origin

from attrs import AttrsInstance, fields, frozen, has, resolve_types
from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    TextClause,
    text,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from invoicecore import codec
from invoicecore.errors import CurrencyMismatch
from invoicecore.ports.store import unchecked_versioned
from invoicecore.storage.sql.column_types import (
    BYTES,
    COUNT,
    CURRENCY,
    DAY,
    FLAG,
    ID,
    INSTANT,
    ORDINAL,
    PLAIN,
    RULES,
    SQLITE,
    SQLITE_RULES,
    TEXT,
    WHOLE,
)
from invoicecore.values.money import Money, Rate
from invoicecore.values.plain_data import canonical, is_open, plain, tagged
from invoicecore.values.tax import Tax
from invoicecore.values.unchecked import unchecked

T = TypeVar("T")

Row = tuple[Any, ...]
Types = Mapping[str, TypeEngine[Any]]
"""The types of some columns by their names, where a field's type alone does not say enough."""

metadata: Final = MetaData(naming_convention={"pk": "%(table_name)s_pk", "fk": "%(table_name)s_%(column_0_N_name)s_fk"})


# tables


def firm_table(
    name: str,
    key: Sequence[str],
    columns: Iterable[Column[Any]],
    *constraints: SchemaItem,
    references: Mapping[str, str],
    indexes: Collection[Sequence[str]] = (),
) -> Table:
    """A table whose rows belong to a firm, and are identified in it by the columns of the key. `references` has the
    `table.column` to which a column refers; `indexes` the columns by which a firm's rows are listed."""
    table = Table(
        f"ic_{name}",
        metadata,
        required("firm_id", ID),
        *columns,
        *constraints,
        PrimaryKeyConstraint("firm_id", *key),
        sqlite_strict=True,
    )
    for column in table.columns:
        rule = column.info.get("rule", RULES.get(column.type))
        if rule is not None:
            table.append_constraint(check(f"{name}_{column.name}", rule.format(column.name)))
        elif column.type in SQLITE_RULES:
            form = check(f"{name}_{column.name}", SQLITE_RULES[column.type].format(column.name))
            table.append_constraint(form.ddl_if(dialect=SQLITE))
    for column_name, target in references.items():
        referred = f"ic_{target}".split(".")
        pairs = {"firm_id": f"{referred[0]}.firm_id", column_name: ".".join(referred)}
        table.append_constraint(ForeignKeyConstraint(list(pairs), list(pairs.values())))
    called = set[str]()
    for names in indexes:
        called.add(one := next(it for it in names if it not in called))  # several may begin alike
        Index(f"{table.name}_by_{one}", table.c.firm_id, *(table.c[it] for it in names))
    # By which PostgreSQL finds what refers to a row that is to be deleted, or it would look at all rows of the firm.
    listed = {"firm_id", *key[:1], *(names[0] for names in indexes)}
    for column in (table.c[it] for it in references if it not in listed):
        there = column.is_not(None) if column.nullable else None
        name = f"{table.name}_of_{column.name}"
        Index(name, table.c.firm_id, column, postgresql_where=there, sqlite_where=there)
    return table


def required(name: str, kind: TypeEngine[Any], default: str | None = None) -> Column[Any]:
    """A column that always holds something."""
    return Column(name, kind, nullable=False, server_default=_default(default))


def nullable(name: str, kind: TypeEngine[Any], default: str | None = None) -> Column[Any]:
    """A column that may be empty."""
    return Column(name, kind, nullable=True, server_default=_default(default))


def _default(value: str | None) -> TextClause | None:
    """A default as the database gives it back, so that Alembic finds the two the same."""
    return None if value is None else text(f"'{value}'")


def enum(name: str, words: type[Enum]) -> Column[Any]:
    """A column that holds one of a few words. A new word needs a new revision of the tables: a library that does not
    know it cannot read it."""
    known = ", ".join(f"'{word.value}'" for word in words)
    return Column(name, TEXT, nullable=False, info={"rule": f"{{}} IN ({known})"})


def check(name: str, rule: str) -> CheckConstraint:
    """A rule that every row satisfies."""
    return CheckConstraint(rule, name=f"ic_{name}")


def all_or_none(name: str, first: str, *others: str) -> CheckConstraint:
    """Columns that are all empty, or none of them."""
    return check(name, " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others))


# single values


@lru_cache(maxsize=4096)
def rate_of(text: str, currency: str) -> Rate:
    """The rate that is written as this text."""
    return Rate.hourly(text, currency)


@lru_cache(maxsize=4096)
def _rate_text(rate: Rate) -> str:
    return format(rate.per_hour, "f")


def _in_currency(value: Any, currency: str) -> Any:
    """An amount or a rate, which must be in the one currency that its row has."""
    if value.currency != currency:
        raise CurrencyMismatch(value.currency, currency)
    return value


@lru_cache(maxsize=4096)
def _tax_text(tax: Tax) -> str:
    return canonical(tax).decode()


@lru_cache(maxsize=4096)
def tax_of(text: str) -> Tax:
    """The tax that is written as this text: its plain data."""
    return codec.load_value(Tax, json.loads(text))


_SINGLE: Mapping[type, tuple[TypeEngine[Any], str, str, str]] = {
    bool: (FLAG, "", "{}", "{}"),
    str: (TEXT, "", "{}", "{}"),
    int: (WHOLE, "", "{}", "{}"),
    bytes: (BYTES, "", "{}", "{}"),
    datetime: (INSTANT, "", "{}", "{}"),
    date: (DAY, "", "{}", "{}"),
    timedelta: (COUNT, "_us", "{} // microsecond", "timedelta(microseconds={})"),
    Decimal: (TEXT, "", "format({}, 'f')", "Decimal({})"),
    Tax: (TEXT, "", "tax_text({})", "tax_of({})"),
}
"""The column of each simple type: its type, what its name ends in, how it is written and how read."""

_AMOUNTS: Mapping[type, tuple[TypeEngine[Any], str, str, str]] = {
    Money: (WHOLE, "_minor", "{}.minor", "Money(minor={}, currency={})"),
    Rate: (TEXT, "", "rate_text({})", "rate_of({}, {})"),
}
"""The same for what has a currency, by which it is read: that of the row, if it has one, or else a column beside."""


class _Words(dict[str, Enum]):
    """The members of an enum by their values, which are found here in a quarter of the time that the enum takes."""

    def __init__(self, form: type[Enum]) -> None:
        super().__init__((word.value, word) for word in form)
        self._form = form

    def __missing__(self, word: str) -> Enum:
        return self._form(word)  # raises the ValueError that names it


def _holds_several(form: Any) -> bool:
    return get_origin(form) in (tuple, frozenset) or any(map(_holds_several, get_args(form)))


def _fields(kind: Any) -> Sequence[Any]:
    found: Sequence[Any] = fields(resolve_types(cast("type[AttrsInstance]", kind)))
    return found


def _maker(kind: Any) -> Any:
    """The quickest way to make values of a class: where it neither checks nor converts, it need not be asked."""
    checks = hasattr(kind, "__attrs_post_init__") or any(it.converter or it.validator for it in _fields(kind))
    return kind if checks else unchecked(kind)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


class _RowBuilder:
    """The columns of a row as they are added, with what is `written` in each: an expression over a value called `it`.
    The expressions by which values are read use the names of the columns."""

    def __init__(self, table: str, types: Types | None) -> None:
        self.columns: list[Column[Any]] = []
        self.written: list[str] = []
        self.constraints: list[CheckConstraint] = []
        self.used: dict[str, Any] = {
            "Decimal": Decimal,
            "Money": Money,
            "microsecond": timedelta(microseconds=1),
            "in_currency": _in_currency,
            "plain": plain,
            "rate_of": rate_of,
            "rate_text": _rate_text,
            "tagged": tagged,
            "tax_of": tax_of,
            "tax_text": _tax_text,
            "timedelta": timedelta,
        }
        """What the expressions name."""
        self._table = table
        self._types = types or {}

    def function(self, parameters: Iterable[str], expression: str) -> Callable[..., Any]:
        """The function that an expression is."""
        made: Callable[..., Any] = eval(f"lambda {', '.join(parameters)}: {expression}", self.used)
        return made

    def names(self, start: int = 0) -> list[str]:
        """The names of the columns, from a place on."""
        return [column.name for column in self.columns[start:]]

    def add(self, form: Any, name: str, value: str) -> str:
        """Add the columns of a field of that type and name, whose value an expression gives; how it is read."""
        several = [kind for kind in get_args(form) if kind is not NoneType]
        if NoneType in get_args(form) and len(several) == 1:
            return self._add_optional(several[0], name, value)
        if isinstance(form, NewType):
            return self._add_column(name, ID, value)
        if isinstance(form, type) and issubclass(form, Enum):
            return self._add_word(form, name, value)
        if form in _AMOUNTS:
            return self._add_amount(*_AMOUNTS[form], name, value)
        if form in _SINGLE:
            kind, end, written, read = _SINGLE[form]
            return read.format(self._add_column(name + end, kind, written.format(value)))
        if has(form) and not any(_holds_several(it.type) for it in _fields(form)):
            return self.add_value(form, f"{name}_", value)
        return self._add_plain(form, name, value)

    def add_value(self, kind: type, prefix: str, value: str) -> str:
        """Add the columns of all fields of a value; how it is read. What is checked when it is made is made once for
        all rows that hold the same."""
        start = len(self.columns)
        read = self.add_fields(kind, {}, prefix, value)
        if self.used[kind.__name__] is not kind:
            return read
        names = sorted({*self.names(start), *(name for name in self.names() if name == "currency")})
        reader = f"{prefix}{_snake(kind.__name__)}_of"
        self.used[reader] = lru_cache(maxsize=4096)(self.function(names, read))
        return f"{reader}({', '.join(names)})"

    def add_fields(self, kind: type, known: Mapping[str, str], prefix: str = "", value: str = "it") -> str:
        """Add the columns of the fields of a class, but for those of which it is known how they are read; how the whole
        is read."""
        self.used[kind.__name__] = _maker(kind)
        given = []
        for it in _fields(kind):
            start = len(self.columns)
            read = known.get(it.name) or self.add(it.type, prefix + it.name, f"{value}.{it.name}")
            for column in self.columns[start:]:
                column.info.setdefault("field", f"{kind.__name__}.{it.name}")
            if it.init:
                given.append(f"{it.alias}={read}")
        return f"{kind.__name__}({', '.join(given)})"

    def _add_column(self, name: str, kind: TypeEngine[Any], written: str) -> str:
        if kind is TEXT:
            kind = ID if name == "id" else CURRENCY if name.endswith("currency") else TEXT
        self.columns.append(required(name, self._types.get(name, kind)))
        self.written.append(written)
        return name

    def _add_word(self, form: type[Enum], name: str, value: str) -> str:
        self._add_column(name, TEXT, f"{value}._value_")
        if name not in self._types:
            self.columns[-1] = enum(name, form)
        self.used[f"{form.__name__}_of"] = _Words(form)
        return f"{form.__name__}_of[{name}]"

    def _add_amount(self, kind: TypeEngine[Any], end: str, written: str, read: str, name: str, value: str) -> str:
        """In the currency of the row, if it has one; otherwise with a column for its own."""
        if "currency" in self.names():
            value = f"in_currency({value}, {self.written[self.names().index('currency')]})"
            return read.format(self._add_column(name + end, kind, written.format(value)), "currency")
        column = self._add_column(name + end, kind, written.format(value))
        return read.format(column, self._add_column(f"{name}_currency", CURRENCY, f"{value}.currency"))

    def _add_optional(self, kind: Any, name: str, value: str) -> str:
        """What may be None has empty columns then."""
        start = len(self.columns)
        read = self.add(kind, name, value)
        first, *others = [column.name for column in self.columns[start:] if not column.nullable]
        if others:
            self.constraints.append(all_or_none(f"{self._table}_{name}", first, *others))
        for place in range(start, len(self.columns)):
            self.columns[place].nullable = True
            if self.written[place] != value:
                self.written[place] = f"None if {value} is None else {self.written[place]}"
        return read if read == first else f"None if {first} is None else {read}"

    def _add_plain(self, form: Any, name: str, value: str) -> str:
        """What is no row of single values is plain data: a tuple of simple records, of which there may be very many,
        as a list for each of them; anything else as the codec has it."""
        [kind, *_] = get_args(form) or (form,)
        if get_origin(form) is tuple and has(kind) and all(it.type in (str, int, bool) for it in _fields(kind)):
            self.used[f"{name}_fields"] = attrgetter(*(it.name for it in _fields(kind)))
            self.used[kind.__name__] = _maker(kind)
            self._add_column(name, PLAIN, f"list(map({name}_fields, {value}))")
            self.used["starmap"] = starmap
            return f"tuple(starmap({kind.__name__}, {name}))"
        self.used[f"{name}_of"] = codec.load_any if is_open(form) else partial(codec.load_value, form)
        self._add_column(name, PLAIN, f"{'tagged' if is_open(form) else 'plain'}({value})")
        self.columns[-1].nullable = form is object
        return f"{name}_of({name})"


# what lies in tables


class ChildMapping:
    """What an entity holds several of in a field, and the rows of another table in which it lies: values in their
    order, with their `place`, or the ids of a set. `flag` names a column of the entity that says whether the field is
    there at all, where it may be None."""

    def __init__(
        self,
        kind: type,
        field: str,
        table: str,
        *,
        owner: str,
        references: Mapping[str, str],
        indexes: Collection[Sequence[str]] = (),
        types: Types | None = None,
        flag: str | None = None,
    ) -> None:
        [form] = [it.type for it in _fields(kind) if it.name == field]
        if flag is not None:
            [form] = [it for it in get_args(form) if it is not NoneType]
        each, made = get_args(form)[0], _RowBuilder(table, types)
        self.field = field
        self.flag = flag
        self.owner = owner
        """The column that holds the id of the entity."""
        self.of: Callable[[Any], Any] = attrgetter(field)
        """What an entity has in the field."""
        self.rows: Callable[[Any], list[Row]]
        """The rows of that."""
        self.gathered: Final[Any] = get_origin(form)
        """What several make of their values: a tuple or a frozenset."""
        self.read: str
        """The value of a row: an expression over the names of its columns, which names what is `used`."""
        if self.gathered is frozenset:
            key = self.read = made.add(each, _snake(each.__name__), "it")
            self.rows = lambda ids: [(id,) for id in sorted(ids or ())]
        else:
            made.columns.append(required(key := "place", COUNT))
            made.written.append("place")
            self.read = made.add_fields(each, {})
            row_of = made.function(["place", "it"], f"({', '.join(made.written)})")
            self.rows = lambda several: [row_of(place, it) for place, it in enumerate(several)]
        self.columns: Final = made.columns
        self.used: Final = made.used
        self.table: Final = firm_table(
            table,
            (owner, key),
            [required(owner, ID), *made.columns],
            *made.constraints,
            references=references,
            indexes=indexes,
        )


class RecordMapping(Generic[T]):
    """What is written once: each value is a row, identified by the columns of the `key`. Of `extra` columns the value
    knows nothing."""

    def __init__(
        self,
        kind: type[T],
        table: str,
        *constraints: SchemaItem,
        key: Sequence[str],
        references: Mapping[str, str] | None = None,
        indexes: Collection[Sequence[str]] = (),
        types: Types | None = None,
        extra: Iterable[Column[Any]] = (),
    ) -> None:
        made = _RowBuilder(table, types)
        self.read: Final = made.add_fields(kind, {})
        """The value of a row: an expression over the names of its columns, which names what is `used`."""
        self.kind = kind
        own = [column for column in made.columns if column.name != "firm_id"]
        self.written: Final = made.written
        """How the columns are written: expressions over a value called `it`."""
        self.used: Final = made.used
        self.table: Final = firm_table(
            table,
            key,
            [*own, *extra],
            *made.constraints,
            *constraints,
            references=references or {},
            indexes=indexes,
        )
        self.columns: Final = [self.table.c[name] for name in made.names()]


class EntityMapping(Generic[T]):
    """What changes: an entity is a row, identified by its id, with a version, and the rows of its children.

    The columns of fields that are `inline` are not named after the field. `derived` are properties of the entity that
    are written for whoever reads the table.
    """

    def __init__(
        self,
        kind: type[T],
        table: str,
        *constraints: SchemaItem,
        id: str = "id",
        references: Mapping[str, str] | None = None,
        indexes: Collection[Sequence[str]] = (),
        types: Types | None = None,
        inline: Iterable[str] = (),
        derived: Mapping[str, type] | None = None,
        children: Sequence[ChildMapping] = (),
    ) -> None:
        made = _RowBuilder(table, types)
        known = {"id" if id == "firm_id" else id: id}
        for it in children:
            known[it.field] = it.field if it.flag is None else f"{it.field} if {it.flag} else None"
        for it in _fields(kind):
            if it.name in inline:
                known[it.name] = made.add_value(it.type, "", f"it.{it.name}")
        read = made.add_fields(kind, known)
        for name, form in (derived or {}).items():
            made.add(form, name, f"it.{name}")
        for child in children:
            if child.flag is not None:
                made.add(bool, child.flag, f"it.{child.field} is not None")
        self.kind = kind
        self.id = id
        self.children = children
        self.columns: Final = made.columns
        """All but firm, id and version."""
        self.written: Final = made.written
        """How they are written: expressions over an entity called `it`, which name what is `used`."""
        self.used: Final = made.used
        made.used["Versioned"] = unchecked_versioned
        self.read: Final = f"Versioned({read}, version)"
        """The entity: an expression over the names of its id, `version`, columns and children."""
        own_id = [] if id == "firm_id" else [required(id, ID)]
        self.table: Final = firm_table(
            table,
            [it.name for it in own_id],
            [*own_id, required("version", ORDINAL), *made.columns],
            *made.constraints,
            *constraints,
            references=references or {},
            indexes=indexes,
        )


@frozen
class Listing:
    """How an index is answered: the rows whose `key` column has the key, in the order of some columns. The key may be
    in another table, whose `link` has the id of the row."""

    table: Table
    key: Column[Any] | None
    order: tuple[Column[Any], ...]
    only: ColumnElement[bool] | None = None
    link: Column[Any] | None = None
