"""The writing of files that are replaced only when they are complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, TextIO

Target = str | Path | TextIO
"""The path of a file, or an open text stream."""


@contextmanager
def text_writer(target: Target, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A text stream to write to: the one that was given, which stays open and keeps its encoding, or that of a file,
    which is replaced as `atomic_write` does it."""
    if not isinstance(target, str | Path):
        yield target
        return
    with atomic_write(Path(target)) as file:
        stream = TextIOWrapper(file, encoding=encoding, newline="")
        yield stream
        stream.detach()


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A new file beside the path, readable by its owner alone. It replaces the file at the path when all of it is on
    the disk; if anything fails, the old file stays."""
    handle, beside = mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    try:
        with open(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
