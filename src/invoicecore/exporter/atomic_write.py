"""Where does what is written go, so that nobody ever finds half a file?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, TextIO

Target = str | Path | TextIO
"""The path of a file, or a stream of text that is open."""


@contextmanager
def writing(target: Target, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A stream of text to write to: that which was given, which is neither closed nor encoded here, or that of a file
    which is replaced as `replacing` does it."""
    if not isinstance(target, str | Path):
        yield target
        return
    with replacing(Path(target)) as file:
        stream = TextIOWrapper(file, encoding=encoding, newline="")
        yield stream
        stream.detach()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that comes into being beside the path, readable by its owner alone, and takes its place when all of it is
    on the disk; if anything fails, what was there stays."""
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
