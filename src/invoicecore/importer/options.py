"""What must somebody say whom a file leaves in doubt?"""

from collections.abc import Mapping

from attrs import converters, field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.inputs import short_repr
from invoicecore.vocabulary import DocumentedEnum


class DateOrder(DocumentedEnum):
    """In which order a date such as 03/04/2024 names day and month."""

    DAY_FIRST = "day_first", "3 April 2024."
    MONTH_FIRST = "month_first", "4 March 2024."


def _zone(value: str) -> str:
    return known_zone(value).key


def _order(value: object) -> DateOrder:
    return inputs.instance("date_order", value, DateOrder)


def _mark(value: object) -> str:
    if value != "." and value != ",":
        raise InvalidInput(f"decimal_mark must be '.' or ',', not {short_repr(value)}.")
    return str(value)


def _name(value: str) -> str:
    return inputs.name("An answer", value)


def _texts(value: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"columns and names must be mappings of texts to texts, not {short_repr(value)}.")
    return {inputs.name("A key", key): inputs.name("An answer", text) for key, text in value.items()}


@frozen(kw_only=True)
class ImportOptions:
    """What the file does not say; None is what is not said here either, and is asked for with OpenQuestion where it
    matters.

    `timezone` is the zone of local times; `decimal_mark` is "." or ",". `person`, `client` and `project` are for rows
    that name none. `columns` says what the columns of a generic file are called: by field, the name in the header.
    `names` are those of what a file knows by id alone. What the file says itself must not contradict them.
    """

    timezone: str | None = field(default=None, converter=converters.optional(_zone))
    date_order: DateOrder | None = field(default=None, converter=converters.optional(_order))
    decimal_mark: str | None = field(default=None, converter=converters.optional(_mark))
    person: str | None = field(default=None, converter=converters.optional(_name))
    client: str | None = field(default=None, converter=converters.optional(_name))
    project: str | None = field(default=None, converter=converters.optional(_name))
    columns: Mapping[str, str] = field(factory=dict, converter=_texts)
    names: Mapping[str, str] = field(factory=dict, converter=_texts)
