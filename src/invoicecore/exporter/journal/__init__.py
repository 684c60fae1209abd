"""Journals in double entry, for accounting programs."""
