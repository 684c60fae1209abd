"""Values as plain data, and the canonical form for stored digests.

Plain data is what JSON can contain: dicts, lists, texts, whole numbers, booleans and None. `invoicecore.codec` lists
how each type is written, and reads plain data back. This module loads no other package but attrs.
"""

import json
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin

from attrs import NOTHING, Attribute, AttrsInstance, Factory, fields, has, resolve_types

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.calendar import instant
from invoicecore.values.inputs import short_repr, type_of

TAG = "type"
"""The key beside the fields of a value that holds the name of its class."""

_Write = Callable[[Any], Any]
_MICROSECOND = timedelta(microseconds=1)


def plain(value: object, *, sparse: bool = False) -> Any:
    """The value as plain data; a sparse one leaves out every field that has its default.

    InvalidInput for what cannot be plain data.

    >>> from invoicecore.values.calendar import PaymentTerms
    >>> plain(PaymentTerms(days=30)), plain(PaymentTerms(days=30), sparse=True)
    ({'days': 30, 'months': 0, 'end_of_month': False}, {'days': 30})
    """
    writers = _SPARSE if sparse else _WHOLE
    return writers[type(value)](value)


def tagged(value: object, *, sparse: bool = False) -> Any:
    """As `plain`, for a place that can hold values of several types: the data says of which one it is."""
    if isinstance(value, tuple):
        return [tagged(each, sparse=sparse) for each in value]
    if has(type(value)):
        return {TAG: type(value).__name__, **plain(value, sparse=sparse)}
    if isinstance(value, Decimal):
        return {"decimal": plain(value)}
    if isinstance(value, timedelta):
        return {"microseconds": plain(value)}
    if value is None or type(value) in (int, str):
        return value
    raise InvalidInput(f"Only the library's values can be dumped here, not {type_of(value)}.")


def canonical(value: object) -> bytes:
    """The one spelling of a value: sparse plain data as JSON with sorted keys and no blanks, which names no class.

    It is equal for equal values, and different for others of the same types. A new field with a default changes no
    spelling that was there before.

    >>> from invoicecore.values.calendar import PaymentTerms
    >>> canonical((PaymentTerms(days=30), None, date(2026, 3, 2)))
    b'[{"days":30},null,"2026-03-02"]'
    """
    return _ENCODER.encode(value).encode(errors="surrogatepass")


def digest(form: int, value: object) -> str:
    """A digest to be stored: the number of its form, and a digest of the canonical form of values of the library, or of
    lists and mappings of them. InvalidInput for anything else.

    >>> digest(1, ["acme", timedelta(hours=8)])
    '1:b38d2212305a6a37a6386d376479e44e'
    """
    from hashlib import blake2b  # loads OpenSSL, which nothing else needs

    try:
        text = canonical(value)
    except (TypeError, ValueError, RecursionError) as unfit:
        raise InvalidInput(f"{short_repr(value)} is not made of plain values; give values of the library.") from unfit
    return f"{form}:{blake2b(text, digest_size=16).hexdigest()}"


def _untagged(value: object) -> Any:
    return _UNTAGGED[type(value)](value)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_untagged, check_circular=False
)


_AS_THEY_ARE = (str, int, bool, NoneType, float)


def _number(number: Decimal) -> str:
    digits, scale = inputs.decimal_parts("A number", number)
    text = f"{abs(digits):0{scale + 1}}"
    return f"{'-' if digits < 0 else ''}{text[: len(text) - scale]}{'.' if scale else ''}{text[len(text) - scale :]}"


_SINGLE: dict[type, _Write] = {
    Enum: lambda word: word.value,
    datetime: lambda moment: instant("A time", moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
    date: date.isoformat,
    timedelta: lambda duration: duration // _MICROSECOND,
    Decimal: _number,
    Fraction: lambda ratio: f"{ratio.numerator}/{ratio.denominator}",
    bytes: lambda content: b2a_base64(content, newline=False).decode(),
    **dict.fromkeys(_AS_THEY_ARE, lambda value: value),
}


class _Writers(dict[type, _Write]):
    """What makes plain data of the values of each type; found when a type first occurs. Without tags, data does not say
    of which type a value is where several fit."""

    def __init__(self, *, sparse: bool, tags: bool = True) -> None:
        self._sparse = sparse
        self._tags = tags

    def __missing__(self, kind: type) -> _Write:
        self[kind] = write = self._of_fields(kind) if has(kind) else self._of_type(kind)
        return write

    def _of_type(self, kind: type) -> _Write:
        for known, write in _SINGLE.items():
            if issubclass(kind, known):
                return write
        if issubclass(kind, list | tuple):
            return lambda several: [self[type(it)](it) for it in several]
        if issubclass(kind, set | frozenset):
            return lambda several: sorted(self[type(it)](it) for it in several)
        if issubclass(kind, Mapping):
            return lambda mapping: {key: self[type(it)](it) for key, it in mapping.items()}
        raise InvalidInput(f"Only the library's values can be dumped, not a {kind.__name__}.")

    def _of_fields(self, kind: "type[AttrsInstance]") -> _Write:
        given = [it for it in fields(resolve_types(kind)) if it.init]
        defaults, sparse = {it.name: default_of(it) for it in given}, self._sparse
        is_tagged = {it.name for it in given if self._tags and is_open(it.type)}

        def write(value: object) -> dict[str, Any]:
            data = {}
            for name, default in defaults.items():
                it = getattr(value, name)
                if sparse and is_default(it, default):
                    continue
                if name in is_tagged:
                    data[name] = tagged(it, sparse=sparse)
                else:
                    data[name] = it if type(it) in _AS_THEY_ARE else self[type(it)](it)
            return data

        return write


_WHOLE, _SPARSE, _UNTAGGED = _Writers(sparse=False), _Writers(sparse=True), _Writers(sparse=True, tags=False)


def default_of(field: "Attribute[Any]") -> Any:
    """The value that a field has where none is given; `NOTHING` if one must be given."""
    default = field.default
    if isinstance(default, Factory):  # type: ignore[arg-type]  # it is a class, whatever its type says
        default = cast("Any", default).factory()
    return default if default is NOTHING or not callable(field.converter) else field.converter(default)


def is_default(value: object, default: object) -> bool:
    """Whether a value equals a default and has its type. A host's object of another class is never compared, and no
    value equals `NOTHING`."""
    return type(value) is type(default) and bool(value == default)


def is_open(form: object) -> bool:
    """Whether a field of that type leaves open which of several types its value, or each value in it, has."""
    kinds = [kind for kind in get_args(form) if kind not in (NoneType, ...)]
    if get_origin(form) is tuple:
        return any(map(is_open, kinds))
    return form is object or isinstance(form, TypeVar) or (get_origin(form) in (Union, UnionType) and len(kinds) > 1)
