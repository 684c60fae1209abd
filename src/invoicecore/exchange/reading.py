"""Which tracker wrote this file, and what does it say?"""

from pathlib import Path

from invoicecore.calendar import known_zone
from invoicecore.errors import Malformed
from invoicecore.exchange import harvest, toggl
from invoicecore.exchange.format import Format
from invoicecore.exchange.sheet import Sheet, contents, opened
from invoicecore.exchange.timesheet import Timesheet, UnreadableFile

FORMATS: dict[str, Format] = {known.name: known for known in (toggl.FORMAT, harvest.FORMAT)}
"""Every format that can be read, by its name."""


def read(source: bytes | str | Path, *, format: str | None = None, timezone: str = "UTC") -> Timesheet:
    """The timesheet in a file, which is given as its bytes or as the path to it.

    The `format` is told from the header where it is not given; local times are those of `timezone`. A file is read
    as a whole or refused as a whole, with UnreadableFile.
    """
    known_zone(timezone)
    if format is not None and format not in FORMATS:
        raise Malformed(f"{format!r:.60} is not a format that is read here; these are: {', '.join(FORMATS)}.")
    sheet = opened(contents(source))
    chosen = FORMATS[format] if format is not None else _told(sheet)
    sheet.check_columns(required=chosen.required, optional=chosen.optional)
    return chosen.timesheet(sheet, timezone)


def _told(sheet: Sheet) -> Format:
    """The format whose columns the header has."""
    header = set(sheet.header)
    fitting = [known for known in FORMATS.values() if known.told_by <= header]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = " or ".join(known.name for known in fitting)
        raise UnreadableFile(1, None, f"the header fits more than one format; say which: {names}.")
    looked_for = "; ".join(
        f"{known.name} by the columns {', '.join(sorted(known.told_by))}" for known in FORMATS.values()
    )
    raise UnreadableFile(1, None, f"no known format has this header. Formats are told apart so: {looked_for}.")
