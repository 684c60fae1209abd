"""The reading of a file of any known format, row by row."""

from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, frozen

from invoicecore.errors import InvalidInput
from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.file import File
from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.line_rows import LineRows
from invoicecore.importer.files.zip_or_folder import digest_of, unpacked
from invoicecore.importer.options import ImportOptions, Limits
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import TimeEntry, Timesheet, UnreadableFile
from invoicecore.importer.trackers import clockify, generic, harvest, kimai, solidtime, timewarrior, toggl, watson
from invoicecore.importer.trackers.format import EntryReader, FileLayout, OpenedFile, TrackerFormat
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone

FORMATS: dict[str, TrackerFormat] = {
    known.name: known
    for known in (
        toggl.FORMAT,
        clockify.DETAILED,
        clockify.SUMMARY,
        harvest.FORMAT,
        kimai.FORMAT,
        solidtime.FORMAT,
        timewarrior.FORMAT,
        watson.FORMAT,
        generic.FORMAT,
    )
}
"""Every format that can be read, by its name."""

_NO_OPTIONS = ImportOptions()
_LIMITS = Limits()
_LOOKED_AT = 4096


@frozen(eq=False)
class Reading:
    """A file of a known format. Each call of `entries` reads it anew, row by row; a row that is refused comes as the
    error that says why. `digest` tells the file from any other; `currency` is the one that it names, None where it
    names none or several."""

    format: str
    digest: str
    currency: str | None
    _table: CsvRows | JsonRows | LineRows
    _reader: EntryReader
    _options: ImportOptions

    def entries(self) -> Iterator[TimeEntry | UnreadableFile]:
        """The rows in their order; work that still runs is left out. UnreadableFile is raised where the file cannot
        be read on."""
        identity = RowIdentity(self.format)
        for row in self._table:
            if isinstance(row, UnreadableFile):
                yield row
                continue
            try:
                entry = self._reader.entry(row, identity)
            except UnreadableFile as refused:
                yield refused
                continue
            if entry is not None:
                yield self._completed(entry)

    def _completed(self, entry: TimeEntry) -> TimeEntry:
        """With the client and project that the options give to rows that name none. The name of the row stays."""
        client, project = entry.client or self._options.client, entry.project or self._options.project
        if client is entry.client and project is entry.project:
            return entry
        return evolve(entry, client=client, project=project)


def open_export(
    source: bytes | str | Path,
    *,
    format: str | None = None,
    options: ImportOptions = _NO_OPTIONS,
    limits: Limits = _LIMITS,
) -> Reading:
    """A file, given as its bytes or as the path to it, ready to be read.

    The `format` is told from the file where it is not given. UnreadableFile for what is not one, or contradicts itself
    or the `options`; MissingOption where neither the file nor the options decide how it is meant. The file is copied
    once, and read a row at a time.
    """
    inputs.instance("options", options, ImportOptions)
    known = _known(format)
    file, beside = unpacked(source, inputs.instance("limits", limits, Limits))
    table = _table(file, limits)
    chosen, layout = _recognized(table, known, options)
    _check_columns(table.header, layout)
    reader = layout.reader(OpenedFile(table=table, options=options, beside=beside))
    return Reading(chosen.name, digest_of(file, beside), reader.currency, table, reader, options)


def read(
    source: bytes | str | Path,
    *,
    format: str | None = None,
    timezone: str = "UTC",
    options: ImportOptions = _NO_OPTIONS,
) -> Timesheet:
    """The timesheet in a file, which is given as its bytes or as the path to it.

    The `format` is told from the file where it is not given; local times are those of `timezone`, unless the `options`
    name another. A file is read as a whole or refused as a whole, with UnreadableFile, also where the clock leaves
    open which instant is meant.
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


def _known(format: str | None) -> TrackerFormat | None:
    if format is not None and (not isinstance(format, str) or format not in FORMATS):
        raise InvalidInput(
            f"{inputs.short_repr(format)} is not a format that is read here; these are: {', '.join(FORMATS)}."
        )
    return None if format is None else FORMATS[format]


def _table(file: File, limits: Limits) -> CsvRows | JsonRows | LineRows:
    """The rows of a file, by how it begins."""
    beginning = file.text().read(_LOOKED_AT).lstrip()
    if beginning.startswith("["):
        return JsonRows.of(file, limits)
    if beginning.startswith("inc ") or beginning.startswith("inc\n"):
        return LineRows(file, limits)
    return CsvRows.of(file, limits)


def _recognized(
    table: CsvRows | JsonRows | LineRows, known: TrackerFormat | None, options: ImportOptions
) -> tuple[TrackerFormat, FileLayout]:
    """The format whose columns the file has, and the layout in which it has them."""
    if known is None and options.columns:
        known = generic.FORMAT
    header = set(table.header)
    every = [(format, layout) for format in FORMATS.values() for layout in format.layouts if known in (None, format)]
    of_kind = [(format, layout) for format, layout in every if isinstance(table, layout.kind)]
    fitting = [(format, layout) for format, layout in of_kind if layout.recognized_by <= header]
    if known is not None and of_kind:
        return (fitting or of_kind)[0]
    names = " or ".join(dict.fromkeys(format.name for format, _ in fitting))
    if fitting and names == fitting[0][0].name:
        return fitting[0]
    if fitting:
        raise UnreadableFile(1, None, f"the header fits more than one format; say which: {names}.")
    if known is not None:
        raise UnreadableFile(None, None, f"it is not a file of {known.name}.")
    looked_for = "; ".join(
        f"{format.name} by the columns {', '.join(sorted(layout.recognized_by))}"
        for format, layout in every
        if layout.kind is CsvRows
    )
    told_apart = f"Formats are told apart so: {looked_for}. Any other table is read by saying its columns."
    raise UnreadableFile(1, None, f"no known format has this header. {told_apart}")


def _check_columns(header: tuple[str, ...], layout: FileLayout) -> None:
    """UnreadableFile if a required column is missing, or a column that is read is there twice."""
    for column in layout.required:
        if column not in header and header:
            raise UnreadableFile(1, column, "the column is missing.")
    for column in (*layout.required, *layout.optional):
        if header.count(column) > 1:
            raise UnreadableFile(1, column, "the column is there more than once.")
