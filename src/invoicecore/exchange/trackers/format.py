"""What makes one tracker's export differ from another's?"""

from collections.abc import Callable, Mapping

from attrs import field, frozen

from invoicecore.exchange.answers import Answers
from invoicecore.exchange.files.elements import Elements
from invoicecore.exchange.files.file import File
from invoicecore.exchange.files.lines import Lines
from invoicecore.exchange.files.row import Row
from invoicecore.exchange.files.sheet import Sheet
from invoicecore.exchange.sources import Sources
from invoicecore.exchange.timesheet import TimeEntry


@frozen(kw_only=True)
class Opened:
    """A file that is about to be read: its rows, what was answered, whether the earlier of two instants may be guessed,
    and the files that lie beside it, by name."""

    table: Sheet | Elements | Lines
    answers: Answers
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
