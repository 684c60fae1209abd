"""Why is an archive not taken?"""

from invoicecore.errors import Malformed


class ArchiveRefused(Malformed):
    """A file is no sound archive, so nothing of it was restored. `line` counts from 1; it is None where what is wrong
    is not in one line, but between several."""

    def __init__(self, line: int | None, reason: str) -> None:
        where = "The archive" if line is None else f"Line {line} of the archive"
        super().__init__(f"{where} is refused: {reason} Nothing was restored; take an unchanged copy of the file.")
        self.line = line
        self.reason = reason
