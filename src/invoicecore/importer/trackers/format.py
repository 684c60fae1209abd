"""The description of a tracker's export format."""

from collections.abc import Callable, Mapping

from attrs import field, frozen

from invoicecore.importer.files.csv_rows import CsvRows
from invoicecore.importer.files.file import File
from invoicecore.importer.files.json_rows import JsonRows
from invoicecore.importer.files.line_rows import LineRows
from invoicecore.importer.files.row import Row
from invoicecore.importer.options import ImportOptions
from invoicecore.importer.row_identity import RowIdentity
from invoicecore.importer.timesheet import TimeEntry


@frozen(kw_only=True)
class OpenedFile:
    """A file that is about to be read: its rows, the options, and the files that lie beside it, by name."""

    table: CsvRows | JsonRows | LineRows
    options: ImportOptions
    beside: Mapping[str, File] = field(factory=dict)


@frozen(kw_only=True)
class EntryReader:
    """Makes an entry of a row, named by the sources of its pass; None for a running one, which is no work yet. Whatever
    the whole file decides has been decided."""

    entry: Callable[[Row, RowIdentity], TimeEntry | None]
    currency: str | None = None


@frozen(kw_only=True)
class FileLayout:
    """One shape of a format's files: of a kind, told by columns, all of them `required`, which must be there, and
    `optional`, which may be."""

    kind: type[CsvRows] | type[JsonRows] | type[LineRows]
    recognized_by: frozenset[str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reader: Callable[[OpenedFile], EntryReader]


@frozen(kw_only=True)
class TrackerFormat:
    """What one tracker exports, in its layouts."""

    name: str
    layouts: tuple[FileLayout, ...]
