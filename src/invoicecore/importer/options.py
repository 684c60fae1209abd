"""The options for what a file does not say, and the limits of a file."""

from collections.abc import Iterable, Mapping

from attrs import converters, field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.importer.directory_index import spelled
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.inputs import short_repr
from invoicecore.vocabulary import DocumentedEnum

_MOST = {"bytes": 1024**3, "rows": 10_000_000, "characters": 131_000}


class DateOrder(DocumentedEnum):
    """In which order a date such as 03/04/2024 names day and month."""

    DAY_FIRST = "day_first", "3 April 2024."
    MONTH_FIRST = "month_first", "4 March 2024."
    YEAR_FIRST = "year_first", "24 April 2003, where the year has two digits: 03/04/24."


class DurationRule(DocumentedEnum):
    """Which duration counts in the rows of a file that have start and end, and state how long it took as well."""

    STATED = "stated", "The duration that the file states."
    CLOCK = "clock", "The time from start to end."


class SimilarRule(DocumentedEnum):
    """What becomes of new rows that are probably the same as work that is in the books already."""

    REPLACE = "replace", "The session in the books is changed to what the row says, unless an invoice holds it."
    BOTH = "both", "The row is other work, and is recorded as well."
    SKIP = "skip", "The session in the books stays as it is, and the row is not recorded."


def _zone(value: str) -> str:
    return known_zone(value).key


def _order(value: object) -> DateOrder:
    return inputs.instance("date_order", value, DateOrder)


def _rule(value: object) -> DurationRule:
    return inputs.instance("duration_rule", value, DurationRule)


def _mark(value: object) -> str:
    if value != "." and value != ",":
        raise InvalidInput(f"decimal_mark must be '.' or ',', not {short_repr(value)}.")
    return str(value)


def _name(value: str) -> str:
    return inputs.name("A name among the options", value)


def _all_billable(value: bool) -> bool:
    return inputs.yes_or_no("all_billable", value)


def _names(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidInput(f"billable must be several names, such as a list, not {short_repr(value)}.")
    return tuple(spelled(_name(name)) for name in value)


def _texts(value: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"columns and names must be mappings of texts to texts, not {short_repr(value)}.")
    return {_name(key): _name(text) for key, text in value.items()}


@frozen(kw_only=True)
class ImportOptions:
    """The options for what the file does not say. None is not given; where it matters, MissingOption asks for it.

    `timezone` is the zone of local times; `decimal_mark` is "." or ",". By `duration_rule` every row counts whose hours
    and clock disagree. `sheet` is the one that is read of a workbook, the first if not given. `person`, `client` and
    `project` are for rows that name none. `columns` says what the columns of a generic file are called: by field, the
    name in the header. `names` are those of what a file knows by id alone. What the file says itself must not
    contradict them.

    Whether work is billable is for the firm to say, whatever the file says: by `all_billable` every row is; those of
    the clients and projects in `billable` are, each given as CLIENT or as CLIENT/PROJECT; and the others are as the
    column `billable_column` says, where a blank cell is no."""

    timezone: str | None = field(default=None, converter=converters.optional(_zone))
    date_order: DateOrder | None = field(default=None, converter=converters.optional(_order))
    decimal_mark: str | None = field(default=None, converter=converters.optional(_mark))
    duration_rule: DurationRule | None = field(default=None, converter=converters.optional(_rule))
    sheet: str | None = field(default=None, converter=converters.optional(_name))
    person: str | None = field(default=None, converter=converters.optional(_name))
    client: str | None = field(default=None, converter=converters.optional(_name))
    project: str | None = field(default=None, converter=converters.optional(_name))
    columns: Mapping[str, str] = field(factory=dict, converter=_texts)
    names: Mapping[str, str] = field(factory=dict, converter=_texts)
    all_billable: bool = field(default=False, converter=_all_billable)
    billable: tuple[str, ...] = field(default=(), converter=_names)
    billable_column: str | None = field(default=None, converter=converters.optional(_name))

    @property
    def decides_billable(self) -> bool:
        """Whether any of them says what is billable."""
        return self.all_billable or bool(self.billable) or self.billable_column is not None


def whole_number(what: str, value: object, most: int) -> int:
    """A whole number from 1 to the most."""
    if type(value) is not int or not 1 <= value <= most:
        raise InvalidInput(f"{what} must be a whole number from 1 to {most}, not {short_repr(value)}.")
    return value


def _within_most(_: object, attribute: object, value: object) -> None:
    name = getattr(attribute, "name", "")
    whole_number(name, value, _MOST[name])


@frozen(kw_only=True)
class Limits:
    """The most `bytes` of a file, the most `rows` below its header, and the most `characters` in one cell. At most
    1 GiB, 10,000,000 rows and 131,000 characters can be allowed."""

    bytes: int = field(default=32 * 1024 * 1024, validator=_within_most)
    rows: int = field(default=100_000, validator=_within_most)
    characters: int = field(default=100_000, validator=_within_most)
