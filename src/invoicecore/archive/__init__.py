"""The whole account of a firm as one file, and back: see `docs/reference/archive.md` for what stands in it."""

from invoicecore.archive.reading import ArchiveLimits, restore
from invoicecore.archive.refused import ArchiveRefused
from invoicecore.archive.writing import Archived, Progress, write_archive

__all__ = ["ArchiveLimits", "ArchiveRefused", "Archived", "Progress", "restore", "write_archive"]
