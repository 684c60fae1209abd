"""Exports of several files: a folder, or a zip.

solidtime exports an account as a zip of tables: one has the entries, others the names for their ids. Only the needed
tables are read, and their total size has the limit of one file.
"""

import zipfile
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from attrs import evolve

from invoicecore.importer.files.file import File
from invoicecore.importer.options import Limits
from invoicecore.importer.timesheet import UnreadableFile

_ENTRIES = "time_entries.csv"
_BESIDE = ("members.csv", "clients.csv", "projects.csv", "tasks.csv", "tags.csv", "organizations.csv")
_ZIP = b"PK\x03\x04"


def unpacked(source: bytes | str | Path, limits: Limits) -> tuple[File, Mapping[str, File]]:
    """The file that holds the entries, and those beside it by their names; any other file as it is."""
    if isinstance(source, str | Path) and _is_folder(source):
        return _of_folder(Path(source), limits)
    file = File.of(source, limits)
    file.copy.seek(0)
    if file.copy.read(len(_ZIP)) != _ZIP:
        return file, {}
    try:
        return _of_zip(file, limits)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError) as broken:
        raise UnreadableFile(None, None, f"it is a zip that cannot be unpacked: {broken!s:.100}.") from broken


def digest_of(file: File, beside: Mapping[str, File]) -> str:
    """What tells a file, with those beside it, from any other."""
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
    """What may still be read after a file."""
    return evolve(limits, bytes=max(1, limits.bytes - file.size))
