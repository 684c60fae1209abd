"""What makes one tracker's export differ from another's?"""

from collections.abc import Callable

from attrs import frozen

from invoicecore.exchange.sheet import Sheet
from invoicecore.exchange.timesheet import Timesheet


@frozen(kw_only=True)
class Format:
    """A kind of export: it is recognised by the columns `told_by`, must have those `required`, and may have those
    `optional`. `timesheet` reads a sheet that has these columns and whose local times are those of a zone."""

    name: str
    told_by: frozenset[str]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    timesheet: Callable[[Sheet, str], Timesheet]
