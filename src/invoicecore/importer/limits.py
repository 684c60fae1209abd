"""How much of a file is read before it is refused?"""

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values.inputs import short_repr

_MOST = {"bytes": 1024**3, "rows": 10_000_000, "characters": 131_000}


def _from_one(_: object, attribute: object, value: object) -> None:
    name = getattr(attribute, "name", "")
    if type(value) is not int or not 1 <= value <= _MOST[name]:
        raise InvalidInput(f"{name} must be a whole number from 1 to {_MOST[name]}, not {short_repr(value)}.")


@frozen(kw_only=True)
class Limits:
    """The most `bytes` of a file, the most `rows` below its header, and the most `characters` in one cell. At most
    1 GiB, 10,000,000 rows and 131,000 characters can be allowed."""

    bytes: int = field(default=32 * 1024 * 1024, validator=_from_one)
    rows: int = field(default=100_000, validator=_from_one)
    characters: int = field(default=100_000, validator=_from_one)
