"""The reader of every CSV report, which goes by a declaration of the report's columns."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring_ascii as in_json
from typing import Any

from attrs import astuple, evolve, field, frozen

from invoicecore.importer.files.row import Row
from invoicecore.importer.files.text_rows import TableRows
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.clock import Shown, Stated, written
from invoicecore.importer.inference.infer import Columns, Inference, infer
from invoicecore.importer.inference.usual_times import ReadTimes, UsualTimes, in_microseconds
from invoicecore.importer.inference.words import is_total, names_total
from invoicecore.importer.options import DurationRule
from invoicecore.importer.timesheet import TimeEntry, UnreadableFile, unchecked_time_entry
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity

_MOST_KNOWN, _LONGEST_KNOWN = 4096, 1000
_LENGTHS = {"hours": 3600, "minutes": 60, "seconds": 1}


@frozen(kw_only=True)
class ReportColumns:
    """The columns of a report by what they hold, and how its cells are meant.

    A row has `start` and `end`, each date and time together; or `start_time` and `end_time`, of `day` and `end_day`, or
    overnight if there is no `end_day`; or only a start or a day, and a duration. `duration` is h:mm:ss, h:mm or has its
    units with it, `hours`, `minutes` and `seconds` are numbers; `stated` reads the duration if that takes more, and
    1:30 is refused unless `seconds_may_lack`. `person` lists alternatives, each of one column or of several that
    make up a name. Columns `with_currency` have it in their header: Amount (USD). None is a column that the report does
    not have.

    `blank` is what the tracker writes for a missing name, and `blank_note` for a missing note or tag. `if_blank` is
    the meaning of a blank billable cell: False, or True, by which the project decides; None if it refuses the row.
    False is also that of a blank invoiced cell. The end of a row that still runs holds nothing but what is in
    `running`. A rate of zero is no rate, if `zero_is_no_rate`.
    """

    person: tuple[tuple[str, ...], ...] = (("User",),)
    email: str | None = None
    client: str | None = "Client"
    project: str | None = "Project"
    note: tuple[str, ...]
    billable: str | None = None
    invoiced: str | None = None
    tags: str | None = None
    start: str | None = None
    end: str | None = None
    day: str | None
    end_day: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    duration: str | None = None
    hours: str | None = None
    minutes: str | None = None
    seconds: str | None = None
    stated: Callable[[Row, Inference, tuple[Shown, ...]], Stated] | None = None
    seconds_may_lack: bool = True
    rate: str | None = None
    amount: str | None = None
    currency: str | None = None
    with_currency: tuple[str, ...] = ()
    id: str | None = None
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
            kind=TableRows,
            recognized_by=frozenset(recognized_by),
            required=required,
            optional=named,
            reader=reader or self.reader,
        )

    def reader(self, opened: OpenedFile) -> EntryReader:
        """The reader of one report."""
        header_currency, renamed = cells.currency_in_header(opened.table.header, *self.with_currency)
        here = self._present(opened.table.header, renamed)

        def present(*columns: str | None) -> tuple[str, ...]:
            return tuple(column for column in columns if column in opened.table.header and column is not None)

        asked = Columns(
            dates=present(here.day, here.end_day, *self.other_dates),
            times=present(here.start_time, here.end_time),
            numbers=present(
                *(getattr(here, length) for length in _LENGTHS),
                here.rate,
                *(renamed.get(column, column) for column in self.other_numbers),
            ),
            stamps=present(here.start, here.end),
            local=present(here.start_time),
            currency=here.currency,
            billable=here.billable if here.if_blank else None,
            lengths=present(here.duration, here.hours, here.minutes) if here.end or here.end_time else (),
        )
        inferred = infer(opened.table, opened.options, asked)
        reader = _ReportReader(here, opened, inferred, header_currency)
        rule = opened.options.duration_rule
        if rule is None and inferred.rounded and (rule := reader.rule_of_rounded()) is not None:
            reader = evolve(reader, inferred=inferred.by_rule(rule, rounded=True))
        elif rule is not None:
            reader = evolve(reader, inferred=inferred.by_rule(rule))
        currency = header_currency if self.with_currency else inferred.currency
        return EntryReader(entry=reader.entry, currency=currency, duration_rule=rule)

    def _present(self, header: tuple[str, ...], renamed: Mapping[str, str]) -> "ReportColumns":
        """The columns that a header has; those whose name has the currency in it by their whole name."""
        present: dict[str, Any] = {}
        for name in _SINGLE:
            column = renamed.get(getattr(self, name), getattr(self, name))
            present[name] = column if column in header else None
        person = tuple(names for names in self.person if any(name in header for name in names)) or self.person[:1]
        return evolve(self, person=person, note=tuple(it for it in self.note if it in header), **present)


_SINGLE = (
    *("email", "client", "project", "billable", "invoiced", "tags", "rate", "amount", "currency", "id"),
    *("start", "end", "day", "end_day", "start_time", "end_time"),
    *("duration", "hours", "minutes", "seconds"),
)
"""The fields of one column."""


@frozen(kw_only=True)
class _RepeatedFacts:
    """What many rows of a report say in the same words: of whom, for what, and what it costs. `who` and `costs` are
    parts of the content by which a row has its source, as JSON."""

    person: str
    email: str | None
    client: str | None
    project: str | None
    billable: bool | None
    rate: Decimal | None
    currency: str | None
    tags: tuple[str, ...]
    invoiced: bool | None
    who: str = field(init=False)
    costs: str = field(init=False)

    @who.default
    def _who(self) -> str:
        return json.dumps((self.email or self.person, self.client, self.project))[1:-1]

    @costs.default
    def _costs(self) -> str:
        return json.dumps(self.billable is not False)


@frozen
class _ReportReader:
    """Reads the rows of one report, of whose columns only those are there that its header has."""

    columns: ReportColumns
    opened: OpenedFile
    inferred: Inference
    currency: str | None
    usual_times: UsualTimes | None = field(init=False)
    repeated: tuple[str, ...] = field(init=False)
    known_facts: dict[tuple[str | None, ...], "_RepeatedFacts"] = field(init=False, factory=dict)

    @usual_times.default
    def _usual_times(self) -> UsualTimes | None:
        it = self.columns
        named = (it.day, it.start_time, it.end_day, it.end_time, it.duration)
        usual = tuple(column for column in named if column is not None)
        if len(usual) < len(named) or it.stated is not None or it.start is not None:
            return None
        return UsualTimes(usual, self.inferred, seconds_may_lack=it.seconds_may_lack)

    @repeated.default
    def _columns_of_repeated(self) -> tuple[str, ...]:
        it = self.columns
        single = (it.rate, it.currency, it.email, it.client, it.project, it.billable, it.tags, it.invoiced)
        every = (*(name for names in it.person for name in names), *single)
        return tuple(column for column in every if column is not None)

    def entry(self, row: Row, identity: RowIdentity) -> TimeEntry | None:
        """The entry of a row; None while it runs, or if it adds up others."""
        try:
            return self._entry(row, identity)
        except UnreadableFile:
            if self._adds_up(row):
                identity.totals_rows += 1
                return None
            raise

    def _entry(self, row: Row, identity: RowIdentity) -> TimeEntry | None:
        columns = self.columns
        when = None if self.usual_times is None else self.usual_times.read(row.cells)
        if when is None:
            if columns.running and self._is_running(row):
                return None
            when = self._when(row)
        facts = self._repeated(row)
        entry: dict[str, Any] = {
            "row": row.number,
            "person": facts.person,
            "email": facts.email,
            "client": facts.client,
            "project": facts.project,
            "note": cells.note(row, *columns.note, blank=columns.blank_note),
            "billable": facts.billable,
            "start": when.start,
            "end": when.end,
            "day": when.day,
            "duration": when.duration,
            "rate": facts.rate,
            "amount": None if columns.amount is None else self.inferred.numbers.of_any(row, columns.amount),
            "currency": facts.currency,
            "tags": facts.tags,
            "ambiguous": when.ambiguous,
            "invoiced": facts.invoiced,
            "rounding": when.rounding,
        }
        if columns.id is not None and row.cell(columns.id):
            return identity.by_id(entry, row, column=columns.id)
        return unchecked_time_entry(
            **entry,
            source=identity.source_of(
                f"[{facts.who}, {when.written}, {when.stated}, {in_json(entry['note'])}, {facts.costs}"
            ),
        )

    def _repeated(self, row: Row) -> "_RepeatedFacts":
        """What the row says that many rows say: of equal cells it is made once."""
        cells_of_it = tuple(map(row.cells.get, self.repeated))
        facts = self.known_facts.get(cells_of_it)
        if facts is None:
            facts = self._facts(row)
            if sum(len(cell or "") for cell in cells_of_it) <= _LONGEST_KNOWN:
                if len(self.known_facts) >= _MOST_KNOWN:
                    self.known_facts.clear()
                self.known_facts[cells_of_it] = facts
        return facts

    def _facts(self, row: Row) -> "_RepeatedFacts":
        columns = self.columns
        person = columns.person[0]
        if len(columns.person) > 1:
            person = next((names for names in columns.person if any(map(row.cell, names))), person)
        rate = None
        if columns.rate is not None:
            rate = cells.rate(row, columns.rate, self.inferred.numbers.of(row, columns.rate))
            rate = None if columns.zero_is_no_rate and not rate else rate
        currency = self.currency
        if currency is None and columns.currency is not None:
            currency = cells.currency(row, columns.currency)
        return _RepeatedFacts(
            person=cells.person(row, *person, option=self.opened.options.person),
            email=None if columns.email is None else cells.email(row, columns.email),
            client=None if columns.client is None else cells.name(row, columns.client, blank=columns.blank),
            project=None if columns.project is None else cells.name(row, columns.project, blank=columns.blank),
            billable=self._billable(row),
            rate=rate,
            currency=currency,
            tags=() if columns.tags is None else cells.tags(row, columns.tags, columns.blank_note),
            invoiced=self._invoiced(row),
        )

    def _when(self, row: Row) -> ReadTimes:
        shown = self._shown(row)
        stated = self._stated(row, shown)
        times, when = self._times(row, shown, stated)
        return ReadTimes(**times, written=json.dumps(when), stated=in_microseconds(stated))

    def rule_of_rounded(self) -> DurationRule | None:
        """Which duration counts in rows with a start and an end whose stated duration is coarser than seconds: if all
        of them are what the clock showed, rounded, the clock; otherwise what is stated. None if there are none."""
        running, found = self.columns.running, None
        for row in self.opened.table:
            if isinstance(row, UnreadableFile) or (running and self._is_running(row)):
                continue
            try:
                shown = self._shown(row)
                stated = None if len(shown) < 2 else self._stated(row, shown)
                if stated is None or not stated.is_rounded:
                    continue
                span = self._times(row, shown, stated)[0]
            except UnreadableFile:  # the row is refused when it is read
                continue
            found = DurationRule.CLOCK
            if abs(span["end"] - span["start"] - stated.length) > stated.tolerance:
                return DurationRule.STATED
        return found

    def _adds_up(self, row: Row) -> bool:
        """Whether it is a row of totals: it says so, or holds nothing but numbers; and neither who worked nor when. Its
        one text may say of what, as Lee Total does. What says whether it is billable is work."""
        columns = self.columns
        texts = [it for it in row.cells.values() if any(map(str.isalpha, it)) and not cells.is_duration(it)]
        label = texts[0].strip() if len(texts) == 1 and names_total(texts[0]) else ""
        when = (columns.start, columns.end, columns.day, columns.end_day, columns.start_time, columns.end_time)
        who = (name for names in columns.person for name in names)
        named = {row.cell(it) for it in (*when, *who) if it is not None} - {"", label}
        if not all(map(is_total, named)):
            return False
        what = (columns.client, columns.project, columns.billable, *columns.note)
        return (
            bool(label)
            or any(map(is_total, row.cells.values()))
            or not any(row.cell(it) for it in what if it is not None)
        )

    def _is_running(self, row: Row) -> bool:
        columns = self.columns
        ends = (columns.end_day, columns.end_time)
        return {row.cell(it) for it in ends if it is not None} <= columns.running

    def _shown(self, row: Row) -> tuple[Shown, ...]:
        """Start and end, or the start alone; nothing if the row has only a day."""
        columns, inferred = self.columns, self.inferred
        ends = columns.end is not None and row.cell(columns.end)
        if columns.start is not None and (ends or row.cell(columns.start)):
            start = inferred.dates.stamp(row, columns.start)
            return (start, inferred.dates.stamp(row, columns.end)) if ends and columns.end is not None else (start,)
        if columns.start_time is None or columns.day is None:
            return ()
        end_column, end_day = columns.end_time, columns.end_day
        end_time = "" if end_column is None else row.cell(end_column)
        if end_day is None and not end_time and not row.cell(columns.start_time):
            return ()
        start = inferred.shown(row, columns.day, columns.start_time)
        if end_column is None or (not end_time and (end_day is None or not row.cell(end_day))):
            return (start,)
        return start, inferred.shown(row, end_day or columns.day, end_column, is_end=True)

    def _stated(self, row: Row, shown: tuple[Shown, ...]) -> Stated | None:
        columns = self.columns
        if columns.stated is not None:
            return columns.stated(row, self.inferred, shown)
        if columns.duration is not None and row.cell(columns.duration):
            return cells.duration(row, columns.duration, may_lack_seconds=columns.seconds_may_lack)
        for length, seconds in _LENGTHS.items():
            column = getattr(columns, length)
            if column is not None and row.cell(column):
                if length == "hours" and cells.is_duration(row.cell(column)):
                    return cells.duration(row, column)
                return cells.counted(row, column, self.inferred.numbers.of(row, column), seconds)
        return None

    def _times(
        self, row: Row, shown: tuple[Shown, ...], stated: Stated | None
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """When the work was done: as a TimeEntry names it, and as calendar and clock showed it."""
        columns, clock = self.columns, self.inferred.clock
        match shown:
            case (start, end) if start.column == columns.start or columns.end_day is not None:
                return clock.span(row, start, end, stated).times, written(*shown)
            case (start, end):
                return clock.overnight(row, start, end, stated).times, written(*shown)
        if not shown and columns.day is None:
            raise row.refused(columns.start, "it is blank.")
        day = self.inferred.day(row, columns.day) if not shown and columns.day is not None else None
        if stated is None:
            raise row.refused(columns.day if day else shown[0].column, "nothing in the row says how long it took.")
        if day is None:
            return clock.lasting(row, shown[0], stated).times, written(*shown)
        return {"day": day, "duration": stated.length}, (day.isoformat(),)

    def _billable(self, row: Row) -> bool | None:
        column, if_blank = self.columns.billable, self.columns.if_blank
        if column is None or column not in row.cells:
            return None
        if if_blank is None or row.cell(column):
            return cells.yes_or_no(row, column)
        if self.inferred.ticked:
            raise row.refused(column, "it is blank, while other rows say yes and none says no; write yes or no.")
        return None if if_blank else False

    def _invoiced(self, row: Row) -> bool | None:
        column = self.columns.invoiced
        if column is None:
            return None
        if row.cell(column):
            return cells.yes_or_no(row, column)
        return False if self.columns.if_blank is False else None
