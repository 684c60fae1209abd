"""A private copy of a source that can be read several times."""

import io
import tempfile
import weakref
from hashlib import blake2b
from pathlib import Path
from typing import IO

from attrs import frozen

from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values.inputs import short_repr

_CHUNK = 1 << 16
_IN_MEMORY = 1 << 20


@frozen(eq=False)
class File:
    """A private copy of a source, taken once, so that every pass reads the same. Small ones are kept in memory, others
    in a temporary file that goes when this does. `digest` tells it from any other; `size` is in bytes."""

    digest: str
    size: int
    copy: IO[bytes]

    @classmethod
    def of(cls, source: bytes | str | Path, limits: Limits) -> "File":
        """The copy of what was given as bytes or lies at a path. UnreadableFile if it cannot be opened or is too
        large; no more of it is read than is allowed."""
        if not isinstance(source, bytes | str | Path):
            raise UnreadableFile(None, None, f"give its path or its bytes, not {short_repr(source)}.")
        try:
            with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as original:
                return cls.taken(original, limits)
        except UnreadableFile:
            raise
        except (OSError, ValueError) as failed:
            raise UnreadableFile(None, None, f"it cannot be opened: {failed}.") from failed

    @classmethod
    def taken(cls, original: IO[bytes], limits: Limits) -> "File":
        """The copy of what is left in a stream."""
        copy, digest, size = tempfile.SpooledTemporaryFile(_IN_MEMORY), blake2b(digest_size=16), 0  # noqa: SIM115
        try:
            while chunk := original.read(_CHUNK):
                size += len(chunk)
                if size > limits.bytes:
                    raise UnreadableFile(None, None, f"it is larger than {_told(limits.bytes)}.")
                digest.update(chunk)
                copy.write(chunk)
        except BaseException:
            copy.close()
            raise
        file = cls(digest.hexdigest(), size, copy)
        weakref.finalize(file, copy.close)
        return file

    def text(self) -> io.TextIOWrapper:
        """A pass over its text from the start, whatever other passes do. A byte-order mark is passed over, line ends
        are left as they are, and bytes that are not UTF-8 come as lone surrogates."""
        return io.TextIOWrapper(io.BufferedReader(_Pass(self), _CHUNK), "utf-8-sig", "surrogateescape", newline="")


class _Pass(io.RawIOBase):
    """Reads a file from the start. It holds on to the file, whose copy goes with it."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._place = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes, from where this pass stands."""
        self._file.copy.seek(self._place)
        chunk = self._file.copy.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._place += len(chunk)
        return len(chunk)


def _told(size: int) -> str:
    return f"{size // 1024**2} MiB" if size % 1024**2 == 0 else f"{size} bytes"
