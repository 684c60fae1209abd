"""Values of the library as the JSON that a screen or an API shows, and the JSON schema of it.

Unlike `invoicecore.codec`, which writes what can be loaded again, a view has the figures that follow from a value, such
as the amount due of an invoice, and the labels of its words in the reader's language. It is not read back. The page
`docs/reference/api/screens.md` lists how each type is written.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from functools import cache, partial
from inspect import getmembers
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from attrs import evolve, fields, frozen, resolve_types

from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.ledger.position import Position
from invoicecore.ledger.remarks import Sentence
from invoicecore.lifecycle.invoice import Invoice
from invoicecore.lifecycle.table import Availability
from invoicecore.model.events import Event
from invoicecore.model.firm import FormerZone
from invoicecore.model.login import Login
from invoicecore.ports.archive import Counter, Reservation
from invoicecore.ports.store import IdempotencyRecord
from invoicecore.queries.forecast import Forecast
from invoicecore.queries.printable import PrintableStatement
from invoicecore.settlement.account import Account, Standing
from invoicecore.settlement.payment import Receipt
from invoicecore.settlement.receivables import ReceivableChange
from invoicecore.value_types import TYPES
from invoicecore.values import inputs
from invoicecore.values.calendar import Period
from invoicecore.values.inputs import short_repr
from invoicecore.values.money import Money, Rate, known_currency
from invoicecore.values.plain_data import TAG, plain
from invoicecore.vocabulary import DocumentedEnum
from invoicecore.words import LABELLED, label, say, why_not

__all__ = ["VIEWED", "json_schema", "view", "with_components"]

_HIDDEN = {
    (Standing, "account"),
    (Period, "near"),
    (Forecast, "pace"),
    (FormerZone, "last_day"),
    (Invoice, "outstanding_minor"),
    (Invoice, "paid_minor"),
    (Receipt, "payment"),
    (PrintableStatement, "rows"),
}
"""What only the library computes with, or what a view has under another name."""

VIEWED = frozenset(TYPES) - {Account, Counter, IdempotencyRecord, Login, Position, ReceivableChange, Reservation}
"""The classes that have a view. The others are for stores; a Login has the hash of a password."""

Schema = dict[str, Any]


@frozen
class _Viewer:
    """For whom a value is written: the language of labels, and the currency of minor units."""

    locale: str
    currency: str | None


@frozen
class _Shape:
    """How a value of one type is written, and the schema of what is written. The schemas of classes go into the
    definitions that are handed through."""

    write: Callable[[Any, _Viewer], Any]
    schema: Callable[[Schema], Schema]


def view(value: object, locale: str = "en", *, currency: str | None = None) -> Any:
    """A value of the library, a page, a tuple or a mapping of values as plain JSON.

    Labels are in the language of `locale`, or in English. `currency` is that of minor units where the value itself does
    not say it, as in a single Line or LedgerEntry. InvalidInput for what is not a value of the library.

    >>> from invoicecore.values.calendar import PaymentTerms
    >>> view((Money.of("12.50", "USD"), timedelta(minutes=90)))
    [{'amount': '12.50', 'currency': 'USD'}, 'PT1H30M']
    """
    viewer = _Viewer(inputs.instance("locale", locale, str), inputs.optional(currency, known_currency))
    try:
        return _write_any(value, viewer)
    except RecursionError as endless:
        raise _no_view(value) from endless


def json_schema(form: Any) -> Schema:
    """The JSON schema (2020-12) of the view of a type: a class of the library, a page such as `Page[InvoiceRow]`, a
    tuple such as `tuple[Invoice, ...]`, or a union of such.

    >>> json_schema(tuple[Money, ...])["items"]
    {'$ref': '#/$defs/Money'}
    """
    definitions: Schema = {}
    if not isinstance(form, type | NewType) and get_origin(form) is None:
        raise _no_view(form)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_shape(form).schema(definitions),
        "$defs": definitions,
    }


def with_components(openapi: Schema) -> Schema:
    """An OpenAPI document (3.1) whose schemas from `json_schema` have their definitions among its components, where
    generators of clients find them by name."""
    schemas: Schema = {}

    def moved(node: Any) -> Any:
        if isinstance(node, list):
            return [moved(it) for it in node]
        if not isinstance(node, dict):
            return node
        schemas.update({name: moved(it) for name, it in node.get("$defs", {}).items()})
        rest = {key: moved(it) for key, it in node.items() if key not in ("$defs", "$schema")}
        if str(rest.get("$ref")).startswith("#/$defs/"):
            rest["$ref"] = rest["$ref"].replace("#/$defs/", "#/components/schemas/")
        return rest

    try:
        whole: Schema = moved(inputs.instance("openapi", openapi, dict))
    except RecursionError as endless:
        raise InvalidInput("An OpenAPI document cannot hold itself.") from endless
    components = whole.get("components", {})
    return {**whole, "components": {**components, "schemas": {**components.get("schemas", {}), **schemas}}}


# single values


def _iso_duration(duration: timedelta) -> str:
    hours, rest = divmod(duration // timedelta.resolution, 3_600_000_000)
    minutes, rest = divmod(rest, 60_000_000)
    seconds = f"{rest // 1_000_000}.{rest % 1_000_000:06}".rstrip("0").rstrip(".")
    parts = (f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{seconds}S" if rest else "")
    return f"PT{''.join(parts) or '0S'}"


def _ratio(ratio: Fraction) -> str:
    millionths = round(ratio * 1_000_000)
    return f"{'-' if millionths < 0 else ''}{abs(millionths) // 1_000_000}.{abs(millionths) % 1_000_000:06}"


def _money(amount: Money, _: object = None) -> Schema:
    return {"amount": str(amount.amount), "currency": amount.currency}


def _rate(rate: Rate) -> Schema:
    return {"per_hour": plain(rate.per_hour), "currency": rate.currency}


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_NUMBER = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
_CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$"}
_LENGTH = {"type": "string", "pattern": r"^PT([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?$"}

_SINGLE: Mapping[type, tuple[Callable[[Any], Any], Schema]] = {
    NoneType: (plain, {"type": "null"}),
    bool: (plain, {"type": "boolean"}),
    int: (plain, {"type": "integer"}),
    str: (plain, _TEXT),
    bytes: (plain, {"type": "string", "contentEncoding": "base64"}),
    datetime: (plain, {"type": "string", "format": "date-time"}),
    date: (plain, {"type": "string", "format": "date"}),
    timedelta: (_iso_duration, _LENGTH),
    Decimal: (plain, _NUMBER),
    Fraction: (_ratio, _NUMBER),
}
_AMOUNTS: Mapping[type, tuple[Callable[[Any], Any], Schema]] = {
    Money: (_money, _object(amount=_NUMBER, currency=_CURRENCY)),
    Rate: (_rate, _object(per_hour=_NUMBER, currency=_CURRENCY)),
}


# shapes


def _write_any(value: object, viewer: _Viewer) -> Any:
    """A value by what it is; a field whose type is open holds one that is written so."""
    if isinstance(value, tuple | list | frozenset):
        return [_write_any(it, viewer) for it in value]
    if isinstance(value, Mapping):
        return {str(key): _write_any(it, viewer) for key, it in value.items()}
    kind: Any = type(value)
    return _shape(kind).write(value, viewer)


@cache
def _shape(form: Any) -> _Shape:
    kind, arguments = get_origin(form) or form, get_args(form)
    if isinstance(form, NewType):
        return _shape(form.__supertype__)
    if form is Sentence:
        return _Shape(lambda sentence, viewer: say(sentence, viewer.locale), lambda _: _TEXT)
    if isinstance(form, TypeVar):
        return _Shape(_write_any, lambda _: {})
    if form in _SINGLE:
        write, schema = _SINGLE[form]
        return _Shape(lambda value, _: write(value), lambda _: schema)
    if form in _AMOUNTS:
        write, schema = _AMOUNTS[form]
        return _Shape(lambda value, _: write(value), _defined(form.__name__, lambda _: schema))
    if kind in (Union, UnionType):
        return _of_several(tuple(map(_shape, arguments)))
    if isinstance(kind, type):
        if issubclass(kind, InvoicecoreError):
            return _ERROR
        if issubclass(kind, Enum):
            return _of_words(kind)
        if kind in (tuple, frozenset):
            return _of_list(kind, arguments)
        if issubclass(kind, Mapping) and arguments:
            return _of_mapping(_shape(arguments[1]))
        if kind in VIEWED:
            return _of_class(kind, arguments)
    raise _no_view(form)


def _no_view(form: object) -> InvalidInput:
    return InvalidInput(f"{short_repr(form)} has no view; give a value of the library, or its class for a schema.")


def _defined(name: str, schema: Callable[[Schema], Schema]) -> Callable[[Schema], Schema]:
    """A schema that stands among the definitions, under its name."""

    def refer(definitions: Schema) -> Schema:
        if name not in definitions:
            definitions[name] = {}  # it may hold itself
            definitions[name].update(schema(definitions))
        return {"$ref": f"#/$defs/{name}"}

    return refer


def _of_words(kind: type[Enum]) -> _Shape:
    values = [it.value for it in kind]
    schema = {"type": "integer" if issubclass(kind, IntEnum) else "string", "enum": values}
    return _Shape(lambda word, _: word.value, _defined(kind.__name__, lambda _: schema))


def _of_several(shapes: tuple[_Shape, ...]) -> _Shape:
    return _Shape(_write_any, lambda definitions: {"anyOf": [it.schema(definitions) for it in shapes]})


def _of_mapping(each: _Shape) -> _Shape:
    return _Shape(
        lambda mapping, viewer: {key: each.write(it, viewer) for key, it in mapping.items()},
        lambda definitions: {"type": "object", "additionalProperties": each.schema(definitions)},
    )


def _of_list(kind: type, arguments: tuple[Any, ...]) -> _Shape:
    if kind is tuple and ... not in arguments:
        several = tuple(map(_shape, arguments))
        return _Shape(
            lambda value, viewer: [it.write(part, viewer) for it, part in zip(several, value, strict=True)],
            lambda definitions: {
                "type": "array",
                "prefixItems": [it.schema(definitions) for it in several],
                "items": False,
                "minItems": len(several),
            },
        )
    each = _shape(arguments[0])

    def write(value: Any, viewer: _Viewer) -> Any:
        written = [each.write(part, viewer) for part in value]
        return sorted(written) if kind is frozenset else written

    return _Shape(write, lambda definitions: {"type": "array", "items": each.schema(definitions)})


def _of_class(kind: Any, arguments: tuple[Any, ...]) -> _Shape:
    given = dict(zip(getattr(kind, "__parameters__", ()), arguments, strict=False))
    members = {name: (read, _shape(form)) for name, read, form in _members(kind, given)}
    has_currency = "currency" in members
    name = "_".join([kind.__name__, *(it.__name__ for it in arguments)])

    def write(value: Any, viewer: _Viewer) -> Schema:
        if has_currency:
            viewer = evolve(viewer, currency=value.currency)
        return {name: shape.write(read(value, viewer), viewer) for name, (read, shape) in members.items()}

    def schema(definitions: Schema) -> Schema:
        described = _object(**{name: shape.schema(definitions) for name, (_, shape) in members.items()})
        if TAG in members:
            described["properties"][TAG] = {"const": kind.__name__}
        return {"description": " ".join(str(kind.__doc__).split()), **described}

    return _Shape(write, _defined(name, schema))


_Member = tuple[str, Callable[[Any, _Viewer], Any], Any]


def _members(kind: Any, given: Mapping[Any, Any]) -> Iterator[_Member]:
    """What the view of a class has: the name of each part, how it is read, and its type."""
    types = {it.name: it.type for it in fields(resolve_types(kind))}
    types |= {
        name: get_type_hints(it.fget)["return"] for name, it in getmembers(kind, lambda it: isinstance(it, property))
    }
    if kind in get_args(Event):
        yield TAG, partial(_class_name, TAG), str
    for name, form in types.items():
        whole = "amount" if name == "minor" else name.removesuffix("_minor")
        if name.startswith("_") or (kind, name) in _HIDDEN or (whole != name and whole in types):
            continue
        if whole != name:
            yield whole, partial(_amount, name), Money
            continue
        read = _why_not if (kind, name) == (Availability, "why_not") else _attribute
        yield name, partial(read, name), _filled(form, given)
        if any(it in LABELLED for it in (form, *get_args(form))):
            yield f"{name}_label", partial(_label, name), str if form in LABELLED else str | None


def _filled(form: Any, given: Mapping[Any, Any]) -> Any:
    """A type with its variables filled in, as in the rows of a page."""
    if form in given:
        return given[form]
    variables = getattr(form, "__parameters__", ())
    return form[tuple(given[it] for it in variables)] if given and variables else form


# how the parts of a value are read


def _class_name(_: str, value: object, viewer: _Viewer) -> str:
    return type(value).__name__


def _attribute(name: str, value: object, viewer: _Viewer) -> Any:
    return getattr(value, name)


def _label(name: str, value: object, viewer: _Viewer) -> str | None:
    word: DocumentedEnum | None = getattr(value, name)
    return None if word is None else label(word, viewer.locale)


def _why_not(name: str, value: object, viewer: _Viewer) -> str:
    return why_not(getattr(value, name), viewer.locale)


def _amount(name: str, value: object, viewer: _Viewer) -> Money:
    if viewer.currency is None:
        raise InvalidInput("This value counts minor units and does not say of which currency: pass currency='USD'.")
    return Money(minor=getattr(value, name), currency=viewer.currency)


# errors


def _problem(error: InvoicecoreError, viewer: _Viewer) -> Schema:
    params = {name: _write_any(it, viewer) for name, it in error.params.items()}
    return {"code": error.code, "field": error.field, "params": params, "message": say(error, viewer.locale)}


def _error(error: InvoicecoreError, viewer: _Viewer) -> Schema:
    problems = error.problems if isinstance(error, InvalidInput) else ()
    return {
        "status": error.http_status,
        **_problem(error, viewer),
        "problems": [_problem(it, viewer) for it in problems],
    }


_PROBLEM: Schema = {
    "code": _TEXT,
    "field": {"anyOf": [_TEXT, {"type": "null"}]},
    "params": {"type": "object"},
    "message": _TEXT,
}
_ERROR = _Shape(
    _error,
    _defined(
        "Error",
        lambda definitions: _object(
            status={"type": "integer"},
            **_PROBLEM,
            problems={"type": "array", "items": _defined("Problem", lambda _: _object(**_PROBLEM))(definitions)},
        ),
    ),
)
