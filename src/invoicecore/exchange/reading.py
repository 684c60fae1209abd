"""Which tracker wrote this file, and what does it say?"""

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from invoicecore.calendar import known_zone
from invoicecore.errors import Malformed
from invoicecore.exchange import harvest, toggl
from invoicecore.exchange.answers import Answers
from invoicecore.exchange.format import Format
from invoicecore.exchange.sheet import Sheet, contents
from invoicecore.exchange.sheet import opened as _opened_sheet
from invoicecore.exchange.timesheet import TimeEntry, Timesheet, UnreadableFile

FORMATS: dict[str, Format] = {known.name: known for known in (toggl.FORMAT, harvest.FORMAT)}
"""Every format that can be read, by its name."""

_NO_ANSWERS = Answers()


@frozen
class Reading:
    """A file of a known format. Each call of `entries` reads it anew, row by row; a row that is refused comes as the
    error that says why. `digest` tells the file from any other; `currency` is the one that it names, if any."""

    format: str
    digest: str
    currency: str | None
    _timesheet: Timesheet

    def entries(self) -> Iterator[TimeEntry | UnreadableFile]:
        """The rows in their order. UnreadableFile is raised where the file cannot be read on."""
        yield from self._timesheet.entries


def opened(source: bytes | str | Path, *, format: str | None = None, answers: Answers = _NO_ANSWERS) -> Reading:
    """A file, given as its bytes or as the path to it, ready to be read.

    The `format` is told from the file where it is not given. UnreadableFile for what is not one; OpenQuestion where
    nothing in the file decides how it is meant and the `answers` do not either.
    """
    data = contents(source)
    timesheet = read(data, format=format, timezone=answers.timezone or "UTC")
    from hashlib import blake2b

    return Reading(timesheet.format, blake2b(data, digest_size=16).hexdigest(), timesheet.currency, timesheet)


def read(source: bytes | str | Path, *, format: str | None = None, timezone: str = "UTC") -> Timesheet:
    """The timesheet in a file, which is given as its bytes or as the path to it.

    The `format` is told from the header where it is not given; local times are those of `timezone`. A file is read
    as a whole or refused as a whole, with UnreadableFile.
    """
    known_zone(timezone)
    if format is not None and format not in FORMATS:
        raise Malformed(f"{format!r:.60} is not a format that is read here; these are: {', '.join(FORMATS)}.")
    sheet = _opened_sheet(contents(source))
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
