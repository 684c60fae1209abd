"""The reader of every CSV report, which goes by a declaration of the report's columns."""

from collections.abc import Callable
from typing import Any

from attrs import astuple, frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.files.text_rows import CsvRows
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Shown, Stated, written
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.timesheet import TimeEntry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity

ABSENT = "\0"
"""The name of a column that a report does not have; no column is called so."""


@frozen(kw_only=True)
class ReportColumns:
    """The columns of a report by what they hold, and how its cells are meant.

    A row has `start` and `end`, each date and time together; or `start_time` and `end_time`, of `day` and `end_day`, or
    overnight if there is no `end_day`; or only a start or a day, and a duration. `duration` is h:mm:ss or h:mm, `hours`
    are decimal, `seconds` whole; `stated` reads the duration if that takes more. `person` lists alternatives, each of
    one column or of several that make up a name. Columns `with_currency` have it in their header: Amount (USD).

    `blank` is what the tracker writes for a missing name, and `blank_note` for a missing note or tag. `if_blank` is the
    meaning of a blank billable cell, None if it refuses the row; False is also that of a blank invoiced cell. The end
    of a row that still runs holds nothing but what is in `running`. A rate of zero is no rate, if `zero_is_no_rate`.
    """

    person: tuple[tuple[str, ...], ...] = (("User",),)
    email: str = ABSENT
    client: str = "Client"
    project: str = "Project"
    note: tuple[str, ...]
    billable: str = ABSENT
    invoiced: str = ABSENT
    tags: str = ABSENT
    start: str = ABSENT
    end: str = ABSENT
    day: str
    end_day: str = ABSENT
    start_time: str = ABSENT
    end_time: str = ABSENT
    duration: str = ABSENT
    hours: str = ABSENT
    seconds: str = ABSENT
    stated: Callable[[Row, Inference, tuple[Shown, ...]], Stated] | None = None
    rate: str = ABSENT
    currency: str = ABSENT
    with_currency: tuple[str, ...] = ()
    id: str = ABSENT
    other_dates: tuple[str, ...] = ()
    other_numbers: tuple[str, ...] = ()
    blank: frozenset[str] = frozenset()
    blank_note: frozenset[str] = frozenset()
    if_blank: bool | None = None
    running: frozenset[str] = frozenset()
    zero_is_no_rate: bool = False

    def layout(
        self,
        *recognized_by: str,
        required: tuple[str, ...],
        reader: Callable[[OpenedFile], EntryReader] | None = None,
    ) -> FileLayout:
        """The layout of reports with these columns, of which only some are required."""
        texts = (it if isinstance(it, tuple) else (it,) for it in astuple(self, recurse=False))
        named = tuple(column for some in (*texts, *self.person) for column in some if isinstance(column, str))
        return FileLayout(
            kind=CsvRows,
            recognized_by=frozenset(recognized_by),
            required=required,
            optional=named,
            reader=reader or self.reader,
        )

    def reader(self, opened: OpenedFile) -> EntryReader:
        """The reader of one report."""
        header_currency, renamed = cells.currency_in_header(opened.table.header, *self.with_currency)
        rate = renamed.get(self.rate, self.rate)

        def present(*columns: str) -> tuple[str, ...]:
            return tuple(column for column in columns if column in opened.table.header)

        asked = Columns(
            dates=present(self.day, self.end_day, *self.other_dates),
            times=present(self.start_time, self.end_time),
            numbers=present(self.hours, rate, *(renamed.get(column, column) for column in self.other_numbers)),
            stamps=present(self.start, self.end),
            local=present(self.start_time),
            currency=next(iter(present(self.currency)), None),
        )
        inferred = infer(opened.table, opened.options, asked)
        currency = header_currency if self.with_currency else inferred.currency
        return EntryReader(entry=_ReportReader(self, opened, inferred, header_currency, rate).entry, currency=currency)


@frozen
class _ReportReader:
    """Reads the rows of one report. `rate` is the column of the rate, with the currency in its header."""

    columns: ReportColumns
    opened: OpenedFile
    inferred: Inference
    currency: str | None
    rate: str

    def entry(self, row: Row, identity: RowIdentity) -> TimeEntry | None:
        """The entry of a row; None while it runs."""
        columns, numbers = self.columns, self.inferred.numbers
        if columns.running and {row.cell(columns.end_day), row.cell(columns.end_time)} <= columns.running:
            return None
        shown = self._shown(row)
        stated = self._stated(row) if columns.stated is None else columns.stated(row, self.inferred, shown)
        times, when = self._times(row, shown, stated)
        person = next((names for names in columns.person if any(map(row.cell, names))), columns.person[0])
        rate = numbers.of(row, self.rate)
        entry = TimeEntry(
            row=row.number,
            person=cells.person(row, *person, option=self.opened.options.person),
            email=cells.email(row, columns.email),
            client=cells.name(row, columns.client, blank=columns.blank),
            project=cells.name(row, columns.project, blank=columns.blank),
            note=cells.note(row, *columns.note, blank=columns.blank_note),
            billable=self._billable(row),
            **times,
            rate=None if columns.zero_is_no_rate and not rate else rate,
            currency=self.currency or cells.currency(row, columns.currency),
            tags=cells.tags(row, columns.tags, columns.blank_note),
            invoiced=self._invoiced(row),
        )
        if row.cell(columns.id):
            return identity.by_id(entry, row, id=cells.identifier(row, columns.id), column=columns.id)
        return identity.by_content(entry, *when, stated=None if stated is None else stated.length)

    def _shown(self, row: Row) -> tuple[Shown, ...]:
        """Start and end, or the start alone; nothing if the row has only a day."""
        columns = self.columns
        if row.cell(columns.start) or row.cell(columns.end):
            start = cells.stamp(row, columns.start)
            return (start, cells.stamp(row, columns.end)) if row.cell(columns.end) else (start,)
        if columns.end_day == ABSENT and not row.cell(columns.start_time) and not row.cell(columns.end_time):
            return ()
        end_day = columns.day if columns.end_day == ABSENT else columns.end_day
        start = self.inferred.shown(row, columns.day, columns.start_time)
        return start, self.inferred.shown(row, end_day, columns.end_time)

    def _stated(self, row: Row) -> Stated | None:
        columns = self.columns
        if row.cell(columns.duration):
            return cells.duration(row, columns.duration, may_lack_seconds=True)
        if row.cell(columns.seconds):
            return cells.seconds(row, columns.seconds)
        hours = self.inferred.numbers.of(row, columns.hours)
        return None if hours is None else cells.hours(row, columns.hours, hours)

    def _times(
        self, row: Row, shown: tuple[Shown, ...], stated: Stated | None
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """When the work was done: as a TimeEntry names it, and as calendar and clock showed it."""
        columns, clock = self.columns, self.inferred.clock
        match shown:
            case (start, end) if start.column == columns.start or columns.end_day != ABSENT:
                return clock.span(row, start, end, stated).times, written(*shown)
            case (start, end):
                return clock.overnight(row, start, end, stated).times, written(*shown)
        if not shown and columns.day == ABSENT:
            raise row.refused(columns.start, "it is blank.")
        day = None if shown else self.inferred.day(row, columns.day)
        if stated is None:
            column = columns.day if day else columns.start
            raise row.refused(column, "nothing in the row says how long it took.")
        if day is None:
            return clock.lasting(row, shown[0], stated).times, written(*shown)
        return {"day": day, "duration": stated.length}, (day.isoformat(),)

    def _billable(self, row: Row) -> bool:
        column, if_blank = self.columns.billable, self.columns.if_blank
        if column not in row.cells:
            return True
        return if_blank if if_blank is not None and not row.cell(column) else cells.yes_or_no(row, column)

    def _invoiced(self, row: Row) -> bool | None:
        column = self.columns.invoiced
        if row.cell(column):
            return cells.yes_or_no(row, column)
        return False if self.columns.if_blank is False and column in row.cells else None
