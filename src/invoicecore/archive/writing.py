"""The writing of all books of a firm into one archive file."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from invoicecore.archive.lines import KINDS, Footer, Header, spell, spell_footer, spell_header
from invoicecore.billing import Billing
from invoicecore.errors import InvalidInput, NotFound
from invoicecore.exporter.atomic_write import atomic_write
from invoicecore.ports.archive import Archives, kind_of
from invoicecore.ports.clock import time_by
from invoicecore.ports.store import Storage
from invoicecore.values.ids import FirmId

Progress = Callable[[int], None]
"""Called now and then, and at the end, with the number of items that were written or restored so far."""

OFTEN = 1000
"""After how many items progress is called."""


@frozen(kw_only=True)
class Archived:
    """The contents of an archive: the firm, when its books were written, and the number of items of each kind."""

    firm_id: FirmId
    written_at: datetime
    counts: Mapping[str, int]


def write_archive(billing: Billing, to: str | Path | BinaryIO, *, progress: Progress | None = None) -> Archived:
    """Write everything that is stored of a firm, as it is at one moment, to a path or a binary stream.

    A file at the path is replaced once the new one is whole and on the disk, so a crash leaves the old one. Only its
    owner may read it: it holds the password hashes of all people and needs the same protection as the database. Only
    the host can do this; no role at a desk includes it.

    InvalidInput if the storage gives no archives; see `invoicecore.ports.archive.Archives`.
    """
    storage = archives(billing.storage)
    if isinstance(to, str | Path):
        with atomic_write(Path(to)) as file:
            return _written(storage, billing, file, progress)
    return _written(storage, billing, to, progress)


def archives(storage: Storage) -> Archives:
    """The storage, which gives and takes archives. InvalidInput if it does not."""
    if not isinstance(storage, Archives):
        raise InvalidInput(
            f"A {type(storage).__name__} gives no archives; it lacks the methods of ports.archive.Archives."
        )
    return storage


def _written(storage: Archives, billing: Billing, file: BinaryIO, progress: Progress | None) -> Archived:
    digest, counts, written = sha256(), Counter[str](), 0

    def write(line: bytes) -> None:
        digest.update(line)
        file.write(line)

    header = Header(firm_id=billing.firm_id, written_at=time_by(billing.clock), library=_library())
    write(spell_header(header))
    with storage.everything(billing.firm_id) as everything:
        for written, item in enumerate(everything, start=1):
            write(spell(item))
            counts[kind_of(item).__name__] += 1
            if progress is not None and written % OFTEN == 0:
                progress(written)
    if not written:
        raise NotFound("firm", billing.firm_id)
    footer = Footer({kind: counts[kind] for kind in KINDS if kind in counts}, digest.hexdigest())
    file.write(spell_footer(footer))
    if progress is not None:
        progress(written)
    return Archived(firm_id=header.firm_id, written_at=header.written_at, counts=footer.counts)


def _library() -> str:
    try:
        return version("invoicecore")
    except PackageNotFoundError:  # the library runs from a source tree
        return "unknown"
