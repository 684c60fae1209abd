"""The removal of a firm from a storage, after an archive of it was written and read back."""

from hashlib import file_digest
from pathlib import Path

from invoicecore.archive.reading import read_through
from invoicecore.archive.writing import write_archive
from invoicecore.billing import Billing
from invoicecore.errors import InvalidInput
from invoicecore.ports.archive import Removal, Removes
from invoicecore.ports.clock import time_by
from invoicecore.ports.store import AuditRecord
from invoicecore.values.inputs import short_repr


def remove_firm(billing: Billing, archive: str | Path, *, confirm: str) -> Removal:
    """Remove a firm that goes, with all its books: write them into an archive at a path, read that back and check it,
    then forget everything of the firm. `confirm` is the name of the firm. A file that is at that path
    already is left alone: InvalidInput.

    What is left in the storage is an entry in its `removals()`: the id, the time, and the SHA-256 of the archive.
    `restore` brings the firm back from it. All or nothing: ConcurrencyConflict, and nothing is gone, if the firm was
    changed since the archive was written. InvalidInput for another word, or if the storage cannot forget.
    """
    storage = billing.storage
    if not isinstance(storage, Removes):
        raise InvalidInput("This storage cannot remove a firm; see invoicecore.ports.archive.Removes.")
    name = billing.as_owner().fresh().firm.settings().name
    if confirm != name:
        raise InvalidInput(f"To remove this firm and all its books, give its name: confirm={name!r}.")
    if Path(archive).exists():
        raise InvalidInput(f"{short_repr(str(archive))} is there already; give the path of a new file.")
    write_archive(billing, archive)
    counts = read_through(archive)
    with Path(archive).open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    removal = Removal(billing.firm_id, time_by(billing.clock), sha256)
    storage.remove(removal, counts[AuditRecord.__name__])
    return removal
