"""What makes one tracker's export differ from another's?"""

from collections.abc import Callable, Mapping

from attrs import field, frozen

from invoicecore.importer.files.csv_rows import Sheet
from invoicecore.importer.files.file import File
from invoicecore.importer.files.json_rows import Elements
from invoicecore.importer.files.line_rows import Lines
from invoicecore.importer.files.row import Row
from invoicecore.importer.options import ImportOptions
from invoicecore.importer.row_identity import Sources
from invoicecore.importer.timesheet import TimeEntry


@frozen(kw_only=True)
class Opened:
    """A file that is about to be read: its rows, what was answered, whether the earlier of two instants may be guessed,
    and the files that lie beside it, by name."""

    table: Sheet | Elements | Lines
    answers: ImportOptions
    guesses: bool = True
    beside: Mapping[str, File] = field(factory=dict)


@frozen(kw_only=True)
class Reader:
    """Makes an entry of a row, named by the sources of its pass; None for a running one, which is no work yet. Whatever
    the whole file decides has been decided."""

    entry: Callable[[Row, Sources], TimeEntry | None]
    currency: str | None = None


@frozen(kw_only=True)
class Layout:
    """One shape of a format's files: of a kind, told by columns, all of them `required`, which must be there, and
    `optional`, which may be."""

    kind: type[Sheet] | type[Elements] | type[Lines]
    told_by: frozenset[str]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    reader: Callable[[Opened], Reader]


@frozen(kw_only=True)
class Format:
    """What one tracker exports, in its layouts."""

    name: str
    layouts: tuple[Layout, ...]
