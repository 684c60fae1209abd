"""The errors of a refused archive."""

from invoicecore.errors import InvalidInput


class ArchiveRefused(InvalidInput):
    """A file is no sound archive, so nothing of it was restored. `line` counts from 1; it is None where what is wrong
    is not in one line, but between several. `reason` says what is wrong, and the message what to do as well."""

    def __init__(self, line: int | None, reason: str, instead: str = "take an unchanged copy of the file") -> None:
        where = "The archive" if line is None else f"Line {line} of the archive"
        super().__init__(f"{where} is refused: {reason} Nothing was restored; {instead}.")
        self.line = line
        self.reason = reason


class LaterVersion(InvalidInput):
    """An archive is of a version of the format that is not known yet."""
