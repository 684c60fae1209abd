"""A private copy of a source that can be read several times: one file, or several in a folder or a zip.

solidtime exports an account as a zip of tables: one has the entries, others the names for their ids. Only the needed
tables are read, and their total size has the limit of one file.
"""

import codecs
import io
import re
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import IO

from attrs import evolve, frozen

from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile
from invoicecore.values.inputs import short_repr

_CHUNK = 1 << 16
_AS_CSV = "If it is a workbook, open it in a spreadsheet program and save the sheet as CSV."
_IN_MEMORY = 1 << 20
_ENTRIES = "time_entries.csv"
_BESIDE = ("members.csv", "clients.csv", "projects.csv", "tasks.csv", "tags.csv", "organizations.csv")
_ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook begins that is older than the zip formats, or has a password."""
_PARTS = frozenset({"[Content_Types].xml", "content.xml", "Index/Document.iwa"})
_ESCAPED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\0-\x7f\udc80-\udcff]")


@frozen(eq=False)
class File:
    """A private copy of a source, taken once, so that every pass reads the same. A small one is in memory, a larger one
    in a temporary file that is deleted with this object. `digest` identifies the content; `size` is in bytes.
    `encoding` is that of its text: UTF-8, or UTF-16 or Windows-1252 as spreadsheets write it."""

    digest: str
    size: int
    copy: IO[bytes]
    encoding: str

    @classmethod
    def of(cls, source: bytes | str | Path, limits: Limits) -> "File":
        """The copy of bytes, or of the file at a path. UnreadableFile if it cannot be opened or is larger than
        allowed; no more of it is read."""
        if not isinstance(source, bytes | str | Path):
            raise UnreadableFile(None, None, f"give its path or its bytes, not {short_repr(source)}.")
        try:
            with io.BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as original:
                return cls.taken(original, limits)
        except UnreadableFile:
            raise
        except (OSError, ValueError) as failed:
            why = failed.strerror if isinstance(failed, OSError) and failed.strerror else "this is no path"
            raise UnreadableFile(None, None, f"it cannot be opened: {why}.") from failed

    @classmethod
    def taken(cls, original: IO[bytes], limits: Limits) -> "File":
        """The copy of the rest of a stream."""
        copy, digest, size = tempfile.SpooledTemporaryFile(_IN_MEMORY), blake2b(digest_size=16), 0  # noqa: SIM115
        encoding = _Encoding()
        try:
            while chunk := original.read(_CHUNK):
                size += len(chunk)
                if size > limits.bytes:
                    raise UnreadableFile(None, None, f"it is larger than {_size(limits.bytes)}.")
                digest.update(chunk)
                encoding.see(chunk)
                copy.write(chunk)
        except BaseException:
            copy.close()
            raise
        file = cls(digest.hexdigest(), size, copy, encoding.name)
        weakref.finalize(file, copy.close)
        return file

    def text(self) -> io.TextIOWrapper:
        """A pass over its text from the start, whatever other passes do. A byte-order mark is passed over, line ends
        are left as they are, and bytes that are no text come as lone surrogates, or as the sign for that in UTF-16."""
        errors = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
        return io.TextIOWrapper(io.BufferedReader(_Pass(self), _CHUNK), self.encoding, errors, newline="")


class _Encoding:
    """Tells the encoding of a text by all of its bytes. One that is UTF-8 nowhere beyond ASCII is Windows-1252."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._wide = ""
        self._begun = self._has_nul = self._is_utf8 = self._is_broken = False

    def see(self, chunk: bytes) -> None:
        """Take the next bytes into account."""
        if not self._begun:
            self._begun, self._wide = True, _utf16(chunk[:4])
        if self._wide or (chunk.isascii() and not self._is_broken and b"\0" not in chunk):
            return
        text = self._decoder.decode(chunk)
        self._has_nul = self._has_nul or "\0" in text
        self._is_broken = self._is_broken or _ESCAPED.search(text) is not None
        self._is_utf8 = self._is_utf8 or _BEYOND_ASCII.search(text) is not None

    @property
    def name(self) -> str:
        """The encoding."""
        if self._wide:
            return self._wide
        return "cp1252" if self._is_broken and not (self._is_utf8 or self._has_nul) else "utf-8-sig"


def _utf16(beginning: bytes) -> str:
    """The name of UTF-16, by its mark or by where the halves of two plain letters are zero; nothing for other texts."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and any(beginning[2:4]):
        return "utf-16"
    zero = [byte == 0 for byte in beginning]
    return "utf-16-le" if zero == [False, True] * 2 else "utf-16-be" if zero == [True, False] * 2 else ""


class _Pass(io.RawIOBase):
    """Reads a file from the start. It refers to the file, so that the copy stays until the pass ends."""

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


def _size(size: int) -> str:
    return f"{size // 1024**2} MiB" if size % 1024**2 == 0 else f"{size} bytes"


def unpacked(source: bytes | str | Path, limits: Limits) -> tuple[File, Mapping[str, File]]:
    """The file that holds the entries, and the files beside it by name; any other source is one file alone."""
    if isinstance(source, str | Path) and _is_folder(source):
        return _of_folder(Path(source), limits)
    file = File.of(source, limits)
    file.copy.seek(0)
    if file.copy.read(len(_ZIP)) != _ZIP or is_workbook(file):
        return file, {}
    try:
        return _of_zip(file, limits)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as broken:
        raise UnreadableFile(None, None, f"it is a zip that cannot be unpacked. {_AS_CSV}") from broken


def is_workbook(file: File) -> bool:
    """Whether a file is a workbook, by how it begins and what it consists of."""
    file.copy.seek(0)
    beginning = file.copy.read(len(OLE))
    if beginning == OLE:
        return True
    if not beginning.startswith(_ZIP):
        return False
    try:
        with zipfile.ZipFile(file.copy) as parts:
            return not _PARTS.isdisjoint(parts.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def digest_of(file: File, beside: Mapping[str, File]) -> str:
    """The digest that identifies a file together with those beside it."""
    if not beside:
        return file.digest
    parts = [file.digest, *(f"{name} {beside[name].digest}" for name in sorted(beside))]
    return blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()


def _is_folder(source: str | Path) -> bool:
    try:
        return Path(source).is_dir() and (Path(source) / _ENTRIES).is_file()
    except (OSError, ValueError):
        return False


def _of_folder(folder: Path, limits: Limits) -> tuple[File, Mapping[str, File]]:
    beside, left = {}, limits
    for name in _BESIDE:
        if (folder / name).is_file():
            beside[name] = File.of(folder / name, left)
            left = _less(left, beside[name])
    return File.of(folder / _ENTRIES, left), beside


def _of_zip(file: File, limits: Limits) -> tuple[File, Mapping[str, File]]:
    beside, left = {}, limits
    with zipfile.ZipFile(file.copy) as archive:
        inside = set(archive.namelist())
        if _ENTRIES not in inside:
            raise UnreadableFile(None, None, f"it is a zip without {_ENTRIES}; unpack it and give one of its files.")
        for name in _BESIDE:
            if name in inside:
                with archive.open(name) as member:
                    beside[name] = File.taken(member, left)
                left = _less(left, beside[name])
        with archive.open(_ENTRIES) as member:
            return File.taken(member, left), beside


def _less(limits: Limits, file: File) -> Limits:
    """The limits that are left after a file."""
    return evolve(limits, bytes=max(1, limits.bytes - file.size))
