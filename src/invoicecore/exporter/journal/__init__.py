"""Journals in double entry, for accounting programs."""

from invoicecore.exporter.journal.assertion_schedule import AssertionSchedule
from invoicecore.exporter.journal.writing import Dialect, write_journal

__all__ = ["AssertionSchedule", "Dialect", "write_journal"]
