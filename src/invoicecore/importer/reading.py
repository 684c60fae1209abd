"""The reading of a file of any known format, row by row."""

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput
from invoicecore.importer.directory_index import place_names
from invoicecore.importer.files import workbook
from invoicecore.importer.files.file import File, digest_of, is_workbook, unpacked
from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.row import FileRows, Row
from invoicecore.importer.files.text_rows import LineRows, TableRows
from invoicecore.importer.inference import cells
from invoicecore.importer.options import DurationRule, ImportOptions, Limits
from invoicecore.importer.timesheet import TimeEntry, Timesheet, UnreadableFile
from invoicecore.importer.trackers import clockify, generic, harvest, kimai, solidtime, timewarrior, toggl, watson
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, RowIdentity
from invoicecore.importer.trackers.suggestion import asked
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.inputs import short_repr

FORMATS: dict[str, tuple[FileLayout, ...]] = {
    "toggl": toggl.LAYOUTS,
    "clockify": clockify.DETAILED,
    "clockify-summary": clockify.SUMMARY,
    "harvest": harvest.LAYOUTS,
    "kimai": kimai.LAYOUTS,
    "solidtime": solidtime.LAYOUTS,
    "timewarrior": timewarrior.LAYOUTS,
    "watson": watson.LAYOUTS,
    "generic": generic.LAYOUTS,
}
"""The layouts of every format that can be read, by the name of the format."""

_NO_OPTIONS = ImportOptions()
_LIMITS = Limits()
_LOOKED_AT = 4096
_NO_TABLES = {
    **dict.fromkeys(("<!doctype", "<html", "<head", "<meta", "<table", "<?xml"), "a web page or XML"),
    "%pdf-": "a PDF",
    "{\\rtf": "a document",
}
"""How a file begins that is no table, in small letters, and what it is."""


@frozen(eq=False)
class Entries:
    """The rows of a file, in one pass."""

    _rows: Iterator[TimeEntry | UnreadableFile]
    _identity: RowIdentity

    def __iter__(self) -> Iterator[TimeEntry | UnreadableFile]:
        return self

    def __next__(self) -> TimeEntry | UnreadableFile:
        return next(self._rows)

    @property
    def totals_rows(self) -> int:
        """How many rows were passed over so far because they add up others."""
        return self._identity.totals_rows


@frozen(eq=False)
class Reading:
    """A file of a known format. Each call of `entries` reads it anew, row by row; a row that is refused comes as the
    error that says why. `digest` tells the file from any other; `currency` is the one that it names, None where it
    names none or several. `duration_rule` is set where its rows have start and end and state rounded hours as well."""

    format: str
    digest: str
    currency: str | None
    duration_rule: DurationRule | None
    _table: FileRows
    _reader: EntryReader
    _options: ImportOptions

    def entries(self) -> "Entries":
        """The rows in their order; work that still runs is left out. UnreadableFile is raised where the file cannot
        be read on."""
        identity = RowIdentity(self.format)
        return Entries(self._entries(identity), identity)

    def _entries(self, identity: RowIdentity) -> Iterator[TimeEntry | UnreadableFile]:
        for row in self._table:
            if isinstance(row, UnreadableFile):
                yield row
                continue
            try:
                entry = self._reader.entry(row, identity)
                if entry is not None:
                    entry = self._completed(entry, row)
            except UnreadableFile as refused:
                yield refused
                continue
            if entry is not None:
                yield entry

    def _completed(self, entry: TimeEntry, row: Row) -> TimeEntry:
        """With the client and project that the options give to rows that name none, and billable as the options say.
        The name of the row stays."""
        options = self._options
        client, project = entry.client or options.client, entry.project or options.project
        billable = self._billable(row, client, project) if options.decides_billable else None
        if client is entry.client and project is entry.project and billable is None:
            return entry
        billable = entry.billable if billable is None else billable
        return evolve(entry, client=client, project=project, billable=billable)

    def _billable(self, row: Row, client: str | None, project: str | None) -> bool | None:
        """Whether the options say that a row is billable, or is not; None if they leave it to the file."""
        named, column = self._options.billable, self._options.billable_column
        if self._options.all_billable:
            return True
        if named and any(name in named for name in place_names(client or "", project or "")):
            return True
        return None if column is None else bool(row.cell(column)) and cells.yes_or_no(row, column)


def open_export(
    source: bytes | str | Path,
    *,
    format: str | None = None,
    options: ImportOptions = _NO_OPTIONS,
    limits: Limits = _LIMITS,
) -> Reading:
    """A file, given as its bytes or as the path to it, ready to be read.

    The `format` is recognized from the file if it is not given. UnreadableFile for a file of no known format, or one
    that contradicts itself or the `options`; MissingOption if neither the file nor the options decide how to read it.
    The file is copied once, and read a row at a time.
    """
    inputs.instance("options", options, ImportOptions)
    if format is not None and (not isinstance(format, str) or format not in FORMATS):
        raise InvalidInput(
            f"{inputs.short_repr(format)} is not a format that is read here; these are: {', '.join(FORMATS)}."
        )
    file, beside = unpacked(source, inputs.instance("limits", limits, Limits))
    table = _table(file, limits, options)
    chosen, layout = _recognized(table, format, options)
    _check_columns(table.header, layout)
    _check_billable_column(table.header, options.billable_column)
    reader = layout.reader(OpenedFile(table=table, options=options, beside=beside))
    return Reading(chosen, digest_of(file, beside), reader.currency, reader.duration_rule, table, reader, options)


def read(
    source: bytes | str | Path,
    *,
    format: str | None = None,
    timezone: str = "UTC",
    options: ImportOptions = _NO_OPTIONS,
) -> Timesheet:
    """The timesheet in a file, which is given as its bytes or as the path to it.

    The `format` is recognized from the file if it is not given; local times are those of `timezone`, unless the
    `options` name another. The file is read as a whole or refused as a whole, with UnreadableFile, also if the clock
    leaves open which instant is meant.
    """
    zone = inputs.instance("options", options, ImportOptions).timezone or known_zone(timezone).key
    reading = open_export(source, format=format, options=evolve(options, timezone=zone))
    entries = []
    for entry in reading.entries():
        if isinstance(entry, UnreadableFile):
            raise entry
        if entry.ambiguous:
            reason = f"the clock of {zone} showed its start or end twice, and the duration does not tell which."
            raise UnreadableFile(entry.row, None, reason)
        entries.append(entry)
    return Timesheet(format=reading.format, entries=tuple(entries), currency=reading.currency)


def _table(file: File, limits: Limits, options: ImportOptions) -> FileRows:
    """The rows of a file, by how it begins."""
    named = [*options.columns.values(), options.billable_column]
    wanted = frozenset(column for column in named if column is not None)
    if is_workbook(file):
        return TableRows.of_sheet(workbook.records(file, options.sheet, limits), limits, wanted)
    if options.sheet is not None:
        raise UnreadableFile(None, None, f"it is no workbook, so it has no sheet {short_repr(options.sheet)}.")
    beginning = file.text().read(_LOOKED_AT).lstrip()
    for sign, what in _NO_TABLES.items():
        if beginning[:10].casefold().startswith(sign):
            raise UnreadableFile(None, None, f"it is {what}; open it in a program that shows it, and save it as CSV.")
    if beginning.startswith("["):
        return JsonRows.of(file, limits)
    if beginning.startswith("inc ") or beginning.startswith("inc\n"):
        return LineRows(file, limits)
    return TableRows.of(file, limits, wanted)


def _recognized(table: FileRows, known: str | None, options: ImportOptions) -> tuple[str, FileLayout]:
    """The format whose columns the file has, and the layout in which it has them. `known` is the format if it was
    given."""
    if known is None and options.columns:
        known = "generic"
    header = set(table.header)
    every = [(name, layout) for name, layouts in FORMATS.items() for layout in layouts if known in (None, name)]
    of_kind = [(name, layout) for name, layout in every if isinstance(table, layout.kind)]
    fitting = [(name, layout) for name, layout in of_kind if layout.recognized_by <= header]
    if known is not None and of_kind:
        return (fitting or of_kind)[0]
    names = " or ".join(dict.fromkeys(name for name, _ in fitting))
    if fitting and names == fitting[0][0]:
        return fitting[0]
    if fitting:
        raise UnreadableFile(1, None, f"the header fits more than one format; say which: {names}.")
    if known is not None:
        raise UnreadableFile(None, None, f"it is not a file of {known}.")
    by_itself = ", ".join(name for name in FORMATS if name != "generic")
    reason = f"no known format has this header. Read by themselves are the exports of {by_itself}."
    if isinstance(table, TableRows):
        raise asked("columns", table, reason, generic.FIELDS)
    raise UnreadableFile(1, None, f"{reason} The keys of the first element are: {', '.join(table.header):.500}.")


def _check_billable_column(header: tuple[str, ...], column: str | None) -> None:
    """UnreadableFile if the column that says what is billable is not there once."""
    if column is not None and header and header.count(column) != 1:
        how_often = "there more than once" if column in header else "missing"
        there = ", ".join(filter(None, header))
        raise UnreadableFile(1, column, f"the column is {how_often}. These columns are there: {there:.500}.")


def _check_columns(header: tuple[str, ...], layout: FileLayout) -> None:
    """UnreadableFile if a required column is missing, or a column that is read is there twice."""
    for column in layout.required:
        if column not in header and header:
            raise UnreadableFile(1, column, "the column is missing.")
    for column in (*layout.required, *layout.optional):
        if header.count(column) > 1:
            raise UnreadableFile(1, column, "the column is there more than once.")
