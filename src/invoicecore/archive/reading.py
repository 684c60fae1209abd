"""The restore of an archive into a storage."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from attrs import frozen

from invoicecore.archive.lines import KINDS, ArchiveRefused, Footer, Header, LaterVersion, read, read_header
from invoicecore.archive.writing import OFTEN, Archived, Progress, archives
from invoicecore.billing import reached
from invoicecore.errors import InvalidInput
from invoicecore.integrity.verifier import BooksVerifier
from invoicecore.ports.archive import PLACES, ArchiveItem, kind_of
from invoicecore.ports.store import Storage

T = TypeVar("T")

_Place = tuple[int, tuple[Any, ...]]
_ORDER: Mapping[type[Any], int] = {kind: place for place, kind in enumerate(PLACES)}
_ALLOW_MORE = "allow more by ArchiveLimits if it is meant"
_BEGINNING: _Place = (-1, ())


@frozen(kw_only=True)
class ArchiveLimits:
    """How large an archive may be. The longest line is that of the result of a large import."""

    line_bytes: int = 64 * 1024**2
    bytes: int = 64 * 1024**3
    lines: int = 100_000_000


def restore(
    archive: str | Path | BinaryIO,
    storage: Storage | str,
    *,
    limits: ArchiveLimits | None = None,
    progress: Progress | None = None,
) -> Archived:
    """Store the firm of an archive in a storage that has nothing of it, exactly as it was; `Billing.open` then opens
    it. The archive is a path or a binary stream; the storage may be given as the URL of a database, whose
    tables are made where there are none. SchemaMismatch if they are of another version; `upgrade()` them on purpose.

    All or nothing, in one pass: each line is checked as it is read, and the whole at the end. ArchiveRefused, naming
    the line, if a line is changed, missing, extra, repeated or in another place, or if the books do not add up although
    the file is in order. UniqueViolation if the storage has the firm already. InvalidInput if the storage takes no
    archives.
    """
    with open(archive, "rb") if isinstance(archive, str | Path) else nullcontext(archive) as file:
        reading = _Reading(file, limits or ArchiveLimits(), progress)
        to, on_close = reached(storage, makes_tables=True)
        try:
            archives(to).restore(reading.header.firm_id, reading.items())
        finally:
            if on_close is not None:
                on_close()
    header = reading.header
    return Archived(firm_id=header.firm_id, written_at=header.written_at, counts=reading.counts)


def read_through(archive: str | Path) -> Mapping[str, int]:
    """Check an archive as `restore` does, and store nothing; the number of items of each kind."""
    with open(archive, "rb") as file:
        reading = _Reading(file, ArchiveLimits(), None)
        for _ in reading.items():
            pass
        return reading.counts


class _Reading:
    """An archive, read once from its first line to its end."""

    def __init__(self, file: BinaryIO, limits: ArchiveLimits, progress: Progress | None) -> None:
        self._file = file
        self._limits = limits
        self._progress = progress
        self._number = self._bytes = 0
        self._digest = sha256()
        self.header: Header = self._parsed(read_header, self._line())
        self._counts = Counter[str]()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many items of each kind were read so far."""
        return {kind: self._counts[kind] for kind in KINDS if kind in self._counts}

    def items(self) -> Iterator[ArchiveItem]:
        """Everything in the archive. The iteration ends without an error only if all of it is sound."""
        verifier, latest, found = BooksVerifier(self.header.firm_id), _BEGINNING, self._next()
        while not isinstance(found, Footer):
            kind = kind_of(found)
            place = (_ORDER[kind], PLACES[kind](found))
            if place <= latest:
                raise self._refused("it is there already, or belongs before the line that precedes it.")
            for finding in verifier.look(found):
                raise self._refused(finding.what)
            yield found
            self._counts[kind.__name__] += 1
            self._report(often=True)
            latest, found = place, self._next()
        self._end(found)
        for finding in verifier.end():
            raise ArchiveRefused(None, finding.what)
        self._report()

    def _report(self, *, often: bool = False) -> None:
        items = self._counts.total()
        if self._progress is not None and not (often and items % OFTEN):
            self._progress(items)

    def _next(self) -> ArchiveItem | Footer:
        self._before = self._digest.hexdigest()
        return self._parsed(read, self._line())

    def _end(self, footer: Footer) -> None:
        """Check that the footer is right and that nothing comes after it."""
        if footer.counts != self.counts or not all(type(count) is int for count in footer.counts.values()):
            raise self._refused("it counts other things than stand before it; lines are missing, or were added.")
        if footer.sha256 != self._before:
            raise self._refused("the SHA-256 of all that stands before it is another; something was changed.")
        if self._file.read(1):
            raise ArchiveRefused(self._number + 1, "there is something behind the end.")

    def _line(self) -> bytes:
        limits = self._limits
        line = self._file.readline(limits.line_bytes + 1)
        self._number += 1
        self._bytes += len(line)
        if len(line) > limits.line_bytes:
            raise self._refused(f"it is longer than {limits.line_bytes} bytes.", _ALLOW_MORE)
        if self._bytes > limits.bytes or self._number > limits.lines:
            reason = f"the archive is larger than {limits.bytes} bytes or {limits.lines} lines."
            raise self._refused(reason, _ALLOW_MORE)
        if not line.endswith(b"\n"):
            raise self._refused("the archive is cut off here.")
        self._digest.update(line)
        return line

    def _parsed(self, read: Callable[[bytes], T], line: bytes) -> T:
        try:
            return read(line)
        except LaterVersion as later:
            refused = self._refused(str(later), "restore it with the newer invoicecore that wrote it")
        except InvalidInput as malformed:
            refused = self._refused(str(malformed))
        raise refused  # outside of the handlers, so that it does not carry the line

    def _refused(self, reason: str, *instead: str) -> ArchiveRefused:
        return ArchiveRefused(self._number, reason, *instead)
