"""What must somebody say whom a file leaves in doubt?"""

from collections.abc import Mapping

from attrs import field, frozen

from invoicecore.vocabulary import Word


class DateOrder(Word):
    """In which order a date such as 03/04/2024 names day and month."""

    DAY_FIRST = "day_first", "3 April 2024."
    MONTH_FIRST = "month_first", "4 March 2024."


@frozen(kw_only=True)
class Answers:
    """What the file does not say; None is what is not said here either, and is asked for with OpenQuestion where it
    matters.

    `timezone` is the zone of local times; `decimal_mark` is "." or ",". `person`, `client` and `project` are for rows
    that name none. `columns` says what the columns of a generic file are called: by field, the name in the header.
    `names` are those of what a file knows by id alone.
    """

    timezone: str | None = None
    date_order: DateOrder | None = None
    decimal_mark: str | None = None
    person: str | None = None
    client: str | None = None
    project: str | None = None
    columns: Mapping[str, str] = field(factory=dict)
    names: Mapping[str, str] = field(factory=dict)
