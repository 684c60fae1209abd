"""Archives for the tests: of a story in which there is something of everything, and edited as somebody might.

When the format has a new version, before anybody keeps an archive of it:

    $ python -m tests.archive.archives

writes the archive of the story in it beside the others. What was written for an earlier version is never written again.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from invoicecore import Billing, Firm, MemoryStorage, SettableClock, utc
from invoicecore.archive import ArchiveLimits, ArchiveRefused, restore, write_archive
from invoicecore.archive.lines import VERSION, Footer, read, read_header
from invoicecore.integrity.laws import Finding
from invoicecore.integrity.verifier import BooksVerifier
from invoicecore.ports.archive import ArchiveItem
from invoicecore.ports.store import Storage
from invoicecore.values.ids import CountingIds, FirmId
from tests.storage.story import told

Plain = dict[str, Any]

FOLDER = Path(__file__).parent / "fixtures"
WRITTEN = utc(2026, 4, 1, 8)


def written(storage: Storage, firm_id: FirmId | None = None) -> bytes:
    """The archive of a firm, written on the morning of 1 April 2026."""
    file = BytesIO()
    write_archive(Billing.open(storage, firm_id, clock=SettableClock(WRITTEN)), file)
    return file.getvalue()


def restored(archive: bytes) -> MemoryStorage:
    """A storage in memory that keeps what is in an archive."""
    storage = MemoryStorage()
    restore(BytesIO(archive), storage)
    return storage


@cache
def story() -> bytes:
    """The archive of the story."""
    storage = MemoryStorage()
    told(storage)
    return written(storage)


@cache
def smallest() -> bytes:
    """The archive of a firm in which nothing was done."""
    storage = MemoryStorage()
    Billing.create(
        storage, Firm(name="N", currency="USD", timezone="UTC"), clock=SettableClock(WRITTEN), ids=CountingIds()
    )
    return written(storage)


def sealed(lines: Iterable[bytes]) -> bytes:
    """An archive of these lines, the first of them the header, with a last line that is true of them."""
    body = list(lines)
    counts = Counter(json.loads(line)["kind"] for line in body[1:])
    digest = sha256(b"".join(body)).hexdigest()
    return b"".join(body) + line_of({"counts": counts, "sha256": digest})


def line_of(plain: Plain) -> bytes:
    """A line as it is written."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode()


def edited(archive: bytes, kind: str, edit: Callable[[Plain], object], which: int = 0) -> bytes:
    """An archive in which one line of a kind was edited by somebody who knows how to seal it anew."""
    header, *lines, _ = archive.splitlines(keepends=True)
    plain = [json.loads(line) for line in lines]
    edit([it for it in plain if it["kind"] == kind][which]["value"])
    return sealed([header, *map(line_of, plain)])


def refused(archive: bytes, limits: ArchiveLimits | None = None) -> ArchiveRefused:
    """Why an archive is refused; nothing of it is kept then."""
    storage = MemoryStorage()
    with pytest.raises(ArchiveRefused) as caught:
        restore(BytesIO(archive), storage, limits=limits)
    assert () == storage.firms()
    return caught.value


def items_of(archive: bytes) -> tuple[FirmId, list[ArchiveItem]]:
    """The firm of an archive and what is in its lines, whether or not the books would be taken."""
    header, *lines, _ = lines_of(archive)
    items = [item for line in lines if not isinstance(item := read(line), Footer)]
    return read_header(header).firm_id, items


def findings_in(archive: bytes) -> list[Finding]:
    """All that is wrong in the books of an archive."""
    firm_id, items = items_of(archive)
    verifier = BooksVerifier(firm_id)
    return [*(finding for item in items for finding in verifier.look(item)), *verifier.end()]


def lines_of(archive: bytes) -> list[bytes]:
    return archive.splitlines(keepends=True)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"archive-{VERSION}.jsonl").open("xb") as frozen:
        frozen.write(story())
