"""Values of the library as plain data that JSON can contain, and back.

`dump` and `load` need the class; `dump_any` and `load_any` store the name of the class with the data, for places that
can contain any class. `load` accepts only what `dump` wrote, now or in an earlier version: a key may be missing if its
field has a default, unknown keys are refused, and no type is converted into another. Importing this module loads
cattrs; nothing else in the library does. The data of a Login contains the hash of a password: give it to a store only.

| value | plain data |
|---|---|
| datetime | ISO 8601 in UTC with microseconds, `"2026-03-02T12:00:00.000000Z"`; another offset is read too |
| date | `"2026-03-02"` |
| timedelta | whole microseconds |
| Decimal | plain text, `"7.5"` |
| an enum member, such as Status | its value |
| tuple | list |
| mapping of text | object |
| frozenset | sorted list |
| bytes | Base64 text |
| a value that may have one of several classes | its fields, and `"type"`: the name of its class |
| a number of one of several types | itself; `{"decimal": "7.5"}`; a timedelta `{"microseconds": 27000000000}` |
"""

import re
from binascii import Error, a2b_base64
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_origin

from attrs import NOTHING, fields, has
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn

from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.model.events import Event
from invoicecore.queries.paging import ListTotals, Page
from invoicecore.value_types import TYPES
from invoicecore.values import inputs
from invoicecore.values.calendar import instant
from invoicecore.values.inputs import Hours
from invoicecore.values.plain_data import TAG, canonical, plain, tagged
from invoicecore.vocabulary import DocumentedEnum

__all__ = ["TYPES", "canonical", "dump", "dump_any", "dump_value", "load", "load_any", "load_value"]


T = TypeVar("T")

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RATIO = re.compile(r"-?[0-9]+/[1-9][0-9]*", re.ASCII)
_TOO_LARGE = 10**30  # for any whole number in the library


class _Tagged:
    """Stands for a value of any of the classes, distinguished by its tag."""


def dump(value: object) -> dict[str, Any]:
    """The value as plain data: dicts, lists, texts, whole numbers, booleans and None.

    InvalidInput for what is not a value of one of `TYPES`.

    >>> from invoicecore.values.money import Money
    >>> dump(Money.of("12.50", "USD"))
    {'minor': 1250, 'currency': 'USD'}
    """
    return dump_value(_known(value))


def load(cls: type[T], data: object) -> T:
    """The value of a class that `dump` made the data of. InvalidInput, naming the place in the data, for anything else.

    >>> from invoicecore.values.money import Money
    >>> load(Money, {"minor": "1250", "currency": "USD"})
    Traceback (most recent call last):
    invoicecore.errors.InvalidInput: This is no Money: minor: expected a whole number, not '1250'
    """
    if cls not in TYPES:
        raise InvalidInput(f"{cls!r:.80} cannot be loaded; it is not one of the library's values.")
    return load_value(cls, data)


def dump_value(value: object) -> dict[str, Any]:
    """As `dump`, for a frozen class of a room above this one, which is responsible for it: its fields hold what the
    table above has, mappings of text, and values of such classes."""
    data: dict[str, Any] = plain(value)
    return data


def load_value(cls: type[T], data: object) -> T:
    """As `load`, for what `dump_value` takes."""
    loaded: T = _load(cls, data, cls.__name__)
    return loaded


def dump_any(value: object) -> dict[str, Any] | list[dict[str, Any]] | None:
    """As `dump`, with the name of the class beside it; for a value, a tuple of values, or None.

    >>> from invoicecore.values.money import Money
    >>> dump_any(Money.of("12.50", "USD"))
    {'type': 'Money', 'minor': 1250, 'currency': 'USD'}
    """
    for each in value if isinstance(value, tuple) else () if value is None else (value,):
        _known(each)
    data: dict[str, Any] | list[dict[str, Any]] | None = tagged(value)
    return data


def _known(value: object) -> object:
    if type(value) not in TYPES:
        raise InvalidInput(f"Only the library's values can be dumped, not {inputs.type_of(value)}.")
    return value


def load_any(data: object) -> object:
    """What `dump_any` made the data of. InvalidInput for anything else."""
    if data is None:
        return None
    return _load(tuple[_Tagged, ...] if isinstance(data, list) else _Tagged, data, "value of the library")


def _load(form: Any, data: object, what: str) -> Any:
    try:
        return _converter.structure(data, form)
    except Exception as refused:
        # Three places are enough to find a mistake; a long list would bury them.
        places = transform_error(refused, format_exception=_in_words)[:3]
        raise InvalidInput(f"This is no {what}: " + "; ".join(map(_path_first, places))) from refused


def _in_words(error: BaseException, _: object) -> str:
    return str(error) if isinstance(error, InvoicecoreError) else "expected another value"


def _path_first(text: str) -> str:
    """What cattrs says as "message @ $.path", the other way round."""
    message, _, path = text.rpartition(" @ ")
    path = path.removeprefix("$").removeprefix(".")
    return f"{path}: {message}" if path else message


# single values: each check takes plain data as it is, or says what was expected


_IN_JSON: Mapping[type, str] = {int: "a whole number", dict: "an object", list: "a list"}


def _expected(what: str, data: object) -> InvalidInput:
    # Containers and large numbers are not spelled out: that could take for ever.
    match data:
        case bool() | float() | None:
            found = repr(data)
        case str():
            found = repr(data[:40])
        case _:
            found = _IN_JSON.get(type(data)) or inputs.type_of(data)
    return InvalidInput(f"expected {what}, not {found}")


def _whole(data: object, _: object = None) -> int:
    if type(data) is not int:
        raise _expected("a whole number", data)
    if not -_TOO_LARGE < data < _TOO_LARGE:
        raise InvalidInput("is too large a number")
    return data


def _text(data: object, _: object = None) -> str:
    if type(data) is not str:
        raise _expected("text", data)
    inputs.text("this text", data)  # not its result: what was dumped comes back as it was, blanks and all
    return data


def _bytes(data: object, _: object = None) -> bytes:
    if type(data) is not str:
        raise _expected("Base64 text", data)
    try:
        return a2b_base64(data, strict_mode=True)
    except (Error, ValueError) as broken:
        raise _expected("Base64 text", data) from broken


def _bool(data: object, _: object = None) -> bool:
    if type(data) is not bool:
        raise _expected("true or false", data)
    return data


def _instant(data: object, _: object) -> datetime:
    if type(data) is not str or _INSTANT.fullmatch(data) is None:
        raise _expected("a time such as '2026-03-02T12:00:00Z'", data)
    try:
        moment = datetime.fromisoformat(data)
    except ValueError as impossible:
        raise _expected("a time that there is", data) from impossible
    return instant("this time", moment)


def _date(data: object, _: object) -> date:
    if type(data) is not str or _DATE.fullmatch(data) is None:
        raise _expected("a date such as '2026-03-02'", data)
    try:
        return date.fromisoformat(data)
    except ValueError as impossible:
        raise _expected("a day that there is", data) from impossible


def _duration(data: object, _: object = None) -> timedelta:
    try:
        return inputs.duration("this duration", timedelta(microseconds=_whole(data)))
    except OverflowError as impossible:
        raise InvalidInput("is longer than any work") from impossible


def _decimal(data: object, _: object = None) -> Decimal:
    if type(data) is not str:
        raise _expected("a number as text, such as '7.5'", data)
    inputs.decimal_parts("this number", data)
    return Decimal(data)


def _ratio(data: object, _: object = None) -> Fraction:
    if type(data) is not str or len(data) > 100 or _RATIO.fullmatch(data) is None:
        raise _expected("a ratio such as '1/4'", data)
    return Fraction(data)


def _word(data: object, form: type[DocumentedEnum]) -> DocumentedEnum:
    for word in form:
        if type(data) is str and word.value == data:
            return word
    raise _expected(f"one of {', '.join(form)}", data)


def _load_hours(data: object, _: object) -> object:
    match data:
        case None:
            return None
        case str():
            return _text(data)
        case {"decimal": number, **rest} if not rest:
            return _decimal(number)
        case {"microseconds": number, **rest} if not rest:
            return _duration(number)
    return _whole(data)


# several values: the keys of an object are exactly those that are expected, and a list is a list


def _object(data: object) -> dict[str, Any]:
    if type(data) is not dict:
        raise _expected("an object", data)
    return data


def _keyed(cls: Any, make: Callable[[Any, Any], Any] | None = None) -> Callable[[Any, Any], Any]:
    names = {field.name for field in fields(cls) if field.init}
    needed = {field.name for field in fields(cls) if field.init and field.default is NOTHING}
    build: Callable[[Any, Any], Any] = make or make_dict_structure_fn(cls, _converter)

    def structure(data: object, form: Any) -> Any:
        keys = _object(data).keys()
        if not needed <= keys <= names:
            missing = ", ".join(sorted(needed - keys))
            unknown = ", ".join(sorted(f"{key!s:.40}" for key in keys - names)[:3])
            raise InvalidInput(
                " and ".join(filter(None, (missing and f"no {missing}", unknown and f"unknown {unknown}")))
            )
        return build(data, form)

    return structure


def _holds_several(form: Any) -> bool:
    return get_origin(form) in {tuple, frozenset}


def _listed(form: Any) -> Callable[[Any, Any], Any]:
    """For tuples of any or of a fixed length, and frozensets; those of the library hold one kind of thing each."""
    kind: Any = get_origin(form)
    each, *others = get_args(form)
    length = None if others in ([], [...]) else 1 + len(others)
    plain_list = GenericAlias(list, (each,))
    build = _converter.get_structure_hook(plain_list)

    def structure(data: object, _: object) -> Any:
        if type(data) is not list:
            raise _expected("a list", data)
        if length is not None and len(data) != length:
            raise InvalidInput(f"expected a list of {length}, not of {len(data)}")
        return kind(build(data, plain_list))

    return structure


def _untag(classes: Iterable[type]) -> Callable[[Any, Any], Any]:
    known = {cls.__name__: cls for cls in classes}

    def structure(data: object, _: object) -> Any:
        rest = dict(_object(data))
        name = rest.pop(TAG, None)
        if type(name) is not str or name not in known:
            raise _expected(f"the name of a class that fits here as {TAG!r}", name)
        return _converter.structure(rest, known[name])

    return structure


def _is_page(form: Any) -> bool:
    return (get_origin(form) or form) is Page


def _paged(form: Any) -> Callable[[Any, Any], Any]:
    """For pages of one kind of rows or of any: each row says what it is."""
    rows = _listed(GenericAlias(tuple, (_Tagged, ...)))
    kinds = get_args(form) or TYPES

    def build(data: Any, _: object) -> Any:
        after, before = (None if it is None else _text(it) for it in map(data.get, ("next_cursor", "previous_cursor")))
        totals = None if data.get("totals") is None else _converter.structure(data["totals"], ListTotals)
        page = Page(rows(data["rows"], None), after, before, totals)
        for row in page.rows:
            if type(row) not in kinds:
                raise _expected("rows that fit here", row)
        return page

    return _keyed(Page, build)


# the converter that holds all of this


_converter = Converter()

for _kind, _check in (
    (int, _whole),
    (str, _text),
    (bytes, _bytes),
    (bool, _bool),
    (datetime, _instant),
    (date, _date),
    (timedelta, _duration),
    (Decimal, _decimal),
    (Fraction, _ratio),
    (DocumentedEnum, _word),
):
    _converter.register_structure_hook(_kind, _check)

_converter.register_structure_hook(_Tagged, _untag(TYPES))
_converter.register_structure_hook(Event, _untag(get_args(Event)))
_converter.register_structure_hook(Hours | None, _load_hours)
_converter.register_structure_hook_func(lambda form: form is object, lambda data, _: load_any(data))
_converter.register_structure_hook_factory(has, _keyed)
_converter.register_structure_hook_factory(_holds_several, _listed)
_converter.register_structure_hook_factory(_is_page, _paged)
