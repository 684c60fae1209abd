"""The digests that are stored: each begins with the number of its form and is made of a canonical form of values.

The canonical form leaves out fields at their default, so that a field or an argument that is added later, with a
default, changes no digest that is stored already. Classes are not named in it, so that they can be renamed.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from attrs import AttrsInstance, Factory, fields

from invoicecore.errors import InvalidInput
from invoicecore.values.inputs import decimal_parts, short_repr

_FACTORY: Any = Factory
_MICROSECOND = timedelta(microseconds=1)


def digest(form: int, value: object) -> str:
    """The digest of values of the library, or of lists and mappings of them. InvalidInput for anything else.

    >>> digest(1, ["acme", timedelta(hours=8)])
    '1:18d9ad9df81a39dd06302aca44d22cf7'
    """
    from hashlib import blake2b  # loads OpenSSL, which nothing else needs
    from json import dumps

    try:
        text = dumps(value, default=_plain, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as unfit:
        raise InvalidInput(f"{short_repr(value)} is not made of plain values; give values of the library.") from unfit
    return f"{form}:{blake2b(text.encode(), digest_size=16).hexdigest()}"


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value // _MICROSECOND
        case Decimal():
            digits, scale = decimal_parts("A number", value)
            return f"{digits}E-{scale}"
        case frozenset():
            return sorted(value)
    parts = {}
    for each in fields(cast("type[AttrsInstance]", type(value))):
        usual, part = each.default, getattr(value, each.name)
        if part != (usual.factory() if isinstance(usual, _FACTORY) else usual):
            parts[each.name] = part
    return parts
