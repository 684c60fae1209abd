"""Rows of a file of plain lines."""

from collections.abc import Iterator

from attrs import frozen

from invoicecore.importer.files.file import File
from invoicecore.importer.files.row import Row, checked
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile


@frozen(eq=False)
class LineRows:
    """A row for each line that is not blank, with one column, `line`."""

    _file: File
    _limits: Limits

    @property
    def header(self) -> tuple[str, ...]:
        """The one column."""
        return ("line",)

    def __iter__(self) -> Iterator[Row | UnreadableFile]:
        """The lines from the first on."""
        text, longest, number = self._file.text(), self._limits.characters, 0
        while line := text.readline(longest + 3):
            number += 1
            if number > self._limits.rows:
                raise UnreadableFile(number, None, f"a file may have {self._limits.rows} lines, and no more.")
            if len(line.rstrip("\r\n")) > longest:
                raise UnreadableFile(number, None, f"the line holds more than {longest} characters.")
            if line.strip():
                yield checked(Row(number, {"line": line}), longest)
