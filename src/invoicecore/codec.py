"""How does a value of the library become plain data that JSON can hold, and a value again?

`dump` and `load` go by the class; `dump_any` and `load_any` write the name of the class beside the data, for places
that can hold anything. What `load` takes is what `dump` wrote, now or in an earlier version, and nothing else: every
key is there, no other key is, and no type is bent into another one. Importing this module loads cattrs; nothing else in
the library does. The data of a Login holds what was made of a password: it is for a store, and for nobody's eyes.

| value | plain data |
|---|---|
| datetime | ISO 8601 in UTC with microseconds, `"2026-03-02T12:00:00.000000Z"`; another offset is read too |
| date | `"2026-03-02"` |
| timedelta | whole microseconds |
| Decimal | plain text, `"7.5"` |
| a word, such as Status | its value |
| tuple | list |
| mapping of text | object |
| frozenset | sorted list |
| bytes | Base64 text |
| an event on its way out | its fields, and `"type"`: the name of its class |
| the result of a Remembered | as `dump_any` has it |
| the hours of a NewWorkSession | a number or a text as given; `{"decimal": "7.5"}`; `{"microseconds": 27000000000}` |
"""

import re
from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import GenericAlias
from typing import Any, TypeVar, get_args, get_origin

from attrs import fields, has
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from invoicecore.errors import InvalidInput
from invoicecore.integrity.laws import Finding, IntegrityReport
from invoicecore.ledger.entries import LedgerEntry
from invoicecore.ledger.position import Position
from invoicecore.ledger.statement import Statement, StatementRow
from invoicecore.ledger.terms import Refill, Terms
from invoicecore.ledger.verify import LedgerFault
from invoicecore.lifecycle.drafts import Difference
from invoicecore.lifecycle.invoice import Invoice, Line, PartySnapshot, Selection, StatusChange
from invoicecore.lifecycle.table import Availability
from invoicecore.model.client import Client
from invoicecore.model.events import Event, Message
from invoicecore.model.firm import Firm
from invoicecore.model.login import Login, LoginView
from invoicecore.model.person import Person
from invoicecore.model.project import Project, RateFrom
from invoicecore.model.work_session import NewWorkSession, Timer, TimerView, WorkSession, WorkSessionView
from invoicecore.ports.archive import Claim, Counter
from invoicecore.ports.store import AuditRecord, Change, IdempotencyRecord
from invoicecore.queries.clients import ClientRow, ClientSummary
from invoicecore.queries.explain import (
    BalanceExplained,
    Explanation,
    KindSum,
    RefillExplained,
    StopExplained,
    UtilizationExplained,
)
from invoicecore.queries.forecast import Forecast
from invoicecore.queries.invoices import InvoicePage, InvoiceRow, PaidPart
from invoicecore.queries.owed import Aging, AgingRow, UnbilledRow
from invoicecore.queries.paging import Page
from invoicecore.queries.people import PersonPage, PersonRow
from invoicecore.queries.printable_statement import PrintableStatement
from invoicecore.queries.projects import BilledTotals, ProjectPage, ProjectRow
from invoicecore.queries.transactions import EntrySource, TransactionRow
from invoicecore.queries.visibility import NamedRef
from invoicecore.queries.work import WorkRow
from invoicecore.settlement.account import Account, Standing
from invoicecore.settlement.draft import Draft
from invoicecore.settlement.payment import Application, Payment, Receipt
from invoicecore.settlement.printable import PrintableInvoice, PrintablePayment
from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms, Period, instant
from invoicecore.values.logo import Logo
from invoicecore.values.money import Money, Rate
from invoicecore.vocabulary import DocumentedEnum

TYPES: tuple[type, ...] = (
    # values
    Money,
    Rate,
    Period,
    PaymentTerms,
    Terms,
    Refill,
    # what is stored and changes
    Firm,
    Logo,
    Person,
    Login,
    Client,
    Account,
    Position,
    Project,
    RateFrom,
    WorkSession,
    Timer,
    Invoice,
    Line,
    Selection,
    PartySnapshot,
    Payment,
    Application,
    # what is written once
    LedgerEntry,
    StatusChange,
    AuditRecord,
    Change,
    # what is kept beside
    Claim,
    Counter,
    IdempotencyRecord,
    # what is told
    Message,
    *get_args(Event),
    # what is given and shown
    NewWorkSession,
    LoginView,
    WorkSessionView,
    TimerView,
    Standing,
    Statement,
    StatementRow,
    LedgerFault,
    Finding,
    IntegrityReport,
    Draft,
    Difference,
    Availability,
    Receipt,
    PrintableInvoice,
    PrintablePayment,
    PrintableStatement,
    # what the pages show
    Page,
    NamedRef,
    ClientRow,
    ClientSummary,
    TransactionRow,
    EntrySource,
    ProjectRow,
    BilledTotals,
    ProjectPage,
    WorkRow,
    InvoiceRow,
    InvoicePage,
    PaidPart,
    PersonRow,
    PersonPage,
    UnbilledRow,
    Aging,
    AgingRow,
    Forecast,
    Explanation,
    BalanceExplained,
    KindSum,
    UtilizationExplained,
    StopExplained,
    RefillExplained,
)
"""The classes that can be dumped and loaded."""

# What came to a class after books were first kept: data of before lacks it, and its default stands.
_LATER: Mapping[type, frozenset[str]] = {
    Firm: frozenset({"locale", "logo", "tax_id", "payment_instructions"}),
    Client: frozenset({"locale"}),
    PartySnapshot: frozenset({"locale", "logo", "tax_id", "payment_instructions"}),
    Invoice: frozenset({"notes"}),
}

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RATIO = re.compile(r"-?[0-9]+/[1-9][0-9]*", re.ASCII)
_TOO_LARGE = 10**30  # for any whole number in the library
_TAG = "type"


class _Tagged:
    """Stands for a value of any of the classes, told apart by its tag."""


def dump(value: object) -> dict[str, Any]:
    """The value as plain data: dicts, lists, texts, whole numbers, booleans and None.

    Malformed for what is not a value of one of `TYPES`.

    >>> dump(Money.of("12.50", "USD"))
    {'minor': 1250, 'currency': 'USD'}
    """
    if type(value) not in TYPES:
        raise InvalidInput(f"A {type(value).__name__} cannot be dumped; it is not one of the library's values.")
    return dump_value(value)


def load(cls: type[T], data: object) -> T:
    """The value of a class that `dump` made the data of. Malformed, naming the place in the data, for anything else.

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
    plain: dict[str, Any] = _converter.unstructure(value)
    return plain


def load_value(cls: type[T], data: object) -> T:
    """As `load`, for what `dump_value` takes."""
    loaded: T = _load(cls, data, cls.__name__)
    return loaded


def dump_any(value: object) -> dict[str, Any] | list[dict[str, Any]] | None:
    """As `dump`, with the name of the class beside it; for a value, a tuple of values, or None.

    >>> dump_any(Money.of("12.50", "USD"))
    {'type': 'Money', 'minor': 1250, 'currency': 'USD'}
    """
    if value is None:
        return None
    return [_tag(each) for each in value] if isinstance(value, tuple) else _tag(value)


def load_any(data: object) -> object:
    """What `dump_any` made the data of. Malformed for anything else."""
    if data is None:
        return None
    return _load(tuple[_Tagged, ...] if isinstance(data, list) else _Tagged, data, "value of the library")


def _load(form: Any, data: object, what: str) -> Any:
    try:
        return _converter.structure(data, form)
    except Exception as refused:
        # Three places are enough to find a mistake; a long list would bury them.
        places = transform_error(refused, format_exception=lambda error, _: str(error))[:3]
        raise InvalidInput(f"This is no {what}: " + "; ".join(map(_path_first, places))) from refused


def _path_first(text: str) -> str:
    """What cattrs says as "message @ $.path", the other way round."""
    message, _, path = text.rpartition(" @ ")
    path = path.removeprefix("$").removeprefix(".")
    return f"{path}: {message}" if path else message


# single values: each check takes plain data as it is, or says what was expected


def _expected(what: str, data: object) -> InvalidInput:
    # Containers and large numbers are not spelled out: that could take for ever.
    match data:
        case bool() | float() | None:
            found = repr(data)
        case str():
            found = repr(data[:40])
        case _:
            found = f"a {type(data).__name__}"
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
    moment = datetime.fromisoformat(data)
    return instant("this time", moment)


def _date(data: object, _: object) -> date:
    if type(data) is not str or _DATE.fullmatch(data) is None:
        raise _expected("a date such as '2026-03-02'", data)
    return date.fromisoformat(data)


def _duration(data: object, _: object = None) -> timedelta:
    return inputs.duration("this duration", timedelta(microseconds=_whole(data)))


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


def _spelled(moment: datetime) -> str:
    # The beginning, when nothing was booked yet, lies before every instant that can be given.
    meant = instant("A time", moment)
    return meant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _encoded(content: bytes) -> str:
    return b2a_base64(content, newline=False).decode()


def _plain(number: Decimal) -> str:
    digits, scale = inputs.decimal_parts("A number", number)
    text = f"{abs(digits):0{scale + 1}}"
    return f"{'-' if digits < 0 else ''}{text[: len(text) - scale]}{'.' if scale else ''}{text[len(text) - scale :]}"


def _divided(ratio: Fraction) -> str:
    return f"{ratio.numerator}/{ratio.denominator}"


def _micros(duration: timedelta) -> int:
    return duration // _MICROSECOND


def _dump_hours(hours: object) -> object:
    match hours:
        case None | str():
            return hours
        case int() if type(hours) is int:
            return hours
        case Decimal():
            return {"decimal": _plain(hours)}
        case timedelta():
            return {"microseconds": _micros(hours)}
    raise InvalidInput(f"The hours of a session cannot be a {type(hours).__name__}.")


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
    needed = names - _LATER.get(cls, frozenset())
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


def _tag(value: object) -> dict[str, Any]:
    return {_TAG: type(value).__name__, **dump(value)}


def _untag(classes: Iterable[type]) -> Callable[[Any, Any], Any]:
    known = {cls.__name__: cls for cls in classes}

    def structure(data: object, _: object) -> Any:
        rest = dict(_object(data))
        name = rest.pop(_TAG, None)
        if type(name) is not str or name not in known:
            raise _expected(f"the name of a class that fits here as {_TAG!r}", name)
        return _converter.structure(rest, known[name])

    return structure


def _is_page(form: Any) -> bool:
    return (get_origin(form) or form) is Page


def _paged(form: Any) -> Callable[[Any, Any], Any]:
    """For pages of one kind of rows or of any: each row says what it is."""
    rows = _listed(GenericAlias(tuple, (_Tagged, ...)))
    kinds = get_args(form) or TYPES

    def build(data: Any, _: object) -> Any:
        page = Page(rows(data["rows"], None), None if data["next_cursor"] is None else _text(data["next_cursor"]))
        for row in page.rows:
            if type(row) not in kinds:
                raise _expected("rows that fit here", row)
        return page

    return _keyed(Page, build)


def _dump_page(page: Page[object]) -> dict[str, Any]:
    return {"rows": [_tag(row) for row in page.rows], "next_cursor": page.next_cursor}


# the converter that holds all of this


_converter = Converter(unstruct_collection_overrides={tuple: list, frozenset: sorted})

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

for _kind, _spell in (
    (bytes, _encoded),
    (datetime, _spelled),
    (date, date.isoformat),
    (timedelta, _micros),
    (Decimal, _plain),
    (Fraction, _divided),
    (DocumentedEnum, lambda word: word.value),
):
    _converter.register_unstructure_hook(_kind, _spell)

_converter.register_structure_hook(_Tagged, _untag(TYPES))
_converter.register_structure_hook(Event, _untag(get_args(Event)))
_converter.register_unstructure_hook(Event, _tag)
_converter.register_structure_hook_factory(has, _keyed)
_converter.register_structure_hook_factory(_holds_several, _listed)
_converter.register_structure_hook_factory(_is_page, _paged)
_converter.register_unstructure_hook_func(_is_page, _dump_page)

_hours = override(struct_hook=_load_hours, unstruct_hook=_dump_hours)
_converter.register_structure_hook(
    NewWorkSession, _keyed(NewWorkSession, make_dict_structure_fn(NewWorkSession, _converter, hours=_hours))
)
_converter.register_unstructure_hook(NewWorkSession, make_dict_unstructure_fn(NewWorkSession, _converter, hours=_hours))

_result = override(struct_hook=lambda data, _: load_any(data), unstruct_hook=dump_any)
_converter.register_structure_hook(
    IdempotencyRecord, _keyed(IdempotencyRecord, make_dict_structure_fn(IdempotencyRecord, _converter, result=_result))
)
_converter.register_unstructure_hook(
    IdempotencyRecord, make_dict_unstructure_fn(IdempotencyRecord, _converter, result=_result)
)
