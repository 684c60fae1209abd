"""Archives: all books of a firm as one file, and the restore; `docs/reference/archive.md` describes the format."""

from invoicecore.archive.lines import ArchiveRefused
from invoicecore.archive.reading import ArchiveLimits, restore
from invoicecore.archive.removal import remove_firm
from invoicecore.archive.writing import Archived, Progress, write_archive

__all__ = ["ArchiveLimits", "ArchiveRefused", "Archived", "Progress", "remove_firm", "restore", "write_archive"]
