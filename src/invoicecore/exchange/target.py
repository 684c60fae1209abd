"""Where does what is written go, so that nobody ever finds half a file?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TextIO

Target = str | Path | TextIO
"""The path of a file, or a stream of text that is open."""


@contextmanager
def writing(target: Target, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A stream to write to. What is written to a path comes into being beside it, and takes its place when all of it is
    on the disk; if anything fails, what was there stays. A stream that was given is neither closed nor encoded here."""
    if not isinstance(target, str | Path):
        yield target
        return
    path = Path(target)
    handle, beside = mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    try:
        with open(handle, "w", encoding=encoding, newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(handle)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
