"""Archives: all books of a firm as one file, and the restore; `docs/reference/archive.md` describes the format."""

from invoicecore.archive.lines import ArchiveRefused
from invoicecore.archive.reading import ArchiveLimits, restore
from invoicecore.archive.writing import Archived, Progress, write_archive

__all__ = ["ArchiveLimits", "ArchiveRefused", "Archived", "Progress", "restore", "write_archive"]
